//! Who is who and what is what, across the files, the exports of all businesses, rosters and invitations.
//!
//! Names that lead to each other make one person: an id, an address or a user name that two records share. That counts more access
//! to a person rather than less, which is the safe side here; whether names contradict each other is for the comparison to say.

mod exports;
mod files;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::csr::Csr;
use super::node::{Asset, Business, BusinessIx, Name, NameKind, Nodes, Partnership, Person, PersonKind, count};
use super::store::NONE;
use crate::model::{Direction, Strings, Sym, fold};
use crate::platforms::Platform;

/// Nodes by the indexes of one version of the files.
#[derive(Debug, Default)]
pub(super) struct FileMap {
    pub(super) businesses: Vec<u32>,
    pub(super) people: Vec<u32>,
    pub(super) assets: Vec<u32>,
    pub(super) teams: Vec<u32>,
    /// The business of each partner.
    pub(super) partners: Vec<u32>,
}

/// Nodes by the indexes of one export.
#[derive(Debug, Default)]
pub(super) struct StateMap {
    pub(super) business: u32,
    pub(super) members: Vec<u32>,
    pub(super) partners: Vec<u32>,
    pub(super) assets: Vec<u32>,
    /// The person of each line of a roster.
    pub(super) rosters: Vec<u32>,
    /// The person of each pending invitation of a member; [`NONE`] for others.
    pub(super) invitees: Vec<u32>,
    /// Businesses that were invited or asked, by id.
    pub(super) invited_partners: BTreeMap<String, u32>,
    pub(super) foreign: Vec<u32>,
}

/// The namespace of addresses, which all platforms share.
const ADDRESSES: usize = 0;

/// Collects names until all are known.
pub(super) struct Census {
    pub(super) nodes: Nodes,
    /// The table that the nodes' strings began as a copy of: its symbols are the same there.
    base: Option<Strings>,
    groups: Vec<u32>,
    /// By namespace and symbol: who has the name.
    holders: Vec<Vec<u32>>,
    /// Every name once, with somebody who has it.
    names: Vec<(u32, Name)>,
    platforms: Vec<&'static str>,
    businesses: BTreeMap<(&'static str, Sym), u32>,
    assets: Vec<Vec<u32>>,
    /// By asset: whether somebody said outright who owns it.
    owner_said: Vec<bool>,
    entries: Vec<Entry>,
    /// By symbol: who has the key in the files.
    keys: Vec<u32>,
    teams: BTreeMap<(BusinessIx, Sym), u32>,
    partnerships: BTreeMap<(BusinessIx, BusinessIx, Direction), usize>,
    /// Groups that the files give no id, by business and key.
    new_groups: BTreeMap<(u32, Sym), u32>,
}

/// What is known about an entity beside its names.
#[derive(Clone, Copy)]
struct Entry {
    kind: PersonKind,
    key: Option<Sym>,
    name: Option<Sym>,
    pos: Option<crate::source::Pos>,
}

impl Census {
    /// With room for about so many people. Strings of the first export are taken over as they lie: most names are its, and looking a
    /// million of them up again is most of the work.
    pub(super) fn new(people: usize, first: Option<&Strings>) -> Self {
        // An id, an address, a user name and a name each.
        let strings = first.cloned().unwrap_or_else(|| Strings::with_capacity(4 * people));
        Census {
            nodes: Nodes { strings, ..Nodes::default() },
            base: first.cloned(),
            groups: Vec::new(),
            holders: Vec::new(),
            names: Vec::new(),
            platforms: Vec::new(),
            businesses: BTreeMap::new(),
            assets: Vec::new(),
            owner_said: Vec::new(),
            entries: Vec::new(),
            keys: Vec::new(),
            teams: BTreeMap::new(),
            partnerships: BTreeMap::new(),
            new_groups: BTreeMap::new(),
        }
    }

    fn entity(&mut self, entry: Entry) -> u32 {
        let entity = count(&self.groups);
        self.groups.push(entity);
        self.entries.push(entry);
        entity
    }

    fn unknown(&mut self, system: bool) -> u32 {
        let kind = if system { PersonKind::System } else { PersonKind::Human };
        self.entity(Entry { kind, key: None, name: None, pos: None })
    }

    fn platform(&mut self, platform: &'static Platform) -> usize {
        let known = self.platforms.iter().position(|name| *name == platform.name);
        known.unwrap_or_else(|| {
            self.platforms.push(platform.name);
            self.platforms.len() - 1
        })
    }

    /// A symbol of some table as one of ours. A predicted state began as a copy of its export, and most of its symbols are the same.
    fn adopted(&mut self, strings: &Strings, sym: Sym) -> Sym {
        let is_same =
            |base: &Strings| base.is_same(strings) || (sym.index() < base.len() && base.get(sym) == strings.get(sym));
        match &self.base {
            Some(base) if is_same(base) => sym,
            _ => self.nodes.strings.intern(strings.get(sym)),
        }
    }

    /// The same for names that are compared without case.
    fn folded(&mut self, strings: &Strings, sym: Sym) -> Sym {
        match fold(strings.get(sym)) {
            Cow::Borrowed(_) => self.adopted(strings, sym),
            Cow::Owned(text) => self.nodes.strings.intern(&text),
        }
    }

    /// Notes that an entity has a name; whoever had it before is the same person.
    fn claim(&mut self, entity: u32, platform: usize, kind: NameKind, text: &str) {
        let text = self.nodes.strings.intern(text);
        self.claim_symbol(entity, platform, Name { kind, text });
    }

    /// The same for a name that is stored already.
    fn claim_symbol(&mut self, entity: u32, platform: usize, name: Name) {
        let space = match name.kind {
            NameKind::Address => ADDRESSES,
            NameKind::Id => 1 + 2 * platform,
            NameKind::Username => 2 + 2 * platform,
        };
        let text = name.text;
        if self.holders.len() <= space {
            self.holders.resize_with(space + 1, Vec::new);
        }
        let holders = &mut self.holders[space];
        if holders.len() <= text.index() {
            holders.resize(self.nodes.strings.len().next_power_of_two(), NONE);
        }
        let holder = holders[text.index()];
        if holder == NONE {
            holders[text.index()] = entity;
            self.names.push((entity, name));
        } else {
            self.join(holder, entity);
        }
    }

    fn root(&mut self, mut entity: u32) -> u32 {
        while self.groups[entity as usize] != entity {
            let above = self.groups[entity as usize];
            self.groups[entity as usize] = self.groups[above as usize];
            entity = above;
        }
        entity
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.groups[a.max(b) as usize] = a.min(b);
    }

    fn copied(&mut self, text: Option<&str>) -> Option<Sym> {
        text.map(|text| self.nodes.strings.intern(text))
    }

    fn business(&mut self, platform: &'static Platform, id: &str) -> u32 {
        let id = self.nodes.strings.intern(id);
        let businesses = &mut self.nodes.businesses;
        *self.businesses.entry((platform.name, id)).or_insert_with(|| {
            businesses.push(Business {
                platform,
                id,
                name: None,
                key: None,
                pos: None,
                ours: false,
                domains: Vec::new(),
            });
            count(businesses) - 1
        })
    }

    fn partnership(&mut self, new: Partnership) {
        let known = &mut self.nodes.partnerships;
        let at = *self.partnerships.entry((new.ours, new.theirs, new.direction)).or_insert_with(|| {
            known.push(new);
            known.len() - 1
        });
        if known[at].key.is_none() {
            known[at] = new;
        }
    }

    fn asset(&mut self, platform: usize, id: &str, make: impl FnOnce(&mut Nodes) -> Asset) -> (u32, bool) {
        let sym = self.nodes.strings.intern(id);
        if self.assets.len() <= platform {
            self.assets.resize_with(platform + 1, Vec::new);
        }
        let assets = &mut self.assets[platform];
        if assets.len() <= sym.index() {
            assets.resize(self.nodes.strings.len().next_power_of_two(), NONE);
        }
        if assets[sym.index()] != NONE {
            return (assets[sym.index()], false);
        }
        let index = count(&self.nodes.assets);
        assets[sym.index()] = index;
        let asset = make(&mut self.nodes);
        self.nodes.assets.push(Asset { id: Some(sym), ..asset });
        self.owner_said.push(false);
        (index, true)
    }
    fn owned(&mut self, asset: u32, owner: u32) {
        if !self.owner_said[asset as usize] {
            self.owner_said[asset as usize] = true;
            self.nodes.assets[asset as usize].owner = Some(BusinessIx(owner));
        }
    }
    /// Numbers the people, and gives everything its final name.
    pub(super) fn finish(mut self, files: &mut [FileMap], states: &mut [&mut StateMap]) -> Nodes {
        let mut number = vec![NONE; self.groups.len()];
        for entity in 0..count(&self.groups) {
            let root = self.root(entity) as usize;
            let entry = self.entries[entity as usize];
            if number[root] == NONE {
                number[root] = count(&self.nodes.people);
                self.nodes.people.push(Person {
                    kind: entry.kind,
                    key: entry.key,
                    name: entry.name,
                    pos: entry.pos,
                    names: (0, 0),
                });
            }
            number[entity as usize] = number[root];
            let person = &mut self.nodes.people[number[root] as usize];
            if person.key.is_none() && entry.key.is_some() {
                person.key = entry.key;
                person.pos = entry.pos;
                person.kind = entry.kind;
            }
            person.name = person.name.or(entry.name);
        }
        self.number_names(&number);
        let renumber = |entities: &mut Vec<u32>| {
            for entity in entities.iter_mut().filter(|entity| **entity != NONE) {
                *entity = number[*entity as usize];
            }
        };
        for map in files {
            renumber(&mut map.people);
        }
        for map in states {
            renumber(&mut map.members);
            renumber(&mut map.rosters);
            renumber(&mut map.invitees);
        }
        self.settle_owners();
        let partners = (0u32..).zip(&self.nodes.partnerships).map(|(at, one)| (one.theirs.0, at));
        self.nodes.as_partner = Csr::of(self.nodes.businesses.len(), partners);
        self.nodes
    }

    fn number_names(&mut self, number: &[u32]) {
        let mut names: Vec<(u32, Name)> =
            self.names.iter().map(|&(entity, name)| (number[entity as usize], name)).collect();
        names.sort_by_key(|&(person, name)| (person, name.kind));
        for (at, same) in names.chunk_by(|a, b| a.0 == b.0).scan(0u32, |at, same| {
            let start = *at;
            *at += count(same);
            Some((start, same))
        }) {
            let person = same.first().map_or(0, |&(person, _)| person as usize);
            self.nodes.people[person].names = (at, at + count(same));
        }
        self.nodes.names = names.into_iter().map(|(_, name)| name).collect();
    }

    /// Where nobody says who owns an asset, the business that names it does.
    fn settle_owners(&mut self) {
        for asset in &mut self.nodes.assets {
            asset.owner = asset.owner.or(Some(asset.home));
        }
        self.nodes.asset_keys.sort_unstable();
        self.nodes.asset_keys.dedup();
    }
}
