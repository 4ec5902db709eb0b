//! A change makes somebody an administrator.

use std::collections::BTreeSet;

use crate::graph::{Access, AssetIx, BusinessIx, EdgeIx, Hop, Node, Path, PersonIx};

use super::access::Rights;
use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "elevation",
    family: Family::Change,
    summary: "a change lets somebody manage a business or administer an asset who could not before",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::Change,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "It is the one right that brings all others, to oneself and to anybody. Often it is right; it should never go by unseen between \
forty other lines.",
        bad: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: { role: manager }
# ^^^^^^^^^^^^^^^
--- # before
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: { name: Bo Larsen }
--- # before
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
"#,
        witness: "The path that makes them one.",
        fix: "Nothing, where it is meant. Else grant what the work needs.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let now = &case.now;
    let old = managers(&before);
    for (business, person) in managers(now).difference(&old) {
        sink.report(manages(now, *business, *person));
    }
    let rights = Rights::of(now, &["administer"]);
    for (person, rows) in now.effective.iter().filter(|(person, _)| case.looks_at(Node::Person(*person))) {
        for row in rows {
            let mask = rights.on(row.asset);
            let had = |row: &Access| before.effective.access(person, row.asset).is_some_and(|old| old.sure & mask != 0);
            if rights.held(row) != 0 && !had(row) {
                let (who, asset) = (now.label(Node::Person(person)), now.label(Node::Asset(row.asset)));
                let draft = now.access_draft(person, row.asset, mask, format!("{who} comes to administer {asset}"));
                sink.report(draft.fix(fix()));
            }
        }
    }
    let given = Given {
        old: admin_shares(&before).into_iter().map(|(from, to, _)| (from, to)).collect(),
        now: admin_shares(now),
    };
    shares(&given, now, sink);
    contents(&given, &before, now, sink);
}

/// By which shares partners administer: before, and now.
struct Given {
    old: BTreeSet<(Node, Node)>,
    now: Vec<(Node, Node, EdgeIx)>,
}

fn managers(world: &World<'_>) -> BTreeSet<(BusinessIx, PersonIx)> {
    let nodes = world.graph.nodes();
    let ours = nodes.businesses().filter(|&business| nodes.business(business).ours);
    ours.flat_map(|business| world.graph.managers(business).map(move |one| (business, one.person))).collect()
}

/// Partners that come to administer; their people may be unknown.
fn shares(given: &Given, now: &World<'_>, sink: &mut Sink<'_>) {
    for &(from, to, edge) in &given.now {
        if given.old.contains(&(from, to)) {
            continue;
        }
        let (who, node) = (now.node(from), now.node(to));
        let Node::Asset(asset) = to else { continue };
        sink.report(
            Draft::new(who.clone(), format!("partner {} comes to administer {}", who.label, node.label))
                .on(node)
                .business(now.graph.edge(edge).within.and_then(|giver| now.business_key(giver)))
                .at(now.edge_place(edge), "administers")
                .record(now.edge_record(edge))
                .witness(Some(now.edge_witness(edge, "administers")))
                .exposure(1, now.about(asset).len())
                .impact(100)
                .fix(fix()),
        );
    }
}

fn admin_shares(world: &World<'_>) -> Vec<(Node, Node, EdgeIx)> {
    let mut found = Vec::new();
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        if let Node::Asset(asset) = read.to
            && read.permissions.known & world.graph.admin_mask(asset) != 0
        {
            found.push((read.from, read.to, edge));
        }
    }
    found
}

/// What comes into a group that a partner administers. What is in a group that it comes to administer is told with the group.
fn contents(given: &Given, before: &World<'_>, now: &World<'_>, sink: &mut Sink<'_>) {
    let Given { old, now: shares } = given;
    let mut told: BTreeSet<(Node, AssetIx)> = BTreeSet::new();
    for (from, to, _) in shares {
        if let (false, Node::Asset(asset)) = (old.contains(&(*from, *to)), *to) {
            told.extend(now.graph.within(asset).into_iter().map(|inner| (*from, inner)));
        }
    }
    let had = administered(before);
    for (partner, asset) in administered(now).difference(&had) {
        let who = Node::Business(*partner);
        let mut ways = shares.iter().filter(|(from, ..)| *from == who).map(|(.., edge)| now.share_path(*edge, *asset));
        if let (false, Some(way)) = (told.contains(&(who, *asset)), ways.find(|way| way.len() > 1)) {
            sink.report(through(now, who, *asset, way));
        }
    }
}

/// What businesses administer by what others gave them, through groups as well.
fn administered(world: &World<'_>) -> BTreeSet<(BusinessIx, AssetIx)> {
    let mut found = BTreeSet::new();
    for business in world.graph.nodes().businesses() {
        let given = world.graph.reach_of_business(business).into_iter();
        let admin = given.filter(|row| row.permissions & world.graph.admin_mask(row.asset) != 0);
        found.extend(admin.map(|row| (business, row.asset)));
    }
    found
}

fn through(world: &World<'_>, partner: Node, asset: AssetIx, way: Vec<Hop>) -> Draft {
    let (who, node) = (world.node(partner), world.node(Node::Asset(asset)));
    let (share, last) = (way.first().map(|hop| hop.edge), way.last().map(|hop| hop.edge));
    let group = way.get(1).map(|hop| world.label(hop.from)).unwrap_or_default();
    let path = Path { hops: way, also: Vec::new(), permissions: 0, pending: false, potential: false };
    let message = format!("partner {} comes to administer {}, through asset group {group}", who.label, node.label);
    let giver = share.and_then(|share| world.graph.edge(share).within);
    Draft::new(who, message)
        .on(node)
        .business(giver.and_then(|giver| world.business_key(giver)))
        .at(last.and_then(|edge| world.edge_place(edge)), "comes into the group")
        .record(last.and_then(|edge| world.edge_record(edge)))
        .related(share.and_then(|share| world.edge_place(share)), "administers the group")
        .witness(Some(world.witness(&path, "administers")))
        .exposure(1, 1)
        .impact(100)
        .fix(fix())
}

fn manages(world: &World<'_>, business: BusinessIx, person: PersonIx) -> Draft {
    let (who, node) = (world.node(Node::Person(person)), world.node(Node::Business(business)));
    let edge = world.membership(person, business);
    let assets = world.graph.owned_by(business).count();
    let place = edge.and_then(|edge| world.edge_place(edge));
    Draft::new(who.clone(), format!("{} becomes a manager of {}, with {assets} assets", who.label, node.label))
        .on(node)
        .business(world.business_key(business))
        .at(place, "becomes a manager")
        .record(edge.and_then(|edge| world.edge_record(edge)))
        .witness(edge.map(|edge| world.edge_witness(edge, "manages")))
        .exposure(1, assets)
        .impact(100)
        .fix(fix())
}

fn fix() -> Fix {
    Fix {
        safety: Safety::Choice,
        text: "nothing, where it is meant; else grant what the work needs".to_owned(),
        edits: Vec::new(),
    }
}
