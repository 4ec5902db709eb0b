//! Compares what rules found in the state before and after a change.

use std::cmp::Ordering::{Equal, Less};
use std::collections::BTreeMap;

use crate::desired::DesiredState;
use crate::model::each;
use crate::policy::Policy;

use super::case;
use super::finding::{Finding, Level, Related, State};
use super::judge::{Answers, Question};
use super::settings::Setting;
use super::sink::{Entry, Found, Tells};

/// What both states together come to.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) findings: Vec<Finding>,
    pub(super) unchanged: BTreeMap<(String, Level), u64>,
}

/// Findings of both states, those of the state before that are gone included.
pub(super) fn all(question: &Question<'_>, policy: &Policy, mut answers: Vec<Answers<'_>>) -> Compared {
    let _span = tracing::debug_span!("compare").entered();
    // What takes longest first, so that no thread is left with it alone at the end.
    answers.sort_by_key(|answers| std::cmp::Reverse(answers.size()));
    let mut all = Compared::default();
    for Compared { findings, unchanged } in each(question.threads, answers, |one| one.compared(question, policy)) {
        all.findings.extend(findings);
        for (key, count) in unchanged {
            *all.unchanged.entry(key).or_default() += count;
        }
    }
    all
}

/// Whether findings that were there before are only counted. Only notes: what asks for somebody's attention is told. A waiver has to
/// meet the finding that it is about, or it would pass for unused.
pub(super) fn counts(question: &Question<'_>, policy: &Policy, name: &str, level: Level) -> bool {
    question.unproven && level == Level::Note && policy.waivers.iter().all(|waiver| waiver.rule.value != name)
}

impl Answers<'_> {
    fn size(&self) -> usize {
        let found = [Some(&self.now), self.before.as_ref(), self.same.as_ref()];
        found.into_iter().flatten().map(|found| found.entries.len()).sum()
    }

    /// What one rule says of both states.
    fn compared(self, question: &Question<'_>, policy: &Policy) -> Compared {
        let Answers { setting, level, now, before, same } = self;
        let telling = Telling { desired: question.now.desired, setting, level };
        let mut counting = Counting::new(question, policy, &telling);
        let mut findings = Vec::new();
        let (gone, old) = before.map(|old| (old.told, old.entries)).unzip();
        let fixed = |entry| Some(telling.finding(gone.as_ref()?, entry, Some(State::Fixed), true));
        let mut old = old.unwrap_or_default().into_iter().peekable();
        for entry in now.entries {
            while let Some(gone) = old.next_if(|old| old.order(&entry) == Less) {
                findings.extend(fixed(gone));
            }
            let same = old.next_if(|old| old.order(&entry) == Equal);
            let state = question.before.map(|_| match same {
                None => State::New,
                Some(old) if entry.is_worse(&old) => State::Worsened,
                Some(_) => State::Unchanged,
            });
            findings.extend(counting.told(&now.told, entry, state));
        }
        findings.extend(old.filter_map(fixed));
        if let Some(Found { entries, told, counted, .. }) = same {
            counting.own += counted;
            findings.extend(entries.into_iter().filter_map(|one| counting.told(&told, one, Some(State::Unchanged))));
        }
        Compared { findings, unchanged: counting.done() }
    }
}

/// Counts what a plan doesn't tell of one rule. Of a million grants most findings are notes about what the plan doesn't touch; telling
/// them costs more than everything else that a plan does.
struct Counting<'q> {
    question: &'q Question<'q>,
    policy: &'q Policy,
    telling: &'q Telling<'q>,
    /// Of a rule that reports under its own name alone, which is nearly every one.
    own: u64,
    own_counts: bool,
    others: BTreeMap<(String, Level), u64>,
}

impl<'q> Counting<'q> {
    fn new(question: &'q Question<'_>, policy: &'q Policy, telling: &'q Telling<'q>) -> Self {
        let own_counts = counts(question, policy, telling.setting.rule.name, telling.level);
        Counting { question, policy, telling, own: 0, own_counts, others: BTreeMap::new() }
    }

    /// A finding, unless it is one that is only counted.
    fn told(&mut self, told: &Tells<'_>, entry: Entry, state: Option<State>) -> Option<Finding> {
        let unchanged = state == Some(State::Unchanged);
        if unchanged && self.count(&entry) {
            return None;
        }
        Some(self.telling.finding(told, entry, state, !(unchanged && self.question.unproven)))
    }

    /// Counts a finding that was there before; says whether that is all that becomes of it.
    fn count(&mut self, entry: &Entry) -> bool {
        let Some(own) = entry.own() else {
            self.own += u64::from(self.own_counts);
            return self.own_counts;
        };
        let counts = counts(self.question, self.policy, &own.name, own.level);
        if counts {
            *self.others.entry((own.name.clone(), own.level)).or_default() += 1;
        }
        counts
    }

    fn done(mut self) -> BTreeMap<(String, Level), u64> {
        if self.own > 0 {
            let own = (self.telling.setting.rule.name.to_owned(), self.telling.level);
            *self.others.entry(own).or_default() += self.own;
        }
        self.others
    }
}

/// What the policy makes of the findings of one rule.
pub(super) struct Telling<'a> {
    pub(super) desired: &'a DesiredState,
    pub(super) setting: &'a Setting,
    pub(super) level: Level,
}

impl Telling<'_> {
    pub(super) fn finding(&self, told: &Tells<'_>, entry: Entry, state: Option<State>, proven: bool) -> Finding {
        let rule = self.setting.rule;
        let fingerprint = entry.fingerprint.to_string();
        let mut draft = told.tell(entry, proven);
        if proven {
            draft.related.extend(self.written());
        } else {
            draft = draft.unproven();
        }
        let (name, level) = draft.own.map_or_else(|| (rule.name.to_owned(), self.level), |own| (own.name, own.level));
        Finding {
            rule: name,
            fingerprint,
            severity: draft.severity.unwrap_or(rule.severity),
            level,
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

    fn written(&self) -> impl Iterator<Item = Related> {
        let written = self.setting.written.iter();
        written.map(|(span, label)| Related { place: case::place(self.desired, span.start), label: label.clone() })
    }
}
