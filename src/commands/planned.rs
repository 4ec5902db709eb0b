//! A plan that was made, by `plan` or `undo`: shown, written, and what the exit code says of it.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::JsonSchema;
use serde::Serialize;

use super::inputs::{Sources, World};
use super::remote::Remote;
use super::{Failure, Report, Session, Status, files};
use crate::connectors::snapshot_file::SnapshotFile;
use crate::model::PersonRef;
use crate::plan::{Override, Plan, file};
use crate::policy::Applicant;
use crate::reports;
use crate::reports::plan::{Depth, json, render_text};
use crate::source::load::git;
use crate::terminal::prose;

/// Options of verbs that make a plan.
#[derive(clap::Args)]
pub struct Making {
    /// Override a guard or a rule that refuses, by the exact count it names; may be repeated
    #[arg(long, value_name = "[BUSINESS:]GUARD=COUNT", value_parser = allow)]
    pub allow: Vec<Override>,
    /// The account that will apply the plan (address, id or user name): it may not lose its own access
    #[arg(long = "as", value_name = "ACCOUNT")]
    applicant: Option<String>,
    /// Who made the change (address, or `Name <address>`): they can't approve it; may be repeated
    #[arg(long = "author", value_name = "ADDRESS", value_parser = author)]
    pub authors: Vec<String>,
    /// Write the plan to FILE
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    look: Look,
    /// Exit with 2 when there is something to do
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Options of verbs that show a plan.
#[derive(clap::Args)]
pub struct Look {
    /// How much to show
    #[arg(long, value_name = "DEPTH", default_value = "people", value_parser = depths())]
    detail: Depth,
    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanDetails")]
pub struct Summary {
    /// Where the plan was written to.
    written: Option<String>,
    /// What the plan tells of itself.
    #[serde(flatten)]
    summary: reports::plan::Summary,
}

impl Look {
    /// Prints a plan.
    ///
    /// # Errors
    /// Where standard output can't be written.
    pub fn show(&self, plan: &Plan, session: &Session) -> Result<(), Failure> {
        let _span = tracing::info_span!("show").entered();
        session.print(&match self.format {
            Format::Text => render_text(plan, self.detail, &session.terminal.out()),
            Format::Json => json(plan).map_err(|error| Failure::of("can't write the plan as JSON", &error))?,
        })
    }
}

impl Making {
    /// Who will apply the plan. A name that nobody has would make the guard of one's own access blind.
    ///
    /// # Errors
    /// Where nobody has the name.
    pub fn applicant(&self, world: &World) -> Result<Applicant, Failure> {
        let Some(name) = &self.applicant else {
            return Ok(Applicant::default());
        };
        if !world.knows(name) {
            let message = format!("`--as {name}` is nobody that the files or an export know");
            return Err(Failure::new(Status::Usage, message)
                .help("give the key, the address, the user name or the id of the account that applies"));
        }
        Ok(Applicant(Some(PersonRef { key: Some(name.clone()), ..PersonRef::default() })))
    }

    /// Prints a plan.
    ///
    /// # Errors
    /// Where standard output can't be written.
    pub fn show(&self, plan: &Plan, session: &Session) -> Result<(), Failure> {
        self.look.show(plan, session)
    }

    /// Shows a plan, writes it where that was asked for, and says how the run ended.
    ///
    /// # Errors
    /// Where it can't be shown or written.
    pub fn finish(&self, plan: &Plan, from: &Sources, session: &Session) -> Result<Report<Summary>, Failure> {
        self.look.show(plan, session)?;
        self.end(plan, from, session)
    }

    /// Writes a plan that was shown where that was asked for, and says how the run ended.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn end(&self, plan: &Plan, from: &Sources, session: &Session) -> Result<Report<Summary>, Failure> {
        self.write(plan, from, session)?;
        let written = self.output.as_ref().map(|path| path.display().to_string());
        Ok(self.report(Summary { written, summary: reports::plan::Summary::of(plan) }))
    }

    /// Where the plan is written to.
    pub fn output(&self) -> Option<&Path> {
        self.output.as_deref()
    }

    /// Whether JSON is to be printed.
    pub fn is_json(&self) -> bool {
        matches!(self.look.format, Format::Json)
    }

    /// Whether the exit code tells that there is something to do.
    pub fn is_detailed(&self) -> bool {
        self.detailed_exitcode
    }

    /// Writes a plan that was shown in another way, where that was asked for.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn write(&self, plan: &Plan, from: &Sources, session: &Session) -> Result<(), Failure> {
        let Some(path) = &self.output else { return Ok(()) };
        files::write(path, &file::to_bytes(plan))?;
        let summary = Summary { written: Some(path.display().to_string()), summary: reports::plan::Summary::of(plan) };
        session.say(&written(&path.display().to_string(), &summary, &Way::of(plan, from)));
        Ok(())
    }

    fn report(&self, summary: Summary) -> Report<Summary> {
        let reports::plan::Summary { refused, refused_by_rules, .. } = &summary.summary;
        let guards = refused.iter().map(|guard| format!("`{}`", guard.guard));
        let rules = refused_by_rules.iter().map(|refused| format!("rule `{}`", refused.rule));
        let guards: Vec<String> = guards.chain(rules).collect();
        if !guards.is_empty() {
            let message = format!("the plan is refused by {}", prose::list(&guards));
            return Report::failed(Failure::new(Status::Refused, message), summary);
        }
        if self.detailed_exitcode && summary.summary.counts.operations > 0 {
            return Report::ended(Status::Differs, summary);
        }
        Report::ok(summary)
    }
}

fn written(path: &str, summary: &Summary, way: &Way) -> String {
    if !summary.summary.refused.is_empty() || !summary.summary.refused_by_rules.is_empty() {
        return format!("Wrote the plan to {path}, to be looked at: `accord apply` refuses it as it is.");
    }
    let command = |more: &[String]| {
        let words = ["accord", "apply", path].into_iter().chain(way.options.iter().chain(more).map(String::as_str));
        // Broken into lines it could not be pasted.
        prose::command(&words.collect::<Vec<_>>()).replace(' ', "\u{a0}")
    };
    let Some((key, from)) = &way.only_read else {
        return format!("Wrote the plan to {path}; `{}` carries it out.", command(&[]));
    };
    let business = if way.several { format!("{key}=") } else { String::new() };
    let steps = command(&["--checklist".to_owned(), format!("{business}steps.md")]);
    format!(
        "Wrote the plan to {path}. What it was made from (`{from}`) is only read: `{steps}` writes its steps for a person, and \
         `--target {business}FILE` names a snapshot to carry it out on."
    )
}

/// How a plan can be applied to what it was made from.
struct Way {
    /// Options that `accord apply` needs from here.
    options: Vec<String>,
    /// Key and origin of the first business that is only read.
    only_read: Option<(String, String)>,
    several: bool,
}

impl Way {
    fn of(plan: &Plan, sources: &Sources) -> Self {
        let folder = sources.folder();
        let mut way = Way { options: Vec::new(), only_read: None, several: plan.businesses.len() > 1 };
        let mut relative = false;
        for part in &plan.businesses {
            let (key, from) = (&part.business.key, &part.observed.from);
            let fits = |path: &Path| SnapshotFile::fits(path).is_ok();
            if Remote::named(from, Some(&part.business.id)).is_some() {
            } else if fits(&files::below(folder, from)) {
                relative = true;
            } else if fits(Path::new(from)) {
                let target = if way.several { format!("{key}={from}") } else { from.clone() };
                way.options.extend(["--target".to_owned(), target]);
            } else {
                way.only_read.get_or_insert_with(|| (key.clone(), from.clone()));
            }
        }
        // What accord.yaml names for afterwards is relative to the repository, too.
        if folder != Path::new(".") && (relative || plan.only.is_empty()) {
            way.options.splice(0..0, ["--repository".to_owned(), folder.display().to_string()]);
        }
        // A plan for a moment that was named is applied by whoever names it, too.
        way.options.extend(sources.moment().into_iter().flat_map(|at| ["--at".to_owned(), at.to_string()]));
        way
    }
}

/// The depths without a line of help each, which would double the length of every help text.
fn depths() -> impl TypedValueParser<Value = Depth> {
    PossibleValuesParser::new(["headline", "people", "full"]).map(|word| match word.as_str() {
        "headline" => Depth::Headline,
        "full" => Depth::Full,
        _ => Depth::People,
    })
}

/// The bare address of an author: another form would be nobody's, and nobody can't be told from an approver.
fn author(text: &str) -> Result<String, String> {
    git::bare_address(text).ok_or_else(|| "expected an address, such as bo@acme.example".to_owned())
}

/// `[BUSINESS:]GUARD=COUNT`.
fn allow(text: &str) -> Result<Override, String> {
    let (guard, count) = text.split_once('=').ok_or("expected GUARD=COUNT, such as removals=7")?;
    let count = count.parse().map_err(|_| format!("`{count}` is not a count"))?;
    let (business, guard) = match guard.split_once(':') {
        Some((business, guard)) => (Some(business.to_owned()), guard),
        None => (None, guard),
    };
    let guard = guard.to_owned();
    Ok(Override { business, guard, count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_names_guard_count_and_perhaps_the_business() {
        let read = |text| allow(text).map(|one| (one.business, one.guard, one.count));
        assert_eq!(read("removals=7"), Ok((None, "removals".to_owned(), 7)));
        assert_eq!(read("acme:removals=7"), Ok((Some("acme".to_owned()), "removals".to_owned(), 7)));
        assert!(read("removals").is_err());
        assert!(read("removals=all").is_err());
        assert!(read("removals=-1").is_err());
    }

    #[test]
    fn an_author_is_an_address() {
        assert_eq!(author("Bo@Acme.example"), Ok("bo@acme.example".to_owned()));
        assert_eq!(author("Bo Larsen <Bo@Acme.example>"), Ok("bo@acme.example".to_owned()));
        for wrong in ["", "bo", "Bo Larsen", "@acme.example", "bo@", "bo@acme.example, cy@acme.example", "Bo <>"] {
            assert!(author(wrong).is_err(), "{wrong}");
        }
    }
}
