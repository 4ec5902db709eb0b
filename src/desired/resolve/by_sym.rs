//! What a string names, in a list by symbol: most symbols of the files are keys and ids that come in the order in which they were stored,
//! so that a list is read and written from end to end where a table of hashes would be jumped about in.

use crate::model::Sym;

/// An index for a symbol.
#[derive(Debug, Default)]
pub(super) struct BySym(Vec<u32>);

/// No index.
const NONE: u32 = u32::MAX;

impl BySym {
    /// An empty one with room for so many symbols; it grows with those that come later.
    pub(super) fn new(symbols: usize) -> Self {
        BySym(vec![NONE; symbols])
    }

    pub(super) fn get(&self, sym: Sym) -> Option<u32> {
        self.0.get(sym.index()).copied().filter(|index| *index != NONE)
    }

    /// Answers what stood there before.
    pub(super) fn insert(&mut self, sym: Sym, index: u32) -> Option<u32> {
        if self.0.len() <= sym.index() {
            self.0.resize(sym.index() + 1, NONE);
        }
        let before = self.get(sym);
        self.0[sym.index()] = index;
        before
    }

    /// Gives every index its new one.
    pub(super) fn renumber(&mut self, new: &[u32]) {
        for index in self.0.iter_mut().filter(|index| **index != NONE) {
            *index = new[*index as usize];
        }
    }
}
