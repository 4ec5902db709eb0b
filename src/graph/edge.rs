//! Edges: who belongs to what, who was given what, and which lines or records say so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::PermissionSet;
use crate::source::Pos;

use super::node::{AssetIx, BusinessIx, Node, PersonIx, TeamIx};

/// An edge of one graph.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EdgeIx(pub u32);

impl EdgeIx {
    /// For tables by edge.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// What an edge says. The order is the order in which equally short paths are preferred.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// A person was given permissions on an asset, within a business: `Person` to `Asset`.
    Grant,
    /// A person is in a team: `Person` to `Team`.
    InTeam,
    /// A team was given permissions on an asset: `Team` to `Asset`.
    TeamGrant,
    /// A group contains an asset: `Asset` to `Asset`.
    Contains,
    /// A person works in a business: `Person` to `Business`.
    Member,
    /// A business was given permissions on an asset by another one: `Business` to `Asset`.
    Share,
    /// A business owns an asset: `Business` to `Asset`.
    Owns,
    /// A business lets another one in: `Business` (who gives) to `Business` (who reaches).
    Partner,
}

/// An edge, read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// Where it starts.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// For grants: the business whose grant it is; for shares: the business that gives.
    pub within: Option<BusinessIx>,
    /// For grants and shares: what was given; `foreign` counts in the lists of the nodes.
    pub permissions: PermissionSet,
    /// For members: whether the role administers the business.
    pub admin: bool,
    /// Only there once somebody accepts or an asset appears.
    pub pending: bool,
    /// Whether our files or our export hold it, so that we can end it; what only a partner's roster says is theirs.
    pub removable: bool,
    /// Whether an export says so.
    pub recorded: bool,
}

/// A line of the files that is behind an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Line {
    /// Where it stands.
    pub pos: Pos,
    item: u32,
}

impl Line {
    /// A line that is no item of a `grants:` list.
    pub fn at(pos: Pos) -> Self {
        Line { pos, item: u32::MAX }
    }

    /// An item of a `grants:` list (an index into the items of the files).
    pub fn of_item(pos: Pos, item: u32) -> Self {
        Line { pos, item }
    }

    /// The item, where it is one.
    pub fn item(self) -> Option<u32> {
        (self.item != u32::MAX).then_some(self.item)
    }
}

/// An edge to be added to a graph, see [`Changes`](super::Changes).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewEdge {
    /// A person works in a business.
    Member {
        /// Who.
        person: PersonIx,
        /// Where.
        business: BusinessIx,
        /// Whether they administer it.
        admin: bool,
    },
    /// A person is in a team, and so has what it has.
    InTeam {
        /// Who.
        person: PersonIx,
        /// Which.
        team: TeamIx,
    },
    /// A person has permissions.
    Grant {
        /// Who.
        person: PersonIx,
        /// Whose grant it is.
        within: BusinessIx,
        /// On what.
        asset: AssetIx,
        /// Permission bits.
        permissions: u32,
    },
    /// A team has permissions, and so everybody in it.
    TeamGrant {
        /// Who.
        team: TeamIx,
        /// On what.
        asset: AssetIx,
        /// Permission bits.
        permissions: u32,
    },
    /// A business is given permissions by another.
    Share {
        /// Who gives.
        giver: BusinessIx,
        /// Who is given them.
        receiver: BusinessIx,
        /// On what.
        asset: AssetIx,
        /// Permission bits.
        permissions: u32,
    },
    /// A group contains an asset.
    Contains {
        /// The group.
        group: AssetIx,
        /// The asset.
        asset: AssetIx,
    },
}
