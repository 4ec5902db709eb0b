//! A graph after a change, and effective access computed again only for those whom the change concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::edge::{EdgeIx, EdgeKind, NewEdge};
use super::effective::{Desk, Effective};
use super::node::PersonIx;
use super::store::{ADMIN, AccessGraph, DEAD, Draft, NONE, Raw, Row};

/// Edges that go and edges that come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Edges of the graph that the change is made to.
    pub removed: Vec<EdgeIx>,
    /// New edges. They get the next numbers, in this order.
    pub added: Vec<NewEdge>,
}

impl AccessGraph {
    /// The graph after a change. Its nodes and the numbers of its edges stay what they were; whose membership goes loses the grants
    /// within that business, and whose partnership goes what was shared through it.
    #[must_use]
    pub fn with(&self, changes: &Changes) -> AccessGraph {
        let mut draft = self.draft.clone();
        let removal = self.removal(changes.removed.iter().copied());
        for &edge in &removal.edges {
            draft.edges[edge as usize].flags |= DEAD;
        }
        if !removal.lost.is_empty() {
            let gone = |row: &Row| removal.lost.binary_search(&(row.person, self.raw(row.edge).within)).is_ok();
            draft.rows.retain(|row| !gone(row));
            for edge in &mut draft.edges {
                if edge.kind == EdgeKind::Grant && removal.lost.binary_search(&(edge.from, edge.within)).is_ok() {
                    edge.flags |= DEAD;
                }
            }
        }
        draft.spoken = [&self.caps.spoken[..], &removal.ended[..]].concat();
        for added in &changes.added {
            self.add(&mut draft, added);
        }
        let after = AccessGraph::of(self.reading, self.day, Arc::clone(&self.nodes), draft);
        AccessGraph { files: Arc::clone(&self.files), ..after }
    }

    /// Everybody whom a change may concern, in order. `after` is the graph after it.
    pub fn touched(&self, changes: &Changes, after: &AccessGraph) -> Vec<PersonIx> {
        let mut people: BTreeSet<PersonIx> = self.resting_on(changes.removed.iter().copied()).into_iter().collect();
        let first = self.edge_count();
        let new = (first..after.edge_count()).map(|edge| EdgeIx(u32::try_from(edge).unwrap_or(NONE)));
        people.extend(after.resting_on(new));
        // The first word on what a business was given takes the rest of that owner's assets from its people.
        let mut limited = BTreeSet::new();
        for &(owner, receiver) in after.caps.spoken.iter().filter(|pair| self.caps.spoken.binary_search(pair).is_err())
        {
            after.collect_owned(owner, receiver, &mut limited);
        }
        people.extend(limited.into_iter().map(PersonIx));
        people.into_iter().collect()
    }

    /// The graph after a change and what everybody has in it, given what everybody has now: equal to computing all of it again.
    pub fn effective_after(&self, effective: &Effective, changes: &Changes) -> (AccessGraph, Effective) {
        let after = self.with(changes);
        let touched = self.touched(changes, &after);
        let updated = after.updated(effective, &touched);
        (after, updated)
    }

    /// What everybody has in this graph, where only `touched` (in order) may differ from `before`, a result over the same nodes.
    pub fn updated(&self, before: &Effective, touched: &[PersonIx]) -> Effective {
        if touched.len() > self.nodes.people.len() / 5 {
            return self.effective();
        }
        self.spliced(before, touched)
    }

    pub(super) fn spliced(&self, before: &Effective, touched: &[PersonIx]) -> Effective {
        let view = self.as_is();
        let mut desk = Desk::default();
        let people = self.nodes.people.len();
        let mut updated =
            Effective { starts: Vec::with_capacity(people + 1), rows: Vec::with_capacity(before.rows.len()) };
        let mut from = 0;
        for &person in touched {
            updated.copy(before, from, person.at());
            updated.starts.push(updated.rows.len());
            desk.person(&view, person, &mut updated.rows);
            from = person.at() + 1;
        }
        updated.copy(before, from, people);
        updated.starts.push(updated.rows.len());
        updated
    }

    fn add(&self, draft: &mut Draft, added: &NewEdge) {
        const BLANK: Raw =
            Raw { from: 0, to: 0, within: NONE, permissions: 0, extra: 0, kind: EdgeKind::Member, flags: 0 };
        match *added {
            NewEdge::Member { person, business, admin } => {
                let flags = if admin { ADMIN } else { 0 };
                draft.push(Raw { from: person.0, to: business.0, flags, ..BLANK }, &[]);
            }
            NewEdge::Grant { person, within, asset, permissions } => {
                let raw = Raw { from: person.0, to: asset.0, within: within.0, permissions, ..BLANK };
                let edge = draft.push(Raw { kind: EdgeKind::Grant, ..raw }, &[]);
                draft.row(person.0, asset.0, permissions, edge, NONE);
            }
            NewEdge::InTeam { person, team } => {
                let line = draft.push(Raw { from: person.0, to: team.0, kind: EdgeKind::InTeam, ..BLANK }, &[]);
                for edge in draft.of_kind(EdgeKind::TeamGrant) {
                    let raw = draft.edges[edge as usize];
                    if raw.from == team.0 {
                        draft.row(person.0, raw.to, raw.permissions, edge, line);
                    }
                }
            }
            NewEdge::TeamGrant { team, asset, permissions } => {
                let within = self.nodes.team(team).business.0;
                let raw = Raw { from: team.0, to: asset.0, within, permissions, kind: EdgeKind::TeamGrant, ..BLANK };
                let edge = draft.push(raw, &[]);
                for line in draft.of_kind(EdgeKind::InTeam) {
                    let raw = draft.edges[line as usize];
                    if raw.to == team.0 {
                        draft.row(raw.from, asset.0, permissions, edge, line);
                    }
                }
            }
            NewEdge::Share { giver, receiver, asset, permissions } => {
                let raw = Raw { from: receiver.0, to: asset.0, within: giver.0, permissions, ..BLANK };
                draft.push(Raw { kind: EdgeKind::Share, ..raw }, &[]);
            }
            NewEdge::Contains { group, asset } => {
                draft.push(Raw { from: group.0, to: asset.0, kind: EdgeKind::Contains, ..BLANK }, &[]);
            }
        }
    }
}

impl Draft {
    fn of_kind(&self, kind: EdgeKind) -> Vec<u32> {
        let edges = (0u32..).zip(&self.edges);
        edges.filter(|(_, edge)| edge.kind == kind && !edge.is(DEAD)).map(|(index, _)| index).collect()
    }
}

impl Effective {
    /// Takes the rows of some people over, with their starts.
    fn copy(&mut self, before: &Effective, from: usize, to: usize) {
        let (start, end) = (before.starts[from], before.starts[to]);
        let base = self.rows.len();
        self.rows.extend_from_slice(&before.rows[start..end]);
        self.starts.extend(before.starts[from..to].iter().map(|at| at - start + base));
    }
}
