//! Words that no file can say, on grants that are otherwise as the files say: told, and left alone.

use std::collections::BTreeMap;

use crate::model::PermissionSet;
use crate::observed::ObservedState;

use super::Comparison;
use super::change::Pair;
use super::grants::Holder;

/// Where such words stand, by the words.
#[derive(Default)]
pub(super) struct Kept(BTreeMap<String, Vec<String>>);

/// So many places are named; an export full of a new word would fill the page.
const NAMED: usize = 5;

impl Comparison<'_> {
    /// Notes a grant with words that the platform's table does not have, or that don't fit the type of its asset (`unfit`).
    pub(super) fn keep(&mut self, holder: Holder, asset: Pair, has: PermissionSet, unfit: u32, kept: &mut Kept) {
        let foreign = foreign_words(self.observed, has);
        let unfit = self.observed.platform.words(unfit).into_iter().map(str::to_owned);
        let words: Vec<String> = foreign.iter().cloned().chain(unfit).collect();
        let place = format!("{} on {}", self.names.call(holder.who), self.names.call_asset(asset));
        kept.0.entry(words.join("`, `")).or_default().push(place);
        self.notice_new_words(holder, asset, has);
    }

    /// Says that somebody gave a word that the table does not have: no operation will ever tell.
    pub(super) fn notice_new_words(&mut self, holder: Holder, asset: Pair, has: PermissionSet) {
        let Some(baseline) = &self.baseline else {
            return;
        };
        let then = foreign_words(baseline.state, baseline.set(holder.observed, asset.observed));
        let new = foreign_words(self.observed, has).iter().filter(|word| !then.contains(word));
        let new: Vec<&str> = new.map(String::as_str).collect();
        if !new.is_empty() {
            let (who, on) = (self.names.call(holder.who), self.names.call_asset(asset));
            let message = format!(
                "{who} was given `{}` on {on} outside the files since the last apply, and accord, which does not know it, leaves it alone",
                new.join("`, `")
            );
            self.notice("drift", message, None);
        }
    }

    pub(super) fn report_kept(&mut self, kept: Kept) {
        for (words, mut places) in kept.0 {
            let more = places.len().saturating_sub(NAMED);
            places.truncate(NAMED);
            if more > 0 {
                places.push(format!("{more} more"));
            }
            let message = format!("`{words}` can't be written in a file and stays as it is: {}", places.join(", "));
            self.notice("unknown-value", message, None);
        }
    }
}

fn foreign_words(state: &ObservedState, set: PermissionSet) -> &[String] {
    let words = (set.foreign as usize).checked_sub(1).and_then(|index| state.foreign.get(index));
    words.map_or(&[], |words| words.as_slice())
}
