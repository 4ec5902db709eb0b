//! One keyed fact of a business, written as text: the unit that an operation rests on and that a re-read is compared by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Digest, Direction, digest};

/// What a fact is about. Ids are the platform's; `email` is folded to lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum FactKey {
    /// A membership by the member's id; the value is the role.
    Member {
        /// The platform's id.
        id: String,
    },
    /// Whether an address or user name (folded) belongs to a member; the value is the member's id.
    Address {
        /// The folded address or user name.
        address: String,
    },
    /// A partnership; the value is `active`.
    Partner {
        /// The partner business.
        id: String,
        /// Which way it points.
        direction: Direction,
    },
    /// A grant to a member; the value is the sorted words joined with `;`.
    MemberGrant {
        /// The member.
        member: String,
        /// The asset.
        asset: String,
    },
    /// A grant to (inbound) or from (outbound) a partner; the value is the sorted words joined with `;`.
    PartnerGrant {
        /// The partner business.
        partner: String,
        /// Which way the partnership points.
        direction: Direction,
        /// The asset.
        asset: String,
    },
    /// An asset; the value is its type.
    Asset {
        /// The platform's id.
        id: String,
    },
    /// An asset group by name; the value is the group's id.
    GroupNamed {
        /// The name, as written.
        name: String,
    },
    /// An asset in a group; the value is `contained`.
    Content {
        /// The group.
        group: String,
        /// The asset.
        asset: String,
    },
    /// An invite or request by its id; the value is its status, role and attached grants.
    Invite {
        /// The platform's id.
        id: String,
    },
    /// Pending invites of an invitee (folded address, user name or partner id); the value is their ids joined with `;`.
    PendingFor {
        /// The folded invitee.
        invitee: String,
    },
}

/// A fact: a key and its value, or the knowledge that there is none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is about.
    #[serde(flatten)]
    pub key: FactKey,
    /// The value; `None` = it does not exist.
    pub value: Option<String>,
}

/// The digest of a list of facts, in the order given.
pub fn digest(facts: &[Fact]) -> Digest {
    let mut hasher = digest::Hasher::new();
    for Fact { key, value } in facts {
        hasher.piece(&serde_json::to_vec(key).unwrap_or_default());
        match value {
            Some(value) => hasher.piece(b"is").piece(value.as_bytes()),
            None => hasher.piece(b"absent"),
        };
    }
    hasher.finish()
}
