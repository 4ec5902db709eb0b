//! A graph after a change, and effective access computed again only for those whom the change concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::caps::Caps;
use super::edge::{EdgeIx, EdgeKind, NewEdge};
use super::effective::{Desk, Effective, Removal};
use super::node::PersonIx;
use super::patch::own;
use super::store::{ADMIN, AccessGraph, NONE, Raw, Row};

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
        let removal = self.removal(changes.removed.iter().copied());
        let mut after = self.clone();
        let (mut people, dead) = self.row_holders(&removal);
        after.remove(&dead);
        let mut rows = Vec::new();
        for added in &changes.added {
            after.add(added, &mut rows);
        }
        people.extend(rows.iter().map(|row| row.person));
        let gone = |edge: u32| edge != NONE && dead.binary_search(&edge).is_ok();
        let lost = |row: &Row| removal.lost.binary_search(&(row.person, self.raw(row.edge).within)).is_ok();
        after.replace_rows(&people, &rows, |row| !gone(row.edge) && !gone(row.line) && !lost(row));
        after.settle(self, &removal, &dead);
        after
    }

    /// Everybody whose rows a removal touches, and all edges that go with it, sorted: the grants of lost memberships too.
    fn row_holders(&self, removal: &Removal) -> (BTreeSet<u32>, Vec<u32>) {
        let Removal { edges, lost, ended: _ } = removal;
        let (mut people, mut dead) = (BTreeSet::new(), edges.clone());
        for &edge in edges {
            let raw = self.raw(edge);
            match raw.kind {
                EdgeKind::Grant | EdgeKind::InTeam => people.extend([raw.from]),
                EdgeKind::TeamGrant => self.collect_resting(edge, &mut people),
                EdgeKind::Contains | EdgeKind::Member | EdgeKind::Share | EdgeKind::Owns | EdgeKind::Partner => {}
            }
        }
        for &(person, business) in lost {
            people.insert(person);
            let own = self.rows_of(PersonIx(person)).iter().filter(|row| row.line == NONE);
            dead.extend(own.map(|row| row.edge).filter(|&edge| self.raw(edge).within == business));
        }
        dead.sort_unstable();
        dead.dedup();
        (people, dead)
    }

    /// What follows from more than the edges of one node: nesting, and what businesses have.
    fn settle(&mut self, before: &AccessGraph, removal: &Removal, dead: &[u32]) {
        let new = before.patch.edges.len()..;
        let kinds =
            dead.iter().map(|&edge| before.raw(edge).kind).chain(self.patch.edges[new].iter().map(|raw| raw.kind));
        let (mut contents, mut shares) = (false, !removal.ended.is_empty());
        for kind in kinds {
            contents |= kind == EdgeKind::Contains;
            shares |= kind == EdgeKind::Share;
        }
        if contents {
            self.look_for_nesting();
        }
        if contents || shares {
            let spoken = [&before.caps.spoken[..], &removal.ended[..]].concat();
            self.caps = Arc::new(Caps::of(self, spoken));
        }
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
        let mut updated = before.clone();
        for &person in touched {
            let mut rows = Vec::new();
            desk.person(&view, person, &mut rows);
            updated.set(person, rows);
        }
        updated
    }

    fn add(&mut self, added: &NewEdge, rows: &mut Vec<Row>) {
        const BLANK: Raw =
            Raw { from: 0, to: 0, within: NONE, permissions: 0, extra: 0, kind: EdgeKind::Member, flags: 0 };
        match *added {
            NewEdge::Member { person, business, admin } => {
                let flags = if admin { ADMIN } else { 0 };
                self.append(Raw { from: person.0, to: business.0, flags, ..BLANK });
            }
            NewEdge::Grant { person, within, asset, permissions } => {
                let raw = Raw { from: person.0, to: asset.0, within: within.0, permissions, ..BLANK };
                let edge = self.append(Raw { kind: EdgeKind::Grant, ..raw });
                rows.push(own(&raw, edge));
            }
            NewEdge::InTeam { person, team } => {
                let line = self.append(Raw { from: person.0, to: team.0, kind: EdgeKind::InTeam, ..BLANK });
                let given = self.index.team_grants.row(team.0).iter().map(|&edge| (edge, self.raw(edge)));
                rows.extend(given.map(|(edge, raw)| Row { person: person.0, line, ..own(raw, edge) }));
            }
            NewEdge::TeamGrant { team, asset, permissions } => {
                let within = self.nodes.team(team).business.0;
                let raw = Raw { from: team.0, to: asset.0, within, permissions, kind: EdgeKind::TeamGrant, ..BLANK };
                let edge = self.append(raw);
                let members = self.index.in_team.row(team.0).iter().map(|&line| (line, self.raw(line).from));
                rows.extend(members.map(|(line, person)| Row { person, line, ..own(&raw, edge) }));
            }
            NewEdge::Share { giver, receiver, asset, permissions } => {
                let raw = Raw { from: receiver.0, to: asset.0, within: giver.0, permissions, ..BLANK };
                self.append(Raw { kind: EdgeKind::Share, ..raw });
            }
            NewEdge::Contains { group, asset } => {
                self.append(Raw { from: group.0, to: asset.0, kind: EdgeKind::Contains, ..BLANK });
            }
        }
    }
}
