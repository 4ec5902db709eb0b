//! What is not as the description says is refused, written down, or both.

use super::*;
use crate::support::pinterest::{contract_operations, has_handler};

#[test]
fn every_operation_of_the_description_is_served() {
    let operations = contract_operations();
    assert_eq!(operations.len(), 28);
    let missing: Vec<_> = operations.iter().filter(|id| !has_handler(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What was written down about one request, and its status.
fn breach(method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
    let simulator = started();
    let answer = as_user(&simulator, Setup::TOKEN, method, &format!("/businesses/{BUSINESS}{path}"), body);
    assert!(simulator.state() == seed(), "{method} {path}");
    let told = simulator.violations();
    assert_eq!(told.len(), 1, "{told:?}");
    (answer.status, told[0].split_once(": ").expect("a place and a problem").1.to_owned())
}

#[test]
fn wrong_parameters_are_refused() {
    let wrong = |path: &str| breach("GET", path, None);
    assert_eq!(
        wrong("/members?page_size=251"),
        (400, "parameter `page_size`: 251 is greater than the maximum of 250 at ``".to_owned())
    );
    assert_eq!(wrong("/members?page_size=many").0, 400);
    assert_eq!(wrong("/members?page_size=1&page_size=2").1, "parameter `page_size` stands 2 times");
    assert_eq!(wrong("/members?fetch_system_users=yes").0, 400);
    assert_eq!(wrong("/members?business_roles=EMPLOYEE,BIZ_ADMIN").0, 400);
    assert_eq!(wrong("/assets?asset_type=MERCHANT").0, 400);
    assert_eq!(wrong("/assets/abc/members").0, 400);
    assert_eq!(wrong("/assets/123456789012345678901/members").0, 400);
}

#[test]
fn wrong_bodies_are_refused() {
    let wrong = |method: &str, path: &str, body: Value| breach(method, path, Some(&body));
    let many: Vec<Value> =
        (0..51).map(|_| json!({ "asset_id": FRANCE, "member_id": BO, "permissions": ["ADMIN"] })).collect();
    let (status, told) = wrong("PATCH", MEMBER_GRANTS, json!({ "accesses": many }));
    assert_eq!(status, 400);
    assert!(told.ends_with("has more than 50 items at `/accesses`"), "{told}");
    for body in [
        set_grant(BO, FRANCE, &[]),
        set_grant(BO, FRANCE, &["OWNER"]),
        set_grant("bo", FRANCE, &["ADMIN"]),
        json!({ "accesses": [] }),
        json!([]),
    ] {
        assert_eq!(wrong("PATCH", MEMBER_GRANTS, body).0, 400);
    }
    assert_eq!(wrong("PATCH", "/members", json!({ "members": [] })).0, 400);
    assert_eq!(wrong("DELETE", "/members", json!({ "members": [{ "member_id": BO }] })).0, 400);
    assert_eq!(breach("DELETE", "/members", None).0, 400);
}

#[test]
fn what_is_not_described_is_told_and_let_pass() {
    let (status, told) = breach("GET", "/members?sort=name", None);
    assert_eq!((status, told.as_str()), (200, "query parameter `sort`"));
}

#[test]
fn what_the_official_client_sends_is_as_described() {
    let simulator = started();
    assert_eq!(read(&simulator, "/members?fetch_system_users=True&assets_summary=False").status, 200);
    assert_eq!(read(&simulator, "/assets?permissions=OWNER&permissions=ADMIN").status, 200);
    let null = json!({ "partner_ids": [SOUTH], "partner_type": null });
    assert_eq!(write(&simulator, "DELETE", "/partners", &null).status, 200);
    assert_clean(&simulator);
}

#[test]
fn an_answer_that_breaks_the_description_is_found() {
    let simulator = started();
    // An id that no answer may have.
    simulator.with_world(|world| {
        let mut asset = world.assets[FRANCE].clone();
        asset.id = "1234567890123456789012345".to_owned();
        world.assets.insert(asset.id.clone(), asset);
    });
    read(&simulator, "/assets");
    let told = simulator.violations();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("answer 200 to GET"), "{told:?}");
}
