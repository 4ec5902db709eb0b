//! `accord validate`: all problems of all files of an access repository.

use std::path::PathBuf;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Serialize;

use super::outside::{self, Outside};
use super::{Failure, Report, Session, inputs, rosters};
use crate::desired::{DesiredState, Reading};
use crate::diagnostic::{Tally, json};
use crate::policy::CustomRule;
use crate::terminal::prose;

/// Arguments of `accord validate`.
#[derive(clap::Args)]
#[command(after_help = "\
Reads nothing but the repository: no export, no network. Runs the tests of custom rules. Exit code 1 when there is an error; warnings alone don't fail.

Examples:
  accord validate                         # the repository here
  accord validate access --format json    # one JSON object a line: problems, then a summary")]
pub struct Validate {
    /// The access repository
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// How to show the problems
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ValidateDetails")]
pub struct Summary {
    /// How many files were read.
    files: usize,
    /// How many errors they hold.
    errors: usize,
    /// How many warnings they hold.
    warnings: usize,
}

impl Validate {
    /// Shows all problems.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let reading = inputs::read_repository(&self.folder, session.threads)?;
        match self.format {
            Format::Text => inputs::show_problems(&self.folder, &reading, session),
            Format::Json => {
                let lines = json::lines(&reading.problems, &reading.files)
                    .map_err(|error| Failure::of("can't write the problems as JSON", &error))?;
                session.print(&lines)?;
            }
        }
        let tally = Tally::of(&reading.problems);
        let summary = Summary { files: reading.files.len(), errors: tally.errors, warnings: tally.warnings };
        let Some(state) = &reading.state else {
            return Ok(Report::failed(inputs::invalid(&reading), summary));
        };
        let outside = match outside::read(&self.folder, &state.policy) {
            Ok(outside) => outside,
            Err(failure) => return Ok(Report::failed(failure, summary)),
        };
        if let Err(failure) = rosters::read(&self.folder, state) {
            return Ok(Report::failed(failure, summary));
        }
        if self.format == Format::Text {
            session.print(&verdict(&reading, state, &outside))?;
        }
        Ok(Report::ok(summary))
    }
}

fn verdict(reading: &Reading, state: &DesiredState, outside: &Outside) -> String {
    let counts = [
        prose::len(&state.businesses, "business", "businesses"),
        prose::len(&state.assets, "asset", "assets"),
        prose::len(&state.people, "person", "people"),
        prose::len(&state.teams, "team", "teams"),
        prose::len(&state.partners, "partner", "partners"),
        prose::len(&state.grants, "grant", "grants"),
    ];
    let files = prose::count(reading.files.len() as u64, "file is", "files are");
    let mut more = tested(&state.policy.custom_rules);
    if let Some(directory) = &outside.directory {
        let people = prose::len(&directory.entries, "person", "people");
        more.push(format!("The directory knows {people}."));
    }
    if let Some(activity) = &outside.activity {
        let people = prose::len(&activity.entries, "person", "people");
        more.push(format!("The activity file tells of {people}."));
    }
    let more: String = more.iter().map(|sentence| format!(" {sentence}")).collect();
    format!("{files} valid: {}.{more}\n", prose::list(&counts))
}

/// What came of the tests of custom rules; a failed one is a problem, and told with the others.
fn tested(rules: &[CustomRule]) -> Vec<String> {
    if rules.is_empty() {
        return Vec::new();
    }
    let tests: usize = rules.iter().map(|rule| rule.fires.len() + rule.quiet.len()).sum();
    let rules = prose::count(rules.len() as u64, "custom rule passes its", "custom rules pass their");
    vec![format!("{rules} {}.", prose::count(tests as u64, "test", "tests"))]
}
