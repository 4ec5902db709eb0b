//! Asks the rules, compares with the state before, and applies what the policy says.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desired::DesiredState;
use crate::policy::waiver::Match;
use crate::policy::{Policy, Profile, Waiver, Waivers};

use super::case::{self, Case, Known, World};
use super::finding::{Finding, Level, NotEvaluated, Related, Severity, State, Waived};
use super::rule::{Kind, Rule};
use super::settings::{Setting, settings};
use super::sink::{Draft, Sink};

/// What is to be judged.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The rules to ask.
    pub rules: &'a [&'static Rule],
    /// The state that is looked at.
    pub now: World<'a>,
    /// The state before, where there is one to compare with.
    pub before: Option<World<'a>>,
    /// What is known besides.
    pub known: Known<'a>,
    /// Another profile than that of the policy.
    pub profile: Option<Profile>,
    /// How many threads to use; they change nothing but the time it takes.
    pub threads: usize,
}

/// What the rules say.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// `advertiser`, `agency` or `audit-strict`: whose levels and parameters held where the policy says nothing; empty where no rule was
    /// asked.
    pub profile: String,
    /// How many rules were asked.
    pub rules: u64,
    /// What was found: new ones first, then by level, severity and rule.
    pub findings: Vec<Finding>,
    /// What nothing can be said about.
    pub not_evaluated: Vec<NotEvaluated>,
}

impl Judgement {
    /// What stops a plan.
    pub fn refusing(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.refuses())
    }
}

/// Everything one side has to say, by rule and fingerprint.
#[derive(Default)]
struct Answer {
    found: BTreeMap<(String, String), Found>,
    not_evaluated: Vec<NotEvaluated>,
}

/// A draft with what the policy makes of it.
struct Found {
    draft: Draft,
    level: Level,
    severity: Severity,
    written: Vec<Related>,
}

/// Asks the rules. The same question has the same answer, whatever the number of threads.
pub fn judge(question: &Question<'_>) -> Judgement {
    let policy = &question.now.desired.policy;
    let settings = settings(question.rules, policy, question.profile);
    let asking = Asking { question, settings: &settings, policy, day: day(question) };
    let (now, before) = asking.both();
    let Answer { found, mut not_evaluated } = now;
    let mut findings = compare(found, before.map(|before| before.found));
    let waivers = Waivers::new(&policy.waivers, asking.day).asking(asking.asked(&not_evaluated));
    for finding in &mut findings {
        finding.waived = waived(finding, &waivers, question.now.desired);
    }
    asking.waivers(&waivers, &mut findings, &mut not_evaluated);
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    not_evaluated.sort();
    let profile = question.profile.or(policy.profile.map(|profile| profile.value)).unwrap_or_default();
    let rules = settings.iter().filter(|setting| setting.level.is_some()).count() as u64;
    Judgement { profile: profile.word().to_owned(), rules, findings, not_evaluated }
}

fn day(question: &Question<'_>) -> Date {
    question.known.as_of.to_zoned(TimeZone::UTC).date()
}

struct Asking<'a> {
    question: &'a Question<'a>,
    settings: &'a [Setting],
    policy: &'a Policy,
    day: Date,
}

impl Asking<'_> {
    /// Names of the rules that said something, so that a waiver nobody needed is known to be unused.
    fn asked(&self, not_evaluated: &[NotEvaluated]) -> BTreeSet<String> {
        let silent = |name: &str| not_evaluated.iter().any(|one| one.rule == name && one.count == 0);
        let on = self.settings.iter().filter(|setting| setting.level.is_some() && !silent(setting.rule.name));
        let compares = |setting: &&Setting| setting.rule.kind != Kind::Change || self.question.before.is_some();
        let names = on.filter(compares).map(|setting| setting.rule.name.to_owned());
        names.chain(self.policy.custom_rules.iter().map(|rule| rule.name.value.clone())).collect()
    }

    /// The answers about the state that is looked at and the one before.
    fn both(&self) -> (Answer, Option<Answer>) {
        let Question { now, before, threads, .. } = *self.question;
        let now = || {
            let _span = tracing::debug_span!("rules about the state").entered();
            self.ask(&self.case(now, before), &|kind| kind != Kind::Waivers)
        };
        let Some(before) = before else {
            return (now(), None);
        };
        let old = || {
            let _span = tracing::debug_span!("rules about the state before").entered();
            self.ask(&self.case(before, None), &|kind| kind == Kind::State)
        };
        if threads < 2 {
            return (now(), Some(old()));
        }
        std::thread::scope(|scope| {
            let old = scope.spawn(old);
            let now = now();
            (now, Some(old.join().unwrap_or_else(|panic| resume_unwind(panic))))
        })
    }

    fn case<'c>(&'c self, now: World<'c>, before: Option<World<'c>>) -> Case<'c> {
        let (known, policy, day) = (self.question.known, self.policy, self.day);
        Case { now, before, as_is: before, known, policy, waivers: None, day }
    }

    fn ask(&self, case: &Case<'_>, asked: &dyn Fn(Kind) -> bool) -> Answer {
        let mut answer = Answer::default();
        for setting in self.settings.iter().filter(|setting| asked(setting.rule.kind)) {
            let Some(level) = setting.level else { continue };
            let case = match setting.rule.kind {
                Kind::State | Kind::Waivers => Case { before: None, ..*case },
                Kind::Change if case.before.is_none() => continue,
                Kind::Change => *case,
            };
            self.ask_one(setting, level, &case, &mut answer);
        }
        answer
    }

    fn ask_one(&self, setting: &Setting, level: Level, case: &Case<'_>, answer: &mut Answer) {
        let rule = setting.rule;
        if let Some(data) = rule.data.iter().find(|data| !case.has(**data)) {
            let reason = data.missing().to_owned();
            answer.not_evaluated.push(NotEvaluated { rule: rule.name.to_owned(), reason, count: 0 });
            return;
        }
        let mut sink = Sink::new(rule, &setting.params);
        let _span = tracing::debug_span!("rule", name = rule.name).entered();
        (rule.check)(case, &mut sink);
        let (drafts, not_evaluated) = sink.finish();
        answer.not_evaluated.extend(not_evaluated);
        let written: Vec<Related> = setting
            .written
            .iter()
            .map(|(span, label)| Related {
                place: case::place(self.question.now.desired, span.start),
                label: label.clone(),
            })
            .collect();
        for (fingerprint, mut draft) in drafts {
            let own = draft.own.take();
            let name = own.as_ref().map_or_else(|| rule.name.to_owned(), |own| own.name.clone());
            let found = Found {
                level: own.as_ref().map_or(level, |own| own.level),
                severity: draft.severity.unwrap_or(rule.severity),
                written: written.clone(),
                draft,
            };
            answer.found.insert((name, fingerprint), found);
        }
    }

    /// Rules about waivers look at what the others left of them. An unused waiver is not news, so its findings are never new.
    fn waivers(&self, waivers: &Waivers<'_>, findings: &mut Vec<Finding>, not_evaluated: &mut Vec<NotEvaluated>) {
        let case = Case { waivers: Some(waivers), ..self.case(self.question.now, None) };
        let answer = self.ask(&case, &|kind| kind == Kind::Waivers);
        let state = self.question.before.map(|_| State::Unchanged);
        findings.extend(answer.found.into_iter().map(|(key, found)| finding(key, found, state)));
        not_evaluated.extend(answer.not_evaluated);
    }
}

type ByKey = BTreeMap<(String, String), Found>;

fn compare(now: ByKey, before: Option<ByKey>) -> Vec<Finding> {
    let Some(mut before) = before else {
        return now.into_iter().map(|(key, found)| finding(key, found, None)).collect();
    };
    let mut findings = Vec::with_capacity(now.len());
    for (key, found) in now {
        let state = match before.remove(&key) {
            None => State::New,
            Some(old) if is_worse(&found.draft, &old.draft) => State::Worsened,
            Some(_) => State::Unchanged,
        };
        findings.push(finding(key, found, Some(state)));
    }
    findings.extend(before.into_iter().map(|(key, found)| finding(key, found, Some(State::Fixed))));
    findings
}

/// It touches more people or assets, or weighs more.
fn is_worse(now: &Draft, before: &Draft) -> bool {
    now.exposure.people > before.exposure.people
        || now.exposure.assets > before.exposure.assets
        || now.impact > before.impact
}

fn finding((rule, fingerprint): (String, String), found: Found, state: Option<State>) -> Finding {
    let Found { draft, level, severity, written } = found;
    let mut related = draft.related;
    related.extend(written);
    Finding {
        rule,
        fingerprint,
        severity,
        level,
        state,
        business: draft.business,
        subject: draft.subject,
        object: draft.object,
        message: draft.message,
        place: draft.place,
        label: draft.label,
        record: draft.record,
        related,
        witness: draft.witness,
        exposure: draft.exposure,
        impact: draft.impact,
        cut: draft.cut,
        root: draft.root,
        fix: draft.fix,
        waived: None,
    }
}

fn waived(finding: &Finding, waivers: &Waivers<'_>, desired: &DesiredState) -> Option<Waived> {
    if finding.state == Some(State::Fixed) {
        return None;
    }
    let object = finding.object.as_ref().map(|object| object.id.as_str());
    let (waiver, Match::Waived) = waivers.find(&finding.rule, Some(&finding.subject.id), object)? else {
        return None;
    };
    let Waiver { reason, owner, approved_by, until, span, .. } = waiver;
    Some(Waived {
        reason: reason.value.clone(),
        owner: owner.value.clone(),
        approver: approved_by.written.value.clone(),
        until: until.value,
        place: case::place(desired, span.start),
    })
}

/// New ones first, then by level, severity and rule; equal ones by what they say.
fn order(finding: &Finding) -> impl Ord + '_ {
    let waived = finding.waived.is_some();
    (
        finding.state,
        waived,
        finding.level,
        finding.severity,
        &finding.rule,
        &finding.root,
        &finding.message,
        &finding.fingerprint,
    )
}
