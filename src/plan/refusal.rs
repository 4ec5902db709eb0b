//! Which rules refuse a plan, and whether somebody allowed exactly that.

use std::collections::BTreeMap;

use super::Plan;

/// A rule with findings that refuse a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleRefusal {
    /// The rule.
    pub rule: String,
    /// How many of its findings are errors, new or worse, and not waived.
    pub count: u64,
    /// How many an override allows, where there is one.
    pub allowed: Option<u64>,
}

impl RuleRefusal {
    /// Whether it stops the plan: nothing was allowed, or another count than there is.
    pub fn stands(&self) -> bool {
        self.allowed != Some(self.count)
    }
}

/// Rules with findings that refuse a plan, by name, overridden ones among them.
pub fn refusals(plan: &Plan) -> Vec<RuleRefusal> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in plan.rules.refusing() {
        *counts.entry(&finding.rule).or_default() += 1;
    }
    let allowed = |rule: &str| plan.overrides.iter().find(|one| one.guard == rule).map(|one| one.count);
    let refusal = |(rule, count): (&str, u64)| RuleRefusal { rule: rule.to_owned(), count, allowed: allowed(rule) };
    counts.into_iter().map(refusal).collect()
}
