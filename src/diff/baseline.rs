//! The last applied state as the third side: whose change a difference is.

use crate::model::{PermissionSet, PrincipalIx, fold};
use crate::observed::{Grant, InviteKind, InviteStatus, ObservedState};

use super::change::Origin;
use super::rows::Rows;

/// The last applied state, matched with the observed one by ids.
pub(super) struct Baseline<'a> {
    pub(super) state: &'a ObservedState,
    /// By member of the observed state.
    pub(super) member_of: Vec<Option<u32>>,
    /// By partner of the observed state.
    pub(super) partner_of: Vec<Option<u32>>,
    /// By asset of the observed state.
    pub(super) asset_of: Vec<Option<u32>>,
    /// By asset of the last applied state: the asset of the observed one.
    pub(super) now: Vec<Option<u32>>,
    pub(super) rows: Rows,
    /// Folded ids, addresses and user names of its members.
    names: Vec<(String, u32)>,
}

impl<'a> Baseline<'a> {
    pub(super) fn of(state: &'a ObservedState, observed: &ObservedState) -> Self {
        let member_of = observed.members.iter().map(|member| state.find_member(observed.text(member.id)));
        let partner_of =
            observed.partners.iter().map(|partner| state.find_partner(observed.text(partner.id), partner.direction));
        let asset_of: Vec<Option<u32>> =
            observed.assets.iter().map(|asset| state.find_asset(observed.text(asset.id))).collect();
        let mut now = vec![None; state.assets.len()];
        for (asset, before) in (0..).zip(&asset_of) {
            if let Some(before) = before {
                now[*before as usize] = Some(asset);
            }
        }
        Baseline {
            member_of: member_of.collect(),
            partner_of: partner_of.collect(),
            asset_of,
            now,
            rows: Rows::of_observed(state),
            names: member_names(state),
            state,
        }
    }

    /// The member of then who bears one of these (folded) names or ids.
    pub(super) fn member_named(&self, names: &[String]) -> Option<u32> {
        names.iter().find_map(|name| {
            let found = self.names.binary_search_by(|(own, _)| own.cmp(name));
            found.ok().map(|found| self.names[found].1)
        })
    }

    /// Whether somebody of these (folded) names had a pending invite then.
    pub(super) fn invited(&self, names: &[String]) -> bool {
        self.state.invites.iter().any(|invite| {
            let pending = invite.status == InviteStatus::Pending && !invite.received;
            let invitee = fold(self.state.text(invite.invitee));
            pending && names.iter().any(|name| *name == invitee)
        })
    }

    /// Whether an invite of a kind to somebody of these (folded) names waited then and is not listed now, not even as answered.
    pub(super) fn lost_invite(&self, kind: InviteKind, names: &[String], observed: &ObservedState) -> bool {
        self.state.invites.iter().any(|invite| {
            let waited = invite.kind == kind && invite.status == InviteStatus::Pending && !invite.received;
            let invitee = fold(self.state.text(invite.invitee));
            waited
                && names.iter().any(|name| *name == invitee)
                && observed.find_invite(self.state.text(invite.id)).is_none()
        })
    }

    /// A principal of now, as of then.
    pub(super) fn principal(&self, now: PrincipalIx) -> Option<PrincipalIx> {
        if now.is_partner() {
            self.partner_of[now.index()].map(PrincipalIx::partner)
        } else {
            self.member_of[now.index()].map(PrincipalIx::person)
        }
    }

    /// The grants that a principal of now had then.
    pub(super) fn grants(&self, now: PrincipalIx) -> &[Grant] {
        self.principal(now).map_or(&[], |then| self.rows.slice(&self.state.grants, then))
    }

    /// What a principal of now had then on an asset of now: bits of the platform's table.
    pub(super) fn grant(&self, principal: PrincipalIx, asset: Option<u32>) -> u32 {
        self.set(principal, asset).known
    }

    /// The same with the words that the table does not have.
    pub(super) fn set(&self, principal: PrincipalIx, asset: Option<u32>) -> PermissionSet {
        let Some(asset) = asset.and_then(|asset| self.asset_of[asset as usize]) else {
            return PermissionSet::default();
        };
        let grants = self.grants(principal);
        let found = grants.binary_search_by_key(&asset, |grant| grant.asset);
        found.map(|found| grants[found].permissions).unwrap_or_default()
    }
}

fn member_names(state: &ObservedState) -> Vec<(String, u32)> {
    let named = (0..).zip(&state.members).flat_map(|(index, member)| {
        let own = [Some(member.id), member.email, member.username];
        own.into_iter().flatten().map(move |sym| (fold(state.text(sym)).into_owned(), index))
    });
    let mut names: Vec<_> = named.collect();
    names.sort_unstable();
    names
}

/// Whose change it is that `observed` and `desired` differ.
pub(super) fn origin<T: PartialEq>(then: Option<&T>, observed: &T, desired: &T) -> Origin {
    match then {
        None => Origin::Unknown,
        Some(then) if then == observed => Origin::Files,
        Some(then) if then == desired => Origin::Drift,
        Some(_) => Origin::Conflict,
    }
}
