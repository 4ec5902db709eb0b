//! Paths from a person to an asset, hop by hop.

use std::collections::{BTreeMap, BTreeSet};

use super::edge::{EdgeIx, EdgeKind};
use super::effective::Without;
use super::node::{AssetIx, BusinessIx, Node, PersonIx};
use super::store::{ADMIN, AccessGraph, NONE, PENDING, Row};

/// More ways than this through groups in groups, or through chains of partners, are not told one by one. One of each is always told.
const WAYS: usize = 64;

/// One step of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hop {
    /// Where it starts.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// The edge.
    pub edge: EdgeIx,
}

/// One way in which a person comes to an asset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// From the person to the asset.
    pub hops: Vec<Hop>,
    /// Other edges that must hold: where the path goes through a partner, what the partner lets this person do, and groups on the way.
    pub also: Vec<EdgeIx>,
    /// Permission bits that this way gives.
    pub permissions: u32,
    /// Whether some edge is still to come.
    pub pending: bool,
    /// Whether it needs the person to make use of an administrator's role first.
    pub potential: bool,
}

impl Path {
    /// Every edge that must hold, each once, in the order of the hops.
    pub fn edges(&self) -> Vec<EdgeIx> {
        let mut seen = BTreeSet::new();
        let all = self.hops.iter().map(|hop| hop.edge).chain(self.also.iter().copied());
        all.filter(|&edge| seen.insert(edge)).collect()
    }

    /// How many partner businesses it goes through.
    pub fn partners(&self) -> usize {
        self.hops.iter().filter(|hop| matches!(hop.from, Node::Business(_))).count()
    }
}

/// How far each group is above an asset, itself included.
pub(super) struct Above(BTreeMap<u32, u32>);

/// Containments from one asset down to another.
type Chain = Vec<u32>;

/// How a business comes to an asset: shares from the receiver to the owner, and the containments under the last one.
#[derive(Clone, Default)]
struct Route {
    shares: Vec<u32>,
    also: Vec<u32>,
    chain: Chain,
    permissions: u32,
}

impl AccessGraph {
    /// Every way in which a person comes to an asset, the shortest first; ties by the kinds of edges, then by edge.
    pub fn paths(&self, person: PersonIx, asset: AssetIx) -> Vec<Path> {
        self.as_is().paths(person, asset)
    }

    /// The shortest path that gives every capability of a mask by itself.
    pub fn witness(&self, person: PersonIx, asset: AssetIx, capabilities: u64) -> Option<Path> {
        let gives =
            |path: &Path| self.table_of(asset.0).capabilities(path.permissions).0 & capabilities == capabilities;
        self.paths(person, asset).into_iter().find(gives)
    }

    /// Every way in which a person could give himself access to an asset by administering a business.
    pub fn potential_paths(&self, person: PersonIx, asset: AssetIx) -> Vec<Path> {
        self.as_is().potential_paths(person, asset)
    }
}

impl Without<'_> {
    /// Every way in which a person comes to an asset, the shortest first; ties by the kinds of edges, then by edge.
    pub fn paths(&self, person: PersonIx, asset: AssetIx) -> Vec<Path> {
        let above = self.above(asset.0);
        let mut paths = Vec::new();
        for row in self.graph.rows_of(person).iter().filter(|row| self.holds(row)) {
            if above.0.contains_key(&row.asset) {
                self.row_paths(row, asset.0, &above, &mut paths);
            }
        }
        self.sorted(paths)
    }

    /// Every way in which a person could give himself access to an asset by administering a business.
    pub fn potential_paths(&self, person: PersonIx, asset: AssetIx) -> Vec<Path> {
        let above = self.above(asset.0);
        let owner = self.graph.nodes.asset(asset).owner;
        let mut paths = Vec::new();
        for edge in self.graph.businesses_of(person) {
            let raw = self.graph.raw(edge.0);
            if !raw.is(ADMIN) || self.is_removed(edge.0) {
                continue;
            }
            let member = Hop { from: Node::Person(person), to: Node::Business(BusinessIx(raw.to)), edge };
            if owner == Some(BusinessIx(raw.to)) {
                paths.extend(self.owner_path(member, raw.to, asset));
                continue;
            }
            for route in self.routes(raw.to, asset.0, &above) {
                let path = self.through_partner(member, &route, asset.0, &[]);
                paths.push(Path { permissions: route.permissions, potential: true, ..path });
            }
        }
        paths.retain(|path| path.permissions != 0);
        self.sorted(paths)
    }

    fn owner_path(&self, member: Hop, business: u32, asset: AssetIx) -> Option<Path> {
        let owns = self.graph.index.owns.row(business).iter().find(|&&edge| self.graph.raw(edge).to == asset.0)?;
        let to_asset = Hop { from: Node::Business(BusinessIx(business)), to: Node::Asset(asset), edge: EdgeIx(*owns) };
        let permissions = self.graph.grantable(asset.0);
        let mut path = self.path(vec![member, to_asset], Vec::new(), permissions);
        path.potential = true;
        Some(path)
    }

    fn row_paths(&self, row: &Row, asset: u32, above: &Above, paths: &mut Vec<Path>) {
        let within = self.graph.raw(row.edge).within;
        let foreign = self.graph.raw(row.edge).extra != 0;
        let capped = self.caps.limits(self.graph, within, asset).0 != u32::MAX;
        for chain in self.chains(row.asset, asset, above) {
            let permissions = self.flowing(row.permissions, &chain);
            if permissions == 0 && !foreign {
                continue;
            }
            if !capped {
                paths.push(self.direct(row, &chain, permissions));
                continue;
            }
            let member = self.membership(row, within);
            let mut also: Vec<u32> = (row.line != NONE).then_some(row.line).into_iter().collect();
            also.push(row.edge);
            also.extend(&chain);
            for route in self.routes(within, asset, above) {
                let both = permissions & route.permissions;
                if both != 0 {
                    let path = self.through_partner(member, &route, asset, &also);
                    paths.push(Path { permissions: both, ..path });
                }
            }
        }
    }

    fn direct(&self, row: &Row, chain: &[u32], permissions: u32) -> Path {
        let person = Node::Person(PersonIx(row.person));
        let start = Node::Asset(AssetIx(row.asset));
        let mut hops = Vec::with_capacity(chain.len() + 2);
        if row.line == NONE {
            hops.push(Hop { from: person, to: start, edge: EdgeIx(row.edge) });
        } else {
            let team = self.graph.edge(EdgeIx(row.line)).to;
            hops.push(Hop { from: person, to: team, edge: EdgeIx(row.line) });
            hops.push(Hop { from: team, to: start, edge: EdgeIx(row.edge) });
        }
        self.descend(chain, &mut hops);
        self.path(hops, Vec::new(), permissions)
    }

    /// The hop from a person to the business within which a row is.
    fn membership(&self, row: &Row, within: u32) -> Hop {
        let person = PersonIx(row.person);
        let mut members = self.graph.businesses_of(person);
        let member = members.find(|edge| self.graph.raw(edge.0).to == within && !self.is_removed(edge.0));
        Hop {
            from: Node::Person(person),
            to: Node::Business(BusinessIx(within)),
            edge: member.unwrap_or(EdgeIx(row.edge)),
        }
    }

    fn through_partner(&self, member: Hop, route: &Route, asset: u32, also: &[u32]) -> Path {
        let mut hops = vec![member];
        for (index, &share) in route.shares.iter().enumerate() {
            let raw = self.graph.raw(share);
            let from = Node::Business(BusinessIx(raw.from));
            let last = index + 1 == route.shares.len();
            let to = if last { Node::Asset(AssetIx(raw.to)) } else { Node::Business(BusinessIx(raw.within)) };
            hops.push(Hop { from, to, edge: EdgeIx(share) });
        }
        self.descend(&route.chain, &mut hops);
        debug_assert_eq!(hops.last().map(|hop| hop.to), Some(Node::Asset(AssetIx(asset))));
        let also = also.iter().chain(&route.also).map(|&edge| EdgeIx(edge)).collect();
        self.path(hops, also, 0)
    }

    fn descend(&self, chain: &[u32], hops: &mut Vec<Hop>) {
        hops.extend(chain.iter().map(|&edge| {
            let raw = self.graph.raw(edge);
            Hop { from: Node::Asset(AssetIx(raw.from)), to: Node::Asset(AssetIx(raw.to)), edge: EdgeIx(edge) }
        }));
    }

    fn path(&self, hops: Vec<Hop>, also: Vec<EdgeIx>, permissions: u32) -> Path {
        let mut path = Path { hops, also, permissions, pending: false, potential: false };
        let mut edges = path.hops.iter().map(|hop| hop.edge).chain(path.also.iter().copied());
        path.pending = edges.any(|edge| self.graph.raw(edge.0).is(PENDING));
        path
    }

    fn sorted(&self, paths: Vec<Path>) -> Vec<Path> {
        let key = |path: &Path| {
            let kinds: Vec<EdgeKind> = path.hops.iter().map(|hop| self.graph.raw(hop.edge.0).kind).collect();
            (path.pending, path.hops.len(), kinds, path.edges())
        };
        let mut keyed: Vec<_> = paths.into_iter().map(|path| (key(&path), path)).collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.dedup_by(|a, b| a.0 == b.0);
        keyed.into_iter().map(|(_, path)| path).collect()
    }

    /// Groups that contain an asset, through groups in groups.
    pub(super) fn above(&self, asset: u32) -> Above {
        let mut above = BTreeMap::from([(asset, 0)]);
        let mut level = vec![asset];
        let mut distance = 0;
        while !level.is_empty() {
            distance += 1;
            let mut next = Vec::new();
            for inner in level {
                for &edge in self.graph.index.around.row(inner) {
                    let group = self.graph.raw(edge).from;
                    if !self.is_removed(edge) && !above.contains_key(&group) {
                        above.insert(group, distance);
                        next.push(group);
                    }
                }
            }
            level = next;
        }
        Above(above)
    }

    /// Containments from a group down to an asset: every simple chain up to a limit, the shortest always among them.
    fn chains(&self, from: u32, to: u32, above: &Above) -> Vec<Chain> {
        if from == to {
            return vec![Vec::new()];
        }
        let shortest = self.shortest_chain(from, to, above);
        if !self.graph.index.nested {
            return vec![shortest];
        }
        let mut chains = self.all_chains(from, to, above);
        if !chains.contains(&shortest) {
            chains.push(shortest);
        }
        chains
    }

    fn shortest_chain(&self, from: u32, to: u32, above: &Above) -> Chain {
        let mut chain = Vec::new();
        let mut at = from;
        while at != to {
            let next = self.steps_down(at, above).min_by_key(|&edge| (above.0[&self.graph.raw(edge).to], edge));
            let Some(next) = next else { break };
            chain.push(next);
            at = self.graph.raw(next).to;
        }
        chain
    }

    /// Depth first with a stack of its own: a broken export may be 200,000 groups deep.
    fn all_chains(&self, from: u32, to: u32, above: &Above) -> Vec<Chain> {
        let mut chains = Vec::new();
        let mut chain: Chain = Vec::new();
        let mut on_chain = BTreeSet::from([from]);
        let mut open: Vec<Vec<u32>> = vec![self.steps_down(from, above).collect()];
        let mut steps = 0;
        while let Some(next) = open.last_mut() {
            steps += 1;
            if chains.len() >= WAYS || steps > 1_000_000 {
                break;
            }
            let Some(edge) = next.pop() else {
                open.pop();
                if let Some(left) = chain.pop() {
                    on_chain.remove(&self.graph.raw(left).to);
                }
                continue;
            };
            let inner = self.graph.raw(edge).to;
            if inner == to {
                chain.push(edge);
                chains.push(chain.clone());
                chain.pop();
            } else if on_chain.insert(inner) {
                chain.push(edge);
                open.push(self.steps_down(inner, above).collect());
            }
        }
        chains
    }

    /// Containments that lead nearer to the asset that `above` is of.
    fn steps_down(&self, from: u32, above: &Above) -> impl Iterator<Item = u32> {
        let contents = self.graph.index.contents.row(from).iter().copied();
        contents.filter(|&edge| !self.is_removed(edge) && above.0.contains_key(&self.graph.raw(edge).to))
    }

    /// What of a set arrives at the end of a chain.
    fn flowing(&self, permissions: u32, chain: &[u32]) -> u32 {
        chain.iter().fold(permissions, |left, &edge| left & self.graph.fitting(self.graph.raw(edge).to))
    }

    /// Every way in which a business comes to an asset of another one, up to a limit; through no business twice.
    fn routes(&self, business: u32, asset: u32, above: &Above) -> Vec<Route> {
        let mut done = Vec::new();
        let mut open = vec![(business, vec![business], Route { permissions: u32::MAX, ..Route::default() })];
        let mut steps = 0;
        while let Some((at, passed, route)) = open.pop() {
            steps += 1;
            if done.len() >= WAYS || steps > 10_000 {
                break;
            }
            for &share in self.graph.index.shares_to.row(at) {
                let raw = self.graph.raw(share);
                if self.is_removed(share) || !above.0.contains_key(&raw.to) {
                    continue;
                }
                let chain = self.shortest_chain(raw.to, asset, above);
                let permissions = route.permissions & self.flowing(raw.permissions, &chain);
                if permissions == 0 || passed.contains(&raw.within) {
                    continue;
                }
                let mut next = Route { permissions, chain: Vec::new(), ..route.clone() };
                next.shares.push(share);
                if self.caps.limits(self.graph, raw.within, asset).0 == u32::MAX {
                    done.push(Route { chain, ..next });
                } else {
                    next.also.extend(chain);
                    let mut passed = passed.clone();
                    passed.push(raw.within);
                    open.push((raw.within, passed, next));
                }
            }
        }
        done
    }
}

impl AccessGraph {
    /// What somebody who administers an asset's business can give on it.
    pub(super) fn grantable(&self, asset: u32) -> u32 {
        let node = &self.nodes.assets[asset as usize];
        let table = node.platform.permissions.iter().enumerate();
        let writable = table.filter(|(_, permission)| permission.writable).fold(0u32, |bits, (bit, _)| bits | 1 << bit);
        writable & self.fitting(asset)
    }
}
