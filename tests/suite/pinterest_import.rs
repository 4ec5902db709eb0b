//! Reading a business from Pinterest: equal to what is there, whatever goes wrong on the way, and never taken for whole when it isn't.
#![expect(clippy::unwrap_used, reason = "what is there because the test made it needs no words")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use accord::connectors::pinterest_api::fetch::{Export, FetchError};
use accord::connectors::pinterest_api::raw::Replay;
use accord::connectors::pinterest_api::{Base, Budget, Client, Clock, Credentials, Given, Http, PinterestApi};
use accord::observed::{Collection, Completeness, ObservedState, snapshot};
use jiff::Timestamp;
use serde_json::json;

use crate::support::pinterest::{Event, Fault, Rule, Setup, Simulator, When, big};

/// A clock that does not wait but says that it did.
struct Hasty {
    began: Instant,
    skipped: Mutex<Duration>,
}

impl Hasty {
    fn boxed() -> Box<dyn Clock> {
        Box::new(Hasty { began: Instant::now(), skipped: Mutex::default() })
    }
}

impl Clock for Hasty {
    fn now(&self) -> Duration {
        self.began.elapsed() + *self.skipped.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        "2026-11-22T06:00:00Z".parse().unwrap()
    }

    fn sleep(&self, time: Duration) {
        *self.skipped.lock().unwrap() += time;
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

fn given() -> Given {
    let (id, secret) = Setup::APP.split_once(':').unwrap();
    Given {
        access: Some(Setup::TOKEN.to_owned()),
        refresh: Some(Setup::REFRESH.to_owned()),
        app_id: Some(id.to_owned()),
        app_secret: Some(secret.to_owned()),
    }
}

fn api(simulator: &Simulator, business: &str) -> PinterestApi {
    let base = Base::read(&simulator.url()).unwrap();
    let credentials = Credentials::of(&given()).unwrap();
    let transport = Box::new(Http::new(base, 8));
    let client = Client::with(transport, Hasty::boxed(), credentials, Budget::default());
    PinterestApi::over(client, &simulator.url(), business)
}

fn small() -> ObservedState {
    snapshot::read(include_bytes!("../exports/pinterest/business.json"), "business.json").unwrap()
}

fn read(simulator: &Simulator, business: &str) -> Result<Export, FetchError> {
    api(simulator, business).read()
}

/// The rows and verdicts of a state under the heading of another one: where it came from and who took it is not what was read.
fn headed_as(mut state: ObservedState, other: &ObservedState) -> ObservedState {
    state.captured_at = other.captured_at;
    state.captured_by.clone_from(&other.captured_by);
    state.source.clone_from(&other.source);
    state.query.clone_from(&other.query);
    state
}

fn assert_same(read: ObservedState, there: &ObservedState) {
    let read = headed_as(read, there);
    if read != *there {
        let (read, there) = (snapshot::write(&read), snapshot::write(there));
        let [read, there] = [read, there].map(|bytes| String::from_utf8(bytes).unwrap());
        let different = read.lines().zip(there.lines()).filter(|(read, there)| read != there).take(5);
        panic!("read | there: {:#?}", different.collect::<Vec<_>>());
    }
}

fn reasons(state: &ObservedState) -> BTreeMap<&'static str, String> {
    let incomplete = state.completeness.iter().filter_map(|(name, how)| match how {
        Completeness::Complete => None,
        Completeness::Incomplete(why) => Some((name.word(), why.clone())),
    });
    incomplete.collect()
}

#[test]
fn a_small_business_is_read_as_it_is() {
    let seed = small();
    let simulator = Simulator::start(Setup::of(&seed));
    let export = read(&simulator, &seed.business_id).unwrap();
    assert_eq!(export.flawed, []);
    assert_same(export.state, &simulator.state());
    assert_eq!(simulator.violations(), [""; 0]);
}

#[test]
fn a_large_business_equals_its_seed_exactly() {
    let seed = big::state();
    let counts = [Collection::Members, Collection::Invites].map(|collection| seed.count(collection));
    assert_eq!(counts, [big::MEMBERS, big::INVITES]);
    assert_eq!(seed.assets.len(), big::ASSETS + big::GROUPS);
    let simulator = Simulator::start(Setup::of(&seed));
    let api = api(&simulator, big::BUSINESS);
    let export = api.read().unwrap();
    assert_eq!(reasons(&export.state), BTreeMap::new());
    assert_same(export.state, &seed);
    assert_eq!(simulator.violations(), [""; 0]);
    // No list is asked for in pages smaller than the largest, and no grant twice.
    assert!(api.calls() < 2600, "{}", api.calls());
}

fn every_fault() -> Vec<Rule> {
    let share = |fault, share| Rule::new(fault).when(When::Share(share));
    let mut rules = Rule::storm();
    rules.extend([
        share(Fault::ExtraKeys, 300),
        share(Fault::Nulls, 300),
        share(Fault::Created, 200),
        share(Fault::OmitBookmark, 300),
        share(Fault::Garbage, 20),
        share(Fault::Cut { after_write: true, bytes: 40 }, 30),
        share(Fault::ServerError { status: 502, after_write: false, page: true }, 20),
        share(Fault::TooMany { retry_after: Some(2), spam: false }, 20),
        share(Fault::Latency { milliseconds: 3 }, 20),
        Rule::new(Fault::ExpireToken).when(When::Nth(40)),
        Rule::new(Fault::ExpireToken).when(When::Nth(300)),
    ]);
    rules
}

#[test]
fn the_same_with_every_fault_that_can_be_overcome() {
    let seed = big::state();
    let simulator = Simulator::start(Setup::of(&seed).rules(every_fault()));
    let export = read(&simulator, big::BUSINESS).unwrap();
    assert_eq!(reasons(&export.state), BTreeMap::new());
    assert_same(export.state, &seed);
    let happened = simulator.happened();
    for fault in
        ["too-many", "server-error before the write", "cut after the write", "garbage", "nulls", "expire-token"]
    {
        assert!(happened.get(fault).is_some_and(|count| *count > 0), "{fault}: {happened:?}");
    }
}

#[test]
fn what_moves_meanwhile_is_read_again() {
    let seed = small();
    let changes = vec![
        Event::RemoveMember { id: "200000000000000002".to_owned() },
        Event::Grant {
            member: Some("200000000000000003".to_owned()),
            partner: None,
            direction: None,
            asset: "549700000002".to_owned(),
            permissions: ["ANALYST".to_owned()].into(),
        },
    ];
    // In the middle of the grants.
    let meanwhile = Rule::new(Fault::Meanwhile { events: changes, after: false })
        .on("business_partner_asset_access/get")
        .when(When::Nth(2));
    let simulator = Simulator::start(Setup::of(&seed).rule(meanwhile));
    let export = read(&simulator, &seed.business_id).unwrap();
    assert_eq!(export.flawed, []);
    assert_same(export.state, &simulator.state());
    assert_ne!(simulator.state().members.len(), seed.members.len());
}

#[test]
fn what_never_stands_still_is_not_whole() {
    let seed = small();
    let role = |role: &str| Event::Role { member: "200000000000000002".to_owned(), role: role.to_owned() };
    let flip = |to: &str, nth| {
        Rule::new(Fault::Meanwhile { events: vec![role(to)], after: true })
            .on("get/business_members")
            .target("fetch_system_users=false")
            .when(When::Nth(nth))
    };
    let rules = [("BIZ_ADMIN", 1), ("EMPLOYEE", 2), ("BIZ_ADMIN", 3), ("EMPLOYEE", 4)].map(|(to, nth)| flip(to, nth));
    let simulator = Simulator::start(Setup::of(&seed).rules(rules));
    let export = read(&simulator, &seed.business_id).unwrap();
    let reasons = reasons(&export.state);
    assert_eq!(reasons["members"], "it changed each time it was read");
    assert!(reasons["grants"].contains("it rests on the members"), "{reasons:?}");
    assert!(!reasons.contains_key("invites"), "{reasons:?}");
}

/// What can't be overcome, which collections suffer, and what is said.
fn hopeless() -> Vec<(Rule, &'static [&'static str], &'static str)> {
    let refuse = |status| Fault::Refuse {
        status,
        code: 29,
        message: "You are not permitted to access that resource.".to_owned(),
    };
    let failing = || Fault::ServerError { status: 500, after_write: false, page: false };
    vec![
        (Rule::new(refuse(403)).on("get/invites").target("is_member=false"), &["invites"], "not permitted"),
        (Rule::new(failing()).on("business_assets/get"), &["asset_group_members", "assets", "grants"], "status 500"),
        (Rule::new(failing()).on("business_member_assets/get").target("200000000000000002"), &["grants"], "status 500"),
        (
            Rule::new(Fault::Rewrite { key: "bookmark".to_owned(), value: json!("again") }).on("get/business_partners"),
            &["grants", "partners"],
            "Invalid bookmark",
        ),
        (
            Rule::new(Fault::Drop { key: "items".to_owned() }).on("get/business_partners"),
            &["grants", "partners"],
            "has no list",
        ),
        (
            Rule::new(Fault::Drop { key: "business_roles".to_owned() }).on("get/business_members"),
            &["members"],
            "was not told",
        ),
        (
            Rule::new(Fault::Drop { key: "invite_status".to_owned() }).on("get/invites"),
            &["invites"],
            "its state was not told",
        ),
        (
            Rule::new(Fault::Drop { key: "permissions".to_owned() }).on("business_partner_asset_access/get"),
            &["grants"],
            "names nobody, no asset or no permission",
        ),
    ]
}

#[test]
fn what_cannot_be_overcome_makes_its_collections_incomplete_and_says_why() {
    let seed = small();
    for (rule, suffer, why) in hopeless() {
        let about = format!("{rule:?}");
        let simulator = Simulator::start(Setup::of(&seed).rule(rule));
        let export = read(&simulator, &seed.business_id).unwrap();
        let reasons = reasons(&export.state);
        assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), suffer, "{about}: {reasons:?}");
        assert!(reasons.values().any(|reason| reason.contains(why)), "{about}: {reasons:?}");
        let flawed: Vec<&str> = export.flawed.iter().map(|collection| collection.word()).collect();
        assert!(suffer.iter().all(|name| flawed.contains(name)), "{about}: {flawed:?}");
    }
}

#[test]
fn a_full_page_without_a_bookmark_is_not_taken_for_the_end() {
    let seed = big::state();
    let cut_short = Rule::new(Fault::Drop { key: "bookmark".to_owned() }).on("get/business_members");
    let simulator = Simulator::start(Setup::of(&seed).rule(cut_short));
    let export = read(&simulator, big::BUSINESS).unwrap();
    let reasons = reasons(&export.state);
    assert!(reasons["members"].contains("ended after 250 rows although more follow"), "{reasons:?}");
}

#[test]
fn a_list_without_end_is_left_and_not_whole() {
    let seed = big::state();
    let endless = Rule::new(Fault::RepeatBookmark).on("get/business_members").target("bookmark=");
    let simulator = Simulator::start(Setup::of(&seed).rule(endless));
    let export = read(&simulator, big::BUSINESS).unwrap();
    assert!(reasons(&export.state)["members"].contains("round in a circle"), "{:?}", reasons(&export.state));
}

#[test]
fn where_nothing_can_be_read_there_is_an_error_and_no_state() {
    let seed = small();
    let down = Rule::new(Fault::ServerError { status: 503, after_write: false, page: true });
    let simulator = Simulator::start(Setup::of(&seed).rule(down));
    let error = read(&simulator, &seed.business_id).unwrap_err();
    assert!(error.to_string().contains("status 503"), "{error}");

    let simulator = Simulator::start(Setup::of(&seed));
    let error = read(&simulator, "999").unwrap_err();
    assert!(matches!(error, FetchError::Denied { .. }), "{error}");
    let error = read(&simulator, "no-id").unwrap_err();
    assert_eq!(error.to_string(), "`no-id` can't be the id of a business: it is a text of digits");
    drop(simulator);
}

#[test]
fn an_employee_who_may_read_is_not_believed_to_see_everything() {
    let seed = small();
    let mut setup = Setup::of(&seed).choose(|choices| choices.employees_read = true);
    setup.tokens[0].user = "200000000000000002".to_owned();
    let simulator = Simulator::start(setup);
    let export = read(&simulator, &seed.business_id).unwrap();
    let reasons = reasons(&export.state);
    assert_eq!(reasons.len(), Collection::ALL.len());
    assert!(reasons.values().all(|why| why.contains("`EMPLOYEE`, who does not see everything")), "{reasons:?}");
}

#[test]
fn a_token_without_the_scope_for_names_reads_everything_else() {
    let seed = small();
    let mut setup = Setup::of(&seed);
    setup.tokens[0].scopes.retain(|scope| scope != "ads:read");
    let simulator = Simulator::start(setup);
    let export = read(&simulator, &seed.business_id).unwrap();
    assert_eq!(export.flawed, []);
    assert!(export.state.query.unwrap().contains("names of ad accounts are not known"));
}

#[test]
fn values_of_next_year_are_kept_word_for_word() {
    let seed = small();
    let odd = Rule::new(Fault::Rewrite { key: "invite_status".to_owned(), value: json!("SNOOZED") }).on("get/invites");
    let simulator = Simulator::start(Setup::of(&seed).rule(odd));
    let export = read(&simulator, &seed.business_id).unwrap();
    assert_eq!(export.flawed, [], "it was read whole");
    assert!(reasons(&export.state)["invites"].contains("`SNOOZED`"));
    let written = String::from_utf8(snapshot::write(&export.state)).unwrap();
    assert!(written.contains("\"SNOOZED\""));
}

#[test]
fn a_list_that_ends_by_omission_has_ended() {
    let seed = small();
    let omit = Rule::new(Fault::OmitBookmark);
    let simulator = Simulator::start(Setup::of(&seed).rule(omit));
    assert_same(read(&simulator, &seed.business_id).unwrap().state, &seed);
}

#[test]
fn kept_answers_give_the_same_state_without_a_network_and_hold_no_token() {
    let seed = small();
    let simulator = Simulator::start(Setup::of(&seed));
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("raw");
    let state = api(&simulator, &seed.business_id).read_keeping(&kept).unwrap().unwrap().state;
    drop(simulator);
    let again = Replay::open(&kept).unwrap().export().unwrap();
    assert_eq!(again.flawed, []);
    assert_eq!(snapshot::write(&again.state), snapshot::write(&state));
    for entry in std::fs::read_dir(&kept).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(![Setup::TOKEN, Setup::REFRESH, "app-secret"].iter().any(|secret| text.contains(secret)), "{text}");
    }
    mixed_and_missing_answers_are_told(&kept, &state);
}

fn mixed_and_missing_answers_are_told(kept: &Path, state: &ObservedState) {
    let simulator = Simulator::start(Setup::of(state));
    let error = api(&simulator, &state.business_id).read_keeping(kept).unwrap_err();
    assert!(error.to_string().contains("is not empty"), "{error}");
    let invites = std::fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().path());
    let invites: Vec<_> = invites.filter(|path| path.to_string_lossy().contains("invites")).collect();
    assert_eq!(invites.len(), 4);
    invites.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    let export = Replay::open(kept).unwrap().export().unwrap();
    assert!(reasons(&export.state)["invites"].contains("no answer to it was kept"));
}

#[test]
fn who_would_apply_is_known_as_far_as_the_platform_tells() {
    let seed = small();
    let simulator = Simulator::start(Setup::of(&seed));
    let applicant = api(&simulator, &seed.business_id).applicant(None).unwrap();
    assert_eq!(applicant.standing.roles, ["BIZ_ADMIN"]);
    assert_eq!(applicant.complaints([]), []);
    assert!(api(&simulator, "999").applicant(None).is_err());
}
