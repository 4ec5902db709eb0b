//! One access document as it is written: nothing is resolved yet, every word has its place.

pub(super) mod policy;

use jiff::civil::Date;

use self::policy::Policy;
use crate::model::{Direction, Strings, Sym, Until};
use crate::source::At;

use super::Mode;

/// A word and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub text: Sym,
    pub at: At,
}

/// A part of one of the document's flat lists.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub start: u32,
    pub length: u32,
}

impl Range {
    /// What was pushed to a list since it was `start` long.
    pub fn since(start: usize, list_length: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        Range { start, length: u32::try_from(list_length).unwrap_or(u32::MAX).saturating_sub(start) }
    }

    /// The part of the list.
    pub fn of<T>(self, list: &[T]) -> &[T] {
        let start = self.start as usize;
        list.get(start..start + self.length as usize).unwrap_or_default()
    }
}

/// A document. Lists of words and grants are flat; entries hold ranges of them.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub strings: Strings,
    pub business: Option<Word>,
    pub version: Option<At>,
    pub ignore: Vec<Word>,
    pub policy: Option<Policy>,
    pub businesses: Vec<Business>,
    pub assets: Vec<Asset>,
    pub profiles: Vec<Profile>,
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub partners: Vec<Partner>,
    pub members: Vec<Member>,
    pub grants: Vec<Grant>,
    pub words: Vec<Word>,
    /// Places of the section keys that were written, for sections that manage something.
    pub people_written: Option<At>,
    pub teams_written: Option<At>,
    pub partners_written: Option<At>,
    pub groups_written: Option<At>,
}

#[derive(Debug)]
pub(super) struct Business {
    pub key: Word,
    pub platform: Option<Word>,
    pub id: Option<Word>,
    pub name: Option<Sym>,
    pub owners: Range,
    pub mode: Mode,
    pub domains: Range,
    pub protected: Range,
    pub snapshot: Option<Word>,
    pub last_applied: Option<Word>,
}

/// An ad account, another asset or a group.
#[derive(Debug)]
pub(super) struct Asset {
    pub key: Word,
    pub business: Option<Word>,
    pub section: Section,
    pub kind: Option<Word>,
    pub id: Option<Word>,
    pub name: Option<Sym>,
    pub owner: Option<Word>,
    pub client: Option<Sym>,
    pub labels: Range,
    pub owners: Range,
    pub description: Option<Sym>,
    pub types: Range,
    pub contains: Option<Range>,
}

/// Where an asset is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section {
    Accounts,
    Assets,
    Groups,
}

#[derive(Debug)]
pub(super) struct Profile {
    pub key: Word,
    pub permissions: Option<Range>,
    pub needs: Option<Range>,
    pub description: Option<Sym>,
}

#[derive(Debug)]
pub(super) struct Person {
    pub key: Word,
    pub name: Option<Sym>,
    pub id: Option<Word>,
    pub also: Range,
    pub username: Option<Word>,
    pub service: bool,
    pub role: Option<Word>,
    pub until: Until,
    pub invite_again: Option<Date>,
    pub grants: Option<Range>,
}

#[derive(Debug)]
pub(super) struct Team {
    pub key: Word,
    pub business: Option<Word>,
    pub owners: Range,
    pub members: Range,
    pub grants: Option<Range>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub person: Word,
    pub role: Option<Word>,
    pub until: Until,
}

#[derive(Debug)]
pub(super) struct Partner {
    pub key: Word,
    pub business: Option<Word>,
    pub id: Option<Word>,
    pub direction: Option<Direction>,
    pub name: Option<Sym>,
    pub contact: Option<Sym>,
    pub ends: Until,
    pub roster: Option<Word>,
    pub accept: bool,
    pub invite_again: Option<Date>,
    pub grants: Option<Range>,
}

/// One item of a `grants:` list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    pub at: At,
    /// Absent where it was refused when it was read.
    pub on: Option<Range>,
    pub permissions: Option<Range>,
    pub profile: Option<Word>,
    pub reason: Option<Sym>,
    pub ticket: Option<Sym>,
    pub requested_by: Option<Sym>,
    pub approved_by: Option<Sym>,
    pub approved_on: Option<Date>,
    pub from: Option<Date>,
    pub until: Until,
}
