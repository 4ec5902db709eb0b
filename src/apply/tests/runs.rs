use super::target::{Fault, Memory, Target, apply};
use super::world::{self, Step, acme, asset, attached, create_group, member, new_group, plan, set_grant, words};
use crate::apply::report::{BusinessReport, Fate};
use crate::apply::{Applied, ApplyError, JournalError, Past, Report, Status};
use crate::model::FactKey;
use crate::observed::ObservedState;
use crate::plan::{Action, Executor};

fn part(report: &Report) -> &BusinessReport {
    &report.businesses[0]
}

fn fates(applied: &Applied) -> Vec<&Fate> {
    part(&applied.report).operations.iter().map(|operation| &operation.fate).collect()
}

fn done() -> Fate {
    Fate::Done { created: None }
}

fn after(id: &str) -> Fate {
    Fate::Skipped { after: id.to_owned() }
}

fn unseen(applied: &Applied) -> Vec<String> {
    part(&applied.report).verification.clone().unwrap().unseen
}

/// Three grants that have nothing to do with each other, and a removal that waits for the first.
fn steps() -> Vec<Step> {
    vec![
        (set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1003"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (Action::RemoveGrant { principal: member("1001"), asset: asset("2001"), before: words(&["ANALYST"]) }, vec![0]),
    ]
}

#[test]
fn a_plan_is_done_in_few_calls_and_seen() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(applied.report.status, Status::Applied);
    assert_eq!(fates(&applied), [&done(), &done(), &done(), &done()]);
    assert_eq!(target.calls, [vec!["op-0", "op-1", "op-2"], vec!["op-3"]]);
    let verification = part(&applied.report).verification.as_ref().unwrap();
    assert_eq!(Some(verification.seen), verification.predicted);
    assert_eq!((verification.unseen.len(), verification.differences.len()), (0, 0));
    assert_eq!(target.fetches, 2);
    assert_eq!(applied.seen[0].last, target.state);
}

#[test]
fn a_second_run_changes_nothing_and_says_so() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    let (state, bytes, calls) = (target.state.clone(), tape.bytes.clone(), target.calls.len());
    let again = apply(&plan, &mut target, &mut tape).unwrap();
    assert!(again.report.finished_before);
    assert_eq!(again.report.status, Status::Applied);
    assert_eq!(again.report.businesses[0].counts.done, 4);
    assert_eq!((target.state.clone(), tape.bytes, target.calls.len()), (state.clone(), bytes, calls));
    // Without its journal everything is found to be so already.
    let anew = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(anew.report.status, Status::Applied);
    assert_eq!(part(&anew.report).counts.already_so, 4);
    assert_eq!((target.state, target.calls.len()), (state, calls));
}

#[test]
fn one_that_fails_is_set_apart_with_what_depends_on_it() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-0", Fault::Refuse);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    let refused = Fate::Failed { message: "the platform says no".to_owned(), created: None };
    assert_eq!(fates(&applied), [&refused, &done(), &done(), &after("op-0")]);
    assert_eq!(applied.report.status, Status::Partial);
    assert_eq!(applied.report.status.exit_code(), 5);
    assert!(unseen(&applied).is_empty());
}

#[test]
fn a_failure_is_not_tried_again_by_another_run() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-0", Fault::Refuse);
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    target.faults.clear();
    let calls = target.calls.len();
    let again = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(again.report.status, Status::Partial);
    assert!(again.report.finished_before);
    assert_eq!(fates(&again)[3], &after("op-0"));
    assert_eq!(target.calls.len(), calls);
}

#[test]
fn operations_whose_facts_moved_are_refused_one_by_one_with_what_moved() {
    let plan = plan(&acme(), &steps());
    let mut moved = acme();
    world::grant(&mut moved, "1002", "2005", &["ADMIN"]);
    world::grant(&mut moved, "1001", "2005", &["CATALOGS_MANAGER"]);
    let mut target = Target::new(moved);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    let Fate::Stale { moved } = fates(&applied)[1] else { panic!("{:?}", fates(&applied)) };
    assert_eq!(moved.len(), 1);
    assert_eq!((&moved[0].expected, &moved[0].now), (&None, &Some("ADMIN".to_owned())));
    assert_eq!(fates(&applied)[2], &done());
    assert_eq!(fates(&applied)[3], &after("op-0"));
    assert_eq!(applied.report.status, Status::Partial);
    let state = &target.state;
    let key = FactKey::MemberGrant { member: "1002".into(), asset: "2005".into() };
    assert_eq!(state.fact(&key).as_deref(), Some("ADMIN"), "what somebody else gave is not touched");
}

#[test]
fn a_plan_of_which_everything_moved_is_stale() {
    let plan = plan(&acme(), &steps());
    let mut moved = acme();
    for id in ["1001", "1002", "1003"] {
        world::grant(&mut moved, id, "2005", &["ADMIN"]);
    }
    let mut target = Target::new(moved.clone());
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(applied.report.status, Status::Stale);
    assert_eq!(applied.report.status.exit_code(), 4);
    assert_eq!((target.calls.len(), target.state), (0, moved));
}

#[test]
fn what_somebody_did_by_hand_counts_and_frees_what_waits_for_it() {
    let plan = plan(&acme(), &steps());
    let mut state = acme();
    world::grant(&mut state, "1001", "2005", &["ANALYST"]);
    let mut target = Target::new(state);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(fates(&applied)[0], &Fate::AlreadySo { created: None });
    assert_eq!(fates(&applied)[3], &done());
    assert_eq!(applied.report.status, Status::Applied);
}

fn group_steps() -> Vec<Step> {
    let fill = Action::AddToGroup { group: new_group("emea"), asset: asset("2001") };
    vec![
        (create_group("emea"), vec![]),
        (fill, vec![0]),
        (set_grant(member("1002"), new_group("emea"), &[], &["ANALYST"]), vec![0]),
    ]
}

#[test]
fn the_id_of_a_new_group_reaches_later_steps_and_other_runs() {
    let plan = plan(&acme(), &group_steps());
    let mut target = Target::new(acme());
    target.batch = |_| 1;
    target.stop_in_call = Some((1, 15));
    let mut tape = Memory::default();
    let stopped = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(stopped.report.status, Status::Interrupted { signal: 15 });
    assert_eq!(stopped.report.status.exit_code(), 143);
    assert_eq!(fates(&stopped)[1..], [&Fate::NotReached, &Fate::NotReached]);
    assert_eq!(target.calls.len(), 1);
    target.stop.store(0, std::sync::atomic::Ordering::Relaxed);
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(applied.report.status, Status::Applied);
    let verification = part(&applied.report).verification.as_ref().unwrap();
    assert_eq!(Some(verification.seen), verification.predicted);
    let this_run: Vec<bool> = part(&applied.report).operations.iter().map(|one| one.this_run).collect();
    assert_eq!(this_run, [false, true, true]);
}

#[test]
fn a_group_made_by_hand_is_taken_with_what_is_in_it() {
    let plan = plan(&acme(), &group_steps());
    let mut by_hand = acme();
    crate::plan::predict::perform(
        &mut by_hand,
        &create_group("emea"),
        &mut Default::default(),
        world::AS_OF.parse().unwrap(),
    )
    .unwrap();
    let group = by_hand.fact(&FactKey::GroupNamed { name: "Group emea".into() }).unwrap();
    let (at, account) = (by_hand.find_asset(&group).unwrap(), by_hand.find_asset("2001").unwrap());
    by_hand.put_content(at, account);
    let mut target = Target::new(by_hand);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    let created = Some(group);
    assert_eq!(fates(&applied)[..2], [&Fate::AlreadySo { created }, &Fate::AlreadySo { created: None }]);
    assert_eq!(fates(&applied)[2], &done());
    assert_eq!(applied.report.status, Status::Applied);
}

#[test]
fn an_uncertain_call_is_looked_at_and_what_waits_for_it_follows() {
    for (fault, found, follows) in [
        (Fault::UncertainDone, done(), done()),
        (Fault::LeftOut, done(), done()),
        (Fault::UncertainNot, Fate::Uncertain { message: "the connection was cut".to_owned() }, after("op-0")),
    ] {
        let plan = plan(&acme(), &steps());
        let mut target = Target::new(acme()).with("op-0", fault.clone());
        target.batch = |_| 1;
        let mut tape = Memory::default();
        let applied = apply(&plan, &mut target, &mut tape).unwrap();
        assert_eq!((fates(&applied)[0], fates(&applied)[3]), (&found, &follows), "{fault:?}");
        let calls = target.calls.iter().filter(|call| call.contains(&"op-0".to_owned())).count();
        assert_eq!(calls, 1, "{fault:?}: it is not repeated by the same run");
        // Another run looks: it was not done, so it is done now, with what was skipped for it.
        target.faults.clear();
        let resumed = apply(&plan, &mut target, &mut tape).unwrap();
        assert_eq!(resumed.report.status, Status::Applied, "{fault:?}");
        assert_eq!(fates(&resumed), [&done(), &done(), &done(), &done()]);
    }
}

#[test]
fn an_uncertain_call_beside_somebody_elses_change_is_never_repeated() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-0", Fault::UncertainNot);
    let mut tape = Memory::default();
    apply(&plan, &mut target, &mut tape).unwrap();
    target.faults.clear();
    world::grant(&mut target.state, "1001", "2005", &["ADMIN"]);
    let calls = target.calls.len();
    let resumed = apply(&plan, &mut target, &mut tape).unwrap();
    assert!(matches!(fates(&resumed)[0], Fate::Uncertain { .. }));
    assert_eq!(fates(&resumed)[3], &after("op-0"));
    assert_eq!(resumed.report.status, Status::Partial);
    assert_eq!(target.calls.len(), calls);
}

#[test]
fn steps_for_a_person_are_left_and_what_waits_for_them_is_done_later() {
    let mut unsealed = world::unsealed(&acme(), &steps());
    unsealed.businesses[0].operations[0].by = Executor::Person { why: "the console only".to_owned() };
    let plan = crate::plan::file::VerifiedPlan::assumed(unsealed);
    let mut target = Target::new(acme());
    let mut tape = Memory::default();
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    let person = Fate::Person { why: "the console only".to_owned() };
    let waiting = Fate::Waiting { after: "op-0".to_owned() };
    assert_eq!(fates(&applied), [&person, &done(), &done(), &waiting]);
    assert_eq!(applied.report.status.exit_code(), 0);
    world::grant(&mut target.state, "1001", "2005", &["ANALYST"]);
    let resumed = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(fates(&resumed)[0], &Fate::AlreadySo { created: None });
    assert_eq!(fates(&resumed)[3], &done());
    assert_eq!(part(&resumed.report).counts.person, 0);
}

#[test]
fn what_the_connector_cannot_do_is_left_for_a_person() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    target.can = |action| match action {
        Action::RemoveGrant { .. } => Err("it only gives"),
        _ => Ok(()),
    };
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    let why = "it only gives".to_owned();
    assert_eq!(fates(&applied)[3], &Fate::Person { why });
    assert_eq!(applied.report.status, Status::Applied);
}

#[test]
fn applied_means_seen() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    fn somebody(state: &mut ObservedState) {
        let principal = crate::model::PrincipalIx::person(state.find_member("1001").unwrap());
        let asset = state.find_asset("2005").unwrap();
        state.remove_grant(principal, asset);
    }
    target.edits.insert("op-3".to_owned(), somebody);
    let applied = apply(&plan, &mut target, &mut Memory::default()).unwrap();
    assert_eq!(fates(&applied)[0], &done());
    assert_eq!(unseen(&applied), ["op-0"]);
    let differences = &part(&applied.report).verification.as_ref().unwrap().differences;
    assert_eq!(differences.len(), 1);
    assert_eq!((differences[0].expected.as_deref(), differences[0].now.as_deref()), (Some("ANALYST"), None));
    assert_eq!(applied.report.status, Status::Partial);
}

/// Another run does not call applied what nobody has seen: it looks again, and calls nothing.
#[test]
fn what_was_not_seen_is_looked_at_by_another_run() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-1", Fault::SaysDone);
    let mut tape = Memory::default();
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!((applied.report.status, unseen(&applied)), (Status::Partial, vec!["op-1".to_owned()]));
    target.faults.clear();
    let (calls, state) = (target.calls.len(), target.state.clone());
    let resumed = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!((resumed.report.status, unseen(&resumed)), (Status::Partial, vec!["op-1".to_owned()]));
    assert_eq!((target.calls.len(), &target.state), (calls, &state));
    world::grant(&mut target.state, "1002", "2005", &["ANALYST"]);
    let late = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!((late.report.status, unseen(&late).len()), (Status::Applied, 0), "it shows up in the end");
    assert!(apply(&plan, &mut target, &mut tape).unwrap().report.finished_before);
}

/// The same where the state could not be read after the last step.
#[test]
fn what_could_not_be_read_again_is_read_by_another_run() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme()).with("op-1", Fault::SaysDone);
    target.unreadable_from = Some(2);
    let mut tape = Memory::default();
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(applied.report.businesses[0].unverified.as_deref(), Some("no answer"));
    target.unreadable_from = None;
    let resumed = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!((resumed.report.status, unseen(&resumed)), (Status::Partial, vec!["op-1".to_owned()]));
}

#[test]
fn a_target_that_cannot_be_read_is_not_written() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    target.unreadable_from = Some(1);
    let mut tape = Memory::default();
    let error = apply(&plan, &mut target, &mut tape).unwrap_err();
    assert!(matches!(error, ApplyError::Read { .. }));
    assert_eq!((error.exit_code(), target.calls.len(), tape.bytes.len()), (1, 0, 0));
    // After the last step it is no error any more, and nothing counts as seen.
    target.unreadable_from = Some(3);
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(part(&applied.report).unverified.as_deref(), Some("no answer"));
    assert_eq!(applied.report.status, Status::Partial);
    assert!(applied.seen.is_empty());
}

#[test]
fn another_business_is_not_written() {
    let plan = plan(&acme(), &steps());
    let mut other = acme();
    other.business_id = "7".to_owned();
    let mut target = Target::new(other);
    let error = apply(&plan, &mut target, &mut Memory::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the target of business `acme` holds pinterest business 7, the plan is about pinterest business 729090764583391194"
    );
    assert!(target.calls.is_empty());
}

#[test]
fn nothing_is_done_that_the_journal_cannot_hold() {
    let plan = plan(&acme(), &steps());
    let mut target = Target::new(acme());
    let mut tape = Memory { full: true, ..Memory::default() };
    let error = apply(&plan, &mut target, &mut tape).unwrap_err();
    assert_eq!((error.exit_code(), target.calls.len()), (1, 0));
}

#[test]
fn a_journal_of_something_else_is_refused() {
    let plan_a = plan(&acme(), &steps());
    let plan_b = plan(&acme(), &group_steps());
    let mut tape = Memory::default();
    apply(&plan_a, &mut Target::new(acme()), &mut tape).unwrap();
    let error = apply(&plan_b, &mut Target::new(acme()), &mut tape).unwrap_err();
    assert!(matches!(error, ApplyError::Journal(JournalError::OtherPlan { .. })), "{error}");
    let past = Past::read(&tape.bytes).unwrap();
    let mut targets = past.targets().to_vec();
    targets[0].location = "elsewhere".to_owned();
    let error = past.check(plan_a.plan().digest, &targets).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the journal is that of a run on memory `here` (business 729090764583391194), not on memory `elsewhere` (business 729090764583391194)"
    );
}

#[test]
fn every_changed_or_missing_line_of_a_journal_is_found() {
    let plan = plan(&acme(), &steps());
    let mut tape = Memory::default();
    apply(&plan, &mut Target::new(acme()), &mut tape).unwrap();
    let lines: Vec<&[u8]> = tape.bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for drop in 0..lines.len() - 1 {
        let mut kept = lines.clone();
        kept.remove(drop);
        let broken = Past::read(&kept.concat()).unwrap_err();
        let line = drop as u64 + 1;
        assert!(matches!(broken, JournalError::Broken { line: at, .. } if at == line), "{broken}");
    }
    for change in 0..tape.bytes.len() - lines[lines.len() - 1].len() {
        let mut bytes = tape.bytes.clone();
        bytes[change] ^= 1;
        assert!(Past::read(&bytes).is_err(), "byte {change} was changed unseen");
    }
    let mut newer = tape.bytes.clone();
    let at = newer.windows(18).position(|window| window == b"\"format_version\":1").unwrap();
    newer[at + 17] = b'2';
    assert_eq!(Past::read(&newer), Err(JournalError::Version { found: 2 }));
}

#[test]
fn an_accepted_invitation_has_had_its_effect() {
    let plan = plan(&acme(), &[(world::invite("Ann@acme.example", vec![attached("2001", "ANALYST")]), vec![])]);
    let mut target = Target::new(acme()).with("op-0", Fault::UncertainDone);
    fn accepts(state: &mut ObservedState) {
        let row = crate::observed::Member {
            id: state.strings.intern("1999"),
            email: Some(state.strings.intern("ann@acme.example")),
            username: None,
            role: state.strings.intern("EMPLOYEE"),
            system: false,
            created_at: None,
            created_by: None,
        };
        state.put_member(row);
        world::grant(state, "1999", "2001", &["ANALYST"]);
    }
    let mut tape = Memory::default();
    target.unreadable_from = Some(2);
    let applied = apply(&plan, &mut target, &mut tape).unwrap();
    assert!(matches!(fates(&applied)[0], Fate::Uncertain { .. }));
    target.unreadable_from = None;
    target.state.remove_invite(&new_invite(&target.state));
    accepts(&mut target.state);
    let resumed = apply(&plan, &mut target, &mut tape).unwrap();
    assert_eq!(fates(&resumed), [&Fate::Done { created: None }]);
    assert_eq!(resumed.report.status, Status::Applied);
}

fn new_invite(state: &ObservedState) -> String {
    let invitee = "ann@acme.example".to_owned();
    state.fact(&FactKey::PendingFor { invitee }).unwrap()
}
