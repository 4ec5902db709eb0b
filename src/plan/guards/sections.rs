//! Guards on whole sections: files that say next to nothing, and sections that are managed for the first time.

use std::collections::BTreeSet;

use crate::diff::{Difference, Pair, Who};
use crate::model::PrincipalIx;
use crate::observed::InviteKind;
use crate::policy::GuardLimits;

use super::super::sentence::count;
use super::removals::sent_again;
use super::{Case, Finding, Refusal, refuse_for};

/// A part of a business that is managed as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Section {
    People,
    PeopleGrants,
    Partners,
    PartnerGrants,
    Groups,
    Contents,
}

impl Section {
    fn of(case: &Case<'_>, step: &Difference) -> Self {
        match step {
            Difference::CreateGroup { .. } | Difference::DeleteGroup { .. } => Section::Groups,
            Difference::AddToGroup { .. } | Difference::RemoveFromGroup { .. } => Section::Contents,
            Difference::SetRole { .. } | Difference::RemoveMember { .. } => Section::People,
            Difference::RemovePartner { .. } | Difference::Accept { .. } => Section::Partners,
            Difference::RequestAccess { .. } => Section::PartnerGrants,
            Difference::Invite { who, .. } | Difference::Attach { who, .. } => match who {
                Who::Person(_) => Section::People,
                Who::Partner(_) => Section::Partners,
            },
            Difference::Cancel { invite, .. } => match case.observed.invites[*invite as usize].kind {
                InviteKind::MemberInvite | InviteKind::Other(_) => Section::People,
                InviteKind::PartnerInvite | InviteKind::PartnerRequest => Section::Partners,
            },
            Difference::SetGrant { who, .. } | Difference::RemoveGrant { who, .. } => match who {
                Who::Person(_) => Section::PeopleGrants,
                Who::Partner(_) => Section::PartnerGrants,
            },
        }
    }
}

/// What the files write about a section, next to what the export has. Lines that ended count as written: an end is a statement.
struct Fill {
    section: Section,
    words: &'static str,
    written: u64,
    observed: u64,
}

/// A managed section is empty, or says less than its share of what is there, and the plan removes something of it.
pub(super) fn empty_desired(case: &Case<'_>, limits: &GuardLimits) -> Finding {
    let mut removed = 0;
    let mut thin = Vec::new();
    for fill in fills(case) {
        let share = u64::from(limits.desired_share);
        let empty = fill.written == 0 && fill.observed > 0;
        let near = fill.written.saturating_mul(100) < fill.observed.saturating_mul(share);
        let removals = removals_in(case, fill.section);
        if removals > 0 && (empty || near) {
            removed += removals;
            thin.push(format!("the files write {} of {} {}", fill.written, fill.observed, fill.words));
        }
    }
    if thin.is_empty() {
        return Finding::Quiet;
    }
    Finding::Refused(Refusal {
        count: removed,
        message: format!(
            "{}, limit {} %; {} rest on that",
            thin.join("; "),
            limits.desired_share,
            count(usize::try_from(removed).unwrap_or(usize::MAX), "removal")
        ),
        details: thin,
    })
}

fn fills(case: &Case<'_>) -> Vec<Fill> {
    let managed = case.desired.businesses[case.business].managed;
    let observed = case.observed;
    let groups = observed.assets.iter().filter(|asset| observed.is_group(asset));
    let mut fills = Vec::new();
    let mut add = |section, words, written: usize, observed: usize| {
        fills.push(Fill { section, words, written: written as u64, observed: observed as u64 });
    };
    if managed.people {
        add(Section::People, "people", people(case), observed.members.len());
    }
    if managed.people_grants {
        let split = observed.grants.partition_point(|grant| !grant.principal.is_partner());
        add(Section::PeopleGrants, "grants of people", grants(case, |who| !who.is_partner()), split);
    }
    if managed.partners {
        let written = case.matches.partners.range.len();
        add(Section::Partners, "partners", written, observed.partners.len());
        let seen = managed_partner_grants(case);
        add(Section::PartnerGrants, "grants of partners", grants(case, PrincipalIx::is_partner), seen);
    }
    if managed.groups {
        let assets = &case.desired.assets[case.matches.assets.range.clone()];
        let written = assets.iter().filter(|asset| asset.kind.group).count();
        add(Section::Groups, "asset groups", written, groups.count());
    }
    fills
}

fn people(case: &Case<'_>) -> usize {
    let business = crate::diff::index(case.business);
    let rows = case.desired.memberships.chunk_by(|a, b| (a.business, a.person) == (b.business, b.person));
    rows.filter(|rows| rows.first().is_some_and(|row| row.business == business)).count()
}

/// Distinct pairs of principal and asset that the files write.
fn grants(case: &Case<'_>, of: impl Fn(PrincipalIx) -> bool) -> usize {
    let range = &case.matches.assets.range;
    let ours = case.desired.grants.iter().filter(|row| range.contains(&(row.asset as usize)) && of(row.principal));
    let mut last = None;
    let mut distinct = 0;
    for row in ours {
        let pair = Some((row.principal, row.asset));
        distinct += usize::from(pair != last);
        last = pair;
    }
    distinct
}

/// Grants of partners whose grants the files write.
fn managed_partner_grants(case: &Case<'_>) -> usize {
    let partners = &case.matches.partners;
    let managed = partners.range.clone().filter(|&partner| case.desired.partners[partner].grants_written);
    let seen = managed.filter_map(|partner| partners.of_desired(crate::diff::index(partner)).observed);
    seen.map(|partner| case.observed.grants_of(PrincipalIx::partner(partner)).len()).sum()
}

fn removals_in(case: &Case<'_>, section: Section) -> u64 {
    let again = sent_again(case);
    let removals = case.steps.iter().filter(|(step, _)| takes_away(step, &again) && Section::of(case, step) == section);
    removals.count() as u64
}

/// Whether a step takes something away for good; an invite that is sent again in a better form is not.
fn takes_away(step: &Difference, again: &BTreeSet<u32>) -> bool {
    match step {
        Difference::Invite { .. } => false,
        Difference::Cancel { invite, .. } => !again.contains(invite),
        other => other.removes(),
    }
}

/// Something is removed in a section that no apply has managed before: adopt it first.
pub(super) fn first_apply(case: &Case<'_>, limits: &GuardLimits) -> Finding {
    if !limits.first_apply {
        return Finding::Off;
    }
    let again = sent_again(case);
    let known = |step: &Difference| {
        let Some(before) = case.managed_before else {
            return false;
        };
        label(case, step).is_none_or(|label| before.contains(&label))
    };
    let removals = case
        .steps
        .iter()
        .filter(|(step, _)| takes_away(step, &again) && !known(step))
        .map(|(_, sentence)| sentence.clone());
    refuse_for(removals.collect(), |found| {
        let removals = count(usize::try_from(found).unwrap_or(usize::MAX), "removal");
        format!("{removals} in a scope that was never applied before; use `mode: adopt` first")
    })
}

/// The stable name of the section that a step belongs to, as [`ChangeSet::managed`](crate::diff::ChangeSet::managed) has it.
fn label(case: &Case<'_>, step: &Difference) -> Option<String> {
    Some(match Section::of(case, step) {
        Section::People => "people".to_owned(),
        Section::PeopleGrants => "people-grants".to_owned(),
        Section::Partners => "partners".to_owned(),
        Section::Groups => "groups".to_owned(),
        Section::PartnerGrants => {
            let Some(Who::Partner(pair)) = step.who() else {
                return None;
            };
            let partner = case.names.partner(pair)?;
            format!("partner-grants {} {}", partner.direction.word(), partner.id)
        }
        Section::Contents => {
            let (Difference::AddToGroup { group, .. } | Difference::RemoveFromGroup { group, .. }) = step else {
                return None;
            };
            let group: Pair = *group;
            let key = case.names.asset(group).key?;
            format!("group-contents {key}")
        }
    })
}
