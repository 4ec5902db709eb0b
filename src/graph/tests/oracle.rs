//! The same answers, slowly: for each permission a `petgraph::Graph` of who holds it where, searched from the owners down.

use std::collections::BTreeMap;

use petgraph::algo::has_path_connecting;
use petgraph::graph::{Graph, NodeIndex};

use crate::graph::edge::EdgeKind;
use crate::graph::store::{AccessGraph, NONE, PENDING, Raw, Row};

/// What one permission is held by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Somebody who owns, or about whom nobody knows.
    Root,
    /// A share or a row as it comes down through groups.
    Flow(usize, u32),
    /// A business on an asset.
    Holds(u32, u32),
}

pub(super) struct Oracle<'a> {
    graph: &'a AccessGraph,
    /// Whether edges that are pending count.
    pending: bool,
    spoken: Vec<(u32, u32)>,
}

struct Search {
    graph: Graph<Place, ()>,
    at: BTreeMap<Place, NodeIndex>,
}

impl Search {
    fn node(&mut self, place: Place) -> NodeIndex {
        let graph = &mut self.graph;
        *self.at.entry(place).or_insert_with(|| graph.add_node(place))
    }

    fn edge(&mut self, from: Place, to: Place) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, ());
    }

    fn reaches(&mut self, from: Place, to: Place) -> bool {
        let (from, to) = (self.node(from), self.node(to));
        has_path_connecting(&self.graph, from, to, None)
    }
}

impl<'a> Oracle<'a> {
    pub(super) fn new(graph: &'a AccessGraph, pending: bool) -> Self {
        Oracle { graph, pending, spoken: spoken(graph) }
    }

    /// What was said before a change stays said, also about partnerships that ended with it.
    pub(super) fn after(graph: &'a AccessGraph, before: &AccessGraph, ended: Vec<(u32, u32)>, pending: bool) -> Self {
        Oracle { graph, pending, spoken: [spoken(before), spoken(graph), ended].concat() }
    }

    fn assets(&self) -> u32 {
        u32::try_from(self.graph.nodes.assets.len()).unwrap()
    }

    fn edges(&self, kind: EdgeKind) -> impl Iterator<Item = (usize, &Raw)> {
        let counts = move |edge: &Raw| edge.kind == kind && (self.pending || !edge.is(PENDING));
        self.graph.raws().filter(move |(_, edge)| counts(edge)).map(|(index, edge)| (index as usize, edge))
    }

    fn rows(&self) -> Vec<&Row> {
        self.graph.nodes.people().flat_map(|person| self.graph.rows_of(person)).collect()
    }

    fn edge(&self, edge: usize) -> &Raw {
        self.graph.raw(u32::try_from(edge).unwrap())
    }

    /// One permission on its way down through groups, for every share and every row.
    fn flows(&self, bit: u32) -> Search {
        let mut search = Search { graph: Graph::new(), at: BTreeMap::new() };
        let rows = self.rows();
        let edges = self.graph.edge_count();
        let carries = |flow: &usize| {
            let row = flow.checked_sub(edges).map(|row| rows[row].permissions);
            row.unwrap_or_else(|| self.edge(*flow).permissions) & 1 << bit != 0
        };
        let flows: Vec<usize> = (0..edges + rows.len()).filter(carries).collect();
        for (_, contains) in self.edges(EdgeKind::Contains) {
            if self.graph.fitting(contains.to) & 1 << bit != 0 {
                for &flow in &flows {
                    search.edge(Place::Flow(flow, contains.from), Place::Flow(flow, contains.to));
                }
            }
        }
        search
    }

    /// Whether nothing written is nothing given.
    fn must_be_written(&self, owner: u32, business: u32) -> bool {
        self.graph.draft.known[owner as usize] || self.spoken.contains(&(owner, business))
    }

    fn holders(&self, bit: u32) -> Search {
        let mut search = self.flows(bit);
        for asset in 0..self.assets() {
            for business in self.graph.nodes.businesses().map(|business| business.0) {
                let owner = self.graph.nodes.assets[asset as usize].owner.map(|owner| owner.0);
                if owner.is_none_or(|owner| owner == business || !self.must_be_written(owner, business)) {
                    search.edge(Place::Root, Place::Holds(business, asset));
                }
            }
        }
        let shares: Vec<(usize, Raw)> = self.edges(EdgeKind::Share).map(|(index, share)| (index, *share)).collect();
        for (index, share) in shares {
            for asset in 0..self.assets() {
                let comes = share.permissions & 1 << bit != 0
                    && search.reaches(Place::Flow(index, share.to), Place::Flow(index, asset));
                if comes {
                    search.edge(Place::Holds(share.within, asset), Place::Holds(share.from, asset));
                }
            }
        }
        search
    }

    /// Permission bits by person and asset; pairs without any are left out.
    pub(super) fn permissions(&self) -> BTreeMap<(u32, u32), u32> {
        let mut found = BTreeMap::new();
        for bit in bits(self.graph) {
            let mut search = self.holders(bit);
            for (index, row) in self.rows().into_iter().enumerate() {
                let grant = self.graph.raw(row.edge);
                let waits = |edge: u32| edge != NONE && self.graph.raw(edge).is(PENDING);
                let counts = self.pending || !waits(row.edge) && !waits(row.line);
                if row.permissions & 1 << bit == 0 || !counts {
                    continue;
                }
                let flow = self.graph.edge_count() + index;
                for asset in 0..self.assets() {
                    let comes = search.reaches(Place::Flow(flow, row.asset), Place::Flow(flow, asset));
                    if comes && search.reaches(Place::Root, Place::Holds(grant.within, asset)) {
                        *found.entry((row.person, asset)).or_default() |= 1 << bit;
                    }
                }
            }
        }
        found
    }
}

/// Who says of whom what is given: whoever gives anything, and who owns what it reaches.
fn spoken(graph: &AccessGraph) -> Vec<(u32, u32)> {
    let mut spoken = Vec::new();
    let all = Oracle { graph, pending: true, spoken: Vec::new() };
    for bit in bits(graph) {
        let mut search = all.flows(bit);
        for (index, share) in all.edges(EdgeKind::Share) {
            for asset in 0..all.assets() {
                let came = share.permissions & 1 << bit != 0
                    && search.reaches(Place::Flow(index, share.to), Place::Flow(index, asset));
                if came {
                    spoken.push((share.within, share.from));
                    spoken.extend(graph.nodes.assets[asset as usize].owner.map(|owner| (owner.0, share.from)));
                }
            }
        }
    }
    spoken
}

/// The permissions that occur at all.
fn bits(graph: &AccessGraph) -> impl Iterator<Item = u32> + use<> {
    let all = graph.raws().fold(0, |all, (_, edge)| all | edge.permissions);
    (0..32).filter(move |bit| all & 1 << bit != 0)
}
