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
    /// Lines in teams: (team, person) and place.
    team_lines: Vec<((u32, u32), Line)>,
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
            team_lines: Vec::new(),
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
        self.starts = self.offsets(files);
        for (index, team) in (0u32..).zip(&files.teams).filter(|(_, team)| team.business == business) {
            self.team_lines.extend(team.members.iter().map(|&(person, pos, _)| ((index, person), Line::at(pos))));
        }
        self.team_lines.sort_unstable();
        let partners = (0u32..).zip(&files.partners).filter(|(_, partner)| partner.business == business);
        self.partners = partners.map(|(index, row)| ((map.partners[index as usize], row.direction), index)).collect();
    }

    fn offsets(&self, files: &DesiredState) -> Vec<u32> {
        let slots = files.people.len() + files.partners.len();
        let mut starts = Vec::with_capacity(slots + 1);
        for (row, grant) in (0u32..).zip(self.grants) {
            while starts.len() <= slot(files, grant.principal) {
                starts.push(row);
            }
        }
        starts.resize(slots + 1, u32::try_from(self.grants.len()).unwrap_or(NONE));
        starts
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
        let slot = slot(files, principal);
        let all = match (self.starts.get(slot), self.starts.get(slot + 1)) {
            (Some(&start), Some(&end)) => &self.grants[start as usize..end as usize],
            _ => return &[],
        };
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
        let person = u32::try_from(grant.principal.index()).unwrap_or(NONE);
        let found = self.team_lines.binary_search_by_key(&(team, person), |&(key, _)| key).ok();
        (line, found.map(|found| (map.teams[team as usize], self.team_lines[found].1)))
    }

    /// What the item of a written grant gives, to whomever.
    pub(super) fn memberships(&self, person: u32) -> impl Iterator<Item = Line> {
        let rows = self.files.map_or(&[][..], |files| &files.memberships[..]);
        let business = self.business;
        self.entries(person).flat_map(move |entry| {
            let key = (business, entry);
            let order = |row: &Membership| (row.business, row.person);
            let start = rows.partition_point(|row| order(row) < key);
            rows[start..].iter().take_while(move |row| order(row) == key).map(|row| Line::at(row.pos))
        })
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
