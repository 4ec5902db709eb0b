//! Compressed rows: for each node a slice of what belongs to it, as `petgraph::csr::Csr` lays it out, with parallel edges allowed.

/// Values by key, in one piece of memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Csr {
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
        Csr { offsets, values }
    }

    /// The values of a key.
    pub(super) fn row(&self, key: u32) -> &[u32] {
        let key = key as usize;
        match (self.offsets.get(key), self.offsets.get(key + 1)) {
            (Some(&start), Some(&end)) => &self.values[start as usize..end as usize],
            _ => &[],
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
}
