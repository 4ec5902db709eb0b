//! How many calls operations take: consecutive ones of one kind share a call, none with what it depends on.

use crate::model::Principal;

use super::action::Action;
use super::build::Abilities;
use super::{Executor, Operation};

/// How many calls the connector makes for its operations.
pub fn calls(operations: &[Operation], abilities: &Abilities) -> u64 {
    let mut calls = 0;
    let mut open: Vec<&Operation> = Vec::new();
    let mut followed = false;
    let ours = operations.iter().filter(|operation| operation.by == Executor::Connector);
    for operation in ours {
        if !joins(operation, &open, abilities.batch) {
            open.clear();
            followed = false;
            calls += 1;
        }
        if !followed && (abilities.follows)(&operation.action) {
            followed = true;
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

/// What platforms have separate calls for: the action, and beside it what a call says once for all that is in it.
pub fn kind(action: &Action) -> (&'static str, &str) {
    let side = match action {
        Action::InviteMember { role, .. } => role,
        Action::SetGrant { principal, .. } | Action::RemoveGrant { principal, .. } => side(principal),
        Action::RemovePartner { partner, .. } => partner.direction.word(),
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::AttachGrants { .. }
        | Action::AcceptInvite { .. }
        | Action::CancelInvite { .. }
        | Action::SetRole { .. }
        | Action::RequestAccess { .. }
        | Action::RemoveMember { .. } => "",
    };
    (action.kind(), side)
}

fn side(principal: &Principal) -> &'static str {
    match principal {
        Principal::Person(_) => "members",
        Principal::Partner(_) => "partners",
    }
}
