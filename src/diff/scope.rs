//! What a comparison is about, decided before anything is compared.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::desired::DesiredState;
use crate::model::fold;
use crate::observed::ObservedState;

use super::Matches;
use super::change::{Pair, Who};

/// The moment a comparison is for, and what it is limited to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The moment; its day in UTC decides what holds.
    pub as_of: Timestamp,
    /// What to look at; empty = everything.
    pub only: Vec<Only>,
    /// How many threads to use; they change nothing but the time it takes.
    pub threads: usize,
}

impl Scope {
    /// Everything, at a moment.
    pub fn everything(as_of: Timestamp) -> Self {
        Scope { as_of, only: Vec::new(), threads: 1 }
    }

    /// The day on which facts hold or don't: the day of the moment in UTC.
    pub fn day(&self) -> Date {
        day(self.as_of)
    }
}

/// The day of a moment, in UTC.
pub fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// One `--only`: a key, or a kind and a key.
///
/// A person is meant with membership, invites and grants; a team with all its people; a partner with partnership, invites and
/// grants; an account (or any other asset) with all grants on it and, for a group, its contents.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Only {
    /// `person=`: a key, an address, an id or a user name.
    Person(String),
    /// `team=`: a key.
    Team(String),
    /// `partner=`: a key or an id.
    Partner(String),
    /// `account=`: key or id of any asset.
    Account(String),
    /// Without a kind: any of them.
    Any(String),
}

impl Only {
    /// The key alone.
    pub fn key(&self) -> &str {
        match self {
            Only::Person(key) | Only::Team(key) | Only::Partner(key) | Only::Account(key) | Only::Any(key) => key,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Only::Person(_) => "person=",
            Only::Team(_) => "team=",
            Only::Partner(_) => "partner=",
            Only::Account(_) => "account=",
            Only::Any(_) => "",
        }
    }
}

impl fmt::Display for Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind(), self.key())
    }
}

impl FromStr for Only {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (kind, key) = text.split_once('=').unwrap_or(("", text));
        let key = key.to_owned();
        Ok(match kind {
            "person" => Only::Person(key),
            "team" => Only::Team(key),
            "partner" => Only::Partner(key),
            "account" => Only::Account(key),
            _ => Only::Any(text.to_owned()),
        })
    }
}

/// `--only`, resolved to indexes.
pub(super) struct Filter {
    everything: bool,
    people: Vec<bool>,
    members: Vec<bool>,
    partners: Vec<bool>,
    partnerships: Vec<bool>,
    assets: Vec<bool>,
    things: Vec<bool>,
    /// Folded names that may be those of an invitee nobody else knows.
    names: Vec<String>,
    /// What neither side has.
    pub(super) unknown: Vec<Only>,
}

impl Filter {
    pub(super) fn resolve(
        only: &[Only],
        desired: &DesiredState,
        business: u32,
        observed: &ObservedState,
        matches: &Matches,
    ) -> Self {
        let mut filter = Filter {
            everything: only.is_empty(),
            people: vec![false; desired.people.len()],
            members: vec![false; observed.members.len()],
            partners: vec![false; desired.partners.len()],
            partnerships: vec![false; observed.partners.len()],
            assets: vec![false; desired.assets.len()],
            things: vec![false; observed.assets.len()],
            names: Vec::new(),
            unknown: Vec::new(),
        };
        for one in only {
            if !filter.select(one, desired, business, observed) {
                filter.unknown.push(one.clone());
            }
        }
        filter.complete(matches);
        filter
    }

    /// Whether a person's membership, invites and grants are looked at.
    pub(super) fn person(&self, pair: Pair) -> bool {
        self.everything || has(&self.people, pair.desired) || has(&self.members, pair.observed)
    }

    /// The same for a partner.
    pub(super) fn partner(&self, pair: Pair) -> bool {
        self.everything || has(&self.partners, pair.desired) || has(&self.partnerships, pair.observed)
    }

    pub(super) fn who(&self, who: Who) -> bool {
        match who {
            Who::Person(pair) => self.person(pair),
            Who::Partner(pair) => self.partner(pair),
        }
    }

    /// Whether all grants on an asset are looked at, and its contents.
    pub(super) fn asset(&self, pair: Pair) -> bool {
        self.everything || has(&self.assets, pair.desired) || has(&self.things, pair.observed)
    }

    /// Whether some asset is named, so that grants of people who are not named must be looked at too.
    pub(super) fn names_assets(&self) -> bool {
        self.things.contains(&true) || self.assets.contains(&true)
    }

    /// Whether an invitee whom neither files nor members know is looked at.
    pub(super) fn invitee(&self, folded: &str) -> bool {
        self.everything || self.names.iter().any(|name| name == folded)
    }

    fn select(&mut self, one: &Only, desired: &DesiredState, business: u32, observed: &ObservedState) -> bool {
        let key = one.key();
        let any = matches!(one, Only::Any(_));
        let mut found = false;
        if any || matches!(one, Only::Person(_)) {
            found |= self.select_person(key, desired, observed);
        }
        if any || matches!(one, Only::Team(_)) {
            found |= self.select_team(key, desired, business);
        }
        if any || matches!(one, Only::Partner(_)) {
            found |= self.select_partner(key, desired, business, observed);
        }
        if any || matches!(one, Only::Account(_)) {
            found |= self.select_asset(key, desired, business, observed);
        }
        if !matches!(one, Only::Team(_) | Only::Account(_)) {
            self.names.push(fold(key).into_owned());
            found |= observed.invites.iter().any(|invite| fold(observed.text(invite.invitee)) == fold(key));
        }
        found
    }

    fn select_person(&mut self, key: &str, desired: &DesiredState, observed: &ObservedState) -> bool {
        let folded = fold(key);
        let people = desired.people.iter().map(|person| {
            let names = [Some(person.key), person.username, person.id];
            let mut names = names.into_iter().flatten().chain(person.addresses.clone());
            names.any(|sym| fold(desired.text(sym)) == folded)
        });
        let members = observed.members.iter().map(|member| {
            let mut names = [Some(member.id), member.email, member.username].into_iter().flatten();
            names.any(|sym| fold(observed.text(sym)) == folded)
        });
        mark(&mut self.people, people) | mark(&mut self.members, members)
    }

    fn select_team(&mut self, key: &str, desired: &DesiredState, business: u32) -> bool {
        let teams = desired.teams.iter().filter(|team| team.business == business && desired.text(team.key) == key);
        let mut found = false;
        for team in teams {
            found = true;
            for &(person, _, _) in &team.members {
                self.people[person as usize] = true;
            }
        }
        found
    }

    fn select_partner(&mut self, key: &str, desired: &DesiredState, business: u32, observed: &ObservedState) -> bool {
        let partners = desired.partners.iter().map(|partner| {
            partner.business == business && [partner.key, partner.id].iter().any(|&sym| desired.text(sym) == key)
        });
        let partnerships = observed.partners.iter().map(|partner| observed.text(partner.id) == key);
        mark(&mut self.partners, partners) | mark(&mut self.partnerships, partnerships)
    }

    fn select_asset(&mut self, key: &str, desired: &DesiredState, business: u32, observed: &ObservedState) -> bool {
        let assets = desired.assets.iter().map(|asset| {
            asset.business == business
                && [Some(asset.key), asset.id].into_iter().flatten().any(|sym| desired.text(sym) == key)
        });
        let things = observed.assets.iter().map(|asset| observed.text(asset.id) == key);
        mark(&mut self.assets, assets) | mark(&mut self.things, things)
    }

    /// What is named on one side is named on the other.
    fn complete(&mut self, matches: &Matches) {
        share(&mut self.people, &mut self.members, &matches.people.person_of);
        share(&mut self.partners, &mut self.partnerships, &matches.partners.partner_of);
        share(&mut self.assets, &mut self.things, &matches.assets.asset_of);
    }
}

fn has(marks: &[bool], index: Option<u32>) -> bool {
    index.is_some_and(|index| marks[index as usize])
}

fn mark(marks: &mut [bool], hits: impl Iterator<Item = bool>) -> bool {
    let mut found = false;
    for (mark, hit) in marks.iter_mut().zip(hits) {
        *mark |= hit;
        found |= hit;
    }
    found
}

fn share(desired: &mut [bool], observed: &mut [bool], of: &[Option<u32>]) {
    for (there, here) in observed.iter_mut().zip(of) {
        let Some(here) = here.map(|index| index as usize) else {
            continue;
        };
        let named = *there || desired[here];
        *there = named;
        desired[here] = named;
    }
}
