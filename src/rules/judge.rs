//! Asks the rules, compares with the state before, and applies what the policy says.

use std::cmp::Ordering::{Equal, Less};
use std::collections::{BTreeMap, BTreeSet};
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
use super::sink::{Entry, Found, Sink, Tells};

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
    /// Of what was there before, notes are only counted, and the rest is named without related places, witness, cut and fix.
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
    /// Notes about what was there before, where they are counted instead of told: all of a plan's that no waiver could be about.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unchanged: Vec<Counted>,
    /// What nothing can be said about.
    pub not_evaluated: Vec<NotEvaluated>,
}

impl Judgement {
    /// What stops a plan.
    pub fn refusing(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.refuses())
    }
}

/// Findings of a rule that are counted, not told: they were there before, and are no worse.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The rule.
    pub rule: String,
    /// What they do, after profile and policy.
    pub level: Level,
    /// How many.
    pub count: u64,
}

/// What one rule says of one side.
struct Answer<'a> {
    setting: &'a Setting,
    level: Level,
    found: Found<'a>,
}

/// What both sides together come to.
#[derive(Default)]
struct Compared {
    findings: Vec<Finding>,
    unchanged: BTreeMap<(String, Level), u64>,
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
        now.iter().flat_map(|answer| answer.found.not_evaluated.iter().cloned()).collect();
    let Compared { mut findings, unchanged } = asking.compare(now, before);
    let waivers = Waivers::new(&policy.waivers, asking.day).asking(asking.asked(&not_evaluated));
    for finding in &mut findings {
        finding.waived = waived(finding, &waivers, question);
    }
    asking.waivers(&waivers, &mut findings, &mut not_evaluated);
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    not_evaluated.sort();
    let profile = question.profile.or(policy.profile.map(|profile| profile.value)).unwrap_or_default();
    let rules = settings.iter().filter(|setting| setting.level.is_some()).count() as u64;
    let unchanged = unchanged.into_iter().map(|((rule, level), count)| Counted { rule, level, count }).collect();
    Judgement { profile: profile.word().to_owned(), rules, findings, unchanged, not_evaluated }
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
            let found = Sink::new(rule, &setting.params).finish();
            return Answer { setting, level, found: Found { not_evaluated: vec![missing], ..found } };
        }
        let mut sink = Sink::new(rule, &setting.params);
        (rule.check)(case, &mut sink);
        Answer { setting, level, found: sink.finish() }
    }

    /// Findings of both states, those of the state before that are gone included.
    fn compare(&self, now: Vec<Answer<'a>>, before: Vec<Answer<'a>>) -> Compared {
        let _span = tracing::debug_span!("compare").entered();
        let mut compared = Compared::default();
        let mut before = before.into_iter().peekable();
        for answer in now {
            let old = before.next_if(|old| old.setting.rule.name == answer.setting.rule.name);
            self.compare_one(answer, old, &mut compared);
        }
        compared
    }

    /// What one rule says of both states.
    fn compare_one(&self, now: Answer<'a>, before: Option<Answer<'a>>, compared: &mut Compared) {
        let Answer { setting, level, found } = now;
        let telling = Telling { desired: self.question.now.desired, setting, level };
        let (gone, old) = before.map(|old| (old.found.told, old.found.entries)).unzip();
        let fixed = |entry| Some(telling.finding(gone.as_ref()?, entry, Some(State::Fixed), true));
        let mut old = old.unwrap_or_default().into_iter().peekable();
        let mut counting = Counting::new(self, &telling);
        for entry in found.entries {
            while let Some(gone) = old.next_if(|old| old.order(&entry) == Less) {
                compared.findings.extend(fixed(gone));
            }
            let same = old.next_if(|old| old.order(&entry) == Equal);
            let state = self.question.before.map(|_| match same {
                None => State::New,
                Some(old) if entry.is_worse(&old) => State::Worsened,
                Some(_) => State::Unchanged,
            });
            if state == Some(State::Unchanged) && counting.count(&entry) {
                continue;
            }
            let proven = !(self.question.unproven && state == Some(State::Unchanged));
            compared.findings.push(telling.finding(&found.told, entry, state, proven));
        }
        compared.findings.extend(old.filter_map(fixed));
        counting.add_to(&mut compared.unchanged);
    }

    /// Rules about waivers look at what the others left of them. An unused waiver is not news, so its findings are never new.
    fn waivers(&self, waivers: &Waivers<'_>, findings: &mut Vec<Finding>, not_evaluated: &mut Vec<NotEvaluated>) {
        let case = Case { waivers: Some(waivers), ..self.case(self.question.now, None) };
        let state = self.question.before.map(|_| State::Unchanged);
        for setting in self.settings.iter().filter(|setting| setting.rule.kind == Kind::Waivers) {
            let Some(level) = setting.level else { continue };
            let Found { entries, told, not_evaluated: missing } = self.answer(setting, level, &case).found;
            let telling = Telling { desired: self.question.now.desired, setting, level };
            let proven = state.is_none() || !self.question.unproven;
            findings.extend(entries.into_iter().map(|entry| telling.finding(&told, entry, state, proven)));
            not_evaluated.extend(missing);
        }
    }
}

/// Counts what a plan doesn't tell of one rule. Of a million grants most findings are notes about what the plan doesn't touch; telling
/// them costs more than everything else that a plan does.
struct Counting<'q> {
    telling: &'q Telling<'q>,
    /// Nothing where everything is told.
    waivers: Option<&'q [Waiver]>,
    /// Of a rule that reports under its own name alone, which is nearly every one.
    own: u64,
    own_counts: bool,
    others: BTreeMap<(String, Level), u64>,
}

impl<'q> Counting<'q> {
    fn new(asking: &'q Asking<'_>, telling: &'q Telling<'q>) -> Self {
        let waivers = asking.question.unproven.then_some(asking.policy.waivers.as_slice());
        let mut counting = Counting { telling, waivers, own: 0, own_counts: false, others: BTreeMap::new() };
        counting.own_counts = counting.counts(telling.setting.rule.name, telling.level);
        counting
    }

    /// Only a note: what asks for somebody's attention is told. A waiver has to meet the finding that it is about, or it would pass for
    /// unused.
    fn counts(&self, name: &str, level: Level) -> bool {
        let none_about = |waivers: &[Waiver]| waivers.iter().all(|waiver| waiver.rule.value != name);
        level == Level::Note && self.waivers.is_some_and(none_about)
    }

    /// Counts a finding that was there before; says whether that is all that becomes of it.
    fn count(&mut self, entry: &Entry) -> bool {
        let Some(own) = entry.own() else {
            self.own += u64::from(self.own_counts);
            return self.own_counts;
        };
        let counts = self.counts(&own.name, own.level);
        if counts {
            *self.others.entry((own.name.clone(), own.level)).or_default() += 1;
        }
        counts
    }

    fn add_to(self, unchanged: &mut BTreeMap<(String, Level), u64>) {
        let own = (self.own > 0).then(|| ((self.telling.setting.rule.name.to_owned(), self.telling.level), self.own));
        for (key, count) in self.others.into_iter().chain(own) {
            *unchanged.entry(key).or_default() += count;
        }
    }
}

/// What the policy makes of the findings of one rule.
struct Telling<'a> {
    desired: &'a DesiredState,
    setting: &'a Setting,
    level: Level,
}

impl Telling<'_> {
    fn finding(&self, told: &Tells<'_>, entry: Entry, state: Option<State>, proven: bool) -> Finding {
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
