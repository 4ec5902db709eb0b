//! One person alone can administer an asset.

use crate::graph::{AssetIx, BusinessIx, Node, PersonIx};

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "bus-factor-asset",
    family: Family::Administrators,
    summary: "exactly one person can administer an asset, managers of the business counted",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "When this one person is gone, nobody can give anybody access to the asset. Where the business has two managers this does not \
happen, because they administer all of its assets.",
        bad: r#"
# nobody else manages
policy:
  rules: { bus-factor-business: off }
assets:
  acme-page: { type: profile, id: "2001", name: Acme }
# ^^^^^^^^^
people:
  ana@acme.example: { role: manager }
"#,
        good: r#"
# nobody else manages
policy:
  rules: { bus-factor-business: off }
assets:
  acme-page: { type: profile, id: "2001", name: Acme }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
"#,
        witness: "The only path by which it is administered.",
        fix: "Make a second person a manager of the business, or give them ADMIN on the asset.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let managers = world.graph.managers(business).filter(|one| !one.pending && world.is_human(one.person)).count();
        if managers > 1 {
            continue;
        }
        for edge in world.graph.owned_by(business) {
            let Node::Asset(asset) = world.graph.edge(edge).to else { continue };
            let people = world.graph.administrators(asset);
            let mut people = people.iter().filter(|one| !one.pending && world.is_human(one.person));
            if let (Some(one), None) = (people.next(), people.next()) {
                sink.report(draft(world, business, asset, one.person, one.business));
            }
        }
    }
}

fn draft(
    world: &World<'_>,
    business: BusinessIx,
    asset: AssetIx,
    person: PersonIx,
    manages: Option<crate::graph::EdgeIx>,
) -> Draft {
    let (node, who) = (world.node(Node::Asset(asset)), world.node(Node::Person(person)));
    let mask = capability(world.graph.nodes().asset(asset).platform, "administer");
    let path = world.graph.witness(person, asset, mask);
    let witness = match (manages, path) {
        (Some(edge), _) => Some(world.edge_witness(edge, "administers every asset of the business")),
        (None, Some(path)) => Some(world.witness(&path, "administers it")),
        (None, None) => None,
    };
    Draft::new(node.clone(), format!("only {} can administer {}", who.label, node.label))
        .on(who.clone())
        .business(world.business_key(business))
        .at(world.graph.nodes().asset(asset).pos.map(|pos| world.place(pos)), "this asset")
        .witness(witness)
        .exposure(1, 1)
        .root(who)
        .fix(Fix {
            safety: Safety::Choice,
            text: "make a second person a manager, or give them ADMIN on it".to_owned(),
            edits: Vec::new(),
        })
}
