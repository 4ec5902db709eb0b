//! An asset group brings accounts that somebody is not assigned to.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{AssetIx, EdgeKind, Node, PersonIx};
use crate::policy::Assignment;

use super::finding::{Fix, Safety, Severity};
use super::rows::Rows;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "container-broader-than-need",
    family: Family::LeastPrivilege,
    summary: "a grant on an asset group brings accounts outside of somebody's assignment",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The group is handy, and holds three clients where somebody works for one. Whatever is put into it later comes along, too.",
        bad: r#"
policy:
  assignments:
    - { people: [bo@acme.example], clients: [mirelle] }
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, client: mirelle }
  alba-es: { id: "1002", name: Alba España, client: alba }
asset_groups:
  cosmetics: { id: "3001", name: Cosmetics, contains: [mirelle-fr, alba-es] }
people:
  bo@acme.example:
    grants:
      - { on: [cosmetics], permissions: [ANALYST], reason: reports }
#       ^
"#,
        good: r#"
policy:
  assignments:
    - { people: [bo@acme.example], clients: [mirelle] }
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, client: mirelle }
  alba-es: { id: "1002", name: Alba España, client: alba }
people:
  bo@acme.example:
    grants:
      - { on: [mirelle-fr], permissions: [ANALYST], reason: reports }
"#,
        witness: "From the person through the group to each account that is too much.",
        fix: "Grant the accounts of the assignment, or a group that holds only these.",
    },
    check,
};

/// Accounts that come along by one group.
struct Extra<'c> {
    assets: BTreeSet<AssetIx>,
    assignment: &'c Assignment,
}

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    if case.policy.assignments.is_empty() {
        return;
    }
    let world = &case.now;
    let rows = Rows::new(case, false);
    let mut extra: BTreeMap<(PersonIx, Node), Extra<'_>> = BTreeMap::new();
    for (person, asset, row) in rows.iter() {
        if !world.effective.access(person, asset).is_some_and(|one| one.ways.group()) {
            continue;
        }
        let own: Vec<&Assignment> =
            case.policy.assignments.iter().filter(|one| one.who.iter().any(|who| who.is(&row))).collect();
        let Some(first) = own.first() else { continue };
        // A group has no client of its own: what it holds is looked at.
        let is_group = world.graph.nodes().asset(asset).kind.is_some_and(|kind| kind.group);
        if is_group || own.iter().any(|assignment| assignment.scope.holds(row.asset)) {
            continue;
        }
        if let Some(group) = group_of(world, person, asset) {
            let entry = extra.entry((person, group)).or_insert(Extra { assets: BTreeSet::new(), assignment: first });
            entry.assets.insert(asset);
        }
    }
    for ((person, group), extra) in extra {
        sink.report(draft(case, person, group, &extra));
    }
}

/// The outermost group by which somebody comes to an asset.
fn group_of(world: &World<'_>, person: PersonIx, asset: AssetIx) -> Option<Node> {
    let paths = world.graph.paths(person, asset);
    let contains =
        paths.iter().flat_map(|path| &path.hops).find(|hop| world.graph.edge(hop.edge).kind == EdgeKind::Contains);
    contains.map(|hop| hop.from)
}

fn draft(case: &Case<'_>, person: PersonIx, group: Node, extra: &Extra<'_>) -> Draft {
    let world = &case.now;
    let who = world.node(Node::Person(person));
    let node = world.node(group);
    let names: Vec<String> = extra.assets.iter().map(|&asset| world.label(Node::Asset(asset))).collect();
    let list = crate::terminal::prose::list_some(&names, 3);
    let mut draft =
        Draft::new(who.clone(), format!("{} brings {} to {list}, outside of their assignment", node.label, who.label))
            .on(node.clone())
            .related(Some(case.policy_place(extra.assignment.span)), "assigned to this")
            .exposure(1, extra.assets.len())
            .root(node)
            .fix(Fix {
                safety: Safety::Choice,
                text: "grant the accounts of the assignment, or a group that holds only these".to_owned(),
                edits: Vec::new(),
            });
    for (at, &asset) in extra.assets.iter().take(3).enumerate() {
        let Some(path) = world.graph.paths(person, asset).into_iter().next() else { continue };
        if let (0, Some(edge)) = (at, world.grant_of(&path)) {
            draft = draft
                .business(world.business_of(asset))
                .at(world.edge_place(edge), "grants the group")
                .record(world.edge_record(edge))
                .cut(world.cuts(&[edge]));
        }
        draft = draft.witness(Some(world.witness(&path, world.label(Node::Asset(asset)))));
    }
    draft
}
