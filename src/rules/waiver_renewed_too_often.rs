//! A waiver was renewed too often.

use super::finding::{Safety, Severity};
use super::params::Param;
use super::waivers::node;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "waiver-renewed-too-often",
    family: Family::Waivers,
    summary: "a waiver was renewed more often than allowed",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::Waivers,
    data: &[],
    params: &[Param::count("max", 2, "how often a waiver may be renewed")],
    fix: Safety::Manual,
    docs: Docs {
        why: "What is renewed again and again is not an exception. Either the rule is wrong here, or nobody mends what it found.",
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
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-02-01, renewed: [2026-05-01, 2026-08-01, 2026-11-01], until: 2027-01-31 }
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
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-08-01, renewed: [2026-11-01], until: 2027-01-31 }
"#,
        witness: "The entry, and its days of renewal.",
        fix: "Mend what it accepts; or set the level of the rule in the policy, where everybody sees it.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(waivers) = case.waivers else { return };
    let most = sink.params.len("max");
    for waiver in waivers.all().iter().filter(|waiver| waiver.renewed.len() > most) {
        let node = node(waiver);
        let message = format!("{} was renewed {} times, limit {most}", node.label, waiver.renewed.len());
        let last = waiver.renewed.last().map(|renewed| case.policy_place(renewed.span));
        sink.report(
            Draft::new(node, message)
                .at(Some(case.policy_place(waiver.span)), "the waiver")
                .related(last, "renewed last"),
        );
    }
}
