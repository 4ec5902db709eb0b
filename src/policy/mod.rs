//! What a repository allows: limits of the guards. Rule levels, waivers and assertions join here.

use crate::model::PersonRef;

/// `policy:` of `accord.yaml`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Policy {
    /// Limits of the guards.
    pub guards: GuardLimits,
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
