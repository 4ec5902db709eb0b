//! Findings as a table, one a row, for auditors and their spreadsheets.

use super::Report;
use crate::reports::proof;
use crate::rules::Finding;
use crate::rules::finding::State;

const COLUMNS: [&str; 24] = [
    "fingerprint",
    "rule",
    "severity",
    "level",
    "state",
    "business",
    "subject",
    "subject_id",
    "object",
    "object_id",
    "message",
    "file",
    "line",
    "record",
    "path",
    "people",
    "assets",
    "impact",
    "cut",
    "fix",
    "fix_safety",
    "waived_until",
    "waiver_owner",
    "waiver_reason",
];

pub(super) fn render(report: &Report<'_>) -> Result<String, Box<dyn std::error::Error>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for finding in &report.judgement.findings {
        table.write_record(row(finding).map(|cell| inert(&cell)))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

fn row(finding: &Finding) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let object = finding.object.as_ref();
    let place = finding.place.as_ref();
    let fix = finding.fix.as_ref();
    let waived = finding.waived.as_ref();
    let paths: Vec<String> = finding.witness.iter().map(proof::path).collect();
    let cut: Vec<String> = finding.cut.iter().map(proof::cut).collect();
    [
        finding.fingerprint.clone(),
        finding.rule.clone(),
        finding.severity.word().to_owned(),
        finding.level.word().to_owned(),
        finding.state.map_or("", State::word).to_owned(),
        text(&finding.business),
        finding.subject.label.clone(),
        finding.subject.id.clone(),
        object.map(|object| object.label.clone()).unwrap_or_default(),
        object.map(|object| object.id.clone()).unwrap_or_default(),
        finding.message.clone(),
        place.map(|place| place.file.clone()).unwrap_or_default(),
        place.map(|place| place.line.to_string()).unwrap_or_default(),
        text(&finding.record),
        paths.join("\n"),
        finding.exposure.people.to_string(),
        finding.exposure.assets.to_string(),
        finding.impact.to_string(),
        cut.join("\n"),
        fix.map(|fix| fix.text.clone()).unwrap_or_default(),
        fix.map(|fix| fix.safety.word().to_owned()).unwrap_or_default(),
        waived.map(|waived| waived.until.to_string()).unwrap_or_default(),
        waived.map(|waived| waived.owner.clone()).unwrap_or_default(),
        waived.map(|waived| waived.reason.clone()).unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet takes for a formula: names come from the platform, and anybody can give himself one.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
