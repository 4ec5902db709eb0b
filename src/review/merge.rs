//! What merging would do to a business whose export is at hand, apart from what would be done without the change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{BusinessPlan, BusinessRef, Executor, Operation, Plan, Risk, Verdict};

/// So many sentences of what was already off are kept; the rest is counted.
const TOLD: usize = 50;

/// What merging would do to one business.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The business.
    pub business: BusinessRef,
    /// Where its export was read from.
    pub from: String,
    /// When that was captured.
    #[schemars(with = "String")]
    pub captured_at: Timestamp,
    /// Operations that are in the plan because of the change, in their order.
    pub operations: Vec<MergeOperation>,
    /// What would be done without the change, and won't be with it.
    pub no_longer: Vec<String>,
    /// What the change asks for and can't be done, with the reason.
    pub withheld: Vec<String>,
    /// Guards that refuse with the change and would not without it, with what they say.
    pub refused: Vec<String>,
    /// How many operations were waiting already: drift, and changes that were merged and not applied.
    pub already: u64,
    /// The first of them.
    pub already_told: Vec<String>,
}

/// An operation that comes with the change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeOperation {
    /// Its id in the plan.
    pub id: String,
    /// What it does, as an order.
    pub what: String,
    /// What could go wrong with it, the worst first.
    pub risk: Vec<Risk>,
    /// Why a person has to do it; absent where the connector does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by_hand: Option<String>,
}

/// Tells the operations of the change apart from those that were waiting already.
pub(super) fn merge(with: &Plan, without: &Plan) -> Vec<Merge> {
    let before: BTreeMap<&str, &BusinessPlan> =
        without.businesses.iter().map(|part| (part.business.key.as_str(), part)).collect();
    with.businesses.iter().map(|part| one(part, before.get(part.business.key.as_str()).copied())).collect()
}

/// Everything a plan does.
pub(super) fn whole(plan: &Plan) -> Vec<Merge> {
    plan.businesses.iter().map(|part| one(part, None)).collect()
}

fn one(part: &BusinessPlan, before: Option<&BusinessPlan>) -> Merge {
    let old = before.map(|part| part.operations.as_slice()).unwrap_or_default();
    let ids: BTreeMap<&str, &Operation> = old.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let same =
        |operation: &&Operation| ids.get(operation.id.as_str()).is_some_and(|other| other.action == operation.action);
    let (already, mine): (Vec<&Operation>, Vec<&Operation>) = part.operations.iter().partition(same);
    let kept: BTreeMap<&str, &Operation> =
        part.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let gone = old.iter().filter(|operation| !kept.contains_key(operation.id.as_str()));
    let withheld_before = before.map(|part| part.withheld.as_slice()).unwrap_or_default();
    let withheld = part.withheld.iter().filter(|one| !withheld_before.iter().any(|old| old.what == one.what));
    Merge {
        business: part.business.clone(),
        from: part.observed.from.clone(),
        captured_at: part.observed.captured_at,
        operations: mine.into_iter().map(operation).collect(),
        no_longer: gone.map(|operation| operation.action.sentence()).collect(),
        withheld: withheld
            .map(|one| match &one.help {
                Some(help) => format!("{} ({}: {help})", one.what, one.why),
                None => format!("{} ({})", one.what, one.why),
            })
            .collect(),
        refused: refused(part, before),
        already: already.len() as u64,
        already_told: already.iter().take(TOLD).map(|operation| operation.action.sentence()).collect(),
    }
}

fn operation(operation: &Operation) -> MergeOperation {
    MergeOperation {
        id: operation.id.clone(),
        what: operation.action.sentence(),
        risk: operation.risk.clone(),
        by_hand: match &operation.by {
            Executor::Connector => None,
            Executor::Person { why } => Some(why.clone()),
        },
    }
}

/// A guard that refuses already is not the change's to answer for.
fn refused(part: &BusinessPlan, before: Option<&BusinessPlan>) -> Vec<String> {
    let refuses = |part: &BusinessPlan, guard: &str| {
        part.guards.iter().any(|one| one.guard == guard && matches!(one.verdict, Verdict::Refused { .. }))
    };
    let mut told = Vec::new();
    for one in &part.guards {
        if let Verdict::Refused { count, message, .. } = &one.verdict
            && !before.is_some_and(|before| refuses(before, &one.guard))
        {
            told.push(format!("`{}`: {message} (--allow {}={count})", one.guard, one.guard));
        }
    }
    told
}
