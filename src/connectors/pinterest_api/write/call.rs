//! Operations of one kind as calls: where they go, how many fit, what is sent.
//!
//! Whoever writes a grant replaces the whole set, so it is always the full set that is sent. An empty one is refused by the platform:
//! what ends is taken away by `DELETE`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::{AssetRef, Direction, PersonRef, Principal};
use crate::plan::predict::{PredictError, asset_id};
use crate::plan::{Action, AttachedGrant};
use crate::platforms::pinterest::PLATFORM;

use super::super::request::{Method, Repeat, Request};

/// Ids of groups that the run created, by key.
pub(super) type Created = BTreeMap<String, String>;

/// Where no limit is documented, a call that could be refused as too large would take all its operations with it.
const UNDOCUMENTED: usize = 100;

/// Whether the interface has a call for an action.
pub(super) fn can(action: &Action) -> Result<(), &'static str> {
    match action {
        Action::RequestAccess { asset, .. } if !is_requestable(&asset.kind) => {
            Err("only ad accounts and profiles can be asked for over the API")
        }
        Action::InviteMember { person, .. } if address(person).is_none() => {
            Err("somebody is invited over the API by address or user name, and neither is known")
        }
        _ => Ok(()),
    }
}

/// How many operations like this one fit into one call.
pub(super) fn batch(action: &Action) -> usize {
    let limits = &PLATFORM.limits;
    match action {
        Action::CreateGroup { .. } => 1,
        Action::AddToGroup { .. } | Action::RemoveFromGroup { .. } | Action::SetRole { .. } => UNDOCUMENTED,
        Action::DeleteGroup { .. } => limits.groups_deleted_per_call,
        Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::AttachGrants { .. }
        | Action::CancelInvite { .. } => limits.invites_per_call,
        Action::SetGrant { .. } => limits.grants_set_per_call,
        Action::RemoveGrant { principal: Principal::Person(_), .. } => limits.member_grants_removed_per_call,
        Action::RemoveGrant { principal: Principal::Partner(_), .. } => limits.partner_grants_removed_per_call,
        Action::RequestAccess { .. } | Action::AcceptInvite { .. } => limits.requests_per_call,
        Action::RemoveMember { .. } | Action::RemovePartner { .. } => limits.relations_removed_per_call,
    }
}

/// Whether an action takes a second call: grants are attached to an invite once it has an id.
pub(super) fn follows(action: &Action) -> bool {
    invited(action).is_some_and(|invited| !invited.grants.is_empty())
}

/// The one call for operations of one kind.
///
/// Sets of permissions and roles can be sent twice, and what was removed can be removed again: such an answer refuses nothing. What would
/// be refused the second time *because* it was done the first time is looked at before it is sent again.
///
/// # Errors
/// Where an operation is about a group that is not there yet.
pub(super) fn request(business: &str, actions: &[&Action], created: &Created) -> Result<Request, PredictError> {
    let at = |rest: &str| format!("/businesses/{business}/{rest}");
    let Some(first) = actions.first() else {
        return Ok(Request::get(at("members")));
    };
    let (method, path, body, repeat) = match first {
        Action::CreateGroup { group, description, types } => {
            (Method::Post, at("asset_groups"), new_group(group, description, types), Repeat::LookFirst)
        }
        Action::AddToGroup { .. } | Action::RemoveFromGroup { .. } => {
            (Method::Patch, at("asset_groups"), contents(actions, created)?, Repeat::LookFirst)
        }
        Action::DeleteGroup { .. } => {
            let body = json!({ "asset_groups_to_delete": groups(actions, created)? });
            (Method::Delete, at("asset_groups"), body, Repeat::LookFirst)
        }
        Action::InviteMember { .. } | Action::InvitePartner { .. } | Action::RequestPartner { .. } => {
            (Method::Post, at("invites"), invites(actions), Repeat::LookFirst)
        }
        Action::AttachGrants { .. } => {
            let attached = actions.iter().filter_map(|action| match action {
                Action::AttachGrants { invite, invitee, after, .. } => {
                    Some((invite.as_str(), invite_type(invitee), after.as_slice()))
                }
                _ => None,
            });
            return attach(business, attached, created);
        }
        Action::AcceptInvite { .. } => {
            let body = json!({ "invites": acceptances(actions, created)? });
            (Method::Patch, "/businesses/invites".to_owned(), body, Repeat::LookFirst)
        }
        Action::CancelInvite { .. } => {
            let ids = each(actions, |action| match action {
                Action::CancelInvite { invite, .. } => Some(json!(invite)),
                _ => None,
            });
            (Method::Delete, at("invites"), json!({ "invite_ids": ids }), Repeat::LookFirst)
        }
        Action::SetRole { .. } => (Method::Patch, at("members"), Value::Array(roles(actions)), Repeat::Safe),
        Action::SetGrant { principal, .. } => {
            let body = json!({ "accesses": accesses(actions, created)? });
            (Method::Patch, at(access_path(principal)), body, Repeat::Safe)
        }
        Action::RemoveGrant { principal, .. } => {
            let body = json!({ "accesses": accesses(actions, created)? });
            (Method::Delete, at(access_path(principal)), body, Repeat::Safe)
        }
        Action::RequestAccess { .. } => {
            let body = json!({ "asset_requests": asset_requests(actions, created)? });
            (Method::Post, at("requests/assets/access"), body, Repeat::LookFirst)
        }
        Action::RemoveMember { .. } => {
            (Method::Delete, at("members"), json!({ "members": leavers(actions) }), Repeat::Safe)
        }
        Action::RemovePartner { partner, .. } => {
            let ids = each(actions, |action| match action {
                Action::RemovePartner { partner, .. } => Some(json!(partner.id)),
                _ => None,
            });
            let body = json!({ "partner_ids": ids, "partner_type": partner_type(partner.direction) });
            (Method::Delete, at("partners"), body, Repeat::LookFirst)
        }
    };
    Ok(Request::write(method, path, body, repeat))
}

/// Attaches grants to invites: their ids, types and what shall come with acceptance.
pub(super) fn attach<'a>(
    business: &str,
    invites: impl Iterator<Item = (&'a str, &'static str, &'a [AttachedGrant])>,
    created: &Created,
) -> Result<Request, PredictError> {
    let invites: Vec<Value> = invites
        .map(|(id, kind, grants)| {
            let map = permissions_by_asset(grants, created)?;
            Ok(json!({ "invite_id": id, "invite_type": kind, "asset_id_to_permissions": map }))
        })
        .collect::<Result<_, PredictError>>()?;
    let path = format!("/businesses/{business}/invites/assets/access");
    // The same grants attached twice are attached once.
    Ok(Request::write(Method::Post, path, json!({ "invites": invites }), Repeat::Safe))
}

/// Somebody who is asked.
pub(super) struct Invited<'a> {
    /// By what they are asked: an address, a user name, a partner's id.
    pub(super) name: &'a str,
    pub(super) kind: &'static str,
    pub(super) grants: &'a [AttachedGrant],
}

/// Whom an action asks, where it does.
pub(super) fn invited(action: &Action) -> Option<Invited<'_>> {
    match action {
        Action::InviteMember { person, grants, .. } => {
            Some(Invited { name: address(person)?, kind: "MEMBER_INVITE", grants })
        }
        Action::InvitePartner { partner, grants } => {
            Some(Invited { name: &partner.id, kind: "PARTNER_INVITE", grants })
        }
        Action::RequestPartner { partner, grants } => {
            Some(Invited { name: &partner.id, kind: "PARTNER_REQUEST", grants })
        }
        _ => None,
    }
}

/// The id of the group of an action that changes or deletes one.
pub(super) fn group_id(action: &Action, created: &Created) -> Option<String> {
    match action {
        Action::AddToGroup { group, .. }
        | Action::RemoveFromGroup { group, .. }
        | Action::DeleteGroup { group, .. } => asset_id(group, created).ok(),
        _ => None,
    }
}

fn address(person: &PersonRef) -> Option<&str> {
    person.email.as_deref().or(person.username.as_deref())
}

fn is_requestable(kind: &str) -> bool {
    matches!(kind, "AD_ACCOUNT" | "PROFILE")
}

fn partner_type(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "INTERNAL",
        Direction::Outbound => "EXTERNAL",
    }
}

fn invite_type(invitee: &Principal) -> &'static str {
    match invitee {
        Principal::Person(_) => "MEMBER_INVITE",
        Principal::Partner(partner) => match partner.direction {
            Direction::Inbound => "PARTNER_INVITE",
            Direction::Outbound => "PARTNER_REQUEST",
        },
    }
}

fn access_path(principal: &Principal) -> &'static str {
    match principal {
        Principal::Person(_) => "members/assets/access",
        Principal::Partner(_) => "partners/assets",
    }
}

fn each(actions: &[&Action], entry: impl Fn(&Action) -> Option<Value>) -> Vec<Value> {
    actions.iter().filter_map(|action| entry(action)).collect()
}

fn permissions_by_asset(grants: &[AttachedGrant], created: &Created) -> Result<Map<String, Value>, PredictError> {
    grants.iter().map(|grant| Ok((asset_id(&grant.asset, created)?, json!(grant.permissions)))).collect()
}

fn new_group(group: &AssetRef, description: &str, types: &[String]) -> Value {
    json!({
        "asset_group_name": group.label(),
        "asset_group_description": description,
        "asset_group_types": types,
    })
}

/// A group stands once in the call, with all that is put into it and taken out.
fn contents(actions: &[&Action], created: &Created) -> Result<Value, PredictError> {
    let mut groups: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
    for action in actions {
        let (Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset }) = action else {
            continue;
        };
        let (group, asset) = (asset_id(group, created)?, asset_id(asset, created)?);
        let place = groups.iter().position(|(id, ..)| *id == group).unwrap_or_else(|| {
            groups.push((group, Vec::new(), Vec::new()));
            groups.len() - 1
        });
        let (_, added, taken) = &mut groups[place];
        let list = if matches!(action, Action::AddToGroup { .. }) { added } else { taken };
        list.push(asset);
    }
    let entry = |(group, added, taken): (String, Vec<String>, Vec<String>)| {
        let mut entry = json!({ "asset_group_id": group });
        for (key, list) in [("assets_to_add", added), ("assets_to_remove", taken)] {
            if !list.is_empty() {
                entry[key] = json!(list);
            }
        }
        entry
    };
    let groups: Vec<Value> = groups.into_iter().map(entry).collect();
    Ok(json!({ "asset_groups_to_update": groups }))
}

fn groups(actions: &[&Action], created: &Created) -> Result<Vec<String>, PredictError> {
    let groups = actions.iter().filter_map(|action| match action {
        Action::DeleteGroup { group, .. } => Some(asset_id(group, created)),
        _ => None,
    });
    groups.collect()
}

/// A role is said once for all who are invited in one call.
fn invites(actions: &[&Action]) -> Value {
    let names: Vec<&str> = actions.iter().filter_map(|action| Some(invited(action)?.name)).collect();
    let kind = actions.iter().find_map(|action| Some(invited(action)?.kind)).unwrap_or_default();
    match actions.first() {
        Some(Action::InviteMember { role, .. }) => {
            json!({ "invite_type": kind, "business_role": role, "members": names })
        }
        _ => json!({ "invite_type": kind, "business_role": "PARTNER", "partners": names }),
    }
}

fn roles(actions: &[&Action]) -> Vec<Value> {
    each(actions, |action| match action {
        Action::SetRole { person, after, .. } => Some(json!({ "member_id": person.id, "business_role": after })),
        _ => None,
    })
}

/// The platform wants to know the role of who is removed.
fn leavers(actions: &[&Action]) -> Vec<Value> {
    each(actions, |action| match action {
        Action::RemoveMember { person, role, .. } => Some(json!({ "member_id": person.id, "business_role": role })),
        _ => None,
    })
}

fn accesses(actions: &[&Action], created: &Created) -> Result<Vec<Value>, PredictError> {
    let entries = actions.iter().filter_map(|action| match action {
        Action::SetGrant { principal, asset, after, .. } => Some(access(principal, asset, Some(after), created)),
        Action::RemoveGrant { principal, asset, .. } => Some(access(principal, asset, None, created)),
        _ => None,
    });
    entries.collect()
}

fn access(
    principal: &Principal,
    asset: &AssetRef,
    permissions: Option<&Vec<String>>,
    created: &Created,
) -> Result<Value, PredictError> {
    let asset = asset_id(asset, created)?;
    let mut entry = match principal {
        Principal::Person(person) => json!({ "asset_id": asset, "member_id": person.id }),
        Principal::Partner(partner) => json!({ "asset_id": asset, "partner_id": partner.id }),
    };
    match (permissions, principal) {
        (Some(permissions), _) => entry["permissions"] = json!(permissions),
        (None, Principal::Partner(partner)) => entry["partner_type"] = json!(partner_type(partner.direction)),
        (None, Principal::Person(_)) => {}
    }
    Ok(entry)
}

/// What comes with the acceptance is what the files say, whatever was asked for.
fn acceptances(actions: &[&Action], created: &Created) -> Result<Vec<Value>, PredictError> {
    let entries = actions.iter().filter_map(|action| match action {
        Action::AcceptInvite { invite, grants, .. } => Some((invite, grants)),
        _ => None,
    });
    let entry = |(invite, grants): (&String, &Vec<AttachedGrant>)| {
        let mut action = json!({ "accept_invite": true });
        if !grants.is_empty() {
            action["asset_id_to_permissions"] = Value::Object(permissions_by_asset(grants, created)?);
        }
        Ok(json!({ "invite_id": invite, "action": action }))
    };
    entries.map(entry).collect()
}

/// A partner gets one request for everything that is asked of it.
fn asset_requests(actions: &[&Action], created: &Created) -> Result<Vec<Value>, PredictError> {
    let mut requests: Vec<(&str, Map<String, Value>)> = Vec::new();
    for action in actions {
        let Action::RequestAccess { partner, asset, after, .. } = action else {
            continue;
        };
        let asset = asset_id(asset, created)?;
        match requests.iter_mut().find(|(id, _)| *id == partner.id) {
            Some((_, map)) => drop(map.insert(asset, json!(after))),
            None => requests.push((&partner.id, Map::from_iter([(asset, json!(after))]))),
        }
    }
    let entry = |(partner, map)| json!({ "partner_id": partner, "asset_id_to_permissions": Value::Object(map) });
    Ok(requests.into_iter().map(entry).collect())
}
