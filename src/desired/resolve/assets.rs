//! Assets, groups and what they contain, profiles.

use crate::model::{SmallMap, Sym};
use crate::platforms::Platform;
use crate::source::{Pos, Problem};

use super::{Resolver, Source};
use crate::desired::document::{self, Section};
use crate::desired::{Asset, Bundle, Content, Profile};

impl Resolver {
    pub(super) fn assets(&mut self, sources: &[Source]) {
        for source in sources {
            for entry in &source.doc.assets {
                self.asset(source, entry);
            }
        }
        let strings = &self.strings;
        self.assets
            .sort_by(|a, b| a.business.cmp(&b.business).then_with(|| strings.get(a.key).cmp(strings.get(b.key))));
        self.unique_assets();
    }

    fn asset(&mut self, source: &Source, entry: &document::Asset) {
        let Some(business) = self.business_of(source, entry.business, entry.key.at) else {
            return;
        };
        let group = entry.section == Section::Groups;
        self.businesses[business as usize].managed.groups |= group;
        let platform = self.businesses[business as usize].platform;
        let kind = match entry.section {
            Section::Accounts => platform.asset_type_named("ad-account"),
            Section::Groups => platform.asset_types.iter().find(|kind| kind.group),
            Section::Assets => entry.kind.and_then(|word| self.asset_kind(source, word, platform)),
        };
        let Some(kind) = kind else {
            self.refused.insert(source.sym(entry.key.text));
            return;
        };
        let (key, pos) = (source.sym(entry.key.text), source.pos(entry.key.at));
        if group && entry.id.is_none() && (entry.description.is_none() || entry.types.length == 0) {
            let message =
                format!("asset group `{}` is to be created and needs `description` and `types`", self.text(key));
            self.error("missing-key", source.span(entry.key.at), message).help =
                Some("write them, or the `id` of the group that exists".to_owned());
        }
        self.assets.push(Asset {
            business,
            key,
            pos,
            kind,
            id: entry.id.map(|word| source.sym(word.text)),
            name: source.opt(entry.name),
            owner: entry.owner.map(|word| source.sym(word.text)),
            client: source.opt(entry.client),
            labels: source.syms(entry.labels.of(&source.doc.words)),
            owners: source.syms(entry.owners.of(&source.doc.words)),
            description: source.opt(entry.description),
            group_types: source.syms(entry.types.of(&source.doc.words)),
            contents_written: entry.contains.is_some(),
        });
    }

    fn asset_kind(
        &mut self,
        source: &Source,
        word: document::Word,
        platform: &'static Platform,
    ) -> Option<&'static crate::platforms::AssetType> {
        let name = self.strings.get(source.sym(word.text));
        let kind = platform.asset_type_named(name).filter(|kind| !kind.group && kind.name != "ad-account");
        if kind.is_none() {
            let names = crate::desired::shapes::asset_type_names();
            let near = crate::source::nearest(name, names.iter().copied());
            let help =
                near.map_or_else(|| format!("one of: {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
            let message = format!("`{name}` is not a type of asset that is written here");
            self.error("unknown-word", source.span(word.at), message).help = Some(help);
        }
        kind
    }

    /// Keys and ids may stand once in a business. The first in byte order of the files stays.
    fn unique_assets(&mut self) {
        let mut ids: SmallMap<(u32, Sym), (Pos, Sym)> = SmallMap::default();
        ids.reserve(self.assets.len());
        self.asset_keys.reserve(self.assets.len());
        let mut problems = Vec::new();
        let strings = &self.strings;
        for (index, asset) in (0u32..).zip(&self.assets) {
            let length = strings.get(asset.key).chars().count();
            let span = asset.pos.span(length);
            if let Some(first) = self.asset_keys.insert((asset.business, asset.key), index) {
                let first = &self.assets[first as usize];
                let message = format!("asset `{}` is written twice", strings.get(asset.key));
                problems.push(
                    Problem::error("duplicate", span, message).related(first.pos.span(length), "first written here"),
                );
            } else if let Some(id) = asset.id
                && let Some(other) = ids.insert((asset.business, id), (asset.pos, asset.key))
            {
                let (first, second) = order((asset.pos, asset.key), other);
                let (one, two) = (strings.get(first.1), strings.get(second.1));
                let message = format!("`{two}` has the id `{}` of `{one}`", strings.get(id));
                problems.push(
                    Problem::error("duplicate-id", second.0.span(two.chars().count()), message)
                        .related(first.0.span(one.chars().count()), "the other one"),
                );
            }
        }
        self.problems.append(&mut problems);
    }

    pub(super) fn profiles(&mut self, sources: &[Source]) {
        for source in sources {
            for entry in &source.doc.profiles {
                let words = |range: document::Range| -> Vec<(Sym, Pos)> {
                    range
                        .of(&source.doc.words)
                        .iter()
                        .map(|word| (source.sym(word.text), source.pos(word.at)))
                        .collect()
                };
                let bundle = match (entry.permissions, entry.needs) {
                    (Some(range), _) => Bundle::Permissions(words(range)),
                    (None, Some(range)) => Bundle::Needs(words(range)),
                    // Reported where it was read; kept, so that naming it is not a second mistake.
                    (None, None) => Bundle::Permissions(Vec::new()),
                };
                self.profiles.push(Profile {
                    key: source.sym(entry.key.text),
                    pos: source.pos(entry.key.at),
                    bundle,
                    description: source.opt(entry.description),
                });
            }
        }
        let strings = &self.strings;
        self.profiles.sort_by(|a, b| strings.get(a.key).cmp(strings.get(b.key)));
        let mut twice = Vec::new();
        for (index, profile) in (0u32..).zip(&self.profiles) {
            if let Some(first) = self.profile_keys.insert(profile.key, index) {
                twice.push((profile.key, profile.pos, self.profiles[first as usize].pos));
            }
        }
        for (key, pos, first) in twice {
            let length = self.text(key).chars().count();
            self.duplicate("profile", key, pos.span(length), first);
        }
    }

    /// Which asset is in which group.
    pub(super) fn contents(&mut self, sources: &[Source]) -> Vec<Content> {
        let mut contents: Vec<Content> = Vec::new();
        for source in sources {
            for entry in &source.doc.assets {
                let Some(range) = entry.contains else {
                    continue;
                };
                let business = match entry.business {
                    Some(word) => self.business_keys.get(&source.sym(word.text)).copied(),
                    None => source.business,
                };
                let Some(business) = business else { continue };
                let Some(&group) = self.asset_keys.get(&(business, source.sym(entry.key.text))) else {
                    continue;
                };
                for word in range.of(&source.doc.words) {
                    contents.extend(self.content(source, business, group, *word));
                }
            }
        }
        contents.sort_unstable();
        for pair in contents.windows(2) {
            if let [first, second] = pair
                && (first.group, first.asset) == (second.group, second.asset)
            {
                let key = self.assets[second.asset as usize].key;
                let length = self.text(key).chars().count();
                self.duplicate("asset", key, second.pos.span(length), first.pos);
            }
        }
        contents
    }

    fn content(&mut self, source: &Source, business: u32, group: u32, word: document::Word) -> Option<Content> {
        let asset = self.target(source, business, word)?;
        if self.assets[asset as usize].kind.group {
            let message = "an asset group can't contain an asset group".to_owned();
            self.error("group-in-group", source.span(word.at), message);
            return None;
        }
        Some(Content { group, asset, pos: source.pos(word.at) })
    }
}

/// The later of two places is the mistake.
fn order<T: Ord>(one: T, two: T) -> (T, T) {
    if one < two { (one, two) } else { (two, one) }
}
