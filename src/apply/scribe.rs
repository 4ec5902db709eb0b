//! Writing the journal of a run.

use crate::plan::file::VerifiedPlan;

use super::business::Run;
use super::journal::Journal;
use super::record::{Event, FORMAT, FORMAT_VERSION, TargetRef};
use super::report::Counts;
use super::run::{ApplyError, Setting};

/// Writes the journal, and knows whether a call was made.
pub(super) struct Scribe<'j, 't> {
    pub(super) journal: &'j mut Journal<'t>,
    pub(super) wrote: bool,
}

impl Scribe<'_, '_> {
    pub(super) fn open(
        &mut self,
        plan: &VerifiedPlan,
        targets: &[TargetRef],
        setting: &Setting<'_>,
    ) -> Result<(), ApplyError> {
        let past = self.journal.past();
        let by = setting.by.clone();
        let event = if past.is_empty() {
            let operations = plan.plan().businesses.iter().map(|part| part.operations.len() as u64);
            Event::Begin {
                format: FORMAT.to_owned(),
                format_version: FORMAT_VERSION,
                plan: plan.plan().digest,
                targets: targets.to_vec(),
                operations: operations.sum(),
                by,
            }
        } else {
            Event::Resume { by, dropped: past.torn() }
        };
        self.note(event)?;
        self.flush()
    }

    pub(super) fn end(&mut self, runs: &[Run<'_, '_>]) -> Result<(), ApplyError> {
        let fates = runs.iter().flat_map(|run| &run.course.steps).filter_map(|step| step.fate.as_ref());
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

    pub(super) fn note_all(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), ApplyError> {
        events.into_iter().try_for_each(|event| self.note(event))
    }

    pub(super) fn note(&mut self, event: Event) -> Result<(), ApplyError> {
        let wrote = self.wrote;
        self.journal.note(event).map_err(|source| ApplyError::Io { source, wrote })
    }

    pub(super) fn flush(&mut self) -> Result<(), ApplyError> {
        let wrote = self.wrote;
        self.journal.flush().map_err(|source| ApplyError::Io { source, wrote })
    }
}
