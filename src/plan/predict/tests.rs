use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{PredictError, perform, perform_all};
use crate::model::{AssetRef, Direction, PartnerRef, PermissionSet, PersonRef, Principal, PrincipalIx, Strings};
use crate::observed::{
    Asset, Content, Grant, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner, RosterRow,
};
use crate::plan::{Action, AttachedGrant};
use crate::platforms::{Limits, Permission, Platform};

const fn permission(word: &'static str) -> Permission {
    Permission { word, title: word, writable: true, admin: false, privileged: false, capabilities: &[] }
}

static TOY: Platform = Platform {
    name: "toy",
    title: "Toy",
    roles: &[],
    asset_types: &[],
    permissions: &[permission("LOOK"), permission("EDIT"), permission("PAY")],
    capabilities: &[],
    limits: Limits {
        invites_per_call: 1,
        grants_set_per_call: 1,
        member_grants_removed_per_call: 1,
        partner_grants_removed_per_call: 1,
        relations_removed_per_call: 1,
        requests_per_call: 1,
        accounts_per_request_in_console: 10,
        groups_deleted_per_call: 1,
        page_size: 1,
        id_digits: 20,
    },
};

/// Members 11, 12, 13; partner 21 both ways; accounts 31, 32, 33; group 34 holding 31; one invite; a roster row.
fn world() -> ObservedState {
    let mut strings = Strings::new();
    let mut s = |text: &str| strings.intern(text);
    let members = ["11", "12", "13"].map(|id| Member {
        id: s(id),
        email: Some(s(&format!("Person{id}@acme.example"))),
        username: None,
        role: s("EMPLOYEE"),
        system: false,
        created_at: None,
        created_by: None,
    });
    let partners = [Direction::Inbound, Direction::Outbound].map(|direction| Partner {
        id: s("21"),
        name: None,
        direction,
        created_at: None,
    });
    let assets = ["31", "32", "33", "34"].map(|id| Asset {
        id: s(id),
        kind: s(if id == "34" { "GROUP" } else { "ACCOUNT" }),
        name: Some(s(&format!("asset {id}"))),
        owner_business: None,
        client: None,
    });
    let invite = Invite {
        id: s("41"),
        kind: InviteKind::MemberInvite,
        invitee: s("Dee@acme.example"),
        role: Some(s("EMPLOYEE")),
        status: InviteStatus::Pending,
        received: false,
        sent_at: None,
        updated_at: None,
        expires_at: None,
        grants: vec![(s("31"), PermissionSet::of(1))],
    };
    let roster = RosterRow {
        partner: s("21"),
        email: Some(s("lead@nova.example")),
        username: None,
        role: None,
        asset: Some(s("31")),
        permissions: PermissionSet::of(1),
    };
    let grant = |principal, asset, known| Grant { principal, asset, permissions: PermissionSet::of(known) };
    let grants = vec![
        grant(PrincipalIx::person(0), 0, 1),
        grant(PrincipalIx::person(0), 2, 3),
        grant(PrincipalIx::person(2), 1, 2),
        grant(PrincipalIx::partner(0), 0, 4),
        grant(PrincipalIx::partner(1), 3, 1),
    ];
    ObservedState {
        strings,
        members: members.to_vec(),
        partners: partners.to_vec(),
        assets: assets.to_vec(),
        grants,
        contents: vec![Content { group: 3, asset: 0 }],
        invites: vec![invite],
        rosters: vec![roster],
        ..ObservedState::new(&TOY, "1", Timestamp::UNIX_EPOCH)
    }
}

fn person(id: &str) -> PersonRef {
    PersonRef { id: Some(id.into()), ..PersonRef::default() }
}

fn invited(email: &str) -> PersonRef {
    PersonRef { email: Some(email.into()), ..PersonRef::default() }
}

fn partner(direction: Direction) -> PartnerRef {
    PartnerRef { key: None, id: "21".into(), name: None, direction }
}

fn asset(id: &str) -> AssetRef {
    AssetRef { key: None, id: Some(id.into()), name: None, kind: "ACCOUNT".into() }
}

fn new_group(key: &str) -> AssetRef {
    AssetRef { key: Some(key.into()), id: None, name: Some(format!("group {key}")), kind: "GROUP".into() }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn set_grant(who: &str, on: AssetRef, before: &[&str], after: &[&str]) -> Action {
    Action::SetGrant {
        principal: Principal::Person(person(who)),
        asset: on,
        before: words(before),
        after: words(after),
    }
}

/// Every fact of a state as a line, in the order of its lists; symbols and indexes are spelt out.
fn lines(state: &ObservedState) -> Vec<String> {
    let text = |sym| state.text(sym).to_owned();
    let asset = |index: u32| text(state.assets[index as usize].id);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(state.members.iter().map(|m| format!("member {} {}", text(m.id), text(m.role))));
    lines.extend(state.partners.iter().map(|p| format!("partner {} {:?}", text(p.id), p.direction)));
    lines.extend(state.assets.iter().map(|a| format!("asset {} {}", text(a.id), text(a.kind))));
    lines.extend(state.grants.iter().map(|g| {
        let index = g.principal.index();
        let who = if g.principal.is_partner() {
            format!("{:?} {}", state.partners[index].direction, text(state.partners[index].id))
        } else {
            text(state.members[index].id)
        };
        format!("grant {who} on {} {}", asset(g.asset), state.words(g.permissions).join(";"))
    }));
    lines.extend(state.contents.iter().map(|c| format!("content {} {}", asset(c.group), asset(c.asset))));
    lines.extend(state.invites.iter().map(|i| {
        let grants: Vec<String> =
            i.grants.iter().map(|(on, set)| format!("{}={}", text(*on), state.words(*set).join(";"))).collect();
        let when = [i.sent_at, i.updated_at, i.expires_at].map(|sym| sym.map_or("-".into(), text));
        format!("invite {} {:?} {} {:?} {grants:?} {when:?}", text(i.id), i.kind, text(i.invitee), i.status)
    }));
    lines.extend(state.rosters.iter().map(|r| format!("roster {}", text(r.partner))));
    lines
}

fn done(action: &Action) -> (ObservedState, Option<String>) {
    let mut state = world();
    let outcome = perform(&mut state, action, &mut BTreeMap::new(), Timestamp::UNIX_EPOCH);
    (state, outcome.expect("the action fits the world"))
}

/// Lines that came and lines that went.
fn effect(action: &Action) -> (Vec<String>, Vec<String>) {
    let (before, after) = (lines(&world()), lines(&done(action).0));
    let beyond = |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect();
    (beyond(&after, &before), beyond(&before, &after))
}

fn refusal(action: &Action) -> PredictError {
    let mut state = world();
    let mut created = BTreeMap::new();
    let outcome = perform(&mut state, action, &mut created, Timestamp::UNIX_EPOCH);
    assert_eq!(lines(&state), lines(&world()), "a refused action changed something");
    assert!(created.is_empty());
    outcome.expect_err("the action does not fit the world")
}

#[test]
fn a_grant_is_set_changed_and_taken_away() {
    let (came, went) = effect(&set_grant("12", asset("33"), &[], &["PAY", "EDIT"]));
    assert_eq!((came, went), (words(&["grant 12 on 33 EDIT;PAY"]), vec![]));
    let (came, went) = effect(&set_grant("11", asset("33"), &["LOOK", "EDIT"], &["PAY"]));
    assert_eq!((came, went), (words(&["grant 11 on 33 PAY"]), words(&["grant 11 on 33 EDIT;LOOK"])));
    let (came, went) = effect(&Action::RemoveGrant {
        principal: Principal::Partner(partner(Direction::Inbound)),
        asset: asset("31"),
        before: words(&["PAY"]),
    });
    assert_eq!((came, went), (vec![], words(&["grant Inbound 21 on 31 PAY"])));
}

#[test]
fn a_removed_member_takes_the_grants_along_and_the_others_keep_theirs() {
    let (came, went) = effect(&Action::RemoveMember { person: person("11"), role: "EMPLOYEE".into(), grants: vec![] });
    assert_eq!(came, words(&[]));
    assert_eq!(went, words(&["member 11 EMPLOYEE", "grant 11 on 31 LOOK", "grant 11 on 33 EDIT;LOOK"]));
}

#[test]
fn an_ended_partnership_takes_its_grants_and_roster_and_leaves_the_other_direction() {
    let end = |direction| effect(&Action::RemovePartner { partner: partner(direction), grants: vec![] });
    let (came, went) = end(Direction::Inbound);
    assert_eq!(came, words(&[]));
    assert_eq!(went, words(&["partner 21 Inbound", "grant Inbound 21 on 31 PAY", "roster 21"]));
    let (came, went) = end(Direction::Outbound);
    assert_eq!(came, words(&[]));
    assert_eq!(went, words(&["partner 21 Outbound", "grant Outbound 21 on 34 LOOK"]));
}

#[test]
fn a_deleted_group_takes_contents_and_grants_on_it() {
    let (came, went) = effect(&Action::DeleteGroup { group: asset("34"), contents: vec![], grants: vec![] });
    assert_eq!(came, words(&[]));
    assert_eq!(went, words(&["asset 34 GROUP", "grant Outbound 21 on 34 LOOK", "content 34 31"]));
}

#[test]
fn a_group_of_this_run_is_found_by_its_key() {
    let mut state = world();
    let mut created = BTreeMap::new();
    let create = Action::CreateGroup { group: new_group("emea"), description: String::new(), types: vec![] };
    let fill = Action::AddToGroup { group: new_group("emea"), asset: asset("32") };
    let grant = set_grant("13", new_group("emea"), &[], &["LOOK"]);
    let outcomes = perform_all(&mut state, [&create, &fill, &grant], &mut created, Timestamp::UNIX_EPOCH);
    let id = created["emea"].clone();
    assert_eq!(outcomes, [Ok(Some(id.clone())), Ok(None), Ok(None)]);
    assert_eq!(id.len(), 18);
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0'));
    let lines = lines(&state);
    for line in [format!("asset {id} GROUP"), format!("content {id} 32"), format!("grant 13 on {id} LOOK")] {
        assert!(lines.contains(&line), "{line} is not in {lines:#?}");
    }
    let ids: Vec<&str> = state.assets.iter().map(|asset| state.text(asset.id)).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let unknown = set_grant("13", new_group("apac"), &[], &["LOOK"]);
    assert!(matches!(refusal(&unknown), PredictError::Missing { what: "asset group created for", .. }));
}

#[test]
fn an_invite_waits_thirty_days_and_is_sent_once() {
    let invite = Action::InviteMember {
        person: invited("new@acme.example"),
        role: "EMPLOYEE".into(),
        grants: vec![AttachedGrant { asset: asset("32"), permissions: words(&["LOOK"]) }],
    };
    let (state, id) = done(&invite);
    let id = id.expect("an invite has an id");
    let line = format!(
        "invite {id} MemberInvite new@acme.example Pending [\"32=LOOK\"] [\"1970-01-01T00:00:00Z\", \"-\", \"1970-01-31T00:00:00Z\"]"
    );
    assert!(lines(&state).contains(&line), "{:#?}", lines(&state));
    assert_eq!(done(&invite).1, Some(id), "equal runs give equal ids");
    for (email, already) in
        [("dee@ACME.example", "waits for an answer already"), ("person11@acme.example", "is a member already")]
    {
        let again = Action::InviteMember { person: invited(email), role: "EMPLOYEE".into(), grants: vec![] };
        let message = refusal(&again).to_string();
        assert!(message.contains(already), "{message}");
    }
}

#[test]
fn an_invite_after_a_cancelled_one_has_another_id() {
    let mut state = world();
    let mut created = BTreeMap::new();
    let mut run = |action: &Action| perform(&mut state, action, &mut created, Timestamp::UNIX_EPOCH);
    let invite = Action::InvitePartner {
        partner: PartnerRef { id: "22".into(), ..partner(Direction::Inbound) },
        grants: vec![],
    };
    let first = run(&invite).unwrap().unwrap();
    let cancel = Action::CancelInvite {
        invite: first.clone(),
        invitee: Principal::Person(PersonRef::default()),
        role: None,
        grants: vec![],
    };
    run(&cancel).unwrap();
    assert!(run(&cancel).unwrap_err().to_string().contains("is cancelled where the plan expects pending"));
    let second = run(&invite).unwrap().unwrap();
    assert_ne!(first, second);
}

#[test]
fn attached_grants_are_replaced_only_from_what_was_attached() {
    let attach = |before: &[&str]| Action::AttachGrants {
        invite: "41".into(),
        invitee: Principal::Person(invited("dee@acme.example")),
        before: vec![AttachedGrant { asset: asset("31"), permissions: words(before) }],
        after: vec![AttachedGrant { asset: asset("33"), permissions: words(&["PAY"]) }],
    };
    let (came, _) = effect(&attach(&["LOOK"]));
    assert!(came[0].contains("[\"33=PAY\"]"), "{came:?}");
    let message = refusal(&attach(&["EDIT"])).to_string();
    assert_eq!(message, "what is attached to invite `41` is LOOK on `31` where the plan expects EDIT on `31`");
}

#[test]
fn rights_are_asked_of_an_outbound_partner() {
    let ask = |before: &[&str]| Action::RequestAccess {
        partner: partner(Direction::Outbound),
        asset: asset("34"),
        before: words(before),
        after: words(&["EDIT", "LOOK"]),
    };
    let (came, went) = effect(&ask(&["LOOK"]));
    assert!(came[0].contains("PartnerRequest 21 Pending [\"34=EDIT;LOOK\"]"), "{came:?}");
    assert_eq!(went, words(&[]));
    assert!(matches!(refusal(&ask(&[])), PredictError::Moved { .. }));
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let role = |before: &str| Action::SetRole { person: person("12"), before: before.into(), after: "ADMIN".into() };
    assert_eq!(effect(&role("EMPLOYEE")).0, words(&["member 12 ADMIN"]));
    assert!(matches!(refusal(&role("ADMIN")), PredictError::Moved { .. }));
    for misfit in [
        set_grant("19", asset("31"), &[], &["LOOK"]),
        set_grant("12", asset("39"), &[], &["LOOK"]),
        set_grant("12", asset("31"), &["LOOK"], &["EDIT"]),
        set_grant("12", asset("31"), &[], &["FLY"]),
        set_grant("12", asset("31"), &[], &[]),
        Action::RemoveGrant { principal: Principal::Person(person("12")), asset: asset("31"), before: vec![] },
        Action::AddToGroup { group: asset("34"), asset: asset("31") },
        Action::RemoveFromGroup { group: asset("34"), asset: asset("32") },
        Action::CreateGroup {
            group: AssetRef { name: Some("asset 34".into()), ..new_group("x") },
            description: String::new(),
            types: vec![],
        },
        Action::InvitePartner { partner: partner(Direction::Inbound), grants: vec![] },
    ] {
        refusal(&misfit);
    }
}

#[test]
fn nothing_is_found_on_what_an_earlier_action_removed() {
    let gone = Action::RemoveMember { person: person("11"), role: "EMPLOYEE".into(), grants: vec![] };
    let late = set_grant("11", asset("32"), &[], &["LOOK"]);
    let mut state = world();
    let outcomes = perform_all(&mut state, [&gone, &late], &mut BTreeMap::new(), Timestamp::UNIX_EPOCH);
    assert_eq!(outcomes[0], Ok(None));
    assert!(outcomes[1].is_err());
}

fn any_words() -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(vec!["EDIT".to_owned(), "LOOK".to_owned(), "PAY".to_owned()], 0..=3)
}

fn any_asset() -> impl Strategy<Value = AssetRef> {
    prop_oneof![
        4 => proptest::sample::select(vec!["31", "32", "33", "34"]).prop_map(asset),
        1 => Just(new_group("emea")),
    ]
}

fn any_principal() -> impl Strategy<Value = Principal> {
    let id = proptest::sample::select(vec!["11", "12", "13"]);
    let direction = proptest::sample::select(vec![Direction::Inbound, Direction::Outbound]);
    prop_oneof![
        id.prop_map(|id| Principal::Person(person(id))),
        direction.prop_map(|direction| Principal::Partner(partner(direction))),
    ]
}

fn any_action() -> impl Strategy<Value = Action> {
    let member = proptest::sample::select(vec!["11", "12", "13"]);
    let invitee = proptest::sample::select(vec!["a@acme.example", "b@acme.example"]);
    prop_oneof![
        6 => (any_principal(), any_asset(), any_words(), any_words())
            .prop_map(|(principal, asset, before, after)| Action::SetGrant { principal, asset, before, after }),
        3 => (any_principal(), any_asset(), any_words())
            .prop_map(|(principal, asset, before)| Action::RemoveGrant { principal, asset, before }),
        1 => Just(Action::CreateGroup { group: new_group("emea"), description: String::new(), types: vec![] }),
        2 => (any_asset(), any_asset()).prop_map(|(group, asset)| Action::AddToGroup { group, asset }),
        1 => (any_asset(), any_asset()).prop_map(|(group, asset)| Action::RemoveFromGroup { group, asset }),
        1 => any_asset().prop_map(|group| Action::DeleteGroup { group, contents: vec![], grants: vec![] }),
        1 => member.prop_map(|id| Action::RemoveMember { person: person(id), role: String::new(), grants: vec![] }),
        2 => invitee.prop_map(|email| Action::InviteMember {
            person: invited(email),
            role: "EMPLOYEE".into(),
            grants: vec![],
        }),
    ]
}

proptest! {
    /// Sorting once at the end gives the same as sorting after each action, refusals included.
    #[test]
    fn all_at_once_is_one_by_one(actions in proptest::collection::vec(any_action(), 0..40)) {
        let (mut once, mut each) = (world(), world());
        let (mut created_once, mut created_each) = (BTreeMap::new(), BTreeMap::new());
        let now = Timestamp::UNIX_EPOCH;
        let outcomes = perform_all(&mut once, &actions, &mut created_once, now);
        for (action, outcome) in actions.iter().zip(outcomes) {
            prop_assert_eq!(outcome, perform(&mut each, action, &mut created_each, now));
        }
        prop_assert_eq!(lines(&once), lines(&each));
        prop_assert_eq!(created_once, created_each);
        let mut sorted = (each.grants.clone(), each.contents.clone());
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        prop_assert_eq!(sorted, (each.grants, each.contents));
    }
}
