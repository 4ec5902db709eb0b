//! Asset types, and which permissions fit each.
//!
//! Only one fit is stated: `PROFILE_PUBLISHER` is for profiles and never for ad accounts. The rest goes by name and by the
//! toggles that the console offers. What can only be read fits where the platform's answers show it. Stated: the list of invites shows
//! the ad accounts and profiles that come with acceptance, and nothing else.

use super::permissions::bits;
use crate::platforms::{AssetType, Certainty};

pub(super) static ASSET_TYPES: [AssetType; 5] = [
    AssetType {
        word: "AD_ACCOUNT",
        name: "ad-account",
        title: "ad account",
        group: false,
        in_invites: true,
        permissions: AD_ACCOUNT,
        certainty: Certainty::Inferred,
    },
    AssetType {
        word: "PROFILE",
        name: "profile",
        title: "profile",
        group: false,
        in_invites: true,
        permissions: PROFILE,
        certainty: Certainty::Inferred,
    },
    AssetType {
        word: "CATALOG",
        name: "catalog",
        title: "catalog",
        group: false,
        in_invites: false,
        permissions: CATALOG,
        certainty: Certainty::Inferred,
    },
    AssetType {
        word: "ASSET_GROUP",
        name: "asset-group",
        title: "asset group",
        group: true,
        in_invites: false,
        // Not documented anywhere: whatever one of its possible contents takes.
        permissions: AD_ACCOUNT | PROFILE | CATALOG,
        certainty: Certainty::Undecided,
    },
    AssetType {
        word: "CONSUMER",
        name: "consumer",
        title: "consumer",
        group: false,
        in_invites: false,
        permissions: bits(&["CONSUMER_USER"]),
        certainty: Certainty::Inferred,
    },
];

/// The six toggles of the console, the words that split finance, and what the list of ad accounts shows as roles.
const AD_ACCOUNT: u32 = bits(&[
    "ADMIN",
    "ANALYST",
    "FINANCE_MANAGER",
    "FINANCE_EDIT",
    "FINANCE_VIEW",
    "AUDIENCE_MANAGER",
    "CAMPAIGN_MANAGER",
    "CATALOGS_MANAGER",
    "BIZ_PINNER_LIST_SHARER",
    "OWNER",
    "SOS_READER",
    "RESTRICTED_OWNER",
    "RESOURCE_PINNER_LIST_OWNER",
    "RESOURCE_PINNER_LIST_READER",
    "RESOURCE_CONVERSION_TAGS_READER",
]);

/// Publisher is the one permission that the console gives on a profile.
const PROFILE: u32 = bits(&["PROFILE_PUBLISHER", "PROFILE_MANAGER", "OWNER"]);

const CATALOG: u32 = bits(&["CATALOGS_MANAGER", "CATALOGS_VIEWER", "OWNER"]);
