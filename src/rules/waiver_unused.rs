//! No finding needs a waiver.

use super::finding::{Edit, Fix, Safety, Severity};
use super::waivers::node;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "waiver-unused",
    family: Family::Waivers,
    summary: "no finding needs a waiver",
    severity: Severity::Low,
    levels: Levels::REVIEW,
    kind: Kind::Waivers,
    data: &[],
    params: &[],
    fix: Safety::Safe,
    docs: Docs {
        why: "What it accepted is gone. Left in place, it would accept the same thing again when it comes back, and nobody would be asked.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    ends: 2027-03-31
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: moves the account, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-03-31 }
--- # policy.yaml
policy:
  rules: { partner-has-admin: note }
  waivers:
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-01-31 }
#     ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    ends: 2027-03-31
    grants:
      - { on: [acme-fr], permissions: [ADMIN], reason: moves the account, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-03-31 }
--- # policy.yaml
policy:
  rules: { partner-has-admin: note }
  waivers:
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-01-31 }
"#,
        witness: "The entry. A waiver of a rule that was not evaluated is not reported: nothing is known of it.",
        fix: "Take the entry out.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(waivers) = case.waivers else { return };
    for waiver in waivers.idle().into_iter().filter(|waiver| waiver.holds_on(case.day)) {
        let node = node(waiver);
        let message = format!("no finding needs {}", node.label);
        let at = case.policy_place(waiver.span);
        let fix = Fix {
            safety: Safety::Safe,
            text: "take the entry out".to_owned(),
            edits: vec![Edit::Remove { at: at.clone() }],
        };
        sink.report(Draft::new(node, message).at(Some(at), "the waiver").fix(fix));
    }
}
