//! An exemption from the directory does not say all it must.

use super::finding::{Node, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "exempt-incomplete",
    family: Family::Directory,
    summary: "an exemption lacks its reason, its owner or its end",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "Whom the directory does not know, nobody removes when they leave. An exemption is fair as long as somebody answers for it, \
says why, and looks again on a day.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
--- # policy.yaml
policy:
  exempt:
    - { who: lea@nova.example, reason: on the payroll of the agency }
#     ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
--- # policy.yaml
policy:
  exempt:
    - { who: lea@nova.example, reason: on the payroll of the agency, owner: ana@nova.example, until: 2027-03-31 }
"#,
        witness: "The entry.",
        fix: "Write what is missing.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    for exemption in &case.policy.exempt {
        let missing = exemption.missing();
        if missing.is_empty() {
            continue;
        }
        let who = &exemption.who.written.value;
        let words = missing.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let message = format!("the exemption of {who} does not say {words}");
        sink.report(
            Draft::new(Node::new("exemption", &who.to_lowercase(), who.clone()), message)
                .at(Some(case.policy_place(exemption.span)), "the exemption")
                .exposure(1, 0),
        );
    }
}
