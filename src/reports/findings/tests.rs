//! Findings made by hand and random ones, in every format.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::rules::finding::*;

const TEAM: &str = "teams:\n  social:\n    grants:\n      - { on: [acme-fr], permissions: [ADMIN, ANALYST] } # äö\n";

fn text_of(file: &str) -> Option<String> {
    (file == "teams/social.yaml").then(|| TEAM.to_owned())
}

fn place(line: u32, column: u16) -> Place {
    Place { file: "teams/social.yaml".to_owned(), line, column }
}

fn sample(rule: &str, number: usize) -> Finding {
    let bo = Node::new("person", "bo@acme.example", "Bo Larsen (bo@acme.example)");
    let asset = Node::new("asset", "1001", "Acme France");
    Finding {
        rule: rule.to_owned(),
        fingerprint: format!("{number:020x}"),
        severity: Severity::High,
        level: Level::Error,
        state: Some(State::New),
        business: Some("acme".to_owned()),
        subject: bo.clone(),
        object: Some(asset.clone()),
        message: "Bo Larsen can do everything on Acme France".to_owned(),
        place: Some(place(4, 9)),
        label: "gives ADMIN".to_owned(),
        record: None,
        related: vec![Related { place: place(2, 3), label: "this team".to_owned() }],
        witness: vec![Witness {
            proves: "edit billing".to_owned(),
            hops: vec![Hop {
                from: bo,
                to: asset,
                how: "has ADMIN on".to_owned(),
                place: Some(place(4, 9)),
                record: None,
            }],
        }],
        exposure: Exposure { people: 1, assets: 1 },
        impact: 100,
        cut: vec![Cut { what: "ADMIN of team social".to_owned(), place: Some(place(4, 9)), record: None }],
        root: None,
        fix: Some(Fix {
            safety: Safety::Safe,
            text: "grant ANALYST alone".to_owned(),
            edits: vec![Edit::SetList {
                at: place(4, 9),
                key: "permissions".to_owned(),
                words: vec!["ANALYST".to_owned()],
                instead_of: None,
            }],
        }),
        waived: None,
    }
}

fn shown(findings: Vec<Finding>, format: Format) -> String {
    let not_evaluated =
        vec![NotEvaluated { rule: "leaver-active".to_owned(), reason: "no directory".to_owned(), count: 3 }];
    let judgement =
        Judgement { profile: "advertiser".to_owned(), rules: 3, findings, unchanged: Vec::new(), not_evaluated };
    let report = Report {
        judgement: &judgement,
        as_of: date(2026, 11, 22).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        text_of: &text_of,
        prefix: "access/".to_owned(),
        least: Level::Note,
    };
    render(&report, format, &Style::plain(100)).unwrap()
}

fn sarif(findings: Vec<Finding>) -> Value {
    serde_json::from_str(&shown(findings, Format::Sarif)).unwrap()
}

#[test]
fn text_shows_the_line_the_path_and_the_repair() {
    let text = shown(vec![sample("partner-has-admin", 1)], Format::Text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "error[partner-has-admin, high, new]: Bo Larsen can do everything on Acme France",
        "access/teams/social.yaml:4:9",
        "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ gives ADMIN",
        "path: edit billing: Bo Larsen (bo@acme.example) → has ADMIN on Acme France (teams/social.yaml:4)",
        "cut: ADMIN of team social (teams/social.yaml:4)",
        "help: grant ANALYST alone (`accord audit --fix` writes it)",
        "not evaluated: leaver-active: no directory (3)",
        "1 error from 3 rules (profile advertiser); 1 new; 1 rule was not evaluated.",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn findings_of_one_root_are_shown_once_and_counted() {
    let mut findings: Vec<Finding> = (0..12).map(|number| sample("redundant-path", number)).collect();
    for (number, finding) in findings.iter_mut().enumerate() {
        finding.root = Some(Node::new("team", "acme/social", "team social"));
        finding.subject.label = format!("person {number:02}");
    }
    let text = shown(findings, Format::Text);
    assert_eq!(text.matches("error[").count(), 1);
    assert!(text.contains("11 other findings with the same cause, team social: person 01; person 02"), "{text}");
}

#[test]
fn sarif_carries_fingerprint_path_fix_state_and_waiver() {
    let mut waived = sample("partner-has-admin", 2);
    waived.waived = Some(Waived {
        reason: "migration".to_owned(),
        owner: "ana@acme.example".to_owned(),
        approver: "cy@acme.example".to_owned(),
        until: date(2027, 1, 31),
        place: place(1, 1),
    });
    let log = sarif(vec![sample("partner-has-admin", 1), waived]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["partialFingerprints"]["accord/v1"], "00000000000000000001");
    assert_eq!(result["baselineState"], "new");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, serde_json::json!({"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 57}));
    let step = &result["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"];
    assert_eq!(step["message"]["text"], "Bo Larsen (bo@acme.example) has ADMIN on Acme France");
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], ": [ANALYST]");
    assert_eq!(replacement["deletedRegion"]["startLine"], 4);
    let suppressed = &log["runs"][0]["results"][1]["suppressions"][0];
    assert_eq!(suppressed["kind"], "external");
    assert_eq!(
        log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["associatedRule"]["id"],
        "leaver-active"
    );
}

#[test]
fn a_cell_is_never_a_formula() {
    let mut finding = sample("partner-has-admin", 1);
    finding.subject.label = "=HYPERLINK(\"http://x\")".to_owned();
    let text = shown(vec![finding], Format::Csv);
    assert!(text.contains("'=HYPERLINK"), "{text}");
}

#[test]
fn an_annotation_stays_on_its_line() {
    let mut finding = sample("partner-has-admin", 1);
    finding.message = "100 %\n::error::x".to_owned();
    let text = shown(vec![finding], Format::Github);
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with(
        "::error file=access/teams/social.yaml,line=4,col=9,endColumn=57,title=partner-has-admin (new)::100 %25%0A::error::x%0A"
    ), "{text}");
}

fn validator() -> jsonschema::Validator {
    let mut schema: Value =
        serde_json::from_str(include_str!("../../../tests/foreign/sarif-schema-2.1.0.json")).unwrap();
    // The pattern of languages has a `]` too many, which is no regular expression to strict readers; we never write a language.
    for place in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{place}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::validator_for(&schema).unwrap()
}

fn arbitrary() -> impl Strategy<Value = Finding> {
    let text = || "\\PC{0,12}|[\u{0}-\u{ff}]{0,8}";
    let severity = proptest::sample::select(Severity::ALL.to_vec());
    let level = proptest::sample::select(vec![Level::Error, Level::Warning, Level::Note]);
    let states = vec![None, Some(State::New), Some(State::Worsened), Some(State::Unchanged), Some(State::Fixed)];
    let state = proptest::sample::select(states);
    let rule = proptest::sample::select(vec!["partner-has-admin", "redundant-path", "own-rule"]);
    (
        (rule, severity, level, state),
        (text(), text(), text(), any::<bool>(), any::<bool>(), any::<bool>()),
        (0u32..9, 1u16..70),
    )
        .prop_map(
            |((rule, severity, level, state), (message, label, name, root, waived, placed), (line, column))| {
                let mut finding = Finding { severity, level, state, message, label, ..sample(rule, 0) };
                finding.subject.label = name;
                finding.place = placed.then(|| place(line + 1, column));
                finding.root = root.then(|| Node::new("team", "acme/social", "team social"));
                finding.waived = waived.then(|| Waived {
                    reason: finding.label.clone(),
                    owner: "ana".to_owned(),
                    approver: "cy".to_owned(),
                    until: date(2027, 1, 31),
                    place: place(1, 1),
                });
                finding
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_format_shows_every_finding(findings in proptest::collection::vec(arbitrary(), 0..9)) {
        let mut findings = findings;
        for (number, finding) in findings.iter_mut().enumerate() {
            finding.fingerprint = format!("{number:020x}");
        }
        let count = findings.len();
        let named: BTreeSet<String> = findings.iter().map(|finding| finding.fingerprint.clone()).collect();
        for format in [Format::Json, Format::Sarif, Format::Csv] {
            let text = shown(findings.clone(), format);
            prop_assert!(named.iter().all(|fingerprint| text.contains(fingerprint)), "{}", text);
        }
        let log = sarif(findings.clone());
        prop_assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), count);
        let mut table = ::csv::Reader::from_reader(shown(findings.clone(), Format::Csv).into_bytes().leak() as &[u8]);
        prop_assert_eq!(table.records().filter(Result::is_ok).count(), count);
        prop_assert_eq!(shown(findings.clone(), Format::Github).lines().count(), count);
        let junit = shown(findings.clone(), Format::Junit);
        // One more: what was not evaluated is a case, too.
        prop_assert_eq!(junit.matches("<testcase ").count(), count + 1);
        prop_assert!(named.iter().all(|fingerprint| junit.contains(fingerprint)));
        prop_assert_eq!(counted_in_text(&shown(findings.clone(), Format::Text)), count);
    }

    #[test]
    fn sarif_is_what_its_schema_says(findings in proptest::collection::vec(arbitrary(), 0..4)) {
        let log = sarif(findings);
        let faults: Vec<String> = validator().iter_errors(&log).map(|error| error.to_string()).collect();
        prop_assert!(faults.is_empty(), "{:?}\n{:#}", faults, log);
    }

    #[test]
    fn text_holds_no_control_character(finding in arbitrary()) {
        let text = shown(vec![finding], Format::Text);
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
    }
}

/// Shown with an excerpt, counted behind one of the same root, waived or fixed.
fn counted_in_text(text: &str) -> usize {
    let fingerprints = text.matches("= fingerprint: ").count();
    let others = text.lines().filter_map(|line| line.trim_start().strip_prefix("= also: "));
    let others = others.map(|line| line.split(' ').next().unwrap().parse::<usize>().unwrap());
    let starts = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    fingerprints + others.sum::<usize>() + starts("waived: ") + starts("fixed: ")
}
