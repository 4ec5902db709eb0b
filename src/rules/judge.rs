//! Asks the rules, compares with the state before, and applies what the policy says.

use std::cmp::Ordering::{Equal, Less};
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desired::DesiredState;
use crate::policy::waiver::Match;
use crate::policy::{Policy, Profile, Waiver, Waivers};

use super::case::{self, Case, Known, World};
use super::finding::{Finding, Level, NotEvaluated, Related, State, Waived};
use super::guardrails::{rank, same_waiver};
use super::rule::{Data, Kind, Rule};
use super::settings::{Setting, settings};
use super::sink::{Entry, Sink};

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
    /// What was there before is counted and named only, without related places, witness, cut and fix.
    pub unproven: bool,
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

/// What one rule says of one side, in the order of names and fingerprints.
struct Answer<'a> {
    setting: &'a Setting,
    level: Level,
    found: Vec<Entry<'a>>,
    not_evaluated: Vec<NotEvaluated>,
}

/// One of the two states.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Now,
    Before,
}

/// Asks the rules. The same question has the same answer, whatever the number of threads.
pub fn judge(question: &Question<'_>) -> Judgement {
    let policy = &question.now.desired.policy;
    let settings = kept_on(question, settings(question.rules, policy, question.profile));
    let asking = Asking { question, settings: &settings, policy, day: day(question) };
    let (now, before) = asking.both();
    let mut not_evaluated: Vec<NotEvaluated> =
        now.iter().flat_map(|answer| answer.not_evaluated.iter().cloned()).collect();
    let mut findings = asking.compare(now, before);
    let waivers = Waivers::new(&policy.waivers, asking.day).asking(asking.asked(&not_evaluated));
    for finding in &mut findings {
        finding.waived = waived(finding, &waivers, question);
    }
    asking.waivers(&waivers, &mut findings, &mut not_evaluated);
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    not_evaluated.sort();
    let profile = question.profile.or(policy.profile.map(|profile| profile.value)).unwrap_or_default();
    let rules = settings.iter().filter(|setting| setting.level.is_some()).count() as u64;
    Judgement { profile: profile.word().to_owned(), rules, findings, not_evaluated }
}

/// A rule about changes of the files is as strict as it was before the change: none can turn off what would judge it.
fn kept_on(question: &Question<'_>, now: Vec<Setting>) -> Vec<Setting> {
    let Some(base) = question.known.base else { return now };
    let before = settings(question.rules, &base.policy, question.profile);
    let judges = |now: &Setting| now.rule.data.contains(&Data::Base);
    let stricter = |(now, before): (Setting, Setting)| match judges(&now) && rank(before.level) < rank(now.level) {
        true => Setting { level: before.level, params: before.params, ..now },
        false => now,
    };
    now.into_iter().zip(before).map(stricter).collect()
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

impl<'a> Asking<'a> {
    /// Names of the rules that said something, so that a waiver nobody needed is known to be unused.
    fn asked(&self, not_evaluated: &[NotEvaluated]) -> BTreeSet<String> {
        let silent = |name: &str| not_evaluated.iter().any(|one| one.rule == name && one.count == 0);
        let on = self.settings.iter().filter(|setting| setting.level.is_some() && !silent(setting.rule.name));
        let compares = |setting: &&Setting| setting.rule.kind != Kind::Change || self.question.before.is_some();
        let names = on.filter(compares).map(|setting| setting.rule.name.to_owned());
        names.chain(self.policy.custom_rules.iter().map(|rule| rule.name.value.clone())).collect()
    }

    /// The answers about the state that is looked at and the one before, in the order of the rules.
    fn both(&self) -> (Vec<Answer<'a>>, Vec<Answer<'a>>) {
        let tasks = self.tasks();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut answers = Vec::new();
            while let Some(&(side, setting, level)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                answers.push((side, setting.rule.name, self.ask(side, setting, level)));
            }
            answers
        };
        let mut answers = if self.question.threads < 2 {
            work()
        } else {
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..self.question.threads).map(|_| scope.spawn(work)).collect();
                let own = work();
                let others =
                    others.into_iter().flat_map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
                own.into_iter().chain(others).collect()
            })
        };
        answers.sort_by_key(|&(side, rule, _)| (side, rule));
        let before = answers.split_off(answers.partition_point(|&(side, ..)| side == Side::Now));
        let only = |answers: Vec<(Side, &str, Answer<'a>)>| answers.into_iter().map(|(_, _, answer)| answer).collect();
        (only(answers), only(before))
    }

    /// Which rule is asked about which state.
    fn tasks(&self) -> Vec<(Side, &'a Setting, Level)> {
        let compared = self.question.before.is_some();
        let mut tasks = Vec::new();
        for setting in self.settings {
            let Some(level) = setting.level else { continue };
            let (now, before) = match setting.rule.kind {
                Kind::State => (true, compared),
                Kind::Change => (compared, false),
                Kind::Waivers => (false, false),
            };
            tasks.extend(now.then_some((Side::Now, setting, level)));
            tasks.extend(before.then_some((Side::Before, setting, level)));
        }
        tasks
    }

    fn ask(&self, side: Side, setting: &'a Setting, level: Level) -> Answer<'a> {
        let _span = tracing::debug_span!("rule", name = setting.rule.name, before = side == Side::Before).entered();
        let Question { now, before, .. } = *self.question;
        let case = match (side, before) {
            (Side::Before, Some(before)) => self.case(before, None),
            (Side::Now, _) | (Side::Before, None) => self.case(now, before),
        };
        let compared = case.before.filter(|_| setting.rule.kind == Kind::Change);
        self.answer(setting, level, &Case { before: compared, ..case })
    }

    fn case(&self, now: World<'a>, before: Option<World<'a>>) -> Case<'a> {
        let (known, policy, day) = (self.question.known, self.policy, self.day);
        Case { now, before, as_is: before, known, policy, waivers: None, day }
    }

    fn answer<'w>(&self, setting: &'w Setting, level: Level, case: &Case<'w>) -> Answer<'w> {
        let rule = setting.rule;
        if let Some(data) = rule.data.iter().find(|data| !case.has(**data)) {
            let reason = data.missing().to_owned();
            let missing = NotEvaluated { rule: rule.name.to_owned(), reason, count: 0 };
            return Answer { setting, level, found: Vec::new(), not_evaluated: vec![missing] };
        }
        let mut sink = Sink::new(rule, &setting.params);
        (rule.check)(case, &mut sink);
        let (found, not_evaluated) = sink.finish();
        Answer { setting, level, found, not_evaluated }
    }

    /// Findings of both states, those of the state before that are gone included.
    fn compare(&self, now: Vec<Answer<'a>>, before: Vec<Answer<'a>>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut before = before.into_iter().peekable();
        for answer in now {
            let old = before.next_if(|old| old.setting.rule.name == answer.setting.rule.name);
            let telling = Telling { desired: self.question.now.desired, setting: answer.setting, level: answer.level };
            let mut old = old.map(|old| old.found).unwrap_or_default().into_iter().peekable();
            for entry in answer.found {
                while let Some(gone) = old.next_if(|old| old.order(&entry) == Less) {
                    findings.push(telling.finding(gone, Some(State::Fixed), true));
                }
                let same = old.next_if(|old| old.order(&entry) == Equal);
                let state = self.question.before.map(|_| match same {
                    None => State::New,
                    Some(old) if is_worse(&entry, &old) => State::Worsened,
                    Some(_) => State::Unchanged,
                });
                let proven = !(self.question.unproven && state == Some(State::Unchanged));
                findings.push(telling.finding(entry, state, proven));
            }
            findings.extend(old.map(|gone| telling.finding(gone, Some(State::Fixed), true)));
        }
        findings
    }

    /// Rules about waivers look at what the others left of them. An unused waiver is not news, so its findings are never new.
    fn waivers(&self, waivers: &Waivers<'_>, findings: &mut Vec<Finding>, not_evaluated: &mut Vec<NotEvaluated>) {
        let case = Case { waivers: Some(waivers), ..self.case(self.question.now, None) };
        let state = self.question.before.map(|_| State::Unchanged);
        for setting in self.settings.iter().filter(|setting| setting.rule.kind == Kind::Waivers) {
            let Some(level) = setting.level else { continue };
            let answer = self.answer(setting, level, &case);
            let telling = Telling { desired: self.question.now.desired, setting, level };
            findings.extend(
                answer
                    .found
                    .into_iter()
                    .map(|entry| telling.finding(entry, state, state.is_none() || !self.question.unproven)),
            );
            not_evaluated.extend(answer.not_evaluated);
        }
    }
}

/// It touches more people or assets, or others than before, or weighs more.
fn is_worse(now: &Entry<'_>, before: &Entry<'_>) -> bool {
    now.exposure.people > before.exposure.people
        || now.exposure.assets > before.exposure.assets
        || !now.assets.is_subset(&before.assets)
        || now.impact > before.impact
}

/// What the policy makes of the findings of one rule.
struct Telling<'a> {
    desired: &'a DesiredState,
    setting: &'a Setting,
    level: Level,
}

impl Telling<'_> {
    fn finding(&self, entry: Entry<'_>, state: Option<State>, proven: bool) -> Finding {
        let rule = self.setting.rule;
        let (own, fingerprint) = (entry.own.clone(), entry.fingerprint.clone());
        let mut draft = entry.tell(rule, proven);
        if proven {
            draft.related.extend(self.written());
        } else {
            draft = draft.unproven();
        }
        let (name, level) = own.map_or_else(|| (rule.name.to_owned(), self.level), |own| (own.name, own.level));
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

fn waived(finding: &Finding, waivers: &Waivers<'_>, question: &Question<'_>) -> Option<Waived> {
    if finding.state == Some(State::Fixed) {
        return None;
    }
    let object = finding.object.as_ref().map(|object| object.id.as_str());
    let (waiver, Match::Waived) = waivers.find(&finding.rule, Some(&finding.subject.id), object)? else {
        return None;
    };
    // What judges a change is not waived by the same change.
    let judges = question.rules.iter().any(|rule| rule.name == finding.rule && rule.data.contains(&Data::Base));
    let comes = |base: &DesiredState| !base.policy.waivers.iter().any(|old| same_waiver(old, waiver));
    if judges && question.known.base.is_some_and(comes) {
        return None;
    }
    let desired = question.now.desired;
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
