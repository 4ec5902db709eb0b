//! Accounts, other assets and groups that can be written, with their keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::observed::{self, Collection, ObservedState};
use crate::platforms::AssetType;

use super::Left;
use super::keys::{is_id, named_or_numbered, unique};

/// The name of the asset type that `accounts:` holds.
const AD_ACCOUNT: &str = "ad-account";

/// Assets that can be written.
pub(super) struct Assets<'a> {
    /// By key.
    pub list: Vec<Asset<'a>>,
    by_id: BTreeMap<&'a str, u32>,
}

/// An asset.
pub(super) struct Asset<'a> {
    /// Its key.
    pub key: String,
    /// The platform's id.
    pub id: &'a str,
    /// Its type.
    pub kind: &'static AssetType,
    /// Its name.
    pub name: Option<&'a str>,
    /// Id of the other business that owns it.
    pub owner: Option<&'a str>,
    /// The client.
    pub client: Option<&'a str>,
    /// For a group: what is in it, by index; nothing where something in it can't be written, or is not known.
    pub contains: Option<Vec<u32>>,
}

impl<'a> Assets<'a> {
    /// Index and entry of an id.
    pub fn find(&self, id: &str) -> Option<(u32, &Asset<'a>)> {
        let index = *self.by_id.get(id)?;
        Some((index, self.list.get(index as usize)?))
    }

    /// The key of an index.
    pub fn key(&self, index: u32) -> &str {
        let asset = self.list.get(index as usize);
        asset.map_or("", |asset| asset.key.as_str())
    }

    /// The assets of an export.
    pub fn of(state: &'a ObservedState, left: &mut Left) -> Self {
        let rows = state.assets.iter();
        let mut list: Vec<Asset<'a>> = rows.filter_map(|row| Asset::of(state, row)).collect();
        left.assets += state.assets.len() - list.len();
        give_keys(&mut list);
        let ids = (0..).zip(&list).map(|(index, asset)| (asset.id, index));
        let by_id = ids.collect();
        let mut assets = Assets { list, by_id };
        assets.fill_groups(state, left);
        assets
    }

    fn fill_groups(&mut self, state: &'a ObservedState, left: &mut Left) {
        let mut contents = self.contents(state);
        let whole = state.is_complete(Collection::AssetGroupMembers);
        for group in self.list.iter_mut().filter(|asset| asset.kind.group) {
            let inside = contents.remove(group.id);
            group.contains = inside.unwrap_or_else(|| whole.then(Vec::new));
            left.groups += usize::from(group.contains.is_none());
        }
    }

    /// What is in each group, by index; nothing where something in it can't be written.
    fn contents(&self, state: &'a ObservedState) -> BTreeMap<&'a str, Option<Vec<u32>>> {
        let mut contents: BTreeMap<&str, Option<Vec<u32>>> = BTreeMap::new();
        for (group, inside) in ids(state) {
            let all = contents.entry(group).or_insert_with(|| Some(Vec::new()));
            match (inside.and_then(|id| self.containable(id)), all.as_mut()) {
                (Some(index), Some(indexes)) => indexes.push(index),
                _ => *all = None,
            }
        }
        for indexes in contents.values_mut().flatten() {
            indexes.sort_unstable();
            indexes.dedup();
        }
        contents
    }

    /// The index of an asset that may stand in `contains`: groups hold no groups.
    fn containable(&self, id: &str) -> Option<u32> {
        let found = self.find(id).filter(|(_, asset)| !asset.kind.group);
        found.map(|(index, _)| index)
    }
}

impl<'a> Asset<'a> {
    /// Whether it stands under `accounts:`.
    pub fn is_account(&self) -> bool {
        self.kind.name == AD_ACCOUNT
    }

    fn of(state: &'a ObservedState, row: &observed::Asset) -> Option<Self> {
        let id = Some(state.text(row.id)).filter(|id| is_id(id))?;
        let owner = row.owner_business.map(|sym| state.text(sym));
        let text = |sym| Some(state.text(sym)).filter(|text| super::is_writable(text));
        Some(Asset {
            key: String::new(),
            id,
            kind: state.platform.asset_type(state.text(row.kind))?,
            name: row.name.and_then(text),
            owner: owner.filter(|owner| *owner != state.business_id),
            client: row.client.and_then(text),
            contains: None,
        })
    }

    fn wanted_key(&self) -> (String, String) {
        let key = named_or_numbered(self.name, self.kind.name, self.id);
        (key, self.id.to_owned())
    }
}

/// Group and asset of every content; no asset where the export does not list it.
fn ids(state: &ObservedState) -> impl Iterator<Item = (&str, Option<&str>)> {
    let id = |index: u32| {
        let row = state.assets.get(index as usize);
        row.map(|row| state.text(row.id))
    };
    let known = state.contents.iter();
    let known = known.filter_map(move |row| Some((id(row.group)?, id(row.asset))));
    let dangling = state.dangling_contents.iter();
    known.chain(dangling.map(|row| (state.text(row.group), None)))
}

/// Gives every asset its key and brings them into order.
fn give_keys(list: &mut [Asset<'_>]) {
    let wanted: Vec<(String, String)> = list.iter().map(Asset::wanted_key).collect();
    let keys = unique(&wanted, &mut BTreeSet::new());
    for (asset, key) in list.iter_mut().zip(keys) {
        asset.key = key;
    }
    list.sort_by(|a, b| a.key.cmp(&b.key));
}
