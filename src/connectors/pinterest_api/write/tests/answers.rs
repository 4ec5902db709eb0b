//! What answers are taken for, and what is asked again.

use super::*;

/// Shape 1: `items` of `{invite, exception}`, where both, one or none may be null.
#[test]
fn invites_are_matched_by_whom_they_name() {
    let answer = json!({"items": [
        {"invite": {"id": "32", "user": {"email": "CY@acme.example", "username": null}}, "exception": null},
        {"invite": null, "exception": {
            "code": 403, "message": "You hit the maximum number of pending invites allowed.",
            "users_or_partner_ids": ["bo@acme.example"],
        }},
        {"invite": null, "exception": null},
        {"invite": {"id": "33", "user": {"username": "di", "email": "di@acme.example"}},
         "exception": {"message": "odd", "users_or_partner_ids": ["di@acme.example"]}},
        {"invite": {"id": "34", "user": null}},
    ]});
    let actions = ["bo", "cy", "di", "ed"].map(|name| invite(name, Vec::new()));
    let outcomes = Script::of([Ok(answer)]).perform(&actions);
    let both = unsaid("the answer has both an invite and `odd`");
    let limit = failed("You hit the maximum number of pending invites allowed. (code 403)");
    let nobody = unsaid(
        "the answer leaves it out and says `You hit the maximum number of pending invites allowed. (code 403)`, `odd`",
    );
    assert_eq!(outcomes, [limit, created("32"), both, nobody]);
}

#[test]
fn cancelled_and_answered_invites_are_matched_by_id() {
    let cancel =
        |id: &str| Action::CancelInvite { invite: id.to_owned(), invitee: member("1"), role: None, grants: Vec::new() };
    let answer = json!({"items": [
        {"invite": {"id": "31", "invite_data": {"invite_status": "CANCELLED"}}},
        {"exception": {"invite_id": "32", "message": "Business Invite request cannot be performed on current invitation status."}},
    ]});
    let outcomes = Script::of([Ok(answer)]).perform(&["31", "32", "33"].map(cancel));
    let status = "Business Invite request cannot be performed on current invitation status.";
    assert_eq!(outcomes, [done(), failed(status), unsaid(&format!("{LEFT_OUT} and says `{status}`"))]);

    let accept = |id: &str| Action::AcceptInvite {
        invite: id.to_owned(),
        partner: nova(Direction::Inbound),
        grants: Vec::new(),
    };
    let answer = json!({"items": [
        {"invite": {"id": 41}},
        {"exception": {"invite_or_request_id": "42", "code": 403}},
    ]});
    let outcomes = Script::of([Ok(answer)]).perform(&["41", "42"].map(accept));
    assert_eq!(outcomes, [done(), failed("refused with code 403")]);
}

/// Shape 2: `items` of `{response}`, with an `exception` that only the prose promises.
#[test]
fn a_grant_of_a_member_is_done_where_the_answer_shows_the_very_set() {
    let response =
        |member: &str, list: &[&str]| json!({"response": {"asset_id": "71", "member_id": member, "permissions": list}});
    let answer = json!({"items": [
        response("1", &["ANALYST", "ADMIN"]),
        response("2", &["ADMIN"]),
        {"response": null, "exception": {"member_id": "3", "asset_id": "71", "message": "no such asset"}},
    ]});
    let actions = ["1", "2", "3", "4"].map(|id| set(member(id), "71", &["ADMIN", "ANALYST"]));
    let outcomes = Script::of([Ok(answer)]).perform(&actions);
    let left = unsaid("the answer leaves it out and says `no such asset`");
    assert_eq!(outcomes, [done(), unsaid("the answer shows `ADMIN`"), failed("no such asset"), left]);
}

/// Shape 3: a list of what was done, which has no place for what was not.
#[test]
fn a_list_of_what_was_done_proves_nothing() {
    let remove =
        |id: &str| Action::RemoveMember { person: person(id), role: "EMPLOYEE".to_owned(), grants: Vec::new() };
    let role = |id: &str| Action::SetRole { person: person(id), before: "X".to_owned(), after: "EMPLOYEE".to_owned() };
    let end = |id: &str| Action::RemovePartner {
        partner: PartnerRef { id: id.to_owned(), ..nova(Direction::Inbound) },
        grants: Vec::new(),
    };
    let inbound = |id: &str| partner(id, Direction::Inbound);
    let entry = |key: &str| json!({"items": [{key: "1", "asset_id": "71"}, {key: "2", "asset_id": "72"}]});
    let rows = [
        (["1", "2"].map(remove).to_vec(), json!({"deleted_members": ["1"]})),
        (["1", "2"].map(end).to_vec(), json!({"deleted_partners": ["1"]})),
        (["1", "2"].map(role).to_vec(), entry("member_id").take_first()),
        (["1", "2"].map(|id| take(member(id), "71")).to_vec(), entry("member_id")),
        (["1", "2"].map(|id| take(inbound(id), "71")).to_vec(), entry("partner_id")),
        (["1", "2"].map(|id| set(inbound(id), "71", &["ANALYST"])).to_vec(), entry("partner_id")),
    ];
    for (actions, answer) in rows {
        let outcomes = Script::of([Ok(answer)]).perform(&actions);
        assert_eq!(outcomes, [unsaid(LISTED), unsaid(LEFT_OUT)], "{actions:?}");
    }
}

trait First {
    fn take_first(self) -> Self;
}

impl First for Value {
    fn take_first(mut self) -> Self {
        if let Some(items) = self["items"].as_array_mut() {
            items.truncate(1);
        }
        self
    }
}

/// Shape 4: `exceptions` beside a list, as a list or a single one.
#[test]
fn a_group_is_as_the_answer_shows_it() {
    let add = |id: &str, asset: &str| Action::AddToGroup { group: group(Some(id)), asset: account(asset) };
    let answer = json!({
        "updated_asset_groups": [{"id": "801", "ad_accounts_ids": ["71"], "profiles_ids": null, "catalogs_ids": ["73"]}],
        "exceptions": [{"asset_group_id": "802", "code": 29, "message": "You are not permitted to access that resource."}],
    });
    let actions = [add("801", "71"), add("801", "72"), add("801", "73"), add("802", "71"), add("803", "71")];
    let outcomes = Script::of([Ok(answer)]).perform(&actions);
    let permitted = "You are not permitted to access that resource. (code 29)";
    assert_eq!(
        outcomes,
        [
            done(),
            unsaid("the answer does not show it"),
            done(),
            failed(permitted),
            unsaid(&format!("{LEFT_OUT} and says `{permitted}`")),
        ]
    );
    let delete = |id: &str| Action::DeleteGroup { group: group(Some(id)), contents: Vec::new(), grants: Vec::new() };
    let answer = json!({
        "deleted_asset_groups": ["801"],
        "exceptions": {"asset_group_id": "802", "message": "gone"},
    });
    let outcomes = Script::of([Ok(answer)]).perform(&["801", "802"].map(delete));
    assert_eq!(outcomes, [done(), failed("gone")]);
}

/// Shape 5: `exceptions` beside a map, which name no partner.
#[test]
fn a_request_beside_a_refusal_is_looked_at() {
    let ask = |id: &str| Action::RequestAccess {
        partner: PartnerRef { id: id.to_owned(), ..nova(Direction::Outbound) },
        asset: account("71"),
        before: Vec::new(),
        after: words(&["ANALYST"]),
    };
    let fine = json!({"invites": {"500": "91", "501": "92"}, "exceptions": null});
    assert_eq!(Script::of([Ok(fine)]).perform(&["500", "501"].map(ask)), [created("91"), created("92")]);
    let partly = json!({
        "invites": {"500": "91"},
        "exceptions": [{"code": 2932, "messages": ["Invalid asset id: 71", "Invalid asset id: 72"]}],
    });
    let said = format!("{LEFT_OUT} and says `Invalid asset id: 71; Invalid asset id: 72 (code 2932)`");
    assert_eq!(Script::of([Ok(partly)]).perform(&["500", "501"].map(ask)), [unsaid(&said), unsaid(&said)]);
}

#[test]
fn grants_are_attached_to_the_invites_that_have_an_id() {
    let grants = || vec![attached("71", &["ANALYST"])];
    let sent = json!({"items": [
        {"invite": {"id": "31", "user": {"email": "bo@acme.example"}}},
        {"exception": {"message": "no", "users_or_partner_ids": ["cy@acme.example"]}},
        {"invite": {"id": "33", "user": {"username": "di", "email": "di@acme.example"}}},
        {"invite": {"id": "34", "user": {"email": "ed@acme.example"}}},
    ]});
    let attached = json!({"items": [
        {"invite": {"id": "31"}},
        {"exception": {"invite_or_request_id": "34", "message": "no such asset"}},
    ]});
    let script = Script::of([Ok(sent), Ok(attached)]);
    let actions = [invite("bo", grants()), invite("cy", grants()), invite("di", Vec::new()), invite("ed", grants())];
    let outcomes = script.perform(&actions);
    let message = "invite `34` was sent, but its grants were refused: no such asset".to_owned();
    let lacks = Outcome::Half { created: "34".to_owned(), message };
    assert_eq!(outcomes, [created("31"), failed("no"), created("33"), lacks]);
    let ids: Vec<&str> = {
        let bodies = script.bodies();
        let list = bodies[1]["invites"].as_array().unwrap().clone();
        list.iter().map(|entry| if entry["invite_id"] == "31" { "31" } else { "34" }).collect()
    };
    assert_eq!(ids, ["31", "34"]);
}

/// Not every answer shows the address. Of a single invite it is clear whose it is; of several it is not.
#[test]
fn an_answer_without_addresses_is_that_of_the_only_one_who_was_asked() {
    let bare = |id: &str| json!({"invite": {"id": id, "user": {"username": "somebody"}}});
    let one = Script::of([Ok(json!({"items": [bare("31")]}))]);
    assert_eq!(one.perform(&[invite("bo", Vec::new())]), [created("31")]);
    let two = Script::of([Ok(json!({"items": [bare("31"), bare("32")]}))]);
    let outcomes = two.perform(&[invite("bo", Vec::new()), invite("cy", Vec::new())]);
    assert_eq!(outcomes, [unsaid(LEFT_OUT), unsaid(LEFT_OUT)]);
    let other = json!({"items": [{"invite": {"id": "31", "user": {"email": "di@acme.example"}}}]});
    assert_eq!(Script::of([Ok(other)]).perform(&[invite("bo", Vec::new())]), [unsaid(LEFT_OUT)]);
}

#[test]
fn an_invite_that_was_sent_before_only_gets_its_grants() {
    let grants = vec![attached("71", &["ANALYST"])];
    let script = Script::of([Ok(json!({"items": [{"invite": {"id": "31"}}]}))]);
    let outcomes = script.go_on(&[invite("bo", grants)], &[("op-0", "31")]);
    assert_eq!(outcomes, [created("31")]);
    assert_eq!(script.sent.borrow()[0].path, "/businesses/600/invites/assets/access");
}

#[test]
fn only_what_is_to_blame_for_a_refusal_is_refused() {
    let answer = |ids: &[&str]| {
        let items: Vec<Value> = ids
            .iter()
            .map(|id| json!({"response": {"asset_id": "71", "member_id": id, "permissions": ["ANALYST"]}}))
            .collect();
        Ok(json!({ "items": items }))
    };
    let no = || Err(refused(400));
    // All four, the first two, the last two, the third, the fourth.
    let script = Script::of([no(), answer(&["1", "2"]), no(), no(), answer(&["4"])]);
    let outcomes = script.perform(&["1", "2", "3", "4"].map(|id| set(member(id), "71", &["ANALYST"])));
    assert_eq!(outcomes, [done(), done(), failed("PATCH /x: 400 (code 1): no"), done()]);
    // Who may not write at all is not asked once for each operation.
    let script = Script::of([Err(refused(403))]);
    let outcomes = script.perform(&["1", "2"].map(|id| set(member(id), "71", &["ANALYST"])));
    assert_eq!(outcomes, [failed("PATCH /x: 403 (code 1): no"), failed("PATCH /x: 403 (code 1): no")]);
}

#[test]
fn what_nobody_knows_is_said_and_not_sent_again() {
    let script = Script::of([Err(uncertain())]);
    let outcomes = script.perform(&[invite("bo", vec![attached("71", &["ANALYST"])])]);
    assert!(matches!(&outcomes[..], [Outcome::Uncertain { .. }]), "{outcomes:?}");
    assert_eq!(script.sent.borrow().len(), 1);
    // Of the invite it is known.
    let sent = json!({"items": [{"invite": {"id": "31", "user": {"email": "bo@acme.example"}}}]});
    let script = Script::of([Ok(sent), Err(uncertain())]);
    let outcomes = script.perform(&[invite("bo", vec![attached("71", &["ANALYST"])])]);
    assert!(
        matches!(&outcomes[..], [Outcome::Uncertain { message }] if message.contains("`31` was sent")),
        "{outcomes:?}"
    );
}

#[test]
fn a_platform_that_takes_nothing_more_is_not_asked_again() {
    let gave_up = CallError::GaveUp {
        call: "PATCH /x".to_owned(),
        message: "too many calls".to_owned(),
        attempts: 4,
        request_id: None,
    };
    let unrenewed = CallError::Unrenewed { why: "POST /oauth/token: 400".to_owned() };
    for error in [gave_up, refused(401), unrenewed] {
        let script = Script::of([Err(error)]);
        let grants: Vec<Action> = (0..60).map(|n| set(member(&n.to_string()), "71", &["ANALYST"])).collect();
        let outcomes = script.perform(&grants);
        assert_eq!((outcomes.len(), script.sent.borrow().len()), (60, 1));
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::NotNow { .. })));
    }
}

#[test]
fn a_group_that_is_not_there_yet_is_no_call() {
    let unknown = AssetRef { key: Some("apac".to_owned()), ..group(None) };
    let script = Script::default();
    let outcomes = script.perform(&[Action::AddToGroup { group: unknown, asset: account("71") }]);
    assert_eq!(outcomes, [failed("no asset group created for `EMEA` in the business")]);
}
