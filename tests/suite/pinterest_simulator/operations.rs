//! Each operation does what the description says.

use super::*;
use crate::support::pinterest::{Event, Token};

#[test]
fn members_are_listed_in_two_passes_and_filtered() {
    let simulator = started();
    assert_eq!(read(&simulator, "/members").each("id"), [ANA, BO, CY]);
    assert_eq!(read(&simulator, "/members?fetch_system_users=True").each("id"), [SYSTEM]);
    let some = format!("/members?business_roles=EMPLOYEE&business_roles=BIZ_ADMIN&member_ids={ANA},{CY}");
    assert_eq!(read(&simulator, &some).each("id"), [ANA, CY]);
    let with_assets = read(&simulator, "/members?assets_summary=true&business_roles=EMPLOYEE");
    let bo = &with_assets.items()[0];
    assert_eq!(bo["assets_summary"]["ad_accounts"][0]["permissions"], json!(["ANALYST", "CAMPAIGN_MANAGER"]));
    assert_eq!(bo["assets_summary"]["profiles"][0]["id"], PROFILE);
    assert_eq!(bo["created_time"], 1_706_843_045_678_i64);
    assert_eq!(bo["created_by_user"]["email"], "ana@acme.example");
    // Groups have no place in a summary.
    assert_eq!(with_assets.items()[1]["assets_summary"], json!({ "ad_accounts": [], "profiles": [] }));
    assert_clean(&simulator);
}

#[test]
fn partners_are_listed_by_direction() {
    let simulator = started();
    assert_eq!(read(&simulator, "/partners?partner_type=INTERNAL").each("id"), [NORTH, SOUTH]);
    let ours = read(&simulator, "/partners?partner_type=EXTERNAL&assets_summary=true");
    assert_eq!(ours.each("id"), [CLIENT]);
    assert_eq!(ours.items()[0]["is_shared_partner"], true);
    assert_eq!(ours.items()[0]["user"]["username"], "the_client");
    assert_eq!(ours.items()[0]["assets_summary"]["ad_accounts"][0]["id"], SPAIN);
    assert_eq!(read(&simulator, &format!("/partners?partner_ids={SOUTH}")).each("id"), [SOUTH]);
    assert_clean(&simulator);
}

#[test]
fn assets_are_listed_one_type_at_a_time() {
    let simulator = started();
    assert_eq!(read(&simulator, "/assets").each("asset_id"), [FRANCE, GERMANY, SPAIN]);
    assert_eq!(read(&simulator, "/assets?permissions=OWNER").each("asset_id"), [FRANCE, GERMANY]);
    assert_eq!(read(&simulator, "/assets?permissions=ANALYST&permissions=ADMIN").each("asset_id"), [SPAIN]);
    assert_eq!(read(&simulator, "/assets?asset_type=PROFILE").each("asset_id"), [PROFILE]);
    assert_eq!(read(&simulator, "/assets?asset_type=CATALOG").items()[0]["catalog_info"]["name"], "Shoes");
    let groups = read(&simulator, "/assets?asset_type=ASSET_GROUP");
    let info = &groups.items()[0]["asset_group_info"];
    assert_eq!((&info["asset_group_name"], &info["owner"]["id"]), (&json!("EMEA"), &json!(BUSINESS)));
    assert_eq!(info["ad_accounts_ids"], json!([FRANCE]));
    assert_eq!(info["catalogs_ids"], json!([CATALOG]));
    assert_eq!(info["profiles_ids"], json!([PROFILE]));
    assert_eq!(read(&simulator, &format!("/assets?child_asset_id={FRANCE}")).each("asset_id"), [GROUP]);
    assert_eq!(read(&simulator, &format!("/assets?asset_group_id={GROUP}")).each("asset_id"), [FRANCE]);
    assert_clean(&simulator);
}

#[test]
fn grants_are_listed_from_both_ends() {
    let simulator = started();
    let of_bo = read(&simulator, &format!("/members/{BO}/assets"));
    assert_eq!(of_bo.items()[0]["permissions"], json!(["ANALYST", "CAMPAIGN_MANAGER"]));
    let of_cy = read(&simulator, &format!("/members/{CY}/assets?asset_type=ASSET_GROUP"));
    assert_eq!(of_cy.items()[0]["asset_group_info"]["id"], GROUP);
    assert_eq!(read(&simulator, &format!("/partners/{NORTH}/assets")).each("asset_id"), [GERMANY]);
    let lent = read(&simulator, &format!("/partners/{CLIENT}/assets?partner_type=EXTERNAL"));
    assert_eq!(lent.each("asset_id"), [SPAIN]);
    let members = read(&simulator, &format!("/assets/{FRANCE}/members"));
    assert_eq!(members.items().len(), 2);
    let system = read(&simulator, &format!("/assets/{GERMANY}/members?fetch_system_users=true"));
    assert_eq!(system.items()[0]["permissions"], json!(["FINANCE_VIEW", "FUTURE_WORD"]));
    assert_eq!(read(&simulator, &format!("/assets/{GERMANY}/partners")).items()[0]["user"]["id"], NORTH);
    assert_eq!(read(&simulator, &format!("/assets/{SPAIN}/partners")).items().len(), 0);
    assert_eq!(read(&simulator, "/assets/1/members").status, 404);
    assert_eq!(read(&simulator, "/members/1/assets").status, 404);
    assert_clean(&simulator);
}

#[test]
fn invites_are_listed_by_kind_and_state() {
    let simulator = started();
    assert_eq!(read(&simulator, "/invites").items().len(), 3);
    assert_eq!(read(&simulator, "/invites?invite_status=PENDING&invite_status=EXPIRED").items().len(), 2);
    let partners = read(&simulator, "/invites?is_member=False");
    assert_eq!(partners.items().len(), 3);
    let received = partners.items().iter().find(|item| item["id"] == RECEIVED).unwrap();
    assert_eq!(received["is_received_invite"], true);
    assert_eq!(received["created_by_business"]["id"], "700000000000000006");
    assert_eq!(received["user"]["id"], BUSINESS);
    let asked = read(&simulator, "/invites?is_member=false&invite_type=PARTNER_INVITE");
    assert_eq!(asked.items()[0]["business_roles"], json!(["PARTNER"]));
    assert_clean(&simulator);
}

#[test]
fn accounts_and_employers_are_those_of_the_caller() {
    let simulator = Simulator::start(setup().token(Token::of(BO, "bo")));
    let all = get(&simulator, "/ad_accounts");
    assert_eq!(all.each("id"), [FRANCE, GERMANY, SPAIN]);
    assert_eq!(all.items()[0]["permissions"], json!(["ADMIN", "OWNER"]));
    assert_eq!(all.items()[2]["owner"], json!({ "id": CLIENT, "username": "the_client" }));
    assert_eq!(get(&simulator, "/ad_accounts?include_shared_accounts=false").each("id"), [FRANCE, GERMANY]);
    assert_eq!(as_user(&simulator, "bo", "GET", "/ad_accounts", None).each("id"), [FRANCE]);
    let employers = as_user(&simulator, "bo", "GET", "/businesses/employers", None);
    assert_eq!(employers.each("id"), [BUSINESS]);
    assert_eq!(employers.items()[0]["business_roles"], json!(["EMPLOYEE"]));
    assert_clean(&simulator);
}

#[test]
fn roles_are_set_by_a_bare_array() {
    let simulator = started();
    let body =
        json!([{ "member_id": BO, "business_role": "BIZ_ADMIN" }, { "member_id": "1", "business_role": "EMPLOYEE" }]);
    let done = write(&simulator, "PATCH", "/members", &body);
    assert_eq!(done.body, json!({ "items": [{ "member_id": BO, "business_role": "BIZ_ADMIN" }] }));
    assert_eq!(read(&simulator, "/members?business_roles=BIZ_ADMIN").each("id"), [ANA, BO]);
    assert_clean(&simulator);
}

#[test]
fn a_member_goes_with_their_grants() {
    let simulator = started();
    let body = json!({ "members": [{ "member_id": BO, "business_role": "EMPLOYEE" }] });
    let done = write(&simulator, "DELETE", "/members", &body);
    assert_eq!(done.body, json!({ "deleted_members": [BO] }));
    assert!(grant_of(&simulator, BO, FRANCE).is_empty());
    let keys: Vec<_> = simulator.log().effects.iter().map(|effect| effect.key.clone()).collect();
    assert_eq!(keys.len(), 3, "two grants and the membership: {keys:?}");
    assert_clean(&simulator);
}

#[test]
fn a_partner_goes_with_what_they_had() {
    let simulator = started();
    let body = json!({ "partner_ids": [NORTH], "partner_type": "INTERNAL" });
    assert_eq!(write(&simulator, "DELETE", "/partners", &body).body, json!({ "deleted_partners": [NORTH] }));
    assert_eq!(read(&simulator, &format!("/assets/{GERMANY}/partners")).items().len(), 0);
    // One unknown id fails the whole call.
    let body = json!({ "partner_ids": [SOUTH, NORTH] });
    assert_eq!(write(&simulator, "DELETE", "/partners", &body).status, 404);
    assert_eq!(read(&simulator, "/partners?partner_type=INTERNAL").each("id"), [SOUTH]);
    assert_clean(&simulator);
}

#[test]
fn grants_of_members_are_replaced_and_removed() {
    let simulator = started();
    let done = write(&simulator, "PATCH", MEMBER_GRANTS, &set_grant(BO, FRANCE, &["ADMIN"]));
    let response = json!({ "asset_id": FRANCE, "member_id": BO, "permissions": ["ADMIN"] });
    assert_eq!(done.body, json!({ "items": [{ "response": response }] }));
    assert_eq!(grant_of(&simulator, BO, FRANCE), ["ADMIN"]);
    let body =
        json!({ "accesses": [{ "asset_id": FRANCE, "member_id": BO }, { "asset_id": FRANCE, "member_id": CY }] });
    let done = write(&simulator, "DELETE", MEMBER_GRANTS, &body);
    assert_eq!(done.body, json!({ "items": [{ "asset_id": FRANCE, "member_id": BO }] }));
    assert!(grant_of(&simulator, BO, FRANCE).is_empty());
    assert_clean(&simulator);
}

#[test]
fn grants_of_partners_are_set_and_removed_in_both_directions() {
    let simulator = started();
    let access = json!({ "asset_id": GERMANY, "partner_id": NORTH, "permissions": ["ANALYST"] });
    let done = write(&simulator, "PATCH", PARTNER_GRANTS, &json!({ "accesses": [access] }));
    assert_eq!(done.items()[0]["asset_type"], "AD_ACCOUNT");
    let list = read(&simulator, &format!("/partners/{NORTH}/assets"));
    assert_eq!(list.items()[0]["permissions"], json!(["ANALYST"]));
    let body = json!({ "accesses": [
        { "asset_id": GERMANY, "partner_id": NORTH },
        { "asset_id": SPAIN, "partner_id": CLIENT, "partner_type": "EXTERNAL" },
    ] });
    let done = write(&simulator, "DELETE", PARTNER_GRANTS, &body);
    assert_eq!(done.items()[1]["is_shared_partner"], true);
    assert_eq!(done.items()[1]["permissions"], json!(["ANALYST"]));
    assert!(simulator.state().grants.iter().all(|grant| !grant.principal.is_partner()));
    assert_clean(&simulator);
}

#[test]
fn an_asset_that_is_shared_with_us_cannot_be_shared_on() {
    let simulator = started();
    let access = json!({ "asset_id": SPAIN, "partner_id": NORTH, "permissions": ["ANALYST"] });
    let done = write(&simulator, "PATCH", PARTNER_GRANTS, &json!({ "accesses": [access] }));
    assert_eq!((done.status, done.items().len()), (200, 0));
    let invite = json!({ "invite_id": "380000000000000003", "invite_type": "PARTNER_INVITE", "asset_id_to_permissions": { SPAIN: ["ANALYST"] } });
    let done = write(&simulator, "POST", "/invites/assets/access", &json!({ "invites": [invite] }));
    assert_eq!(done.items()[0]["exception"]["code"], 29);
    assert!(simulator.state() == seed());
    assert_clean(&simulator);
}

#[test]
fn groups_are_made_changed_and_deleted() {
    let simulator = started();
    let body = json!({ "asset_group_name": "APAC", "asset_group_description": "all", "asset_group_types": ["BRAND"] });
    let made = write(&simulator, "POST", "/asset_groups", &body);
    let group = made.body["asset_group"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.body["asset_group"]["created_by"]["email"], "ana@acme.example");
    let update = json!({ "asset_groups_to_update": [
        { "asset_group_id": group, "name": "Asia", "description": "more", "assets_to_add": [FRANCE, GERMANY] },
        { "asset_group_id": group, "assets_to_remove": [FRANCE] },
        { "asset_group_id": "1", "name": "nobody's" },
        { "asset_group_id": group, "assets_to_add": ["2"] },
    ] });
    let done = write(&simulator, "PATCH", "/asset_groups", &update);
    assert_eq!(done.body["updated_asset_groups"].as_array().unwrap().len(), 2);
    assert_eq!(done.body["updated_asset_groups"][1]["ad_accounts_ids"], json!([GERMANY]));
    assert_eq!(done.body["updated_asset_groups"][1]["asset_group_name"], "Asia");
    assert_eq!(done.body["exceptions"].as_array().unwrap().len(), 2);
    let done = write(&simulator, "DELETE", "/asset_groups", &json!({ "asset_groups_to_delete": [group, GROUP] }));
    assert_eq!(done.body, json!({ "deleted_asset_groups": [group, GROUP], "exceptions": null }));
    let state = simulator.state();
    assert!(state.contents.is_empty() && state.find_asset(GROUP).is_none());
    assert_clean(&simulator);
}

#[test]
fn people_are_invited_given_grants_and_cancelled() {
    let simulator = started();
    let body = json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": ["gus@acme.example", "BO@acme.example", "di@acme.example"] });
    let sent = write(&simulator, "POST", "/invites", &body);
    let invite = sent.items()[0]["invite"]["id"].as_str().unwrap().to_owned();
    assert_eq!(sent.items()[0]["invite"]["user"]["email"], "gus@acme.example");
    // A member and somebody who was asked already.
    assert_eq!(sent.items()[1]["exception"]["users_or_partner_ids"], json!(["BO@acme.example"]));
    assert_eq!(sent.items()[2]["exception"]["code"], 403);
    let attach = json!({ "invites": [{ "invite_id": invite, "invite_type": "MEMBER_INVITE", "asset_id_to_permissions": { FRANCE: ["ANALYST"] } }] });
    let done = write(&simulator, "POST", "/invites/assets/access", &attach);
    assert_eq!(done.items()[0]["invite"]["created_by_business_id"], BUSINESS);
    let listed = read(&simulator, "/invites");
    let row = listed.items().iter().find(|item| item["id"] == invite.as_str()).unwrap();
    assert_eq!(row["assets_summary"]["ad_accounts"], json!([{ "id": FRANCE, "permissions": ["ANALYST"] }]));
    assert_eq!(row["invite_data"]["invite_expiration"], 1_797_919_200_000_i64);
    let body = json!({ "invite_ids": [invite, "380000000000000002", RECEIVED] });
    let done = write(&simulator, "DELETE", "/invites", &body);
    assert_eq!(done.items()[0]["invite"]["invite_data"]["invite_status"], "CANCELLED");
    let message = "Business Invite request cannot be performed on current invitation status.";
    assert_eq!(done.items()[1]["exception"], json!({ "invite_id": "380000000000000002", "message": message }));
    assert_eq!(done.items()[2]["exception"]["message"], "Invite not found.");
    assert_clean(&simulator);
}

#[test]
fn partners_are_invited_and_asked_by_id() {
    let simulator = started();
    for (kind, known) in [("PARTNER_INVITE", NORTH), ("PARTNER_REQUEST", CLIENT)] {
        let body =
            json!({ "invite_type": kind, "business_role": "PARTNER", "partners": ["700000000000000008", known] });
        let sent = write(&simulator, "POST", "/invites", &body);
        assert_eq!(sent.items()[0]["invite"]["user"]["id"], "700000000000000008");
        assert_eq!(sent.items()[1]["exception"]["users_or_partner_ids"], json!([known]));
    }
    let wrong = json!({ "invite_type": "PARTNER_INVITE", "business_role": "EMPLOYEE", "partners": ["1"] });
    assert_eq!(write(&simulator, "POST", "/invites", &wrong).status, 400);
    let wrong = json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "partners": ["1"] });
    assert_eq!(write(&simulator, "POST", "/invites", &wrong).status, 400);
    assert_clean(&simulator);
}

#[test]
fn access_is_requested_from_an_existing_partner() {
    let simulator = started();
    let body = json!({ "asset_requests": [
        { "partner_id": CLIENT, "asset_id_to_permissions": { SPAIN: ["ADMIN"], "549700000099": ["ANALYST"] } },
        { "partner_id": CLIENT, "asset_id_to_permissions": { FRANCE: ["ADMIN"] } },
        { "partner_id": NORTH, "asset_id_to_permissions": { SPAIN: ["ADMIN"] } },
    ] });
    let done = write(&simulator, "POST", "/requests/assets/access", &body);
    assert_eq!(done.body["invites"].as_object().unwrap().len(), 1);
    assert!(done.body["invites"][CLIENT].is_string());
    let messages = json!([format!("Invalid asset id: {FRANCE}"), format!("No partnership with {NORTH}")]);
    assert_eq!(done.body["exceptions"], json!([{ "code": 2932, "messages": messages }]));
    assert_clean(&simulator);
}

#[test]
fn only_accounts_and_profiles_can_be_asked_for() {
    let simulator = started();
    let owns = |asset: &str, kind: &str| {
        simulator.event(Event::Owns { business: CLIENT.to_owned(), asset: asset.to_owned(), kind: kind.to_owned() });
    };
    owns("61", "PROFILE");
    owns("62", "CATALOG");
    let ask = |asset: &str| {
        let request = json!({ "partner_id": CLIENT, "asset_id_to_permissions": { asset: ["PROFILE_PUBLISHER"] } });
        write(&simulator, "POST", "/requests/assets/access", &json!({ "asset_requests": [request] })).body["exceptions"]
            .is_null()
    };
    assert_eq!([ask("61"), ask("62"), ask("63")], [true, false, false]);
    assert_clean(&simulator);
}

#[test]
fn a_received_request_is_accepted_with_less_or_declined() {
    let answer = |accept: bool, grants: Value| {
        let mut action = json!({ "accept_invite": accept });
        if grants.is_object() {
            action["asset_id_to_permissions"] = grants;
        }
        json!({ "invites": [{ "invite_id": RECEIVED, "action": action }] })
    };
    let respond = |simulator: &Simulator, body: &Value| {
        as_user(simulator, Setup::TOKEN, "PATCH", "/businesses/invites", Some(body))
    };
    let simulator = started();
    let refused = respond(&simulator, &answer(true, json!({ SPAIN: ["ANALYST"] })));
    assert_eq!(refused.items()[0]["exception"]["code"], 29);
    let done = respond(&simulator, &answer(true, json!({ FRANCE: ["ANALYST"] })));
    assert_eq!(done.items()[0]["invite"]["invite_data"]["invite_status"], "ACCEPTED");
    let theirs = read(&simulator, "/partners/700000000000000006/assets");
    assert_eq!(theirs.items()[0]["permissions"], json!(["ANALYST"]));
    assert_eq!(respond(&simulator, &answer(false, Value::Null)).items()[0]["exception"]["code"], 403);
    assert_clean(&simulator);

    let simulator = started();
    let done = respond(&simulator, &answer(false, Value::Null));
    assert_eq!(done.items()[0]["invite"]["invite_data"]["invite_status"], "DECLINED");
    assert_clean(&simulator);
}

#[test]
fn whoever_was_invited_answers_under_their_own_token() {
    let simulator = Simulator::start(setup().token(Token::of("di@acme.example", "di")));
    let body = json!({ "invites": [{ "invite_id": DI, "action": { "accept_invite": true } }] });
    // It was not sent to us.
    let ours = as_user(&simulator, Setup::TOKEN, "PATCH", "/businesses/invites", Some(&body));
    assert_eq!(ours.items()[0]["exception"]["code"], 404);
    let done = as_user(&simulator, "di", "PATCH", "/businesses/invites", Some(&body));
    assert_eq!(done.items()[0]["invite"]["id"], DI);
    let members = read(&simulator, "/members");
    let di = members.items().iter().find(|item| item["user"]["email"] == "di@acme.example").unwrap();
    assert_eq!(grant_of(&simulator, di["id"].as_str().unwrap(), FRANCE), ["ANALYST"]);
    assert_eq!(as_user(&simulator, "di", "GET", "/businesses/employers", None).each("id"), [BUSINESS]);
    assert_clean(&simulator);
}

#[test]
fn a_partner_answers_under_their_own_token() {
    const INVITED: &str = "700000000000000004";
    const ASKED: &str = "700000000000000005";
    let simulator = Simulator::start(setup().token(Token::of(INVITED, "invited")).token(Token::of(ASKED, "asked")));
    let respond = |token: &str, invite: &str, grants: Value| {
        let action = json!({ "accept_invite": true, "asset_id_to_permissions": grants });
        let body = json!({ "invites": [{ "invite_id": invite, "action": action }] });
        as_user(&simulator, token, "PATCH", "/businesses/invites", Some(&body)).items()[0]["invite"].is_object()
    };
    // Who is invited can't give themselves more than was attached: nothing.
    assert!(respond("invited", "380000000000000003", json!({ FRANCE: ["ADMIN"] })));
    assert_eq!(read(&simulator, &format!("/partners/{INVITED}/assets")).items().len(), 0);
    // Who was asked says what they grant.
    assert!(respond("asked", "380000000000000004", json!({ "549700000050": ["ANALYST"] })));
    let lent = read(&simulator, &format!("/partners/{ASKED}/assets?partner_type=EXTERNAL"));
    assert_eq!(lent.each("asset_id"), ["549700000050"]);
    assert!(!respond("asked", "380000000000000003", json!({ FRANCE: ["ADMIN"] })));
    assert_clean(&simulator);
}

#[test]
fn system_users_are_renamed() {
    let simulator = started();
    let done = write(&simulator, "PATCH", &format!("/system_users/{SYSTEM}"), &json!({ "name": "Billing" }));
    assert_eq!((done.status, done.text.as_str()), (200, ""));
    assert_eq!(read(&simulator, "/members?fetch_system_users=true").items()[0]["user"]["username"], "Billing");
    assert_eq!(write(&simulator, "PATCH", &format!("/system_users/{BO}"), &json!({ "name": "x" })).status, 404);
    assert_clean(&simulator);
}

#[test]
fn brand_accounts_are_made_and_changed() {
    const PATH: &str = "/business_access/business_hierarchy/7009386637860/brand_accounts";
    let simulator = started();
    let body = json!({ "name": "Canada", "username": "acme_ca", "country": "CA" });
    let made = as_user(&simulator, Setup::TOKEN, "POST", PATH, Some(&body));
    let id = made.body["brand_account_id"].as_str().unwrap();
    let update = |id: &str| {
        as_user(&simulator, Setup::TOKEN, "PATCH", &format!("{PATH}/{id}"), Some(&json!({ "about": "x" }))).status
    };
    assert_eq!([update(id), update("1"), update(BUSINESS)], [200, 404, 409]);
    assert_eq!(as_user(&simulator, Setup::TOKEN, "POST", PATH, Some(&body)).status, 409);
    let elsewhere = "/business_access/business_hierarchy/1/brand_accounts";
    assert_eq!(as_user(&simulator, Setup::TOKEN, "POST", elsewhere, Some(&body)).code(), 29);
    assert_eq!(simulator.with_world(|world| world.brands[id]["about"].clone()), "x");
    assert_clean(&simulator);
}
