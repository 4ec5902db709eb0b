//! `--allow GUARD=COUNT`: a refusal that somebody looked at and accepts, with exactly as many things as they saw.

use std::collections::BTreeSet;

use crate::source::nearest;

use super::build::BuildError;
use super::guards::GUARDS;
use super::{BusinessPlan, Override, Verdict};

/// Lets overrides work on the verdicts.
pub(super) fn apply(overrides: &[Override], plans: &mut [BusinessPlan]) -> Result<(), BuildError> {
    let keys: Vec<String> = plans.iter().map(|plan| plan.business.key.clone()).collect();
    let mut seen = BTreeSet::new();
    for one in overrides {
        let Override { business, guard, count } = one;
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

fn check_guard(guard: &str) -> Result<(), BuildError> {
    if GUARDS.contains(&guard) {
        return Ok(());
    }
    Err(BuildError::UnknownGuard { guard: guard.to_owned(), nearest: nearest(guard, GUARDS).map(str::to_owned) })
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
