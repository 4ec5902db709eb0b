//! What the format promises: round trips, one text for one state, no cut file looks whole, and clear errors.

use proptest::prelude::*;
use serde_json::Value;

use super::super::sample::{acme, settled, sym, worlds};
use super::super::{Collection, Completeness, InviteKind, InviteStatus, ObservedState, Sentinel};
use super::wire::Snapshot;
use super::*;
use crate::model::FactKey;

fn parse(text: &str) -> ObservedState {
    read(text.as_bytes(), "acme.json").unwrap()
}

/// The one fault of a text.
fn fault(text: &str) -> String {
    let error = read(text.as_bytes(), "acme.json").unwrap_err();
    assert_eq!(error.faults().len(), 1, "{error}");
    error.to_string()
}

fn reason(state: &ObservedState, collection: Collection) -> &str {
    match &state.completeness[&collection] {
        Completeness::Complete => "",
        Completeness::Incomplete(reason) => reason,
    }
}

/// A snapshot with two members and one grant, as somebody would type it.
const SMALL: &str = r#"{
"format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
"business": {"id": "729090764583391194"}, "captured_at": "2026-11-22T10:00:00Z", "captured_by": "ana@acme.example", "source": "typed",
"collections": {
  "members": {"complete": true, "total": 2, "items": [
    {"id": "11", "email": "Ana@acme.example", "role": "BIZ_ADMIN"},
    {"id": "12", "username": "bo", "role": "EMPLOYEE", "email": null, "created_by": ""}]},
  "partners": {"complete": true, "total": 0, "items": []},
  "assets": {"complete": true, "total": 1, "items": [{"id": "71", "type": "AD_ACCOUNT"}]},
  "asset_group_members": {"complete": true, "total": 0, "items": []},
  "grants": {"complete": true, "total": 1, "items": [{"member": "11", "asset": "71", "permissions": ["ADMIN"]}]},
  "invites": {"complete": true, "total": 0, "items": []}
}}"#;

fn with(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "{old}");
    SMALL.replacen(old, new, 1)
}

#[test]
fn the_canonical_text_has_a_row_a_line() {
    let text = String::from_utf8(write(&acme())).unwrap();
    let expected = r#"{
  "format": "accord-snapshot",
  "format_version": 1,
  "platform": "pinterest",
  "business": {"id":"729090764583391194","name":"Acme Retail"},
  "captured_at": "2026-11-22T10:00:00Z",
  "captured_by": "ana@acme.example",
  "source": "invented",
  "query": "everything",
  "collections": {
    "members": {"complete": true, "total": 3, "items": [
      {"id":"11","email":"Ana@acme.example","username":"Ana","role":"BIZ_ADMIN","created_at":"2024-02-03T04:05:06Z","created_by":"11"},
      {"id":"12","email":"bo@acme.example","username":"bo","role":"EMPLOYEE","created_at":"2024-02-03T04:05:06Z","created_by":"11"},
      {"id":"9","email":"cy@acme.example","username":"cy","role":"EMPLOYEE","system_user":true,"created_at":"2024-02-03T04:05:06Z","created_by":"11"}
    ]},
    "partners": {"complete": true, "total": 2, "items": [
      {"id":"500","name":"Nova Media","direction":"inbound"},
      {"id":"500","name":"Nova Media","direction":"outbound"}
    ]},
    "assets": {"complete": true, "total": 4, "items": [
      {"id":"71","type":"AD_ACCOUNT","name":"Acme France","owner_business":"729090764583391194"},
      {"id":"72","type":"AD_ACCOUNT","name":"Acme \"Germany\", south","owner_business":"729090764583391194"},
      {"id":"73","type":"PROFILE","name":"Acme","owner_business":"729090764583391194"},
      {"id":"74","type":"ASSET_GROUP","name":"EMEA","owner_business":"729090764583391194"}
    ]},
    "asset_group_members": {"complete": true, "total": 2, "items": [
      {"group":"74","asset":"71"},
      {"group":"74","asset":"72"}
    ]},
    "grants": {"complete": true, "total": 6, "items": [
      {"member":"11","asset":"71","permissions":["ADMIN"]},
      {"member":"12","asset":"71","permissions":["ANALYST","CAMPAIGN_MANAGER"]},
      {"member":"9","asset":"72","permissions":["ANALYST"]},
      {"member":"9","asset":"73","permissions":["PROFILE_PUBLISHER"]},
      {"partner":"500","direction":"inbound","asset":"71","permissions":["CATALOGS_MANAGER"]},
      {"partner":"500","direction":"outbound","asset":"72","permissions":["ANALYST"]}
    ]},
    "invites": {"complete": true, "total": 2, "items": [
      {"id":"31","kind":"MEMBER_INVITE","invitee":"Di@acme.example","role":"EMPLOYEE","status":"PENDING","sent_at":"2026-11-01T08:00:00Z","expires_at":"2026-12-01T08:00:00Z","grants":[{"asset":"71","permissions":["ADMIN"]},{"asset":"72","permissions":["ANALYST","CAMPAIGN_MANAGER"]}]},
      {"id":"32","kind":"MEMBER_INVITE","invitee":"ed@acme.example","role":"EMPLOYEE","status":"DECLINED","sent_at":"2026-11-01T08:00:00Z","expires_at":"2026-12-01T08:00:00Z","grants":[{"asset":"71","permissions":["ADMIN"]},{"asset":"72","permissions":["ANALYST","CAMPAIGN_MANAGER"]}]}
    ]}
  },
  "rosters": [
      {"partner":"500","email":"lee@nova.example","username":"lee","role":"EMPLOYEE","asset":"71","permissions":["CATALOGS_MANAGER"]}
  ],
  "teams": {
    "members": [
      {"team":"social","member":"9"}
    ],
    "grants": [
      {"team":"social","asset":"72","permissions":["ANALYST"]}
    ]
  }
}
"#;
    assert_eq!(text, expected);
    assert!(parse(&text) == acme());
}

#[test]
fn a_typed_snapshot_is_read_and_whole() {
    let state = parse(SMALL);
    for collection in Collection::ALL {
        assert_eq!(reason(&state, collection), "", "{collection:?}");
    }
    assert_eq!(state.problems, []);
    assert_eq!(state.members.len(), 2);
    assert_eq!(state.members[1].email, None);
    assert_eq!(state.members[1].created_by, None);
    assert!(state.is_manager(&state.members[0]));
    assert_eq!(state.source, "typed");
}

#[test]
fn no_cut_file_looks_whole() {
    let bytes = write(&acme());
    let whole = acme();
    for length in 0..bytes.len() {
        // Only the line break at the end may go.
        match read(&bytes[..length], "acme.json") {
            Err(error) => assert!(!error.faults().is_empty()),
            Ok(state) => assert!(state == whole, "cut after {length} bytes"),
        }
    }
    let error = read(&bytes[..700], "acme.json").unwrap_err();
    let help = error.faults()[0].help.as_deref();
    assert_eq!(help, Some("the file was cut: take the export again"));
}

fn yaml(state: &ObservedState) -> String {
    let value: Value = serde_json::from_slice(&write(state)).unwrap();
    format!("{}...\n", serde_yaml::to_string(&value).unwrap())
}

#[test]
fn yaml_says_the_same_and_needs_its_end_mark() {
    let text = yaml(&acme());
    assert!(read(text.as_bytes(), "acme.yaml").unwrap() == acme());
    assert!(read(text.as_bytes(), "piped").unwrap() == acme());
    let small = parse(SMALL);
    let cuts = yaml(&small);
    for length in 0..cuts.len() - 1 {
        let Ok(state) = read(&cuts.as_bytes()[..length], "acme.yaml") else {
            continue;
        };
        let complete = Collection::ALL.iter().any(|name| state.is_complete(*name));
        assert!(!complete || state == small, "cut after {length} bytes");
    }
    let unmarked = read(text.trim_end_matches("...\n").as_bytes(), "acme.yml").unwrap();
    assert!(reason(&unmarked, Collection::Grants).contains("no end mark"));
    let json = read(&write(&acme()), "acme.yaml").unwrap();
    assert!(reason(&json, Collection::Members).contains("no end mark"));
}

#[test]
fn words_of_the_platform_that_nobody_knows_are_kept_told_and_written_back() {
    let text =
        with("\"ADMIN\"", "\"ADMIN\", \"SOS_WRITER\"").replace("EMPLOYEE", "EMPLOYE").replace("AD_ACCOUNT", "MERCHANT");
    let text = text.replace(
        r#""invites": {"complete": true, "total": 0, "items": []"#,
        r#""invites": {"complete": true, "total": 1, "items": [{"id": "5", "kind": "X", "invitee": "di@acme.example", "status": "Y"}]"#,
    );
    let state = parse(&text);
    let told: Vec<_> = state.problems.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "`MERCHANT` is no asset type that accord knows on Pinterest: kept word for word in 1 asset",
            "`X` is no kind that accord knows on Pinterest: kept word for word in 1 invite",
            "`SOS_WRITER` is no permission that accord knows on Pinterest: kept word for word in 1 grant",
            "`EMPLOYE` is no role that accord knows on Pinterest: kept word for word in 1 member",
            "`Y` is no state that accord knows on Pinterest: kept word for word in 1 invite",
        ]
    );
    assert!(state.problems[3].help.as_deref().unwrap().contains("`EMPLOYEE`"));
    assert!(matches!(state.invites[0].kind, InviteKind::Other(_)));
    assert!(matches!(state.invites[0].status, InviteStatus::Other(_)));
    assert!(reason(&state, Collection::Invites).contains("1 invite is of a kind or state"));
    assert!(state.is_complete(Collection::Grants));
    let key = FactKey::MemberGrant { member: "11".to_owned(), asset: "71".to_owned() };
    assert_eq!(state.fact(&key).as_deref(), Some("ADMIN;SOS_WRITER"));
    assert!(parse(&String::from_utf8(write(&state)).unwrap()) == state);
}

#[test]
fn a_collection_is_whole_only_with_proof() {
    let why = |text: String, collection| reason(&parse(&text), collection).to_owned();
    let members = Collection::Members;
    assert_eq!(why(with("\"total\": 2", "\"total\": 630"), members), "2 of 630 rows");
    assert_eq!(why(with("\"total\": 2", "\"total\": 1"), members), "2 of 1 rows");
    assert_eq!(why(with("\"total\": 2, ", ""), members), "no total proves that its 2 rows are all");
    assert_eq!(why(with("\"complete\": true, \"total\": 2, ", ""), members), "the export does not call it whole");
    assert_eq!(
        why(with("true, \"total\": 2", "false, \"reason\": \"page 2 answered 500\""), members),
        "page 2 answered 500"
    );
    let invites = r#",
  "invites": {"complete": true, "total": 0, "items": []}"#;
    assert_eq!(why(with(invites, ""), Collection::Invites), "the export has none");
}

#[test]
fn who_took_the_export_must_be_in_it() {
    for by in ["11", "ANA@acme.example", "bo"] {
        let state = parse(&with("\"ana@acme.example\"", &format!("{by:?}")));
        assert!(state.is_complete(Collection::Members), "{by}");
    }
    let state = parse(&with("\"ana@acme.example\"", "\"zoe@acme.example\""));
    assert_eq!(reason(&state, Collection::Members), "`zoe@acme.example`, who took the export, is not in it");
    let start = SMALL.find("    {\"id\": \"11\"").unwrap();
    let end = SMALL.find("]},\n  \"partners\"").unwrap();
    let nobody = format!("{}{}", &SMALL[..start], &SMALL[end..]).replace("\"total\": 2", "\"total\": 0");
    let state = parse(&nobody);
    let why = reason(&state, Collection::Members);
    assert!(why.contains("it is empty"), "{why}");
}

#[test]
fn what_is_named_must_be_there() {
    let state = parse(&with(r#""member": "11", "asset": "71""#, r#""member": "13", "asset": "72""#));
    assert_eq!(reason(&state, Collection::Members), "member `13` is named elsewhere and not in it");
    assert!(!state.is_complete(Collection::Assets));
    assert!(state.is_complete(Collection::Grants) && state.is_complete(Collection::Partners));
    assert_eq!((state.grants.len(), state.dangling_grants.len()), (0, 1));
    let message = &state.problems[0].message;
    assert!(message.contains("member `13` on asset `72`"), "{message}");
    let again = parse(&String::from_utf8(write(&state)).unwrap());
    assert!(again == state);
    let partner = parse(&with(r#""member": "11", "asset""#, r#""partner": "5", "asset""#));
    assert!(!partner.is_complete(Collection::Partners));
    let content = with(
        r#""asset_group_members": {"complete": true, "total": 0, "items": []"#,
        r#""asset_group_members": {"complete": true, "total": 1, "items": [{"group": "74", "asset": "71"}]"#,
    );
    let content = parse(&content);
    assert!(!content.is_complete(Collection::Assets));
    assert!(content.is_complete(Collection::AssetGroupMembers));
}

#[test]
fn sentinels_of_the_caller_must_be_there() {
    let mut state = parse(SMALL);
    let sentinel = |name: &str, among| Sentinel { called: name.to_owned(), names: vec![name.to_owned()], among };
    let here = ["12", "BO", "ana@acme.example"].map(|name| sentinel(name, &[Collection::Members]));
    state.require_sentinels(&here);
    assert!(state.is_complete(Collection::Members));
    state.require_sentinels(&[sentinel("ads-bot", &[Collection::Members])]);
    assert_eq!(reason(&state, Collection::Members), "`ads-bot`, who must be in it, is not");
    assert!(state.is_complete(Collection::Partners));
    state.require_sentinels(&[sentinel("nova", &[Collection::Members, Collection::Partners])]);
    assert!(!state.is_complete(Collection::Partners));
    assert!(state.is_complete(Collection::Assets));
}

#[test]
fn equal_rows_that_stand_twice_make_a_collection_doubtful() {
    let row = r#"{"member": "11", "asset": "71", "permissions": ["ADMIN"]}"#;
    for total in [1, 2] {
        let text = with(row, &format!("{row}, {row}"));
        let text = text.replace(
            "\"grants\": {\"complete\": true, \"total\": 1",
            &format!("\"grants\": {{\"complete\": true, \"total\": {total}"),
        );
        let state = parse(&text);
        assert_eq!(state.grants.len(), 1);
        let why = reason(&state, Collection::Grants);
        assert!(why.starts_with("1 row stands twice"), "{why}");
    }
}

#[test]
fn rows_that_contradict_each_other_are_an_error() {
    let row = r#"{"member": "11", "asset": "71", "permissions": ["ADMIN"]}"#;
    let other = row.replace("ADMIN", "ANALYST");
    assert_eq!(
        fault(&with(row, &format!("{row}, {other}"))),
        "acme.json: the grant of member `11` on asset `71` stands twice: items 1 and 2 of `grants`"
    );
    let asset = r#"{"id": "71", "type": "AD_ACCOUNT"}"#;
    let text = with(asset, &format!("{asset}, {}", asset.replace("AD_ACCOUNT", "PROFILE")));
    assert!(fault(&text).contains("asset `71` stands twice"));
    let both = r#"{"id": "5", "direction": "inbound"}, {"id": "5", "direction": "outbound"}"#;
    let text = with(
        r#""partners": {"complete": true, "total": 0, "items": ["#,
        &format!(r#""partners": {{"complete": true, "total": 2, "items": [{both}"#),
    );
    parse(&text);
    let message = fault(&text.replace(r#""member": "11", "asset""#, r#""partner": "5", "asset""#));
    assert!(message.contains("item 1 of `grants`: partner `5` is a partner in both directions"));
    assert!(message.contains("help: say which with `direction`"));
}

#[test]
fn two_members_of_one_name_are_told_and_make_members_doubtful() {
    let state = parse(&with("\"username\": \"bo\"", "\"username\": \"ana@ACME.example\""));
    let why = reason(&state, Collection::Members);
    assert_eq!(why, "2 members have the address or user name `ana@acme.example`");
    assert_eq!(state.problems[0].code, "ambiguous-name");
}

#[test]
fn errors_say_where_and_what() {
    let cases = [
        (
            with("\"id\": \"12\"", "\"id\": 12"),
            "acme.json:7:",
            "a number stands where a text belongs: quote it (`\"12\"`), ids are texts",
        ),
        (
            with("\"id\": \"12\"", "\"id\": 1234567890123456789012"),
            "acme.json:7:",
            "quote it (`\"...\"`), ids are texts",
        ),
        (with("\"id\": \"12\"", "\"id\": 1e999"), "acme.json:7:", "number out of range"),
        (with("\"id\": \"12\"", "\"id\": \"1 2\""), "acme.json:7:", "the id `1 2` is not a text of digits"),
        (with("\"id\": \"12\", ", ""), "acme.json:7:", "a member has no `id`"),
        (
            with("\"username\"", "\"user_name\""),
            "acme.json:7:",
            "`user_name` is no key of a member (did you mean `username`?)",
        ),
        (with("\"username\": \"bo\"", "\"id\": \"12\""), "acme.json:7:", "`id` stands twice in a member"),
        (with("\"complete\": true", "\"complete\": \"yes\""), "acme.json:5:", "expected a boolean"),
        (with("\"total\": 2", "\"total\": -2"), "acme.json:5:", "expected u64"),
        (with("\"ADMIN\"", "\"ADMIN;ANALYST\""), "acme.json:11:", "`ADMIN;ANALYST` can't be a word of the platform"),
        (with("[\"ADMIN\"]", "[]"), "acme.json:11:", "a grant has no permission"),
        (with("[\"ADMIN\"]", "\"ADMIN\""), "acme.json:11:", "expected a list of permissions"),
        (with("\"member\": \"11\", ", ""), "acme.json:11:", "a grant has no `member` and no `partner`"),
        (with("\"member\": \"11\"", "\"member\": \"11\", \"partner\": \"5\""), "acme.json:11:", "exclude each other"),
        (with("2026-11-22T10:00:00Z", "yesterday"), "acme.json:3:", "`yesterday` is not a moment such as"),
        (
            with("\"pinterest\"", "\"pintrest\""),
            "acme.json:2:",
            "`pintrest` is no platform that accord knows (did you mean `pinterest`?)",
        ),
        (
            with("\"format_version\": 1", "\"format_version\": 2"),
            "acme.json",
            "format version 2 can't be read: this accord reads version 1",
        ),
        (with("accord-snapshot", "tables/1"), "acme.json", "name the folder"),
        (with("accord-snapshot", "terraform"), "acme.json", "`terraform` is not the format `accord-snapshot`"),
        (with("\"captured_at\": \"2026-11-22T10:00:00Z\", ", ""), "acme.json:", "a snapshot has no `captured_at`"),
        (
            with("\"business\": {\"id\": \"729090764583391194\"}", "\"business\": {}"),
            "acme.json:3:",
            "a business has no `id`",
        ),
        (
            with("\"items\": [{\"id\": \"71\", \"type\": \"AD_ACCOUNT\"}]", "\"item\": []"),
            "acme.json:",
            "`item` is no key of a collection (did you mean `items`?)",
        ),
        (format!("{SMALL} x"), "acme.json:13:", "trailing characters"),
        (format!("{SMALL}{SMALL}"), "acme.json:13:", "trailing characters"),
        (with("\"bo\"", "\"b\u{0}o\""), "acme.json:7:", "control character"),
        (with("\"bo\"", "\"b\\u0000o\""), "acme.json:7:", "control character U+0000"),
        (with("\"bo\"", "\" bo\""), "acme.json:7:", "` bo` has spaces around it"),
        (with("[\"ADMIN\"]", &"[".repeat(100_000)), "acme.json:11:", "expected a text"),
        (with("\"typed\"", &"{\"a\":".repeat(100_000)), "acme.json:3:", "expected a text"),
        (String::new(), "acme.json", "the file is empty"),
        ("{}".to_owned(), "acme.json:1:", "a snapshot has no `format`"),
        ("[1, 2]".to_owned(), "acme.json:1:", "expected a snapshot"),
        ("\u{feff}{}".to_owned(), "acme.json:1:", "a snapshot has no `format`"),
    ];
    for (text, place, what) in cases {
        let message = fault(&text);
        assert!(message.starts_with(place), "{place} in {message}");
        assert!(message.contains(what), "{what} in {message}");
        assert!(message.len() < 400, "{}", message.len());
    }
    let utf16 = read(b"\xff\xfe{\0}\0", "acme.json").unwrap_err();
    assert!(utf16.to_string().contains("UTF-16"));
    let latin = with("\"bo\"", "\"b?\"").replace('?', "\u{7f}").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == 0x7f { 0xf6 } else { byte }).collect();
    assert!(read(&latin, "acme.json").unwrap_err().to_string().contains("acme.json:7:"));
}

#[test]
fn a_newer_version_is_told_before_its_unknown_keys() {
    let text = with("\"format_version\": 1, ", "\"colour\": 1, \"format_version\": 3, ");
    assert!(fault(&text).contains("format version 3 can't be read"));
}

#[test]
fn yaml_errors_have_places_and_hostile_yaml_ends_in_one() {
    let text = yaml(&acme());
    let message = |text: &str| read(text.as_bytes(), "acme.yaml").unwrap_err().to_string();
    let number = message(&text.replacen("id: '11'", "id: 11", 1));
    assert!(number.contains("quote it (`\"11\"`)"), "{number}");
    let key = message(&text.replacen("role:", "rolle:", 1));
    assert!(key.starts_with("acme.yaml:") && key.contains("did you mean `role`?"), "{key}");
    let two = message(&format!("{text}---\na: 1\n"));
    assert!(two.contains("more than one document"), "{two}");
    let deep = message(&format!("collections: {}", "[".repeat(20_000)));
    assert!(deep.starts_with("acme.yaml"), "{deep}");
    let bomb = "a: &a [x]\n".to_owned() + &"b: [*a, *a, *a]\n".repeat(1000);
    assert!(message(&bomb).starts_with("acme.yaml"));
    assert!(message("- 1\n").starts_with("acme.yaml"));
}

/// Everything in another order: keys by the alphabet (so `platform` after the rows), rows from the back.
fn reversed(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(reversed);
        }
        Value::Object(entries) => entries.values_mut().for_each(reversed),
        _ => {}
    }
}

/// Names of members are stored a batch at a time: nothing of that may show.
#[test]
fn a_thousand_members_are_read_like_two() {
    let member = |number: u32, email: &str| format!(r#"{{"id": "{number}", "email": "{email}", "role": "EMPLOYEE"}}"#);
    let many = |last: &str| {
        let rows: Vec<String> = (100..1100).map(|number| member(number, &format!("m{number}@acme.example"))).collect();
        let rows = format!("{},\n{},\n    {{\"id\": \"11\"", rows.join(",\n"), last);
        with(r#"{"id": "11""#, &rows).replace(r#""total": 2"#, r#""total": 1003"#)
    };
    let state = parse(&many(&member(1100, "M100@acme.example")));
    assert_eq!(state.members.len(), 1003);
    for number in 100..1100 {
        let row = state.members[state.find_member(&number.to_string()).unwrap() as usize];
        assert_eq!(state.text(row.email.unwrap()), format!("m{number}@acme.example"));
    }
    assert_eq!(state.grants.len(), 1);
    assert_eq!(state.text(state.members[state.grants[0].principal.index()].id), "11");
    let twice = fault(&many(&member(100, "other@acme.example")));
    assert!(twice.contains("items 1 and 1001 of `members`"), "{twice}");
    let wrong = fault(&many(&member(100, " other@acme.example")));
    assert!(wrong.contains("acme.json:1006:"), "{wrong}");
}

#[test]
fn a_total_that_can_not_be_true_takes_no_memory() {
    let text = with(
        "\"grants\": {\"complete\": true, \"total\": 1",
        "\"grants\": {\"complete\": true, \"total\": 18446744073709551615",
    );
    assert!(parse(&text).grants.capacity() < 1000);
}

#[test]
fn the_schema_knows_every_key() {
    let schema = serde_json::to_value(schema()).unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["format"]["const"], FORMAT);
    for (name, definition) in definitions {
        let closed = definition["additionalProperties"] == false || definition.get("oneOf").is_some();
        assert!(closed, "{name}");
        assert!(definition["description"].is_string(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_read_again(state in worlds()) {
        let bytes = write(&state);
        let again = read(&bytes, "acme.json").unwrap();
        prop_assert!(again == state);
        prop_assert_eq!(write(&again), bytes);
        prop_assert_eq!(again.digest(), state.digest());
    }

    #[test]
    fn the_order_of_rows_and_keys_means_nothing(state in worlds()) {
        let bytes = write(&state);
        let mut value: Value = serde_json::from_slice(&bytes).unwrap();
        reversed(&mut value);
        let again = read(&serde_json::to_vec(&value).unwrap(), "acme.json").unwrap();
        prop_assert_eq!(again.digest(), state.digest());
        prop_assert_eq!(write(&again), bytes);
    }

    #[test]
    fn yaml_is_read_the_same(state in worlds()) {
        let text = yaml(&state);
        let again = read(text.as_bytes(), "acme.yaml").unwrap();
        prop_assert!(again == state, "{}", text);
    }

    #[test]
    fn the_types_of_the_schema_agree_with_reader_and_writer(state in worlds()) {
        let wire: Snapshot = serde_json::from_slice(&write(&state)).unwrap();
        let bytes = serde_json::to_vec(&wire).unwrap();
        prop_assert!(read(&bytes, "acme.json").unwrap() == state);
    }

    #[test]
    fn no_cut_snapshot_is_whole_and_smaller(state in worlds(), place in any::<prop::sample::Index>()) {
        let bytes = write(&state);
        if let Ok(cut) = read(&bytes[..place.index(bytes.len())], "acme.json") {
            prop_assert!(cut == state);
        }
    }

    #[test]
    fn damaged_bytes_are_read_or_refused(state in worlds(), place in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = write(&state);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        drop(read(&bytes, "acme.json"));
        drop(read(&bytes, "acme.yaml"));
    }
}

#[test]
fn a_state_changed_by_hand_is_written_in_order() {
    let mut state = acme();
    state.members.reverse();
    for grant in &mut state.grants {
        if !grant.principal.is_partner() {
            let index = 2 - u32::try_from(grant.principal.index()).unwrap();
            grant.principal = crate::model::PrincipalIx::person(index);
        }
    }
    state.sort();
    assert_eq!(write(&settled(state)), write(&acme()));
    let mut renamed = acme();
    renamed.members[0].email = Some(sym(&mut renamed, "zoe@acme.example"));
    assert!(renamed != acme());
}
