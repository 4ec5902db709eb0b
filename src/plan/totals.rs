//! Counts of facts before a plan and after it.

use crate::diff::{Difference, Pair, Who};
use crate::observed::{InviteStatus, ObservedState};

use super::reach::Reach;
use super::{Counts, Totals};

/// Counts before and after.
pub(super) fn totals<'d>(
    observed: &ObservedState,
    reach: &Reach<'_>,
    differences: impl Iterator<Item = &'d Difference>,
    unchanged: u64,
) -> Totals {
    let before = counts(observed);
    let mut after = before;
    let ended = ended_grants(observed, reach);
    less(&mut after.member_grants, ended.0);
    less(&mut after.partner_grants, ended.1);
    for difference in differences {
        count(difference, observed, &mut after);
    }
    Totals { before, after, unchanged }
}

fn counts(observed: &ObservedState) -> Counts {
    let split = observed.grants.partition_point(|grant| !grant.principal.is_partner());
    let managers = observed.members.iter().filter(|member| observed.is_manager(member));
    Counts {
        members: observed.members.len() as u64,
        managers: managers.count() as u64,
        partners: observed.partners.len() as u64,
        member_grants: split as u64,
        partner_grants: (observed.grants.len() - split) as u64,
        pending_invites: pending(observed),
        group_contents: observed.contents.len() as u64,
    }
}

/// Invites and requests that we sent and that wait.
pub(super) fn pending(observed: &ObservedState) -> u64 {
    let pending = observed.invites.iter().filter(|invite| invite.status == InviteStatus::Pending && !invite.received);
    pending.count() as u64
}

/// Grants that end because a membership, a partnership or a group ends, each once.
fn ended_grants(observed: &ObservedState, reach: &Reach<'_>) -> (u64, u64) {
    if reach.gone.is_empty() && reach.deleted.is_empty() {
        return (0, 0);
    }
    let ends = observed
        .grants
        .iter()
        .filter(|grant| reach.gone.contains_key(&grant.principal) || reach.deleted.contains_key(&grant.asset));
    ends.fold((0, 0), |(people, partners), grant| {
        let partner = u64::from(grant.principal.is_partner());
        (people + 1 - partner, partners + partner)
    })
}

fn count(difference: &Difference, observed: &ObservedState, after: &mut Counts) {
    let manages = |person: &Pair| {
        let member = person.observed.map(|at| &observed.members[at as usize]);
        member.is_some_and(|member| observed.is_manager(member))
    };
    match difference {
        Difference::AddToGroup { .. } => after.group_contents += 1,
        Difference::RemoveFromGroup { .. } => less(&mut after.group_contents, 1),
        Difference::DeleteGroup { group } => {
            let contents = observed.contents_of(*group).len() as u64;
            less(&mut after.group_contents, contents);
        }
        Difference::Invite { .. } | Difference::RequestAccess { .. } => after.pending_invites += 1,
        Difference::Cancel { .. } => less(&mut after.pending_invites, 1),
        Difference::Accept { grants, .. } => {
            after.partners += 1;
            after.partner_grants += grants.len() as u64;
        }
        Difference::SetRole { person, after: role, .. } => {
            after.managers += u64::from(role.admin);
            less(&mut after.managers, u64::from(manages(person)));
        }
        Difference::SetGrant { who, before, .. } if before.is_empty() => *grants(*who, after) += 1,
        Difference::RemoveGrant { who, .. } => less(grants(*who, after), 1),
        Difference::RemoveMember { person } => {
            less(&mut after.members, 1);
            less(&mut after.managers, u64::from(manages(person)));
        }
        Difference::RemovePartner { .. } => less(&mut after.partners, 1),
        Difference::CreateGroup { .. } | Difference::Attach { .. } | Difference::SetGrant { .. } => {}
    }
}

/// A count never goes below nothing, whatever the export says.
fn less(count: &mut u64, by: u64) {
    *count = count.saturating_sub(by);
}

fn grants(who: Who, counts: &mut Counts) -> &mut u64 {
    match who {
        Who::Person(_) => &mut counts.member_grants,
        Who::Partner(_) => &mut counts.partner_grants,
    }
}
