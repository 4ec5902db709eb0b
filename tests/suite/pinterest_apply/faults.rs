//! Answers that say half of it, refusals, and platforms that take nothing more: what is told is what is there.

use std::collections::BTreeSet;

use super::business::{Size, files, seed};
use super::{Bench, assert_same, fates, predicted, sentences, with_fate};
use crate::support::pinterest::{Fate, Fault, Rule, Setup, When};

const SIZE: Size = Size { members: 40, accounts: 6, partners: 12, groups: 2 };

fn bench() -> Bench {
    Bench::new(&files(&SIZE), Setup::of(&super::seed(&seed(&SIZE))))
}

fn writes(fault: Fault) -> Rule {
    Rule::new(fault).writes(true)
}

/// Every shape of partial success: an operation counts as done exactly where it is done, whatever the answer says.
#[test]
fn partial_success_is_told_as_it_is() {
    for how in [Fate::Refused, Fate::Exception, Fate::Missing, Fate::Empty, Fate::Untold, Fate::Both] {
        let bench = bench();
        let plan = bench.plan();
        let wanted = predicted(&bench.simulator.state(), &plan);
        bench.simulator.add_rule(writes(Fault::Partial { items: Vec::new(), share: 250, how }));
        let ran = bench.apply();
        let fates = fates(&ran);
        let done = with_fate(&fates, &["done"]);
        let all_done = done.len() == fates.len();
        assert_eq!(ran.code, Some(if all_done { 0 } else { 5 }), "{how:?}: {}{}", ran.out, ran.err);
        assert_eq!(all_done, how.done(), "{how:?}: {} of {} done", done.len(), fates.len());
        assert_eq!(with_fate(&fates, &["uncertain"]), BTreeSet::new(), "{how:?}: looking tells");
        let not: BTreeSet<String> = fates.iter().map(|(id, _)| id.clone()).filter(|id| !done.contains(id)).collect();

        bench.simulator.clear_rules();
        let next = bench.plan();
        let left: BTreeSet<String> = next.businesses[0].operations.iter().map(|one| one.id.clone()).collect();
        assert_eq!(left.intersection(&done).count(), 0, "{how:?}: what was told to be done is there");
        // What was not done is left, or was an invite that lacks its grants.
        let others = left.difference(&not).filter(|id| !id.starts_with("attach-grants-"));
        assert_eq!(others.count(), 0, "{how:?}: {left:?}");
        bench.apply().ended(0);
        assert_same(&bench.simulator.state(), &wanted);
        assert_eq!(bench.simulator.log().done_twice(), [""; 0], "{how:?}");
        assert_eq!(sentences(&bench.plan()), [""; 0], "{how:?}");
    }
}

/// Where one operation makes the platform refuse a whole call, only that one is refused.
#[test]
fn a_call_that_is_refused_as_a_whole_costs_one_operation() {
    use crate::support::pinterest::choices::Impossible;
    let bench = bench();
    let plan = bench.plan();
    // The role of one leaver changes behind the plan's back after the state was read: its removal names the wrong role.
    bench.simulator.choose(|choices| choices.impossible_item = Impossible::Whole);
    let leaver =
        plan.businesses[0].operations.iter().find(|one| one.action.kind() == "remove-member").expect("a leaver");
    let accord::plan::Action::RemoveMember { person, .. } = &leaver.action else { panic!("no leaver") };
    let event = serde_json::json!({"event": "role", "member": person.id, "role": "BIZ_ADMIN"});
    let event = serde_json::from_value(event).expect("an event");
    let rule = Rule::new(Fault::Meanwhile { events: vec![event], after: false });
    bench.simulator.add_rule(rule.on("delete_business_membership").when(When::First(1)));
    let ran = bench.apply().ended(5);
    let fates = fates(&ran);
    let failed = with_fate(&fates, &["failed"]);
    assert_eq!(failed, BTreeSet::from([leaver.id.clone()]), "{fates:?}");
    assert_eq!(with_fate(&fates, &["done"]).len(), fates.len() - 1);
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
}

/// A platform that refuses every call after the first ones ends the run; another run goes on with the same plan.
#[test]
fn a_platform_that_takes_nothing_more_ends_the_run_and_resume_goes_on() {
    let bench = bench();
    let plan = bench.plan();
    let wanted = predicted(&bench.simulator.state(), &plan);
    let day = Fault::TooMany { retry_after: Some(86_400), spam: false };
    bench.simulator.add_rule(Rule::new(day).on("business_members_asset_access/update"));
    let ran = bench.apply().ended(5);
    let told = fates(&ran);
    assert!(!with_fate(&told, &["not-reached"]).is_empty() && !with_fate(&told, &["done"]).is_empty(), "{}", ran.out);
    assert_eq!(with_fate(&told, &["failed", "uncertain", "stale"]), BTreeSet::new());
    assert!(ran.out.contains("\"halted\""), "{}", ran.out);
    bench.simulator.clear_rules();
    bench.go_on().ended(0);
    assert_same(&bench.simulator.state(), &wanted);
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
}

/// A signal is heard between two calls: the journal is whole, and resume goes on.
#[cfg(unix)]
#[test]
fn an_interrupt_is_heard_between_two_calls() {
    let bench = bench();
    let plan = bench.plan();
    let wanted = predicted(&bench.simulator.state(), &plan);
    bench.simulator.add_rule(writes(Fault::Latency { milliseconds: 100 }));
    let mut child = bench.start(&["apply", "plan.json"]);
    while bench.simulator.log().changes() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill is there");
    assert!(sent.success());
    assert_eq!(child.wait().expect("our child").code(), Some(130));
    bench.go_on().ended(0);
    assert_same(&bench.simulator.state(), &wanted);
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill is there");
    assert!(sent.success());
}

/// A wait that the platform asks for ends with the first signal, while writing and while reading.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_wait_at_once() {
    for operation in ["business_members_asset_access/update", "get/business_members"] {
        let bench = bench();
        let plan = bench.plan();
        let wanted = predicted(&bench.simulator.state(), &plan);
        let before = bench.simulator.calls(operation);
        bench.simulator.add_rule(Rule::new(Fault::TooMany { retry_after: Some(100), spam: false }).on(operation));
        let mut child = bench.start(&["apply", "plan.json"]);
        while bench.simulator.calls(operation) == before {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        let since = std::time::Instant::now();
        interrupt(&child);
        assert_eq!(child.wait().expect("our child").code(), Some(130), "{operation}");
        assert!(since.elapsed().as_secs() < 20, "{operation}: {:?}", since.elapsed());
        bench.simulator.clear_rules();
        bench.go_on().ended(0);
        assert_same(&bench.simulator.state(), &wanted);
        assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
    }
}

/// A token that is over and can't be renewed is no refusal of what was asked: the run stops, and another one goes on.
#[test]
fn a_renewal_that_is_refused_stops_the_run() {
    let bench = bench();
    let plan = bench.plan();
    let wanted = predicted(&bench.simulator.state(), &plan);
    let operation = "business_members_asset_access/update";
    bench.simulator.add_rule(Rule::new(Fault::ExpireToken).on(operation).when(When::First(1)));
    let no = Fault::Refuse { status: 400, code: 1, message: "invalid_grant".to_owned() };
    bench.simulator.add_rule(Rule::new(no).on("oauth/token"));
    let (app, secret) = Setup::APP.split_once(':').expect("an app");
    let run = |args: &[&str]| {
        let mut command = bench.command(args);
        command.env("ACCORD_PINTEREST_REFRESH_TOKEN", Setup::REFRESH);
        command.env("ACCORD_PINTEREST_APP_ID", app).env("ACCORD_PINTEREST_APP_SECRET", secret);
        super::Ran::of(command.output().expect("the program starts"))
    };
    let ran = run(&["apply", "plan.json", "--format", "json"]).ended(5);
    let told = fates(&ran);
    // What an answer leaves open can't be looked at any more.
    assert_eq!(with_fate(&told, &["failed", "stale", "skipped"]), BTreeSet::new(), "{}", ran.out);
    assert!(!with_fate(&told, &["not-reached"]).is_empty(), "{}", ran.out);
    let halted = "\"halted\": \"the access token is over, and it could not be renewed: POST /oauth/token: 400";
    assert!(ran.out.contains(halted), "{}", ran.out);
    bench.simulator.clear_rules();
    run(&["apply", "plan.json", "--format", "json", "--resume"]).ended(0);
    assert_same(&bench.simulator.state(), &wanted);
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
}

/// What is printed as the next command works when it is pasted, whatever the run was called with.
#[cfg(unix)]
#[test]
fn the_printed_command_goes_on() {
    let bench = bench();
    let plan = bench.plan();
    let wanted = predicted(&bench.simulator.state(), &plan);
    let day = Fault::TooMany { retry_after: Some(86_400), spam: false };
    bench.simulator.add_rule(Rule::new(day).on("business_members_asset_access/update"));
    let from = bench.folder.path().parent().expect("a folder above").to_owned();
    let name = bench.folder.path().file_name().and_then(std::ffi::OsStr::to_str).expect("a name").to_owned();
    let (plan, journal) = (format!("{name}/plan.json"), format!("{name}/it's my journal"));
    let url = bench.simulator.url();
    let last = format!("{name}/last.json");
    let mut first = bench.command(&["apply", &plan, "--repository", &name, "--journal", &journal, "--api-url", &url]);
    first.args(["--as", "ana@acme.example", "--last-applied", &last]).current_dir(&from);
    let ran = super::Ran::of(first.env_remove("ACCORD_PINTEREST_URL").output().expect("the program starts")).ended(5);
    let (_, next) = ran.out.split_once("next:").unwrap_or_else(|| panic!("{}", ran.out));
    let command = next.split('`').nth(1).unwrap_or_else(|| panic!("{}", ran.out));
    bench.simulator.clear_rules();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_accord")).parent().expect("a folder").display().to_string();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", command]).current_dir(&from).env_clear().env("ACCORD_PINTEREST_TOKEN", Setup::TOKEN);
    let pasted = super::Ran::of(shell.env("PATH", format!("{program}:/usr/bin:/bin")).output().expect("sh is there"));
    pasted.ended(0);
    assert_same(&bench.simulator.state(), &wanted);
    assert!(bench.path("last.json").exists());
}

/// A run that was begun on one address is not gone on with on another one.
#[test]
fn a_journal_belongs_to_the_address_it_was_begun_at() {
    let (bench, other) = (bench(), bench());
    bench.plan();
    let day = Fault::TooMany { retry_after: Some(86_400), spam: false };
    bench.simulator.add_rule(Rule::new(day).on("business_members_asset_access/update"));
    bench.apply().ended(5);
    let untouched = other.simulator.state();
    let url = other.simulator.url();
    let ran = bench.run(&["apply", "plan.json", "--resume", "--api-url", &url]).ended(1);
    assert!(ran.err.contains("the journal is that of a run on Pinterest API `pinterest:"), "{}", ran.err);
    assert!(ran.err.contains(&format!("` at {url}")) || ran.err.contains(&format!(" at {url}`")), "{}", ran.err);
    assert_same(&other.simulator.state(), &untouched);
}

/// Two runs on one machine don't change one business at the same time.
#[test]
fn a_second_run_is_told_who_holds_the_business() {
    let bench = bench();
    bench.plan();
    bench.simulator.add_rule(writes(Fault::Latency { milliseconds: 300 }));
    let mut first = bench.start(&["apply", "plan.json"]);
    while bench.simulator.log().changes() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let second = bench.run(&["apply", "plan.json", "--journal", "other.journal"]).ended(4);
    assert!(second.err.contains("is being written by process"), "{}", second.err);
    assert!(first.wait().expect("our child").success());
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
}
