//! Somebody with rights over access or money has no second factor.

use crate::graph::{Access, NameKind, Node, PersonIx};

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "no-2fa-privileged",
    family: Family::TwoFactor,
    summary: "two-factor is off for somebody who manages a business, administers an asset or edits billing",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Directory],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "One guessed or stolen password, and somebody else spends the budget or lets friends in. Privilege counts over all paths \
together: teams, groups and partners included.",
        bad: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
# ^^^^^^^^^^^^^^^^
  eva@acme.example: { role: manager }
--- # directory.csv
address,status,two_factor
ana@acme.example,active,false
eva@acme.example,active,true
"#,
        good: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
--- # directory.csv
address,status,two_factor
ana@acme.example,active,true
eva@acme.example,active,true
"#,
        witness: "What makes the person privileged.",
        fix: "Have the person switch it on; until then take the privilege away.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let Some(directory) = case.known.directory else { return };
    let nodes = world.graph.nodes();
    let mut unknown = 0;
    for person in nodes.people().filter(|&person| world.is_human(person)) {
        let manages = world.graph.businesses_of(person).find(|&edge| {
            let read = world.graph.edge(edge);
            read.admin && matches!(read.to, Node::Business(business) if nodes.business(business).ours)
        });
        let privileged = world.effective.of(person).iter().find(|row| privilege(world, row) != 0);
        if manages.is_none() && privileged.is_none() {
            continue;
        }
        let entries = nodes.names_of_kind(person, NameKind::Address).filter_map(|address| directory.find(address));
        let factors: Vec<Option<bool>> = entries.map(|entry| entry.two_factor).collect();
        if factors.contains(&Some(false)) {
            sink.report(draft(world, person, manages, privileged));
        } else if !factors.contains(&Some(true)) {
            unknown += 1;
        }
    }
    if unknown > 0 {
        sink.not_evaluated("the directory does not say whether two-factor is on", unknown);
    }
}

fn privilege(world: &World<'_>, row: &Access) -> u64 {
    let platform = world.graph.nodes().asset(row.asset).platform;
    row.sure & (capability(platform, "administer") | capability(platform, "edit-billing"))
}

fn draft(
    world: &World<'_>,
    person: PersonIx,
    manages: Option<crate::graph::EdgeIx>,
    privileged: Option<&Access>,
) -> Draft {
    let who = world.node(Node::Person(person));
    let fix = Fix {
        safety: Safety::Manual,
        text: "have them switch two-factor on; until then take the privilege away".to_owned(),
        edits: Vec::new(),
    };
    let rows = world.effective.of(person).iter().filter(|row| privilege(world, row) != 0);
    let assets = world.asset_names(rows.map(|row| row.asset));
    let mut draft = Draft::new(who.clone(), format!("two-factor is off for {}, who is privileged", who.label));
    let path = privileged.and_then(|row| {
        let path = world.paths_to(person, row.asset, privilege(world, row)).into_iter().next()?;
        Some((row.asset, path))
    });
    let edge = manages.or_else(|| path.as_ref().and_then(|(_, path)| world.grant_of(path)));
    draft = draft
        .at(edge.and_then(|edge| world.edge_place(edge)), "makes them privileged")
        .record(edge.and_then(|edge| world.edge_record(edge)))
        .witness(manages.map(|edge| world.edge_witness(edge, "manages a business")));
    if let Some((asset, path)) = &path {
        draft = draft.business(world.business_of(*asset)).witness(Some(world.witness(path, "privileged on an asset")));
    }
    draft.exposure(1, assets.len()).touching(assets).impact(100).fix(fix)
}
