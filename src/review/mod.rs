//! A change of the files, reviewed: its effect on people, whether it is allowed, and what will happen on merge. No export is needed; where
//! there is one, what the change would do there is told apart from what was already off.

mod ends;
mod merge;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desired::DesiredState;
use crate::effect::{self, Effects, Who};
use crate::graph::{Builder, Sources, StateSource};
use crate::model::{Digest, PersonRef};
use crate::plan::Plan;
use crate::policy::Profile;
use crate::rules::case::Known;
use crate::rules::{Judgement, Question, RULES, World, judge};

pub use ends::EndMoved;
pub use merge::{Merge, MergeOperation};

/// What the `format` field of a review says.
pub const FORMAT: &str = "accord-review";

/// The version of the review that this program writes.
pub const FORMAT_VERSION: u32 = 1;

/// On so many future days of grants that begin later the effect is looked at.
const LATER: usize = 24;

/// A change of the files, reviewed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Always `accord-review`.
    pub format: String,
    /// Version of this format.
    pub format_version: u32,
    /// Over the canonical JSON of this document without this field: every rendering names it.
    pub digest: Digest,
    /// The moment for which ends and ages count.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The version of the files that it was compared with; absent where they are compared with exports.
    pub base: Option<Base>,
    /// Digest of the files as they are.
    pub files: Digest,
    /// The effect on people, as of today.
    pub effects: Effects,
    /// What happens besides on later days, where new grants begin then.
    pub later: Vec<Later>,
    /// Days of later beginnings that were not looked at, because there are too many.
    pub not_looked_at: u64,
    /// Ends that move, without anybody gaining or losing anything today.
    pub ends: Vec<EndMoved>,
    /// What the rules say of the files, against the base.
    pub judgement: Judgement,
    /// What merging would do, for businesses whose export is at hand.
    pub merge: Vec<Merge>,
}

/// The version of the files that a change is compared with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// As asked for (`origin/main`).
    pub reference: String,
    /// The commit from which the change began.
    pub commit: String,
    /// Digest of the files there.
    pub files: Digest,
}

/// The effect of a change on a later day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// The day.
    #[schemars(with = "String")]
    pub on: Date,
    /// What is not the case today already.
    pub effects: Effects,
}

/// What a review is made from.
pub struct ReviewInput<'a> {
    /// The files before the change.
    pub base: &'a DesiredState,
    /// How the base was asked for, and its commit.
    pub reference: (&'a str, &'a str),
    /// The files with the change.
    pub head: &'a DesiredState,
    /// What is known besides, for the rules.
    pub known: Known<'a>,
    /// Another profile of rules than that of the policy.
    pub profile: Option<Profile>,
    /// How many threads to use.
    pub threads: usize,
    /// Plans of both versions against the same exports: with the change, and without it.
    pub plans: Option<(&'a Plan, &'a Plan)>,
    /// People of partners that rosters name, by the partner's id.
    pub rosters: &'a Rosters,
    /// Exports, for the rosters in them.
    pub exports: Vec<StateSource<'a>>,
}

/// People of partners, by the partner's id.
pub type Rosters = BTreeMap<String, Vec<PersonRef>>;

/// Reviews a change. The same input gives the same bytes.
pub fn review(input: &ReviewInput<'_>) -> Review {
    let ReviewInput { base, head, .. } = *input;
    let day = input.known.as_of.to_zoned(TimeZone::UTC).date();
    let builder = Builder::new(Sources { files: Some(head), base: Some(base), states: input.exports.clone() });
    let (before, after) = (builder.base(day), builder.desired(day));
    let mut effects = effect::effects(&before, &after, &base.files, &head.files);
    name_people(&mut effects, input.rosters);
    let (old, new) = (before.effective(), after.effective());
    let question = Question {
        rules: RULES,
        now: World { graph: &after, effective: &new, desired: head, observed: &[] },
        before: Some(World { graph: &before, effective: &old, desired: base, observed: &[] }),
        known: Known { base: Some(base), ..input.known },
        profile: input.profile,
        unproven: false,
        threads: input.threads,
    };
    let judgement = judge(&question);
    let (later, not_looked_at) = later(&builder, input, day, &effects);
    sealed(Review {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest([0; 32]),
        as_of: input.known.as_of,
        base: Some(Base {
            reference: input.reference.0.to_owned(),
            commit: input.reference.1.to_owned(),
            files: base.digest,
        }),
        files: head.digest,
        effects,
        later,
        not_looked_at,
        ends: ends::moved(base, head),
        judgement,
        merge: input.plans.map(|(with, without)| merge::merge(with, without)).unwrap_or_default(),
    })
}

/// What a plan does, told like a change of the files: compared is with the exports, and every operation counts.
pub fn of_plan(plan: &Plan, effects: Effects) -> Review {
    sealed(Review {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest([0; 32]),
        as_of: plan.as_of,
        base: None,
        files: plan.desired,
        effects,
        later: Vec::new(),
        not_looked_at: 0,
        ends: Vec::new(),
        judgement: plan.rules.clone(),
        merge: merge::whole(plan),
    })
}

/// Names the people of partners that only a roster knows.
fn name_people(effects: &mut Effects, rosters: &Rosters) {
    for effect in &mut effects.touched {
        if let Who::Business { business, people: people @ None } = &mut effect.who
            && let Some(named) = rosters.get(&business.id).filter(|named| !named.is_empty())
        {
            *people = Some(named.clone());
            effects.totals.partners_unknown = effects.totals.partners_unknown.saturating_sub(1);
        }
    }
}

impl Review {
    /// The same with a digest of its own, after something in it was replaced.
    #[must_use]
    pub fn resealed(self) -> Self {
        sealed(self)
    }

    /// Whether a rule refuses the change: an error that it brings or worsens and nobody waived.
    pub fn is_refused(&self) -> bool {
        self.judgement.refusing().next().is_some() || self.merge.iter().any(|merge| !merge.refused.is_empty())
    }

    /// Whether the change does nothing to anybody, now or later.
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty() && self.later.is_empty() && self.ends.is_empty()
    }
}

/// A grant that begins later does nothing today, and a reviewer must not miss it for that.
fn later(builder: &Builder<'_>, input: &ReviewInput<'_>, day: Date, today: &Effects) -> (Vec<Later>, u64) {
    let starts = |state: &DesiredState| state.items.iter().filter_map(|item| item.from).collect::<Vec<_>>();
    let mut days: BTreeSet<Date> = starts(input.head).into_iter().chain(starts(input.base)).collect();
    days.retain(|&start| start > day);
    let skipped = days.len().saturating_sub(LATER);
    let mut later = Vec::new();
    let mut seen: Vec<effect::Effect> = today.touched.clone();
    for on in days.into_iter().take(LATER) {
        let (before, after) = (builder.base(on), builder.desired(on));
        let mut effects = effect::effects(&before, &after, &input.base.files, &input.head.files);
        name_people(&mut effects, input.rosters);
        effects.touched.retain(|effect| !seen.contains(effect));
        if !effects.is_empty() {
            seen.extend(effects.touched.iter().cloned());
            later.push(Later { on, effects });
        }
    }
    (later, skipped as u64)
}

fn sealed(mut review: Review) -> Review {
    #[derive(Serialize)]
    struct Body<'a> {
        format: &'a str,
        format_version: u32,
        as_of: &'a Timestamp,
        base: &'a Option<Base>,
        files: &'a Digest,
        effects: &'a Effects,
        later: &'a [Later],
        not_looked_at: u64,
        ends: &'a [EndMoved],
        judgement: &'a Judgement,
        merge: &'a [Merge],
    }
    // Without `..`: a field that is forgotten here would not be covered.
    let Review {
        format,
        format_version,
        digest: _,
        as_of,
        base,
        files,
        effects,
        later,
        not_looked_at,
        ends,
        judgement,
        merge,
    } = &review;
    let (format_version, not_looked_at) = (*format_version, *not_looked_at);
    let body =
        Body { format, format_version, as_of, base, files, effects, later, not_looked_at, ends, judgement, merge };
    review.digest = Digest::of_json(&body);
    review
}
