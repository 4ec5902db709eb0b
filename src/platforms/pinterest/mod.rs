//! Pinterest Business Access, API v5 (5.23 to 5.28).
//!
//! Sources in the tables: **stated** = named by Pinterest's API description, developer guide or help centre; **inferred** =
//! from the number of ticks in the official matrix together with the texts on roles, or from a name; **undecided** = looked
//! for and not found, so that no rule may rest on it. To add a word: append it to its table; a bit never changes its meaning.

mod assets;
mod capabilities;
mod permissions;

use super::{Limits, Platform, Role};

/// Pinterest.
pub static PLATFORM: Platform = Platform {
    name: "pinterest",
    title: "Pinterest",
    roles: &ROLES,
    asset_types: &assets::ASSET_TYPES,
    permissions: &permissions::PERMISSIONS,
    capabilities: &capabilities::CAPABILITIES,
    limits: LIMITS,
};

/// Stated (API description: the roles of a member; help centre: their titles). There is no owner among the business roles,
/// and `PARTNER` is a word of invites only.
static ROLES: [Role; 2] = [
    Role { word: "EMPLOYEE", name: "employee", title: "Employee", admin: false },
    Role { word: "BIZ_ADMIN", name: "manager", title: "Manager", admin: true },
];

/// Stated (API description 5.23.0: sizes of request bodies, parameters of lists).
const LIMITS: Limits = Limits {
    invites_per_call: 50,
    grants_set_per_call: 50,
    member_grants_removed_per_call: 100,
    partner_grants_removed_per_call: 50,
    relations_removed_per_call: 50,
    requests_per_call: 100,
    // Help centre; the API description names no such limit.
    accounts_per_request_in_console: 10,
    groups_deleted_per_call: 50,
    page_size: 250,
    // 20 in paths, up to 25 in bodies: the larger one, so that no id the platform takes is refused here.
    id_digits: 25,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::platforms::Certainty;

    /// The columns of the official capability matrix, in its order.
    const CLASSIC: [&str; 6] =
        ["ADMIN", "ANALYST", "AUDIENCE_MANAGER", "FINANCE_MANAGER", "CAMPAIGN_MANAGER", "CATALOGS_MANAGER"];

    /// The rows of the official capability matrix, in its order.
    const ROWS: [&str; 11] = [
        "edit-campaigns",
        "view-billing",
        "edit-billing",
        "view-reporting",
        "view-conversion-tags",
        "edit-conversion-tags",
        "view-audiences",
        "edit-audiences",
        "view-analytics",
        "edit-data-sources",
        "upload-conversions",
    ];

    fn cell(word: &str, capability: &str) -> Option<Certainty> {
        let bit = PLATFORM.permission_bit(word).unwrap();
        PLATFORM
            .permissions_in(bit)
            .flat_map(|permission| permission.capabilities)
            .find(|allowed| allowed.capability == capability)
            .map(|allowed| allowed.certainty)
    }

    fn columns(capability: &str, wanted: impl Fn(Certainty) -> bool) -> Vec<&'static str> {
        CLASSIC.into_iter().filter(|word| cell(word, capability).is_some_and(&wanted)).collect()
    }

    #[test]
    fn rows_have_the_official_number_of_ticks() {
        let ticks = ROWS.map(|row| {
            let sure = columns(row, |certainty| certainty != Certainty::Undecided).len();
            let open = columns(row, |certainty| certainty == Certainty::Undecided).len();
            // Open cells stand for one tick whose column is lost.
            sure + open.min(1)
        });
        assert_eq!(ticks, [2, 3, 2, 3, 4, 2, 4, 2, 2, 2, 4]);
    }

    #[test]
    fn the_only_open_cells_are_who_edits_conversion_tags() {
        for row in ROWS {
            let open = columns(row, |certainty| certainty == Certainty::Undecided);
            let expected: &[&str] = match row {
                "edit-conversion-tags" => &["AUDIENCE_MANAGER", "CAMPAIGN_MANAGER"],
                _ => &[],
            };
            assert_eq!(open, expected, "{row}");
        }
    }

    #[test]
    fn an_admin_has_every_row_and_the_official_texts_say_so() {
        for row in ROWS {
            assert_eq!(cell("ADMIN", row), Some(Certainty::Stated), "{row}");
        }
    }

    #[test]
    fn nothing_but_administration_and_finance_edits_billing() {
        let editors: Vec<_> =
            PLATFORM.permissions.iter().filter(|permission| cell(permission.word, "edit-billing").is_some()).collect();
        assert!(editors.iter().all(|permission| permission.privileged));
        let writable: BTreeSet<_> =
            editors.iter().filter(|permission| permission.writable).map(|permission| permission.word).collect();
        assert_eq!(writable, BTreeSet::from(["ADMIN", "FINANCE_EDIT", "FINANCE_MANAGER"]));
    }

    #[test]
    fn a_publisher_has_the_nine_profile_capabilities_and_none_of_the_matrix() {
        let bit = PLATFORM.permission_bit("PROFILE_PUBLISHER").unwrap();
        let mask = PLATFORM.capabilities_of(bit, Certainty::Stated);
        assert_eq!(mask.count_ones(), 9);
        for row in ROWS {
            assert_eq!(mask & PLATFORM.capability_bit(row).unwrap(), 0, "{row}");
        }
        let admin = PLATFORM.permission_bit("ADMIN").unwrap();
        assert_eq!(PLATFORM.capabilities_of(admin, Certainty::Undecided) & mask, 0);
    }

    #[test]
    fn reading_only_words_are_exactly_these() {
        let read_only: BTreeSet<_> = PLATFORM
            .permissions
            .iter()
            .filter(|permission| !permission.writable)
            .map(|permission| permission.word)
            .collect();
        assert_eq!(
            read_only,
            BTreeSet::from([
                "OWNER",
                "SOS_READER",
                "RESTRICTED_OWNER",
                "PROFILE_MANAGER",
                "RESOURCE_PINNER_LIST_OWNER",
                "RESOURCE_PINNER_LIST_READER",
                "RESOURCE_CONVERSION_TAGS_READER",
            ])
        );
    }

    #[test]
    fn publishing_fits_profiles_and_never_ad_accounts() {
        let publisher = PLATFORM.permission_bit("PROFILE_PUBLISHER").unwrap();
        let fits = |word| PLATFORM.asset_type(word).unwrap().permissions & publisher != 0;
        assert!(fits("PROFILE"));
        assert!(fits("ASSET_GROUP"));
        assert!(!fits("AD_ACCOUNT"));
        assert!(!fits("CATALOG"));
    }

    #[test]
    fn the_six_toggles_of_the_console_fit_ad_accounts() {
        let ad_account = PLATFORM.asset_type("AD_ACCOUNT").unwrap();
        for word in CLASSIC {
            let bit = PLATFORM.permission_bit(word).unwrap();
            assert_ne!(ad_account.permissions & bit, 0, "{word}");
        }
    }

    #[test]
    fn every_permission_fits_some_asset_type() {
        let all = PLATFORM.asset_types.iter().fold(0, |mask, kind| mask | kind.permissions);
        assert_eq!(all, (1 << PLATFORM.permissions.len()) - 1);
    }

    #[test]
    fn words_of_the_format_resolve() {
        assert!(PLATFORM.role_named("manager").is_some_and(|role| role.admin));
        assert!(PLATFORM.role_named("employee").is_some_and(|role| !role.admin));
        for name in ["ad-account", "profile", "catalog", "asset-group", "consumer"] {
            assert!(PLATFORM.asset_type_named(name).is_some(), "{name}");
        }
        for word in ["CAMPAIGN_MANAGER", "CATALOGS_MANAGER", "FINANCE_VIEW", "OWNER"] {
            assert!(PLATFORM.permission_bit(word).is_some(), "{word}");
        }
        for need in ["edit-campaigns", "view-reporting", "upload-conversions", "administer"] {
            assert!(PLATFORM.capability_bit(need).is_some(), "{need}");
        }
    }
}
