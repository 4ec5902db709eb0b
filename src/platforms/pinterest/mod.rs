//! Pinterest Business Access, API v5.

use super::{Limits, Platform};

/// Pinterest.
pub static PLATFORM: Platform = Platform {
    name: "pinterest",
    title: "Pinterest",
    roles: &[],
    asset_types: &[],
    permissions: &[],
    capabilities: &[],
    limits: Limits {
        invites_per_call: 50,
        grants_set_per_call: 50,
        member_grants_removed_per_call: 100,
        partner_grants_removed_per_call: 50,
        relations_removed_per_call: 50,
        requests_per_call: 100,
        groups_deleted_per_call: 50,
        page_size: 250,
        id_digits: 20,
    },
};
