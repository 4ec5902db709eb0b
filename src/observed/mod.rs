//! Observed state: what an export says about one business, and how whole it is.
//!
//! Values we do not know are kept word for word. A collection without proof of completeness can yield additions and
//! warnings, never removals.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Direction, PermissionSet, PrincipalIx, Strings, Sym};
use crate::platforms::Platform;
use crate::source::Problem;

/// One business at one moment.
#[derive(Debug)]
pub struct ObservedState {
    /// The platform.
    pub platform: &'static Platform,
    /// The platform's id of the business.
    pub business_id: String,
    /// Its name.
    pub business_name: Option<String>,
    /// When the export was taken.
    pub captured_at: Timestamp,
    /// Who took it (id, address or user name), where known: the applying account.
    pub captured_by: Option<String>,
    /// Where it came from, for people.
    pub source: String,
    /// Every string below.
    pub strings: Strings,
    /// Lists of permission words that the platform's table does not have; see [`PermissionSet::foreign`]. Each list is sorted.
    pub foreign: Vec<Vec<String>>,
    /// By id (byte order).
    pub members: Vec<Member>,
    /// By (id, direction).
    pub partners: Vec<Partner>,
    /// By id.
    pub assets: Vec<Asset>,
    /// By (principal, asset); people before partners.
    pub grants: Vec<Grant>,
    /// By (group, asset): indexes into `assets`.
    pub contents: Vec<Content>,
    /// By id.
    pub invites: Vec<Invite>,
    /// Partners' own people, by (partner id, address or user name, asset id).
    pub rosters: Vec<RosterRow>,
    /// How whole each collection is.
    pub completeness: BTreeMap<Collection, Completeness>,
    /// What was noticed while reading: dangling references, unknown values.
    pub problems: Vec<Problem>,
}

/// A part of an export that can be whole or not.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// Employees and system users.
    Members,
    /// Partnerships in both directions.
    Partners,
    /// Assets of every type.
    Assets,
    /// Which asset is in which group.
    AssetGroupMembers,
    /// Grants to members and partners.
    Grants,
    /// Invites and requests in both directions.
    Invites,
}

impl Collection {
    /// All of them.
    pub const ALL: [Collection; 6] = [
        Collection::Members,
        Collection::Partners,
        Collection::Assets,
        Collection::AssetGroupMembers,
        Collection::Grants,
        Collection::Invites,
    ];

    /// As tables and snapshots write it.
    pub fn word(self) -> &'static str {
        match self {
            Collection::Members => "members",
            Collection::Partners => "partners",
            Collection::Assets => "assets",
            Collection::AssetGroupMembers => "asset_group_members",
            Collection::Grants => "grants",
            Collection::Invites => "invites",
        }
    }
}

/// Whether a collection is whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// Proven: declared whole, and totals and sentinels agree.
    Complete,
    /// Not proven, and why, for people.
    Incomplete(String),
}

/// An employee or system user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// The platform's id.
    pub id: Sym,
    /// The address, as the platform shows it.
    pub email: Option<Sym>,
    /// The user name.
    pub username: Option<Sym>,
    /// The platform's word for the role, known or not.
    pub role: Sym,
    /// A system user.
    pub system: bool,
    /// When the membership began, as written (RFC 3339).
    pub created_at: Option<Sym>,
    /// Who began it, as written.
    pub created_by: Option<Sym>,
}

/// A partnership.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Partner {
    /// The platform's id of the partner business.
    pub id: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// Which way it points.
    pub direction: Direction,
    /// When it began, as written.
    pub created_at: Option<Sym>,
}

/// An asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asset {
    /// The platform's id.
    pub id: Sym,
    /// The platform's word for its type, known or not.
    pub kind: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// Id of the business that owns it.
    pub owner_business: Option<Sym>,
    /// The client, where the export knows it.
    pub client: Option<Sym>,
}

/// A grant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Grant {
    /// Who: index into members or partners.
    pub principal: PrincipalIx,
    /// Index of the asset.
    pub asset: u32,
    /// What.
    pub permissions: PermissionSet,
}

/// An asset in a group: indexes into the assets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Content {
    /// The group.
    pub group: u32,
    /// The asset.
    pub asset: u32,
}

/// Kinds of invites and requests.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InviteKind {
    /// Somebody is asked to become an employee.
    MemberInvite,
    /// A business is asked to become an inbound partner.
    PartnerInvite,
    /// A business is asked to let us in.
    PartnerRequest,
}

/// Where an invite stands.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InviteStatus {
    /// Waiting for an answer.
    Pending,
    /// Accepted: the relation exists.
    Accepted,
    /// Declined.
    Declined,
    /// Cancelled by us.
    Cancelled,
    /// Never answered.
    Expired,
}

/// An invite or request. Unknown kinds or states make the collection incomplete and are kept in `problems`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invite {
    /// The platform's id.
    pub id: Sym,
    /// What it asks for.
    pub kind: InviteKind,
    /// An address, user name or partner id, as written.
    pub invitee: Sym,
    /// The platform's word for the role, where it has one.
    pub role: Option<Sym>,
    /// Where it stands.
    pub status: InviteStatus,
    /// Whether somebody else sent it to us.
    pub received: bool,
    /// When it was sent, as written (RFC 3339).
    pub sent_at: Option<Sym>,
    /// When it was last changed (answered), as written.
    pub updated_at: Option<Sym>,
    /// When it lapses, as written.
    pub expires_at: Option<Sym>,
    /// Grants that come with acceptance: asset id (which may be unknown to `assets`) and permissions; sorted by asset id text.
    pub grants: Vec<(Sym, PermissionSet)>,
}

/// One line of a partner's roster: one of the partner's people on one of our assets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RosterRow {
    /// The partner's id.
    pub partner: Sym,
    /// The person's address.
    pub email: Option<Sym>,
    /// The person's user name.
    pub username: Option<Sym>,
    /// The person's role in the partner business, as written.
    pub role: Option<Sym>,
    /// The asset's id; absent where the row only says that the person works there.
    pub asset: Option<Sym>,
    /// What the person may do there.
    pub permissions: PermissionSet,
}

impl ObservedState {
    /// The string of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// The words of a set, known and unknown, sorted in byte order.
    pub fn words(&self, set: PermissionSet) -> Vec<String> {
        let mut words: Vec<String> = self
            .platform
            .words(set.known)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if let Some(foreign) = (set.foreign as usize)
            .checked_sub(1)
            .and_then(|index| self.foreign.get(index))
        {
            words.extend(foreign.iter().cloned());
        }
        words.sort_unstable();
        words
    }

    /// Whether a collection is proven whole.
    pub fn is_complete(&self, collection: Collection) -> bool {
        self.completeness.get(&collection) == Some(&Completeness::Complete)
    }
}
