//! What lies around one node: the edges of all paths that lead through it.

use std::collections::BTreeSet;

use super::edge::{EdgeIx, EdgeKind};
use super::node::{AssetIx, BusinessIx, Node, PersonIx};
use super::store::AccessGraph;

impl AccessGraph {
    /// The edges that matter to somebody or something: of a person, where they work and every path to what they have; of an asset,
    /// everybody's paths to it, what was given on it, its owner and what it contains; of a business, who and what is in it, what was given
    /// within it, to it and by it; of a team, its people and what it has.
    pub fn focus(&self, node: Node) -> BTreeSet<EdgeIx> {
        let mut kept = match node {
            Node::Person(person) => self.around_person(person),
            Node::Asset(asset) => self.around_asset(asset),
            Node::Business(business) => self.around_business(business),
            Node::Team(team) => self.members_of_team(team).chain(self.grants_of_team(team)).collect(),
        };
        kept.extend(self.doors(&kept));
        kept
    }

    fn around_person(&self, person: PersonIx) -> BTreeSet<EdgeIx> {
        let mut kept: BTreeSet<EdgeIx> = self.businesses_of(person).collect();
        for access in self.access_of(person) {
            kept.extend(self.paths(person, access.asset).iter().flat_map(super::Path::edges));
        }
        kept
    }

    fn around_asset(&self, asset: AssetIx) -> BTreeSet<EdgeIx> {
        let mut kept = BTreeSet::new();
        for (person, _) in self.people_on(asset) {
            kept.extend(self.paths(person, asset).iter().flat_map(super::Path::edges));
        }
        let (groups, containments) = self.groups_above(asset);
        for at in groups.into_iter().chain([asset]) {
            kept.extend(self.grants_on(at).filter(|&edge| self.edge(edge).kind != EdgeKind::Grant));
        }
        kept.extend(containments);
        let owned = self.nodes().asset(asset).owner.into_iter().flat_map(|owner| self.owned_by(owner));
        kept.extend(owned.filter(|&edge| self.edge(edge).to == Node::Asset(asset)));
        kept.extend(self.below(BTreeSet::from([asset])));
        kept
    }

    /// Every group around an asset, and the containments that lead down from there.
    fn groups_above(&self, asset: AssetIx) -> (BTreeSet<AssetIx>, BTreeSet<EdgeIx>) {
        let (mut groups, mut edges) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![asset];
        while let Some(at) = open.pop() {
            for edge in self.groups_around(at).filter(|&edge| edges.insert(edge)) {
                if let Node::Asset(group) = self.edge(edge).from {
                    groups.insert(group);
                    open.push(group);
                }
            }
        }
        (groups, edges)
    }

    fn around_business(&self, business: BusinessIx) -> BTreeSet<EdgeIx> {
        let own = Node::Business(business);
        let is_own_team = |node| matches!(node, Node::Team(team) if self.nodes().team(team).business == business);
        let mut kept: BTreeSet<EdgeIx> = self
            .edges()
            .filter(|&index| {
                let edge = self.edge(index);
                edge.from == own
                    || edge.to == own
                    || edge.within == Some(business)
                    || is_own_team(edge.from)
                    || is_own_team(edge.to)
            })
            .collect();
        let assets = kept.iter().filter_map(|&edge| match self.edge(edge).to {
            Node::Asset(asset) => Some(asset),
            _ => None,
        });
        let inner = self.below(assets.collect());
        kept.extend(inner);
        kept
    }

    /// Containments below some assets.
    fn below(&self, assets: BTreeSet<AssetIx>) -> BTreeSet<EdgeIx> {
        let mut kept = BTreeSet::new();
        let mut open: Vec<AssetIx> = assets.into_iter().collect();
        while let Some(at) = open.pop() {
            for edge in self.contents_of(at).filter(|&edge| kept.insert(edge)) {
                if let Node::Asset(inner) = self.edge(edge).to {
                    open.push(inner);
                }
            }
        }
        kept
    }

    /// For everything that a business was given, the partnership by which it was let in.
    fn doors(&self, kept: &BTreeSet<EdgeIx>) -> Vec<EdgeIx> {
        let given = kept.iter().map(|&edge| self.edge(edge)).filter(|edge| edge.kind == EdgeKind::Share);
        let pairs: BTreeSet<(Option<BusinessIx>, Node)> = given.map(|edge| (edge.within, edge.from)).collect();
        let givers: BTreeSet<BusinessIx> = pairs.iter().filter_map(|(giver, _)| *giver).collect();
        let doors = givers.into_iter().flat_map(|giver| self.partners_of(giver).map(move |edge| (giver, edge)));
        doors
            .filter(|&(giver, edge)| pairs.contains(&(Some(giver), self.edge(edge).to)))
            .map(|(_, edge)| edge)
            .collect()
    }
}
