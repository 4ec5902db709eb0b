//! Asks the rules, compares with the state before, and applies what the policy says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case::{Case, World};
use super::finding::{Finding, Level, NotEvaluated, State};
use super::params::Params;
use super::rule::{Kind, Rule};
use super::sink::{Draft, Sink};

/// What is to be judged.
pub struct Question<'a> {
    /// The rules to ask.
    pub rules: &'a [&'static Rule],
    /// The state that is looked at.
    pub now: World<'a>,
    /// The state before, where there is one to compare with.
    pub before: Option<World<'a>>,
    /// The moment for which ends and ages count.
    pub as_of: Timestamp,
}

/// What the rules say.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// What nothing can be said about.
    pub not_evaluated: Vec<NotEvaluated>,
}

type Drafts = BTreeMap<(&'static str, String), Draft>;

/// Asks the rules. The same question has the same answer, whatever the number of threads.
pub fn judge(question: &Question<'_>) -> Judgement {
    let (now, mut not_evaluated) = ask(question, question.now, question.before);
    let before = question.before.map(|before| ask(question, before, None).0);
    let mut findings = compare(now, before);
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    not_evaluated.sort();
    Judgement { findings, not_evaluated }
}

fn ask<'a>(question: &Question<'a>, now: World<'a>, before: Option<World<'a>>) -> (Drafts, Vec<NotEvaluated>) {
    let day = question.as_of.to_zoned(TimeZone::UTC).date();
    let mut drafts = Drafts::new();
    let mut not_evaluated = Vec::new();
    for rule in question.rules {
        let before = match rule.kind {
            Kind::State => None,
            Kind::Change if before.is_none() => continue,
            Kind::Change => before,
        };
        let params = Params::default();
        let mut sink = Sink::new(rule, &params);
        (rule.check)(&Case { now, before, as_of: question.as_of, day }, &mut sink);
        let (found, missing) = sink.finish();
        drafts.extend(found.into_iter().map(|(fingerprint, draft)| ((rule.name, fingerprint), draft)));
        not_evaluated.extend(missing);
    }
    (drafts, not_evaluated)
}

fn compare(now: Drafts, before: Option<Drafts>) -> Vec<Finding> {
    let Some(mut before) = before else {
        return now.into_iter().map(|(key, draft)| finding(key, draft, None)).collect();
    };
    let mut findings = Vec::with_capacity(now.len());
    for (key, draft) in now {
        let state = match before.remove(&key) {
            None => State::New,
            Some(old) if is_worse(&draft, &old) => State::Worsened,
            Some(_) => State::Unchanged,
        };
        findings.push(finding(key, draft, Some(state)));
    }
    findings.extend(before.into_iter().map(|(key, draft)| finding(key, draft, Some(State::Fixed))));
    findings
}

/// It touches more people or assets, or weighs more.
fn is_worse(now: &Draft, before: &Draft) -> bool {
    now.exposure.people > before.exposure.people
        || now.exposure.assets > before.exposure.assets
        || now.impact > before.impact
}

fn finding((rule, fingerprint): (&'static str, String), draft: Draft, state: Option<State>) -> Finding {
    let rule = super::by_name(rule);
    Finding {
        rule: rule.map_or("", |rule| rule.name).to_owned(),
        fingerprint,
        severity: draft.severity.or(rule.map(|rule| rule.severity)).unwrap_or(super::finding::Severity::Medium),
        level: Level::Error,
        state,
        business: draft.business,
        subject: draft.subject,
        object: draft.object,
        message: draft.message,
        place: draft.place,
        label: draft.label,
        record: draft.record,
        related: draft.related,
        witness: draft.witness,
        exposure: draft.exposure,
        impact: draft.impact,
        cut: draft.cut,
        root: draft.root,
        fix: draft.fix,
        waived: None,
    }
}

/// New ones first, then by level, severity and rule; equal ones by fingerprint.
fn order(finding: &Finding) -> impl Ord + '_ {
    (finding.state, finding.level, finding.severity, &finding.rule, &finding.message, &finding.fingerprint)
}
