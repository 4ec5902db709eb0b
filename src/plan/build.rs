//! From states to a plan: compared business by business, ordered, judged by the guards.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::desired::{DesiredState, Mode};
use crate::diff::{self, ChangeSet, Only, Scope};
use crate::graph::{AccessGraph, Groundwork};
use crate::model::{Digest, both};
use crate::observed::{Completeness, Lookup, ObservedState};
use crate::platforms::Platform;
use crate::policy::{Applicant, ToxicScope, ToxicSet};
use crate::source::nearest;

use super::action::Action;
use super::approvals;
use super::guards::{self, Case};
use super::judging::{self, Part, Ruling};
use super::overrides;
use super::reach::Reach;
use super::render::Renderer;
use super::step::{Setting, Step, Steps};
use super::{
    BusinessPlan, BusinessRef, Executor, FORMAT_VERSION, IncompleteCollection, Notice, ObservedRef, Operation,
    Override, Place, Plan, batches, file, requests, totals,
};

/// What a plan is made from.
pub struct PlanInput<'a> {
    /// What the files say.
    pub desired: &'a DesiredState,
    /// The businesses to plan for, each with its export.
    pub businesses: Vec<BusinessInput<'a>>,
    /// The moment for which ends and ages count.
    pub as_of: Timestamp,
    /// What to look at; empty = everything.
    pub only: Vec<Only>,
    /// Overridden guards.
    pub overrides: Vec<Override>,
    /// Who is going to apply it, where known.
    pub applicant: Applicant,
    /// Addresses of those who made the change, where known.
    pub authors: Vec<String>,
    /// Whether to compute the state that the plan leads to; costs a copy of the export.
    pub predict: bool,
    /// How many threads to use; they change nothing but the time it takes.
    pub threads: usize,
    /// The rules to ask; `None` = none, for plans that only tell a difference.
    pub rules: Option<Ruling<'a>>,
}

/// One business of a plan.
pub struct BusinessInput<'a> {
    /// Index into [`DesiredState::businesses`].
    pub business: usize,
    /// Its export.
    pub observed: &'a ObservedState,
    /// Where that was read from, as plans show it.
    pub from: String,
    /// The state after the last apply, where one is known.
    pub last_applied: Option<&'a ObservedState>,
    /// What was managed at the last apply ([`BusinessPlan::managed`] of that plan), where it is known; else everything that is
    /// managed now counts as managed then, as long as there is a last applied state.
    pub managed_before: Option<Vec<String>>,
    /// Files that said something of the business at the last apply, where that is known.
    pub files_before: Option<Vec<String>>,
    /// What the chosen connector can do.
    pub abilities: Abilities,
}

impl BusinessInput<'_> {
    /// Its key.
    pub(super) fn key<'d>(&self, desired: &'d DesiredState) -> &'d str {
        desired.text(desired.businesses[self.business].key)
    }
}

/// What a connector can do, as far as a plan needs to know.
#[derive(Clone, Copy)]
pub struct Abilities {
    /// Whether it can carry out an action; the reason where it can't.
    pub can: fn(&Action) -> Result<(), &'static str>,
    /// How many operations like this one fit into one call.
    pub batch: fn(&Action) -> usize,
    /// Whether an operation takes a second call (to attach the grants of an invite), which it shares with those in its first one.
    pub follows: fn(&Action) -> bool,
}

/// A plan can't be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BuildError {
    /// An export of another business.
    #[error("the export is of {found}, business `{business}` is {expected}")]
    OtherBusiness {
        /// Key of the business.
        business: String,
        /// What the files say: platform and id.
        expected: String,
        /// What the export says.
        found: String,
    },
    /// `--only` names something that neither the files nor an export have.
    #[error("`--only {only}` names nothing in the files or the export{}", hint(.nearest))]
    UnknownOnly {
        /// As written.
        only: String,
        /// The nearest key.
        nearest: Option<String>,
    },
    /// `--allow` names a business for a rule.
    #[error(
        "`--allow {business}:{rule}` can't be for one business: rules look at all of them together; write `--allow {rule}=COUNT`"
    )]
    RuleOfBusiness {
        /// As written.
        business: String,
        /// The rule.
        rule: String,
    },
    /// `--allow` names a rule twice.
    #[error("`--allow {rule}` is given twice")]
    RuleTwice {
        /// The rule.
        rule: String,
    },
    /// `--allow` names a rule that does not refuse.
    #[error("rule `{rule}` does not refuse this plan, so there is nothing to allow; leave `--allow` out")]
    NoFindingToAllow {
        /// The rule.
        rule: String,
    },
    /// `--allow` names no guard and no rule.
    #[error("`{guard}` is neither a guard nor a rule{}", hint(.nearest))]
    UnknownGuard {
        /// As written.
        guard: String,
        /// The nearest guard.
        nearest: Option<String>,
    },
    /// `--allow` names a business that this plan is not about.
    #[error("`--allow {business}:{guard}` is about a business that this plan does not have")]
    UnknownBusiness {
        /// As written.
        business: String,
        /// The guard.
        guard: String,
    },
    /// `--allow` names no business, and there are several.
    #[error(
        "`--allow {guard}` must say for which business: `--allow KEY:{guard}=COUNT` with one of {}",
        .businesses.join(", ")
    )]
    WhichBusiness {
        /// The guard.
        guard: String,
        /// Keys of the businesses.
        businesses: Vec<String>,
    },
    /// `--allow` names a guard twice.
    #[error("`--allow {guard}` is given twice for business `{business}`")]
    Twice {
        /// Key of the business.
        business: String,
        /// The guard.
        guard: String,
    },
    /// `--allow` names a guard that does not refuse.
    #[error(
        "guard `{guard}` does not refuse the plan of business `{business}`, so there is nothing to allow; leave `--allow` out"
    )]
    NothingToAllow {
        /// Key of the business.
        business: String,
        /// The guard.
        guard: String,
    },
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// Makes a plan. The same inputs give the same plan, byte for byte in [`file::to_bytes`].
///
/// # Errors
/// Where an export is of another business, or `--only` or `--allow` name what is not there. A plan that a guard refuses is no error.
pub fn build(input: &PlanInput<'_>) -> Result<Plan, BuildError> {
    let (groundwork, parts) = both(input.threads, || judging::groundwork(input), || parts(input));
    whole(input, parts?, groundwork)
}

/// Who can do what as it is, and after the plan: with every operation done, whoever does it, and with what it waits for as if it were
/// there.
///
/// # Errors
/// As [`build`].
pub fn outlook(input: &PlanInput<'_>) -> Result<(AccessGraph, AccessGraph), BuildError> {
    Ok(judging::outlook(input, &parts(input)?))
}

/// The plan of each business by itself.
fn parts<'a>(input: &PlanInput<'a>) -> Result<Vec<(BusinessPlan, Part<'a>)>, BuildError> {
    let scope = Scope { as_of: input.as_of, only: input.only.clone(), threads: input.threads };
    let mut plans = Vec::with_capacity(input.businesses.len());
    let mut unknown: BTreeMap<&Only, usize> = BTreeMap::new();
    let mut sets = Vec::with_capacity(input.businesses.len());
    for business in &input.businesses {
        check_identity(input.desired, business)?;
        let compare = || {
            let _span = tracing::info_span!("compare").entered();
            diff::compare(input.desired, business.business, business.observed, business.last_applied, &scope)
        };
        let see = || (observed_ref(business), Lookup::new(business.observed));
        let (seen, set) = both(input.threads, see, compare);
        for only in &set.unknown_only {
            if let Some(known) = input.only.iter().find(|known| *known == only) {
                *unknown.entry(known).or_default() += 1;
            }
        }
        sets.push((seen, set));
    }
    let nowhere = |(_, count): &(&&Only, &usize)| **count >= input.businesses.len();
    if let Some((only, _)) = unknown.iter().find(nowhere) {
        return Err(unknown_only(only, input.desired));
    }
    for (business, (seen, set)) in input.businesses.iter().zip(sets) {
        plans.push(plan_business(input, business, seen, set));
    }
    Ok(plans)
}

/// The parts of a plan as one: in order, overridden where that was asked for, with its digest.
pub(super) fn whole(
    input: &PlanInput<'_>,
    mut parts: Vec<(BusinessPlan, Part<'_>)>,
    groundwork: Option<Groundwork<'_>>,
) -> Result<Plan, BuildError> {
    parts.sort_by(|a, b| a.0.business.key.cmp(&b.0.business.key));
    let digests = || parts.iter().map(|(_, part)| input.predict.then(|| part.leads_to().digest())).collect::<Vec<_>>();
    let (digests, rules) = both(input.threads, digests, || judging::judgement(input, &parts, groundwork));
    let mut plans: Vec<BusinessPlan> = parts.into_iter().map(|(plan, _)| plan).collect();
    for (plan, predicted) in plans.iter_mut().zip(digests) {
        plan.predicted = predicted;
    }
    overrides::apply(&input.overrides, &mut plans, &rules)?;
    let mut only: Vec<String> = input.only.iter().map(Only::to_string).collect();
    only.sort_unstable();
    only.dedup();
    let mut overrides = input.overrides.clone();
    overrides.sort_unstable();
    let approvals = approvals::of(input, &plans);
    Ok(file::sealed(Plan {
        format: file::FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest([0; 32]),
        as_of: input.as_of,
        desired: input.desired.digest,
        only,
        businesses: plans,
        rules,
        overrides,
        approvals,
    }))
}

pub(super) fn check_identity(desired: &DesiredState, input: &BusinessInput<'_>) -> Result<(), BuildError> {
    let business = &desired.businesses[input.business];
    let wanted = (business.platform.name, desired.text(business.id));
    let found = (input.observed.platform.name, input.observed.business_id.as_str());
    if wanted == found {
        return Ok(());
    }
    let show = |(platform, id): (&str, &str)| format!("{platform} business `{id}`");
    Err(BuildError::OtherBusiness {
        business: desired.text(business.key).to_owned(),
        expected: show(wanted),
        found: show(found),
    })
}

fn unknown_only(only: &Only, desired: &DesiredState) -> BuildError {
    let text = |sym| desired.text(sym);
    let people = desired.people.iter().map(|person| person.key);
    let teams = desired.teams.iter().map(|team| team.key);
    let partners = desired.partners.iter().map(|partner| partner.key);
    let assets = desired.assets.iter().map(|asset| asset.key);
    let near = match only {
        Only::Person(key) => nearest(key, people.map(text)),
        Only::Team(key) => nearest(key, teams.map(text)),
        Only::Partner(key) => nearest(key, partners.map(text)),
        Only::Account(key) => nearest(key, assets.map(text)),
        Only::Any(key) => {
            let all = people.chain(teams).chain(partners).chain(assets);
            nearest(key, all.map(text))
        }
    };
    BuildError::UnknownOnly { only: only.to_string(), nearest: near.map(str::to_owned) }
}

fn plan_business<'a>(
    input: &PlanInput<'_>,
    business: &BusinessInput<'a>,
    (from, seen): (ObservedRef, Lookup<'_>),
    mut set: ChangeSet,
) -> (BusinessPlan, Part<'a>) {
    let (desired, observed) = (input.desired, business.observed);
    let entry = &desired.businesses[business.business];
    let key = desired.text(entry.key);
    let domains: Vec<String> = entry.domains.iter().map(|&sym| desired.text(sym).to_lowercase()).collect();
    let matches = std::mem::take(&mut set.matches);
    let renderer = Renderer::new(desired, observed, &matches);
    let span = tracing::info_span!("order").entered();
    let steps = order(&mut set, desired, &renderer);
    let operations = steps.operations(key, &domains, &renderer, &seen, &business.abilities);
    drop(span);
    let reach = Reach::of(observed, &matches, steps.differences());
    let managed = managed_before(business, &set);
    let case = Case {
        desired,
        business: business.business,
        observed,
        set: &set,
        matches: &matches,
        steps: steps.list.iter().map(|step| (&step.change.difference, step.action.sentence())).collect(),
        reach: &reach,
        names: renderer.names,
        as_of: input.as_of,
        applicant: &input.applicant,
        managed_before: managed.as_deref(),
        files_before: business.files_before.as_deref(),
        unasked: steps.list.iter().filter(|step| is_unasked(step)).map(|step| step.action.sentence()).collect(),
    };
    let guards = tracing::info_span!("judge").in_scope(|| guards::judge(&case));
    let mut notices: Vec<Notice> = set.notices.iter().map(|one| renderer.notice(one)).collect();
    notices.extend(guards::unknown_protected(&case, &renderer));
    notices.extend(export_problems(observed));
    notices.extend(requests::notices(&operations, observed.platform));
    let mut withheld: Vec<_> = set.withheld.iter().map(|one| renderer.withheld(one)).collect();
    withheld.extend(steps.withheld.iter().cloned());
    let predicted = predicted(input, observed, &operations);
    let plan = BusinessPlan {
        business: business_ref(input.desired, business.business),
        observed: from,
        withheld: sorted(withheld),
        waiting: sorted(set.waiting.iter().filter_map(|one| renderer.waiting(one)).collect()),
        deferred: sorted(set.deferred.iter().filter_map(|one| renderer.deferred(one)).collect()),
        notices: sorted(notices),
        upcoming: sorted(set.upcoming.iter().map(|one| renderer.upcoming(one)).collect()),
        guards,
        totals: totals::totals(observed, &reach, steps.differences(), set.unchanged),
        unmanaged: set.unmanaged.clone(),
        managed: set.managed.clone(),
        files: desired.files_of(business.business),
        partner_people: super::rosters::behind(observed, &operations),
        calls: batches::calls(&operations, &business.abilities),
        predicted: None,
        operations,
    };
    let conflicts = judging::conflicts(business.business, &plan.withheld);
    let changes = steps.list.into_iter().map(|step| step.change).collect();
    let deferred = std::mem::take(&mut set.deferred);
    (plan, Part { business: business.business, observed, predicted, deferred, changes, conflicts })
}

/// Whether a step takes something away because a line is missing, and not because one ended.
fn is_unasked(step: &Step) -> bool {
    step.change.difference.removes() && !matches!(step.change.cause, diff::Cause::Ended(..))
}

fn order(set: &mut ChangeSet, desired: &DesiredState, renderer: &Renderer<'_>) -> Steps {
    let observed = renderer.names.observed;
    let service: Vec<bool> = renderer
        .matches
        .people
        .person_of
        .iter()
        .map(|person| person.is_some_and(|person| desired.people[person as usize].service))
        .collect();
    let is_person = |member: u32| !service[member as usize] && !observed.members[member as usize].system;
    let toxic = toxic_masks(desired, renderer.names.observed.platform);
    Steps::of(set, &Setting { renderer, is_person: &is_person, managers: desired.policy.guards.managers, toxic })
}

/// Sets of the policy that must not come together on one asset. Those of a client or a whole business are for the rules alone.
fn toxic_masks(desired: &DesiredState, platform: &Platform) -> Vec<u64> {
    let of_asset = desired.policy.toxic.iter().filter(|set| set.scope == ToxicScope::Asset);
    let mask = |set: &ToxicSet| {
        let mut bits = set.capabilities.iter().map(|name| platform.capability_bit(&name.value));
        bits.try_fold(0, |mask, bit| Some(mask | bit?))
    };
    of_asset.filter_map(mask).collect()
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

fn managed_before(business: &BusinessInput<'_>, set: &ChangeSet) -> Option<Vec<String>> {
    business.last_applied?;
    Some(business.managed_before.clone().unwrap_or_else(|| set.managed.clone()))
}

pub(super) fn business_ref(desired: &DesiredState, business: usize) -> BusinessRef {
    let entry = &desired.businesses[business];
    let text = |sym| desired.text(sym).to_owned();
    let mode = match entry.mode {
        Mode::Enforce => "enforce",
        Mode::Adopt => "adopt",
        Mode::Observe => "observe",
    };
    BusinessRef {
        key: text(entry.key),
        platform: entry.platform.name.to_owned(),
        id: text(entry.id),
        name: entry.name.map(text),
        mode: mode.to_owned(),
    }
}

pub(super) fn observed_ref(business: &BusinessInput<'_>) -> ObservedRef {
    let _span = tracing::info_span!("digest the export").entered();
    let observed = business.observed;
    let incomplete = crate::observed::Collection::ALL.into_iter().filter_map(|collection| {
        let reason = match observed.completeness.get(&collection) {
            Some(Completeness::Complete) => return None,
            Some(Completeness::Incomplete(reason)) => reason.clone(),
            None => "the export does not say".to_owned(),
        };
        Some(IncompleteCollection { collection: collection.word().to_owned(), reason })
    });
    ObservedRef {
        from: business.from.clone(),
        digest: observed.digest(),
        captured_at: observed.captured_at,
        captured_by: observed.captured_by.clone(),
        incomplete: incomplete.collect(),
    }
}

/// How many problems of an export a plan repeats before it counts the rest.
const MAX_PROBLEMS: usize = 50;

fn export_problems(observed: &ObservedState) -> Vec<Notice> {
    let notice = |message: String| Notice { kind: "export-problem".to_owned(), message, place: None::<Place> };
    let shown = observed.problems.iter().take(MAX_PROBLEMS);
    let mut notices: Vec<Notice> = shown.map(|problem| notice(problem.message.clone())).collect();
    let more = observed.problems.len().saturating_sub(MAX_PROBLEMS);
    if more > 0 {
        notices.push(notice(format!("{more} more problems of the export")));
    }
    notices
}

/// The state after every operation that the connector does; `None` where nothing asks for it or there is none.
pub(super) fn predicted(
    input: &PlanInput<'_>,
    observed: &ObservedState,
    operations: &[Operation],
) -> Option<ObservedState> {
    let _span = tracing::info_span!("predict").entered();
    let asked = input.predict || input.rules.is_some();
    let done = || operations.iter().filter(|operation| operation.by == Executor::Connector);
    (asked && done().next().is_some()).then(|| judging::after(observed, done(), input.as_of))
}
