//! The opposite of asking somebody, and of ending a relation: in both cases somebody else has the last word.

use std::collections::BTreeSet;

use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal, PrincipalIx};
use crate::observed::{Invite, InviteKind, InviteStatus};

use super::super::action::{Action, AttachedGrant, EndingGrant};
use super::super::risk;
use super::super::{Operation, Undo};
use super::Undone;
use super::inverse::{Inverse, Now, action, held};

impl<'a> Now<'a> {
    pub(super) fn invited(&self, undone: &Undone<'_>) -> Inverse {
        let Some((kind, invitee)) = asked(&undone.operation.action) else {
            return Inverse::Nothing("nobody was asked".to_owned());
        };
        let label = invitee.label();
        // A target need not tell the id of what it created.
        let invite = match undone.created {
            Some(id) => self.invite(id),
            None => self.only_pending(kind, &invitee),
        };
        match invite {
            Some(invite) if invite.status == InviteStatus::Pending => action(self.cancel(invite, invitee)),
            Some(invite) if invite.status == InviteStatus::Accepted => answered(&label),
            Some(_) => Inverse::Nothing(format!("the invitation of {label} does not wait any more")),
            None if self.is_in(&invitee) => answered(&label),
            None => Inverse::Nothing(format!("the invitation of {label} is gone")),
        }
    }

    /// The one invite of a kind that waits for an invitee's answer.
    fn only_pending(&self, kind: InviteKind, invitee: &Principal) -> Option<&'a Invite> {
        let invites = &self.state().invites;
        let mut waiting: BTreeSet<u32> = BTreeSet::new();
        for name in invitee_names(invitee) {
            waiting.extend(self.lookup.pending_for(name));
        }
        waiting.retain(|&at| {
            let invite = &invites[at as usize];
            invite.kind == kind && !invite.received
        });
        let only = waiting.pop_first().filter(|_| waiting.is_empty())?;
        invites.get(only as usize)
    }

    fn cancel(&self, invite: &Invite, invitee: Principal) -> Action {
        let state = self.state();
        let grants = invite.grants.iter().map(|(asset, set)| AttachedGrant {
            asset: self.named(state.text(*asset)),
            permissions: state.words(*set),
        });
        Action::CancelInvite {
            invite: state.text(invite.id).to_owned(),
            invitee,
            role: invite.role.map(|role| state.text(role).to_owned()),
            grants: grants.collect(),
        }
    }

    pub(super) fn attached(&self, invite: &str, operation: &Operation) -> Inverse {
        let waits = self.invite(invite).is_some_and(|invite| invite.status == InviteStatus::Pending);
        match risk::undo(&operation.action) {
            Undo::Partly { why } if waits => held("irreversible", why),
            _ => Inverse::Nothing("the invitation does not wait any more".to_owned()),
        }
    }

    /// The opposite of accepting somebody is to end the partnership, with everything it has by now.
    pub(super) fn accepted(&self, partner: &PartnerRef) -> Inverse {
        let state = self.state();
        let Some(at) = state.find_partner(&partner.id, partner.direction) else {
            return Inverse::Nothing(format!("{} is no partner any more", partner.label()));
        };
        let grants = state.grants_of(PrincipalIx::partner(at)).iter().map(|grant| EndingGrant {
            principal: None,
            asset: self.named(state.text(state.assets[grant.asset as usize].id)),
            permissions: state.words(grant.permissions),
        });
        action(Action::RemovePartner { partner: partner.clone(), grants: grants.collect() })
    }

    pub(super) fn cancelled(&self, invitee: &Principal, role: Option<&str>, grants: &[AttachedGrant]) -> Inverse {
        let label = invitee.label();
        if self.waits(invitee) {
            return Inverse::Nothing(format!("{label} is invited again"));
        }
        let Principal::Person(person) = invitee else {
            return self.invite_partner_again(invitee, grants);
        };
        if self.is_in(invitee) {
            return Inverse::Nothing(format!("{label} is a member"));
        }
        match role {
            Some(role) => self.invite_again(person, role, grants.to_vec()),
            None => held("irreversible", format!("the role that {label} was invited for is not known")),
        }
    }

    fn invite_partner_again(&self, invitee: &Principal, grants: &[AttachedGrant]) -> Inverse {
        let Principal::Partner(partner) = invitee else {
            return Inverse::Nothing("nobody was asked".to_owned());
        };
        match (self.is_in(invitee), partner.direction) {
            (false, _) => self.ask_again(partner, grants.to_vec()),
            (true, Direction::Inbound) => Inverse::Nothing(format!("{} is a partner", partner.label())),
            (true, Direction::Outbound) => held(
                "irreversible",
                format!("rights asked of {} are asked for by the files: plan again", partner.label()),
            ),
        }
    }

    pub(super) fn removed_member(&self, person: &PersonRef, role: &str, grants: &[EndingGrant]) -> Inverse {
        let invitee = Principal::Person(person.clone());
        if self.is_in(&invitee) {
            return Inverse::Nothing(format!("{} is a member again", person.label()));
        }
        if self.waits(&invitee) {
            return Inverse::Nothing(format!("{} is invited again", person.label()));
        }
        self.invite_again(person, role, attachable(grants))
    }

    pub(super) fn removed_partner(&self, partner: &PartnerRef, grants: &[EndingGrant]) -> Inverse {
        let invitee = Principal::Partner(partner.clone());
        if self.is_in(&invitee) {
            return Inverse::Nothing(format!("{} is a partner again", partner.label()));
        }
        if self.waits(&invitee) {
            return Inverse::Nothing(format!("{} is asked again", partner.label()));
        }
        self.ask_again(partner, attachable(grants))
    }

    fn invite_again(&self, person: &PersonRef, role: &str, grants: Vec<AttachedGrant>) -> Inverse {
        if person.email.is_none() && person.username.is_none() {
            let help = format!("no address of {} is known to invite them by", person.label());
            return held("irreversible", help);
        }
        let (grants, lost) = self.split_writable(grants);
        let invite = Action::InviteMember { person: person.clone(), role: role.to_owned(), grants };
        Inverse::Action(Box::new(invite), lost)
    }

    fn ask_again(&self, partner: &PartnerRef, grants: Vec<AttachedGrant>) -> Inverse {
        let (grants, lost) = self.split_writable(grants);
        let partner = partner.clone();
        let ask = match partner.direction {
            Direction::Inbound => Action::InvitePartner { partner, grants },
            Direction::Outbound => Action::RequestPartner { partner, grants },
        };
        Inverse::Action(Box::new(ask), lost)
    }

    /// Grants that can come with an invitation, and in words those that can't: on what is gone, or with words that nobody writes.
    fn split_writable(&self, grants: Vec<AttachedGrant>) -> (Vec<AttachedGrant>, Option<String>) {
        let there = |asset: &AssetRef| asset.id.as_deref().is_some_and(|id| self.state().find_asset(id).is_some());
        let (kept, lost): (Vec<_>, Vec<_>) =
            grants.into_iter().partition(|grant| there(&grant.asset) && self.unwritable(&grant.permissions).is_none());
        let words: Vec<String> =
            lost.iter().map(|grant| format!("{} on {}", grant.permissions.join(";"), grant.asset.label())).collect();
        (kept, (!words.is_empty()).then(|| words.join(", ")))
    }

    /// Whether somebody is asked already, other than by what is going to be cancelled.
    fn waits(&self, invitee: &Principal) -> bool {
        let state = self.state();
        let kind = match invitee {
            Principal::Person(_) => InviteKind::MemberInvite,
            Principal::Partner(partner) => match partner.direction {
                Direction::Inbound => InviteKind::PartnerInvite,
                Direction::Outbound => InviteKind::PartnerRequest,
            },
        };
        let waiting = |name: &str| {
            self.lookup.pending_for(name).iter().any(|&index| {
                let invite = &state.invites[index as usize];
                invite.kind == kind && !invite.received && !self.sent.contains(state.text(invite.id))
            })
        };
        invitee_names(invitee).any(waiting)
    }

    fn invite(&self, id: &str) -> Option<&'a Invite> {
        self.state().invites.get(self.state().find_invite(id)? as usize)
    }

    fn named(&self, id: &str) -> AssetRef {
        let state = self.state();
        let row = state.find_asset(id).map(|at| &state.assets[at as usize]);
        AssetRef {
            key: None,
            id: Some(id.to_owned()),
            name: row.and_then(|row| row.name).map(|name| state.text(name).to_owned()),
            kind: row.map(|row| state.text(row.kind).to_owned()).unwrap_or_default(),
        }
    }
}

fn answered(label: &str) -> Inverse {
    held(
        "answered",
        format!(
            "{label} has accepted; take them out of the files and plan, so that what they have by now is looked at"
        ),
    )
}

/// Who was asked for what.
fn asked(action: &Action) -> Option<(InviteKind, Principal)> {
    match action {
        Action::InviteMember { person, .. } => Some((InviteKind::MemberInvite, Principal::Person(person.clone()))),
        Action::InvitePartner { partner, .. } => Some((InviteKind::PartnerInvite, Principal::Partner(partner.clone()))),
        Action::RequestPartner { partner, .. } | Action::RequestAccess { partner, .. } => {
            Some((InviteKind::PartnerRequest, Principal::Partner(partner.clone())))
        }
        _ => None,
    }
}

fn invitee_names(invitee: &Principal) -> Box<dyn Iterator<Item = &str> + '_> {
    match invitee {
        Principal::Person(person) => Box::new(names(person)),
        Principal::Partner(partner) => Box::new(std::iter::once(partner.id.as_str())),
    }
}

pub(super) fn names(person: &PersonRef) -> impl Iterator<Item = &str> {
    [&person.email, &person.username].into_iter().flatten().map(String::as_str)
}

fn attachable(grants: &[EndingGrant]) -> Vec<AttachedGrant> {
    let each =
        grants.iter().map(|grant| AttachedGrant { asset: grant.asset.clone(), permissions: grant.permissions.clone() });
    each.collect()
}
