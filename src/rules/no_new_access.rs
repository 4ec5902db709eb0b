//! New access to a protected asset.

use std::collections::BTreeSet;

use crate::graph::Node;

use super::finding::{Fix, Safety, Severity};
use super::world::capability_words;
use super::{Case, Docs, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "no-new-access",
    family: Family::Change,
    summary: "a change gives somebody a capability on a protected asset that they did not have",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::Change,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Some accounts are closed: in a legal hold, before an announcement, at year's end. The policy protects labels \
(`protected_labels`); whoever comes to such an asset by any path is found, also where the line that lets them in never names it.",
        bad: r#"
policy:
  protected_labels: [launch]
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [launch] }
asset_groups:
  europe: { id: "3001", name: Europe, contains: [acme-fr] }
people:
  bo@acme.example:
    grants:
      - { on: [europe], permissions: [ANALYST], reason: reports }
#       ^
--- # before
policy:
  protected_labels: [launch]
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [launch] }
asset_groups:
  europe: { id: "3001", name: Europe, contains: [acme-fr] }
people:
  bo@acme.example: {}
"#,
        good: r#"
policy:
  protected_labels: [launch]
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [launch] }
people:
  bo@acme.example: {}
--- # before
policy:
  protected_labels: [launch]
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [launch] }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        witness: "The path that is new.",
        fix: "Leave the asset out, or take the label off in a change of its own.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    if case.policy.protected_labels.is_empty() {
        return;
    }
    let now = &case.now;
    let nodes = now.graph.nodes();
    let labels: BTreeSet<&str> = case.policy.protected_labels.iter().map(|label| label.value.as_str()).collect();
    for (person, rows) in now.effective.iter() {
        for row in rows {
            let asset = nodes.asset(row.asset);
            let label = asset.labels.iter().map(|&label| nodes.text(label)).find(|label| labels.contains(label));
            let Some(label) = label else { continue };
            let had = before.effective.access(person, row.asset).map_or(0, |old| old.sure | old.possible);
            let gained = (row.sure | row.possible) & !had;
            if gained == 0 {
                continue;
            }
            let (who, node) = (now.label(Node::Person(person)), now.label(Node::Asset(row.asset)));
            let words = capability_words(asset.platform, gained);
            let message = format!("{who} gains access to {node}, which is protected (`{label}`): {words}");
            let policy = case.policy.protected_labels.iter().find(|one| one.value == label);
            sink.report(
                now.access_draft(person, row.asset, row.sure & gained, message)
                    .related(policy.map(|one| case.policy_place(one.span)), "protected")
                    .fix(Fix {
                        safety: Safety::Choice,
                        text: "leave the asset out, or take the label off in a change of its own".to_owned(),
                        edits: Vec::new(),
                    }),
            );
        }
    }
}
