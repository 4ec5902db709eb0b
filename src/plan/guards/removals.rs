//! The guard on how much a plan takes away: in numbers and as a share, class by class, of what people really reach.

use std::collections::BTreeSet;

use crate::diff::{Difference, Pair};
use crate::policy::GuardLimits;

use super::super::reach::Space;
use super::super::totals;
use super::{Case, Finding, Refusal};

/// Removals of one class.
struct Class {
    /// What is counted, one and many.
    noun: (&'static str, &'static str),
    removed: u64,
    before: u64,
}

pub(super) fn removals(case: &Case<'_>, limits: &GuardLimits) -> Finding {
    let classes = classes(case);
    let total: u64 = classes.iter().map(|class| class.removed).sum();
    let refusing: Vec<String> = classes.iter().filter(|class| class.refuses(limits)).map(Class::text).collect();
    if refusing.is_empty() {
        return Finding::Quiet;
    }
    Finding::Refused(Refusal {
        count: total,
        message: format!(
            "{total} removals in all; too many of {}; limit {} % or {} of a class, {} always pass",
            refusing.join(", "),
            limits.removals_share,
            limits.removals_count,
            limits.removals_floor
        ),
        details: classes.iter().filter(|class| class.removed > 0).map(Class::text).collect(),
    })
}

impl Class {
    fn refuses(&self, limits: &GuardLimits) -> bool {
        let share = self.removed.saturating_mul(100) > self.before.saturating_mul(u64::from(limits.removals_share));
        self.removed > u64::from(limits.removals_floor) && (self.removed > u64::from(limits.removals_count) || share)
    }

    /// `7 of 120 memberships (6 %)`, the share rounded up so that it never looks smaller than it is.
    fn text(&self) -> String {
        let noun = if self.before == 1 { self.noun.0 } else { self.noun.1 };
        let share = self.removed.saturating_mul(100).div_ceil(self.before.max(1));
        format!("{} of {} {noun} ({share} %)", self.removed, self.before)
    }
}

fn classes(case: &Case<'_>) -> [Class; 8] {
    let (people, partners) = accesses(case);
    let of = |noun, removed, before| Class { noun, removed, before };
    let observed = case.observed;
    let groups = observed.assets.iter().filter(|asset| observed.is_group(asset));
    let managers = observed.members.iter().filter(|member| observed.is_manager(member));
    let counted = |counts: fn(&Case<'_>, &Difference) -> u64| -> u64 {
        case.steps.iter().map(|(step, _)| counts(case, step)).sum()
    };
    [
        of(
            ("membership", "memberships"),
            counted(|_, step| u64::from(matches!(step, Difference::RemoveMember { .. }))),
            observed.members.len() as u64,
        ),
        of(("manager", "managers"), counted(manager), managers.count() as u64),
        of(
            ("partnership", "partnerships"),
            counted(|_, step| u64::from(matches!(step, Difference::RemovePartner { .. }))),
            observed.partners.len() as u64,
        ),
        of(("access of members to assets", "accesses of members to assets"), people.0, people.1),
        of(("access of partners to assets", "accesses of partners to assets"), partners.0, partners.1),
        of(("pending invitation", "pending invitations"), cancelled(case), totals::pending(observed)),
        of(("asset in groups", "assets in groups"), counted(content), observed.contents.len() as u64),
        of(
            ("asset group", "asset groups"),
            counted(|_, step| u64::from(matches!(step, Difference::DeleteGroup { .. }))),
            groups.count() as u64,
        ),
    ]
}

/// Lost and existing pairs of principal and asset, of people and of partners: what is reached directly and through groups, so that
/// grants that end with a membership or a group count as what they are.
fn accesses(case: &Case<'_>) -> ((u64, u64), (u64, u64)) {
    let mut space = Space::default();
    let before = case.reach.accesses(&mut space);
    let (mut people, mut partners) = (0, 0);
    for principal in case.reach.touched() {
        let lost = case.reach.lost(principal, &mut space).len() as u64;
        if principal.is_partner() {
            partners += lost;
        } else {
            people += lost;
        }
    }
    ((people, before.0), (partners, before.1))
}

/// A manager who goes or becomes something less.
fn manager(case: &Case<'_>, step: &Difference) -> u64 {
    let manages = |person: &Pair| {
        let member = person.observed.map(|member| &case.observed.members[member as usize]);
        member.is_some_and(|member| case.observed.is_manager(member))
    };
    match step {
        Difference::RemoveMember { person } => u64::from(manages(person)),
        Difference::SetRole { person, after, .. } => u64::from(!after.admin && manages(person)),
        _ => 0,
    }
}

fn content(case: &Case<'_>, step: &Difference) -> u64 {
    match step {
        Difference::RemoveFromGroup { .. } => 1,
        Difference::DeleteGroup { group } => case.observed.contents_of(*group).len() as u64,
        _ => 0,
    }
}

/// Cancelled invitations, but for those that are sent again in a better form.
fn cancelled(case: &Case<'_>) -> u64 {
    let again = sent_again(case);
    let cancelled = case
        .steps
        .iter()
        .filter(|(step, _)| matches!(step, Difference::Cancel { invite, .. } if !again.contains(invite)));
    cancelled.count() as u64
}

/// Pending invites that the plan replaces.
pub(super) fn sent_again(case: &Case<'_>) -> BTreeSet<u32> {
    let replaced = case.steps.iter().filter_map(|(step, _)| match step {
        Difference::Invite { instead_of, .. } => Some(instead_of),
        _ => None,
    });
    replaced.flatten().copied().collect()
}
