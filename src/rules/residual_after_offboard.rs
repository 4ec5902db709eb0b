//! A person or partner is removed, and some access remains.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Access, AssetIx, BusinessIx, Edge, EdgeIx, EdgeKind, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "residual-after-offboard",
    family: Family::Partners,
    summary: "a change removes a person or a partner, and they still reach assets of the business afterwards",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Change,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The one moment at which everybody believes that somebody is out is the one at which nobody looks any more. What remains, \
through another partner, another team or a grant of their own, stays for years.",
        bad: r#"
policy:
  rules: { shadow-direct-path: off }
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners: {}
people:
  lead@nova.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: from her time as a freelancer, until: 2027-03-31, approved_by: ana@acme.example }
#       ^
--- # before
policy:
  rules: { shadow-direct-path: off }
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
people:
  lead@nova.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: from her time as a freelancer, until: 2027-03-31, approved_by: ana@acme.example }
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, asset: "1001", permissions: [ANALYST] }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners: {}
--- # before
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
        witness: "Every path that remains.",
        fix: "Remove these lines in the same change, or say in the change why they stay.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let now = &case.now;
    for (kind, giver, gone) in ended(&before, now) {
        match (kind, gone) {
            (EdgeKind::Partner, Node::Business(partner)) => {
                for person in people_of(&before, partner) {
                    report(now, person, giver, Some(partner), sink);
                }
            }
            (EdgeKind::Member, Node::Person(person)) => report(now, person, giver, None, sink),
            _ => {}
        }
    }
}

/// Who was let into a business of ours and is not any more: members and partners.
fn ended(before: &World<'_>, now: &World<'_>) -> BTreeSet<(EdgeKind, BusinessIx, Node)> {
    let nodes = before.graph.nodes();
    let mut found = BTreeSet::new();
    for ours in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let people = |world: &World<'_>| ends(world, world.graph.members_of(ours), |edge| edge.from);
        let partners = |world: &World<'_>| ends(world, world.graph.partners_of(ours), |edge| edge.to);
        for (kind, old, new) in
            [(EdgeKind::Member, people(before), people(now)), (EdgeKind::Partner, partners(before), partners(now))]
        {
            let gone = old.into_iter().filter(|node| new.binary_search(node).is_err());
            found.extend(gone.map(|node| (kind, ours, node)));
        }
    }
    found
}

fn ends(world: &World<'_>, edges: impl Iterator<Item = EdgeIx>, end: fn(&Edge) -> Node) -> Vec<Node> {
    let mut nodes: Vec<Node> = edges.map(|edge| end(&world.graph.edge(edge))).collect();
    nodes.sort_unstable();
    nodes
}

fn people_of(world: &World<'_>, partner: BusinessIx) -> BTreeSet<PersonIx> {
    let people = world.graph.members_of(partner).filter_map(|edge| match world.graph.edge(edge).from {
        Node::Person(person) => Some(person),
        Node::Business(_) | Node::Asset(_) | Node::Team(_) => None,
    });
    people.collect()
}

fn report(world: &World<'_>, person: PersonIx, giver: BusinessIx, partner: Option<BusinessIx>, sink: &mut Sink<'_>) {
    // Who works for us as well is no leftover of the partner.
    if world.works_for(person, giver) && world.is_outsider(person, giver) == Some(false) {
        return;
    }
    let owned = |row: &&Access| world.graph.nodes().asset(row.asset).owner == Some(giver) && row.permissions != 0;
    let left: BTreeMap<AssetIx, Access> =
        world.effective.of(person).iter().filter(owned).map(|row| (row.asset, *row)).collect();
    if !left.is_empty() {
        sink.report(draft(world, person, giver, partner, &left));
    }
}

fn draft(
    world: &World<'_>,
    person: PersonIx,
    giver: BusinessIx,
    partner: Option<BusinessIx>,
    left: &BTreeMap<AssetIx, Access>,
) -> Draft {
    let who = world.node(Node::Person(person));
    let owner = world.label(Node::Business(giver));
    let assets = match left.len() {
        1 => "1 asset".to_owned(),
        many => format!("{many} assets"),
    };
    let message = match partner {
        Some(partner) => {
            let name = world.label(Node::Business(partner));
            format!("{name} is removed from {owner}, and {} of its people still reaches {assets}", who.label)
        }
        None => format!("{} leaves {owner} and still reaches {assets}", who.label),
    };
    let paths: Vec<_> = left.keys().flat_map(|&asset| world.graph.paths(person, asset)).collect();
    let grant = paths.iter().find_map(|path| world.grant_of(path));
    let mut edges: Vec<_> = left.keys().flat_map(|&asset| world.graph.cut(person, asset, u64::MAX).edges).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut draft = Draft::new(who, message)
        .on(world.node(Node::Business(giver)))
        .business(world.business_key(giver))
        .at(grant.and_then(|edge| world.edge_place(edge)), "remains")
        .record(grant.and_then(|edge| world.edge_record(edge)))
        .exposure(1, left.len())
        .cut(world.cuts(&edges))
        .fix(Fix {
            safety: Safety::Choice,
            text: "remove what remains in the same change".to_owned(),
            edits: Vec::new(),
        });
    if let Some(partner) = partner {
        draft = draft.detail(world.node(Node::Business(partner)).id);
    }
    for path in paths.iter().take(4) {
        draft = draft.witness(Some(world.witness(path, "remains")));
    }
    draft
}
