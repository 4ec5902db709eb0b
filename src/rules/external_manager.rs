//! Somebody from outside manages one of our businesses.

use crate::graph::{BusinessIx, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "external-manager",
    family: Family::Administrators,
    summary: "a person from outside of a business manages it",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[Param::words("allowed", &[], "people who may: their keys, addresses or ids")],
    fix: Safety::Choice,
    docs: Docs {
        why: "A manager can let anybody in, on every account, and put everybody else out. An address that is not of your domains belongs to \
somebody whose employer you don't know.",
        bad: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  kim@freelance.example: { role: manager }
# ^^^^^^^^^^^^^^^^^^^^^
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  kim@freelance.example: { role: employee }
"#,
        witness: "The membership.",
        fix: "Make the person an employee with the grants they need, or remove them.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let allowed: Vec<_> = sink.params.words("allowed").iter().flat_map(|name| nodes.find_people(name)).collect();
    let mut unknown = 0;
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let mut managers: Vec<PersonIx> = world.graph.managers(business).map(|one| one.person).collect();
        managers.sort_unstable();
        managers.dedup();
        for person in managers.into_iter().filter(|person| world.is_human(*person) && !allowed.contains(person)) {
            match nodes.has_own_address(person, business) {
                Some(true) => {}
                Some(false) => sink.report(draft(world, business, person)),
                None => unknown += 1,
            }
        }
    }
    if unknown > 0 {
        sink.not_evaluated("the business lists no domains, or the manager shows no address", unknown);
    }
}

fn draft(world: &World<'_>, business: BusinessIx, person: PersonIx) -> Draft {
    let (who, node) = (world.node(Node::Person(person)), world.node(Node::Business(business)));
    let edge = world.membership(person, business);
    let assets = world.graph.owned_by(business).count();
    Draft::new(who.clone(), format!("{}, who is from outside, manages {}", who.label, node.label))
        .on(node)
        .business(world.business_key(business))
        .at(edge.and_then(|edge| world.edge_place(edge)), "not of our domains")
        .record(edge.and_then(|edge| world.edge_record(edge)))
        .witness(edge.map(|edge| world.edge_witness(edge, "manages the business")))
        .exposure(1, assets)
        .impact(100)
        .fix(Fix {
            safety: Safety::Choice,
            text: "make them an employee with the grants they need, or remove them".to_owned(),
            edits: Vec::new(),
        })
}
