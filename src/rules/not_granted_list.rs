//! Capabilities that the policy lets nobody be given.

use crate::graph::Node;

use super::access::Rights;
use super::finding::{Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::{Case, Docs, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "not-granted-list",
    family: Family::Change,
    summary: "a change gives somebody a capability that the policy lists as never to be given",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Change,
    data: &[],
    params: &[
        Param::words("capabilities", &[], "what nobody is given; without any, nothing is looked at")
            .looser(Looser::Less),
        Param::words("labels", &[], "only on assets with one of these labels; without any, on all")
            .looser(Looser::LessThanAll),
        Param::flag("outsiders_only", false, "only to people from outside").looser(Looser::More),
    ],
    fix: Safety::Manual,
    docs: Docs {
        why: "A line that can't be crossed by a pull request: who needs it changes the policy first, where other people look.",
        bad: r#"
policy:
  rules:
    not-granted-list: { capabilities: [upload-conversions] }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
#       ^
--- # before
policy:
  rules:
    not-granted-list: { capabilities: [upload-conversions] }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example: {}
"#,
        good: r#"
policy:
  rules:
    not-granted-list: { capabilities: [upload-conversions] }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: checks invoices }
--- # before
policy:
  rules:
    not-granted-list: { capabilities: [upload-conversions] }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example: {}
"#,
        witness: "The path that gives it.",
        fix: "Leave it out.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let listed: Vec<&str> = sink.params.words("capabilities").iter().map(String::as_str).collect();
    if listed.is_empty() {
        return;
    }
    let labels = sink.params.words("labels").to_vec();
    let outsiders = sink.params.flag("outsiders_only");
    let now = &case.now;
    let nodes = now.graph.nodes();
    let rights = Rights::of(now, &listed);
    let mut unknown = 0;
    for (person, rows) in now.effective.iter().filter(|(person, _)| case.looks_at(Node::Person(*person))) {
        for row in rows {
            let held = rights.held(row);
            if held == 0 {
                continue;
            }
            let asset = nodes.asset(row.asset);
            let labelled = labels.is_empty()
                || asset.labels.iter().any(|&label| labels.iter().any(|one| one == nodes.text(label)));
            let had = before.effective.access(person, row.asset).map_or(0, |old| old.sure);
            let gained = held & !had;
            if gained == 0 || !labelled {
                continue;
            }
            let outside = now.owner_of_ours(row.asset).and_then(|owner| now.is_outsider(person, owner));
            match (outsiders, outside) {
                (true, None) => unknown += 1,
                (true, Some(false)) => {}
                (false, _) | (true, Some(true)) => {
                    let (who, node) = (now.label(Node::Person(person)), now.label(Node::Asset(row.asset)));
                    let words = super::world::capability_words(asset.platform, gained);
                    let message = format!("{who} gains on {node} what nobody is given: {words}");
                    let fix = Fix { safety: Safety::Manual, text: "leave it out".to_owned(), edits: Vec::new() };
                    sink.report(now.access_draft(person, row.asset, gained, message).fix(fix));
                }
            }
        }
    }
    if unknown > 0 {
        sink.not_evaluated("it can't be told whether they are from outside", unknown);
    }
}
