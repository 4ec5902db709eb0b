//! The simulator itself: every operation, choice and fault.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use accord::observed::{ObservedState, snapshot};
use serde_json::{Value, json};

use crate::support::pinterest::{Setup, Simulator};

const BUSINESS: &str = "600000000000000001";
const ANA: &str = "200000000000000001";
const BO: &str = "200000000000000002";
const FRANCE: &str = "549700000001";

fn seed() -> ObservedState {
    let bytes = include_bytes!("../exports/pinterest/business.json");
    snapshot::read(bytes, "business.json").unwrap()
}

fn setup() -> Setup {
    Setup::of(&seed())
}

/// Status 0 and no body where the connection ended without an answer.
struct Got {
    status: u16,
    head: String,
    body: Value,
    text: String,
}

fn raw(simulator: &Simulator, text: &str) -> Got {
    let address = simulator.url().trim_start_matches("http://").trim_end_matches("/v5").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    let value = serde_json::from_str(body).unwrap_or(Value::Null);
    Got { status, head: head.to_owned(), body: value, text: body.to_owned() }
}

fn as_user(simulator: &Simulator, token: &str, method: &str, path: &str, body: Option<&Value>) -> Got {
    let body = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let length = body.len();
    raw(
        simulator,
        &format!(
            "{method} /v5{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ),
    )
}

fn get(simulator: &Simulator, path: &str) -> Got {
    as_user(simulator, Setup::TOKEN, "GET", path, None)
}

/// Below the business.
fn read(simulator: &Simulator, path: &str) -> Got {
    get(simulator, &format!("/businesses/{BUSINESS}{path}"))
}

fn write(simulator: &Simulator, method: &str, path: &str, body: &Value) -> Got {
    as_user(simulator, Setup::TOKEN, method, &format!("/businesses/{BUSINESS}{path}"), Some(body))
}

fn ids(got: &Got, key: &str) -> Vec<String> {
    got.body["items"].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

fn assert_clean(simulator: &Simulator) {
    assert_eq!(simulator.violations(), [""; 0]);
}

#[test]
fn nothing_happens_by_itself() {
    let simulator = Simulator::start(setup());
    assert!(simulator.state() == seed());
}

#[test]
fn every_list_is_read_as_described() {
    let simulator = Simulator::start(setup());
    assert_eq!(ids(&read(&simulator, "/members"), "id"), [ANA, BO, "200000000000000003"]);
    assert_eq!(ids(&read(&simulator, "/members?fetch_system_users=True"), "id"), ["200000000000000009"]);
    assert_eq!(
        ids(
            &read(
                &simulator,
                "/members?business_roles=EMPLOYEE&business_roles=BIZ_ADMIN&member_ids=200000000000000001"
            ),
            "id"
        ),
        [ANA]
    );
    assert_eq!(ids(&read(&simulator, "/partners?partner_type=EXTERNAL"), "id"), ["700000000000000003"]);
    assert_eq!(ids(&read(&simulator, "/assets"), "asset_id").len(), 3);
    assert_eq!(ids(&read(&simulator, "/assets?asset_type=AD_ACCOUNT&permissions=OWNER"), "asset_id").len(), 2);
    let groups = read(&simulator, "/assets?asset_type=ASSET_GROUP");
    assert_eq!(groups.body["items"][0]["asset_group_info"]["catalogs_ids"], json!(["483600000001"]));
    let grants = read(&simulator, &format!("/members/{BO}/assets"));
    assert_eq!(grants.body["items"][0]["permissions"], json!(["ANALYST", "CAMPAIGN_MANAGER"]));
    assert_eq!(ids(&read(&simulator, "/invites?is_member=false"), "id").len(), 3);
    assert_eq!(ids(&get(&simulator, "/ad_accounts"), "id").len(), 3);
    assert_eq!(ids(&get(&simulator, "/businesses/employers"), "id"), [BUSINESS]);
    assert_eq!(
        read(&simulator, &format!("/assets/{FRANCE}/members?page_size=1")).body["items"].as_array().unwrap().len(),
        1
    );
    assert_clean(&simulator);
}

#[test]
fn a_grant_is_set_and_taken_away() {
    let simulator = Simulator::start(setup());
    let body = json!({ "accesses": [{ "asset_id": FRANCE, "member_id": BO, "permissions": ["ADMIN"] }] });
    let got = write(&simulator, "PATCH", "/members/assets/access", &body);
    assert_eq!(got.status, 200, "{}", got.text);
    assert_eq!(got.body["items"][0]["response"]["permissions"], json!(["ADMIN"]));
    let body = json!({ "accesses": [{ "asset_id": FRANCE, "member_id": BO }] });
    assert_eq!(write(&simulator, "DELETE", "/members/assets/access", &body).status, 200);
    assert_eq!(simulator.log().changes(), 2);
    assert_clean(&simulator);
}
