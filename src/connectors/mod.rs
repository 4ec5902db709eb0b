//! Where states come from and operations go to. The only network code lives here.
//!
//! To add one: a file (or folder) with a [`Connector`], and a line where `commands` choose by target.

pub mod checklist;
pub mod journal_file;
pub mod lock;
pub mod pinterest_api;
pub mod snapshot_file;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::observed::ObservedState;
use crate::plan::file::VerifiedPlan;
use crate::plan::{Action, Operation};

/// What carries out operations on one business. Three methods; operations are data.
pub trait Connector {
    /// What it can do, and how much in one call.
    fn capabilities(&self) -> Capabilities;

    /// Reads the whole state as it is now.
    ///
    /// # Errors
    /// Where the state can't be read. A failed read is never an empty state.
    fn fetch(&mut self) -> Result<ObservedState, ConnectorError>;

    /// Carries out some operations of one kind, in their order, as one call where the platform has a bulk call.
    ///
    /// The answer has one outcome for each operation, in their order. The context tells the ids of groups that earlier operations
    /// of this plan created.
    fn perform(&mut self, batch: &[&Operation], context: &Context<'_>) -> Vec<Outcome>;
}

/// What a connector can do.
pub struct Capabilities {
    /// Its name, for people and journals (`snapshot file`).
    pub name: &'static str,
    /// Whether it can carry out an action; the reason where it can't.
    pub can: fn(&Action) -> Result<(), &'static str>,
    /// How many operations like this one fit into one call.
    pub batch: fn(&Action) -> usize,
    /// How often a run may ask again for an operation whose call had an unknown outcome, once looking has shown that nothing came of
    /// it. 0 = never: the next run does.
    pub repeats: u32,
}

/// What a connector may know about the run.
///
/// It is the leave to write: it can only be made from a plan that was verified, so what only reads can't call
/// [`Connector::perform`].
///
/// ```compile_fail
/// # use std::collections::BTreeMap;
/// # fn read_only(connector: &mut dyn accord::connectors::Connector, plan: &accord::plan::Plan) {
/// let context = accord::connectors::Context::of(plan, &BTreeMap::new()); // a plan that nobody verified
/// connector.perform(&[], &context);
/// # }
/// ```
pub struct Context<'a> {
    plan: &'a VerifiedPlan,
    created: &'a BTreeMap<String, String>,
    begun: BTreeMap<&'a str, &'a str>,
}

impl<'a> Context<'a> {
    /// The leave to carry out a verified plan. `created` has the ids of groups that this run created, by key.
    pub fn of(plan: &'a VerifiedPlan, created: &'a BTreeMap<String, String>) -> Self {
        Context { plan, created, begun: BTreeMap::new() }
    }

    /// With operations that are there in part: ids of the invites that wait without all their grants, by operation id.
    #[must_use]
    pub fn begun(self, begun: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Context { begun: begun.into_iter().collect(), ..self }
    }

    /// The invite that an earlier call for this operation sent, where only its grants are missing.
    pub fn sent(&self, operation: &str) -> Option<&str> {
        self.begun.get(operation).copied()
    }

    /// The moment of the plan: what a target without a clock of its own writes as "now".
    pub fn as_of(&self) -> Timestamp {
        self.plan.plan().as_of
    }

    /// Ids of groups that this run created, by key.
    pub fn created(&self) -> &BTreeMap<String, String> {
        self.created
    }
}

/// What came of one operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Done, as far as the target says; with the id of what it created.
    Done {
        /// Id of a created group or invite.
        created: Option<String>,
    },
    /// Refused by the target; nothing changed.
    Failed {
        /// In the target's words.
        message: String,
    },
    /// Refused in part: the invite was sent, what should come with it was not taken.
    Half {
        /// Id of the invite, which waits.
        created: String,
        /// In the target's words.
        message: String,
    },
    /// Nobody knows: the call may have taken effect. Look before doing it again.
    Uncertain {
        /// What happened.
        message: String,
    },
    /// It was not done, and the target takes nothing more for now: another run goes on.
    NotNow {
        /// Why.
        message: String,
    },
    /// The call was answered, and the answer has no place for what was refused: looking decides, and what is not there was refused.
    Unsaid {
        /// What the answer says instead.
        message: String,
    },
}

/// A connector cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// The state can't be read.
    #[error("{0}")]
    Read(String),
    /// The target is held by somebody else.
    #[error("{0}")]
    Locked(String),
}
