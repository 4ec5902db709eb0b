//! Each fault.

use std::time::{Duration, Instant};

use super::*;
use crate::support::pinterest::{Event, Fault, Rule, When};

fn with(rule: Rule) -> Simulator {
    Simulator::start(setup().rule(rule))
}

fn patch(simulator: &Simulator) -> Got {
    write(simulator, "PATCH", MEMBER_GRANTS, &set_grant(BO, FRANCE, &["ADMIN"]))
}

#[test]
fn an_answer_takes_longer() {
    let simulator = with(Rule::new(Fault::Latency { milliseconds: 60 }));
    let begin = Instant::now();
    assert_eq!(patch(&simulator).status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(60));
    assert_clean(&simulator);
}

#[test]
fn too_many_requests_with_and_without_a_hint() {
    let simulator = with(Rule::new(Fault::TooMany { retry_after: Some(2), spam: false }).when(When::Nth(1)));
    simulator.add_rule(Rule::new(Fault::TooMany { retry_after: None, spam: true }).when(When::Nth(2)));
    let first = patch(&simulator);
    assert_eq!((first.status, first.code(), first.header("retry-after")), (429, 8, Some("2")));
    let second = patch(&simulator);
    assert_eq!((second.status, second.header("retry-after")), (429, None));
    assert!(second.body["message"].as_str().unwrap().contains("spam"));
    assert!(simulator.state() == seed());
    assert_clean(&simulator);
}

#[test]
fn a_server_error_before_and_after_the_write() {
    for after_write in [false, true] {
        let simulator = with(Rule::new(Fault::ServerError { status: 503, after_write, page: false }).writes(true));
        assert_eq!(patch(&simulator).status, 503);
        assert_eq!(simulator.state() != seed(), after_write);
        assert_eq!(simulator.log().changes(), usize::from(after_write));
        assert_clean(&simulator);
    }
}

#[test]
fn a_server_error_may_be_a_page_for_people() {
    let simulator = with(Rule::new(Fault::ServerError { status: 502, after_write: false, page: true }));
    let page = patch(&simulator);
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html")));
    assert_clean(&simulator);
    assert_eq!(simulator.log().scripted_violations.len(), 1);
}

#[test]
fn a_connection_is_cut_before_and_after_the_write_and_in_the_answer() {
    for (after_write, bytes) in [(false, 0), (true, 0), (true, 30)] {
        let simulator = with(Rule::new(Fault::Cut { after_write, bytes }).writes(true));
        let raw = exchange(
            &simulator,
            &request(
                Setup::TOKEN,
                "PATCH",
                &format!("/businesses/{BUSINESS}{MEMBER_GRANTS}"),
                Some(&set_grant(BO, FRANCE, &["ADMIN"])),
            ),
        );
        assert_eq!(raw.len(), bytes);
        assert_eq!(simulator.state() != seed(), after_write);
        assert_eq!(simulator.log().requests[0].status, 0);
        assert_clean(&simulator);
    }
}

#[test]
fn any_refusal_can_be_scripted() {
    let fault = Fault::Refuse { status: 403, code: 29, message: "not today".to_owned() };
    let simulator = with(Rule::new(fault).on("business_members_asset_access/update").target("assets/access"));
    assert_eq!(patch(&simulator).body, json!({ "code": 29, "message": "not today" }));
    assert_eq!(read(&simulator, "/members").status, 200);
}

#[test]
fn a_token_lapses_in_the_middle() {
    let simulator = with(Rule::new(Fault::ExpireToken).when(When::Nth(2)));
    let codes = [1, 2, 3].map(|_| read(&simulator, "/members").code());
    assert_eq!(codes, [0, 2, 2]);
}

#[test]
fn somebody_else_edits_between_a_read_and_a_write() {
    let event = Event::Role { member: BO.to_owned(), role: "BIZ_ADMIN".to_owned() };
    let before = Rule::new(Fault::Meanwhile { events: vec![event.clone()], after: false }).writes(true);
    let simulator = with(before);
    let role = |simulator: &Simulator| {
        read(simulator, &format!("/members?member_ids={BO}")).items()[0]["business_roles"][0].clone()
    };
    assert_eq!(role(&simulator), "EMPLOYEE");
    // The role does not match any more.
    let body = json!({ "members": [{ "member_id": BO, "business_role": "EMPLOYEE" }] });
    assert_eq!(write(&simulator, "DELETE", "/members", &body).body["deleted_members"], json!([]));
    assert_eq!(role(&simulator), "BIZ_ADMIN");

    let after = Rule::new(Fault::Meanwhile { events: vec![event], after: true }).when(When::First(1));
    let simulator = with(after);
    assert_eq!([role(&simulator), role(&simulator)], ["EMPLOYEE", "BIZ_ADMIN"]);
    assert_clean(&simulator);
}

#[test]
fn answers_have_keys_nulls_and_words_that_nobody_expects() {
    let simulator = with(Rule::new(Fault::ExtraKeys));
    let answer = read(&simulator, "/members");
    assert!(answer.body["future_key"].is_object() && answer.items()[0]["user"]["future_key"].is_object());
    let body = json!({ "asset_requests": [{ "partner_id": CLIENT, "asset_id_to_permissions": { SPAIN: ["ADMIN"] } }] });
    let made = write(&simulator, "POST", "/requests/assets/access", &body);
    assert_eq!(made.body["invites"].as_object().unwrap().len(), 1, "a map by id is no place for a key");

    let simulator = with(Rule::new(Fault::Nulls));
    assert_eq!(read(&simulator, "/members").items()[0].get("assets_summary"), Some(&Value::Null));

    let rewrite = |key: &str, value: Value| with(Rule::new(Fault::Rewrite { key: key.to_owned(), value }));
    let simulator = rewrite("permissions", json!("FUTURE"));
    let list = read(&simulator, &format!("/members/{BO}/assets"));
    assert_eq!(list.items()[0]["permissions"], json!(["ANALYST", "CAMPAIGN_MANAGER", "FUTURE"]));
    let simulator = rewrite("invite_status", json!("PAUSED"));
    assert_eq!(read(&simulator, "/invites").items()[0]["invite_data"]["invite_status"], "PAUSED");

    let simulator = with(Rule::new(Fault::Drop { key: "email".to_owned() }));
    assert_eq!(read(&simulator, "/members").items()[0]["user"].get("email"), None);
    assert_clean(&simulator);
}

#[test]
fn an_answer_is_no_json_or_201() {
    let simulator = with(Rule::new(Fault::Garbage));
    assert!(read(&simulator, "/members").text.starts_with("<html>"));
    let simulator = with(Rule::new(Fault::Created));
    assert_eq!(patch(&simulator).status, 201);
}

#[test]
fn the_bookmark_is_missing_or_never_ends() {
    let simulator = with(Rule::new(Fault::OmitBookmark));
    assert!(!read(&simulator, "/members").body.as_object().unwrap().contains_key("bookmark"));
    assert!(read(&simulator, "/members?page_size=1").body["bookmark"].is_string());
    let bookmark = read(&simulator, "/members?page_size=1").body["bookmark"].as_str().unwrap().to_owned();
    simulator.add_rule(Rule::new(Fault::RepeatBookmark));
    let again = read(&simulator, &format!("/members?page_size=1&bookmark={bookmark}"));
    assert_eq!(again.body["bookmark"], bookmark.as_str());
}

#[test]
fn a_page_loses_an_item_or_has_it_twice() {
    let simulator = with(Rule::new(Fault::Lose { index: 1 }));
    assert_eq!(read(&simulator, "/members").each("id"), [ANA, CY]);
    let simulator = with(Rule::new(Fault::Repeat { index: 0 }));
    assert_eq!(read(&simulator, "/members").each("id"), [ANA, BO, CY, ANA]);
    assert_clean(&simulator);
}

#[test]
fn rules_fire_when_they_say() {
    let refuse = |when| Rule::new(Fault::Refuse { status: 418, code: 1, message: String::new() }).when(when);
    let fired = |when| {
        let simulator = with(refuse(when));
        (0..6).map(|_| u8::from(read(&simulator, "/members").status == 418)).collect::<Vec<_>>()
    };
    assert_eq!(fired(When::Always), [1, 1, 1, 1, 1, 1]);
    assert_eq!(fired(When::First(2)), [1, 1, 0, 0, 0, 0]);
    assert_eq!(fired(When::Nth(3)), [0, 0, 1, 0, 0, 0]);
    assert_eq!(fired(When::Every(3)), [1, 0, 0, 1, 0, 0]);
    assert_eq!(fired(When::Share(0)), [0; 6]);
    assert_eq!(fired(When::Share(1000)), [1; 6]);
    let simulator = with(refuse(When::Always));
    simulator.clear_rules();
    assert_eq!(read(&simulator, "/members").status, 200);
}

#[test]
fn chance_follows_from_the_seed_and_the_request_alone() {
    let statuses = |chance: u64, backwards: bool| {
        let mut setup = setup().rules(Rule::storm());
        setup.chance = chance;
        let simulator = Simulator::start(setup);
        let mut order: Vec<usize> = (1..=60).collect();
        if backwards {
            order.reverse();
        }
        let mut all: Vec<_> =
            order.iter().map(|size| (*size, read(&simulator, &format!("/members?page_size={size}")).status)).collect();
        all.sort_unstable();
        (all, simulator.happened())
    };
    let first = statuses(1, false);
    assert_eq!(first, statuses(1, true));
    assert_ne!(first.0, statuses(2, false).0);
    assert!(first.0.iter().any(|(_, status)| *status == 429) && first.0.iter().any(|(_, status)| *status == 200));
}

#[test]
fn a_storm_has_the_shares_it_promises() {
    let simulator = Simulator::start(setup().rules(Rule::storm()));
    for index in 0..2000 {
        read(&simulator, &format!("/members?start_index={index}"));
    }
    let happened = simulator.happened();
    let share = |name: &str| happened.get(name).copied().unwrap_or_default();
    assert!((160..=240).contains(&share("too-many")), "{happened:?}");
    for name in
        ["server-error before the write", "server-error after the write", "cut before the write", "cut after the write"]
    {
        assert!((30..=72).contains(&share(name)), "{happened:?}");
    }
}

#[test]
fn an_event_that_can_not_happen_is_told() {
    let events = vec![Event::Decline { invite: "nobody@acme.example".to_owned() }];
    let simulator = with(Rule::new(Fault::Meanwhile { events, after: false }));
    read(&simulator, "/members");
    assert!(simulator.violations()[0].starts_with("script: no invite `nobody@acme.example` waits"));
}
