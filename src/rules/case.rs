//! What a rule looks at.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::desired::DesiredState;
use crate::graph::AccessGraph;
use crate::observed::ObservedState;
use crate::source::Pos;

use super::finding::Place;

/// What a rule is asked about: a state of access, what it is compared with, and what is known besides.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The state that is looked at.
    pub now: World<'a>,
    /// The state before; for rules of [`Kind::Change`](super::Kind::Change) always there, for the others never.
    pub before: Option<World<'a>>,
    /// The moment for which ends and ages count.
    pub as_of: Timestamp,
    /// Its day in UTC.
    pub day: Date,
}

/// One state of access with everything that explains it.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Who reaches what.
    pub graph: &'a AccessGraph,
    /// What the files say, policy included.
    pub desired: &'a DesiredState,
    /// Exports of the businesses that have one, by business; empty where only the files are looked at.
    pub observed: &'a [Export<'a>],
}

/// The export of one business, or what a plan makes of it.
#[derive(Clone, Copy)]
pub struct Export<'a> {
    /// Index of the business in [`DesiredState::businesses`].
    pub business: usize,
    /// The state.
    pub state: &'a ObservedState,
}

impl World<'_> {
    /// A position in the files as findings name it.
    pub fn place(&self, pos: Pos) -> Place {
        Place { file: self.desired.files.path(pos.file).to_owned(), line: pos.line, column: pos.column }
    }
}
