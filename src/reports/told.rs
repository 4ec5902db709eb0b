//! How the effect of a change on people is told, so that text, Markdown and the page tell it the same. Plain strings: each format makes
//! them safe in its own way.

use std::collections::BTreeMap;

use crate::effect::{AssetEffect, Effect, Kept, PotentialReach, Relation, Role, Totals, Way, Weight, Who};
use crate::graph::{HopRef, PlaceRef};
use crate::model::{AssetRef, PersonRef};
use crate::review::EndMoved;
use crate::terminal::prose;

use super::words::Words;

/// So many accounts that somebody keeps are named.
const KEPT: usize = 8;

/// So many capabilities are named.
const CAPABILITIES: usize = 5;

/// The capability of giving others access.
const ADMINISTER: &str = "administer";

/// Everything that happens to somebody.
pub(super) struct Block {
    /// The gravest thing about it.
    pub weight: Weight,
    /// Whether a reviewer has to see it whatever the room: somebody administers, or loses.
    pub pinned: bool,
    /// Whom it is about, for a heading: `Bo Larsen (bo@acme.example)`, `5 people`, `Nova Media (partner 5009)`.
    pub who: String,
    /// The people behind that, each by name; empty where the heading names them, or nobody knows them.
    pub people: Vec<String>,
    /// What is known of a partner's people.
    pub population: Option<String>,
    /// What happens.
    pub lines: Vec<Line>,
    /// What remains, and what could come.
    pub remarks: Vec<String>,
}

/// One thing that happens.
pub(super) struct Line {
    pub sign: Sign,
    /// Whether somebody administers by it or loses something: every account has to be named.
    pub pinned: bool,
    /// What, without the accounts: `analyst and campaign manager`, `leaves Acme`.
    pub what: String,
    /// On which accounts; empty where it is not about accounts.
    pub assets: Vec<String>,
    /// What they are (`ad accounts`).
    pub kind: String,
    /// Said after the accounts: `once accepted`.
    pub aside: &'static str,
    /// What can be done now that could not before.
    pub gains: Option<String>,
    /// What can't be done any more.
    pub loses: Option<String>,
    /// How, hop by hop.
    pub ways: Vec<(bool, String)>,
}

/// Which way something goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Gain,
    Loss,
    Change,
}

impl Sign {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Sign::Gain => "+",
            Sign::Loss => "-",
            Sign::Change => "~",
        }
    }
}

impl Line {
    /// In one sentence, with at most so many accounts by name.
    pub(super) fn sentence(&self, named: usize) -> String {
        let mut text = self.what.clone();
        if !self.assets.is_empty() {
            let kind = match self.assets.len() {
                1 => self.kind.clone(),
                n => format!("{} {}", prose::number(n as u64), self.kind),
            };
            text.push_str(&format!(" on {} ({kind})", prose::list_some(&self.assets, named)));
        }
        if !self.aside.is_empty() {
            text.push_str(&format!(" {}", self.aside));
        }
        text
    }
}

/// What happens to somebody.
pub(super) fn block(effect: &Effect) -> Block {
    let Effect { weight, who, relations, assets, potential, keeps } = effect;
    let mut lines: Vec<Line> = relations.iter().map(relation).collect();
    lines.extend(groups(assets));
    let mut remarks: Vec<String> = potential.iter().map(self::potential).collect();
    remarks.extend(remains(effect, keeps));
    let pinned = *weight == Weight::Administration || lines.iter().any(|line| line.pinned);
    let (who, people, population) = subject(who);
    Block { weight: *weight, pinned, who, people, population, lines, remarks }
}

fn subject(who: &Who) -> (String, Vec<String>, Option<String>) {
    match who {
        Who::People { people } => match people.as_slice() {
            [one] => (one.label(), Vec::new(), None),
            many => (prose::len(many, "person", "people"), labels(many), None),
        },
        Who::Business { business, people } => {
            let label = business.label();
            let title = if business.ours { label.clone() } else { format!("{label} (partner {})", business.id) };
            match people {
                None => (title, Vec::new(), Some(format!("unknown number of people of {label}"))),
                Some(people) => {
                    let count = prose::len(people, "person", "people");
                    (title, labels(people), Some(format!("{count} of {label}")))
                }
            }
        }
    }
}

fn labels(people: &[PersonRef]) -> Vec<String> {
    people.iter().map(PersonRef::label).collect()
}

fn relation(relation: &Relation) -> Line {
    let Relation { business, before, after, pending, places } = relation;
    let name = business.label();
    let (sign, what) = match (before, after) {
        (None, Some(role)) => (Sign::Gain, format!("joins {name} as {}", self::role(*role))),
        (Some(role), None) => (Sign::Loss, format!("leaves {name} (was {})", self::role(*role))),
        (Some(old), Some(new)) => {
            let sign = if new < old { Sign::Loss } else { Sign::Change };
            (sign, format!("becomes {} of {name} (was {})", self::role(*new), self::role(*old)))
        }
        (None, None) => (Sign::Change, format!("in {name}")),
    };
    let ways = places.first().map(|place| (after.is_some(), at(place))).into_iter();
    let aside = if *pending { "(once accepted)" } else { "" };
    let (assets, kind) = (Vec::new(), String::new());
    let pinned = sign == Sign::Loss || *after == Some(Role::Manager);
    Line { sign, pinned, what, assets, kind, aside, gains: None, loses: None, ways: ways.collect() }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Employee => "employee",
        Role::Manager => "manager",
    }
}

/// Accounts on which the same happens are told together.
fn groups(assets: &[AssetEffect]) -> Vec<Line> {
    type Alike<'a> = (&'a str, &'a [String], &'a [String], bool);
    let mut alike: BTreeMap<Alike<'_>, Vec<&AssetEffect>> = BTreeMap::new();
    for effect in assets {
        let key = (effect.asset.kind.as_str(), effect.before.as_slice(), effect.after.as_slice(), effect.pending);
        alike.entry(key).or_default().push(effect);
    }
    let mut lines: Vec<Line> = alike.into_values().filter_map(|effects| on_assets(&effects)).collect();
    let order = |line: &Line| match line.sign {
        Sign::Loss => 0,
        Sign::Change => 1,
        Sign::Gain => 2,
    };
    lines.sort_by_key(order);
    lines
}

fn on_assets(effects: &[&AssetEffect]) -> Option<Line> {
    let first = effects.first()?;
    let words = Words::of_kind(&first.asset.kind);
    let (before, after) = (words.permissions(&first.before), words.permissions(&first.after));
    let (sign, what) = match (first.before.is_empty(), first.after.is_empty()) {
        (true, _) => (Sign::Gain, after),
        (false, true) => (Sign::Loss, before),
        (false, false) => (Sign::Change, format!("{after} instead of {before}")),
    };
    let capabilities = |names: &[String]| {
        let titles: Vec<&str> = names.iter().map(|name| words.capability(name)).collect();
        (!titles.is_empty()).then(|| prose::phrases(&titles, CAPABILITIES))
    };
    let lost = first.before.iter().any(|word| !first.after.contains(word));
    Some(Line {
        sign,
        pinned: lost || first.gains.iter().any(|name| name == ADMINISTER),
        what,
        assets: effects.iter().map(|effect| asset(effect)).collect(),
        kind: words.kind(&first.asset.kind, effects.len()),
        aside: if first.pending { "(once accepted)" } else { "" },
        gains: capabilities(&first.gains),
        loses: capabilities(&first.loses),
        ways: first.paths.iter().map(|way| (way.comes, self::way(way))).collect(),
    })
}

fn asset(effect: &AssetEffect) -> String {
    match &effect.client {
        Some(client) if !effect.asset.label().contains(client.as_str()) => {
            format!("{} of client {client}", effect.asset.label())
        }
        _ => effect.asset.label(),
    }
}

/// A way, hop by hop: `Bo is in team social (teams.yaml:5), which has analyst on Acme France (teams.yaml:7)`.
fn way(way: &Way) -> String {
    let mut text = String::new();
    for (index, hop) in way.path.hops.iter().enumerate() {
        if index > 0 {
            text.push_str(" → ");
        } else {
            text.push_str(&format!("{} ", hop.from.label()));
        }
        text.push_str(&self::hop(hop));
    }
    text
}

fn hop(hop: &HopRef) -> String {
    use crate::graph::{EdgeKind, NodeRef};
    let to = hop.to.label();
    let words = match &hop.to {
        NodeRef::Asset(asset) => Words::of_kind(&asset.kind).permissions(&hop.permissions),
        NodeRef::Person(_) | NodeRef::Business(_) | NodeRef::Team(_) => String::new(),
    };
    let said = match hop.kind {
        EdgeKind::Grant | EdgeKind::TeamGrant => format!("has {words} on {to}"),
        EdgeKind::InTeam => format!("is in {to}"),
        EdgeKind::Contains => format!("contains {to}"),
        EdgeKind::Member => format!("works for {to}"),
        EdgeKind::Share => format!("was given {words} on {to}"),
        EdgeKind::Owns => format!("owns {to}"),
        EdgeKind::Partner => format!("lets {to} in"),
    };
    match (hop.places.first(), &hop.record) {
        (Some(place), _) => format!("{said} ({})", at(place)),
        (None, Some(record)) => format!("{said} ({record})"),
        (None, None) => said,
    }
}

pub(super) fn at(place: &PlaceRef) -> String {
    format!("{}:{}", place.file, place.line)
}

fn potential(potential: &PotentialReach) -> String {
    let PotentialReach { business, assets, examples } = potential;
    let names: Vec<String> = examples.iter().map(AssetRef::label).collect();
    let more = assets.saturating_sub(names.len() as u64);
    let names = match more {
        0 => prose::list(&names),
        more => format!("{} and {} more", names.join(", "), prose::number(more)),
    };
    let count = prose::count(*assets, "asset", "assets");
    match assets {
        0 => format!("as a manager of {} could give others access, but it has no asset yet", business.label()),
        _ => format!("as a manager of {} could give themselves everything on {count}: {names}", business.label()),
    }
}

fn remains(effect: &Effect, keeps: &[Kept]) -> Option<String> {
    let leaves = effect.relations.iter().any(|relation| relation.after.is_none());
    if keeps.is_empty() {
        let ended = leaves || effect.assets.iter().any(|asset| asset.after.is_empty());
        return ended.then(|| "reaches nothing afterwards".to_owned());
    }
    let named: Vec<String> = keeps
        .iter()
        .map(|kept| {
            let words = Words::of_kind(&kept.asset.kind);
            format!("{} on {}", words.permissions(&kept.permissions), kept.asset.label())
        })
        .collect();
    Some(format!("still has {}", prose::phrases(&named, KEPT)))
}

/// Headline numbers, the weightiest first.
pub(super) fn headline(totals: &Totals) -> Vec<String> {
    let Totals {
        people_gaining,
        people_losing,
        joining,
        leaving,
        new_managers,
        new_administrators,
        partners_gaining,
        partners_losing,
        partners_unknown,
        assets,
    } = *totals;
    let counts = [
        (new_managers, "new manager of a business", "new managers of businesses"),
        (new_administrators, "person comes to administer an account", "people come to administer accounts"),
        (leaving, "person leaves", "people leave"),
        (people_losing, "person loses access", "people lose access"),
        (partners_losing, "partner loses access", "partners lose access"),
        (joining, "person joins", "people join"),
        (people_gaining, "person gains access", "people gain access"),
        (partners_gaining, "partner gains access", "partners gain access"),
        (partners_unknown, "partner whose people nobody knows", "partners whose people nobody knows"),
        (assets, "account touched", "accounts touched"),
    ];
    let told = counts.into_iter().filter(|(n, ..)| *n > 0);
    told.map(|(n, one, many)| prose::count(n, one, many)).collect()
}

/// What an effect is called when it is only counted.
pub(super) fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Administration => "administration",
        Weight::Money => "billing",
        Weight::Loss => "loss",
        Weight::Partner => "partner",
        Weight::Gain => "gain",
    }
}

/// An end that moves: `bo on acme-fr: ANALYST: until 2027-03-31 instead of 2026-12-31`.
pub(super) fn end(end: &EndMoved) -> String {
    let day = |date: Option<jiff::civil::Date>| date.map_or("no end".to_owned(), |date| format!("until {date}"));
    let moved = if end.later() { "longer" } else { "shorter" };
    format!("{} ({moved}): {} instead of {} ({})", end.what, day(end.after), day(end.before), at(&end.place))
}
