//! Which rights of whom are already described by teams, and which are still open.

use std::collections::BTreeMap;

use super::mining::{Cell, Found, Row, Team, within};

/// Weight of one cell: the permissions of an asset share it. Divisible by 1 to 10, and to a 2,000th by any count up to 32.
pub(super) const UNIT: u64 = 5_040;
/// What a team costs a reader besides its members and grants, in the weight of that many cells.
pub(super) const TEAM_COST: u64 = 3 * UNIT;
/// What a line in a team's list of members costs a reader: as much as a grant of one's own.
pub(super) const MEMBER_COST: u64 = UNIT;

/// People who have the same rights, of whom the same is still open: they are treated alike.
pub(super) struct Class {
    /// All their rights.
    pub row: Row,
    /// What of each cell no team gives yet.
    pub open: Vec<u32>,
    /// Who they are.
    pub people: Vec<u32>,
    /// Teams found for them, ascending.
    teams: Vec<usize>,
    /// What of each cell the given teams give.
    given: Vec<u32>,
}

/// The state of the search.
pub(super) struct Cover {
    /// By row; those with the same row by what is open.
    pub classes: Vec<Class>,
    /// Grants of the teams found; emptied when a team is given up.
    teams: Vec<Row>,
    /// For each asset the teams that grant something on it, where it is their first asset.
    by_first_asset: BTreeMap<u32, Vec<usize>>,
}

/// Teams that a class could join, and the weight that stays open.
pub(super) struct Joins {
    /// In the order of their use.
    pub teams: Vec<usize>,
    /// What they leave.
    pub open: u64,
}

impl Class {
    /// The open part of the rights.
    pub fn open_row(&self) -> Row {
        let cells = self.row.iter().zip(&self.open);
        cells.filter(|(_, open)| **open != 0).map(|(cell, &mask)| Cell { mask, ..*cell }).collect()
    }

    /// The weight of what is open.
    pub fn weight(&self) -> u64 {
        let cells = self.row.iter().zip(&self.open);
        cells.map(|(cell, open)| weight(*open, cell.mask)).sum()
    }

    /// The weight of what is open and among some grants that the row holds.
    pub fn gain(&self, grants: &[Cell]) -> u64 {
        covered(&self.row, &self.open, grants)
    }
}

impl Cover {
    /// The state before anything is found.
    pub fn new(rows: &[Row], given: &[Team]) -> Self {
        let mut open: Vec<Vec<u32>> = rows.iter().map(|row| masks(row)).collect();
        for team in given {
            for &member in &team.members {
                let Some(row) = rows.get(member as usize) else {
                    continue;
                };
                close(row, &mut open[member as usize], &team.grants);
            }
        }
        let mut classes: BTreeMap<(&Row, &Vec<u32>), Vec<u32>> = BTreeMap::new();
        for (person, key) in (0..).zip(rows.iter().zip(&open)) {
            classes.entry(key).or_default().push(person);
        }
        Cover {
            classes: classes.into_iter().map(|((row, open), people)| Class::new(row, open, people)).collect(),
            teams: Vec::new(),
            by_first_asset: BTreeMap::new(),
        }
    }

    /// A new team of some classes.
    pub fn found(&mut self, grants: Row, classes: &[usize]) {
        let team = self.teams.len();
        if let Some(first) = grants.first() {
            self.by_first_asset.entry(first.asset).or_default().push(team);
        }
        self.teams.push(grants);
        for &class in classes {
            self.join(class, team);
        }
    }

    /// The people of a class become members of a team.
    pub fn join(&mut self, class: usize, team: usize) {
        let class = &mut self.classes[class];
        if let Err(place) = class.teams.binary_search(&team) {
            class.teams.insert(place, team);
            close(&class.row, &mut class.open, &self.teams[team]);
        }
    }

    /// The teams that a class should join, greedily: the one that describes most, while that is a whole cell's worth.
    pub fn joins(&self, class: usize) -> Joins {
        let class = &self.classes[class];
        let mut open = class.open.clone();
        let fitting = self.fitting(class);
        let mut teams = Vec::new();
        while let Some((gain, team)) = fitting
            .iter()
            .map(|&team| (covered(&class.row, &open, &self.teams[team]), team))
            .max_by_key(|&(gain, team)| (gain, std::cmp::Reverse(team)))
            .filter(|(gain, _)| *gain >= UNIT)
        {
            debug_assert!(gain > 0);
            teams.push(team);
            close(&class.row, &mut open, &self.teams[team]);
        }
        let cells = class.row.iter().zip(&open);
        Joins { teams, open: cells.map(|(cell, open)| weight(*open, cell.mask)).sum() }
    }

    /// Gives up memberships that add nothing, and teams of fewer than `people`; teams with the same members become one.
    pub fn prune(&mut self, people: usize) {
        for class in &mut self.classes {
            drop_needless(class, &self.teams);
        }
        let sizes = self.members();
        for (team, members) in sizes.iter().enumerate() {
            if members.len() < people {
                self.give_up(team);
            }
        }
        self.merge_same_members();
    }

    /// The teams with their people, and what is left for each person.
    pub fn finish(self, people: usize) -> Found {
        let members = self.members();
        let mut direct = vec![Row::new(); people];
        for class in &self.classes {
            let open = class.open_row();
            for &person in &class.people {
                direct[person as usize].clone_from(&open);
            }
        }
        let teams = self.teams.into_iter().zip(members);
        let teams = teams.map(|(grants, members)| Team { grants, members });
        Found { teams: teams.filter(|team| !team.members.is_empty()).collect(), direct }
    }

    /// Teams all of whose rights a class has.
    fn fitting(&self, class: &Class) -> Vec<usize> {
        let candidates = class.row.iter().filter_map(|cell| self.by_first_asset.get(&cell.asset));
        candidates
            .flatten()
            .copied()
            .filter(|&team| !self.teams[team].is_empty() && within(&self.teams[team], &class.row))
            .collect()
    }

    fn members(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); self.teams.len()];
        for class in &self.classes {
            for &team in &class.teams {
                members[team].extend(&class.people);
            }
        }
        members.iter_mut().for_each(|people| people.sort_unstable());
        members
    }

    fn give_up(&mut self, team: usize) {
        self.teams[team].clear();
        for class in &mut self.classes {
            if class.teams.contains(&team) {
                class.teams.retain(|&other| other != team);
                class.reopen(&self.teams);
            }
        }
    }

    fn merge_same_members(&mut self) {
        let mut same: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        for (team, members) in self.members().into_iter().enumerate() {
            if !members.is_empty() {
                same.entry(members).or_default().push(team);
            }
        }
        for teams in same.into_values().filter(|teams| teams.len() > 1) {
            let (first, others) = (teams[0], &teams[1..]);
            for &other in others {
                let grants = union(&self.teams[first], &self.teams[other]);
                self.teams[first] = grants;
                self.teams[other].clear();
            }
            for class in &mut self.classes {
                class.teams.retain(|team| !others.contains(team));
            }
        }
    }
}

impl Class {
    fn new(row: &Row, open: &[u32], people: Vec<u32>) -> Self {
        let given = row.iter().zip(open).map(|(cell, open)| cell.mask & !open);
        Class { row: row.clone(), open: open.to_vec(), people, teams: Vec::new(), given: given.collect() }
    }

    /// What is open again after a team was given up.
    fn reopen(&mut self, teams: &[Row]) {
        let cells = self.row.iter().zip(&self.given);
        self.open = cells.map(|(cell, given)| cell.mask & !given).collect();
        for &team in &self.teams {
            close(&self.row, &mut self.open, &teams[team]);
        }
    }
}

/// Leaves out, the smallest first, each team whose rights the others give as well.
fn drop_needless(class: &mut Class, teams: &[Row]) {
    if class.teams.len() < 2 {
        return;
    }
    let described = class.open.clone();
    let mut order = class.teams.clone();
    order.sort_by_key(|&team| (teams[team].len(), std::cmp::Reverse(team)));
    for team in order {
        let before = class.teams.clone();
        class.teams.retain(|&other| other != team);
        class.reopen(teams);
        if class.open != described {
            class.teams = before;
        }
    }
    class.open = described;
}

fn masks(row: &[Cell]) -> Vec<u32> {
    row.iter().map(|cell| cell.mask).collect()
}

/// The weight of some permissions of a cell.
fn weight(part: u32, whole: u32) -> u64 {
    UNIT * u64::from(part.count_ones()) / u64::from(whole.count_ones().max(1))
}

/// Takes some grants out of what is open.
fn close(row: &[Cell], open: &mut [u32], grants: &[Cell]) {
    for (place, cell) in places(row, grants) {
        open[place] &= !cell.mask;
    }
}

fn covered(row: &[Cell], open: &[u32], grants: &[Cell]) -> u64 {
    places(row, grants).map(|(place, cell)| weight(open[place] & cell.mask, row[place].mask)).sum()
}

/// The grants with the place of their asset in a row.
fn places<'a>(row: &'a [Cell], grants: &'a [Cell]) -> impl Iterator<Item = (usize, Cell)> + 'a {
    let mut from = 0;
    grants.iter().filter_map(move |cell| {
        let rest = row.get(from..).unwrap_or_default();
        from += rest.partition_point(|other| other.asset < cell.asset);
        let here = row.get(from).filter(|other| other.asset == cell.asset);
        here.map(|_| (from, *cell))
    })
}

fn union(left: &[Cell], right: &[Cell]) -> Row {
    let mut cells: BTreeMap<u32, u32> = BTreeMap::new();
    for cell in left.iter().chain(right) {
        *cells.entry(cell.asset).or_default() |= cell.mask;
    }
    cells.into_iter().map(|(asset, mask)| Cell { asset, mask }).collect()
}
