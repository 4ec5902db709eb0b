//! Findings as annotations of GitHub Actions: workflow commands, one a line.

use super::Report;
use super::located::Texts;
use crate::reports::proof;
use crate::rules::Finding;
use crate::rules::finding::{Level, Place, State};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut texts = Texts::new(report);
    report.judgement.findings.iter().map(|finding| annotation(finding, report, &mut texts)).collect()
}

fn annotation(finding: &Finding, report: &Report<'_>, texts: &mut Texts<'_>) -> String {
    let place = finding.place.as_ref().map(|place| position(place, report, texts)).unwrap_or_default();
    let title = format!("title={}", property(&title(finding)));
    let message =
        message(&[finding.message.clone()].into_iter().chain(proof::details(finding)).collect::<Vec<_>>().join("\n"));
    format!("::{} {place}{title}::{message}\n", command(finding))
}

/// Only what a reviewer of this change has to look at is red or yellow; waived and old findings are notices.
fn command(finding: &Finding) -> &'static str {
    let quiet = finding.waived.is_some() || matches!(finding.state, Some(State::Unchanged | State::Fixed));
    match finding.level {
        _ if quiet => "notice",
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn title(finding: &Finding) -> String {
    let state = finding.state.map(|state| format!(" ({})", state.word())).unwrap_or_default();
    let waived = if finding.waived.is_some() { " (waived)" } else { "" };
    format!("{}{state}{waived}", finding.rule)
}

fn position(place: &Place, report: &Report<'_>, texts: &mut Texts<'_>) -> String {
    let file = property(&format!("{}{}", report.prefix, place.file));
    let end = usize::from(place.column) + texts.length(place);
    format!("file={file},line={},col={},endColumn={end},", place.line, place.column)
}

/// What a message may hold, as the toolkit of GitHub Actions escapes it.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
