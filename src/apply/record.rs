//! What stands in a journal: one record a line, as JSON with a version of its own.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Digest, FactKey};

/// What the first record of a journal says it is.
pub const FORMAT: &str = "accord-journal";

/// The version of the journal that this program writes; it goes on with no other.
pub const FORMAT_VERSION: u32 = 1;

/// One line of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its number, from 1.
    pub seq: u64,
    /// SHA-256 of the line before, without its line end; of the first record 64 zeros.
    pub previous: Digest,
    /// When it was written.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The run began. Always the first record, and never another one.
    Begin {
        /// Always `accord-journal`.
        format: String,
        /// Version of the journal.
        format_version: u32,
        /// Digest of the plan.
        plan: Digest,
        /// What the plan is applied to, in the order of its businesses.
        targets: Vec<TargetRef>,
        /// How many operations the plan has.
        operations: u64,
        /// Who applies.
        by: Runner,
    },
    /// Another run goes on where the last one ended.
    Resume {
        /// Who goes on.
        by: Runner,
        /// Bytes of a record that a crash had cut short and that were dropped; 0 = none.
        dropped: u64,
    },
    /// A call is about to be made. Flushed to disk before it.
    Intent {
        /// The business.
        business: String,
        /// Ids of the operations in the call.
        operations: Vec<String>,
    },
    /// What the target said about one operation of a call.
    Outcome {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// What it said.
        outcome: Told,
    },
    /// What was found for an operation whose outcome was unknown, by looking at the target.
    Looked {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// What was found.
        found: Found,
    },
    /// An operation that was not needed: somebody had done it by hand.
    AlreadySo {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// Id of what it would have created.
        created: Option<String>,
    },
    /// An operation that is refused, because facts it rests on moved.
    Stale {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// The facts that moved.
        moved: Vec<Moved>,
    },
    /// An operation that is not done because one it depends on was not.
    Skipped {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// Id of the operation it depends on.
        after: String,
    },
    /// An operation that a person must do.
    Person {
        /// The business.
        business: String,
        /// Id of the operation.
        operation: String,
        /// Why.
        why: String,
    },
    /// The run stopped at a signal, between two calls.
    Stopped {
        /// The signal's number.
        signal: u32,
    },
    /// A business was read again after the last step.
    Verified {
        /// The business.
        business: String,
        /// Digest of the state that was seen.
        seen: Digest,
        /// Digest of the state that the plan predicts, where it does.
        predicted: Option<Digest>,
        /// Ids of operations that were done and whose effect was not seen.
        unseen: Vec<String>,
    },
    /// The run ended; what is still open waits for a person.
    End {
        /// Operations that are done.
        done: u64,
        /// Operations that were not needed.
        already_so: u64,
        /// Operations that the target refused.
        failed: u64,
        /// Operations whose facts moved.
        stale: u64,
        /// Operations that depend on one that was not done.
        skipped: u64,
        /// Operations of which nobody knows.
        uncertain: u64,
        /// Operations that a person must do, and those that wait for these.
        open: u64,
    },
}

impl Event {
    /// The business it is about, where it is about one.
    pub fn business(&self) -> Option<&String> {
        match self {
            Event::Intent { business, .. }
            | Event::Outcome { business, .. }
            | Event::Looked { business, .. }
            | Event::AlreadySo { business, .. }
            | Event::Stale { business, .. }
            | Event::Skipped { business, .. }
            | Event::Person { business, .. }
            | Event::Verified { business, .. } => Some(business),
            Event::Begin { .. } | Event::Resume { .. } | Event::Stopped { .. } | Event::End { .. } => None,
        }
    }

    /// The operations it is about.
    pub fn operations(&self) -> &[String] {
        match self {
            Event::Intent { operations, .. } => operations,
            Event::Outcome { operation, .. }
            | Event::Looked { operation, .. }
            | Event::AlreadySo { operation, .. }
            | Event::Stale { operation, .. }
            | Event::Skipped { operation, .. }
            | Event::Person { operation, .. } => std::slice::from_ref(operation),
            Event::Begin { .. }
            | Event::Resume { .. }
            | Event::Stopped { .. }
            | Event::Verified { .. }
            | Event::End { .. } => &[],
        }
    }
}

/// A business and where its state lives.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetRef {
    /// The business's key.
    pub business: String,
    /// The platform's id of it.
    pub id: String,
    /// The connector's name.
    pub connector: String,
    /// Which target of this connector (the path of a snapshot file, the host of an API).
    pub location: String,
}

/// Who runs a plan.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runner {
    /// The process id.
    pub pid: u32,
    /// The machine's name.
    pub host: String,
    /// Version of accord.
    pub version: String,
}

/// What a target said about an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "told", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Told {
    /// Done.
    Done {
        /// Id of a created group or invite.
        created: Option<String>,
    },
    /// Refused; nothing changed, unless an invite was sent without what should come with it.
    Failed {
        /// In the target's words.
        message: String,
        /// Id of an invite that was sent all the same, and waits without what should come with it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        created: Option<String>,
    },
    /// Nobody knows.
    Uncertain {
        /// What happened.
        message: String,
    },
    /// The answer has no place for what was refused; looking decides.
    Unsaid {
        /// What the answer says instead.
        message: String,
    },
    /// Not done, and the target took nothing more in that run.
    NotNow {
        /// Why.
        message: String,
    },
}

/// What was found by looking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "found", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Found {
    /// Its effect is there.
    Done {
        /// Id of a created group or invite.
        created: Option<String>,
    },
    /// Everything is as before it: it was not done.
    NotDone,
    /// A part of it is there: the rest is done now.
    Begun {
        /// Id of the invite that waits without all its grants.
        created: String,
    },
    /// Neither: it is not repeated.
    Unclear {
        /// The facts that are neither as before nor as after.
        moved: Vec<Moved>,
    },
}

/// A fact that is not what a plan rests on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// What it is about.
    pub fact: FactKey,
    /// The value that was expected; absent = it did not exist.
    pub expected: Option<String>,
    /// The value now; absent = it does not exist.
    pub now: Option<String>,
}
