//! Which lines of the files explain what an export of one business shows.

use std::collections::BTreeMap;

use crate::desired::{Content, DesiredState, Grant, Holder, Membership};
use crate::graph::edge::Line;
use crate::graph::identity::FileMap;
use crate::graph::node::Nodes;
use crate::graph::store::NONE;
use crate::model::PrincipalIx;

/// The files as they concern one business, asked by nodes.
pub(super) struct Explained<'a> {
    files: Option<&'a DesiredState>,
    map: Option<&'a FileMap>,
    /// Index of the business in the files; [`NONE`] where they don't have it.
    business: u32,
    /// By person: the entry in the files (the first where names made one of several).
    people: Vec<u32>,
    /// Further entries of the same people, sorted.
    more: Vec<(u32, u32)>,
    /// By asset: its number in the files of this business.
    assets: Vec<u32>,
    grants: &'a [Grant],
    /// By principal of the files: where the grants start; people first.
    starts: Vec<u32>,
    /// Lines that say who works for the business, by entry in the files: where those of the business start.
    memberships: &'a [Membership],
    member_starts: Vec<u32>,
    /// Lines in teams: person, team and place, in order; where those of each person start.
    team_lines: Vec<(u32, u32, Line)>,
    team_starts: Vec<u32>,
    partners: BTreeMap<(u32, crate::model::Direction), u32>,
}

impl<'a> Explained<'a> {
    pub(super) fn of(nodes: &Nodes, files: Option<&'a DesiredState>, map: Option<&'a FileMap>, business: u32) -> Self {
        let mut explained = Explained {
            files: None,
            map: None,
            business: NONE,
            people: Vec::new(),
            more: Vec::new(),
            assets: Vec::new(),
            grants: &[],
            starts: Vec::new(),
            memberships: &[],
            member_starts: Vec::new(),
            team_lines: Vec::new(),
            team_starts: Vec::new(),
            partners: BTreeMap::new(),
        };
        let (Some(files), Some(map)) = (files, map) else { return explained };
        let Some(at) = map.businesses.iter().position(|&node| node == business) else { return explained };
        explained.business = u32::try_from(at).unwrap_or(NONE);
        explained.files = Some(files);
        explained.map = Some(map);
        explained.read(nodes, files, map);
        explained
    }

    fn read(&mut self, nodes: &Nodes, files: &'a DesiredState, map: &FileMap) {
        let business = self.business;
        self.people = vec![NONE; nodes.people.len()];
        for (index, &person) in (0u32..).zip(&map.people) {
            match &mut self.people[person as usize] {
                first if *first == NONE => *first = index,
                _ => self.more.push((person, index)),
            }
        }
        self.more.sort_unstable();
        self.assets = vec![NONE; nodes.assets.len()];
        for (index, (&node, asset)) in (0u32..).zip(map.assets.iter().zip(&files.assets)) {
            if asset.business == business {
                self.assets[node as usize] = index;
            }
        }
        let owner = |grant: &Grant| files.assets[grant.asset as usize].business;
        let start = files.grants.partition_point(|grant| owner(grant) < business);
        let end = files.grants.partition_point(|grant| owner(grant) <= business);
        self.grants = &files.grants[start..end];
        let slots = files.people.len() + files.partners.len();
        self.starts = offsets(slots, self.grants.iter().map(|grant| slot(files, grant.principal)));
        let start = files.memberships.partition_point(|row| row.business < business);
        let end = files.memberships.partition_point(|row| row.business <= business);
        self.memberships = &files.memberships[start..end];
        self.member_starts = offsets(files.people.len(), self.memberships.iter().map(|row| row.person as usize));
        for (index, team) in (0u32..).zip(&files.teams).filter(|(_, team)| team.business == business) {
            self.team_lines.extend(team.members.iter().map(|&(person, pos, _)| (person, index, Line::at(pos))));
        }
        self.team_lines.sort_unstable();
        self.team_starts = offsets(files.people.len(), self.team_lines.iter().map(|&(person, ..)| person as usize));
        let partners = (0u32..).zip(&files.partners).filter(|(_, partner)| partner.business == business);
        self.partners = partners.map(|(index, row)| ((map.partners[index as usize], row.direction), index)).collect();
    }

    /// The entries of a person in the files.
    pub(super) fn entries(&self, person: u32) -> impl Iterator<Item = u32> {
        let first = self.people.get(person as usize).copied().filter(|&entry| entry != NONE);
        let start = self.more.partition_point(|&(other, _)| other < person);
        let more = self.more[start..].iter().take_while(move |&&(other, _)| other == person);
        first.into_iter().chain(more.map(|&(_, entry)| entry))
    }

    /// The number of an asset in the files of this business.
    pub(super) fn asset(&self, node: u32) -> Option<u32> {
        self.assets.get(node as usize).copied().filter(|&asset| asset != NONE)
    }

    /// All written grants of a principal of the files on one of its assets.
    pub(super) fn grants(&self, principal: PrincipalIx, asset: u32) -> &'a [Grant] {
        let Some(files) = self.files else { return &[] };
        let all = row(&self.starts, self.grants, slot(files, principal));
        let start = all.partition_point(|grant| grant.asset < asset);
        let rest = &all[start..];
        &rest[..rest.partition_point(|grant| grant.asset <= asset)]
    }

    /// The line of a written grant, and the team that holds it with the person's line in it.
    pub(super) fn source(&self, grant: &Grant) -> (Line, Option<(u32, Line)>) {
        let Some((files, map)) = self.files.zip(self.map) else {
            return (Line::at(crate::source::Pos::default()), None);
        };
        let item = &files.items[grant.item as usize];
        let line = Line::of_item(item.pos, grant.item);
        let Holder::Team(team) = item.holder else { return (line, None) };
        // Few people are in many teams.
        let mut teams = row(&self.team_starts, &self.team_lines, grant.principal.index()).iter();
        let found = teams.find(|&&(_, known, _)| known == team);
        (line, found.map(|&(_, _, member)| (map.teams[team as usize], member)))
    }

    /// The lines that say that a person works for the business.
    pub(super) fn memberships(&self, person: u32) -> impl Iterator<Item = Line> {
        let rows = self.entries(person).flat_map(|entry| row(&self.member_starts, self.memberships, entry as usize));
        rows.map(|row| Line::at(row.pos))
    }

    /// The entry of a partner.
    pub(super) fn partner(&self, business: u32, direction: crate::model::Direction) -> Option<(u32, Line)> {
        let index = *self.partners.get(&(business, direction))?;
        Some((index, Line::at(self.files?.partners.get(index as usize)?.pos)))
    }

    /// The line that puts an asset into a group.
    pub(super) fn content(&self, group: u32, asset: u32) -> Option<Line> {
        let key = (self.asset(group)?, self.asset(asset)?);
        let contents = &self.files?.contents;
        let found = contents.binary_search_by_key(&key, |row: &Content| (row.group, row.asset)).ok()?;
        Some(Line::at(contents[found].pos))
    }
}

fn slot(files: &DesiredState, principal: PrincipalIx) -> usize {
    principal.index() + if principal.is_partner() { files.people.len() } else { 0 }
}

/// Where the rows of each slot start, given the slot of each row, in order.
fn offsets(slots: usize, rows: impl ExactSizeIterator<Item = usize>) -> Vec<u32> {
    let all = u32::try_from(rows.len()).unwrap_or(NONE);
    let mut starts = Vec::with_capacity(slots + 1);
    for (row, slot) in (0u32..).zip(rows) {
        while starts.len() <= slot {
            starts.push(row);
        }
    }
    starts.resize(slots + 1, all);
    starts
}

fn row<'a, T>(starts: &[u32], rows: &'a [T], slot: usize) -> &'a [T] {
    match (starts.get(slot), starts.get(slot + 1)) {
        (Some(&start), Some(&end)) => &rows[start as usize..end as usize],
        _ => &[],
    }
}
