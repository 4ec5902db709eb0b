//! An action in one sentence, for people.

use crate::model::{Direction, Principal};

use super::action::{Action, AttachedGrant, EndingGrant};

impl Action {
    /// Its stable name, as plan files write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Action::CreateGroup { .. } => "create-group",
            Action::AddToGroup { .. } => "add-to-group",
            Action::RemoveFromGroup { .. } => "remove-from-group",
            Action::DeleteGroup { .. } => "delete-group",
            Action::InviteMember { .. } => "invite-member",
            Action::InvitePartner { .. } => "invite-partner",
            Action::RequestPartner { .. } => "request-partner",
            Action::AttachGrants { .. } => "attach-grants",
            Action::AcceptInvite { .. } => "accept-invite",
            Action::CancelInvite { .. } => "cancel-invite",
            Action::SetRole { .. } => "set-role",
            Action::SetGrant { .. } => "set-grant",
            Action::RemoveGrant { .. } => "remove-grant",
            Action::RequestAccess { .. } => "request-access",
            Action::RemoveMember { .. } => "remove-member",
            Action::RemovePartner { .. } => "remove-partner",
        }
    }

    /// What it does, as an order without a capital and a period (`give CAMPAIGN_MANAGER on acme-fr to Bo Larsen (bo@acme.example)`).
    pub fn sentence(&self) -> String {
        match self {
            Action::CreateGroup { group, .. } => format!("create asset group {}", group.label()),
            Action::AddToGroup { group, asset } => {
                format!("put {} into asset group {}", asset.label(), group.label())
            }
            Action::RemoveFromGroup { group, asset } => {
                format!("take {} out of asset group {}", asset.label(), group.label())
            }
            Action::DeleteGroup { group, contents, grants } => {
                let assets = count(contents.len(), "asset");
                let label = group.label();
                format!("delete asset group {label} with {assets}{}", ending(grants))
            }
            Action::InviteMember { person, role, grants } => {
                format!("invite {} as {role}{}", person.label(), bringing(grants))
            }
            Action::InvitePartner { partner, grants } => {
                format!("invite {} as a partner{}", partner.label(), bringing(grants))
            }
            Action::RequestPartner { partner, grants } => {
                format!("ask {} to let us in{}", partner.label(), bringing(grants))
            }
            Action::AttachGrants { invitee, after, .. } => {
                format!("attach {} to the invitation of {}", count(after.len(), "grant"), invitee.label())
            }
            Action::AcceptInvite { partner, grants, .. } => match partner.direction {
                Direction::Inbound => format!("accept {} as a partner{}", partner.label(), bringing(grants)),
                Direction::Outbound => format!("accept that {} lets us in", partner.label()),
            },
            Action::CancelInvite { invitee, role, grants, .. } => {
                let label = invitee.label();
                let role =
                    role.as_ref().filter(|_| matches!(invitee, Principal::Person(_))).map(|role| format!(" as {role}"));
                let role = role.unwrap_or_default();
                format!("cancel the invitation of {label}{role}{}", bringing(grants))
            }
            Action::SetRole { person, before, after } => {
                format!("change the role of {} from {before} to {after}", person.label())
            }
            Action::SetGrant { principal, asset, before, after } => {
                set_grant(&principal.label(), &asset.label(), before, after)
            }
            Action::RemoveGrant { principal, asset, before } => remove_grant(principal, &asset.label(), before),
            Action::RequestAccess { partner, asset, before: _, after } => {
                format!("ask {} for {} on {}", partner.label(), after.join(" and "), asset.label())
            }
            Action::RemoveMember { person, role, grants } => {
                format!("end the membership of {} as {role}{}", person.label(), ending(grants))
            }
            Action::RemovePartner { partner, grants } => {
                format!("end the partnership with {}{}", partner.label(), ending(grants))
            }
        }
    }
}

fn set_grant(who: &str, asset: &str, before: &[String], after: &[String]) -> String {
    let after = after.join(" and ");
    if before.is_empty() {
        format!("give {after} on {asset} to {who}")
    } else {
        let before = before.join(" and ");
        format!("change what {who} may do on {asset} from {before} to {after}")
    }
}

fn remove_grant(principal: &Principal, asset: &str, before: &[String]) -> String {
    let before = before.join(" and ");
    let who = principal.label();
    match principal {
        Principal::Partner(partner) if partner.direction == Direction::Outbound => {
            format!("give back {before} on {asset} to {who}")
        }
        Principal::Person(_) | Principal::Partner(_) => {
            format!("take {before} on {asset} from {who}")
        }
    }
}

fn bringing(grants: &[AttachedGrant]) -> String {
    match grants.len() {
        0 => String::new(),
        many => format!(" with {}", count(many, "grant")),
    }
}

fn ending(grants: &[EndingGrant]) -> String {
    match grants.len() {
        0 => String::new(),
        many => format!(", which ends {}", count(many, "grant")),
    }
}

/// `1 grant`, `2 grants`.
pub(super) fn count(many: usize, noun: &str) -> String {
    if many == 1 { format!("1 {noun}") } else { format!("{many} {noun}s") }
}
