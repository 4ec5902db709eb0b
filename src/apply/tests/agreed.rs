//! What a run leaves as agreed, beside what others did.

use proptest::prelude::*;

use super::target::{Fault, Memory, Target, apply};
use super::world::{self, Step, acme, asset, member, set_grant, words};
use crate::apply::{Applied, Status, agreed};
use crate::model::{FactKey, Principal};
use crate::observed::ObservedState;
use crate::plan::file::VerifiedPlan;
use crate::plan::{Action, Plan, Withheld};

/// A grant, and one that is taken away.
fn steps() -> Vec<Step> {
    let taken = Action::RemoveGrant { principal: member("1001"), asset: asset("2001"), before: words(&["ANALYST"]) };
    vec![(set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]), (taken, vec![])]
}

fn grant(member: &str, asset: &str) -> FactKey {
    FactKey::MemberGrant { member: member.to_owned(), asset: asset.to_owned() }
}

/// Somebody gives somebody an account, and takes another grant away.
fn somebody(state: &mut ObservedState) {
    world::grant(state, "1006", "2005", &["ADMIN"]);
    let principal = crate::model::PrincipalIx::person(state.find_member("1003").unwrap());
    let asset = state.find_asset("2003").unwrap();
    state.remove_grant(principal, asset).unwrap();
}

/// Without what somebody did.
fn assert_not_theirs(state: &ObservedState) {
    assert_eq!(state.fact(&grant("1006", "2005")), None);
    assert_eq!(state.fact(&grant("1003", "2003")).as_deref(), Some("ANALYST"));
}

fn assert_ours(state: &ObservedState) {
    assert_eq!(state.fact(&grant("1002", "2005")).as_deref(), Some("ANALYST"));
    assert_eq!(state.fact(&grant("1001", "2001")), None);
}

fn left(plan: &Plan, applied: Applied, before: Option<ObservedState>) -> Option<ObservedState> {
    let Applied { report, mut seen } = applied;
    agreed(&plan.businesses[0], &report.businesses[0], seen.remove(0), before)
}

fn run(plan: &Plan, target: &mut Target) -> Applied {
    apply(&VerifiedPlan::assumed(plan.clone()), target, &mut Memory::default()).unwrap()
}

#[test]
fn what_ends_as_planned_is_agreed_whole() {
    let plan = world::unsealed(&acme(), &steps());
    let mut target = Target::new(acme());
    let applied = run(&plan, &mut target);
    assert_eq!(left(&plan, applied, None), Some(target.state));
}

#[test]
fn what_somebody_did_before_the_run_is_not_agreed() {
    let plan = world::unsealed(&acme(), &steps());
    let moved = || {
        let mut state = acme();
        somebody(&mut state);
        Target::new(state)
    };
    let applied = run(&plan, &mut moved());
    assert_eq!(applied.report.status, Status::Applied);
    let state = left(&plan, applied, Some(acme())).unwrap();
    assert_not_theirs(&state);
    assert_ours(&state);
    let applied = run(&plan, &mut moved());
    assert_eq!(left(&plan, applied, None), None, "nobody knows what of it was there when the plan was made");
}

#[test]
fn what_somebody_does_during_the_run_is_not_agreed() {
    let plan = world::unsealed(&acme(), &steps());
    for before in [None, Some(acme())] {
        let mut target = Target::new(acme());
        target.edits.insert("op-1".to_owned(), somebody);
        let applied = run(&plan, &mut target);
        let state = left(&plan, applied, before).unwrap();
        assert_not_theirs(&state);
        assert_ours(&state);
    }
}

/// The extra grant of 1006 was there when the plan was made, and the plan held it back.
#[test]
fn what_the_plan_held_back_is_not_agreed() {
    let mut start = acme();
    somebody(&mut start);
    let mut plan = world::unsealed(&start, &steps());
    let held = |principal: Option<Principal>| Withheld {
        why: "adopt".to_owned(),
        what: "take something away".to_owned(),
        removal: true,
        principal,
        place: None,
        related: vec![],
        help: None,
    };
    plan.businesses[0].withheld = vec![held(Some(member("1006")))];
    let applied = run(&plan, &mut Target::new(start));
    let state = left(&plan, applied, Some(acme())).unwrap();
    assert_eq!(state.fact(&grant("1006", "2005")), None, "held back");
    assert_eq!(state.fact(&grant("1003", "2003")), None, "the files want it so, too: nothing was held back");
    assert_ours(&state);
}

#[test]
fn what_failed_is_as_it_was_agreed_before() {
    let plan = world::unsealed(&acme(), &steps());
    let drifted = || Target::new(acme()).with("op-1", Fault::Refuse);
    let mut before = acme();
    let principal = crate::model::PrincipalIx::person(before.find_member("1001").unwrap());
    let asset = before.find_asset("2001").unwrap();
    before.remove_grant(principal, asset).unwrap();
    let applied = run(&plan, &mut drifted());
    let state = left(&plan, applied, Some(before)).unwrap();
    assert_ours(&state);
    // The files had it before: it is theirs to take away still.
    let applied = run(&plan, &mut drifted());
    let state = left(&plan, applied, Some(acme())).unwrap();
    assert_eq!(state.fact(&grant("1001", "2001")).as_deref(), Some("ANALYST"));
    // Nothing was agreed before: what should go was never agreed to.
    let applied = run(&plan, &mut drifted());
    assert_ours(&left(&plan, applied, None).unwrap());
}

#[test]
fn what_was_taken_back_at_once_is_theirs() {
    let plan = world::unsealed(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-0", Fault::SaysDone);
    let applied = run(&plan, &mut target);
    assert_eq!(applied.report.status, Status::Partial);
    assert_eq!(target.state.fact(&grant("1002", "2005")), None);
    assert_ours(&left(&plan, applied, Some(acme())).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Where nobody else does anything, what is agreed is what is seen, whatever the plan did.
    #[test]
    fn without_others_everything_seen_is_agreed(steps in world::any_steps()) {
        let mut plan = world::unsealed(&acme(), &steps);
        plan.businesses[0].predicted = None;
        for (start, before) in [(acme(), None), (acme(), Some(acme()))] {
            let mut target = Target::new(start);
            let applied = run(&plan, &mut target);
            prop_assert_eq!(applied.report.status, Status::Applied);
            let state = left(&plan, applied, before).unwrap();
            prop_assert_eq!(state.digest(), target.state.digest());
        }
    }

    /// The same from what was agreed before, where an account changed behind the plan's back.
    #[test]
    fn what_is_done_is_entered_into_what_was_agreed(steps in world::any_steps()) {
        let mut plan = world::unsealed(&acme(), &steps);
        plan.businesses[0].predicted = None;
        let mut start = acme();
        let name = start.strings.intern("9999");
        let row = crate::observed::Asset { id: name, kind: name, name: None, owner_business: None, client: None };
        start.put_asset(row);
        let mut target = Target::new(start);
        let applied = run(&plan, &mut target);
        prop_assert_eq!(applied.report.status, Status::Applied);
        let state = left(&plan, applied, Some(acme())).unwrap();
        target.state.remove_asset("9999");
        prop_assert_eq!(state.digest(), target.state.digest());
    }
}
