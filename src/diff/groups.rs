//! Asset groups: which exist, and what is in them.

use crate::desired::Content;

use super::baseline::origin;
use super::change::{Cause, Difference, Pair, Source};
use super::wanted::part;
use super::{Comparison, Standing, index};

impl Comparison<'_> {
    /// Compares which groups exist and what is in them.
    pub(super) fn compare_groups(&mut self) {
        for asset in self.matches.assets.range.clone().map(index) {
            let entry = &self.desired.assets[asset as usize];
            let pair = self.matches.assets.of_desired(asset);
            if self.filter.asset(pair) {
                self.notice_asset_name(asset, pair);
                if entry.kind.group && !self.is_blocked(pair) {
                    self.compare_group(asset, pair);
                }
            }
        }
        if self.business.managed.groups {
            self.delete_groups();
        }
    }

    fn compare_group(&mut self, group: u32, pair: Pair) {
        match self.matches.assets.standing(group) {
            Standing::New if self.creates(group) => self.create_group(group),
            Standing::Known(_) => self.set.unchanged += 1,
            _ => return,
        }
        if self.desired.assets[group as usize].contents_written {
            self.compare_contents(group, pair);
        }
    }

    fn create_group(&mut self, group: u32) {
        let name = super::assets::group_name(self.desired, &self.desired.assets[group as usize]);
        let then = self.baseline.as_ref().map(|baseline| {
            let assets = &baseline.state.assets;
            assets.iter().any(|asset| {
                baseline.state.is_group(asset) && asset.name.is_some_and(|sym| baseline.state.text(sym) == name)
            })
        });
        let cause = Cause::Written(vec![self.wanted.asset_source(group)]);
        let origin = origin(then.as_ref(), &false, &true);
        self.emit(Difference::CreateGroup { group }, cause, origin);
    }

    fn compare_contents(&mut self, group: u32, pair: Pair) {
        let wanted: Vec<Content> = part(&self.desired.contents, |content| content.group, group).to_vec();
        let mut seen: Vec<u32> = match pair.observed {
            Some(group) => part(&self.observed.contents, |content| content.group, group)
                .iter()
                .map(|content| content.asset)
                .collect(),
            None => Vec::new(),
        };
        for content in wanted {
            let asset = self.matches.assets.of_desired(content.asset);
            if self.is_blocked(asset) {
                self.block(asset);
            } else if let Some(found) = asset.observed.and_then(|asset| seen.iter().position(|&other| other == asset)) {
                seen.remove(found);
                self.set.unchanged += 1;
            } else {
                self.add_content(pair, asset, &content);
            }
        }
        for asset in seen {
            let asset = self.matches.assets.of_observed(asset);
            if self.is_blocked(asset) {
                self.block(asset);
            } else {
                self.remove_content(group, pair, asset);
            }
        }
    }

    fn add_content(&mut self, group: Pair, asset: Pair, content: &Content) {
        let standing = self.matches.assets.standing(content.asset);
        let not_there = matches!(standing, Standing::Unshared | Standing::New) && !self.creates(content.asset);
        if not_there {
            // What isn't there yet can't be put anywhere; the next plan does it.
            let group = self.names.call_asset(group);
            let asset = self.names.call_asset(asset);
            let message = format!("{asset} goes into group {group} once it is there");
            let place = Some(self.wanted.asset_source(content.asset));
            self.notice("deferred", message, place);
            return;
        }
        let source = Source {
            pos: content.pos,
            what: format!("contents of asset group {}", self.names.call_asset(group)),
            item: None,
        };
        let then = self.content_then(group, asset);
        let origin = origin(then.as_ref(), &false, &true);
        self.emit(Difference::AddToGroup { group, asset }, Cause::Written(vec![source]), origin);
    }

    fn remove_content(&mut self, group: u32, pair: Pair, asset: Pair) {
        let then = self.content_then(pair, asset);
        let origin = origin(then.as_ref(), &true, &false);
        let nearest = Some(self.wanted.asset_source(group));
        self.emit(Difference::RemoveFromGroup { group: pair, asset }, Cause::Unwritten(nearest), origin);
    }

    /// Whether the last applied state had an asset in a group.
    fn content_then(&self, group: Pair, asset: Pair) -> Option<bool> {
        let baseline = self.baseline.as_ref()?;
        let then = |pair: Pair| pair.observed.and_then(|asset| baseline.asset_of[asset as usize]);
        let (Some(group), Some(asset)) = (then(group), then(asset)) else {
            return Some(false);
        };
        let content = crate::observed::Content { group, asset };
        Some(baseline.state.contents.binary_search(&content).is_ok())
    }

    fn delete_groups(&mut self) {
        for asset in 0..index(self.observed.assets.len()) {
            let pair = self.matches.assets.of_observed(asset);
            let group = self.observed.is_group(&self.observed.assets[asset as usize]);
            if !group || pair.desired.is_some() || !self.filter.asset(pair) {
                continue;
            }
            if self.is_blocked(pair) {
                self.block(pair);
                continue;
            }
            self.leaving_groups[asset as usize] = true;
            let then = self.baseline.as_ref().map(|baseline| baseline.asset_of[asset as usize].is_some());
            self.emit(
                Difference::DeleteGroup { group: asset },
                Cause::Unwritten(None),
                origin(then.as_ref(), &true, &false),
            );
        }
    }

    fn notice_asset_name(&mut self, asset: u32, pair: Pair) {
        let written = self.desired.assets[asset as usize].name;
        let seen = pair.observed.and_then(|asset| self.observed.assets[asset as usize].name);
        let (Some(written), Some(seen)) = (written, seen) else {
            return;
        };
        let (written, seen) = (self.desired.text(written), self.observed.text(seen));
        if written != seen {
            let key = self.names.call_asset(Pair::desired(asset));
            let message = format!("{key} is called {seen} in the export, not {written}");
            let place = Some(self.wanted.asset_source(asset));
            self.notice("rename", message, place);
        }
    }
}
