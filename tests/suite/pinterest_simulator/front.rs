//! HTTP, tokens, rights, pages.

use super::*;
use crate::support::pinterest::{Event, Token};

#[test]
fn nothing_happens_by_itself() {
    assert!(started().state() == seed());
}

#[test]
fn a_connection_is_kept_and_bodies_may_come_in_chunks() {
    let simulator = started();
    let first = request(Setup::TOKEN, "GET", "/businesses/employers", None).replace("Connection: close\r\n", "");
    let body = set_grant(BO, FRANCE, &["ADMIN"]).to_string();
    let (one, two) = body.split_at(10);
    let second = format!(
        "PATCH /v5/businesses/{BUSINESS}{MEMBER_GRANTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        Setup::TOKEN,
        one.len(),
        two.len()
    );
    let both = exchange(&simulator, &format!("{first}{second}"));
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
    assert_eq!(grant_of(&simulator, BO, FRANCE), ["ADMIN"]);
    assert_clean(&simulator);
}

#[test]
fn what_is_no_http_is_refused() {
    let simulator = started();
    assert_eq!(got(&exchange(&simulator, "nonsense\r\n\r\n")).status, 400);
    assert_eq!(
        got(&exchange(&simulator, "GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).status,
        404
    );
}

#[test]
fn paths_and_methods_are_those_of_the_description() {
    let simulator = started();
    assert_eq!(get(&simulator, "/boards").status, 404);
    let wrong = as_user(&simulator, Setup::TOKEN, "DELETE", "/ad_accounts", None);
    assert_eq!((wrong.status, wrong.code(), wrong.header("allow")), (405, 5, Some("GET")));
}

#[test]
fn every_answer_tells_its_request_and_the_rate() {
    let simulator = started();
    let answer = read(&simulator, "/members");
    assert_eq!(answer.header("x-pinterest-rid"), Some("0000000000000001"));
    assert_eq!(answer.header("x-ratelimit-limit"), Some("100, 100;w=1, 1000;w=60"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("99"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn a_token_must_be_good_and_have_the_scopes() {
    let reader = Token { scopes: vec!["biz_access:read".to_owned()], ..Token::of(ANA, "reader") };
    let simulator = Simulator::start(setup().token(reader));
    let body = set_grant(BO, FRANCE, &["ADMIN"]);
    let path = format!("/businesses/{BUSINESS}{MEMBER_GRANTS}");
    let none = got(&exchange(&simulator, "GET /v5/ad_accounts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    assert_eq!((none.status, none.code(), &none.body["status"]), (401, 2, &json!("failure")));
    let wrong = as_user(&simulator, "wrong", "PATCH", &path, Some(&body));
    assert_eq!((wrong.status, wrong.code()), (401, 2));
    let poor = as_user(&simulator, "reader", "PATCH", &path, Some(&body));
    assert_eq!((poor.status, poor.code()), (401, 3));
    assert_eq!(as_user(&simulator, "reader", "GET", "/businesses/employers", None).status, 200);
    assert!(simulator.state() == seed());
}

fn renew(simulator: &Simulator, app: &str, refresh: &str) -> Got {
    let basic = data_encoding::BASE64.encode(app.as_bytes());
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let length = form.len();
    got(&exchange(
        simulator,
        &format!(
            "POST /v5/oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        ),
    ))
}

#[test]
fn a_token_lapses_and_is_renewed() {
    let simulator = Simulator::start(setup().choose(|choices| choices.token_seconds = 60));
    let renewed = renew(&simulator, Setup::APP, Setup::REFRESH);
    assert_eq!(renewed.body["expires_in"], 60);
    let token = renewed.body["access_token"].as_str().unwrap();
    let again = renewed.body["refresh_token"].as_str().unwrap();
    let works = |token: &str| as_user(&simulator, token, "GET", "/businesses/employers", None).status;
    assert_eq!(works(token), 200);
    simulator.event(Event::Advance { seconds: 60 });
    assert_eq!((works(token), works(Setup::TOKEN)), (401, 200));
    assert_eq!(renew(&simulator, Setup::APP, again).status, 200);
    assert_eq!(renew(&simulator, "someone:else", again).code(), 2);
    assert_eq!(renew(&simulator, Setup::APP, "unknown").status, 401);
    assert_eq!(simulator.calls("oauth/token"), 4);
}

#[test]
fn many_can_call_at_once_and_each_write_counts_once() {
    let simulator = started();
    let invite = |thread: usize| {
        for index in 0..10 {
            let members = [format!("new{thread}_{index}@acme.example")];
            let body = json!({ "invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": members });
            assert_eq!(write(&simulator, "POST", "/invites", &body).status, 200);
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || invite(thread));
        }
    });
    assert_eq!(simulator.state().invites.len(), 86);
    assert_eq!((simulator.log().changes(), simulator.log().done_twice()), (80, Vec::new()));
    assert_clean(&simulator);
}

#[test]
fn whose_token_it_is_is_told_with_the_scope() {
    let simulator = Simulator::start(setup().token(Token::of("bo@acme.example", "bo").telling()));
    assert_eq!(get(&simulator, "/user_account").status, 404);
    simulator.choose(|choices| choices.user_account_served = true);
    let told = as_user(&simulator, "bo", "GET", "/user_account", None);
    assert_eq!(told.body, json!({ "account_type": "BUSINESS", "id": BO, "username": "bo" }));
    let poor = get(&simulator, "/user_account");
    assert_eq!((poor.status, poor.code()), (401, 3));
    assert_eq!(simulator.calls("user_account/get"), 3);
}

#[test]
fn a_foreign_business_is_closed() {
    let simulator = started();
    let foreign = get(&simulator, "/businesses/1/members");
    assert_eq!((foreign.status, foreign.code()), (403, 29));
    simulator.choose(|choices| choices.forbidden_status = 401);
    assert_eq!(get(&simulator, "/businesses/1/members").status, 401);
}

#[test]
fn only_managers_write_and_employees_see_their_own() {
    let simulator = Simulator::start(
        setup().token(Token::of("bo", "bo")).token(Token::of(SYSTEM, "system")).token(Token::of(NORTH, "north")),
    );
    let try_as = |token: &str, method: &str, path: &str, body: Option<&Value>| {
        as_user(&simulator, token, method, &format!("/businesses/{BUSINESS}{path}"), body).status
    };
    let grant = set_grant(BO, FRANCE, &["ADMIN"]);
    assert_eq!(try_as("bo", "PATCH", MEMBER_GRANTS, Some(&grant)), 403);
    assert_eq!(try_as("bo", "GET", "/members", None), 403);
    assert_eq!(try_as("bo", "GET", &format!("/members/{BO}/assets"), None), 200);
    assert_eq!(try_as("bo", "GET", &format!("/members/{ANA}/assets"), None), 403);
    assert_eq!(try_as("north", "GET", "/members", None), 403);
    simulator.choose(|choices| choices.employees_read = true);
    assert_eq!(try_as("bo", "GET", "/members", None), 200);
    assert_eq!(try_as("bo", "PATCH", MEMBER_GRANTS, Some(&grant)), 403);
    // A system user that manages may do everything but invite.
    simulator.event(Event::Role { member: SYSTEM.to_owned(), role: "BIZ_ADMIN".to_owned() });
    assert_eq!(try_as("system", "GET", "/members", None), 200);
    assert_eq!(try_as("system", "GET", "/invites", None), 403);
}

#[test]
fn pages_follow_each_other_by_bookmark() {
    let simulator = started();
    let mut seen = Vec::new();
    let mut path = "/members?page_size=1".to_owned();
    loop {
        let page = read(&simulator, &path);
        seen.extend(page.each("id").into_iter().map(str::to_owned));
        let Some(bookmark) = page.body["bookmark"].as_str() else { break };
        path = format!("/members?page_size=1&bookmark={bookmark}");
    }
    assert_eq!(seen, [ANA, BO, CY]);
    assert_eq!(read(&simulator, "/members?start_index=2").each("id"), [CY]);
    assert_eq!(read(&simulator, "/members?bookmark=").items().len(), 3);
    let other = read(&simulator, "/members?page_size=1").body["bookmark"].as_str().unwrap().to_owned();
    assert_eq!(read(&simulator, &format!("/partners?bookmark={other}")).status, 400);
    assert_eq!(read(&simulator, &format!("/members?fetch_system_users=true&bookmark={other}")).status, 400);
    assert_clean(&simulator);
}

#[test]
fn the_rate_is_limited_by_the_real_clock() {
    let simulator = Simulator::start(setup().choose(|choices| choices.requests_per_second = Some(2)));
    let all: Vec<Got> = (0..12).map(|_| get(&simulator, "/businesses/employers")).collect();
    let refused = all.iter().find(|answer| answer.status == 429).expect("twelve requests in less than six seconds");
    assert_eq!((refused.code(), refused.header("x-ratelimit-remaining")), (8, Some("0")));
    assert!(all.iter().any(|answer| answer.status == 200));
}

#[test]
fn the_control_door_tells_and_changes() {
    let simulator = started();
    let control = |method: &str, path: &str, body: &str| {
        let length = body.len();
        got(&exchange(
            &simulator,
            &format!(
                "{method} /_simulator/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ),
        ))
    };
    let state = control("GET", "state", "").text;
    assert!(snapshot::read(state.as_bytes(), "state.json").unwrap() == seed());
    assert_eq!(control("POST", "events", r#"[{"event": "accept", "invite": "di@acme.example"}]"#).status, 200);
    assert_eq!(simulator.state().members.len(), 5);
    assert_eq!(control("POST", "events", r#"[{"event": "decline", "invite": "di@acme.example"}]"#).status, 400);
    assert_eq!(control("POST", "events", r#"[{"event": "unheard-of"}]"#).status, 400);
    let rule = r#"[{"on": {"writes": false}, "when": {"nth": 1}, "fault": {"kind": "too-many", "retry_after": 3}}]"#;
    assert_eq!(control("POST", "rules", rule).status, 200);
    assert_eq!(read(&simulator, "/members").header("retry-after"), Some("3"));
    let mut choices = control("GET", "choices", "").body;
    choices["last_page"] = json!("omitted");
    assert_eq!(control("PUT", "choices", &choices.to_string()).status, 200);
    assert!(!read(&simulator, "/members").body.as_object().unwrap().contains_key("bookmark"));
    let summary = control("GET", "summary", "").body;
    assert_eq!(summary["calls"]["get/business_members"], 2);
    assert_eq!(summary["faults"], json!({ "too-many": 1 }));
    assert_eq!(control("DELETE", "rules", "").status, 200);
    assert_eq!(control("GET", "log", "").body["requests"].as_array().unwrap().len(), 2);
    assert_eq!(control("GET", "nothing", "").status, 404);
}
