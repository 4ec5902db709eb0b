//! The run itself: look, call in batches, look again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::connectors::{Connector, ConnectorError};
use crate::plan::file::VerifiedPlan;

use super::agreed::Seen;
use super::business::Run;
use super::conclude::{finished_before, report};
use super::course::Course;
use super::journal::{Journal, JournalError};
use super::record::{Event, Runner, TargetRef};
use super::report::Report;
use super::scribe::Scribe;

/// A business of the plan and what its operations go to.
pub struct Site<'c> {
    /// The business's key.
    pub business: String,
    /// Which target of the connector it is (the path of a snapshot file, the host of an API). A journal is bound to it.
    pub location: String,
    /// What carries the operations out.
    pub connector: &'c mut dyn Connector,
}

/// What a run needs to know of the world.
pub struct Setting<'s> {
    /// Who runs.
    pub by: Runner,
    /// Becomes the number of the signal that asks the run to stop; looked at between two calls. 0 = go on.
    pub stop: &'s AtomicUsize,
    /// Is told after every call.
    pub progress: &'s mut dyn FnMut(Progress<'_>),
}

/// How far a business has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress<'p> {
    /// The business's key.
    pub business: &'p str,
    /// Operations that are decided: done, refused or set aside.
    pub decided: usize,
    /// Operations in all.
    pub total: usize,
}

/// What a run leaves: the report, and the states as they were seen last.
#[derive(Debug)]
pub struct Applied {
    /// What came of it.
    pub report: Report,
    /// In the plan's order: the states before the first and after the last step. Absent where it could not be read again or the run
    /// was stopped.
    pub seen: Vec<Seen>,
}

/// A run can't begin, or can't go on.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The state of a business can't be read. Nothing was written.
    #[error("the state of business `{business}` can't be read: {source}")]
    Read {
        /// The business's key.
        business: String,
        /// Why.
        source: ConnectorError,
    },
    /// A target holds another business than the plan is about. Nothing was written.
    #[error("the target of business `{business}` holds {found}, the plan is about {wanted}")]
    OtherBusiness {
        /// The business's key.
        business: String,
        /// What it holds.
        found: String,
        /// What the plan is about.
        wanted: String,
    },
    /// A business of the plan has no target. Nothing was written.
    #[error("business `{business}` of the plan has no target to be applied to")]
    NoTarget {
        /// The business's key.
        business: String,
    },
    /// The journal can't be gone on with. Nothing was written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal can't be written, and nothing is done without it.
    #[error("the journal can't be written: {source}")]
    Io {
        /// Why.
        source: std::io::Error,
        /// Whether calls were made before.
        wrote: bool,
    },
}

impl ApplyError {
    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        match self {
            ApplyError::Read { source: ConnectorError::Locked(_), .. } => 4,
            ApplyError::Io { wrote: true, .. } => 5,
            ApplyError::Read { .. }
            | ApplyError::OtherBusiness { .. }
            | ApplyError::NoTarget { .. }
            | ApplyError::Journal(_)
            | ApplyError::Io { .. } => 1,
        }
    }
}

/// Runs a plan, or goes on with it where the journal has records of it.
///
/// States of all businesses are read before the first call. Operations are asked for in the plan's order, several of a kind in one call
/// where the connector takes them; what failed is set apart with what depends on it. At the end the states are read again.
///
/// # Errors
/// Where it can't begin, or the journal can't be written. What an operation runs into is no error, it is in the report.
pub fn run(
    plan: &VerifiedPlan,
    sites: &mut [Site<'_>],
    journal: &mut Journal<'_>,
    setting: &mut Setting<'_>,
) -> Result<Applied, ApplyError> {
    let targets = targets(plan, sites)?;
    journal.past().check(plan.plan().digest, &targets)?;
    let mut runs = begin(plan, sites, journal)?;
    if journal.past().ended().is_some() && !runs.iter().any(|run| run.course.is_open()) {
        return Ok(finished_before(plan, runs, &targets, journal.past().torn()));
    }
    for run in &mut runs {
        run.read_first(plan)?;
    }
    let mut scribe = Scribe { journal, wrote: false };
    scribe.open(plan, &targets, setting)?;
    for run in &mut runs {
        run.look(&mut scribe)?;
    }
    for run in &mut runs {
        run.go(plan, &mut scribe, setting)?;
    }
    let mut signal = signal_in(setting);
    if signal.is_none() {
        for run in &mut runs {
            run.verify(&mut scribe)?;
        }
        // A look that was cut short is taken again by the next run.
        signal = signal_in(setting).filter(|_| runs.iter().any(|run| run.unverified.is_some()));
    }
    match signal {
        Some(signal) => {
            scribe.note(Event::Stopped { signal })?;
            scribe.flush()?;
        }
        None => scribe.end(&runs)?,
    }
    Ok(report(plan, runs, &targets, signal, scribe.journal.past().torn()))
}

/// The signal that asks the run to stop, where one came.
fn signal_in(setting: &Setting<'_>) -> Option<u32> {
    let signal = setting.stop.load(Ordering::Relaxed);
    (signal != 0).then(|| u32::try_from(signal).unwrap_or(u32::MAX))
}

/// The targets of the plan's businesses, in the plan's order.
fn targets(plan: &VerifiedPlan, sites: &[Site<'_>]) -> Result<Vec<TargetRef>, ApplyError> {
    let each = plan.plan().businesses.iter().map(|part| {
        let business = &part.business;
        let site = sites.iter().find(|site| site.business == business.key);
        let site = site.ok_or_else(|| ApplyError::NoTarget { business: business.key.clone() })?;
        Ok(TargetRef {
            business: business.key.clone(),
            id: business.id.clone(),
            connector: site.connector.capabilities().name.to_owned(),
            location: site.location.clone(),
        })
    });
    each.collect()
}

/// What the journal says of each business.
fn begin<'r, 'c>(
    plan: &'r VerifiedPlan,
    sites: &'r mut [Site<'c>],
    journal: &Journal<'_>,
) -> Result<Vec<Run<'r, 'c>>, ApplyError> {
    let mut by_key: BTreeMap<String, &'r mut Site<'c>> =
        sites.iter_mut().map(|site| (site.business.clone(), site)).collect();
    let mut runs = Vec::new();
    for part in &plan.plan().businesses {
        let mut course = Course::new(part);
        for record in journal.past().records() {
            course.replay(record)?;
        }
        let business = &part.business.key;
        let site = by_key.remove(business).ok_or_else(|| ApplyError::NoTarget { business: business.clone() })?;
        let (verification, unverified, halted) = (None, None, None);
        runs.push(Run { course, site, first: None, state: None, called: false, verification, unverified, halted });
    }
    Ok(runs)
}
