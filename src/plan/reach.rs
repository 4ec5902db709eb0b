//! Who reaches what, directly and through asset groups, before a plan and after it.
//!
//! Sets of permissions are masks of 64 bits: the platform's table in the lower half, one bit for "words that nobody knows".

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::rows::Rows;
use crate::diff::{Difference, Matches, Pair, Who};
use crate::model::{PermissionSet, PrincipalIx};
use crate::observed::ObservedState;

/// A set of permissions as reach counts it.
pub(super) type Mask = u64;

/// Grants and group contents on both sides of a plan.
pub(super) struct Reach<'a> {
    observed: &'a ObservedState,
    rows: Rows,
    slots: usize,
    /// What administers an asset, and with it makes every other permission redundant.
    admin: Mask,
    /// Every permission of the table.
    all: Mask,
    pub(super) before: Contents,
    pub(super) after: Contents,
    /// Grants that change: by principal and asset slot, the step and the mask after it.
    pub(super) grants: BTreeMap<PrincipalIx, BTreeMap<u32, (usize, Mask)>>,
    /// Contents that change: by group and asset slot, the step.
    pub(super) contents: BTreeMap<(u32, u32), usize>,
    /// Groups that are deleted, and the step.
    pub(super) deleted: BTreeMap<u32, usize>,
    /// Principals whose relation ends, and the step.
    pub(super) gone: BTreeMap<PrincipalIx, usize>,
}

/// One way in which a principal comes to an asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Edge {
    /// The asset or group that the grant is on.
    pub(super) slot: u32,
    pub(super) before: Mask,
    pub(super) after: Mask,
    /// The step that changes the grant.
    pub(super) step: Option<usize>,
}

impl<'a> Reach<'a> {
    /// Reach before and after some differences; a step's number is its place in them.
    pub(super) fn of<'d>(
        observed: &'a ObservedState,
        matches: &Matches,
        differences: impl Iterator<Item = &'d Difference>,
    ) -> Self {
        let before = Contents::of(observed);
        let mut direct = before.direct.clone();
        let mut reach = Reach {
            rows: Rows::of_observed(observed),
            slots: matches.assets.slots(),
            admin: admin_mask(observed),
            all: (1 << observed.platform.permissions.len()) - 1,
            after: Contents::default(),
            before,
            grants: BTreeMap::new(),
            contents: BTreeMap::new(),
            deleted: BTreeMap::new(),
            gone: BTreeMap::new(),
            observed,
        };
        for (step, difference) in differences.enumerate() {
            reach.take_in(step, difference, matches, &mut direct);
        }
        reach.after = Contents::closed(direct);
        reach
    }

    fn take_in(
        &mut self,
        step: usize,
        difference: &Difference,
        matches: &Matches,
        direct: &mut BTreeMap<u32, BTreeSet<u32>>,
    ) {
        let slot = |pair: Pair| matches.assets.slot(pair);
        match difference {
            Difference::AddToGroup { group, asset } => {
                let (group, asset) = (slot(*group), slot(*asset));
                direct.entry(group).or_default().insert(asset);
                self.contents.insert((group, asset), step);
            }
            Difference::RemoveFromGroup { group, asset } => {
                let (group, asset) = (slot(*group), slot(*asset));
                direct.entry(group).or_default().remove(&asset);
                self.contents.insert((group, asset), step);
            }
            Difference::DeleteGroup { group } => {
                direct.remove(group);
                self.deleted.insert(*group, step);
            }
            Difference::SetGrant { who, asset, after, .. } => {
                self.set(*who, slot(*asset), step, Mask::from(*after));
            }
            Difference::RemoveGrant { who, asset, .. } => self.set(*who, slot(*asset), step, 0),
            Difference::RemoveMember { person } => {
                self.gone.extend(person.observed.map(|member| (PrincipalIx::person(member), step)));
            }
            Difference::RemovePartner { partner } => {
                self.gone.extend(partner.observed.map(|partner| (PrincipalIx::partner(partner), step)));
            }
            Difference::CreateGroup { .. }
            | Difference::Invite { .. }
            | Difference::Attach { .. }
            | Difference::Accept { .. }
            | Difference::Cancel { .. }
            | Difference::SetRole { .. }
            | Difference::RequestAccess { .. } => {}
        }
    }

    fn set(&mut self, who: Who, slot: u32, step: usize, after: Mask) {
        let principal = match who {
            Who::Person(pair) => pair.observed.map(PrincipalIx::person),
            Who::Partner(pair) => pair.observed.map(PrincipalIx::partner),
        };
        if let Some(principal) = principal {
            let changes = self.grants.entry(principal).or_default();
            changes.insert(slot, (step, after));
        }
    }

    /// Every grant of a principal, before and after.
    pub(super) fn edges(&self, principal: PrincipalIx) -> Vec<Edge> {
        let gone = self.gone.get(&principal).copied();
        let none = BTreeMap::new();
        let changes = self.grants.get(&principal).unwrap_or(&none);
        let rows = self.rows.slice(&self.observed.grants, principal);
        let mut edges: Vec<Edge> = rows
            .iter()
            .map(|row| {
                let before = mask(row.permissions);
                let changed = changes.get(&row.asset);
                let deleted = self.deleted.get(&row.asset).copied();
                let after = match changed {
                    _ if gone.is_some() || deleted.is_some() => 0,
                    Some(&(_, after)) => after,
                    None => before,
                };
                Edge { slot: row.asset, before, after, step: changed.map(|&(step, _)| step).or(deleted).or(gone) }
            })
            .collect();
        let known = edges.len();
        for (&slot, &(step, after)) in changes {
            if edges[..known].binary_search_by_key(&slot, |edge| edge.slot).is_err() {
                edges.push(Edge { slot, before: 0, after, step: Some(step) });
            }
        }
        edges
    }

    /// Everybody who may lose something: their grants change, their relation ends, or they hold a group that changes.
    pub(super) fn touched(&self) -> BTreeSet<PrincipalIx> {
        let mut touched: BTreeSet<PrincipalIx> = self.gone.keys().copied().collect();
        touched.extend(self.grants.keys());
        let changed = self.contents.keys().map(|&(group, _)| group);
        let mut groups: BTreeSet<u32> = changed.chain(self.deleted.keys().copied()).collect();
        groups.extend(self.before.around(&groups));
        if !groups.is_empty() {
            let holders = self.observed.grants.iter();
            let holders = holders.filter(|grant| groups.contains(&grant.asset));
            touched.extend(holders.map(|grant| grant.principal));
        }
        touched
    }

    /// What a principal loses: slots of assets, in order.
    pub(super) fn lost(&self, principal: PrincipalIx, space: &mut Space) -> Vec<u32> {
        space.reset(self.slots);
        let edges = self.edges(principal);
        for edge in &edges {
            space.add(edge.slot, edge.before, 0);
            space.add(edge.slot, 0, edge.after);
            for &asset in self.before.inside(edge.slot) {
                space.add(asset, edge.before, 0);
            }
            for &asset in self.after.inside(edge.slot) {
                space.add(asset, 0, edge.after);
            }
        }
        let mut lost: Vec<u32> = space
            .touched
            .iter()
            .copied()
            .filter(|&slot| {
                let (before, after) = space.masks[slot as usize];
                before & !self.implied(after) != 0
            })
            .collect();
        lost.sort_unstable();
        lost
    }

    /// How many pairs of principal and asset there are before: of people and of partners.
    pub(super) fn accesses(&self, space: &mut Space) -> (u64, u64) {
        let (mut people, mut partners) = (0, 0);
        if self.before.is_empty() {
            let split = self.observed.grants.partition_point(|grant| !grant.principal.is_partner());
            return (split as u64, (self.observed.grants.len() - split) as u64);
        }
        for rows in self.observed.grants.chunk_by(|a, b| a.principal == b.principal) {
            space.reset(self.slots);
            for row in rows {
                let before = mask(row.permissions);
                space.add(row.asset, before, 0);
                for &asset in self.before.inside(row.asset) {
                    space.add(asset, before, 0);
                }
            }
            let count = space.touched.len() as u64;
            match rows.first() {
                Some(row) if row.principal.is_partner() => partners += count,
                _ => people += count,
            }
        }
        (people, partners)
    }

    /// Everything that a set amounts to: whoever administers an asset can do all of it.
    pub(super) fn implied(&self, set: Mask) -> Mask {
        if set & self.admin == 0 { set } else { set | self.all }
    }

    /// The step that puts an asset into a group or takes it out, where there is one: a change of the group itself, of a group inside
    /// it, or its deletion.
    pub(super) fn content_steps(&self, group: u32, asset: u32) -> Vec<usize> {
        if let Some(&step) = self.contents.get(&(group, asset)) {
            return vec![step];
        }
        if let Some(&step) = self.deleted.get(&group) {
            return vec![step];
        }
        let inside = self.before.inside(group).iter().chain(self.after.inside(group));
        let mut steps: Vec<usize> = inside
            .chain([&group])
            .flat_map(|&inner| {
                let changes = self.contents.range((inner, 0)..=(inner, u32::MAX));
                let changes = changes.map(|(_, &step)| step);
                changes.chain(self.deleted.get(&inner).copied())
            })
            .collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

/// Which assets a grant on a group reaches.
#[derive(Default)]
pub(super) struct Contents {
    direct: BTreeMap<u32, BTreeSet<u32>>,
    /// Everything inside, through groups in groups.
    all: BTreeMap<u32, Vec<u32>>,
}

impl Contents {
    fn of(observed: &ObservedState) -> Self {
        let mut direct: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for content in &observed.contents {
            direct.entry(content.group).or_default().insert(content.asset);
        }
        Contents::closed(direct)
    }

    /// Follows groups in groups, each group once, so that a ring of groups ends.
    fn closed(direct: BTreeMap<u32, BTreeSet<u32>>) -> Self {
        let mut all = BTreeMap::new();
        for &group in direct.keys() {
            let mut inside = BTreeSet::new();
            let mut open = vec![group];
            while let Some(next) = open.pop() {
                for &asset in direct.get(&next).into_iter().flatten() {
                    if asset != group && inside.insert(asset) {
                        open.push(asset);
                    }
                }
            }
            all.insert(group, inside.into_iter().collect());
        }
        Contents { direct, all }
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Everything inside a group; nothing for any other asset.
    pub(super) fn inside(&self, slot: u32) -> &[u32] {
        self.all.get(&slot).map_or(&[], Vec::as_slice)
    }

    pub(super) fn has(&self, group: u32, asset: u32) -> bool {
        self.inside(group).binary_search(&asset).is_ok()
    }

    /// Groups that some of these groups are inside of.
    fn around(&self, groups: &BTreeSet<u32>) -> Vec<u32> {
        let outer = self.all.iter();
        outer.filter(|(_, inside)| inside.iter().any(|asset| groups.contains(asset))).map(|(&group, _)| group).collect()
    }
}

/// Masks by slot that are cleared without touching all of them.
#[derive(Default)]
pub(super) struct Space {
    masks: Vec<(Mask, Mask)>,
    touched: Vec<u32>,
}

impl Space {
    fn reset(&mut self, slots: usize) {
        self.masks.resize(slots, (0, 0));
        for slot in self.touched.drain(..) {
            self.masks[slot as usize] = (0, 0);
        }
    }

    fn add(&mut self, slot: u32, before: Mask, after: Mask) {
        let masks = &mut self.masks[slot as usize];
        if *masks == (0, 0) && (before, after) != (0, 0) {
            self.touched.push(slot);
        }
        masks.0 |= before;
        masks.1 |= after;
    }
}

/// A set of the export as a mask.
fn mask(set: PermissionSet) -> Mask {
    let PermissionSet { known, foreign } = set;
    Mask::from(known) | Mask::from(foreign != 0) << 32
}

fn admin_mask(observed: &ObservedState) -> Mask {
    let table = observed.platform.permissions.iter().enumerate();
    table.filter(|(_, permission)| permission.admin).fold(0, |mask, (bit, _)| mask | 1 << bit)
}
