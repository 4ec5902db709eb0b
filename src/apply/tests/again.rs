//! Calls of unknown outcome, and answers without a place for a refusal, within one run.

use super::target::{Fault, Memory, Target, apply, apply_or_die};
use super::world::{self, Step, acme, asset, attached, member, plan, set_grant, words};
use crate::apply::{Applied, Fate, Status};
use crate::observed::{Collection, Completeness, Invite, InviteKind, InviteStatus, ObservedState};
use crate::plan::Action;

fn fates(applied: &Applied) -> Vec<Fate> {
    applied.report.businesses[0].operations.iter().map(|operation| operation.fate.clone()).collect()
}

fn done() -> Fate {
    Fate::Done { created: None }
}

fn grants() -> Vec<Step> {
    vec![
        (set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (Action::RemoveGrant { principal: member("1001"), asset: asset("2001"), before: words(&["ANALYST"]) }, vec![0]),
    ]
}

fn target(steps: &[Step], fault: Fault) -> (crate::plan::file::VerifiedPlan, Target) {
    let mut target = Target::new(acme()).with("op-0", fault);
    target.batch = |_| 1;
    target.repeats = 2;
    (plan(&acme(), steps), target)
}

fn calls_of(target: &Target, id: &str) -> usize {
    target.calls.iter().flatten().filter(|call| *call == id).count()
}

#[test]
fn what_looking_shows_not_to_be_done_is_asked_for_again() {
    let (plan, mut target) = target(&grants(), Fault::UncertainOnce);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(fates(&applied), [done(), done(), done()]);
    assert_eq!(
        (calls_of(&target, "op-0"), target.fetches),
        (2, 3),
        "a look before the second call, and one at the end"
    );
    assert_eq!(applied.report.status, Status::Applied);
}

#[test]
fn what_looking_shows_to_be_done_is_not_asked_for_again() {
    let (plan, mut target) = target(&grants(), Fault::UncertainDone);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(fates(&applied), [done(), done(), done()]);
    assert_eq!(calls_of(&target, "op-0"), 1);
}

#[test]
fn a_call_that_never_says_what_came_of_it_is_given_up() {
    let (plan, mut target) = target(&grants(), Fault::UncertainNot);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert!(matches!(fates(&applied)[0], Fate::Uncertain { .. }));
    assert_eq!(calls_of(&target, "op-0"), 3, "once and two repeats");
    assert_eq!(applied.report.status, Status::Partial);
}

#[test]
fn an_answer_without_a_place_for_a_refusal_is_decided_by_looking() {
    let (plan, mut good) = target(&grants(), Fault::UnsaidDone);
    let applied = apply(&plan, &mut good, &mut Memory::default()).unwrap();
    assert_eq!(fates(&applied), [done(), done(), done()]);
    assert_eq!(calls_of(&good, "op-0"), 1);

    let (plan, mut bad) = target(&grants(), Fault::UnsaidNot);
    let applied = apply(&plan, &mut bad, &mut Memory::default()).unwrap();
    let message = "the answer does not say, and it is not there".to_owned();
    let after = "op-0".to_owned();
    assert_eq!(fates(&applied), [Fate::Failed { message, created: None }, done(), Fate::Skipped { after }]);
    assert_eq!(calls_of(&bad, "op-0"), 1, "what was refused is not asked for again");
}

/// An invitation and its grants are two calls.
#[test]
fn an_invitation_that_was_sent_alone_gets_its_grants_and_is_not_sent_again() {
    let steps = vec![(world::invite("ann@acme.example", vec![attached("2001", "ANALYST")]), vec![])];
    let (plan, mut undisturbed) = target(&steps, Fault::UnsaidDone);
    apply(&plan, &mut undisturbed, &mut Memory::default()).unwrap();

    let (plan, mut again) = target(&steps, Fault::BegunOnce);
    let applied = apply(&plan, &mut again, &mut Memory::default()).unwrap();
    assert_eq!(applied.report.status, Status::Applied);

    let (plan, mut killed) = target(&steps, Fault::DieBegun);
    let mut tape = Memory::default();
    assert!(apply_or_die(&plan, &mut killed, &mut tape).is_none());
    killed.faults.clear();
    let applied = apply(&plan, &mut killed, &mut Memory::of(tape.bytes)).unwrap();
    assert_eq!(applied.report.status, Status::Applied);

    for other in [again, killed] {
        let sent = |target: &Target| target.state.invites.iter().map(|invite| invite.grants.len()).collect::<Vec<_>>();
        assert_eq!(sent(&other), sent(&undisturbed));
    }
}

/// What somebody else attached meanwhile is not ours to go on with.
#[test]
fn an_invitation_that_brings_something_else_is_not_gone_on_with() {
    let steps = vec![(world::invite("ann@acme.example", vec![attached("2001", "ANALYST")]), vec![])];
    let (plan, mut target) = target(&steps, Fault::DieBegun);
    let mut tape = Memory::default();
    assert!(apply_or_die(&plan, &mut target, &mut tape).is_none());
    target.faults.clear();
    let admin = target.state.permission_set(["ADMIN"]);
    let asset = target.state.strings.intern("2002");
    for invite in &mut target.state.invites {
        invite.grants = vec![(asset, admin)];
    }
    let applied = apply(&plan, &mut target, &mut Memory::of(tape.bytes)).unwrap();
    assert!(matches!(fates(&applied)[0], Fate::Uncertain { .. }), "{:?}", fates(&applied));
    assert_eq!(target.calls.len(), 1);
}

#[test]
fn a_target_that_takes_nothing_more_ends_the_run_and_another_one_goes_on() {
    let (plan, mut target) = target(&grants(), Fault::UnsaidDone);
    target.faults = [("op-1".to_owned(), Fault::NotNow)].into();
    let mut tape = Memory::default();
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(fates(&applied), [done(), Fate::NotReached, Fate::NotReached]);
    assert_eq!(applied.report.businesses[0].halted.as_deref(), Some("too many calls"));
    assert_eq!(applied.report.status, Status::Partial);
    target.faults.clear();
    let applied = apply(&plan, &mut target, &mut Memory::of(tape.bytes)).unwrap();
    assert_eq!(fates(&applied), [done(), done(), done()]);
    assert_eq!(applied.report.status, Status::Applied);
}

/// Half a list says nothing about what is missing in it.
#[test]
fn a_state_that_was_whole_and_is_not_any_more_is_not_looked_at() {
    let (plan, mut target) = target(&grants(), Fault::UnsaidDone);
    let cut = Completeness::Incomplete("cut off".to_owned());
    target.state.completeness.insert(Collection::Grants, cut);
    let error = apply(&plan, &mut target, &mut Memory::default()).unwrap_err();
    let message = "the state of business `acme` can't be read: its grants are not proven whole: cut off";
    assert_eq!((error.to_string().as_str(), target.calls.len()), (message, 0));
}

/// The platform shows user names where addresses were invited. What may have been sent is neither sent again nor called refused.
#[test]
fn an_invite_that_hides_its_address_is_neither_repeated_nor_called_refused() {
    fn appears(state: &mut ObservedState) {
        let row = Invite {
            id: state.strings.intern("7777"),
            kind: InviteKind::MemberInvite,
            invitee: state.strings.intern("annie"),
            role: Some(state.strings.intern("EMPLOYEE")),
            status: InviteStatus::Pending,
            received: false,
            sent_at: None,
            updated_at: None,
            expires_at: None,
            grants: vec![],
        };
        state.put_invite(row);
    }
    let steps = vec![(world::invite("ann@acme.example", vec![]), vec![])];
    for fault in [Fault::UncertainNot, Fault::UnsaidNot, Fault::DieBefore] {
        let (plan, mut target) = target(&steps, fault.clone());
        target.edits.insert("op-0".to_owned(), appears);
        let mut tape = Memory::default();
        if let Some(applied) = apply_or_die(&plan, &mut target, &mut tape) {
            let applied = applied.unwrap();
            let Fate::Uncertain { message } = &fates(&applied)[0] else { panic!("{fault:?}: {:?}", fates(&applied)) };
            assert!(message.contains("does not show whom it is for"), "{message}");
            assert_eq!(applied.report.status, Status::Partial);
        }
        target.edits.clear();
        target.faults.clear();
        let mut tape = Memory::of(tape.bytes);
        let resumed = apply(&plan, &mut target, &mut tape).unwrap();
        assert!(matches!(fates(&resumed)[0], Fate::Uncertain { .. }), "{fault:?}: {:?}", fates(&resumed));
        assert_eq!(calls_of(&target, "op-0"), 1, "{fault:?}");
        // Once nothing waits any more that could be it, it is sent.
        target.state.remove_invite("7777");
        let sent = apply(&plan, &mut target, &mut tape).unwrap();
        assert_eq!(sent.report.status, Status::Applied, "{fault:?}");
        assert_eq!(calls_of(&target, "op-0"), 2, "{fault:?}");
    }
}

/// An invite that is known by its id is seen, and gone on with, whatever name it shows.
#[test]
fn an_invite_is_known_by_its_id() {
    fn renamed(state: &mut ObservedState) {
        let name = state.strings.intern("annie");
        let new = state.invites.iter_mut().filter(|invite| invite.role.is_some());
        for invite in new {
            if !matches!(state.strings.get(invite.id), "5001" | "5002") {
                invite.invitee = name;
            }
        }
    }
    let other = Action::RemoveGrant { principal: member("1001"), asset: asset("2001"), before: words(&["ANALYST"]) };
    let steps = vec![(world::invite("ann@acme.example", vec![attached("2001", "ANALYST")]), vec![]), (other, vec![0])];
    let (plan, mut target) = target(&steps, Fault::Fine);
    target.edits.insert("op-1".to_owned(), renamed);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(applied.report.status, Status::Applied, "{:?}", applied.report);
}
