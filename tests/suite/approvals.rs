//! Approvals bound to a plan: who may give them, and what apply makes of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const ACCORD: &str = r#"version: 1
businesses:
  acme:
    platform: pinterest
    id: "729090764583391194"
    name: Acme
    owners: [ana@acme.example]
    domains: [acme.example]
    snapshot: state.json
"#;

const POLICY: &str = r#"policy:
  guards: { snapshot_age: off, first_apply: false }
  rules: { bus-factor-business: off, elevation: off, toxic-pair-asset: off }
  approvals:
    groups:
      security: [priya@acme.example, sam@acme.example, bo@acme.example]
    needs:
      billing: { from: security, count: 2 }
"#;

const FILES: &str = r#"accounts:
  fr: { id: "549755885175", name: Acme France }
people:
  ana@acme.example: { id: "1001", role: manager }
  priya@acme.example: { id: "1002" }
  sam@acme.example: { id: "1003", also: [sam.oduya@acme.example] }
  bo@acme.example:
    id: "1004"
    grants:
      - { on: [fr], permissions: [FINANCE_EDIT], reason: pays the invoices }
"#;

const STATE: &str = r#"{
  "format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
  "business": { "id": "729090764583391194", "name": "Acme" },
  "captured_at": "2026-11-22T00:00:00Z", "source": "test",
  "collections": {
    "members": { "complete": true, "total": 4, "items": [
      { "id": "1001", "email": "ana@acme.example", "role": "BIZ_ADMIN" },
      { "id": "1002", "email": "priya@acme.example", "role": "EMPLOYEE" },
      { "id": "1003", "email": "sam@acme.example", "role": "EMPLOYEE" },
      { "id": "1004", "email": "bo@acme.example", "role": "EMPLOYEE" } ] },
    "partners": { "complete": true, "total": 0, "items": [] },
    "assets": { "complete": true, "total": 1, "items": [
      { "id": "549755885175", "type": "AD_ACCOUNT", "name": "Acme France" } ] },
    "asset_group_members": { "complete": true, "total": 0, "items": [] },
    "grants": { "complete": true, "total": 0, "items": [] },
    "invites": { "complete": true, "total": 0, "items": [] }
  }
}
"#;

struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        Repository::with(POLICY)
    }

    fn with(policy: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in
            [("accord.yaml", ACCORD), ("policy.yaml", policy), ("access.yaml", FILES), ("state.json", STATE)]
        {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        Repository(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn accord(&self, words: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_accord"))
            .args(words)
            .current_dir(self.path())
            .env("COLUMNS", "200")
            .output()
            .expect("accord starts");
        (output.status.code().unwrap_or(-1), said(&output))
    }

    /// A plan of somebody's change, written to `access.plan`.
    fn plan(&self, author: &str) {
        let (code, text) = self.accord(&[
            "plan",
            "--at",
            "2026-11-22",
            "--author",
            author,
            "-o",
            "access.plan",
            "--detail",
            "headline",
        ]);
        assert_eq!(code, 0, "{text}");
    }

    #[track_caller]
    fn approve(&self, by: &str, code: i32, expected: &str) {
        let (found, text) = self.accord(&["approve", "access.plan", "--as", by]);
        assert_eq!(found, code, "{text}");
        assert!(text.contains(expected), "{text}");
    }

    #[track_caller]
    fn apply(&self, code: i32, expected: &[&str]) {
        let (found, text) = self.accord(&["apply", "access.plan", "--at", "2026-11-22"]);
        assert_eq!(found, code, "{text}");
        for words in expected {
            assert!(text.contains(words), "`{words}` is not in\n{text}");
        }
    }

    fn state(&self) -> String {
        fs::read_to_string(self.path().join("state.json")).expect("the state")
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn too_few_are_refused_and_enough_apply() {
    let repository = Repository::new();
    repository.plan("ana@acme.example");
    repository.apply(3, &["0 of 2 approvals", "`billing`", "priya@acme.example"]);
    repository.approve("priya@acme.example", 0, "1 of 2 approvals");
    repository.apply(3, &["1 of 2 approvals", "sam@acme.example"]);
    // The same person once more, and under another address, is still one.
    repository.approve("priya@acme.example", 0, "1 of 2 approvals");
    repository.approve("sam.oduya@acme.example", 0, "every approval it needs");
    assert_eq!(repository.state(), STATE, "nothing was written until then");
    repository.apply(0, &["1 of 1 done"]);
}

#[test]
fn one_person_under_two_addresses_counts_once() {
    let repository = Repository::new();
    repository.plan("ana@acme.example");
    repository.approve("sam@acme.example", 0, "1 of 2 approvals");
    repository.approve("sam.oduya@acme.example", 0, "1 of 2 approvals");
    repository.apply(3, &["1 of 2 approvals"]);
}

#[test]
fn the_author_the_beneficiary_and_strangers_are_refused_by_name() {
    let repository = Repository::new();
    repository.plan("Sam.Oduya@acme.example");
    repository.approve("sam@acme.example", 3, "sam@acme.example is an author of the change");
    repository.approve("bo@acme.example", 3, "bo@acme.example gains from it");
    repository.approve("ana@acme.example", 3, "ana@acme.example is not among those");
    repository.approve("priya@acme.example", 0, "1 of 2 approvals");
    repository.apply(3, &["1 of 2 approvals", "nobody is left who may approve"]);
}

#[test]
fn an_approval_of_another_plan_is_worth_nothing() {
    let repository = Repository::new();
    repository.plan("ana@acme.example");
    repository.approve("priya@acme.example", 0, "1 of 2");
    repository.approve("sam@acme.example", 0, "every approval");
    let files = FILES.replace("FINANCE_EDIT", "FINANCE_MANAGER");
    fs::write(repository.path().join("access.yaml"), files).expect("a file");
    repository.plan("ana@acme.example");
    repository.apply(3, &["the approval of priya@acme.example is for another plan", "0 of 2 approvals"]);
    assert_eq!(repository.state(), STATE);
}

#[test]
fn who_writes_the_file_by_hand_does_not_get_past_the_rules() {
    let repository = Repository::new();
    repository.plan("priya@acme.example");
    let plan = fs::read_to_string(repository.path().join("access.plan")).expect("the plan");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let by = |who: &str| serde_json::json!({ "plan": plan["digest"], "by": who, "at": "2026-11-22T00:00:00Z" });
    let file = serde_json::json!({ "format": "accord-approvals", "format_version": 1,
        "approvals": [by("priya@acme.example"), by("bo@acme.example"), by("sam@acme.example")] });
    fs::write(repository.path().join("access.plan.approvals"), file.to_string()).expect("a file");
    repository.apply(3, &["priya@acme.example is an author", "bo@acme.example gains", "1 of 2 approvals"]);
}

#[test]
fn a_plan_without_an_author_waits() {
    let repository = Repository::new();
    let (code, text) = repository.accord(&["plan", "--at", "2026-11-22", "-o", "access.plan", "--detail", "headline"]);
    assert_eq!(code, 0, "{text}");
    repository.approve("priya@acme.example", 0, "does not say who made the change");
    repository.approve("sam@acme.example", 0, "does not say who made the change");
    repository.apply(3, &["does not say who made the change"]);
}

#[test]
fn an_author_whom_no_file_names_could_be_an_approver() {
    let repository = Repository::new();
    repository.plan("Sam <sam@home.example>");
    // Sam would approve the own change from another address.
    repository.approve("sam@acme.example", 0, "sam@home.example is an author of the change, and no file says who");
    repository.approve("priya@acme.example", 0, "sam@home.example is an author");
    repository.apply(3, &["sam@home.example is an author", "under `also`"]);
    assert_eq!(repository.state(), STATE);
    // With the address in the entry the author is known, and refused by name.
    let files = FILES.replace("[sam.oduya@acme.example]", "[sam.oduya@acme.example, sam@home.example]");
    fs::write(repository.path().join("access.yaml"), files).expect("a file");
    repository.plan("Sam <SAM@home.example>");
    repository.approve("sam@acme.example", 3, "sam@acme.example is an author of the change");
}

#[test]
fn a_bot_that_the_policy_lists_is_a_known_author() {
    let repository = Repository::with(&format!("{POLICY}    authors: Bot@ci.example\n"));
    repository.plan("bot@ci.example");
    repository.approve("priya@acme.example", 0, "1 of 2");
    repository.approve("sam@acme.example", 0, "every approval");
    repository.apply(0, &["1 of 1 done"]);
    let repository = Repository::with(&format!("{POLICY}    authors: bot\n"));
    let (code, text) = repository.accord(&["validate"]);
    assert!(code == 1 && text.contains("`bot` is no address"), "{text}");
}

#[test]
fn an_author_that_is_no_address_is_wrong_usage() {
    let (code, text) = Repository::new().accord(&["plan", "--at", "2026-11-22", "--author", "Sam"]);
    assert!(code == 64 && text.contains("expected an address"), "{code} {text}");
}

#[test]
fn a_plan_for_another_time_is_applied_only_by_whoever_names_that_time() {
    let policy = POLICY.replace("count: 2", "count: 1");
    let repository = Repository::with(&policy);
    let at = |day: &str| {
        let plan = ["plan", "--at", day, "--author", "ana@acme.example", "-o", "access.plan", "--detail", "headline"];
        let (code, text) = repository.accord(&plan);
        assert_eq!(code, 0, "{text}");
        repository.approve("priya@acme.example", 0, "every approval");
    };
    for (day, why) in [("2024-01-31", "days ago, limit 7 days"), ("2124-01-31", "h from now, limit 1 h")] {
        at(day);
        let (code, text) = repository.accord(&["apply", "access.plan"]);
        assert!(code == 3 && text.contains(why) && text.contains(&format!("--at {day}T00:00:00Z")), "{code} {text}");
        let (code, text) = repository.accord(&["apply", "access.plan", "--at", "2026-11-22"]);
        assert!(code == 3 && text.contains("not for 2026-11-22"), "{code} {text}");
        assert_eq!(repository.state(), STATE);
    }
    let (code, text) = repository.accord(&["apply", "access.plan", "--at", "2124-01-31"]);
    assert!(code == 0 && text.contains("1 of 1 done"), "{code} {text}");
}

#[test]
fn only_signed_approvals_count_where_the_policy_wants_them() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let keys = tempfile::tempdir().expect("a folder");
    let key = |name: &str| {
        let path = keys.path().join(name);
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&path).output();
        assert!(made.expect("ssh-keygen runs").status.success());
        let public = fs::read_to_string(path.with_extension("pub")).expect("a public key");
        (path.to_string_lossy().into_owned(), public.trim().to_owned())
    };
    let ((priya, priya_public), (sam, sam_public)) = (key("priya"), key("sam"));
    let policy = format!(
        "{POLICY}    signed: true\n    signers:\n      priya@acme.example: {priya_public}\n      sam@acme.example: {sam_public}\n"
    );
    let repository = Repository::with(&policy);
    repository.plan("ana@acme.example");
    repository.approve("priya@acme.example", 3, "is not signed");
    let signed = |by: &str, key: &str| repository.accord(&["approve", "access.plan", "--as", by, "--key", key]);
    let (code, text) = signed("priya@acme.example", &sam);
    assert!(code == 3 && text.contains("the signature of priya@acme.example does not hold"), "{text}");
    let (code, text) = signed("priya@acme.example", &priya);
    assert!(code == 0 && text.contains("1 of 2"), "{text}");
    let (code, text) = signed("sam.oduya@acme.example", &sam);
    assert!(code == 0 && text.contains("every approval"), "{text}");
    // A signature covers the whole approval.
    let path = repository.path().join("access.plan.approvals");
    let whole = fs::read_to_string(&path).expect("the approvals");
    fs::write(&path, whole.replacen("\"by\": \"priya@acme.example\"", "\"by\": \"sam@acme.example\"", 1))
        .expect("a file");
    repository.apply(3, &["the signature of sam@acme.example does not hold"]);
    fs::write(&path, whole).expect("a file");
    repository.apply(0, &["1 of 1 done"]);
}

#[test]
fn what_the_policy_names_must_be_there() {
    let policy = POLICY.replace("from: security", "from: securty").replace("billing:", "biling:");
    let repository = Repository::with(&policy);
    let (code, text) = repository.accord(&["validate"]);
    assert_eq!(code, 1);
    assert!(text.contains("`biling` is not a risk") && text.contains("did you mean `billing`?"), "{text}");
}

const GROUP_FILES: &str = r#"accounts:
  fr: { id: "549755885175", name: Acme France }
  de: { id: "549755885176", name: Acme Germany }
asset_groups:
  emea: { id: "74", name: EMEA, description: all, types: [BRAND], contains: [fr, de] }
people:
  ana@acme.example: { id: "1001", role: manager }
  priya@acme.example: { id: "1002" }
  sam@acme.example: { id: "1003", also: [sam.oduya@acme.example] }
  bo@acme.example: { id: "1004" }
partners:
  nova:
    id: "500"
    name: Nova
    direction: inbound
    contact: lead@nova.example
    grants:
      - { on: [emea], permissions: [ADMIN], reason: runs everything }
"#;

const GROUP_POLICY: &str = r#"policy:
  guards: { snapshot_age: off, first_apply: false }
  profile: advertiser
  rules: { bus-factor-business: off, elevation: off, partner-has-admin: off, partner-edits-billing: off, toxic-pair-asset: off, nesting: off }
  approvals:
    groups:
      security: [priya@acme.example, sam@acme.example, bo@acme.example]
    needs:
      admin: { from: security }
      external: { from: security }
"#;

/// The export: Germany is not in the group yet. `items` of collections are added to those that are there.
fn group_state(items: &[(&str, &str)]) -> String {
    let mut state: serde_json::Value = serde_json::from_str(STATE).expect("JSON");
    let all = [
        ("assets", r#"{ "id": "549755885176", "type": "AD_ACCOUNT", "name": "Acme Germany" }"#),
        ("assets", r#"{ "id": "74", "type": "ASSET_GROUP", "name": "EMEA" }"#),
        ("asset_group_members", r#"{ "group": "74", "asset": "549755885175" }"#),
    ];
    for (collection, item) in all.iter().chain(items) {
        let collection = &mut state["collections"][collection];
        let list = collection["items"].as_array_mut().expect("a list");
        list.push(serde_json::from_str(item).expect("JSON"));
        collection["total"] = list.len().into();
    }
    state.to_string()
}

const NOVA: (&str, &str) = ("partners", r#"{ "id": "500", "name": "Nova", "direction": "inbound" }"#);

/// What the step that puts Germany into the group needs: by risk, whom it benefits.
fn needs_of_join(state: &str) -> Vec<(String, Vec<String>)> {
    let repository = Repository::with(GROUP_POLICY);
    fs::write(repository.path().join("access.yaml"), GROUP_FILES).expect("a file");
    fs::write(repository.path().join("state.json"), state).expect("a file");
    repository.plan("ana@acme.example");
    let plan = fs::read_to_string(repository.path().join("access.plan")).expect("the plan");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let operations = plan["businesses"][0]["operations"].as_array().expect("operations");
    let join = operations.iter().find(|it| it["id"].as_str().is_some_and(|id| id.starts_with("add-to-group")));
    let join = &join.unwrap_or_else(|| panic!("Germany joins: {operations:?}"))["id"];
    let needs = plan["approvals"]["needs"].as_array().expect("needs").iter();
    let needs = needs.filter(|need| need["operations"].as_array().is_some_and(|ids| ids.contains(join)));
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let all = |value: &serde_json::Value| value.as_array().expect("a list").iter().map(text).collect();
    needs.map(|need| (text(&need["risk"]), all(&need["beneficiaries"]))).collect()
}

fn both(people: &[&str]) -> Vec<(String, Vec<String>)> {
    let people: Vec<String> = people.iter().map(|&one| one.to_owned()).collect();
    ["admin", "external"].map(|risk| (risk.to_owned(), people.clone())).into()
}

#[test]
fn an_account_that_comes_into_the_group_of_an_agency_needs_approval() {
    let held = ("grants", r#"{ "partner": "500", "asset": "74", "permissions": ["ADMIN"] }"#);
    let state = group_state(&[NOVA, held]);
    assert_eq!(needs_of_join(&state), both(&["lead@nova.example"]));
    let mut rosters: serde_json::Value = serde_json::from_str(&state).expect("JSON");
    rosters["rosters"] =
        serde_json::json!([{ "partner": "500", "email": "bo@acme.example", "asset": "74", "permissions": ["ADMIN"] }]);
    assert_eq!(needs_of_join(&rosters.to_string()), both(&["bo@acme.example", "lead@nova.example"]));
    // Nobody holds the group.
    let repository = Repository::with(GROUP_POLICY);
    let nobody = GROUP_FILES.split("partners:").next().expect("the start");
    fs::write(repository.path().join("access.yaml"), nobody).expect("a file");
    fs::write(repository.path().join("state.json"), group_state(&[])).expect("a file");
    repository.plan("ana@acme.example");
    repository.apply(0, &["1 of 1 done"]);
}

#[test]
fn a_holder_whom_the_same_plan_brings_counts() {
    assert_eq!(needs_of_join(&group_state(&[NOVA])), both(&["lead@nova.example"]));
}

#[test]
fn a_holder_whose_invitation_waits_counts() {
    let sent = r#"{ "id": "31", "kind": "PARTNER_INVITE", "invitee": "500", "status": "PENDING", "sent_at": "2026-11-20T00:00:00Z",
        "expires_at": "2026-12-20T00:00:00Z", "grants": [{ "asset": "74", "permissions": ["ADMIN"] }] }"#;
    assert_eq!(needs_of_join(&group_state(&[("invites", sent)])), both(&["lead@nova.example"]));
}

#[test]
fn a_holder_of_a_group_around_the_group_counts() {
    let items = [
        NOVA,
        ("assets", r#"{ "id": "75", "type": "ASSET_GROUP", "name": "World" }"#),
        ("asset_group_members", r#"{ "group": "75", "asset": "74" }"#),
        ("grants", r#"{ "member": "1002", "asset": "75", "permissions": ["ADMIN"] }"#),
    ];
    let without = group_state(&items[..3]);
    assert_eq!(needs_of_join(&without), both(&["lead@nova.example"]));
    assert_eq!(needs_of_join(&group_state(&items)), both(&["lead@nova.example", "priya@acme.example"]));
}
