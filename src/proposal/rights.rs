//! Which grants can be written in an access repository, and which are left as they are.
//!
//! Words that no write accepts (`OWNER`) are never written: the comparison leaves them alone, beside others and by themselves.
//! A grant with a word that the platform's table doesn't have, or that doesn't fit the type of its asset, is left alone as a
//! whole, and so is a grant on an asset that can't be written.

use std::collections::BTreeMap;

use crate::model::PermissionSet;
use crate::observed::ObservedState;
use crate::platforms::Platform;

use super::Left;
use super::mining::{Cell, Row};
use super::view::{Asset, Assets};
use super::yaml::remark;

/// Remarks about assets longer than this end in a count.
const NAMED: usize = 5;

/// Rights of one principal, put together grant by grant.
#[derive(Default)]
pub(super) struct Rights {
    cells: BTreeMap<u32, Option<u32>>,
    /// Words that are not written, and the assets they hold on.
    unwritten: BTreeMap<(&'static str, String), Vec<String>>,
}

/// What becomes of a grant.
enum Verdict {
    /// These bits are written; the others are words that no write accepts.
    Written { mask: u32, silent: u32 },
    /// Nothing is written, and why.
    Left(&'static str),
}

impl Rights {
    /// Adds a grant on an asset, given by its id.
    pub fn add(
        &mut self,
        state: &ObservedState,
        assets: &Assets<'_>,
        id: &str,
        set: PermissionSet,
        left: &mut Left,
    ) {
        let Some((index, asset)) = assets.find(id) else {
            left.grants_on_unwritten_assets += 1;
            return self.remark("on what is not written here", state.words(set), remark(id));
        };
        match verdict(state.platform, asset, set) {
            Verdict::Written { mask, silent } => {
                let cell = self.cells.entry(index).or_insert(Some(0));
                *cell = cell.map(|before| before | mask);
                if silent != 0 {
                    let words = state.words(PermissionSet::of(silent));
                    self.remark("can only be read", words, asset.key.clone());
                }
                left.grants_of_silent_words += usize::from(mask == 0);
            }
            Verdict::Left(why) => {
                self.cells.insert(index, None);
                self.remark(why, state.words(set), asset.key.clone());
                left.grants_of_unknown_words += usize::from(set.has_foreign());
                left.grants_that_do_not_fit += usize::from(!set.has_foreign());
            }
        }
    }

    /// Puts what was asked for in the place of what is there, where that can be written.
    pub fn ask(
        &mut self,
        state: &ObservedState,
        assets: &Assets<'_>,
        id: &str,
        set: PermissionSet,
        left: &mut Left,
    ) {
        let mut asked = Rights::default();
        asked.add(state, assets, id, set, left);
        for (asset, mask) in asked.cells {
            let here = self.cells.entry(asset).or_insert(Some(0));
            // What can't be compared stays as it is, whatever is asked for.
            *here = here.and(mask.filter(|mask| *mask != 0).or(*here));
        }
        for (why, assets) in asked.unwritten {
            let known = self.unwritten.entry(why).or_default();
            known.extend(assets);
            known.sort_unstable();
        }
    }

    /// What can be written, by asset.
    pub fn row(&self) -> Row {
        let cells = self.cells.iter();
        cells
            .filter_map(|(&asset, mask)| {
                Some(Cell {
                    asset,
                    mask: (*mask)?,
                })
            })
            .filter(|cell| cell.mask != 0)
            .collect()
    }

    /// What is not written, a line for each reason and set of words.
    pub fn remarks(&self) -> Vec<String> {
        let lines = self.unwritten.iter();
        lines
            .map(|((why, words), assets)| {
                format!("not written, {why}: {words} on {}", some(assets))
            })
            .collect()
    }

    fn remark(&mut self, why: &'static str, words: Vec<String>, asset: String) {
        let words: Vec<String> = words.iter().map(|word| remark(word)).collect();
        let assets = self.unwritten.entry((why, words.join(", "))).or_default();
        assets.push(asset);
        assets.sort_unstable();
    }
}

/// The bits that a write accepts.
pub(super) fn writable(platform: &Platform) -> u32 {
    let table = (0u32..).zip(platform.permissions);
    table
        .filter(|(_, permission)| permission.writable)
        .fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// A list for people: a few of them, and how many more.
pub(super) fn some(items: &[String]) -> String {
    match items.get(..NAMED) {
        Some(few) if items.len() > NAMED => {
            format!("{} and {} more", few.join(", "), items.len() - NAMED)
        }
        _ => items.join(", "),
    }
}

fn verdict(platform: &Platform, asset: &Asset<'_>, set: PermissionSet) -> Verdict {
    let writable = writable(platform);
    if set.has_foreign() {
        return Verdict::Left("a word that accord does not know");
    }
    let mask = set.known & writable;
    if mask & !asset.kind.permissions != 0 {
        return Verdict::Left("does not fit the type of the asset");
    }
    let silent = set.known & !writable;
    Verdict::Written { mask, silent }
}
