//! Asks the rules, and applies what the policy says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desired::DesiredState;
use crate::graph::Differing;
use crate::model::each;
use crate::policy::waiver::Match;
use crate::policy::{Policy, Profile, Waiver, Waivers};

use super::case::{self, Case, Known, Part, World};
use super::compare::{self, Compared, Telling};
use super::finding::{Finding, Level, NotEvaluated, State, Waived};
use super::guardrails::{rank, same_waiver};
use super::rule::{Data, Kind, Rule};
use super::settings::{Setting, settings};
use super::sink::{Found, Reading, Sink};

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

/// What one rule says.
pub(super) struct Answers<'a> {
    pub(super) setting: &'a Setting,
    pub(super) level: Level,
    /// Of the state that is looked at, but for what is in `same`.
    pub(super) now: Found<'a>,
    /// Of the state before, likewise.
    pub(super) before: Option<Found<'a>>,
    /// Of those whom the change leaves alone, looked at once for both states.
    pub(super) same: Option<Found<'a>>,
}

/// Asks the rules. The same question has the same answer, whatever the number of threads.
pub fn judge(question: &Question<'_>) -> Judgement {
    let policy = &question.now.desired.policy;
    let settings = kept_on(question, settings(question.rules, policy, question.profile));
    let differing = differing(question);
    let asking = Asking { question, settings: &settings, policy, differing: differing.as_ref(), day: day(question) };
    let answers = each(question.threads, asking.tasks(), |(setting, level)| asking.ask(setting, level));
    let mut not_evaluated = not_evaluated(&answers);
    let Compared { mut findings, unchanged } = compare::all(question, policy, answers);
    let waivers = Waivers::new(&policy.waivers, asking.day).asking(asking.asked(&not_evaluated));
    for finding in &mut findings {
        finding.waived = waived(finding, &waivers, question);
    }
    asking.waivers(&waivers, &mut findings, &mut not_evaluated);
    let findings = sorted(findings);
    not_evaluated.sort();
    let profile = question.profile.or(policy.profile.map(|profile| profile.value)).unwrap_or_default();
    let rules = settings.iter().filter(|setting| setting.level.is_some()).count() as u64;
    let unchanged = unchanged.into_iter().map(|((rule, level), count)| Counted { rule, level, count }).collect();
    Judgement { profile: profile.word().to_owned(), rules, findings, unchanged, not_evaluated }
}

/// About whom a plan's states differ, where the rest can be looked at once for both: the same files explain them.
fn differing(question: &Question<'_>) -> Option<Differing> {
    let World { graph, effective, desired, .. } = question.now;
    let before = question.before.filter(|before| question.unproven && std::ptr::eq(before.desired, desired))?;
    let _span = tracing::debug_span!("differing").entered();
    Differing::between((before.graph, before.effective), (graph, effective))
}

/// What nothing can be said about in the state that is looked at. Both parts of it add up.
fn not_evaluated(answers: &[Answers<'_>]) -> Vec<NotEvaluated> {
    let mut all = Vec::new();
    for Answers { now, same, .. } in answers {
        let mut reasons: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let parts = [Some(now), same.as_ref()].into_iter().flatten();
        for NotEvaluated { rule, reason, count } in parts.flat_map(|part| &part.not_evaluated) {
            *reasons.entry((rule, reason)).or_default() += count;
        }
        let owned = |((rule, reason), count): ((&str, &str), u64)| (rule.to_owned(), reason.to_owned(), count);
        all.extend(reasons.into_iter().map(owned).map(|(rule, reason, count)| NotEvaluated { rule, reason, count }));
    }
    all
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
    differing: Option<&'a Differing>,
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

    /// Which rules are asked. Those about waivers come when the others are done.
    fn tasks(&self) -> Vec<(&'a Setting, Level)> {
        let asked = |setting: &&Setting| match setting.rule.kind {
            Kind::State | Kind::Local => true,
            Kind::Change => self.question.before.is_some(),
            Kind::Waivers => false,
        };
        let on = self.settings.iter().filter(asked);
        on.filter_map(|setting| Some((setting, setting.level?))).collect()
    }

    fn ask(&self, setting: &'a Setting, level: Level) -> Answers<'a> {
        let _span = tracing::debug_span!("rule", name = setting.rule.name).entered();
        let Question { now, before, .. } = *self.question;
        let now = self.case(now, before);
        let was = before.map(|before| self.case(before, None));
        let state = |case: Case<'a>, part| self.answer(setting, &Case { part, before: None, ..case }, Reading::Proven);
        let (now, before, same) = match (setting.rule.kind, self.differing) {
            (Kind::Local, Some(differing)) => {
                let changed = Part::Changed(differing);
                let case = Case { part: Part::Same(differing), before: None, ..now };
                let counts = compare::counts(self.question, self.policy, setting.rule.name, level);
                let reading = if counts { Reading::Counted(0) } else { Reading::Told };
                let same = self.answer(setting, &case, reading);
                (state(now, changed), was.map(|was| state(was, changed)), Some(same))
            }
            (Kind::State | Kind::Local, _) => (state(now, Part::Whole), was.map(|was| state(was, Part::Whole)), None),
            (Kind::Change | Kind::Waivers, differing) => {
                let part = differing.map_or(Part::Whole, Part::Changed);
                (self.answer(setting, &Case { part, ..now }, Reading::Proven), None, None)
            }
        };
        Answers { setting, level, now, before, same }
    }

    fn case(&self, now: World<'a>, before: Option<World<'a>>) -> Case<'a> {
        let (known, policy, day) = (self.question.known, self.policy, self.day);
        Case { now, before, as_is: before, part: Part::Whole, known, policy, waivers: None, day }
    }

    fn answer<'w>(&self, setting: &'w Setting, case: &Case<'w>, reading: Reading) -> Found<'w> {
        let rule = setting.rule;
        let mut sink = Sink::new(rule, &setting.params).reading(reading);
        match rule.data.iter().find(|data| !case.has(**data)) {
            Some(missing) => sink.not_evaluated(missing.missing(), 0),
            None => (rule.check)(case, &mut sink),
        }
        sink.finish()
    }

    /// Rules about waivers look at what the others left of them. An unused waiver is not news, so its findings are never new.
    fn waivers(&self, waivers: &Waivers<'_>, findings: &mut Vec<Finding>, not_evaluated: &mut Vec<NotEvaluated>) {
        let case = Case { waivers: Some(waivers), ..self.case(self.question.now, None) };
        let state = self.question.before.map(|_| State::Unchanged);
        for setting in self.settings.iter().filter(|setting| setting.rule.kind == Kind::Waivers) {
            let Some(level) = setting.level else { continue };
            let Found { entries, told, not_evaluated: missing, .. } = self.answer(setting, &case, Reading::Proven);
            let telling = Telling { desired: self.question.now.desired, setting, level };
            let proven = state.is_none() || !self.question.unproven;
            findings.extend(entries.into_iter().map(|entry| telling.finding(&told, entry, state, proven)));
            not_evaluated.extend(missing);
        }
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

/// In order. Findings are large, so their places are sorted, not they.
fn sorted(findings: Vec<Finding>) -> Vec<Finding> {
    let mut places: Vec<usize> = (0..findings.len()).collect();
    places.sort_by(|&a, &b| order(&findings[a]).cmp(&order(&findings[b])));
    let mut findings: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| findings[place].take()).collect()
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
