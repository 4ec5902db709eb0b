//! The access repositories in `examples/`, planned by the program: exactly what their READMEs worked out by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use accord::apply::last_applied;
use accord::model::{AssetRef, PersonRef, Principal};
use accord::observed::snapshot;
use accord::plan::{Action, AttachedGrant, BusinessPlan, EndingGrant, Operation, Origin, Plan, Verdict};

/// The day for which the READMEs hold.
const DAY: &str = "2026-11-22";

#[test]
fn the_single_brand_is_planned_as_worked_out_by_hand() {
    let plan = plan("single-brand");
    let [norrhem] = plan.businesses.as_slice() else {
        panic!("one business, found {}", plan.businesses.len());
    };
    assert_operations(
        norrhem,
        &[
            "set-role freja.holm EMPLOYEE -> BIZ_ADMIN: files",
            "set-role magnus.oberg BIZ_ADMIN -> EMPLOYEE: files",
            "set-grant magnus.oberg norrhem-brand nothing -> ANALYST: files",
            "invite-member ines.carvalho EMPLOYEE with nothing: files",
            "invite-member wanjiru.kamau EMPLOYEE with norrhem-ie CAMPAIGN_MANAGER, norrhem-uk CAMPAIGN_MANAGER: files",
            "cancel-invite owen.pryce with nothing: files",
            "remove-member jonas.eklund EMPLOYEE ending norrhem-brand ANALYST: files",
            "add-to-group dach norrhem-ch: files",
            "set-grant camille.laurent dach nothing -> CAMPAIGN_MANAGER: files",
            "remove-grant camille.laurent norrhem-fr CAMPAIGN_MANAGER: files",
            "set-grant bram.janssen catalog-apac nothing -> CATALOGS_MANAGER: files",
            "set-grant ritu.sharma catalog-apac nothing -> CATALOGS_MANAGER: files",
            "remove-grant rosa norrhem-kids CAMPAIGN_MANAGER: files",
            "remove-grant nadia.benali norrhem-brand ADMIN: drift",
            "set-grant partner atelier-rive norrhem-fr CAMPAIGN_MANAGER;FINANCE_VIEW -> CAMPAIGN_MANAGER: files",
            "remove-grant partner atelier-rive norrhem-be CAMPAIGN_MANAGER: files",
        ],
    );
    assert_before(norrhem, "set-role freja.holm", "set-role magnus.oberg");
    assert_before(norrhem, "set-grant camille.laurent", "remove-grant camille.laurent");
    let waiting = norrhem.waiting.iter().map(|row| who(&row.who));
    assert_eq!(waiting.collect::<BTreeSet<_>>(), set(&["leila.rahimi", "partner lumen-measurement"]));
    let withheld = norrhem.withheld.iter().map(|row| {
        let principal = row.principal.as_ref().map(who).unwrap_or_default();
        format!("{} {principal}", row.why)
    });
    assert_eq!(withheld.collect::<BTreeSet<_>>(), set(&["declined viktor.horvat"]));
    assert_notices(norrhem, &["expired-invite", "export-problem", "rename", "unknown-value"]);
    assert_eq!(
        deferred(norrhem),
        ["ines.carvalho 1", "leila.rahimi 4", "partner lumen-measurement 2", "wanjiru.kamau 2"]
    );
    assert_unmanaged(norrhem, &["contents of asset group brands", "grants of partner kitano-living"]);
    assert_eq!(
        upcoming(norrhem),
        [
            "2026-12-18 teams/overseas.yaml",
            "2026-12-31 partners/maple-and-main.yaml",
            "2026-12-31 people.yaml",
            "2027-01-15 people.yaml",
            "2027-01-29 people.yaml",
            "2027-01-31 partners/southbank.yaml",
        ]
    );
}

#[test]
fn the_agency_is_planned_as_worked_out_by_hand() {
    let plan = plan("agency-partner");
    let [eu, us, tidewater] = plan.businesses.as_slice() else {
        panic!("three businesses, found {}", plan.businesses.len());
    };
    agency_eu(eu);
    agency_us(us);
    client(tidewater);
}

fn agency_eu(eu: &BusinessPlan) {
    assert_eq!(eu.business.key, "harborlight-eu");
    assert_operations(
        eu,
        &[
            "invite-member soraya.nazari EMPLOYEE with casa-aurel-ch CAMPAIGN_MANAGER, casa-aurel-it CAMPAIGN_MANAGER: files",
            "request-access partner teegarten teegarten-de CAMPAIGN_MANAGER;FINANCE_EDIT -> AUDIENCE_MANAGER;CAMPAIGN_MANAGER;FINANCE_EDIT: files",
            "request-partner partner petite-fougere with petite-fougere-fr CAMPAIGN_MANAGER: files",
            "remove-partner partner velo-ardent ending Vélo Ardent CAMPAIGN_MANAGER: files",
            "remove-grant amelie.roux Vélo Ardent CAMPAIGN_MANAGER: files",
            "remove-grant chloe.garnier Vélo Ardent CAMPAIGN_MANAGER: files",
            "remove-grant hugo.lefevre Vélo Ardent CAMPAIGN_MANAGER: files",
        ],
    );
    let waiting: Vec<_> = eu.waiting.iter().map(|row| who(&row.who)).collect();
    assert_eq!(waiting, ["partner norrstrand"]);
    assert_eq!(
        deferred(eu),
        [
            "chloe.garnier 1",
            "emil.nyberg 1",
            "hugo.lefevre 1",
            "ingrid.solberg 1",
            "partner norrstrand 1",
            "partner petite-fougere 1",
            "soraya.nazari 2",
        ]
    );
    assert!(eu.withheld.is_empty(), "{:?}", eu.withheld);
    assert_unmanaged(eu, &["grants of partner velo-ardent", "which asset groups exist"]);
    assert_eq!(upcoming(eu), ["2026-12-31 eu/clients.yaml", "2027-02-12 eu/teams/cosmetics.yaml"]);
}

fn agency_us(us: &BusinessPlan) {
    assert_eq!(us.business.key, "harborlight-us");
    assert_operations(
        us,
        &[
            "set-grant luis.navarro paloma-mx nothing -> CAMPAIGN_MANAGER: unknown",
            "set-grant luis.navarro paloma-us nothing -> CAMPAIGN_MANAGER: unknown",
        ],
    );
    let withheld = us.withheld.iter().map(|row| (row.why.as_str(), row.removal));
    assert_eq!(withheld.collect::<Vec<_>>(), [("adopt", true), ("adopt", true)]);
    assert_unmanaged(us, &["which asset groups exist"]);
    assert_eq!(upcoming(us), ["2027-01-31 us/teams/accounts.yaml", "2027-02-14 us/clients.yaml"]);
}

fn client(tidewater: &BusinessPlan) {
    assert_eq!(tidewater.business.key, "tidewater");
    assert_operations(
        tidewater,
        &[
            "create-group holiday-2026: files",
            "add-to-group holiday-2026 outlet: files",
            "add-to-group holiday-2026 us: files",
            "set-grant partner harborlight holiday-2026 nothing -> CAMPAIGN_MANAGER: files",
            "set-grant partner fernwood us ANALYST;FINANCE_VIEW -> ANALYST;AUDIENCE_MANAGER: conflict",
            "remove-grant partner fernwood ca ANALYST: files",
        ],
    );
    assert_before(tidewater, "create-group", "add-to-group holiday-2026 us");
    assert_before(tidewater, "create-group", "set-grant partner harborlight");
    assert_notices(tidewater, &["converged"]);
    assert_unmanaged(tidewater, &[]);
    assert_eq!(
        upcoming(tidewater),
        [
            "2027-01-10 tidewater/partners.yaml",
            "2027-01-31 tidewater/partners.yaml",
            "2027-02-14 tidewater/partners.yaml"
        ]
    );
}

#[test]
fn the_snapshot_of_the_single_brand_is_what_import_makes_of_its_tables() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("norrhem.json");
    let name = file.to_str().expect("a temporary path is text");
    let output = accord(&["import", "single-brand/state/current", "-o", name], &examples());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let committed = fs::read_to_string(examples().join("single-brand/state/norrhem.json"));
    let made = fs::read_to_string(file);
    assert_eq!(made.expect("import wrote it"), committed.expect("the example has a snapshot"));
}

#[test]
fn the_last_applied_state_of_the_single_brand_is_the_export_after_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("norrhem.json");
    let name = file.to_str().expect("a temporary path is text");
    let output = accord(&["import", "single-brand/state/last-applied", "-o", name], &examples());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let export = snapshot::read(&fs::read(file).expect("import wrote it"), "norrhem.json").expect("a snapshot");
    let path = examples().join("single-brand/state/norrhem.applied.json");
    let kept = last_applied::read(&fs::read(path).expect("it is there"), "applied").expect("an applied state");
    assert!(kept.state == export);
    let written = yaml_files(&examples().join("single-brand"));
    let root = examples().join("single-brand");
    let relative = |path: &PathBuf| path.strip_prefix(&root).expect("below").to_str().expect("text").to_owned();
    let mut written: Vec<String> =
        written.iter().map(relative).filter(|path| path != "profiles.yaml" && path != "policy.yaml").collect();
    written.sort();
    assert_eq!(kept.files, written);
}

/// Threads, and the order of rows and columns in the export, change nothing about the plan's bytes.
#[test]
fn a_plan_is_the_same_bytes_on_any_number_of_threads_and_in_any_order_of_records() {
    for example in ["single-brand", "agency-partner"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("repository");
        copy(&examples().join(example), &root);
        let bytes = |threads: &str| {
            let args = ["plan", "repository", "--at", "2026-11-22", "--threads", threads, "-o", "out.plan"];
            let output = accord(&args, folder.path());
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            fs::read(folder.path().join("out.plan")).expect("a plan was written")
        };
        let first = bytes("1");
        for threads in ["2", "7"] {
            assert!(bytes(threads) == first, "{example}: {threads} threads");
        }
        turn_tables(&root.join("state"));
        assert!(bytes("2") == first, "{example}: the order of records");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("a folder") {
        let (from, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("readable");
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("writable");
        }
    }
}

/// Turns the rows of every table round, and the columns of those without quotes.
fn turn_tables(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            turn_tables(&path);
        } else if path.extension().is_some_and(|ending| ending == "csv") {
            let text = fs::read_to_string(&path).expect("text");
            let turned = |line: &str| match text.contains('"') {
                true => line.to_owned(),
                false => line.split(',').rev().collect::<Vec<_>>().join(","),
            };
            let mut lines: Vec<String> = text.lines().map(turned).collect();
            lines[1..].reverse();
            fs::write(&path, lines.join("\n") + "\n").expect("writable");
        }
    }
}

#[test]
fn every_file_names_its_schema_and_is_in_canonical_form() {
    let root = examples();
    for example in ["single-brand", "agency-partner"] {
        for file in yaml_files(&root.join(example)) {
            let text = fs::read_to_string(&file).expect("an example can be read");
            let named = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
            let Some(named) = named else {
                panic!("{} does not name its schema in its first line", file.display());
            };
            let schema = file.parent().expect("a file is in a folder").join(named);
            assert!(schema.is_file(), "{}: {} does not exist", file.display(), schema.display());
        }
    }
    let output = accord(&["fmt", "--check", "."], &root);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The plan as the program writes it; no guard may refuse, every collection of the export must be whole, and the README must count alike.
fn plan(example: &str) -> Plan {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("access.plan");
    let file_name = file.to_str().expect("a temporary path is text");
    let output = accord(&["plan", example, "--at", DAY, "-o", file_name], &examples());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let bytes = fs::read(&file).expect("the plan was written");
    let plan: Plan = serde_json::from_slice(&bytes).expect("a plan is JSON");
    for business in &plan.businesses {
        assert_eq!(business.observed.incomplete, []);
        for guard in &business.guards {
            assert!(matches!(guard.verdict, Verdict::Passed | Verdict::Off), "{guard:?}");
        }
    }
    let count: usize = plan.businesses.iter().map(|business| business.operations.len()).sum();
    let readme = fs::read_to_string(examples().join(example).join("README.md")).expect("an example has a README");
    assert!(
        readme.contains(&format!("**{count} operations**")),
        "the README of {example} does not count {count} operations"
    );
    plan
}

fn accord(args: &[&str], folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_accord"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts")
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("an example can be listed") {
        let path = entry.expect("an example can be listed").path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Without regard to order; the order that matters is asked for by [`assert_before`].
fn assert_operations(business: &BusinessPlan, expected: &[&str]) {
    let mut found: Vec<String> = business.operations.iter().map(line).collect();
    found.sort();
    let mut expected: Vec<String> = expected.iter().copied().map(str::to_owned).collect();
    expected.sort();
    assert_same(&found, &expected);
}

fn assert_same(found: &[String], expected: &[String]) {
    assert_eq!(found.join("\n"), expected.join("\n"), "found on the left, worked out by hand on the right");
}

fn assert_before(business: &BusinessPlan, first: &str, second: &str) {
    let place = |start: &str| {
        let found = business.operations.iter().position(|operation| line(operation).starts_with(start));
        found.unwrap_or_else(|| panic!("no operation `{start}`"))
    };
    assert!(place(first) < place(second), "`{first}` comes after `{second}`");
}

fn assert_notices(business: &BusinessPlan, kinds: &[&str]) {
    let found: BTreeSet<String> = business.notices.iter().map(|notice| notice.kind.clone()).collect();
    assert_eq!(found, set(kinds));
}

fn assert_unmanaged(business: &BusinessPlan, expected: &[&str]) {
    let found: BTreeSet<String> = business.unmanaged.iter().cloned().collect();
    assert_eq!(found, set(expected));
}

/// How many grants wait for whom.
fn deferred(business: &BusinessPlan) -> Vec<String> {
    let people: BTreeSet<String> = business.deferred.iter().map(|row| who(&row.principal)).collect();
    let count = |person: &str| business.deferred.iter().filter(|row| who(&row.principal) == person).count();
    people.iter().map(|person| format!("{person} {}", count(person))).collect()
}

fn upcoming(business: &BusinessPlan) -> Vec<String> {
    let mut rows: Vec<String> =
        business.upcoming.iter().map(|row| format!("{} {}", row.until, row.place.file)).collect();
    rows.sort();
    rows
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().copied().map(str::to_owned).collect()
}

/// An operation as the READMEs write it.
fn line(operation: &Operation) -> String {
    let origin = match operation.origin {
        Origin::Unknown => "unknown",
        Origin::Files => "files",
        Origin::Drift => "drift",
        Origin::Conflict => "conflict",
    };
    format!("{}: {origin}", action(&operation.action))
}

fn action(action: &Action) -> String {
    match action {
        Action::CreateGroup { group, .. } => format!("create-group {}", asset(group)),
        Action::AddToGroup { group, asset: of } => {
            format!("add-to-group {} {}", asset(group), asset(of))
        }
        Action::RemoveFromGroup { group, asset: of } => {
            format!("remove-from-group {} {}", asset(group), asset(of))
        }
        Action::DeleteGroup { group, .. } => format!("delete-group {}", asset(group)),
        Action::InviteMember { person: of, role, grants } => {
            format!("invite-member {} {role} with {}", person(of), attached(grants))
        }
        Action::InvitePartner { partner, grants } => {
            format!("invite-partner {} with {}", who(&Principal::Partner(partner.clone())), attached(grants))
        }
        Action::RequestPartner { partner, grants } => {
            format!("request-partner {} with {}", who(&Principal::Partner(partner.clone())), attached(grants))
        }
        Action::AttachGrants { invitee, before, after, .. } => {
            format!("attach-grants {} {} -> {}", who(invitee), attached(before), attached(after))
        }
        Action::AcceptInvite { partner, grants, .. } => {
            format!("accept-invite {} with {}", who(&Principal::Partner(partner.clone())), attached(grants))
        }
        Action::CancelInvite { invitee, grants, .. } => {
            format!("cancel-invite {} with {}", who(invitee), attached(grants))
        }
        Action::SetRole { person: of, before, after } => format!("set-role {} {before} -> {after}", person(of)),
        Action::SetGrant { principal, asset: of, before, after } => {
            format!("set-grant {} {} {} -> {}", who(principal), asset(of), words(before), words(after))
        }
        Action::RemoveGrant { principal, asset: of, before } => {
            format!("remove-grant {} {} {}", who(principal), asset(of), words(before))
        }
        Action::RequestAccess { partner, asset: of, before, after } => {
            format!(
                "request-access {} {} {} -> {}",
                who(&Principal::Partner(partner.clone())),
                asset(of),
                words(before),
                words(after)
            )
        }
        Action::RemoveMember { person: of, role, grants } => {
            format!("remove-member {} {role} ending {}", person(of), ending(grants))
        }
        Action::RemovePartner { partner, grants } => {
            format!("remove-partner {} ending {}", who(&Principal::Partner(partner.clone())), ending(grants))
        }
    }
}

fn who(principal: &Principal) -> String {
    match principal {
        Principal::Person(of) => person(of),
        Principal::Partner(partner) => {
            format!("partner {}", partner.key.as_deref().unwrap_or(&partner.id))
        }
    }
}

/// The part before the `@` tells people of the examples apart.
fn person(of: &PersonRef) -> String {
    let name = of.key.as_deref().or(of.email.as_deref()).unwrap_or("nobody");
    name.split('@').next().unwrap_or(name).to_owned()
}

fn asset(of: &AssetRef) -> String {
    of.key.as_deref().or(of.name.as_deref()).unwrap_or("nothing").to_owned()
}

fn words(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(";") }
}

fn attached(grants: &[AttachedGrant]) -> String {
    listed(grants.iter().map(|grant| (&grant.asset, &grant.permissions)))
}

fn ending(grants: &[EndingGrant]) -> String {
    listed(grants.iter().map(|grant| (&grant.asset, &grant.permissions)))
}

fn listed<'g>(grants: impl Iterator<Item = (&'g AssetRef, &'g Vec<String>)>) -> String {
    let mut each: Vec<String> =
        grants.map(|(of, permissions)| format!("{} {}", asset(of), words(permissions))).collect();
    each.sort();
    if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
}
