//! A plan that undoes what an earlier run did: the opposite of each operation, the last one first.
//!
//! It rests on the state as it is now. What somebody changed since is left alone and listed; so is what can't be undone. It goes
//! through the same guards as any plan.

mod difference;
mod inverse;
mod relations;

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{self, Difference, Scope};
use crate::model::{Digest, Principal, fact, fold};
use crate::observed::ObservedState;

use super::action::Action;
use super::build::{self, BuildError, BusinessInput, PlanInput};
use super::guards::{self, Case};
use super::holders::Holders;
use super::judging::{self, Part};
use super::reach::Reach;
use super::risk::{self, Risks};
use super::{
    BusinessPlan, Cause, Executor, Notice, Operation, Origin, Plan, Risk, Withheld, batches, evidence, step, totals,
};
use inverse::{Inverse, Now};

/// An operation that a run did.
#[derive(Clone, Copy, Debug)]
pub struct Undone<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Id of the group or invite that it created, as the run wrote it down.
    pub created: Option<&'a str>,
}

/// What a run did in one business, in the order of its plan.
#[derive(Clone, Debug, Default)]
pub struct Run<'a> {
    /// Operations that were done.
    pub done: Vec<Undone<'a>>,
    /// Operations of which nobody knows whether they were done.
    pub uncertain: Vec<&'a Operation>,
}

/// Builds the plan that undoes a run of the plan with digest `of`: for each business of `input`, by its key, what the run did. What
/// `input` has to say about `--only` is not looked at.
///
/// # Errors
/// As [`build`] has them.
pub fn build(input: &PlanInput<'_>, of: Digest, runs: &BTreeMap<String, Run<'_>>) -> Result<Plan, BuildError> {
    let mut plans = Vec::new();
    for business in &input.businesses {
        build::check_identity(input.desired, business)?;
        let key = input.desired.text(input.desired.businesses[business.business].key);
        let nothing = Run::default();
        let run = runs.get(key).unwrap_or(&nothing);
        plans.push(undo_business(input, business, of, run));
    }
    build::whole(input, plans, judging::groundwork(input))
}

/// A step of an undo.
struct Step<'a> {
    undoes: &'a Operation,
    action: Action,
    difference: Option<Difference>,
}

/// What an undo comes to, before it is a plan.
#[derive(Default)]
struct Steps<'a> {
    list: Vec<Step<'a>>,
    withheld: Vec<Withheld>,
    notices: Vec<Notice>,
}

fn undo_business<'a>(
    input: &PlanInput<'_>,
    business: &BusinessInput<'a>,
    of: Digest,
    run: &Run<'_>,
) -> (BusinessPlan, Part<'a>) {
    let (desired, observed) = (input.desired, business.observed);
    let (matches, set) = without_differences(input, business);
    let now = Now::new(observed, &run.done);
    let mut steps = Steps::default();
    for undone in run.done.iter().rev() {
        steps.take(undone, &now, &matches, desired.businesses[business.business].mode);
    }
    for operation in &run.uncertain {
        let help = "nobody knows whether it was done; `accord apply --resume` looks";
        steps.hold("uncertain", operation, help.to_owned());
    }
    let names = diff::Names { desired, observed };
    let operations = steps.operations(input, business, of, &now, names, &matches);
    let reach = Reach::of(observed, &matches, steps.differences());
    let guards = guards::judge(&Case {
        desired,
        business: business.business,
        observed,
        set: &set,
        matches: &matches,
        steps: steps.with_sentences(),
        reach: &reach,
        names,
        as_of: input.as_of,
        applicant: &input.applicant,
        // What a run did before was managed then.
        managed_before: Some(&set.managed),
        // It is the journal that says what is taken away.
        files_before: None,
        unasked: Vec::new(),
    });
    let mut totals = totals::totals(observed, &reach, steps.differences(), 0);
    let asked = steps.list.iter().filter(|step| step.difference.is_none());
    totals.after.pending_invites += asked.count() as u64;
    steps.withheld.sort_unstable();
    steps.notices.sort_unstable();
    let predicted = build::predicted(input, observed, &operations);
    let plan = BusinessPlan {
        business: build::business_ref(desired, business.business),
        observed: build::observed_ref(business),
        withheld: steps.withheld,
        waiting: Vec::new(),
        deferred: Vec::new(),
        notices: steps.notices,
        upcoming: Vec::new(),
        guards,
        totals,
        unmanaged: set.unmanaged,
        managed: set.managed,
        files: desired.files_of(business.business),
        partner_people: super::rosters::behind(observed, &operations),
        calls: batches::calls(&operations, &business.abilities),
        predicted: None,
        operations,
    };
    // The differences of an undo are not those of the files, so rules about these have nothing to say.
    let (deferred, changes, conflicts) = (Vec::new(), Vec::new(), Vec::new());
    (plan, Part { business: business.business, observed, predicted, deferred, changes, conflicts })
}

/// Who is who, and what is managed. The differences of the files have their own plans.
fn without_differences(input: &PlanInput<'_>, business: &BusinessInput<'_>) -> (diff::Matches, diff::ChangeSet) {
    let set = diff::compare(
        input.desired,
        business.business,
        business.observed,
        business.last_applied,
        &Scope::everything(input.as_of),
    );
    let kept = diff::ChangeSet { managed: set.managed, unmanaged: set.unmanaged, ..diff::ChangeSet::default() };
    (set.matches, kept)
}

impl<'a> Steps<'a> {
    fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.list.iter().filter_map(|step| step.difference.as_ref())
    }

    fn with_sentences(&self) -> Vec<(&Difference, String)> {
        let each = self.list.iter();
        each.filter_map(|step| Some((step.difference.as_ref()?, step.action.sentence()))).collect()
    }

    fn take(&mut self, undone: &Undone<'a>, now: &Now<'_>, matches: &diff::Matches, mode: crate::desired::Mode) {
        let operation = undone.operation;
        let (action, lost) = match now.inverse(undone) {
            Inverse::Action(action, lost) => (action, lost),
            Inverse::Nothing(message) => return self.notices.push(notice("converged", message)),
            Inverse::Held { why, help } => return self.hold(why, operation, help),
        };
        let observed = now.lookup().state();
        let action = *action;
        let difference = difference::of(&action, observed, matches);
        if let Some((why, help)) = barrier(difference.as_ref(), mode, observed) {
            return self.hold(why, operation, help);
        }
        if let Some(lost) = lost {
            let message = format!("undoing `{}` does not bring back {lost}", operation.action.sentence());
            self.notices.push(notice("undo", message));
        }
        if let super::Undo::Partly { why } = &operation.undo {
            let message = format!("`{}` can be undone in part: {why}", operation.action.sentence());
            self.notices.push(notice("undo", message));
        }
        self.list.push(Step { undoes: operation, action, difference });
    }

    fn hold(&mut self, why: &'static str, operation: &Operation, help: String) {
        self.withheld.push(Withheld {
            why: why.to_owned(),
            what: format!("undo: {}", operation.action.sentence()),
            removal: false,
            principal: principal(&operation.action),
            place: None,
            related: Vec::new(),
            help: Some(help),
        });
    }

    fn operations(
        &self,
        input: &PlanInput<'_>,
        business: &BusinessInput<'_>,
        of: Digest,
        now: &Now<'_>,
        names: diff::Names<'_>,
        matches: &diff::Matches,
    ) -> Vec<Operation> {
        let entry = &input.desired.businesses[business.business];
        let key = input.desired.text(entry.key);
        let domains: Vec<String> =
            entry.domains.iter().map(|&sym| fold(input.desired.text(sym)).into_owned()).collect();
        let ids = step::ids(key, self.list.iter().map(|step| (&step.action, step::about(&step.action))));
        let after = self.dependencies();
        let holders = Holders::of(&names, self.list.iter().map(|step| &step.action));
        let risks = Risks::new(names, matches, &domains, &holders);
        let each = self.list.iter().zip(&ids).zip(after).map(|((step, id), after)| {
            let action = &step.action;
            let rests_on = evidence::facts(action, &newcomer(action), now.lookup());
            Operation {
                id: id.clone(),
                cause: Cause::Undoes { plan: of, operation: step.undoes.id.clone() },
                risk: risks_of(step, &risks, business.observed),
                after: after.into_iter().map(|place| ids[place].clone()).collect(),
                precondition: fact::digest(&rests_on),
                rests_on,
                undo: risk::undo(action),
                by: executor(step, &names, business),
                origin: Origin::Unknown,
                action: action.clone(),
            }
        });
        each.collect()
    }

    /// By step: the steps before it. What came after something is undone before it.
    fn dependencies(&self) -> Vec<Vec<usize>> {
        let places: BTreeMap<&str, usize> =
            self.list.iter().enumerate().map(|(place, step)| (step.undoes.id.as_str(), place)).collect();
        let mut after: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.list.len()];
        for (place, step) in self.list.iter().enumerate() {
            for first in &step.undoes.after {
                if let Some(&other) = places.get(first.as_str()) {
                    after[other].insert(place);
                }
            }
        }
        after.into_iter().map(|places| places.into_iter().collect()).collect()
    }
}

/// What keeps any plan from a step: the mode, or a removal that rests on what is not proven whole.
fn barrier(
    difference: Option<&Difference>,
    mode: crate::desired::Mode,
    observed: &ObservedState,
) -> Option<(&'static str, String)> {
    use crate::desired::Mode;
    let removes = difference.is_some_and(Difference::removes);
    let partial = difference
        .into_iter()
        .flat_map(|difference| difference.rests_on())
        .find(|collection| !observed.is_complete(**collection));
    match (mode, partial) {
        (Mode::Observe, _) => Some(("observe", "the business is in mode `observe`, which changes nothing".to_owned())),
        (Mode::Adopt, _) if removes => Some(("adopt", "the business is in mode `adopt`, which only adds".to_owned())),
        (Mode::Adopt | Mode::Enforce, Some(collection)) if removes => Some((
            "incomplete",
            format!("nothing is removed while the export's {} are not proven whole", collection.word()),
        )),
        (Mode::Adopt | Mode::Enforce, _) => None,
    }
}

fn risks_of(step: &Step<'_>, risks: &Risks<'_>, observed: &ObservedState) -> Vec<Risk> {
    if let Some(difference) = &step.difference {
        return risks.of(difference);
    }
    let (role, grants) = match &step.action {
        Action::InviteMember { role, grants, .. } => (observed.platform.role(role), grants.as_slice()),
        Action::InvitePartner { grants, .. } | Action::RequestPartner { grants, .. } => (None, grants.as_slice()),
        _ => (None, &[][..]),
    };
    let bits = grants.iter().fold(0, |all, grant| all | difference::bits(&grant.permissions, observed));
    match principal(&step.action) {
        Some(invitee) => risks.of_invite(&invitee, role, bits),
        None => Vec::new(),
    }
}

fn executor(step: &Step<'_>, names: &diff::Names<'_>, business: &BusinessInput<'_>) -> Executor {
    let can = business.abilities.can;
    match &step.difference {
        Some(difference) => risk::executor(difference, &step.action, names, can),
        None => match can(&step.action) {
            Ok(()) => Executor::Connector,
            Err(why) => Executor::Person { why: why.to_owned() },
        },
    }
}

/// All names under which somebody who is invited may be known already, folded.
fn newcomer(action: &Action) -> Vec<String> {
    match action {
        Action::InviteMember { person, .. } => {
            [&person.email, &person.username].into_iter().flatten().map(|name| fold(name).into_owned()).collect()
        }
        _ => Vec::new(),
    }
}

fn principal(action: &Action) -> Option<Principal> {
    match action {
        Action::InviteMember { person, .. } | Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
            Some(Principal::Person(person.clone()))
        }
        Action::InvitePartner { partner, .. }
        | Action::RequestPartner { partner, .. }
        | Action::RequestAccess { partner, .. }
        | Action::AcceptInvite { partner, .. }
        | Action::RemovePartner { partner, .. } => Some(Principal::Partner(partner.clone())),
        Action::AttachGrants { invitee, .. } | Action::CancelInvite { invitee, .. } => Some(invitee.clone()),
        Action::SetGrant { principal, .. } | Action::RemoveGrant { principal, .. } => Some(principal.clone()),
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. } => None,
    }
}

fn notice(kind: &str, message: String) -> Notice {
    Notice { kind: kind.to_owned(), message, place: None }
}
