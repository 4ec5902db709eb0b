//! A declared need that nothing covers.

use crate::desired::Bundle;
use crate::graph::{EdgeIx, EdgeKind, Node};

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::world::capability_words;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "under-provisioned",
    family: Family::LeastPrivilege,
    summary: "somebody lacks on an asset what their profile says they need there",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Somebody can't do their work, asks a colleague for the password, or for ADMIN. It usually waits for the next apply.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
profiles:
  operator: { needs: [edit-campaigns, view-reporting] }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: operator, reason: runs the campaigns }
#       ^
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
profiles:
  operator: { needs: [edit-campaigns, view-reporting] }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: operator, reason: runs the campaigns }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ member: "3", asset: "1001", permissions: [CAMPAIGN_MANAGER] }]
"#,
        witness: "What they have, and what is missing.",
        fix: "Apply the plan, which gives the smallest set for the need.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    if !world.desired.profiles.iter().any(|profile| matches!(profile.bundle, Bundle::Needs(_))) {
        return;
    }
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        let (EdgeKind::Grant, Node::Person(person), Node::Asset(asset)) = (read.kind, read.from, read.to) else {
            continue;
        };
        let platform = world.graph.nodes().asset(asset).platform;
        let mut needs = 0;
        for (_, item) in world.items(edge).filter(|(_, item)| holds(item, case.day)) {
            let profile = item.profile.and_then(|index| world.desired.profiles.get(index as usize));
            if let Some(Bundle::Needs(words)) = profile.map(|profile| &profile.bundle) {
                needs |= words.iter().fold(0, |all, (word, _)| all | capability(platform, world.desired.text(*word)));
            }
        }
        let has = world.effective.access(person, asset).map_or(0, |row| row.sure | row.possible);
        if needs & !has != 0 {
            sink.report(draft(world, edge, needs & !has));
        }
    }
}

fn holds(item: &crate::desired::GrantItem, day: jiff::civil::Date) -> bool {
    item.until.holds_on(day) && item.from.is_none_or(|from| from <= day)
}

fn draft(world: &World<'_>, edge: EdgeIx, missing: u64) -> Draft {
    let read = world.graph.edge(edge);
    let (who, node) = (world.node(read.from), world.node(read.to));
    let Node::Asset(asset) = read.to else { return Draft::new(who, "") };
    let words = capability_words(world.graph.nodes().asset(asset).platform, missing);
    Draft::new(who.clone(), format!("{} needs more on {}: {words}", who.label, node.label))
        .on(node)
        .business(world.business_of(asset))
        .at(world.edge_place(edge), "needed")
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, "what there is")))
        .exposure(1, 1)
        .fix(Fix { safety: Safety::Choice, text: "apply the plan, which gives it".to_owned(), edits: Vec::new() })
}
