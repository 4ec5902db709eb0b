//! Edges from an export, each with the lines of the files that explain it; what no line explains has only its record.

use std::collections::BTreeMap;

use crate::graph::edge::{EdgeKind, Line};
use crate::graph::identity::StateMap;
use crate::graph::store::{ADMIN, Draft, NONE, PENDING, RECORDED, Raw};
use crate::model::{Direction, PermissionSet, PrincipalIx};
use crate::observed::{InviteKind, InviteStatus, ObservedState};

use super::lines::Explained;

/// One export on its way into a draft.
struct Draw<'d, 'a> {
    draft: &'d mut Draft,
    state: &'a ObservedState,
    map: &'d StateMap,
    explained: &'d Explained<'a>,
    /// Grants of teams that were needed so far, by item and asset.
    team_grants: BTreeMap<(u32, u32), u32>,
    /// Lines in teams of the person at hand.
    in_teams: Vec<(u32, u32)>,
    of: u32,
    flags: u8,
}

pub(super) fn draw(
    draft: &mut Draft,
    state: &ObservedState,
    map: &StateMap,
    explained: &Explained<'_>,
    known: &dyn Fn(u32) -> bool,
) {
    let mut draw = Draw::new(draft, state, map, explained, RECORDED);
    draw.members();
    draw.partners();
    draw.contents();
    for grant in &state.grants {
        let asset = map.assets[grant.asset as usize];
        if grant.principal.is_partner() {
            let row = &state.partners[grant.principal.index()];
            let theirs = map.partners[grant.principal.index()];
            // What the owner of an asset says about its partners counts more than what they say.
            if row.direction == Direction::Inbound || !known(theirs) {
                draw.share(theirs, row.direction, asset, grant.permissions);
            }
        } else {
            draw.grant(map.members[grant.principal.index()], asset, grant.permissions);
        }
    }
}

/// Invitations that wait, as if they were accepted.
pub(super) fn draw_invites(draft: &mut Draft, state: &ObservedState, map: &StateMap, explained: &Explained<'_>) {
    let mut draw = Draw::new(draft, state, map, explained, RECORDED | PENDING);
    for (index, invite) in state.invites.iter().enumerate() {
        if invite.status != InviteStatus::Pending || invite.received {
            continue;
        }
        let attached = invite.grants.iter().filter_map(|(asset, set)| {
            let asset = state.find_asset(state.text(*asset))?;
            Some((map.assets[asset as usize], *set))
        });
        let attached: Vec<(u32, PermissionSet)> = attached.collect();
        match invite.kind {
            InviteKind::MemberInvite => {
                let person = map.invitees[index];
                draw.member(person, invite.role.map_or("", |role| state.text(role)));
                for (asset, set) in attached {
                    draw.grant(person, asset, set);
                }
            }
            InviteKind::PartnerInvite | InviteKind::PartnerRequest => {
                let inbound = invite.kind == InviteKind::PartnerInvite;
                let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
                draw.pending_partner(state.text(invite.invitee), direction, &attached);
            }
            InviteKind::Other(_) => {}
        }
    }
}

impl<'d, 'a> Draw<'d, 'a> {
    fn new(
        draft: &'d mut Draft,
        state: &'a ObservedState,
        map: &'d StateMap,
        explained: &'d Explained<'a>,
        flags: u8,
    ) -> Self {
        Draw { draft, state, map, explained, team_grants: BTreeMap::new(), in_teams: Vec::new(), of: NONE, flags }
    }

    /// One edge for each person, also where they have two logins; the role that administers wins.
    fn members(&mut self) {
        let state = self.state;
        let mut members: Vec<(u32, bool, usize)> = self
            .map
            .members
            .iter()
            .enumerate()
            .map(|(index, &person)| (person, !state.is_manager(&state.members[index]), index))
            .collect();
        members.sort_unstable();
        members.dedup_by_key(|&mut (person, _, _)| person);
        for (person, _, index) in members {
            self.member(person, state.text(state.members[index].role));
        }
    }

    fn member(&mut self, person: u32, role: &str) {
        let admin = self.state.platform.role(role).is_some_and(|role| role.admin);
        let lines: Vec<Line> = self.explained.memberships(person).collect();
        let extra = self.draft.role(role);
        let raw = Raw {
            from: person,
            to: self.map.business,
            within: NONE,
            permissions: 0,
            extra,
            kind: EdgeKind::Member,
            flags: self.flags | if admin { ADMIN } else { 0 },
        };
        self.draft.push(raw, &lines);
    }

    fn partners(&mut self) {
        for (row, &theirs) in self.state.partners.iter().zip(&self.map.partners) {
            self.partner(theirs, row.direction);
        }
    }

    fn partner(&mut self, theirs: u32, direction: Direction) {
        let line: Vec<Line> = self.explained.partner(theirs, direction).map(|(_, line)| line).into_iter().collect();
        let (from, to) = match direction {
            Direction::Inbound => (self.map.business, theirs),
            Direction::Outbound => (theirs, self.map.business),
        };
        let raw = Raw { from, to, within: NONE, permissions: 0, extra: 0, kind: EdgeKind::Partner, flags: self.flags };
        self.draft.push(raw, &line);
    }

    fn pending_partner(&mut self, id: &str, direction: Direction, grants: &[(u32, PermissionSet)]) {
        let Some(&theirs) = self.map.invited_partners.get(id) else { return };
        self.partner(theirs, direction);
        for &(asset, set) in grants {
            self.share(theirs, direction, asset, set);
        }
    }

    fn contents(&mut self) {
        for content in &self.state.contents {
            let group = self.map.assets[content.group as usize];
            let asset = self.map.assets[content.asset as usize];
            let line: Vec<Line> = self.explained.content(group, asset).into_iter().collect();
            let raw = Raw {
                from: group,
                to: asset,
                within: NONE,
                permissions: 0,
                extra: 0,
                kind: EdgeKind::Contains,
                flags: self.flags,
            };
            self.draft.push(raw, &line);
        }
    }

    /// A record of a grant: as many edges as lines ask for a part of it, and one for what none asks for.
    fn grant(&mut self, person: u32, asset: u32, set: PermissionSet) {
        if self.of != person {
            self.of = person;
            self.in_teams.clear();
        }
        let explained = self.explained;
        let mut rest = set.known;
        let wanted = explained.asset(asset);
        for entry in wanted.into_iter().flat_map(|_| explained.entries(person)) {
            for row in explained.grants(PrincipalIx::person(entry), wanted.unwrap_or(NONE)) {
                let part = row.permissions & set.known;
                if part == 0 {
                    continue;
                }
                rest &= !part;
                match explained.source(row) {
                    (line, None) => self.own(person, asset, PermissionSet::of(part), &[line]),
                    (line, Some((team, member))) => {
                        let grant = self.team_grant(team, asset, row.permissions, line);
                        let member = self.in_team(person, team, member);
                        self.draft.row(person, asset, part, grant, member);
                    }
                }
            }
        }
        let unexplained = PermissionSet { known: rest, foreign: self.map.foreign[set.foreign as usize] };
        if !unexplained.is_empty() {
            self.own(person, asset, unexplained, &[]);
        }
    }

    fn own(&mut self, person: u32, asset: u32, set: PermissionSet, lines: &[Line]) {
        let raw = Raw {
            from: person,
            to: asset,
            within: self.map.business,
            permissions: set.known,
            extra: set.foreign,
            kind: EdgeKind::Grant,
            flags: self.flags,
        };
        let edge = self.draft.push(raw, lines);
        self.draft.row(person, asset, set.known, edge, NONE);
    }

    fn team_grant(&mut self, team: u32, asset: u32, permissions: u32, line: Line) -> u32 {
        let key = (line.item().unwrap_or(NONE), asset);
        if let Some(&edge) = self.team_grants.get(&key) {
            return edge;
        }
        let raw = Raw {
            from: team,
            to: asset,
            within: self.map.business,
            permissions,
            extra: 0,
            kind: EdgeKind::TeamGrant,
            flags: self.flags,
        };
        let edge = self.draft.push(raw, &[line]);
        self.team_grants.insert(key, edge);
        edge
    }

    fn in_team(&mut self, person: u32, team: u32, line: Line) -> u32 {
        if let Some(&(_, edge)) = self.in_teams.iter().find(|&&(known, _)| known == team) {
            return edge;
        }
        let raw = Raw {
            from: person,
            to: team,
            within: NONE,
            permissions: 0,
            extra: 0,
            kind: EdgeKind::InTeam,
            flags: self.flags & PENDING,
        };
        let edge = self.draft.push(raw, &[line]);
        self.in_teams.push((team, edge));
        edge
    }

    fn share(&mut self, theirs: u32, direction: Direction, asset: u32, set: PermissionSet) {
        let (receiver, giver) = match direction {
            Direction::Inbound => (theirs, self.map.business),
            Direction::Outbound => (self.map.business, theirs),
        };
        let explained = self.explained;
        let mut rest = set.known;
        let partner = explained.partner(theirs, direction).zip(explained.asset(asset));
        if let Some(((entry, _), wanted)) = partner {
            for row in explained.grants(PrincipalIx::partner(entry), wanted) {
                let part = row.permissions & set.known;
                if part != 0 {
                    rest &= !part;
                    let (line, _) = explained.source(row);
                    self.shared(receiver, giver, asset, PermissionSet::of(part), &[line]);
                }
            }
        }
        let unexplained = PermissionSet { known: rest, foreign: self.map.foreign[set.foreign as usize] };
        if !unexplained.is_empty() {
            self.shared(receiver, giver, asset, unexplained, &[]);
        }
    }

    fn shared(&mut self, receiver: u32, giver: u32, asset: u32, set: PermissionSet, lines: &[Line]) {
        let raw = Raw {
            from: receiver,
            to: asset,
            within: giver,
            permissions: set.known,
            extra: set.foreign,
            kind: EdgeKind::Share,
            flags: self.flags,
        };
        self.draft.push(raw, lines);
    }
}
