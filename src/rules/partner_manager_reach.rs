//! Managers of a partner who could give themselves our assets.

use std::collections::BTreeSet;

use crate::graph::{AssetIx, BusinessIx, EdgeIx, Node, PersonIx};
use crate::model::Direction;

use super::finding::{Fix, Safety, Severity};
use super::params::{Param, Value};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-manager-reach",
    family: Family::Partners,
    summary: "too many managers of a partner could give themselves what the partner has on our assets",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[Param::count("max", 3, "so many managers of one partner are expected").audit_strict(Value::Count(0))],
    fix: Safety::Choice,
    docs: Docs {
        why: "A manager of the partner's business needs nobody's leave to put himself on your account. Whoever counts only those who are \
on it today counts too few.",
        bad: r#"
policy:
  rules:
    partner-manager-reach: { max: 1 }
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
# ^^^^
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, role: BIZ_ADMIN, asset: "1001", permissions: [ANALYST] }
  - { partner: "5009", email: chief@nova.example, role: BIZ_ADMIN }
"#,
        good: r#"
policy:
  rules:
    partner-manager-reach: { max: 1 }
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
  - { partner: "5009", email: lead@nova.example, role: BIZ_ADMIN, asset: "1001", permissions: [ANALYST] }
  - { partner: "5009", email: chief@nova.example, role: EMPLOYEE }
"#,
        witness: "For each of them the path they could take.",
        fix: "Ask the partner to have fewer managers, or give it less.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let most = sink.params.len("max");
    for one in nodes.partnerships().iter().filter(|one| one.direction == Direction::Inbound) {
        if !nodes.business(one.ours).ours {
            continue;
        }
        let given: Vec<EdgeIx> =
            world.graph.shares_to(one.theirs).filter(|&edge| world.graph.edge(edge).within == Some(one.ours)).collect();
        let managers: BTreeSet<PersonIx> =
            world.graph.managers(one.theirs).map(|one| one.person).filter(|&person| world.is_human(person)).collect();
        if !given.is_empty() && managers.len() > most {
            let draft = draft(world, one.ours, one.theirs, &managers, most);
            sink.report(draft.at(one.pos.map(|pos| world.place(pos)), "this partner"));
        }
    }
}

fn draft(world: &World<'_>, ours: BusinessIx, theirs: BusinessIx, managers: &BTreeSet<PersonIx>, most: usize) -> Draft {
    let node = world.node(Node::Business(theirs));
    let reach: BTreeSet<AssetIx> = world
        .graph
        .reach_of_business(theirs)
        .into_iter()
        .map(|row| row.asset)
        .filter(|&asset| world.graph.nodes().asset(asset).owner == Some(ours))
        .collect();
    let people = match managers.len() {
        1 => "1 manager".to_owned(),
        many => format!("{many} managers"),
    };
    let owner = world.label(Node::Business(ours));
    let assets = match reach.len() {
        1 => "1 asset".to_owned(),
        many => format!("{many} assets"),
    };
    let message = format!("{people} of {}, limit {most}, could give themselves {assets} of {owner}", node.label);
    let mut draft = Draft::new(node.clone(), message)
        .business(world.business_key(ours))
        .exposure(managers.len(), reach.len())
        .touching(world.asset_names(reach.iter().copied()))
        .fix(Fix {
            safety: Safety::Choice,
            text: format!("ask {} to have fewer managers, or give it less", node.label),
            edits: Vec::new(),
        });
    for &person in managers {
        draft = draft.witness(way(world, person, &reach));
    }
    draft
}

/// The way that a manager could take to an asset he is not on; to any of them where he is on all.
fn way(world: &World<'_>, person: PersonIx, reach: &BTreeSet<AssetIx>) -> Option<super::finding::Witness> {
    let has = |asset: &AssetIx| world.effective.access(person, *asset).is_some();
    let target = reach.iter().find(|asset| !has(asset)).or(reach.first())?;
    let who = world.label(Node::Person(person));
    let path = world.graph.potential_paths(person, *target).into_iter().next()?;
    Some(world.witness(&path, format!("what {who} could give himself")))
}
