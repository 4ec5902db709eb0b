//! Effective access: who can do what on which asset, over all paths together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::caps::Caps;
use super::edge::{EdgeIx, EdgeKind};
use super::flood::{Flood, Sum};
use super::node::{AssetIx, PersonIx};
use super::store::{AccessGraph, NONE, PENDING as PENDING_EDGE, Row, Table};

pub(super) const OWN: u16 = 1;
pub(super) const TEAM: u16 = 2;
pub(super) const GROUP: u16 = 4;
pub(super) const PARTNER: u16 = 8;
pub(super) const FOREIGN: u16 = 16;

/// Which kinds of paths lead to an access; several may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ways(u16);

impl Ways {
    /// Some path is a grant of the person's own.
    pub fn own(self) -> bool {
        self.0 & OWN != 0
    }

    /// Some path goes through a team.
    pub fn team(self) -> bool {
        self.0 & TEAM != 0
    }

    /// Some path goes through an asset group.
    pub fn group(self) -> bool {
        self.0 & GROUP != 0
    }

    /// Some path goes through a business that does not own the asset.
    pub fn partner(self) -> bool {
        self.0 & PARTNER != 0
    }

    /// Some grant on the way has a permission that the platform's table does not know; what it gives is not counted.
    pub fn foreign(self) -> bool {
        self.0 & FOREIGN != 0
    }
}

/// What a person has on an asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// The asset.
    pub asset: AssetIx,
    /// Permission bits of all paths together, pending ones included.
    pub permissions: u32,
    /// Those among them that only pending paths give.
    pub pending: u32,
    /// Which kinds of paths lead here.
    pub ways: Ways,
    /// Capabilities that the permissions surely give.
    pub sure: u64,
    /// Capabilities beyond those that no source decides; no rule may rest on them.
    pub possible: u64,
}

/// What everybody has, by person and asset.
#[derive(Clone, Debug, Default)]
pub struct Effective {
    starts: Arc<Vec<usize>>,
    rows: Arc<Vec<Access>>,
    /// What people have of whom a change concerned; the rest is shared with what everybody had before.
    changed: BTreeMap<PersonIx, Vec<Access>>,
    len: usize,
}

impl PartialEq for Effective {
    /// Whether everybody has the same, however it is stored.
    fn eq(&self, other: &Self) -> bool {
        let Effective { starts, rows: _, changed: _, len } = self;
        (starts.len(), len) == (other.starts.len(), &other.len) && self.iter().eq(other.iter())
    }
}

impl Eq for Effective {}

impl Effective {
    /// What a person has, by asset.
    pub fn of(&self, person: PersonIx) -> &[Access] {
        if !self.changed.is_empty()
            && let Some(rows) = self.changed.get(&person)
        {
            return rows;
        }
        match (self.starts.get(person.at()), self.starts.get(person.at() + 1)) {
            (Some(&start), Some(&end)) => &self.rows[start..end],
            _ => &[],
        }
    }

    /// What a person has on an asset.
    pub fn access(&self, person: PersonIx, asset: AssetIx) -> Option<&Access> {
        let rows = self.of(person);
        rows.binary_search_by_key(&asset, |access| access.asset).ok().and_then(|found| rows.get(found))
    }

    /// Everybody with what they have.
    pub fn iter(&self) -> impl Iterator<Item = (PersonIx, &[Access])> {
        let people = (0u32..).map(PersonIx).take(self.starts.len().saturating_sub(1));
        people.map(|person| (person, self.of(person)))
    }

    /// How many pairs of person and asset there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nobody has anything.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts what a person has after a change in the place of what they had.
    pub(super) fn set(&mut self, person: PersonIx, rows: Vec<Access>) {
        self.len = self.len + rows.len() - self.of(person).len();
        self.changed.insert(person, rows);
    }
}

/// A graph as it would be without some edges; made once, asked often.
pub struct Without<'a> {
    pub(super) graph: &'a AccessGraph,
    pub(super) removed: Removal,
    pub(super) caps: Cow<'a, Caps>,
}

/// What goes with edges that are taken out.
#[derive(Clone, Debug, Default)]
pub(super) struct Removal {
    /// Edges, sorted; with a partnership go the shares through it.
    pub(super) edges: Vec<u32>,
    /// People (person, business) whose membership goes, sorted.
    pub(super) lost: Vec<(u32, u32)>,
    /// Partners (giver, receiver) whose partnership goes, sorted.
    pub(super) ended: Vec<(u32, u32)>,
}

impl AccessGraph {
    /// What everybody has.
    pub fn effective(&self) -> Effective {
        let view = self.as_is();
        let mut desk = Desk::default();
        let mut starts = Vec::with_capacity(self.nodes.people.len() + 1);
        let mut rows = Vec::with_capacity(self.draft.rows.len());
        starts.push(0);
        for person in self.nodes.people() {
            desk.person(&view, person, &mut rows);
            starts.push(rows.len());
        }
        let len = rows.len();
        Effective { starts: Arc::new(starts), rows: Arc::new(rows), changed: BTreeMap::new(), len }
    }

    /// What one person has, by asset.
    pub fn access_of(&self, person: PersonIx) -> Vec<Access> {
        self.as_is().access_of(person)
    }

    /// What a person has on an asset.
    pub fn access(&self, person: PersonIx, asset: AssetIx) -> Option<Access> {
        self.as_is().access(person, asset)
    }

    /// The graph without some edges. Whose membership goes loses the grants within that business, and whose partnership goes what was
    /// shared through it.
    pub fn without(&self, edges: impl IntoIterator<Item = EdgeIx>) -> Without<'_> {
        let removed = self.removal(edges);
        let capping = |edge: &u32| matches!(self.raw(*edge).kind, EdgeKind::Contains | EdgeKind::Share);
        let same = removed.ended.is_empty() && !removed.edges.iter().any(capping);
        let caps = if same { Cow::Borrowed(&*self.caps) } else { Cow::Owned(self.caps.without(self, &removed)) };
        Without { graph: self, removed, caps }
    }

    pub(super) fn removal(&self, edges: impl IntoIterator<Item = EdgeIx>) -> Removal {
        let mut removal = Removal { edges: edges.into_iter().map(|edge| edge.0).collect(), ..Removal::default() };
        removal.edges.sort_unstable();
        removal.edges.dedup();
        let mut shares: Vec<u32> = Vec::new();
        for &edge in &removal.edges {
            let raw = self.raw(edge);
            let stays =
                |other: u32, end: u32| self.raw(other).to == end && removal.edges.binary_search(&other).is_err();
            let (from, to) = (raw.from, raw.to);
            match raw.kind {
                EdgeKind::Member if !self.index.businesses_of.row(from).iter().any(|&other| stays(other, to)) => {
                    removal.lost.push((from, to));
                }
                EdgeKind::Partner if !self.index.partners.row(from).iter().any(|&other| stays(other, to)) => {
                    removal.ended.push((from, to));
                    let through = self.index.shares_to.row(to).iter();
                    shares.extend(through.copied().filter(|&share| self.raw(share).within == from));
                }
                _ => {}
            }
        }
        removal.edges.extend(shares);
        removal.edges.sort_unstable();
        removal.edges.dedup();
        removal.lost.sort_unstable();
        removal.ended.sort_unstable();
        removal
    }

    pub(super) fn as_is(&self) -> Without<'_> {
        Without { graph: self, removed: Removal::default(), caps: Cow::Borrowed(&*self.caps) }
    }

    pub(super) fn table_of(&self, asset: u32) -> &Table {
        let platform = self.nodes.assets[asset as usize].platform;
        let found = self.tables.iter().position(|table| std::ptr::eq(table.platform, platform));
        &self.tables[found.unwrap_or_default()]
    }
}

impl Without<'_> {
    /// What a person has, by asset.
    pub fn access_of(&self, person: PersonIx) -> Vec<Access> {
        let mut rows = Vec::new();
        Desk::default().person(self, person, &mut rows);
        rows
    }

    /// What a person has on an asset.
    pub fn access(&self, person: PersonIx, asset: AssetIx) -> Option<Access> {
        let rows = self.access_of(person);
        rows.binary_search_by_key(&asset, |access| access.asset).ok().map(|found| rows[found])
    }

    pub(super) fn is_removed(&self, edge: u32) -> bool {
        !self.removed.edges.is_empty() && self.removed.edges.binary_search(&edge).is_ok()
    }

    pub(super) fn holds(&self, row: &Row) -> bool {
        let Removal { edges, lost, ended: _ } = &self.removed;
        let stays = edges.is_empty() || !self.is_removed(row.edge) && (row.line == NONE || !self.is_removed(row.line));
        stays && (lost.is_empty() || lost.binary_search(&(row.person, self.graph.raw(row.edge).within)).is_err())
    }

    /// What a row gives by itself, before it is asked what the business has.
    fn given(&self, row: &Row) -> Sum {
        let raw = self.graph.raw(row.edge);
        let line = row.line != NONE;
        let pending = raw.is(PENDING_EDGE) || line && self.graph.raw(row.line).is(PENDING_EDGE);
        let (settled, pending) = if pending { (0, row.permissions) } else { (row.permissions, 0) };
        let foreign = if raw.extra == 0 { 0 } else { FOREIGN };
        Sum { settled, pending, ways: if line { TEAM } else { OWN } | foreign }
    }

    /// A sum under what the business has.
    fn capped(&self, sum: Sum, within: u32, asset: u32, (all, settled): (u32, u32)) -> Sum {
        let foreign = if all == 0 { FOREIGN } else { 0 };
        let waiting = sum.settled & all & !settled;
        let owner = self.graph.nodes.assets[asset as usize].owner;
        let partner = if owner.is_some_and(|owner| owner.0 != within) { PARTNER } else { 0 };
        Sum {
            settled: sum.settled & settled,
            pending: sum.pending & all | waiting,
            ways: sum.ways & !foreign | partner,
        }
    }

    pub(super) fn given_to_business(&self, asset: u32, all: u32, settled: u32) -> Option<Access> {
        self.access_row(asset, Sum { settled, pending: all, ways: PARTNER })
    }

    fn access_row(&self, asset: u32, sum: Sum) -> Option<Access> {
        let permissions = sum.all();
        if permissions == 0 && sum.ways & FOREIGN == 0 {
            return None;
        }
        let (sure, possible) = self.graph.table_of(asset).capabilities(permissions);
        Some(Access {
            asset: AssetIx(asset),
            permissions,
            pending: sum.pending & !sum.settled,
            ways: Ways(sum.ways),
            sure,
            possible,
        })
    }
}

/// Room for one person after the other.
#[derive(Default)]
pub(super) struct Desk {
    flood: Flood,
    total: Flood,
}

impl Desk {
    /// Adds what a person has, by asset.
    pub(super) fn person(&mut self, view: &Without<'_>, person: PersonIx, into: &mut Vec<Access>) {
        let rows = view.graph.rows_of(person);
        if rows.iter().any(|row| !view.graph.index.contents.row(row.asset).is_empty()) {
            self.through_groups(view, rows, into);
        } else {
            plainly(view, rows, into);
        }
    }

    fn through_groups(&mut self, view: &Without<'_>, rows: &[Row], into: &mut Vec<Access>) {
        let assets = view.graph.nodes.assets.len();
        let mut within: Vec<u32> = rows.iter().map(|row| view.graph.raw(row.edge).within).collect();
        within.sort_unstable();
        within.dedup();
        self.total.clear(assets);
        for business in within {
            self.flood.clear(assets);
            let own = rows.iter().filter(|row| view.graph.raw(row.edge).within == business && view.holds(row));
            for row in own {
                self.flood.add(row.asset, view.given(row));
            }
            self.flood.spread(view.graph, &view.removed.edges);
            for (asset, sum) in self.flood.sorted() {
                let limits = view.caps.limits(view.graph, business, asset);
                let capped = view.capped(sum, business, asset, limits);
                // What a partner was not given leaves no trace of how it would have come.
                if capped.all() != 0 || capped.ways & FOREIGN != 0 {
                    self.total.add(asset, capped);
                }
            }
        }
        into.extend(self.total.sorted().filter_map(|(asset, sum)| view.access_row(asset, sum)));
    }
}

/// Somebody without groups: rows are sorted by asset, so one pass merges them.
fn plainly(view: &Without<'_>, rows: &[Row], into: &mut Vec<Access>) {
    for same in rows.chunk_by(|a, b| a.asset == b.asset) {
        let mut sum = Sum::default();
        for row in same.iter().filter(|row| view.holds(row)) {
            let within = view.graph.raw(row.edge).within;
            let limits = view.caps.limits(view.graph, within, row.asset);
            let capped = view.capped(view.given(row), within, row.asset, limits);
            if capped.all() != 0 || capped.ways & FOREIGN != 0 {
                sum = sum.with(capped);
            }
        }
        into.extend(same.first().and_then(|row| view.access_row(row.asset, sum)));
    }
}
