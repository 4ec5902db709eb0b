//! Who holds the asset groups into which a plan puts something: whatever comes into a group, its holders get.
//!
//! Beside the grants of the export count those that come with an invitation which waits, and those that the same plan gives; a group
//! inside another is held by the holders of both. What the plan takes away counts too: its steps come after the additions, and a person
//! may do them late or never.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Names;
use crate::model::{AssetRef, PartnerRef, PermissionSet, PersonRef, Principal, PrincipalIx};
use crate::observed::{self, Invite, InviteKind, InviteStatus, ObservedState};

use super::action::{Action, AttachedGrant};

/// Holders of groups, by the group's identity.
#[derive(Default)]
pub(super) struct Holders {
    /// The groups into which something comes, each with all groups around it and itself.
    around: BTreeMap<String, BTreeSet<String>>,
    /// Grants on these.
    held: BTreeMap<String, Vec<Held>>,
}

/// What somebody has on a group, or will have.
pub(super) struct Held {
    pub(super) holder: Holder,
    /// Permission bits of the platform's table.
    pub(super) permissions: u32,
    /// Whether there are permissions that the table does not have.
    pub(super) unknown: bool,
}

/// Who has it.
pub(super) enum Holder {
    /// Somebody of the export.
    Seen(PrincipalIx),
    /// Somebody by name: they are asked, or the export does not list them.
    Named(Principal),
}

impl Holders {
    /// Holders of the groups into which some actions put something.
    pub(super) fn of<'a>(names: &Names<'_>, actions: impl Iterator<Item = &'a Action> + Clone) -> Self {
        let into: BTreeSet<String> = actions.clone().filter_map(comes_into).map(|(group, _)| group).collect();
        if into.is_empty() {
            return Holders::default();
        }
        let outer = outer_groups(names.observed, actions.clone());
        let around: BTreeMap<_, _> = into.into_iter().map(|group| (group.clone(), closure(group, &outer))).collect();
        let held = around.values().flatten().map(|group| (group.clone(), Vec::new())).collect();
        let mut holders = Holders { around, held };
        holders.take_grants(names.observed);
        holders.take_invites(names);
        actions.for_each(|action| holders.take_action(action, names.observed));
        holders
    }

    /// The groups into which something comes.
    pub(super) fn groups(&self) -> impl Iterator<Item = &String> {
        self.around.keys()
    }

    /// Everything that is held on a group and on those around it.
    pub(super) fn on(&self, group: &str) -> impl Iterator<Item = &Held> {
        let around = self.around.get(group).into_iter().flatten();
        around.filter_map(|group| self.held.get(group)).flatten()
    }

    fn take_grants(&mut self, observed: &ObservedState) {
        let rows: BTreeMap<u32, String> =
            self.held.keys().filter_map(|group| Some((observed.find_asset(group)?, group.clone()))).collect();
        for grant in &observed.grants {
            if let Some(group) = rows.get(&grant.asset) {
                self.add(group, grant.permissions, || Holder::Seen(grant.principal));
            }
        }
        for grant in &observed.dangling_grants {
            let text = |sym| observed.text(sym);
            self.add(text(grant.asset), grant.permissions, || Holder::Named(missing(grant.holder, observed)));
        }
    }

    /// What we sent and nobody answered. What others ask of us is given by an action, or not at all.
    fn take_invites(&mut self, names: &Names<'_>) {
        let waits = |invite: &&Invite| invite.status == InviteStatus::Pending && !invite.received;
        let asks_in = |invite: &&Invite| invite.kind != InviteKind::PartnerRequest;
        for invite in names.observed.invites.iter().filter(waits).filter(asks_in) {
            for (asset, permissions) in &invite.grants {
                let holder = || Holder::Named(names.stranger(invite));
                self.add(names.observed.text(*asset), *permissions, holder);
            }
        }
    }

    fn take_action(&mut self, action: &Action, observed: &ObservedState) {
        match action {
            Action::SetGrant { principal, asset, before: _, after } => {
                self.give(principal.clone(), asset, after, observed);
            }
            Action::InviteMember { person, role: _, grants } => {
                self.bring(&Principal::Person(person.clone()), grants, observed);
            }
            Action::InvitePartner { partner, grants } | Action::AcceptInvite { invite: _, partner, grants } => {
                self.bring(&Principal::Partner(partner.clone()), grants, observed);
            }
            Action::AttachGrants { invite: _, invitee, before: _, after } => self.bring(invitee, after, observed),
            // These take away, put into groups, or ask for what others own.
            Action::CreateGroup { .. }
            | Action::AddToGroup { .. }
            | Action::RemoveFromGroup { .. }
            | Action::DeleteGroup { .. }
            | Action::RequestPartner { .. }
            | Action::RequestAccess { .. }
            | Action::CancelInvite { .. }
            | Action::SetRole { .. }
            | Action::RemoveGrant { .. }
            | Action::RemoveMember { .. }
            | Action::RemovePartner { .. } => {}
        }
    }

    fn bring(&mut self, who: &Principal, grants: &[AttachedGrant], observed: &ObservedState) {
        for grant in grants {
            self.give(who.clone(), &grant.asset, &grant.permissions, observed);
        }
    }

    fn give(&mut self, who: Principal, asset: &AssetRef, words: &[String], observed: &ObservedState) {
        let bits = words.iter().filter_map(|word| observed.platform.permission_bit(word));
        let permissions = PermissionSet::of(bits.fold(0, |all, bit| all | bit));
        self.add(&asset.identity(), permissions, || Holder::Named(who));
    }

    fn add(&mut self, group: &str, permissions: PermissionSet, holder: impl FnOnce() -> Holder) {
        if permissions.is_empty() {
            return;
        }
        if let Some(held) = self.held.get_mut(group) {
            let PermissionSet { known, foreign: _ } = permissions;
            held.push(Held { holder: holder(), permissions: known, unknown: permissions.has_foreign() });
        }
    }
}

/// The group and the asset that comes into it.
fn comes_into(action: &Action) -> Option<(String, String)> {
    match action {
        Action::AddToGroup { group, asset } => Some((group.identity(), asset.identity())),
        _ => None,
    }
}

/// By asset: the groups that it is in, or comes into.
fn outer_groups<'a>(
    observed: &ObservedState,
    actions: impl Iterator<Item = &'a Action>,
) -> BTreeMap<String, Vec<String>> {
    let id = |asset: u32| observed.text(observed.assets[asset as usize].id);
    let seen = observed.contents.iter().map(|content| (id(content.group), id(content.asset)));
    let text = |sym| observed.text(sym);
    let dangling = observed.dangling_contents.iter().map(|content| (text(content.group), text(content.asset)));
    let known = seen.chain(dangling).map(|(group, asset)| (group.to_owned(), asset.to_owned()));
    let mut outer: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (group, asset) in known.chain(actions.filter_map(comes_into)) {
        outer.entry(asset).or_default().push(group);
    }
    outer
}

/// A group and all groups around it; a ring of groups ends.
fn closure(group: String, outer: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![group];
    while let Some(next) = open.pop() {
        if !found.contains(&next) {
            open.extend(outer.get(&next).into_iter().flatten().cloned());
            found.insert(next);
        }
    }
    found
}

/// A holder whom the export names and does not list.
fn missing(holder: observed::Holder, observed: &ObservedState) -> Principal {
    let text = |sym| observed.text(sym).to_owned();
    match holder {
        observed::Holder::Member(id) => Principal::Person(PersonRef { id: Some(text(id)), ..PersonRef::default() }),
        observed::Holder::Partner(id, direction) => {
            Principal::Partner(PartnerRef { key: None, id: text(id), name: None, direction })
        }
    }
}
