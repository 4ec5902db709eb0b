//! Findings as code quality of GitLab: a list of issues, which the merge request compares with those of the target branch by their
//! fingerprints. An issue needs a line: findings that no line causes are put at the root of the repository.

use serde::Serialize;

use super::Report;
use crate::reports::proof;
use crate::rules::Finding;
use crate::rules::finding::{Severity, State};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The file of findings without a line.
const ROOT: &str = "accord.yaml";

pub(super) fn render(report: &Report<'_>) -> Result<String, serde_json::Error> {
    let findings = report.judgement.findings.iter().filter(|finding| is_there(finding));
    let issues: Vec<Issue<'_>> = findings.map(|finding| issue(finding, &report.prefix)).collect();
    let mut text = serde_json::to_string_pretty(&issues)?;
    text.push('\n');
    Ok(text)
}

/// Waived and mended ones are not to be looked at.
fn is_there(finding: &Finding) -> bool {
    finding.waived.is_none() && finding.state != Some(State::Fixed)
}

fn issue<'a>(finding: &'a Finding, prefix: &str) -> Issue<'a> {
    let (path, begin) = match &finding.place {
        Some(place) => (place.file.as_str(), place.line),
        None => (ROOT, 1),
    };
    let state = finding.state.map(|state| format!(" ({})", state.word())).unwrap_or_default();
    let details = proof::details(finding).into_iter().map(|detail| format!("; {detail}"));
    Issue {
        description: format!("{}{state}{}", finding.message, details.collect::<String>()),
        check_name: &finding.rule,
        fingerprint: &finding.fingerprint,
        severity: severity(finding.severity),
        location: Location { path: format!("{prefix}{path}"), lines: Lines { begin } },
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
