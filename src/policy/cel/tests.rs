use super::*;
use crate::policy::sample::Sample;
use crate::source::{FileId, Pos};

fn placed(text: &str) -> Placed<String> {
    Placed { value: text.to_owned(), span: Pos::new(FileId(0), 1, 1).span(1) }
}

fn sample(values: &[(&'static str, &[&str])]) -> Sample {
    let values = values.iter().map(|(field, values)| (*field, values.iter().map(|value| placed(value)).collect()));
    Sample { values: values.collect(), span: placed("").span }
}

fn compile(text: &str) -> Expression {
    Expression::compile(placed(text)).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

fn verdict(text: &str, values: &[(&'static str, &[&str])]) -> Verdict {
    let expression = compile(text);
    sample(values).with(|row| expression.evaluate(row))
}

/// The underlined text and the message of the first fault.
fn fault(text: &str) -> String {
    let faults = Expression::compile(placed(text)).expect_err(text);
    let first = &faults[0];
    let marked: String = text.chars().skip(first.offset).take(first.length).collect();
    format!("{marked} | {}{}", first.message, first.help.as_ref().map_or(String::new(), |help| format!(" | {help}")))
}

const HER: [(&str, &[&str]); 6] = [
    ("person", &["lea@nova.example"]),
    ("external", &["true"]),
    ("permissions", &["FINANCE_MANAGER", "ANALYST"]),
    ("client", &["mirelle"]),
    ("labels", &["eu", "cosmetics"]),
    ("paths", &["partner"]),
];

#[test]
fn conditions_hold_or_do_not() {
    for text in [
        "external",
        "external && client == 'mirelle'",
        "\"edit-billing\" in capabilities",
        "'FINANCE_MANAGER' in permissions && !('ADMIN' in permissions)",
        "person.endsWith('@nova.example') && domain == \"nova.example\"",
        "size(labels) == 2 && labels.size() > 1",
        "labels.exists(label, label.startsWith('cos')) && labels.all(label, size(label) > 1)",
        "labels.exists_one(label, label == 'eu')",
        "client in ['alba', 'mirelle']",
        "size(labels.filter(label, label != 'eu')) == 1",
        "labels.map(label, client + '/' + label).exists(both, both == 'mirelle/eu')",
        "days_left > 180",
        "!known(two_factor)",
        "(external ? client : 'ours') == 'mirelle'",
        "role == ''",
        "paths.all(path, path == 'partner')",
    ] {
        assert_eq!(verdict(text, &HER), Verdict::Holds, "{text}");
        assert_eq!(verdict(&format!("!({text})"), &HER), Verdict::HoldsNot, "{text}");
    }
}

#[test]
fn what_nobody_told_us_decides_only_where_nothing_else_does() {
    assert_eq!(verdict("two_factor", &HER), Verdict::Unknown("two_factor"));
    assert_eq!(verdict("!two_factor && external", &HER), Verdict::Unknown("two_factor"));
    assert_eq!(verdict("external || two_factor", &HER), Verdict::Holds);
    assert_eq!(verdict("two_factor || external", &HER), Verdict::Holds);
    assert_eq!(verdict("two_factor && service", &HER), Verdict::HoldsNot);
    assert_eq!(verdict("two_factor == false", &HER), Verdict::Unknown("two_factor"));
    assert_eq!(verdict("status != 'left'", &HER), Verdict::Unknown("status"));
    assert_eq!(verdict("known(inactive_days) && inactive_days > 90", &HER), Verdict::HoldsNot);
    assert_eq!(verdict("inactive_days > 90", &[("inactive_days", &["91"])]), Verdict::Holds);
    assert_eq!(verdict("labels.exists(label, two_factor)", &HER), Verdict::Unknown("two_factor"));
}

#[test]
fn an_error_is_never_a_pass() {
    assert_eq!(verdict("1 / size(teams) > 0", &HER), Verdict::Failed("division by zero".to_owned()));
    assert!(matches!(verdict("days_left + 1 > 0", &HER), Verdict::Failed(_)));
    assert!(matches!(verdict("!(1 / size(teams) > 0)", &HER), Verdict::Failed(_)));
}

#[test]
fn misspelt_names_words_and_kinds_are_told_where_they_stand() {
    let table = [
        ("externl", "externl | unknown field `externl` | did you mean `external`?"),
        ("'é' == client && clint == 'é'", "clint | unknown field `clint` | did you mean `client`?"),
        ("known(two_facto)", "known | unknown field `two_facto` | did you mean `two_factor`?"),
        (
            "'edit-biling' in capabilities",
            "'edit-biling' | `capabilities` is never `edit-biling` | did you mean `edit-billing`?",
        ),
        ("role == 'Manager'", "'Manager' | `role` is never `Manager` | did you mean `manager`?"),
        ("role in ['manger']", "'manger' | `role` is never `manger` | did you mean `manager`?"),
        ("paths.exists(p, p == 'teams')", "'teams' | `paths` is never `teams` | did you mean `team`?"),
        ("external == 'true'", "== | true or false never equals a text"),
        ("client in 'mirelle'", "in | `in` asks a list, not a text | write `text.contains(\"...\")`"),
        ("1 in labels", "in | lists hold texts, never a number"),
        ("labels.contains('eu')", "contains | `contains` asks a text, not a list | write `\"...\" in list`"),
        ("days_left > '3'", "> | a number can't be compared with a text"),
        ("external && days_left", "days_left | expected true or false, found a number"),
        ("days_left", "days_left | the expression is a number, not a condition"),
        ("client ==", " | not CEL: mismatched input the end"),
        ("a\n && b c", "c | not CEL: extraneous input 'c'"),
    ];
    for (text, expected) in table {
        assert_eq!(fault(text), expected, "{text}");
    }
    for text in [
        "labels.matches('a')",
        "person.name == 'a'",
        "labels[0] == 'eu'",
        "labels == ['eu']",
        "two_factor == null",
        "{'a': 1} == {'a': 1}",
        "b'x' == b'x'",
        "labels.all(a, labels.all(b, labels.all(c, a == c)))",
        "external ? 1 : 'a'",
        "has(person)",
        "known('a')",
        "timestamp('2026-01-01T00:00:00Z') == 1",
        "",
        "labels.map(1, 2)",
    ] {
        assert!(Expression::compile(placed(text)).is_err(), "{text}");
    }
}

#[test]
fn all_faults_of_an_expression_are_told_at_once() {
    let faults = Expression::compile(placed("externl && clint == 'a' && foo(1)")).expect_err("three faults");
    assert_eq!(faults.iter().map(|fault| fault.offset).collect::<Vec<_>>(), [0, 11, 27]);
}

#[test]
fn long_and_deep_expressions_are_refused() {
    let long = format!("external{}", " || external".repeat(100));
    assert!(fault(&long).contains("1208 characters, limit 1000"), "{}", fault(&long));
    for deep in [
        "(".repeat(400) + "external" + &")".repeat(400),
        "[".repeat(450) + &"]".repeat(450),
        "labels.all(a,".repeat(70),
    ] {
        assert!(fault(&deep).contains("nested deeper than 24 levels"), "{}", fault(&deep));
    }
    compile(&("!".repeat(900) + "external"));
    compile(&format!("external{}", "||external".repeat(90)));
}

proptest::proptest! {
    #[test]
    fn hostile_expressions_end_in_faults_and_evaluate_without_a_crash(
        parts in proptest::collection::vec(proptest::sample::select(TOKENS.to_vec()), 0..40),
    ) {
        let text = parts.concat();
        let outcome = Expression::compile(placed(&text));
        if let Ok(expression) = outcome {
            sample(&HER).with(|row| expression.evaluate(row));
        }
    }
}

const TOKENS: [&str; 46] = [
    "external",
    "client",
    "labels",
    "capabilities",
    "two_factor",
    "days_left",
    "known",
    "has",
    " ",
    "\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "a",
    "'eu'",
    "1",
    "0",
    "9223372036854775807",
    "1.5",
    "1u",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    ">=",
    " in ",
    "?",
    ":",
    ".",
    ",",
    "+",
    "-",
    "/",
    "%",
    "exists(x, x == 'eu')",
    "é",
    "\u{0}",
    "null",
    "\\u",
];
