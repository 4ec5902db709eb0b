//! Rules: what must not be, found in the graph of access and proven by paths.
//!
//! One file a rule; only the table below knows them all, and no rule knows another. To add one: a file named like the rule with
//! underscores and a `pub static RULE: Rule`, two lines here (`mod` and [`RULES`]), and `tests/rules/<name>/` with at least one
//! `fires-*.yaml` and one `quiet-*.yaml`. `.ci/refresh` writes the rest: `docs/rules.md` and the expected findings.
//!
//! The files that every rule stands on: [`rule`] (what a rule is), [`case`] (what it looks at), [`sink`] (what it reports to),
//! [`finding`] (what comes of it), [`params`] and [`settings`] (what a policy can set). [`judge`] asks all of them and compares with the state before.

pub mod case;
pub mod finding;
pub mod judge;
pub mod params;
pub mod rule;
pub mod settings;
pub mod sink;
pub mod tally;
pub mod world;

mod partner_has_admin;
mod redundant_permission;

pub use case::{Case, Conflict, Export, Known, PlanFacts, World};
pub use finding::Finding;
pub use judge::{Judgement, Question, judge};
pub use rule::{Docs, Family, Kind, Levels, Rule};
pub use sink::{Draft, Sink};
pub use tally::Tally;

/// All rules, by family and name.
pub static RULES: &[&Rule] = &[
    // Partners
    &partner_has_admin::RULE,
    // Least privilege
    &redundant_permission::RULE,
];

/// The rule of a name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
