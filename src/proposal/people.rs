//! The people of a proposal: members, system users, and those who were invited and have not answered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::fold;
use crate::observed::{InviteKind, Member, ObservedState};
use crate::platforms::Role;

use super::Left;
use super::invites::{self, Pending};
use super::keys::{is_id, is_person_key, unique};
use super::mining::Row;
use super::rights::Rights;
use super::view::Assets;
use super::yaml::remark;

/// A person or service account.
pub(super) struct Person<'a> {
    /// The key: address, else user name, else id.
    pub key: String,
    /// The platform's id; absent for somebody who was invited.
    pub id: Option<&'a str>,
    /// An address that can't be the key.
    pub also: Option<&'a str>,
    /// The user name, where it is needed to tell who it is.
    pub username: Option<&'a str>,
    /// A system user.
    pub service: bool,
    /// The role, where it is not the least one.
    pub role: Option<&'static Role>,
    /// Invited, and has not answered; the day where known.
    pub invited: Option<Option<Date>>,
    /// What can be written of their rights.
    pub rights: Row,
    /// What a reader should know.
    pub remarks: Vec<String>,
    /// The folded domain of the address, where there is one.
    pub domain: Option<String>,
}

/// All people by key, and for each member of the export who that is.
pub(super) struct People<'a> {
    /// By key.
    pub list: Vec<Person<'a>>,
    /// By member's id: the index in `list`.
    pub by_id: BTreeMap<&'a str, u32>,
    /// Addresses and user names of invitations to people who are members already.
    pub invited_members: Vec<&'a str>,
}

/// The people of an export.
pub(super) fn people<'a>(
    state: &'a ObservedState,
    assets: &Assets<'_>,
    left: &mut Left,
) -> People<'a> {
    let names = Names::of(state);
    let mut list: Vec<Person<'a>> = Vec::new();
    let mut rights = member_rights(state, assets, left);
    for (member, rights) in state.members.iter().zip(&mut rights) {
        match member_entry(state, member, &names) {
            Some(person) => list.push(Person {
                rights: rights.row(),
                remarks: [person.remarks.clone(), rights.remarks()].concat(),
                ..person
            }),
            None => left.people += 1,
        }
    }
    let mut invited_members = Vec::new();
    for (folded, pending) in invites::pending(state, InviteKind::MemberInvite) {
        left.superfluous_invites += pending.older.len();
        if names.knows(&folded) {
            left.superfluous_invites += 1;
            invited_members.push(pending.invitee);
        } else if let Some(person) = invited_entry(state, assets, &pending, left) {
            list.push(person);
        } else {
            left.superfluous_invites += 1;
        }
    }
    give_keys(&mut list);
    list.sort_by(|a, b| a.key.cmp(&b.key));
    let ids = (0..).zip(&list);
    let by_id = ids.filter_map(|(index, person)| Some((person.id?, index)));
    People {
        by_id: by_id.collect(),
        invited_members,
        list,
    }
}

/// Ids of the members, and how often each folded address and user name occurs among them.
struct Names<'a> {
    ids: BTreeSet<&'a str>,
    addresses: BTreeMap<String, usize>,
    usernames: BTreeMap<String, usize>,
}

impl<'a> Names<'a> {
    fn of(state: &'a ObservedState) -> Self {
        let ids = state.members.iter().map(|member| state.text(member.id));
        let mut names = Names {
            ids: ids.collect(),
            addresses: BTreeMap::new(),
            usernames: BTreeMap::new(),
        };
        for member in &state.members {
            for (sym, counts) in [
                (member.email, &mut names.addresses),
                (member.username, &mut names.usernames),
            ] {
                if let Some(sym) = sym {
                    *counts
                        .entry(fold(state.text(sym)).into_owned())
                        .or_default() += 1;
                }
            }
        }
        names
    }

    fn knows(&self, folded: &str) -> bool {
        self.ids.contains(folded)
            || self.addresses.contains_key(folded)
            || self.usernames.contains_key(folded)
    }

    /// An address that belongs to one member alone, whatever its case.
    fn sole_address<'t>(&self, address: &'t str) -> Option<&'t str> {
        let folded = fold(address);
        let once = self.addresses.get(folded.as_ref()) == Some(&1);
        (once && is_address(address)).then_some(address)
    }

    fn sole_username<'t>(&self, username: &'t str) -> Option<&'t str> {
        let folded = fold(username);
        let sole = self.usernames.get(folded.as_ref()) == Some(&1);
        (sole && super::is_writable(username)).then_some(username)
    }
}

fn member_rights(state: &ObservedState, assets: &Assets<'_>, left: &mut Left) -> Vec<Rights> {
    let mut rights: Vec<Rights> = Vec::new();
    rights.resize_with(state.members.len(), Rights::default);
    for grant in &state.grants {
        if grant.principal.is_partner() {
            continue;
        }
        let asset = state.assets.get(grant.asset as usize);
        if let (Some(rights), Some(asset)) = (rights.get_mut(grant.principal.index()), asset) {
            rights.add(state, assets, state.text(asset.id), grant.permissions, left);
        }
    }
    rights
}

/// The entry of a member without rights and with a wish for a key; nothing where no name or id can be written.
fn member_entry<'a>(
    state: &'a ObservedState,
    member: &Member,
    names: &Names<'_>,
) -> Option<Person<'a>> {
    let id = Some(state.text(member.id)).filter(|id| is_id(id));
    let written = member.email.map(|sym| state.text(sym));
    let address = written.and_then(|address| names.sole_address(address));
    let username = member
        .username
        .and_then(|sym| names.sole_username(state.text(sym)));
    if id.is_none() && address.is_none() && username.is_none() {
        return None;
    }
    let mut person = named(address, username, id);
    person.id = id;
    person.service = member.system;
    person.domain = written.and_then(domain);
    if let (Some(written), None) = (written, address) {
        person.remarks.push(match is_address(written) {
            true => format!("the address {} belongs to several members", remark(written)),
            false => format!("the address {} can't be written here", remark(written)),
        });
    }
    set_role(&mut person, state, Some(state.text(member.role)));
    Some(person)
}

fn invited_entry<'a>(
    state: &'a ObservedState,
    assets: &Assets<'_>,
    pending: &Pending<'a>,
    left: &mut Left,
) -> Option<Person<'a>> {
    let address = Some(pending.invitee).filter(|text| is_address(text));
    let username =
        Some(pending.invitee).filter(|text| address.is_none() && super::is_writable(text));
    let mut person = match (address, username) {
        (None, None) => return None,
        _ => named(address, username, None),
    };
    person.invited = Some(pending.newest.sent);
    person.domain = address.and_then(domain);
    let role = pending.newest.role;
    set_role(&mut person, state, role);
    let mut rights = Rights::default();
    for &(asset, set) in &pending.newest.grants {
        rights.add(state, assets, asset, set, left);
    }
    person.rights = rights.row();
    person.remarks.extend(rights.remarks());
    person.remarks.extend(others(pending.older.len()));
    Some(person)
}

/// A remark about more invitations than the one that is written.
pub(super) fn others(count: usize) -> Option<String> {
    (count > 0)
        .then(|| format!("{count} more invitations wait that nobody needs; a plan cancels them"))
}

/// An entry by the best of its names: the address, else the user name, else the id.
fn named<'a>(
    address: Option<&'a str>,
    username: Option<&'a str>,
    id: Option<&'a str>,
) -> Person<'a> {
    let key_address = address.filter(|address| is_person_key(address));
    // A user name that looks like an address would lead to whoever has that address.
    let key_username = username.filter(|name| is_person_key(name) && !name.contains('@'));
    let wish = key_address.or(key_username).or(id).or(address).or(username);
    Person {
        key: fold(wish.unwrap_or_default()).into_owned(),
        id: None,
        also: address.filter(|_| key_address.is_none()),
        username: username.filter(|_| address.is_none()),
        service: false,
        role: None,
        invited: None,
        rights: Row::new(),
        remarks: Vec::new(),
        domain: None,
    }
}

fn set_role(person: &mut Person<'_>, state: &ObservedState, word: Option<&str>) {
    let Some(word) = word else { return };
    match state.platform.role(word) {
        Some(role) => {
            let least = state.platform.roles.first();
            person.role = least.filter(|least| least.word != role.word).map(|_| role);
        }
        None => person.remarks.push(format!(
            "the role {} is not one that accord knows: it is left as it is",
            remark(word)
        )),
    }
}

/// Turns wishes into keys that fold differently. Addresses come first: everybody expects them to lead to their owner.
fn give_keys(list: &mut [Person<'_>]) {
    let also = list.iter().filter_map(|person| person.also);
    let mut taken: BTreeSet<String> = also.map(|address| fold(address).into_owned()).collect();
    let (addresses, others): (Vec<usize>, Vec<usize>) = (0..list.len())
        .partition(|&index| list[index].key.contains('@') && list[index].also.is_none());
    for group in [addresses, others] {
        let wanted: Vec<(String, String)> = group
            .iter()
            .map(|&index| {
                (
                    writable_key(&list[index].key),
                    list[index].id.unwrap_or_default().to_owned(),
                )
            })
            .collect();
        for (index, key) in group.into_iter().zip(unique(&wanted, &mut taken)) {
            list[index].key = key;
        }
    }
}

/// A wish as a key may be written: an address with strange signs becomes words.
fn writable_key(wish: &str) -> String {
    match is_person_key(wish) {
        true => wish.to_owned(),
        false => format!("person-{}", super::keys::slug(wish)),
    }
}

/// A text that can stand in `also`, or lead somebody to a mailbox.
fn is_address(text: &str) -> bool {
    let whole = text
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    whole
        && super::is_writable(text)
        && text.len() <= 254
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn domain(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let fits = |c: char| c.is_alphanumeric() || "-.".contains(c);
    (domain.contains('.') && domain.chars().all(fits)).then(|| fold(domain).into_owned())
}
