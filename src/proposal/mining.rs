//! Teams proposed from rights alone: people with the same rights first, then rights that several people share.
//!
//! Exact: what a person gets from the teams found and the direct grants left over is, permission by permission, what the
//! person had; never more. Deterministic: only counts and indexes decide. The work is bounded by a count of steps (not by
//! a clock), so the same input always gives the same teams.

use std::collections::BTreeMap;

use super::cover::{Class, Cover, TEAM_COST, UNIT};

/// Permissions on one asset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cell {
    /// Index of the asset.
    pub asset: u32,
    /// Permissions as bits; never 0.
    pub mask: u32,
}

/// Rights of one principal: by asset, each asset once.
pub type Row = Vec<Cell>;

/// People who share rights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Team {
    /// What every member may do.
    pub grants: Row,
    /// Indexes of the people, ascending.
    pub members: Vec<u32>,
}

/// When people become a team, and how much work may go into finding out.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// This many people with identical rights become a team; at least 2.
    pub identical: usize,
    /// This many people who share a part of their rights become a team; at least 2.
    pub shared: usize,
    /// Steps (comparisons of two cells, roughly) spent on shared parts.
    pub steps: u64,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Teams beside those given.
    pub teams: Vec<Team>,
    /// For each person the rights that no team gives.
    pub direct: Vec<Row>,
}

/// Finds teams among people of whom some rights may already come from `given` teams.
///
/// A given team must not give a member anything that the member's row does not hold.
pub fn mine(rows: &[Row], given: &[Team], limits: &Limits) -> Found {
    let mut cover = Cover::new(rows, given);
    identical_rows(&mut cover, limits.identical);
    join_all(&mut cover);
    super::shared::mine(&mut cover, limits);
    identical_rests(&mut cover, limits.identical);
    join_all(&mut cover);
    cover.prune(limits.identical);
    cover.finish(rows.len())
}

/// The rights that no team of `given` gives, person by person.
pub fn rest(rows: &[Row], given: &[Team]) -> Vec<Row> {
    Cover::new(rows, given).finish(rows.len()).direct
}

/// The cells of `inner` are all in `outer`, with at least their permissions.
pub fn within(inner: &[Cell], outer: &[Cell]) -> bool {
    let mut rest = outer;
    inner.iter().all(|cell| {
        let skip = rest.partition_point(|other| other.asset < cell.asset);
        rest = rest.get(skip..).unwrap_or_default();
        matches!(rest.first(), Some(other) if other.asset == cell.asset && cell.mask & !other.mask == 0)
    })
}

/// What two rows have in common, permission by permission.
pub fn common(left: &[Cell], right: &[Cell]) -> Row {
    let mut rest = right;
    let mut both = Row::new();
    for cell in left {
        let skip = rest.partition_point(|other| other.asset < cell.asset);
        rest = rest.get(skip..).unwrap_or_default();
        if let Some(other) = rest.first().filter(|other| other.asset == cell.asset) {
            let mask = cell.mask & other.mask;
            both.extend((mask != 0).then_some(Cell { mask, ..*cell }));
        }
    }
    both
}

/// People with the same rights become a team, unless a few teams of fewer rights already make up the same.
fn identical_rows(cover: &mut Cover, people: usize) {
    let mut order: Vec<usize> =
        (0..cover.classes.len()).filter(|&class| cover.classes[class].people.len() >= people).collect();
    order.sort_by_key(|&class| building_block(&cover.classes[class]));
    for class in order {
        let joins = cover.joins(class);
        if joins.open != 0 || too_many(joins.teams.len(), &cover.classes[class]) {
            let grants = cover.classes[class].open_row();
            if !grants.is_empty() {
                cover.found(grants, &[class]);
            }
        } else {
            joins.teams.iter().for_each(|&team| cover.join(class, team));
        }
    }
}

/// Small rows first (others are put together from them), then those of many people.
fn building_block(class: &Class) -> (usize, std::cmp::Reverse<usize>) {
    (class.row.len(), std::cmp::Reverse(class.people.len()))
}

/// Whether a team of its own is easier to read than being in `teams` teams.
fn too_many(teams: usize, class: &Class) -> bool {
    let joining = teams * class.people.len();
    let own = class.people.len() + class.row.len() + (TEAM_COST / UNIT) as usize;
    teams > 3 || joining > own
}

/// Who has all the rights of a team and is still to be described joins it.
fn join_all(cover: &mut Cover) {
    for class in 0..cover.classes.len() {
        for team in cover.joins(class).teams {
            cover.join(class, team);
        }
    }
}

/// People of whom the same is left become a team, whatever else they have.
fn identical_rests(cover: &mut Cover, people: usize) {
    let mut same: BTreeMap<Row, Vec<usize>> = BTreeMap::new();
    for (index, class) in cover.classes.iter().enumerate() {
        same.entry(class.open_row()).or_default().push(index);
    }
    for (grants, classes) in same {
        let count: usize = classes.iter().map(|&class| cover.classes[class].people.len()).sum();
        if !grants.is_empty() && count >= people {
            cover.found(grants, &classes);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { identical: 2, shared: 3, steps: 1_000_000 };

    fn row(cells: &[(u32, u32)]) -> Row {
        cells.iter().map(|&(asset, mask)| Cell { asset, mask }).collect()
    }

    /// Slow and plain: every person's rights as the teams and direct grants say them.
    fn expand(people: usize, teams: &[&[Team]], direct: &[Row]) -> Vec<Row> {
        let mut rights: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); people];
        for team in teams.iter().copied().flatten() {
            for &member in &team.members {
                for cell in &team.grants {
                    *rights[member as usize].entry(cell.asset).or_default() |= cell.mask;
                }
            }
        }
        for (person, row) in direct.iter().enumerate() {
            for cell in row {
                *rights[person].entry(cell.asset).or_default() |= cell.mask;
            }
        }
        rights
            .into_iter()
            .map(|rights| rights.into_iter().map(|(asset, mask)| Cell { asset, mask }).collect())
            .collect()
    }

    #[test]
    fn people_with_the_same_rights_are_one_team() {
        let rows = [row(&[(0, 1), (1, 2)]), row(&[(0, 1), (1, 2)]), row(&[(2, 4)])];
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(found.teams, [Team { grants: row(&[(0, 1), (1, 2)]), members: vec![0, 1] }]);
        assert_eq!(found.direct, [row(&[]), row(&[]), row(&[(2, 4)])]);
    }

    #[test]
    fn somebody_with_more_rights_joins_and_keeps_the_rest() {
        let rows = [row(&[(0, 3)]), row(&[(0, 3)]), row(&[(0, 7), (1, 1)])];
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(found.teams.len(), 1);
        // Two thirds of one cell are not worth a membership: the cell would stand there twice.
        assert_eq!(found.teams[0].members, [0, 1]);
        assert_eq!(found.direct[2], row(&[(0, 7), (1, 1)]));
        let rows = [row(&[(0, 3)]), row(&[(0, 3)]), row(&[(0, 3), (1, 1)])];
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(found.teams[0].members, [0, 1, 2]);
        assert_eq!(found.direct[2], row(&[(1, 1)]));
    }

    #[test]
    fn a_sum_of_two_teams_is_no_third_team() {
        let mut rows = vec![row(&[(0, 1)]); 4];
        rows.extend(vec![row(&[(1, 1)]); 4]);
        rows.extend(vec![row(&[(0, 1), (1, 1)]); 2]);
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(found.teams.len(), 2);
        assert!(found.direct.iter().all(Vec::is_empty));
    }

    #[test]
    fn a_shared_part_of_different_rows_is_found() {
        let shared: Vec<(u32, u32)> = (0..10).map(|asset| (asset, 1)).collect();
        let rows: Vec<Row> = (0..5)
            .map(|person| {
                let mut cells = shared.clone();
                cells.push((20 + person, 1));
                row(&cells)
            })
            .collect();
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(found.teams.len(), 1);
        assert_eq!(found.teams[0].grants, row(&shared));
        assert_eq!(found.teams[0].members, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn given_teams_come_first_and_nobody_is_put_into_them() {
        let rows = vec![row(&[(0, 1)]); 5];
        let given = [Team { grants: row(&[(0, 1)]), members: vec![0, 1] }];
        let found = mine(&rows, &given, &LIMITS);
        assert_eq!(found.teams.len(), 1);
        assert_eq!(found.teams[0].members, [2, 3, 4]);
        assert_eq!(rest(&rows, &given)[4], row(&[(0, 1)]));
        assert!(rest(&rows, &given)[0].is_empty());
    }

    #[test]
    fn a_thousand_assets_and_many_people_stay_within_the_steps() {
        // 1,000 people with 40 rights each that repeat in no pattern.
        let rows: Vec<Row> = (0..1_000u32)
            .map(|person| {
                let mut assets: Vec<u32> = (0..40u32).map(|k| (person * 7_919 + k * k * 104_729 + k) % 1_000).collect();
                assets.sort_unstable();
                assets.dedup();
                assets.into_iter().map(|asset| Cell { asset, mask: 1 << (asset % 3) }).collect()
            })
            .collect();
        let found = mine(&rows, &[], &LIMITS);
        assert_eq!(expand(rows.len(), &[&found.teams], &found.direct), rows);
    }

    fn worlds() -> impl Strategy<Value = Vec<Row>> {
        let row = proptest::collection::btree_map(0u32..5, 1u32..8, 0..5)
            .prop_map(|cells| cells.into_iter().map(|(asset, mask)| Cell { asset, mask }).collect());
        proptest::collection::vec(row, 0..14)
    }

    proptest! {
        #[test]
        fn teams_and_direct_grants_are_exactly_the_rights(rows in worlds(), picks in proptest::collection::vec(0usize..14, 0..6)) {
            let given: Vec<Team> = picks
                .into_iter()
                .filter_map(|pick| rows.get(pick))
                .filter(|row| !row.is_empty())
                .map(|row| {
                    let grants = row[..row.len().div_ceil(2)].to_vec();
                    let members = (0..).zip(&rows).filter(|(_, other)| within(&grants, other)).map(|(at, _)| at).collect();
                    Team { grants, members }
                })
                .collect();
            let found = mine(&rows, &given, &LIMITS);
            prop_assert_eq!(&expand(rows.len(), &[&given, &found.teams], &found.direct), &rows);
            for team in &found.teams {
                prop_assert!(team.members.len() >= 2);
                prop_assert!(team.members.is_sorted());
                prop_assert!(!team.grants.is_empty());
            }
        }

        #[test]
        fn the_order_of_people_only_renumbers_them(rows in worlds()) {
            let forward = mine(&rows, &[], &LIMITS);
            let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
            let backward = mine(&reversed, &[], &LIMITS);
            let last = u32::try_from(rows.len()).unwrap();
            let mut renumbered: Vec<(Row, Vec<u32>)> = backward
                .teams
                .into_iter()
                .map(|team| (team.grants, team.members.iter().rev().map(|member| last - 1 - member).collect()))
                .collect();
            let mut teams: Vec<(Row, Vec<u32>)> = forward.teams.into_iter().map(|team| (team.grants, team.members)).collect();
            renumbered.sort();
            teams.sort();
            prop_assert_eq!(teams, renumbered);
        }
    }
}
