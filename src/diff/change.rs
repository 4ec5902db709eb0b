//! What a comparison yields: differences, what is held back, what waits. Indexes into the two states, no text of its own
//! but for messages; `plan` turns them into operations.

use jiff::civil::Date;

use crate::model::PermissionSet;
use crate::observed::Collection;
use crate::platforms::Role;
use crate::source::Pos;

use super::scope::Only;

/// The same thing on both sides: its index in the desired and in the observed state. At least one is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pair {
    /// Index in the desired state.
    pub desired: Option<u32>,
    /// Index in the observed state.
    pub observed: Option<u32>,
}

impl Pair {
    /// Known by the files only.
    pub fn desired(index: u32) -> Self {
        Pair { desired: Some(index), observed: None }
    }

    /// Known by the export only.
    pub fn observed(index: u32) -> Self {
        Pair { desired: None, observed: Some(index) }
    }

    /// Known by both.
    pub fn both(desired: u32, observed: u32) -> Self {
        Pair { desired: Some(desired), observed: Some(observed) }
    }
}

/// Who holds or shall hold something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Who {
    /// A person or service account: people on one side, members on the other.
    Person(Pair),
    /// A partner.
    Partner(Pair),
}

/// A difference that can become an operation.
#[derive(Clone, Debug)]
pub enum Difference {
    /// A group is missing.
    CreateGroup {
        /// The group in the files.
        group: u32,
    },
    /// An asset is missing in a group.
    AddToGroup {
        /// The group.
        group: Pair,
        /// The asset.
        asset: Pair,
    },
    /// A group has an asset too many.
    RemoveFromGroup {
        /// The group.
        group: Pair,
        /// The asset.
        asset: Pair,
    },
    /// No line asks for a group.
    DeleteGroup {
        /// The group in the export.
        group: u32,
    },
    /// A relation is missing and is to be asked for.
    Invite {
        /// Who is asked.
        who: Who,
        /// The role of a person.
        role: Option<&'static Role>,
        /// What comes with acceptance: assets and permission bits.
        grants: Vec<(Pair, u32)>,
        /// Pending invites that are cancelled first.
        instead_of: Vec<u32>,
    },
    /// A pending invite brings less than it should.
    Attach {
        /// The invite.
        invite: u32,
        /// Who is asked.
        who: Who,
        /// What shall come with acceptance.
        grants: Vec<(Pair, u32)>,
    },
    /// They asked us for the relation that the files want, and the files say to accept.
    Accept {
        /// What they sent us.
        invite: u32,
        /// Who.
        partner: Pair,
        /// What they get with it.
        grants: Vec<(Pair, u32)>,
    },
    /// No line asks for a pending invite as it is.
    Cancel {
        /// The invite.
        invite: u32,
        /// Who is asked, where the files or the members know them.
        who: Option<Who>,
    },
    /// A role differs.
    SetRole {
        /// The member.
        person: Pair,
        /// The role wanted.
        after: &'static Role,
        /// Whether it is the less privileged one.
        lowers: bool,
    },
    /// A grant is missing or differs.
    SetGrant {
        /// Who.
        who: Who,
        /// On what.
        asset: Pair,
        /// What they have.
        before: PermissionSet,
        /// What they shall have: bits of the platform's table, never none.
        after: u32,
    },
    /// No line asks for a grant.
    RemoveGrant {
        /// Who.
        who: Who,
        /// On what.
        asset: Pair,
        /// What they have.
        before: PermissionSet,
    },
    /// We have other rights with an outbound partner than the files say.
    RequestAccess {
        /// The partner.
        partner: Pair,
        /// The partner's asset.
        asset: Pair,
        /// What we have.
        before: PermissionSet,
        /// What we want.
        after: u32,
    },
    /// No line asks for a membership.
    RemoveMember {
        /// The member.
        person: Pair,
    },
    /// No line asks for a partnership.
    RemovePartner {
        /// The partner.
        partner: Pair,
    },
}

/// A difference with its reason.
#[derive(Clone, Debug)]
pub struct Change {
    /// What differs.
    pub difference: Difference,
    /// Why.
    pub cause: Cause,
    /// Whose change it is.
    pub origin: Origin,
}

/// A place in the files that takes part in a cause.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Source {
    /// Where.
    pub pos: Pos,
    /// What is there, for people (`team social-fr`).
    pub what: String,
    /// The item of a `grants:` list that stands there.
    pub item: Option<u32>,
}

/// Why there is a difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    /// These lines ask for it.
    Written(Vec<Source>),
    /// No line asks for what exists; the nearest place a reader would look.
    Unwritten(Option<Source>),
    /// A line ended on this day.
    Ended(Source, Date),
}

/// Whose change it is, where a last applied state is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// It is not known.
    Unknown,
    /// The files changed.
    Files,
    /// Reality moved.
    Drift,
    /// Both did, to different ends.
    Conflict,
}

/// Why a difference is held back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// The business only adds.
    Adopt,
    /// The business is never changed.
    Observe,
    /// It rests on a collection that is not proven whole.
    Incomplete,
    /// It would overwrite a value that the platform's table does not have.
    UnknownValue,
    /// The invitation was declined.
    Declined,
    /// The member or partner left by themselves, or was removed by hand.
    Left,
    /// Ids and names contradict each other.
    IdSwap,
    /// Names of one side fit several of the other.
    Ambiguous,
    /// It holds a permission that can be read and not written.
    Unwritable,
    /// The export has no such asset.
    UnknownAsset,
    /// The export has the asset with another type.
    WrongType,
    /// They asked us: the answer is ours.
    Received,
}

impl Why {
    /// As plans write it.
    pub fn word(self) -> &'static str {
        match self {
            Why::Adopt => "adopt",
            Why::Observe => "observe",
            Why::Incomplete => "incomplete",
            Why::UnknownValue => "unknown-value",
            Why::Declined => "declined",
            Why::Left => "left",
            Why::IdSwap => "id-swap",
            Why::Ambiguous => "ambiguous",
            Why::Unwritable => "unwritable",
            Why::UnknownAsset => "unknown-asset",
            Why::WrongType => "wrong-type",
            Why::Received => "received",
        }
    }
}

/// What is held back.
#[derive(Clone, Debug)]
pub enum Held {
    /// A difference.
    Difference(Difference),
    /// Something that has no single difference, in one sentence.
    Sentence(String),
}

/// A difference that is held back.
#[derive(Clone, Debug)]
pub struct Withheld {
    /// Why.
    pub why: Why,
    /// What.
    pub what: Held,
    /// Whether it would have taken access away.
    pub removal: bool,
    /// Whom it is about, where it is one person or partner.
    pub who: Option<Who>,
    /// The place that asks for it.
    pub place: Option<Source>,
    /// Other places that take part.
    pub related: Vec<Source>,
    /// What to do about it.
    pub help: Option<String>,
}

/// A pending invite that matches the files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Waiting {
    /// The invite.
    pub invite: u32,
    /// Who must answer.
    pub who: Who,
}

/// A grant that takes effect only later.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Deferred {
    /// Who.
    pub who: Who,
    /// On what.
    pub asset: Pair,
    /// Permission bits.
    pub permissions: u32,
    /// After what.
    pub until: String,
}

/// Something a reader should know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Notice {
    /// Its kind, as plans write it.
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// The place it concerns.
    pub place: Option<Source>,
}

/// An end that falls due soon.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Upcoming {
    /// The last day.
    pub until: Date,
    /// The line, and what ends there.
    pub place: Source,
}

/// The result of a comparison.
#[derive(Debug, Default)]
pub struct ChangeSet {
    /// What to do, in no meaningful order.
    pub changes: Vec<Change>,
    /// What is held back.
    pub withheld: Vec<Withheld>,
    /// Matching invites that wait.
    pub waiting: Vec<Waiting>,
    /// Grants that take effect later.
    pub deferred: Vec<Deferred>,
    /// What a reader should know.
    pub notices: Vec<Notice>,
    /// Ends within the horizon.
    pub upcoming: Vec<Upcoming>,
    /// Managed facts that are equal on both sides.
    pub unchanged: u64,
    /// What is not managed, in words.
    pub unmanaged: Vec<String>,
    /// Sections that are managed, by stable names (`people`, `partner-grants inbound 5009`).
    pub managed: Vec<String>,
    /// What identities contradict each other: ids swapped.
    pub swaps: Vec<String>,
    /// What `only` names and neither side has.
    pub unknown_only: Vec<Only>,
    /// Who is who.
    pub matches: super::Matches,
}

impl Difference {
    /// Whether it takes something away that somebody has or is about to get.
    pub fn removes(&self) -> bool {
        match self {
            Difference::CreateGroup { .. }
            | Difference::AddToGroup { .. }
            | Difference::Attach { .. }
            | Difference::Accept { .. } => false,
            Difference::RemoveFromGroup { .. }
            | Difference::DeleteGroup { .. }
            | Difference::Cancel { .. }
            | Difference::RemoveGrant { .. }
            | Difference::RemoveMember { .. }
            | Difference::RemovePartner { .. } => true,
            Difference::Invite { instead_of, .. } => !instead_of.is_empty(),
            Difference::SetRole { lowers, .. } => *lowers,
            Difference::SetGrant { before, after, .. } | Difference::RequestAccess { before, after, .. } => {
                before.has_foreign() || before.known & !after != 0
            }
        }
    }

    /// The collections that a removal rests on: what is not proven whole removes nothing.
    pub fn rests_on(&self) -> &'static [Collection] {
        match self {
            Difference::CreateGroup { .. } | Difference::DeleteGroup { .. } => {
                &[Collection::Assets, Collection::AssetGroupMembers]
            }
            Difference::AddToGroup { .. } | Difference::RemoveFromGroup { .. } => &[Collection::AssetGroupMembers],
            Difference::Invite { who: Who::Person(_), .. } => &[Collection::Members, Collection::Invites],
            Difference::Invite { who: Who::Partner(_), .. } | Difference::Accept { .. } => {
                &[Collection::Partners, Collection::Invites]
            }
            Difference::Attach { .. } | Difference::Cancel { .. } => &[Collection::Invites],
            Difference::SetRole { .. } | Difference::RemoveMember { .. } => &[Collection::Members],
            Difference::SetGrant { .. } | Difference::RemoveGrant { .. } | Difference::RequestAccess { .. } => {
                &[Collection::Grants]
            }
            Difference::RemovePartner { .. } => &[Collection::Partners],
        }
    }

    /// Whom it is about.
    pub fn who(&self) -> Option<Who> {
        match *self {
            Difference::CreateGroup { .. }
            | Difference::AddToGroup { .. }
            | Difference::RemoveFromGroup { .. }
            | Difference::DeleteGroup { .. } => None,
            Difference::Invite { who, .. }
            | Difference::Attach { who, .. }
            | Difference::SetGrant { who, .. }
            | Difference::RemoveGrant { who, .. } => Some(who),
            Difference::Cancel { who, .. } => who,
            Difference::SetRole { person, .. } | Difference::RemoveMember { person } => Some(Who::Person(person)),
            Difference::Accept { partner, .. }
            | Difference::RequestAccess { partner, .. }
            | Difference::RemovePartner { partner } => Some(Who::Partner(partner)),
        }
    }
}
