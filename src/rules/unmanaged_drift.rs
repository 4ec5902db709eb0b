//! A grant that no line asks for.

use crate::graph::{EdgeIx, EdgeKind, Node, Reading};
use crate::model::Direction;

use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::sink::Brief;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "unmanaged-drift",
    family: Family::Trail,
    summary: "a grant exists on the platform, and no line of the files asks for it",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Somebody gave it in the console, outside of every review. Sections that the files don't manage are left alone.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: { grants: [] }
# ^^^^^^^^^^^^^^^
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ member: "3", asset: "1001", permissions: [ANALYST] }]
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: { grants: [{ on: [acme-fr], permissions: [ANALYST], reason: report }] }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ member: "3", asset: "1001", permissions: [ANALYST] }]
"#,
        witness: "The row of the export.",
        fix: "Write it into the files with a reason, or apply a plan, which takes it away.",
    },
    check,
};

fn check<'a>(case: &Case<'a>, sink: &mut Sink<'a>) {
    let world = case.now;
    let nodes = world.graph.nodes();
    if world.graph.reading() == Reading::Desired {
        return;
    }
    let mut later = sink.later();
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        let (EdgeKind::Grant | EdgeKind::Share, Node::Asset(_)) = (read.kind, read.to) else { continue };
        let written = !world.graph.lines(edge).is_empty();
        // Words that nobody may write, such as OWNER, are no grants of ours.
        if !written && read.recorded && read.removable && writable(&world, edge) && is_managed(&world, edge) {
            let brief = Brief {
                business: read.within.and_then(|business| world.business_key(business)),
                subject: &nodes.stable(read.from),
                object: Some(&nodes.stable(read.to)),
                detail: None,
                exposure: (1, 1),
                impact: 0,
            };
            later.report(&brief, edge);
        }
    }
    later.told_by(move |edge, _| draft(&world, *edge));
}

fn writable(world: &World<'_>, edge: EdgeIx) -> bool {
    let Node::Asset(asset) = world.graph.edge(edge).to else { return false };
    let platform = world.graph.nodes().asset(asset).platform;
    platform.permissions_in(world.graph.edge(edge).permissions.known).any(|permission| permission.writable)
}

/// Whether the files say who has what here.
fn is_managed(world: &World<'_>, edge: EdgeIx) -> bool {
    let read = world.graph.edge(edge);
    let desired = world.desired;
    let nodes = world.graph.nodes();
    let Some(within) = read.within.and_then(|business| nodes.business(business).key).map(|key| nodes.text(key)) else {
        return false;
    };
    let found = desired.businesses.iter().position(|business| desired.text(business.key) == within);
    let Some(index) = found else { return false };
    match read.from {
        Node::Person(_) => desired.businesses[index].managed.people_grants,
        Node::Business(partner) => {
            let id = nodes.text(nodes.business(partner).id);
            let written = desired.partners.iter().find(|one| {
                one.business as usize == index && desired.text(one.id) == id && one.direction == Direction::Inbound
            });
            written.map_or(desired.businesses[index].managed.partners, |one| one.grants_written)
        }
        Node::Asset(_) | Node::Team(_) => false,
    }
}

fn draft(world: &World<'_>, edge: EdgeIx) -> Draft {
    let read = world.graph.edge(edge);
    let (who, node) = (world.node(read.from), world.node(read.to));
    let words = world.graph.words(edge).join(", ");
    let place = match read.from {
        Node::Person(person) => world.person_place(person),
        Node::Business(partner) => {
            let known = world.graph.nodes().partnerships_with(partner).find_map(|one| one.pos);
            known.map(|pos| world.place(pos))
        }
        Node::Asset(_) | Node::Team(_) => None,
    };
    Draft::new(who.clone(), format!("{} has {words} on {}, and no line asks for it", who.label, node.label))
        .on(node)
        .business(read.within.and_then(|business| world.business_key(business)))
        .at(place, "nothing here asks for it")
        .record(world.graph.record(edge))
        .witness(Some(world.edge_witness(edge, "given outside of the files")))
        .exposure(1, 1)
        .root(who)
        .fix(Fix {
            safety: Safety::Choice,
            text: "write it into the files with a reason, or apply a plan, which takes it away".to_owned(),
            edits: Vec::new(),
        })
}
