//! A plan with every kind of action in every variant, for the tests of the checklist.

use std::collections::BTreeSet;

use crate::model::{AssetRef, Digest, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::{
    Action, AttachedGrant, BusinessPlan, BusinessRef, Cause, Counts, EndingGrant, Executor, FORMAT_VERSION,
    ObservedRef, Operation, Origin, Place, Plan, Risk, Totals, Undo,
};

pub(super) fn person() -> PersonRef {
    PersonRef {
        key: Some("bo@acme.example".to_owned()),
        id: Some("111222333".to_owned()),
        email: Some("bo@acme.example".to_owned()),
        username: None,
        name: Some("Bo Larsen".to_owned()),
    }
}

pub(super) fn partner(direction: Direction) -> PartnerRef {
    PartnerRef {
        key: Some("nova".to_owned()),
        id: "500955295959238888".to_owned(),
        name: Some("Nova Media".to_owned()),
        direction,
    }
}

pub(super) fn account() -> AssetRef {
    asset("AD_ACCOUNT", "acme-fr", Some("549755885175"), "Acme France")
}

fn new_group() -> AssetRef {
    asset("ASSET_GROUP", "emea", None, "EMEA brands")
}

fn asset(kind: &str, key: &str, id: Option<&str>, name: &str) -> AssetRef {
    AssetRef {
        key: Some(key.to_owned()),
        id: id.map(str::to_owned),
        name: Some(name.to_owned()),
        kind: kind.to_owned(),
    }
}

pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn attached(asset: AssetRef, permissions: &[&str]) -> AttachedGrant {
    AttachedGrant { asset, permissions: words(permissions) }
}

fn ending(principal: Option<Principal>, asset: AssetRef, permissions: &[&str]) -> EndingGrant {
    EndingGrant { principal, asset, permissions: words(permissions) }
}

fn bo() -> Principal {
    Principal::Person(person())
}

fn nova(direction: Direction) -> Principal {
    Principal::Partner(partner(direction))
}

/// Every kind of action; those with a choice of texts once for each.
pub(super) fn actions() -> Vec<Action> {
    [group_actions(), invite_actions(), grant_actions(), member_actions()].concat()
}

fn group_actions() -> Vec<Action> {
    vec![
        Action::CreateGroup {
            group: new_group(),
            description: "all brands of EMEA".to_owned(),
            types: words(&["BRAND"]),
        },
        Action::AddToGroup { group: new_group(), asset: account() },
        Action::RemoveFromGroup {
            group: asset("ASSET_GROUP", "apac", Some("808"), "APAC brands"),
            asset: asset("PROFILE", "acme-profile", Some("909"), "Acme"),
        },
        Action::DeleteGroup {
            group: asset("ASSET_GROUP", "apac", Some("808"), "APAC brands"),
            contents: vec![account()],
            grants: vec![ending(Some(nova(Direction::Inbound)), account(), &["ANALYST"])],
        },
    ]
}

fn invite_actions() -> Vec<Action> {
    vec![
        Action::InviteMember {
            person: person(),
            role: "EMPLOYEE".to_owned(),
            grants: vec![attached(account(), &["ANALYST", "CAMPAIGN_MANAGER"])],
        },
        Action::InvitePartner { partner: partner(Direction::Inbound), grants: Vec::new() },
        Action::RequestPartner {
            partner: partner(Direction::Outbound),
            grants: vec![attached(account(), &["ANALYST"])],
        },
        Action::AttachGrants {
            invite: "inv-1".to_owned(),
            invitee: bo(),
            before: vec![attached(asset("CATALOG", "feed", Some("606"), "Feed"), &["CATALOGS_MANAGER"])],
            after: vec![attached(account(), &["ANALYST"])],
        },
        Action::CancelInvite {
            invite: "inv-2".to_owned(),
            invitee: nova(Direction::Inbound),
            role: None,
            grants: Vec::new(),
        },
    ]
}

fn grant_actions() -> Vec<Action> {
    vec![
        Action::SetGrant { principal: bo(), asset: account(), before: Vec::new(), after: words(&["CAMPAIGN_MANAGER"]) },
        Action::SetGrant {
            principal: nova(Direction::Inbound),
            asset: account(),
            before: words(&["ADMIN", "ANALYST"]),
            after: words(&["ANALYST", "CATALOGS_MANAGER"]),
        },
        Action::RemoveGrant { principal: bo(), asset: account(), before: words(&["FINANCE_MANAGER"]) },
        Action::RemoveGrant { principal: nova(Direction::Outbound), asset: account(), before: words(&["ANALYST"]) },
        Action::RequestAccess {
            partner: partner(Direction::Outbound),
            asset: account(),
            before: words(&["ANALYST"]),
            after: words(&["ANALYST", "AUDIENCE_MANAGER"]),
        },
    ]
}

fn member_actions() -> Vec<Action> {
    vec![
        Action::SetRole { person: person(), before: "EMPLOYEE".to_owned(), after: "BIZ_ADMIN".to_owned() },
        Action::RemoveMember {
            person: person(),
            role: "EMPLOYEE".to_owned(),
            grants: vec![ending(None, account(), &["ANALYST"])],
        },
        Action::RemovePartner { partner: partner(Direction::Inbound), grants: Vec::new() },
        Action::AcceptInvite {
            invite: "inv-3".to_owned(),
            partner: partner(Direction::Inbound),
            grants: vec![attached(account(), &["ANALYST"])],
        },
        Action::AcceptInvite { invite: "inv-4".to_owned(), partner: partner(Direction::Outbound), grants: Vec::new() },
    ]
}

/// A number for each kind of action: a new one does not compile until it has one.
fn kind(action: &Action) -> usize {
    match action {
        Action::CreateGroup { .. } => 0,
        Action::AddToGroup { .. } => 1,
        Action::RemoveFromGroup { .. } => 2,
        Action::DeleteGroup { .. } => 3,
        Action::InviteMember { .. } => 4,
        Action::InvitePartner { .. } => 5,
        Action::RequestPartner { .. } => 6,
        Action::AttachGrants { .. } => 7,
        Action::CancelInvite { .. } => 8,
        Action::SetRole { .. } => 9,
        Action::SetGrant { .. } => 10,
        Action::RemoveGrant { .. } => 11,
        Action::RequestAccess { .. } => 12,
        Action::RemoveMember { .. } => 13,
        Action::RemovePartner { .. } => 14,
        Action::AcceptInvite { .. } => 15,
    }
}

#[test]
fn the_sample_has_every_kind_of_action() {
    let kinds: BTreeSet<_> = actions().iter().map(kind).collect();
    assert_eq!(kinds, (0..16).collect());
}

/// An operation with the id `op-NUMBER`.
pub(super) fn operation(number: usize, action: Action) -> Operation {
    Operation {
        id: format!("op-{number}"),
        action,
        cause: Cause::Written {
            places: vec![Place {
                file: "teams/social-fr.yaml".to_owned(),
                line: 9,
                column: 3,
                what: "team social-fr".to_owned(),
            }],
            reasons: vec!["runs the French seasonal campaigns".to_owned()],
        },
        risk: vec![Risk::Addition],
        after: Vec::new(),
        rests_on: Vec::new(),
        precondition: Digest::of(b"nothing"),
        undo: Undo::Reversible,
        by: Executor::Connector,
        origin: Origin::Unknown,
    }
}

/// A plan of one business with these actions, numbered from 1; every third one is for a person.
pub(super) fn plan_of(actions: Vec<Action>) -> Plan {
    let operations = actions.into_iter().zip(1..).map(|(action, number)| Operation {
        by: if number % 3 == 0 {
            Executor::Person { why: "the interface has no such call".to_owned() }
        } else {
            Executor::Connector
        },
        ..operation(number, action)
    });
    let mut plan = empty_plan();
    plan.businesses[0].operations = operations.collect();
    plan
}

fn empty_plan() -> Plan {
    Plan {
        format: "accord-plan".to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest::of(b"the sample plan"),
        as_of: "2026-11-22T10:00:00Z".parse().unwrap(),
        desired: Digest::of(b"files"),
        only: Vec::new(),
        businesses: vec![BusinessPlan {
            business: BusinessRef {
                key: "acme".to_owned(),
                platform: "pinterest".to_owned(),
                id: "729090764583391194".to_owned(),
                name: Some("Acme Retail".to_owned()),
                mode: "enforce".to_owned(),
            },
            observed: ObservedRef {
                from: "state/acme.json".to_owned(),
                digest: Digest::of(b"state"),
                captured_at: "2026-11-22T09:00:00Z".parse().unwrap(),
                captured_by: None,
                incomplete: Vec::new(),
            },
            operations: Vec::new(),
            withheld: Vec::new(),
            waiting: Vec::new(),
            deferred: Vec::new(),
            notices: Vec::new(),
            upcoming: Vec::new(),
            guards: Vec::new(),
            totals: Totals { before: Counts::default(), after: Counts::default(), unchanged: 0 },
            unmanaged: Vec::new(),
            managed: Vec::new(),
            files: Vec::new(),
            partner_people: Vec::new(),
            calls: 0,
            predicted: None,
        }],
        rules: crate::rules::Judgement::default(),
        overrides: Vec::new(),
        approvals: crate::plan::Approvals::default(),
    }
}

/// The sample: every action, with dependencies.
pub(super) fn plan() -> Plan {
    let mut plan = plan_of(actions());
    let operations = &mut plan.businesses[0].operations;
    operations[1].after = words(&["op-1"]);
    operations[3].after = words(&["op-3", "op-2"]);
    operations[5].after = words(&["op-1", "op-3"]);
    plan
}
