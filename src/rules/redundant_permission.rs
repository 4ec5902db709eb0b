//! A permission that adds nothing to the others of its grant.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::graph::{AssetIx, EdgeIx, Node};
use crate::model::SmallMap;
use crate::platforms::Platform;

use super::finding::{self, Fix, Safety, Severity};
use super::sink::Brief;
use super::world::Written;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "redundant-permission",
    family: Family::LeastPrivilege,
    summary: "a permission allows nothing that the others of the same grant don't allow",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::Local,
    data: &[],
    params: &[],
    fix: Safety::Safe,
    docs: Docs {
        why: "It changes nothing today, but it hides what a grant is for, and it stays behind when somebody takes the stronger permission \
away and believes that all is gone.",
        bad: r#"
people:
  bo@acme.example:
    name: Bo Larsen
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER, ADMIN], reason: head of the French campaigns }
#       ^
accounts:
  acme-fr: { id: "1001", name: Acme France }
"#,
        good: r#"
people:
  bo@acme.example:
    name: Bo Larsen
    grants:
      - { on: [acme-fr], permissions: [ADMIN], reason: head of the French campaigns }
accounts:
  acme-fr: { id: "1001", name: Acme France }
"#,
        witness: "The grant, and which permission of it implies the other.",
        fix: "Drop it. Only capabilities that the platform's documents state count, so nobody loses anything.",
    },
    check,
};

/// A permission of a grant.
#[derive(Clone, Copy)]
struct Thing {
    edge: EdgeIx,
    asset: AssetIx,
    bit: u32,
}

fn check<'a>(case: &Case<'a>, sink: &mut Sink<'a>) {
    let world = case.now;
    let nodes = world.graph.nodes();
    // Of a million grants few sets differ.
    let mut known: SmallMap<(&str, u32), Vec<u32>> = SmallMap::default();
    let mut found = Vec::new();
    let people = nodes.people().filter(|&person| case.looks_at(Node::Person(person)));
    let own = people.flat_map(|person| world.graph.grants_of(person));
    let teams = nodes.teams().filter(|&team| case.looks_at(Node::Team(team)));
    let of_teams = teams.flat_map(|team| world.graph.grants_of_team(team));
    let partners = nodes.businesses().filter(|&business| case.looks_at(Node::Business(business)));
    let shared = partners.flat_map(|business| world.graph.shares_to(business));
    for edge in own.chain(of_teams).chain(shared) {
        let read = world.graph.edge(edge);
        let Node::Asset(asset) = read.to else { continue };
        if !read.removable {
            continue;
        }
        let platform = nodes.asset(asset).platform;
        let permissions = read.permissions.known;
        let bits =
            known.entry((platform.name, permissions)).or_insert_with(|| redundant(&world, platform, permissions));
        found.extend(bits.iter().map(|&bit| Thing { edge, asset, bit }));
    }
    match sink.only_counts() {
        true => sink.count(different(&world, found)),
        false => report(world, found, sink),
    }
}

/// How many they are; two lines that give the same permission count once.
fn different(world: &World<'_>, found: Vec<Thing>) -> usize {
    let key = |thing: Thing| {
        let read = world.graph.edge(thing.edge);
        (read.from, read.within.and_then(|business| world.business_key(business)), thing.asset, thing.bit)
    };
    let mut keys: Vec<_> = found.into_iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

fn report<'a>(world: World<'a>, found: Vec<Thing>, sink: &mut Sink<'a>) {
    let nodes = world.graph.nodes();
    let mut later = sink.later();
    // Grants come holder by holder.
    let mut holder = None;
    for thing in found {
        let read = world.graph.edge(thing.edge);
        let (_, subject) = match holder.take().filter(|(node, _)| *node == read.from) {
            Some(same) => holder.insert(same),
            None => holder.insert((read.from, nodes.stable(read.from))),
        };
        let brief = Brief {
            business: read.within.and_then(|business| world.business_key(business)),
            subject,
            object: Some(&nodes.stable(read.to)),
            detail: nodes.asset(thing.asset).platform.words(thing.bit).first().copied(),
            exposure: (1, 1),
            impact: 0,
        };
        later.report(&brief, thing);
    }
    let written = OnceCell::new();
    later.told_by(move |thing, proven| told(&world, *thing, proven.then_some(&written)));
}

/// Permissions without which the others allow as much. Of two that allow the same the later one of the table is redundant.
fn redundant(world: &World<'_>, platform: &Platform, permissions: u32) -> Vec<u32> {
    let mut left = permissions;
    let mut found = Vec::new();
    for at in (0..u32::BITS).rev() {
        let bit = 1 << at;
        if permissions & bit == 0 || left == bit {
            continue;
        }
        let (sure, possible) = world.graph.capabilities(platform, bit);
        let (others, _) = world.graph.capabilities(platform, left & !bit);
        if sure != 0 && (sure | possible) & !others == 0 {
            left &= !bit;
            found.push(bit);
        }
    }
    found
}

/// With its proof where there is a table of what the lines grant, which is made once for all proofs.
fn told(world: &World<'_>, thing: Thing, proof: Option<&OnceCell<Vec<Written>>>) -> Draft {
    let Thing { edge, asset, bit } = thing;
    let platform = world.graph.nodes().asset(asset).platform;
    let draft = draft(world, edge, platform, bit);
    match proof {
        Some(written) => prove(draft, world, edge, platform, bit, written),
        None => draft,
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, platform: &Platform, bit: u32) -> Draft {
    let read = world.graph.edge(edge);
    let (holder, asset) = (world.node(read.from), world.node(read.to));
    let word = platform.words(bit).join("");
    let others = platform.words(read.permissions.known & !bit).join(", ");
    let message = format!("{word} adds nothing to {others}, which {} has on {}", holder.label, asset.label);
    let place = world.edge_place(edge);
    let root = place.as_ref().map(|place| format!("{}:{}", place.file, place.line));
    let draft = Draft::new(holder, message)
        .on(asset)
        .business(read.within.and_then(|business| world.business_key(business)))
        .detail(word.as_str())
        .at(place, format!("gives {word} beside {others}"))
        .record(world.edge_record(edge))
        .exposure(1, 1);
    match root {
        Some(line) => draft.root(finding::Node::new("line", &line, "the same line")),
        None => draft,
    }
}

fn prove(
    draft: Draft,
    world: &World<'_>,
    edge: EdgeIx,
    platform: &Platform,
    bit: u32,
    written: &OnceCell<Vec<Written>>,
) -> Draft {
    let others = platform.words(world.graph.edge(edge).permissions.known & !bit).join(", ");
    draft.witness(Some(world.edge_witness(edge, others))).cut(world.cuts(&[edge])).fix(fix(
        world,
        edge,
        platform,
        bit,
        written.get_or_init(|| world.written()),
    ))
}

/// Where every line behind the grant has words of its own, they lose this one.
fn fix(world: &World<'_>, edge: EdgeIx, platform: &Platform, bit: u32, written: &[Written]) -> Fix {
    let word = platform.words(bit).join("");
    let text = format!("drop {word}");
    let lines = world.graph.lines(edge);
    let mut edits = BTreeSet::new();
    for line in lines {
        let (Some(item), Some(number)) = (world.own_words(*line), line.item()) else {
            return Fix { safety: Safety::Choice, text, edits: Vec::new() };
        };
        let granted = written.get(number as usize).map_or(0, |written| written.permissions);
        // The word may stand in one of several lines that add up.
        if granted & bit != 0 && granted != bit {
            edits.insert(world.set_permissions(item, &platform.words(granted & !bit)));
        } else if granted == bit {
            return Fix { safety: Safety::Choice, text, edits: Vec::new() };
        }
    }
    Fix { safety: Safety::Safe, text, edits: edits.into_iter().collect() }
}
