//! Somebody reaches an account that they are not assigned to.

use std::collections::BTreeMap;

use crate::graph::{AssetIx, Node, PersonIx};
use crate::policy::Assignment;
use crate::policy::record::Access;

use super::finding::{Fix, Safety, Severity};
use super::rows::Rows;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "unassigned-account-visible",
    family: Family::Employees,
    summary: "somebody with an assignment reaches an account outside of it",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Who works for which clients stands in the policy (`assignments`). Whatever else somebody sees is another client's business, or \
left from the last project. What an asset group brings along is `container-broader-than-need`.",
        bad: r#"
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
      - { on: [alba-es], permissions: [ANALYST], reason: helped out in May }
#       ^
"#,
        good: r#"
policy:
  assignments:
    - { people: [bo@acme.example], clients: [mirelle, alba] }
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, client: mirelle }
  alba-es: { id: "1002", name: Alba España, client: alba }
people:
  bo@acme.example:
    grants:
      - { on: [mirelle-fr], permissions: [ANALYST], reason: reports }
      - { on: [alba-es], permissions: [ANALYST], reason: reports }
"#,
        witness: "The path, and what they are assigned to.",
        fix: "Take the access away, or write the assignment.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    if case.policy.assignments.is_empty() {
        return;
    }
    let world = &case.now;
    let rows = Rows::new(case, false);
    let mut outside: BTreeMap<PersonIx, Vec<(AssetIx, &Assignment)>> = BTreeMap::new();
    for (person, asset, row) in rows.iter() {
        let only_group = world.effective.access(person, asset).is_some_and(|one| one.ways.group());
        let own: Vec<&Assignment> = assigned(case, &row);
        // A group has no client of its own: what it holds is looked at.
        let is_group = world.graph.nodes().asset(asset).kind.is_some_and(|kind| kind.group);
        if let (Some(first), false) = (own.first(), only_group || is_group)
            && !own.iter().any(|assignment| assignment.scope.holds(row.asset))
        {
            outside.entry(person).or_default().push((asset, first));
        }
    }
    for (person, assets) in outside {
        for (asset, assignment) in assets {
            sink.report(draft(case, world, person, asset, assignment));
        }
    }
}

/// The assignments of whom a row is about.
fn assigned<'c>(case: &Case<'c>, row: &Access<'_>) -> Vec<&'c Assignment> {
    case.policy.assignments.iter().filter(|one| one.who.iter().any(|who| who.is(row))).collect()
}

fn draft(case: &Case<'_>, world: &World<'_>, person: PersonIx, asset: AssetIx, assignment: &Assignment) -> Draft {
    let (who, node) = (world.label(Node::Person(person)), world.label(Node::Asset(asset)));
    let gives = world.effective.access(person, asset).map_or(0, |row| row.sure);
    world
        .access_draft(person, asset, gives, format!("{who} reaches {node}, which they are not assigned to"))
        .related(Some(case.policy_place(assignment.span)), "assigned to this")
        .root(world.node(Node::Person(person)))
        .fix(Fix {
            safety: Safety::Choice,
            text: "take the access away, or write the assignment".to_owned(),
            edits: Vec::new(),
        })
}
