//! Rights that one person must not hold together.

use std::collections::BTreeMap;

use crate::graph::{Access, AssetIx, Node, Path, PersonIx};
use crate::platforms::Platform;
use crate::policy::{ToxicScope, ToxicSet};
use crate::terminal::prose;

use super::access::capability;
use super::finding::{self, Fix, Safety, Severity};
use super::params::{Param, Value};
use super::sink::Brief;
use super::world::weight;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "toxic-pair-asset",
    family: Family::Duties,
    summary: "one person holds all rights of a toxic set, over all paths together",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::Local,
    data: &[],
    params: &[Param::flag(
        "administrators",
        false,
        "whether those count who administer the asset, and so hold everything",
    )
    .audit_strict(Value::Flag(true))],
    fix: Safety::Choice,
    docs: Docs {
        why: "Who runs the campaigns should not also decide what is paid for them. Each right by itself is fine, and they often come \
together by two lines in two files that nobody reads at once. Sets stand in the policy (`toxic`); without any, editing billing and editing \
campaigns are one.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_EDIT], reason: pays the invoices }
teams:
  social:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
#       ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  cy@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_EDIT], reason: pays the invoices }
teams:
  social:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
"#,
        witness: "One path for each of the rights.",
        fix: "The fewest lines after which one of the rights is gone.",
    },
    check,
};

/// A toxic set as masks of one platform.
struct Set<'a> {
    name: &'a str,
    scope: ToxicScope,
    mask: u64,
    set: Option<&'a ToxicSet>,
}

/// Where rights come together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Asset(AssetIx),
    Client(&'a str),
    Business(&'a str),
}

/// A person who holds all of a set at a place, by the set's index.
struct Held<'a> {
    person: PersonIx,
    place: Place<'a>,
    rows: Vec<Access>,
    set: usize,
}

fn check<'a>(case: &Case<'a>, sink: &mut Sink<'a>) {
    let case = *case;
    let world = case.now;
    let nodes = world.graph.nodes();
    let Some(platform) = nodes.businesses().next().map(|business| nodes.business(business).platform) else { return };
    let administrators = sink.params.flag("administrators");
    let sets = sets(&case, platform);
    let mut later = sink.later();
    for (at, set) in sets.iter().enumerate() {
        for (person, rows) in world.effective.iter().filter(|(person, _)| world.is_human(*person)) {
            if !case.looks_at(Node::Person(person)) {
                continue;
            }
            for (place, rows) in held(&world, rows, set, administrators) {
                let first = rows[0].asset;
                let brief = Brief {
                    business: world.business_of(first),
                    subject: &nodes.stable(Node::Person(person)),
                    object: Some(&place.stable(&world)),
                    detail: Some(set.name),
                    exposure: (1, rows.len()),
                    impact: weight(nodes.asset(first).platform, set.mask),
                };
                later.report(&brief, Held { person, place, rows, set: at });
            }
        }
    }
    later.told_by(move |held, proven| draft(&case, held, &sets[held.set], proven));
}

impl Place<'_> {
    /// Its stable name.
    fn stable(self, world: &World<'_>) -> String {
        match self {
            Place::Asset(asset) => world.graph.nodes().stable(Node::Asset(asset)),
            Place::Client(client) => ["client:", client].concat(),
            Place::Business(key) => ["business:", key].concat(),
        }
    }

    fn label(self, world: &World<'_>) -> String {
        match self {
            Place::Asset(asset) => world.label(Node::Asset(asset)),
            Place::Client(client) => format!("client {client}"),
            Place::Business(key) => format!("business {key}"),
        }
    }
}

fn sets<'a>(case: &Case<'a>, platform: &Platform) -> Vec<Set<'a>> {
    let all = |names: &mut dyn Iterator<Item = &str>| names.fold(0, |mask, name| mask | capability(platform, name));
    let mut sets: Vec<Set<'a>> = case
        .policy
        .toxic
        .iter()
        .map(|set| Set {
            name: &set.name.value,
            scope: set.scope,
            mask: all(&mut set.capabilities.iter().map(|one| one.value.as_str())),
            set: Some(set),
        })
        .collect();
    if sets.is_empty() {
        let mask = all(&mut ["edit-billing", "edit-campaigns"].into_iter());
        sets.push(Set { name: "money-and-campaigns", scope: ToxicScope::Asset, mask, set: None });
    }
    sets.retain(|set| set.mask.count_ones() > 1);
    sets
}

/// The places at which somebody holds all of a set, with the rows that take part.
fn held<'a>(world: &World<'a>, rows: &[Access], set: &Set<'_>, administrators: bool) -> Vec<(Place<'a>, Vec<Access>)> {
    let counts = |row: &&Access| administrators || row.permissions & world.graph.admin_mask(row.asset) == 0;
    let relevant = rows.iter().filter(|row| row.sure & set.mask != 0).filter(counts);
    if set.scope == ToxicScope::Asset {
        let whole = relevant.filter(|row| row.sure & set.mask == set.mask);
        return whole.map(|row| (Place::Asset(row.asset), vec![*row])).collect();
    }
    let mut places: BTreeMap<Place<'a>, Vec<Access>> = BTreeMap::new();
    let nodes = world.graph.nodes();
    for row in relevant {
        let place = match set.scope {
            ToxicScope::Client => nodes.asset(row.asset).client.map(|client| Place::Client(nodes.text(client))),
            ToxicScope::Business | ToxicScope::Asset => world.business_of(row.asset).map(Place::Business),
        };
        if let Some(place) = place {
            places.entry(place).or_default().push(*row);
        }
    }
    places.retain(|_, rows| rows.iter().fold(0, |all, row| all | row.sure) & set.mask == set.mask);
    places.into_iter().collect()
}

fn draft(case: &Case<'_>, held: &Held<'_>, set: &Set<'_>, proven: bool) -> Draft {
    let world = &case.now;
    let Held { person, place, ref rows, set: _ } = *held;
    let first = rows[0].asset;
    let names = set.capabilities(world.graph.nodes().asset(first).platform);
    let on = finding::Node { id: place.stable(world), label: place.label(world) };
    let who = world.label(Node::Person(person));
    let message = format!("{who} can {} on {} (`{}`)", prose::list(&names), on.label, set.name);
    let paths = world.paths_to(person, first, set.mask);
    let draft = world.access_told(person, first, set.mask, message, &paths).on(on).detail(set.name);
    let others = rows.iter().flat_map(|row| match row.asset == first && row.sure & set.mask == set.mask {
        true => paths.clone(),
        false => world.paths_to(person, row.asset, row.sure & set.mask),
    });
    let draft = located(world, others, draft).exposure(1, rows.len());
    match proven {
        true => prove(case, held, set, &names, world.proved_by(&paths, first, set.mask, draft)),
        false => draft,
    }
}

/// With the other paths and what ends it: of what was there before, a plan tells neither.
fn prove(case: &Case<'_>, held: &Held<'_>, set: &Set<'_>, names: &[&str], mut draft: Draft) -> Draft {
    let world = &case.now;
    let Held { person, ref rows, place: _, set: _ } = *held;
    for row in rows.iter().skip(1).take(2) {
        let path = world.paths_to(person, row.asset, row.sure & set.mask).into_iter().next();
        draft = draft.witness(path.map(|path| world.witness(&path, world.label(Node::Asset(row.asset)))));
    }
    if let Some(set) = set.set {
        draft = draft.related(Some(case.policy_place(set.name.span)), "must not come together");
    }
    let platform = world.graph.nodes().asset(rows[0].asset).platform;
    draft.cut(cut(world, person, rows, set.mask, names, platform)).fix(Fix {
        safety: Safety::Choice,
        text: "take one of the rights away".to_owned(),
        edits: Vec::new(),
    })
}

impl Set<'_> {
    /// The names of its capabilities.
    fn capabilities(&self, platform: &'static Platform) -> Vec<&'static str> {
        let table = platform.capabilities.iter().enumerate();
        table.filter(|(bit, _)| self.mask & (1 << bit) != 0).map(|(_, capability)| capability.name).collect()
    }
}

/// The place is the last of the lines that bring the rights together, which usually came last; the others stand beside it.
fn located(world: &World<'_>, paths: impl Iterator<Item = Path>, draft: Draft) -> Draft {
    let mut places: Vec<_> =
        paths.filter_map(|path| world.grant_of(&path)).filter_map(|edge| world.edge_place(edge)).collect();
    places.sort();
    places.dedup();
    let Some(last) = places.pop() else { return draft };
    let draft = draft.at(Some(last), "brings them together");
    places.into_iter().fold(draft, |draft, place| draft.related(Some(place), "gives a part"))
}

/// The cheapest way to lose one of the rights everywhere it takes part.
fn cut(
    world: &World<'_>,
    person: PersonIx,
    rows: &[Access],
    mask: u64,
    names: &[&str],
    platform: &Platform,
) -> Vec<finding::Cut> {
    let each = names.iter().map(|name| capability(platform, name)).filter(|bit| mask & bit != 0);
    let cuts = each.map(|bit| {
        let mut edges: Vec<_> = rows
            .iter()
            .filter(|row| row.sure & bit != 0)
            .flat_map(|row| world.graph.cut(person, row.asset, bit).edges)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    });
    let best = cuts.filter(|edges| !edges.is_empty()).min_by_key(Vec::len);
    world.cuts(&best.unwrap_or_default())
}
