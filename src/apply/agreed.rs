//! What a run leaves as agreed: the state that the next plan takes for ours, so that everything else in the business stays drift.
//!
//! Not all that is seen after a run is ours. Somebody may have changed something since the plan was made, and what the plan held back
//! was agreed to by nobody.

use std::collections::BTreeSet;

use crate::model::{Direction, FactKey, PermissionSet, Principal, PrincipalIx, Sym, fold};
use crate::observed::{Asset, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner};
use crate::plan::{Action, BusinessPlan, Operation, predict};

use super::effect::{Created, group_key};
use super::history::touched;
use super::report::{BusinessReport, Fate};

/// The states of a business before a run's first call and after its last one.
#[derive(Debug)]
pub struct Seen {
    /// Key of the business.
    pub business: String,
    /// As it was read first; absent where it was read once only.
    pub first: Option<ObservedState>,
    /// As it was read last.
    pub last: ObservedState,
}

/// The state that is agreed after a run; `before` is the one that was agreed before it. `None` where nobody can tell: none was agreed
/// before, and the business is not as the plan saw it.
///
/// | the business | agreed is |
/// |---|---|
/// | ends as the plan says | what is seen |
/// | was as the plan saw it | that, with what the run did; of whom something was held back or not done, what was agreed before |
/// | has moved since the plan | what was agreed before, with what the run did |
pub fn agreed(
    plan: &BusinessPlan,
    report: &BusinessReport,
    seen: Seen,
    before: Option<ObservedState>,
) -> Option<ObservedState> {
    let Seen { business: _, first, last } = seen;
    let whole = plan.withheld.is_empty() && plan.predicted == Some(last.digest());
    if whole {
        return Some(last);
    }
    let first = first.unwrap_or_else(|| last.clone());
    let still = first.digest() == plan.observed.digest;
    let run = Run::of(plan, report);
    let mut state = match (still, &before) {
        (true, _) => first,
        (false, Some(before)) => before.clone(),
        (false, None) => return None,
    };
    if still {
        run.leave_out(&mut state, before.as_ref());
    }
    run.enter(&mut state, &last);
    head(&mut state, &last);
    Some(state)
}

/// Operations with what came of them.
struct Run<'p> {
    plan: &'p BusinessPlan,
    created: Created,
    /// Done and seen, with the id of what was created.
    done: Vec<(&'p Operation, Option<String>)>,
    /// Done as the target says, and not seen.
    unseen: Vec<&'p Operation>,
    /// Not done.
    open: Vec<&'p Operation>,
}

impl<'p> Run<'p> {
    fn of(plan: &'p BusinessPlan, report: &BusinessReport) -> Self {
        let mut run = Run { plan, created: Created::new(), done: Vec::new(), unseen: Vec::new(), open: Vec::new() };
        let unseen: BTreeSet<&String> = report.verification.iter().flat_map(|seen| &seen.unseen).collect();
        for (operation, told) in plan.operations.iter().zip(&report.operations) {
            match &told.fate {
                Fate::Done { .. } | Fate::AlreadySo { .. } if unseen.contains(&told.id) => run.unseen.push(operation),
                Fate::Done { created } | Fate::AlreadySo { created } => {
                    if let (Action::CreateGroup { group, .. }, Some(id)) = (&operation.action, created)
                        && let Some(key) = group_key(group)
                    {
                        run.created.insert(key.to_owned(), id.clone());
                    }
                    run.done.push((operation, created.clone()));
                }
                _ => run.open.push(operation),
            }
        }
        run
    }

    /// Puts back what nobody agreed to: of whom something was held back, and what was not done.
    fn leave_out(&self, state: &mut ObservedState, before: Option<&ObservedState>) {
        let Some(before) = before else {
            // Nothing was agreed before: what is there and should go is no part of it.
            let taking = self.open.iter().map(|operation| &operation.action).filter(|action| takes(action));
            self.perform(state, taking);
            return;
        };
        for withheld in &self.plan.withheld {
            match &withheld.principal {
                Some(principal) => copy_principal(state, before, principal),
                None => copy_contents(state, before),
            }
        }
        for operation in &self.open {
            for key in touched(&operation.action, None, &self.created) {
                copy(state, before, &key);
            }
        }
    }

    /// Enters what was done as it is seen. What was done and is not there was taken back by somebody else, which is theirs.
    fn enter(&self, state: &mut ObservedState, last: &ObservedState) {
        for (operation, id) in &self.done {
            for key in touched(&operation.action, id.as_deref(), &self.created) {
                copy(state, last, &key);
            }
        }
        self.perform(state, self.unseen.iter().map(|operation| &operation.action).filter(|action| !creates(action)));
    }

    fn perform<'a>(&self, state: &mut ObservedState, actions: impl Iterator<Item = &'a Action>) {
        let as_of = self.plan.observed.captured_at;
        // What does not fit is so already.
        drop(predict::perform_all(state, actions, &mut self.created.clone(), as_of));
    }
}

/// Whether an action is about what is there already, and makes it less or other.
fn takes(action: &Action) -> bool {
    match action {
        Action::RemoveFromGroup { .. }
        | Action::DeleteGroup { .. }
        | Action::CancelInvite { .. }
        | Action::RemoveGrant { .. }
        | Action::RemoveMember { .. }
        | Action::RemovePartner { .. } => true,
        Action::SetGrant { before, .. } => !before.is_empty(),
        Action::SetRole { .. } => true,
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::RequestPartner { .. }
        | Action::RequestAccess { .. }
        | Action::AttachGrants { .. }
        | Action::AcceptInvite { .. } => false,
    }
}

/// Whether the platform gives what an action makes an id of its own.
fn creates(action: &Action) -> bool {
    matches!(
        action,
        Action::CreateGroup { .. }
            | Action::InviteMember { .. }
            | Action::InvitePartner { .. }
            | Action::RequestPartner { .. }
            | Action::RequestAccess { .. }
    )
}

/// Where and when the state is from, and how whole.
fn head(state: &mut ObservedState, last: &ObservedState) {
    state.captured_at = last.captured_at;
    state.captured_by.clone_from(&last.captured_by);
    state.source.clone_from(&last.source);
    state.query.clone_from(&last.query);
    state.completeness.clone_from(&last.completeness);
    state.notice();
}

/// Makes one fact what it is in another state, with the rows it needs.
fn copy(to: &mut ObservedState, from: &ObservedState, key: &FactKey) {
    match key {
        FactKey::Member { id } => copy_member(to, from, id),
        FactKey::Partner { id, direction } => copy_partner(to, from, id, *direction),
        FactKey::Asset { id } => copy_asset(to, from, id),
        FactKey::MemberGrant { member, asset } => copy_grant(to, from, &Whose::Member(member), asset),
        FactKey::PartnerGrant { partner, direction, asset } => {
            copy_grant(to, from, &Whose::Partner(partner, *direction), asset);
        }
        FactKey::Content { group, asset } => copy_content(to, from, group, asset),
        FactKey::Invite { id } => copy_invite(to, from, id),
        FactKey::PendingFor { invitee } => copy_pending(to, from, invitee),
        // They follow from the rows.
        FactKey::Address { .. } | FactKey::GroupNamed { .. } => {}
    }
}

fn copy_principal(to: &mut ObservedState, from: &ObservedState, principal: &Principal) {
    let whose = match principal {
        Principal::Person(person) => {
            for name in [&person.email, &person.username, &person.id].into_iter().flatten() {
                copy_pending(to, from, &fold(name));
            }
            let Some(id) = &person.id else { return };
            copy_member(to, from, id);
            Whose::Member(id)
        }
        Principal::Partner(partner) => {
            copy_pending(to, from, &partner.id);
            copy_partner(to, from, &partner.id, partner.direction);
            Whose::Partner(&partner.id, partner.direction)
        }
    };
    let assets: BTreeSet<String> = whose.assets(to).chain(whose.assets(from)).collect();
    for asset in assets {
        copy_grant(to, from, &whose, &asset);
    }
}

fn copy_contents(to: &mut ObservedState, from: &ObservedState) {
    let pairs = |state: &ObservedState| -> Vec<(String, String)> {
        let id = |index: u32| state.assets.get(index as usize).map(|row| state.text(row.id).to_owned());
        state.contents.iter().filter_map(|row| id(row.group).zip(id(row.asset))).collect()
    };
    let all: BTreeSet<(String, String)> = pairs(to).into_iter().chain(pairs(from)).collect();
    for (group, asset) in all {
        copy_content(to, from, &group, &asset);
    }
}

fn copy_member(to: &mut ObservedState, from: &ObservedState, id: &str) {
    let Some(row) = from.find_member(id).and_then(|index| from.members.get(index as usize)) else {
        to.remove_member(id);
        return;
    };
    let mut own = |sym: Sym| to.strings.intern(from.text(sym));
    let row = Member {
        id: own(row.id),
        email: row.email.map(&mut own),
        username: row.username.map(&mut own),
        role: own(row.role),
        system: row.system,
        created_at: row.created_at.map(&mut own),
        created_by: row.created_by.map(&mut own),
    };
    to.put_member(row);
}

fn copy_partner(to: &mut ObservedState, from: &ObservedState, id: &str, direction: Direction) {
    let Some(row) = from.find_partner(id, direction).and_then(|index| from.partners.get(index as usize)) else {
        to.remove_partner(id, direction);
        return;
    };
    let mut own = |sym: Sym| to.strings.intern(from.text(sym));
    let row = Partner {
        id: own(row.id),
        name: row.name.map(&mut own),
        direction: row.direction,
        created_at: row.created_at.map(&mut own),
    };
    to.put_partner(row);
}

fn copy_asset(to: &mut ObservedState, from: &ObservedState, id: &str) {
    let Some(row) = from.find_asset(id).and_then(|index| from.assets.get(index as usize)) else {
        to.remove_asset(id);
        return;
    };
    let mut own = |sym: Sym| to.strings.intern(from.text(sym));
    let row = Asset {
        id: own(row.id),
        kind: own(row.kind),
        name: row.name.map(&mut own),
        owner_business: row.owner_business.map(&mut own),
        client: row.client.map(&mut own),
    };
    to.put_asset(row);
}

/// Who holds a grant, by id.
enum Whose<'a> {
    Member(&'a str),
    Partner(&'a str, Direction),
}

impl Whose<'_> {
    fn find(&self, state: &ObservedState) -> Option<PrincipalIx> {
        match self {
            Whose::Member(id) => state.find_member(id).map(PrincipalIx::person),
            Whose::Partner(id, direction) => state.find_partner(id, *direction).map(PrincipalIx::partner),
        }
    }

    fn copy(&self, to: &mut ObservedState, from: &ObservedState) {
        match self {
            Whose::Member(id) => copy_member(to, from, id),
            Whose::Partner(id, direction) => copy_partner(to, from, id, *direction),
        }
    }

    /// Ids of the assets on which they hold something.
    fn assets<'s>(&self, state: &'s ObservedState) -> impl Iterator<Item = String> + use<'s> {
        let grants = self.find(state).map_or(&[][..], |principal| state.grants_of(principal));
        let rows = grants.iter().filter_map(|grant| state.assets.get(grant.asset as usize));
        rows.map(|row| state.text(row.id).to_owned())
    }
}

fn copy_grant(to: &mut ObservedState, from: &ObservedState, whose: &Whose<'_>, asset: &str) {
    let held = whose.find(from).zip(from.find_asset(asset)).and_then(|(principal, index)| from.grant(principal, index));
    if held.is_some() {
        if whose.find(to).is_none() {
            whose.copy(to, from);
        }
        if to.find_asset(asset).is_none() {
            copy_asset(to, from, asset);
        }
    }
    let set = own_set(to, from, held.unwrap_or_default());
    if let Some((principal, index)) = whose.find(to).zip(to.find_asset(asset)) {
        to.set_grant(principal, index, set);
    }
}

fn copy_content(to: &mut ObservedState, from: &ObservedState, group: &str, asset: &str) {
    let pair = |state: &ObservedState| state.find_asset(group).zip(state.find_asset(asset));
    let inside =
        pair(from).is_some_and(|(group, asset)| from.contents_of(group).iter().any(|content| content.asset == asset));
    if inside {
        for id in [group, asset] {
            if to.find_asset(id).is_none() {
                copy_asset(to, from, id);
            }
        }
    }
    match (pair(to), inside) {
        (Some((group, asset)), true) => drop(to.put_content(group, asset)),
        (Some((group, asset)), false) => drop(to.remove_content(group, asset)),
        (None, _) => {}
    }
}

fn copy_invite(to: &mut ObservedState, from: &ObservedState, id: &str) {
    let Some(row) = from.find_invite(id).and_then(|index| from.invites.get(index as usize)) else {
        to.remove_invite(id);
        return;
    };
    let mut grants = Vec::new();
    for (asset, set) in &row.grants {
        let set = own_set(to, from, *set);
        grants.push((to.strings.intern(from.text(*asset)), set));
    }
    let status = InviteStatus::of(row.status.word(&from.strings), &mut to.strings);
    let kind = InviteKind::of(row.kind.word(&from.strings), &mut to.strings);
    let mut own = |sym: Sym| to.strings.intern(from.text(sym));
    let row = Invite {
        id: own(row.id),
        kind,
        invitee: own(row.invitee),
        role: row.role.map(&mut own),
        status,
        received: row.received,
        sent_at: row.sent_at.map(&mut own),
        updated_at: row.updated_at.map(&mut own),
        expires_at: row.expires_at.map(&mut own),
        grants,
    };
    to.put_invite(row);
}

/// Invites that wait for somebody in one of the two states.
fn copy_pending(to: &mut ObservedState, from: &ObservedState, invitee: &str) {
    let waiting = |state: &ObservedState| -> Vec<String> {
        let named = |invite: &&Invite| {
            invite.status == InviteStatus::Pending && fold(state.text(invite.invitee)) == fold(invitee)
        };
        state.invites.iter().filter(named).map(|invite| state.text(invite.id).to_owned()).collect()
    };
    for id in waiting(to).into_iter().chain(waiting(from)) {
        copy_invite(to, from, &id);
    }
}

/// A set of another state, in the words of this one.
fn own_set(to: &mut ObservedState, from: &ObservedState, set: PermissionSet) -> PermissionSet {
    let words = from.words(set);
    to.permission_set(words.iter().map(String::as_str))
}
