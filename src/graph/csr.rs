//! Compressed rows: for each node a slice of what belongs to it, as `petgraph::csr::Csr` lays it out, with parallel edges allowed.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Values by key, in one piece of memory that copies share; rows that a change touched lie beside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Csr {
    all: Arc<Packed>,
    changed: BTreeMap<u32, Vec<u32>>,
}

#[derive(Debug, Default)]
struct Packed {
    offsets: Vec<u32>,
    values: Vec<u32>,
}

impl Csr {
    /// Sorts pairs of key and value by key with one counting pass; the order of values under a key is that of the pairs.
    pub(super) fn of(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut offsets = vec![0u32; keys + 2];
        for (key, _) in pairs.clone() {
            offsets[key as usize + 2] += 1;
        }
        for key in 2..offsets.len() {
            offsets[key] += offsets[key - 1];
        }
        let mut values = vec![0; offsets.last().map_or(0, |&last| last as usize)];
        for (key, value) in pairs {
            let next = &mut offsets[key as usize + 1];
            values[*next as usize] = value;
            *next += 1;
        }
        offsets.pop();
        Csr { all: Arc::new(Packed { offsets, values }), changed: BTreeMap::new() }
    }

    /// The values of a key.
    pub(super) fn row(&self, key: u32) -> &[u32] {
        if !self.changed.is_empty()
            && let Some(row) = self.changed.get(&key)
        {
            return row;
        }
        let key = key as usize;
        let Packed { offsets, values } = &*self.all;
        match (offsets.get(key), offsets.get(key + 1)) {
            (Some(&start), Some(&end)) => &values[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Puts other values in the place of a key's.
    pub(super) fn set(&mut self, key: u32, row: Vec<u32>) {
        self.changed.insert(key, row);
    }

    /// Adds a value behind the others of a key.
    pub(super) fn push(&mut self, key: u32, value: u32) {
        match self.changed.get_mut(&key) {
            Some(row) => row.push(value),
            None => self.set(key, [self.row(key), &[value]].concat()),
        }
    }

    /// Takes pairs of key and value out. All of them at once, because a row can be long.
    pub(super) fn remove(&mut self, mut pairs: Vec<(u32, u32)>) {
        pairs.sort_unstable();
        for gone in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(key, _)) = gone.first() else { continue };
            let stays = |value: &u32| gone.binary_search(&(key, *value)).is_err();
            self.set(key, self.row(key).iter().copied().filter(stays).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Csr;

    #[test]
    fn rows_keep_the_order_of_pairs() {
        let pairs = [(2, 7), (0, 1), (2, 5), (2, 7)];
        let csr = Csr::of(4, pairs.into_iter());
        assert_eq!(csr.row(0), [1]);
        assert_eq!(csr.row(1), [0; 0]);
        assert_eq!(csr.row(2), [7, 5, 7]);
        assert_eq!(csr.row(3), [0; 0]);
        assert_eq!(csr.row(9), [0; 0]);
    }

    #[test]
    fn a_changed_copy_leaves_what_it_shares_alone() {
        let csr = Csr::of(3, [(0, 1), (2, 7), (2, 5)].into_iter());
        let mut copy = csr.clone();
        copy.remove(vec![(2, 7), (0, 9), (1, 1)]);
        copy.push(2, 8);
        copy.push(1, 4);
        copy.push(1, 3);
        assert_eq!((copy.row(0), copy.row(1), copy.row(2)), (&[1][..], &[4, 3][..], &[5, 8][..]));
        assert_eq!((csr.row(0), csr.row(1), csr.row(2)), (&[1][..], &[0; 0][..], &[7, 5][..]));
    }
}
