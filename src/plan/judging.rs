//! The rules about a plan: what they find in the state that it leads to, against the state as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::desired::DesiredState;
use crate::diff::{self, Change, Pair, Who};
use crate::graph::{AccessGraph, Builder, Effective, Groundwork, Line, Node, Pending, Sources, StateSource};
use crate::model::{PrincipalIx, both};
use crate::observed::ObservedState;
use crate::policy::Profile;
use crate::policy::outside::{Activity, Directory};
use crate::rules::finding::Place;
use crate::rules::{Conflict, Export, Judgement, Known, PlanFacts, Question, Rule, World, judge};

use super::build::{BusinessInput, PlanInput};
use super::{BusinessPlan, Executor, Operation, Withheld, predict};

/// The rules that a plan is asked about, and what they know beside the states.
#[derive(Clone, Copy)]
pub struct Ruling<'a> {
    /// The rules.
    pub rules: &'a [&'static Rule],
    /// Another profile than that of the policy.
    pub profile: Option<Profile>,
    /// Who works here.
    pub directory: Option<&'a Directory>,
    /// When people were last active.
    pub activity: Option<&'a Activity>,
    /// An earlier version of the files.
    pub base: Option<&'a DesiredState>,
}

/// What the rules have to know of one business beside what stands in the plan.
pub(super) struct Part<'a> {
    /// Index of the business.
    pub(super) business: usize,
    pub(super) observed: &'a ObservedState,
    /// As every operation of the connector leaves it; absent where there is none.
    pub(super) predicted: Option<ObservedState>,
    /// Grants that come later.
    pub(super) deferred: Vec<diff::Deferred>,
    /// What the operations make up for, in their order.
    pub(super) changes: Vec<Change>,
    /// What has no safe order.
    pub(super) conflicts: Vec<Conflict>,
}

impl Part<'_> {
    /// The state after every operation of the connector.
    pub(super) fn leads_to(&self) -> &ObservedState {
        self.predicted.as_ref().unwrap_or(self.observed)
    }
}

/// Who is who in the states that a plan is made from, for [`judgement`].
pub(super) fn groundwork<'a>(input: &PlanInput<'a>) -> Option<Groundwork<'a>> {
    input.rules.as_ref()?;
    let _span = tracing::debug_span!("groundwork").entered();
    let mut states: Vec<&BusinessInput<'a>> = input.businesses.iter().collect();
    states.sort_by_key(|business| business.key(input.desired));
    Some(Groundwork::of(Some(input.desired), None, states.into_iter().map(|business| business.observed)))
}

/// What the rules say of a plan, whose parts come by the keys of their businesses; nothing where none were asked.
pub(super) fn judgement(
    input: &PlanInput<'_>,
    plans: &[(BusinessPlan, Part<'_>)],
    groundwork: Option<Groundwork<'_>>,
) -> Judgement {
    let Some((ruling, groundwork)) = input.rules.as_ref().zip(groundwork) else {
        return Judgement::default();
    };
    let _span = tracing::info_span!("rules").entered();
    let later: Vec<Option<ObservedState>> =
        plans.iter().map(|(plan, part)| all_done(plan, part, input.as_of)).collect();
    let states = plans.iter().zip(&later).map(|((_, part), later)| StateSource {
        observed: part.observed,
        predicted: later.as_ref().or(part.predicted.as_ref()),
    });
    let states: Vec<StateSource<'_>> = states.collect();
    let builder =
        tracing::debug_span!("who is who").in_scope(|| groundwork.builder(states.iter().map(|state| state.predicted)));
    let day = diff::day(input.as_of);
    let pending = pending(&builder, input.desired, plans, day);
    let [before, after] = tracing::debug_span!("graphs").in_scope(|| graphs(&builder, day, &pending, input.threads));
    let was: Vec<Export<'_>> = export(plans, states.iter().map(|state| state.observed));
    let is: Vec<Export<'_>> = export(plans, states.iter().map(|state| state.predicted.unwrap_or(state.observed)));
    let facts = facts(input, plans);
    let known = Known {
        as_of: input.as_of,
        directory: ruling.directory,
        activity: ruling.activity,
        base: ruling.base,
        plan: Some(&facts),
    };
    judge(&Question {
        rules: ruling.rules,
        now: World { graph: &after.0, effective: &after.1, desired: input.desired, observed: &is },
        before: Some(World { graph: &before.0, effective: &before.1, desired: input.desired, observed: &was }),
        known,
        profile: ruling.profile,
        // Its proof is for `audit`, so that a plan stays small where much is wrong.
        unproven: true,
        threads: input.threads,
    })
}

/// Who can do what before and after a plan.
pub(super) fn outlook(input: &PlanInput<'_>, plans: &[(BusinessPlan, Part<'_>)]) -> (AccessGraph, AccessGraph) {
    let later: Vec<Option<ObservedState>> =
        plans.iter().map(|(plan, part)| all_done(plan, part, input.as_of)).collect();
    let states = plans.iter().zip(&later).map(|((_, part), later)| StateSource {
        observed: part.observed,
        predicted: later.as_ref().or(part.predicted.as_ref()),
    });
    let builder = Builder::new(Sources { files: Some(input.desired), base: None, states: states.collect() });
    let day = diff::day(input.as_of);
    let after = builder.planned(day, &pending(&builder, input.desired, plans, day));
    (builder.observed(day), after)
}

/// Both graphs, at the same time where there are threads for it.
fn graphs(builder: &Builder<'_>, day: Date, pending: &[Pending], threads: usize) -> [(AccessGraph, Effective); 2] {
    let with_rows = |graph: AccessGraph| {
        let effective = graph.effective();
        (graph, effective)
    };
    let before = || with_rows(builder.observed(day));
    let after = || with_rows(builder.planned(day, pending));
    both(threads, before, after).into()
}

fn export<'s>(plans: &[(BusinessPlan, Part<'_>)], states: impl Iterator<Item = &'s ObservedState>) -> Vec<Export<'s>> {
    plans.iter().zip(states).map(|((_, part), state)| Export { business: part.business, state }).collect()
}

/// The state after what persons do as well; `None` where the connector does everything.
fn all_done(plan: &BusinessPlan, part: &Part<'_>, as_of: Timestamp) -> Option<ObservedState> {
    let by_hand = plan.operations.iter().any(|operation| operation.by != Executor::Connector);
    by_hand.then(|| after(part.observed, plan.operations.iter(), as_of))
}

/// A state after some operations. One that does not fit is left out: `apply` meets the same and says so.
pub(super) fn after<'o>(
    observed: &ObservedState,
    operations: impl Iterator<Item = &'o Operation>,
    as_of: Timestamp,
) -> ObservedState {
    let mut state = observed.clone();
    let actions = operations.map(|operation| &operation.action);
    let _ = predict::perform_all(&mut state, actions, &mut BTreeMap::new(), as_of);
    state
}

/// What is withheld because no order keeps everything that holds before and after.
pub(super) fn conflicts(business: usize, withheld: &[Withheld]) -> Vec<Conflict> {
    let stuck = || withheld.iter().filter(|held| held.why == "order");
    let conflict = |held: &Withheld| Conflict {
        business,
        what: held.what.clone(),
        with: stuck().filter(|other| *other != held).map(|other| other.what.clone()).collect(),
        place: held.place.as_ref().map(|place| Place {
            file: place.file.clone(),
            line: place.line,
            column: place.column,
        }),
    };
    stuck().map(conflict).collect()
}

fn facts<'p>(input: &'p PlanInput<'_>, plans: &'p [(BusinessPlan, Part<'_>)]) -> PlanFacts<'p> {
    let mut conflicts: Vec<Conflict> = plans.iter().flat_map(|(_, part)| part.conflicts.clone()).collect();
    conflicts.sort();
    PlanFacts {
        changes: plans.iter().map(|(_, part)| (part.business, part.changes.iter().collect())).collect(),
        conflicts,
        applicant: &input.applicant,
    }
}

/// Deferred grants as the graph takes them.
fn pending(
    builder: &Builder<'_>,
    desired: &DesiredState,
    plans: &[(BusinessPlan, Part<'_>)],
    day: Date,
) -> Vec<Pending> {
    let wanted = Wanted::of(desired, plans, day);
    let mut all = Vec::new();
    for (_, part) in plans {
        let Some(within) = u32::try_from(part.business).ok().and_then(|business| builder.business_of_files(business))
        else {
            continue;
        };
        for deferred in &part.deferred {
            let holder = match deferred.who {
                Who::Person(pair) => pair.desired.and_then(|at| builder.person_of_files(at)).map(Node::Person),
                Who::Partner(pair) => pair.desired.and_then(|at| builder.partner_of_files(at)).map(Node::Business),
            };
            let asset = deferred.asset.desired.and_then(|at| builder.asset_of_files(at));
            if let (Some(holder), Some(asset)) = (holder, asset) {
                let lines = wanted.lines(deferred);
                all.push(Pending { holder, within, asset, permissions: deferred.permissions, lines });
            }
        }
    }
    all
}

/// The lines that want deferred grants on a day, by principal and asset: one pass over all grants, where there are any.
struct Wanted(BTreeMap<(PrincipalIx, u32), Vec<Line>>);

impl Wanted {
    fn of(desired: &DesiredState, plans: &[(BusinessPlan, Part<'_>)], day: Date) -> Self {
        let deferred = plans.iter().flat_map(|(_, part)| &part.deferred);
        let mut wanted: BTreeMap<(PrincipalIx, u32), Vec<Line>> =
            deferred.filter_map(key).map(|key| (key, Vec::new())).collect();
        if wanted.is_empty() {
            return Wanted(wanted);
        }
        for grant in desired.grants.iter().filter(|grant| grant.until.holds_on(day)) {
            let (lines, item) =
                (wanted.get_mut(&(grant.principal, grant.asset)), desired.items.get(grant.item as usize));
            if let (Some(lines), Some(item)) = (lines, item) {
                lines.push(Line::of_item(item.pos, grant.item));
            }
        }
        Wanted(wanted)
    }

    fn lines(&self, deferred: &diff::Deferred) -> Vec<Line> {
        key(deferred).and_then(|key| self.0.get(&key)).cloned().unwrap_or_default()
    }
}

/// Who and what a deferred grant is about, by the indexes of the files.
fn key(deferred: &diff::Deferred) -> Option<(PrincipalIx, u32)> {
    let principal = match deferred.who {
        Who::Person(Pair { desired, .. }) => PrincipalIx::person(desired?),
        Who::Partner(Pair { desired, .. }) => PrincipalIx::partner(desired?),
    };
    Some((principal, deferred.asset.desired?))
}
