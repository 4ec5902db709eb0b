//! Findings for programs.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::rules::finding::{Finding, NotEvaluated};
use crate::rules::{Counted, Judgement, Tally};

/// The version of this form.
pub const FORMAT_VERSION: u32 = 1;

/// What the rules found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Findings")]
pub struct Document<'a> {
    /// Always `accord-findings`.
    format: &'static str,
    /// Version of this format.
    format_version: u32,
    /// The moment for which ends and ages counted.
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// `advertiser`, `agency` or `audit-strict`.
    profile: &'a str,
    /// How many rules were asked.
    rules: u64,
    /// Counts.
    totals: Tally,
    /// What was found, the gravest first.
    findings: &'a [Finding],
    /// Of a plan: notes about what was there before, which are only counted.
    #[serde(skip_serializing_if = "<[Counted]>::is_empty", default)]
    unchanged: &'a [Counted],
    /// What nothing can be said about.
    not_evaluated: &'a [NotEvaluated],
}

pub(super) fn render(report: &Report<'_>) -> Result<String, serde_json::Error> {
    let Judgement { profile, rules, findings, unchanged, not_evaluated } = report.judgement;
    let document = Document {
        format: "accord-findings",
        format_version: FORMAT_VERSION,
        as_of: report.as_of,
        profile,
        rules: *rules,
        totals: Tally::of(report.judgement),
        findings,
        unchanged,
        not_evaluated,
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
