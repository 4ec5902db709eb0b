//! The people of a proposal: members, system users, and those who were invited and have not answered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::fold;
use crate::observed::{InviteKind, Member, ObservedState};
use crate::platforms::Role;

use super::invites::{self, Pending};
use super::keys::{is_id, is_person_key, slug, unique};
use super::mining::Row;
use super::names::{Names, domain, is_address};
use super::rights::{Rights, Survey};
use super::yaml::remark;

/// A person or service account.
#[derive(Default)]
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

/// All people, and for each member of the export who that is.
pub(super) struct People<'a> {
    /// By key.
    pub list: Vec<Person<'a>>,
    /// By member's id: the index in `list`.
    pub by_id: BTreeMap<&'a str, u32>,
    /// Addresses and user names of invitations to people who are members already.
    pub invited_members: Vec<&'a str>,
}

/// The people of an export.
pub(super) fn people<'a>(survey: &mut Survey<'a, '_>) -> People<'a> {
    let names = Names::of(survey.state);
    let mut list = members(survey, &names);
    let invited_members = add_invited(&mut list, survey, &names);
    give_keys(&mut list);
    list.sort_by(|a, b| a.key.cmp(&b.key));
    let ids = (0..).zip(&list);
    let by_id = ids.filter_map(|(index, person)| Some((person.id?, index)));
    People { by_id: by_id.collect(), invited_members, list }
}

/// A remark about invitations beside the one that is written.
pub(super) fn needless(count: usize) -> Option<String> {
    let remark = format!("{count} more invitations wait that nobody needs; a plan cancels them");
    (count > 0).then_some(remark)
}

fn members<'a>(survey: &mut Survey<'a, '_>, names: &Names<'_>) -> Vec<Person<'a>> {
    let state = survey.state;
    let rights = member_rights(survey);
    let mut list = Vec::new();
    for (member, rights) in state.members.iter().zip(rights) {
        match Person::member(state, member, names) {
            Some(person) => list.push(person.with(&rights)),
            None => survey.left.people += 1,
        }
    }
    list
}

fn member_rights(survey: &mut Survey<'_, '_>) -> Vec<Rights> {
    let state = survey.state;
    let mut rights: Vec<Rights> = Vec::new();
    rights.resize_with(state.members.len(), Rights::default);
    for grant in state.grants.iter().filter(|grant| !grant.principal.is_partner()) {
        if let Some(rights) = rights.get_mut(grant.principal.index()) {
            survey.add_row(rights, grant);
        }
    }
    rights
}

/// Adds who was invited; answers who was although a member.
fn add_invited<'a>(list: &mut Vec<Person<'a>>, survey: &mut Survey<'a, '_>, names: &Names<'_>) -> Vec<&'a str> {
    let mut members = Vec::new();
    for (folded, pending) in invites::pending(survey.state, InviteKind::MemberInvite) {
        survey.left.superfluous_invites += pending.older.len();
        let member = names.knows(&folded);
        members.extend(member.then_some(pending.invitee));
        let invited = (!member).then(|| Person::invited(survey, &pending)).flatten();
        match invited {
            Some(person) => list.push(person),
            None => survey.left.superfluous_invites += 1,
        }
    }
    members
}

impl<'a> Person<'a> {
    /// A member; nothing where no name or id can be written.
    fn member(state: &'a ObservedState, member: &Member, names: &Names<'_>) -> Option<Self> {
        let id = Some(state.text(member.id)).filter(|id| is_id(id));
        let written = member.email.map(|sym| state.text(sym));
        let address = written.and_then(|address| names.sole_address(address));
        let username = member.username.map(|sym| state.text(sym));
        let username = username.and_then(|username| names.sole_username(username));
        let mut person = Person::named(address, username, id)?;
        person.id = id;
        person.service = member.system;
        person.domain = written.and_then(domain);
        let lost = written.filter(|_| address.is_none());
        person.remarks.extend(lost.map(lost_address));
        person.set_role(state, state.text(member.role));
        Some(person)
    }

    /// Somebody who was invited and has not answered; nothing where the invitee can't be written.
    fn invited(survey: &mut Survey<'a, '_>, pending: &Pending<'a>) -> Option<Self> {
        let invitee = Some(pending.invitee).filter(|text| super::is_writable(text));
        let address = invitee.filter(|text| is_address(text));
        let username = invitee.filter(|_| address.is_none());
        let mut person = Person::named(address, username, None)?;
        person.invited = Some(pending.newest.sent);
        person.domain = address.and_then(domain);
        if let Some(role) = pending.newest.role {
            person.set_role(survey.state, role);
        }
        let mut rights = Rights::default();
        survey.add_attached(&mut rights, &pending.newest.grants);
        let mut person = person.with(&rights);
        person.remarks.extend(needless(pending.older.len()));
        Some(person)
    }

    /// Somebody by the best of their names: the address, else the user name, else the id.
    fn named(address: Option<&'a str>, username: Option<&'a str>, id: Option<&'a str>) -> Option<Self> {
        let key_address = address.filter(|address| is_person_key(address));
        // A user name that looks like an address would lead to whoever has that address.
        let key_username = username.filter(|name| is_person_key(name) && !name.contains('@'));
        let wish = key_address.or(key_username).or(id).or(address).or(username)?;
        Some(Person {
            key: fold(wish).into_owned(),
            also: address.filter(|_| key_address.is_none()),
            username: username.filter(|_| address.is_none()),
            ..Person::default()
        })
    }

    fn with(mut self, rights: &Rights) -> Self {
        self.rights = rights.row();
        self.remarks.extend(rights.remarks());
        self
    }

    fn set_role(&mut self, state: &ObservedState, word: &str) {
        let least = state.platform.roles.first().map(|role| role.word);
        let role = state.platform.role(word);
        self.role = role.filter(|role| Some(role.word) != least);
        if role.is_none() {
            let word = remark(word);
            let remark = format!("the role {word} is not one that accord knows: it is left as it is");
            self.remarks.push(remark);
        }
    }

    /// Whether the key is an address that leads to this person.
    fn has_address(&self) -> bool {
        self.key.contains('@') && self.also.is_none()
    }

    /// The wish for a key as a key may be written: an address with strange signs becomes words.
    fn wanted_key(&self) -> (String, String) {
        let key = match is_person_key(&self.key) {
            true => self.key.clone(),
            false => format!("person-{}", slug(&self.key)),
        };
        (key, self.id.unwrap_or_default().to_owned())
    }
}

/// Why an address is not written.
fn lost_address(address: &str) -> String {
    let written = remark(address);
    match is_address(address) {
        true => format!("the address {written} belongs to several members"),
        false => format!("the address {written} can't be written here"),
    }
}

/// Turns wishes into keys that fold differently. Addresses come first: everybody expects them to lead to their owner.
fn give_keys(list: &mut [Person<'_>]) {
    let also = list.iter().filter_map(|person| person.also);
    let mut taken: BTreeSet<String> = also.map(|address| fold(address).into_owned()).collect();
    let (addresses, others): (Vec<usize>, Vec<usize>) = (0..list.len()).partition(|&index| list[index].has_address());
    for group in [addresses, others] {
        let wanted: Vec<_> = group.iter().map(|&index| list[index].wanted_key()).collect();
        for (index, key) in group.into_iter().zip(unique(&wanted, &mut taken)) {
            list[index].key = key;
        }
    }
}
