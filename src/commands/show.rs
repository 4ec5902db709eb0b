//! `accord show`: a plan that was written to a file.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::planned::Look;
use super::{Failure, Report, Session, inputs};
use crate::reports;

/// Arguments of `accord show`.
#[derive(clap::Args)]
#[command(after_help = "\
The file is checked before it is shown: a plan that was changed after it was made is refused.

Examples:
  accord show plan.json
  accord show plan.json --detail full                    # every operation, with what it rests on
  accord show plan.json --format json | jq .businesses")]
pub struct Show {
    /// The plan; `-` is standard input
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    look: Look,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ShowDetails")]
pub struct Summary {
    /// What the plan tells of itself.
    #[serde(flatten)]
    summary: reports::plan::Summary,
}

impl Show {
    /// Shows a plan.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let plan = inputs::stored_plan(&self.plan)?.into_plan();
        self.look.show(&plan, session)?;
        let summary = reports::plan::Summary::of(&plan);
        Ok(Report::ok(Summary { summary }))
    }
}
