//! Which grants can be written in an access repository, and which are left as they are.
//!
//! Words that no write accepts (`OWNER`) are never written: the comparison leaves them alone, beside others and by themselves.
//! Nor is a word that the platform's table doesn't have, or that doesn't fit the type of the asset: such a grant is written without
//! it, which is what the comparison looks at. A grant on an asset that can't be written is left alone.

use std::collections::BTreeMap;

use crate::model::PermissionSet;
use crate::observed::{Grant, ObservedState};
use crate::platforms::Platform;

use super::Left;
use super::assets::{Asset, Assets};
use super::mining::{Cell, Row};
use super::yaml::remark;

/// Remarks about assets longer than this end in a count.
const NAMED: usize = 5;

/// An export that is gone through grant by grant, and what is left out on the way.
pub(super) struct Survey<'a, 'c> {
    /// The export.
    pub state: &'a ObservedState,
    /// What was left out up to here.
    pub left: Left,
    assets: &'c Assets<'a>,
    writable: u32,
}

/// Rights of one principal, put together grant by grant.
#[derive(Default)]
pub(super) struct Rights {
    /// What a file can say, by asset.
    cells: BTreeMap<u32, u32>,
    /// Words that are not written, and the assets they hold on.
    unwritten: BTreeMap<(&'static str, String), Vec<String>>,
}

impl<'a, 'c> Survey<'a, 'c> {
    /// The start of a survey.
    pub fn new(state: &'a ObservedState, assets: &'c Assets<'a>, left: Left) -> Self {
        Survey { state, left, assets, writable: writable(state.platform) }
    }

    /// Adds a grant on an asset, given by its id.
    pub fn add(&mut self, rights: &mut Rights, id: &str, set: PermissionSet) {
        let Some((index, asset)) = self.assets.find(id) else {
            self.left.grants_on_unwritten_assets += 1;
            let words = self.state.words(set);
            return rights.remark("on what is not written here", &words, remark(id));
        };
        let unfit = set.known & self.writable & !asset.kind.permissions;
        let foreign = PermissionSet { known: 0, ..set };
        for (why, words) in [
            ("a word that accord does not know", foreign),
            ("does not fit the type of the asset", PermissionSet::of(unfit)),
        ] {
            if !words.is_empty() {
                rights.remark(why, &self.state.words(words), asset.key.clone());
            }
        }
        self.left.grants_of_unknown_words += usize::from(set.has_foreign());
        self.left.grants_that_do_not_fit += usize::from(unfit != 0);
        self.write(rights, index, asset, set.known & !unfit, set.has_foreign() || unfit != 0);
    }

    /// Adds what was asked for on an asset: nothing, where no file could ask for the whole of it.
    pub fn add_asked(&mut self, rights: &mut Rights, id: &str, set: PermissionSet) {
        let mut asked = Rights::default();
        self.add(&mut asked, id, set);
        let unfit = |asset: &Asset<'_>| set.known & self.writable & !asset.kind.permissions != 0;
        if set.has_foreign() || self.assets.find(id).is_some_and(|(_, asset)| unfit(asset)) {
            asked.cells.clear();
        }
        rights.replace_by(asked);
    }

    /// Adds a row of the export.
    pub fn add_row(&mut self, rights: &mut Rights, grant: &Grant) {
        if let Some(asset) = self.state.assets.get(grant.asset as usize) {
            self.add(rights, self.state.text(asset.id), grant.permissions);
        }
    }

    /// Adds what comes with an invitation.
    pub fn add_attached(&mut self, rights: &mut Rights, grants: &[(&str, PermissionSet)]) {
        for &(asset, set) in grants {
            self.add(rights, asset, set);
        }
    }

    fn write(&mut self, rights: &mut Rights, index: u32, asset: &Asset<'_>, known: u32, counted: bool) {
        let (mask, silent) = (known & self.writable, known & !self.writable);
        *rights.cells.entry(index).or_default() |= mask;
        if silent != 0 {
            let words = self.state.words(PermissionSet::of(silent));
            rights.remark("can only be read", &words, asset.key.clone());
        }
        self.left.grants_of_silent_words += usize::from(mask == 0 && !counted);
    }
}

impl Rights {
    /// Puts what was asked for in the place of what is there, where that can be written.
    fn replace_by(&mut self, asked: Rights) {
        self.cells.extend(asked.cells.into_iter().filter(|(_, mask)| *mask != 0));
        for (why, assets) in asked.unwritten {
            let known = self.unwritten.entry(why).or_default();
            known.extend(assets);
            known.sort_unstable();
        }
    }

    /// What can be written, by asset.
    pub fn row(&self) -> Row {
        let cells = self.cells.iter().map(|(&asset, &mask)| Cell { asset, mask });
        cells.filter(|cell| cell.mask != 0).collect()
    }

    /// What is not written, a line for each reason and set of words.
    pub fn remarks(&self) -> Vec<String> {
        let line = |((why, words), assets): (&(&str, String), &Vec<String>)| {
            format!("not written, {why}: {words} on {}", some(assets))
        };
        self.unwritten.iter().map(line).collect()
    }

    fn remark(&mut self, why: &'static str, words: &[String], asset: String) {
        let words: Vec<String> = words.iter().map(|word| remark(word)).collect();
        let assets = self.unwritten.entry((why, words.join(", "))).or_default();
        assets.push(asset);
        assets.sort_unstable();
    }
}

/// The bits that a write accepts.
pub(super) fn writable(platform: &Platform) -> u32 {
    let table = (0u32..).zip(platform.permissions);
    let writable = table.filter(|(_, permission)| permission.writable);
    writable.fold(0, |mask, (bit, _)| mask | 1 << bit)
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
