//! A business hangs on one manager, or on none.

use crate::graph::{BusinessIx, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "bus-factor-business",
    family: Family::Administrators,
    summary: "fewer people than needed manage a business",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[Param::count(
        "min",
        2,
        "so many people have to manage it; service accounts and pending invitations don't count",
    )
    .looser(Looser::Less)],
    fix: Safety::Choice,
    docs: Docs {
        why: "When the only manager is ill, leaves or loses the password, nobody can let anybody in or out, and the platform's support asks \
for weeks who you are.",
        bad: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
# ^^^^^^^^^^^^^^^^
  bo@acme.example: {}
"#,
        good: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
"#,
        witness: "Those who manage it.",
        fix: "Make a second person a manager.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        // Files that don't manage people say nothing of who manages.
        if world.graph.members_of(business).next().is_none() {
            continue;
        }
        let managers = world.graph.managers(business).filter(|one| !one.pending && world.is_human(one.person));
        let mut managers: Vec<PersonIx> = managers.map(|one| one.person).collect();
        managers.sort_unstable();
        managers.dedup();
        if managers.len() < sink.params.len("min") {
            sink.report(draft(world, business, &managers, sink.params.len("min")));
        }
    }
}

fn draft(world: &World<'_>, business: BusinessIx, managers: &[PersonIx], min: usize) -> Draft {
    let node = world.node(Node::Business(business));
    let edge = managers.first().and_then(|&person| world.membership(person, business));
    let people = match managers {
        [] => "nobody manages".to_owned(),
        [one] => format!("only {} manages", world.label(Node::Person(*one))),
        many => format!("{} people manage", many.len()),
    };
    let place = edge.and_then(|edge| world.edge_place(edge));
    let entry = world.graph.nodes().business(business).pos.map(|pos| world.place(pos));
    Draft::new(node.clone(), format!("{people} {}, at least {min} should", node.label))
        .business(world.business_key(business))
        .at(place.or(entry), if managers.is_empty() { "this business" } else { "manages it" })
        .record(edge.and_then(|edge| world.edge_record(edge)))
        .witness(edge.map(|edge| world.edge_witness(edge, "manages")))
        .exposure(managers.len(), 0)
        .fix(Fix { safety: Safety::Choice, text: "make another person a manager".to_owned(), edits: Vec::new() })
}
