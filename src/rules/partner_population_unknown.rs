//! Nobody knows who of a partner reaches our assets.

use std::collections::BTreeMap;

use crate::graph::{BusinessIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-population-unknown",
    family: Family::Partners,
    summary: "a partner reaches assets of ours, and no roster or export names its people",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::Local,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "The platform shows a business which partners it let in, and not who of them comes. Without a list from the partner every rule \
about people is blind there: nobody can say that a former employee of the agency is out.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
# ^^^^
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
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
        witness: "The partner and what it has.",
        fix: "Ask the partner for its list, and name it with `roster:`.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let mut shares: BTreeMap<(BusinessIx, BusinessIx), Vec<EdgeIx>> = BTreeMap::new();
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        if let (Node::Business(partner), Some(giver)) = (read.from, read.within)
            && nodes.business(giver).ours
            && case.looks_at(read.from)
        {
            shares.entry((giver, partner)).or_default().push(edge);
        }
    }
    shares.retain(|(_, partner), _| world.graph.members_of(*partner).next().is_none());
    if sink.only_counts() {
        return sink.count(shares.len());
    }
    for ((giver, partner), edges) in shares {
        sink.report(draft(world, giver, partner, &edges));
    }
}

fn draft(world: &World<'_>, giver: BusinessIx, partner: BusinessIx, edges: &[EdgeIx]) -> Draft {
    let node = world.node(Node::Business(partner));
    let nodes = world.graph.nodes();
    let known = nodes.partnerships_with(partner).find(|one| one.ours == giver);
    let shared = edges.iter().filter_map(|&edge| match world.graph.edge(edge).to {
        Node::Asset(asset) => Some(asset),
        Node::Person(_) | Node::Business(_) | Node::Team(_) => None,
    });
    let about = world.asset_names(shared.flat_map(|asset| world.about(asset)));
    let assets = match about.len() {
        1 => "1 asset".to_owned(),
        many => format!("{many} assets"),
    };
    let message =
        format!("nobody knows who of {} reaches {assets} of {}", node.label, world.label(Node::Business(giver)));
    Draft::new(node, message)
        .business(world.business_key(giver))
        .at(known.and_then(|one| one.pos).map(|pos| world.place(pos)), "this partner has no roster")
        .record(edges.first().and_then(|&edge| world.edge_record(edge)))
        .witness(edges.first().map(|&edge| world.edge_witness(edge, format!("reaches {assets}"))))
        .exposure(0, about.len())
        .touching(about)
        .fix(Fix {
            safety: Safety::Manual,
            text: "ask the partner for a list of its people, and name it with `roster:`".to_owned(),
            edits: Vec::new(),
        })
}
