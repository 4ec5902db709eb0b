//! Partial success in each of its five shapes.

use super::*;
use crate::support::pinterest::{Fate, Fault, Rule};

/// The second item meets this fate.
fn with(how: Fate) -> Simulator {
    Simulator::start(setup().rule(Rule::new(Fault::Partial { items: vec![1], share: 0, how }).writes(true)))
}

fn invites() -> Value {
    json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": ["gus@acme.example", "hal@acme.example"] })
}

fn two_grants() -> Value {
    json!({ "accesses": [
        { "asset_id": FRANCE, "member_id": CY, "permissions": ["ANALYST"] },
        { "asset_id": GERMANY, "member_id": CY, "permissions": ["ANALYST"] },
    ] })
}

#[test]
fn items_with_an_invite_or_an_exception_or_neither_or_both() {
    // How many items, whether the second has an invite, an exception, and was done.
    let seen = |how: Fate| {
        let simulator = with(how);
        let answer = write(&simulator, "POST", "/invites", &invites());
        let second = answer.items().get(1).cloned().unwrap_or_default();
        assert_clean(&simulator);
        (
            answer.items().len(),
            second["invite"].is_object(),
            second["exception"].is_object(),
            simulator.log().changes() == 2,
        )
    };
    assert_eq!(seen(Fate::Done), (2, true, false, true));
    assert_eq!(seen(Fate::Refused), (2, false, true, false));
    assert_eq!(seen(Fate::Missing), (1, false, false, false));
    assert_eq!(seen(Fate::Empty), (2, false, false, false));
    assert_eq!(seen(Fate::Untold), (1, false, false, true));
    assert_eq!(seen(Fate::Both), (2, true, true, true));
}

#[test]
fn cancelling_attaching_and_answering_have_exceptions_too() {
    let simulator = with(Fate::Refused);
    let cancel = json!({ "invite_ids": [DI, "380000000000000003"] });
    let done = write(&simulator, "DELETE", "/invites", &cancel);
    assert_eq!(done.items()[1]["exception"]["invite_id"], "380000000000000003");
    let item = |id: &str| json!({ "invite_id": id, "invite_type": "PARTNER_INVITE", "asset_id_to_permissions": { FRANCE: ["ANALYST"] } });
    let attach = json!({ "invites": [item("380000000000000003"), item("380000000000000003")] });
    let done = write(&simulator, "POST", "/invites/assets/access", &attach);
    assert_eq!(done.items()[1]["exception"]["invite_or_request_id"], "380000000000000003");
    let item = |id: &str| json!({ "invite_id": id, "action": { "accept_invite": false } });
    let respond = json!({ "invites": [item("1"), item(RECEIVED)] });
    let done = as_user(&simulator, Setup::TOKEN, "PATCH", "/businesses/invites", Some(&respond));
    assert_eq!(done.items()[1]["exception"]["invite_or_request_id"], RECEIVED);
    assert_eq!(simulator.with_world(|world| world.invites[RECEIVED].status.clone()), "PENDING");
    assert_clean(&simulator);
}

#[test]
fn items_of_a_response_are_missing_or_have_what_only_the_prose_promises() {
    let seen = |how: Fate| {
        let simulator = with(how);
        let answer = write(&simulator, "PATCH", MEMBER_GRANTS, &two_grants());
        assert_clean(&simulator);
        let done = !grant_of(&simulator, CY, GERMANY).is_empty();
        (answer.items().len(), answer.items().last().cloned().unwrap_or_default(), done)
    };
    assert_eq!(seen(Fate::Refused).0, 1);
    let (count, last, done) = seen(Fate::Exception);
    assert_eq!((count, &last["exception"]["code"], done), (2, &json!(500), false));
    let (count, last, done) = seen(Fate::Empty);
    assert_eq!((count, last, done), (2, json!({}), false));
    let (count, _, done) = seen(Fate::Untold);
    assert_eq!((count, done), (1, true));
}

#[test]
fn lists_of_what_was_done_lack_the_rest() {
    let simulator = with(Fate::Refused);
    let roles =
        json!([{ "member_id": BO, "business_role": "BIZ_ADMIN" }, { "member_id": CY, "business_role": "BIZ_ADMIN" }]);
    assert_eq!(write(&simulator, "PATCH", "/members", &roles).each("member_id"), [BO]);
    let partner = |id: &str| json!({ "asset_id": FRANCE, "partner_id": id, "permissions": ["ANALYST"] });
    let grants = json!({ "accesses": [partner(NORTH), partner(SOUTH)] });
    assert_eq!(write(&simulator, "PATCH", PARTNER_GRANTS, &grants).each("partner_id"), [NORTH]);
    let partner = |asset: &str| json!({ "asset_id": asset, "partner_id": NORTH });
    let removals = json!({ "accesses": [partner(FRANCE), partner(GERMANY)] });
    assert_eq!(write(&simulator, "DELETE", PARTNER_GRANTS, &removals).each("asset_id"), [FRANCE]);
    let member = |asset: &str| json!({ "asset_id": asset, "member_id": BO });
    let removals = json!({ "accesses": [member(FRANCE), member(PROFILE)] });
    assert_eq!(write(&simulator, "DELETE", MEMBER_GRANTS, &removals).each("asset_id"), [FRANCE]);
    let partners = json!({ "partner_ids": [NORTH, SOUTH] });
    assert_eq!(write(&simulator, "DELETE", "/partners", &partners).body["deleted_partners"], json!([NORTH]));
    let members = json!({ "members": [
        { "member_id": BO, "business_role": "BIZ_ADMIN" },
        { "member_id": CY, "business_role": "EMPLOYEE" },
    ] });
    assert_eq!(write(&simulator, "DELETE", "/members", &members).body["deleted_members"], json!([BO]));
    assert!(simulator.state().find_member(CY).is_some());
    assert_clean(&simulator);
}

#[test]
fn groups_have_exceptions_beside_the_list() {
    let simulator = with(Fate::Refused);
    let rename = json!({ "asset_groups_to_update": [
        { "asset_group_id": GROUP, "name": "one" },
        { "asset_group_id": GROUP, "name": "two" },
    ] });
    let done = write(&simulator, "PATCH", "/asset_groups", &rename);
    assert_eq!(done.body["updated_asset_groups"][0]["asset_group_name"], "one");
    assert_eq!(done.body["exceptions"][0]["asset_group_id"], GROUP);
    let done = write(&simulator, "DELETE", "/asset_groups", &json!({ "asset_groups_to_delete": ["1", GROUP] }));
    assert_eq!(done.body["deleted_asset_groups"], json!([]));
    assert_eq!(done.body["exceptions"].as_array().unwrap().len(), 2);
    assert!(simulator.state().find_asset(GROUP).is_some());
    assert_clean(&simulator);
}

#[test]
fn requests_have_exceptions_beside_a_map_and_not_by_item() {
    let simulator = with(Fate::Refused);
    simulator.event(crate::support::pinterest::Event::Partner {
        partner: serde_json::from_str(r#"{"id": "700000000000000021", "direction": "outbound"}"#).unwrap(),
    });
    let ask = |partner: &str, asset: &str| json!({ "partner_id": partner, "asset_id_to_permissions": { asset: ["ANALYST"] } });
    let body = json!({ "asset_requests": [ask(CLIENT, SPAIN), ask("700000000000000021", "549700000044")] });
    let done = write(&simulator, "POST", "/requests/assets/access", &body);
    assert_eq!(done.body["invites"].as_object().unwrap().keys().collect::<Vec<_>>(), [CLIENT]);
    assert_eq!(done.body["exceptions"][0]["code"], 2932);
    assert_clean(&simulator);
}

#[test]
fn items_can_fail_by_chance() {
    let rule = Rule::new(Fault::Partial { items: Vec::new(), share: 500, how: Fate::Refused });
    let simulator = Simulator::start(setup().rule(rule));
    let members: Vec<String> = (0..40).map(|index| format!("new{index}@acme.example")).collect();
    let body = json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": members });
    let answer = write(&simulator, "POST", "/invites", &body);
    let made = answer.items().iter().filter(|item| item["invite"].is_object()).count();
    assert!((8..=32).contains(&made), "{made}");
    assert_clean(&simulator);
}
