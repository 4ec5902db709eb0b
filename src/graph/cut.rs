//! The fewest edges that end an access.

use std::collections::BTreeSet;

use super::edge::{EdgeIx, EdgeKind};
use super::node::{AssetIx, PersonIx};
use super::paths::Path;
use super::store::AccessGraph;

/// Sets of up to this many edges are tried one by one.
const EXACT: usize = 3;

/// With more edges than this to choose from, sets of three are not tried.
const MANY: usize = 80;

/// Of more containments than this on one path only those nearest to the asset are candidates; they concern the most people anyway.
const NEAR: usize = 16;

/// The edges to take out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cut {
    /// Edges that are ours to take out; the access ends with all of them gone.
    pub edges: Vec<EdgeIx>,
    /// How many people besides lose something, at most.
    pub others: usize,
    /// Whether no smaller set does it (of those that concern nobody else, where that is enough).
    pub exact: bool,
    /// Paths that no edge of ours ends.
    pub left: Vec<Path>,
}

impl AccessGraph {
    /// The fewest edges after which a person has none of some capabilities on an asset (`u64::MAX`: nothing at all). Edges on which
    /// nobody else's access rests come first; only where they don't do, any edge counts, and of equally small sets the one that concerns
    /// the fewest others. Memberships and partnerships are left alone, because much else rests on them.
    pub fn cut(&self, person: PersonIx, asset: AssetIx, capabilities: u64) -> Cut {
        self.cut_sparing(person, asset, capabilities, &|_| false)
    }

    /// The same without touching edges that are `spared`, such as those that a declared need uses.
    pub fn cut_sparing(
        &self,
        person: PersonIx,
        asset: AssetIx,
        capabilities: u64,
        spared: &dyn Fn(EdgeIx) -> bool,
    ) -> Cut {
        let mut targets: Vec<Target> = Vec::new();
        let mut left = Vec::new();
        let mut chosen = Choice::default();
        // Paths beyond the limit of what is told come up once the others are cut.
        for _ in 0..100 {
            let rest = self.without(chosen.edges.iter().copied()).paths(person, asset);
            let known = targets.len();
            for path in rest.into_iter().filter(|path| self.gives(path, asset, capabilities)) {
                let edges = self.candidates(&path, spared);
                if !edges.is_empty() {
                    targets.push(Target { edges });
                } else if !left.contains(&path) {
                    left.push(path);
                }
            }
            if targets.len() == known {
                break;
            }
            chosen = self.choose(&targets, person);
        }
        Cut { edges: chosen.edges, others: chosen.others, exact: chosen.exact, left }
    }

    fn gives(&self, path: &Path, asset: AssetIx, capabilities: u64) -> bool {
        capabilities == u64::MAX || self.table_of(asset.0).capabilities(path.permissions).0 & capabilities != 0
    }

    fn candidates(&self, path: &Path, spared: &dyn Fn(EdgeIx) -> bool) -> BTreeSet<EdgeIx> {
        let cuttable = |kind| {
            use EdgeKind::{Contains, Grant, InTeam, Member, Owns, Partner, Share, TeamGrant};
            match kind {
                Grant | InTeam | TeamGrant | Contains | Share => true,
                Member | Owns | Partner => false,
            }
        };
        let mut groups = 0;
        let edges = path.edges().into_iter().rev();
        edges
            .filter(|&edge| {
                let read = self.edge(edge);
                groups += usize::from(read.kind == EdgeKind::Contains);
                let near = read.kind != EdgeKind::Contains || groups <= NEAR;
                near && cuttable(read.kind) && read.removable && !spared(edge)
            })
            .collect()
    }

    fn choose(&self, targets: &[Target], person: PersonIx) -> Choice {
        let all: BTreeSet<EdgeIx> = targets.iter().flat_map(|target| target.edges.iter().copied()).collect();
        let mut edges: Vec<(usize, EdgeIx)> = all
            .into_iter()
            .map(|edge| (self.resting_on([edge]).iter().filter(|&&other| other != person).count(), edge))
            .collect();
        edges.sort_unstable();
        let alone: Vec<(usize, EdgeIx)> = edges.iter().copied().filter(|&(others, _)| others == 0).collect();
        let enough = targets.iter().all(|target| alone.iter().any(|(_, edge)| target.edges.contains(edge)));
        if enough { best(&alone, targets) } else { best(&edges, targets) }
    }
}

/// The smallest set that hits every target, tried out up to a size, else found greedily.
fn best(edges: &[(usize, EdgeIx)], targets: &[Target]) -> Choice {
    let sizes = if edges.len() > MANY { EXACT } else { EXACT + 1 };
    (0..sizes).find_map(|size| smallest(edges, targets, size)).unwrap_or_else(|| greedy(edges, targets))
}

/// A path to end: any of these edges does it.
struct Target {
    edges: BTreeSet<EdgeIx>,
}

#[derive(Default)]
struct Choice {
    edges: Vec<EdgeIx>,
    others: usize,
    exact: bool,
}

/// The set of one size that hits every target and concerns the fewest others; the first of equal ones.
fn smallest(edges: &[(usize, EdgeIx)], targets: &[Target], size: usize) -> Option<Choice> {
    let mut best: Option<(usize, Vec<EdgeIx>)> = None;
    let mut at: Vec<usize> = (0..size).collect();
    if size > edges.len() {
        return None;
    }
    loop {
        let set: Vec<EdgeIx> = at.iter().map(|&index| edges[index].1).collect();
        let others = at.iter().map(|&index| edges[index].0).sum();
        let better = best.as_ref().is_none_or(|(least, _)| others < *least);
        if better && targets.iter().all(|target| set.iter().any(|edge| target.edges.contains(edge))) {
            best = Some((others, set));
        }
        if !advance(&mut at, edges.len()) {
            break;
        }
    }
    best.map(|(others, mut edges)| {
        edges.sort_unstable();
        Choice { edges, others, exact: true }
    })
}

/// The next combination in order; whether there is one.
fn advance(at: &mut [usize], count: usize) -> bool {
    for index in (0..at.len()).rev() {
        if at[index] < count - (at.len() - index) {
            at[index] += 1;
            for next in index + 1..at.len() {
                at[next] = at[next - 1] + 1;
            }
            return true;
        }
    }
    false
}

/// Again and again the edge that hits most of what is left.
fn greedy(edges: &[(usize, EdgeIx)], targets: &[Target]) -> Choice {
    let mut choice = Choice::default();
    let mut open: Vec<&Target> = targets.iter().collect();
    while !open.is_empty() {
        let hits = |edge: EdgeIx| open.iter().filter(|target| target.edges.contains(&edge)).count();
        let best = edges.iter().max_by_key(|&&(others, edge)| (hits(edge), std::cmp::Reverse((others, edge))));
        let Some(&(others, edge)) = best else { break };
        choice.edges.push(edge);
        choice.others += others;
        open.retain(|target| !target.edges.contains(&edge));
    }
    choice.edges.sort_unstable();
    choice
}
