//! Undoing a run: what its journal says was done, and the plan that takes it back.

use std::collections::BTreeMap;

use crate::plan::undo::{self, Run, Undone};
use crate::plan::{BuildError, Plan, PlanInput};

use super::course::Course;
use super::journal::{JournalError, Past};
use super::report::Fate;

/// A run can't be undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// The journal is not that of the plan, or is damaged.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run changed a business that is not looked at.
    #[error("the run changed business `{business}`, and what it is like now is not given")]
    NoBusiness {
        /// Its key.
        business: String,
    },
    /// The plan can't be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Builds the plan that undoes what a run of `applied` did, by its journal, from the states as they are now.
///
/// Only what the run did itself is undone, not what somebody had done by hand before it came to it.
///
/// # Errors
/// Where the journal is of another plan, a business that was changed is missing in `input`, or a plan can't be built.
pub fn plan(past: &Past, applied: &Plan, input: &PlanInput<'_>) -> Result<Plan, UndoError> {
    past.check(applied.digest, past.targets())?;
    let mut courses = Vec::new();
    for part in &applied.businesses {
        let mut course = Course::new(part);
        for record in past.records() {
            course.replay(record)?;
        }
        courses.push(course);
    }
    let known: Vec<&str> = input
        .businesses
        .iter()
        .map(|business| input.desired.text(input.desired.businesses[business.business].key))
        .collect();
    let mut runs = BTreeMap::new();
    for course in &courses {
        let run = done_by(course);
        let changed = !(run.done.is_empty() && run.uncertain.is_empty());
        if changed && !known.contains(&course.plan.business.key.as_str()) {
            return Err(UndoError::NoBusiness { business: course.key() });
        }
        runs.insert(course.key(), run);
    }
    Ok(undo::build(input, applied.digest, &runs)?)
}

fn done_by<'c>(course: &'c Course<'_>) -> Run<'c> {
    let mut run = Run::default();
    for (place, step) in course.steps.iter().enumerate() {
        let operation = course.operation(place);
        match &step.fate {
            Some(Fate::Done { created }) => run.done.push(Undone { operation, created: created.as_deref() }),
            // An invite that waits without its grants is one that this run sent.
            Some(Fate::Failed { created: Some(invite), .. }) => {
                run.done.push(Undone { operation, created: Some(invite) })
            }
            None if let Some(invite) = &step.begun => run.done.push(Undone { operation, created: Some(invite) }),
            None if step.unsure.is_some() => run.uncertain.push(operation),
            _ => {}
        }
    }
    run
}
