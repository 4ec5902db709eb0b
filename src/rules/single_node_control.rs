//! Many assets are administered through one person, team or group only.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{AssetIx, BusinessIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "single-node-control",
    family: Family::Administrators,
    summary: "every way to administer many assets leads through one person, team or asset group",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[Param::count("assets", 10, "from so many assets on")],
    fix: Safety::Choice,
    docs: Docs {
        why: "One wrong line, one removed team or one lost login, and nobody can give access to any of these assets. It is the widest hole \
that a single change can make.",
        bad: r#"
# nobody else manages
policy:
  rules: { single-node-control: { assets: 2 }, bus-factor-business: off, bus-factor-asset: off }
accounts:
  acme-fr: { id: "1001", name: Acme France }
  acme-uk: { id: "1002", name: Acme UK }
people:
  ana@acme.example: { role: manager }
# ^^^^^^^^^^^^^^^^
"#,
        good: r#"
# nobody else manages
policy:
  rules: { single-node-control: { assets: 2 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
  acme-uk: { id: "1002", name: Acme UK }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
"#,
        witness: "The one everything leads through, and some of the assets.",
        fix: "Have a second manager, or give ADMIN on the assets by a second way.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let least = sink.params.len("assets").max(1);
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        // With two managers no other node can stand alone.
        let managers = world.graph.managers(business).filter(|one| !one.pending && world.is_human(one.person)).count();
        if managers > 1 {
            continue;
        }
        let mut held: BTreeMap<Node, Vec<AssetIx>> = BTreeMap::new();
        for edge in world.graph.owned_by(business) {
            let Node::Asset(asset) = world.graph.edge(edge).to else { continue };
            for node in gates(world, asset) {
                held.entry(node).or_default().push(asset);
            }
        }
        let widest = held.into_iter().filter(|(_, assets)| assets.len() >= least);
        // A person and their only team guard the same assets: the one nearest to the files says it.
        let mut told: BTreeSet<Vec<AssetIx>> = BTreeSet::new();
        for (node, assets) in widest {
            if told.insert(assets.clone()) {
                sink.report(draft(world, business, node, &assets));
            }
        }
    }
}

/// What every way to administer an asset leads through; nothing where nobody does.
fn gates(world: &World<'_>, asset: AssetIx) -> BTreeSet<Node> {
    let admin = world.graph.admin_mask(asset);
    let mut gates: Option<BTreeSet<Node>> = None;
    let mut narrow = |way: BTreeSet<Node>| {
        gates = Some(match gates.take() {
            None => way,
            Some(known) => known.intersection(&way).copied().collect(),
        });
    };
    for one in world.graph.administrators(asset).iter().filter(|one| !one.pending && world.is_human(one.person)) {
        if one.business.is_some() {
            narrow(BTreeSet::from([Node::Person(one.person)]));
        }
        let paths = world.graph.paths(one.person, asset);
        for path in paths.iter().filter(|path| path.permissions & admin != 0) {
            let between = path.hops.iter().map(|hop| hop.from);
            narrow(between.filter(|node| !matches!(node, Node::Business(_))).collect());
        }
    }
    gates.unwrap_or_default()
}

fn draft(world: &World<'_>, business: BusinessIx, node: Node, assets: &[AssetIx]) -> Draft {
    let gate = world.node(node);
    let nodes = world.graph.nodes();
    let pos = match node {
        Node::Person(person) => nodes.person(person).pos,
        Node::Team(team) => Some(nodes.team(team).pos),
        Node::Asset(asset) => nodes.asset(asset).pos,
        Node::Business(business) => nodes.business(business).pos,
    };
    let names: Vec<String> = assets.iter().map(|&asset| world.label(Node::Asset(asset))).collect();
    let list = crate::terminal::prose::list_some(&names, 3);
    let message = format!("every way to administer {} assets leads through {}: {list}", assets.len(), gate.label);
    let witness = assets.first().and_then(|&asset| {
        let one = world.graph.administrators(asset).into_iter().find(|one| !one.pending)?;
        one.business.map(|edge| world.edge_witness(edge, "administers all of them")).or_else(|| {
            let mask = super::access::capability(nodes.asset(asset).platform, "administer");
            let path = world.graph.witness(one.person, asset, mask)?;
            Some(world.witness(&path, format!("administers {}", world.label(Node::Asset(asset)))))
        })
    });
    Draft::new(gate, message)
        .business(world.business_key(business))
        .at(pos.map(|pos| world.place(pos)), "everything leads through here")
        .witness(witness)
        .exposure(1, assets.len())
        .fix(Fix {
            safety: Safety::Choice,
            text: "have a second manager, or a second way to administer them".to_owned(),
            edits: Vec::new(),
        })
}
