//! What nodes, edges and paths are called: stable names for fingerprints, plain data for reports, and finding by what people type.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetRef, PersonRef, PrincipalIx, Sym, fold, person_label};
use crate::source::Files;

use super::edge::{EdgeIx, EdgeKind};
use super::node::{AssetIx, BusinessIx, BusinessRef, NameKind, Node, NodeRef, Nodes, PersonIx, TeamIx, TeamRef};
use super::paths::Path;
use super::store::AccessGraph;

/// A place in the files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlaceRef {
    /// The file, relative to the repository's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u16,
}

/// A hop as plain data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HopRef {
    /// Where it starts.
    pub from: NodeRef,
    /// Where it ends.
    pub to: NodeRef,
    /// What it says.
    pub kind: EdgeKind,
    /// For members: whether the role administers the business.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub admin: bool,
    /// For grants and shares: the platform's words for what was given, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub permissions: Vec<String>,
    /// The lines that say so.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<PlaceRef>,
    /// The record of an export that says so (`grants: member 5498… on 5495…`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
    /// Whether it is still to come.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub pending: bool,
}

/// A path as plain data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PathRef {
    /// From the person to the asset.
    pub hops: Vec<HopRef>,
    /// What else must hold: what a partner lets this person do.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also: Vec<HopRef>,
    /// The platform's words for what this way gives, sorted.
    pub permissions: Vec<String>,
    /// Whether it needs the person to make use of an administrator's role first.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub potential: bool,
}

impl Nodes {
    /// A name that survives other files, other orders and other runs: `person:bo@acme.example`, `asset:549755885175`, `partner:5009`,
    /// `business:6480`, `team:acme/social-fr`.
    pub fn stable(&self, node: Node) -> String {
        match node {
            Node::Person(person) => ["person:", &self.best_name(person)].concat(),
            Node::Business(business) => {
                let node = self.business(business);
                let kind = if node.ours { "business" } else { "partner" };
                [kind, ":", self.text(node.id)].concat()
            }
            Node::Asset(asset) => {
                let node = self.asset(asset);
                match (node.id, node.key) {
                    (Some(id), _) => ["asset:", self.text(id)].concat(),
                    (None, Some(key)) => format!("asset:{}/{}", self.business_word(node.home), self.text(key)),
                    (None, None) => format!("asset:{}/?", self.business_word(node.home)),
                }
            }
            Node::Team(team) => {
                let node = self.team(team);
                format!("team:{}/{}", self.business_word(node.business), self.text(node.key))
            }
        }
    }

    /// What people call a node: the label of its [`NodeRef`], without the rest of it.
    pub fn label(&self, node: Node) -> String {
        let text = |sym: Sym| self.text(sym);
        match node {
            Node::Person(person) => {
                let first = |kind| self.names_of_kind(person, kind).next();
                let address = first(NameKind::Address).or_else(|| first(NameKind::Username));
                let node = self.person(person);
                let address = address.or_else(|| first(NameKind::Id)).or(node.key.map(text));
                person_label(node.name.map(text), address)
            }
            Node::Business(business) => {
                let node = self.business(business);
                let key = || node.key.or_else(|| self.partnerships_with(business).find_map(|one| one.key));
                text(node.name.or_else(key).unwrap_or(node.id)).to_owned()
            }
            Node::Asset(asset) => {
                let node = self.asset(asset);
                node.name.or(node.key).or(node.id).map_or("an unnamed asset", text).to_owned()
            }
            Node::Team(team) => ["team ", text(self.team(team).key)].concat(),
        }
    }

    fn best_name(&self, person: PersonIx) -> Cow<'_, str> {
        if let Some(key) = self.person(person).key {
            return fold(self.text(key));
        }
        let of = |kind| self.names_of_kind(person, kind).min();
        let name = of(NameKind::Address).or_else(|| of(NameKind::Username)).or_else(|| of(NameKind::Id));
        Cow::Borrowed(name.unwrap_or("?"))
    }

    fn business_word(&self, business: BusinessIx) -> &str {
        let node = self.business(business);
        self.text(node.key.unwrap_or(node.id))
    }

    /// A person as plain data.
    pub fn person_ref(&self, person: PersonIx) -> PersonRef {
        let node = self.person(person);
        let first = |kind| self.names_of_kind(person, kind).next().map(str::to_owned);
        PersonRef {
            key: self.owned(node.key),
            id: first(NameKind::Id),
            email: first(NameKind::Address),
            username: first(NameKind::Username),
            name: self.owned(node.name),
        }
    }

    /// A business as plain data.
    pub fn business_ref(&self, business: BusinessIx) -> BusinessRef {
        let node = self.business(business);
        let as_partner = || self.partnerships_with(business).find_map(|one| one.key);
        BusinessRef {
            key: self.owned(node.key.or_else(as_partner)),
            id: self.text(node.id).to_owned(),
            name: self.owned(node.name),
            ours: node.ours,
        }
    }

    /// An asset as plain data.
    pub fn asset_ref(&self, asset: AssetIx) -> AssetRef {
        let node = self.asset(asset);
        AssetRef {
            key: self.owned(node.key),
            id: self.owned(node.id),
            name: self.owned(node.name),
            kind: self.text(node.kind_word).to_owned(),
        }
    }

    /// A team as plain data.
    pub fn team_ref(&self, team: TeamIx) -> TeamRef {
        let node = self.team(team);
        TeamRef { business: self.business_word(node.business).to_owned(), key: self.text(node.key).to_owned() }
    }

    /// Any node as plain data.
    pub fn node_ref(&self, node: Node) -> NodeRef {
        match node {
            Node::Person(person) => NodeRef::Person(self.person_ref(person)),
            Node::Business(business) => NodeRef::Business(self.business_ref(business)),
            Node::Asset(asset) => NodeRef::Asset(self.asset_ref(asset)),
            Node::Team(team) => NodeRef::Team(self.team_ref(team)),
        }
    }

    fn owned(&self, sym: Option<Sym>) -> Option<String> {
        sym.map(|sym| self.text(sym).to_owned())
    }

    /// Everybody with this key, address, user name or id, compared without case.
    pub fn find_people(&self, name: &str) -> Vec<PersonIx> {
        let folded = fold(name);
        let is = |sym: Sym| fold(self.text(sym)) == folded;
        let bears = |person: &PersonIx| {
            self.person(*person).key.is_some_and(is) || self.names_of(*person).iter().any(|one| is(one.text))
        };
        self.people().filter(bears).collect()
    }

    /// Every asset with this key (in the files of any business) or id; where there is none, with this name.
    pub fn find_assets(&self, name: &str) -> Vec<AssetIx> {
        let is = |sym: Option<Sym>| sym.is_some_and(|sym| self.text(sym) == name);
        let mut found: Vec<AssetIx> = self.assets().filter(|&asset| is(self.asset(asset).id)).collect();
        found.extend(self.asset_keys.iter().filter(|(_, _, key)| is(Some(*key))).map(|&(asset, _, _)| asset));
        if let Some((business, key)) = name.split_once('/') {
            let qualified = self
                .asset_keys
                .iter()
                .filter(|(_, home, own)| self.business_word(*home) == business && self.text(*own) == key);
            found.extend(qualified.map(|&(asset, _, _)| asset));
        }
        if found.is_empty() {
            found.extend(self.assets().filter(|&asset| is(self.asset(asset).name)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Every business with this key (its own, or as somebody's partner), id or name.
    pub fn find_businesses(&self, name: &str) -> Vec<BusinessIx> {
        let is = |sym: Option<Sym>| sym.is_some_and(|sym| self.text(sym) == name);
        let own = self.businesses().filter(|&business| {
            let node = self.business(business);
            is(node.key) || is(Some(node.id)) || is(node.name)
        });
        let mut found: Vec<BusinessIx> = own.collect();
        found.extend(self.partnerships.iter().filter(|one| is(one.key)).map(|one| one.theirs));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The keys of an asset in the files, with the business whose files have it.
    pub fn keys_of_asset(&self, asset: AssetIx) -> impl Iterator<Item = (BusinessIx, &str)> {
        let keys = self.asset_keys.iter().filter(move |(one, _, _)| *one == asset);
        keys.map(|&(_, business, key)| (business, self.text(key)))
    }

    /// Whether an address of the person is in one of a business's own domains; `None` where it lists none or the person has no address.
    pub fn has_own_address(&self, person: PersonIx, business: BusinessIx) -> Option<bool> {
        let domains = &self.business(business).domains;
        let mut addresses = self.names_of_kind(person, NameKind::Address).peekable();
        if domains.is_empty() || addresses.peek().is_none() {
            return None;
        }
        let ours = |address: &str| {
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
            domains.iter().any(|&own| self.text(own) == domain)
        };
        Some(addresses.any(ours))
    }
}

impl AccessGraph {
    /// A person of the version of the files that explains the graph, by the index there.
    pub fn person_of_files(&self, person: usize) -> Option<PersonIx> {
        self.files.people.get(person).copied().map(PersonIx)
    }

    /// The business that a partner of those files is.
    pub fn partner_of_files(&self, partner: usize) -> Option<BusinessIx> {
        self.files.partners.get(partner).copied().map(BusinessIx)
    }

    /// A person or a partner of those files.
    pub fn principal_of_files(&self, principal: PrincipalIx) -> Option<Node> {
        match principal.is_partner() {
            true => self.partner_of_files(principal.index()).map(Node::Business),
            false => self.person_of_files(principal.index()).map(Node::Person),
        }
    }

    /// One of our businesses in those files.
    pub fn business_of_files(&self, business: usize) -> Option<BusinessIx> {
        self.files.businesses.get(business).copied().map(BusinessIx)
    }

    /// An asset of those files.
    pub fn asset_of_files(&self, asset: usize) -> Option<AssetIx> {
        self.files.assets.get(asset).copied().map(AssetIx)
    }

    /// The words of an edge's permissions, known and unknown, sorted.
    pub fn words(&self, edge: EdgeIx) -> Vec<String> {
        let raw = self.raw(edge.0);
        let held = matches!(raw.kind, EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share);
        if !held {
            return Vec::new();
        }
        let platform = self.nodes.assets[raw.to as usize].platform;
        let mut words: Vec<String> = platform.words(raw.permissions).into_iter().map(str::to_owned).collect();
        words.extend(self.nodes.foreign_words(raw.extra).iter().cloned());
        words.sort_unstable();
        words
    }

    /// The record of an export behind an edge (`grants: member 5498… on 5495…`); `None` where only the files say so.
    pub fn record(&self, edge: EdgeIx) -> Option<String> {
        let read = self.edge(edge);
        if !read.recorded {
            return None;
        }
        let id = |node| match node {
            Node::Person(person) => self.nodes.names_of(person).first().map_or("?", |name| self.nodes.text(name.text)),
            Node::Business(business) => self.nodes.text(self.nodes.business(business).id),
            Node::Asset(asset) => self.nodes.asset(asset).id.map_or("?", |id| self.nodes.text(id)),
            Node::Team(team) => self.nodes.text(self.nodes.team(team).key),
        };
        let (from, to) = (id(read.from), id(read.to));
        Some(match (read.kind, read.removable) {
            (EdgeKind::Grant, true) => format!("grants: member {from} on {to}"),
            (EdgeKind::Grant, false) => format!("roster: {from} on {to}"),
            (EdgeKind::Member, true) => format!("members: {from} of business {to}"),
            (EdgeKind::Member, false) => format!("roster: {from} of partner {to}"),
            (EdgeKind::Share, _) => format!("grants: partner {from} on {to}"),
            (EdgeKind::Partner, _) => format!("partners: {to} of {from}"),
            (EdgeKind::Contains, _) => format!("asset_group_members: {to} in {from}"),
            (EdgeKind::TeamGrant, _) => format!("grants: members of team {from} on {to}"),
            (EdgeKind::InTeam | EdgeKind::Owns, _) => return None,
        })
    }

    /// An edge as plain data. `files` are those whose lines the graph knows.
    pub fn hop_ref(&self, edge: EdgeIx, files: &Files) -> HopRef {
        let read = self.edge(edge);
        let place = |line: &super::Line| PlaceRef {
            file: files.path(line.pos.file).to_owned(),
            line: line.pos.line,
            column: line.pos.column,
        };
        HopRef {
            from: self.nodes.node_ref(read.from),
            to: self.nodes.node_ref(read.to),
            kind: read.kind,
            admin: read.admin,
            permissions: self.words(edge),
            places: self.lines(edge).iter().map(place).collect(),
            record: self.record(edge),
            pending: read.pending,
        }
    }

    /// A path as plain data. `files` are those whose lines the graph knows.
    pub fn path_ref(&self, path: &Path, files: &Files) -> PathRef {
        let hops = path.hops.iter().map(|hop| HopRef {
            from: self.nodes.node_ref(hop.from),
            to: self.nodes.node_ref(hop.to),
            ..self.hop_ref(hop.edge, files)
        });
        let platform = match path.hops.last().map(|hop| hop.to) {
            Some(Node::Asset(asset)) => Some(self.nodes.asset(asset).platform),
            _ => None,
        };
        let words = platform.map(|platform| platform.words(path.permissions)).unwrap_or_default();
        PathRef {
            hops: hops.collect(),
            also: path.also.iter().map(|&edge| self.hop_ref(edge, files)).collect(),
            permissions: words.into_iter().map(str::to_owned).collect(),
            potential: path.potential,
        }
    }
}
