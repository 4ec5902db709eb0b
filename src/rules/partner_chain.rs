//! Access arrives through more than one partner.

use crate::graph::{BusinessIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-chain",
    family: Family::Partners,
    summary: "a partner passes an asset on to another business that does not own it",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The owner agreed with an agency, and somebody else works on the account: a sub-agency that the owner never heard of, under \
terms it never saw. When the agency's contract ends, nobody remembers the second one.",
        bad: r#"
partners:
  client:
    id: "5001"
    name: Client Foods
    direction: outbound
    grants:
      - { on: [client-fr], permissions: [CAMPAIGN_MANAGER], reason: our client }
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [client-fr], permissions: [CAMPAIGN_MANAGER], reason: sub-agency for video, until: 2027-03-31 }
#       ^
accounts:
  client-fr: { id: "1001", name: Client Foods France, owner: client }
"#,
        good: r#"
partners:
  client:
    id: "5001"
    name: Client Foods
    direction: outbound
    grants:
      - { on: [client-fr], permissions: [CAMPAIGN_MANAGER], reason: our client }
accounts:
  client-fr: { id: "1001", name: Client Foods France, owner: client }
"#,
        witness: "The share that is passed on, and the one it rests on.",
        fix: "Have the owner let the second business in itself, or end the share.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        let (Some(giver), Node::Asset(asset)) = (read.within, read.to) else { continue };
        let Some(owner) = world.graph.nodes().asset(asset).owner else { continue };
        if giver != owner && read.from != Node::Business(owner) {
            sink.report(draft(world, edge, giver, owner));
        }
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, giver: BusinessIx, owner: BusinessIx) -> Draft {
    let read = world.graph.edge(edge);
    let (receiver, asset) = (world.node(read.from), world.node(read.to));
    let (between, owner_name) = (world.label(Node::Business(giver)), world.label(Node::Business(owner)));
    let first = world.graph.shares_to(giver).find(|&share| world.graph.edge(share).to == read.to);
    let (Node::Business(business), Node::Asset(index)) = (read.from, read.to) else { return Draft::new(receiver, "") };
    let about = world.about(index);
    let message = format!("{} reaches {} of {owner_name} through {between}", receiver.label, asset.label);
    Draft::new(receiver.clone(), message)
        .on(asset)
        .business(world.business_key(giver))
        .detail(world.node(Node::Business(giver)).id)
        .at(world.edge_place(edge), format!("{between} passes it on"))
        .record(world.edge_record(edge))
        .related(first.and_then(|share| world.edge_place(share)), format!("{owner_name} gave it to {between}"))
        .witness(first.map(|share| world.edge_witness(share, format!("{owner_name} lets {between} in"))))
        .witness(Some(world.edge_witness(edge, format!("{between} lets {} in", receiver.label))))
        .exposure(world.graph.members_of(business).count(), about.len())
        .touching(world.asset_names(about))
        .cut(world.cuts(&[edge]))
        .root(receiver)
        .fix(Fix {
            safety: Safety::Choice,
            text: format!("have {owner_name} let them in itself, or end the share"),
            edits: Vec::new(),
        })
}
