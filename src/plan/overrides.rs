//! `--allow GUARD=COUNT`, `--allow RULE=COUNT`: a refusal that somebody looked at and accepts, with exactly as many things as they saw.

use std::collections::BTreeSet;

use crate::rules::{self, Judgement, RULES};
use crate::source::nearest;

use super::build::BuildError;
use super::guards::GUARDS;
use super::{BusinessPlan, Override, Verdict};

/// Lets overrides work on the verdicts.
pub(super) fn apply(overrides: &[Override], plans: &mut [BusinessPlan], rules: &Judgement) -> Result<(), BuildError> {
    let keys: Vec<String> = plans.iter().map(|plan| plan.business.key.clone()).collect();
    let mut seen = BTreeSet::new();
    for one in overrides {
        let Override { business, guard, count } = one;
        if is_rule(guard, rules) {
            check_rule(one, rules, overrides)?;
            continue;
        }
        check_guard(guard)?;
        let at = place(business.as_deref(), guard, &keys)?;
        if !seen.insert((at, guard)) {
            return Err(BuildError::Twice { business: keys[at].clone(), guard: guard.clone() });
        }
        let results = &mut plans[at].guards;
        let verdict = results.iter_mut().find(|result| result.guard == *guard).map(|result| &mut result.verdict);
        let allowed = verdict.is_some_and(|verdict| allow(verdict, *count));
        if !allowed {
            return Err(BuildError::NothingToAllow { business: keys[at].clone(), guard: guard.clone() });
        }
    }
    Ok(())
}

/// A rule of ours, or one of the policy's that found something.
fn is_rule(name: &str, judgement: &Judgement) -> bool {
    let counted = || judgement.unchanged.iter().any(|counted| counted.rule == name);
    rules::by_name(name).is_some() || judgement.findings.iter().any(|finding| finding.rule == name) || counted()
}

/// An override of a rule is about the whole plan, and there must be something to allow. Whether its count is the right one decides
/// [`refusals`](super::refusals).
fn check_rule(one: &Override, judgement: &Judgement, overrides: &[Override]) -> Result<(), BuildError> {
    let Override { business, guard, count: _ } = one;
    if let Some(business) = business {
        return Err(BuildError::RuleOfBusiness { business: business.clone(), rule: guard.clone() });
    }
    if overrides.iter().filter(|other| other.guard == *guard).count() > 1 {
        return Err(BuildError::RuleTwice { rule: guard.clone() });
    }
    if judgement.refusing().any(|finding| finding.rule == *guard) {
        return Ok(());
    }
    Err(BuildError::NoFindingToAllow { rule: guard.clone() })
}

fn check_guard(guard: &str) -> Result<(), BuildError> {
    if GUARDS.contains(&guard) {
        return Ok(());
    }
    Err(BuildError::UnknownGuard {
        guard: guard.to_owned(),
        nearest: nearest(guard, GUARDS.into_iter().chain(RULES.iter().map(|rule| rule.name))).map(str::to_owned),
    })
}

fn place(business: Option<&str>, guard: &str, keys: &[String]) -> Result<usize, BuildError> {
    match (business, keys) {
        (Some(business), keys) => keys
            .iter()
            .position(|key| key == business)
            .ok_or_else(|| BuildError::UnknownBusiness { business: business.to_owned(), guard: guard.to_owned() }),
        (None, [_]) => Ok(0),
        (None, keys) => Err(BuildError::WhichBusiness { guard: guard.to_owned(), businesses: keys.to_vec() }),
    }
}

/// Tells whether there was a refusal. A wrong count changes nothing but the message.
fn allow(verdict: &mut Verdict, allowed: u64) -> bool {
    let Verdict::Refused { count, message, details: _ } = verdict else {
        return false;
    };
    if *count == allowed {
        *verdict = Verdict::Overridden { count: *count, message: std::mem::take(message) };
    } else {
        message.push_str(&format!("; {allowed} allowed, {count} found"));
    }
    true
}
