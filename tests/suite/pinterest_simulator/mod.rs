//! The simulator itself: every operation, choice and fault, by requests over its port.

mod choices;
mod contract;
mod events;
mod faults;
mod front;
mod operations;
mod partial;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use accord::observed::{ObservedState, snapshot};
use serde_json::{Value, json};

use crate::support::pinterest::{Setup, Simulator};

const BUSINESS: &str = "600000000000000001";
const ANA: &str = "200000000000000001";
const BO: &str = "200000000000000002";
const CY: &str = "200000000000000003";
const SYSTEM: &str = "200000000000000009";
const NORTH: &str = "700000000000000001";
const SOUTH: &str = "700000000000000002";
const CLIENT: &str = "700000000000000003";
const FRANCE: &str = "549700000001";
const GERMANY: &str = "549700000002";
const SPAIN: &str = "549700000003";
const PROFILE: &str = "666700000001";
const CATALOG: &str = "483600000001";
const GROUP: &str = "707800000001";
/// An invite to `di@acme.example` with a grant on France.
const DI: &str = "380000000000000001";
/// What a partner asked of us.
const RECEIVED: &str = "380000000000000005";

const MEMBER_GRANTS: &str = "/members/assets/access";
const PARTNER_GRANTS: &str = "/partners/assets";

fn seed() -> ObservedState {
    let bytes = include_bytes!("../../exports/pinterest/business.json");
    snapshot::read(bytes, "business.json").expect("the seed is a snapshot")
}

fn setup() -> Setup {
    Setup::of(&seed())
}

fn started() -> Simulator {
    Simulator::start(setup())
}

/// Status 0 where the connection ended without an answer.
struct Got {
    status: u16,
    head: String,
    body: Value,
    text: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value)
    }

    fn items(&self) -> &[Value] {
        self.body["items"].as_array().map_or(&[], Vec::as_slice)
    }

    /// A text of each item.
    fn each(&self, key: &str) -> Vec<&str> {
        self.items().iter().map(|item| item[key].as_str().unwrap_or_default()).collect()
    }

    fn code(&self) -> i64 {
        self.body["code"].as_i64().unwrap_or_default()
    }
}

/// Sends bytes and reads until the other side ends.
fn exchange(simulator: &Simulator, text: &str) -> String {
    let address = simulator.url().trim_start_matches("http://").trim_end_matches("/v5").to_owned();
    let mut stream = TcpStream::connect(address).expect("the simulator listens");
    stream.write_all(text.as_bytes()).expect("a request can be sent");
    let mut bytes = Vec::new();
    // A cut connection may end in an error: what came before it counts.
    drop(stream.read_to_end(&mut bytes));
    String::from_utf8(bytes).expect("answers are text")
}

fn got(text: &str) -> Got {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    let value = serde_json::from_str(body).unwrap_or(Value::Null);
    Got { status, head: head.to_owned(), body: value, text: body.to_owned() }
}

fn request(token: &str, method: &str, path: &str, body: Option<&Value>) -> String {
    let body = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let length = body.len();
    format!(
        "{method} /v5{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn as_user(simulator: &Simulator, token: &str, method: &str, path: &str, body: Option<&Value>) -> Got {
    got(&exchange(simulator, &request(token, method, path, body)))
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

fn grant_of(simulator: &Simulator, member: &str, asset: &str) -> Vec<String> {
    let list = read(simulator, &format!("/assets/{asset}/members"));
    let row = list.items().iter().find(|item| item["user"]["id"] == member);
    let words = row.and_then(|row| row["permissions"].as_array()).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn set_grant(member: &str, asset: &str, permissions: &[&str]) -> Value {
    json!({ "accesses": [{ "asset_id": asset, "member_id": member, "permissions": permissions }] })
}

fn assert_clean(simulator: &Simulator) {
    assert_eq!(simulator.violations(), [""; 0]);
}
