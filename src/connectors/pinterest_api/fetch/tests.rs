//! Reading without a network: answers written by hand, and every trap of the interface.

use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::grants::{Question, questions};
use super::*;
use crate::connectors::pinterest_api::request::Answer;
use crate::model::Direction;
use crate::observed::{Completeness, snapshot};

/// Answers by path and the part of the query that matters; everything else is an empty list.
#[derive(Default)]
struct Hand {
    answers: BTreeMap<String, Value>,
    asked: Mutex<Vec<String>>,
}

impl Hand {
    /// A business with one manager.
    fn new() -> Self {
        let mut hand = Hand::default();
        hand.list("members?fetch_system_users=false", json!([member("1", "BIZ_ADMIN")]));
        hand
    }

    /// An answer to `below the business?first parameters`.
    fn answer(&mut self, call: &str, body: Value) {
        self.answers.insert(format!("/businesses/9/{call}"), body);
    }

    fn list(&mut self, call: &str, items: Value) {
        self.answer(call, json!({"items": items, "bookmark": null}));
    }

    fn asked(&self, part: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|call| call.contains(part)).cloned().collect()
    }
}

fn member(id: &str, role: &str) -> Value {
    json!({"id": id, "user": {"id": id, "username": format!("user{id}")}, "business_roles": [role]})
}

fn asset(id: &str, kind: &str) -> Value {
    json!({"asset_id": id, "asset_type": kind})
}

impl Source for Hand {
    fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        let query: Vec<String> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let call = format!("{}?{}", request.path, query.join("&"));
        let bare = query.iter().any(|word| word.starts_with("bookmark=") || word.starts_with("start_index="));
        // The longest beginning that an answer was written for, so that pages can be told from lists.
        let fits = |key: &&String| {
            call.starts_with(key.as_str()) && (!bare || key.contains("bookmark=") || key.contains("start_index="))
        };
        let found = self.answers.keys().filter(fits).max_by_key(|key| key.len());
        let body = found.map_or_else(|| json!({"items": []}), |key| self.answers[key].clone());
        self.asked.lock().unwrap().push(call);
        if body.get("gave_up").is_some() {
            let message = "status 503".to_owned();
            return Err(CallError::GaveUp { call: request.name(), message, attempts: 10, request_id: None });
        }
        match body.get("refuse").and_then(Value::as_u64) {
            Some(status) => Err(CallError::Refused {
                call: request.name(),
                status: u16::try_from(status).unwrap(),
                code: Some(29),
                message: "no".to_owned(),
                request_id: None,
            }),
            None => Ok(Answer { status: 200, body, request_id: None }),
        }
    }
}

fn reading() -> Reading<'static> {
    Reading { business: "9", captured_at: Timestamp::UNIX_EPOCH, base: "https://api.example/v5", threads: 1 }
}

fn read(hand: &Hand) -> ObservedState {
    reading().export(hand).unwrap().state
}

fn why(state: &ObservedState, collection: Collection) -> String {
    match &state.completeness[&collection] {
        Completeness::Complete => String::new(),
        Completeness::Incomplete(why) => why.clone(),
    }
}

#[test]
fn every_type_direction_and_side_is_asked_for_by_name() {
    let hand = Hand::new();
    let state = read(&hand);
    assert!(Collection::ALL.iter().all(|collection| state.is_complete(*collection)), "{:?}", state.completeness);
    for kind in ["AD_ACCOUNT", "PROFILE", "ASSET_GROUP", "CATALOG", "CONSUMER"] {
        assert!(!hand.asked(&format!("/assets?asset_type={kind}&page_size")).is_empty(), "{kind}");
        assert!(!hand.asked(&format!("/assets?asset_type={kind}&permissions=OWNER")).is_empty(), "{kind}");
    }
    for call in [
        "is_member=true",
        "is_member=false",
        "fetch_system_users=true",
        "partner_type=INTERNAL",
        "partner_type=EXTERNAL",
    ] {
        assert!(!hand.asked(call).is_empty(), "{call}");
    }
    assert!(hand.asked("").iter().all(|call| call == "/user_account?" || call.contains("page_size=250")));
}

#[test]
fn people_and_system_users_are_two_lists_of_one_collection() {
    let mut hand = Hand::new();
    hand.list("members?fetch_system_users=true", json!([member("2", "EMPLOYEE"), member("1", "BIZ_ADMIN")]));
    let state = read(&hand);
    let systems: Vec<bool> = state.members.iter().map(|member| member.system).collect();
    assert_eq!(systems, [true, true], "the second list knows better what is a system user");
    assert!(state.is_complete(Collection::Members));
}

#[test]
fn pages_are_followed_to_the_one_without_a_bookmark() {
    let mut hand = Hand::new();
    let page = |from: u32, next: Value| {
        let items: Vec<Value> = (from..from + 250).map(|id| asset(&id.to_string(), "AD_ACCOUNT")).collect();
        json!({"items": items, "bookmark": next})
    };
    hand.answer("assets?asset_type=AD_ACCOUNT&page_size=250", page(1000, json!("b1")));
    hand.answer("assets?asset_type=AD_ACCOUNT&page_size=250&bookmark=b1", page(1250, json!(null)));
    assert_eq!(read(&hand).assets.len(), 500);
    // The last page is full: it was looked whether a row follows.
    assert!(!hand.asked("asset_type=AD_ACCOUNT&page_size=1&start_index=500").is_empty());
    hand.list("assets?asset_type=AD_ACCOUNT&page_size=1&start_index=500", json!([asset("7", "AD_ACCOUNT")]));
    let state = read(&hand);
    assert!(why(&state, Collection::Assets).contains("ended after 500 rows"), "{:?}", state.completeness);
    assert!(why(&state, Collection::Grants).contains("rests on the assets"));
}

#[test]
fn a_bookmark_that_comes_again_and_a_total_that_is_not_reached_end_a_list_in_doubt() {
    let mut hand = Hand::new();
    let circle = json!({"items": [{"id": "5", "user": {"id": "5"}}], "bookmark": "b"});
    hand.answer("partners?partner_type=INTERNAL", circle.clone());
    hand.answer("partners?partner_type=INTERNAL&assets_summary=true&page_size=250&bookmark=b", circle);
    let state = read(&hand);
    assert!(why(&state, Collection::Partners).contains("round in a circle"));
    assert_eq!(state.partners.len(), 1, "what came is kept");

    let mut hand = Hand::new();
    hand.list("assets?asset_type=AD_ACCOUNT", json!([asset("3", "AD_ACCOUNT")]));
    let short = json!({"items": [], "bookmark": null, "total_data_count": 4});
    hand.answer("members/1/assets", short.clone());
    hand.answer("assets/3/members", short);
    assert!(why(&read(&hand), Collection::Grants).contains("0 of 4 rows came"));
}

#[test]
fn a_group_is_read_with_its_contents_and_grants_on_it_stay_grants_on_it() {
    let mut hand = Hand::new();
    let info = json!({"asset_group_name": "Canada", "owner": {"id": "9"}, "ad_accounts_ids": ["3"], "profiles_ids": null, "catalogs_ids": []});
    let group = json!({"asset_id": "6", "asset_type": "ASSET_GROUP", "asset_group_info": info});
    hand.list("assets?asset_type=AD_ACCOUNT", json!([asset("3", "AD_ACCOUNT")]));
    hand.list("assets?asset_type=ASSET_GROUP", json!([group]));
    let grant = json!({"asset_id": "6", "asset_type": "ASSET_GROUP", "permissions": ["ANALYST"]});
    hand.list("members/1/assets?asset_type=ASSET_GROUP", json!([grant]));
    let state = read(&hand);
    assert_eq!((state.contents.len(), state.grants.len()), (1, 1));
    assert!(Collection::ALL.iter().all(|collection| state.is_complete(*collection)), "{:?}", state.completeness);
}

#[test]
fn an_employee_with_a_right_that_no_grant_gives_makes_the_grants_doubtful() {
    let reach = json!({"ad_accounts": [{"id": "3", "permissions": ["ANALYST"]}], "profiles": []});
    let with_reach = |role| {
        let mut hand = Hand::new();
        let mut row = member("2", role);
        row["assets_summary"] = reach.clone();
        hand.list("members?fetch_system_users=false", json!([member("1", "BIZ_ADMIN"), row]));
        hand.list("assets?asset_type=AD_ACCOUNT", json!([asset("3", "AD_ACCOUNT")]));
        hand
    };
    let state = read(&with_reach("EMPLOYEE"));
    assert!(
        why(&state, Collection::Grants).contains("`2` is said to have `ANALYST` on asset `3`"),
        "{:?}",
        state.completeness
    );
    assert!(read(&with_reach("BIZ_ADMIN")).is_complete(Collection::Grants), "a manager may reach everything");

    // Through a group is a grant, too.
    let mut hand = with_reach("EMPLOYEE");
    let group = json!({"asset_id": "6", "asset_type": "ASSET_GROUP", "asset_group_info": {"ad_accounts_ids": ["3"]}});
    hand.list("assets?asset_type=ASSET_GROUP", json!([group]));
    let grant = json!({"asset_id": "6", "asset_type": "ASSET_GROUP", "permissions": ["ANALYST"]});
    hand.list("members/2/assets?asset_type=ASSET_GROUP", json!([grant]));
    assert!(read(&hand).is_complete(Collection::Grants));
}

#[test]
fn grants_are_asked_for_by_asset_only_where_no_group_can_hide_a_holder() {
    let lists = |grouped: bool| {
        let mut hand = Hand::new();
        let people: Vec<Value> = (1..20).map(|id| member(&id.to_string(), "EMPLOYEE")).collect();
        hand.list("members?fetch_system_users=false", json!(people));
        hand.list("assets?asset_type=AD_ACCOUNT", json!([asset("300", "AD_ACCOUNT")]));
        if grouped {
            let group =
                json!({"asset_id": "6", "asset_type": "ASSET_GROUP", "asset_group_info": {"ad_accounts_ids": ["300"]}});
            hand.list("assets?asset_type=ASSET_GROUP", json!([group]));
        }
        questions(&Lists::read(&hand, "9", 1))
    };
    let by_asset = lists(false);
    let on = |system| Question::MembersOn { asset: "300".to_owned(), system };
    assert_eq!(by_asset, [on(false), on(true), Question::PartnersOn("300".to_owned())]);
    let grouped = lists(true);
    let of_accounts = grouped.iter().filter(|question| matches!(question, Question::Of(_, "AD_ACCOUNT")));
    assert_eq!(of_accounts.count(), 19);
}

#[test]
fn what_partners_let_us_do_is_asked_of_each_and_tells_whose_the_asset_is() {
    let mut hand = Hand::new();
    let partner =
        |shared| json!([{"id": "70", "user": {"id": "70", "username": "client"}, "is_shared_partner": shared}]);
    // The filter is not heard: the rows say which way they point.
    hand.list("partners?partner_type=INTERNAL", partner(true));
    hand.list("partners?partner_type=EXTERNAL", partner(true));
    hand.list("assets?asset_type=AD_ACCOUNT", json!([asset("3", "AD_ACCOUNT"), asset("4", "AD_ACCOUNT")]));
    hand.list("assets?asset_type=AD_ACCOUNT&permissions=OWNER", json!([asset("4", "AD_ACCOUNT")]));
    let grant = json!([{"asset_id": "3", "asset_type": "AD_ACCOUNT", "permissions": ["ANALYST"]}]);
    hand.list("partners/70/assets?partner_type=EXTERNAL&asset_type=AD_ACCOUNT", grant);
    let state = read(&hand);
    let owners: Vec<&str> =
        state.assets.iter().filter_map(|row| row.owner_business).map(|sym| state.text(sym)).collect();
    assert_eq!(owners, ["70", "9"]);
    assert_eq!((state.partners.len(), state.partners[0].direction), (1, Direction::Outbound));
}

#[test]
fn an_invite_is_known_by_whoever_is_on_its_other_side() {
    let mut hand = Hand::new();
    let invite = |id: &str, kind: &str, received: bool, user: Value| {
        json!({
            "id": id, "is_received_invite": received, "user": user, "business_roles": ["PARTNER"],
            "created_by_business": {"id": if received { "70" } else { "9" }},
            "invite_data": {"invite_type": kind, "invite_status": "PENDING", "sent_at": 1_646_767_577_816_i64},
        })
    };
    let rows = json!([
        invite("51", "PARTNER_INVITE", false, json!({"id": "71", "username": "agency"})),
        invite("52", "PARTNER_REQUEST", true, json!({"id": "9"})),
        invite("53", "PARTNER_INVITE", false, json!({"id": null, "username": null})),
    ]);
    hand.list("invites?is_member=false", rows);
    hand.list(
        "invites?is_member=true",
        json!([invite("54", "MEMBER_INVITE", false, json!({"email": null, "username": "newcomer"}))]),
    );
    let state = read(&hand);
    let invitees: Vec<&str> = state.invites.iter().map(|row| state.text(row.invitee)).collect();
    assert_eq!(invitees, ["71", "70", "newcomer"]);
    assert!(why(&state, Collection::Invites).contains("invite `53`: it names nobody"));
    assert_eq!(state.invites[0].sent_at.map(|sym| state.text(sym)), Some("2022-03-08T19:26:17.816Z"));
}

#[test]
fn two_rows_of_one_id_that_differ_are_no_proof_and_no_error() {
    let mut hand = Hand::new();
    hand.list(
        "members?fetch_system_users=false",
        json!([member("1", "BIZ_ADMIN"), member("1", "EMPLOYEE"), member("1", "EMPLOYEE")]),
    );
    let state = read(&hand);
    assert_eq!(state.members.len(), 1);
    assert!(why(&state, Collection::Members).contains("two rows of `1` say different things"));
}

#[test]
fn whoever_took_it_is_named_where_the_list_has_them() {
    let mut hand = Hand::new();
    hand.answers.insert("/user_account".to_owned(), json!({"id": "1", "username": "user1"}));
    assert_eq!(read(&hand).captured_by.as_deref(), Some("1"));
    // An owner is in no list.
    hand.answers.insert("/user_account".to_owned(), json!({"id": "4", "username": "owner"}));
    let state = read(&hand);
    assert_eq!(state.captured_by, None);
    assert!(state.is_complete(Collection::Members));
}

#[test]
fn without_people_there_is_no_state_and_without_names_there_is() {
    let mut hand = Hand::new();
    hand.answers.insert("/ad_accounts".to_owned(), json!({"refuse": 401}));
    hand.answers.insert("/businesses/employers".to_owned(), json!({"refuse": 403}));
    assert!(Collection::ALL.iter().all(|collection| read(&hand).is_complete(*collection)));
    for status in [401, 403, 404] {
        hand.answer("members?fetch_system_users=false", json!({"refuse": status}));
        let error = reading().export(&hand).unwrap_err();
        assert!(matches!(error, FetchError::Denied { .. }), "{error}");
    }
}

/// Not to know whose token it is leaves everything in doubt: an employee's half looks like a whole.
#[test]
fn a_reader_who_cannot_be_asked_for_proves_nothing() {
    let mut hand = Hand::new();
    for failed in [json!({"gave_up": true}), json!({"no": "list"})] {
        hand.answers.insert("/businesses/employers".to_owned(), failed);
        let state = read(&hand);
        for collection in Collection::ALL {
            assert!(why(&state, collection).contains("whoever read it sees everything"), "{:?}", state.completeness);
        }
        assert!(matches!(reading().standing(&hand), Err(FetchError::Nothing { .. })));
    }
}

#[test]
fn a_full_page_whose_end_cannot_be_proven_is_not_whole() {
    let full: Vec<Value> = (1000..1250).map(|id| asset(&id.to_string(), "AD_ACCOUNT")).collect();
    for failed in [json!({"gave_up": true}), json!({"refuse": 400}), json!({"refuse": 403}), json!({"no": "list"})] {
        let mut hand = Hand::new();
        hand.list("assets?asset_type=AD_ACCOUNT&page_size=250", json!(full));
        assert!(read(&hand).is_complete(Collection::Assets));
        hand.answer("assets?asset_type=AD_ACCOUNT&page_size=1&start_index=250", failed);
        assert!(!read(&hand).is_complete(Collection::Assets));
        assert!(!read(&hand).is_complete(Collection::Grants));
        let told = json!({"items": full, "bookmark": null, "total_data_count": 250});
        hand.answer("assets?asset_type=AD_ACCOUNT&page_size=250", told);
        assert!(read(&hand).is_complete(Collection::Assets), "a total proves it");
    }
}

#[test]
fn a_type_of_which_there_is_nothing_may_refuse_to_say_what_is_owned() {
    let mut hand = Hand::new();
    hand.answer("assets?asset_type=CONSUMER&permissions=OWNER", json!({"refuse": 400}));
    assert!(read(&hand).is_complete(Collection::Assets));
    hand.list("assets?asset_type=CONSUMER", json!([asset("3", "CONSUMER")]));
    assert!(!read(&hand).is_complete(Collection::Assets));
}

#[test]
fn nulls_and_nonsense_never_panic_and_never_pass_for_whole() {
    for nonsense in
        [json!(null), json!([]), json!("x"), json!({"items": null}), json!({"items": [null, 1, "x", [], {}]})]
    {
        let mut hand = Hand::new();
        for call in ["assets", "partners", "invites", "members?fetch_system_users=true"] {
            hand.answer(call, nonsense.clone());
        }
        let state = read(&hand);
        for collection in [Collection::Assets, Collection::Partners, Collection::Invites, Collection::Members] {
            assert!(!state.is_complete(collection), "{nonsense}: {collection:?}");
        }
    }
}

/// Values like those of the interface, and unlike them, under the keys that are read.
fn answers() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("1"),
        Just("2"),
        Just("3"),
        Just("70"),
        Just("BIZ_ADMIN"),
        Just("AD_ACCOUNT"),
        Just("PENDING"),
        Just("MEMBER_INVITE"),
        Just("OWNER"),
        Just(" x"),
        Just("a;b"),
        Just("\u{1b}["),
        Just(""),
        Just("99999999999999999999999999"),
    ];
    let leaf = prop_oneof![
        5 => word.prop_map(|word| json!(word)),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(|flag| json!(flag)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => Just(json!(1_646_767_577_816_i64)),
    ];
    let keys = prop::sample::select(vec![
        "items",
        "bookmark",
        "id",
        "user",
        "business_roles",
        "permissions",
        "asset_id",
        "asset_type",
        "asset_group_info",
        "username",
        "ad_accounts_ids",
        "assets_summary",
        "ad_accounts",
        "invite_data",
        "invite_type",
        "invite_status",
        "is_received_invite",
        "is_shared_partner",
        "created_time",
        "email",
        "owner",
        "total_data_count",
        "created_by_business",
        "asset_group_name",
    ]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            3 => prop::collection::btree_map(keys.clone(), inner, 0..8)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// Answers by turns.
struct Turns(Vec<Value>, Mutex<usize>);

impl Source for Turns {
    fn ask(&self, _: &Request) -> Result<Answer, CallError> {
        let mut turn = self.1.lock().unwrap();
        *turn += 1;
        Ok(Answer { status: 200, body: json!({"items": self.0[*turn % self.0.len()]}), request_id: None })
    }
}

proptest! {
    #[test]
    fn whatever_is_answered_is_read_written_and_read_again_as_the_same(
        answers in prop::collection::vec(prop::collection::vec(answers(), 0..4).prop_map(Value::Array), 1..6),
    ) {
        if let Ok(export) = reading().export(&Turns(answers, Mutex::new(0))) {
            let written = snapshot::write(&export.state);
            let again = snapshot::read(&written, "again.json").expect("what is written can be read");
            prop_assert_eq!(again, export.state);
        }
    }
}
