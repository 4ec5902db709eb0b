//! The other way round: who has something on an asset, and whom a change concerns.

use std::collections::BTreeSet;

use super::edge::{EdgeIx, EdgeKind};
use super::effective::{Access, Desk, Without};
use super::node::{AssetIx, PersonIx};
use super::store::AccessGraph;

impl AccessGraph {
    /// Everybody who has something on an asset, by person.
    pub fn people_on(&self, asset: AssetIx) -> Vec<(PersonIx, Access)> {
        self.as_is().people_on(asset)
    }

    /// Everybody whose access may rest on some of these edges, in order; some may have as much without them.
    pub fn resting_on(&self, edges: impl IntoIterator<Item = EdgeIx>) -> Vec<PersonIx> {
        let mut people = BTreeSet::new();
        for edge in edges {
            self.collect_resting(edge.0, &mut people);
        }
        people.into_iter().map(PersonIx).collect()
    }

    /// An asset and everything inside it, through groups in groups, by asset: what a grant on it is about.
    pub fn within(&self, asset: AssetIx) -> Vec<AssetIx> {
        self.inside(asset.0).into_iter().map(AssetIx).collect()
    }

    pub(super) fn collect_resting(&self, edge: u32, people: &mut BTreeSet<u32>) {
        let raw = self.raw(edge);
        match raw.kind {
            EdgeKind::Grant | EdgeKind::InTeam | EdgeKind::Member => {
                people.insert(raw.from);
            }
            EdgeKind::TeamGrant => {
                let rows = self.index.rows_on.row(raw.to).iter().map(|&row| self.row(row));
                people.extend(rows.filter(|row| row.edge == edge).map(|row| row.person));
            }
            EdgeKind::Contains => self.collect_inside(raw.from, raw.to, people),
            EdgeKind::Share => self.collect_shared(raw.from, raw.to, people),
            EdgeKind::Partner => self.collect_partner(raw.from, raw.to, people),
            EdgeKind::Owns => self.collect_rows(&self.around(&[raw.to]), None, people),
        }
    }

    /// Whoever has something on a group has it on the contents; and so do businesses, whose people may have it on the content itself.
    fn collect_inside(&self, group: u32, asset: u32, people: &mut BTreeSet<u32>) {
        let groups = self.around(&[group]);
        self.collect_rows(&groups, None, people);
        let receivers: BTreeSet<u32> = groups
            .iter()
            .flat_map(|&group| self.index.shares_on.row(group))
            .map(|&share| self.raw(share).from)
            .collect();
        for receiver in receivers {
            self.collect_shared(receiver, asset, people);
        }
    }

    /// People of a business on an asset and what it contains, and people of those it passes it on to.
    fn collect_shared(&self, receiver: u32, asset: u32, people: &mut BTreeSet<u32>) {
        let concerned = self.around(&self.inside(asset));
        let mut businesses = BTreeSet::from([receiver]);
        let mut open = vec![receiver];
        while let Some(giver) = open.pop() {
            for &asset in &concerned {
                for &share in self.index.shares_on.row(asset) {
                    let raw = self.raw(share);
                    if raw.within == giver && businesses.insert(raw.from) {
                        open.push(raw.from);
                    }
                }
            }
        }
        self.collect_rows(&concerned, Some(&businesses), people);
    }

    /// People of a partner on what is owned or given by the business that lets it in.
    fn collect_partner(&self, giver: u32, receiver: u32, people: &mut BTreeSet<u32>) {
        for &share in self.index.shares_to.row(receiver) {
            let raw = self.raw(share);
            if raw.within == giver {
                self.collect_shared(receiver, raw.to, people);
            }
        }
        self.collect_owned(giver, receiver, people);
    }

    /// People of a business on all that another one owns, and people of those it passes something of that on to.
    pub(super) fn collect_owned(&self, owner: u32, receiver: u32, people: &mut BTreeSet<u32>) {
        for &owns in self.index.owns.row(owner) {
            self.collect_shared(receiver, self.raw(owns).to, people);
        }
    }

    fn collect_rows(&self, assets: &BTreeSet<u32>, within: Option<&BTreeSet<u32>>, people: &mut BTreeSet<u32>) {
        for &asset in assets {
            let rows = self.index.rows_on.row(asset).iter().map(|&row| self.row(row));
            let concerned = rows.filter(|row| within.is_none_or(|within| within.contains(&self.raw(row.edge).within)));
            people.extend(concerned.map(|row| row.person));
        }
    }

    /// Assets and everything around them.
    fn around(&self, assets: &[u32]) -> BTreeSet<u32> {
        self.closure(assets, |asset| self.index.around.row(asset), |raw| raw.from)
    }

    /// An asset and everything inside.
    fn inside(&self, asset: u32) -> Vec<u32> {
        self.closure(&[asset], |asset| self.index.contents.row(asset), |raw| raw.to).into_iter().collect()
    }

    fn closure<'s>(
        &'s self,
        start: &[u32],
        edges: impl Fn(u32) -> &'s [u32],
        end: impl Fn(&super::store::Raw) -> u32,
    ) -> BTreeSet<u32> {
        let mut seen: BTreeSet<u32> = start.iter().copied().collect();
        let mut open = start.to_vec();
        while let Some(at) = open.pop() {
            for &edge in edges(at) {
                let next = end(self.raw(edge));
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    }
}

impl Without<'_> {
    /// Everybody who has something on an asset, by person.
    pub fn people_on(&self, asset: AssetIx) -> Vec<(PersonIx, Access)> {
        let mut people = BTreeSet::new();
        self.graph.collect_rows(&self.graph.around(&[asset.0]), None, &mut people);
        let mut desk = Desk::default();
        let mut rows = Vec::new();
        let mut found = Vec::new();
        for person in people.into_iter().map(PersonIx) {
            rows.clear();
            desk.person(self, person, &mut rows);
            if let Ok(at) = rows.binary_search_by_key(&asset, |access| access.asset) {
                found.push((person, rows[at]));
            }
        }
        found
    }
}
