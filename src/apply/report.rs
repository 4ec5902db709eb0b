//! What came of a run, as plain data: every operation with what happened to it, and what was seen afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Digest;
use crate::plan::BusinessRef;

use super::record::{Moved, TargetRef};

/// What came of running a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Digest of the plan.
    pub plan: Digest,
    /// How it ended.
    pub status: Status,
    /// Whether an earlier run had finished, so that nothing was left to do.
    pub finished_before: bool,
    /// Bytes of a journal record that a crash had cut short and that were dropped; 0 = none.
    pub dropped: u64,
    /// One entry for each business, in the plan's order.
    pub businesses: Vec<BusinessReport>,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Status {
    /// Everything that accord can do is done and was seen; what is left, if anything, is for a person.
    Applied,
    /// Every operation is refused as stale; nothing was written.
    Stale,
    /// Some operations failed, are stale, were skipped, are uncertain, or were not seen afterwards.
    Partial,
    /// A signal stopped it between two calls.
    Interrupted {
        /// The signal's number.
        signal: u32,
    },
}

impl Status {
    /// The exit code of the program.
    pub fn exit_code(self) -> u8 {
        match self {
            Status::Applied => 0,
            Status::Stale => 4,
            Status::Partial => 5,
            Status::Interrupted { signal } => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

/// What came of one business.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessReport {
    /// The business.
    pub business: BusinessRef,
    /// What the operations went to.
    pub target: TargetRef,
    /// How many operations came to what.
    pub counts: Counts,
    /// Every operation of the plan, in its order.
    pub operations: Vec<OperationReport>,
    /// What was seen after the last step; absent where the run was stopped, or had finished before.
    pub verification: Option<Verification>,
    /// Why the state could not be read again after the last step, where it could not.
    pub unverified: Option<String>,
    /// Why the target took nothing more, where it did not: another run goes on with what was not reached.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub halted: Option<String>,
}

/// What came of one operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationReport {
    /// Its id in the plan.
    pub id: String,
    /// What came of it.
    pub fate: Fate,
    /// Whether it was done by this run (rather than an earlier one that this run goes on with).
    pub this_run: bool,
}

/// What came of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fate", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fate {
    /// Done.
    Done {
        /// Id of a created group or invite, where the target told it.
        created: Option<String>,
    },
    /// Not needed: somebody had done it by hand.
    AlreadySo {
        /// Id of what it would have created.
        created: Option<String>,
    },
    /// Refused by the target; nothing changed, unless an invite was sent without what should come with it.
    Failed {
        /// In the target's words.
        message: String,
        /// Id of an invite that was sent all the same, and waits without what should come with it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        created: Option<String>,
    },
    /// Nobody knows whether it took effect; it is not repeated.
    Uncertain {
        /// What happened.
        message: String,
    },
    /// Refused: facts it rests on moved since the plan was made.
    Stale {
        /// The facts.
        moved: Vec<Moved>,
    },
    /// Not done, because an operation it depends on was not.
    Skipped {
        /// Id of that operation.
        after: String,
    },
    /// For a person to do.
    Person {
        /// Why accord can't.
        why: String,
    },
    /// Waits for an operation that a person must do; `apply --resume` does it then.
    Waiting {
        /// Id of that operation.
        after: String,
    },
    /// The run stopped before it.
    NotReached,
}

impl Fate {
    /// Whether its effect is there, as far as the target says.
    pub fn is_done(&self) -> bool {
        matches!(self, Fate::Done { .. } | Fate::AlreadySo { .. })
    }
}

/// How many operations came to what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Done.
    pub done: u64,
    /// Not needed.
    pub already_so: u64,
    /// Refused by the target.
    pub failed: u64,
    /// Nobody knows.
    pub uncertain: u64,
    /// Refused because facts moved.
    pub stale: u64,
    /// Not done because another was not.
    pub skipped: u64,
    /// For a person.
    pub person: u64,
    /// Waits for one that is for a person.
    pub waiting: u64,
    /// Not reached.
    pub not_reached: u64,
}

impl Counts {
    /// Counts fates.
    pub fn of<'f>(fates: impl IntoIterator<Item = &'f Fate>) -> Self {
        let mut counts = Counts::default();
        for fate in fates {
            *counts.place(fate) += 1;
        }
        counts
    }

    /// Adds the counts of another business.
    #[must_use]
    pub fn and(self, other: Counts) -> Self {
        Counts {
            done: self.done + other.done,
            already_so: self.already_so + other.already_so,
            failed: self.failed + other.failed,
            uncertain: self.uncertain + other.uncertain,
            stale: self.stale + other.stale,
            skipped: self.skipped + other.skipped,
            person: self.person + other.person,
            waiting: self.waiting + other.waiting,
            not_reached: self.not_reached + other.not_reached,
        }
    }

    fn place(&mut self, fate: &Fate) -> &mut u64 {
        match fate {
            Fate::Done { .. } => &mut self.done,
            Fate::AlreadySo { .. } => &mut self.already_so,
            Fate::Failed { .. } => &mut self.failed,
            Fate::Uncertain { .. } => &mut self.uncertain,
            Fate::Stale { .. } => &mut self.stale,
            Fate::Skipped { .. } => &mut self.skipped,
            Fate::Person { .. } => &mut self.person,
            Fate::Waiting { .. } => &mut self.waiting,
            Fate::NotReached => &mut self.not_reached,
        }
    }
}

/// What was seen after the last step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Digest of the state that was seen.
    pub seen: Digest,
    /// Digest of the state that the plan predicts for when every operation of the connector is done, where it predicts one.
    pub predicted: Option<Digest>,
    /// Ids of operations that were done, as the target said, and whose effect was not seen.
    pub unseen: Vec<String>,
    /// Facts around the operations done that are not what they should be now: somebody else changed them meanwhile.
    pub differences: Vec<Moved>,
}
