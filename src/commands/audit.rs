//! `accord audit`: everything the rules find in the state as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::JsonSchema;
use serde::Serialize;

use super::inputs::{BusinessWorld, Sources, World};
use super::reported::Wanted;
use super::{Failure, Report, Session, Status, difference, files, inputs, reported};
use crate::diff;
use crate::graph::{self, AccessGraph, Builder, StateSource};
use crate::policy::Profile;
use crate::reports::drawn::Graphs;
use crate::reports::findings::{self, Format};
use crate::reports::page::{self, Data, Examined, Page};
use crate::rules::finding::{Finding, Level, Safety};
use crate::rules::{self, Export, Judgement, Known, Question, RULES, Rule, Tally, judge};
use crate::source::edit::{self, Edit};
use crate::source::load;
use crate::terminal::{Style, prose};

/// Arguments of `accord audit`.
#[derive(clap::Args)]
#[command(after_help = "\
Looks at the exported states, where there are any, else at what the files want. Exit code 2 when an error or a warning is open: \
neither waived nor mended. `accord explain RULE` tells what a rule is about.

A fix that is safe takes nothing away that the files say somebody needs. It changes the files, not the business: plan and apply follow.

Examples:
  accord audit                                      # the state as it is
  accord audit access --files                       # what the files want
  accord audit --profile audit-strict -o audit.csv --format csv
  accord audit --rule partner-has-admin --show note
  accord audit --format sarif -o accord.sarif       # for code scanning
  accord audit --report html=audit.html --report csv=audit.csv   # one page for an access review, and a table of it
  accord audit --diff                               # what --fix would write
  accord audit --fix")]
pub struct Audit {
    #[command(flatten)]
    sources: Sources,
    /// Look at what the files want, whatever states there are
    #[arg(long)]
    files: bool,
    /// Levels and parameters for a kind of user [default: what the policy names]
    #[arg(long, value_name = "PROFILE", value_parser = profiles())]
    profile: Option<Profile>,
    /// Ask only this rule; may be repeated
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// How to show what was found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    /// Write it to FILE instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write a report (html, json, sarif, github, gitlab, junit, csv) to FILE, `-` for standard output; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = wanted)]
    reports: Vec<Wanted>,
    /// The least level that the text shows
    #[arg(long, value_name = "LEVEL", default_value = "warning", value_parser = levels())]
    show: Level,
    /// Make the edits of safe fixes in the files
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Show the edits of safe fixes, and make none
    #[arg(long)]
    diff: bool,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditDetails")]
pub struct Summary {
    /// Where the findings were written to.
    written: Option<String>,
    /// What was found.
    findings: Tally,
    /// Files that were mended.
    fixed: Vec<String>,
}

impl Audit {
    /// Asks the rules, and shows what they find.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = self.asked()?;
        let world = if self.files { self.sources.read_files(session)? } else { self.sources.read_any(session)? };
        if world.businesses.is_empty() && !self.files {
            session.say("There is no exported state: the audit is of what the files want.");
        }
        let graph = graph(&world);
        let judgement = judgement(&world, &graph, &asked, self.profile);
        if !self.reports.iter().any(Wanted::is_standard) {
            self.show(&judgement, &world, session)?;
        }
        self.report(&judgement, &world, &graph, session)?;
        let (fixed, mended) = self.mend(&judgement, session)?;
        let findings = Tally::of(&judgement);
        let status = if findings.open > mended { Status::Differs } else { Status::Ok };
        let written = self.output.as_ref().map(|path| path.display().to_string());
        Ok(Report::ended(status, Summary { written, findings, fixed }))
    }

    /// The rules to ask: all, or those that are named.
    fn asked(&self) -> Result<Vec<&'static Rule>, Failure> {
        if self.rule.is_empty() {
            return Ok(RULES.to_vec());
        }
        self.rule.iter().map(|name| inputs::rule(name)).collect()
    }

    fn show(&self, judgement: &Judgement, world: &World, session: &Session) -> Result<(), Failure> {
        let style = match self.output {
            Some(_) => Style::default(),
            None => session.terminal.out(),
        };
        let text = self.rendered(judgement, world, (self.format, self.show), &style)?;
        match &self.output {
            None => session.print(&text),
            Some(path) => {
                files::write(path, text.as_bytes())?;
                let found = prose::len(&judgement.findings, "finding", "findings");
                session.say(&format!("Wrote {found} to {}.", path.display()));
                Ok(())
            }
        }
    }

    fn rendered(
        &self,
        judgement: &Judgement,
        world: &World,
        (format, least): (Format, Level),
        style: &Style,
    ) -> Result<String, Failure> {
        let report = findings::Report {
            judgement,
            as_of: world.as_of,
            text_of: &|file| load::text(self.sources.folder(), file).ok(),
            prefix: reported::prefix(self.sources.folder()),
            least,
        };
        findings::render(&report, format, style).map_err(|error| Failure::of("can't write the findings", &*error))
    }

    /// Writes every report that is asked for.
    fn report(
        &self,
        judgement: &Judgement,
        world: &World,
        graph: &AccessGraph,
        session: &Session,
    ) -> Result<(), Failure> {
        let mut written = BTreeMap::new();
        for wanted in &self.reports {
            let findings = |format| self.rendered(judgement, world, (format, Level::Note), &Style::default());
            let text = match wanted.format {
                reported::Format::Findings(format) => findings(format)?,
                reported::Format::Json => findings(Format::Json)?,
                reported::Format::Html | reported::Format::Markdown => self.page(judgement, world, graph)?,
            };
            if wanted.is_standard() {
                session.print(&text)?;
            } else {
                written.insert(wanted.file.clone(), text.into_bytes());
            }
        }
        reported::write_all(&written, session)
    }

    fn page(&self, judgement: &Judgement, world: &World, graph: &AccessGraph) -> Result<String, Failure> {
        let states = world.businesses.iter().map(|business| Examined {
            business: name(world, business),
            from: business.from().to_owned(),
            captured_at: business.observed.captured_at,
            digest: business.observed.digest(),
        });
        let (as_of, files) = (world.as_of, world.desired.digest);
        let audit = page::Audit { judgement, as_of, states: states.collect(), files };
        let graphs = Graphs { before: None, after: (graph, &world.desired.files) };
        let data = Data::of(&graphs, &|text| text);
        let text_of = |file: &str| load::text(self.sources.folder(), file).ok();
        let page = Page { subject: page::Subject::Audit(&audit), data: &data, text_of: &text_of };
        page::render(&page).map_err(|error| Failure::of("can't write the page", &error))
    }

    /// Makes, or shows, the edits of safe fixes. Tells which files were written, and how many open findings that mends.
    fn mend(&self, judgement: &Judgement, session: &Session) -> Result<(Vec<String>, u64), Failure> {
        if !self.fix && !self.diff {
            return Ok((Vec::new(), 0));
        }
        let safe: Vec<&Finding> = judgement.findings.iter().filter(|finding| is_safe(finding)).collect();
        let mut written = BTreeMap::new();
        for (file, edits) in by_file(&safe) {
            let (old, new) = self.edited(&file, &edits)?;
            let style = session.terminal.out();
            session.print(&difference::unified(&file, &old, &new, usize::MAX, &style))?;
            written.insert(files::below(self.sources.folder(), &file), new.into_bytes());
        }
        if self.diff {
            return Ok((Vec::new(), 0));
        }
        files::write_all(&written, true)?;
        let names: Vec<String> = written.keys().map(|path| path.display().to_string()).collect();
        let fixes = prose::len(&safe, "fix", "fixes");
        session.say(&format!("Wrote {fixes} to {}.", prose::len(&names, "file", "files")));
        let open = safe.iter().filter(|finding| finding.is_open()).count();
        Ok((names, open as u64))
    }

    fn edited(&self, file: &str, edits: &[Edit]) -> Result<(String, String), Failure> {
        let text = load::text(self.sources.folder(), file).map_err(|error| Failure::from_error(&error))?;
        let patches =
            edit::patches(&text, edits).map_err(|error| Failure::of(format!("can't mend `{file}`"), &error))?;
        let new = edit::apply(&text, &patches);
        Ok((text, new))
    }
}

/// As people know it.
fn name(world: &World, business: &BusinessWorld) -> String {
    let named = world.desired.businesses.get(business.index).and_then(|known| known.name);
    named.map_or(business.key(world), |name| world.desired.text(name)).to_owned()
}

/// What the exports show; without any, what the files want.
fn graph(world: &World) -> AccessGraph {
    let states = world.businesses.iter().map(|business| StateSource { observed: &business.observed, predicted: None });
    let sources = graph::Sources { files: Some(&world.desired), base: None, states: states.collect() };
    let builder = Builder::new(sources);
    let day = diff::day(world.as_of);
    if world.businesses.is_empty() { builder.desired(day) } else { builder.observed(day) }
}

fn judgement(world: &World, graph: &AccessGraph, rules: &[&'static Rule], profile: Option<Profile>) -> Judgement {
    let ruling = world.ruling();
    let effective = graph.effective();
    let exports =
        world.businesses.iter().map(|business| Export { business: business.index, state: &business.observed });
    let exports: Vec<Export<'_>> = exports.collect();
    judge(&Question {
        rules,
        now: rules::World { graph, effective: &effective, desired: &world.desired, observed: &exports },
        before: None,
        known: Known {
            as_of: world.as_of,
            directory: ruling.directory,
            activity: ruling.activity,
            base: None,
            plan: None,
        },
        profile,
        unproven: false,
        threads: world.threads,
    })
}

fn is_safe(finding: &Finding) -> bool {
    let safe = finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe && !fix.edits.is_empty());
    safe && finding.waived.is_none()
}

fn by_file(findings: &[&Finding]) -> BTreeMap<String, Vec<Edit>> {
    let mut files: BTreeMap<String, BTreeSet<Edit>> = BTreeMap::new();
    for edit in findings.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
        let (file, edit) = edit.to_source();
        files.entry(file.to_owned()).or_default().insert(edit);
    }
    files.into_iter().map(|(file, edits)| (file, edits.into_iter().collect())).collect()
}

/// `FORMAT=FILE`.
fn wanted(text: &str) -> Result<Wanted, String> {
    let wanted = reported::wanted(text)?;
    match wanted.format {
        reported::Format::Markdown => {
            Err("an audit is reported as html, json, sarif, github, gitlab, junit or csv".to_owned())
        }
        _ => Ok(wanted),
    }
}

fn profiles() -> impl TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(Profile::ALL.map(Profile::word))
        .map(|word| Profile::ALL.into_iter().find(|profile| profile.word() == word).unwrap_or_default())
}

fn levels() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(["error", "warning", "note"]).map(|word| match word.as_str() {
        "error" => Level::Error,
        "note" => Level::Note,
        _ => Level::Warning,
    })
}
