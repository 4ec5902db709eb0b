//! The page of an audit: a state as it is, with everything the rules find in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{self, FINDINGS, safe};
use super::{Content, Data, Page, numbers};
use crate::model::Digest;
use crate::reports::words;
use crate::rules::finding::{Finding, Level};
use crate::rules::{Judgement, Tally};
use crate::terminal::prose;

/// A state as it is, judged.
pub struct Audit<'a> {
    /// What the rules said.
    pub judgement: &'a Judgement,
    /// The moment for which ends and ages counted.
    pub as_of: Timestamp,
    /// The exported states; none where the audit is of what the files want.
    pub states: Vec<Examined>,
    /// Digest of the files.
    pub files: Digest,
}

/// An exported state that was looked at.
pub struct Examined {
    /// The name of the business.
    pub business: String,
    /// Where it was read from.
    pub from: String,
    /// When it was taken.
    pub captured_at: Timestamp,
    /// What is in it.
    pub digest: Digest,
}

pub(super) fn content(audit: &Audit<'_>, page: &Page<'_>) -> Content {
    let day = audit.as_of.strftime("%Y-%m-%d");
    Content {
        title: format!("Access audit {day}"),
        header: header(audit, page.data),
        sections: vec![("findings", "Findings"), ("rules", "By rule")],
        body: html! { (findings(audit.judgement, page)) (by_rule(audit.judgement)) },
        files: audit.files,
    }
}

fn header(audit: &Audit<'_>, data: &Data) -> Markup {
    let tally = Tally::of(audit.judgement);
    html! {
        header {
            h1 { "Access audit" }
            p.facts {
                @if audit.states.is_empty() { "What the files want" } @else { "The exported states" }
                ", as of " (words::moment(audit.as_of)) ". Asked were " (prose::count(audit.judgement.rules, "rule", "rules"))
                ", with the levels of the profile " code { (audit.judgement.profile) } "."
            }
            @if !audit.states.is_empty() {
                ul.facts { @for state in &audit.states { (examined(state)) } }
            }
            @if tally.open > 0 {
                p.verdict.refused { (prose::count(tally.open, "error or warning is", "errors and warnings are")) " open" }
            } @else {
                p.verdict.fine { "No error and no warning is open" }
            }
            (numbers(&[
                ("alarm", tally.errors, "errors"),
                ("loss", tally.warnings, "warnings"),
                ("", tally.notes, "notes"),
                ("", tally.waived, "of these waived"),
                ("", tally.not_evaluated, "rules or parts of them not evaluated"),
                ("", data.people(), "people with access"),
                ("", data.assets(), "accounts and groups they reach"),
            ]))
        }
    }
}

fn examined(state: &Examined) -> Markup {
    html! {
        li {
            (safe(&state.business)) ": " code { (safe(&state.from)) } ", taken " (words::moment(state.captured_at))
            ", digest " code { (state.digest.short(20)) }
        }
    }
}

fn findings(judgement: &Judgement, page: &Page<'_>) -> Markup {
    let of = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<&Finding> {
        judgement.findings.iter().filter(|finding| wanted(finding)).collect()
    };
    let open = of(&|finding| finding.is_open());
    let waived = of(&|finding| finding.waived.is_some());
    let notes = of(&|finding| finding.level == Level::Note && finding.waived.is_none());
    html! {
        section id="findings" {
            h2 { "Findings" }
            @if open.is_empty() { p { "Nothing is open." } }
            (cards(&open, page))
            (folded(&waived, &prose::len(&waived, "finding is waived", "findings are waived"), page))
            (folded(&notes, &prose::len(&notes, "note", "notes"), page))
            (parts::missing(&judgement.not_evaluated))
        }
    }
}

fn cards(findings: &[&Finding], page: &Page<'_>) -> Markup {
    html! {
        @for finding in findings.iter().take(FINDINGS) { (parts::finding(finding, page.text_of)) }
        (parts::rest(findings.len()))
    }
}

fn folded(findings: &[&Finding], summary: &str, page: &Page<'_>) -> Markup {
    html! {
        @if !findings.is_empty() { details { summary { (summary) } (cards(findings, page)) } }
    }
}

/// How many each rule has, for comparing with the audit before.
fn by_rule(judgement: &Judgement) -> Markup {
    let mut rules: BTreeMap<(Level, &str), (usize, usize)> = BTreeMap::new();
    for finding in &judgement.findings {
        let (all, waived) = rules.entry((finding.level, finding.rule.as_str())).or_default();
        *all += 1;
        *waived += usize::from(finding.waived.is_some());
    }
    let levels = [Level::Error, Level::Warning, Level::Note];
    html! {
        section id="rules" {
            h2 { "Findings by rule" }
            @if rules.is_empty() { p { "No rule finds anything." } } @else {
                div.scroll { table {
                    thead { tr { th scope="col" { "Rule" } th scope="col" { "Level" } th scope="col" { "Findings" } th scope="col" { "Waived" } } }
                    tbody {
                        @for level in levels {
                            @for ((_, rule), (all, waived)) in rules.iter().filter(|((of, _), _)| *of == level) {
                                tr {
                                    th scope="row" { code { (rule) } }
                                    td { span.tag.(parts::level(level)) { (level.word()) } }
                                    td { (prose::number(*all as u64)) }
                                    td { (prose::number(*waived as u64)) }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}
