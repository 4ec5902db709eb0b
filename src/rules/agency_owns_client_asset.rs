//! An asset of a client belongs to an agency.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{AssetIx, BusinessIx, Node};
use crate::model::Direction;

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "agency-owns-client-asset",
    family: Family::Ownership,
    summary: "an asset of a client is owned by an agency instead of the client",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "Who owns an account keeps it. When the agency goes, its history, audiences and spend go with it, and the client begins anew. \
For an agency it is a liability: it answers for what is paid there.",
        bad: r#"
partners:
  mirelle:
    id: "5009"
    name: Mirelle Cosmetics
    direction: outbound
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, owner: mirelle, client: mirelle }
  mirelle-nl: { id: "1002", name: Mirelle Nederland, client: mirelle }
# ^^^^^^^^^^
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
"#,
        good: r#"
partners:
  mirelle:
    id: "5009"
    name: Mirelle Cosmetics
    direction: outbound
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, owner: mirelle, client: mirelle }
  mirelle-nl: { id: "1002", name: Mirelle Nederland, owner: mirelle, client: mirelle }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
"#,
        witness: "The account, its client, and who owns it.",
        fix: "Have the platform transfer the account to the client's business, and be given access to it as a partner.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let clients = client_businesses(world);
    for asset in nodes.assets() {
        let node = nodes.asset(asset);
        // A group of accounts is a tool of whoever made it.
        let is_group = node.kind.is_some_and(|kind| kind.group);
        let (Some(client), Some(owner)) = (node.client.filter(|_| !is_group), node.owner) else { continue };
        let client = nodes.text(client);
        if let Some(right) = clients.get(client).filter(|right| !right.contains(&owner)) {
            sink.report(draft(world, asset, owner, client, right.first().copied()));
        } else if is_agency(world, owner) {
            sink.report(draft(world, asset, owner, client, None));
        }
    }
}

/// Businesses that are clients: outbound partners with the key or the name of a client, and owners of ours with its key.
fn client_businesses<'a>(world: &World<'a>) -> BTreeMap<&'a str, BTreeSet<BusinessIx>> {
    let nodes = world.graph.nodes();
    let mut found: BTreeMap<&str, BTreeSet<BusinessIx>> = BTreeMap::new();
    let clients: BTreeSet<&str> =
        nodes.assets().filter_map(|asset| nodes.asset(asset).client).map(|client| nodes.text(client)).collect();
    let mut add = |name: &'a str, business: BusinessIx| {
        if clients.contains(name) {
            found.entry(name).or_default().insert(business);
        }
    };
    for one in nodes.partnerships().iter().filter(|one| one.direction == Direction::Outbound) {
        if let Some(key) = one.key {
            add(nodes.text(key), one.theirs);
        }
    }
    for business in nodes.businesses() {
        let node = nodes.business(business);
        for name in [node.key, node.name].into_iter().flatten() {
            add(nodes.text(name), business);
        }
    }
    found
}

/// An inbound partner of one of ours that is none of ours: it works for us, and owns what is labelled as a client's.
fn is_agency(world: &World<'_>, owner: BusinessIx) -> bool {
    let nodes = world.graph.nodes();
    let is = |direction| nodes.partnerships_with(owner).any(|one| one.direction == direction);
    !nodes.business(owner).ours && is(Direction::Inbound) && !is(Direction::Outbound)
}

fn draft(world: &World<'_>, asset: AssetIx, owner: BusinessIx, client: &str, right: Option<BusinessIx>) -> Draft {
    let node = world.node(Node::Asset(asset));
    let owner_name = world.label(Node::Business(owner));
    let owns = world.graph.owned_by(owner).find(|&edge| world.graph.edge(edge).to == Node::Asset(asset));
    let whose = right.map_or_else(|| format!("client `{client}`"), |right| world.label(Node::Business(right)));
    Draft::new(node.clone(), format!("{} is of {whose}, and {owner_name} owns it", node.label))
        .on(world.node(Node::Business(owner)))
        .business(world.business_key(world.graph.nodes().asset(asset).home))
        .at(world.graph.nodes().asset(asset).pos.map(|pos| world.place(pos)), format!("client `{client}`"))
        .witness(owns.map(|edge| world.edge_witness(edge, "ownership")))
        .exposure(0, 1)
        .fix(Fix {
            safety: Safety::Manual,
            text: format!("have the account transferred to {whose}, and be given access to it"),
            edits: Vec::new(),
        })
}
