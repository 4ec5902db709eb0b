//! Findings as JUnit XML: a suite for each rule, a case for each finding. A finding that is open is a failure; one that is waived, is a
//! note or was there before is a case that was skipped, so that it is counted and does not fail anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Report;
use crate::reports::proof;
use crate::rules::Finding;
use crate::rules::finding::State;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.judgement.findings {
        suites.entry(&finding.rule).or_default().push(finding);
    }
    let mut missing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &report.judgement.not_evaluated {
        missing.entry(&one.rule).or_default().push(proof::not_evaluated(one));
    }
    let failures = report.judgement.findings.iter().filter(|finding| fails(finding)).count();
    let all = report.judgement.findings.len() + report.judgement.not_evaluated.len();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites name=\"accord\" tests=\"{all}\" failures=\"{failures}\">");
    for (rule, findings) in &suites {
        suite(&mut xml, rule, findings, &missing.remove(rule).unwrap_or_default());
    }
    for (rule, reasons) in &missing {
        suite(&mut xml, rule, &[], reasons);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, rule: &str, findings: &[&Finding], missing: &[String]) {
    let failures = findings.iter().filter(|finding| fails(finding)).count();
    let (tests, skipped) = (findings.len() + missing.len(), findings.len() - failures + missing.len());
    let rule = escaped(rule);
    let _ =
        writeln!(xml, "  <testsuite name=\"{rule}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">");
    for finding in findings {
        case(xml, &rule, finding);
    }
    for reason in missing {
        let reason = escaped(reason);
        let _ = writeln!(xml, "    <testcase classname=\"{rule}\" name=\"not evaluated\">");
        let _ = writeln!(xml, "      <skipped message=\"{reason}\"/>\n    </testcase>");
    }
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, rule: &str, finding: &Finding) {
    let name = escaped(&format!("{} [{}]", finding.message, finding.fingerprint));
    let place = finding.place.as_ref();
    let place = place.map(|place| format!(" file=\"{}\" line=\"{}\"", escaped(&place.file), place.line));
    let _ = writeln!(xml, "    <testcase classname=\"{rule}\" name=\"{name}\"{}>", place.unwrap_or_default());
    let message = escaped(&finding.message);
    if fails(finding) {
        let details = escaped(&proof::details(finding).join("\n"));
        let kind = finding.severity.word();
        let _ = writeln!(xml, "      <failure type=\"{kind}\" message=\"{message}\">{details}</failure>");
    } else {
        let _ = writeln!(xml, "      <skipped message=\"{}\"/>", escaped(&why_not(finding)));
    }
    xml.push_str("    </testcase>\n");
}

fn fails(finding: &Finding) -> bool {
    finding.is_open() && finding.state != Some(State::Unchanged)
}

fn why_not(finding: &Finding) -> String {
    match (&finding.waived, finding.state) {
        (Some(waived), _) => format!("waived until {}: {}", waived.until, waived.reason),
        (None, Some(State::Fixed)) => "fixed".to_owned(),
        (None, Some(State::Unchanged)) => "it was there before".to_owned(),
        _ => "for information".to_owned(),
    }
}

/// Text and attribute values alike. What XML can't hold at all is shown as the replacement character.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            c if c.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}
