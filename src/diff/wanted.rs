//! What the files want in one business on one day.

use std::cell::OnceCell;

use jiff::civil::Date;

use crate::desired::{DesiredState, Grant, Holder, Membership, Partner};
use crate::model::{PrincipalIx, Until};
use crate::platforms::Role;
use crate::source::Pos;

use super::change::{Cause, Source};
use super::rows::{Rows, offsets};

/// The files, one business, one day.
pub(super) struct Wanted<'a> {
    pub(super) desired: &'a DesiredState,
    pub(super) business: u32,
    pub(super) day: Date,
    /// Sources of memberships, by person.
    memberships: &'a [Membership],
    /// By person: where their memberships start.
    starts: Vec<u32>,
    /// Grant rows, by principal and asset.
    pub(super) grants: &'a [Grant],
    pub(super) rows: Rows,
    /// Made when the first message needs it.
    team_lines: OnceCell<Vec<(Pos, u32)>>,
}

/// What the files say about somebody's membership on the day.
pub(super) enum Employment {
    /// They shall be a member, with this role.
    Wanted(&'static Role),
    /// All lines ended; the last one to do so.
    Ended(Cause),
    /// No line names them here.
    Unwritten,
}

/// One wanted grant: all sources of a principal on an asset together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WantedGrant {
    /// Index of the asset.
    pub(super) asset: u32,
    /// Permission bits; never none.
    pub(super) permissions: u32,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(desired: &'a DesiredState, business: u32, day: Date) -> Self {
        let memberships = part(&desired.memberships, |row| row.business, business);
        let owner = |grant: &Grant| desired.assets[grant.asset as usize].business;
        let grants = part(&desired.grants, owner, business);
        Wanted {
            desired,
            business,
            day,
            memberships,
            starts: offsets(memberships, |row| row.person as usize, desired.people.len(), 0),
            grants,
            rows: Rows::new(grants, |grant| grant.principal, desired.people.len(), desired.partners.len()),
            team_lines: OnceCell::new(),
        }
    }

    /// By person: whether some line makes them a member of this business, be it over or not.
    pub(super) fn here(&self) -> Vec<bool> {
        let mut here = vec![false; self.desired.people.len()];
        for row in self.memberships {
            here[row.person as usize] = true;
        }
        here
    }

    /// Everybody whom some line makes a member, once each, in order.
    pub(super) fn people(&self) -> Vec<u32> {
        let mut people: Vec<u32> = self.memberships.iter().map(|row| row.person).collect();
        people.dedup();
        people
    }

    pub(super) fn memberships_of(&self, person: u32) -> &'a [Membership] {
        let at = person as usize;
        &self.memberships[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The most privileged role of the lines that hold.
    pub(super) fn employment(&self, person: u32) -> Employment {
        let rows = self.memberships_of(person);
        let holding = rows.iter().filter(|row| row.until.holds_on(self.day));
        let roles = self.desired.businesses[self.business as usize].platform.roles;
        let rank = |role: &Role| roles.iter().position(|other| other.word == role.word);
        if let Some(best) = holding.max_by_key(|row| rank(row.role)) {
            return Employment::Wanted(best.role);
        }
        let last =
            rows.iter().filter_map(|row| row.until.date().map(|until| (until, row))).max_by_key(|(until, _)| *until);
        match last {
            Some((until, row)) => Employment::Ended(Cause::Ended(self.membership_source(row), until)),
            None => Employment::Unwritten,
        }
    }

    /// Every line that holds and asks for a role.
    pub(super) fn membership_sources(&self, person: u32, word: &str) -> Vec<Source> {
        self.memberships_of(person)
            .iter()
            .filter(|row| row.role.word == word && row.until.holds_on(self.day))
            .map(|row| self.membership_source(row))
            .collect()
    }

    /// The line that gave a role higher than the one wanted now, where it ended.
    pub(super) fn ended_role(&self, person: u32, word: &str) -> Option<Cause> {
        self.memberships_of(person)
            .iter()
            .filter(|row| row.role.word == word && !row.until.holds_on(self.day))
            .filter_map(|row| Some((row.until.date()?, row)))
            .max_by_key(|(until, _)| *until)
            .map(|(until, row)| Cause::Ended(self.membership_source(row), until))
    }

    /// The line of a membership.
    pub(super) fn membership_source(&self, row: &Membership) -> Source {
        let key = self.desired.text(self.desired.people[row.person as usize].key);
        let lines = self.team_lines.get_or_init(|| self.team_lines());
        let what = match lines.binary_search_by_key(&row.pos, |line| line.0) {
            Ok(found) => {
                let team = &self.desired.teams[lines[found].1 as usize];
                format!("{key} in team {}", self.desired.text(team.key))
            }
            Err(_) => format!("person {key}"),
        };
        Source { pos: row.pos, what, item: None }
    }

    /// Every line that puts somebody into a team, by place.
    fn team_lines(&self) -> Vec<(Pos, u32)> {
        let teams = (0..).zip(&self.desired.teams);
        let mut lines: Vec<(Pos, u32)> = teams
            .filter(|(_, team)| team.business == self.business)
            .flat_map(|(index, team)| team.members.iter().map(move |line| (line.1, index)))
            .collect();
        lines.sort_unstable();
        lines
    }

    /// The entry of a person.
    pub(super) fn person_source(&self, person: u32) -> Source {
        let person = &self.desired.people[person as usize];
        Source { pos: person.pos, what: format!("person {}", self.desired.text(person.key)), item: None }
    }

    /// The entry of a partner.
    pub(super) fn partner_source(&self, partner: u32) -> Source {
        let partner = &self.desired.partners[partner as usize];
        Source { pos: partner.pos, what: format!("partner {}", self.desired.text(partner.key)), item: None }
    }

    /// The entry of an asset.
    pub(super) fn asset_source(&self, asset: u32) -> Source {
        let asset = &self.desired.assets[asset as usize];
        Source { pos: asset.pos, what: format!("{} {}", asset.kind.title, self.desired.text(asset.key)), item: None }
    }

    /// Whether a source of a grant holds on the day.
    pub(super) fn holds(&self, row: &Grant) -> bool {
        let started = self.desired.items[row.item as usize].from;
        row.until.holds_on(self.day) && started.is_none_or(|from| from <= self.day)
    }

    /// What a principal shall have, by asset.
    pub(super) fn grants_of(&self, principal: PrincipalIx, into: &mut Vec<WantedGrant>) {
        into.clear();
        for row in self.rows.slice(self.grants, principal) {
            if row.permissions == 0 || !self.holds(row) {
                continue;
            }
            match into.last_mut() {
                Some(last) if last.asset == row.asset => last.permissions |= row.permissions,
                _ => into.push(WantedGrant { asset: row.asset, permissions: row.permissions }),
            }
        }
    }

    /// All source rows of a principal on an asset, holding or not.
    fn sources_of(&self, principal: PrincipalIx, asset: u32) -> &'a [Grant] {
        let rows = self.rows.slice(self.grants, principal);
        part(rows, |row| row.asset, asset)
    }

    /// Why a principal shall have what they shall have on an asset, or why they shall have less than `had`.
    pub(super) fn grant_cause(&self, principal: PrincipalIx, asset: Option<u32>, had: u32) -> Cause {
        let rows = asset.map_or(&[][..], |asset| self.sources_of(principal, asset));
        let holding = || rows.iter().filter(|row| self.holds(row));
        let wanted = holding().fold(0, |bits, row| bits | row.permissions);
        let gains = wanted & !had != 0;
        let ended = rows
            .iter()
            .filter(|row| !gains && !row.until.holds_on(self.day))
            .filter(|row| row.permissions & had & !wanted != 0)
            .filter_map(|row| Some((row.until.date()?, row)))
            .max_by_key(|(until, _)| *until);
        if let Some((until, row)) = ended {
            return Cause::Ended(self.ended_source(row, until), until);
        }
        let mut sources: Vec<Source> =
            holding().flat_map(|row| [Some(self.item_source(row)), self.line_source(row)]).flatten().collect();
        sources.sort_unstable();
        sources.dedup();
        if !sources.is_empty() {
            return Cause::Written(sources);
        }
        let not_yet = rows.first().map(|row| self.item_source(row));
        Cause::Unwritten(not_yet.or_else(|| self.nearest(principal)))
    }

    /// The line that ended: the item, or the contract of the partner that shared the asset.
    fn ended_source(&self, row: &Grant, until: Date) -> Source {
        let asset = &self.desired.assets[row.asset as usize];
        let is_owner = |partner: &Partner| {
            partner.business == self.business
                && Some(self.desired.text(partner.key)) == asset.owner.map(|owner| self.desired.text(owner))
                && partner.ends.date() == Some(until)
        };
        let own = self.desired.items[row.item as usize].until.date() == Some(until) || row.principal.is_partner();
        match self.desired.partners.iter().position(is_owner).filter(|_| !own) {
            Some(owner) => self.partner_source(super::index(owner)),
            None => self.item_source(row),
        }
    }

    fn nearest(&self, principal: PrincipalIx) -> Option<Source> {
        let at = super::index(principal.index());
        Some(if principal.is_partner() { self.partner_source(at) } else { self.person_source(at) })
    }

    /// The item of a `grants:` list.
    pub(super) fn item_source(&self, row: &Grant) -> Source {
        let item = &self.desired.items[row.item as usize];
        Source { pos: item.pos, what: format!("grant of {}", self.holder(item.holder)), item: Some(row.item) }
    }

    /// `team social-fr`, `person bo@acme.example`, `partner nova`.
    pub(super) fn holder(&self, holder: Holder) -> String {
        let text = |sym| self.desired.text(sym);
        match holder {
            Holder::Person(at) => format!("person {}", text(self.desired.people[at as usize].key)),
            Holder::Team(at) => format!("team {}", text(self.desired.teams[at as usize].key)),
            Holder::Partner(at) => {
                format!("partner {}", text(self.desired.partners[at as usize].key))
            }
        }
    }

    /// The line that puts a person into the team that holds the grant.
    fn line_source(&self, row: &Grant) -> Option<Source> {
        let Holder::Team(team) = self.desired.items[row.item as usize].holder else {
            return None;
        };
        let team = &self.desired.teams[team as usize];
        let person = super::index(row.principal.index());
        let line = team.members.iter().find(|line| line.0 == person)?;
        let key = self.desired.text(self.desired.people[person as usize].key);
        Some(Source { pos: line.1, what: format!("{key} in team {}", self.desired.text(team.key)), item: None })
    }

    /// Whether a partnership shall be there on the day.
    pub(super) fn partnership(&self, partner: u32) -> Result<(), Cause> {
        let ends: Until = self.desired.partners[partner as usize].ends;
        match ends.date() {
            Some(until) if !ends.holds_on(self.day) => Err(Cause::Ended(self.partner_source(partner), until)),
            _ => Ok(()),
        }
    }
}

/// The rows of one key in rows sorted by it.
pub(super) fn part<T, K: Ord>(sorted: &[T], key: impl Fn(&T) -> K, wanted: K) -> &[T] {
    let start = sorted.partition_point(|row| key(row) < wanted);
    let rest = &sorted[start..];
    &rest[..rest.partition_point(|row| key(row) <= wanted)]
}
