//! The observed facts an operation rests on: where one of them moved until the plan is applied, the operation is stale.
//!
//! A step that gives something rests on who gets it, on what they have and on the asset. A step that takes something away rests on
//! what is taken; that somebody who shall go got one grant more in the meantime is no reason to keep them.

use crate::model::{Fact, FactKey, PartnerRef, PersonRef, Principal, fold};
use crate::observed::Lookup;

use super::action::{Action, AttachedGrant, EndingGrant};

/// The facts an action rests on, with their values in the export. `names` are all names under which a newcomer may be known.
pub(super) fn facts(action: &Action, names: &[String], seen: &Lookup<'_>) -> Vec<Fact> {
    let mut keys = Vec::new();
    collect(action, &mut keys);
    for name in names {
        keys.push(pending(name));
        keys.push(FactKey::Address { address: name.clone() });
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| Fact { value: seen.fact(&key), key }).filter(is_evidence).collect()
}

/// That an export lacks an asset (a partner's, or one of a list that isn't whole) is nothing to rest on.
fn is_evidence(fact: &Fact) -> bool {
    fact.value.is_some() || !matches!(fact.key, FactKey::Asset { .. })
}

fn collect(action: &Action, keys: &mut Vec<FactKey>) {
    match action {
        Action::CreateGroup { group, .. } => keys.push(FactKey::GroupNamed { name: group.label() }),
        Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => {
            keys.extend(asset.id.clone().map(|id| FactKey::Asset { id }));
            keys.extend(group.id.clone().map(|id| FactKey::Asset { id }));
            keys.extend(content(group.id.as_deref(), asset.id.as_deref()));
        }
        Action::DeleteGroup { group, contents, grants } => {
            keys.extend(group.id.clone().map(|id| FactKey::Asset { id }));
            let inside = contents.iter();
            keys.extend(inside.filter_map(|asset| content(group.id.as_deref(), asset.id.as_deref())));
            keys.extend(grants.iter().filter_map(ending));
        }
        Action::InviteMember { person, grants, .. } => {
            keys.extend(member(person));
            attached(grants, keys);
        }
        Action::InvitePartner { partner, grants } | Action::RequestPartner { partner, grants } => {
            keys.push(partnership(partner));
            keys.push(pending(&partner.id));
            attached(grants, keys);
        }
        Action::AttachGrants { invite, after, .. } => {
            keys.push(FactKey::Invite { id: invite.clone() });
            attached(after, keys);
        }
        Action::AcceptInvite { invite, partner, grants } => {
            keys.push(FactKey::Invite { id: invite.clone() });
            keys.push(partnership(partner));
            attached(grants, keys);
        }
        Action::CancelInvite { invite, invitee, grants, .. } => {
            keys.push(FactKey::Invite { id: invite.clone() });
            keys.extend(acceptance(invitee, grants));
        }
        Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
            keys.extend(member(person));
        }
        Action::SetGrant { principal, asset, .. } => {
            keys.extend(holder(principal));
            keys.extend(asset.id.clone().map(|id| FactKey::Asset { id }));
            keys.extend(grant(principal, asset.id.as_deref()));
        }
        Action::RemoveGrant { principal, asset, .. } => keys.extend(grant(principal, asset.id.as_deref())),
        Action::RequestAccess { partner, asset, .. } => {
            keys.push(partnership(partner));
            keys.push(pending(&partner.id));
            keys.extend(partner_grant(partner, asset.id.as_deref()));
        }
        Action::RemovePartner { partner, .. } => keys.push(partnership(partner)),
    }
}

/// What an invite would bring were it accepted. An invite that is gone was cancelled only where none of this has come.
pub fn acceptance(invitee: &Principal, grants: &[AttachedGrant]) -> Vec<FactKey> {
    match invitee {
        Principal::Person(person) => {
            let names = [&person.email, &person.username].into_iter().flatten();
            let address = |name: &String| FactKey::Address { address: fold(name).into_owned() };
            names.map(address).chain(member(person)).collect()
        }
        Principal::Partner(partner) => {
            let assets = grants.iter().filter_map(|grant| partner_grant(partner, grant.asset.id.as_deref()));
            [partnership(partner)].into_iter().chain(assets).collect()
        }
    }
}

fn attached(grants: &[AttachedGrant], keys: &mut Vec<FactKey>) {
    let ids = grants.iter().filter_map(|grant| grant.asset.id.clone());
    keys.extend(ids.map(|id| FactKey::Asset { id }));
}

fn ending(grant: &EndingGrant) -> Option<FactKey> {
    self::grant(grant.principal.as_ref()?, grant.asset.id.as_deref())
}

fn content(group: Option<&str>, asset: Option<&str>) -> Option<FactKey> {
    Some(FactKey::Content { group: group?.to_owned(), asset: asset?.to_owned() })
}

fn holder(principal: &Principal) -> Option<FactKey> {
    match principal {
        Principal::Person(person) => member(person),
        Principal::Partner(partner) => Some(partnership(partner)),
    }
}

fn grant(principal: &Principal, asset: Option<&str>) -> Option<FactKey> {
    match principal {
        Principal::Person(person) => {
            Some(FactKey::MemberGrant { member: person.id.clone()?, asset: asset?.to_owned() })
        }
        Principal::Partner(partner) => partner_grant(partner, asset),
    }
}

fn partner_grant(partner: &PartnerRef, asset: Option<&str>) -> Option<FactKey> {
    let PartnerRef { id, direction, key: _, name: _ } = partner;
    Some(FactKey::PartnerGrant { partner: id.clone(), direction: *direction, asset: asset?.to_owned() })
}

fn member(person: &PersonRef) -> Option<FactKey> {
    person.id.clone().map(|id| FactKey::Member { id })
}

fn partnership(partner: &PartnerRef) -> FactKey {
    FactKey::Partner { id: partner.id.clone(), direction: partner.direction }
}

fn pending(invitee: &str) -> FactKey {
    FactKey::PendingFor { invitee: fold(invitee).into_owned() }
}
