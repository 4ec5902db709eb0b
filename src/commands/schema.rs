//! `accord schema`: the JSON Schemas of everything accord reads and writes, generated from the code that does it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use super::{Failure, Report, RunResult, Session, Status, difference, files};
use crate::apply::last_applied::AppliedFile;
use crate::apply::record::Record;
use crate::desired;
use crate::diagnostic::json;
use crate::observed::snapshot;
use crate::plan::Plan;
use crate::plan::approvals::ApprovalFile;
use crate::reports::{access, findings, graph};
use crate::review::Review;
use crate::terminal::prose;

/// Arguments of `accord schema`.
#[derive(clap::Args)]
#[command(after_help = "\
Formats:
  access           what `who-can`, `what-can`, `explain`, `reach` and `simulate` say with --format json
  access-document  a file of the access repository
  applied          what `apply` keeps for the next plan
  approvals        what `approve` writes
  findings         what `audit --format json` writes
  graph            what `graph --format json` writes
  journal          a line of the journal of `apply`
  plan             what `plan -o` writes
  problems         a line of `validate --format json`
  result           what `--result` writes
  review           what `plan --base` writes as JSON
  snapshot         what `import -o` writes

Examples:
  accord schema plan                                   # print one
  accord schema access-document -o access.schema.json  # write one
  accord schema --all -o schemas                       # write each to schemas/NAME.schema.json
  accord schema --all --check schemas                  # exit code 2 if the folder is out of date

An editor with the YAML language server checks a file while you type when the first line of the file names the schema:
  # yaml-language-server: $schema=schemas/access-document.schema.json")]
pub struct Schema {
    /// The format to describe
    #[arg(required_unless_present = "all")]
    name: Option<Name>,
    /// All formats
    #[arg(long, conflicts_with = "name", requires = "place")]
    all: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
#[group(id = "place", multiple = false)]
struct Place {
    /// Write to this file; with --all, into this folder
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Compare with this file, with --all with this folder, and write nothing
    #[arg(long, value_name = "PATH")]
    check: Option<PathBuf>,
}

/// A format.
#[derive(Clone, Copy, ValueEnum)]
enum Name {
    Access,
    AccessDocument,
    Applied,
    Approvals,
    Findings,
    Graph,
    Journal,
    Plan,
    Problems,
    Result,
    Review,
    Snapshot,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SchemaDetails")]
pub struct Summary {
    /// Names of the schemas that were printed, written or compared.
    schemas: Vec<String>,
    /// Files that are not what this version writes (`--check`).
    stale: Vec<String>,
}

impl Schema {
    /// Prints, writes or compares schemas.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let names = match &self.name {
            Some(name) => std::slice::from_ref(name),
            None => Name::value_variants(),
        };
        let mut stale = Vec::new();
        match (&self.place.output, &self.place.check) {
            (Some(path), _) if self.all => write_folder(path, names, session)?,
            (Some(path), _) => files::write(path, text(names)?.as_bytes())?,
            (None, Some(path)) if self.all => stale = stale_in(path, names, session)?,
            (None, Some(path)) => stale = stale_file(path, &text(names)?, session)?,
            (None, None) => session.print(&text(names)?)?,
        }
        let status = if stale.is_empty() { Status::Ok } else { Status::Differs };
        let schemas = names.iter().map(|name| name.word()).collect();
        Ok(Report::ended(status, Summary { schemas, stale }))
    }
}

impl Name {
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn file(self) -> String {
        format!("{}.schema.json", self.word())
    }

    fn schema(self) -> Value {
        match self {
            Name::Access => schema_for!(access::Document).to_value(),
            Name::AccessDocument => desired::schema(),
            Name::Applied => schema_for!(AppliedFile<'_>).to_value(),
            Name::Approvals => schema_for!(ApprovalFile).to_value(),
            Name::Findings => schema_for!(findings::Document<'_>).to_value(),
            Name::Graph => schema_for!(graph::Picture).to_value(),
            Name::Journal => schema_for!(Record).to_value(),
            Name::Plan => schema_for!(Plan).to_value(),
            Name::Problems => schema_for!(json::Line).to_value(),
            Name::Result => schema_for!(RunResult).to_value(),
            Name::Review => schema_for!(Review).to_value(),
            Name::Snapshot => snapshot::schema().to_value(),
        }
    }
}

/// The texts of some schemas, one after the other.
fn text(names: &[Name]) -> Result<String, Failure> {
    let mut text = String::new();
    for name in names {
        let schema = serde_json::to_string_pretty(&name.schema())
            .map_err(|error| Failure::of("can't write the schema", &error))?;
        text.push_str(&schema);
        text.push('\n');
    }
    Ok(text)
}

fn write_folder(folder: &Path, names: &[Name], session: &Session) -> Result<(), Failure> {
    let mut all = BTreeMap::new();
    for name in names {
        all.insert(folder.join(name.file()), text(&[*name])?.into_bytes());
    }
    files::write_all(&all, true)?;
    let count = prose::len(names, "schema", "schemas");
    session.say(&format!("Wrote {count} to {}.", folder.display()));
    Ok(())
}

/// Files of a folder that are not what would be written; a schema that no version of today writes is one, too.
fn stale_in(folder: &Path, names: &[Name], session: &Session) -> Result<Vec<String>, Failure> {
    let mut stale = Vec::new();
    for name in names {
        stale.extend(stale_file(&folder.join(name.file()), &text(&[*name])?, session)?);
    }
    let known: Vec<String> = names.iter().map(|name| name.file()).collect();
    for name in files::names_in(folder)? {
        if name.ends_with(".schema.json") && !known.contains(&name) {
            let path = folder.join(name).display().to_string();
            session.print(&format!("{path}: no format of this version\n"))?;
            stale.push(path);
        }
    }
    Ok(stale)
}

fn stale_file(path: &Path, expected: &str, session: &Session) -> Result<Vec<String>, Failure> {
    let shown = path.display().to_string();
    if !files::exists(path) {
        session.print(&format!("{shown}: missing\n"))?;
        return Ok(vec![shown]);
    }
    let found = files::read_text(path)?;
    if found == expected {
        return Ok(Vec::new());
    }
    let style = session.terminal.out();
    session.print(&difference::unified(&shown, &found, expected, LINES_SHOWN, &style))?;
    Ok(vec![shown])
}

/// A schema of another version can differ in a thousand lines; the first ones tell what happened.
const LINES_SHOWN: usize = 40;
