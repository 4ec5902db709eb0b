//! The program against the simulator: `pinterest:ID` where a verb takes an export.
#![expect(clippy::unwrap_used, reason = "what is there because the test made it needs no words")]

use std::fs;
use std::process::{Command, Output, Stdio};

use accord::observed::{Completeness, ObservedState, snapshot};
use serde_json::Value;

use crate::support::pinterest::{Event, Fault, Rule, Setup, Simulator};

const ACME: &str = "600000000000000001";

fn small() -> ObservedState {
    snapshot::read(include_bytes!("../exports/pinterest/business.json"), "business.json").unwrap()
}

/// A folder, and the environment of somebody with a token.
struct Bench {
    folder: tempfile::TempDir,
    simulator: Simulator,
}

impl Bench {
    fn new(setup: Setup) -> Self {
        Bench { folder: tempfile::tempdir().unwrap(), simulator: Simulator::start(setup) }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.args(line.split(' ')).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.env("ACCORD_PINTEREST_URL", self.simulator.url()).env("NO_COLOR", "1").env("COLUMNS", "200");
        command
    }

    fn run(&self, line: &str) -> Output {
        let output = self.command(line).env("ACCORD_PINTEREST_TOKEN", Setup::TOKEN).output().unwrap();
        let shown = text(&output);
        assert!(!shown.contains(Setup::TOKEN), "{line}: {shown}");
        output
    }

    fn ok(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", text(&output));
        text(&output)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.folder.path().join(name)).unwrap()).unwrap()
    }

    fn snapshot(&self, name: &str) -> ObservedState {
        snapshot::read(&fs::read(self.folder.path().join(name)).unwrap(), name).unwrap()
    }

    fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let path = self.folder.path().join(name);
        let old = fs::read_to_string(&path).unwrap();
        let new = change(old.clone());
        assert_ne!(old, new, "nothing to change in {name}");
        fs::write(path, new).unwrap();
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn removals(plan: &Value) -> Vec<String> {
    let operations =
        plan["businesses"].as_array().unwrap().iter().flat_map(|part| part["operations"].as_array().unwrap());
    let names = operations.map(|operation| operation["action"]["action"].as_str().unwrap().to_owned());
    names.filter(|name| ["remove", "cancel", "delete"].iter().any(|word| name.starts_with(word))).collect()
}

#[test]
fn an_import_a_plan_and_kept_answers_agree() {
    let bench = Bench::new(Setup::of(&small()));
    let shown = bench.ok(&format!("import pinterest:{ACME} --write-files access --keep-raw raw"));
    assert!(shown.contains("4 members"), "{shown}");
    let shown = bench.ok("plan access --state pinterest -o access.plan --detailed-exitcode");
    assert!(shown.contains("No changes"), "{shown}");
    let from = bench.json("access.plan")["businesses"][0]["observed"]["from"].clone();
    assert_eq!(from, format!("pinterest:{ACME}"));
    bench.ok("import --from-raw raw -o again.json");
    assert_eq!(bench.json("again.json"), bench.json("access/state/snapshot.json"));
    bench.edit("access/accord.yaml", |text| text.replace("snapshot: state/snapshot.json", "snapshot: pinterest"));
    bench.ok("drift access");
    bench.simulator.event(Event::RemoveMember { id: "200000000000000003".to_owned() });
    assert_eq!(bench.run("drift access").status.code(), Some(2));
    assert_eq!(bench.simulator.violations(), [""; 0]);
}

#[test]
fn a_part_that_cannot_be_read_is_an_error_a_mark_and_no_removal() {
    let bench = Bench::new(Setup::of(&small()));
    bench.ok(&format!("import pinterest:{ACME} --write-files access"));
    // Somebody writes that there shall be no partners.
    fs::remove_dir_all(bench.folder.path().join("access/partners")).unwrap();
    fs::write(bench.folder.path().join("access/nobody.yaml"), "partners: {}\n").unwrap();
    bench.run("plan access --state pinterest -o whole.plan");
    let wanted = removals(&bench.json("whole.plan"));
    assert_eq!(wanted.iter().filter(|name| *name == "remove-partner").count(), 3, "{wanted:?}");
    let refuse = || Rule::new(Fault::Refuse { status: 403, code: 29, message: "no".to_owned() });
    for rule in [
        refuse().on("get/business_partners"),
        refuse().on("business_member_assets/get"),
        refuse().on("get/invites").target("is_member=false"),
    ] {
        bench.simulator.add_rule(rule);
    }
    let output = bench.run(&format!("import pinterest:{ACME} -o gaps.json --result result.json"));
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let shown = text(&output);
    assert!(shown.contains("error: not everything could be read: partners, grants and invites"), "{shown}");
    assert!(bench.json("result.json")["details"]["incomplete"]["partners"].is_string());
    let state = bench.snapshot("gaps.json");
    let whole = |name: &str| {
        state.completeness.iter().any(|(known, how)| known.word() == name && *how == Completeness::Complete)
    };
    assert!(whole("members") && whole("assets") && !whole("partners") && !whole("grants") && !whole("invites"));
    for state in ["gaps.json", "pinterest"] {
        bench.run(&format!("plan access --state {state} -o gaps.plan"));
        assert_eq!(removals(&bench.json("gaps.plan")), [""; 0], "{state}");
    }
}

#[test]
fn without_a_token_nothing_is_sent_and_it_is_said_where_to_put_one() {
    let bench = Bench::new(Setup::of(&small()));
    let output = bench.command(&format!("import pinterest:{ACME}")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("$ACCORD_PINTEREST_TOKEN"), "{}", text(&output));
    assert_eq!(bench.simulator.log().requests.len(), 0);

    let output = bench.run(&format!("import pinterest:{ACME} --api-url http://pinterest.example/v5"));
    assert_eq!(output.status.code(), Some(64));
    assert!(text(&output).contains("unencrypted"), "{}", text(&output));
    assert_eq!(bench.simulator.log().requests.len(), 0);
}

#[test]
fn a_token_that_is_not_taken_is_explained_and_never_shown() {
    let bench = Bench::new(Setup::of(&small()));
    let token = "pina_of_the_sandbox";
    for verbose in ["", " -vvv"] {
        let line = format!("import pinterest:{ACME}{verbose}");
        let output =
            bench.command(&line).env("ACCORD_PINTEREST_TOKEN", token).env("ACCORD_LOG", "trace").output().unwrap();
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(1));
        assert!(shown.contains("can't be read with this token") && shown.contains("sandbox"), "{shown}");
        assert!(!shown.contains(token), "{shown}");
    }
    let output = bench.run("import pinterest:999");
    assert!(text(&output).contains("is the id right"), "{}", text(&output));
}

#[test]
fn a_token_file_is_renewed_and_keeps_the_new_tokens() {
    let bench = Bench::new(Setup::of(&small()));
    let (id, secret) = Setup::APP.split_once(':').unwrap();
    let file = serde_json::json!({ "app_id": id, "app_secret": secret, "refresh_token": Setup::REFRESH });
    fs::write(bench.folder.path().join("token.json"), file.to_string()).unwrap();
    let output = bench.command(&format!("import pinterest:{ACME} --token-file token.json -vv")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let kept = bench.json("token.json");
    for key in ["access_token", "refresh_token", "app_secret"] {
        let secret = kept[key].as_str().unwrap();
        assert!(!text(&output).contains(secret), "{key}");
    }
    assert_eq!(bench.simulator.calls("oauth/token"), 1);
    let output = bench.command(&format!("import pinterest:{ACME} --token-file token.json")).output().unwrap();
    assert_eq!((output.status.code(), bench.simulator.calls("oauth/token")), (Some(0), 1));
}

#[test]
fn a_first_apply_over_the_interface_adds_what_the_files_ask_for() {
    let bench = Bench::new(Setup::of(&small()));
    bench.ok(&format!("import pinterest:{ACME} --write-files access"));
    bench.edit("access/accord.yaml", |text| {
        text.replace("    platform: pinterest\n", "    platform: pinterest\n    mode: adopt\n")
    });
    bench.edit("access/people.yaml", |text| text + "  new@acme.example: {}\n");
    bench.ok("plan access --state pinterest -o access.plan");
    let shown = bench.ok("apply access.plan --repository access");
    assert!(shown.contains("1"), "{shown}");
    let invited = bench.simulator.state();
    let invitees: Vec<&str> = invited.invites.iter().map(|row| invited.text(row.invitee)).collect();
    assert!(invitees.contains(&"new@acme.example"), "{invitees:?}");
    assert_eq!(bench.simulator.violations(), [""; 0]);
}

#[test]
fn nobody_applies_who_may_not_or_would_lock_himself_out() {
    let bench = Bench::new(Setup::of(&small()));
    bench.ok(&format!("import pinterest:{ACME} --write-files access"));
    bench.edit("access/people.yaml", |text| text.replacen("manager", "employee", 1));
    bench.edit("access/accord.yaml", |text| {
        text.replace("businesses:\n", "policy:\n  guards: { first_apply: false, managers: 0 }\n  rules: { lock-out: off, orphan-asset: off, no-client-billing-owner: off }\nbusinesses:\n")
    });
    bench.ok("plan access --state pinterest -o access.plan");
    let output = bench.run("apply access.plan --repository access");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("nobody knows whether it is"), "{}", text(&output));
    assert_eq!(bench.simulator.state().digest(), small().digest());
    let output = bench.run("apply access.plan --repository access --as ana@acme.example");
    assert!(text(&output).contains("from whoever applies"), "{}", text(&output));
    assert_eq!((output.status.code(), bench.simulator.state().digest()), (Some(3), small().digest()));
}

#[test]
fn a_plan_knows_whose_token_it_is_where_the_platform_tells() {
    let mut setup = Setup::of(&small()).choose(|choices| choices.user_account_served = true);
    setup.tokens[0].scopes.push("user_accounts:read".to_owned());
    let bench = Bench::new(setup);
    bench.ok(&format!("import pinterest:{ACME} --write-files access"));
    let taken_by = bench.snapshot("access/state/snapshot.json").captured_by;
    assert_eq!(taken_by.as_deref(), Some("200000000000000001"));
    bench.edit("access/people.yaml", |text| text.replacen("manager", "employee", 1));
    bench.edit("access/accord.yaml", |text| {
        text.replace("businesses:\n", "policy:\n  guards: { first_apply: false, managers: 0 }\n  rules: { lock-out: off, orphan-asset: off, no-client-billing-owner: off }\nbusinesses:\n")
    });
    let output = bench.run("plan access --state pinterest -o access.plan");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("refused by `own-access`"), "{}", text(&output));
}
