//! Somebody of a partner also has access of their own, which stays when the partner goes.

use std::collections::BTreeSet;

use crate::graph::{BusinessIx, EdgeIx, EdgeKind, Node, Path, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "shadow-direct-path",
    family: Family::Partners,
    summary: "a person of a partner also has access of their own in the business, which stays when the partner is removed",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "When the contract ends, the partner is removed, and everybody believes that its people are out. Whoever was invited as a \
person besides still sees the campaigns.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  lead@nova.example:
    name: Lena Dahl
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: from her time as a freelancer, until: 2027-03-31, approved_by: ana@acme.example }
#       ^
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
        witness: "The path through the partner, and the one that stays.",
        fix: "End the person's own membership; what they need comes through the partner.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for giver in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let partners: BTreeSet<BusinessIx> = world
            .graph
            .partners_of(giver)
            .filter_map(|edge| match world.graph.edge(edge).to {
                Node::Business(partner) => Some(partner),
                Node::Person(_) | Node::Asset(_) | Node::Team(_) => None,
            })
            .collect();
        for partner in partners {
            for member in world.graph.members_of(partner) {
                let Node::Person(person) = world.graph.edge(member).from else { continue };
                if world.is_human(person) {
                    look(world, giver, partner, (person, member), sink);
                }
            }
        }
    }
}

fn look(world: &World<'_>, giver: BusinessIx, partner: BusinessIx, who: (PersonIx, EdgeIx), sink: &mut Sink<'_>) {
    let (person, member) = who;
    let assets: Vec<_> = world.effective.of(person).iter().map(|row| row.asset).collect();
    let own: Vec<Path> = assets
        .iter()
        .flat_map(|&asset| world.graph.paths(person, asset))
        .filter(|path| stays(world, path, giver))
        .collect();
    let manages = world.membership(person, giver).filter(|&edge| world.graph.edge(edge).admin);
    if !own.is_empty() || manages.is_some() {
        sink.report(draft(world, giver, partner, person, member, &own, manages));
    }
}

/// Whether a path is of the business itself: it ends with a grant that the business gave to the person or their team.
fn stays(world: &World<'_>, path: &Path, giver: BusinessIx) -> bool {
    path.hops.iter().any(|hop| {
        let edge = world.graph.edge(hop.edge);
        matches!(edge.kind, EdgeKind::Grant | EdgeKind::TeamGrant) && edge.within == Some(giver)
    })
}

fn draft(
    world: &World<'_>,
    giver: BusinessIx,
    partner: BusinessIx,
    person: PersonIx,
    member: EdgeIx,
    own: &[Path],
    manages: Option<EdgeIx>,
) -> Draft {
    let who = world.node(Node::Person(person));
    let (giver_name, partner_node) = (world.label(Node::Business(giver)), world.node(Node::Business(partner)));
    let grants: BTreeSet<EdgeIx> = own.iter().filter_map(|path| world.grant_of(path)).collect();
    let first = grants.iter().next().copied().or(manages).or_else(|| world.membership(person, giver));
    let what = match (manages, grants.len()) {
        (Some(_), _) => format!("manages {giver_name}"),
        (None, 1) => "has a grant of their own".to_owned(),
        (None, many) => format!("has {many} grants of their own"),
    };
    let message = format!(
        "{} works for {} and {what} in {giver_name}, which stays when {} goes",
        who.label, partner_node.label, partner_node.label
    );
    let mut draft = Draft::new(who, message)
        .on(partner_node.clone())
        .business(world.business_key(giver))
        .at(first.and_then(|edge| world.edge_place(edge)), "stays")
        .record(first.and_then(|edge| world.edge_record(edge)))
        .related(world.edge_place(member), format!("works for {}", partner_node.label))
        .witness(Some(world.edge_witness(member, format!("works for {}", partner_node.label))));
    for path in own.iter().take(3) {
        draft = draft.witness(Some(world.witness(path, "stays when the partner goes")));
    }
    let assets: BTreeSet<Node> = own.iter().filter_map(|path| path.hops.last().map(|hop| hop.to)).collect();
    draft.exposure(1, assets.len()).cut(world.cuts(&grants.into_iter().collect::<Vec<_>>())).fix(Fix {
        safety: Safety::Choice,
        text: format!("end their own access in {giver_name}; what they need comes through {}", partner_node.label),
        edits: Vec::new(),
    })
}
