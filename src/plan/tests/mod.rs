//! From files and an export to a plan, read as text.

mod groups;
mod laws;
mod life;
mod scope;
mod stored;
mod working;

use super::file::StoredPlan;
use super::*;
use crate::desired::DesiredState;
use crate::diff::Only;
use crate::diff::world::TODAY;
use crate::observed::ObservedState;
use crate::policy::Applicant;

/// A plan in the making: every part of the input can be changed before it is made.
pub(crate) struct Try<'a> {
    pub(crate) desired: &'a DesiredState,
    pub(crate) observed: &'a ObservedState,
    pub(crate) last_applied: Option<&'a ObservedState>,
    pub(crate) managed_before: Option<Vec<String>>,
    pub(crate) files_before: Option<Vec<String>>,
    pub(crate) as_of: &'a str,
    pub(crate) only: Vec<Only>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) authors: Vec<String>,
    pub(crate) applicant: Applicant,
}

impl<'a> Try<'a> {
    pub(crate) fn new(desired: &'a DesiredState, observed: &'a ObservedState) -> Self {
        Try {
            desired,
            observed,
            last_applied: None,
            managed_before: None,
            files_before: None,
            as_of: TODAY,
            only: Vec::new(),
            overrides: Vec::new(),
            authors: Vec::new(),
            applicant: Applicant::default(),
        }
    }

    pub(crate) fn after(mut self, last_applied: &'a ObservedState) -> Self {
        self.last_applied = Some(last_applied);
        self
    }

    pub(crate) fn only(mut self, only: &str) -> Self {
        self.only.push(only.parse().unwrap());
        self
    }

    pub(crate) fn on(mut self, as_of: &'a str) -> Self {
        self.as_of = as_of;
        self
    }

    pub(crate) fn allow(mut self, guard: &str, count: u64) -> Self {
        self.overrides.push(Override { business: None, guard: guard.to_owned(), count });
        self
    }

    pub(crate) fn build(&self) -> Result<Plan, BuildError> {
        build(&self.input())
    }

    pub(crate) fn input(&self) -> PlanInput<'a> {
        PlanInput {
            desired: self.desired,
            businesses: vec![BusinessInput {
                business: 0,
                observed: self.observed,
                from: "state.json".to_owned(),
                last_applied: self.last_applied,
                managed_before: self.managed_before.clone(),
                files_before: self.files_before.clone(),
                abilities: Abilities { can: |_| Ok(()), batch: |_| 50, follows: |_| false },
            }],
            as_of: self.as_of.parse().unwrap(),
            only: self.only.clone(),
            overrides: self.overrides.clone(),
            authors: self.authors.clone(),
            applicant: self.applicant.clone(),
            threads: 2,
            predict: true,
            rules: None,
        }
    }

    pub(crate) fn plan(&self) -> Made {
        Made(self.build().unwrap())
    }
}

/// A plan of one business, read as text.
pub(crate) struct Made(pub(super) Plan);

impl Made {
    pub(crate) fn business(&self) -> &BusinessPlan {
        &self.0.businesses[0]
    }

    /// Operations in their order, as sentences.
    pub(crate) fn steps(&self) -> Vec<String> {
        let operations = self.business().operations.iter();
        operations.map(|operation| operation.action.sentence()).collect()
    }

    /// `why: what` of what is withheld.
    pub(crate) fn withheld(&self) -> Vec<String> {
        let withheld = self.business().withheld.iter();
        withheld.map(|held| format!("{}: {}", held.why, held.what)).collect()
    }

    pub(crate) fn help(&self) -> String {
        let withheld = self.business().withheld.iter();
        let help: Vec<&str> = withheld.filter_map(|held| held.help.as_deref()).collect();
        help.join("\n")
    }

    pub(crate) fn waiting(&self) -> Vec<String> {
        let waiting = self.business().waiting.iter();
        waiting.map(|waiting| format!("{} {}", waiting.who.label(), waiting.what)).collect()
    }

    pub(crate) fn deferred(&self) -> Vec<String> {
        let deferred = self.business().deferred.iter();
        deferred
            .map(|deferred| {
                let words = deferred.permissions.join(";");
                format!("{words} on {} {}", deferred.asset.label(), deferred.until)
            })
            .collect()
    }

    /// `kind: message` of notices.
    pub(crate) fn notices(&self) -> Vec<String> {
        let notices = self.business().notices.iter();
        notices.map(|notice| format!("{}: {}", notice.kind, notice.message)).collect()
    }

    pub(crate) fn origins(&self) -> Vec<Origin> {
        let operations = self.business().operations.iter();
        operations.map(|operation| operation.origin).collect()
    }

    /// Guards that refuse, with their counts.
    pub(crate) fn refused(&self) -> Vec<(String, u64)> {
        let guards = self.business().guards.iter();
        guards
            .filter_map(|result| match result.verdict {
                Verdict::Refused { count, .. } => Some((result.guard.clone(), count)),
                Verdict::Passed | Verdict::Off | Verdict::Overridden { .. } => None,
            })
            .collect()
    }

    /// Reads the plan's own file.
    pub(crate) fn stored(&self) -> StoredPlan {
        file::read(&file::to_bytes(&self.0)).unwrap()
    }
}

/// No business writes `first_apply` in these tests, so removals refuse where nothing was applied before; most tests are not about that.
pub(crate) fn quiet(made: &Made) -> bool {
    made.refused().iter().all(|(guard, _)| guard == "first-apply")
}
