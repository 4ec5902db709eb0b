//! Rules: what must not be, found in the graph of access and proven by paths.
//!
//! One file a rule; only the table below knows them all, and no rule knows another. To add one: a file named like the rule with
//! underscores and a `pub static RULE: Rule`, two lines here (`mod` and [`RULES`]), and `tests/rules/<name>/` with at least one
//! `fires-*.yaml` and one `quiet-*.yaml`. `.ci/refresh` writes the rest: `docs/rules.md` and the expected findings.
//!
//! The files that every rule stands on: [`rule`] (what a rule is), [`case`] (what it looks at), [`sink`] (what it reports to),
//! [`finding`] (what comes of it), [`params`] and [`settings`] (what a policy can set). [`mod@judge`] asks all of them, `compare`
//! compares with the state before.

pub mod access;
pub mod case;
mod compare;
pub mod finding;
pub mod guardrails;
pub mod judge;
pub mod params;
pub mod rows;
pub mod rule;
pub mod settings;
pub mod sink;
pub mod tally;
pub mod waivers;
pub mod world;

mod agency_owns_client_asset;
mod assertion;
mod bus_factor_asset;
mod bus_factor_business;
mod container_broader_than_need;
mod cross_client_contamination;
mod custom_rule;
mod delegation_boundary;
mod elevation;
mod excess_over_need;
mod exempt_expired;
mod exempt_incomplete;
mod external_manager;
mod external_person_edits_billing;
mod external_without_expiry;
mod gap_during_apply;
mod grant_expired;
mod guardrail_weakened_with_grant;
mod id_swap;
mod inactive_user;
mod invite_stale;
mod leaver_active;
mod lock_out;
mod mass_change;
mod nesting;
mod new_external_principal;
mod no_2fa_privileged;
mod no_client_billing_owner;
mod no_new_access;
mod not_granted_list;
mod orphan_asset;
mod partner_chain;
mod partner_edits_billing;
mod partner_has_admin;
mod partner_manager_reach;
mod partner_past_end;
mod partner_person_exceeds_partner;
mod partner_population_unknown;
mod partner_share_unused;
mod population_incomplete;
mod redundant_path;
mod redundant_permission;
mod residual_after_offboard;
mod self_approval;
mod shadow_direct_path;
mod shared_login;
mod single_node_control;
mod too_many_managers;
mod toxic_pair_asset;
mod toxic_two_identities;
mod unassigned_account_visible;
mod under_provisioned;
mod unmanaged_drift;
mod unmatched_user;
mod waiver_expired;
mod waiver_renewed_too_often;
mod waiver_too_long;
mod waiver_unused;
mod who_when_why_missing;

pub use case::{Case, Conflict, Export, Known, Part, PlanFacts, World};
pub use finding::Finding;
pub use judge::{Counted, Judgement, Question, judge};
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
    &container_broader_than_need::RULE,
    &excess_over_need::RULE,
    &redundant_path::RULE,
    &redundant_permission::RULE,
    &under_provisioned::RULE,
    // Employees
    &unassigned_account_visible::RULE,
    // Directory
    &exempt_expired::RULE,
    &exempt_incomplete::RULE,
    &leaver_active::RULE,
    &unmatched_user::RULE,
    // Credentials
    &shared_login::RULE,
    // Two-factor
    &no_2fa_privileged::RULE,
    // Life of a grant
    &external_without_expiry::RULE,
    &grant_expired::RULE,
    &inactive_user::RULE,
    &invite_stale::RULE,
    // Audit trail
    &population_incomplete::RULE,
    &self_approval::RULE,
    &unmanaged_drift::RULE,
    &who_when_why_missing::RULE,
    // Segregation of duties
    &toxic_pair_asset::RULE,
    &toxic_two_identities::RULE,
    // The change itself
    &delegation_boundary::RULE,
    &elevation::RULE,
    &gap_during_apply::RULE,
    &guardrail_weakened_with_grant::RULE,
    &id_swap::RULE,
    &lock_out::RULE,
    &mass_change::RULE,
    &new_external_principal::RULE,
    &no_new_access::RULE,
    &not_granted_list::RULE,
    // Graph
    &nesting::RULE,
    // Waivers
    &waiver_expired::RULE,
    &waiver_renewed_too_often::RULE,
    &waiver_too_long::RULE,
    &waiver_unused::RULE,
    // Policy
    &assertion::RULE,
    &custom_rule::RULE,
];

/// The rule of a name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
