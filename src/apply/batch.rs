//! Which operations go into one call: consecutive ones of one kind, as many as the connector takes, none with what it depends on.

use std::mem::Discriminant;

use crate::connectors::Capabilities;
use crate::model::{Direction, Principal};
use crate::plan::{Action, Operation};

/// A call that is being put together.
#[derive(Default)]
pub(super) struct Open<'p> {
    operations: Vec<(usize, &'p Operation)>,
}

impl<'p> Open<'p> {
    /// Whether an operation can join. An empty call takes any.
    pub(super) fn takes(&self, operation: &Operation, capabilities: &Capabilities) -> bool {
        let Some((_, first)) = self.operations.first() else {
            return true;
        };
        let room = (capabilities.batch)(&operation.action).min((capabilities.batch)(&first.action));
        kind(&first.action) == kind(&operation.action) && self.operations.len() < room
    }

    /// Whether one of these operations is in it.
    pub(super) fn has_any(&self, ids: &[String]) -> bool {
        self.operations
            .iter()
            .any(|(_, operation)| ids.contains(&operation.id))
    }

    pub(super) fn push(&mut self, place: usize, operation: &'p Operation) {
        self.operations.push((place, operation));
    }

    /// The call as it is; the next one is empty.
    pub(super) fn take(&mut self) -> Vec<(usize, &'p Operation)> {
        std::mem::take(&mut self.operations)
    }
}

/// What platforms have separate calls for: the action, and whether it is about people or about partners of which direction.
fn kind(action: &Action) -> (Discriminant<Action>, Option<Direction>) {
    let direction = match action {
        Action::AttachGrants { invitee, .. } | Action::CancelInvite { invitee, .. } => of(invitee),
        Action::SetGrant { principal, .. } | Action::RemoveGrant { principal, .. } => of(principal),
        Action::InvitePartner { partner, .. }
        | Action::RequestPartner { partner, .. }
        | Action::RequestAccess { partner, .. }
        | Action::RemovePartner { partner, .. } => Some(partner.direction),
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. }
        | Action::InviteMember { .. }
        | Action::SetRole { .. }
        | Action::RemoveMember { .. } => None,
    };
    (std::mem::discriminant(action), direction)
}

fn of(principal: &Principal) -> Option<Direction> {
    match principal {
        Principal::Person(_) => None,
        Principal::Partner(partner) => Some(partner.direction),
    }
}
