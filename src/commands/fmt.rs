//! `accord fmt`: the canonical form of YAML files.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session, Status, difference, files};
use crate::desired;
use crate::diagnostic;
use crate::source::format::{FormatError, canonical};
use crate::source::{FileId, Files, Pos, Problem};
use crate::terminal::{Progress, prose, visible};

/// Arguments of `accord fmt`.
#[derive(clap::Args)]
#[command(after_help = "\
Comments, order and values stay. A list or map in brackets that is longer than 160 columns becomes a block, and numeric \
ids get their quotes. When one file can't be formatted, none is written.

Examples:
  accord fmt                    # every YAML file of the repository here
  accord fmt --check            # for CI: show what would change, exit code 2 if anything would
  accord fmt teams/emea.yaml    # one file
  accord fmt - < in > out       # for editors")]
pub struct Fmt {
    /// Files or folders; `-` is standard input [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing; show what would change, and exit with 2 if anything would
    #[arg(long)]
    check: bool,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FmtDetails")]
pub struct Summary {
    /// How many files were looked at.
    files: usize,
    /// Files that were changed; with `--check`, that would be.
    changed: Vec<String>,
    /// Files that can't be formatted.
    failed: Vec<String>,
}

/// A file and its canonical form.
struct Formatted {
    path: PathBuf,
    text: String,
    canonical: Result<String, FormatError>,
}

impl Formatted {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The canonical form where it differs.
    fn change(&self) -> Option<&str> {
        let canonical = self.canonical.as_deref().ok()?;
        (canonical != self.text).then_some(canonical)
    }
}

impl Fmt {
    /// Formats files, or tells which are not in canonical form.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let all = format_all(&self.list()?, session)?;
        let names = |wanted: &dyn Fn(&Formatted) -> bool| -> Vec<String> {
            all.iter().filter(|file| wanted(file)).map(Formatted::name).collect()
        };
        let summary = Summary {
            files: all.len(),
            changed: names(&|file| file.change().is_some()),
            failed: names(&|file| file.canonical.is_err()),
        };
        if !summary.failed.is_empty() {
            return Ok(refuse(&all, summary, session));
        }
        if self.check {
            return check(&all, summary, session);
        }
        write(&all, &summary, session)?;
        Ok(Report::ok(summary))
    }

    fn list(&self) -> Result<Vec<PathBuf>, Failure> {
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { &here[..] } else { &self.paths };
        if paths.len() > 1 && paths.iter().any(|path| is_standard(path)) {
            return Err(Failure::new(
                Status::Usage,
                "`-` stands for standard input and can't be mixed with other paths",
            ));
        }
        let mut all = Vec::new();
        for path in paths {
            if files::is_folder(path) {
                all.extend(in_folder(path)?);
            } else {
                all.push(path.clone());
            }
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}

fn is_standard(path: &Path) -> bool {
    path == Path::new(files::STANDARD)
}

/// The access documents of a repository, or all YAML files of a folder inside one.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = desired::paths(folder).map_err(|error| Failure::from_error(&error))?;
    Ok(listed.into_iter().map(|path| files::below(folder, path)).collect())
}

/// Reads and formats on all threads; results are in the order of the paths.
fn format_all(paths: &[PathBuf], session: &Session) -> Result<Vec<Formatted>, Failure> {
    let progress = Progress::begin("formatting files", u64::try_from(paths.len()).ok());
    let format = |path: &PathBuf| {
        let formatted = format_one(path);
        progress.add(1);
        formatted
    };
    let share = paths.len().div_ceil(session.threads).max(1);
    thread::scope(|scope| {
        let threads: Vec<_> =
            paths.chunks(share).map(|paths| scope.spawn(|| paths.iter().map(&format).collect::<Vec<_>>())).collect();
        let results = threads.into_iter().flat_map(|thread| match thread.join() {
            Ok(results) => results,
            Err(panic) => resume_unwind(panic),
        });
        results.collect()
    })
}

fn format_one(path: &Path) -> Result<Formatted, Failure> {
    let text = files::read_text(path)?;
    let canonical = canonical(&text);
    Ok(Formatted { path: path.to_path_buf(), text, canonical })
}

fn write(all: &[Formatted], summary: &Summary, session: &Session) -> Result<(), Failure> {
    for file in all {
        let change = file.change();
        if is_standard(&file.path) {
            return session.print(change.unwrap_or(&file.text));
        }
        if let Some(canonical) = change {
            files::write(&file.path, canonical.as_bytes())?;
            session.print(&format!("{}\n", visible::line(&file.name())))?;
        }
    }
    let changed = prose::number(summary.changed.len() as u64);
    session.say(&match summary.changed.len() {
        0 => format!("{} in canonical form.", is(all.len(), "file")),
        _ => format!("Formatted {changed} of {}.", prose::len(all, "file", "files")),
    });
    Ok(())
}

fn check(all: &[Formatted], summary: Summary, session: &Session) -> Result<Report<Summary>, Failure> {
    let style = session.terminal.out();
    for file in all {
        if let Some(canonical) = file.change() {
            session.print(&difference::unified(&file.name(), &file.text, canonical, usize::MAX, &style))?;
        }
    }
    if summary.changed.is_empty() {
        session.say(&format!("{} in canonical form.", is(all.len(), "file")));
        return Ok(Report::ok(summary));
    }
    let changed = prose::number(summary.changed.len() as u64);
    let all = is(all.len(), "file");
    session.say(&format!("{changed} of {all} not in canonical form; `accord fmt` changes that."));
    Ok(Report::ended(Status::Differs, summary))
}

fn is(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun} is"),
        _ => format!("{} {noun}s are", prose::number(count as u64)),
    }
}

/// Shows why files can't be formatted; none is written then.
fn refuse(all: &[Formatted], summary: Summary, session: &Session) -> Report<Summary> {
    let files = Files::new(all.iter().map(Formatted::name).collect());
    let problems: Vec<Problem> = (0u16..)
        .map(FileId)
        .zip(all)
        .filter_map(|(id, file)| Some(problem(id, file.canonical.as_ref().err()?)))
        .collect();
    let text_of = |id: FileId| all.get(usize::from(id.0)).map(|file| file.text.clone());
    let style = session.terminal.err();
    session.terminal.report(&diagnostic::render(&problems, &files, &text_of, &style));
    let failed = prose::len(&summary.failed, "file", "files");
    let message = format!("{failed} can't be formatted, so nothing was written");
    Report::failed(Failure::new(Status::Error, message), summary)
}

fn problem(file: FileId, error: &FormatError) -> Problem {
    match error {
        FormatError::Syntax { line, column, message } => {
            let span = Pos::new(file, *line, *column).span(1);
            Problem::error("syntax", span, format!("not YAML: {message}"))
        }
        FormatError::Unprintable(_) => Problem::error("format", Pos::new(file, 1, 1).span(1), error.to_string()),
        FormatError::Changed { line, .. } => {
            let span = Pos::new(file, *line, 1).span(1);
            Problem::error("format", span, error.to_string())
                .help("write this place in a plainer way; the file is left as it is")
        }
    }
}
