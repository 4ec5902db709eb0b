//! Something that the policy asserts does not hold.

use crate::graph::{AssetIx, Node as GraphNode, PersonIx};
use crate::policy::assertion::{Breach, BreachKind};
use crate::policy::{Access, Assertion, Claim};

use super::finding::{Node, Safety, Severity};
use super::rows::Rows;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "assertion",
    family: Family::Policy,
    summary: "somebody can what the policy says they cannot, or cannot what it says they can",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "What was agreed with finance, a client or an auditor is true on the day it is agreed, and nobody looks again. An assertion \
says it once (`can`, `cannot`, or `who_can` with an exact list) and is proven over all paths ever after.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
#       ^
--- # policy.yaml
policy:
  assertions:
    - { who_can: view-billing, on: acme-fr, people: [] }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
--- # policy.yaml
policy:
  assertions:
    - { who_can: view-billing, on: acme-fr, people: bo@acme.example }
"#,
        witness: "For somebody who can: the shortest path that gives it. For somebody who cannot there is none; the assertion's line is shown.",
        fix: "Take the access away or give it, or change the assertion with whoever it was agreed with.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    if case.policy.assertions.is_empty() {
        return;
    }
    let rows = Rows::new(case, false);
    for assertion in &case.policy.assertions {
        let concerned: Vec<(PersonIx, AssetIx, Access<'_>)> =
            rows.iter().filter(|(_, _, row)| assertion.concerns(row)).collect();
        let only: Vec<Access<'_>> = concerned.iter().map(|(_, _, row)| *row).collect();
        let mut undecided = 0;
        for breach in assertion.breaches(&only, rows.assets()) {
            if breach.kind == BreachKind::Undecided {
                undecided += 1;
                continue;
            }
            let row = breach.row.and_then(|index| concerned.get(index)).map(|(person, asset, _)| (*person, *asset));
            sink.report(draft(case, assertion, &breach, row));
        }
        if undecided > 0 {
            sink.not_evaluated("no source decides which permission gives what is asserted", undecided);
        }
    }
}

fn draft(case: &Case<'_>, assertion: &Assertion, breach: &Breach, row: Option<(PersonIx, AssetIx)>) -> Draft {
    let (world, graph) = (&case.now, case.now.graph);
    let who = match row {
        Some((person, _)) => world.node(GraphNode::Person(person)),
        None => person_node(case, &breach.who),
    };
    let what = asset_node(case, breach);
    let names = breach.capabilities.join(", ");
    let can = breach.kind == BreachKind::Forbidden;
    let verb = if can { "can" } else { "can't" };
    let message =
        format!("{} {verb} {names} on {}, and `{}` says otherwise", who.label, what.label, word(assertion.claim));
    let path = row.filter(|_| can).and_then(|(person, asset)| {
        let platform = graph.nodes().asset(asset).platform;
        let bit = breach.capabilities.iter().find_map(|name| platform.capability_bit(name)).unwrap_or(0);
        graph.witness(person, asset, bit)
    });
    let last = path.as_ref().and_then(|path| path.hops.last());
    let line = Some(case.policy_place(assertion.span));
    let place = last.and_then(|hop| world.edge_place(hop.edge));
    let business = Some(breach.business.as_str()).filter(|key| !key.is_empty());
    let mut draft = Draft::new(who, message)
        .on(what)
        .business(business)
        .detail(word(assertion.claim))
        .detail(&names)
        .witness(path.as_ref().map(|path| world.witness(path, names.clone())))
        .record(last.and_then(|hop| world.edge_record(hop.edge)))
        .exposure(1, 1);
    draft = match (place, last) {
        (Some(place), Some(hop)) => {
            let label = format!("gives {}", graph.words(hop.edge).join(", "));
            draft.at(Some(place), label).related(line, "asserted here")
        }
        _ => draft.at(line, "asserted here"),
    };
    if let (Some((person, asset)), true) = (row, can) {
        let platform = graph.nodes().asset(asset).platform;
        let mask = breach.capabilities.iter().filter_map(|name| platform.capability_bit(name)).fold(0, |a, b| a | b);
        draft = draft.cut(world.cuts(&graph.cut(person, asset, mask).edges));
    }
    draft
}

fn word(claim: Claim) -> &'static str {
    match claim {
        Claim::Can => "can",
        Claim::Cannot => "cannot",
        Claim::WhoCan => "who_can",
    }
}

/// Somebody without a row: known to the graph or not.
fn person_node(case: &Case<'_>, name: &str) -> Node {
    let found = case.now.graph.nodes().find_people(name);
    match found.first() {
        Some(person) => case.now.node(GraphNode::Person(*person)),
        None => Node::new("person", &name.to_lowercase(), name),
    }
}

fn asset_node(case: &Case<'_>, breach: &Breach) -> Node {
    let qualified = format!("{}/{}", breach.business, breach.asset);
    let nodes = case.now.graph.nodes();
    let found = nodes.find_assets(&qualified).into_iter().chain(nodes.find_assets(&breach.asset)).next();
    match found {
        Some(asset) => case.now.node(GraphNode::Asset(asset)),
        None => Node::new("asset", &qualified, breach.asset.clone()),
    }
}
