//! Bringing a draft's changes into the sorted lists of a state, each in one pass.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Direction, PermissionSet, PrincipalIx, Sym};
use crate::observed::{Content, Grant, ObservedState, Partner};

use super::draft::Gone;
use super::lookup::number;

/// New indexes by old ones; `None` = as they were.
pub(super) struct Moves {
    pub(super) people: Option<Vec<u32>>,
    pub(super) partners: Option<Vec<u32>>,
    pub(super) assets: Option<Vec<u32>>,
}

/// Merges changed grants in and drops what `gone` names. Both sides are in the same order.
pub(super) fn grants(
    list: &mut Vec<Grant>,
    changes: BTreeMap<(PrincipalIx, u32), Option<PermissionSet>>,
    gone: impl Fn(&Grant) -> bool,
) {
    let mut changes = changes
        .into_iter()
        .map(|(key, set)| (key, set.map(|permissions| Grant { principal: key.0, asset: key.1, permissions })));
    let old = std::mem::take(list).into_iter().map(|grant| ((grant.principal, grant.asset), grant));
    let kept = merged(old, &mut changes).filter(|grant| !gone(grant));
    list.extend(kept);
}

/// The same for the contents of groups.
pub(super) fn contents(list: &mut Vec<Content>, changes: BTreeMap<Content, bool>, gone: impl Fn(&Content) -> bool) {
    let mut changes = changes.into_iter().map(|(content, inside)| (content, inside.then_some(content)));
    let old = std::mem::take(list).into_iter().map(|content| (content, content));
    let kept = merged(old, &mut changes).filter(|content| !gone(content));
    list.extend(kept);
}

/// Two lists in ascending order of keys as one; a change takes the place of what has its key.
fn merged<K: Ord, V>(
    old: impl Iterator<Item = (K, V)>,
    changes: impl Iterator<Item = (K, Option<V>)>,
) -> impl Iterator<Item = V> {
    let mut old = old.peekable();
    let mut changes = changes.peekable();
    std::iter::from_fn(move || {
        loop {
            let order = match (old.peek(), changes.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, _) => std::cmp::Ordering::Greater,
            };
            match order {
                std::cmp::Ordering::Less => return old.next().map(|(_, value)| value),
                std::cmp::Ordering::Equal => drop(old.next()),
                std::cmp::Ordering::Greater => {}
            }
            if let Some(value) = changes.next()?.1 {
                return Some(value);
            }
        }
    })
}

/// What a source says beside the facts ends with what it is about: rosters with their partnership or asset, team rows with the
/// member, team grants with the asset.
pub(super) fn end_sources(state: &mut ObservedState, gone: &Gone) {
    let inbound = |partner: &&Partner| partner.direction == Direction::Inbound;
    let partners: BTreeSet<Sym> =
        at(&state.partners, &gone.partners).filter(inbound).map(|partner| partner.id).collect();
    let people: BTreeSet<Sym> = at(&state.members, &gone.people).map(|member| member.id).collect();
    let assets: BTreeSet<Sym> = at(&state.assets, &gone.assets).map(|asset| asset.id).collect();
    if !(partners.is_empty() && assets.is_empty()) {
        let ended = |asset: Option<Sym>| asset.is_some_and(|asset| assets.contains(&asset));
        state.rosters.retain(|row| !partners.contains(&row.partner) && !ended(row.asset));
        state.team_grants.retain(|row| !assets.contains(&row.asset));
    }
    if !people.is_empty() {
        state.teams.retain(|row| !people.contains(&row.member));
    }
}

fn at<'s, T>(rows: &'s [T], indexes: &'s BTreeSet<u32>) -> impl Iterator<Item = &'s T> {
    indexes.iter().filter_map(|&index| rows.get(index as usize))
}

/// Drops what is gone and sorts what was appended from `sorted` on. The answer has the new index of each old one (of those gone, any).
pub(super) fn rearrange<T: Copy, K: Ord>(
    list: &mut Vec<T>,
    gone: &BTreeSet<u32>,
    sorted: usize,
    key: impl Fn(&T) -> K,
) -> Option<Vec<u32>> {
    if gone.is_empty() && sorted == list.len() {
        return None;
    }
    let mut order: Vec<u32> = (0..number(list.len())).filter(|index| !gone.contains(index)).collect();
    if sorted < list.len() {
        order.sort_by(|&a, &b| key(&list[a as usize]).cmp(&key(&list[b as usize])));
    }
    let mut moves = vec![0; list.len()];
    for (new, &old) in order.iter().enumerate() {
        moves[old as usize] = number(new);
    }
    *list = order.iter().map(|&index| list[index as usize]).collect();
    Some(moves)
}

/// Gives grants and contents the new indexes, and sorts them again where assets or partners changed places.
pub(super) fn renumber(state: &mut ObservedState, moves: &Moves) {
    let Moves { people, partners, assets } = moves;
    if people.is_none() && partners.is_none() && assets.is_none() {
        return;
    }
    let at = |moves: &Option<Vec<u32>>, index: u32| moves.as_ref().map_or(index, |moves| moves[index as usize]);
    for grant in &mut state.grants {
        let index = number(grant.principal.index());
        grant.principal = if grant.principal.is_partner() {
            PrincipalIx::partner(at(partners, index))
        } else {
            PrincipalIx::person(at(people, index))
        };
        grant.asset = at(assets, grant.asset);
    }
    for content in &mut state.contents {
        *content = Content { group: at(assets, content.group), asset: at(assets, content.asset) };
    }
    if assets.is_some() || partners.is_some() {
        state.grants.sort_unstable();
        state.contents.sort_unstable();
    }
}
