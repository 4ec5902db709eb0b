//! What the files know: people and their other addresses, assets and their clients, teams, partners.

use std::collections::BTreeMap;

use crate::desired::{self, DesiredState};
use crate::model::{Sym, fold};
use crate::observed::ObservedState;

use super::{Census, Entry, FileMap, StateMap};
use crate::graph::node::{Asset, AssetIx, BusinessIx, Name, NameKind, Nodes, Partnership, PersonKind, Team, count};
use crate::graph::store::NONE;

impl Census {
    /// Takes what the files know in, but for groups without an id, which [`Census::groups_without_id`] finds when all exports are known.
    pub(in crate::graph) fn files(&mut self, files: &DesiredState) -> FileMap {
        let businesses = self.file_businesses(files);
        let partners = self.file_partners(files, &businesses);
        let assets = self.file_assets(files, &businesses, &partners);
        let people = self.file_people(files);
        let teams = self.file_teams(files, &businesses);
        FileMap { businesses, people, assets, teams, partners }
    }

    /// Finds the groups that the files give no id, among those of the exports first: a group without an id is the group of its name.
    pub(in crate::graph) fn groups_without_id(
        &mut self,
        files: &DesiredState,
        map: &mut FileMap,
        states: &[(&ObservedState, &StateMap)],
    ) {
        let partners = partner_keys(files, &map.partners);
        for number in (0u32..).zip(&files.assets).filter(|(_, entry)| entry.id.is_none()).map(|(number, _)| number) {
            let entry = &files.assets[number as usize];
            let business = map.businesses[entry.business as usize];
            let index = self.group_without_id(files, entry, business, states);
            self.describe(files, number, index, business, &partners);
            map.assets[number as usize] = index;
        }
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

    fn file_assets(&mut self, files: &DesiredState, businesses: &[u32], partners: &[u32]) -> Vec<u32> {
        let mut map = Vec::with_capacity(files.assets.len());
        let partners = partner_keys(files, partners);
        for (number, entry) in (0u32..).zip(&files.assets) {
            let Some(id) = entry.id else {
                map.push(NONE);
                continue;
            };
            let business = businesses[entry.business as usize];
            let space = self.platform(files.businesses[entry.business as usize].platform);
            let (index, _) = self.asset(space, files.text(id), |nodes| blank(files, entry, business, nodes));
            self.describe(files, number, index, business, &partners);
            map.push(index);
        }
        map
    }

    fn describe(
        &mut self,
        files: &DesiredState,
        number: u32,
        index: u32,
        business: u32,
        partners: &BTreeMap<(u32, Sym), u32>,
    ) {
        let entry = &files.assets[number as usize];
        let owner = entry.owner.and_then(|key| partners.get(&(entry.business, key)).copied());
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
        let asset = blank(files, entry, business, &mut self.nodes);
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
        let ours = self.keys_and_ids(files);
        for person in &files.people {
            let mut own = |sym: Sym| ours[sym.index()].unwrap_or_else(|| self.nodes.strings.intern(files.text(sym)));
            let (key, id) = (own(person.key), person.id.map(&mut own));
            let name = self.copied(person.name.map(|name| files.text(name)));
            let kind = if person.service { PersonKind::Service } else { PersonKind::Human };
            let entity = self.entity(Entry { kind, key: Some(key), name, pos: Some(person.pos) });
            self.claim_key(entity, key);
            if let Some(text) = id {
                self.claim_symbol(entity, platform, Name { kind: NameKind::Id, text });
            }
            for &address in &person.addresses {
                if address == person.key {
                    // Most keys are addresses: they need not be looked up twice.
                    self.claim_symbol(entity, platform, Name { kind: NameKind::Address, text: key });
                } else {
                    self.claim(entity, platform, NameKind::Address, files.text(address));
                }
            }
            if let Some(username) = person.username {
                self.claim(entity, platform, NameKind::Username, &fold(files.text(username)));
            }
            map.push(entity);
        }
        map
    }

    /// Keys and ids of people as ours, all looked up at once in the order in which they lie in the memory.
    fn keys_and_ids(&mut self, files: &DesiredState) -> Vec<Option<Sym>> {
        let mut theirs: Vec<Sym> =
            files.people.iter().flat_map(|person| [Some(person.key), person.id]).flatten().collect();
        theirs.sort_unstable();
        theirs.dedup();
        let ours = self.nodes.strings.intern_all(theirs.iter().map(|sym| files.text(*sym)));
        let mut table = vec![None; files.strings.len()];
        for (theirs, ours) in theirs.into_iter().zip(ours) {
            table[theirs.index()] = Some(ours);
        }
        table
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
}

/// An asset of the files before anything is said about it.
fn blank(files: &DesiredState, entry: &desired::Asset, business: u32, nodes: &mut Nodes) -> Asset {
    Asset {
        platform: files.businesses[entry.business as usize].platform,
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
