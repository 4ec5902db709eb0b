//! Teams that the source of an export has, as far as every member really has what the team gives.

use std::collections::{BTreeMap, BTreeSet};

use crate::observed::{TeamGrant, TeamRow};

use super::Structure;
use super::keys::slug;
use super::mining::{Cell, Row, Team, within};
use super::rights::writable;
use super::teams::NamedTeam;
use super::view::View;

/// Teams of the source that can be written, and a count of those that can't.
#[derive(Default)]
pub(super) struct Given {
    /// By name in the source; the key is the wish.
    pub list: Vec<NamedTeam>,
    /// What became of them.
    pub structure: Structure,
}

/// A team as the source has it.
#[derive(Default)]
struct Source {
    /// Indexes of people.
    members: BTreeSet<u32>,
    /// Permissions by asset.
    grants: BTreeMap<u32, u32>,
    /// Some of its grants can't be written.
    cut: bool,
}

/// The teams of the source, for people with these rights.
pub(super) fn given(view: &View<'_>, rows: &[Row]) -> Given {
    let mut given = Given::default();
    for (name, source) in sources(view) {
        if source.grants.is_empty() || source.members.is_empty() {
            given.structure.without_rights += 1;
            continue;
        }
        match source.exact(rows) {
            Some((team, remark)) => {
                given.structure.cut += usize::from(remark.is_some());
                let key = slug(name);
                given.list.push(NamedTeam { key, team, remark });
            }
            None => given.structure.not_exact += 1,
        }
    }
    given
}

fn sources<'a>(view: &View<'a>) -> BTreeMap<&'a str, Source> {
    let state = view.state;
    let mut sources: BTreeMap<&str, Source> = BTreeMap::new();
    for row in &state.teams {
        let source = sources.entry(state.text(row.team)).or_default();
        source.add_member(view, row);
    }
    for row in &state.team_grants {
        let source = sources.entry(state.text(row.team)).or_default();
        source.add_grant(view, row);
    }
    sources
}

impl Source {
    fn add_member(&mut self, view: &View<'_>, row: &TeamRow) {
        let member = view.people.by_id.get(view.state.text(row.member));
        self.members.extend(member);
    }

    fn add_grant(&mut self, view: &View<'_>, row: &TeamGrant) {
        let mask = row.permissions.known & writable(view.state.platform);
        let asset = view.assets.find(view.state.text(row.asset));
        let fits = asset.map_or(0, |(_, asset)| mask & asset.kind.permissions);
        self.cut |= fits == 0 || fits != mask || row.permissions.has_foreign();
        if let Some((asset, _)) = asset.filter(|_| fits != 0) {
            *self.grants.entry(asset).or_default() |= fits;
        }
    }

    /// The part of it that is true: grants that most members have, members who have all of these. With a remark, where that is
    /// not the whole.
    fn exact(&self, rows: &[Row]) -> Option<(Team, Option<String>)> {
        let cells = self.grants.iter();
        let cells = cells.map(|(&asset, &mask)| Cell { asset, mask });
        let grants: Row = cells.filter(|cell| self.most_have(cell, rows)).collect();
        let members = self.members.iter().copied();
        let members: Vec<u32> = members.filter(|member| has(*member, &grants, rows)).collect();
        let fewer = self.members.len() - members.len();
        let narrower = self.cut || grants.len() < self.grants.len();
        let team = Team { grants, members };
        let something = !team.grants.is_empty() && !team.members.is_empty();
        something.then(|| (team, remark(fewer, narrower)))
    }

    fn most_have(&self, cell: &Cell, rows: &[Row]) -> bool {
        let members = self.members.iter();
        let count = members.filter(|member| has(**member, &[*cell], rows)).count();
        count > 0 && count * 2 >= self.members.len()
    }
}

fn has(member: u32, cells: &[Cell], rows: &[Row]) -> bool {
    rows.get(member as usize).is_some_and(|row| within(cells, row))
}

/// Where a team is not what the source says.
fn remark(fewer: usize, narrower: bool) -> Option<String> {
    let members = format!("{fewer} of its members in the source have less than it gives: they are not in it here");
    let grants = "some of what it gives in the source is not written: its members don't have it".to_owned();
    let members = (fewer > 0).then_some(members);
    let remarks: Vec<String> = members.into_iter().chain(narrower.then_some(grants)).collect();
    (!remarks.is_empty()).then(|| remarks.join("; "))
}
