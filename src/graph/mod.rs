//! The access graph: businesses, partners, people and assets, and everything that gives somebody something.
//!
//! One [`AccessGraph`] is one state of access over all businesses of a run, in one of three [`Reading`]s: what an export shows, what
//! the files want on a day, or what there will be after a plan. The graphs of one [`Builder`] share their [`Nodes`], so an index means
//! the same in all of them, and two graphs are compared row by row.
//!
//! - **Effective** access is what somebody has now: by a grant, a team, an asset group, or as one of a partner's people; those get at
//!   most what the partner has. **Potential** access is what somebody who administers a business could give to himself.
//! - What an asset's owner says about who reaches it counts more than what the partner's own export says.
//! - Unknown is not empty: where nobody says what a partner has, its people's grants count in full.
//!
//! | file | what it does |
//! |---|---|
//! | `node`, `edge` | what there is; `name` finds it and says what it is called |
//! | `identity` | who is who across businesses, rosters and files |
//! | `build/` | edges from an export, from the files, from a plan |
//! | `caps` | what a partner has, which its people can't exceed |
//! | `effective` | who can do what |
//! | `paths` | how, with the lines and records behind every hop |
//! | `potential` | what managers could give themselves; who administers an asset |
//! | `reach` | the other way: who is concerned |
//! | `focus` | what lies around one node |
//! | `cut` | the fewest edges that end an access |
//! | `changes`, `patch` | the graph after a change, and only what it touches computed again |
//! | `differing` | about whom two graphs differ |

mod build;
mod caps;
mod changes;
mod csr;
mod cut;
mod differing;
mod edge;
mod effective;
mod flood;
mod focus;
mod identity;
mod name;
mod node;
mod patch;
mod paths;
mod potential;
mod reach;
mod store;
#[cfg(test)]
mod tests;

pub use build::{Builder, Groundwork, Pending, Sources, StateSource};
pub use changes::Changes;
pub use cut::Cut;
pub use differing::Differing;
pub use edge::{Edge, EdgeIx, EdgeKind, Line, NewEdge};
pub use effective::{Access, Effective, Ways, Without};
pub use name::{HopRef, PathRef, PlaceRef};
pub use node::{
    Asset, AssetIx, Business, BusinessIx, BusinessRef, Name, NameKind, Node, NodeRef, Nodes, Partnership, Person,
    PersonIx, PersonKind, Team, TeamIx, TeamRef,
};
pub use paths::{Hop, Path};
pub use potential::{Administers, Potential};
pub use store::{AccessGraph, Reading};
