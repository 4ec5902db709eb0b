//! The order of a plan: what must come first comes first, and steps of one kind stand together so that they share calls.
//!
//! Arrows are the only thing that counts for safety; where they leave a choice, additions go before removals and equal kinds
//! together. Nothing recurses, so a long chain can't overflow anything.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::diff::{Difference, Pair, Who};

use super::gaps::Arrow;

/// Steps in their order, and those that have none because they wait for each other.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Ordered {
    /// Numbers of steps.
    pub(super) order: Vec<usize>,
    /// Steps on a ring of arrows, or behind one.
    pub(super) stuck: Vec<usize>,
}

/// Orders steps by arrows first and by rank (lower first) where these leave a choice.
pub(super) fn order(ranks: &[usize], arrows: &BTreeSet<Arrow>) -> Ordered {
    let mut graph: DiGraph<usize, ()> = DiGraph::with_capacity(ranks.len(), arrows.len());
    let nodes: Vec<NodeIndex> = (0..ranks.len()).map(|step| graph.add_node(step)).collect();
    for &(first, then) in arrows {
        graph.add_edge(nodes[first], nodes[then], ());
    }
    let mut open: Vec<usize> = nodes.iter().map(|&node| graph.neighbors_directed(node, Incoming).count()).collect();
    let mut ready: BinaryHeap<Reverse<(usize, usize)>> =
        (0..ranks.len()).filter(|&step| open[step] == 0).map(|step| Reverse((ranks[step], step))).collect();
    let mut order = Vec::with_capacity(ranks.len());
    while let Some(Reverse((_, step))) = ready.pop() {
        order.push(step);
        for next in graph.neighbors_directed(nodes[step], Outgoing) {
            let next = graph[next];
            open[next] -= 1;
            if open[next] == 0 {
                ready.push(Reverse((ranks[next], next)));
            }
        }
    }
    let stuck = (0..ranks.len()).filter(|&step| open[step] > 0).collect();
    Ordered { order, stuck }
}

/// Arrows that follow from what a step needs: a group before what uses it, a cancelled invite before the one in its place.
pub(super) fn needs<'d>(differences: impl Iterator<Item = &'d Difference> + Clone) -> BTreeSet<Arrow> {
    let mut created = BTreeMap::new();
    let mut cancelled = BTreeMap::new();
    for (step, difference) in differences.clone().enumerate() {
        match difference {
            Difference::CreateGroup { group } => {
                created.insert(*group, step);
            }
            Difference::Cancel { invite, .. } => {
                cancelled.insert(*invite, step);
            }
            _ => {}
        }
    }
    let mut arrows = BTreeSet::new();
    for (step, difference) in differences.enumerate() {
        let groups = new_assets(difference).into_iter().filter_map(|asset| created.get(&asset));
        let invites = replaced(difference).iter().filter_map(|invite| cancelled.get(invite));
        arrows.extend(groups.chain(invites).map(|&first| (first, step)));
    }
    arrows
}

/// Assets that only the files know and that a step uses.
fn new_assets(difference: &Difference) -> Vec<u32> {
    let new = |pair: &Pair| pair.desired.filter(|_| pair.observed.is_none());
    match difference {
        Difference::AddToGroup { group, asset } => [group, asset].into_iter().filter_map(new).collect(),
        Difference::SetGrant { asset, .. } | Difference::RequestAccess { asset, .. } => {
            new(asset).into_iter().collect()
        }
        Difference::Invite { grants, .. } | Difference::Attach { grants, .. } | Difference::Accept { grants, .. } => {
            grants.iter().filter_map(|(asset, _)| new(asset)).collect()
        }
        Difference::CreateGroup { .. }
        | Difference::RemoveFromGroup { .. }
        | Difference::DeleteGroup { .. }
        | Difference::Cancel { .. }
        | Difference::SetRole { .. }
        | Difference::RemoveGrant { .. }
        | Difference::RemoveMember { .. }
        | Difference::RemovePartner { .. } => Vec::new(),
    }
}

fn replaced(difference: &Difference) -> &[u32] {
    match difference {
        Difference::Invite { instead_of, .. } => instead_of,
        _ => &[],
    }
}

/// Where a step goes as long as no arrow says otherwise: what prepares, what gives, what takes; within that, what shares a call.
pub(super) fn phase(difference: &Difference) -> u8 {
    match difference {
        Difference::CreateGroup { .. } => 0,
        Difference::Cancel { who, .. } => 1 + partner(who.as_ref()),
        Difference::Invite { who, .. } => 3 + partner(Some(who)),
        Difference::Accept { .. } => 4,
        Difference::Attach { who, .. } => 5 + partner(Some(who)),
        Difference::SetRole { lowers: false, .. } => 7,
        Difference::AddToGroup { .. } => 8,
        // Those that give come first, those that only take follow: one call takes both.
        Difference::SetGrant { who, .. } if difference.removes() => 10 + 2 * partner(Some(who)),
        Difference::SetGrant { who, .. } => 9 + 2 * partner(Some(who)),
        Difference::RequestAccess { .. } => 13,
        Difference::RemoveGrant { who, .. } => 14 + partner(Some(who)),
        Difference::RemoveFromGroup { .. } => 16,
        Difference::SetRole { lowers: true, .. } => 17,
        Difference::RemoveMember { .. } => 18,
        Difference::RemovePartner { .. } => 19,
        Difference::DeleteGroup { .. } => 20,
    }
}

fn partner(who: Option<&Who>) -> u8 {
    u8::from(matches!(who, Some(Who::Partner(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(pairs: &[Arrow]) -> BTreeSet<Arrow> {
        pairs.iter().copied().collect()
    }

    #[test]
    fn ranks_decide_where_arrows_leave_a_choice() {
        let ordered = order(&[2, 0, 1], &BTreeSet::new());
        assert_eq!(ordered.order, [1, 2, 0]);
        assert!(ordered.stuck.is_empty());
    }

    #[test]
    fn arrows_win_over_ranks() {
        let ordered = order(&[0, 1, 2], &arrows(&[(2, 0)]));
        assert_eq!(ordered.order, [1, 2, 0]);
    }

    #[test]
    fn a_ring_and_what_is_behind_it_are_stuck_and_the_rest_goes_on() {
        let ordered = order(&[0, 1, 2, 3], &arrows(&[(0, 1), (1, 0), (1, 2)]));
        assert_eq!(ordered.order, [3]);
        assert_eq!(ordered.stuck, [0, 1, 2]);
    }

    #[test]
    fn a_very_long_chain_overflows_nothing() {
        let steps = 200_000;
        let ranks: Vec<usize> = (0..steps).rev().collect();
        let chain: BTreeSet<Arrow> = (1..steps).map(|step| (step - 1, step)).collect();
        let ordered = order(&ranks, &chain);
        assert!(ordered.order.is_sorted());
        assert_eq!(ordered.order.len(), steps);
    }
}
