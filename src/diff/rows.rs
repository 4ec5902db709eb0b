//! Where the grants of each principal start: states keep them sorted by principal, so a principal's grants are one slice.

use std::ops::Range;

use crate::model::PrincipalIx;
use crate::observed::ObservedState;

use super::index;

/// Offsets into sorted grants, by person and by partner.
pub(crate) struct Rows {
    people: Vec<u32>,
    partners: Vec<u32>,
}

impl Rows {
    /// Offsets of an export's grants.
    pub(crate) fn of_observed(observed: &ObservedState) -> Self {
        Rows::new(&observed.grants, |grant| grant.principal, observed.members.len(), observed.partners.len())
    }

    /// Offsets of any grants sorted by principal, people first.
    pub(crate) fn new<T>(grants: &[T], principal: impl Fn(&T) -> PrincipalIx, people: usize, partners: usize) -> Self {
        let split = grants.partition_point(|grant| !principal(grant).is_partner());
        let (ours, theirs) = grants.split_at(split);
        let position = |grant: &T| principal(grant).index();
        Rows { people: offsets(ours, position, people, 0), partners: offsets(theirs, position, partners, split) }
    }

    /// Where the grants of a principal stand.
    pub(crate) fn range(&self, principal: PrincipalIx) -> Range<usize> {
        let offsets = if principal.is_partner() { &self.partners } else { &self.people };
        let at = principal.index();
        offsets[at] as usize..offsets[at + 1] as usize
    }

    /// The grants of a principal.
    pub(crate) fn slice<'a, T>(&self, grants: &'a [T], principal: PrincipalIx) -> &'a [T] {
        &grants[self.range(principal)]
    }
}

/// One offset for each of `count` principals and the end, in one pass.
pub(super) fn offsets<T>(sorted: &[T], position: impl Fn(&T) -> usize, count: usize, base: usize) -> Vec<u32> {
    let mut offsets = Vec::with_capacity(count + 1);
    for (row, item) in sorted.iter().enumerate() {
        while offsets.len() <= position(item) {
            offsets.push(index(base + row));
        }
    }
    offsets.resize(count + 1, index(base + sorted.len()));
    offsets
}
