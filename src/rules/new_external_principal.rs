//! A change lets somebody in from outside who was not there before.

use std::collections::BTreeSet;

use crate::graph::{BusinessIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "new-external-principal",
    family: Family::Change,
    summary: "a change lets a partner or a person from outside into a business for the first time",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::Change,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The first line for somebody new is the one to look at: a contract, an address, an id with two digits swapped. Later lines are \
for somebody who is known.",
        bad: r#"
people:
  kim@freelance.example: {}
# ^^^^^^^^^^^^^^^^^^^^^
--- # before
people: {}
"#,
        good: r#"
people:
  kim@acme.example: {}
--- # before
people: {}
"#,
        witness: "The membership or partnership.",
        fix: "Nothing, where it is meant.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let now = &case.now;
    let known: BTreeSet<(BusinessIx, Node)> = relations(case, &before).into_iter().map(|(key, _)| key).collect();
    for ((business, who), edge) in relations(case, now) {
        let outside = match who {
            Node::Business(_) => true,
            Node::Person(person) => {
                now.is_human(person) && now.graph.nodes().has_own_address(person, business) == Some(false)
            }
            Node::Asset(_) | Node::Team(_) => false,
        };
        if outside && !known.contains(&(business, who)) {
            sink.report(draft(now, business, who, edge));
        }
    }
}

/// Who is let into our businesses, but for people whom nothing changes for.
fn relations(case: &Case<'_>, world: &World<'_>) -> Vec<((BusinessIx, Node), EdgeIx)> {
    let nodes = world.graph.nodes();
    let mut found = Vec::new();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let graph = world.graph;
        let members = graph.members_of(business).map(|edge| ((business, graph.edge(edge).from), edge));
        found.extend(members.filter(|((_, person), _)| case.looks_at(*person)));
        found.extend(graph.partners_of(business).map(|edge| ((business, graph.edge(edge).to), edge)));
    }
    found.sort_unstable();
    found.dedup_by_key(|(key, _)| *key);
    found
}

fn draft(world: &World<'_>, business: BusinessIx, who: Node, edge: EdgeIx) -> Draft {
    let (node, into) = (world.node(who), world.node(Node::Business(business)));
    let assets = match who {
        Node::Person(person) => world.effective.of(person).len(),
        Node::Business(partner) => world.graph.shares_to(partner).count(),
        Node::Asset(_) | Node::Team(_) => 0,
    };
    let what = if matches!(who, Node::Business(_)) { "partner" } else { "from outside" };
    Draft::new(node.clone(), format!("{} ({what}) comes into {} for the first time", node.label, into.label))
        .on(into)
        .business(world.business_key(business))
        .at(world.edge_place(edge), "new")
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, "comes in")))
        .exposure(1, assets)
        .fix(Fix { safety: Safety::Choice, text: "nothing, where it is meant".to_owned(), edits: Vec::new() })
}
