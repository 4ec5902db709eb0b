//! Ids that were read, found by their number: a million rows name few things, and a number is found three times as fast as a text.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::model::Sym;

/// Ids in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Ids {
    numbers: Vec<u64>,
    syms: Vec<Sym>,
    /// Places in the two lists, by hash of the number.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// The place of the last id that was asked for in order.
    last: usize,
}

/// So far ahead the next id is looked for: not every principal has a grant.
const AHEAD: usize = 16;

impl Ids {
    pub(super) fn with_capacity(ids: usize) -> Self {
        Ids {
            numbers: Vec::with_capacity(ids),
            syms: Vec::with_capacity(ids),
            table: HashTable::with_capacity(ids),
            ..Ids::default()
        }
    }

    /// The symbol of an id. In order means: it is likely the one that was asked for last in order, or comes soon behind it.
    pub(super) fn find(&mut self, number: u64, in_order: bool) -> Option<Sym> {
        if in_order {
            let ahead = self.numbers.iter().skip(self.last).take(AHEAD);
            if let Some(steps) = ahead.clone().position(|known| *known == number) {
                self.last += steps;
                return self.syms.get(self.last).copied();
            }
        }
        let hash = self.hasher.hash_one(number);
        let place = *self.table.find(hash, |&place| self.numbers.get(place as usize) == Some(&number))? as usize;
        if in_order {
            self.last = place;
        }
        self.syms.get(place).copied()
    }

    /// Takes an id in that was not found.
    pub(super) fn add(&mut self, number: u64, sym: Sym) {
        // More than 32 bits can number are refused when the rows are settled; until then they are found by their text.
        let Ok(place) = u32::try_from(self.numbers.len()) else { return };
        self.numbers.push(number);
        self.syms.push(sym);
        let Ids { numbers, table, hasher, .. } = self;
        let hash = |&place: &u32| hasher.hash_one(numbers.get(place as usize).copied().unwrap_or_default());
        table.insert_unique(hasher.hash_one(number), place, hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Strings;

    #[test]
    fn ids_are_found_in_any_order() {
        let mut strings = Strings::new();
        let mut ids = Ids::with_capacity(4);
        let pairs: Vec<(u64, Sym)> =
            (1..200).map(|number| (number * 7919, strings.intern(&number.to_string()))).collect();
        for &(number, sym) in &pairs {
            assert_eq!(ids.find(number, false), None);
            ids.add(number, sym);
        }
        for in_order in [true, false] {
            for &(number, sym) in pairs.iter().chain(pairs.iter().rev()).chain(pairs.iter().step_by(31)) {
                assert_eq!(ids.find(number, in_order), Some(sym));
                assert_eq!(ids.find(number + 1, in_order), None);
            }
        }
    }
}
