//! What an access document may hold, as tables. The readers check keys by them, the JSON Schema is made from them.

pub(super) mod policy;

use self::policy::POLICY;
use crate::platforms::PLATFORMS;
pub(super) use crate::policy::record::{capability_names, platform_names, role_names};
use crate::source::shape::{Record, Shape, optional, required};

const KEYS: Shape = Shape::List(&Shape::Text);

/// A whole document.
pub(super) static DOCUMENT: Record = Record {
    name: "document",
    doc: "an access document: any of these sections",
    fields: &[
        optional("version", Shape::Choice(&["1"]), "version of this format; required in accord.yaml"),
        optional("business", Shape::Text, "key of the business that the sections of this document are about"),
        optional("ignore", KEYS, "files and folders that are not access documents; only in accord.yaml"),
        optional(
            "policy",
            Shape::Record(&POLICY),
            "what must hold, and what a plan may do; only in accord.yaml, policy.yaml and below policy/",
        ),
        optional("businesses", Shape::Map(&BUSINESS), "businesses by key"),
        optional("accounts", Shape::Map(&ACCOUNT), "ad accounts by key"),
        optional("assets", Shape::Map(&ASSET), "profiles, catalogs and other assets by key"),
        optional("asset_groups", Shape::Map(&GROUP), "asset groups by key; what is written here is managed"),
        optional("profiles", Shape::Map(&PROFILE), "named bundles of permissions by key, shared by all businesses"),
        optional(
            "people",
            Shape::Map(&PERSON),
            "people and service accounts by address or handle; what is written here is managed",
        ),
        optional("teams", Shape::Map(&TEAM), "teams by key; their members are employees"),
        optional("partners", Shape::Map(&PARTNER), "partner businesses by key; what is written here is managed"),
    ],
};

pub(super) const MODES: [&str; 3] = ["enforce", "adopt", "observe"];

pub(super) static BUSINESS: Record = Record {
    name: "business",
    doc: "a tenant on a platform",
    fields: &[
        required("platform", Shape::Words(platform_names), "the platform it is on"),
        required("id", Shape::Id, "the platform's id of the business"),
        optional("name", Shape::Text, "its name"),
        optional("owners", KEYS, "addresses of those who answer for it"),
        optional("mode", Shape::Choice(&MODES), "what accord may do: make reality equal, only add, or nothing"),
        optional("domains", KEYS, "mail domains whose addresses count as ours"),
        optional("protected", KEYS, "people and partners that no plan may take access from: keys, addresses or ids"),
        optional(
            "snapshot",
            Shape::Text,
            "what it is compared with: a snapshot or a folder of tables, relative to accord.yaml",
        ),
        optional("last_applied", Shape::Text, "where the state after the last apply is kept, relative to accord.yaml"),
    ],
};

pub(super) static ACCOUNT: Record = Record {
    name: "account",
    doc: "an ad account",
    fields: &[
        optional("business", Shape::Text, "key of its business, where the document's is another one"),
        required("id", Shape::Id, "the platform's id"),
        optional("name", Shape::Text, "its name, as the platform shows it"),
        optional("owner", Shape::Text, "key of the partner that owns it, where it is shared with us"),
        optional("client", Shape::Text, "the client it belongs to"),
        optional("labels", KEYS, "words to find it by"),
        optional(
            "owners",
            KEYS,
            "addresses or keys of those who answer for it; without it, the owners of the business",
        ),
    ],
};

pub(super) static ASSET: Record = Record {
    name: "asset",
    doc: "an asset that is neither an ad account nor a group",
    fields: &[
        optional("business", Shape::Text, "key of its business, where the document's is another one"),
        required("type", Shape::Words(asset_type_names), "its type"),
        required("id", Shape::Id, "the platform's id"),
        optional("name", Shape::Text, "its name, as the platform shows it"),
        optional("owner", Shape::Text, "key of the partner that owns it, where it is shared with us"),
        optional("client", Shape::Text, "the client it belongs to"),
        optional("labels", KEYS, "words to find it by"),
        optional(
            "owners",
            KEYS,
            "addresses or keys of those who answer for it; without it, the owners of the business",
        ),
    ],
};

pub(super) static GROUP: Record = Record {
    name: "asset group",
    doc: "an asset that contains assets",
    fields: &[
        optional("business", Shape::Text, "key of its business, where the document's is another one"),
        optional("id", Shape::Id, "the platform's id; a group without one is to be created"),
        optional("name", Shape::Text, "its name, as the platform shows it"),
        optional("description", Shape::Text, "what it is for"),
        optional("types", Shape::List(&Shape::Choice(&GROUP_TYPES)), "what kind of group it is"),
        optional("contains", KEYS, "keys of the assets in it; what is written here is managed"),
        optional("client", Shape::Text, "the client it belongs to"),
        optional("labels", KEYS, "words to find it by"),
        optional(
            "owners",
            KEYS,
            "addresses or keys of those who answer for it; without it, the owners of the business",
        ),
    ],
};

pub(super) const GROUP_TYPES: [&str; 4] = ["BRAND", "LOCATION_OR_LANGUAGE", "PRODUCT_LINE", "OTHER"];

pub(super) static PROFILE: Record = Record {
    name: "profile",
    doc: "a named bundle of permissions: exactly one of `permissions` and `needs`",
    fields: &[
        optional("permissions", Shape::List(&Shape::Words(permission_words)), "the platform's permissions"),
        optional(
            "needs",
            Shape::List(&Shape::Words(capability_names)),
            "what must be possible; the smallest set that allows it is computed",
        ),
        optional("description", Shape::Text, "its purpose"),
    ],
};

pub(super) static PERSON: Record = Record {
    name: "person",
    doc: "a person or a service account",
    fields: &[
        optional("name", Shape::Text, "name for people to read"),
        optional("id", Shape::Id, "the platform's id, where known"),
        optional("also", KEYS, "other addresses of the same person"),
        optional("username", Shape::Text, "the platform's user name"),
        optional("service", Shape::Flag, "a declared non-human login"),
        optional("role", Shape::Words(role_names), "the role in the business"),
        optional("until", Shape::Day, "last day of the membership"),
        optional("invite_again", Shape::Day, "a decline before this day no longer counts"),
        optional("grants", Shape::List(&Shape::Record(&GRANT)), "what this person may do, beside the teams"),
    ],
};

pub(super) static TEAM: Record = Record {
    name: "team",
    doc: "employees with the same rights",
    fields: &[
        optional("business", Shape::Text, "key of its business, where the document's is another one"),
        optional("owners", KEYS, "addresses of those who answer for it"),
        optional(
            "members",
            Shape::List(&Shape::Either(&Shape::Text, &Shape::Record(&TEAM_MEMBER))),
            "keys or addresses of its members",
        ),
        optional("grants", Shape::List(&Shape::Record(&GRANT)), "what every member may do"),
    ],
};

pub(super) static TEAM_MEMBER: Record = Record {
    name: "team member",
    doc: "a member with a role or an end",
    fields: &[
        required("person", Shape::Text, "key or address of the person"),
        optional("role", Shape::Words(role_names), "the role in the business"),
        optional("until", Shape::Day, "last day in the team"),
    ],
};

pub(super) const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];

pub(super) static PARTNER: Record = Record {
    name: "partner",
    doc: "another business in a relation with ours",
    fields: &[
        optional("business", Shape::Text, "key of our business, where the document's is another one"),
        required("id", Shape::Id, "the platform's id of the partner business"),
        required("direction", Shape::Choice(&DIRECTIONS), "inbound: they reach our assets; outbound: we reach theirs"),
        optional("name", Shape::Text, "its name"),
        optional("contact", Shape::Text, "address of the contact"),
        optional("ends", Shape::Day, "last day of the contract; partnership and grants end with it"),
        optional("roster", Shape::Text, "the partner's own people with access: a CSV file, relative to this file"),
        optional(
            "accept",
            Shape::Flag,
            "where they have asked us: accept, with the grants written here and nothing else",
        ),
        optional("invite_again", Shape::Day, "a decline before this day no longer counts"),
        optional(
            "grants",
            Shape::List(&Shape::Record(&GRANT)),
            "what they may do on our assets (inbound), or we on theirs (outbound)",
        ),
    ],
};

pub(super) static GRANT: Record = Record {
    name: "grant",
    doc: "permissions on assets: exactly one of `permissions` and `profile`",
    fields: &[
        required("on", Shape::OneOrMany(&Shape::Text), "keys of assets"),
        optional("profile", Shape::Text, "key of a profile"),
        optional("permissions", Shape::List(&Shape::Words(permission_words)), "the platform's permissions"),
        optional("reason", Shape::Text, "why it exists"),
        optional("ticket", Shape::Text, "the ticket that asked for it"),
        optional("requested_by", Shape::Text, "who asked for it"),
        optional("approved_by", Shape::Text, "who approved it"),
        optional("approved_on", Shape::Day, "when it was approved"),
        optional("from", Shape::Day, "first day"),
        optional("until", Shape::Day, "last day"),
    ],
};

/// Names of all asset types that are written under `assets:`.
pub(super) fn asset_type_names() -> Vec<&'static str> {
    let types = PLATFORMS.iter().flat_map(|platform| platform.asset_types);
    unique(types.filter(|kind| !kind.group && kind.name != "ad-account").map(|kind| kind.name))
}

/// Permissions that some platform lets one write.
pub(super) fn permission_words() -> Vec<&'static str> {
    let permissions = PLATFORMS.iter().flat_map(|platform| platform.permissions);
    unique(permissions.filter(|permission| permission.writable).map(|permission| permission.word))
}

fn unique(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen
}
