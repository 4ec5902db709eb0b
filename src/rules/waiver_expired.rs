//! A waiver has expired.

use super::finding::{Edit, Fix, Safety, Severity};
use super::waivers::node;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "waiver-expired",
    family: Family::Waivers,
    summary: "a waiver is past its end",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::Waivers,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "A waiver is an agreement until a day. Past it nothing is accepted any more: the finding stands again, and so does this one, until somebody \
removes the entry or agrees anew.",
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
    - { rule: partner-has-admin, subject: nova, reason: moves the account, owner: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-08-01, until: 2026-10-31 }
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
        witness: "The entry.",
        fix: "Mend what it accepted and take the entry out; or have it approved again, with `renewed` and a new `until`.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(waivers) = case.waivers else { return };
    for waiver in waivers.all().iter().filter(|waiver| !waiver.holds_on(case.day)) {
        let node = node(waiver);
        let message = format!("{} ended on {}", node.label, waiver.until.value);
        let at = case.policy_place(waiver.span);
        let text = "take the entry out, or have it approved again".to_owned();
        let fix = Fix { safety: Safety::Choice, text, edits: vec![Edit::Remove { at: at.clone() }] };
        sink.report(Draft::new(node, message).at(Some(at), "the waiver").fix(fix));
    }
}
