//! A plan is data in a file: ordered operations and everything a reviewer, a guard and the executor need to know.
//!
//! The same inputs give the same bytes. Nothing in it depends on the order of files or records, on threads or on the clock.

mod action;
pub mod approvals;
mod batches;
mod build;
pub mod evidence;
pub mod file;
mod gaps;
pub mod guards;
mod holders;
pub mod invariant;
mod judging;
mod order;
mod overrides;
pub mod predict;
mod reach;
mod refusal;
mod render;
mod requests;
mod risk;
mod rosters;
mod sentence;
mod step;
mod totals;
pub mod undo;

#[cfg(test)]
pub(crate) mod tests;

pub use action::{Action, AttachedGrant, EndingGrant};
pub use approvals::Approvals;
pub use batches::{calls, kind};
pub use build::{Abilities, BuildError, BusinessInput, PlanInput, build, outlook};
pub use judging::Ruling;
pub use refusal::{RuleRefusal, refusals};
pub use rosters::PartnerPerson;

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetRef, Digest, Direction, Fact, Principal};
use crate::rules::Judgement;

/// The version of the plan file that this program writes; it reads no other.
pub const FORMAT_VERSION: u32 = 1;

/// A plan, as written to a file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Always `accord-plan`.
    pub format: String,
    /// Version of this format.
    pub format_version: u32,
    /// The digest of the plan: over the canonical JSON of this document without this field.
    pub digest: Digest,
    /// The moment for which ends and ages were computed.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Digest of the access repository: over the paths and bytes of its files.
    pub desired: Digest,
    /// What was asked for with `--only`; empty = everything.
    pub only: Vec<String>,
    /// One entry for each business, by key.
    pub businesses: Vec<BusinessPlan>,
    /// What the rules say of the state that the plan leads to, against the state as it is. Of findings that were there before, only what
    /// they say is kept.
    pub rules: Judgement,
    /// Guards and rules that were overridden, each with the exact count that was expected.
    pub overrides: Vec<Override>,
    /// Whose approval it needs before it is applied.
    pub approvals: Approvals,
}

/// The part of a plan about one business.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessPlan {
    /// The business.
    pub business: BusinessRef,
    /// What it was compared with.
    pub observed: ObservedRef,
    /// In the order in which they are to be done.
    pub operations: Vec<Operation>,
    /// Differences that are not operations, and why.
    pub withheld: Vec<Withheld>,
    /// Relations that wait for somebody else's answer.
    pub waiting: Vec<Waiting>,
    /// What will be possible only after something else happened, usually an acceptance.
    pub deferred: Vec<Deferred>,
    /// Renames, id swaps, unknown values, declined invitations, drift that converged.
    pub notices: Vec<Notice>,
    /// Ends that fall due within 90 days, the earliest first.
    pub upcoming: Vec<Upcoming>,
    /// Every guard, in a fixed order, whether it speaks or not.
    pub guards: Vec<GuardResult>,
    /// Counts before and after.
    pub totals: Totals,
    /// What is not managed here, in words (`grants of partner nova`).
    pub unmanaged: Vec<String>,
    /// What is managed here, by stable names (`people`, `partner-grants inbound 5009`): who applies keeps the list, so that the next
    /// plan can tell a section that is managed for the first time.
    pub managed: Vec<String>,
    /// The files that say something of the business: who applies keeps the list, so that the next plan can tell that one is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The own people of partners that lose something, as far as they report them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partner_people: Vec<PartnerPerson>,
    /// How many calls the connector needs for its operations, with the sizes of its bulk calls.
    pub calls: u64,
    /// Digest of the state as it will be when every operation of the connector is done; absent where it was not computed.
    pub predicted: Option<Digest>,
}

/// The business a plan is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessRef {
    /// Its key in the access repository.
    pub key: String,
    /// The platform (`pinterest`).
    pub platform: String,
    /// The platform's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `enforce`, `adopt` or `observe`.
    pub mode: String,
}

/// The observed state a plan was computed from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservedRef {
    /// Where it was read from: the path as given, relative to the repository where it lies inside.
    pub from: String,
    /// Digest over its sorted facts, whatever the order of its records.
    pub digest: Digest,
    /// When it was captured.
    #[schemars(with = "String")]
    pub captured_at: Timestamp,
    /// Who captured it.
    pub captured_by: Option<String>,
    /// Collections that are not proven whole, and why.
    pub incomplete: Vec<IncompleteCollection>,
}

/// A collection that is not proven whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncompleteCollection {
    /// Its name (`grants`).
    pub collection: String,
    /// Why, for people.
    pub reason: String,
}

/// One step of a plan.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Stable and readable: the kind and twelve digits of a digest of what it is about (`grant-9f31c07a22d4`).
    pub id: String,
    /// What is to be done, with before and after.
    pub action: Action,
    /// Why.
    pub cause: Cause,
    /// What could go wrong with it, the worst first.
    pub risk: Vec<Risk>,
    /// Ids of operations that must be done before.
    pub after: Vec<String>,
    /// The observed facts it rests on. It is refused as stale where one of them moved.
    pub rests_on: Vec<Fact>,
    /// The digest of `rests_on`.
    pub precondition: Digest,
    /// How it can be undone.
    pub undo: Undo,
    /// Who does it.
    pub by: Executor,
    /// Whose change it is, where a last applied state is known.
    pub origin: Origin,
}

/// A place in the access repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file, relative to the repository's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u16,
    /// What is there, for people (`team social-fr`).
    pub what: String,
}

/// Why an operation is in the plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "because", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cause {
    /// These lines ask for it; every source of the fact is named.
    Written {
        /// The lines.
        places: Vec<Place>,
        /// Reasons and tickets written there, without repetition.
        reasons: Vec<String>,
    },
    /// No line asks for what exists.
    Unwritten {
        /// The nearest place a reader would look: the person's, team's or partner's entry, where there is one.
        nearest: Option<Place>,
    },
    /// A line ended.
    Ended {
        /// The line.
        place: Place,
        /// Its last day.
        #[schemars(with = "String")]
        until: Date,
    },
    /// It undoes an operation of an earlier run.
    Undoes {
        /// Digest of the plan.
        plan: Digest,
        /// The operation.
        operation: String,
    },
}

/// What could go wrong with an operation, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Somebody becomes a manager of the business or an administrator of an asset.
    Admin,
    /// Somebody gains rights over money.
    Billing,
    /// Somebody outside the business gains something.
    External,
    /// Access is taken away.
    Removal,
    /// It can't be undone by accord alone.
    Irreversible,
    /// Somebody gains something.
    Addition,
}

impl Risk {
    /// All of them, the worst first.
    pub const ALL: [Risk; 6] =
        [Risk::Admin, Risk::Billing, Risk::External, Risk::Removal, Risk::Irreversible, Risk::Addition];

    /// As plans and policies write it.
    pub fn word(self) -> &'static str {
        match self {
            Risk::Admin => "admin",
            Risk::Billing => "billing",
            Risk::External => "external",
            Risk::Removal => "removal",
            Risk::Irreversible => "irreversible",
            Risk::Addition => "addition",
        }
    }

    /// The risk of a word.
    pub fn of(word: &str) -> Option<Self> {
        Risk::ALL.into_iter().find(|risk| risk.word() == word)
    }
}

/// How an operation can be undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "undo", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Undo {
    /// By the opposite operation.
    Reversible,
    /// Only with somebody else's help.
    Partly {
        /// Whose and how.
        why: String,
    },
    /// Not at all.
    Impossible {
        /// Why.
        why: String,
    },
}

/// Who does an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Executor {
    /// The connector.
    Connector,
    /// A person, by checklist.
    Person {
        /// Why the connector can't.
        why: String,
    },
}

/// Whose change a difference is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// No last applied state is known.
    Unknown,
    /// The files changed since the last apply.
    Files,
    /// Reality moved without the files (drift).
    Drift,
    /// Both changed, to different ends.
    Conflict,
}

/// A difference that is not an operation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Why: `adopt`, `observe`, `incomplete`, `unknown-value`, `declined`, `left`, `id-swap`, `ambiguous`, `unwritable`,
    /// `unknown-asset`, `wrong-type`, `received`, `order`; of an undo also `moved`, `answered`, `irreversible`,
    /// `uncertain`.
    pub why: String,
    /// What would have been done, in one sentence.
    pub what: String,
    /// Whether it would have taken access away.
    pub removal: bool,
    /// Whom it is about, where it is one person or partner.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub principal: Option<Principal>,
    /// The place that asks for it, where there is one.
    pub place: Option<Place>,
    /// Other places that take part.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<Place>,
    /// What to do about it.
    pub help: Option<String>,
}

/// A relation that waits for somebody else's answer and matches the files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The invite or request.
    pub invite: String,
    /// Who must answer.
    pub who: Principal,
    /// What for, in a few words (`to become Employee`).
    pub what: String,
    /// When it was sent, as the platform says.
    pub sent_at: Option<String>,
    /// When it lapses, as the platform says.
    pub expires_at: Option<String>,
}

/// Something wanted that becomes possible only later.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deferred {
    /// Who.
    pub principal: Principal,
    /// On what.
    pub asset: AssetRef,
    /// What.
    pub permissions: Vec<String>,
    /// After what, in a few words (`after bo@acme.example accepts the invitation`).
    pub until: String,
}

/// Something a reader should know that is not a difference to act on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// `rename`, `unknown-value`, `converged`, `expired-invite`, `received-invite`, `incomplete`, `deferred`, `protected`,
    /// `large-request`, `export-problem`.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// The place in the files it concerns, where there is one.
    pub place: Option<Place>,
}

/// An end that falls due soon.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upcoming {
    /// The last day.
    #[schemars(with = "String")]
    pub until: Date,
    /// What ends, in one sentence.
    pub what: String,
    /// The line.
    pub place: Place,
}

/// What one guard says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardResult {
    /// Its name, as `--allow` takes it.
    pub guard: String,
    /// What it says.
    pub verdict: Verdict,
}

/// Whether a guard refuses.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Verdict {
    /// Nothing to say.
    Passed,
    /// The limit is switched off in the policy.
    Off,
    /// It refuses the plan.
    Refused {
        /// How many things it is about; `--allow GUARD=COUNT` must name this count.
        count: u64,
        /// One sentence with numbers, unit and limit.
        message: String,
        /// The things, for people; at most 20, then a line that counts the rest.
        details: Vec<String>,
    },
    /// It refused and was overridden with the exact count.
    Overridden {
        /// The count.
        count: u64,
        /// What it said.
        message: String,
    },
}

/// An override of a guard or a rule: `--allow removals=7`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The business's key; absent = the only one, and for a rule all of them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub business: Option<String>,
    /// The guard, or the rule.
    pub guard: String,
    /// The exact count that is expected.
    pub count: u64,
}

/// Counts of facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Before.
    pub before: Counts,
    /// After every operation is done (invitations not yet accepted).
    pub after: Counts,
    /// Managed facts that are equal on both sides.
    pub unchanged: u64,
}

/// Counts of one state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Employees and system users.
    pub members: u64,
    /// Of these, managers of the business.
    pub managers: u64,
    /// Partnerships.
    pub partners: u64,
    /// Grants to members.
    pub member_grants: u64,
    /// Grants to and from partners.
    pub partner_grants: u64,
    /// Invites that wait for an answer.
    pub pending_invites: u64,
    /// Assets in groups.
    pub group_contents: u64,
}

impl Direction {
    /// The verb of asking for such a partnership.
    pub fn ask(self) -> &'static str {
        match self {
            Direction::Inbound => "invite",
            Direction::Outbound => "request",
        }
    }
}

impl From<crate::diff::Origin> for Origin {
    fn from(origin: crate::diff::Origin) -> Self {
        match origin {
            crate::diff::Origin::Unknown => Origin::Unknown,
            crate::diff::Origin::Files => Origin::Files,
            crate::diff::Origin::Drift => Origin::Drift,
            crate::diff::Origin::Conflict => Origin::Conflict,
        }
    }
}
