//! Permissions that flow from groups into what they contain: masks by asset, cleared without touching all of them.

use super::store::AccessGraph;

/// What has come to an asset so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Sum {
    /// Permissions that are there.
    pub(super) settled: u32,
    /// Permissions that wait for something.
    pub(super) pending: u32,
    /// Bits of [`Ways`](super::Ways).
    pub(super) ways: u16,
}

impl Sum {
    pub(super) fn all(self) -> u32 {
        self.settled | self.pending
    }

    pub(super) fn masked(self, mask: u32) -> Sum {
        Sum { settled: self.settled & mask, pending: self.pending & mask, ways: self.ways }
    }

    pub(super) fn with(self, other: Sum) -> Sum {
        Sum {
            settled: self.settled | other.settled,
            pending: self.pending | other.pending,
            ways: self.ways | other.ways,
        }
    }
}

/// Sums by asset. The worklist ends in rings of groups, because sums only grow.
#[derive(Default)]
pub(super) struct Flood {
    sums: Vec<Sum>,
    touched: Vec<u32>,
    open: Vec<u32>,
}

impl Flood {
    pub(super) fn clear(&mut self, assets: usize) {
        self.sums.resize(assets, Sum::default());
        for asset in self.touched.drain(..) {
            self.sums[asset as usize] = Sum::default();
        }
    }

    /// Adds to an asset; tells whether that changed anything.
    pub(super) fn add(&mut self, asset: u32, sum: Sum) -> bool {
        let old = self.sums[asset as usize];
        let new = old.with(sum);
        if old == new {
            return false;
        }
        if old == Sum::default() {
            self.touched.push(asset);
        }
        self.sums[asset as usize] = new;
        true
    }

    /// Lets everything flow into what groups contain, along containments that are not among `removed` (sorted).
    pub(super) fn spread(&mut self, graph: &AccessGraph, removed: &[u32]) {
        self.open.clear();
        self.open.extend_from_slice(&self.touched);
        while let Some(group) = self.open.pop() {
            for &edge in graph.index.contents.row(group) {
                if removed.binary_search(&edge).is_ok() {
                    continue;
                }
                let inner = graph.raw(edge).to;
                let mut sum = self.sums[group as usize].masked(graph.fitting(inner));
                sum.ways |= super::effective::GROUP;
                let flows = sum.all() != 0 || sum.ways & super::effective::FOREIGN != 0;
                if flows && self.add(inner, sum) {
                    self.open.push(inner);
                }
            }
        }
    }

    /// Everything that something came to, by asset.
    pub(super) fn sorted(&mut self) -> impl Iterator<Item = (u32, Sum)> {
        self.touched.sort_unstable();
        self.touched.iter().map(|&asset| (asset, self.sums[asset as usize]))
    }
}
