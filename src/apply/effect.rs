//! What an operation leaves behind, in facts: whether its effect holds in a state, and what a fact says after it.
//!
//! Both are looked at in states that were read, never assumed. Groups that the plan creates have no id in its actions; their ids
//! come from `created`, by key.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::{AssetRef, Direction, FactKey, PartnerRef, PersonRef, Principal, fold};
use crate::observed::{Collection, Invite, InviteKind, InviteStatus, Lookup, ObservedState};
use crate::plan::{Action, AttachedGrant, evidence};

/// Ids of groups by key, as `Context` has them.
pub type Created = BTreeMap<String, String>;

/// The effect of an action holds; with the id of the group or invite that it would have created.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// Id of the group or invite.
    pub created: Option<String>,
}

/// What names a group that has no id in the plan.
pub fn group_key(group: &AssetRef) -> Option<&str> {
    group.key.as_deref().or(group.name.as_deref())
}

/// Whether the effect of `action` is there.
///
/// An invitation that was accepted meanwhile has had its effect, where role and grants are those it asked for.
pub fn held(action: &Action, lookup: &Lookup<'_>, created: &Created) -> Option<Held> {
    let fact = |key: &FactKey| lookup.fact(key);
    let yes = |holds: bool| holds.then(Held::default);
    match action {
        Action::CreateGroup { group, .. } => one_id(fact(&named(group))),
        Action::AddToGroup { group, asset } => yes(fact(&content(group, asset, created)?).is_some()),
        Action::RemoveFromGroup { group, asset } => yes(fact(&content(group, asset, created)?).is_none()),
        Action::DeleteGroup { group, .. } => yes(fact(&asset_key(group, created)?).is_none()),
        Action::InviteMember { person, role, grants } => member_held(lookup, person, role, grants, created),
        Action::InvitePartner { partner, grants } => {
            partner_held(lookup, InviteKind::PartnerInvite, partner, grants, created)
        }
        Action::RequestPartner { partner, grants } => {
            partner_held(lookup, InviteKind::PartnerRequest, partner, grants, created)
        }
        Action::AttachGrants { invite, after, .. } => yes(attached_held(lookup.state(), invite, after, created)),
        Action::AcceptInvite { invite, partner, grants } => {
            let partnership = FactKey::Partner { id: partner.id.clone(), direction: partner.direction };
            let waits = find_invite(lookup.state(), invite).is_some_and(|one| one.status == InviteStatus::Pending);
            let has = |asset: String| partner_grant(partner, asset);
            yes(!waits && fact(&partnership).is_some() && all_granted(lookup, grants, created, has))
        }
        Action::CancelInvite { invite, .. } => yes(cancel_held(lookup.state(), invite)),
        Action::RequestAccess { partner, asset, after, .. } => access_asked(lookup, partner, asset, after, created),
        Action::SetRole { .. }
        | Action::SetGrant { .. }
        | Action::RemoveGrant { .. }
        | Action::RemoveMember { .. }
        | Action::RemovePartner { .. } => {
            let key = subject(action, created)?;
            yes(fact(&key) == after(action, None, created, &key, None))
        }
    }
}

/// Whom an action asks, and for what.
struct Asked<'a> {
    kind: InviteKind,
    names: Vec<&'a String>,
    role: Option<&'a String>,
    grants: &'a [AttachedGrant],
}

impl<'a> Asked<'a> {
    fn of(action: &'a Action) -> Option<Self> {
        let (kind, names, role, grants) = match action {
            Action::InviteMember { person, role, grants } => {
                (InviteKind::MemberInvite, names(person).collect(), Some(role), grants.as_slice())
            }
            Action::InvitePartner { partner, grants } => {
                (InviteKind::PartnerInvite, vec![&partner.id], None, &grants[..])
            }
            Action::RequestPartner { partner, grants } => {
                (InviteKind::PartnerRequest, vec![&partner.id], None, &grants[..])
            }
            Action::RequestAccess { partner, .. } => (InviteKind::PartnerRequest, vec![&partner.id], None, &[][..]),
            _ => return None,
        };
        Some(Asked { kind, names, role, grants })
    }

    fn has_role(&self, state: &ObservedState, invite: &Invite) -> bool {
        self.role.is_none_or(|role| invite.role.is_some_and(|sym| state.text(sym) == role))
    }
}

/// Whether the invite that an action is known to have sent waits as it was sent, whatever the platform shows of whom it is for.
pub fn waits(action: &Action, invite: &str, state: &ObservedState, created: &Created) -> bool {
    let found = Asked::of(action).zip(find_invite(state, invite));
    found.is_some_and(|(asked, invite)| {
        let as_sent = asked.has_role(state, invite) && invite.kind == asked.kind && !invite.received;
        let whole = matches!(action, Action::RequestAccess { .. })
            || attached_text(asked.grants, created).is_some_and(|text| text == attached(state, invite));
        invite.status == InviteStatus::Pending && as_sent && whole
    })
}

/// Clocks of two machines may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Whether an action may have sent an invite that can't be told to be its own: one of its kind waits, sent not before `since` and none
/// of `claimed`, and is not shown with the sort of name that the action knows. The same where the list of invites is not whole.
pub fn may_be_sent(action: &Action, lookup: &Lookup<'_>, since: Timestamp, claimed: &BTreeSet<&str>) -> bool {
    let Some(asked) = Asked::of(action) else { return false };
    let state = lookup.state();
    let hides = |invite: &Invite| {
        let shown = sort_of(state.text(invite.invitee));
        asked.names.iter().all(|name| sort_of(name) != shown)
    };
    let recent = |invite: &Invite| {
        let sent = invite.sent_at.and_then(|sym| state.text(sym).parse::<Timestamp>().ok());
        sent.is_none_or(|sent| sent >= since.saturating_sub(SKEW).unwrap_or(since))
    };
    let candidate = |invite: &Invite| {
        let ours = invite.kind == asked.kind && !invite.received && invite.status == InviteStatus::Pending;
        ours && asked.has_role(state, invite) && !claimed.contains(state.text(invite.id)) && recent(invite)
    };
    !state.is_complete(Collection::Invites) || state.invites.iter().any(|invite| candidate(invite) && hides(invite))
}

/// Addresses, ids and user names are told apart by how they look.
fn sort_of(name: &str) -> u8 {
    match name {
        address if address.contains('@') => 0,
        id if id.bytes().all(|byte| byte.is_ascii_digit()) => 1,
        _ => 2,
    }
}

/// The invite of an action that is there in part: it waits, as that action would have sent it, without all its grants. `known` is the
/// id of one that the action is known to have sent.
pub fn begun(action: &Action, known: Option<&str>, lookup: &Lookup<'_>, created: &Created) -> Option<String> {
    let asked = Asked::of(action).filter(|_| !matches!(action, Action::RequestAccess { .. }))?;
    let state = lookup.state();
    let wanted = attached_pairs(asked.grants, created)?;
    let less = |invite: &Invite| {
        let each = invite.grants.iter().map(|(asset, set)| (state.text(*asset).to_owned(), state.joined_words(*set)));
        let has: Vec<(String, String)> = each.collect();
        has.len() < wanted.len() && has.iter().all(|one| wanted.contains(one))
    };
    let known = known.and_then(|id| find_invite(state, id)).filter(|invite| invite.status == InviteStatus::Pending);
    sent(lookup, &asked.names, asked.kind)
        .chain(known)
        .find(|invite| asked.has_role(state, invite) && less(invite))
        .map(|invite| state.text(invite.id).to_owned())
}

/// The value of a fact after `action`, from its value before; the same value where the action does not touch it.
///
/// `id` is that of the invite or group which the action created.
pub fn after(
    action: &Action,
    id: Option<&str>,
    created: &Created,
    key: &FactKey,
    value: Option<String>,
) -> Option<String> {
    match action {
        Action::CreateGroup { group, .. } => match key {
            FactKey::GroupNamed { name } if *name == group.label() => with(value, id),
            FactKey::Asset { id: asset } if Some(asset.as_str()) == id => Some(group.kind.clone()),
            _ => value,
        },
        Action::AddToGroup { group, asset } if content(group, asset, created).as_ref() == Some(key) => {
            Some("contained".to_owned())
        }
        Action::RemoveFromGroup { group, asset } if content(group, asset, created).as_ref() == Some(key) => None,
        Action::DeleteGroup { group, .. } => without_group(group, key, value),
        Action::InviteMember { person, role, grants } => {
            let invitee = invitee(person)?;
            after_invite((invitee, role, grants), id, created, key, value)
        }
        Action::InvitePartner { partner, grants } | Action::RequestPartner { partner, grants } => {
            after_invite((&partner.id, "-", grants), id, created, key, value)
        }
        Action::RequestAccess { partner, asset, after, .. } => {
            let wanted = [AttachedGrant { asset: asset.clone(), permissions: after.clone() }];
            after_invite((&partner.id, "-", &wanted), id, created, key, value)
        }
        Action::AttachGrants { invite, after, .. } if is_invite(key, invite) => {
            value.map(|value| attached_after(&value, after, created))
        }
        Action::AcceptInvite { invite, partner, grants } => match key {
            FactKey::Partner { id, direction } if (id, *direction) == (&partner.id, partner.direction) => {
                Some("active".to_owned())
            }
            FactKey::Invite { id } if id == invite => value.map(|value| answered("ACCEPTED", &value)),
            FactKey::PendingFor { invitee } if *invitee == partner.id => without(value, invite),
            FactKey::PartnerGrant { asset, .. } if *key == partner_grant(partner, asset.clone()) => {
                let given = grants.iter().find(|grant| asset_id(&grant.asset, created).as_ref() == Some(asset));
                given.map(|grant| joined(&grant.permissions)).or(value)
            }
            _ => value,
        },
        Action::CancelInvite { invite, invitee, .. } => match key {
            FactKey::Invite { id } if id == invite => value.map(|value| answered("CANCELLED", &value)),
            FactKey::PendingFor { invitee: who } if is_named(invitee, who) => without(value, invite),
            _ => value,
        },
        Action::SetRole { person, after, .. } if is_member(key, person) => Some(after.clone()),
        Action::SetGrant { principal, asset, after, .. } if grant(principal, asset, created).as_ref() == Some(key) => {
            Some(joined(after))
        }
        Action::RemoveGrant { principal, asset, .. } if grant(principal, asset, created).as_ref() == Some(key) => None,
        Action::RemoveMember { person, .. } => without_member(person, key, value),
        Action::RemovePartner { partner, .. } => without_partner(partner, key, value),
        Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::AttachGrants { .. }
        | Action::SetRole { .. }
        | Action::SetGrant { .. }
        | Action::RemoveGrant { .. } => value,
    }
}

/// The facts that an action is about, where they can be named before it is done.
pub fn subject(action: &Action, created: &Created) -> Option<FactKey> {
    match action {
        Action::CreateGroup { group, .. } => Some(named(group)),
        Action::AddToGroup { group, asset } | Action::RemoveFromGroup { group, asset } => {
            content(group, asset, created)
        }
        Action::DeleteGroup { group, .. } => asset_key(group, created),
        Action::InviteMember { person, .. } => Some(pending(invitee(person)?)),
        Action::InvitePartner { partner, .. }
        | Action::RequestPartner { partner, .. }
        | Action::RequestAccess { partner, .. } => Some(pending(&partner.id)),
        Action::AttachGrants { invite, .. } | Action::CancelInvite { invite, .. } => {
            Some(FactKey::Invite { id: invite.clone() })
        }
        Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
            Some(FactKey::Member { id: person.id.clone()? })
        }
        Action::SetGrant { principal, asset, .. } | Action::RemoveGrant { principal, asset, .. } => {
            grant(principal, asset, created)
        }
        Action::AcceptInvite { partner, .. } | Action::RemovePartner { partner, .. } => {
            Some(FactKey::Partner { id: partner.id.clone(), direction: partner.direction })
        }
    }
}

fn member_held(
    lookup: &Lookup<'_>,
    person: &PersonRef,
    role: &str,
    grants: &[AttachedGrant],
    created: &Created,
) -> Option<Held> {
    let state = lookup.state();
    let text = attached_text(grants, created)?;
    let known: Vec<&String> = names(person).collect();
    let waiting = sent(lookup, &known, InviteKind::MemberInvite)
        .find(|invite| invite.role.is_some_and(|sym| state.text(sym) == role) && attached(state, invite) == text);
    if let Some(invite) = waiting {
        return Some(Held { created: Some(state.text(invite.id).to_owned()) });
    }
    let member = names(person)
        .flat_map(|name| lookup.members_named(name))
        .find_map(|&index| state.members.get(index as usize))?;
    let id = state.text(member.id).to_owned();
    let has = |asset: String| FactKey::MemberGrant { member: id.clone(), asset };
    let accepted = state.text(member.role) == role && all_granted(lookup, grants, created, has);
    accepted.then(Held::default)
}

fn partner_held(
    lookup: &Lookup<'_>,
    kind: InviteKind,
    partner: &PartnerRef,
    grants: &[AttachedGrant],
    created: &Created,
) -> Option<Held> {
    let state = lookup.state();
    let text = attached_text(grants, created)?;
    let waiting = sent(lookup, &[&partner.id], kind).find(|invite| attached(state, invite) == text);
    if let Some(invite) = waiting {
        return Some(Held { created: Some(state.text(invite.id).to_owned()) });
    }
    let has = |asset: String| partner_grant(partner, asset);
    let there = state.find_partner(&partner.id, partner.direction).is_some();
    (there && all_granted(lookup, grants, created, has)).then(Held::default)
}

/// One request may ask for several assets of a partner, so what it asks for beside this one says nothing.
fn access_asked(
    lookup: &Lookup<'_>,
    partner: &PartnerRef,
    asset: &AssetRef,
    words: &[String],
    created: &Created,
) -> Option<Held> {
    let state = lookup.state();
    let id = asset_id(asset, created)?;
    let asks = |invite: &&Invite| {
        let mut each = invite.grants.iter();
        each.any(|(asset, set)| state.text(*asset) == id && state.joined_words(*set) == joined(words))
    };
    if let Some(invite) = sent(lookup, &[&partner.id], InviteKind::PartnerRequest).find(asks) {
        return Some(Held { created: Some(state.text(invite.id).to_owned()) });
    }
    lookup.fact(&partner_grant(partner, id)).is_some_and(|has| has == joined(words)).then(Held::default)
}

/// Invites of a kind that we sent to somebody and that wait.
fn sent<'a>(lookup: &Lookup<'a>, names: &[&String], kind: InviteKind) -> impl Iterator<Item = &'a Invite> {
    let state = lookup.state();
    let waiting: Vec<u32> = names.iter().flat_map(|name| lookup.pending_for(name)).copied().collect();
    let rows = waiting.into_iter().filter_map(|index| state.invites.get(index as usize));
    rows.filter(move |invite| invite.kind == kind && !invite.received)
}

/// Every name by which a person may have been invited.
fn names(person: &PersonRef) -> impl Iterator<Item = &String> {
    [&person.email, &person.username, &person.id].into_iter().flatten()
}

fn all_granted(
    lookup: &Lookup<'_>,
    grants: &[AttachedGrant],
    created: &Created,
    key: impl Fn(String) -> FactKey,
) -> bool {
    grants.iter().all(|AttachedGrant { asset, permissions }| {
        asset_id(asset, created)
            .and_then(|asset| lookup.fact(&key(asset)))
            .is_some_and(|words| words == joined(permissions))
    })
}

fn attached_held(state: &ObservedState, invite: &str, grants: &[AttachedGrant], created: &Created) -> bool {
    find_invite(state, invite).is_some_and(|invite| {
        invite.status == InviteStatus::Pending && Some(attached(state, invite)) == attached_text(grants, created)
    })
}

/// What is attached to an invite, as `attached_text` writes it.
fn attached(state: &ObservedState, invite: &Invite) -> String {
    let value = state.invite_value(invite);
    value.splitn(3, ' ').nth(2).unwrap_or_default().to_owned()
}

/// A cancelled invite may be listed as such or be gone. One that was accepted may be gone, too: what it brings then tells
/// ([`brought_by_cancelled`]).
fn cancel_held(state: &ObservedState, invite: &str) -> bool {
    find_invite(state, invite).is_none_or(|invite| {
        matches!(invite.status, InviteStatus::Cancelled | InviteStatus::Declined | InviteStatus::Expired)
    })
}

/// What would be there had the invite been accepted that an action should have cancelled, where the invite is gone without a word.
pub fn brought_by_cancelled(action: &Action, state: &ObservedState) -> Vec<FactKey> {
    match action {
        Action::CancelInvite { invite, invitee, grants, .. } if find_invite(state, invite).is_none() => {
            evidence::acceptance(invitee, grants)
        }
        _ => Vec::new(),
    }
}

/// The facts about what waits for whom an action should have cancelled an invite.
pub fn pending_names(action: &Action) -> Vec<FactKey> {
    match action {
        Action::CancelInvite { invitee: Principal::Person(person), .. } => {
            names(person).map(|name| pending(name)).collect()
        }
        Action::CancelInvite { invitee: Principal::Partner(partner), .. } => vec![pending(&partner.id)],
        _ => Vec::new(),
    }
}

fn find_invite<'s>(state: &'s ObservedState, id: &str) -> Option<&'s Invite> {
    state.invites.get(state.find_invite(id)? as usize)
}

/// The id where a fact that may list several names exactly one.
fn one_id(value: Option<String>) -> Option<Held> {
    let id = value.filter(|ids| !ids.contains(';'))?;
    Some(Held { created: Some(id) })
}

fn after_invite(
    (invitee, role, grants): (&str, &str, &[AttachedGrant]),
    id: Option<&str>,
    created: &Created,
    key: &FactKey,
    value: Option<String>,
) -> Option<String> {
    match key {
        FactKey::PendingFor { invitee: who } if *who == fold(invitee) => with(value, id),
        FactKey::Invite { id: invite } if Some(invite.as_str()) == id => {
            let grants = attached_text(grants, created).unwrap_or_default();
            Some(format!("PENDING {role} {grants}").trim_end().to_owned())
        }
        _ => value,
    }
}

/// The value of an invite with other grants: its status and role stay.
fn attached_after(value: &str, grants: &[AttachedGrant], created: &Created) -> String {
    let mut words = value.splitn(3, ' ');
    let status = words.next().unwrap_or_default();
    let role = words.next().unwrap_or_default();
    let grants = attached_text(grants, created).unwrap_or_default();
    format!("{status} {role} {grants}").trim_end().to_owned()
}

/// The value of an invite in another state.
fn answered(state: &str, value: &str) -> String {
    match value.split_once(' ') {
        Some((_, rest)) => format!("{state} {rest}"),
        None => state.to_owned(),
    }
}

/// The facts that an acceptance gives.
pub(super) fn brought(partner: &PartnerRef, grants: &[AttachedGrant], created: &Created) -> Vec<FactKey> {
    let assets = grants.iter().filter_map(|grant| asset_id(&grant.asset, created));
    assets.map(|asset| partner_grant(partner, asset)).collect()
}

fn partner_grant(partner: &PartnerRef, asset: String) -> FactKey {
    FactKey::PartnerGrant { partner: partner.id.clone(), direction: partner.direction, asset }
}

fn without_group(group: &AssetRef, key: &FactKey, value: Option<String>) -> Option<String> {
    let Some(gone) = &group.id else { return value };
    match key {
        FactKey::Asset { id } if id == gone => None,
        FactKey::GroupNamed { name } if group.name.as_ref() == Some(name) => without(value, gone),
        FactKey::Content { group, asset } if group == gone || asset == gone => None,
        FactKey::MemberGrant { asset, .. } | FactKey::PartnerGrant { asset, .. } if asset == gone => None,
        _ => value,
    }
}

fn without_member(person: &PersonRef, key: &FactKey, value: Option<String>) -> Option<String> {
    let Some(gone) = &person.id else { return value };
    match key {
        FactKey::Member { id } if id == gone => None,
        FactKey::MemberGrant { member, .. } if member == gone => None,
        FactKey::Address { .. } => without(value, gone),
        _ => value,
    }
}

fn without_partner(partner: &PartnerRef, key: &FactKey, value: Option<String>) -> Option<String> {
    let ours = |id: &str, direction: Direction| id == partner.id && direction == partner.direction;
    match key {
        FactKey::Partner { id, direction } if ours(id, *direction) => None,
        FactKey::PartnerGrant { partner, direction, .. } if ours(partner, *direction) => None,
        _ => value,
    }
}

/// A list of ids, joined with `;` and sorted, with one more.
fn with(value: Option<String>, id: Option<&str>) -> Option<String> {
    let Some(id) = id else { return value };
    let value = value.unwrap_or_default();
    let mut ids: Vec<&str> = value.split(';').filter(|other| !other.is_empty()).collect();
    if let Err(place) = ids.binary_search(&id) {
        ids.insert(place, id);
    }
    Some(ids.join(";"))
}

/// A list of ids without one.
fn without(value: Option<String>, id: &str) -> Option<String> {
    let value = value?;
    let ids: Vec<&str> = value.split(';').filter(|other| *other != id).collect();
    (!ids.is_empty()).then(|| ids.join(";"))
}

fn is_invite(key: &FactKey, invite: &str) -> bool {
    matches!(key, FactKey::Invite { id } if id == invite)
}

fn is_member(key: &FactKey, person: &PersonRef) -> bool {
    matches!(key, FactKey::Member { id } if Some(id) == person.id.as_ref())
}

/// Whether a folded name is one of a principal's.
fn is_named(principal: &Principal, folded: &str) -> bool {
    match principal {
        Principal::Person(person) => names(person).any(|name| fold(name) == folded),
        Principal::Partner(partner) => partner.id == folded,
    }
}

/// By what a person is invited.
fn invitee(person: &PersonRef) -> Option<&str> {
    names(person).map(String::as_str).next()
}

fn asset_id(asset: &AssetRef, created: &Created) -> Option<String> {
    let known = asset.id.as_ref();
    known.or_else(|| created.get(group_key(asset)?)).cloned()
}

fn named(group: &AssetRef) -> FactKey {
    FactKey::GroupNamed { name: group.label() }
}

fn asset_key(asset: &AssetRef, created: &Created) -> Option<FactKey> {
    let id = asset_id(asset, created)?;
    Some(FactKey::Asset { id })
}

fn pending(invitee: &str) -> FactKey {
    FactKey::PendingFor { invitee: fold(invitee).into_owned() }
}

fn content(group: &AssetRef, asset: &AssetRef, created: &Created) -> Option<FactKey> {
    Some(FactKey::Content { group: asset_id(group, created)?, asset: asset_id(asset, created)? })
}

fn grant(principal: &Principal, asset: &AssetRef, created: &Created) -> Option<FactKey> {
    let asset = asset_id(asset, created)?;
    match principal {
        Principal::Person(person) => Some(FactKey::MemberGrant { member: person.id.clone()?, asset }),
        Principal::Partner(partner) => Some(partner_grant(partner, asset)),
    }
}

fn joined(words: &[String]) -> String {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words.join(";")
}

fn attached_pairs(grants: &[AttachedGrant], created: &Created) -> Option<Vec<(String, String)>> {
    grants.iter().map(|grant| Some((asset_id(&grant.asset, created)?, joined(&grant.permissions)))).collect()
}

/// Grants of an invite as its fact has them: by asset id, `asset=WORD;WORD|asset=WORD`.
fn attached_text(grants: &[AttachedGrant], created: &Created) -> Option<String> {
    let mut each = attached_pairs(grants, created)?;
    each.sort_unstable();
    let each: Vec<String> = each.into_iter().map(|(asset, words)| format!("{asset}={words}")).collect();
    Some(each.join("|"))
}
