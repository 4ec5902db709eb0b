//! The opposite of an operation that was done, as far as there is one now. What asks or ends a relation is in `relations`.

use std::collections::BTreeSet;

use crate::model::{AssetRef, Direction, FactKey, PersonRef, Principal, PrincipalIx};
use crate::observed::{Lookup, ObservedState};

use super::super::Undo;
use super::super::action::Action;
use super::super::sentence::count;
use super::Undone;
use super::relations::names;

/// What undoes an operation.
pub(super) enum Inverse {
    /// This action; with what it can't bring back.
    Action(Box<Action>, Option<String>),
    /// It is undone already; how it comes.
    Nothing(String),
    /// It can't be undone, or not safely.
    Held {
        /// As [`Withheld::why`](super::super::Withheld::why).
        why: &'static str,
        /// Why, and what to do about it.
        help: String,
    },
}

/// What was read, and what the operations to be undone (all of one business) were about.
pub(super) struct Now<'a> {
    pub(super) lookup: Lookup<'a>,
    done: &'a [Undone<'a>],
    /// Invites that operations to be undone created: they will be cancelled.
    pub(super) sent: BTreeSet<&'a str>,
}

impl<'a> Now<'a> {
    pub(super) fn new(observed: &'a ObservedState, done: &'a [Undone<'a>]) -> Self {
        let invites = |undone: &&Undone<'a>| !matches!(undone.operation.action, Action::CreateGroup { .. });
        Now {
            lookup: Lookup::new(observed),
            done,
            sent: done.iter().filter(invites).filter_map(|undone| undone.created).collect(),
        }
    }

    pub(super) fn lookup(&self) -> &Lookup<'a> {
        &self.lookup
    }

    pub(super) fn state(&self) -> &'a ObservedState {
        self.lookup.state()
    }

    /// The opposite of one of the operations.
    pub(super) fn inverse(&self, undone: &Undone<'_>) -> Inverse {
        if let Undo::Impossible { why } = &undone.operation.undo {
            return held("irreversible", why.clone());
        }
        match &undone.operation.action {
            Action::CreateGroup { group, .. } => self.created_group(group, undone.created),
            Action::AddToGroup { group, asset } => self.added(group, asset),
            Action::RemoveFromGroup { group, asset } => self.taken_out(group, asset),
            Action::DeleteGroup { group, .. } => held(
                "irreversible",
                format!(
                    "asset group {} would come back under another id; write it into the files to have it again",
                    group.label()
                ),
            ),
            Action::InviteMember { .. }
            | Action::InvitePartner { .. }
            | Action::RequestPartner { .. }
            | Action::RequestAccess { .. } => self.invited(undone),
            Action::AttachGrants { invite, .. } => self.attached(invite, undone.operation),
            Action::AcceptInvite { partner, .. } => self.accepted(partner),
            Action::CancelInvite { invitee, role, grants, .. } => self.cancelled(invitee, role.as_deref(), grants),
            Action::SetRole { person, before, after } => self.role(person, before, after),
            Action::SetGrant { principal, asset, before, after } => self.granted(principal, asset, before, after),
            Action::RemoveGrant { principal, asset, before } => self.ungranted(principal, asset, before),
            Action::RemoveMember { person, role, grants } => self.removed_member(person, role, grants),
            Action::RemovePartner { partner, grants } => self.removed_partner(partner, grants),
        }
    }

    fn created_group(&self, group: &AssetRef, created: Option<&str>) -> Inverse {
        let Some((id, slot)) = created.and_then(|id| Some((id, self.state().find_asset(id)?))) else {
            return Inverse::Nothing(format!("asset group {} is gone already", group.label()));
        };
        let ours = |asset: &str| {
            self.done.iter().any(|undone| match &undone.operation.action {
                Action::AddToGroup { group: other, asset: added } => {
                    self.id_of(other).as_deref() == Some(id) && added.id.as_deref() == Some(asset)
                }
                _ => false,
            })
        };
        let state = self.state();
        let contents = state.contents_of(slot).iter();
        let foreign = contents.filter(|content| !ours(state.text(state.assets[content.asset as usize].id)));
        let grants = state.grants.iter().filter(|grant| grant.asset == slot);
        let others = grants.filter(|grant| !self.gave(grant.principal, id));
        let (foreign, others) = (foreign.count(), others.count());
        if foreign + others > 0 {
            let help = format!(
                "asset group {} has {} and {} by now that the run did not put there",
                group.label(),
                count(foreign, "asset"),
                count(others, "grant")
            );
            return held("moved", help);
        }
        action(Action::DeleteGroup {
            group: AssetRef { id: Some(id.to_owned()), ..group.clone() },
            contents: Vec::new(),
            grants: Vec::new(),
        })
    }

    /// Whether one of the operations gave a principal something on an asset.
    fn gave(&self, principal: PrincipalIx, asset: &str) -> bool {
        self.done.iter().any(|undone| match &undone.operation.action {
            Action::SetGrant { principal: who, asset: on, .. } => {
                self.id_of(on).as_deref() == Some(asset) && self.index_of(who) == Some(principal)
            }
            _ => false,
        })
    }

    fn added(&self, group: &AssetRef, asset: &AssetRef) -> Inverse {
        let known = AssetRef { id: self.id_of(group), ..group.clone() };
        if self.contained(&known, asset) {
            return action(Action::RemoveFromGroup { group: known, asset: asset.clone() });
        }
        Inverse::Nothing(format!("{} is not in {} any more", asset.label(), group.label()))
    }

    fn taken_out(&self, group: &AssetRef, asset: &AssetRef) -> Inverse {
        if self.contained(group, asset) {
            return Inverse::Nothing(format!("{} is in {} again", asset.label(), group.label()));
        }
        let there = |asset: &AssetRef| asset.id.as_deref().is_some_and(|id| self.state().find_asset(id).is_some());
        if !there(group) || !there(asset) {
            return held("moved", format!("{} or {} is gone", group.label(), asset.label()));
        }
        action(Action::AddToGroup { group: group.clone(), asset: asset.clone() })
    }

    fn contained(&self, group: &AssetRef, asset: &AssetRef) -> bool {
        let (Some(group), Some(asset)) = (group.id.clone(), asset.id.clone()) else {
            return false;
        };
        self.lookup.fact(&FactKey::Content { group, asset }).is_some()
    }

    fn role(&self, person: &PersonRef, before: &str, after: &str) -> Inverse {
        let id = person.id.clone().unwrap_or_default();
        let now = self.lookup.fact(&FactKey::Member { id });
        match now.as_deref() {
            Some(now) if now == before => Inverse::Nothing(format!("{} is {before} again", person.label())),
            Some(now) if now == after => {
                action(Action::SetRole { person: person.clone(), before: after.to_owned(), after: before.to_owned() })
            }
            Some(now) => held("moved", format!("{} is {now} by now, not {after}", person.label())),
            None => held("moved", format!("{} is no member any more", person.label())),
        }
    }

    fn granted(&self, principal: &Principal, asset: &AssetRef, before: &[String], after: &[String]) -> Inverse {
        let known = AssetRef { id: self.id_of(asset), ..asset.clone() };
        let now = self.words_on(principal, &known);
        if now == sorted(before) {
            return Inverse::Nothing(format!("{} has what they had on {}", principal.label(), asset.label()));
        }
        if now != sorted(after) {
            return held("moved", has_by_now(principal, asset, &now));
        }
        let (principal, asset, before, after) = (principal.clone(), known, after.to_vec(), before.to_vec());
        if after.is_empty() {
            return action(Action::RemoveGrant { principal, asset, before });
        }
        self.writable(&after, Action::SetGrant { principal, asset, before, after: after.clone() })
    }

    fn ungranted(&self, principal: &Principal, asset: &AssetRef, before: &[String]) -> Inverse {
        let now = self.words_on(principal, asset);
        if now == sorted(before) {
            return Inverse::Nothing(format!("{} has it again on {}", principal.label(), asset.label()));
        }
        if !now.is_empty() {
            return held("moved", has_by_now(principal, asset, &now));
        }
        if !self.is_in(principal) {
            return held("moved", format!("{} is gone", principal.label()));
        }
        let give = match principal {
            Principal::Partner(partner) if partner.direction == Direction::Outbound => Action::RequestAccess {
                partner: partner.clone(),
                asset: asset.clone(),
                before: Vec::new(),
                after: before.to_vec(),
            },
            Principal::Person(_) | Principal::Partner(_) => Action::SetGrant {
                principal: principal.clone(),
                asset: asset.clone(),
                before: Vec::new(),
                after: before.to_vec(),
            },
        };
        self.writable(before, give)
    }

    fn writable(&self, words: &[String], give: Action) -> Inverse {
        match self.unwritable(words) {
            None => action(give),
            Some(word) => held("unwritable", format!("`{word}` can be read and not written")),
        }
    }

    pub(super) fn unwritable<'w>(&self, words: &'w [String]) -> Option<&'w String> {
        let table = self.state().platform.permissions;
        let writes = |word: &String| table.iter().any(|permission| permission.word == *word && permission.writable);
        words.iter().find(|word| !writes(word))
    }

    /// Whether somebody is a member, or a business a partner.
    pub(super) fn is_in(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Partner(partner) => self.state().find_partner(&partner.id, partner.direction).is_some(),
            Principal::Person(person) => {
                let known = person.id.as_deref().is_some_and(|id| self.state().find_member(id).is_some());
                known || names(person).any(|name| !self.lookup.members_named(name).is_empty())
            }
        }
    }

    fn words_on(&self, principal: &Principal, asset: &AssetRef) -> Vec<String> {
        let state = self.state();
        let on = asset.id.as_deref().and_then(|id| state.find_asset(id));
        let set = self.index_of(principal).zip(on).and_then(|(who, on)| state.grant(who, on));
        set.map(|set| state.words(set)).unwrap_or_default()
    }

    fn index_of(&self, principal: &Principal) -> Option<PrincipalIx> {
        match principal {
            Principal::Person(person) => self.state().find_member(person.id.as_deref()?).map(PrincipalIx::person),
            Principal::Partner(partner) => {
                let at = self.state().find_partner(&partner.id, partner.direction)?;
                Some(PrincipalIx::partner(at))
            }
        }
    }

    /// The id of an asset; of a group that the run created, the id it was given.
    fn id_of(&self, asset: &AssetRef) -> Option<String> {
        let created = || {
            self.done.iter().find_map(|undone| match &undone.operation.action {
                Action::CreateGroup { group, .. } if group.identity() == asset.identity() => undone.created,
                _ => None,
            })
        };
        asset.id.clone().or_else(|| created().map(str::to_owned))
    }
}

pub(super) fn action(action: Action) -> Inverse {
    Inverse::Action(Box::new(action), None)
}

pub(super) fn held(why: &'static str, help: impl Into<String>) -> Inverse {
    Inverse::Held { why, help: help.into() }
}

fn has_by_now(principal: &Principal, asset: &AssetRef, now: &[String]) -> String {
    let now = if now.is_empty() { "nothing".to_owned() } else { now.join(";") };
    format!("{} has {now} on {} by now", principal.label(), asset.label())
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}
