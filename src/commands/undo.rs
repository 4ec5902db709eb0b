//! `accord undo`: a plan that takes back what a run did.

use std::path::PathBuf;

use super::inputs::{Sources, blame};
use super::planned::{Making, Summary};
use super::{Failure, Report, Session, Status, files, inputs};
use crate::apply::undo::{self, UndoError};
use crate::apply::{JournalError, Past};
use crate::plan;

/// Arguments of `accord undo`.
#[derive(clap::Args)]
#[command(after_help = "\
Takes back what the journal says that this plan has done, the last operation first. The answer is a plan like any other: it \
rests on the state as it is now, leaves alone what somebody changed since, lists what can't be undone, goes through the \
guards, and is carried out by `accord apply`. The files are not changed: revert the commit, too, or the next plan does it again.

Example:
  accord undo plan.json.journal plan.json -o undo.json
  accord apply undo.json")]
pub struct Undo {
    /// The journal of the run
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// The plan that was applied
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    making: Making,
}

impl Undo {
    /// Makes the plan, shows it, and writes it.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let applied = inputs::stored_plan(&self.plan)?.into_plan();
        let name = self.journal.display();
        let unusable = |error: JournalError| Failure::of(format!("the journal `{name}` can't be used"), &error);
        let past = Past::read(&files::read(&self.journal)?).map_err(unusable)?;
        let world = self.sources.read(session)?;
        let input = plan::PlanInput {
            overrides: self.making.allow.clone(),
            authors: self.making.authors.clone(),
            applicant: self.making.applicant(&world)?,
            ..world.input()
        };
        let plan = undo::plan(&past, &applied, &input).map_err(|error| {
            let status = match &error {
                UndoError::Build(error) => blame(error),
                UndoError::Journal(_) | UndoError::NoBusiness { .. } => Status::Error,
            };
            Failure::from_error(&error).status(status)
        })?;
        self.making.finish(&plan, &self.sources, session)
    }
}
