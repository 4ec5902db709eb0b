//! Which calls operations become.

use super::*;

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
