//! How a state of access is told: nodes, edges and paths as plain data, with the lines or records behind them.

use crate::desired::GrantItem;
use crate::graph::{AssetIx, BusinessIx, EdgeIx, EdgeKind, Hop as GraphHop, Line, Node as GraphNode, Path};
use crate::platforms::{MinimalSet, Platform, minimal_set};
use crate::source::Pos;
use crate::terminal::prose;

use super::case::{World, place};
use super::finding::{Cut, Edit, Hop, Node, Place, Witness};

impl<'a> World<'a> {
    /// A position in the files as findings name it.
    pub fn place(&self, pos: Pos) -> Place {
        place(self.desired, pos)
    }

    /// A node as findings name it.
    pub fn node(&self, node: GraphNode) -> Node {
        let nodes = self.graph.nodes();
        Node { id: nodes.stable(node), label: nodes.label(node) }
    }

    /// What people call a node.
    pub fn label(&self, node: GraphNode) -> String {
        self.graph.nodes().label(node)
    }

    /// The key of one of our businesses.
    pub fn business_key(&self, business: BusinessIx) -> Option<&'a str> {
        let nodes = self.graph.nodes();
        let business = nodes.business(business);
        business.key.filter(|_| business.ours).map(|key| nodes.text(key))
    }

    /// The key of the business that an asset belongs to: its owner where that is ours, else the one whose files name it.
    pub fn business_of(&self, asset: AssetIx) -> Option<&'a str> {
        let asset = self.graph.nodes().asset(asset);
        asset.owner.and_then(|owner| self.business_key(owner)).or_else(|| self.business_key(asset.home))
    }

    /// The first line behind an edge.
    pub fn edge_place(&self, edge: EdgeIx) -> Option<Place> {
        self.graph.lines(edge).first().map(|line| self.place(line.pos))
    }

    /// The record of the export behind an edge, where no line is.
    pub fn edge_record(&self, edge: EdgeIx) -> Option<String> {
        if self.graph.lines(edge).is_empty() { self.graph.record(edge) } else { None }
    }

    /// The items of `grants:` lists behind an edge.
    pub fn items(&self, edge: EdgeIx) -> impl Iterator<Item = (Line, &'a GrantItem)> {
        let items = &self.desired.items;
        let lines: &'a [Line] = self.graph.lines(edge);
        lines.iter().filter_map(|line| Some((*line, items.get(line.item()? as usize)?)))
    }

    /// A path as the proof of something.
    pub fn witness(&self, path: &Path, proves: impl Into<String>) -> Witness {
        Witness { proves: proves.into(), hops: path.hops.iter().map(|hop| self.hop(hop)).collect() }
    }

    /// One edge as the proof of something.
    pub fn edge_witness(&self, edge: EdgeIx, proves: impl Into<String>) -> Witness {
        let read = self.graph.edge(edge);
        Witness { proves: proves.into(), hops: vec![self.hop(&GraphHop { from: read.from, to: read.to, edge })] }
    }

    fn hop(&self, hop: &GraphHop) -> Hop {
        Hop {
            from: self.node(hop.from),
            to: self.node(hop.to),
            how: self.how(hop),
            place: self.edge_place(hop.edge),
            record: self.edge_record(hop.edge),
        }
    }

    fn how(&self, hop: &GraphHop) -> String {
        let edge = self.graph.edge(hop.edge);
        let words = || self.graph.words(hop.edge).join(", ");
        let how = match (edge.kind, hop.to) {
            (EdgeKind::Member, _) if edge.admin => "manages".to_owned(),
            (EdgeKind::Share, GraphNode::Business(_)) => format!("has {} from", words()),
            (EdgeKind::Member | EdgeKind::Grant, GraphNode::Business(_)) => "works for".to_owned(),
            (EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share, _) => format!("has {} on", words()),
            (EdgeKind::InTeam, _) => "is in".to_owned(),
            (EdgeKind::Contains, _) => "contains".to_owned(),
            (EdgeKind::Member, _) => "works for".to_owned(),
            (EdgeKind::Owns, _) => "owns".to_owned(),
            (EdgeKind::Partner, _) => "lets in".to_owned(),
        };
        if edge.pending { format!("{how} (once accepted)") } else { how }
    }

    /// Edges as what has to go.
    pub fn cuts(&self, edges: &[EdgeIx]) -> Vec<Cut> {
        let cut = |&edge: &EdgeIx| {
            let read = self.graph.edge(edge);
            let hop = GraphHop { from: read.from, to: read.to, edge };
            let what = format!("{} {} {}", self.label(read.from), self.how(&hop), self.label(read.to));
            Cut { what, place: self.edge_place(edge), record: self.edge_record(edge) }
        };
        edges.iter().map(cut).collect()
    }

    /// The permissions that an item grants in its own words, so that they can be edited there; `None` where a profile says them, or where
    /// it is no item.
    pub fn own_words(&self, line: Line) -> Option<&'a GrantItem> {
        let item = self.desired.items.get(line.item()? as usize)?;
        item.profile.is_none().then_some(item)
    }

    /// What each item of `grants:` lists grants, by its index: one pass over all grants, for rules that ask about many items.
    pub fn written(&self) -> Vec<Written> {
        let mut written = vec![Written::default(); self.desired.items.len()];
        for grant in &self.desired.grants {
            let Some(item) = written.get_mut(grant.item as usize) else { continue };
            item.permissions |= grant.permissions;
            item.several |= item.asset.is_some_and(|asset| asset != grant.asset);
            item.asset = Some(grant.asset);
        }
        written
    }

    /// The edit that gives an item other permissions in the place of those, or of the profile, it has.
    pub fn set_permissions(&self, item: &GrantItem, words: &[&str]) -> Edit {
        Edit::SetList {
            at: self.place(item.pos),
            key: "permissions".to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            instead_of: Some("profile".to_owned()),
        }
    }

    /// The smallest set of permissions that covers some needs on an asset.
    pub fn least(&self, asset: AssetIx, needs: u64) -> Option<MinimalSet> {
        let asset = self.graph.nodes().asset(asset);
        minimal_set(asset.platform, asset.kind?, needs)
    }
}

/// What an item of a `grants:` list grants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// Permission bits, of all its assets together.
    pub permissions: u32,
    asset: Option<u32>,
    /// Whether it is about more than one asset.
    pub several: bool,
}

/// The summed weight of the capabilities of a mask, for [`Draft::impact`](super::Draft::impact).
pub fn weight(platform: &Platform, mask: u64) -> u64 {
    capabilities(platform, mask).map(|capability| u64::from(capability.weight)).sum()
}

/// The capabilities of a mask in words, the weightiest first: `edit billing and business settings; view reporting`.
pub fn capability_words(platform: &Platform, mask: u64) -> String {
    let mut held: Vec<_> = capabilities(platform, mask).collect();
    held.sort_by_key(|capability| std::cmp::Reverse(capability.weight));
    prose::phrases(&held.iter().map(|capability| capability.title).collect::<Vec<_>>(), 5)
}

fn capabilities(platform: &Platform, mask: u64) -> impl Iterator<Item = &'static crate::platforms::Capability> {
    let table = platform.capabilities;
    table.iter().enumerate().filter(move |(bit, _)| mask & (1 << bit) != 0).map(|(_, capability)| capability)
}
