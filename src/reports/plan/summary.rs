//! What a result file tells of a plan: digests, counts, and the guards and rules that refuse.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::blocks::{self, Block};
use super::effect::{Sign, Weight};
use crate::model::Digest;
use crate::plan::{BusinessPlan, Plan, RuleRefusal, Verdict, refusals};
use crate::reports::words::Words;
use crate::rules::Tally;

/// What a result file tells of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanSummary")]
pub struct Summary {
    /// Digest of the plan.
    pub plan: Digest,
    /// Digest of the files.
    pub files: Digest,
    /// Digest of the state each business was compared with, by its key.
    pub states: BTreeMap<String, Digest>,
    /// How much of what.
    pub counts: Counts,
    /// Guards that refuse. Where these and `refused_by_rules` are empty, the plan can be applied.
    pub refused: Vec<RefusedGuard>,
    /// Rules that refuse.
    pub refused_by_rules: Vec<RefusedRule>,
    /// What the rules found.
    pub findings: Tally,
    /// Guards that would have refused and were overridden.
    pub overridden: Vec<RefusedGuard>,
}

/// How much there is in a plan, over all its businesses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "PlanCounts")]
pub struct Counts {
    /// Operations.
    pub operations: u64,
    /// People, partners and asset groups that something happens to, counted in each business.
    pub affected: u64,
    /// Of these, those who become administrators.
    pub administration: u64,
    /// Those who gain rights over money.
    pub money: u64,
    /// Those who lose something.
    pub losing: u64,
    /// Facts that are equal on both sides.
    pub unchanged: u64,
    /// Relations that wait for an answer.
    pub waiting: u64,
    /// Grants that become possible only later.
    pub deferred: u64,
    /// Differences that are left alone.
    pub withheld: u64,
    /// Notices.
    pub notices: u64,
    /// Lines that end within 90 days.
    pub upcoming: u64,
    /// Calls the operations take.
    pub calls: u64,
}

/// A guard that refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
pub struct RefusedGuard {
    /// Key of the business.
    pub business: String,
    /// The guard, as `--allow` takes it.
    pub guard: String,
    /// The count that `--allow GUARD=COUNT` must name.
    pub count: u64,
    /// What it said.
    pub message: String,
}

/// A rule that refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
pub struct RefusedRule {
    /// The rule, as `--allow` takes it.
    pub rule: String,
    /// The count that `--allow RULE=COUNT` must name: of findings that are new or worse and that nobody waived.
    pub count: u64,
}

impl Summary {
    /// The summary of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut summary = Summary {
            plan: plan.digest,
            files: plan.desired,
            states: BTreeMap::new(),
            counts: Counts::default(),
            refused: Vec::new(),
            refused_by_rules: refused_by_rules(plan),
            findings: Tally::of(&plan.rules),
            overridden: Vec::new(),
        };
        for business in &plan.businesses {
            summary.add(business);
        }
        summary
    }

    fn add(&mut self, plan: &BusinessPlan) {
        let key = &plan.business.key;
        self.states.insert(key.clone(), plan.observed.digest);
        self.counts.add(plan);
        for guard in &plan.guards {
            let (list, count, message) = match &guard.verdict {
                Verdict::Refused { count, message, .. } => (&mut self.refused, *count, message),
                Verdict::Overridden { count, message } => (&mut self.overridden, *count, message),
                Verdict::Passed | Verdict::Off => continue,
            };
            list.push(RefusedGuard {
                business: key.clone(),
                guard: guard.guard.clone(),
                count,
                message: message.clone(),
            });
        }
    }
}

fn refused_by_rules(plan: &Plan) -> Vec<RefusedRule> {
    let standing = refusals(plan).into_iter().filter(RuleRefusal::stands);
    standing.map(|refusal| RefusedRule { rule: refusal.rule, count: refusal.count }).collect()
}

impl Counts {
    fn add(&mut self, plan: &BusinessPlan) {
        let blocks = blocks::of(plan, &Words::of(plan));
        let those =
            |holds: &dyn Fn(&Block<'_>) -> bool| -> u64 { blocks.iter().filter(|block| holds(block)).count() as u64 };
        self.operations += plan.operations.len() as u64;
        self.affected += blocks.len() as u64;
        self.administration += those(&|block| block.weighs(Weight::Admin));
        self.money += those(&|block| block.weighs(Weight::Billing));
        self.losing += those(&|block| block.has(Sign::Loss));
        self.unchanged += plan.totals.unchanged;
        self.waiting += plan.waiting.len() as u64;
        self.deferred += plan.deferred.len() as u64;
        self.withheld += plan.withheld.len() as u64;
        self.notices += plan.notices.len() as u64;
        self.upcoming += plan.upcoming.len() as u64;
        self.calls += plan.calls;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reports::sample;

    #[test]
    fn a_refused_plan_says_by_which_guard_and_with_what_count() {
        let plan = sample::refused();
        let read = serde_json::to_value(Summary::of(&plan)).expect("plain data");
        assert_eq!(read["plan"], plan.digest.to_string());
        assert_eq!(read["files"], plan.desired.to_string());
        let state = plan.businesses[0].observed.digest.to_string();
        assert_eq!(read["states"], json!({"norrhem": state}));
        assert_eq!(
            read["refused"],
            json!([{"business": "norrhem", "guard": "removals", "count": 7,
                    "message": "7 of 113 grants would be removed (6.2 %), limit 5 % above a floor of 5"}])
        );
        assert_eq!(read["overridden"], json!([]));
        assert_eq!(
            read["counts"],
            json!({"operations": 15, "affected": 12, "administration": 1, "money": 0, "losing": 7, "unchanged": 1234,
                   "waiting": 2, "deferred": 1, "withheld": 2, "notices": 1, "upcoming": 2, "calls": 0})
        );
    }
}
