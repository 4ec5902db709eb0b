//! Names for teams, from what their rights have in common: a client, words of the assets' names, the permissions.

use std::collections::BTreeSet;

use super::assets::Asset;
use super::bundles::people_name;
use super::keys::{shortened, slug};
use super::mining::Cell;
use super::view::View;

/// The longest name for what a team is about, in characters.
const LONGEST: usize = 48;

/// Words of the assets' keys.
pub(super) struct Words<'v, 'a> {
    view: &'v View<'a>,
    /// How many words all keys start with: they tell nothing.
    prefix: usize,
    /// Words in every key.
    everywhere: BTreeSet<&'v str>,
}

impl<'v, 'a> Words<'v, 'a> {
    /// The words of all assets.
    pub fn of(view: &'v View<'a>) -> Self {
        let assets = view.assets.list.iter();
        let keys: Vec<Vec<&str>> = assets.map(|asset| asset.key.split('-').collect()).collect();
        let first = keys.first().cloned().unwrap_or_default();
        let same = |key: &Vec<&str>| key.iter().zip(&first).take_while(|(a, b)| a == b).count();
        let everywhere = first.iter().copied();
        Words {
            view,
            prefix: keys.iter().map(same).min().unwrap_or(0),
            everywhere: everywhere.filter(|word| keys.iter().all(|key| key.contains(word))).collect(),
        }
    }

    /// What a team is about, then what its people are.
    pub fn name(&self, grants: &[Cell]) -> String {
        let masks: BTreeSet<u32> = grants.iter().map(|cell| cell.mask).collect();
        let people = match masks.first() {
            Some(&mask) if masks.len() == 1 => people_name(self.view.state.platform, mask),
            _ => "team".to_owned(),
        };
        let assets: Vec<u32> = grants.iter().map(|cell| cell.asset).collect();
        format!("{}-{people}", shortened(&self.subject(&assets), LONGEST))
    }

    fn subject(&self, assets: &[u32]) -> String {
        match assets {
            [] => "nothing".to_owned(),
            [one] => self.short(*one).to_owned(),
            several => {
                let client = self.client(several);
                let shared = client.or_else(|| self.shared(several));
                shared.unwrap_or_else(|| self.counted(several))
            }
        }
    }

    /// The client to whom all of them belong, unless everything does.
    fn client(&self, assets: &[u32]) -> Option<String> {
        let clients: BTreeSet<Option<&str>> = self.entries(assets).map(|asset| asset.client).collect();
        let list = self.view.assets.list.iter();
        let all: BTreeSet<Option<&str>> = list.map(|asset| asset.client).collect();
        let client = slug(clients.first().copied().flatten()?);
        (clients.len() == 1 && all.len() > 1 && !client.is_empty()).then_some(client)
    }

    /// Words that all of them have, and hardly any other asset.
    fn shared(&self, assets: &[u32]) -> Option<String> {
        let first = self.entries(assets).next()?;
        let words = first.key.split('-').filter(|word| !self.everywhere.contains(word));
        let words = words.filter(|word| self.entries(assets).all(|asset| has_word(asset, word)));
        let words: Vec<&str> = words.collect();
        let telling = words.iter().any(|word| word.contains(char::is_alphabetic));
        let list = self.view.assets.list.iter();
        let all = list.filter(|asset| words.iter().all(|word| has_word(asset, word)));
        (telling && all.count() < assets.len() * 2).then(|| words.join("-"))
    }

    /// The first of them, and how many others.
    fn counted(&self, assets: &[u32]) -> String {
        match assets {
            [first, second] => format!("{}-and-{}", self.short(*first), self.short(*second)),
            all if all.len() == self.view.assets.list.len() => "everything".to_owned(),
            [first, rest @ ..] => format!("{}-and-{}-more", self.short(*first), rest.len()),
            [] => String::new(),
        }
    }

    /// A key without the words that every key starts with, where the rest still reads as a name.
    fn short(&self, asset: u32) -> &'v str {
        let key = self.view.assets.key(asset);
        let rest = key.splitn(self.prefix + 1, '-').nth(self.prefix);
        let name = rest.filter(|rest| rest.starts_with(char::is_alphabetic));
        name.unwrap_or(key)
    }

    fn entries<'s>(&'s self, assets: &'s [u32]) -> impl Iterator<Item = &'v Asset<'a>> + 's {
        let list = &self.view.assets.list;
        assets.iter().filter_map(|index| list.get(*index as usize))
    }
}

fn has_word(asset: &Asset<'_>, word: &str) -> bool {
    asset.key.split('-').any(|own| own == word)
}
