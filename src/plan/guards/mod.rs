//! Guards: named refusals of a whole plan, before the first write.
//!
//! A refused plan is still shown in full. An override names the exact count that is expected, so that it can't cover more than was
//! looked at. To add a guard: its file or function, a line in [`GUARDS`] and in `judge`, a row in the tests' table.

mod files;
mod losses;
mod removals;
mod sections;

#[cfg(test)]
mod tests;

pub(super) use losses::unknown_protected;

use jiff::Timestamp;

use crate::desired::DesiredState;
use crate::diff::{ChangeSet, Difference, Matches, Names, Why};
use crate::observed::{Collection, ObservedState};
use crate::policy::{Applicant, GuardLimits};

use super::reach::Reach;
use super::sentence::count;
use super::{GuardResult, Verdict};

/// All guards, in the order in which plans list them.
pub const GUARDS: [&str; 10] = [
    "removals",
    "last-admin",
    "own-access",
    "protected",
    "empty-desired",
    "lost-file",
    "incomplete-export",
    "snapshot-age",
    "first-apply",
    "id-swap",
];

/// How many things a refusal names before it counts the rest.
const MAX_DETAILS: usize = 20;

/// What the guards look at.
pub(super) struct Case<'a> {
    pub(super) desired: &'a DesiredState,
    pub(super) business: usize,
    pub(super) observed: &'a ObservedState,
    pub(super) set: &'a ChangeSet,
    pub(super) matches: &'a Matches,
    /// What the operations make up for, with the sentences of their actions.
    pub(super) steps: Vec<(&'a Difference, String)>,
    pub(super) reach: &'a Reach<'a>,
    pub(super) names: Names<'a>,
    pub(super) as_of: Timestamp,
    pub(super) applicant: &'a Applicant,
    /// Sections that were managed at the last apply; `None` = nothing was applied before.
    pub(super) managed_before: Option<&'a [String]>,
    /// Files that said something of the business at the last apply, where that is known.
    pub(super) files_before: Option<&'a [String]>,
    /// Sentences of steps that take something away because a line is missing.
    pub(super) unasked: Vec<String>,
}

/// What a guard says before overrides.
pub(super) enum Finding {
    Quiet,
    Off,
    Refused(Refusal),
}

/// A refusal.
pub(super) struct Refusal {
    pub(super) count: u64,
    pub(super) message: String,
    pub(super) details: Vec<String>,
}

/// Asks every guard.
pub(super) fn judge(case: &Case<'_>) -> Vec<GuardResult> {
    let limits = &case.desired.policy.guards;
    let findings = [
        removals::removals(case, limits),
        losses::last_admin(case, limits),
        losses::own_access(case),
        losses::protected(case),
        sections::empty_desired(case, limits),
        files::lost_file(case),
        incomplete_export(case),
        snapshot_age(case, limits),
        sections::first_apply(case, limits),
        id_swap(case),
    ];
    GUARDS
        .iter()
        .zip(findings)
        .map(|(guard, finding)| GuardResult { guard: (*guard).to_owned(), verdict: verdict(finding) })
        .collect()
}

fn verdict(finding: Finding) -> Verdict {
    match finding {
        Finding::Quiet => Verdict::Passed,
        Finding::Off => Verdict::Off,
        Finding::Refused(Refusal { count: number, message, mut details }) => {
            let more = details.len().saturating_sub(MAX_DETAILS);
            details.truncate(MAX_DETAILS);
            if more > 0 {
                details.push(format!("and {more} more"));
            }
            Verdict::Refused { count: number, message, details }
        }
    }
}

/// Refuses where there is anything in `things`.
fn refuse_for(things: Vec<String>, message: impl FnOnce(u64) -> String) -> Finding {
    if things.is_empty() {
        return Finding::Quiet;
    }
    let count = things.len() as u64;
    Finding::Refused(Refusal { count, message: message(count), details: things })
}

/// Something would have been removed if the export were whole, or the export has no member at all.
fn incomplete_export(case: &Case<'_>) -> Finding {
    let mut things: Vec<String> = case
        .set
        .withheld
        .iter()
        .filter(|held| held.why == Why::Incomplete && held.removal)
        .filter_map(|held| held.help.clone())
        .collect();
    let held = things.len();
    things.dedup();
    if held > 0 {
        return Finding::Refused(Refusal {
            count: held as u64,
            message: format!("{} held back, because the export is not proven whole", count(held, "removal")),
            details: things,
        });
    }
    let managed = case.desired.businesses[case.business].managed.people;
    if managed && case.observed.members.is_empty() && !case.steps.is_empty() {
        return Finding::Refused(Refusal {
            count: 1,
            message: "the export has no member at all; every business has one".to_owned(),
            details: vec![format!("{}: 0 rows", Collection::Members.word())],
        });
    }
    Finding::Quiet
}

/// So much later than the plan's moment may an export be, in hours: clocks differ, and a plan for a day (`--at 2026-11-22`) is for all of it.
fn hours_ahead(as_of: Timestamp) -> i64 {
    if as_of.as_second() % 86_400 == 0 { 24 } else { 1 }
}

/// The export is too old, or newer than the moment for which the plan is made: then ends and ages were judged too early.
fn snapshot_age(case: &Case<'_>, limits: &GuardLimits) -> Finding {
    let Some(limit) = limits.snapshot_age_hours else {
        return Finding::Off;
    };
    let age = case.as_of.duration_since(case.observed.captured_at);
    let ahead = hours_ahead(case.as_of);
    if !case.steps.is_empty() && age.as_secs() < -ahead * 3600 {
        let hours = age.as_hours().unsigned_abs();
        return Finding::Refused(Refusal {
            count: hours,
            message: format!("the export is {hours} h newer than the moment of the plan, limit {ahead} h"),
            details: vec![format!("captured at {}, planned for {}", case.observed.captured_at, case.as_of)],
        });
    }
    let hours = u64::try_from(age.as_hours()).unwrap_or(0);
    let too_old = age.as_secs() > i64::from(limit) * 3600;
    if case.steps.is_empty() || !too_old {
        return Finding::Quiet;
    }
    Finding::Refused(Refusal {
        count: hours,
        message: format!("the export is {hours} h old, limit {limit} h"),
        details: vec![format!("captured at {}", case.observed.captured_at)],
    })
}

fn id_swap(case: &Case<'_>) -> Finding {
    refuse_for(case.set.swaps.clone(), |found| {
        format!(
            "{} under a name that the export gives to another id",
            count(usize::try_from(found).unwrap_or(usize::MAX), "id")
        )
    })
}
