use std::collections::BTreeMap;

use proptest::prelude::*;

use super::target::{Fault, Memory, Target, apply};
use super::world::{self, Step, acme, asset, attached, create_group, member, new_group, plan, set_grant, words};
use crate::apply::{Past, Status, effect, undo};
use crate::desired::{self, DesiredState};
use crate::model::FactKey;
use crate::observed::ObservedState;
use crate::plan::file::{VerifiedPlan, When, read, to_bytes};
use crate::plan::{Abilities, Action, BusinessInput, Cause, Plan, PlanInput, Verdict};
use crate::policy::Applicant;

const FILES: &str = r#"version: 1
policy:
  guards: { removals: { floor: 1000, count: 1000, share: 100 }, managers: 0, first_apply: false }
businesses:
  acme: { platform: pinterest, id: "729090764583391194", name: Acme }
"#;

fn files(text: &str) -> DesiredState {
    let reading = desired::from_texts(&[("accord.yaml".to_owned(), text.to_owned())]);
    reading.state.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

/// The plan that undoes what the journal says, from the target's state.
fn undone(desired: &DesiredState, past: &Past, applied: &Plan, observed: &ObservedState) -> Plan {
    let input = PlanInput {
        desired,
        businesses: vec![BusinessInput {
            business: 0,
            observed,
            from: "acme.json".to_owned(),
            last_applied: None,
            managed_before: None,
            files_before: None,
            abilities: Abilities { can: |_| Ok(()), batch: |_| 50, follows: |_| false },
        }],
        as_of: world::AS_OF.parse().unwrap(),
        only: vec![],
        overrides: vec![],
        authors: vec![],
        applicant: Applicant::default(),
        threads: 2,
        predict: true,
        rules: None,
    };
    undo::plan(past, applied, &input).unwrap()
}

fn approved(plan: &Plan) -> VerifiedPlan {
    let when = When { now: plan.as_of, meant: None };
    read(&to_bytes(plan)).and_then(|stored| stored.approve(&crate::plan::approvals::Given::NONE, when)).unwrap()
}

/// Applies steps and undoes them at once: the target, and the plan that undid.
fn there_and_back(steps: &[Step]) -> (Target, Plan) {
    let plan = plan(&acme(), steps);
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    let past = Past::read(&tape.bytes).unwrap();
    let back = undone(&files(FILES), &past, plan.plan(), &target.state);
    let applied = apply(&approved(&back), &mut target, &mut Memory::default()).unwrap();
    assert_eq!(applied.report.status, Status::Applied, "{:?}", applied.report);
    let verification = applied.report.businesses[0].verification.as_ref().unwrap();
    assert_eq!(Some(verification.seen), verification.predicted);
    (target, back)
}

fn why(plan: &Plan) -> Vec<&str> {
    plan.businesses[0].withheld.iter().map(|held| held.why.as_str()).collect()
}

fn actions(plan: &Plan) -> Vec<&str> {
    plan.businesses[0].operations.iter().map(|operation| operation.action.kind()).collect()
}

#[test]
fn the_last_thing_done_is_undone_first() {
    let steps = [
        (create_group("emea"), vec![]),
        (Action::AddToGroup { group: new_group("emea"), asset: asset("2001") }, vec![0]),
        (set_grant(member("1002"), new_group("emea"), &[], &["ANALYST"]), vec![0]),
        (set_grant(member("1003"), asset("2003"), &["ANALYST"], &["ADMIN"]), vec![]),
    ];
    let (target, back) = there_and_back(&steps);
    assert_eq!(actions(&back), ["set-grant", "remove-grant", "remove-from-group", "delete-group"]);
    let operations = &back.businesses[0].operations;
    assert_eq!(operations[3].after, [operations[1].id.clone(), operations[2].id.clone()]);
    assert!(matches!(&operations[0].cause, Cause::Undoes { operation, .. } if operation == "op-3"));
    assert_eq!(target.state.digest(), acme().digest());
}

#[test]
fn who_was_removed_is_invited_again_with_what_they_had() {
    let remove = Action::RemoveMember {
        person: world::person("1002"),
        role: "EMPLOYEE".to_owned(),
        grants: vec![crate::plan::EndingGrant {
            principal: None,
            asset: asset("2002"),
            permissions: words(&["ANALYST"]),
        }],
    };
    let (target, back) = there_and_back(&[(remove, vec![])]);
    assert_eq!(actions(&back), ["invite-member"]);
    let invitee = "person1002@acme.example".to_owned();
    let id = target.state.fact(&FactKey::PendingFor { invitee }).unwrap();
    assert_eq!(target.state.fact(&FactKey::Invite { id }).as_deref(), Some("PENDING EMPLOYEE 2002=ANALYST"));
    let notices: Vec<&str> = back.businesses[0].notices.iter().map(|notice| notice.kind.as_str()).collect();
    assert_eq!(notices, ["undo"], "the person has to accept");
}

#[test]
fn what_moved_or_was_answered_or_cannot_come_back_is_listed() {
    let steps = [
        (set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (Action::DeleteGroup { group: asset("3001"), contents: vec![], grants: vec![] }, vec![]),
        (
            Action::AttachGrants {
                invite: "5001".to_owned(),
                invitee: crate::model::Principal::Person(world::newcomer("Invited5001@acme.example")),
                before: vec![],
                after: vec![attached("2001", "ADMIN")],
            },
            vec![],
        ),
        (world::invite("New@acme.example", vec![]), vec![]),
    ];
    let plan = plan(&acme(), &steps);
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    world::grant(&mut target.state, "1001", "2005", &["ADMIN"]);
    world::grant(&mut target.state, "1002", "2005", &[]);
    let invitee = "new@acme.example".to_owned();
    let id = target.state.fact(&FactKey::PendingFor { invitee }).unwrap();
    let at = target.state.find_invite(&id).unwrap() as usize;
    target.state.invites[at].status = crate::observed::InviteStatus::Accepted;
    let past = Past::read(&tape.bytes).unwrap();
    let back = undone(&files(FILES), &past, plan.plan(), &target.state);
    assert_eq!(actions(&back), Vec::<&str>::new());
    assert_eq!(why(&back), ["answered", "irreversible", "irreversible", "moved"]);
    let moved = back.businesses[0].withheld[3].help.as_deref();
    assert_eq!(moved, Some("person1001@acme.example has ADMIN on asset 2005 by now"));
    assert_eq!(back.businesses[0].notices[0].kind, "converged");
}

/// An invite whose grants were refused waits: undoing takes it back, whether the run had given it up or was stopped before.
#[test]
fn an_invite_that_was_sent_in_part_is_taken_back() {
    let steps = vec![(world::invite("ann@acme.example", vec![attached("2001", "ANALYST")]), vec![])];
    let applied = plan(&acme(), &steps);
    for fault in [Fault::Half, Fault::DieBegun] {
        let mut target = Target::new(acme()).with("op-0", fault.clone());
        let mut tape = Memory::default();
        if let Some(outcome) = super::target::apply_or_die(&applied, &mut target, &mut tape) {
            let fate = &outcome.unwrap().report.businesses[0].operations[0].fate;
            assert!(matches!(fate, crate::apply::Fate::Failed { created: Some(_), .. }), "{fate:?}");
        } else {
            // The next run finds the invite, and is stopped before it attaches anything.
            target.faults = [("op-0".to_owned(), Fault::NotNow)].into();
            tape = Memory::of(tape.bytes);
            apply(&applied, &mut target, &mut tape).unwrap();
        }
        assert_ne!(target.state, acme(), "{fault:?}: the invite is there");
        let past = Past::read(&tape.bytes).unwrap();
        let undo = undone(&files(FILES), &past, applied.plan(), &target.state);
        assert_eq!(actions(&undo), ["cancel-invite"], "{fault:?}");
    }
}

#[test]
fn only_what_the_run_did_itself_is_undone() {
    let steps = [
        (set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1003"), asset("2005"), &[], &["ANALYST"]), vec![]),
    ];
    let plan = plan(&acme(), &steps);
    let mut by_hand = acme();
    world::grant(&mut by_hand, "1001", "2005", &["ANALYST"]);
    let mut target = Target::new(by_hand).with("op-1", Fault::Refuse);
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    let past = Past::read(&tape.bytes).unwrap();
    let back = undone(&files(FILES), &past, plan.plan(), &target.state);
    assert_eq!(back.businesses[0].operations.len(), 1);
    assert!(matches!(&back.businesses[0].operations[0].cause, Cause::Undoes { operation, .. } if operation == "op-2"));
}

#[test]
fn what_nobody_knows_is_not_undone() {
    let steps = [(set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![])];
    let plan = plan(&acme(), &steps);
    let mut target = Target::new(acme()).with("op-0", Fault::UncertainNot);
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    let past = Past::read(&tape.bytes).unwrap();
    let back = undone(&files(FILES), &past, plan.plan(), &target.state);
    assert_eq!((actions(&back), why(&back)), (vec![], vec!["uncertain"]));
}

#[test]
fn an_undo_goes_through_the_guards() {
    let steps: Vec<Step> = world::MEMBERS
        .into_iter()
        .map(|id| (set_grant(member(id), asset("2005"), &[], &["ANALYST"]), vec![]))
        .collect();
    let plan = plan(&acme(), &steps);
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    let past = Past::read(&tape.bytes).unwrap();
    let strict = FILES.replace("floor: 1000, count: 1000, share: 100", "floor: 1, count: 2, share: 1");
    let back = undone(&files(&strict), &past, plan.plan(), &target.state);
    let refused = back.businesses[0].guards.iter().find(|guard| guard.guard == "removals").unwrap();
    assert!(matches!(refused.verdict, Verdict::Refused { count: 6, .. }), "{refused:?}");
    let when = When { now: back.as_of, meant: None };
    assert!(read(&to_bytes(&back)).unwrap().approve(&crate::plan::approvals::Given::NONE, when).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every operation is undone, or said why not; what counts as undone is as it was; and undoing again finds nothing to do.
    #[test]
    fn what_is_undone_is_as_it_was(steps in world::any_steps()) {
        let plan = plan(&acme(), &steps);
        let mut target = Target::new(acme());
        let mut tape = Memory::default();
        apply(&plan, &mut target, &mut tape).unwrap();
        let past = Past::read(&tape.bytes).unwrap();
        let desired = files(FILES);
        let back = undone(&desired, &past, plan.plan(), &target.state);
        let applied = apply(&approved(&back), &mut target, &mut Memory::default()).unwrap();
        prop_assert_eq!(applied.report.status, Status::Applied);
        let mut undone_ids: BTreeMap<&str, &Action> = BTreeMap::new();
        for operation in &back.businesses[0].operations {
            if let Cause::Undoes { operation: id, .. } = &operation.cause {
                undone_ids.insert(id, &operation.action);
            }
        }
        for operation in &plan.plan().businesses[0].operations {
            let Some(inverse) = undone_ids.get(operation.id.as_str()) else { continue };
            let asks = matches!(
                inverse,
                Action::InviteMember { .. } | Action::InvitePartner { .. } | Action::RequestPartner { .. }
            );
            let key = effect::subject(&operation.action, &BTreeMap::new());
            // Whoever is asked again is asked by another invite.
            let by_id = |key: &FactKey| !matches!(key, FactKey::PendingFor { .. });
            if let (false, Some(key)) = (asks, key.filter(by_id)) {
                prop_assert_eq!(target.state.fact(&key), acme().fact(&key), "{:?}", operation.action);
            }
        }
        let part = &back.businesses[0];
        let converged = part.notices.iter().filter(|notice| notice.kind == "converged").count();
        prop_assert!(part.operations.len() + part.withheld.len() + converged >= steps.len().min(1));
        let again = undone(&desired, &past, plan.plan(), &target.state);
        prop_assert_eq!(actions(&again), Vec::<&str>::new());
    }
}
