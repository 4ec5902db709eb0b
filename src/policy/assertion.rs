//! Assertions: what must be so, whatever the grants are.

use super::Placed;
use super::target::Scope;
use crate::source::Span;

/// One assertion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    /// What it claims.
    pub claim: Claim,
    /// Names of capabilities, or [`ANY_ACCESS`].
    pub capabilities: Vec<Placed<String>>,
    /// Who: for `can` and `cannot` those it is about, for `who_can` the exact list.
    pub who: Vec<Who>,
    /// On what.
    pub scope: Scope,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Where the entry starts.
    pub span: Span,
}

/// Instead of a capability: any access at all.
pub const ANY_ACCESS: &str = "access";

/// What an assertion claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    /// Each of them can do all of it on each of the assets.
    Can,
    /// None of them can do any of it on any of the assets.
    Cannot,
    /// Exactly these can do any of it on any of the assets.
    WhoCan,
}

/// Somebody a policy names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A person or service account; `key` is that of the files where they know the name, else as written.
    Person {
        /// As written.
        written: Placed<String>,
        /// The key.
        key: String,
    },
    /// Everybody in a team.
    Team {
        /// As written.
        written: Placed<String>,
        /// Key of its business.
        business: String,
        /// Keys of its members.
        members: Vec<String>,
    },
    /// Everybody who gets in through a partner.
    Partner {
        /// As written: the partner's key.
        written: Placed<String>,
        /// Key of our business.
        business: String,
        /// The platform's id of the partner business.
        id: String,
    },
}

impl Who {
    /// As written.
    pub fn written(&self) -> &Placed<String> {
        match self {
            Who::Person { written, .. } | Who::Team { written, .. } | Who::Partner { written, .. } => written,
        }
    }
}
