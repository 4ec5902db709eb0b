//! `accord plan`: what has to change for the files to hold.

use super::inputs::Sources;
use super::planned::{Making, Summary};
use super::{Failure, Report, Session, inputs};
use crate::diff::Only;
use crate::plan;

/// Arguments of `accord plan`.
#[derive(clap::Args)]
#[command(after_help = "\
A plan that a guard or a rule refuses is shown in full and written where -o asks for it, but `apply` won't take it: exit code 3. \
Look at what is counted; if all of it is meant, plan again with `--allow` and exactly that count. Only findings that the plan brings or \
makes worse refuse it; `accord audit` tells all of them, `accord explain RULE` what a rule is about.

Examples:
  accord plan                                        # compare with the states that accord.yaml names
  accord plan access --state export/ -o plan.json    # compare with an export, and write the plan
  accord plan --only person=bo@acme.example
  accord plan --at 2027-04-01                        # what will be due by then?
  accord plan --allow removals=7 -o plan.json        # yes, exactly these seven
  accord plan --detailed-exitcode                    # for CI: 0 nothing to do, 2 changes, 3 refused")]
pub struct Plan {
    #[command(flatten)]
    sources: Sources,
    /// Look only at one person=, team=, partner= or account=; may be repeated
    #[arg(long, value_name = "KIND=KEY")]
    only: Vec<Only>,
    #[command(flatten)]
    making: Making,
}

impl Plan {
    /// Makes a plan, shows it, and writes it.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let world = self.sources.read(session)?;
        let input = plan::PlanInput {
            only: self.only,
            overrides: self.making.allow.clone(),
            authors: self.making.authors.clone(),
            applicant: self.making.applicant(&world)?,
            ..world.input()
        };
        let plan = inputs::plan(&input)?;
        self.making.finish(&plan, session)
    }
}
