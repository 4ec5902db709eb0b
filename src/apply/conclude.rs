//! Putting the report together.

use crate::plan::file::VerifiedPlan;

use super::agreed::Seen;
use super::business::Run;
use super::record::TargetRef;
use super::report::{BusinessReport, Counts, OperationReport, Report, Status};
use super::run::Applied;

/// An earlier run left nothing to do: nothing is read and nothing is written.
pub(super) fn finished_before(
    plan: &VerifiedPlan,
    runs: Vec<Run<'_, '_>>,
    targets: &[TargetRef],
    dropped: u64,
) -> Applied {
    let mut applied = report(plan, runs, targets, None, dropped);
    applied.report.finished_before = true;
    applied
}

pub(super) fn report(
    plan: &VerifiedPlan,
    runs: Vec<Run<'_, '_>>,
    targets: &[TargetRef],
    signal: Option<u32>,
    dropped: u64,
) -> Applied {
    let mut seen = Vec::new();
    let mut businesses = Vec::new();
    for (run, target) in runs.into_iter().zip(targets) {
        let key = run.course.key();
        businesses.push(business_report(&run, target));
        if let (Some(last), None, false) = (run.state, signal, run.called) {
            seen.push(Seen { business: key, first: run.first, last });
        }
    }
    let report = Report {
        plan: plan.plan().digest,
        status: status(&businesses, signal),
        finished_before: false,
        dropped,
        businesses,
    };
    Applied { report, seen }
}

fn business_report(run: &Run<'_, '_>, target: &TargetRef) -> BusinessReport {
    let operations: Vec<OperationReport> = run
        .course
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| OperationReport {
            id: run.course.id(place),
            fate: run.course.fate(place),
            this_run: step.this_run,
        })
        .collect();
    BusinessReport {
        business: run.course.plan.business.clone(),
        target: target.clone(),
        counts: Counts::of(operations.iter().map(|operation| &operation.fate)),
        operations,
        verification: run.verification.clone(),
        unverified: run.unverified.clone(),
        halted: run.halted.clone(),
    }
}

fn status(businesses: &[BusinessReport], signal: Option<u32>) -> Status {
    if let Some(signal) = signal {
        return Status::Interrupted { signal };
    }
    let counts = businesses.iter().fold(Counts::default(), |sum, business| sum.and(business.counts));
    let Counts { done, already_so, failed, uncertain, stale, skipped, person, waiting, not_reached } = counts;
    let seen = |business: &BusinessReport| {
        business.unverified.is_none() && business.verification.as_ref().is_none_or(|seen| seen.unseen.is_empty())
    };
    if stale > 0 && done + already_so + failed + uncertain + person + waiting + not_reached == 0 {
        Status::Stale
    } else if failed + uncertain + stale + skipped + not_reached > 0 || !businesses.iter().all(seen) {
        Status::Partial
    } else {
        Status::Applied
    }
}
