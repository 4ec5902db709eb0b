//! A waiver was granted for too long.

use super::finding::{Safety, Severity};
use super::params::{Param, Value};
use super::waivers::node;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "waiver-too-long",
    family: Family::Waivers,
    summary: "a waiver was granted for longer than allowed",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::Waivers,
    data: &[],
    params: &[Param::days("max_days", 180, "for how long a waiver may be granted, from its approval or last renewal")
        .audit_strict(Value::Days(92))],
    fix: Safety::Manual,
    docs: Docs {
        why: "A finding that is accepted for years is a rule that does not hold. A waiver comes up again while somebody still knows why it was made.",
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
      - { on: [acme-fr], permissions: [ADMIN], reason: moves the account, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-03-31 }
--- # policy.yaml
policy:
  rules: { partner-has-admin: note }
  waivers:
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2028-10-31 }
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
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01, until: 2027-03-31 }
"#,
        witness: "The entry.",
        fix: "Shorten it, and renew it when the day comes.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(waivers) = case.waivers else { return };
    let most = sink.params.number("max_days");
    let limit = i64::from(most);
    for waiver in waivers.all().iter().filter(|waiver| i64::from(waiver.days()) > limit) {
        let node = node(waiver);
        let message = format!("{} holds for {} days, limit {most} days", node.label, waiver.days());
        let place = case.policy_place(waiver.until.span);
        sink.report(
            Draft::new(node, message)
                .at(Some(case.policy_place(waiver.span)), "the waiver")
                .related(Some(place), "its end"),
        );
    }
}
