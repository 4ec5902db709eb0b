use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::super::auth::Given;
use super::*;

/// A call as the transport saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    line: String,
    authorization: String,
    sent: String,
}

/// Answers from a list, in order; the last one for ever.
#[derive(Default)]
struct Script {
    answers: VecDeque<Result<Reply, Cut>>,
    seen: Vec<Seen>,
}

#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

impl Transport for Scripted {
    fn call(&self, call: &Call<'_>) -> Result<Reply, Cut> {
        let mut script = self.0.lock().unwrap();
        let query: Vec<String> = call.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let sent = match call.payload {
            Payload::None => String::new(),
            Payload::Json(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Payload::Form(fields) => format!("{fields:?}"),
        };
        script.seen.push(Seen {
            line: format!("{} {} {}", call.method.word(), call.path, query.join("&")),
            authorization: call.authorization.expose().to_owned(),
            sent,
        });
        match script.answers.len() {
            1 => script.answers[0].clone(),
            _ => script.answers.pop_front().expect("an answer"),
        }
    }
}

/// A clock that only moves while somebody waits.
#[derive(Clone, Default)]
struct Still(Arc<Mutex<Duration>>);

impl Clock for Still {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

struct Bench {
    client: Client,
    script: Scripted,
    clock: Still,
}

impl Bench {
    fn new(answers: Vec<Result<Reply, Cut>>, given: &Given) -> Self {
        let (script, clock) = (Scripted::default(), Still::default());
        script.0.lock().unwrap().answers = answers.into();
        let credentials = Credentials::of(given).unwrap();
        let budget = Budget { attempts: 4, wait: Duration::from_secs(60) };
        let client = Client::with(Box::new(script.clone()), Box::new(clock.clone()), credentials, budget);
        Bench { client, script, clock }
    }

    fn seen(&self) -> Vec<Seen> {
        self.script.0.lock().unwrap().seen.clone()
    }

    fn waited(&self) -> Duration {
        self.clock.now()
    }
}

fn token() -> Given {
    Given { access: Some("pina_secret".to_owned()), ..Given::default() }
}

fn renewable() -> Given {
    Given {
        refresh: Some("pinr_secret".to_owned()),
        app_id: Some("42".to_owned()),
        app_secret: Some("app_secret".to_owned()),
        ..token()
    }
}

fn reply(status: u16, body: &Value, headers: &[(&str, &str)]) -> Result<Reply, Cut> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok(Reply { status, headers, body: body.to_string().into_bytes() })
}

fn fine() -> Result<Reply, Cut> {
    reply(200, &json!({"items": []}), &[])
}

fn cut(sent: bool) -> Result<Reply, Cut> {
    Err(Cut { sent, message: "the connection broke".to_owned() })
}

fn read() -> Request {
    Request::get("/businesses/1/members").with("page_size", 250)
}

fn write(repeat: Repeat) -> Request {
    Request::write(Method::Post, "/businesses/1/invites", json!({"members": ["a"]}), repeat)
}

#[test]
fn a_call_carries_its_query_body_and_token() {
    let bench = Bench::new(vec![fine()], &token());
    assert_eq!(bench.client.send(&read()).unwrap().body, json!({"items": []}));
    bench.client.send(&write(Repeat::LookFirst)).unwrap();
    let seen = bench.seen();
    assert_eq!(seen[0].line, "GET /businesses/1/members page_size=250");
    assert_eq!(seen[0].authorization, "Bearer pina_secret");
    assert_eq!(seen[1].sent, r#"{"members":["a"]}"#);
    assert_eq!(bench.client.sent(), 2);
}

#[test]
fn any_2xx_is_fine_also_without_a_body() {
    let empty = Ok(Reply { status: 204, ..Reply::default() });
    let bench = Bench::new(vec![reply(201, &json!({"items": [1]}), &[("x-pinterest-rid", "77")]), empty], &token());
    let answer = bench.client.send(&write(Repeat::LookFirst)).unwrap();
    assert_eq!((answer.status, answer.request_id.as_deref()), (201, Some("77")));
    assert_eq!(bench.client.send(&write(Repeat::LookFirst)).unwrap().body, Value::Null);
}

#[test]
fn a_refusal_tells_status_code_words_and_request() {
    let body = json!({"code": 29, "message": "You are not permitted to access that resource.", "status": "failure"});
    let bench = Bench::new(vec![reply(403, &body, &[("x-pinterest-rid", "123")])], &token());
    let error = bench.client.send(&read()).unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert_eq!(
        error.to_string(),
        "GET /businesses/1/members: 403 (code 29): You are not permitted to access that resource. [request 123]"
    );
    assert_eq!(bench.seen().len(), 1);
}

#[test]
fn the_status_decides_and_not_the_number() {
    // 29 and 30 mean many things; a 200 with a code in it is an answer.
    let bench = Bench::new(vec![reply(200, &json!({"code": 30, "items": []}), &[])], &token());
    assert!(bench.client.send(&read()).is_ok());
    let bench = Bench::new(vec![reply(404, &json!({"code": "30", "message": "User not found"}), &[])], &token());
    assert_eq!(bench.client.send(&read()).unwrap_err().status(), Some(404));
}

#[test]
fn an_error_that_is_no_json_is_told_by_its_status() {
    let page = Ok(Reply { status: 404, body: b"<html>".to_vec(), ..Reply::default() });
    let error = Bench::new(vec![page], &token()).client.send(&read()).unwrap_err();
    assert_eq!(error.to_string(), "GET /businesses/1/members: 404: not found");
}

#[test]
fn troubles_pass_and_reads_are_sent_again() {
    let troubles = vec![reply(500, &json!({}), &[]), cut(true), reply(429, &json!({"code": 8}), &[]), fine()];
    let bench = Bench::new(troubles, &token());
    assert!(bench.client.send(&read()).is_ok());
    assert_eq!(bench.seen().len(), 4);
    assert_eq!(bench.waited(), Duration::from_millis(200 + 400 + 800));
}

#[test]
fn half_a_body_is_no_answer() {
    let half = Ok(Reply { status: 200, body: br#"{"items": ["#.to_vec(), ..Reply::default() });
    let bench = Bench::new(vec![half.clone(), fine()], &token());
    assert!(bench.client.send(&read()).is_ok());
    let bench = Bench::new(vec![half], &token());
    let error = bench.client.send(&write(Repeat::LookFirst)).unwrap_err();
    assert!(matches!(error, CallError::Uncertain { .. }), "{error}");
}

#[test]
fn the_platform_says_how_long_to_wait() {
    let busy = reply(429, &json!({"code": 8, "message": "You have exceeded your rate limit"}), &[("retry-after", "7")]);
    let bench = Bench::new(vec![busy, fine()], &token());
    assert!(bench.client.send(&read()).is_ok());
    assert_eq!(bench.waited(), Duration::from_secs(7));
    // What one call was told holds for all reads, and for no write.
    let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5")];
    let bench = Bench::new(vec![reply(200, &json!({}), &headers), fine()], &token());
    bench.client.send(&read()).unwrap();
    bench.client.send(&write(Repeat::LookFirst)).unwrap();
    assert_eq!(bench.waited(), Duration::ZERO);
    bench.client.send(&read()).unwrap();
    assert_eq!(bench.waited(), Duration::from_secs(5));
}

#[test]
fn nobody_waits_for_a_day() {
    let busy = reply(429, &json!({"message": "daily limit"}), &[("retry-after", "86400")]);
    let bench = Bench::new(vec![busy], &token());
    let error = bench.client.send(&read()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /businesses/1/members: too many calls: daily limit; waiting longer than 60 s makes no sense (1 attempt)"
    );
    assert_eq!(bench.waited(), Duration::ZERO);
}

#[test]
fn a_refusal_as_spam_is_not_tried_again() {
    let spam = reply(429, &json!({"message": "Blocked", "message_detail": "This looks like SPAM"}), &[]);
    let bench = Bench::new(vec![spam], &token());
    assert_eq!(bench.client.send(&read()).unwrap_err().status(), Some(429));
    assert_eq!(bench.seen().len(), 1);
}

#[test]
fn the_budget_ends_and_a_read_is_never_uncertain() {
    let bench = Bench::new(vec![reply(503, &json!({}), &[("x-pinterest-rid", "9")])], &token());
    let error = bench.client.send(&read()).unwrap_err();
    let expected = "GET /businesses/1/members: status 503: service unavailable (4 attempts) [request 9]";
    assert_eq!(error.to_string(), expected);
    assert_eq!(bench.seen().len(), 4);
}

#[test]
fn what_must_not_happen_twice_is_sent_once_where_it_may_have_happened() {
    for trouble in [reply(500, &json!({}), &[]), cut(true)] {
        let bench = Bench::new(vec![trouble, fine()], &token());
        let error = bench.client.send(&write(Repeat::LookFirst)).unwrap_err();
        assert!(matches!(error, CallError::Uncertain { .. }), "{error}");
        assert_eq!(bench.seen().len(), 1);
    }
}

#[test]
fn what_surely_did_not_happen_is_sent_again() {
    for trouble in [reply(429, &json!({}), &[]), cut(false)] {
        let bench = Bench::new(vec![trouble, fine()], &token());
        assert!(bench.client.send(&write(Repeat::LookFirst)).is_ok());
        assert_eq!(bench.seen().len(), 2);
    }
    let bench = Bench::new(vec![cut(false)], &token());
    let error = bench.client.send(&write(Repeat::LookFirst)).unwrap_err();
    assert!(matches!(error, CallError::GaveUp { attempts: 4, .. }), "{error}");
}

#[test]
fn a_write_that_may_be_repeated_stays_uncertain_until_it_is_answered() {
    let bench = Bench::new(vec![cut(true), fine()], &token());
    assert!(bench.client.send(&write(Repeat::Safe)).is_ok());
    // Removed by the first attempt, so the second one finds nothing: no failure, and no proof either.
    let gone = reply(404, &json!({"code": 50, "message": "not found"}), &[]);
    let bench = Bench::new(vec![cut(true), gone], &token());
    let error = bench.client.send(&write(Repeat::Safe)).unwrap_err();
    assert!(matches!(error, CallError::Uncertain { .. }), "{error}");
    let bench = Bench::new(vec![cut(true), reply(429, &json!({}), &[])], &token());
    let error = bench.client.send(&write(Repeat::Safe)).unwrap_err();
    assert!(matches!(error, CallError::Uncertain { .. }), "{error}");
}

#[test]
fn a_redirection_does_not_get_the_token() {
    let moved = reply(302, &Value::Null, &[("location", "https://evil.example/")]);
    let bench = Bench::new(vec![moved], &token());
    let error = bench.client.send(&read()).unwrap_err();
    assert!(error.to_string().contains("sends us to `https://evil.example/`"), "{error}");
    assert_eq!(bench.seen().len(), 1);
}

/// A clock at which the run is told to stop while somebody waits.
struct Ending(Still, Arc<AtomicUsize>);

impl Clock for Ending {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall(&self) -> Timestamp {
        self.0.wall()
    }

    fn sleep(&self, time: Duration) {
        self.0.sleep(time);
        if self.0.now() > Duration::from_millis(120) {
            self.1.store(2, Ordering::Relaxed);
        }
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

#[test]
fn a_signal_ends_every_wait_and_what_was_written_is_known() {
    let busy = || reply(429, &json!({"message": "slow down"}), &[("retry-after", "30")]);
    let broken = || reply(503, &json!({}), &[]);
    let writing = Request::write(Method::Patch, "/businesses/9/members", json!([]), Repeat::Safe);
    for (answer, request, uncertain) in [
        (busy(), read(), false),
        (busy(), writing.clone(), false),
        (broken(), read(), false),
        (broken(), writing, true),
    ] {
        let (script, clock, stop) = (Scripted::default(), Still::default(), Arc::<AtomicUsize>::default());
        script.0.lock().unwrap().answers = vec![answer].into();
        let budget = Budget { attempts: 10, wait: Duration::from_secs(60) };
        let credentials = Credentials::of(&token()).unwrap();
        let ending = Box::new(Ending(clock.clone(), stop.clone()));
        let client = Client::with(Box::new(script.clone()), ending, credentials, budget).stopped_by(stop);
        let error = client.send(&request).unwrap_err();
        assert!(error.to_string().contains("stopped by a signal"), "{error}");
        assert_eq!(matches!(error, CallError::Uncertain { .. }), uncertain, "{error}");
        assert!(clock.now() < Duration::from_millis(700), "{:?}", clock.now());
        let calls = script.0.lock().unwrap().seen.len();
        assert!(client.send(&read()).is_err(), "nothing more is read");
        assert_eq!(script.0.lock().unwrap().seen.len(), calls);
    }
}

#[test]
fn a_token_that_can_not_be_renewed_is_told_as_that() {
    let denied = || reply(401, &json!({"code": 2, "message": "Authentication failed."}), &[]);
    for renewal in [reply(400, &json!({"code": 1, "message": "invalid_grant"}), &[]), reply(200, &json!({}), &[])] {
        let bench = Bench::new(vec![denied(), renewal], &renewable());
        let error = bench.client.send(&read()).unwrap_err();
        assert!(matches!(error, CallError::Unrenewed { .. }), "{error}");
        assert_eq!(error.status(), Some(401));
        assert!(
            error.to_string().starts_with("the access token is over, and it could not be renewed: POST /oauth/token: ")
        );
    }
}

#[test]
fn a_token_that_ends_is_renewed_once() {
    let denied = || reply(401, &json!({"code": 2, "message": "Authentication failed."}), &[]);
    let new =
        reply(200, &json!({"access_token": "pina_new", "expires_in": 2_592_000, "scope": "biz_access:read"}), &[]);
    let bench = Bench::new(vec![denied(), new, fine()], &renewable());
    assert!(bench.client.send(&read()).is_ok());
    let seen = bench.seen();
    assert_eq!(seen[1].line, "POST /oauth/token ");
    assert!(seen[1].authorization.starts_with("Basic "));
    assert!(seen[1].sent.contains("pinr_secret") && seen[1].sent.contains("refresh_token"));
    assert_eq!(seen[2].authorization, "Bearer pina_new");
    assert_eq!(bench.client.scopes().unwrap(), ["biz_access:read"]);

    let bench = Bench::new(vec![denied()], &token());
    assert_eq!(bench.client.send(&read()).unwrap_err().status(), Some(401));
    assert_eq!(bench.seen().len(), 1);
}

#[test]
fn an_error_that_repeats_a_token_is_blotted_out() {
    let echo = json!({"code": 2, "message": "bad header `Bearer pina_secret`"});
    let bench = Bench::new(vec![reply(400, &echo, &[])], &token());
    let error = bench.client.send(&read()).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("pina_secret") && shown.contains("[secret]"), "{shown}");

    let leak = Err(Cut { sent: false, message: "can't send `pina_secret`".to_owned() });
    let error = Bench::new(vec![leak], &token()).client.send(&read()).unwrap_err();
    assert!(!error.to_string().contains("pina_secret"), "{error}");

    let echo = json!({"message": "pinr_secret and app_secret are wrong"});
    let given = Given { access: None, ..renewable() };
    let error = Bench::new(vec![reply(400, &echo, &[])], &given).client.send(&read()).unwrap_err();
    let shown = error.to_string();
    assert!(!shown.contains("pinr_secret") && !shown.contains("app_secret"), "{shown}");
}
