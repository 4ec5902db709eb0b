//! Expressions: CEL, compiled once and checked when it is read. The only module that knows the crate.

use super::Placed;

/// A checked expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expression {
    /// As written.
    pub source: Placed<String>,
}
