//! What the tables promise: round trips, no cut file looks whole, spreadsheets' habits, and every problem at its line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::sample::{acme, worlds};
use super::super::{Collection, Completeness, ObservedState, snapshot};
use super::*;

type Files = BTreeMap<String, Vec<u8>>;

fn files() -> Files {
    write(&acme())
}

fn text(files: &Files, file: &str) -> String {
    String::from_utf8(files[file].clone()).unwrap()
}

/// Replaces text in one file.
fn with(file: &str, old: &str, new: &str) -> Files {
    let mut files = files();
    let before = text(&files, file);
    assert!(before.contains(old), "{old} in {before}");
    files.insert(file.to_owned(), before.replace(old, new).into_bytes());
    files
}

fn parse(files: &Files) -> ObservedState {
    read(files, "").unwrap_or_else(|error| panic!("{error}"))
}

fn faults(files: &Files) -> Vec<String> {
    let error = read(files, "").unwrap_err();
    let mut faults: Vec<_> = error.faults().iter().map(ToString::to_string).collect();
    faults.sort();
    faults
}

fn reason(state: &ObservedState, collection: Collection) -> &str {
    match &state.completeness[&collection] {
        Completeness::Complete => "",
        Completeness::Incomplete(reason) => reason,
    }
}

#[test]
fn the_files_are_what_the_format_says() {
    let files = files();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "asset_group_members.csv",
            "assets.csv",
            "export.json",
            "grants.csv",
            "invites.csv",
            "members.csv",
            "partners.csv",
            "rosters/500.csv",
            "team_grants.csv",
            "teams.csv"
        ]
    );
    assert_eq!(
        text(&files, "assets.csv"),
        "id,type,name,owner_business,client\n\
         71,AD_ACCOUNT,Acme France,729090764583391194,\n\
         72,AD_ACCOUNT,\"Acme \"\"Germany\"\", south\",729090764583391194,\n\
         73,PROFILE,Acme,729090764583391194,\n\
         74,ASSET_GROUP,EMEA,729090764583391194,\n"
    );
    assert_eq!(
        text(&files, "grants.csv"),
        "principal_kind,principal_id,asset_id,permissions,direction\n\
         member,11,71,ADMIN,\n\
         member,12,71,ANALYST;CAMPAIGN_MANAGER,\n\
         member,9,72,ANALYST,\n\
         member,9,73,PROFILE_PUBLISHER,\n\
         partner,500,71,CATALOGS_MANAGER,inbound\n\
         partner,500,72,ANALYST,outbound\n"
    );
    let invites = text(&files, "invites.csv");
    assert!(invites.contains(",71=ADMIN|72=ANALYST;CAMPAIGN_MANAGER\n"), "{invites}");
    assert!(parse(&files) == acme());
}

#[test]
fn optional_columns_are_only_written_where_they_say_something() {
    let mut state = acme();
    state.remove_partner("500", crate::model::Direction::Outbound);
    let files = write(&state);
    assert!(text(&files, "grants.csv").starts_with("principal_kind,principal_id,asset_id,permissions\n"));
    state.invites[0].received = true;
    assert!(text(&write(&state), "invites.csv").contains(",grants,received,updated_at\n"));
}

#[test]
fn what_spreadsheets_do_is_accepted() {
    for separator in [",", ";", "\t"] {
        let mut files = files();
        for (name, bytes) in &mut files {
            if !name.ends_with(".csv") {
                continue;
            }
            let text = String::from_utf8(bytes.clone()).unwrap();
            let lines = text.lines().map(|line| {
                // Quoted whole, as spreadsheets quote what holds their separator.
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
                let record = reader.records().next().unwrap().unwrap();
                let cells = record.iter().map(|cell| match cell {
                    "true" | "false" => cell.to_ascii_uppercase(),
                    cell if cell.contains([',', ';', '"']) => {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    }
                    cell => cell.to_owned(),
                });
                cells.collect::<Vec<_>>().join(separator)
            });
            let lines: Vec<_> = lines.collect();
            *bytes = format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes();
        }
        assert!(parse(&files) == acme(), "{separator:?}");
    }
}

#[test]
fn columns_and_rows_may_be_in_any_order() {
    let mut files = files();
    let rows = [
        "role,id,system_user,created_by,created_at,username,email",
        "EMPLOYEE,9,true,11,2024-02-03T04:05:06Z,cy,cy@acme.example",
        "",
        "BIZ_ADMIN,11,,11,2024-02-03T04:05:06Z,Ana,Ana@acme.example",
        "EMPLOYEE,12,false,11,2024-02-03T04:05:06Z,bo,bo@acme.example",
        "",
    ];
    files.insert("members.csv".to_owned(), rows.join("\n").into_bytes());
    assert!(parse(&files) == acme());
}

#[test]
fn no_cut_file_looks_whole() {
    let whole = acme();
    for (file, bytes) in files() {
        for length in 0..bytes.len() {
            let mut cut = files();
            cut.insert(file.clone(), bytes[..length].to_vec());
            let Ok(state) = read(&cut, "") else { continue };
            let name = Collection::ALL.into_iter().find(|name| file == format!("{}.csv", name.word()));
            // Rosters and teams have no totals; what is compared and removed does not depend on them.
            let sound = match name {
                Some(name) => !state.is_complete(name),
                None => state.digest() == whole.digest() && bytes[..length].ends_with(b"\n") || state == whole,
            };
            assert!(sound, "{file} cut after {length} bytes");
        }
    }
}

#[test]
fn totals_and_sentinels_decide() {
    let cut = with("members.csv", "9,cy@acme.example,cy,EMPLOYEE,true,2024-02-03T04:05:06Z,11\n", "");
    let state = parse(&cut);
    assert_eq!(reason(&state, Collection::Members), "2 of 3 rows; member `9` is named elsewhere and not in it");
    assert_eq!(state.dangling_grants.len(), 2);
    let silent = with("export.json", "\n    \"grants\",", "");
    assert_eq!(reason(&parse(&silent), Collection::Grants), "the export does not call it whole");
    let open = with("members.csv", "true,2024-02-03T04:05:06Z,11\n", "true,2024-02-03T04:05:06Z,11");
    assert_eq!(
        reason(&parse(&open), Collection::Members),
        "the last line of `members.csv` has no line break, so it may be cut"
    );
}

#[test]
fn every_problem_of_every_file_is_told_at_its_line() {
    let mut files = files();
    let mut put = |file: &str, text: &str| files.insert(file.to_owned(), text.as_bytes().to_vec());
    put(
        "members.csv",
        "id,email,username,role,system_user,created_at,created_by\n\
        11,ana@acme.example ,ana,BIZ_ADMIN,maybe,yesterday,\n\
        12a,,,,,,\n\
        13,,fay,EMPLOYEE,,\n\
        11,,ana,EMPLOYEE,,,\n\
        11,,zoe,EMPLOYEE,,,\n",
    );
    put("partners.csv", "id,nane,direction\n");
    put("assets.csv", "id,type,name,owner_business,client\n71,AD_ACCOUNT,\"Acme,,\n72,AD_ACCOUNT,,,\n");
    put(
        "grants.csv",
        "principal_kind,principal_id,asset_id,permissions\n\
        members,11,71,ADMIN\n\
        member,5.49756E+17,71,ADMIN;;ANALYST\n\
        member,11,71,\n",
    );
    put(
        "invites.csv",
        "id,kind,invitee,role,status,sent_at,expires_at,grants\n\
        5,MEMBER_INVITE,di@acme.example,,PENDING,,,71:ADMIN\n\
        6,MEMBER_INVITE,di@acme.example,,PENDING,,,71=ADMIN|71=ANALYST\n",
    );
    put("rosters/500.csv", "email,username,role,asset_id,permissions\n,,,71,ADMIN\n,lee,,71,\n");
    put("rosters/nova.csv", "email,username,role,asset_id,permissions\n");
    put("teams.csv", "team,member_id\nsocial,9\nsocial,9\nopen,9");
    files.remove("team_grants.csv");
    files.remove("asset_group_members.csv");
    files.insert("asset_group_member.csv".to_owned(), Vec::new());
    files.insert("README.md".to_owned(), Vec::new());
    files.insert("export.json".to_owned(), b"{\"format\": \"tables/2\", \"platform\": \"pintrest\", \"business\": {\"id\": \"x\"},\n\"captured_at\": \"now\", \"complete\": [\"member\"]}".to_vec());
    let expected = [
        "asset_group_member.csv: no table has this name",
        "asset_group_members.csv: the file is missing\n  help: is it `asset_group_member.csv`?",
        "assets.csv:2: the quote that opens here is never closed",
        "export.json: `member` is no collection (did you mean `members`?)",
        "export.json: `now` is not a moment such as `2026-11-22T10:00:00Z`",
        "export.json: `pintrest` is no platform that accord knows (did you mean `pinterest`?)",
        "export.json: `tables/2` is not the format `tables/1`",
        "export.json: the id `x` is not a text of digits",
        "grants.csv:2: `principal_kind`: `members` is none of its words (did you mean `member`?)",
        "grants.csv:3: `permissions`: `ADMIN;;ANALYST` has an empty word",
        "grants.csv:3: `principal_id`: the id `5.49756E+17` is not a text of digits; a spreadsheet has made a number of it: export the column as text",
        "grants.csv:4: `permissions`: the cell is empty",
        "invites.csv:2: `grants`: `71:ADMIN` is not of the form `asset=WORD;WORD`",
        "invites.csv:3: `grants`: two attached grants are on asset `71`",
        "members.csv:2: `created_at`: `yesterday` is not a moment such as `2026-11-22T10:00:00Z`",
        "members.csv:2: `email`: `ana@acme.example ` has spaces around it",
        "members.csv:2: `system_user`: `maybe` is neither `true` nor `false`",
        "members.csv:3: `id`: the id `12a` is not a text of digits",
        "members.csv:3: `role`: the cell is empty",
        "members.csv:4: 6 cells where the header has 7",
        "members.csv:6: member `11` stands twice, first in line 5",
        "partners.csv:1: `nane` is no column here (did you mean `name`?)",
        "partners.csv:1: the column `created_at` is missing",
        "partners.csv:1: the column `name` is missing",
        "rosters/500.csv:2: a roster row has neither address nor user name",
        "rosters/500.csv:3: asset and permissions of a roster row come together",
        "rosters/nova.csv: the id `nova` is not a text of digits\n  help: a roster is named after its partner's id",
        "team_grants.csv: the file is missing: it and `teams.csv` come together",
        "teams.csv: the last line has no line break: the file may be cut",
        "teams.csv:3: member `9` in team `social` stands twice, first in line 2",
    ];
    assert_eq!(faults(&files), expected);
}

#[test]
fn faults_name_the_folder_and_stand_in_the_order_of_their_lines() {
    let mut files = files();
    let rows: String = (0..2000).map(|row| format!("x{row},,,EMPLOYEE,,,\n")).collect();
    let text = format!("id,email,username,role,system_user,created_at,created_by\n{rows}");
    files.insert("members.csv".to_owned(), text.into_bytes());
    let error = read(&files, "exports/acme/").unwrap_err();
    assert_eq!(error.faults().len(), 101);
    let first = error.faults()[0].to_string();
    assert_eq!(first, "exports/acme/members.csv:2: `id`: the id `x0` is not a text of digits");
    let last = error.faults()[100].to_string();
    assert_eq!(last, "exports/acme/members.csv:101: and 1900 more problems after this line");
}

#[test]
fn files_that_are_no_tables_are_told() {
    let one = |file: &str, bytes: &[u8]| {
        let mut files = files();
        files.insert(file.to_owned(), bytes.to_vec());
        faults(&files).join("\n")
    };
    assert_eq!(
        one("members.csv", b""),
        "members.csv: the file is empty\n  help: its first line is `id,email,username,role,system_user,created_at,created_by`"
    );
    assert!(one("members.csv", b"\xff\xfei\0d\0").contains("members.csv: the file is UTF-16"));
    assert!(one("members.csv", b"id\nb\xf6\n").starts_with("members.csv:2: a byte is no UTF-8"));
    assert_eq!(one("teams.csv", b"team,member_id,team\n"), "teams.csv:1: the column `team` stands twice");
    assert_eq!(one("teams.csv", b"team,member_id\n\"a\"b,1\n"), "teams.csv:2: text follows a closing quote");
    assert!(one("teams.csv", b"team,member_id\na\0b,1\n").starts_with("teams.csv:2: `team`:"));
    assert!(one("export.json", b"{\"format\":").contains("export.json:1:10: EOF"));
    assert!(one("export.json", b"{\"totals\": {\"members\": 1, \"members\": 2}}").contains("duplicate field"));
    let none = read(&Files::new(), "acme").unwrap_err();
    assert_eq!(none.faults().len(), 7);
    assert!(none.to_string().contains("acme/export.json: the file is missing"));
}

#[test]
fn a_quoted_line_break_counts_as_a_line() {
    let mut files = with("assets.csv", "Acme France", "\"Acme\nFrance\"");
    let state = parse(&files);
    assert_eq!(state.text(state.assets[0].name.unwrap()), "Acme\nFrance");
    let wrong = text(&files, "assets.csv").replace("73,PROFILE", "73a,PROFILE");
    files.insert("assets.csv".to_owned(), wrong.into_bytes());
    assert!(faults(&files)[0].starts_with("assets.csv:5:"), "{:?}", faults(&files));
}

#[test]
fn a_partner_in_both_directions_needs_its_direction() {
    let files = with("grants.csv", ",permissions,direction\n", ",permissions\n");
    let grants =
        text(&files, "grants.csv").replace(",inbound\n", "\n").replace(",outbound\n", "\n").replace(",\n", "\n");
    let mut files = files;
    files.insert("grants.csv".to_owned(), grants.into_bytes());
    assert_eq!(
        faults(&files),
        [
            "grants.csv:6: partner `500` is a partner in both directions\n  help: say which with `direction`: `inbound` or `outbound`",
            "grants.csv:7: partner `500` is a partner in both directions\n  help: say which with `direction`: `inbound` or `outbound`",
        ]
    );
}

#[test]
fn a_grant_of_the_partnership_that_is_gone_does_not_become_one_of_the_other() {
    let mut state = acme();
    let inbound = state.find_partner("500", crate::model::Direction::Inbound).unwrap();
    state.partners.remove(inbound as usize);
    let id = state.strings.intern("500");
    let asset = state.strings.intern("71");
    let permissions = state.permission_set(["ADMIN"]);
    state.grants.retain(|grant| !grant.principal.is_partner());
    state.dangling_grants.push(super::super::DanglingGrant {
        holder: super::super::Holder::Partner(id, crate::model::Direction::Inbound),
        asset,
        permissions,
    });
    let state = super::super::sample::settled(state);
    assert!(parse(&write(&state)) == state);
}

#[test]
fn equal_rows_are_faults_because_somebody_can_mend_them() {
    let files = with("grants.csv", "member,9,72,ANALYST,\n", "member,9,72,ANALYST,\nmember,9,72,ANALYST,\n");
    assert_eq!(faults(&files), ["grants.csv:5: the grant of member `9` on asset `72` stands twice, first in line 4"]);
}

#[test]
fn ids_that_a_spreadsheet_has_rounded_are_refused() {
    let rows = |one: &str, other: &str| {
        let mut files = files();
        let text = text(&files, "assets.csv").replace("71,", one).replace("72,", other);
        files.insert("assets.csv".to_owned(), text.into_bytes());
        files
    };
    let rounded = rows("549755885175123000,", "549755885175124000,");
    assert_eq!(
        faults(&rounded),
        [
            "assets.csv: all 2 ids of more than 15 digits end in zeros: a spreadsheet has rounded them\n  help: export the column of ids as text"
        ]
    );
    parse(&rows("549755885175123000,", "549755885175124001,"));
    parse(&rows("549755885175123000,", "72,"));
}

#[test]
fn teams_that_give_more_than_the_grants_say_are_told() {
    let state = parse(&with("team_grants.csv", "72,ANALYST", "72,ADMIN;ANALYST"));
    assert_eq!(state.problems[0].message, "team `social` gives member `9` more on asset `72` than the grants say");
    let state = parse(&with("teams.csv", "social,9", "social,99"));
    assert_eq!(state.problems[0].message, "`99` in team `social` is no member");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_written_is_read_again(state in worlds()) {
        let files = write(&state);
        let again = read(&files, "").unwrap();
        prop_assert!(again == state);
        prop_assert_eq!(write(&again), files);
    }

    #[test]
    fn damaged_bytes_are_read_or_refused(file in 0..10_usize, place in any::<prop::sample::Index>(), byte: u8) {
        let mut files = files();
        let bytes = files.values_mut().nth(file).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        drop(read(&files, ""));
    }
}

/// The folders of real access data, where they are.
fn inputs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "finds the inputs of this test")]
    let path = std::env::var_os("ACCORD_SHARED_INPUTS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/inputs"), PathBuf::from);
    #[expect(clippy::disallowed_methods, reason = "finds the inputs of this test")]
    let found = path.is_dir();
    if !found {
        println!("skipped: no real access data; name its folder with ACCORD_SHARED_INPUTS");
    }
    found.then_some(path)
}

/// Every folder below with an `export.json`.
#[expect(clippy::disallowed_methods, reason = "reads the inputs of this test")]
fn folders(root: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.join("export.json").is_file() {
            found.push(path);
        } else if path.is_dir() {
            folders(&path, found);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "reads the inputs of this test")]
fn load(folder: &Path, below: &Path, files: &mut Files) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            load(folder, &path, files);
            continue;
        }
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        files.insert(name, fs::read(&path).unwrap());
    }
}

#[test]
fn real_access_data_is_whole_and_survives_every_form() {
    let Some(root) = inputs() else { return };
    let mut found = Vec::new();
    folders(&root, &mut found);
    assert!(found.len() >= 10, "{} folders", found.len());
    for folder in found {
        let mut files = Files::new();
        load(&folder, &folder, &mut files);
        let name = folder.display().to_string();
        let state = read(&files, &name).unwrap_or_else(|error| panic!("{error}"));
        for collection in Collection::ALL {
            assert_eq!(reason(&state, collection), "", "{name}: {collection:?}");
        }
        let problems: Vec<_> = state.problems.iter().map(|problem| &problem.message).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let again = snapshot::read(&snapshot::write(&state), "again.json").unwrap();
        assert!(again == state, "{name}");
        assert_eq!(again.digest(), state.digest(), "{name}");
        let written = write(&state);
        for (file, bytes) in files.iter().filter(|(file, _)| file.ends_with(".csv")) {
            assert!(written.get(file) == Some(bytes), "{name}/{file}");
        }
        let json = |files: &Files| serde_json::from_slice::<serde_json::Value>(&files["export.json"]).unwrap();
        assert_eq!(json(&written), json(&files), "{name}");
    }
}
