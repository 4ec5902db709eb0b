//! Observed state: what an export says about one business, and how whole it is.
//!
//! Values we do not know are kept word for word. A collection without proof of completeness can yield additions and
//! warnings, never removals.
//!
//! The lists are public and sorted. [`ObservedState::find_member`] and its sisters search them; the functions of `edit` keep them in
//! order; who changes a list by hand calls [`ObservedState::sort`] afterwards. Nothing is cached inside a state, so nothing can be out
//! of date: [`Lookup`] is built where many questions by name are asked.

mod check;
mod completeness;
mod digest;
pub mod draft;
mod edit;
mod equality;
mod facts;
mod fault;
mod ids;
mod late;
mod lookup;
mod notice;
mod order;
#[cfg(test)]
mod sample;
mod settle;
pub mod snapshot;
pub mod tables;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Direction, PermissionSet, PrincipalIx, Strings, Sym};
use crate::platforms::Platform;
use crate::source::Problem;

pub use completeness::Sentinel;
pub use fault::{Fault, ObservedError};
pub use lookup::{Handles, Lookup};

/// One business at one moment. Two are equal where they say the same, whatever their symbols are.
#[derive(Clone, Debug)]
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
    /// With which query it was read, for people.
    pub query: Option<String>,
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
    /// Who is in which team of the source, by (team, member id). Only `import` reads it.
    pub teams: Vec<TeamRow>,
    /// What teams of the source have, by (team, asset id). Only `import` reads it.
    pub team_grants: Vec<TeamGrant>,
    /// Grants whose principal or asset is not in the lists: kept word for word, by (holder, asset id). Empty in a sound export.
    pub dangling_grants: Vec<DanglingGrant>,
    /// Group contents whose group or asset is not in the list, by (group id, asset id). Empty in a sound export.
    pub dangling_contents: Vec<DanglingContent>,
    /// How whole each collection is.
    pub completeness: BTreeMap<Collection, Completeness>,
    /// What a reader should know: dangling references, unknown values, teams that don't agree. They follow from the lists
    /// ([`ObservedState::notice`]) and have no places, because rows lose theirs.
    pub problems: Vec<Problem>,
}

/// A part of an export that can be whole or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InviteKind {
    /// Somebody is asked to become an employee.
    MemberInvite,
    /// A business is asked to become an inbound partner.
    PartnerInvite,
    /// A business is asked to let us in.
    PartnerRequest,
    /// A word we don't know, kept.
    Other(Sym),
}

impl InviteKind {
    /// The kinds we know.
    pub const KNOWN: [InviteKind; 3] =
        [InviteKind::MemberInvite, InviteKind::PartnerInvite, InviteKind::PartnerRequest];

    /// The platform's word.
    pub fn word(self, strings: &Strings) -> &str {
        match self {
            InviteKind::MemberInvite => "MEMBER_INVITE",
            InviteKind::PartnerInvite => "PARTNER_INVITE",
            InviteKind::PartnerRequest => "PARTNER_REQUEST",
            InviteKind::Other(word) => strings.get(word),
        }
    }

    /// The kind of a word.
    pub fn of(word: &str, strings: &mut Strings) -> Self {
        let sym = strings.intern(word);
        InviteKind::of_sym(sym, strings)
    }

    /// The kind of a word that is stored already.
    pub fn of_sym(word: Sym, strings: &Strings) -> Self {
        InviteKind::KNOWN
            .into_iter()
            .find(|kind| kind.word(strings) == strings.get(word))
            .unwrap_or(InviteKind::Other(word))
    }
}

/// Where an invite stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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
    /// A word we don't know, kept.
    Other(Sym),
}

impl InviteStatus {
    /// The states we know.
    pub const KNOWN: [InviteStatus; 5] = [
        InviteStatus::Pending,
        InviteStatus::Accepted,
        InviteStatus::Declined,
        InviteStatus::Cancelled,
        InviteStatus::Expired,
    ];

    /// The platform's word.
    pub fn word(self, strings: &Strings) -> &str {
        match self {
            InviteStatus::Pending => "PENDING",
            InviteStatus::Accepted => "ACCEPTED",
            InviteStatus::Declined => "DECLINED",
            InviteStatus::Cancelled => "CANCELLED",
            InviteStatus::Expired => "EXPIRED",
            InviteStatus::Other(word) => strings.get(word),
        }
    }

    /// The state of a word.
    pub fn of(word: &str, strings: &mut Strings) -> Self {
        let sym = strings.intern(word);
        InviteStatus::of_sym(sym, strings)
    }

    /// The state of a word that is stored already.
    pub fn of_sym(word: Sym, strings: &Strings) -> Self {
        InviteStatus::KNOWN
            .into_iter()
            .find(|status| status.word(strings) == strings.get(word))
            .unwrap_or(InviteStatus::Other(word))
    }
}

/// An invite or request. Unknown kinds or states are kept and make the collection incomplete.
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

/// Somebody in a team of the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TeamRow {
    /// The team's name.
    pub team: Sym,
    /// The member's id.
    pub member: Sym,
}

/// What a team of the source has on an asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TeamGrant {
    /// The team's name.
    pub team: Sym,
    /// The asset's id.
    pub asset: Sym,
    /// What its members may do there.
    pub permissions: PermissionSet,
}

/// Who holds a dangling grant, by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Holder {
    /// A member.
    Member(Sym),
    /// A partner.
    Partner(Sym, Direction),
}

/// A grant whose principal or asset is not in the lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DanglingGrant {
    /// Who.
    pub holder: Holder,
    /// The asset's id.
    pub asset: Sym,
    /// What.
    pub permissions: PermissionSet,
}

/// A content whose group or asset is not in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DanglingContent {
    /// The group's id.
    pub group: Sym,
    /// The asset's id.
    pub asset: Sym,
}

impl ObservedState {
    /// A state in which nothing was read: no row, and no collection proven whole.
    pub fn new(platform: &'static Platform, business_id: impl Into<String>, captured_at: Timestamp) -> Self {
        let unread = || Completeness::Incomplete("it was not read".to_owned());
        ObservedState {
            platform,
            business_id: business_id.into(),
            business_name: None,
            captured_at,
            captured_by: None,
            source: String::new(),
            query: None,
            strings: Strings::new(),
            foreign: Vec::new(),
            members: Vec::new(),
            partners: Vec::new(),
            assets: Vec::new(),
            grants: Vec::new(),
            contents: Vec::new(),
            invites: Vec::new(),
            rosters: Vec::new(),
            teams: Vec::new(),
            team_grants: Vec::new(),
            dangling_grants: Vec::new(),
            dangling_contents: Vec::new(),
            completeness: Collection::ALL.map(|name| (name, unread())).into(),
            problems: Vec::new(),
        }
    }

    /// The string of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// The words of a set, known and unknown, sorted in byte order.
    pub fn words(&self, set: PermissionSet) -> Vec<String> {
        let mut words: Vec<String> = self.platform.words(set.known).into_iter().map(str::to_owned).collect();
        words.extend(self.foreign_words(set).iter().cloned());
        words.sort_unstable();
        words
    }

    /// The words of a set that the platform's table does not have, sorted in byte order.
    pub fn foreign_words(&self, set: PermissionSet) -> &[String] {
        (set.foreign as usize).checked_sub(1).and_then(|index| self.foreign.get(index)).map_or(&[], Vec::as_slice)
    }

    /// The set of some words, known and unknown; repetition and order mean nothing.
    pub fn permission_set<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) -> PermissionSet {
        let mut known = 0;
        let mut unknown = Vec::new();
        for word in words {
            match self.platform.permission_bit(word) {
                Some(bit) => known |= bit,
                None => unknown.push(word.to_owned()),
            }
        }
        let foreign = foreign_list(&mut self.foreign, unknown);
        PermissionSet { known, foreign }
    }

    /// How many rows a collection has, dangling ones included.
    pub fn count(&self, collection: Collection) -> usize {
        match collection {
            Collection::Members => self.members.len(),
            Collection::Partners => self.partners.len(),
            Collection::Assets => self.assets.len(),
            Collection::AssetGroupMembers => self.contents.len() + self.dangling_contents.len(),
            Collection::Grants => self.grants.len() + self.dangling_grants.len(),
            Collection::Invites => self.invites.len(),
        }
    }

    /// Whether a member's role administers the business. A role we don't know doesn't count as one that does.
    pub fn is_manager(&self, member: &Member) -> bool {
        self.platform.role(self.text(member.role)).is_some_and(|role| role.admin)
    }

    /// Whether an asset contains others.
    pub fn is_group(&self, asset: &Asset) -> bool {
        self.platform.asset_type(self.text(asset.kind)).is_some_and(|kind| kind.group)
    }

    /// Whether a collection is proven whole.
    pub fn is_complete(&self, collection: Collection) -> bool {
        self.completeness.get(&collection) == Some(&Completeness::Complete)
    }
}

/// One plus the index of a list of unknown words in `lists`, entered where it is new; 0 for none.
fn foreign_list(lists: &mut Vec<Vec<String>>, mut words: Vec<String>) -> u32 {
    if words.is_empty() {
        return 0;
    }
    words.sort_unstable();
    words.dedup();
    let index = lists.iter().position(|list| *list == words).unwrap_or_else(|| {
        lists.push(words);
        lists.len() - 1
    });
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
