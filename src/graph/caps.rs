//! What each business was given by others: its people get at most that.
//!
//! A share counts as far as the giver has something to give: the owner everything, a partner what it was given itself.

use super::effective::{PARTNER, Removal};
use super::flood::{Flood, Sum};
use super::store::{AccessGraph, NONE, PENDING};

/// What businesses have on assets of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Caps {
    /// By (receiver, asset).
    rows: Vec<Cap>,
    /// Pairs of owner and receiver of which somebody says what is given, so that nothing said is nothing given; sorted.
    pub(super) spoken: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cap {
    receiver: u32,
    asset: u32,
    all: u32,
    settled: u32,
}

/// What one giver gives, before it is asked what that giver has.
#[derive(Clone, Copy)]
struct Gift {
    receiver: u32,
    asset: u32,
    giver: u32,
    sum: Sum,
}

impl Caps {
    /// From all shares of a graph, and the pairs of which it was said before a change what is given.
    pub(super) fn of(graph: &AccessGraph, mut spoken: Vec<(u32, u32)>) -> Self {
        let gifts = gifts(graph, &[]);
        for gift in &gifts {
            spoken.push((gift.giver, gift.receiver));
            spoken.extend(graph.nodes.assets[gift.asset as usize].owner.map(|owner| (owner.0, gift.receiver)));
        }
        Caps::settled(graph, &gifts, spoken)
    }

    /// From all shares but the removed ones. What was said stays said: where nothing is left, nothing is given.
    pub(super) fn without(&self, graph: &AccessGraph, removed: &Removal) -> Self {
        let spoken = [&self.spoken[..], &removed.ended[..]].concat();
        Caps::settled(graph, &gifts(graph, &removed.edges), spoken)
    }

    fn settled(graph: &AccessGraph, gifts: &[Gift], mut spoken: Vec<(u32, u32)>) -> Self {
        spoken.sort_unstable();
        spoken.dedup();
        let mut caps = Caps { rows: Vec::with_capacity(gifts.len()), spoken };
        for gift in gifts {
            let key = (gift.receiver, gift.asset);
            if caps.rows.last().is_none_or(|last| (last.receiver, last.asset) != key) {
                caps.rows.push(Cap { receiver: gift.receiver, asset: gift.asset, all: 0, settled: 0 });
            }
        }
        // Sums only grow, from nothing: a ring of partners who give each other what none of them owns stays empty.
        while caps.grow(graph, gifts) {}
        caps
    }

    fn grow(&mut self, graph: &AccessGraph, gifts: &[Gift]) -> bool {
        let mut changed = false;
        let mut at = 0;
        for gift in gifts {
            while (self.rows[at].receiver, self.rows[at].asset) != (gift.receiver, gift.asset) {
                at += 1;
            }
            let (all, settled) = self.limits(graph, gift.giver, gift.asset);
            let row = &mut self.rows[at];
            let new =
                Cap { all: row.all | gift.sum.all() & all, settled: row.settled | gift.sum.settled & settled, ..*row };
            changed |= new != *row;
            *row = new;
        }
        changed
    }

    /// What a business has on an asset, and how much of it is there already; all bits where it owns it, or nobody says what it has.
    pub(super) fn limits(&self, graph: &AccessGraph, business: u32, asset: u32) -> (u32, u32) {
        const ALL: (u32, u32) = (u32::MAX, u32::MAX);
        let Some(owner) = graph.nodes.assets[asset as usize].owner.filter(|owner| owner.0 != business) else {
            return ALL;
        };
        if business == NONE {
            return ALL;
        }
        match self.rows.binary_search_by_key(&(business, asset), |cap| (cap.receiver, cap.asset)) {
            Ok(found) => (self.rows[found].all, self.rows[found].settled),
            Err(_) if graph.knows_partners(owner.0, business) => (0, 0),
            Err(_) if self.spoken.binary_search(&(owner.0, business)).is_ok() => (0, 0),
            Err(_) => ALL,
        }
    }

    /// Whether a business was given something on an asset.
    pub(super) fn has(&self, business: u32, asset: u32) -> bool {
        let found = self.rows.binary_search_by_key(&(business, asset), |cap| (cap.receiver, cap.asset));
        found.is_ok_and(|found| self.rows[found].all != 0)
    }

    /// Everything a business has on assets of others: asset, permissions, and those that are there already.
    pub(super) fn of_business(&self, business: u32) -> impl Iterator<Item = (u32, u32, u32)> {
        let start = self.rows.partition_point(|cap| cap.receiver < business);
        let end = self.rows.partition_point(|cap| cap.receiver <= business);
        self.rows[start..end].iter().map(|cap| (cap.asset, cap.all, cap.settled))
    }
}

impl AccessGraph {
    /// Whether it is known what a business lets another one do, so that nothing written is nothing given.
    fn knows_partners(&self, owner: u32, partner: u32) -> bool {
        let known = self.draft.known.get(owner as usize).copied().unwrap_or(false);
        known && self.draft.unknown.binary_search(&(owner, partner)).is_err()
    }
}

/// All gifts by (receiver, asset, giver), with everything inside shared groups.
fn gifts(graph: &AccessGraph, removed: &[u32]) -> Vec<Gift> {
    let mut gifts = Vec::new();
    let mut flood = Flood::default();
    let mut shares: Vec<u32> = Vec::new();
    for receiver in graph.nodes.businesses() {
        shares.clear();
        shares.extend_from_slice(graph.index.shares_to.row(receiver.0));
        shares.sort_by_key(|&edge| graph.raw(edge).within);
        for shares in shares.chunk_by(|&a, &b| graph.raw(a).within == graph.raw(b).within) {
            let giver = shares.first().map_or(NONE, |&edge| graph.raw(edge).within);
            flood.clear(graph.nodes.assets.len());
            for &edge in shares.iter().filter(|edge| removed.binary_search(edge).is_err()) {
                let raw = graph.raw(edge);
                let (settled, pending) = if raw.is(PENDING) { (0, raw.permissions) } else { (raw.permissions, 0) };
                flood.add(raw.to, Sum { settled, pending, ways: PARTNER });
            }
            flood.spread(graph, removed);
            gifts.extend(flood.sorted().map(|(asset, sum)| Gift { receiver: receiver.0, asset, giver, sum }));
        }
    }
    gifts.sort_by_key(|gift| (gift.receiver, gift.asset, gift.giver));
    gifts
}
