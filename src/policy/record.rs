//! What an evaluation sees: one row for each person and asset, with everything known of both. Borrowed, and cheap to copy.
//!
//! [`FIELDS`] is the one table of what a pattern, an expression and a test record may name.

use jiff::civil::Date;

use crate::platforms::Platform;

/// Somebody, made once for all rows of the person.
#[derive(Clone, Debug, Default)]
pub struct PersonFacts<'a> {
    /// Key in the files, else address, else user name, else id.
    pub key: &'a str,
    /// The platform's id, where known.
    pub id: Option<&'a str>,
    /// Every address, in lower case.
    pub addresses: Vec<&'a str>,
    /// Name for people to read.
    pub name: Option<&'a str>,
    /// A declared non-human login.
    pub service: bool,
    /// No address is of our own domains.
    pub external: bool,
    /// The business role (`manager`, `employee`), the most privileged of all our businesses; absent for who is in none.
    pub role: Option<&'a str>,
    /// Keys of the teams this person is in.
    pub teams: Vec<&'a str>,
    /// Whether the directory says that two-factor is on.
    pub two_factor: Option<bool>,
    /// What the directory says of the person (`active`, `left`...).
    pub status: Option<&'a str>,
    /// Days since the last activity.
    pub inactive_days: Option<u32>,
}

/// An asset, made once for all rows of the asset.
#[derive(Clone, Debug, Default)]
pub struct AssetFacts<'a> {
    /// Key in the files, else the id.
    pub key: &'a str,
    /// The platform's id.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Key of its business (of ours).
    pub business: &'a str,
    /// Its type, as files write it (`ad-account`, `asset-group`).
    pub kind: &'a str,
    /// The client it belongs to.
    pub client: Option<&'a str>,
    /// Its labels.
    pub labels: Vec<&'a str>,
    /// Key of the partner that owns it; absent where it is our own.
    pub owner: Option<&'a str>,
}

/// One row: a person on an asset, over all paths.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// Who.
    pub person: &'a PersonFacts<'a>,
    /// On what.
    pub asset: &'a AssetFacts<'a>,
    /// The platform, whose tables the masks are of.
    pub platform: &'static Platform,
    /// Permissions over all paths.
    pub permissions: u32,
    /// What they are known to let one do.
    pub capabilities: u64,
    /// What they may let one do beside that: cells that no source decides.
    pub undecided: u64,
    /// Kinds of path.
    pub paths: PathKinds,
    /// Keys of the partners the access arrives through, sorted.
    pub partners: &'a [&'a str],
    /// Days until the access ends; absent where some path has no end.
    pub days_left: Option<i64>,
    /// Day of the evaluation.
    pub as_of: Date,
}

/// Kinds of path, as bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PathKinds(pub u8);

impl PathKinds {
    /// A grant of the person's own.
    pub const DIRECT: PathKinds = PathKinds(1);
    /// Through a team.
    pub const TEAM: PathKinds = PathKinds(2);
    /// Through an asset group.
    pub const GROUP: PathKinds = PathKinds(4);
    /// Through a partner.
    pub const PARTNER: PathKinds = PathKinds(8);
    /// As a manager of the business.
    pub const MANAGER: PathKinds = PathKinds(16);

    /// Both together.
    #[must_use]
    pub fn with(self, other: PathKinds) -> PathKinds {
        PathKinds(self.0 | other.0)
    }
}

/// The words of [`PathKinds`], by bit.
pub const PATH_WORDS: [&str; 5] = ["direct", "team", "group", "partner", "manager"];
