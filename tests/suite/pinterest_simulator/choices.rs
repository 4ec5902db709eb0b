//! Each choice, both ways.

use super::*;
use crate::support::pinterest::Event;
use crate::support::pinterest::choices::{Bare, Impossible, LastPage, Listed, Repeated};

fn invite(simulator: &Simulator, address: &str) -> Got {
    let body = json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": [address] });
    write(simulator, "POST", "/invites", &body)
}

#[test]
fn an_invite_lapses_after_so_many_days() {
    let simulator = Simulator::start(setup().choose(|choices| choices.invite_days = 2));
    let id = invite(&simulator, "gus@acme.example").items()[0]["invite"]["id"].as_str().unwrap().to_owned();
    let state = |simulator: &Simulator| simulator.with_world(|world| world.invites[&id].status.clone());
    simulator.event(Event::Advance { seconds: 2 * 24 * 3600 - 1 });
    assert_eq!(state(&simulator), "PENDING");
    simulator.event(Event::Advance { seconds: 1 });
    assert_eq!(state(&simulator), "EXPIRED");
    assert!(read(&simulator, "/invites?invite_status=EXPIRED").each("id").contains(&id.as_str()));
}

#[test]
fn so_many_invites_may_wait() {
    let simulator = Simulator::start(setup().choose(|choices| choices.pending_cap = 4));
    assert!(invite(&simulator, "gus@acme.example").items()[0]["exception"].is_null());
    let refused = invite(&simulator, "hal@acme.example");
    let message = "You hit the maximum number of pending invites allowed.";
    assert_eq!(refused.items()[0]["exception"]["message"], message);
    assert_clean(&simulator);
}

#[test]
fn a_repeated_invite_is_refused_a_second_one_or_the_same() {
    let simulator = started();
    let with = |choice: Repeated| {
        simulator.choose(|choices| choices.repeated_invite = choice);
        invite(&simulator, "DI@acme.example").items()[0]["invite"]["id"].as_str().map(str::to_owned)
    };
    assert_eq!(with(Repeated::Refused), None);
    assert_eq!(with(Repeated::Same).as_deref(), Some(DI));
    assert_eq!(simulator.log().changes(), 0);
    assert_ne!(with(Repeated::Second).as_deref(), Some(DI));
    assert_ne!(with(Repeated::Second).as_deref(), Some(DI));
    assert_eq!(simulator.log().done_twice(), ["MEMBER_INVITE to di@acme.example -> PENDING (2 times)"]);
}

#[test]
fn the_role_in_a_deletion_must_match_or_not() {
    let simulator = started();
    let body = json!({ "members": [{ "member_id": BO, "business_role": "BIZ_ADMIN" }] });
    let delete = || write(&simulator, "DELETE", "/members", &body).body["deleted_members"].clone();
    assert_eq!(delete(), json!([]));
    simulator.choose(|choices| choices.deletion_role_must_match = false);
    assert_eq!(delete(), json!([BO]));
}

#[test]
fn grants_through_a_group_appear_or_not() {
    let simulator = started();
    assert_eq!(grant_of(&simulator, CY, FRANCE), [""; 0]);
    simulator.choose(|choices| choices.group_grants_expanded = true);
    assert_eq!(grant_of(&simulator, CY, FRANCE), ["ANALYST"]);
    assert_eq!(read(&simulator, &format!("/members/{CY}/assets")).each("asset_id"), [FRANCE]);
    // Their own grants stay what they are.
    assert_eq!(grant_of(&simulator, BO, FRANCE), ["ANALYST", "CAMPAIGN_MANAGER"]);
    assert_clean(&simulator);
}

#[test]
fn a_members_grant_is_replaced_or_added_to() {
    let simulator = Simulator::start(setup().choose(|choices| choices.member_grants_replaced = false));
    write(&simulator, "PATCH", MEMBER_GRANTS, &set_grant(BO, FRANCE, &["ADMIN"]));
    assert_eq!(grant_of(&simulator, BO, FRANCE), ["ADMIN", "ANALYST", "CAMPAIGN_MANAGER"]);
}

#[test]
fn an_unfit_permission_is_refused_or_taken() {
    let simulator = started();
    let unfit =
        || write(&simulator, "PATCH", MEMBER_GRANTS, &set_grant(BO, FRANCE, &["PROFILE_PUBLISHER"])).items().len();
    assert_eq!(unfit(), 0);
    simulator.choose(|choices| choices.unfit_permissions_refused = false);
    assert_eq!(unfit(), 1);
}

#[test]
fn an_impossible_item_is_missing_or_fails_the_call() {
    let both = json!({ "accesses": [
        { "asset_id": GERMANY, "member_id": BO, "permissions": ["ANALYST"] },
        { "asset_id": GERMANY, "member_id": "1", "permissions": ["ANALYST"] },
    ] });
    let simulator = Simulator::start(setup().choose(|choices| choices.impossible_item = Impossible::Whole));
    let refused = write(&simulator, "PATCH", MEMBER_GRANTS, &both);
    assert_eq!((refused.status, refused.code()), (404, 30));
    assert!(simulator.state() == seed());
    simulator.choose(|choices| choices.impossible_item = Impossible::Missing);
    assert_eq!(write(&simulator, "PATCH", MEMBER_GRANTS, &both).items().len(), 1);
    assert_clean(&simulator);
}

#[test]
fn attaching_adds_or_replaces() {
    let attached = |replaced: bool| {
        let simulator = Simulator::start(setup().choose(|choices| choices.attached_replaced = replaced));
        let invite = json!({ "invite_id": DI, "invite_type": "MEMBER_INVITE", "asset_id_to_permissions": { GERMANY: ["ADMIN"] } });
        write(&simulator, "POST", "/invites/assets/access", &json!({ "invites": [invite] }));
        assert_clean(&simulator);
        let effects = simulator.log().effects.len();
        let grants =
            simulator.with_world(|world| world.invites[DI].grants.iter().map(|grant| grant.asset.clone()).collect());
        (grants, effects)
    };
    assert_eq!(attached(false), (vec![FRANCE.to_owned(), GERMANY.to_owned()], 1));
    assert_eq!(attached(true), (vec![GERMANY.to_owned()], 2));
}

#[test]
fn a_bare_acceptance_grants_nothing_or_what_was_asked() {
    let body = json!({ "invites": [{ "invite_id": RECEIVED, "action": { "accept_invite": true } }] });
    let granted = |choice: Bare| {
        let simulator = Simulator::start(setup().choose(|choices| choices.bare_acceptance = choice));
        as_user(&simulator, Setup::TOKEN, "PATCH", "/businesses/invites", Some(&body));
        read(&simulator, "/partners/700000000000000006/assets").items().len()
    };
    assert_eq!([granted(Bare::Nothing), granted(Bare::AsAsked)], [0, 1]);
}

#[test]
fn all_invites_are_listed_or_the_open_ones() {
    let simulator = Simulator::start(setup().choose(|choices| choices.listed_invites = Listed::Open));
    assert_eq!(read(&simulator, "/invites").each("id"), [DI, "380000000000000006"]);
}

#[test]
fn the_last_page_has_null_or_no_bookmark() {
    let simulator = started();
    let has = |simulator: &Simulator| read(simulator, "/members").body.get("bookmark").cloned();
    assert_eq!(has(&simulator), Some(Value::Null));
    simulator.choose(|choices| choices.last_page = LastPage::Omitted);
    assert_eq!(has(&simulator), None);
    assert_clean(&simulator);
}

#[test]
fn totals_are_told_or_not() {
    let simulator = started();
    let total = || read(&simulator, &format!("/members/{BO}/assets?page_size=1")).body.get("total_data_count").cloned();
    assert_eq!(total(), None);
    simulator.choose(|choices| choices.totals_told = true);
    assert_eq!(total(), Some(json!(1)));
    assert_clean(&simulator);
}

#[test]
fn what_is_made_answers_200_or_201() {
    let simulator = Simulator::start(setup().choose(|choices| choices.created_status = 201));
    assert_eq!(invite(&simulator, "gus@acme.example").status, 201);
    assert_clean(&simulator);
}

#[test]
fn the_last_manager_is_protected_or_not() {
    let simulator = Simulator::start(setup().choose(|choices| choices.last_manager_protected = true));
    let demote = json!([{ "member_id": ANA, "business_role": "EMPLOYEE" }]);
    let delete = json!({ "members": [{ "member_id": ANA, "business_role": "BIZ_ADMIN" }] });
    assert_eq!(write(&simulator, "PATCH", "/members", &demote).status, 403);
    assert_eq!(write(&simulator, "DELETE", "/members", &delete).status, 403);
    simulator.choose(|choices| choices.last_manager_protected = false);
    assert_eq!(write(&simulator, "DELETE", "/members", &delete).status, 200);
    // Who called is locked out now.
    assert_eq!(read(&simulator, "/members").status, 403);
    assert_clean(&simulator);
}

#[test]
fn creators_and_addresses_are_shown_or_not() {
    let simulator = started();
    let creator = || read(&simulator, &format!("/members?member_ids={BO}")).items()[0]["created_by_user"].clone();
    assert_eq!(creator(), json!({ "id": null, "username": null, "email": "ana@acme.example" }));
    simulator.choose(|choices| choices.creators_resolved = true);
    assert_eq!(creator(), json!({ "id": ANA, "username": "ana", "email": "ana@acme.example" }));
    simulator.choose(|choices| choices.invited_addresses_shown = false);
    let user = read(&simulator, "/invites").items()[0]["user"].clone();
    assert_eq!((&user["email"], &user["username"]), (&Value::Null, &json!("di")));
    assert_clean(&simulator);
}

#[test]
fn a_refreshed_token_ends_the_old_one_or_not() {
    let simulator = Simulator::start(setup().choose(|choices| choices.refresh_ends_old = true));
    let basic = data_encoding::BASE64.encode(Setup::APP.as_bytes());
    let form = format!("grant_type=refresh_token&refresh_token={}", Setup::REFRESH);
    let text = format!(
        "POST /v5/oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    assert_eq!(got(&exchange(&simulator, &text)).status, 200);
    assert_eq!(got(&exchange(&simulator, &text)).status, 401);
    assert_eq!(get(&simulator, "/ad_accounts").status, 401);
}
