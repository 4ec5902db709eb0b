//! One business of a run: what is read of it, the calls to its target, what is seen afterwards.

use std::sync::atomic::Ordering;

use crate::connectors::{ConnectorError, Context, Outcome};
use crate::observed::{Completeness, Lookup, ObservedState};
use crate::plan::Operation;
use crate::plan::file::VerifiedPlan;

use super::batch;
use super::course::{Course, Readiness, Step};
use super::record::{Event, Told};
use super::report::Verification;
use super::run::{ApplyError, Progress, Setting, Site};
use super::scribe::Scribe;
use super::verify;

/// One business of a run.
pub(super) struct Run<'r, 'c> {
    pub(super) course: Course<'r>,
    pub(super) site: &'r mut Site<'c>,
    /// As read before the first call, where it was read again.
    pub(super) first: Option<ObservedState>,
    /// As read last.
    pub(super) state: Option<ObservedState>,
    /// A call was made since.
    pub(super) called: bool,
    pub(super) verification: Option<Verification>,
    /// Why there is no verification.
    pub(super) unverified: Option<String>,
    /// Why the target takes nothing more in this run.
    pub(super) halted: Option<String>,
}

impl Run<'_, '_> {
    pub(super) fn read_first(&mut self, plan: &VerifiedPlan) -> Result<(), ApplyError> {
        let business = &self.course.plan.business;
        let state = self.fetch().map_err(|source| ApplyError::Read { business: business.key.clone(), source })?;
        let named = |platform: &str, id: &str| format!("{platform} business {id}");
        let (found, wanted) = (named(state.platform.name, &state.business_id), named(&business.platform, &business.id));
        if found != wanted {
            return Err(ApplyError::OtherBusiness { business: business.key.clone(), found, wanted });
        }
        tracing::debug!(business = business.key, plan = %plan.plan().digest.short(12), "read the state");
        self.state = Some(state);
        Ok(())
    }

    pub(super) fn look(&mut self, scribe: &mut Scribe<'_, '_>) -> Result<(), ApplyError> {
        if let Some(state) = &self.state {
            let capabilities = self.site.connector.capabilities();
            let events = self.course.look(&Lookup::new(state), &capabilities);
            scribe.note_all(events)?;
        }
        scribe.flush()
    }

    /// Makes calls until nothing more can be done or the run is asked to stop.
    pub(super) fn go(
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
            let unsure = |step: &Step| step.fate.is_none() && step.unsure.is_some();
            if !self.course.steps.iter().any(unsure) {
                break;
            }
            self.read_again();
            if let Some(state) = &self.state {
                let repeats = self.site.connector.capabilities().repeats;
                let events = self.course.look_again(&Lookup::new(state), repeats);
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
            if self.halted.is_some() || setting.stop.load(Ordering::Relaxed) != 0 {
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
        if batch.is_empty() || self.halted.is_some() || setting.stop.load(Ordering::Relaxed) != 0 {
            return Ok(());
        }
        let business = self.course.key();
        scribe.note(Event::Intent {
            business: business.clone(),
            operations: batch.iter().map(|(_, operation)| operation.id.clone()).collect(),
        })?;
        scribe.flush()?;
        scribe.wrote = true;
        self.called = true;
        let operations: Vec<&Operation> = batch.iter().map(|(_, operation)| *operation).collect();
        let begun = batch.iter().filter_map(|(place, operation)| {
            let invite = self.course.steps[*place].begun.as_deref()?;
            Some((operation.id.as_str(), invite))
        });
        let context = Context::of(plan, &self.course.created).begun(begun);
        let mut outcomes = self.site.connector.perform(&operations, &context).into_iter();
        for (place, operation) in batch {
            let outcome = told(outcomes.next(), operation);
            self.course.told(place, &outcome);
            if let Told::NotNow { message } = &outcome {
                self.halted = Some(message.clone());
            }
            self.course.steps[place].this_run = true;
            self.course.steps[place].calls += 1;
            scribe.note(Event::Outcome { business: business.clone(), operation: operation.id.clone(), outcome })?;
        }
        scribe.flush()?;
        let decided = self.course.steps.iter().filter(|step| step.fate.is_some()).count();
        (setting.progress)(Progress { business: &business, decided, total: self.course.steps.len() });
        Ok(())
    }

    /// Reads the state. What is missing in half a list is not known to be gone: a list that was whole when the plan was made has to be
    /// whole again.
    fn fetch(&mut self) -> Result<ObservedState, ConnectorError> {
        let state = self.site.connector.fetch()?;
        let planned = &self.course.plan.observed.incomplete;
        let newly = state.completeness.iter().find_map(|(collection, whole)| match whole {
            Completeness::Incomplete(reason) if planned.iter().all(|known| known.collection != collection.word()) => {
                Some(format!("its {} are not proven whole: {reason}", collection.word()))
            }
            Completeness::Incomplete(_) | Completeness::Complete => None,
        });
        newly.map_or(Ok(state), |message| Err(ConnectorError::Read(message)))
    }

    fn read_again(&mut self) {
        if self.first.is_none() {
            self.first = self.state.take();
        }
        match self.fetch() {
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
    pub(super) fn verify(&mut self, scribe: &mut Scribe<'_, '_>) -> Result<(), ApplyError> {
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
        Some(Outcome::Done { created: None }) if matches!(operation.action, Action::CreateGroup { .. }) => {
            Told::Uncertain { message: "the target did not tell the id of the group".to_owned() }
        }
        Some(Outcome::Done { created }) => Told::Done { created },
        Some(Outcome::Failed { message }) => Told::Failed { message, created: None },
        Some(Outcome::Half { message, created }) => Told::Failed { message, created: Some(created) },
        Some(Outcome::Uncertain { message }) => Told::Uncertain { message },
        Some(Outcome::Unsaid { message }) => Told::Unsaid { message },
        Some(Outcome::NotNow { message }) => Told::NotNow { message },
        None => Told::Uncertain { message: "the target's answer leaves it out".to_owned() },
    }
}
