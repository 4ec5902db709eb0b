use super::*;

/// The place of a text, from 1.
fn spot(text: &str, needle: &str) -> Spot {
    let at = text.find(needle).unwrap();
    let line = text[..at].matches('\n').count() + 1;
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    (u32::try_from(line).unwrap(), u32::try_from(text[start..at].chars().count() + 1).unwrap())
}

fn edited(text: &str, edits: &[Edit]) -> String {
    apply(text, &patches(text, edits).unwrap())
}

fn set_list(text: &str, needle: &str, key: &str, words: &[&str], instead_of: Option<&str>) -> String {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let instead_of = instead_of.map(str::to_owned);
    edited(text, &[Edit::Set { at: spot(text, needle), key: key.to_owned(), value: Value::List(words), instead_of }])
}

fn remove(text: &str, needles: &[&str]) -> String {
    let edits: Vec<Edit> = needles.iter().map(|needle| Edit::Remove { at: spot(text, needle) }).collect();
    edited(text, &edits)
}

const FLOW: &str = "grants:\n  # why\n  - { on: [a], permissions: [ADMIN] } # äöü\n  - { on: [b], profile: x }\n";
const BLOCK: &str = "grants:\n  - on: [a]\n    permissions:\n      - ADMIN # all\n      - ANALYST\n    # end\n  - on: b\n    reason: x\nnext: 1\n";

#[test]
fn a_value_is_replaced_in_flow_and_block() {
    assert_eq!(
        set_list(FLOW, "{ on: [a]", "permissions", &["ANALYST", "FINANCE_VIEW"], None),
        FLOW.replace("[ADMIN]", "[ANALYST, FINANCE_VIEW]")
    );
    assert_eq!(
        set_list(BLOCK, "on: [a]", "permissions", &["ANALYST"], None),
        "grants:\n  - on: [a]\n    permissions: [ANALYST]\n    # end\n  - on: b\n    reason: x\nnext: 1\n"
    );
}

#[test]
fn a_key_that_is_not_there_comes_last_or_in_the_place_of_another() {
    assert_eq!(
        set_list(FLOW, "{ on: [b]", "permissions", &["ANALYST"], Some("profile")),
        FLOW.replace("profile: x", "permissions: [ANALYST]")
    );
    assert_eq!(set_list(FLOW, "{ on: [b]", "more", &["Y"], None), FLOW.replace("profile: x", "profile: x, more: [Y]"));
    assert_eq!(set_list(BLOCK, "on: b", "more", &["Y"], None), BLOCK.replace("reason: x", "reason: x\n    more: [Y]"));
    let text = "a:\n  on: 1 # here\r\nb: 2\n";
    assert_eq!(set_list(text, "on: 1", "more", &["Y"], None), "a:\n  on: 1 # here\n  more: [Y]\r\nb: 2\n");
}

#[test]
fn items_and_entries_go_with_their_lines() {
    assert_eq!(remove(FLOW, &["{ on: [a]"]), "grants:\n  # why\n  - { on: [b], profile: x }\n");
    assert_eq!(remove(BLOCK, &["on: [a]"]), "grants:\n    # end\n  - on: b\n    reason: x\nnext: 1\n");
    assert_eq!(remove(BLOCK, &["next"]), BLOCK.replace("next: 1\n", ""));
    assert_eq!(remove("a: [x, y, z]\n", &["x"]), "a: [y, z]\n");
    assert_eq!(remove("a: [x, y, z]\n", &["y"]), "a: [x, z]\n");
    assert_eq!(remove("a: [x, y, z]\n", &["z"]), "a: [x, y]\n");
    assert_eq!(remove("a: { x: 1, y: 2 }\n", &["y"]), "a: { x: 1 }\n");
    assert_eq!(remove("p:\n  nova:\n    id: \"1\"\n  zeta: {}\n", &["nova"]), "p:\n  zeta: {}\n");
}

#[test]
fn a_collection_that_loses_everything_says_that_it_is_empty() {
    assert_eq!(remove(FLOW, &["{ on: [a]", "{ on: [b]"]), "grants: []\n");
    assert_eq!(remove("a: [x]\nb: 1\n", &["x"]), "a: []\nb: 1\n");
    assert_eq!(remove("p:\n  nova:\n    id: \"1\" # c\nb: 1\n", &["nova"]), "p: {} # c\nb: 1\n");
    let whole = patches("nova: 1\n", &[Edit::Remove { at: (1, 1) }]);
    assert!(matches!(whole, Err(EditError::Place { .. })), "{whole:?}");
}

#[test]
fn several_edits_of_one_text_keep_out_of_each_others_way() {
    let edits = [
        Edit::Remove { at: spot(FLOW, "{ on: [a]") },
        Edit::Set {
            at: spot(FLOW, "{ on: [b]"),
            key: "until".to_owned(),
            value: Value::Text("2027-01-31".to_owned()),
            instead_of: None,
        },
        Edit::Set {
            at: spot(FLOW, "{ on: [a]"),
            key: "until".to_owned(),
            value: Value::Text("2027-01-31".to_owned()),
            instead_of: None,
        },
    ];
    assert_eq!(edited(FLOW, &edits), "grants:\n  # why\n  - { on: [b], profile: x, until: 2027-01-31 }\n");
}

#[test]
fn texts_are_quoted_where_they_would_mean_something_else() {
    for (text, yaml) in [
        ("MKT-124", "MKT-124"),
        ("2027-01-31", "2027-01-31"),
        ("bo@acme.example", "bo@acme.example"),
        ("123", "\"123\""),
        ("a: b", "\"a: b\""),
        ("say \"x\"", "\"say \\\"x\\\"\""),
        ("", "\"\""),
        ("# no", "\"# no\""),
    ] {
        assert_eq!(scalar(text), yaml);
    }
}

#[test]
fn a_place_that_is_not_there_changes_nothing() {
    for edit in [
        Edit::Remove { at: (9, 1) },
        Edit::Set { at: (1, 2), key: "a".to_owned(), value: Value::Text("b".to_owned()), instead_of: None },
    ] {
        assert!(matches!(patches(FLOW, &[edit]), Err(EditError::Place { .. })));
    }
    assert!(matches!(patches("a: [", &[]), Err(EditError::Syntax { .. })));
}

#[test]
fn a_patch_says_where_it_is_in_characters() {
    let text = "ä: [x, y]\n";
    let patches = patches(text, &[Edit::Remove { at: spot(text, "y") }]).unwrap();
    assert_eq!((patches[0].start, patches[0].end), ((1, 6), (1, 9)));
}
