//! Real access data, where it lies beside the project (`../shared/inputs`, or the folder named by `ACCORD_SHARED_INPUTS`): what
//! import writes describes it exactly, and plans lead from one moment to the next. Skips, and says so, where it does not.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use accord::desired::{self, DesiredState};
use accord::model::FactKey;
use accord::observed::{self, Collection, ObservedState};
use accord::plan::{Abilities, Action, BusinessInput, Plan, PlanInput, build, predict};
use accord::policy::Applicant;
use accord::proposal::{self, WriteOptions};
use serde_json::Value;

use crate::support::accept;

fn inputs() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/inputs");
    let folder = std::env::var_os("ACCORD_SHARED_INPUTS").map_or(beside, PathBuf::from);
    let there = folder.is_dir();
    if !there {
        // Past the macros, whose text a passing test swallows.
        let said = writeln!(std::io::stderr(), "skipped a test: there is no real input at `{}`", folder.display());
        drop(said);
    }
    there.then_some(folder)
}

type Tables = BTreeMap<String, Vec<u8>>;

fn tables(folder: &Path) -> Tables {
    let mut files = BTreeMap::new();
    for (sub, prefix) in [(folder.to_path_buf(), ""), (folder.join("rosters"), "rosters/")] {
        let Ok(entries) = fs::read_dir(sub) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                files.insert(format!("{prefix}{name}"), fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

fn state(tables: &Tables, name: &str) -> ObservedState {
    let state = observed::tables::read(tables, name).unwrap_or_else(|error| panic!("{name}: {error}"));
    for collection in Collection::ALL {
        assert!(state.is_complete(collection), "{name}: {} is not whole", collection.word());
    }
    state
}

/// The access repository that import writes, read.
fn imported(state: &ObservedState, mine: bool) -> DesiredState {
    let proposal = proposal::repository(state, &WriteOptions { mine, ..WriteOptions::default() });
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("YAML is text");
    let files = proposal.files.into_iter().filter(|(path, _)| path.ends_with(".yaml"));
    let texts: Vec<_> = files.map(|(path, bytes)| (path, text(bytes))).collect();
    let reading = desired::from_texts(&texts);
    assert_eq!(reading.problems, []);
    reading.state.expect("a state")
}

fn plan(desired: &DesiredState, observed: &ObservedState) -> Plan {
    let input = PlanInput {
        authors: Vec::new(),
        desired,
        businesses: vec![BusinessInput {
            business: 0,
            observed,
            from: "export".to_owned(),
            last_applied: None,
            managed_before: None,
            files_before: None,
            abilities: Abilities { can: |_| Ok(()), batch: |_| 50, follows: |_| false },
        }],
        as_of: observed.captured_at,
        only: Vec::new(),
        overrides: Vec::new(),
        applicant: Applicant::default(),
        threads: 2,
        predict: false,
        rules: None,
    };
    build(&input).expect("a plan")
}

/// From `before` to what `after` says: planned, done, accepted, planned again. Answers the first plan and the state reached.
fn lead(before: ObservedState, after: &ObservedState, mine: bool) -> (Plan, ObservedState) {
    let desired = imported(after, mine);
    let first = plan(&desired, &before);
    let mut done = before;
    let mut created = BTreeMap::new();
    let actions = first.businesses[0].operations.iter().map(|operation| &operation.action);
    for outcome in predict::perform_all(&mut done, actions, &mut created, first.as_of) {
        outcome.unwrap_or_else(|error| panic!("{error}"));
    }
    let ids: HashMap<String, String> = after
        .members
        .iter()
        .filter_map(|member| Some((after.text(member.email?).to_lowercase(), after.text(member.id).to_owned())))
        .collect();
    let done =
        accept::all(done, &|address| ids.get(address).cloned().unwrap_or_else(|| panic!("nobody has {address}")));
    let second = plan(&desired, &done);
    let left: Vec<_> = second.businesses[0].operations.iter().map(|operation| &operation.action).collect();
    assert!(left.is_empty(), "{left:#?}");
    (first, done)
}

/// Everybody may do in `one` what they may do in `two`.
fn same_rights(one: &ObservedState, two: &ObservedState) {
    assert_eq!((one.members.len(), one.grants.len()), (two.members.len(), two.grants.len()));
    for grant in two.grants.iter().filter(|grant| !grant.principal.is_partner()) {
        let member = two.text(two.members[grant.principal.index()].id).to_owned();
        let asset = two.text(two.assets[grant.asset as usize].id).to_owned();
        let key = FactKey::MemberGrant { member, asset };
        assert_eq!(one.fact(&key), two.fact(&key), "{key:?}");
    }
}

#[test]
fn a_year_of_real_organisations() {
    let Some(inputs) = inputs() else { return };
    for name in ["kubernetes", "kubernetes-sigs", "kubernetes-csi"] {
        let folder = inputs.join("kubernetes-org").join(name);
        let (before, after) = (tables(&folder.join("before")), tables(&folder.join("after")));
        let after = state(&after, name);
        let mut before = state(&before, name);
        // No plan creates ad accounts: those that came since are there before their grants are.
        for asset in &after.assets {
            let copy = |sym: accord::model::Sym, state: &mut ObservedState| state.strings.intern(after.text(sym));
            let row = observed::Asset {
                id: copy(asset.id, &mut before),
                kind: copy(asset.kind, &mut before),
                name: asset.name.map(|sym| copy(sym, &mut before)),
                owner_business: asset.owner_business.map(|sym| copy(sym, &mut before)),
                client: None,
            };
            before.put_asset(row);
        }
        let (plan, done) = lead(before, &after, true);
        same_rights(&done, &after);
        let count = |wanted: fn(&Action) -> bool| {
            plan.businesses[0].operations.iter().filter(|operation| wanted(&operation.action)).count()
        };
        let invited = count(|action| matches!(action, Action::InviteMember { .. }));
        let removed = count(|action| matches!(action, Action::RemoveMember { .. }));
        eprintln!("{name}: {} operations, {invited} invited, {removed} removed", plan.businesses[0].operations.len());
        assert!(invited > 0);
        let refused: Vec<_> = plan.businesses[0]
            .guards
            .iter()
            .filter(|guard| matches!(guard.verdict, accord::plan::Verdict::Refused { .. }))
            .map(|guard| guard.guard.as_str())
            .collect();
        assert!(refused.contains(&"first-apply") || removed == 0, "{refused:?}");
    }
}

#[test]
fn three_hundred_real_changes_one_by_one() {
    let Some(inputs) = inputs() else { return };
    let replay = inputs.join("kubernetes-org/replay");
    let mut rows = Rows::of(&tables(&replay.join("base")));
    let mut now = state(&rows.tables(), "base");
    let text = fs::read_to_string(replay.join("changes.jsonl")).expect("the changes");
    let (mut changes, mut operations, mut alarmed) = (0, 0, Vec::new());
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a change");
        rows.change(&line);
        let after = state(&rows.tables(), "after");
        for asset in &after.assets {
            let kind = now.strings.intern(after.text(asset.kind));
            let row = observed::Asset {
                id: now.strings.intern(after.text(asset.id)),
                kind,
                name: None,
                owner_business: None,
                client: None,
            };
            let name = asset.name.map(|sym| now.strings.intern(after.text(sym)));
            now.put_asset(observed::Asset { name, ..row });
        }
        let number = line["n"].as_u64().expect("a number");
        let (plan, done) = lead(now, &after, number.is_multiple_of(50));
        same_rights(&done, &after);
        changes += 1;
        operations += plan.businesses[0].operations.len();
        let refuses = |name: &str| {
            plan.businesses[0]
                .guards
                .iter()
                .any(|guard| guard.guard == name && matches!(guard.verdict, accord::plan::Verdict::Refused { .. }))
        };
        if refuses("removals") {
            alarmed.push(number);
        }
        now = done;
    }
    eprintln!("{changes} changes, {operations} operations; the removals guard spoke at {alarmed:?}");
    assert_eq!(changes, 300);
    assert!(alarmed.contains(&100), "the clean-up of the inactive went through");
}

#[test]
fn mined_rights_of_real_firms() {
    let Some(inputs) = inputs() else { return };
    for name in ["domino", "hc", "apj"] {
        let export = state(&tables(&inputs.join("hp").join(name)), name);
        let desired = imported(&export, true);
        let plan = plan(&desired, &export);
        assert_eq!(plan.businesses[0].operations.len(), 0, "{name}");
        eprintln!("{name}: {} teams for {} people", desired.teams.len(), desired.people.len());
    }
}

/// Values by column.
type Row = BTreeMap<String, String>;

/// The columns in order, and the rows by key.
type Table = (Vec<String>, BTreeMap<Vec<String>, Row>);

/// The CSV tables as rows by key, to be changed and written again.
struct Rows {
    export: Value,
    tables: BTreeMap<String, Table>,
}

/// The columns that make a row unique.
fn key_columns(table: &str) -> &'static [&'static str] {
    match table {
        "asset_group_members" => &["group_id", "asset_id"],
        "grants" => &["principal_kind", "principal_id", "asset_id"],
        "teams" => &["team", "member_id"],
        "team_grants" => &["team", "asset_id"],
        _ => &["id"],
    }
}

impl Rows {
    fn of(files: &Tables) -> Self {
        let mut tables = BTreeMap::new();
        for (name, bytes) in files.iter().filter_map(|(path, bytes)| Some((path.strip_suffix(".csv")?, bytes))) {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let columns: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
            let mut rows = BTreeMap::new();
            for record in reader.records() {
                let row: Row = columns.iter().cloned().zip(record.expect("a row").iter().map(str::to_owned)).collect();
                rows.insert(key_columns(name).iter().map(|column| row[*column].clone()).collect(), row);
            }
            tables.insert(name.to_owned(), (columns, rows));
        }
        let export = serde_json::from_slice(&files["export.json"]).expect("export.json");
        Rows { export, tables }
    }

    fn change(&mut self, line: &Value) {
        for change in line["changes"].as_array().expect("changes") {
            let name = change["table"].as_str().expect("a table");
            let (_, rows) = self.tables.get_mut(name).expect("a known table");
            let key: Vec<String> = key_columns(name)
                .iter()
                .map(|column| change["key"][*column].as_str().expect("a key").to_owned())
                .collect();
            let Value::Object(after) = &change["after"] else {
                rows.remove(&key).expect("a row to remove");
                continue;
            };
            let row = rows.entry(key.clone()).or_default();
            row.extend(key_columns(name).iter().map(|column| (*column).to_owned()).zip(key));
            row.extend(
                after.iter().map(|(column, value)| (column.clone(), value.as_str().unwrap_or_default().to_owned())),
            );
        }
    }

    fn tables(&self) -> Tables {
        let mut export = self.export.clone();
        let mut files = BTreeMap::new();
        for (name, (columns, rows)) in &self.tables {
            if export["totals"].get(name).is_some() {
                export["totals"][name] = rows.len().into();
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(columns).expect("writing");
            for row in rows.values() {
                writer
                    .write_record(columns.iter().map(|column| row.get(column).map_or("", String::as_str)))
                    .expect("writing");
            }
            files.insert(format!("{name}.csv"), writer.into_inner().expect("writing"));
        }
        files.insert("export.json".to_owned(), serde_json::to_vec(&export).expect("JSON"));
        files
    }
}
