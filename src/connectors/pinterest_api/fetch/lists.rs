//! The lists of a business: who is in it, with whom it is connected, what it has, who was asked in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::request::{CallError, Request};
use super::super::source::Source;
use super::super::wire::{Account, Asset, Binding, Invite};
use super::list::{Flaw, list};
use super::parallel::each;
use crate::model::Direction;
use crate::observed::Collection;
use crate::platforms::pinterest;
use crate::terminal::Progress;

/// One list. Their number is what the platform's filters make of it: each filter has a default that hides something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Part {
    /// People, or system users: the list has one or the other.
    Members { system: bool },
    /// Partners of one direction.
    Partners(Direction),
    /// Assets of one type; without a type there would be ad accounts only.
    Assets(&'static str),
    /// Those of them that the business owns.
    Owned(&'static str),
    /// Invites to people, or those between businesses.
    Invites { people: bool },
    /// Ad accounts with their names, as far as the token's user reaches them.
    Accounts,
    /// Businesses that the token's user works for, and as what.
    Employers,
}

/// The rows of one list, sorted, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    rows: BTreeSet<Row>,
    /// Why they may not be all.
    pub(super) flaw: Option<Flaw>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Row {
    Binding(Binding),
    Asset(Asset),
    Invite(Invite),
    Account(Account),
}

/// All lists.
#[derive(Clone, Debug)]
pub(super) struct Lists(BTreeMap<Part, Rows>);

/// The types of assets that can be asked for.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    pinterest::PLATFORM.asset_types.iter().map(|kind| kind.word)
}

impl Part {
    fn all() -> Vec<Part> {
        let mut parts = vec![
            Part::Members { system: false },
            Part::Members { system: true },
            Part::Partners(Direction::Inbound),
            Part::Partners(Direction::Outbound),
            Part::Invites { people: true },
            Part::Invites { people: false },
            Part::Accounts,
            Part::Employers,
        ];
        parts.extend(kinds().flat_map(|kind| [Part::Assets(kind), Part::Owned(kind)]));
        parts
    }

    /// The collection that is not whole without it; names alone prove nothing.
    pub(super) fn collection(self) -> Option<Collection> {
        match self {
            Part::Members { .. } => Some(Collection::Members),
            Part::Partners(_) => Some(Collection::Partners),
            Part::Assets(_) | Part::Owned(_) => Some(Collection::Assets),
            Part::Invites { .. } => Some(Collection::Invites),
            Part::Accounts | Part::Employers => None,
        }
    }

    pub(super) fn request(self, business: &str) -> Request {
        let below = |path: &str| Request::get(format!("/businesses/{business}{path}"));
        match self {
            Part::Members { system } => {
                below("/members").with("fetch_system_users", system).with("assets_summary", true)
            }
            Part::Partners(direction) => {
                below("/partners").with("partner_type", partner_type(direction)).with("assets_summary", true)
            }
            Part::Assets(kind) => below("/assets").with("asset_type", kind),
            Part::Owned(kind) => below("/assets").with("asset_type", kind).with("permissions", "OWNER"),
            Part::Invites { people } => below("/invites").with("is_member", people),
            Part::Accounts => Request::get("/ad_accounts").with("include_shared_accounts", true),
            Part::Employers => Request::get("/businesses/employers"),
        }
    }

    /// Whether the list can be begun at a place.
    fn indexed(self) -> bool {
        match self {
            Part::Members { .. } | Part::Partners(_) | Part::Assets(_) | Part::Owned(_) => true,
            Part::Invites { .. } | Part::Accounts | Part::Employers => false,
        }
    }

    fn row(self, value: &Value) -> Option<Row> {
        match self {
            Part::Members { .. } | Part::Partners(_) | Part::Employers => Binding::of(value).map(Row::Binding),
            Part::Assets(_) | Part::Owned(_) => Asset::of(value).map(Row::Asset),
            Part::Invites { .. } => Invite::of(value).map(Row::Invite),
            Part::Accounts => Account::of(value).map(Row::Account),
        }
    }

    pub(super) fn read(self, source: &dyn Source, business: &str) -> Rows {
        let request = self.request(business);
        let listed = list(source, &request, self.indexed());
        let mut rows = BTreeSet::new();
        let mut flaw = listed.flaw;
        for value in &listed.rows {
            match self.row(value) {
                Some(row) => drop(rows.insert(row)),
                None => flaw = flaw.or_else(|| Some(Flaw::Said(format!("{}: a row has no id", request.name())))),
            }
        }
        Rows { rows, flaw }
    }
}

impl Rows {
    /// As [`Lists::unasked`].
    pub(super) fn unasked(&self) -> Option<&Flaw> {
        self.flaw.as_ref().filter(|flaw| !matches!(flaw, Flaw::Call(CallError::Refused { .. })))
    }

    /// The roles of the row about a business.
    pub(super) fn roles_in(&self, business: &str) -> Vec<String> {
        let of = self.rows.iter().find_map(|row| match row {
            Row::Binding(row) if row.id == business => Some(row.roles.clone()),
            _ => None,
        });
        of.unwrap_or_default()
    }
}

/// The platform's word for a direction.
pub(super) fn partner_type(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "INTERNAL",
        Direction::Outbound => "EXTERNAL",
    }
}

impl Lists {
    /// Reads all of them.
    pub(super) fn read(source: &dyn Source, business: &str, threads: usize) -> Self {
        let parts = Part::all();
        let progress = Progress::begin("reading lists", u64::try_from(parts.len()).ok());
        let rows = each(threads, &parts, |part| {
            let rows = part.read(source, business);
            progress.add(1);
            rows
        });
        Lists(parts.into_iter().zip(rows).collect())
    }

    /// Parts that are not what they were, a while later.
    pub(super) fn moved(&self, later: &Lists) -> BTreeSet<Part> {
        let same = |part: &Part| self.0.get(part).map(|rows| &rows.rows) == later.0.get(part).map(|rows| &rows.rows);
        self.0.keys().filter(|part| part.collection().is_some() && !same(part)).copied().collect()
    }

    /// Why parts are not whole.
    pub(super) fn flaws(&self) -> impl Iterator<Item = (Part, &Flaw)> {
        self.0.iter().filter_map(|(part, rows)| Some((*part, rows.flaw.as_ref()?)))
    }

    /// Why a part did not come, where it was not the platform that refused it: not every token may ask everything.
    pub(super) fn unasked(&self, part: Part) -> Option<&Flaw> {
        self.0.get(&part)?.unasked()
    }

    /// Whether a part is whole.
    pub(super) fn is_whole(&self, part: Part) -> bool {
        self.0.get(&part).is_some_and(|rows| rows.flaw.is_none())
    }

    /// Whether nothing at all was answered.
    pub(super) fn is_void(&self) -> bool {
        self.0.values().all(|rows| rows.rows.is_empty() && rows.flaw.is_some())
    }

    pub(super) fn bindings(&self, part: Part) -> impl Iterator<Item = &Binding> {
        self.rows(part).filter_map(|row| if let Row::Binding(row) = row { Some(row) } else { None })
    }

    pub(super) fn assets(&self, part: Part) -> impl Iterator<Item = &Asset> {
        self.rows(part).filter_map(|row| if let Row::Asset(row) = row { Some(row) } else { None })
    }

    pub(super) fn invites(&self, people: bool) -> impl Iterator<Item = &Invite> {
        self.rows(Part::Invites { people }).filter_map(|row| if let Row::Invite(row) = row { Some(row) } else { None })
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.rows(Part::Accounts).filter_map(|row| if let Row::Account(row) = row { Some(row) } else { None })
    }

    /// What the token's user is in the business, where the platform tells.
    pub(super) fn employer(&self, business: &str) -> Option<&Binding> {
        self.bindings(Part::Employers).find(|row| row.id == business)
    }

    /// Partners with their direction: what the row says, else what was asked for.
    pub(super) fn partners(&self) -> impl Iterator<Item = (&Binding, Direction)> {
        [Direction::Inbound, Direction::Outbound].into_iter().flat_map(move |asked| {
            self.bindings(Part::Partners(asked)).map(move |row| {
                let said = row.shared.map(|ours| if ours { Direction::Outbound } else { Direction::Inbound });
                (row, said.unwrap_or(asked))
            })
        })
    }

    fn rows(&self, part: Part) -> impl Iterator<Item = &Row> {
        self.0.get(&part).into_iter().flat_map(|rows| &rows.rows)
    }
}
