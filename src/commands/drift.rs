//! `accord drift`: what moved without the files.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use schemars::JsonSchema;
use serde::Serialize;

use super::inputs::Sources;
use super::reported::{self, Format, Wanted};
use super::{Failure, Report, Session, Status, inputs};
use crate::diff::Only;
use crate::plan;
use crate::reports;
use crate::reports::drift::{differences, render_markdown, render_text};
use crate::reports::plan::json;

/// Arguments of `accord drift`.
#[derive(clap::Args)]
#[command(after_help = "\
Where the state after the last apply is known, changes of the files that wait to be applied don't count as drift; where it \
isn't, every difference counts. Exit code 2 when something moved.

Examples:
  accord drift                            # compare with the states that accord.yaml names
  accord drift access --state export/     # compare with a fresh export
  accord drift --report markdown=drift.md # for an issue")]
pub struct Drift {
    #[command(flatten)]
    sources: Sources,
    /// Look only at one person=, team=, partner= or account=; may be repeated
    #[arg(long, value_name = "KIND=KEY")]
    only: Vec<Only>,
    /// Also write what moved to FILE, `-` for standard output: as markdown for an issue, or as the JSON of the plan; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = wanted)]
    reports: Vec<Wanted>,
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
        // The process ends after this; giving a large business back piece by piece would only take time.
        let world = ManuallyDrop::new(self.sources.read(session)?);
        let plan =
            inputs::plan(&plan::PlanInput { only: self.only.clone(), predict: false, rules: None, ..world.input() })?;
        self.show(&plan, session)?;
        let differences = differences(&plan);
        let status = if differences == 0 { Status::Ok } else { Status::Differs };
        let summary = reports::plan::Summary::of(&plan);
        Ok(Report::ended(status, Summary { differences, summary }))
    }

    fn show(&self, plan: &plan::Plan, session: &Session) -> Result<(), Failure> {
        if !self.reports.iter().any(Wanted::is_standard) {
            session.print(&render_text(plan, &session.terminal.out()))?;
        }
        let mut written = BTreeMap::new();
        for wanted in &self.reports {
            let text = match wanted.format {
                Format::Json => json(plan).map_err(|error| Failure::of("can't write the plan as JSON", &error))?,
                _ => render_markdown(plan),
            };
            if wanted.is_standard() {
                session.print(&text)?;
            } else {
                written.insert(wanted.file.clone(), text.into_bytes());
            }
        }
        reported::write_all(&written, session)
    }
}

/// `markdown=FILE` or `json=FILE`.
fn wanted(text: &str) -> Result<Wanted, String> {
    let wanted = reported::wanted(text)?;
    match wanted.format {
        Format::Markdown | Format::Json => Ok(wanted),
        Format::Html | Format::Findings(_) => Err("drift is reported as markdown or json".to_owned()),
    }
}
