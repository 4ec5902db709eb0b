//! A partner's own people, as its roster shows them; where the partner's own export is here, that one counts first.

use std::collections::BTreeSet;

use crate::graph::edge::EdgeKind;
use crate::graph::identity::StateMap;
use crate::graph::store::{ADMIN, Draft, NONE, RECORDED, Raw, THEIRS};
use crate::model::{Direction, Sym};
use crate::observed::ObservedState;

pub(super) fn draw(draft: &mut Draft, exports: &[(&ObservedState, &StateMap)]) {
    if exports.iter().all(|(state, _)| state.rosters.is_empty()) {
        return;
    }
    let mut members = known_members(draft);
    let granted = granted(exports);
    let mut entered: BTreeSet<(u32, u32, u32)> = BTreeSet::new();
    for (state, map) in exports {
        for (row, &person) in state.rosters.iter().zip(&map.rosters) {
            let Some(partner) = partner(state, map, row.partner) else { continue };
            if members.insert((person, partner)) {
                member(draft, state, person, partner, row.role.map_or("", |role| state.text(role)));
            }
            let asset = row.asset.and_then(|asset| state.find_asset(state.text(asset)));
            let Some(asset) = asset.map(|asset| map.assets[asset as usize]) else { continue };
            // An export of the partner that has the pair is newer than a roster, or was taken into account by a plan.
            let key = (person, partner, asset);
            if row.permissions.is_empty() || granted.contains(&key) || !entered.insert(key) {
                continue;
            }
            let raw = Raw {
                from: person,
                to: asset,
                within: partner,
                permissions: row.permissions.known,
                extra: map.foreign[row.permissions.foreign as usize],
                kind: EdgeKind::Grant,
                flags: THEIRS | RECORDED,
            };
            let edge = draft.push(raw, &[]);
            draft.row(person, asset, row.permissions.known, edge, NONE);
        }
    }
}

fn member(draft: &mut Draft, state: &ObservedState, person: u32, partner: u32, role: &str) {
    let admin = state.platform.role(role).is_some_and(|role| role.admin);
    let extra = draft.role(role);
    let raw = Raw {
        from: person,
        to: partner,
        within: NONE,
        permissions: 0,
        extra,
        kind: EdgeKind::Member,
        flags: THEIRS | RECORDED | if admin { ADMIN } else { 0 },
    };
    draft.push(raw, &[]);
}

fn partner(state: &ObservedState, map: &StateMap, id: Sym) -> Option<u32> {
    let id = state.text(id);
    let found = [Direction::Inbound, Direction::Outbound].into_iter().find_map(|way| state.find_partner(id, way))?;
    map.partners.get(found as usize).copied()
}

fn known_members(draft: &Draft) -> BTreeSet<(u32, u32)> {
    let members = draft.edges.iter().filter(|edge| edge.kind == EdgeKind::Member);
    members.map(|edge| (edge.from, edge.to)).collect()
}

/// Who has a grant of which business on which asset, by the exports of businesses that rosters speak about.
fn granted(exports: &[(&ObservedState, &StateMap)]) -> BTreeSet<(u32, u32, u32)> {
    let mut spoken: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (state, map) in exports {
        let rows = state.rosters.iter().zip(&map.rosters);
        spoken.extend(rows.filter_map(|(row, &person)| Some((person, partner(state, map, row.partner)?))));
    }
    let mut granted = BTreeSet::new();
    for (state, map) in exports {
        for grant in state.grants.iter().filter(|grant| !grant.principal.is_partner()) {
            let person = map.members[grant.principal.index()];
            if spoken.contains(&(person, map.business)) {
                granted.insert((person, map.business, map.assets[grant.asset as usize]));
            }
        }
    }
    granted
}
