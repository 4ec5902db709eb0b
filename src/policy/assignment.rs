//! Who works for which clients: what an account that somebody reaches is compared with.

use super::target::Scope;
use super::{Placed, assertion::Who};
use crate::source::Span;

/// One assignment: these people work on these assets. Assignments add up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Who.
    pub who: Vec<Who>,
    /// On what.
    pub scope: Scope,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Where the entry starts.
    pub span: Span,
}
