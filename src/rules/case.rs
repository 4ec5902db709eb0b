//! What a rule looks at.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::desired::DesiredState;
use crate::diff::Change;
use crate::graph::{AccessGraph, Differing, Effective, Node};
use crate::observed::ObservedState;
use crate::policy::outside::{Activity, Directory};
use crate::policy::{Applicant, Policy, Waivers};
use crate::source::{Pos, Span};

use super::finding::Place;
use super::rule::Data;

/// What a rule is asked about: a state of access, what it is compared with, and what is known besides.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The state that is looked at.
    pub now: World<'a>,
    /// The state before; for rules of [`Kind::Change`](super::Kind::Change) always there, for the others never.
    pub before: Option<World<'a>>,
    /// The state as it is, where `now` is what a change leads to. What others report, such as rosters, is about this one.
    pub as_is: Option<World<'a>>,
    /// Which part of the state is asked about; see [`Case::looks_at`].
    pub part: Part<'a>,
    /// What is known besides.
    pub known: Known<'a>,
    /// The policy, which is that of the state after also when the state before is looked at: a policy that changes doesn't make
    /// findings come or go.
    pub policy: &'a Policy,
    /// For rules of [`Kind::Waivers`](super::Kind::Waivers): the waivers, with which of them were of use.
    pub waivers: Option<&'a Waivers<'a>>,
    /// The day for which ends and ages count, in UTC.
    pub day: Date,
}

/// Which part of a state rules of [`Kind::Local`](super::Kind::Local) are asked about. Of what changes, rules of
/// [`Kind::Change`](super::Kind::Change) may look only at the part that differs.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// All of it.
    Whole,
    /// Only those about whom the states before and after differ.
    Changed(&'a Differing),
    /// Only the others.
    Same(&'a Differing),
}

/// What is known besides the states.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The moment for which ends and ages count.
    pub as_of: Timestamp,
    /// Who works here.
    pub directory: Option<&'a Directory>,
    /// When people were last active.
    pub activity: Option<&'a Activity>,
    /// An earlier version of the files.
    pub base: Option<&'a DesiredState>,
    /// The plan that leads from the state before to the one that is looked at.
    pub plan: Option<&'a PlanFacts<'a>>,
}

/// What rules may know of a plan.
pub struct PlanFacts<'a> {
    /// Its operations as differences, in their order, by business.
    pub changes: Vec<(usize, Vec<&'a Change>)>,
    /// Differences for which there is no safe order.
    pub conflicts: Vec<Conflict>,
    /// Who is going to apply it.
    pub applicant: &'a Applicant,
}

/// Changes that wait for each other: whichever came first would break something that holds before and after.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Conflict {
    /// Index of the business.
    pub business: usize,
    /// What one does, in one sentence.
    pub what: String,
    /// What conflicts with it.
    pub with: Vec<String>,
    /// Where it is asked for.
    pub place: Option<Place>,
}

/// One state of access with everything that explains it.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Who reaches what.
    pub graph: &'a AccessGraph,
    /// What everybody has, by person and asset.
    pub effective: &'a Effective,
    /// What the files say: the version whose lines the graph knows.
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

impl Case<'_> {
    /// The place of something in the policy.
    pub fn policy_place(&self, span: Span) -> Place {
        place(self.now.desired, span.start)
    }

    /// Whether a rule has to look at somebody or something.
    pub fn looks_at(&self, node: Node) -> bool {
        match self.part {
            Part::Whole => true,
            Part::Changed(differing) => differing.has(node),
            Part::Same(differing) => !differing.has(node),
        }
    }

    /// Whether some data is there.
    pub fn has(&self, data: Data) -> bool {
        match data {
            Data::Export => !self.now.observed.is_empty(),
            Data::Directory => self.known.directory.is_some(),
            Data::Activity => self.known.activity.is_some(),
            Data::Base => self.known.base.is_some(),
            Data::Plan => self.known.plan.is_some(),
        }
    }
}

pub(super) fn place(desired: &DesiredState, pos: Pos) -> Place {
    Place { file: desired.files.path(pos.file).to_owned(), line: pos.line, column: pos.column }
}
