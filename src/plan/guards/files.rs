//! Guard on files that are missing or cut: what they no longer say would be taken away.

use std::collections::BTreeSet;

use crate::desired;

use super::super::sentence::count;
use super::{Case, Finding, Refusal};

/// So many files are named before the rest is counted.
const NAMED: usize = 3;

/// A file of the last apply is gone, or one looks cut, and something is taken away because no line asks for it any more.
///
/// Nobody can tell which lines the file held, so a removal that has nothing to do with it refuses too, once.
pub(super) fn lost_file(case: &Case<'_>) -> Finding {
    let here = case.desired.files_of(case.business);
    let here: BTreeSet<&str> = here.iter().map(String::as_str).collect();
    let before = case.files_before.unwrap_or_default().iter().map(String::as_str);
    let gone: Vec<&str> = before.filter(|path| !here.contains(path)).collect();
    let lost = policy_lost(case, &gone);
    if case.unasked.is_empty() {
        return lost.unwrap_or(Finding::Quiet);
    }
    let cut: Vec<&str> = case.desired.cut.iter().map(|file| case.desired.files.path(*file)).collect();
    let mut found = Vec::new();
    if !gone.is_empty() {
        let are = be(&gone, "is", "are");
        found.push(format!("{} said something at the last apply and {are} gone or empty", named(&gone)));
    }
    if !cut.is_empty() {
        found.push(format!("{} {} without a line break, as if cut", named(&cut), be(&cut, "ends", "end")));
    }
    if found.is_empty() {
        return Finding::Quiet;
    }
    let removals = count(case.unasked.len(), "removal");
    Finding::Refused(Refusal {
        count: case.unasked.len() as u64,
        message: format!("{}; {removals} may rest on that", found.join("; ")),
        details: case.unasked.clone(),
    })
}

/// A file of the policy is gone: what it refused passes, and whom it asked is asked no more. That is about whatever the plan does.
fn policy_lost(case: &Case<'_>, gone: &[&str]) -> Option<Finding> {
    let policy: Vec<&str> = gone.iter().copied().filter(|path| desired::is_policy_file(path)).collect();
    if policy.is_empty() || case.steps.is_empty() {
        return None;
    }
    let are = be(&policy, "is", "are");
    let steps = count(case.steps.len(), "change");
    Some(Finding::Refused(Refusal {
        count: case.steps.len() as u64,
        message: format!(
            "{} had a part of the policy at the last apply and {are} gone or empty; {steps} may rest on that",
            named(&policy)
        ),
        details: case.steps.iter().map(|(_, sentence)| sentence.clone()).collect(),
    }))
}

fn be(files: &[&str], one: &'static str, many: &'static str) -> &'static str {
    if files.len() == 1 { one } else { many }
}

fn named(files: &[&str]) -> String {
    let shown: Vec<String> = files.iter().take(NAMED).map(|file| format!("`{file}`")).collect();
    match files.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
