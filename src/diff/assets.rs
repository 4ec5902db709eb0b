//! Which asset of the files is which of the export: by id; a group without an id by its name.
//!
//! A name that the files give to one id and the export to another is a swapped id: nothing is done on either.

use std::ops::Range;

use crate::desired::{Asset, DesiredState};
use crate::model::Direction;
use crate::observed::{Collection, ObservedState};

use super::change::Pair;
use super::index;

/// How an asset of the files stands in the export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is there.
    Known(u32),
    /// A group that is to be created.
    New,
    /// Not there, and the export's assets are not proven whole: it may exist.
    Unseen,
    /// A partner's, not shared with us yet.
    Unshared,
    /// A whole export does not have it.
    Missing,
    /// Its id and name contradict the export.
    Swapped,
    /// The export has the id with another type.
    Mistyped(u32),
    /// A group without an id, and the export has several of that name.
    Ambiguous,
}

/// Assets of the files and of the export.
#[derive(Debug, Default)]
pub struct Assets {
    /// Assets of this business in the desired state.
    pub range: Range<usize>,
    /// How each of them stands.
    pub standing: Vec<Standing>,
    /// By asset of the export: the asset of the files.
    pub asset_of: Vec<Option<u32>>,
    /// By asset of the export: whether it is part of a contradiction, so that nothing may be done on it.
    pub disputed: Vec<bool>,
    /// Contradictions: an asset of the files, and assets of the export that bear its name.
    pub swaps: Vec<(u32, Vec<u32>)>,
}

impl Assets {
    /// How an asset of the files stands.
    pub fn standing(&self, asset: u32) -> Standing {
        self.standing[asset as usize - self.range.start]
    }

    /// An asset of the files with its counterpart.
    pub fn of_desired(&self, asset: u32) -> Pair {
        match self.standing(asset) {
            Standing::Known(observed) => Pair::both(asset, observed),
            Standing::New
            | Standing::Unseen
            | Standing::Unshared
            | Standing::Missing
            | Standing::Swapped
            | Standing::Mistyped(_)
            | Standing::Ambiguous => Pair::desired(asset),
        }
    }

    /// An asset of the export with its counterpart.
    pub fn of_observed(&self, asset: u32) -> Pair {
        Pair { desired: self.asset_of[asset as usize], observed: Some(asset) }
    }

    /// A number for every asset of either side: those of the export as they are, those of the files alone after them.
    pub fn slot(&self, pair: Pair) -> u32 {
        match pair {
            Pair { observed: Some(observed), .. } => observed,
            Pair { desired: Some(desired), .. } => index(self.asset_of.len() + desired as usize - self.range.start),
            Pair { .. } => u32::MAX,
        }
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.asset_of.len() + self.range.len()
    }

    pub(super) fn matched(desired: &DesiredState, business: u32, observed: &ObservedState) -> Assets {
        let range = range(desired, business);
        let mut assets = Assets {
            standing: Vec::with_capacity(range.len()),
            asset_of: vec![None; observed.assets.len()],
            disputed: vec![false; observed.assets.len()],
            swaps: Vec::new(),
            range,
        };
        let shared = owned_by_partners(desired, assets.range.clone());
        for (position, asset) in assets.range.clone().enumerate() {
            let standing = stands(&desired.assets[asset], shared[position], (desired, observed));
            match standing {
                Standing::Known(found) => assets.asset_of[found as usize] = Some(index(asset)),
                Standing::Mistyped(found) => assets.disputed[found as usize] = true,
                _ => {}
            }
            assets.standing.push(standing);
        }
        let names = NamedAssets::of(observed);
        assets.match_by_name(desired, observed, &names);
        assets.find_swaps(desired, observed, &names, &shared);
        assets
    }

    /// Groups without an id are the group of their name, where that is one and no other entry has its id.
    fn match_by_name(&mut self, desired: &DesiredState, observed: &ObservedState, names: &NamedAssets) {
        for (position, asset) in self.range.clone().enumerate() {
            if self.standing[position] != Standing::New {
                continue;
            }
            let entry = &desired.assets[asset];
            let name = group_name(desired, entry);
            let bearers: Vec<u32> = names.bearers(observed, entry.kind.word, name).collect();
            match bearers.as_slice() {
                [] => {}
                [one] if self.asset_of[*one as usize].is_none() => {
                    self.standing[position] = Standing::Known(*one);
                    self.asset_of[*one as usize] = Some(index(asset));
                }
                several => {
                    self.standing[position] = Standing::Ambiguous;
                    for &one in several {
                        self.disputed[one as usize] = true;
                    }
                }
            }
        }
    }

    fn find_swaps(&mut self, desired: &DesiredState, observed: &ObservedState, names: &NamedAssets, shared: &[bool]) {
        for (position, asset) in self.range.clone().enumerate() {
            let entry = &desired.assets[asset];
            let (Some(_), Some(name)) = (entry.id, entry.name) else {
                continue;
            };
            let own = match self.standing[position] {
                Standing::Known(own) => Some(own),
                Standing::Missing | Standing::Unseen if !shared[position] => None,
                _ => continue,
            };
            let name = desired.text(name);
            if own.is_some_and(|own| bears(observed, own, name)) {
                continue;
            }
            if own.is_some_and(|own| observed.assets[own as usize].name.is_none()) {
                continue;
            }
            let bearers: Vec<u32> = names
                .bearers(observed, entry.kind.word, name)
                .filter(|&other| !self.rightly_named(desired, other, name))
                .collect();
            if !bearers.is_empty() {
                self.swaps.push((index(asset), bearers));
            }
        }
        for (asset, bearers) in self.swaps.clone() {
            self.dispute(asset, &bearers);
        }
    }

    /// Whether another entry of the files gives this very name to this very id.
    fn rightly_named(&self, desired: &DesiredState, observed: u32, name: &str) -> bool {
        self.asset_of[observed as usize].is_some_and(|other| {
            let other = &desired.assets[other as usize];
            other.name.is_some_and(|sym| desired.text(sym) == name)
        })
    }

    fn dispute(&mut self, asset: u32, bearers: &[u32]) {
        let own = match self.standing(asset) {
            Standing::Known(own) => Some(own),
            _ => None,
        };
        self.standing[asset as usize - self.range.start] = Standing::Swapped;
        for other in bearers.iter().copied().chain(own) {
            self.disputed[other as usize] = true;
            if let Some(declared) = self.asset_of[other as usize] {
                self.standing[declared as usize - self.range.start] = Standing::Swapped;
            }
        }
    }
}

/// The assets of one business: they stand together.
fn range(desired: &DesiredState, business: u32) -> Range<usize> {
    let start = desired.assets.partition_point(|asset| asset.business < business);
    let end = desired.assets.partition_point(|asset| asset.business <= business);
    start..end
}

/// The name of a group: as written, else its key.
pub fn group_name<'a>(desired: &'a DesiredState, group: &Asset) -> &'a str {
    desired.text(group.name.unwrap_or(group.key))
}

fn stands(asset: &Asset, shared: bool, (desired, observed): (&DesiredState, &ObservedState)) -> Standing {
    let Some(id) = asset.id else {
        return Standing::New;
    };
    let id = desired.text(id);
    match observed.find_asset(id) {
        Some(found) if observed.text(observed.assets[found as usize].kind) == asset.kind.word => Standing::Known(found),
        Some(found) => Standing::Mistyped(found),
        None if shared => Standing::Unshared,
        None if observed.is_complete(Collection::Assets) => Standing::Missing,
        None => Standing::Unseen,
    }
}

/// Assets that a partner owns: those that say so, and those that an outbound partner is asked for.
fn owned_by_partners(desired: &DesiredState, range: Range<usize>) -> Vec<bool> {
    let mut shared: Vec<bool> = desired.assets[range.clone()].iter().map(|asset| asset.owner.is_some()).collect();
    let first = desired.grants.partition_point(|grant| (grant.asset as usize) < range.start);
    let ours = &desired.grants[first..];
    let ours = &ours[..ours.partition_point(|grant| (grant.asset as usize) < range.end)];
    let partners = ours.partition_point(|grant| !grant.principal.is_partner());
    for grant in &ours[partners..] {
        let partner = &desired.partners[grant.principal.index()];
        if partner.direction == Direction::Outbound {
            shared[grant.asset as usize - range.start] = true;
        }
    }
    shared
}

fn bears(observed: &ObservedState, asset: u32, name: &str) -> bool {
    observed.assets[asset as usize].name.is_some_and(|sym| observed.text(sym) == name)
}

/// Assets of the export by type and name.
struct NamedAssets(Vec<u32>);

impl NamedAssets {
    fn of(observed: &ObservedState) -> Self {
        let named = (0..).zip(&observed.assets);
        let mut named: Vec<u32> = named.filter(|(_, asset)| asset.name.is_some()).map(|(index, _)| index).collect();
        named.sort_by(|&a, &b| key(observed, a).cmp(&key(observed, b)).then(a.cmp(&b)));
        NamedAssets(named)
    }

    fn bearers<'a>(
        &'a self,
        observed: &'a ObservedState,
        kind: &str,
        name: &str,
    ) -> impl Iterator<Item = u32> + use<'a> {
        let start = self.0.partition_point(|&asset| key(observed, asset) < (kind, name));
        let count = self.0[start..].partition_point(|&asset| key(observed, asset) == (kind, name));
        self.0[start..start + count].iter().copied()
    }
}

fn key(observed: &ObservedState, asset: u32) -> (&str, &str) {
    let asset = &observed.assets[asset as usize];
    let name = asset.name.map_or("", |sym| observed.text(sym));
    (observed.text(asset.kind), name)
}
