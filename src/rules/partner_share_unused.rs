//! A partner was given more than its people use.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{BusinessIx, EdgeIx, EdgeKind, Node};

use super::finding::{Fix, Safety, Severity};
use super::world::Written;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-share-unused",
    family: Family::Partners,
    summary: "a partner holds permissions on an asset that none of the people on its roster has",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Safe,
    docs: Docs {
        why: "What a partner has and nobody there uses is there for whoever comes next. It can go without anybody noticing.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST, AUDIENCE_MANAGER], reason: reports, until: 2027-03-31 }
#       ^
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, asset: "1001", permissions: [ANALYST] }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, asset: "1001", permissions: [ANALYST] }
"#,
        witness: "The grant, and what the roster's people have of it.",
        fix: "Grant what is used. A partner whose roster names nobody on the asset may have forgotten to say so: that is left to you.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let used = used(world);
    let known: BTreeSet<BusinessIx> = used.keys().map(|(business, _)| *business).collect();
    let written = OnceCell::new();
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        let (Node::Business(partner), Node::Asset(asset)) = (read.from, read.to) else { continue };
        // Without anybody on the roster nothing is known; that is another rule's.
        let ours = read.within.is_some_and(|giver| world.graph.nodes().business(giver).ours);
        if !ours || !known.contains(&partner) || world.graph.nodes().business(partner).ours {
            continue;
        }
        let used = used.get(&(partner, asset)).copied().unwrap_or_default();
        let unused = read.permissions.known & !used;
        let is_group = world.graph.nodes().asset(asset).kind.is_some_and(|kind| kind.group);
        if unused != 0 && !is_group && read.permissions.foreign == 0 {
            sink.report(draft(world, edge, unused, written.get_or_init(|| world.written())));
        }
    }
}

/// What the people of each partner have, by asset.
fn used(world: &World<'_>) -> BTreeMap<(BusinessIx, crate::graph::AssetIx), u32> {
    let mut used = BTreeMap::new();
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        if let (EdgeKind::Grant, Some(business), Node::Asset(asset)) = (read.kind, read.within, read.to)
            && world.graph.nodes().asset(asset).owner != Some(business)
        {
            *used.entry((business, asset)).or_default() |= read.permissions.known;
        }
    }
    used
}

fn draft(world: &World<'_>, edge: EdgeIx, unused: u32, written: &[Written]) -> Draft {
    let read = world.graph.edge(edge);
    let (partner, node) = (world.node(read.from), world.node(read.to));
    let Node::Asset(asset) = read.to else { return Draft::new(partner, "") };
    let platform = world.graph.nodes().asset(asset).platform;
    let words = platform.words(unused).join(", ");
    Draft::new(partner.clone(), format!("nobody of {} uses {words} on {}", partner.label, node.label))
        .on(node)
        .business(read.within.and_then(|giver| world.business_key(giver)))
        .at(world.edge_place(edge), format!("gives {words}"))
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, words)))
        .exposure(0, 1)
        .cut(world.cuts(&[edge]))
        .root(partner)
        .fix(fix(world, edge, unused, written))
}

fn fix(world: &World<'_>, edge: EdgeIx, unused: u32, written: &[Written]) -> Fix {
    let read = world.graph.edge(edge);
    let text = "grant what is used".to_owned();
    let Node::Asset(asset) = read.to else { return Fix { safety: Safety::Choice, text, edits: Vec::new() } };
    let platform = world.graph.nodes().asset(asset).platform;
    let left = platform.words(read.permissions.known & !unused);
    let lines = world.graph.lines(edge);
    let own: Vec<_> = lines.iter().filter_map(|line| world.own_words(*line).map(|item| (line, item))).collect();
    // An item for several accounts can't shrink for one of them.
    let alone = |line: &crate::graph::Line| {
        let item = line.item().and_then(|item| written.get(item as usize));
        item.is_some_and(|item| !item.several)
    };
    match own.as_slice() {
        [(line, item)] if lines.len() == 1 && !left.is_empty() && alone(line) => Fix {
            safety: Safety::Safe,
            text: format!("grant {} alone", left.join(", ")),
            edits: vec![world.set_permissions(item, &left)],
        },
        _ => Fix { safety: Safety::Choice, text, edits: Vec::new() },
    }
}
