//! Delegation boundaries: which files may grant what.

use super::Placed;
use super::target::Scope;
use crate::source::Span;

/// One boundary: files that fit its patterns may grant only this. Several that fit a file add up to what it may grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Boundary {
    /// Patterns of paths, relative to the repository (`teams/emea/**`).
    pub files: Vec<Placed<String>>,
    /// On which assets.
    pub scope: Scope,
    /// Permissions that may be granted; none named = any.
    pub permissions: Vec<Placed<String>>,
    /// Capabilities that a grant may give; none named = any. Undecided ones count as given.
    pub capabilities: Vec<Placed<String>>,
    /// Whom grants may be for.
    pub holders: Vec<Placed<HolderKind>>,
    /// Whether these files may give the manager's role.
    pub managers: bool,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Where the entry starts.
    pub span: Span,
}

/// Whom a grant is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HolderKind {
    /// People by name.
    People,
    /// Teams.
    Teams,
    /// Partners.
    Partners,
}

/// The words of [`HolderKind`], in its order.
pub const HOLDERS: [&str; 3] = ["people", "teams", "partners"];
