//! The run itself: look, call in batches, look again.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::connectors::{Connector, ConnectorError, Context, Outcome};
use crate::observed::{Lookup, ObservedState};
use crate::plan::Operation;
use crate::plan::file::VerifiedPlan;

use super::batch;
use super::course::{Course, Readiness};
use super::journal::{Journal, JournalError};
use super::record::{Event, FORMAT, FORMAT_VERSION, Runner, TargetRef, Told};
use super::report::{BusinessReport, Counts, OperationReport, Report, Status, Verification};
use super::verify;

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
    pub stop: &'s AtomicU32,
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
    /// By business key, in the plan's order: the state after the last step. Absent where it could not be read again or the run was
    /// stopped.
    pub seen: Vec<(String, ObservedState)>,
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
            ApplyError::Read {
                source: ConnectorError::Locked(_),
                ..
            } => 4,
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
    let mut scribe = Scribe {
        journal,
        wrote: false,
    };
    scribe.open(plan, &targets, setting)?;
    for run in &mut runs {
        run.look(&mut scribe)?;
    }
    for run in &mut runs {
        run.go(plan, &mut scribe, setting)?;
    }
    let signal = setting.stop.load(Ordering::Relaxed);
    if signal != 0 {
        scribe.note(Event::Stopped { signal })?;
        scribe.flush()?;
        return Ok(report(
            plan,
            runs,
            &targets,
            Some(signal),
            scribe.journal.past().torn(),
        ));
    }
    for run in &mut runs {
        run.verify(&mut scribe)?;
    }
    scribe.end(&runs)?;
    Ok(report(
        plan,
        runs,
        &targets,
        None,
        scribe.journal.past().torn(),
    ))
}

/// The targets of the plan's businesses, in the plan's order.
fn targets(plan: &VerifiedPlan, sites: &[Site<'_>]) -> Result<Vec<TargetRef>, ApplyError> {
    let each = plan.plan().businesses.iter().map(|part| {
        let business = &part.business;
        let site = sites.iter().find(|site| site.business == business.key);
        let site = site.ok_or_else(|| ApplyError::NoTarget {
            business: business.key.clone(),
        })?;
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
    let mut by_key: std::collections::BTreeMap<String, &'r mut Site<'c>> = sites
        .iter_mut()
        .map(|site| (site.business.clone(), site))
        .collect();
    let mut runs = Vec::new();
    for part in &plan.plan().businesses {
        let mut course = Course::new(part);
        for record in journal.past().records() {
            course.replay(record)?;
        }
        let business = &part.business.key;
        let site = by_key
            .remove(business)
            .ok_or_else(|| ApplyError::NoTarget {
                business: business.clone(),
            })?;
        runs.push(Run {
            course,
            site,
            state: None,
            called: false,
            verification: None,
            unverified: None,
        });
    }
    Ok(runs)
}

/// One business of a run.
struct Run<'r, 'c> {
    course: Course<'r>,
    site: &'r mut Site<'c>,
    /// As read last.
    state: Option<ObservedState>,
    /// A call was made since.
    called: bool,
    verification: Option<Verification>,
    /// Why there is no verification.
    unverified: Option<String>,
}

impl Run<'_, '_> {
    fn read_first(&mut self, plan: &VerifiedPlan) -> Result<(), ApplyError> {
        let business = &self.course.plan.business;
        let state = self
            .site
            .connector
            .fetch()
            .map_err(|source| ApplyError::Read {
                business: business.key.clone(),
                source,
            })?;
        let named = |platform: &str, id: &str| format!("{platform} business {id}");
        let (found, wanted) = (
            named(state.platform.name, &state.business_id),
            named(&business.platform, &business.id),
        );
        if found != wanted {
            return Err(ApplyError::OtherBusiness {
                business: business.key.clone(),
                found,
                wanted,
            });
        }
        tracing::debug!(business = business.key, plan = %plan.plan().digest.short(12), "read the state");
        self.state = Some(state);
        Ok(())
    }

    fn look(&mut self, scribe: &mut Scribe<'_, '_>) -> Result<(), ApplyError> {
        if let Some(state) = &self.state {
            let capabilities = self.site.connector.capabilities();
            let events = self.course.look(&Lookup::new(state), &capabilities);
            scribe.note_all(events)?;
        }
        scribe.flush()
    }

    /// Makes calls until nothing more can be done or the run is asked to stop.
    fn go(
        &mut self,
        plan: &VerifiedPlan,
        scribe: &mut Scribe<'_, '_>,
        setting: &mut Setting<'_>,
    ) -> Result<(), ApplyError> {
        loop {
            self.pass(plan, scribe, setting)?;
            if setting.stop.load(Ordering::Relaxed) != 0 {
                return Ok(());
            }
            let unsure = |step: &super::course::Step| step.fate.is_none() && step.unsure.is_some();
            if !self.course.steps.iter().any(unsure) {
                break;
            }
            self.read_again();
            if let Some(state) = &self.state {
                let events = self.course.look_for_unsure(&Lookup::new(state));
                scribe.note_all(events)?;
            }
            self.course.give_up_unsure();
        }
        scribe.flush()
    }

    /// Goes through the plan once.
    fn pass(
        &mut self,
        plan: &VerifiedPlan,
        scribe: &mut Scribe<'_, '_>,
        setting: &mut Setting<'_>,
    ) -> Result<(), ApplyError> {
        let capabilities = self.site.connector.capabilities();
        let mut open = batch::Open::default();
        for place in 0..self.course.steps.len() {
            let step = &self.course.steps[place];
            if step.fate.is_some() || step.unsure.is_some() {
                continue;
            }
            let operation = self.course.operation(place);
            let mut readiness = self.course.readiness(place);
            if matches!(readiness, Readiness::Later) && open.has_any(&operation.after) {
                self.call(open.take(), plan, scribe, setting)?;
                readiness = self.course.readiness(place);
            }
            match readiness {
                Readiness::Now => {
                    if !open.takes(operation, &capabilities) {
                        self.call(open.take(), plan, scribe, setting)?;
                    }
                    open.push(place, operation);
                }
                Readiness::Later => {}
                Readiness::Blocked(fate) => {
                    let event = self.course.set_aside(place, fate);
                    scribe.note_all(event)?;
                }
            }
            if setting.stop.load(Ordering::Relaxed) != 0 {
                return Ok(());
            }
        }
        self.call(open.take(), plan, scribe, setting)
    }

    /// One call: the intent on disk before it, the outcomes after it.
    fn call(
        &mut self,
        batch: Vec<(usize, &Operation)>,
        plan: &VerifiedPlan,
        scribe: &mut Scribe<'_, '_>,
        setting: &mut Setting<'_>,
    ) -> Result<(), ApplyError> {
        if batch.is_empty() || setting.stop.load(Ordering::Relaxed) != 0 {
            return Ok(());
        }
        let business = self.course.key();
        scribe.note(Event::Intent {
            business: business.clone(),
            operations: batch
                .iter()
                .map(|(_, operation)| operation.id.clone())
                .collect(),
        })?;
        scribe.flush()?;
        scribe.wrote = true;
        self.called = true;
        let operations: Vec<&Operation> = batch.iter().map(|(_, operation)| *operation).collect();
        let context = Context::of(plan, &self.course.created);
        let mut outcomes = self
            .site
            .connector
            .perform(&operations, &context)
            .into_iter();
        for (place, operation) in batch {
            let outcome = told(outcomes.next(), operation);
            self.course.told(place, &outcome);
            self.course.steps[place].this_run = true;
            scribe.note(Event::Outcome {
                business: business.clone(),
                operation: operation.id.clone(),
                outcome,
            })?;
        }
        scribe.flush()?;
        let decided = self
            .course
            .steps
            .iter()
            .filter(|step| step.fate.is_some())
            .count();
        (setting.progress)(Progress {
            business: &business,
            decided,
            total: self.course.steps.len(),
        });
        Ok(())
    }

    fn read_again(&mut self) {
        match self.site.connector.fetch() {
            Ok(state) => {
                self.state = Some(state);
                self.called = false;
                self.unverified = None;
            }
            Err(error) => {
                self.state = None;
                self.unverified = Some(error.to_string());
            }
        }
    }

    /// Reads the state once more where a call was made, and compares what it says with what was done.
    fn verify(&mut self, scribe: &mut Scribe<'_, '_>) -> Result<(), ApplyError> {
        if self.called || self.state.is_none() {
            self.read_again();
        }
        let Some(state) = &self.state else {
            return Ok(());
        };
        let verification = verify::verify(&self.course, &Lookup::new(state));
        scribe.note(Event::Verified {
            business: self.course.key(),
            seen: verification.seen,
            predicted: verification.predicted,
            unseen: verification.unseen.clone(),
        })?;
        self.verification = Some(verification);
        Ok(())
    }
}

/// What the target said; an answer that leaves an operation out says nothing about it.
fn told(outcome: Option<Outcome>, operation: &Operation) -> Told {
    use crate::plan::Action;
    match outcome {
        Some(Outcome::Done { created: None })
            if matches!(operation.action, Action::CreateGroup { .. }) =>
        {
            Told::Uncertain {
                message: "the target did not tell the id of the group".to_owned(),
            }
        }
        Some(Outcome::Done { created }) => Told::Done { created },
        Some(Outcome::Failed { message }) => Told::Failed { message },
        Some(Outcome::Uncertain { message }) => Told::Uncertain { message },
        None => Told::Uncertain {
            message: "the target's answer leaves it out".to_owned(),
        },
    }
}

/// Writes the journal, and knows whether a call was made.
struct Scribe<'j, 't> {
    journal: &'j mut Journal<'t>,
    wrote: bool,
}

impl Scribe<'_, '_> {
    fn open(
        &mut self,
        plan: &VerifiedPlan,
        targets: &[TargetRef],
        setting: &Setting<'_>,
    ) -> Result<(), ApplyError> {
        let past = self.journal.past();
        let by = setting.by.clone();
        let event = if past.is_empty() {
            let operations = plan
                .plan()
                .businesses
                .iter()
                .map(|part| part.operations.len() as u64);
            Event::Begin {
                format: FORMAT.to_owned(),
                format_version: FORMAT_VERSION,
                plan: plan.plan().digest,
                targets: targets.to_vec(),
                operations: operations.sum(),
                by,
            }
        } else {
            Event::Resume {
                by,
                dropped: past.torn(),
            }
        };
        self.note(event)?;
        self.flush()
    }

    fn end(&mut self, runs: &[Run<'_, '_>]) -> Result<(), ApplyError> {
        let fates = runs
            .iter()
            .flat_map(|run| &run.course.steps)
            .filter_map(|step| step.fate.as_ref());
        let counts = Counts::of(fates);
        self.note(Event::End {
            done: counts.done,
            already_so: counts.already_so,
            failed: counts.failed,
            stale: counts.stale,
            skipped: counts.skipped,
            uncertain: counts.uncertain,
            open: counts.person + counts.waiting,
        })?;
        self.flush()
    }

    fn note_all(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), ApplyError> {
        events.into_iter().try_for_each(|event| self.note(event))
    }

    fn note(&mut self, event: Event) -> Result<(), ApplyError> {
        let wrote = self.wrote;
        self.journal
            .note(event)
            .map_err(|source| ApplyError::Io { source, wrote })
    }

    fn flush(&mut self) -> Result<(), ApplyError> {
        let wrote = self.wrote;
        self.journal
            .flush()
            .map_err(|source| ApplyError::Io { source, wrote })
    }
}

/// An earlier run left nothing to do: nothing is read and nothing is written.
fn finished_before(
    plan: &VerifiedPlan,
    runs: Vec<Run<'_, '_>>,
    targets: &[TargetRef],
    dropped: u64,
) -> Applied {
    let mut applied = report(plan, runs, targets, None, dropped);
    applied.report.finished_before = true;
    applied
}

fn report(
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
        if let (Some(state), None, false) = (run.state, signal, run.called) {
            seen.push((key, state));
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
    }
}

fn status(businesses: &[BusinessReport], signal: Option<u32>) -> Status {
    if let Some(signal) = signal {
        return Status::Interrupted { signal };
    }
    let counts = businesses
        .iter()
        .fold(Counts::default(), |sum, business| sum.and(business.counts));
    let Counts {
        done,
        already_so,
        failed,
        uncertain,
        stale,
        skipped,
        person,
        waiting,
        not_reached,
    } = counts;
    let seen = |business: &BusinessReport| {
        business.unverified.is_none()
            && business
                .verification
                .as_ref()
                .is_none_or(|seen| seen.unseen.is_empty())
    };
    if stale > 0 && done + already_so + failed + uncertain + person + waiting + not_reached == 0 {
        Status::Stale
    } else if failed + uncertain + stale + skipped + not_reached > 0 || !businesses.iter().all(seen)
    {
        Status::Partial
    } else {
        Status::Applied
    }
}
