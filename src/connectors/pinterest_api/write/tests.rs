//! Calls and outcomes, with the platform's answers from a script.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::super::request::{Method, Repeat};
use super::*;
use crate::model::{AssetRef, Digest, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::file::VerifiedPlan;
use crate::plan::{Cause, Executor, Origin, Plan, Undo};

const BUSINESS: &str = "600";

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn person(id: &str) -> PersonRef {
    PersonRef { id: Some(id.to_owned()), email: Some(format!("p{id}@acme.example")), ..PersonRef::default() }
}

fn member(id: &str) -> Principal {
    Principal::Person(person(id))
}

fn nova(direction: Direction) -> PartnerRef {
    PartnerRef { key: Some("nova".to_owned()), id: "500".to_owned(), name: None, direction }
}

fn partner(id: &str, direction: Direction) -> Principal {
    Principal::Partner(PartnerRef { id: id.to_owned(), ..nova(direction) })
}

fn account(id: &str) -> AssetRef {
    AssetRef { key: None, id: Some(id.to_owned()), name: None, kind: "AD_ACCOUNT".to_owned() }
}

fn group(id: Option<&str>) -> AssetRef {
    AssetRef {
        key: Some("emea".to_owned()),
        id: id.map(str::to_owned),
        name: Some("EMEA".to_owned()),
        kind: "ASSET_GROUP".to_owned(),
    }
}

fn attached(asset: &str, list: &[&str]) -> AttachedGrant {
    AttachedGrant { asset: account(asset), permissions: words(list) }
}

fn set(principal: Principal, asset: &str, after: &[&str]) -> Action {
    Action::SetGrant { principal, asset: account(asset), before: Vec::new(), after: words(after) }
}

fn take(principal: Principal, asset: &str) -> Action {
    Action::RemoveGrant { principal, asset: account(asset), before: words(&["ANALYST"]) }
}

fn invite(name: &str, grants: Vec<AttachedGrant>) -> Action {
    let person = PersonRef { email: Some(format!("{name}@acme.example")), ..PersonRef::default() };
    Action::InviteMember { person, role: "EMPLOYEE".to_owned(), grants }
}

fn operation(number: usize, action: &Action) -> Operation {
    Operation {
        id: format!("op-{number}"),
        action: action.clone(),
        cause: Cause::Unwritten { nearest: None },
        risk: Vec::new(),
        after: Vec::new(),
        rests_on: Vec::new(),
        precondition: Digest::of(b""),
        undo: Undo::Reversible,
        by: Executor::Connector,
        origin: Origin::Unknown,
    }
}

fn plan() -> VerifiedPlan {
    VerifiedPlan::assumed(Plan {
        format: "accord-plan".to_owned(),
        format_version: 1,
        digest: Digest::of(b""),
        as_of: "2026-11-22T10:00:00Z".parse().unwrap(),
        desired: Digest::of(b""),
        only: Vec::new(),
        rules: crate::rules::Judgement::default(),
        businesses: Vec::new(),
        overrides: Vec::new(),
        approvals: crate::plan::Approvals::default(),
    })
}

/// What was sent, and what is answered in order.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Result<Value, CallError>>>,
    sent: RefCell<Vec<Request>>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Result<Value, CallError>>) -> Self {
        Script { answers: RefCell::new(answers.into_iter().collect()), ..Script::default() }
    }

    fn send(&self, request: &Request) -> Result<Answer, CallError> {
        self.sent.borrow_mut().push(request.clone());
        let body = self.answers.borrow_mut().pop_front().expect("an answer")?;
        Ok(Answer { status: 200, body, request_id: None })
    }

    fn perform(&self, actions: &[Action]) -> Vec<Outcome> {
        self.go_on(actions, &[])
    }

    /// Where some invites were sent before.
    fn go_on(&self, actions: &[Action], begun: &[(&str, &str)]) -> Vec<Outcome> {
        let operations: Vec<Operation> = actions.iter().enumerate().map(|(n, action)| operation(n, action)).collect();
        let (plan, created) = (plan(), BTreeMap::from([("emea".to_owned(), "808".to_owned())]));
        let context = Context::of(&plan, &created).begun(begun.iter().copied());
        let batch: Vec<&Operation> = operations.iter().collect();
        perform(BUSINESS, &batch, &context, &|request| self.send(request))
    }

    fn bodies(&self) -> Vec<Value> {
        self.sent.borrow().iter().map(|request| request.body.clone().unwrap_or_default()).collect()
    }
}

fn refused(status: u16) -> CallError {
    let (call, message) = ("PATCH /x".to_owned(), "no".to_owned());
    CallError::Refused { call, status, code: Some(1), message, request_id: None }
}

fn uncertain() -> CallError {
    CallError::Uncertain { call: "POST /x".to_owned(), message: "cut".to_owned(), request_id: None }
}

fn done() -> Outcome {
    Outcome::Done { created: None }
}

fn created(id: &str) -> Outcome {
    Outcome::Done { created: Some(id.to_owned()) }
}

fn failed(message: &str) -> Outcome {
    Outcome::Failed { message: message.to_owned() }
}

fn unsaid(message: &str) -> Outcome {
    Outcome::Unsaid { message: message.to_owned() }
}

const LEFT_OUT: &str = "the answer leaves it out";
const LISTED: &str = "the answer lists it, and has no place for a refusal";

/// One action of each kind: method, path, body, whether it may be sent twice.
#[test]
fn every_kind_of_operation_has_its_call() {
    let add = |asset| Action::AddToGroup { group: group(None), asset: account(asset) };
    let rows: Vec<(Vec<Action>, Method, &str, Value, Repeat)> = vec![
        (
            vec![
                Action::SetRole { person: person("1"), before: "EMPLOYEE".to_owned(), after: "BIZ_ADMIN".to_owned() },
                Action::SetRole { person: person("2"), before: "BIZ_ADMIN".to_owned(), after: "EMPLOYEE".to_owned() },
            ],
            Method::Patch,
            "/businesses/600/members",
            json!([{"member_id": "1", "business_role": "BIZ_ADMIN"}, {"member_id": "2", "business_role": "EMPLOYEE"}]),
            Repeat::Safe,
        ),
        (
            vec![Action::RemoveMember { person: person("1"), role: "EMPLOYEE".to_owned(), grants: Vec::new() }],
            Method::Delete,
            "/businesses/600/members",
            json!({"members": [{"member_id": "1", "business_role": "EMPLOYEE"}]}),
            Repeat::Safe,
        ),
        (
            vec![Action::RemovePartner { partner: nova(Direction::Outbound), grants: Vec::new() }],
            Method::Delete,
            "/businesses/600/partners",
            json!({"partner_ids": ["500"], "partner_type": "EXTERNAL"}),
            Repeat::LookFirst,
        ),
        (
            vec![set(member("1"), "71", &["ADMIN", "ANALYST"])],
            Method::Patch,
            "/businesses/600/members/assets/access",
            json!({"accesses": [{"asset_id": "71", "member_id": "1", "permissions": ["ADMIN", "ANALYST"]}]}),
            Repeat::Safe,
        ),
        (
            vec![set(partner("500", Direction::Inbound), "71", &["ANALYST"])],
            Method::Patch,
            "/businesses/600/partners/assets",
            json!({"accesses": [{"asset_id": "71", "partner_id": "500", "permissions": ["ANALYST"]}]}),
            Repeat::Safe,
        ),
        (
            vec![take(member("1"), "71")],
            Method::Delete,
            "/businesses/600/members/assets/access",
            json!({"accesses": [{"asset_id": "71", "member_id": "1"}]}),
            Repeat::Safe,
        ),
        (
            vec![take(partner("500", Direction::Inbound), "71"), take(partner("501", Direction::Outbound), "72")],
            Method::Delete,
            "/businesses/600/partners/assets",
            json!({"accesses": [
                {"asset_id": "71", "partner_id": "500", "partner_type": "INTERNAL"},
                {"asset_id": "72", "partner_id": "501", "partner_type": "EXTERNAL"},
            ]}),
            Repeat::Safe,
        ),
        (
            vec![Action::CreateGroup {
                group: group(None),
                description: "all of it".to_owned(),
                types: words(&["BRAND", "OTHER"]),
            }],
            Method::Post,
            "/businesses/600/asset_groups",
            json!({
                "asset_group_name": "EMEA",
                "asset_group_description": "all of it",
                "asset_group_types": ["BRAND", "OTHER"],
            }),
            Repeat::LookFirst,
        ),
        (
            vec![add("71"), add("72")],
            Method::Patch,
            "/businesses/600/asset_groups",
            json!({"asset_groups_to_update": [{"asset_group_id": "808", "assets_to_add": ["71", "72"]}]}),
            Repeat::LookFirst,
        ),
        (
            vec![Action::RemoveFromGroup { group: group(Some("809")), asset: account("71") }],
            Method::Patch,
            "/businesses/600/asset_groups",
            json!({"asset_groups_to_update": [{"asset_group_id": "809", "assets_to_remove": ["71"]}]}),
            Repeat::LookFirst,
        ),
        (
            vec![Action::DeleteGroup { group: group(Some("809")), contents: Vec::new(), grants: Vec::new() }],
            Method::Delete,
            "/businesses/600/asset_groups",
            json!({"asset_groups_to_delete": ["809"]}),
            Repeat::LookFirst,
        ),
        (
            vec![invite("bo", Vec::new()), invite("cy", Vec::new())],
            Method::Post,
            "/businesses/600/invites",
            json!({
                "invite_type": "MEMBER_INVITE",
                "business_role": "EMPLOYEE",
                "members": ["bo@acme.example", "cy@acme.example"],
            }),
            Repeat::LookFirst,
        ),
        (
            vec![Action::InvitePartner { partner: nova(Direction::Inbound), grants: Vec::new() }],
            Method::Post,
            "/businesses/600/invites",
            json!({"invite_type": "PARTNER_INVITE", "business_role": "PARTNER", "partners": ["500"]}),
            Repeat::LookFirst,
        ),
        (
            vec![Action::RequestPartner { partner: nova(Direction::Outbound), grants: Vec::new() }],
            Method::Post,
            "/businesses/600/invites",
            json!({"invite_type": "PARTNER_REQUEST", "business_role": "PARTNER", "partners": ["500"]}),
            Repeat::LookFirst,
        ),
        (
            vec![Action::AttachGrants {
                invite: "31".to_owned(),
                invitee: partner("500", Direction::Outbound),
                before: Vec::new(),
                after: vec![attached("71", &["ANALYST"])],
            }],
            Method::Post,
            "/businesses/600/invites/assets/access",
            json!({"invites": [{
                "invite_id": "31",
                "invite_type": "PARTNER_REQUEST",
                "asset_id_to_permissions": {"71": ["ANALYST"]},
            }]}),
            Repeat::Safe,
        ),
        (
            vec![Action::CancelInvite {
                invite: "31".to_owned(),
                invitee: member("1"),
                role: None,
                grants: Vec::new(),
            }],
            Method::Delete,
            "/businesses/600/invites",
            json!({"invite_ids": ["31"]}),
            Repeat::LookFirst,
        ),
        (
            vec![
                Action::AcceptInvite {
                    invite: "41".to_owned(),
                    partner: nova(Direction::Inbound),
                    grants: vec![attached("71", &["ANALYST"])],
                },
                Action::AcceptInvite {
                    invite: "42".to_owned(),
                    partner: nova(Direction::Outbound),
                    grants: Vec::new(),
                },
            ],
            Method::Patch,
            "/businesses/invites",
            json!({"invites": [
                {"invite_id": "41", "action": {"accept_invite": true, "asset_id_to_permissions": {"71": ["ANALYST"]}}},
                {"invite_id": "42", "action": {"accept_invite": true}},
            ]}),
            Repeat::LookFirst,
        ),
        (
            ["71", "72"]
                .map(|asset| Action::RequestAccess {
                    partner: nova(Direction::Outbound),
                    asset: account(asset),
                    before: Vec::new(),
                    after: words(&["ANALYST"]),
                })
                .to_vec(),
            Method::Post,
            "/businesses/600/requests/assets/access",
            json!({"asset_requests": [{
                "partner_id": "500",
                "asset_id_to_permissions": {"71": ["ANALYST"], "72": ["ANALYST"]},
            }]}),
            Repeat::LookFirst,
        ),
    ];
    for (actions, method, path, body, repeat) in rows {
        let script = Script::of([Ok(Value::Null)]);
        let outcomes = script.perform(&actions);
        let sent = script.sent.borrow();
        let [request] = sent.as_slice() else { panic!("{} calls for {actions:?}", sent.len()) };
        assert_eq!(*request, Request { method, path: path.to_owned(), query: Vec::new(), body: Some(body), repeat });
        assert_eq!(outcomes.len(), actions.len());
        // An answer that says nothing says nothing.
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Unsaid { .. })), "{outcomes:?}");
    }
}

#[test]
fn calls_hold_what_the_documented_limits_allow() {
    let grants: Vec<Action> = (0..120).map(|n| set(member(&n.to_string()), "71", &["ANALYST"])).collect();
    let removals: Vec<Action> = (0..120).map(|n| take(member(&n.to_string()), "71")).collect();
    let invites: Vec<Action> = (0..51).map(|n| invite(&n.to_string(), Vec::new())).collect();
    for (actions, sizes) in [(grants, vec![50, 50, 20]), (removals, vec![100, 20]), (invites, vec![50, 1])] {
        let script = Script::of(vec![Ok(Value::Null); sizes.len()]);
        script.perform(&actions);
        let count = |body: &Value| ["accesses", "members"].iter().find_map(|key| body[*key].as_array()).map(Vec::len);
        let sent: Vec<usize> = script.bodies().iter().filter_map(count).collect();
        assert_eq!(sent, sizes);
    }
}

#[test]
fn invites_of_two_roles_are_two_calls_and_the_interface_knows_what_it_cannot() {
    let manager = Action::InviteMember { person: person("9"), role: "BIZ_ADMIN".to_owned(), grants: Vec::new() };
    let script = Script::of(vec![Ok(Value::Null); 2]);
    script.perform(&[invite("bo", Vec::new()), manager]);
    let roles: Vec<Value> = script.bodies().iter().map(|body| body["business_role"].clone()).collect();
    assert_eq!(roles, ["EMPLOYEE", "BIZ_ADMIN"]);

    let nameless = Action::InviteMember {
        person: PersonRef { id: Some("9".to_owned()), ..PersonRef::default() },
        role: "EMPLOYEE".to_owned(),
        grants: Vec::new(),
    };
    assert!((ABILITIES.can)(&nameless).is_err());
    let catalog = AssetRef { kind: "CATALOG".to_owned(), ..account("71") };
    let partner = nova(Direction::Outbound);
    let ask = Action::RequestAccess { partner, asset: catalog, before: Vec::new(), after: words(&["CATALOGS_VIEWER"]) };
    assert!((ABILITIES.can)(&ask).unwrap_err().contains("only ad accounts and profiles"));
    assert!((ABILITIES.follows)(&invite("bo", vec![attached("71", &["ANALYST"])])));
    assert!(!(ABILITIES.follows)(&invite("bo", Vec::new())));
}

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
    let lacks = failed("invite `34` was sent, but its grants were refused: no such asset");
    assert_eq!(outcomes, [created("31"), failed("no"), created("33"), lacks]);
    let ids: Vec<&str> = {
        let bodies = script.bodies();
        let list = bodies[1]["invites"].as_array().unwrap().clone();
        list.iter().map(|entry| if entry["invite_id"] == "31" { "31" } else { "34" }).collect()
    };
    assert_eq!(ids, ["31", "34"]);
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
    for error in [gave_up, refused(401)] {
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
