//! Edges from the files, as they hold on a day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::desired::{DesiredState, Grant, Holder, Membership};
use crate::graph::edge::{EdgeKind, Line};
use crate::graph::identity::FileMap;
use crate::graph::store::{ADMIN, Draft, NONE, Raw};
use crate::model::Direction;

/// The files on their way into a draft.
struct Draw<'d> {
    draft: &'d mut Draft,
    files: &'d DesiredState,
    map: &'d FileMap,
    day: Date,
    /// Lines in teams that hold: (team, person) and the edge.
    in_teams: Vec<((u32, u32), u32)>,
    team_grants: BTreeMap<(u32, u32), u32>,
    shares: BTreeMap<(u32, u32), u32>,
}

const BLANK: Raw = Raw { from: 0, to: 0, within: NONE, permissions: 0, extra: 0, kind: EdgeKind::Member, flags: 0 };

pub(super) fn draw(draft: &mut Draft, files: &DesiredState, map: &FileMap, day: Date) {
    let mut draw =
        Draw { draft, files, map, day, in_teams: Vec::new(), team_grants: BTreeMap::new(), shares: BTreeMap::new() };
    draw.memberships();
    draw.teams();
    draw.partners();
    draw.contents();
    for grant in &files.grants {
        draw.grant(grant);
    }
}

impl Draw<'_> {
    /// One edge for each person and business, with every line that holds.
    fn memberships(&mut self) {
        let files = self.files;
        let holding = files.memberships.iter().filter(|row| row.until.holds_on(self.day));
        let person = |row: &Membership| (self.map.people[row.person as usize], row.business);
        let mut rows: Vec<&Membership> = holding.collect();
        rows.sort_by_key(|row| person(row));
        for same in rows.chunk_by(|a, b| person(a) == person(b)) {
            let Some(first) = same.first() else { continue };
            let role = same.iter().find(|row| row.role.admin).unwrap_or(first).role;
            let lines: Vec<Line> = same.iter().map(|row| Line::at(row.pos)).collect();
            let extra = self.draft.role(role.word);
            let raw = Raw {
                from: self.map.people[first.person as usize],
                to: self.map.businesses[first.business as usize],
                extra,
                flags: if role.admin { ADMIN } else { 0 },
                ..BLANK
            };
            self.draft.push(raw, &lines);
        }
    }

    fn teams(&mut self) {
        let files = self.files;
        for (index, team) in (0u32..).zip(&files.teams) {
            for &(person, pos, until) in team.members.iter().filter(|(_, _, until)| until.holds_on(self.day)) {
                debug_assert!(until.holds_on(self.day));
                let raw = Raw {
                    from: self.map.people[person as usize],
                    to: self.map.teams[index as usize],
                    kind: EdgeKind::InTeam,
                    ..BLANK
                };
                let edge = self.draft.push(raw, &[Line::at(pos)]);
                self.in_teams.push(((index, person), edge));
            }
        }
        self.in_teams.sort_unstable();
    }

    fn partners(&mut self) {
        let files = self.files;
        for (index, business) in files.businesses.iter().enumerate() {
            self.draft.known[self.map.businesses[index] as usize] = business.managed.partners;
        }
        for (partner, &theirs) in files.partners.iter().zip(&self.map.partners) {
            let ours = self.map.businesses[partner.business as usize];
            let inbound = partner.direction == Direction::Inbound;
            if inbound && !partner.grants_written {
                self.draft.unknown.push((ours, theirs));
            }
            if !partner.ends.holds_on(self.day) {
                continue;
            }
            let (from, to) = if inbound { (ours, theirs) } else { (theirs, ours) };
            self.draft.push(Raw { from, to, kind: EdgeKind::Partner, ..BLANK }, &[Line::at(partner.pos)]);
        }
        self.draft.unknown.sort_unstable();
    }

    fn contents(&mut self) {
        let files = self.files;
        for content in &files.contents {
            let from = self.map.assets[content.group as usize];
            let to = self.map.assets[content.asset as usize];
            self.draft.push(Raw { from, to, kind: EdgeKind::Contains, ..BLANK }, &[Line::at(content.pos)]);
        }
    }

    fn grant(&mut self, grant: &Grant) {
        let item = &self.files.items[grant.item as usize];
        let started = item.from.is_none_or(|from| from <= self.day);
        if !started || !grant.until.holds_on(self.day) || grant.permissions == 0 {
            return;
        }
        let line = Line::of_item(item.pos, grant.item);
        let asset = self.map.assets[grant.asset as usize];
        let business = self.map.businesses[self.files.assets[grant.asset as usize].business as usize];
        let raw = Raw { to: asset, within: business, permissions: grant.permissions, kind: EdgeKind::Grant, ..BLANK };
        match item.holder {
            Holder::Person(person) => {
                let person = self.map.people[person as usize];
                let edge = self.draft.push(Raw { from: person, ..raw }, &[line]);
                self.draft.row(person, asset, grant.permissions, edge, NONE);
            }
            Holder::Team(team) => self.team_grant(grant, team, raw, line),
            Holder::Partner(partner) => self.share(partner, business, raw, line),
        }
    }

    fn team_grant(&mut self, grant: &Grant, team: u32, raw: Raw, line: Line) {
        let from = self.map.teams[team as usize];
        let draft = &mut *self.draft;
        let edge = *self
            .team_grants
            .entry((grant.item, raw.to))
            .or_insert_with(|| draft.push(Raw { from, kind: EdgeKind::TeamGrant, ..raw }, &[line]));
        let entry = u32::try_from(grant.principal.index()).unwrap_or(NONE);
        if let Ok(found) = self.in_teams.binary_search_by_key(&(team, entry), |&(key, _)| key) {
            let person = self.map.people[entry as usize];
            self.draft.row(person, raw.to, grant.permissions, edge, self.in_teams[found].1);
        }
    }

    /// What the owner's files say counts more than what the receiver's say.
    fn share(&mut self, partner: u32, ours: u32, raw: Raw, line: Line) {
        let entry = &self.files.partners[partner as usize];
        let theirs = self.map.partners[partner as usize];
        let (receiver, giver) = match entry.direction {
            Direction::Inbound => (theirs, ours),
            Direction::Outbound if self.says(theirs, ours) => return,
            Direction::Outbound => (ours, theirs),
        };
        let raw = Raw { from: receiver, within: giver, kind: EdgeKind::Share, ..raw };
        let draft = &mut *self.draft;
        self.shares.entry((line.item().unwrap_or(NONE), raw.to)).or_insert_with(|| draft.push(raw, &[line]));
    }

    /// Whether the files say what one business lets another do.
    fn says(&self, owner: u32, partner: u32) -> bool {
        let known = self.draft.known.get(owner as usize).copied().unwrap_or(false);
        known && self.draft.unknown.binary_search(&(owner, partner)).is_err()
    }
}
