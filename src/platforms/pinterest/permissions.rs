//! Permissions and their column of the capability matrix.
//!
//! The published matrix kept the number of ticks in each row and lost the columns. A cell is *stated* where an official text
//! names it (help centre on roles; roles that the API description lists for its operations), *inferred* where the count and
//! elimination leave no other, *undecided* where two cells are left for one tick: who besides an admin edits conversion tags.

use crate::platforms::{Allowed, Certainty, Permission};

pub(super) static PERMISSIONS: [Permission; 19] = [
    Permission {
        word: "ADMIN",
        title: "admin",
        writable: true,
        admin: true,
        privileged: true,
        capabilities: &[
            stated("edit-campaigns"),
            stated("view-billing"),
            stated("edit-billing"),
            stated("view-reporting"),
            stated("view-conversion-tags"),
            stated("edit-conversion-tags"),
            stated("view-audiences"),
            stated("edit-audiences"),
            stated("view-analytics"),
            stated("edit-data-sources"),
            stated("upload-conversions"),
            // "Complete access to the ad account as if original owner."
            stated("administer"),
            inferred("view-catalogs"),
        ],
    },
    Permission {
        word: "ANALYST",
        title: "analyst",
        writable: true,
        admin: false,
        privileged: false,
        // Sees everything but billing; yet the count lets it upload conversions, so it is not quite read-only.
        capabilities: &[
            stated("view-reporting"),
            stated("view-conversion-tags"),
            stated("view-audiences"),
            stated("view-analytics"),
            inferred("upload-conversions"),
        ],
    },
    Permission {
        word: "FINANCE_MANAGER",
        title: "finance manager",
        writable: true,
        admin: false,
        privileged: true,
        capabilities: &[stated("view-billing"), stated("edit-billing")],
    },
    Permission {
        word: "FINANCE_EDIT",
        title: "finance editor",
        writable: true,
        admin: false,
        privileged: true,
        // No published row. By name one half of FINANCE_MANAGER; what one edits one sees.
        capabilities: &[inferred("view-billing"), inferred("edit-billing")],
    },
    Permission {
        word: "FINANCE_VIEW",
        title: "finance viewer",
        writable: true,
        admin: false,
        privileged: false,
        capabilities: &[inferred("view-billing")],
    },
    Permission {
        word: "AUDIENCE_MANAGER",
        title: "audience manager",
        writable: true,
        admin: false,
        privileged: false,
        capabilities: &[
            stated("view-conversion-tags"),
            undecided("edit-conversion-tags"),
            stated("view-audiences"),
            stated("edit-audiences"),
            inferred("upload-conversions"),
        ],
    },
    Permission {
        word: "CAMPAIGN_MANAGER",
        title: "campaign manager",
        writable: true,
        admin: false,
        privileged: false,
        capabilities: &[
            stated("edit-campaigns"),
            inferred("view-billing"),
            stated("view-reporting"),
            inferred("view-conversion-tags"),
            undecided("edit-conversion-tags"),
            inferred("view-audiences"),
            inferred("upload-conversions"),
        ],
    },
    Permission {
        word: "CATALOGS_MANAGER",
        title: "catalogs manager",
        writable: true,
        admin: false,
        privileged: false,
        capabilities: &[stated("edit-data-sources"), inferred("view-catalogs")],
    },
    Permission {
        word: "CATALOGS_VIEWER",
        title: "catalogs viewer",
        writable: true,
        admin: false,
        privileged: false,
        capabilities: &[inferred("view-catalogs")],
    },
    Permission {
        word: "PROFILE_PUBLISHER",
        title: "profile publisher",
        writable: true,
        admin: false,
        privileged: false,
        // Developer guide and help centre: one tick each, and none of the other eleven. Nothing needs an approval.
        capabilities: &[
            stated("edit-boards"),
            stated("archive-boards"),
            stated("join-group-boards"),
            stated("create-pins"),
            stated("edit-pins"),
            stated("act-on-pins"),
            stated("schedule-pins"),
            stated("view-pin-statistics"),
            stated("edit-cover"),
        ],
    },
    // Writable; no source says what it lets one do.
    unknown("CONSUMER_USER", "consumer user", true),
    // Writable from API 5.28 on; no source says what it lets one do.
    unknown("BIZ_PINNER_LIST_SHARER", "audience sharer", true),
    Permission {
        word: "OWNER",
        title: "owner",
        writable: false,
        admin: true,
        privileged: true,
        // Stated where the API description lists the roles of an operation; the rest because an admin is "as if owner".
        capabilities: &[
            inferred("edit-campaigns"),
            inferred("view-billing"),
            inferred("edit-billing"),
            inferred("view-reporting"),
            inferred("view-conversion-tags"),
            inferred("edit-conversion-tags"),
            inferred("view-audiences"),
            inferred("edit-audiences"),
            inferred("view-analytics"),
            stated("edit-data-sources"),
            inferred("upload-conversions"),
            inferred("administer"),
            inferred("view-catalogs"),
        ],
    },
    unknown("SOS_READER", "SOS reader", false),
    Permission {
        word: "RESTRICTED_OWNER",
        title: "restricted owner",
        writable: false,
        // Which restriction is not said: privileged to be careful, not an administrator that anything could rely on.
        admin: false,
        privileged: true,
        capabilities: &[
            undecided("edit-campaigns"),
            undecided("view-billing"),
            undecided("edit-billing"),
            undecided("view-reporting"),
            undecided("view-conversion-tags"),
            undecided("edit-conversion-tags"),
            undecided("view-audiences"),
            undecided("edit-audiences"),
            undecided("view-analytics"),
            undecided("edit-data-sources"),
            undecided("upload-conversions"),
            undecided("administer"),
            undecided("view-catalogs"),
        ],
    },
    Permission {
        word: "PROFILE_MANAGER",
        title: "profile manager",
        writable: false,
        admin: false,
        privileged: false,
        capabilities: &[
            undecided("edit-boards"),
            undecided("archive-boards"),
            undecided("join-group-boards"),
            undecided("create-pins"),
            undecided("edit-pins"),
            undecided("act-on-pins"),
            undecided("schedule-pins"),
            undecided("view-pin-statistics"),
            undecided("edit-cover"),
        ],
    },
    // A pinner list is an audience.
    Permission {
        word: "RESOURCE_PINNER_LIST_OWNER",
        title: "audience owner",
        writable: false,
        admin: false,
        privileged: false,
        capabilities: &[inferred("view-audiences"), inferred("edit-audiences")],
    },
    Permission {
        word: "RESOURCE_PINNER_LIST_READER",
        title: "audience reader",
        writable: false,
        admin: false,
        privileged: false,
        capabilities: &[inferred("view-audiences")],
    },
    Permission {
        word: "RESOURCE_CONVERSION_TAGS_READER",
        title: "conversion tags reader",
        writable: false,
        admin: false,
        privileged: false,
        capabilities: &[inferred("view-conversion-tags")],
    },
];

/// The mask of some words; a word that the table does not have fails the build.
pub(super) const fn bits(words: &[&str]) -> u32 {
    let mut mask = 0;
    let mut index = 0;
    while index < words.len() {
        mask |= 1 << position(words[index]);
        index += 1;
    }
    mask
}

#[expect(clippy::panic, reason = "runs while compiling only: all masks are constants")]
const fn position(word: &str) -> usize {
    let mut index = 0;
    while index < PERMISSIONS.len() {
        if equal(PERMISSIONS[index].word.as_bytes(), word.as_bytes()) {
            return index;
        }
        index += 1;
    }
    panic!("a word that is not in the table of permissions")
}

/// `==` on strings is not const.
const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

const fn stated(capability: &'static str) -> Allowed {
    Allowed { capability, certainty: Certainty::Stated }
}

const fn inferred(capability: &'static str) -> Allowed {
    Allowed { capability, certainty: Certainty::Inferred }
}

const fn undecided(capability: &'static str) -> Allowed {
    Allowed { capability, certainty: Certainty::Undecided }
}

const fn unknown(word: &'static str, title: &'static str, writable: bool) -> Permission {
    Permission { word, title, writable, admin: false, privileged: false, capabilities: &[] }
}
