//! An exemption from the directory has expired.

use super::finding::{Edit, Fix, Node, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "exempt-expired",
    family: Family::Directory,
    summary: "an exemption is past its end",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The day was set so that somebody looks again. Past it the exemption counts no more, and whoever it was for is a stranger.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
--- # policy.yaml
policy:
  exempt:
    - { who: lea@nova.example, reason: covers for a leave, owner: ana@nova.example, until: 2026-10-31 }
#     ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
--- # policy.yaml
policy:
  exempt:
    - { who: lea@nova.example, reason: covers for a leave, owner: ana@nova.example, until: 2027-01-31 }
"#,
        witness: "The entry.",
        fix: "Take the entry out, with the access of whoever it was for; or give it a new day.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    for exemption in &case.policy.exempt {
        let Some(until) = exemption.until.filter(|_| !exemption.holds_on(case.day)) else {
            continue;
        };
        let who = &exemption.who.written.value;
        let message = format!("the exemption of {who} ended on {}", until.value);
        let at = case.policy_place(exemption.span);
        let text = "take the entry out, or give it a new day".to_owned();
        sink.report(
            Draft::new(Node::new("exemption", &who.to_lowercase(), who.clone()), message)
                .at(Some(at.clone()), "the exemption")
                .exposure(1, 0)
                .fix(Fix { safety: Safety::Choice, text, edits: vec![Edit::Remove { at }] }),
        );
    }
}
