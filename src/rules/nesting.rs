//! Asset groups in asset groups, in a circle or too deep.

use std::collections::BTreeMap;

use crate::graph::{AssetIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "nesting",
    family: Family::Graph,
    summary: "asset groups contain each other, or are nested too deep to see through",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[Param::count("depth", 3, "so many groups may lie in each other")],
    fix: Safety::Manual,
    docs: Docs {
        why: "Whoever puts an account into the innermost group gives it to everybody who holds any of the outer ones, and no reviewer follows \
five steps. In a circle all groups are one.",
        bad: r#"
policy:
  rules: { nesting: { depth: 1 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
asset_groups:
  europe: { id: "3001", name: Europe }
# ^^^^^^
--- # export acme
members:
  - { id: "1", email: mia@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: max@acme.example, role: BIZ_ADMIN }
assets:
  - { id: "1001", type: AD_ACCOUNT, name: Acme France }
  - { id: "3001", type: ASSET_GROUP, name: Europe }
  - { id: "3002", type: ASSET_GROUP, name: France }
asset_group_members:
  - { group: "3001", asset: "3002" }
  - { group: "3002", asset: "1001" }
"#,
        good: r#"
policy:
  rules: { nesting: { depth: 1 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
--- # export acme
members:
  - { id: "1", email: mia@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: max@acme.example, role: BIZ_ADMIN }
assets:
  - { id: "1001", type: AD_ACCOUNT, name: Acme France }
  - { id: "3001", type: ASSET_GROUP, name: Europe }
asset_group_members:
  - { group: "3001", asset: "1001" }
"#,
        witness: "The groups, from the outermost in.",
        fix: "Put the accounts into the groups that are granted, and no groups.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let limit = sink.params.len("depth").max(1);
    let groups: Vec<AssetIx> = nodes.assets().filter(|&asset| is_group(world, asset)).collect();
    let depths = depths(world, &groups);
    let circular: Vec<AssetIx> = groups.iter().copied().filter(|group| !depths.contains_key(group)).collect();
    if let Some(&first) = circular.iter().find(|&&group| leads_to(world, group, group)) {
        let labels: Vec<String> = circular
            .iter()
            .filter(|&&group| leads_to(world, group, group))
            .map(|&group| world.label(Node::Asset(group)))
            .collect();
        let list = crate::terminal::prose::list_some(&labels, 5);
        sink.report(draft(world, first, format!("asset groups contain each other: {list}"), labels.len()));
    }
    for (&group, &depth) in depths.iter().filter(|(_, depth)| **depth > limit) {
        let outermost = world.graph.groups_around(group).next().is_none();
        if outermost {
            let label = world.label(Node::Asset(group));
            sink.report(draft(
                world,
                group,
                format!("{depth} asset groups lie in each other below {label}, limit {limit}"),
                depth,
            ));
        }
    }
}

fn is_group(world: &World<'_>, asset: AssetIx) -> bool {
    world.graph.contents_of(asset).next().is_some()
        || world.graph.nodes().asset(asset).kind.is_some_and(|kind| kind.group)
}

fn inner(world: &World<'_>, group: AssetIx) -> Vec<AssetIx> {
    let ends = world.graph.contents_of(group).filter_map(|edge| match world.graph.edge(edge).to {
        Node::Asset(asset) if is_group(world, asset) => Some(asset),
        _ => None,
    });
    ends.collect()
}

/// How many groups deep each group is, itself counted; groups that lead into a circle are left out. From the inside out, so that a deep
/// chain costs no stack.
fn depths(world: &World<'_>, groups: &[AssetIx]) -> BTreeMap<AssetIx, usize> {
    let mut waiting: BTreeMap<AssetIx, usize> =
        groups.iter().map(|&group| (group, inner(world, group).len())).collect();
    let mut depths: BTreeMap<AssetIx, usize> = BTreeMap::new();
    let mut ready: Vec<AssetIx> = groups.iter().copied().filter(|group| waiting.get(group) == Some(&0)).collect();
    while let Some(group) = ready.pop() {
        let deepest = inner(world, group).iter().filter_map(|one| depths.get(one)).max().copied().unwrap_or(0);
        depths.insert(group, deepest + 1);
        for edge in world.graph.groups_around(group) {
            let Node::Asset(outer) = world.graph.edge(edge).from else { continue };
            if let Some(left) = waiting.get_mut(&outer) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.push(outer);
                }
            }
        }
    }
    depths
}

fn leads_to(world: &World<'_>, from: AssetIx, to: AssetIx) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut open = inner(world, from);
    while let Some(group) = open.pop() {
        if group == to {
            return true;
        }
        if seen.insert(group) {
            open.extend(inner(world, group));
        }
    }
    false
}

fn draft(world: &World<'_>, group: AssetIx, message: String, depth: usize) -> Draft {
    let nodes = world.graph.nodes();
    let mut chain: Vec<EdgeIx> = Vec::new();
    let mut at = group;
    while chain.len() < 5 {
        let next = world.graph.contents_of(at).find(|&edge| match world.graph.edge(edge).to {
            Node::Asset(asset) => is_group(world, asset),
            _ => false,
        });
        let Some(edge) = next else { break };
        chain.push(edge);
        let Node::Asset(inner) = world.graph.edge(edge).to else { break };
        at = inner;
    }
    let mut draft = Draft::new(world.node(Node::Asset(group)), message)
        .business(world.business_of(group))
        .at(nodes.asset(group).pos.map(|pos| world.place(pos)), "this group")
        .exposure(0, depth)
        .cut(world.cuts(&chain))
        .fix(Fix {
            safety: Safety::Manual,
            text: "put the accounts into the groups that are granted".to_owned(),
            edits: Vec::new(),
        });
    for edge in chain {
        draft = draft.witness(Some(world.edge_witness(edge, "contains")));
    }
    draft
}
