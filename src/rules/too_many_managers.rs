//! A business has many managers.

use std::collections::BTreeSet;

use crate::graph::{BusinessIx, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::params::{Param, Value};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "too-many-managers",
    family: Family::Administrators,
    summary: "more people manage a business than its size asks for",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[
        Param::count("max", 5, "so many are fine in a business of any size"),
        Param::percent("share", 10, "so many percent of all members are fine in a larger one")
            .audit_strict(Value::Percent(5)),
    ],
    fix: Safety::Choice,
    docs: Docs {
        why: "A manager can give himself and others every account, and take it away. Each of them is a way in for whoever gets hold of the \
password.",
        bad: r#"
# nobody else manages
policy:
  rules:
    too-many-managers: { max: 2 }
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { role: manager }
  cy@acme.example: { role: manager }
# ^^^^^^^^^^^^^^^
"#,
        good: r#"
# nobody else manages
policy:
  rules:
    too-many-managers: { max: 2 }
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { role: manager }
  cy@acme.example: { role: employee }
"#,
        witness: "Everybody who manages it.",
        fix: "Make those who don't manage access day by day employees with grants.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let managers: BTreeSet<PersonIx> = world.graph.managers(business).map(|one| one.person).collect();
        let mut members: Vec<Node> = world.graph.members_of(business).map(|edge| world.graph.edge(edge).from).collect();
        members.sort_unstable();
        members.dedup();
        let share = members.len() * sink.params.len("share") / 100;
        let limit = share.max(sink.params.len("max"));
        if managers.len() > limit {
            sink.report(draft(world, business, &managers, limit, members.len()));
        }
    }
}

fn draft(
    world: &World<'_>,
    business: BusinessIx,
    managers: &BTreeSet<PersonIx>,
    limit: usize,
    members: usize,
) -> Draft {
    let node = world.node(Node::Business(business));
    let message = format!("{} of {members} members manage {}, limit {limit}", managers.len(), node.label);
    let edges: Vec<_> = managers.iter().filter_map(|&person| world.membership(person, business)).collect();
    let mut places: Vec<_> = edges.iter().filter_map(|&edge| world.edge_place(edge)).collect();
    places.sort();
    let place = places.pop();
    let mut draft = Draft::new(node, message)
        .business(world.business_key(business))
        .at(place, "the last of them")
        .record(edges.last().and_then(|&edge| world.edge_record(edge)))
        .exposure(managers.len(), 0)
        .fix(Fix {
            safety: Safety::Choice,
            text: "make those who don't manage access day by day employees".to_owned(),
            edits: Vec::new(),
        });
    for place in places {
        draft = draft.related(Some(place), "manages it, too");
    }
    for &edge in &edges {
        draft = draft.witness(Some(world.edge_witness(edge, "manages")));
    }
    draft
}
