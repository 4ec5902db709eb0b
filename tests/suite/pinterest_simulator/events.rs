//! What others do.

use super::*;
use crate::support::pinterest::world::{Asset, Invite, Partner};
use crate::support::pinterest::{Attached, Event, Newcomer, Side, as_told};

fn words(list: &[&str]) -> std::collections::BTreeSet<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn an_acceptance_makes_a_member_with_an_id_and_the_attached_grants() {
    let simulator = started();
    let as_who =
        Newcomer { id: Some("200000000000000077".to_owned()), username: Some("di_77".to_owned()), email: None };
    simulator.event(Event::Accept { invite: "di@acme.example".to_owned(), as_who, grants: None });
    let members = read(&simulator, "/members?member_ids=200000000000000077");
    assert_eq!(members.items()[0]["user"]["username"], "di_77");
    assert_eq!(members.items()[0]["user"]["email"], "di@acme.example");
    assert_eq!(members.items()[0]["created_time"], 1_795_327_200_000_i64);
    assert_eq!(grant_of(&simulator, "200000000000000077", FRANCE), ["ANALYST"]);
    let invite = read(&simulator, "/invites").items()[0]["invite_data"].clone();
    assert_eq!(
        (&invite["invite_status"], &invite["last_updated_time"]),
        (&json!("ACCEPTED"), &json!(1_795_327_200_000_i64))
    );
}

#[test]
fn an_accepted_request_shows_what_the_partner_grants() {
    let simulator = started();
    let grants = Some(vec![Attached { asset: "549700000088".to_owned(), permissions: words(&["ANALYST"]) }]);
    simulator.event(Event::Accept { invite: "380000000000000004".to_owned(), as_who: Newcomer::default(), grants });
    let lent = read(&simulator, "/partners/700000000000000005/assets?partner_type=EXTERNAL");
    assert_eq!(lent.each("asset_id"), ["549700000088"]);
    assert!(read(&simulator, "/assets").each("asset_id").contains(&"549700000088"));
    assert!(!read(&simulator, "/assets?permissions=OWNER").each("asset_id").contains(&"549700000088"));
}

#[test]
fn everybody_accepts_declines_or_lets_lapse() {
    let simulator = started();
    simulator.event(Event::AcceptAll);
    let state = simulator.state();
    assert_eq!((state.members.len(), state.partners.len()), (5, 5));
    let waiting = state.invites.iter().filter(|invite| invite.status == accord::observed::InviteStatus::Pending);
    assert_eq!(waiting.count(), 1, "what we received is ours to answer");

    let simulator = started();
    simulator.event(Event::Decline { invite: DI.to_owned() });
    simulator.event(Event::Expire { invite: "380000000000000003".to_owned() });
    simulator.event(Event::Cancel { invite: "380000000000000004".to_owned() });
    let states =
        simulator.with_world(|world| world.invites.values().map(|invite| invite.status.clone()).collect::<Vec<_>>());
    assert_eq!(states, ["DECLINED", "DECLINED", "EXPIRED", "CANCELLED", "PENDING", "EXPIRED"]);
}

#[test]
fn another_manager_edits() {
    let simulator = started();
    let grant = |member: Option<&str>, partner: Option<&str>, permissions: &[&str]| Event::Grant {
        member: member.map(str::to_owned),
        partner: partner.map(str::to_owned),
        direction: None,
        asset: GERMANY.to_owned(),
        permissions: words(permissions),
    };
    simulator.event(grant(Some(BO), None, &["ADMIN"]));
    simulator.event(grant(None, Some(NORTH), &[]));
    simulator.event(Event::RemoveMember { id: CY.to_owned() });
    simulator.event(Event::RemovePartner { id: SOUTH.to_owned(), direction: Side::Inbound });
    simulator.event(Event::Content { group: GROUP.to_owned(), asset: CATALOG.to_owned(), inside: false });
    simulator.event(Event::Content { group: GROUP.to_owned(), asset: GERMANY.to_owned(), inside: true });
    simulator.event(Event::RemoveAsset { id: PROFILE.to_owned() });
    let asset =
        Asset { id: "42".to_owned(), kind: "MERCHANT".to_owned(), name: None, owner_business: None, client: None };
    simulator.event(Event::Asset { asset });
    let partner = Partner { id: "43".to_owned(), name: None, direction: Side::Outbound, created_at: None };
    simulator.event(Event::Partner { partner });
    assert_eq!(grant_of(&simulator, BO, GERMANY), ["ADMIN"]);
    assert_eq!(read(&simulator, &format!("/assets/{GERMANY}/partners")).items().len(), 0);
    // A type that nobody can ask for stands among the accounts.
    assert_eq!(read(&simulator, "/assets").each("asset_type").last(), Some(&"AD_ACCOUNT"));
    assert!(read(&simulator, "/assets").each("asset_type").contains(&"MERCHANT"));
    let state = simulator.state();
    assert_eq!((state.members.len(), state.partners.len(), state.contents.len()), (3, 3, 2));
    assert_eq!(simulator.log().changes(), 0, "what others do is none of the caller's writes");
    assert_clean(&simulator);
}

#[test]
fn somebody_invites_us() {
    let simulator = started();
    let text = r#"{"id": "77", "kind": "PARTNER_INVITE", "invitee": "700000000000000011", "status": "PENDING", "received": true,
        "grants": [{"asset": "549700000055", "permissions": ["ANALYST"]}]}"#;
    let invite: Invite = serde_json::from_str(text).unwrap();
    simulator.event(Event::Receive { invite });
    let body = json!({ "invites": [{ "invite_id": "77", "action": { "accept_invite": true } }] });
    let done = as_user(&simulator, Setup::TOKEN, "PATCH", "/businesses/invites", Some(&body));
    assert_eq!(done.items()[0]["invite"]["is_received_invite"], true);
    let lent = read(&simulator, "/partners/700000000000000011/assets?partner_type=EXTERNAL");
    assert_eq!(lent.each("asset_id"), ["549700000055"]);
    assert_clean(&simulator);
}

#[test]
fn what_can_not_happen_is_a_mistake_of_the_script() {
    let simulator = started();
    let happened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        simulator.event(Event::Decline { invite: "nobody@acme.example".to_owned() });
    }));
    assert!(happened.is_err());
}

#[test]
fn a_state_as_told_has_owners_and_nothing_that_is_never_told() {
    assert!(as_told(&seed()) == seed(), "the seed of these tests can be told whole");
    let mut state = seed();
    let (name, other) = (state.strings.intern("a profile's name"), state.strings.intern("client"));
    for asset in &mut state.assets {
        (asset.name, asset.client, asset.owner_business) = (Some(name), Some(other), None);
    }
    let told = as_told(&state);
    assert!(told.assets.iter().all(|asset| asset.client.is_none()));
    let owner = |id: &str| {
        let asset = &told.assets[told.find_asset(id).unwrap() as usize];
        told.text(asset.owner_business.unwrap()).to_owned()
    };
    assert_eq!([owner(FRANCE), owner(SPAIN)], [BUSINESS, CLIENT]);
    assert_eq!(told.assets[told.find_asset(PROFILE).unwrap() as usize].name, None);
}
