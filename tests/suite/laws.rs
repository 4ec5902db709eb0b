//! Laws that hold in every world, tried on thousands of small random ones.

use std::collections::{BTreeMap, BTreeSet};

use accord::desired::{self, DesiredState};
use accord::diff::Only;
use accord::model::{FactKey, Principal};
use accord::observed::{self, Collection, ObservedState};
use accord::plan::{Abilities, Action, BusinessInput, Executor, Plan, PlanInput, build, file, predict};
use accord::policy::Applicant;
use accord::proposal::{self, WriteOptions};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::support::accept;
use crate::support::world::{DAY, World, world};

fn as_of() -> Timestamp {
    format!("{DAY}T12:00:00Z").parse().expect("a moment")
}

fn plan(desired: &DesiredState, observed: &ObservedState) -> Plan {
    plan_with(desired, observed, None, Vec::new())
}

fn plan_with(desired: &DesiredState, observed: &ObservedState, last: Option<&ObservedState>, only: Vec<Only>) -> Plan {
    let input = PlanInput {
        authors: Vec::new(),
        desired,
        businesses: vec![BusinessInput {
            business: 0,
            observed,
            from: "state".to_owned(),
            last_applied: last,
            managed_before: None,
            files_before: None,
            abilities: Abilities { can: |_| Ok(()), batch: |_| 50, follows: |_| false },
        }],
        as_of: as_of(),
        only,
        overrides: Vec::new(),
        applicant: Applicant::default(),
        threads: 2,
        predict: true,
        rules: None,
    };
    build(&input).expect("a plan")
}

/// Does every operation, the manual ones too, in memory.
fn carry_out(plan: &Plan, mut state: ObservedState) -> ObservedState {
    let mut created = BTreeMap::new();
    for operation in &plan.businesses[0].operations {
        predict::perform(&mut state, &operation.action, &mut created, plan.as_of)
            .unwrap_or_else(|error| panic!("{}: {error}", operation.id));
    }
    state
}

/// Every pending invite is accepted: the relation exists, with what was attached.
fn accept_all(state: ObservedState) -> ObservedState {
    accept::all(state, &|address| {
        let digits: String = address.chars().filter(char::is_ascii_digit).collect();
        format!("20000000000000000{digits}")
    })
}

fn operations(plan: &Plan) -> Vec<String> {
    plan.businesses[0].operations.iter().map(|operation| format!("{:?}", operation.action)).collect()
}

/// A state as a set of lines, for comparison without order.
fn lines(state: &ObservedState) -> BTreeSet<String> {
    let bytes = observed::snapshot::write(state);
    let text = String::from_utf8(bytes).expect("a snapshot is text");
    text.lines()
        .filter(|line| !line.contains("\"captured_at\"") && !line.contains("\"total\""))
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What was planned and done is not planned again, and neither is it once everybody accepted.
    #[test]
    fn a_second_plan_is_empty(world in world(5)) {
        let desired = world.desired();
        let first = plan(&desired, &world.observed());
        let done = carry_out(&first, world.observed());
        let second = plan(&desired, &done);
        prop_assert_eq!(operations(&second), Vec::<String>::new(), "first: {:#?}", operations(&first));
        // In `adopt`, an invite that asks for too much stays: what it brings when accepted is seen only then.
        prop_assume!(world.mode == "enforce");
        let accepted = accept_all(done);
        let third = plan(&desired, &accepted);
        prop_assert_eq!(operations(&third), Vec::<String>::new(), "after acceptance; first: {:#?}", operations(&first));
    }

    /// After apply and acceptance everybody has what the files say, word for word.
    #[test]
    fn applied_means_as_written(world in world(0)) {
        prop_assume!(world.mode == "enforce");
        let desired = world.desired();
        let done = accept_all(carry_out(&plan(&desired, &world.observed()), world.observed()));
        for (member, account, wanted) in world.wanted_grants() {
            let key = FactKey::MemberGrant { member: member.clone(), asset: account.clone() };
            if done.fact(&FactKey::Member { id: member.clone() }).is_some() {
                prop_assert_eq!(done.fact(&key), wanted, "{} on {}", member, account);
            }
        }
    }

    /// Order of files and records means nothing: the plan's bytes are the same.
    #[test]
    fn order_means_nothing(world in world(10)) {
        let turned = world.turned();
        let mut texts = turned.texts();
        texts.reverse();
        let reading = desired::from_texts(&texts);
        let other = reading.state.expect("the same state");
        let one = file::to_bytes(&plan(&world.desired(), &world.observed()));
        let two = file::to_bytes(&plan(&other, &turned.observed()));
        prop_assert_eq!(one, two);
    }

    /// A saved plan is read back as it was, and its digest is proven.
    #[test]
    fn a_saved_plan_is_the_plan(world in world(10)) {
        let plan = plan(&world.desired(), &world.observed());
        let bytes = file::to_bytes(&plan);
        let stored = file::read(&bytes).expect("a plan");
        prop_assert_eq!(stored.plan(), &plan);
        let text = String::from_utf8(bytes).expect("a plan is text");
        if let Some(at) = text.find("\"before\": []") {
            let forged = format!("{}\"before\": [\"ADMIN\"]{}", &text[..at], &text[at + 12..]);
            prop_assert!(file::read(forged.as_bytes()).is_err(), "a forged plan was read");
        }
    }

    /// What no section manages is untouched, and so is everything in a mode that forbids it.
    #[test]
    fn unmentioned_is_untouched(world in world(10)) {
        let plan = plan(&world.desired(), &world.observed());
        for operation in &plan.businesses[0].operations {
            let action = &operation.action;
            prop_assert!(world.mode != "observe", "{action:?}");
            prop_assert!(world.mode != "adopt" || !takes_away(action), "{action:?}");
            prop_assert!(world.partners_section || !about_partner(action), "{action:?}");
            prop_assert!(world.people_section || !about_person(action), "{action:?}");
            prop_assert!(world.groups_section || !about_group(action), "{action:?}");
            prop_assert!(operation.by == Executor::Connector, "{action:?}");
        }
        let manages_grants = world.people.iter().any(|person| person.listed && person.grants.is_some()) || !world.teams.is_empty();
        if !(world.people_section && manages_grants) {
            let touched = plan.businesses[0].operations.iter().any(|operation| matches!(&operation.action, Action::SetGrant { principal: Principal::Person(_), .. } | Action::RemoveGrant { principal: Principal::Person(_), .. }));
            prop_assert!(!touched, "{:#?}", operations(&plan));
        }
    }

    /// A collection that is not proven whole removes nothing.
    #[test]
    fn incomplete_removes_nothing(world in world(5), which in 0usize..6, cut in 1usize..4) {
        let collection = Collection::ALL[which];
        let whole = world.observed();
        prop_assume!(whole.count(collection) > cut);
        let observed = world.observed_cut(Some((collection.word(), cut)));
        prop_assert!(!observed.is_complete(collection));
        let plan = plan(&world.desired(), &observed);
        for operation in &plan.businesses[0].operations {
            let removes = match collection {
                Collection::Members => matches!(operation.action, Action::RemoveMember { .. }),
                Collection::Partners => matches!(operation.action, Action::RemovePartner { .. }),
                Collection::Grants => matches!(operation.action, Action::RemoveGrant { .. }),
                Collection::AssetGroupMembers => matches!(operation.action, Action::RemoveFromGroup { .. }),
                Collection::Assets => matches!(operation.action, Action::DeleteGroup { .. }),
                Collection::Invites => matches!(operation.action, Action::CancelInvite { .. }),
            };
            prop_assert!(!removes, "{:?}", operation.action);
        }
    }

    /// What import writes, compared with what it was made from, is no difference.
    #[test]
    fn import_then_plan_is_empty(world in world(8)) {
        let observed = world.observed();
        let proposal = proposal::repository(&observed, &WriteOptions::default());
        let texts: Vec<(String, String)> = proposal.files.into_iter().filter(|(path, _)| path.ends_with(".yaml"))
            .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("YAML is text"))).collect();
        let reading = desired::from_texts(&texts);
        prop_assert_eq!(&reading.problems, &[], "{:#?}", texts);
        let desired = reading.state.expect("a state");
        let plan = plan(&desired, &observed);
        prop_assert_eq!(operations(&plan), Vec::<String>::new(), "{:#?}", texts);
        // Only a role can't be left out: the files say the least one where the export has one that nobody knows.
        let held = plan.businesses[0].withheld.iter().filter(|held| !held.what.starts_with("change the role of "));
        prop_assert_eq!(held.map(|held| &held.what).collect::<Vec<_>>(), Vec::<&String>::new(), "{:#?}", texts);
    }

    /// The whole state as the plan predicts it is the state that carrying it out gives.
    #[test]
    fn the_prediction_comes_true(world in world(5)) {
        let plan = plan(&world.desired(), &world.observed());
        let done = carry_out(&plan, world.observed());
        prop_assert_eq!(plan.businesses[0].predicted, Some(done.digest()));
    }

    /// Nobody who has a permission before and after lacks it in between, and a manager is always left.
    #[test]
    fn no_gap_on_the_way(world in world(0)) {
        let plan = plan(&world.desired(), &world.observed());
        let end = lines(&carry_out(&plan, world.observed()));
        let start = world.observed();
        let grants = |lines: &BTreeSet<String>| -> BTreeSet<String> { lines.iter().filter(|line| line.contains("\"permissions\"")).cloned().collect() };
        let kept: BTreeSet<String> = grants(&lines(&start)).intersection(&grants(&end)).cloned().collect();
        let mut state = start;
        let mut created = BTreeMap::new();
        for operation in &plan.businesses[0].operations {
            predict::perform(&mut state, &operation.action, &mut created, plan.as_of).expect("performed");
            let now = lines(&state);
            prop_assert!(kept.is_subset(&grants(&now)), "{:?}", operation.action);
            prop_assert!(state.members.iter().any(|member| state.is_manager(member)), "{:?}", operation.action);
        }
    }
}

fn takes_away(action: &Action) -> bool {
    match action {
        Action::SetGrant { before, after, .. } | Action::RequestAccess { before, after, .. } => {
            before.iter().any(|word| !after.contains(word))
        }
        Action::SetRole { before, .. } => before == "BIZ_ADMIN",
        Action::RemoveGrant { .. }
        | Action::RemoveMember { .. }
        | Action::RemovePartner { .. }
        | Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. }
        | Action::CancelInvite { .. } => true,
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::AcceptInvite { .. }
        | Action::AttachGrants { .. } => false,
    }
}

fn about_partner(action: &Action) -> bool {
    match action {
        Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::AcceptInvite { .. }
        | Action::RemovePartner { .. }
        | Action::RequestAccess { .. } => true,
        Action::SetGrant { principal, .. } | Action::RemoveGrant { principal, .. } => {
            matches!(principal, Principal::Partner(_))
        }
        Action::CancelInvite { invitee, .. } | Action::AttachGrants { invitee, .. } => {
            matches!(invitee, Principal::Partner(_))
        }
        _ => false,
    }
}

fn about_group(action: &Action) -> bool {
    matches!(
        action,
        Action::CreateGroup { .. }
            | Action::AddToGroup { .. }
            | Action::RemoveFromGroup { .. }
            | Action::DeleteGroup { .. }
    )
}

fn about_person(action: &Action) -> bool {
    !about_partner(action) && !about_group(action)
}

/// A world that the laws above really reach: some have operations of every kind, so that no law holds for want of cases.
#[test]
fn the_worlds_are_rich_enough() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..400 {
        let world: World = world(5).new_tree(&mut runner).expect("a world").current();
        let plan = plan(&world.desired(), &world.observed());
        let kind = |action: &Action| format!("{action:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
        seen.extend(plan.businesses[0].operations.iter().map(|operation| kind(&operation.action)));
        seen.extend(plan.businesses[0].withheld.iter().map(|held| format!("withheld {}", held.why)));
        seen.extend(plan.businesses[0].waiting.iter().map(|_| "waiting".to_owned()));
    }
    for wanted in [
        "InviteMember",
        "CancelInvite",
        "SetRole",
        "SetGrant",
        "RemoveGrant",
        "RemoveMember",
        "InvitePartner",
        "RemovePartner",
        "CreateGroup",
        "AddToGroup",
        "RemoveFromGroup",
        "DeleteGroup",
        "withheld unknown-value",
        "withheld declined",
        "withheld adopt",
        "withheld observe",
        "waiting",
    ] {
        assert!(seen.contains(wanted), "no world had `{wanted}`: {seen:?}");
    }
}
