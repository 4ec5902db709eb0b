//! Steps of a plan for which no order is safe.

use super::finding::{self, Fix, Safety, Severity};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "gap-during-apply",
    family: Family::Change,
    summary: "no order of the steps of a plan keeps everybody's access, the managers and the toxic sets safe in between",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::Change,
    data: &[Data::Plan],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "accord orders the steps so that nobody who keeps access loses it for a moment, a manager is always there, and nobody holds \
a toxic set on the way. Where two steps each want to come before the other, it does neither, and this names the two.",
        bad: r#"
people: {}
--- # before
people: {}
--- # conflicts acme
- what: remove bo@acme.example from the business
  with: [invite cy@acme.example as BIZ_ADMIN]
"#,
        good: r#"
people: {}
--- # before
people: {}
"#,
        witness: "The two facts that conflict.",
        fix: "Make the change in two pull requests: first what gives, then what takes away.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(plan) = case.known.plan else { return };
    let desired = case.now.desired;
    for conflict in &plan.conflicts {
        let key = desired.text(desired.businesses[conflict.business].key);
        let with = crate::terminal::prose::list_some(&conflict.with, 3);
        let message = format!("no order is safe: `{}` and `{with}` each would have to come first", conflict.what);
        sink.report(
            Draft::new(finding::Node::new("step", &format!("{key}/{}", conflict.what), conflict.what.clone()), message)
                .business(Some(key))
                .at(conflict.place.clone(), "asked for here")
                .exposure(1, 1)
                .fix(Fix {
                    safety: Safety::Choice,
                    text: "make the change in two: first what gives, then what takes away".to_owned(),
                    edits: Vec::new(),
                }),
        );
    }
}
