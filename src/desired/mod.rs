//! Desired state: what the files of an access repository say, resolved and checked.
//!
//! Built by [`resolve`](crate::desired) from the documents of all files; independent of time (`until` is kept, the
//! comparison decides with the plan's date) and of any export (people are known by key, the comparison matches ids).

mod document;
mod read;
mod reading;
mod resolve;
mod schema;
mod shapes;
#[cfg(test)]
mod tests;

pub use reading::{NamedStates, ROOT_FILE, Reading, from_folder, from_folder_beside, from_texts, paths, states_named};
pub use schema::schema;

use jiff::civil::Date;
use smallvec::SmallVec;

use crate::model::{Digest, Direction, PrincipalIx, Strings, Sym, Until};
use crate::platforms::{AssetType, Platform, Role};
use crate::policy::Policy;
use crate::source::{FileId, Files, Pos};

/// Everything the files say, for all their businesses. All vectors are sorted as their docs say; indexes are `u32`.
#[derive(Debug)]
pub struct DesiredState {
    /// Every string below.
    pub strings: Strings,
    /// The files, for positions.
    pub files: Files,
    /// Files whose last line has no line break: they may be cut, and then say less than they should.
    pub cut: Vec<FileId>,
    /// Over the paths and bytes of all files.
    pub digest: Digest,
    /// By key.
    pub businesses: Vec<Business>,
    /// Ad accounts, other assets and asset groups, by (business, key).
    pub assets: Vec<Asset>,
    /// Permission bundles, by key.
    pub profiles: Vec<Profile>,
    /// People and service accounts, by key.
    pub people: Vec<Person>,
    /// By (business, key).
    pub teams: Vec<Team>,
    /// By (business, key).
    pub partners: Vec<Partner>,
    /// Who belongs to which business, every source a row, by (business, person, position).
    pub memberships: Vec<Membership>,
    /// Grants as they are written: one for each list item.
    pub items: Vec<GrantItem>,
    /// Grants expanded to one row for each principal, asset and source, by (business, principal, asset, item, member).
    pub grants: Vec<Grant>,
    /// Which asset is in which group, by (group, asset).
    pub contents: Vec<Content>,
    /// Limits and rules.
    pub policy: Policy,
}

/// What accord may do in a business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// Make reality equal to the files.
    Enforce,
    /// Only add what is missing.
    Adopt,
    /// Never change anything.
    Observe,
}

/// Sections of a business that some file writes. What is not written is not managed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Managed {
    /// `people:` or `teams:` is written: employees and their invites.
    pub people: bool,
    /// Some person or team writes `grants:`: what employees may do on assets.
    pub people_grants: bool,
    /// `partners:` is written: partnerships and their invites. Grants are managed partner by partner ([`Partner::grants_written`]).
    pub partners: bool,
    /// `asset_groups:` is written: which groups exist. Contents are managed group by group ([`Asset::contents_written`]).
    pub groups: bool,
}

/// A tenant on a platform.
#[derive(Debug)]
pub struct Business {
    /// Its key in the files.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
    /// The platform it is on.
    pub platform: &'static Platform,
    /// The platform's id.
    pub id: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// Addresses of its owners.
    pub owners: Vec<Sym>,
    /// What accord may do.
    pub mode: Mode,
    /// Mail domains (lower case) whose addresses count as ours.
    pub domains: Vec<Sym>,
    /// People and partners (indexes into people / partners) that no plan may take access from, with the place that says so.
    /// Names of nobody in the files (their line vanished) stay as text in `protected_names`.
    pub protected: Vec<(PrincipalIx, Pos)>,
    /// Protected addresses, ids or keys as written, folded, whether or not the files name them elsewhere.
    pub protected_names: Vec<(Sym, Pos)>,
    /// Path of the export or snapshot this business is compared with, relative to the repository.
    pub snapshot: Option<Sym>,
    /// Path of the last applied state, relative to the repository.
    pub last_applied: Option<Sym>,
    /// Which sections are written.
    pub managed: Managed,
}

/// An ad account, profile, catalog or asset group.
#[derive(Debug)]
pub struct Asset {
    /// Index of its business.
    pub business: u32,
    /// Its key in the files.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
    /// Its type.
    pub kind: &'static AssetType,
    /// The platform's id; absent for a group that is to be created.
    pub id: Option<Sym>,
    /// Its name.
    pub name: Option<Sym>,
    /// Key of the partner that owns it, where it is shared with us.
    pub owner: Option<Sym>,
    /// The client it belongs to.
    pub client: Option<Sym>,
    /// Addresses or keys of those who answer for it; empty = the owners of its business.
    pub owners: Vec<Sym>,
    /// Labels.
    pub labels: Vec<Sym>,
    /// For a group: what it is for.
    pub description: Option<Sym>,
    /// For a group: the platform's words for its kinds (`BRAND`).
    pub group_types: Vec<Sym>,
    /// For a group: whether `contains:` is written.
    pub contents_written: bool,
}

/// A named bundle of permissions.
#[derive(Debug)]
pub struct Profile {
    /// Its key.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
    /// What it says.
    pub bundle: Bundle,
    /// Its purpose.
    pub description: Option<Sym>,
}

/// What a profile says.
#[derive(Debug)]
pub enum Bundle {
    /// `permissions:`; words, checked against the platform of each use.
    Permissions(Vec<(Sym, Pos)>),
    /// `needs:`; capabilities, from which the minimal set is computed for each platform and asset type.
    Needs(Vec<(Sym, Pos)>),
}

/// Addresses of a person: nearly everybody has one, and a million of them need no place of their own in the memory.
pub type Addresses = SmallVec<[Sym; 4]>;

/// A person or service account.
#[derive(Debug)]
pub struct Person {
    /// Its key: an address (as written) or a handle.
    pub key: Sym,
    /// Where the key stands: the entry in `people:`, else the first mention in a team.
    pub pos: Pos,
    /// Whether `people:` has an entry.
    pub declared: bool,
    /// Name for people to read.
    pub name: Option<Sym>,
    /// The platform's id (of the entry; people have one id on a platform).
    pub id: Option<Sym>,
    /// Addresses, folded to lower case: the key where it is one, then `also:`.
    pub addresses: Addresses,
    /// The platform's user name.
    pub username: Option<Sym>,
    /// Declared non-human login.
    pub service: bool,
    /// Invite again although an earlier invitation was declined or left before this day.
    pub invite_again: Option<Date>,
}

/// A team of one business.
#[derive(Debug)]
pub struct Team {
    /// Index of its business.
    pub business: u32,
    /// Its key.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
    /// Addresses of its owners.
    pub owners: Vec<Sym>,
    /// Its members: person, place, last day; in the order of the file.
    pub members: Vec<(u32, Pos, Until)>,
}

/// A partner of one business.
#[derive(Debug)]
pub struct Partner {
    /// Index of the business.
    pub business: u32,
    /// Its key.
    pub key: Sym,
    /// Where the key stands.
    pub pos: Pos,
    /// The platform's id of the partner business.
    pub id: Sym,
    /// Its name.
    pub name: Option<Sym>,
    /// Which way the partnership points.
    pub direction: Direction,
    /// Address of the contact.
    pub contact: Option<Sym>,
    /// Last day of the contract: partnership and grants end with it.
    pub ends: Until,
    /// Path of the roster, relative to the repository.
    pub roster: Option<Sym>,
    /// Whether `grants:` is written.
    pub grants_written: bool,
    /// Accept what they ask of us, with the grants that are written.
    pub accept: bool,
    /// Invite again although an earlier invitation was declined or left before this day.
    pub invite_again: Option<Date>,
}

/// One source of a membership: an entry in `people:` or a line in a team.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// Index of the business.
    pub business: u32,
    /// Index of the person.
    pub person: u32,
    /// The role this source asks for; the most privileged of all sources wins.
    pub role: &'static Role,
    /// Where it says so.
    pub pos: Pos,
    /// Last day.
    pub until: Until,
}

/// Who holds a written grant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Holder {
    /// A person's own `grants:`.
    Person(u32),
    /// A team's.
    Team(u32),
    /// A partner's.
    Partner(u32),
}

/// One item of a `grants:` list, as written.
#[derive(Clone, Copy, Debug)]
pub struct GrantItem {
    /// Who holds it.
    pub holder: Holder,
    /// Where the item starts.
    pub pos: Pos,
    /// Index of its profile, where it names one.
    pub profile: Option<u32>,
    /// Why it exists.
    pub reason: Option<Sym>,
    /// The ticket that asked for it.
    pub ticket: Option<Sym>,
    /// Who asked.
    pub requested_by: Option<Sym>,
    /// Who approved.
    pub approved_by: Option<Sym>,
    /// When it was approved.
    pub approved_on: Option<Date>,
    /// First day; before it the grant is not there yet.
    pub from: Option<Date>,
    /// Last day.
    pub until: Until,
}

/// A grant, expanded: one principal, one asset, one source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Grant {
    /// Who: index into people or partners.
    pub principal: PrincipalIx,
    /// Index of the asset (and through it the business).
    pub asset: u32,
    /// Permissions, as bits of the platform's table.
    pub permissions: u32,
    /// Index of the item that says so.
    pub item: u32,
    /// Last day of this source: the earliest of item, team membership, and contract of the partner that holds it or shares the asset.
    pub until: Until,
}

/// An asset in a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Content {
    /// Index of the group.
    pub group: u32,
    /// Index of the asset.
    pub asset: u32,
    /// Where it says so.
    pub pos: Pos,
}

/// Whether a file is there for `policy:`, by its path; the root file may hold it, too.
pub fn is_policy_file(path: &str) -> bool {
    matches!(path, "policy.yaml" | "policy.yml") || path.starts_with("policy/")
}

impl DesiredState {
    /// Paths of the files that say something of a business, or what must hold in all of them (`policy:`), sorted.
    pub fn files_of(&self, business: usize) -> Vec<String> {
        let ours = |index: u32| index as usize == business;
        let mut seen = vec![false; self.files.len()];
        let mut see = |pos: Pos| {
            if let Some(seen) = seen.get_mut(usize::from(pos.file.0)) {
                *seen = true;
            }
        };
        self.memberships.iter().filter(|row| ours(row.business)).for_each(|row| see(row.pos));
        self.assets.iter().filter(|row| ours(row.business)).for_each(|row| see(row.pos));
        self.teams.iter().filter(|row| ours(row.business)).for_each(|row| see(row.pos));
        self.partners.iter().filter(|row| ours(row.business)).for_each(|row| see(row.pos));
        self.businesses.get(business).into_iter().for_each(|row| see(row.pos));
        for file in &self.policy.files {
            if let Some(seen) = seen.get_mut(usize::from(file.0)) {
                *seen = true;
            }
        }
        self.files.iter().zip(seen).filter(|(_, seen)| *seen).map(|((_, path), _)| path.to_owned()).collect()
    }

    /// The string of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }
}
