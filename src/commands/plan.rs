//! `accord plan`: what has to change for the files to hold, or what a change of the files does.

pub mod review;

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::Path;

use jiff::tz::TimeZone;

use super::inputs::{Sources, World};
use super::planned::Making;
use super::reported::{Reports, Subject};
use super::{Details, Failure, Report, Session, inputs};
use crate::diff::Only;
use crate::effect;
use crate::graph::{self, Builder, StateSource};
use crate::observed::ObservedState;
use crate::plan::{self, predict};
use crate::reports::drawn::Graphs;
use crate::reports::plan::json;
use crate::review::of_plan;

/// Arguments of `accord plan`.
#[derive(clap::Args)]
#[command(after_help = "\
A plan that a guard or a rule refuses is shown in full and written where -o asks for it, but `apply` won't take it: exit code 3. \
Look at what is counted; if all of it is meant, plan again with `--allow` and exactly that count. Only findings that the plan brings or \
makes worse refuse it; `accord audit` tells all of them, `accord explain RULE` what a rule is about.

With --base the files are compared with those of the commit from which the branch began, and no exported state is needed: what the change \
does to people, whether a rule refuses it, and with a state what will happen on merge. What was off before never fails it.

Examples:
  accord plan                                        # compare with the states that accord.yaml names
  accord plan access --state export/ -o plan.json    # compare with an export, and write the plan
  accord plan --only person=bo@acme.example
  accord plan --at 2027-04-01                        # what will be due by then?
  accord plan --allow removals=7 -o plan.json        # yes, exactly these seven
  accord plan --detailed-exitcode                    # for CI: 0 nothing to do, 2 changes, 3 refused
  accord plan --base origin/main                     # for a pull request: what does this branch do to people?
  accord plan --base origin/main --report markdown=comment.md --report html=access.html")]
pub struct Plan {
    #[command(flatten)]
    sources: Sources,
    /// Compare the files with those of the commit from which the branch began: a branch, tag or commit of git
    #[arg(long, value_name = "REF", conflicts_with = "only")]
    base: Option<String>,
    /// Look only at one person=, team=, partner= or account=; may be repeated
    #[arg(long, value_name = "KIND=KEY")]
    only: Vec<Only>,
    #[command(flatten)]
    making: Making,
    #[command(flatten)]
    reports: Reports,
}

impl Plan {
    /// Makes a plan, shows it, and writes it.
    pub fn run(self, session: &Session) -> Result<Report<Details>, Failure> {
        if let Some(reference) = &self.base {
            return review::run(&self, reference, session).map(|report| report.map(Details::Review));
        }
        // The program ends with this: giving a million small pieces of memory back one by one would only take time.
        let world = ManuallyDrop::new(self.sources.read(session)?);
        let input = plan::PlanInput {
            only: self.only.clone(),
            overrides: self.making.allow.clone(),
            authors: self.making.authors.clone(),
            applicant: self.making.applicant(&world)?,
            ..world.input()
        };
        let plan = ManuallyDrop::new(inputs::plan(&input)?);
        if self.reports.pseudonymizes() || !self.reports.is_empty() {
            self.report(&plan, &world, session)?;
            return self.making.end(&plan, &self.sources, session).map(|report| report.map(Details::Plan));
        }
        self.making.finish(&plan, &self.sources, session).map(|report| report.map(Details::Plan))
    }

    /// Writes the reports of a plan that is compared with exports. Without names of people the plan is shown like a change of the files.
    fn report(&self, plan: &plan::Plan, world: &World, session: &Session) -> Result<(), Failure> {
        let later: Vec<ObservedState> =
            world.businesses.iter().map(|one| after(plan, one.key(world), &one.observed)).collect();
        let states = world.businesses.iter().zip(&later);
        let states = states.map(|(one, later)| StateSource { observed: &one.observed, predicted: Some(later) });
        let builder =
            Builder::new(graph::Sources { files: Some(&world.desired), base: None, states: states.collect() });
        let day = world.as_of.to_zoned(TimeZone::UTC).date();
        let (before, after) = (builder.observed(day), builder.planned(day, &[]));
        let files = &world.desired.files;
        let review = of_plan(plan, effect::effects(&before, &after, files, files));
        let json = json(plan).map_err(|error| Failure::of("can't write the plan as JSON", &error))?;
        let graphs = Graphs { before: Some((&before, files)), after: (&after, files) };
        let folder: &Path = self.sources.folder();
        let subject = Subject { review, graphs, folder, json: Some(json) };
        if self.reports.pseudonymizes() {
            return review::show(self, subject, std::iter::empty(), session);
        }
        if !self.reports.takes_stdout() {
            self.making.show(plan, session)?;
        }
        self.reports.write(&subject, None, session)
    }
}

/// The state of a business after everything that the plan does, whoever does it.
fn after(plan: &plan::Plan, business: &str, observed: &ObservedState) -> ObservedState {
    let mut state = observed.clone();
    let part = plan.businesses.iter().find(|part| part.business.key == business);
    let operations = part.map(|part| part.operations.as_slice()).unwrap_or_default();
    let actions = operations.iter().map(|operation| &operation.action);
    let _ = predict::perform_all(&mut state, actions, &mut BTreeMap::new(), plan.as_of);
    state
}
