//! What a repository allows: limits of the guards, levels and parameters of the rules, waivers, custom rules, assertions, boundaries.
//!
//! All of it is typed data with the place of every value, and pure functions over it. Which rules there are is not known here: a level or
//! a parameter is a name with a value until `rules` checks it. Nor is the graph: [`record::Access`] is what an evaluation sees of it.
//!
//! To add something to `policy:`, write its type here, its shape in `desired/shapes/policy.rs`, its reader in `desired/read/policy.rs`, and its
//! names in `desired/resolve/policy.rs` where it has some.

pub mod approvals;
pub mod assertion;
pub mod assignment;
pub mod boundary;
pub mod cel;
pub mod custom;
pub mod exemption;
pub mod glob;
pub mod levels;
pub mod outside;
pub mod pattern;
pub mod record;
pub mod sample;
pub mod sets;
pub mod target;
pub mod waiver;

#[cfg(test)]
mod tests;

use crate::model::PersonRef;
use crate::source::{FileId, Span};

pub use assertion::{Assertion, Claim, Who};
pub use assignment::Assignment;
pub use boundary::Boundary;
pub use custom::CustomRule;
pub use exemption::Exemption;
pub use levels::{Level, Param, Profile, RuleSetting};
pub use outside::OutsideFile;
pub use record::Access;
pub use sets::{ConflictSet, ToxicScope, ToxicSet};
pub use target::{AssetName, Scope, Target};
pub use waiver::{Waiver, Waivers};

/// `policy:` of all files. Lists are in the order of the files, and of the lines in them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Policy {
    /// Limits of the guards.
    pub guards: GuardLimits,
    /// Whose levels and parameters hold where `rules:` says nothing.
    pub profile: Option<Placed<Profile>>,
    /// Levels and parameters of rules; each rule at most once.
    pub rules: Vec<RuleSetting>,
    /// Findings that are accepted for a time.
    pub waivers: Vec<Waiver>,
    /// Rules of the repository's own, by name.
    pub custom_rules: Vec<CustomRule>,
    /// What must be so.
    pub assertions: Vec<Assertion>,
    /// Which files may grant what.
    pub boundaries: Vec<Boundary>,
    /// Capabilities that one person must not hold together, by name.
    pub toxic: Vec<ToxicSet>,
    /// Clients that compete, by name.
    pub conflicts: Vec<ConflictSet>,
    /// Who works for which clients.
    pub assignments: Vec<Assignment>,
    /// Labels of assets on which new access needs a second look.
    pub protected_labels: Vec<Placed<String>>,
    /// People the directory need not know.
    pub exempt: Vec<Exemption>,
    /// The directory: who works here.
    pub directory: Option<OutsideFile>,
    /// When people were last active.
    pub activity: Option<OutsideFile>,
    /// Whose approval a plan needs.
    pub approvals: approvals::ApprovalPolicy,
    /// The documents that say something of it, in the order of the files.
    pub files: Vec<FileId>,
}

impl Policy {
    /// What is written about a rule.
    pub fn rule(&self, name: &str) -> Option<&RuleSetting> {
        self.rules.iter().find(|rule| rule.name.value == name)
    }
}

/// A value with the place it is written at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place, with its quotes.
    pub span: Span,
}

/// Limits of the guards on a whole plan. Shares are percent of what was there before.
#[derive(Clone, PartialEq, Debug)]
pub struct GuardLimits {
    /// Removals of one class in one business up to this many never refuse (the floor for small businesses).
    pub removals_floor: u32,
    /// More removals of one class in one business than this refuse.
    pub removals_count: u32,
    /// A larger share of one class removed than this, in percent, refuses (above the floor).
    pub removals_share: u32,
    /// An export older than this many hours refuses; `None` = any age.
    pub snapshot_age_hours: Option<u32>,
    /// A desired state with less than this share (percent) of the observed people or grants refuses.
    pub desired_share: u32,
    /// Removals in a scope that was never applied before refuse (adopt first).
    pub first_apply: bool,
    /// At least this many managers who are people must be left.
    pub managers: u32,
}

impl Default for GuardLimits {
    fn default() -> Self {
        GuardLimits {
            removals_floor: 5,
            removals_count: 20,
            removals_share: 5,
            snapshot_age_hours: Some(24),
            desired_share: 50,
            first_apply: true,
            managers: 1,
        }
    }
}

/// Who applies, where known: the guard of one's own access looks at it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applicant(pub Option<PersonRef>);
