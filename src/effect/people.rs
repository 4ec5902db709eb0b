//! The people of a business, as far as anybody names them.

use std::collections::BTreeSet;

use crate::graph::{AccessGraph, BusinessIx, Node};
use crate::model::PersonRef;

/// Who works in a business.
pub(super) struct Population {
    /// Those a roster, an export or the files name; `None` = nobody does.
    pub(super) people: Option<Vec<PersonRef>>,
}

impl Population {
    pub(super) fn of(before: &AccessGraph, after: &AccessGraph, business: BusinessIx) -> Self {
        let mut people = BTreeSet::new();
        for graph in [before, after] {
            people.extend(graph.members_of(business).filter_map(|edge| match graph.edge(edge).from {
                Node::Person(person) => Some(person),
                Node::Business(_) | Node::Asset(_) | Node::Team(_) => None,
            }));
        }
        let nodes = after.nodes();
        let mut refs: Vec<PersonRef> = people.into_iter().map(|person| nodes.person_ref(person)).collect();
        refs.sort_by_cached_key(|person| (person.label(), person.clone()));
        Population { people: (!refs.is_empty()).then_some(refs) }
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.people.is_none()
    }
}
