//! Who is who and what is what, across the files, the exports of all businesses, rosters and invitations.
//!
//! Names that lead to each other make one person: an id, an address or a user name that two records share. That counts more access
//! to a person rather than less, which is the safe side here; whether names contradict each other is for the comparison to say.

use std::collections::BTreeMap;

use crate::desired::{self, DesiredState};
use crate::model::{Direction, Sym, fold};
use crate::observed::{InviteKind, InviteStatus, ObservedState};
use crate::platforms::Platform;

use super::node::{
    Asset, AssetIx, Business, BusinessIx, Name, NameKind, Nodes, Partnership, Person, PersonKind, Team, count,
};
use super::store::NONE;

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

/// Collects names until all are known.
pub(super) struct Census {
    pub(super) nodes: Nodes,
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
    pub(super) fn new() -> Self {
        Census {
            nodes: Nodes::default(),
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

    /// Notes that an entity has a name; whoever had it before is the same person.
    fn claim(&mut self, entity: u32, platform: usize, kind: NameKind, text: &str) {
        let space = match kind {
            NameKind::Address => 0,
            NameKind::Id => 1 + 2 * platform,
            NameKind::Username => 2 + 2 * platform,
        };
        let text = self.nodes.strings.intern(text);
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
            self.names.push((entity, Name { kind, text }));
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

    /// Takes the members, partners and assets of an export in. `before` is the same business at another time: who is in both under
    /// the same names is not looked up again.
    pub(super) fn state(&mut self, state: &ObservedState, before: Option<(&ObservedState, &StateMap)>) -> StateMap {
        let platform = self.platform(state.platform);
        let business = self.business(state.platform, &state.business_id);
        let name = self.copied(state.business_name.as_deref());
        let node = &mut self.nodes.businesses[business as usize];
        node.ours = true;
        node.name = node.name.or(name);
        StateMap {
            business,
            members: self.members(state, platform, before),
            partners: self.state_partners(state, business),
            assets: self.state_assets(state, platform, business),
            rosters: self.rosters(state, platform),
            invitees: self.invitees(state, platform),
            invited_partners: self.invited_partners(state),
            foreign: self.foreign(state),
        }
    }

    fn members(
        &mut self,
        state: &ObservedState,
        platform: usize,
        before: Option<(&ObservedState, &StateMap)>,
    ) -> Vec<u32> {
        let mut entities = Vec::with_capacity(state.members.len());
        let mut at = 0;
        for member in &state.members {
            if let Some((old, map)) = before {
                let id = state.text(member.id);
                while old.members.get(at).is_some_and(|row| old.text(row.id) < id) {
                    at += 1;
                }
                let same = |row: &&crate::observed::Member| {
                    old.text(row.id) == id
                        && text(old, row.email) == text(state, member.email)
                        && text(old, row.username) == text(state, member.username)
                };
                if old.members.get(at).filter(same).is_some() {
                    entities.push(map.members[at]);
                    continue;
                }
            }
            let entity = self.unknown(member.system);
            self.claim(entity, platform, NameKind::Id, state.text(member.id));
            self.claim_names(entity, platform, state, member.email, member.username);
            entities.push(entity);
        }
        entities
    }

    fn claim_names(
        &mut self,
        entity: u32,
        platform: usize,
        state: &ObservedState,
        email: Option<Sym>,
        username: Option<Sym>,
    ) {
        if let Some(email) = email {
            self.claim(entity, platform, NameKind::Address, &fold(state.text(email)));
        }
        if let Some(username) = username {
            self.claim(entity, platform, NameKind::Username, &fold(state.text(username)));
        }
    }

    fn rosters(&mut self, state: &ObservedState, platform: usize) -> Vec<u32> {
        let mut entities: Vec<u32> = Vec::with_capacity(state.rosters.len());
        for (index, row) in state.rosters.iter().enumerate() {
            let last = index.checked_sub(1).and_then(|last| state.rosters.get(last));
            let same = last.is_some_and(|last| {
                (last.partner, last.email, last.username) == (row.partner, row.email, row.username)
            });
            let entity = match entities.last() {
                Some(&entity) if same => entity,
                _ => {
                    let entity = self.unknown(false);
                    self.claim_names(entity, platform, state, row.email, row.username);
                    entity
                }
            };
            entities.push(entity);
        }
        entities
    }

    fn invitees(&mut self, state: &ObservedState, platform: usize) -> Vec<u32> {
        let mut entities = Vec::with_capacity(state.invites.len());
        for invite in &state.invites {
            let waits = invite.status == InviteStatus::Pending && !invite.received;
            if invite.kind != InviteKind::MemberInvite || !waits {
                entities.push(NONE);
                continue;
            }
            let invitee = fold(state.text(invite.invitee));
            let entity = self.unknown(false);
            let kind = if invitee.contains('@') { NameKind::Address } else { NameKind::Username };
            self.claim(entity, platform, kind, &invitee);
            entities.push(entity);
        }
        entities
    }

    fn invited_partners(&mut self, state: &ObservedState) -> BTreeMap<String, u32> {
        let asked = |kind| matches!(kind, InviteKind::PartnerInvite | InviteKind::PartnerRequest);
        let waiting =
            state.invites.iter().filter(|invite| asked(invite.kind) && invite.status == InviteStatus::Pending);
        let mut partners = BTreeMap::new();
        for invite in waiting.filter(|invite| !invite.received) {
            let id = state.text(invite.invitee);
            partners.insert(id.to_owned(), self.business(state.platform, id));
        }
        partners
    }

    fn state_partners(&mut self, state: &ObservedState, business: u32) -> Vec<u32> {
        let mut partners = Vec::with_capacity(state.partners.len());
        for partner in &state.partners {
            let theirs = self.business(state.platform, state.text(partner.id));
            let name = self.copied(partner.name.map(|name| state.text(name)));
            let node = &mut self.nodes.businesses[theirs as usize];
            node.name = node.name.or(name);
            self.partnership(Partnership {
                ours: BusinessIx(business),
                theirs: BusinessIx(theirs),
                direction: partner.direction,
                key: None,
                pos: None,
                partner: None,
            });
            partners.push(theirs);
        }
        partners
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

    fn state_assets(&mut self, state: &ObservedState, platform: usize, business: u32) -> Vec<u32> {
        let mut assets = Vec::with_capacity(state.assets.len());
        for row in &state.assets {
            let word = state.text(row.kind);
            let (index, _) = self.asset(platform, state.text(row.id), |nodes| Asset {
                platform: state.platform,
                id: None,
                kind: state.platform.asset_type(word),
                kind_word: nodes.strings.intern(word),
                name: None,
                key: None,
                pos: None,
                home: BusinessIx(business),
                owner: None,
                client: None,
                labels: Vec::new(),
                desired: None,
            });
            let name = self.copied(row.name.map(|name| state.text(name)));
            let client = self.copied(row.client.map(|client| state.text(client)));
            let node = &mut self.nodes.assets[index as usize];
            node.name = node.name.or(name);
            node.client = node.client.or(client);
            if let Some(owner) = row.owner_business {
                let owner = self.business(state.platform, state.text(owner));
                self.owned(index, owner);
            }
            assets.push(index);
        }
        assets
    }

    fn owned(&mut self, asset: u32, owner: u32) {
        if !self.owner_said[asset as usize] {
            self.owner_said[asset as usize] = true;
            self.nodes.assets[asset as usize].owner = Some(BusinessIx(owner));
        }
    }

    fn foreign(&mut self, state: &ObservedState) -> Vec<u32> {
        let mut map = vec![0];
        for list in &state.foreign {
            let known = self.nodes.foreign.iter().position(|known| known == list);
            let index = known.unwrap_or_else(|| {
                self.nodes.foreign.push(list.clone());
                self.nodes.foreign.len() - 1
            });
            map.push(u32::try_from(index + 1).unwrap_or(0));
        }
        map
    }

    /// Takes what the files know in. Exports come first, so that a group without an id is the group of its name.
    pub(super) fn files(&mut self, files: &DesiredState, states: &[(&ObservedState, &StateMap)]) -> FileMap {
        let businesses = self.file_businesses(files);
        let partners = self.file_partners(files, &businesses);
        let assets = self.file_assets(files, &businesses, &partners, states);
        let people = self.file_people(files);
        let teams = self.file_teams(files, &businesses);
        FileMap { businesses, people, assets, teams, partners }
    }

    fn file_teams(&mut self, files: &DesiredState, businesses: &[u32]) -> Vec<u32> {
        let mut map = Vec::with_capacity(files.teams.len());
        for team in &files.teams {
            let key = self.nodes.strings.intern(files.text(team.key));
            let business = BusinessIx(businesses[team.business as usize]);
            let teams = &mut self.nodes.teams;
            map.push(*self.teams.entry((business, key)).or_insert_with(|| {
                teams.push(Team { business, key, pos: team.pos });
                count(teams) - 1
            }));
        }
        map
    }

    fn file_businesses(&mut self, files: &DesiredState) -> Vec<u32> {
        let mut map = Vec::with_capacity(files.businesses.len());
        for entry in &files.businesses {
            let business = self.business(entry.platform, files.text(entry.id));
            let key = self.copied(Some(files.text(entry.key)));
            let name = self.copied(entry.name.map(|name| files.text(name)));
            let domains = entry.domains.iter().map(|&sym| self.nodes.strings.intern(files.text(sym))).collect();
            let node = &mut self.nodes.businesses[business as usize];
            if node.key.is_none() {
                node.ours = true;
                node.key = key;
                node.name = name.or(node.name);
                node.pos = Some(entry.pos);
                node.domains = domains;
            }
            map.push(business);
        }
        map
    }

    fn file_partners(&mut self, files: &DesiredState, businesses: &[u32]) -> Vec<u32> {
        let mut map = Vec::with_capacity(files.partners.len());
        for (index, entry) in (0u32..).zip(&files.partners) {
            let platform = files.businesses[entry.business as usize].platform;
            let theirs = self.business(platform, files.text(entry.id));
            let key = self.copied(Some(files.text(entry.key)));
            let name = self.copied(entry.name.map(|name| files.text(name)));
            let node = &mut self.nodes.businesses[theirs as usize];
            node.name = node.name.or(name);
            self.partnership(Partnership {
                ours: BusinessIx(businesses[entry.business as usize]),
                theirs: BusinessIx(theirs),
                direction: entry.direction,
                key,
                pos: Some(entry.pos),
                partner: Some(index),
            });
            map.push(theirs);
        }
        map
    }

    fn file_assets(
        &mut self,
        files: &DesiredState,
        businesses: &[u32],
        partners: &[u32],
        states: &[(&ObservedState, &StateMap)],
    ) -> Vec<u32> {
        let mut map = Vec::with_capacity(files.assets.len());
        let partners_by_key = partner_keys(files, partners);
        for (number, entry) in (0u32..).zip(&files.assets) {
            let platform = files.businesses[entry.business as usize].platform;
            let business = businesses[entry.business as usize];
            let space = self.platform(platform);
            let blank = |nodes: &mut Nodes| Asset {
                platform,
                id: None,
                kind: Some(entry.kind),
                kind_word: nodes.strings.intern(entry.kind.word),
                name: None,
                key: None,
                pos: None,
                home: BusinessIx(business),
                owner: None,
                client: None,
                labels: Vec::new(),
                desired: None,
            };
            let index = match entry.id {
                Some(id) => self.asset(space, files.text(id), blank).0,
                None => self.group_without_id(files, entry, business, states, blank),
            };
            let owner = entry.owner.and_then(|key| partners_by_key.get(&(entry.business, key)).copied());
            self.describe(files, entry, index, number, business, owner);
            map.push(index);
        }
        map
    }

    fn describe(
        &mut self,
        files: &DesiredState,
        entry: &desired::Asset,
        index: u32,
        number: u32,
        business: u32,
        owner: Option<u32>,
    ) {
        let key = self.nodes.strings.intern(files.text(entry.key));
        let name = self.copied(entry.name.map(|name| files.text(name)));
        let client = self.copied(entry.client.map(|client| files.text(client)));
        let labels: Vec<Sym> = entry.labels.iter().map(|&sym| self.nodes.strings.intern(files.text(sym))).collect();
        if let Some(owner) = owner {
            self.owned(index, owner);
        }
        self.nodes.asset_keys.push((AssetIx(index), BusinessIx(business), key));
        let node = &mut self.nodes.assets[index as usize];
        let owns = owner.is_none() && node.owner.is_none_or(|owner| owner.0 == business);
        if node.key.is_none() || owns && node.home.0 != business {
            node.key = Some(key);
            node.pos = Some(entry.pos);
            node.desired = Some(number);
            node.name = name.or(node.name);
        }
        node.client = client.or(node.client);
        for label in labels {
            if !node.labels.contains(&label) {
                node.labels.push(label);
            }
        }
    }

    /// A group that the files give no id: the export's group of that name, where there is exactly one, else a node of its own.
    fn group_without_id(
        &mut self,
        files: &DesiredState,
        entry: &desired::Asset,
        business: u32,
        states: &[(&ObservedState, &StateMap)],
        blank: impl FnOnce(&mut Nodes) -> Asset,
    ) -> u32 {
        let wanted = files.text(entry.name.unwrap_or(entry.key));
        let mut found: Vec<u32> = Vec::new();
        for (state, map) in states.iter().filter(|(_, map)| map.business == business) {
            let named = state.assets.iter().zip(&map.assets).filter(|(row, _)| {
                state.text(row.kind) == entry.kind.word && row.name.is_some_and(|name| state.text(name) == wanted)
            });
            found.extend(named.map(|(_, &index)| index));
        }
        found.sort_unstable();
        found.dedup();
        let key = self.nodes.strings.intern(files.text(entry.key));
        if let [one] = found.as_slice() {
            return *one;
        }
        if let Some(&known) = self.new_groups.get(&(business, key)) {
            return known;
        }
        let asset = blank(&mut self.nodes);
        self.nodes.assets.push(asset);
        self.owner_said.push(false);
        let index = count(&self.nodes.assets) - 1;
        self.new_groups.insert((business, key), index);
        index
    }

    fn file_people(&mut self, files: &DesiredState) -> Vec<u32> {
        let platform = files.businesses.first().map(|business| business.platform);
        let platform = platform.map_or(0, |platform| self.platform(platform));
        let mut map = Vec::with_capacity(files.people.len());
        for person in &files.people {
            let key = self.nodes.strings.intern(files.text(person.key));
            let name = self.copied(person.name.map(|name| files.text(name)));
            let kind = if person.service { PersonKind::Service } else { PersonKind::Human };
            let entity = self.entity(Entry { kind, key: Some(key), name, pos: Some(person.pos) });
            self.claim_key(entity, key);
            if let Some(id) = person.id {
                self.claim(entity, platform, NameKind::Id, files.text(id));
            }
            for &address in &person.addresses {
                self.claim(entity, platform, NameKind::Address, files.text(address));
            }
            if let Some(username) = person.username {
                self.claim(entity, platform, NameKind::Username, &fold(files.text(username)));
            }
            map.push(entity);
        }
        map
    }

    /// The same key in two versions of the files is the same person.
    fn claim_key(&mut self, entity: u32, key: Sym) {
        if self.keys.len() <= key.index() {
            self.keys.resize(self.nodes.strings.len().next_power_of_two(), NONE);
        }
        match self.keys[key.index()] {
            NONE => self.keys[key.index()] = entity,
            holder => self.join(holder, entity),
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

fn partner_keys(files: &DesiredState, partners: &[u32]) -> BTreeMap<(u32, Sym), u32> {
    files
        .partners
        .iter()
        .zip(partners)
        .map(|(partner, &business)| ((partner.business, partner.key), business))
        .collect()
}

fn text(state: &ObservedState, sym: Option<Sym>) -> Option<&str> {
    sym.map(|sym| state.text(sym))
}
