//! One verb per file, its arguments beside it.
//!
//! To add one: a file with its arguments, a summary for the result file and a `run`, a line in [`Verb`], in `Verb::name`, in
//! [`Details`] and in `carry_out`; and a case for each exit code it can give.

mod apply;
mod approve;
mod audit;
mod base;
mod codeowners;
mod completions;
mod difference;
mod drift;
mod explain;
pub mod files;
mod fmt;
mod graph;
mod import;
mod init;
mod inputs;
mod outside;
mod plan;
mod planned;
mod questions;
mod reach;
mod remote;
mod reported;
mod rosters;
mod schema;
mod session;
mod show;
mod signature;
mod simulate;
mod undo;
mod validate;
mod what_can;
mod who_can;

use std::ffi::OsStr;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

pub use session::{Failure, Global, Report, Session, Status};

/// The version of the result file that this program writes.
pub const RESULT_FORMAT_VERSION: u32 = 1;

/// What accord can be asked to do.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Start an access repository
    Init(init::Init),
    /// Read an export, and write it as a snapshot or as an access repository
    Import(import::Import),
    /// Check the files of an access repository
    Validate(validate::Validate),
    /// Show what has to change for the files to hold
    Plan(plan::Plan),
    /// Show a plan that was written to a file
    Show(show::Show),
    /// Carry out a plan
    Apply(apply::Apply),
    /// Agree to a plan, where the policy asks for that
    Approve(approve::Approve),
    /// Plan to take back what a run did
    Undo(undo::Undo),
    /// List who reviews which file, for GitHub and GitLab
    Codeowners(codeowners::Codeowners),
    /// Show what moved without the files
    Drift(drift::Drift),
    /// Show everything the rules find in the state as it is
    Audit(audit::Audit),
    /// Tell what a rule is about, or how a person comes to an asset
    Explain(explain::Explain),
    /// Tell who can do something on an asset
    WhoCan(who_can::WhoCan),
    /// Tell what a person or a partner can do
    WhatCan(what_can::WhatCan),
    /// Tell how far a partner reaches
    Reach(reach::Reach),
    /// Tell what access remains without a person or a partner
    Simulate(simulate::Simulate),
    /// Draw who reaches what, for Graphviz or Mermaid
    Graph(graph::Graph),
    /// Bring YAML files into canonical form
    Fmt(fmt::Fmt),
    /// Print the JSON Schemas of the formats accord reads and writes
    Schema(schema::Schema),
    /// Print a script that completes command lines in a shell
    Completions(completions::Completions),
}

impl Verb {
    /// As it is written on the command line.
    fn name(&self) -> &'static str {
        match self {
            Verb::Init(_) => "init",
            Verb::Import(_) => "import",
            Verb::Validate(_) => "validate",
            Verb::Plan(_) => "plan",
            Verb::Show(_) => "show",
            Verb::Apply(_) => "apply",
            Verb::Approve(_) => "approve",
            Verb::Undo(_) => "undo",
            Verb::Codeowners(_) => "codeowners",
            Verb::Drift(_) => "drift",
            Verb::Audit(_) => "audit",
            Verb::Explain(_) => "explain",
            Verb::WhoCan(_) => "who-can",
            Verb::WhatCan(_) => "what-can",
            Verb::Reach(_) => "reach",
            Verb::Simulate(_) => "simulate",
            Verb::Graph(_) => "graph",
            Verb::Fmt(_) => "fmt",
            Verb::Schema(_) => "schema",
            Verb::Completions(_) => "completions",
        }
    }
}

/// How a run ended, as `--result` writes it.
#[derive(Serialize, JsonSchema)]
pub struct RunResult {
    /// Always `accord-result`.
    pub format: &'static str,
    /// Version of this format.
    pub format_version: u32,
    /// Version of the program.
    pub accord: &'static str,
    /// What was asked for; absent where the command line made no sense.
    pub verb: Option<&'static str>,
    /// How it ended, in a word.
    pub status: Status,
    /// The same as the exit code of the process.
    pub exit_code: u8,
    /// Why it failed, where it did.
    pub error: Option<ResultError>,
    /// What the verb has to tell; absent where it failed before there was anything.
    pub details: Option<Details>,
}

/// Why a run failed.
#[derive(Serialize, JsonSchema)]
pub struct ResultError {
    /// One sentence.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// What can be done about it.
    pub help: Vec<String>,
}

/// What a verb has to tell; `verb` says which of these it is.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Details {
    /// Of `init`.
    Init(init::Summary),
    /// Of `import`.
    Import(import::Summary),
    /// Of `validate`.
    Validate(validate::Summary),
    /// Of `plan` and `undo`.
    Plan(planned::Summary),
    /// Of `plan --base`.
    Review(plan::review::Summary),
    /// Of `show`.
    Show(show::Summary),
    /// Of `apply`.
    Apply(apply::Summary),
    /// Of `approve`.
    Approve(approve::Summary),
    /// Of `codeowners`.
    Codeowners(codeowners::Summary),
    /// Of `drift`.
    Drift(drift::Summary),
    /// Of `audit`.
    Audit(audit::Summary),
    /// Of `explain`.
    Explain(explain::Summary),
    /// Of `who-can`, `what-can`, `reach` and `simulate`.
    Question(questions::Summary),
    /// Of `graph`.
    Graph(graph::Summary),
    /// Of `fmt`.
    Fmt(fmt::Summary),
    /// Of `schema`.
    Schema(schema::Summary),
    /// Of `completions`.
    Completions(completions::Summary),
}

/// Carries out a verb, tells how it ended, and returns the exit code.
pub fn run(verb: Verb, session: Session) -> u8 {
    let name = verb.name();
    if let Err(failure) = clear_result(session.result.as_deref()) {
        session.complain(&failure);
        return failure.status.code();
    }
    let report = carry_out(verb, &session);
    let (status, failure, details) = match report {
        Ok(report) => (report.status, report.failure, Some(report.summary)),
        Err(failure) => (failure.status, Some(failure), None),
    };
    if let Some(failure) = &failure {
        session.complain(failure);
    }
    let result = result(Some(name), status, failure, details);
    match write_result(session.result.as_deref(), &result) {
        Ok(()) => status.code(),
        Err(failure) => {
            session.complain(&failure);
            worse(status, failure.status).code()
        }
    }
}

fn carry_out(verb: Verb, session: &Session) -> Result<Report<Details>, Failure> {
    match verb {
        Verb::Init(verb) => verb.run(session).map(|report| report.map(Details::Init)),
        Verb::Import(verb) => verb.run(session).map(|report| report.map(Details::Import)),
        Verb::Validate(verb) => verb.run(session).map(|report| report.map(Details::Validate)),
        Verb::Plan(verb) => verb.run(session),
        Verb::Show(verb) => verb.run(session).map(|report| report.map(Details::Show)),
        Verb::Apply(verb) => verb.run(session).map(|report| report.map(Details::Apply)),
        Verb::Approve(verb) => verb.run(session).map(|report| report.map(Details::Approve)),
        Verb::Undo(verb) => verb.run(session).map(|report| report.map(Details::Plan)),
        Verb::Codeowners(verb) => verb.run(session).map(|report| report.map(Details::Codeowners)),
        Verb::Drift(verb) => verb.run(session).map(|report| report.map(Details::Drift)),
        Verb::Audit(verb) => verb.run(session).map(|report| report.map(Details::Audit)),
        Verb::Explain(verb) => verb.run(session).map(|report| report.map(Details::Explain)),
        Verb::WhoCan(verb) => verb.run(session).map(|report| report.map(Details::Question)),
        Verb::WhatCan(verb) => verb.run(session).map(|report| report.map(Details::Question)),
        Verb::Reach(verb) => verb.run(session).map(|report| report.map(Details::Question)),
        Verb::Simulate(verb) => verb.run(session).map(|report| report.map(Details::Question)),
        Verb::Graph(verb) => verb.run(session).map(|report| report.map(Details::Graph)),
        Verb::Fmt(verb) => verb.run(session).map(|report| report.map(Details::Fmt)),
        Verb::Schema(verb) => verb.run(session).map(|report| report.map(Details::Schema)),
        Verb::Completions(verb) => verb.run(session).map(|report| report.map(Details::Completions)),
    }
}

/// Writes the result of a command line that makes no sense, where a result was asked for.
pub fn record_usage(path: Option<&OsStr>, message: &str) {
    let path = path.map(Path::new);
    let failure = Failure::new(Status::Usage, message);
    let result = result(None, Status::Usage, Some(failure), None);
    // The message about the command line is out already; a second one about this file would hide it.
    drop(clear_result(path).and_then(|()| write_result(path, &result)));
}

fn result(verb: Option<&'static str>, status: Status, failure: Option<Failure>, details: Option<Details>) -> RunResult {
    RunResult {
        format: RESULT_FORMAT,
        format_version: RESULT_FORMAT_VERSION,
        accord: env!("CARGO_PKG_VERSION"),
        verb,
        status,
        exit_code: status.code(),
        error: failure.map(|failure| ResultError {
            message: failure.message,
            causes: failure.causes,
            help: failure.help,
        }),
        details,
    }
}

const RESULT_FORMAT: &str = "accord-result";

/// Removes the result of an earlier run, so that a run that dies doesn't leave it behind as its own. Anything but a result stays.
fn clear_result(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path.filter(|path| files::is_file(path)) else {
        return Ok(());
    };
    let old = files::read(path)?;
    let is_result = serde_json::from_slice::<serde_json::Value>(&old)
        .is_ok_and(|old| old.get("format").is_some_and(|format| format == RESULT_FORMAT));
    if is_result || old.is_empty() {
        return files::remove(path);
    }
    Err(Failure::new(Status::Usage, format!("`--result {}` would replace a file that is no result", path.display()))
        .help("name another file, or remove this one first"))
}

fn write_result(path: Option<&Path>, result: &RunResult) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let mut bytes = serde_json::to_vec_pretty(result).map_err(|error| Failure::of("can't write the result", &error))?;
    bytes.push(b'\n');
    files::write(path, &bytes)
}

/// A run that was fine but whose result is lost is not fine; every other exit code says more than that.
fn worse(status: Status, other: Status) -> Status {
    if status == Status::Ok { other } else { status }
}
