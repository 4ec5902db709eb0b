//! What the operations done so far make of a fact: the value that a later operation of the same plan must find.
//!
//! A plan names the facts each operation rests on as they were when it was made. A run that goes on after a crash finds them changed
//! by its own earlier steps, which is no reason to refuse; anything else that changed is.

use std::collections::BTreeMap;

use crate::model::FactKey;
use crate::plan::{Action, Operation};

use super::effect::{self, Created};

/// Operations done, findable by the facts they touch.
#[derive(Default)]
pub struct History {
    /// Those that touch exactly one fact, by the fact.
    exact: BTreeMap<FactKey, Vec<usize>>,
    /// Those that end everything of a member, partner or group, by its id.
    ending: BTreeMap<String, Vec<usize>>,
    /// The id of what an operation created.
    ids: BTreeMap<usize, String>,
}

impl History {
    /// Enters an operation that is done, by its place in the plan.
    pub fn add(&mut self, place: usize, action: &Action, id: Option<&str>, created: &Created) {
        if let Some(id) = id {
            self.ids.insert(place, id.to_owned());
        }
        for key in touched(action, id, created) {
            self.exact.entry(key).or_default().push(place);
        }
        if let Some(ended) = ended(action) {
            self.ending.entry(ended.to_owned()).or_default().push(place);
        }
    }

    /// What a fact says now, if nobody but this plan changed it since it said `planned`.
    pub fn expected(
        &self,
        key: &FactKey,
        planned: Option<String>,
        operations: &[Operation],
        created: &Created,
    ) -> Option<String> {
        let done = self.touching(key).into_iter().filter_map(|place| Some((place, operations.get(place)?)));
        done.fold(planned, |value, (place, operation)| {
            let id = self.ids.get(&place).map(String::as_str);
            effect::after(&operation.action, id, created, key, value)
        })
    }

    /// Whether an operation later in the plan may have changed a fact, too.
    pub fn touches_after(&self, key: &FactKey, place: usize) -> bool {
        self.touching(key).last().is_some_and(|&last| last > place)
    }

    /// Operations that may have changed a fact, in the plan's order.
    fn touching(&self, key: &FactKey) -> Vec<usize> {
        let ending = ids_in(key).into_iter().filter_map(|id| self.ending.get(id));
        let exact = self.exact.get(key).into_iter();
        let mut places: Vec<usize> = exact.chain(ending).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// The facts that an action may change and that can be named one by one.
pub(super) fn touched(action: &Action, id: Option<&str>, created: &Created) -> Vec<FactKey> {
    let mut keys: Vec<FactKey> = effect::subject(action, created).into_iter().collect();
    let address = |name: &String| FactKey::Address { address: crate::model::fold(name).into_owned() };
    let pending = |name: &String| FactKey::PendingFor { invitee: crate::model::fold(name).into_owned() };
    match action {
        Action::CreateGroup { .. } => keys.extend(id.map(|id| FactKey::Asset { id: id.to_owned() })),
        Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::RequestAccess { .. } => keys.extend(id.map(|id| FactKey::Invite { id: id.to_owned() })),
        Action::DeleteGroup { group, .. } => {
            keys.extend(group.name.clone().map(|name| FactKey::GroupNamed { name }));
        }
        Action::AcceptInvite { invite, partner, grants } => {
            keys.push(FactKey::Invite { id: invite.clone() });
            keys.push(pending(&partner.id));
            keys.extend(effect::brought(partner, grants, created));
        }
        Action::CancelInvite { .. } => keys.extend(effect::pending_names(action)),
        Action::RemoveMember { person, .. } => {
            keys.extend([&person.email, &person.username].into_iter().flatten().map(address));
        }
        Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::AttachGrants { .. }
        | Action::SetRole { .. }
        | Action::SetGrant { .. }
        | Action::RemoveGrant { .. }
        | Action::RemovePartner { .. } => {}
    }
    keys
}

/// The id of what an action ends with everything that hangs on it.
fn ended(action: &Action) -> Option<&str> {
    match action {
        Action::RemoveMember { person, .. } => person.id.as_deref(),
        Action::RemovePartner { partner, .. } => Some(&partner.id),
        Action::DeleteGroup { group, .. } => group.id.as_deref(),
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::RequestAccess { .. }
        | Action::AttachGrants { .. }
        | Action::AcceptInvite { .. }
        | Action::CancelInvite { .. }
        | Action::SetRole { .. }
        | Action::SetGrant { .. }
        | Action::RemoveGrant { .. } => None,
    }
}

/// Ids in a fact on which more than the fact itself hangs.
fn ids_in(key: &FactKey) -> Vec<&str> {
    match key {
        FactKey::MemberGrant { member, asset } => vec![member, asset],
        FactKey::PartnerGrant { partner, asset, .. } => vec![partner, asset],
        FactKey::Content { group, asset } => vec![group, asset],
        FactKey::Member { .. }
        | FactKey::Address { .. }
        | FactKey::Partner { .. }
        | FactKey::Asset { .. }
        | FactKey::GroupNamed { .. }
        | FactKey::Invite { .. }
        | FactKey::PendingFor { .. } => Vec::new(),
    }
}
