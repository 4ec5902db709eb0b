//! `accord apply`: carries out a plan, exactly.
#![expect(clippy::disallowed_methods, reason = "says which process applies")]

mod checklist;
mod signals;
mod targets;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ValueEnum;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::remote::Access;
use super::{Failure, Report, Session, Status, approve, files, inputs};
use crate::apply::last_applied::{self, LastApplied};
use crate::apply::{self, Applied, ApplyError, Journal, Past, Runner, Seen, Setting, run};
use crate::connectors::checklist::Language;
use crate::connectors::journal_file::JournalFile;
use crate::connectors::lock;
use crate::desired::{self, NamedStates};
use crate::observed::ObservedState;
use crate::plan::Plan;
use crate::plan::approvals::Objection;
use crate::plan::file::{PlanFileError, VerifiedPlan, When};
use crate::reports::apply::{Options, render_text};
use crate::terminal::{Progress, prose};

use targets::Targets;

/// Arguments of `accord apply`.
#[derive(clap::Args)]
#[command(after_help = "\
The plan decides what is done, nothing else. The state is read again first, and an operation is refused as stale when the \
facts it rests on have moved. Every call is noted in the journal before it is made and after it, so that a run that was \
interrupted can be gone on with.

By default a plan is applied to what it was made from: a snapshot, or the business on the platform (`pinterest`). For a person in the web console there is a checklist: write \
it, work through it, export the business again, and let `apply` take what was ticked and look whether it is there.

Examples:
  accord apply plan.json
  accord apply plan.json --resume                          # go on after a crash or an interrupt
  accord apply plan.json --checklist steps.md --lang fr    # steps for a person, in French
  accord apply plan.json --ticked steps.md --target state/fresh.json")]
pub struct Apply {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// The folder that paths in the plan are relative to
    #[arg(long, value_name = "DIR", default_value = ".")]
    repository: PathBuf,
    /// What to apply to: a snapshot (with --ticked, a fresh one) or `pinterest` for the business on the platform [default: what the plan was made from]
    #[arg(long, value_name = "[BUSINESS=]PATH")]
    target: Vec<String>,
    /// Where to keep the state afterwards, for the next plan [default: what accord.yaml names]
    #[arg(long, value_name = "[BUSINESS=]PATH")]
    last_applied: Vec<String>,
    /// The journal [default: PLAN.journal]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// The approvals that were given [default: PLAN.approvals]
    #[arg(long, value_name = "FILE")]
    approvals: Option<PathBuf>,
    /// The moment that the plan is for, as it was planned with `--at`: applies a plan that is older than 7 days, or for a day to come
    #[arg(long, value_name = "DATE|TIMESTAMP", value_parser = inputs::moment)]
    at: Option<Timestamp>,
    /// Go on where an earlier run of this plan ended
    #[arg(long)]
    resume: bool,
    /// Write the steps for a person to FILE, as Markdown, and apply nothing
    #[arg(long, value_name = "[BUSINESS=]FILE", conflicts_with_all = ["ticked", "resume", "journal"])]
    checklist: Vec<String>,
    /// The language of the checklist: en, fr or nl
    #[arg(long, value_name = "LANGUAGE", default_value = "en", requires = "checklist")]
    lang: Language,
    /// Take the steps ticked in FILE as done
    #[arg(long, value_name = "[BUSINESS=]FILE")]
    ticked: Vec<String>,
    /// List what was done, too
    #[arg(long)]
    done: bool,
    /// The account that applies (address, id or user name), where the platform does not tell whose the token is
    #[arg(long = "as", value_name = "ACCOUNT")]
    applicant: Option<String>,
    /// How to show what came of it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    access: Access,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApplyDetails")]
pub struct Summary {
    /// The journal.
    journal: Option<String>,
    /// Files with the steps for a person.
    checklists: Vec<String>,
    /// Files with the state after the run, for the next plan.
    last_applied: Vec<String>,
    /// What came of every operation.
    report: Option<apply::Report>,
}

impl Apply {
    /// Carries out a plan, or writes its steps for a person.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let approvals = self.approvals.clone().unwrap_or_else(|| approve::beside(&self.plan));
        let approvals = approve::existing(&approvals)?;
        let when = When { now: inputs::now(), meant: self.at };
        let stored = inputs::stored_plan(&self.plan)?;
        let plan = stored.approve(&approve::given(&approvals), when).map_err(|error| refused(&error))?;
        if !self.checklist.is_empty() {
            let checklists = checklist::write(plan.plan(), &self.checklist, self.lang, session)?;
            let (journal, last_applied, report) = (None, Vec::new(), None);
            return Ok(Report::ok(Summary { journal, checklists, last_applied, report }));
        }
        self.carry_out(&plan, session)
    }

    fn carry_out(&self, plan: &VerifiedPlan, session: &Session) -> Result<Report<Summary>, Failure> {
        let keep = Keep::choose(self, plan.plan(), session)?;
        let stop = signals::listen()?;
        let targets = Targets::open(self, plan.plan(), &stop, session);
        let mut targets = targets.map_err(|failure| unless_stopped(failure, &stop))?;
        let applied = self.run_on(plan, &mut targets, &stop)?;
        session.print(&self.render(&applied.report, plan.plan(), session)?)?;
        let report = applied.report;
        let last_applied = match report.status {
            apply::Status::Applied | apply::Status::Partial => {
                keep.write(plan.plan(), &report, applied.seen, session)?
            }
            apply::Status::Stale | apply::Status::Interrupted { .. } => Vec::new(),
        };
        let summary = Summary {
            journal: Some(self.journal_path().display().to_string()),
            checklists: Vec::new(),
            last_applied,
            report: Some(report),
        };
        Ok(conclude(summary))
    }

    fn run_on(&self, plan: &VerifiedPlan, targets: &mut Targets, stop: &AtomicUsize) -> Result<Applied, Failure> {
        let path = self.journal_path();
        let clock = inputs::now;
        let (mut file, past) = self.open_journal()?;
        let outcome = Journal::resume(&mut file, past, &clock)
            .map_err(|source| ApplyError::Io { source, wrote: false })
            .and_then(|mut journal| {
                let mut shown = Shown::begin(plan.plan());
                let mut setting = Setting { by: runner(), stop, progress: &mut |at| shown.show(at) };
                run(plan, &mut targets.sites(), &mut journal, &mut setting)
            });
        outcome.map_err(|error| {
            // Nothing was begun, so nothing has to be gone on with.
            if files::read(&path).is_ok_and(|bytes| bytes.is_empty()) {
                drop(files::remove(&path));
            }
            let failure = Failure::from_error(&error).status(status(error.exit_code()));
            match error {
                ApplyError::Read { .. } => unless_stopped(failure, stop),
                _ => failure,
            }
        })
    }

    fn journal_path(&self) -> PathBuf {
        let beside = || JournalFile::beside(&self.plan);
        self.journal.clone().unwrap_or_else(beside)
    }

    fn open_journal(&self) -> Result<(JournalFile, Past), Failure> {
        let path = self.journal_path();
        let name = path.display();
        if self.resume && !files::exists(&path) {
            let message = format!("there is no journal `{name}` to go on with");
            return Err(
                Failure::new(Status::Error, message).help("leave `--resume` out, or name the journal with `--journal`")
            );
        }
        let unusable =
            |error: &(dyn Error + 'static)| Failure::of(format!("the journal `{name}` can't be used"), error);
        let (file, bytes) = JournalFile::open(&path).map_err(|error| unusable(&error))?;
        let past = Past::read(&bytes).map_err(|error| unusable(&error))?;
        if past.is_empty() || self.resume {
            return Ok((file, past));
        }
        Err(match past.ended() {
            Some(when) => Failure::new(
                Status::Stale,
                format!("a plan was applied with the journal `{name}` already, until {when}"),
            )
            .help("make a new plan; `--resume` goes on with what that run left open"),
            None => Failure::new(Status::Error, format!("the run of the journal `{name}` did not come to its end"))
                .help("`--resume` goes on with it; another plan needs another `--journal`"),
        })
    }

    /// The command that goes on with this run from here.
    fn resume_command(&self) -> String {
        let path = |path: &PathBuf| path.display().to_string();
        let mut words = vec!["accord".to_owned(), "apply".to_owned(), path(&self.plan)];
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if self.repository != Path::new(".") {
            option("--repository", path(&self.repository));
        }
        let lists = [("--target", &self.target), ("--ticked", &self.ticked), ("--last-applied", &self.last_applied)];
        for (name, values) in lists {
            values.iter().for_each(|value| option(name, value.clone()));
        }
        let files = [("--journal", &self.journal), ("--approvals", &self.approvals)];
        for (name, file) in files {
            file.iter().for_each(|file| option(name, path(file)));
        }
        self.applicant.iter().for_each(|name| option("--as", name.clone()));
        self.access.words().into_iter().for_each(|(name, value)| option(name, value));
        words.push("--resume".to_owned());
        prose::command(&words)
    }

    fn render(&self, report: &apply::Report, plan: &Plan, session: &Session) -> Result<String, Failure> {
        let resume = self.resume_command();
        let options = Options { resume: Some(&resume), done: self.done };
        match self.format {
            Format::Text => Ok(render_text(report, plan, options, &session.terminal.out())),
            Format::Json => serde_json::to_string_pretty(report)
                .map(|text| text + "\n")
                .map_err(|error| Failure::of("can't write the report as JSON", &error)),
        }
    }
}

/// What failed because the run was stopped did not fail.
fn unless_stopped(failure: Failure, stop: &AtomicUsize) -> Failure {
    match u8::try_from(stop.load(Ordering::Relaxed)) {
        Ok(0) => failure,
        signal => {
            let message = "stopped before anything was done by this run";
            Failure::new(status(128_u8.saturating_add(signal.unwrap_or(2))), message)
        }
    }
}

fn refused(error: &PlanFileError) -> Failure {
    let status = status(error.exit_code());
    match error {
        PlanFileError::Unapproved { objections } => {
            let mut failure = Failure::new(status, "the plan lacks approvals that its policy asks for");
            failure.causes = objections.iter().map(Objection::sentence).collect();
            failure.help("`accord approve PLAN --as ADDRESS` gives one; `--approvals FILE` names the file with them")
        }
        PlanFileError::Moment { as_of, .. } => Failure::of("the plan can't be applied", error)
            .status(status)
            .help(format!("plan again; where that moment is meant, say so: `--at {as_of}`")),
        _ => Failure::of("the plan can't be applied", error)
            .status(status)
            .help("look at it with `accord show`; `accord plan --allow` makes one that may be applied"),
    }
}

/// The exit code, and a line for those who only see standard error.
fn conclude(summary: Summary) -> Report<Summary> {
    let Some(report) = &summary.report else {
        return Report::ok(summary);
    };
    let status = status(report.status.exit_code());
    let journal = summary.journal.as_deref().unwrap_or_default();
    let message = match report.status {
        apply::Status::Applied => return Report::ok(summary),
        apply::Status::Stale => "the plan is stale; nothing was done".to_owned(),
        apply::Status::Partial => {
            format!("the plan was applied in part; the journal is `{journal}`")
        }
        apply::Status::Interrupted { .. } => {
            format!("stopped between two calls; `--resume` goes on with the journal `{journal}`")
        }
    };
    Report::failed(Failure::new(status, message), summary)
}

fn status(exit_code: u8) -> Status {
    match exit_code {
        0 => Status::Ok,
        3 => Status::Refused,
        4 => Status::Stale,
        5 => Status::PartlyApplied,
        130 => Status::Interrupted,
        143 => Status::Terminated,
        _ => Status::Error,
    }
}

fn runner() -> Runner {
    Runner { pid: std::process::id(), host: lock::host(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// The progress bar of a run.
struct Shown {
    bar: Progress,
    decided: BTreeMap<String, usize>,
}

impl Shown {
    fn begin(plan: &Plan) -> Self {
        let operations: usize = plan.businesses.iter().map(|business| business.operations.len()).sum();
        Shown { bar: Progress::begin("applying", u64::try_from(operations).ok()), decided: BTreeMap::new() }
    }

    fn show(&mut self, at: apply::Progress<'_>) {
        let before = self.decided.insert(at.business.to_owned(), at.decided).unwrap_or(0);
        self.bar.add(at.decided.saturating_sub(before) as u64);
    }
}

/// Where the states after the run are kept, by business key.
struct Keep(BTreeMap<String, Kept>);

struct Kept {
    path: PathBuf,
    /// What was agreed before the run.
    before: Option<ObservedState>,
}

impl Keep {
    /// Places are chosen before the run, so that what is wrong with them is told before anything is done.
    fn choose(args: &Apply, plan: &Plan, session: &Session) -> Result<Self, Failure> {
        let keys: Vec<&str> = plan.businesses.iter().map(|part| part.business.key.as_str()).collect();
        let given = inputs::assign(&args.last_applied, "--last-applied", &keys)?;
        let named = named_in(&args.repository)?;
        let mut places = BTreeMap::new();
        // A plan that looked at a part says nothing about the rest: kept as applied, its drift would look like a change of the files.
        if !plan.only.is_empty() {
            return Ok(Keep(places));
        }
        for (index, key) in keys.iter().enumerate() {
            let Some(path) = given.get(&index).or_else(|| named.get(*key)) else {
                continue;
            };
            if !given.contains_key(&index) && leads_out(&args.repository, path) {
                let message = format!(
                    "`{}`, which accord.yaml names as `last_applied:`, leads out of the access repository",
                    path.display()
                );
                return Err(
                    Failure::new(Status::Error, message).help("it is a link, or goes through one; name another place")
                );
            }
            if files::is_folder(path) && given.contains_key(&index) {
                let message = format!("`--last-applied {}` is a folder", path.display());
                return Err(Failure::new(Status::Usage, message).help("name a file; it is made or replaced"));
            }
            if files::is_folder(path) {
                session.warn(&format!("the state after this run is not kept: `{}` is a folder", path.display()));
            } else {
                let id = &plan.businesses[index].business.id;
                let before = inputs::agreed_before(path, id)?;
                places.insert((*key).to_owned(), Kept { path: path.clone(), before });
            }
        }
        Ok(Keep(places))
    }

    fn write(
        mut self,
        plan: &Plan,
        report: &apply::Report,
        seen: Vec<Seen>,
        session: &Session,
    ) -> Result<Vec<String>, Failure> {
        let mut all = BTreeMap::new();
        for seen in seen {
            let mut parts = plan.businesses.iter().zip(&report.businesses);
            let part = parts.find(|(part, _)| part.business.key == seen.business);
            let (Some(Kept { path, before }), Some((part, told))) = (self.0.remove(&seen.business), part) else {
                continue;
            };
            let Some(state) = apply::agreed(part, told, seen, before) else {
                session.warn(&unkept(&part.business.key, &path));
                continue;
            };
            let kept =
                LastApplied { plan: plan.digest, managed: part.managed.clone(), files: part.files.clone(), state };
            let failed = |error| Failure::of("can't write the applied state", &error);
            all.insert(path, last_applied::write(&kept).map_err(failed)?);
        }
        files::write_all(&all, true).map_err(|failure| failure.status(Status::PartlyApplied))?;
        Ok(all.keys().map(|path| path.display().to_string()).collect())
    }
}

fn unkept(business: &str, path: &Path) -> String {
    format!(
        "business `{business}` has changed since the plan was made, and without an earlier last applied state nobody knows what of \
         that is drift: `{}` is not written; the next plan and apply write it",
        path.display()
    )
}

/// Whether links lead a path out of a folder; what is not there yet leads nowhere.
fn leads_out(repository: &Path, path: &Path) -> bool {
    let there = path.ancestors().find(|path| files::exists(path) || path.as_os_str().is_empty());
    there.is_some_and(|path| !path.as_os_str().is_empty() && !files::is_within(repository, path))
}

/// What accord.yaml names, by business key; a plan may be applied where there is none.
fn named_in(repository: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let named = desired::states_named(repository).map_err(|error| Failure::from_error(&error))?;
    let place = |named: NamedStates| Some((named.business, files::below(repository, named.last_applied?)));
    Ok(named.into_iter().filter_map(place).collect())
}
