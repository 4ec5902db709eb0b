//! Patterns over rows: every field that is written must fit.

use super::Placed;
use crate::source::Span;

/// A pattern. A row fits where every test holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Tests, by field.
    pub tests: Vec<Test>,
    /// Where it is written.
    pub span: Span,
}

/// One field of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// The field, an index into `record::FIELDS`.
    pub field: usize,
    /// Where its name is written.
    pub span: Span,
    /// What it must be: one of these.
    pub wanted: Vec<Placed<String>>,
}
