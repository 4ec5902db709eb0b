//! About whom two graphs differ, so that the rest is looked at once for both.

use std::sync::Arc;

use super::edge::{EdgeIx, EdgeKind};
use super::effective::Effective;
use super::node::{BusinessIx, Node, PersonIx};
use super::store::{AccessGraph, NONE, Raw, Row};

/// The people and businesses about which two graphs of the same nodes differ.
///
/// Of everybody else both say the same: where they belong, what they were given and by which kind of path, whom they let in, and, in the
/// end, what they can do. Lines behind edges and the numbers of edges don't count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Differing {
    people: Vec<bool>,
    businesses: Vec<bool>,
}

impl Differing {
    /// Whether they differ about a node. Of teams and assets it isn't known, so they do.
    pub fn has(&self, node: Node) -> bool {
        match node {
            Node::Person(person) => self.people[person.at()],
            Node::Business(business) => self.businesses[business.at()],
            Node::Team(_) | Node::Asset(_) => true,
        }
    }

    /// Between a graph and another one, each with what everybody has in it; `None` where that may be anything: where they don't have the
    /// same nodes, or groups contain other things.
    pub fn between(one: (&AccessGraph, &Effective), other: (&AccessGraph, &Effective)) -> Option<Self> {
        let pair = Pair { one: one.0, other: other.0 };
        if !Arc::ptr_eq(&pair.one.nodes, &pair.other.nodes) {
            return None;
        }
        let nodes = pair.one.nodes();
        if nodes.assets().any(|group| pair.lists(|graph| graph.index.contents.row(group.0))) {
            return None;
        }
        let person = |person| pair.person(person) || one.1.of(person) != other.1.of(person);
        Some(Differing {
            people: nodes.people().map(person).collect(),
            businesses: nodes.businesses().map(|business| pair.business(business)).collect(),
        })
    }
}

/// Two graphs of the same nodes.
struct Pair<'g> {
    one: &'g AccessGraph,
    other: &'g AccessGraph,
}

impl Pair<'_> {
    fn person(&self, person: PersonIx) -> bool {
        self.lists(|graph| graph.index.businesses_of.row(person.0))
            || self.lists(|graph| graph.index.teams_of.row(person.0))
            || differ(self.one.rows_of(person), self.other.rows_of(person), |one, other| self.rows(one, other))
    }

    fn business(&self, business: BusinessIx) -> bool {
        self.lists(|graph| graph.index.shares_to.row(business.0))
            || self.lists(|graph| graph.index.members_of.row(business.0))
            || self.lists(|graph| graph.index.partners.row(business.0))
            || self.lists(|graph| graph.index.owns.row(business.0))
    }

    /// Whether lists of edges differ. The same edges in another order count as different, which is the safe side.
    fn lists<'g>(&'g self, list: impl Fn(&'g AccessGraph) -> &'g [u32]) -> bool {
        differ(list(self.one), list(self.other), |&one, &other| self.edges(one, other))
    }

    fn rows(&self, one: &Row, other: &Row) -> bool {
        let lines = match (one.line, other.line) {
            (NONE, NONE) => false,
            (NONE, _) | (_, NONE) => true,
            (one, other) => self.edges(one, other),
        };
        (one.asset, one.permissions) != (other.asset, other.permissions) || lines || self.edges(one.edge, other.edge)
    }

    fn edges(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.one.raw(one), self.other.raw(other));
        if a.kind == EdgeKind::Member {
            // Roles are numbered as they come; their words count.
            let role = |graph: &AccessGraph, edge| graph.role(EdgeIx(edge)).map(str::to_owned);
            return Raw { extra: b.extra, ..*a } != *b
                || (a.extra != b.extra && role(self.one, one) != role(self.other, other));
        }
        a != b
    }
}

fn differ<T>(one: &[T], other: &[T], differs: impl Fn(&T, &T) -> bool) -> bool {
    one.len() != other.len() || one.iter().zip(other).any(|(one, other)| differs(one, other))
}
