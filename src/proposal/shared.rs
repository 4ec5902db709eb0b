//! Rights that several people share although the rest of their rights differs: greedy search for blocks of people and
//! rights that describe most of what is open.

use std::collections::{BTreeMap, BTreeSet};

use super::cover::{Cover, MEMBER_COST, TEAM_COST, UNIT};
use super::mining::{Cell, Limits, Row, common, within};

/// Classes from which a search starts in one round.
const SEEDS: usize = 256;
/// Classes whose rights are laid over those of a seed, one after the other.
const OVERLAYS: usize = 12;
/// Cells of a seed by which those most like it are found.
const SAMPLE: usize = 64;
/// Columns that are laid over each other before whole rows are looked at.
const RAREST: usize = 4;
/// Rounds at most; each takes what the one before left.
const ROUNDS: usize = 24;
/// A round must describe at least this part of what is open, or the search ends: what is left has no structure.
const WORTH_A_ROUND: u64 = 250;

/// Founds teams of shared rights while they shorten the description and steps are left.
pub(super) fn mine(cover: &mut Cover, limits: &Limits) {
    let columns = columns(cover);
    let mut search = Search { columns, people: limits.shared.max(2) as u64, steps: limits.steps };
    for _ in 0..ROUNDS {
        let candidates = search.candidates(cover);
        let before: u64 = open(cover);
        let taken = search.take_best(cover, candidates);
        if taken == 0 || taken < before / WORTH_A_ROUND {
            break;
        }
    }
}

struct Search {
    /// For each asset the classes with rights on it.
    columns: Columns,
    /// Fewest people of a team.
    people: u64,
    /// Steps left.
    steps: u64,
}

/// A class and its permissions on an asset.
type Holder = (u32, u32);

/// For each asset the classes with rights on it, ascending.
type Columns = BTreeMap<u32, Vec<Holder>>;

/// A possible team.
struct Block {
    grants: Row,
    /// Classes that would gain, ascending.
    classes: Vec<usize>,
    /// How much the description shortens.
    gain: u64,
}

fn columns(cover: &Cover) -> Columns {
    let mut columns = Columns::new();
    for (class, it) in (0..).zip(&cover.classes) {
        for cell in &it.row {
            columns.entry(cell.asset).or_default().push((class, cell.mask));
        }
    }
    columns
}

impl Search {
    /// Blocks that shorten the description, each from a seed with much still open.
    fn candidates(&mut self, cover: &Cover) -> Vec<Block> {
        let mut seen = BTreeSet::new();
        let mut blocks = Vec::new();
        for seed in seeds(cover) {
            for grants in self.overlays(cover, seed) {
                if self.steps == 0 {
                    return blocks;
                }
                if seen.insert(grants.clone()) {
                    blocks.extend(self.block(cover, grants));
                }
            }
        }
        blocks
    }

    /// Takes blocks, the best first, where earlier ones leave them at least half of what they promised. Answers the gain.
    fn take_best(&mut self, cover: &mut Cover, mut blocks: Vec<Block>) -> u64 {
        blocks.sort_by(|left, right| {
            (right.gain, &left.grants, &left.classes).cmp(&(left.gain, &right.grants, &right.classes))
        });
        let mut taken = 0;
        for Block { grants, gain, .. } in blocks {
            let now = self.weigh(cover, grants);
            if let Some(block) = now.filter(|block| block.gain * 2 >= gain) {
                cover.found(block.grants, &block.classes);
                taken += block.gain;
            }
        }
        taken
    }

    /// The open rights of a seed, cut down step by step to what it shares with the classes most like it.
    fn overlays(&mut self, cover: &Cover, seed: usize) -> Vec<Row> {
        let mut grants = cover.classes[seed].open_row();
        let mut overlays = Vec::new();
        for other in self.most_alike(cover, seed, &grants) {
            let row = &cover.classes[other].row;
            self.spend(grants.len());
            let cut = common(&grants, row);
            if !cut.is_empty() {
                overlays.push(cut.clone());
                grants = cut;
            }
        }
        overlays
    }

    /// Classes that have most of some rights.
    fn most_alike(&mut self, cover: &Cover, seed: usize, grants: &[Cell]) -> Vec<usize> {
        let mut alike: Vec<u32> = vec![0; cover.classes.len()];
        // A sample is enough to see who is alike.
        for cell in grants.iter().step_by(grants.len().div_ceil(SAMPLE).max(1)) {
            let column = self.columns.get(&cell.asset).map_or(&[][..], Vec::as_slice);
            for &(class, mask) in column {
                alike[class as usize] += (mask & cell.mask).count_ones();
            }
            self.steps = self.steps.saturating_sub(column.len() as u64);
        }
        alike[seed] = 0;
        let mut order: Vec<(u64, usize)> = alike
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .map(|(class, count)| (u64::from(count) * cover.classes[class].people.len() as u64, class))
            .collect();
        order.sort_unstable_by_key(|&(count, class)| (std::cmp::Reverse(count), class));
        order.truncate(OVERLAYS);
        order.into_iter().map(|(_, class)| class).collect()
    }

    /// The block of some rights, widened to all that its people share.
    fn block(&mut self, cover: &Cover, grants: Row) -> Option<Block> {
        let block = self.weigh(cover, grants)?;
        let wider = self.widen(cover, &block);
        if wider == block.grants {
            return Some(block);
        }
        let better = self.weigh(cover, wider);
        better.filter(|wider| wider.gain > block.gain).or(Some(block))
    }

    /// Everything that all classes of a block have, as far as it is open for one of them.
    fn widen(&mut self, cover: &Cover, block: &Block) -> Row {
        let mut classes = block.classes.iter().map(|&class| &cover.classes[class]);
        let Some(first) = classes.next() else {
            return block.grants.clone();
        };
        let mut shared = first.row.clone();
        let mut open: BTreeMap<u32, u32> = BTreeMap::new();
        for class in std::iter::once(first).chain(classes) {
            self.spend(class.row.len());
            shared = common(&shared, &class.row);
            for cell in class.open_row() {
                *open.entry(cell.asset).or_default() |= cell.mask;
            }
        }
        let open: Row = open.into_iter().map(|(asset, mask)| Cell { asset, mask }).collect();
        common(&shared, &open)
    }

    /// Who would gain by a team of some rights; nothing where the team would lengthen the description.
    fn weigh(&mut self, cover: &Cover, grants: Row) -> Option<Block> {
        let mut gain = 0;
        let mut people = 0;
        let mut classes = Vec::new();
        for class in self.supporters(cover, &grants) {
            let it = &cover.classes[class];
            let saved = it.gain(&grants).saturating_sub(MEMBER_COST);
            if saved > 0 {
                gain += saved * it.people.len() as u64;
                people += it.people.len() as u64;
                classes.push(class);
            }
        }
        let cost = TEAM_COST + UNIT * grants.len() as u64;
        (people >= self.people && gain > cost).then(|| Block { grants, classes, gain: gain - cost })
    }

    /// Classes that have all of some rights.
    fn supporters(&mut self, cover: &Cover, grants: &[Cell]) -> Vec<usize> {
        let mut columns: Vec<(&[Holder], u32)> =
            grants.iter().filter_map(|cell| Some((self.columns.get(&cell.asset)?.as_slice(), cell.mask))).collect();
        columns.sort_by_key(|(column, _)| column.len());
        let mut rarest = columns.iter().take(RAREST);
        let Some(first) = rarest.next() else {
            return Vec::new();
        };
        let mut classes: Vec<u32> = holders(first).collect();
        let mut steps = first.0.len();
        for column in rarest {
            classes = both(classes, holders(column));
            steps += column.0.len();
        }
        let supporters = classes.iter().map(|class| *class as usize);
        let supporters: Vec<usize> = supporters.filter(|&class| within(grants, &cover.classes[class].row)).collect();
        self.spend(steps + classes.len() * grants.len());
        supporters
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps as u64);
    }
}

/// Classes of a column that have some permissions.
fn holders<'c>(&(column, needed): &(&'c [Holder], u32)) -> impl Iterator<Item = u32> + use<'c> {
    let fitting = column.iter().filter(move |(_, mask)| needed & !mask == 0);
    fitting.map(|(class, _)| *class)
}

/// What two ascending lists share.
fn both(left: Vec<u32>, right: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut right = right.peekable();
    let mut left = left;
    left.retain(|class| {
        while right.next_if(|other| other < class).is_some() {}
        right.peek() == Some(class)
    });
    left
}

/// The weight of everything open, for all people.
fn open(cover: &Cover) -> u64 {
    let classes = cover.classes.iter();
    classes.map(|class| class.weight() * class.people.len() as u64).sum()
}

/// Classes with the most open, for all their people.
fn seeds(cover: &Cover) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = cover
        .classes
        .iter()
        .enumerate()
        .map(|(class, it)| (it.weight() * it.people.len() as u64, class))
        .filter(|(weight, _)| *weight > UNIT)
        .collect();
    order.sort_by_key(|&(weight, class)| (std::cmp::Reverse(weight), class));
    order.truncate(SEEDS);
    order.into_iter().map(|(_, class)| class).collect()
}
