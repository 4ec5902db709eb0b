//! A small business and random plans for it. Every operation of a plan is possible, and none undoes another.

use proptest::prelude::*;

use crate::apply::effect::{self, Created};
use crate::model::{
    AssetRef, Digest, Direction, Fact, FactKey, PartnerRef, PersonRef, Principal, PrincipalIx, fact, fold,
};
use crate::observed::{
    Asset, Collection, Completeness, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner,
};
use crate::plan::file::VerifiedPlan;
use crate::plan::predict;
use crate::plan::{
    Action, AttachedGrant, BusinessPlan, BusinessRef, Cause, Executor, FORMAT_VERSION, ObservedRef, Operation, Origin,
    Plan, Totals, Undo, evidence,
};
use crate::platforms::by_name;

pub const BUSINESS: &str = "729090764583391194";
pub const AS_OF: &str = "2026-11-22T10:00:00Z";

pub const MEMBERS: [&str; 6] = ["1001", "1002", "1003", "1004", "1005", "1006"];
pub const ACCOUNTS: [&str; 5] = ["2001", "2002", "2003", "2004", "2005"];
pub const GROUPS: [&str; 2] = ["3001", "3002"];
pub const PARTNERS: [(&str, Direction); 3] =
    [("4001", Direction::Inbound), ("4002", Direction::Inbound), ("4003", Direction::Outbound)];

/// Everybody has something, both groups hold something, two invites wait.
pub fn acme() -> ObservedState {
    let mut state = ObservedState::new(by_name("pinterest").unwrap(), BUSINESS, AS_OF.parse().unwrap());
    state.completeness = Collection::ALL.map(|name| (name, Completeness::Complete)).into();
    for id in MEMBERS {
        let row = Member {
            id: state.strings.intern(id),
            email: Some(state.strings.intern(&format!("Person{id}@acme.example"))),
            username: None,
            role: state.strings.intern(if id == "1001" { "BIZ_ADMIN" } else { "EMPLOYEE" }),
            system: false,
            created_at: None,
            created_by: None,
        };
        state.put_member(row);
    }
    for (id, direction) in PARTNERS {
        let row = Partner { id: state.strings.intern(id), name: None, direction, created_at: None };
        state.put_partner(row);
    }
    for id in ACCOUNTS.into_iter().chain(GROUPS) {
        let row = Asset {
            id: state.strings.intern(id),
            kind: state.strings.intern(kind_of(id)),
            name: Some(state.strings.intern(&format!("asset {id}"))),
            owner_business: None,
            client: None,
        };
        state.put_asset(row);
    }
    for (place, id) in MEMBERS.into_iter().enumerate() {
        grant(&mut state, id, ACCOUNTS[place % 3], &["ANALYST"]);
        grant(&mut state, id, GROUPS[place % 2], &["CAMPAIGN_MANAGER"]);
    }
    for (id, direction) in PARTNERS {
        let principal = PrincipalIx::partner(state.find_partner(id, direction).unwrap());
        let asset = state.find_asset("2001").unwrap();
        let set = state.permission_set(["ANALYST"]);
        state.set_grant(principal, asset, set);
    }
    for group in GROUPS {
        for account in &ACCOUNTS[..2] {
            let (group, asset) = (state.find_asset(group).unwrap(), state.find_asset(account).unwrap());
            state.put_content(group, asset);
        }
    }
    for id in ["5001", "5002"] {
        let invite = Invite {
            id: state.strings.intern(id),
            kind: InviteKind::MemberInvite,
            invitee: state.strings.intern(&format!("Invited{id}@acme.example")),
            role: Some(state.strings.intern("EMPLOYEE")),
            status: InviteStatus::Pending,
            received: false,
            sent_at: None,
            updated_at: None,
            expires_at: None,
            grants: vec![],
        };
        state.put_invite(invite);
    }
    state
}

fn kind_of(id: &str) -> &'static str {
    if GROUPS.contains(&id) { "ASSET_GROUP" } else { "AD_ACCOUNT" }
}

pub fn grant(state: &mut ObservedState, member: &str, asset: &str, words: &[&str]) {
    let principal = PrincipalIx::person(state.find_member(member).unwrap());
    let asset = state.find_asset(asset).unwrap();
    let set = state.permission_set(words.iter().copied());
    state.set_grant(principal, asset, set);
}

pub fn person(id: &str) -> PersonRef {
    PersonRef { id: Some(id.to_owned()), email: Some(format!("person{id}@acme.example")), ..PersonRef::default() }
}

pub fn newcomer(email: &str) -> PersonRef {
    PersonRef { email: Some(email.to_owned()), ..PersonRef::default() }
}

pub fn partner((id, direction): (&str, Direction)) -> PartnerRef {
    PartnerRef { key: None, id: id.to_owned(), name: None, direction }
}

pub fn asset(id: &str) -> AssetRef {
    AssetRef { key: None, id: Some(id.to_owned()), name: Some(format!("asset {id}")), kind: kind_of(id).to_owned() }
}

pub fn new_group(key: &str) -> AssetRef {
    AssetRef { key: Some(key.to_owned()), id: None, name: Some(format!("Group {key}")), kind: "ASSET_GROUP".to_owned() }
}

pub fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

pub fn set_grant(who: Principal, on: AssetRef, before: &[&str], after: &[&str]) -> Action {
    Action::SetGrant { principal: who, asset: on, before: words(before), after: words(after) }
}

pub fn member(id: &str) -> Principal {
    Principal::Person(person(id))
}

pub fn remove_member(id: &str) -> Action {
    Action::RemoveMember { person: person(id), role: "EMPLOYEE".to_owned(), grants: vec![] }
}

pub fn invite(email: &str, grants: Vec<AttachedGrant>) -> Action {
    Action::InviteMember { person: newcomer(email), role: "EMPLOYEE".to_owned(), grants }
}

pub fn create_group(key: &str) -> Action {
    Action::CreateGroup { group: new_group(key), description: "for tests".to_owned(), types: vec!["OTHER".to_owned()] }
}

pub fn attached(on: &str, permission: &str) -> AttachedGrant {
    AttachedGrant { asset: asset(on), permissions: words(&[permission]) }
}

/// An action and the places of those it must come after.
pub type Step = (Action, Vec<usize>);

/// A plan of these steps for this state, as if it had been verified. Operations are named `op-0`, `op-1`, ...
pub fn plan(state: &ObservedState, steps: &[Step]) -> VerifiedPlan {
    VerifiedPlan::assumed(unsealed(state, steps))
}

pub fn unsealed(state: &ObservedState, steps: &[Step]) -> Plan {
    let as_of = AS_OF.parse().unwrap();
    let mut future = state.clone();
    let actions = steps.iter().map(|(action, _)| action);
    for outcome in predict::perform_all(&mut future, actions, &mut Created::new(), as_of) {
        outcome.expect("the steps of a test plan are possible");
    }
    let operations =
        steps.iter().enumerate().map(|(place, (action, after))| operation(state, place, action, after)).collect();
    let part = BusinessPlan {
        business: BusinessRef {
            key: "acme".into(),
            platform: "pinterest".into(),
            id: BUSINESS.into(),
            name: None,
            mode: "enforce".into(),
        },
        observed: ObservedRef {
            from: "acme.json".into(),
            digest: state.digest(),
            captured_at: as_of,
            captured_by: None,
            incomplete: vec![],
        },
        operations,
        withheld: vec![],
        waiting: vec![],
        deferred: vec![],
        notices: vec![],
        upcoming: vec![],
        guards: vec![],
        totals: Totals::default(),
        unmanaged: vec![],
        managed: vec![],
        files: Vec::new(),
        partner_people: Vec::new(),
        calls: 0,
        predicted: Some(future.digest()),
    };
    Plan {
        format: "accord-plan".into(),
        format_version: FORMAT_VERSION,
        digest: Digest::of(format!("{steps:?}").as_bytes()),
        as_of,
        desired: Digest::of(b"desired"),
        only: vec![],
        businesses: vec![part],
        rules: crate::rules::Judgement::default(),
        overrides: vec![],
        approvals: crate::plan::Approvals::default(),
    }
}

fn operation(state: &ObservedState, place: usize, action: &Action, after: &[usize]) -> Operation {
    let rests_on: Vec<Fact> = rests_on(action).into_iter().map(|key| Fact { value: state.fact(&key), key }).collect();
    Operation {
        id: format!("op-{place}"),
        action: action.clone(),
        cause: Cause::Unwritten { nearest: None },
        risk: vec![],
        after: after.iter().map(|place| format!("op-{place}")).collect(),
        precondition: fact::digest(&rests_on),
        rests_on,
        undo: match action {
            Action::RemoveMember { .. } | Action::RemovePartner { .. } => {
                Undo::Partly { why: "they have to accept".to_owned() }
            }
            _ => Undo::Reversible,
        },
        by: Executor::Connector,
        origin: Origin::Unknown,
    }
}

/// What the action changes, and that the ones it names are there.
fn rests_on(action: &Action) -> Vec<FactKey> {
    let mut keys: Vec<FactKey> = effect::subject(action, &Created::new()).into_iter().collect();
    let existing = |asset: &AssetRef| asset.id.clone().map(|id| FactKey::Asset { id });
    match action {
        Action::SetGrant { principal, asset, .. } | Action::RemoveGrant { principal, asset, .. } => {
            keys.extend(existing(asset));
            keys.push(match principal {
                Principal::Person(person) => FactKey::Member { id: person.id.clone().unwrap() },
                Principal::Partner(partner) => {
                    FactKey::Partner { id: partner.id.clone(), direction: partner.direction }
                }
            });
        }
        Action::InviteMember { person, .. } => {
            keys.push(FactKey::Address { address: fold(person.email.as_ref().unwrap()).into_owned() })
        }
        Action::RemoveMember { person, .. } => {
            let member = person.id.clone().unwrap();
            let all = ACCOUNTS.into_iter().chain(GROUPS);
            keys.extend(all.map(|asset| FactKey::MemberGrant { member: member.clone(), asset: asset.to_owned() }));
        }
        Action::RequestAccess { partner, asset, .. } => keys.push(FactKey::PartnerGrant {
            partner: partner.id.clone(),
            direction: partner.direction,
            asset: asset.id.clone().unwrap(),
        }),
        Action::AddToGroup { asset, .. } => keys.extend(existing(asset)),
        Action::CancelInvite { invitee, grants, .. } => keys.extend(evidence::acceptance(invitee, grants)),
        _ => {}
    }
    keys
}

/// A random plan for [`acme`]: what happens to each member, partner, group and invite is drawn, then the order.
pub fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    (
        proptest::collection::vec(0..6_u8, MEMBERS.len()),
        proptest::collection::vec(0..4_u8, PARTNERS.len()),
        proptest::collection::vec(0..4_u8, GROUPS.len()),
        proptest::collection::vec(0..4_u8, 2),
        0..4_usize,
        0..3_usize,
        any::<u64>(),
        proptest::collection::vec((any::<u8>(), any::<u8>()), 0..4),
    )
        .prop_map(|(members, partners, groups, invites, newcomers, new_groups, order, edges)| {
            let mut draw = Draw::default();
            for (id, what) in MEMBERS.into_iter().zip(members) {
                draw.member(id, what);
            }
            for (which, what) in PARTNERS.into_iter().zip(partners) {
                draw.partner(which, what);
            }
            for (id, what) in GROUPS.into_iter().zip(groups) {
                draw.group(id, what);
            }
            for (id, what) in ["5001", "5002"].into_iter().zip(invites) {
                draw.invite(id, what);
            }
            for number in 0..newcomers {
                draw.add(invite(&format!("New{number}@acme.example"), vec![attached("2003", "ANALYST")]));
            }
            for number in 0..new_groups {
                draw.new_group(&format!("new-{number}"));
            }
            for (a, b) in edges {
                draw.edge(a, b);
            }
            draw.shuffled(order)
        })
}

#[derive(Default)]
struct Draw {
    steps: Vec<Step>,
    /// Members who stay, for grants on new groups.
    staying: Vec<&'static str>,
    deleted: Vec<&'static str>,
}

impl Draw {
    fn add(&mut self, action: Action) -> usize {
        self.steps.push((action, vec![]));
        self.steps.len() - 1
    }

    /// A step that no other depends on.
    fn only(&mut self, action: Action) {
        self.add(action);
    }

    fn member(&mut self, id: &'static str, what: u8) {
        if what != 1 {
            self.staying.push(id);
        }
        let place = MEMBERS.iter().position(|other| *other == id).unwrap();
        let account = ACCOUNTS[place % 3];
        match what {
            1 => self.only(remove_member(id)),
            2 => drop(self.add(Action::SetRole {
                person: person(id),
                before: if id == "1001" { "BIZ_ADMIN" } else { "EMPLOYEE" }.to_owned(),
                after: if id == "1001" { "EMPLOYEE" } else { "BIZ_ADMIN" }.to_owned(),
            })),
            3 => self.only(set_grant(member(id), asset(account), &["ANALYST"], &["ADMIN"])),
            4 => {
                let gain = self.add(set_grant(member(id), asset("2005"), &[], &["ANALYST", "AUDIENCE_MANAGER"]));
                self.steps.push((
                    Action::RemoveGrant { principal: member(id), asset: asset(account), before: words(&["ANALYST"]) },
                    vec![gain],
                ));
            }
            _ => {}
        }
    }

    fn partner(&mut self, which: (&'static str, Direction), what: u8) {
        let principal = Principal::Partner(partner(which));
        match (which.1, what) {
            (_, 1) => self.only(Action::RemovePartner { partner: partner(which), grants: vec![] }),
            (Direction::Inbound, 2) => self.only(set_grant(principal, asset("2002"), &[], &["ANALYST"])),
            (Direction::Inbound, 3) => {
                self.only(Action::RemoveGrant { principal, asset: asset("2001"), before: words(&["ANALYST"]) })
            }
            (Direction::Outbound, 2 | 3) => {
                for (account, before) in [("2001", &["ANALYST"][..]), ("2002", &[])] {
                    self.add(Action::RequestAccess {
                        partner: partner(which),
                        asset: asset(account),
                        before: words(before),
                        after: words(&["ADMIN"]),
                    });
                }
            }
            _ => {}
        }
    }

    fn group(&mut self, id: &'static str, what: u8) {
        let content = |account| (asset(id), asset(account));
        match what {
            1 => {
                self.deleted.push(id);
                self.add(Action::DeleteGroup { group: asset(id), contents: vec![], grants: vec![] });
            }
            2 => {
                let (group, asset) = content("2004");
                self.add(Action::AddToGroup { group, asset });
            }
            3 => {
                let (group, asset) = content("2001");
                self.add(Action::RemoveFromGroup { group, asset });
            }
            _ => {}
        }
    }

    fn invite(&mut self, id: &str, what: u8) {
        let email = format!("Invited{id}@acme.example");
        let invitee = Principal::Person(newcomer(&email));
        match what {
            1 => self.only(Action::AttachGrants {
                invite: id.to_owned(),
                invitee,
                before: vec![],
                after: vec![attached("2002", "ADMIN")],
            }),
            2 | 3 => {
                let cancelled = self.add(Action::CancelInvite {
                    invite: id.to_owned(),
                    invitee,
                    role: Some("EMPLOYEE".to_owned()),
                    grants: vec![],
                });
                if what == 3 {
                    let again = invite(&email, vec![attached("2001", "ANALYST")]);
                    self.steps.push((again, vec![cancelled]));
                }
            }
            _ => {}
        }
    }

    fn new_group(&mut self, key: &str) {
        let created = self.add(create_group(key));
        for account in &ACCOUNTS[..2] {
            let fill = Action::AddToGroup { group: new_group(key), asset: asset(account) };
            self.steps.push((fill, vec![created]));
        }
        if let Some(who) = self.staying.first() {
            let grant = set_grant(member(who), new_group(key), &[], &["ANALYST"]);
            self.steps.push((grant, vec![created]));
        }
    }

    /// One more dependency, of a later step on an earlier one.
    fn edge(&mut self, a: u8, b: u8) {
        let count = self.steps.len().max(1);
        let (a, b) = (a as usize % count, b as usize % count);
        if a < b {
            self.steps[b].1.push(a);
        }
    }

    /// The steps in an order drawn from `seed`, each after those it depends on.
    fn shuffled(self, seed: u64) -> Vec<Step> {
        let mut rest: Vec<usize> = (0..self.steps.len()).collect();
        let mut order: Vec<usize> = Vec::new();
        let mut seed = seed;
        while !rest.is_empty() {
            let ready: Vec<usize> = rest
                .iter()
                .copied()
                .filter(|place| self.steps[*place].1.iter().all(|before| order.contains(before)))
                .collect();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let next = ready[(seed >> 33) as usize % ready.len()];
            rest.retain(|place| *place != next);
            order.push(next);
        }
        let place_of = |old: &usize| order.iter().position(|place| place == old).unwrap();
        let step = |old: &usize| {
            let (action, after) = &self.steps[*old];
            (action.clone(), after.iter().map(place_of).collect())
        };
        order.iter().map(step).collect()
    }
}
