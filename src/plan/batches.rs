//! How many calls operations take: consecutive ones of one kind share a call, none with what it depends on.

use crate::model::{Direction, Principal};

use super::action::Action;
use super::{Executor, Operation};

/// How many calls the connector makes for its operations, where `batch` says how many like one fit into a call.
pub fn calls(operations: &[Operation], batch: fn(&Action) -> usize) -> u64 {
    let mut calls = 0;
    let mut open: Vec<&Operation> = Vec::new();
    let ours = operations.iter().filter(|operation| operation.by == Executor::Connector);
    for operation in ours {
        if !joins(operation, &open, batch) {
            open.clear();
            calls += 1;
        }
        open.push(operation);
    }
    calls
}

fn joins(operation: &Operation, open: &[&Operation], batch: fn(&Action) -> usize) -> bool {
    let Some(first) = open.first() else {
        return false;
    };
    let room = batch(&first.action).min(batch(&operation.action));
    let same = kind(&first.action) == kind(&operation.action);
    let depends = || open.iter().any(|other| operation.after.contains(&other.id));
    same && open.len() < room && !depends()
}

/// What platforms have separate calls for: the action, and people or partners of which direction.
pub fn kind(action: &Action) -> (&'static str, Option<Direction>) {
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
    (action.kind(), direction)
}

fn of(principal: &Principal) -> Option<Direction> {
    match principal {
        Principal::Person(_) => None,
        Principal::Partner(partner) => Some(partner.direction),
    }
}
