//! `policy:` as it is written: names of people, partners and assets are not looked up yet.

use jiff::civil::Date;

use crate::policy::approvals::ApprovalPolicy;
use crate::policy::boundary::HolderKind;
use crate::policy::{Claim, ConflictSet, CustomRule, GuardLimits, Placed, Profile, RuleSetting, ToxicSet};
use crate::source::{At, Span};

/// What one document says.
#[derive(Debug, Default)]
pub(in crate::desired) struct Policy {
    /// Where its key stands.
    pub at: At,
    pub guards: Option<Placed<GuardLimits>>,
    pub profile: Option<Placed<Profile>>,
    pub rules: Vec<RuleSetting>,
    pub waivers: Vec<Waiver>,
    pub custom_rules: Vec<CustomRule>,
    pub assertions: Vec<Assertion>,
    pub boundaries: Vec<Boundary>,
    pub toxic: Vec<ToxicSet>,
    pub conflicts: Vec<ConflictSet>,
    pub assignments: Vec<Assignment>,
    pub protected_labels: Vec<Placed<String>>,
    pub exempt: Vec<Exemption>,
    pub directory: Option<Placed<String>>,
    pub activity: Option<Placed<String>>,
    pub approvals: Option<Placed<ApprovalPolicy>>,
}

impl Policy {
    /// Whether anything stands below the key.
    pub fn says_something(&self) -> bool {
        let Policy {
            at: _,
            guards,
            profile,
            rules,
            waivers,
            custom_rules,
            assertions,
            boundaries,
            toxic,
            conflicts,
            assignments,
            protected_labels,
            exempt,
            directory,
            activity,
            approvals,
        } = self;
        let settings =
            [guards.is_some(), profile.is_some(), directory.is_some(), activity.is_some(), approvals.is_some()];
        let counts = [
            rules.len(),
            waivers.len(),
            custom_rules.len(),
            assertions.len(),
            boundaries.len(),
            toxic.len(),
            conflicts.len(),
            assignments.len(),
            protected_labels.len(),
            exempt.len(),
        ];
        settings.contains(&true) || counts.iter().any(|&count| count > 0)
    }
}

/// People, by all ways to name them.
#[derive(Debug, Default)]
pub(in crate::desired) struct Parties {
    pub people: Vec<Placed<String>>,
    pub teams: Vec<Placed<String>>,
    pub partners: Vec<Placed<String>>,
    /// Whether any of the three is written.
    pub written: bool,
}

/// Assets, by all ways to name them.
#[derive(Debug, Default)]
pub(in crate::desired) struct Assets {
    pub on: Vec<Placed<String>>,
    pub clients: Vec<Placed<String>>,
    pub labels: Vec<Placed<String>>,
    pub businesses: Vec<Placed<String>>,
}

#[derive(Debug)]
pub(in crate::desired) struct Waiver {
    pub rule: Placed<String>,
    pub subject: Option<Placed<String>>,
    pub object: Option<Placed<String>>,
    pub reason: Placed<String>,
    pub owner: Placed<String>,
    pub approved_by: Placed<String>,
    pub approved_on: Placed<Date>,
    pub until: Placed<Date>,
    pub ticket: Option<Placed<String>>,
    pub renewed: Vec<Placed<Date>>,
    pub span: Span,
}

#[derive(Debug)]
pub(in crate::desired) struct Assertion {
    pub claim: Claim,
    pub capabilities: Vec<Placed<String>>,
    pub parties: Parties,
    pub assets: Assets,
    pub reason: Option<Placed<String>>,
    pub span: Span,
}

#[derive(Debug)]
pub(in crate::desired) struct Assignment {
    pub parties: Parties,
    pub assets: Assets,
    pub reason: Option<Placed<String>>,
    pub span: Span,
}

#[derive(Debug)]
pub(in crate::desired) struct Boundary {
    pub files: Vec<Placed<String>>,
    pub assets: Assets,
    pub permissions: Vec<Placed<String>>,
    pub capabilities: Vec<Placed<String>>,
    pub holders: Vec<Placed<HolderKind>>,
    pub roles: Vec<Placed<String>>,
    pub reason: Option<Placed<String>>,
    pub span: Span,
}

#[derive(Debug)]
pub(in crate::desired) struct Exemption {
    pub who: Placed<String>,
    pub reason: Option<Placed<String>>,
    pub owner: Option<Placed<String>>,
    pub until: Option<Placed<Date>>,
    pub span: Span,
}
