//! `accord plan --base`: what a change of the files does, before it is merged.

use std::path::Path;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::Plan;
use crate::commands::base;
use crate::commands::inputs::{self, World};
use crate::commands::reported::Subject;
use crate::commands::rosters::{self, Roster};
use crate::commands::{Failure, Report, Session, Status};
use crate::desired::DesiredState;
use crate::effect::Totals;
use crate::graph::{AccessGraph, Builder, Sources, StateSource};
use crate::model::PersonRef;
use crate::plan;
use crate::reports::drawn::Graphs;
use crate::reports::review as reports;
use crate::review::{Review, ReviewInput, Rosters, review};
use crate::rules::{self, Known};
use crate::source::Files;
use crate::source::load::git::{self, Base};
use crate::terminal::prose;

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReviewDetails")]
pub struct Summary {
    /// The commit it was compared with.
    base: String,
    /// Digest of the review.
    digest: String,
    /// Who made the commits since then.
    authors: Vec<String>,
    /// What it does to people.
    effects: Totals,
    /// What the rules found.
    findings: rules::Tally,
    /// Whether it is refused.
    refused: bool,
}

/// Reviews the change since `reference`.
pub fn run(plan: &Plan, reference: &str, session: &Session) -> Result<Report<Summary>, Failure> {
    let world = plan.sources.read_for_review(session)?;
    if plan.making.output().is_some() && world.businesses.is_empty() {
        let message = "`-o` needs an exported state: without one there is nothing to apply";
        return Err(Failure::new(Status::Usage, message).help("`--report json=FILE` writes the review"));
    }
    let folder = plan.sources.folder();
    let before = base::version(folder, reference, &world.desired)?;
    let authors = authors(plan, folder, &before.base)?;
    let plans = plans(plan, &world, &before.desired, &authors)?;
    let people = people_of_partners(folder, &world.desired)?;
    let exports = exports(&world);
    let ruling = world.ruling();
    let review = review(&ReviewInput {
        base: &before.desired,
        reference: (reference, &before.base.commit),
        head: &world.desired,
        known: Known {
            as_of: world.as_of,
            directory: ruling.directory,
            activity: ruling.activity,
            base: None,
            plan: None,
        },
        profile: None,
        threads: session.threads,
        plans: plans.as_ref().map(|(with, without)| (with, without)),
        rosters: &people,
        exports: exports.clone(),
    });
    let summary = Summary {
        base: before.base.commit.clone(),
        digest: review.digest.to_string(),
        authors,
        effects: review.effects.totals,
        findings: rules::Tally::of(&review.judgement),
        refused: review.is_refused(),
    };
    let verdict = verdict(&review);
    let changes = !review.is_empty();
    let builder = Builder::new(Sources { files: Some(&world.desired), base: Some(&before.desired), states: exports });
    let day = world.as_of.to_zoned(TimeZone::UTC).date();
    let (old, new) = (builder.base(day), builder.desired(day));
    let graphs = graphs((&old, &before.desired.files), (&new, &world.desired.files));
    let subject = Subject { review, graphs, folder, json: None };
    show(plan, subject, people.into_values().flatten(), session)?;
    if let Some((with, _)) = &plans {
        plan.making.write(with, &plan.sources, session)?;
    }
    Ok(ended(plan, summary, verdict, changes))
}

fn graphs<'g>(before: (&'g AccessGraph, &'g Files), after: (&'g AccessGraph, &'g Files)) -> Graphs<'g> {
    Graphs { before: Some(before), after }
}

/// Prints the review and writes its reports, about nobody in particular where that is asked for.
pub fn show(
    plan: &Plan,
    mut subject: Subject<'_>,
    others: impl Iterator<Item = PersonRef>,
    session: &Session,
) -> Result<(), Failure> {
    let names = plan.reports.pseudonyms(subject.graphs.after.0.nodes(), others);
    if let Some(names) = &names {
        let review = names.review(&subject.review);
        subject.review = review.map_err(|error| Failure::of("can't replace the names of people", &error))?;
    }
    if !plan.reports.takes_stdout() {
        let text = match plan.making.is_json() {
            true => reports::json(&subject.review).map_err(|error| Failure::of("can't write the review", &error))?,
            false => reports::render_text(&subject.review, &session.terminal.out()),
        };
        session.print(&text)?;
    }
    plan.reports.write(&subject, names.as_ref(), session)
}

fn ended(plan: &Plan, summary: Summary, verdict: Option<String>, changes: bool) -> Report<Summary> {
    if let Some(message) = verdict {
        return Report::failed(Failure::new(Status::Refused, message), summary);
    }
    match changes && plan.making.is_detailed() {
        true => Report::ended(Status::Differs, summary),
        false => Report::ok(summary),
    }
}

/// Why the change is refused.
fn verdict(review: &Review) -> Option<String> {
    let mut rules: Vec<String> =
        review.judgement.refusing().map(|finding| format!("rule `{}`", finding.rule)).collect();
    rules.sort_unstable();
    rules.dedup();
    let guards = review.merge.iter().flat_map(|merge| &merge.refused);
    rules.extend(guards.filter_map(|told| told.split(':').next()).map(|guard| format!("guard {guard}")));
    review.is_refused().then(|| format!("the change is refused by {}", prose::list(&rules)))
}

/// Whoever wrote the change can't approve it: whom git names, and whom the command line names besides.
fn authors(plan: &Plan, folder: &Path, base: &Base) -> Result<Vec<String>, Failure> {
    let mut authors = git::authors(folder, &base.commit).map_err(|error| base::failed(&error))?;
    authors.extend(plan.making.authors.iter().cloned());
    authors.sort_unstable();
    authors.dedup();
    Ok(authors)
}

/// Plans with the change and without it, where there is an export.
fn plans(
    plan: &Plan,
    world: &World,
    base: &DesiredState,
    authors: &[String],
) -> Result<Option<(plan::Plan, plan::Plan)>, Failure> {
    if world.businesses.is_empty() {
        return Ok(None);
    }
    let with = inputs::plan(&plan::PlanInput {
        overrides: plan.making.allow.clone(),
        authors: authors.to_vec(),
        applicant: plan.making.applicant(world)?,
        ..world.input()
    })?;
    let without = inputs::plan(&plan::PlanInput { rules: None, predict: false, ..world.input_for(base) })?;
    Ok(Some((with, without)))
}

/// The exports, for the rosters in them.
fn exports(world: &World) -> Vec<StateSource<'_>> {
    world.businesses.iter().map(|one| StateSource { observed: &one.observed, predicted: None }).collect()
}

/// People of partners, from the rosters that the files name.
fn people_of_partners(folder: &Path, desired: &DesiredState) -> Result<Rosters, Failure> {
    let mut named = Rosters::new();
    for Roster { business: _, partner, people } in rosters::read(folder, desired)? {
        let text = |sym| people.text(sym).to_owned();
        let of = people.rosters.iter().map(|row| PersonRef {
            email: row.email.map(text),
            username: row.username.map(text),
            ..PersonRef::default()
        });
        named.entry(partner).or_default().extend(of);
    }
    for people in named.values_mut() {
        people.sort();
        people.dedup();
    }
    Ok(named)
}
