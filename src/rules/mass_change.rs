//! One change that touches very many.

use std::collections::BTreeSet;

use crate::graph::{BusinessIx, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "mass-change",
    family: Family::Change,
    summary: "a change takes access from many people of a business, or touches very many",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::Change,
    data: &[],
    params: &[
        Param::count("losing", 20, "so many people may lose something in one business"),
        Param::percent("share", 5, "up to so many percent of its people, where that is more"),
        Param::count("touched", 100, "so many people may be touched at all"),
    ],
    fix: Safety::Choice,
    docs: Docs {
        why: "A file that was lost in a merge, a team renamed in one place, a list cut in half: they all look like a large removal. Guards stop \
the plan; this says it in the pull request, with what is lost over all paths.",
        bad: r#"
policy:
  rules: { mass-change: { losing: 1, share: 0 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
# ^^^^^^^
teams:
  social:
    members: [bo@acme.example, cy@acme.example]
    grants: []
--- # before
policy:
  rules: { mass-change: { losing: 1, share: 0 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
teams:
  social:
    members: [bo@acme.example, cy@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        good: r#"
policy:
  rules: { mass-change: { losing: 1, share: 0 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
teams:
  social:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
--- # before
policy:
  rules: { mass-change: { losing: 1, share: 0 } }
accounts:
  acme-fr: { id: "1001", name: Acme France }
teams:
  social:
    members: [bo@acme.example, cy@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        witness: "How many lose, how many gain, on how many assets.",
        fix: "Look whether it is meant; split it where it is several things.",
    },
    check,
};

/// Whom a change touches in one business.
#[derive(Default)]
struct Touched {
    losing: BTreeSet<PersonIx>,
    gaining: BTreeSet<PersonIx>,
    assets: BTreeSet<crate::graph::AssetIx>,
}

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let now = &case.now;
    let nodes = now.graph.nodes();
    let mut touched: std::collections::BTreeMap<BusinessIx, Touched> = std::collections::BTreeMap::new();
    for person in nodes.people() {
        let (old, new) = (before.effective.of(person), now.effective.of(person));
        // Nearly everybody has what they had.
        if old == new {
            continue;
        }
        for row in old.iter().chain(new) {
            let had = before.effective.access(person, row.asset).map_or(0, |one| one.permissions);
            let has = now.effective.access(person, row.asset).map_or(0, |one| one.permissions);
            if had == has {
                continue;
            }
            let asset = nodes.asset(row.asset);
            let one = touched.entry(asset.owner.unwrap_or(asset.home)).or_default();
            one.assets.insert(row.asset);
            if had & !has != 0 {
                one.losing.insert(person);
            }
            if has & !had != 0 {
                one.gaining.insert(person);
            }
        }
    }
    for (business, one) in touched {
        let people = before.graph.members_of(business).count().max(1);
        let limit = sink.params.len("losing").max(people * sink.params.len("share") / 100);
        let all = one.losing.union(&one.gaining).count();
        if one.losing.len() > limit || all > sink.params.len("touched") {
            sink.report(draft(now, business, &one, limit, sink.params.len("touched")));
        }
    }
}

fn draft(world: &World<'_>, business: BusinessIx, one: &Touched, losing: usize, touched: usize) -> Draft {
    let nodes = world.graph.nodes();
    let node = world.node(Node::Business(business));
    let (lose, gain, assets) = (one.losing.len(), one.gaining.len(), one.assets.len());
    let message = format!(
        "in {} {lose} people lose something (limit {losing}) and {gain} gain something (limit {touched} in all) on {assets} assets",
        node.label
    );
    let pos = one.assets.iter().find_map(|&asset| nodes.asset(asset).pos).or(nodes.business(business).pos);
    Draft::new(node, message)
        .business(world.business_key(business))
        .at(pos.map(|pos| world.place(pos)), "one of the assets")
        .exposure(lose.max(gain), assets)
        .fix(Fix {
            safety: Safety::Choice,
            text: "look whether it is meant; split it where it is several things".to_owned(),
            edits: Vec::new(),
        })
}
