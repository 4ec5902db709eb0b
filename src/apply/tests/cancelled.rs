//! An invite that shall be cancelled, and whoever was invited accepts first.

use super::target::{Fault, Memory, Target, apply};
use super::world::{self, Step, acme, newcomer, plan};
use crate::apply::{Applied, Fate, Status};
use crate::model::{Principal, fold};
use crate::observed::{Member, ObservedState};
use crate::plan::Action;

const INVITED: &str = "Invited5001@acme.example";

fn steps() -> Vec<Step> {
    let invitee = Principal::Person(newcomer(INVITED));
    let role = Some("EMPLOYEE".to_owned());
    vec![(Action::CancelInvite { invite: "5001".to_owned(), invitee, role, grants: vec![] }, vec![])]
}

fn accepts(state: &mut ObservedState) {
    gone(state);
    let row = Member {
        id: state.strings.intern("1999"),
        email: Some(state.strings.intern(&fold(INVITED))),
        username: None,
        role: state.strings.intern("EMPLOYEE"),
        system: false,
        created_at: None,
        created_by: None,
    };
    state.put_member(row);
}

fn gone(state: &mut ObservedState) {
    state.remove_invite("5001");
}

fn fate(applied: &Applied) -> &Fate {
    &applied.report.businesses[0].operations[0].fate
}

#[test]
fn an_invite_accepted_before_the_run_is_stale_and_says_who_is_inside() {
    let mut target = Target::new(acme());
    accepts(&mut target.state);
    let applied = apply(&plan(&acme(), &steps()), &mut target, &mut Memory::default()).unwrap();
    let Fate::Stale { moved } = fate(&applied) else { panic!("{:?}", fate(&applied)) };
    let inside = moved.iter().any(|moved| moved.now.as_deref() == Some("1999") && moved.expected.is_none());
    assert!(inside, "{moved:?}");
    assert_eq!((applied.report.status, target.calls.len()), (Status::Stale, 0));
}

#[test]
fn an_invite_that_somebody_cancelled_by_hand_is_so_already() {
    let mut target = Target::new(acme());
    gone(&mut target.state);
    let applied = apply(&plan(&acme(), &steps()), &mut target, &mut Memory::default()).unwrap();
    assert_eq!(fate(&applied), &Fate::AlreadySo { created: None });
    assert_eq!(applied.report.status, Status::Applied);
}

/// Whatever the platform says of the call: who accepted meanwhile is inside.
#[test]
fn an_invite_accepted_during_the_run_is_never_applied() {
    for fault in [Fault::SaysDone, Fault::UncertainNot, Fault::UnsaidNot] {
        let mut target = Target::new(acme()).with("op-0", fault.clone());
        target.edits.insert("op-0".to_owned(), accepts);
        let mut tape = Memory::default();
        let applied = apply(&plan(&acme(), &steps()), &mut target, &mut tape).unwrap();
        assert_eq!(applied.report.status, Status::Partial, "{fault:?}: {:?}", fate(&applied));
        let verification = applied.report.businesses[0].verification.clone().unwrap();
        match fault {
            Fault::SaysDone => {
                assert_eq!(verification.unseen, ["op-0"]);
                assert!(verification.differences.iter().any(|moved| moved.now.as_deref() == Some("1999")));
            }
            Fault::UnsaidNot => {
                let message = "the answer does not say, and the invite was accepted meanwhile".to_owned();
                assert_eq!(fate(&applied), &Fate::Failed { message, created: None });
            }
            _ => assert!(matches!(fate(&applied), Fate::Uncertain { .. }), "{:?}", fate(&applied)),
        }
        target.edits.clear();
        target.faults.clear();
        let resumed = apply(&plan(&acme(), &steps()), &mut target, &mut tape).unwrap();
        assert_eq!(resumed.report.status, Status::Partial, "{fault:?}: another run does not find it applied either");
    }
}

/// The file wants another role for somebody: the old invite goes, a new one is sent, and it is the new one that is accepted.
#[test]
fn who_accepts_the_new_invite_does_not_make_the_old_one_uncancelled() {
    let mut steps = steps();
    steps.push((world::invite(INVITED, vec![]), vec![0]));
    let mut target = Target::new(acme());
    target.edits.insert("op-1".to_owned(), |state| drop(state.remove_invite("5002")));
    let mut tape = Memory::default();
    target.unreadable_from = Some(2);
    let applied = apply(&plan(&acme(), &steps), &mut target, &mut tape).unwrap();
    assert_eq!(applied.report.status, Status::Partial, "not read again");
    target.unreadable_from = None;
    let waiting = target.state.fact(&crate::model::FactKey::PendingFor { invitee: fold(INVITED).into_owned() });
    target.state.remove_invite(&waiting.unwrap());
    accepts(&mut target.state);
    let resumed = apply(&plan(&acme(), &steps), &mut target, &mut tape).unwrap();
    assert_eq!(resumed.report.status, Status::Applied, "{:?}", resumed.report);
}
