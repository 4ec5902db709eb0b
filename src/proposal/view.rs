//! What of an export can be written in an access repository: assets, groups and partners with their keys, in their order.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Direction;
use crate::observed::{Collection, InviteKind, ObservedState};
use crate::platforms::AssetType;

use super::Left;
use super::invites::{self, Pending};
use super::keys::{is_id, slug, unique};
use super::mining::Row;
use super::people::{People, others, people};
use super::rights::Rights;

/// The name of the asset type that `accounts:` holds.
pub(super) const AD_ACCOUNT: &str = "ad-account";

/// Everything that can be written, and a count of what can't.
pub(super) struct View<'a> {
    /// The export.
    pub state: &'a ObservedState,
    /// Assets of every type.
    pub assets: Assets<'a>,
    /// People and service accounts.
    pub people: People<'a>,
    /// Partners by key.
    pub partners: Vec<Partner<'a>>,
    /// What is left as it is.
    pub left: Left,
}

/// Assets that can be written, by key.
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

/// A partner.
pub(super) struct Partner<'a> {
    /// Its key.
    pub key: String,
    /// The platform's id of the partner business.
    pub id: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// Which way the partnership points.
    pub direction: Direction,
    /// Invited or asked, and has not answered.
    pub pending: bool,
    /// What can be written of its rights.
    pub rights: Row,
    /// What a reader should know.
    pub remarks: Vec<String>,
}

impl<'a> View<'a> {
    /// Looks at an export.
    pub fn of(state: &'a ObservedState) -> Self {
        let mut left = Left::default();
        let assets = Assets::of(state, &mut left);
        let people = people(state, &assets, &mut left);
        let partners = partners(state, &assets, &mut left);
        left.grants_of_nobody = state.dangling_grants.len();
        View {
            state,
            assets,
            people,
            partners,
            left,
        }
    }

    /// The key of the partner that owns an asset, where it is one.
    pub fn owner_key(&self, asset: &Asset<'_>) -> Option<&str> {
        let owner = asset.owner?;
        let ours = self.partners.iter().filter(|partner| partner.id == owner);
        // Who lets us in comes first: that is how the asset came to us.
        let best = ours.max_by_key(|partner| partner.direction);
        best.map(|partner| partner.key.as_str())
    }
}

impl<'a> Assets<'a> {
    /// Index and entry of an id.
    pub fn find(&self, id: &str) -> Option<(u32, &Asset<'a>)> {
        let index = *self.by_id.get(id)?;
        Some((index, self.list.get(index as usize)?))
    }

    /// The key of an index.
    pub fn key(&self, index: u32) -> &str {
        self.list
            .get(index as usize)
            .map_or("", |asset| asset.key.as_str())
    }

    fn of(state: &'a ObservedState, left: &mut Left) -> Self {
        let mut list: Vec<Asset<'a>> = Vec::new();
        for asset in &state.assets {
            let id = state.text(asset.id);
            let kind = state.platform.asset_type(state.text(asset.kind));
            let Some(kind) = kind.filter(|_| is_id(id)) else {
                left.assets += 1;
                continue;
            };
            let owner = asset.owner_business.map(|sym| state.text(sym));
            let text = |sym| Some(state.text(sym)).filter(|text| super::is_writable(text));
            list.push(Asset {
                key: String::new(),
                id,
                kind,
                name: asset.name.and_then(text),
                owner: owner.filter(|owner| *owner != state.business_id),
                client: asset.client.and_then(text),
                contains: None,
            });
        }
        let wanted: Vec<(String, String)> = list.iter().map(wanted_key).collect();
        let keys = unique(&wanted, &mut BTreeSet::new());
        for (asset, key) in list.iter_mut().zip(keys) {
            asset.key = key;
        }
        list.sort_by(|a, b| a.key.cmp(&b.key));
        let by_id = (0..)
            .zip(&list)
            .map(|(index, asset)| (asset.id, index))
            .collect();
        let mut assets = Assets { list, by_id };
        assets.fill_groups(state, left);
        assets
    }

    fn fill_groups(&mut self, state: &'a ObservedState, left: &mut Left) {
        let mut contents = self.contents(state);
        let whole = state.is_complete(Collection::AssetGroupMembers);
        for group in self.list.iter_mut().filter(|asset| asset.kind.group) {
            group.contains = match contents.remove(group.id) {
                Some(inside) => inside,
                None => whole.then(Vec::new),
            };
            left.groups += usize::from(group.contains.is_none());
        }
    }

    /// What is in each group, by index; nothing where something in it can't be written.
    fn contents(&self, state: &'a ObservedState) -> BTreeMap<&'a str, Option<Vec<u32>>> {
        let asset = |index: u32| {
            state
                .assets
                .get(index as usize)
                .map(|row| state.text(row.id))
        };
        let known = state.contents.iter();
        let known = known.map(|row| (asset(row.group), asset(row.asset)));
        let dangling = state.dangling_contents.iter();
        let dangling = dangling.map(|row| (Some(state.text(row.group)), None));
        let mut contents: BTreeMap<&str, Option<Vec<u32>>> = BTreeMap::new();
        for (group, inside) in known.chain(dangling) {
            let Some(group) = group else { continue };
            let found = inside.and_then(|id| self.find(id));
            let all = contents.entry(group).or_insert_with(|| Some(Vec::new()));
            match (found.filter(|(_, asset)| !asset.kind.group), all.as_mut()) {
                (Some((index, _)), Some(indexes)) => indexes.push(index),
                _ => *all = None,
            }
        }
        for indexes in contents.values_mut().flatten() {
            indexes.sort_unstable();
            indexes.dedup();
        }
        contents
    }
}

fn wanted_key(asset: &Asset<'_>) -> (String, String) {
    let key = match slug(asset.name.unwrap_or_default()) {
        empty if empty.is_empty() => format!("{}-{}", asset.kind.name, asset.id),
        key => key,
    };
    (key, asset.id.to_owned())
}

fn partners<'a>(
    state: &'a ObservedState,
    assets: &Assets<'_>,
    left: &mut Left,
) -> Vec<Partner<'a>> {
    let mut found: BTreeMap<(&str, Direction), (Partner<'a>, Rights)> = BTreeMap::new();
    for partner in &state.partners {
        let id = state.text(partner.id);
        let name = partner.name.map(|sym| state.text(sym));
        let name = name.filter(|name| super::is_writable(name));
        let entry = Partner::new(id, name, partner.direction);
        if is_id(id) {
            found.insert((id, partner.direction), (entry, Rights::default()));
        } else {
            left.partners += 1;
        }
    }
    for grant in state
        .grants
        .iter()
        .filter(|grant| grant.principal.is_partner())
    {
        let partner = state.partners.get(grant.principal.index());
        let asset = state.assets.get(grant.asset as usize);
        let (Some(partner), Some(asset)) = (partner, asset) else {
            continue;
        };
        if let Some((_, rights)) = found.get_mut(&(state.text(partner.id), partner.direction)) {
            rights.add(state, assets, state.text(asset.id), grant.permissions, left);
        }
    }
    let asked = [
        (InviteKind::PartnerInvite, Direction::Inbound),
        (InviteKind::PartnerRequest, Direction::Outbound),
    ];
    for (kind, direction) in asked {
        for pending in invites::pending(state, kind).into_values() {
            add_pending(&mut found, state, assets, &pending, direction, left);
        }
    }
    finish_partners(found)
}

/// What was asked of a business and not answered. A new partner has an entry with what the newest invitation brings. Of a partner
/// who lets us in, what we ask for is what we want, in place of what we have. A partner whom we let in needs no invitation.
fn add_pending<'a>(
    found: &mut BTreeMap<(&'a str, Direction), (Partner<'a>, Rights)>,
    state: &'a ObservedState,
    assets: &Assets<'_>,
    pending: &Pending<'a>,
    direction: Direction,
    left: &mut Left,
) {
    if !is_id(pending.invitee) {
        left.superfluous_invites += 1 + pending.older.len();
        return;
    }
    let known = found.get_mut(&(pending.invitee, direction));
    match (known, direction) {
        (None, _) => {
            let mut partner = Partner::new(pending.invitee, None, direction);
            partner.pending = true;
            partner.remarks.extend(others(pending.older.len()));
            left.superfluous_invites += pending.older.len();
            let mut rights = Rights::default();
            for &(asset, set) in &pending.newest.grants {
                rights.add(state, assets, asset, set, left);
            }
            found.insert((pending.invitee, direction), (partner, rights));
        }
        (Some((partner, _)), Direction::Inbound) => {
            let count = 1 + pending.older.len();
            left.superfluous_invites += count;
            partner.remarks.extend(others(count));
        }
        (Some((partner, rights)), Direction::Outbound) => {
            let remark = "some of these rights were asked for and not answered yet";
            partner.remarks.push(remark.to_owned());
            // The newest last: it is the one that counts.
            for request in pending.older.iter().rev().chain([&pending.newest]) {
                for &(asset, set) in &request.grants {
                    rights.ask(state, assets, asset, set, left);
                }
            }
        }
    }
}

fn finish_partners<'a>(
    found: BTreeMap<(&'a str, Direction), (Partner<'a>, Rights)>,
) -> Vec<Partner<'a>> {
    let inbound: BTreeSet<&str> = found
        .keys()
        .filter(|(_, direction)| *direction == Direction::Inbound)
        .map(|(id, _)| *id)
        .collect();
    let wanted: Vec<(String, String)> = found
        .values()
        .map(|(partner, _)| partner.wanted_key(inbound.contains(partner.id)))
        .collect();
    let keys = unique(&wanted, &mut BTreeSet::new());
    let mut partners: Vec<Partner<'a>> = found
        .into_values()
        .zip(keys)
        .map(|((partner, rights), key)| Partner {
            key,
            rights: rights.row(),
            remarks: [partner.remarks.clone(), rights.remarks()].concat(),
            ..partner
        })
        .collect();
    partners.sort_by(|a, b| a.key.cmp(&b.key));
    partners
}

impl<'a> Partner<'a> {
    fn new(id: &'a str, name: Option<&'a str>, direction: Direction) -> Self {
        Partner {
            key: String::new(),
            id,
            name,
            direction,
            pending: false,
            rights: Row::new(),
            remarks: Vec::new(),
        }
    }

    /// The name, with the direction where the same business is a partner both ways.
    fn wanted_key(&self, inbound_too: bool) -> (String, String) {
        let name = match slug(self.name.unwrap_or_default()) {
            empty if empty.is_empty() => format!("partner-{}", self.id),
            name => name,
        };
        let key = match self.direction {
            Direction::Outbound if inbound_too => format!("{name}-outbound"),
            Direction::Outbound | Direction::Inbound => name,
        };
        (key, format!("{} {}", self.id, self.direction.word()))
    }
}
