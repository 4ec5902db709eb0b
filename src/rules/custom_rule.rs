//! A rule that the policy defines.

use std::collections::BTreeMap;

use crate::graph::{AssetIx, Node as GraphNode, PersonIx};
use crate::policy::CustomRule;
use crate::policy::custom::{Group, Outcome, Tally};
use crate::policy::record::Access;
use crate::terminal::prose;

use super::finding::{Fix, Level, Node, Safety, Severity};
use super::rows::Rows;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "custom-rule",
    family: Family::Policy,
    summary: "a rule that the policy defines fires, or can't be evaluated",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "Every business has rules that nobody else has. They stand under `custom_rules` in the policy, with patterns, a condition in \
CEL, a limit, and rows that test them. Each is reported under its own name and with its own level; turning `custom-rule` off turns all of \
them off. What a rule would need and nobody tells is counted as not evaluated; a condition that fails is a finding.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France, client: north }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
#       ^
--- # policy.yaml
policy:
  custom_rules:
    only-teams-see-money:
      message: somebody sees billing by a grant of their own
      match: { capabilities: view-billing, paths: direct }
      fires: [{ permissions: FINANCE_VIEW, paths: direct }]
      quiet: [{ permissions: FINANCE_VIEW, paths: team }]
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France, client: north }
people:
  dora@acme.example: { role: manager }
teams:
  finance:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
--- # policy.yaml
policy:
  custom_rules:
    only-teams-see-money:
      message: somebody sees billing by a grant of their own
      match: { capabilities: view-billing, paths: direct }
      fires: [{ permissions: FINANCE_VIEW, paths: direct }]
      quiet: [{ permissions: FINANCE_VIEW, paths: team }]
"#,
        witness: "The shortest path of the person to the asset; with a limit, one for each that counts.",
        fix: "What the rule's own `help` says.",
    },
    check,
};

/// Paths of so many people are shown.
const WITNESSES: usize = 5;

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let rules = &case.policy.custom_rules;
    let asked: Vec<(&CustomRule, Level)> =
        rules.iter().filter_map(|rule| Some((rule, Level::of(level(case, rule))?))).collect();
    if asked.is_empty() {
        return;
    }
    let days = |rule: &CustomRule| rule.when.as_ref().is_some_and(|when| when.source.value.contains("days_left"));
    let rows = Rows::new(case, asked.iter().any(|(rule, _)| days(rule)));
    for (rule, level) in asked {
        ask(case, &rows, rule, level, sink);
    }
}

/// The policy may set the level of a custom rule under `rules` too.
fn level(case: &Case<'_>, rule: &CustomRule) -> crate::policy::Level {
    let written = case.policy.rule(&rule.name.value).and_then(|setting| setting.level);
    written.map_or(rule.level, |level| level.value)
}

fn ask(case: &Case<'_>, rows: &Rows<'_>, rule: &CustomRule, level: Level, sink: &mut Sink<'_>) {
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failed: Option<(String, usize)> = None;
    let mut tally = rule.limit.map(Tally::new);
    for (person, asset, row) in rows.iter() {
        match rule.judge(&row) {
            Outcome::Quiet => {}
            Outcome::Unknown(field) => *unknown.entry(field).or_default() += 1,
            Outcome::Failed(why) => {
                let (_, count) = failed.get_or_insert((why, 0));
                *count += 1;
            }
            Outcome::Fires => match &mut tally {
                Some(tally) => tally.add(&row, (person, asset)),
                None => sink.report(one(case, rule, level, person, asset, &row)),
            },
        }
    }
    for (group, members) in tally.iter().flat_map(Tally::exceeding) {
        sink.report(many(case, rule, level, group, members));
    }
    for (field, count) in unknown {
        sink.not_evaluated(format!("`{}` needs `{field}`, which nobody tells", rule.name.value), count);
    }
    if let Some((why, count)) = failed {
        let rows = prose::count(count as u64, "row", "rows");
        let message = format!("`{}` can't be evaluated for {rows}: {why}", rule.name.value);
        sink.report(
            own(case, rule, level, Draft::new(rule_node(rule), message))
                .at(Some(case.policy_place(rule.name.span)), "the rule"),
        );
    }
}

fn one(case: &Case<'_>, rule: &CustomRule, level: Level, person: PersonIx, asset: AssetIx, row: &Access<'_>) -> Draft {
    let (world, graph) = (&case.now, case.now.graph);
    let (who, what) = (world.node(GraphNode::Person(person)), world.node(GraphNode::Asset(asset)));
    let message = format!("{}: {} on {}", rule.message.value, who.label, what.label);
    let path =
        graph.witness(person, asset, wanted(rule, row)).or_else(|| graph.paths(person, asset).into_iter().next());
    let last = path.as_ref().and_then(|path| path.hops.last());
    let label = last.map_or_else(|| "gives it".to_owned(), |hop| format!("gives {}", graph.words(hop.edge).join(", ")));
    let draft = Draft::new(who, message)
        .on(what)
        .business(world.business_of(asset))
        .at(last.and_then(|hop| world.edge_place(hop.edge)), label)
        .record(last.and_then(|hop| world.edge_record(hop.edge)))
        .witness(path.as_ref().map(|path| world.witness(path, rule.name.value.clone())))
        .related(Some(case.policy_place(rule.name.span)), "the rule")
        .exposure(1, 1);
    own(case, rule, level, draft)
}

/// Capabilities that the pattern names and the row has: the path to show is one that gives them.
fn wanted(rule: &CustomRule, row: &Access<'_>) -> u64 {
    let tests = rule.matches.iter().flat_map(|pattern| &pattern.tests);
    let named = tests.filter(|test| test.field == "capabilities").flat_map(|test| &test.wanted);
    let bits = named.filter_map(|name| row.platform.capability_bit(&name.value)).map(|bit| bit & row.capabilities);
    bits.into_iter().find(|bit| *bit != 0).unwrap_or(0)
}

type Members = BTreeMap<String, (PersonIx, AssetIx)>;

fn many(case: &Case<'_>, rule: &CustomRule, level: Level, group: &str, members: &Members) -> Draft {
    let (world, graph) = (&case.now, case.now.graph);
    let Some(limit) = rule.limit else { return Draft::new(rule_node(rule), "") };
    let first = members.values().next().copied();
    let (subject, business) = match (limit.per, first) {
        (Group::Asset, Some((_, asset))) => (world.node(GraphNode::Asset(asset)), world.business_of(asset)),
        (Group::Person, Some((person, _))) => (world.node(GraphNode::Person(person)), None),
        (Group::Client, _) => (Node::new("client", group, group), None),
        (Group::Partner, _) => (Node::new("partner-key", group, group), None),
        (Group::Business, _) => (Node::new("business-key", group, group), Some(group)),
        (Group::Everything | Group::Asset | Group::Person, _) => (rule_node(rule), None),
    };
    let found =
        format!("{} {}, limit {}", members.len(), crate::policy::custom::COUNTED[limit.of as usize], limit.at_most);
    let message = match limit.per {
        Group::Everything => format!("{}: {found}", rule.message.value),
        _ => format!("{}: {} has {found}", rule.message.value, subject.label),
    };
    let mut draft = Draft::new(subject, message)
        .business(business)
        .at(Some(case.policy_place(limit.span)), format!("at most {}", limit.at_most))
        .related(Some(case.policy_place(rule.name.span)), "the rule");
    let people: std::collections::BTreeSet<PersonIx> = members.values().map(|(person, _)| *person).collect();
    let assets: std::collections::BTreeSet<AssetIx> = members.values().map(|(_, asset)| *asset).collect();
    for (name, (person, asset)) in members.iter().take(WITNESSES) {
        let path = graph.paths(*person, *asset).into_iter().next();
        draft = draft.witness(path.map(|path| world.witness(&path, name.clone())));
    }
    own(case, rule, level, draft.exposure(people.len(), assets.len()))
}

/// What all findings of a rule have: its name, its level, its severity, its advice.
fn own(_: &Case<'_>, rule: &CustomRule, level: Level, draft: Draft) -> Draft {
    let severity = Severity::ALL.get(rule.severity).copied().unwrap_or(Severity::High);
    let draft = draft.under(&rule.name.value, level).severity(severity);
    match &rule.help {
        Some(help) => draft.fix(Fix { safety: Safety::Manual, text: help.clone(), edits: Vec::new() }),
        None => draft,
    }
}

fn rule_node(rule: &CustomRule) -> Node {
    Node::new("rule", &rule.name.value, rule.name.value.clone())
}
