//! Rules: what must not be, found in the graph of access and proven by paths.
//!
//! One file a rule; only the table below knows them all, and no rule knows another. To add one: a file named like the rule with
//! underscores and a `pub static RULE: Rule`, two lines here (`mod` and [`RULES`]), and `tests/rules/<name>/` with at least one
//! `fires-*.yaml` and one `quiet-*.yaml`. `.ci/refresh` writes the rest: `docs/rules.md` and the expected findings.
//!
//! The files that every rule stands on: [`rule`] (what a rule is), [`case`] (what it looks at), [`sink`] (what it reports to),
//! [`finding`] (what comes of it), [`params`] and [`settings`] (what a policy can set). [`judge`] asks all of them and compares with the state before.

pub mod access;
pub mod case;
pub mod finding;
pub mod judge;
pub mod params;
pub mod rule;
pub mod settings;
pub mod sink;
pub mod tally;
pub mod world;

mod agency_owns_client_asset;
mod bus_factor_asset;
mod bus_factor_business;
mod cross_client_contamination;
mod external_manager;
mod external_person_edits_billing;
mod leaver_active;
mod no_2fa_privileged;
mod no_client_billing_owner;
mod orphan_asset;
mod partner_chain;
mod partner_edits_billing;
mod partner_has_admin;
mod partner_manager_reach;
mod partner_past_end;
mod partner_person_exceeds_partner;
mod partner_population_unknown;
mod partner_share_unused;
mod redundant_permission;
mod residual_after_offboard;
mod shadow_direct_path;
mod shared_login;
mod single_node_control;
mod too_many_managers;
mod unmatched_user;

pub use case::{Case, Conflict, Export, Known, PlanFacts, World};
pub use finding::Finding;
pub use judge::{Judgement, Question, judge};
pub use rule::{Docs, Family, Kind, Levels, Rule};
pub use sink::{Draft, Sink};
pub use tally::Tally;

/// All rules, by family and name.
pub static RULES: &[&Rule] = &[
    // Billing
    &external_person_edits_billing::RULE,
    &no_client_billing_owner::RULE,
    &partner_edits_billing::RULE,
    // Ownership
    &agency_owns_client_asset::RULE,
    &orphan_asset::RULE,
    // Partners
    &cross_client_contamination::RULE,
    &partner_chain::RULE,
    &partner_has_admin::RULE,
    &partner_manager_reach::RULE,
    &partner_past_end::RULE,
    &partner_person_exceeds_partner::RULE,
    &partner_population_unknown::RULE,
    &partner_share_unused::RULE,
    &residual_after_offboard::RULE,
    &shadow_direct_path::RULE,
    // Administrators
    &bus_factor_asset::RULE,
    &bus_factor_business::RULE,
    &external_manager::RULE,
    &single_node_control::RULE,
    &too_many_managers::RULE,
    // Least privilege
    &redundant_permission::RULE,
    // Directory
    &leaver_active::RULE,
    &unmatched_user::RULE,
    // Credentials
    &shared_login::RULE,
    // Two-factor
    &no_2fa_privileged::RULE,
];

/// The rule of a name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
