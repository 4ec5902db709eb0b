//! `accord drift`: what moved without the files.

use schemars::JsonSchema;
use serde::Serialize;

use super::inputs::Sources;
use super::{Failure, Report, Session, Status, inputs};
use crate::diff::Only;
use crate::plan;
use crate::reports;
use crate::reports::drift::{differences, render_text};

/// Arguments of `accord drift`.
#[derive(clap::Args)]
#[command(after_help = "\
Where the state after the last apply is known, changes of the files that wait to be applied don't count as drift; where it \
isn't, every difference counts. Exit code 2 when something moved.

Examples:
  accord drift                            # compare with the states that accord.yaml names
  accord drift access --state export/     # compare with a fresh export")]
pub struct Drift {
    #[command(flatten)]
    sources: Sources,
    /// Look only at one person=, team=, partner= or account=; may be repeated
    #[arg(long, value_name = "KIND=KEY")]
    only: Vec<Only>,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DriftDetails")]
pub struct Summary {
    /// How many things moved.
    differences: usize,
    /// What the plan that would take them back tells of itself.
    #[serde(flatten)]
    summary: reports::plan::Summary,
}

impl Drift {
    /// Shows what moved.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let world = self.sources.read(session)?;
        let plan = inputs::plan(&plan::PlanInput { only: self.only, predict: false, rules: None, ..world.input() })?;
        session.print(&render_text(&plan, &session.terminal.out()))?;
        let differences = differences(&plan);
        let status = if differences == 0 { Status::Ok } else { Status::Differs };
        let summary = reports::plan::Summary::of(&plan);
        Ok(Report::ended(status, Summary { differences, summary }))
    }
}
