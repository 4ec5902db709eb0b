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
