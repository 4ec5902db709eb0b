//! From an action to the difference it makes, so that guards, risks and reach look at an undo as they look at any plan.

use crate::diff::{Difference, Matches, Pair, Who};
use crate::model::{AssetRef, PartnerRef, PermissionSet, PersonRef, Principal, PrincipalIx};
use crate::observed::ObservedState;
use crate::platforms::Role;

use super::super::action::Action;

/// The difference of an action on what is there; `None` for what only asks somebody who is not (it takes nothing away).
pub(super) fn of(action: &Action, observed: &ObservedState, matches: &Matches) -> Option<Difference> {
    let finder = Finder { observed, matches };
    match action {
        Action::AddToGroup { group, asset } => {
            Some(Difference::AddToGroup { group: finder.asset(group)?, asset: finder.asset(asset)? })
        }
        Action::RemoveFromGroup { group, asset } => {
            Some(Difference::RemoveFromGroup { group: finder.asset(group)?, asset: finder.asset(asset)? })
        }
        Action::DeleteGroup { group, .. } => Some(Difference::DeleteGroup { group: finder.asset(group)?.observed? }),
        Action::CancelInvite { invite, invitee, .. } => {
            Some(Difference::Cancel { invite: observed.find_invite(invite)?, who: finder.who(invitee) })
        }
        Action::SetRole { person, before, after } => {
            let role = |word: &str| observed.platform.role(word);
            let after = role(after)?;
            Some(Difference::SetRole {
                person: finder.person(person)?,
                after,
                lowers: lowers(role(before), after, observed.platform.roles),
            })
        }
        Action::SetGrant { principal, asset, before: _, after } => Some(Difference::SetGrant {
            who: finder.who(principal)?,
            asset: finder.asset(asset)?,
            before: finder.grant(principal, asset),
            after: bits(after, observed),
        }),
        Action::RemoveGrant { principal, asset, .. } => Some(Difference::RemoveGrant {
            who: finder.who(principal)?,
            asset: finder.asset(asset)?,
            before: finder.grant(principal, asset),
        }),
        Action::RequestAccess { partner, asset, after, .. } => Some(Difference::RequestAccess {
            partner: finder.partner(partner)?,
            asset: finder.asset(asset)?,
            before: finder.grant(&Principal::Partner(partner.clone()), asset),
            after: bits(after, observed),
        }),
        Action::RemoveMember { person, .. } => Some(Difference::RemoveMember { person: finder.person(person)? }),
        Action::RemovePartner { partner, .. } => Some(Difference::RemovePartner { partner: finder.partner(partner)? }),
        Action::CreateGroup { .. }
        | Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::AcceptInvite { .. }
        | Action::AttachGrants { .. } => None,
    }
}

/// Permission words as bits of the platform's table.
pub(super) fn bits(words: &[String], observed: &ObservedState) -> u32 {
    words.iter().filter_map(|word| observed.platform.permission_bit(word)).fold(0, |all, bit| all | bit)
}

/// Roles are listed from the least privileged on; one that nobody knows may have been anything.
fn lowers(before: Option<&Role>, after: &Role, roles: &[Role]) -> bool {
    let rank = |role: &Role| roles.iter().position(|other| other.word == role.word);
    before.is_none_or(|before| rank(after) < rank(before))
}

struct Finder<'a> {
    observed: &'a ObservedState,
    matches: &'a Matches,
}

impl Finder<'_> {
    fn asset(&self, asset: &AssetRef) -> Option<Pair> {
        let at = self.observed.find_asset(asset.id.as_deref()?)?;
        Some(self.matches.assets.of_observed(at))
    }

    fn person(&self, person: &PersonRef) -> Option<Pair> {
        let at = self.observed.find_member(person.id.as_deref()?)?;
        Some(self.matches.people.of_member(at))
    }

    fn partner(&self, partner: &PartnerRef) -> Option<Pair> {
        let at = self.observed.find_partner(&partner.id, partner.direction)?;
        Some(self.matches.partners.of_observed(at))
    }

    fn who(&self, principal: &Principal) -> Option<Who> {
        match principal {
            Principal::Person(person) => self.person(person).map(Who::Person),
            Principal::Partner(partner) => self.partner(partner).map(Who::Partner),
        }
    }

    fn grant(&self, principal: &Principal, asset: &AssetRef) -> PermissionSet {
        let who = match self.who(principal) {
            Some(Who::Person(pair)) => pair.observed.map(PrincipalIx::person),
            Some(Who::Partner(pair)) => pair.observed.map(PrincipalIx::partner),
            None => None,
        };
        let on = self.asset(asset).and_then(|pair| pair.observed);
        who.zip(on).and_then(|(who, on)| self.observed.grant(who, on)).unwrap_or_default()
    }
}
