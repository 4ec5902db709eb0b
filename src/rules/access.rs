//! What several rules ask of people and what they reach: who is from outside, whose an asset is, and a finding about an access with its
//! paths, lines and cut.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::graph::{Access, AssetIx, BusinessIx, EdgeIx, EdgeKind, Hop, Node, Path, PersonIx, PersonKind};
use crate::platforms::Platform;

use super::case::World;
use super::sink::Draft;
use super::world::{capability_words, weight};

/// So many paths prove an access; more would hide the first.
const PATHS: usize = 3;

/// The mask of a capability; 0 where the platform has none of this name.
pub fn capability(platform: &Platform, name: &str) -> u64 {
    platform.capability_bit(name).unwrap_or_default()
}

/// Some capabilities as a mask, for rules that ask about every row: their names are looked up once for each platform.
pub struct Rights<'w> {
    world: &'w World<'w>,
    masks: Vec<(&'static Platform, u64)>,
    /// Of all platforms together.
    any: u64,
}

impl<'w> Rights<'w> {
    /// Of these names; what a platform doesn't have counts for nothing.
    pub fn of(world: &'w World<'w>, names: &[&str]) -> Self {
        let mask = |platform| names.iter().fold(0, |mask, name| mask | capability(platform, name));
        let masks: Vec<_> = world.graph.platforms().map(|platform| (platform, mask(platform))).collect();
        Rights { world, any: masks.iter().fold(0, |any, (_, mask)| any | mask), masks }
    }

    /// Their mask on an asset.
    pub fn on(&self, asset: AssetIx) -> u64 {
        if let [(_, mask)] = self.masks.as_slice() {
            return *mask;
        }
        let platform = self.world.graph.nodes().asset(asset).platform;
        let found = self.masks.iter().find(|(known, _)| std::ptr::eq(*known, platform));
        found.map_or(0, |(_, mask)| *mask)
    }

    /// Those that somebody surely has. Most rows have none, and are not looked at further.
    pub fn held(&self, row: &Access) -> u64 {
        match row.sure & self.any {
            0 => 0,
            some => some & self.on(row.asset),
        }
    }
}

impl World<'_> {
    /// The one of our businesses that owns an asset.
    pub fn owner_of_ours(&self, asset: AssetIx) -> Option<BusinessIx> {
        let nodes = self.graph.nodes();
        nodes.asset(asset).owner.filter(|&owner| nodes.business(owner).ours)
    }

    /// Whether somebody is from outside of a business of ours: no address of theirs is in its domains, or they only work for partners.
    /// `None` where that can't be told.
    pub fn is_outsider(&self, person: PersonIx, business: BusinessIx) -> Option<bool> {
        let nodes = self.graph.nodes();
        match nodes.has_own_address(person, business) {
            Some(own) => Some(!own),
            // Service accounts and system users have no address; who declares them answers for them.
            None if nodes.person(person).kind != PersonKind::Human => Some(false),
            None => (!self.works_for(person, business)).then_some(true),
        }
    }

    /// What a grant on an asset is about: the asset, or what is in the group, through groups in groups. An empty group is about itself.
    pub fn about(&self, asset: AssetIx) -> Vec<AssetIx> {
        let nodes = self.graph.nodes();
        let mut about = self.graph.within(asset);
        about.retain(|&one| one == asset || nodes.asset(one).kind.is_none_or(|kind| !kind.group));
        if about.len() > 1 {
            about.retain(|&one| one != asset);
        }
        about
    }

    /// Stable names of assets.
    pub fn asset_names(&self, assets: impl IntoIterator<Item = AssetIx>) -> BTreeSet<String> {
        assets.into_iter().map(|asset| self.graph.nodes().stable(Node::Asset(asset))).collect()
    }

    /// How a share reaches an asset inside the group that is shared; nothing where it doesn't.
    pub fn share_path(&self, share: EdgeIx, asset: AssetIx) -> Vec<Hop> {
        let read = self.graph.edge(share);
        let mut came: BTreeMap<AssetIx, Hop> = BTreeMap::new();
        let mut open = VecDeque::from([asset]);
        while let Some(at) = open.pop_front() {
            if read.to == Node::Asset(at) {
                let first = Hop { from: read.from, to: read.to, edge: share };
                let inner = std::iter::successors(came.get(&at).copied(), |hop| match hop.to {
                    Node::Asset(next) => came.get(&next).copied(),
                    Node::Person(_) | Node::Business(_) | Node::Team(_) => None,
                });
                return std::iter::once(first).chain(inner).collect();
            }
            for edge in self.graph.groups_around(at) {
                if let Node::Asset(group) = self.graph.edge(edge).from
                    && group != asset
                    && !came.contains_key(&group)
                {
                    came.insert(group, Hop { from: Node::Asset(group), to: Node::Asset(at), edge });
                    open.push_back(group);
                }
            }
        }
        Vec::new()
    }

    /// Whether somebody is a member of a business.
    pub fn works_for(&self, person: PersonIx, business: BusinessIx) -> bool {
        self.graph.businesses_of(person).any(|edge| self.graph.edge(edge).to == Node::Business(business))
    }

    /// Whether a business lets another one in.
    pub fn lets_in(&self, giver: BusinessIx, partner: BusinessIx) -> bool {
        self.graph.partners_of(giver).any(|edge| self.graph.edge(edge).to == Node::Business(partner))
    }

    /// Whether somebody is a human, as far as anybody says.
    pub fn is_human(&self, person: PersonIx) -> bool {
        self.graph.nodes().person(person).kind == PersonKind::Human
    }

    /// A finding about what a person can do on an asset: shortest paths, the line that gives it, the fewest lines that end it.
    pub fn access_draft(&self, person: PersonIx, asset: AssetIx, mask: u64, message: String) -> Draft {
        let paths = self.paths_to(person, asset, mask);
        let cut = self.graph.cut(person, asset, mask);
        let draft = self.access_told(person, asset, mask, message, &paths).cut(self.cuts(&cut.edges));
        self.proved_by(&paths, asset, mask, draft)
    }

    /// The same without its proof, by paths that are known.
    pub fn access_told(&self, person: PersonIx, asset: AssetIx, mask: u64, message: String, paths: &[Path]) -> Draft {
        let platform = self.graph.nodes().asset(asset).platform;
        let grant = paths.first().and_then(|path| self.grant_of(path));
        let words = capability_words(platform, mask);
        Draft::new(self.node(Node::Person(person)), message)
            .on(self.node(Node::Asset(asset)))
            .business(self.business_of(asset))
            .at(grant.and_then(|edge| self.edge_place(edge)), format!("gives: {words}"))
            .record(grant.and_then(|edge| self.edge_record(edge)))
            .exposure(1, 1)
            .impact(weight(platform, mask))
    }

    /// With paths to an asset as its proof, each with what of a mask it gives.
    pub fn proved_by(&self, paths: &[Path], asset: AssetIx, mask: u64, draft: Draft) -> Draft {
        let platform = self.graph.nodes().asset(asset).platform;
        paths.iter().fold(draft, |draft, path| {
            let gives = self.graph.capabilities(platform, path.permissions).0 & mask;
            draft.witness(Some(self.witness(path, capability_words(platform, gives))))
        })
    }

    /// The shortest paths that together give all of a mask, each adding something.
    pub fn paths_to(&self, person: PersonIx, asset: AssetIx, mask: u64) -> Vec<Path> {
        let platform = self.graph.nodes().asset(asset).platform;
        let mut left = mask;
        let mut paths = self.graph.paths(person, asset);
        paths.retain(|path| {
            let gives = self.graph.capabilities(platform, path.permissions).0;
            let adds = gives & left != 0;
            left &= !gives;
            adds
        });
        paths.truncate(PATHS);
        paths
    }

    /// The edge of a path that gives something, nearest to the asset.
    pub fn grant_of(&self, path: &Path) -> Option<EdgeIx> {
        let gives = |edge: &EdgeIx| {
            matches!(self.graph.edge(*edge).kind, EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share)
        };
        let edges: Vec<EdgeIx> = path.hops.iter().map(|hop| hop.edge).collect();
        let written = |edge: &EdgeIx| !self.graph.lines(*edge).is_empty();
        let all = || edges.iter().rev().copied().filter(gives);
        all().find(written).or_else(|| all().next())
    }

    /// The place of somebody in the files: their entry, or the line that names them first.
    pub fn person_place(&self, person: PersonIx) -> Option<super::finding::Place> {
        self.graph.nodes().person(person).pos.map(|pos| self.place(pos))
    }

    /// The membership of somebody in a business, the one that administers it first.
    pub fn membership(&self, person: PersonIx, business: BusinessIx) -> Option<EdgeIx> {
        let here = |edge: &EdgeIx| self.graph.edge(*edge).to == Node::Business(business);
        let mut edges: Vec<EdgeIx> = self.graph.businesses_of(person).filter(here).collect();
        edges.sort_by_key(|&edge| (!self.graph.edge(edge).admin, edge));
        edges.first().copied()
    }
}
