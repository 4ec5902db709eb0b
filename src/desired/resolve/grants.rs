//! Grants: checked item by item, then expanded to one row for each principal, asset and source.

use std::collections::HashMap;

use crate::model::{Direction, PrincipalIx, Sym, Until};
use crate::platforms::{self, AssetType, Platform};
use crate::source::{Pos, Problem, Span};

use super::people::Links;
use super::{Resolver, Source};
use crate::desired::document::{self, Range, Word};
use crate::desired::{Bundle, Grant, GrantItem, Holder};

/// Everything the expansion needs at hand.
struct Expansion {
    items: Vec<GrantItem>,
    rows: Vec<Grant>,
    /// Bits of permission words of each platform, as they were met: few, so a list is faster than a map.
    bits: Vec<(&'static str, Sym, Option<u32>)>,
    /// What a profile gives on a type of asset.
    bundles: HashMap<(u32, &'static str, &'static str), Option<u32>>,
}

impl Resolver {
    pub(super) fn grants(&mut self, sources: &mut [Source], links: &Links) -> (Vec<GrantItem>, Vec<Grant>) {
        let total = sources.iter().map(|source| source.doc.grants.len()).sum();
        let mut out = Expansion {
            items: Vec::with_capacity(total),
            rows: Vec::with_capacity(total),
            bits: Vec::new(),
            bundles: HashMap::new(),
        };
        for (number, source) in sources.iter_mut().enumerate() {
            self.source_grants(source, number, links, &mut out);
            // Nobody asks for these lists any more, and the rows are growing in the memory.
            (source.doc.grants, source.doc.people) = (Vec::new(), Vec::new());
        }
        // Looking up the business costs more than the rest of a comparison; most repositories have one.
        let (assets, several) = (&self.assets, self.businesses.len() > 1);
        let business = |row: &Grant| several.then(|| assets[row.asset as usize].business);
        out.rows.sort_unstable_by_key(|row| (business(row), row.principal, row.asset, row.item));
        (out.items, out.rows)
    }

    fn source_grants(&mut self, source: &Source, number: usize, links: &Links, out: &mut Expansion) {
        let entries = |links: &Vec<Vec<Option<u32>>>| links.get(number).cloned().unwrap_or_default();
        for (entry, link) in source.doc.people.iter().zip(entries(&links.people)) {
            if let (Some(range), Some(person), Some(business)) = (entry.grants, link, source.business) {
                self.held(source, range, Holder::Person(person), business, entry.until, out);
            }
        }
        for (entry, link) in source.doc.teams.iter().zip(entries(&links.teams)) {
            if let (Some(range), Some(team)) = (entry.grants, link) {
                let business = self.teams[team as usize].business;
                self.held(source, range, Holder::Team(team), business, Until::FOREVER, out);
            }
        }
        for (entry, link) in source.doc.partners.iter().zip(entries(&links.partners)) {
            if let (Some(range), Some(partner)) = (entry.grants, link) {
                let business = self.partners[partner as usize].business;
                self.held(source, range, Holder::Partner(partner), business, entry.ends, out);
            }
        }
    }

    fn held(
        &mut self,
        source: &Source,
        range: Range,
        holder: Holder,
        business: u32,
        until: Until,
        out: &mut Expansion,
    ) {
        for grant in range.of(&source.doc.grants) {
            self.item(source, grant, holder, business, until, out);
        }
    }

    fn item(
        &mut self,
        source: &Source,
        grant: &document::Grant,
        holder: Holder,
        business: u32,
        until: Until,
        out: &mut Expansion,
    ) {
        let profile = match grant.profile {
            Some(word) => match self.profile_keys.get(&source.sym(word.text)) {
                Some(&index) => Some(index),
                None => {
                    let known: Vec<Sym> = self.profiles.iter().map(|profile| profile.key).collect();
                    self.unknown("profile", source, word, known.into_iter());
                    None
                }
            },
            None => None,
        };
        if let (Some(from), Some(last)) = (grant.from, grant.until.date())
            && from > last
        {
            self.error(
                "ends-before",
                source.span(grant.at),
                format!("this grant ends on {last}, before it begins on {from}"),
            );
        }
        let Some(on) = grant.on else { return };
        if on.is_empty() {
            return self.empty_list(source.span(grant.at), "`on` names no asset");
        }
        let item = u32::try_from(out.items.len()).unwrap_or(u32::MAX);
        out.items.push(GrantItem {
            holder,
            pos: source.pos(grant.at),
            profile,
            reason: source.opt(grant.reason),
            ticket: source.opt(grant.ticket),
            requested_by: source.opt(grant.requested_by),
            approved_by: source.opt(grant.approved_by),
            approved_on: grant.approved_on,
            from: grant.from,
            until: grant.until,
        });
        let until = until.earlier(grant.until);
        for word in on.of(&source.doc.words) {
            let Some(asset) = self.target(source, business, *word) else {
                continue;
            };
            let kind = self.assets[asset as usize].kind;
            let permissions = match (profile, grant.permissions) {
                (Some(profile), _) => self.bundle(profile, business, kind, source.span(word.at), out),
                (None, Some(range)) => self.permissions(source, range, business, kind, source.span(grant.at), out),
                (None, None) => None,
            };
            let Some(permissions) = permissions else {
                continue;
            };
            let until = until.earlier(self.shared_until(asset));
            self.expand(holder, Grant { principal: PrincipalIx::person(0), asset, permissions, item, until }, out);
        }
    }

    /// Until when a partner shares an asset with us: what we give our own people on it ends with the contract.
    fn shared_until(&self, asset: u32) -> Until {
        let asset = &self.assets[asset as usize];
        let owner = asset.owner.and_then(|owner| self.partner_keys.get(&(asset.business, owner)));
        let owner = owner.map(|owner| &self.partners[*owner as usize]);
        owner.filter(|owner| owner.direction == Direction::Outbound).map_or(Until::FOREVER, |owner| owner.ends)
    }

    fn empty_list(&mut self, span: Span, message: &str) {
        self.error("empty-list", span, message.to_owned()).help =
            Some("delete the grant, or say what it is about".to_owned());
    }

    pub(super) fn target(&mut self, source: &Source, business: u32, word: Word) -> Option<u32> {
        let found = self.asset_keys.get(&(business, source.sym(word.text))).copied();
        if found.is_none() && !self.refused.contains(&source.sym(word.text)) {
            let known: Vec<Sym> =
                self.assets.iter().filter(|asset| asset.business == business).map(|asset| asset.key).collect();
            self.unknown("account or other asset", source, word, known.into_iter());
        }
        found
    }

    fn expand(&self, holder: Holder, row: Grant, out: &mut Expansion) {
        match holder {
            Holder::Person(person) => out.rows.push(Grant { principal: PrincipalIx::person(person), ..row }),
            Holder::Partner(partner) => out.rows.push(Grant { principal: PrincipalIx::partner(partner), ..row }),
            Holder::Team(team) => {
                out.rows.extend(self.teams[team as usize].members.iter().map(|(person, _, until)| Grant {
                    principal: PrincipalIx::person(*person),
                    until: row.until.earlier(*until),
                    ..row
                }))
            }
        }
    }

    /// The bits of a list of permission words, each checked against the asset's type.
    fn permissions(
        &mut self,
        source: &Source,
        range: Range,
        business: u32,
        kind: &'static AssetType,
        span: Span,
        out: &mut Expansion,
    ) -> Option<u32> {
        if range.is_empty() {
            self.empty_list(span, "`permissions` is empty");
            return None;
        }
        let platform = self.businesses[business as usize].platform;
        let mut mask = 0;
        for word in range.of(&source.doc.words) {
            let sym = source.sym(word.text);
            mask |= self.permission(platform, kind, sym, source.span(word.at), out)?;
        }
        Some(mask)
    }

    fn permission(
        &mut self,
        platform: &'static Platform,
        kind: &AssetType,
        sym: Sym,
        span: Span,
        out: &mut Expansion,
    ) -> Option<u32> {
        let known =
            out.bits.iter().find(|(name, word, _)| *name == platform.name && *word == sym).map(|(_, _, bit)| *bit);
        let bit = known.unwrap_or_else(|| {
            let bit = platform.permission_bit(self.strings.get(sym));
            let writable = bit.filter(|bit| platform.permissions_in(*bit).all(|permission| permission.writable));
            out.bits.push((platform.name, sym, writable));
            writable
        });
        match bit {
            Some(bit) if bit & kind.permissions != 0 => return Some(bit),
            Some(_) => {
                let fitting = platform.permissions_in(kind.permissions).filter(|permission| permission.writable);
                let words: Vec<_> = fitting.map(|permission| permission.word).collect();
                let message = format!("`{}` does not fit an asset of type {}", self.strings.get(sym), kind.name);
                self.error("does-not-fit", span, message).help = Some(format!("fitting: {}", words.join(", ")));
            }
            None => self.unknown_permission(platform, sym, span),
        }
        None
    }

    fn unknown_permission(&mut self, platform: &'static Platform, sym: Sym, span: Span) {
        let name = self.strings.get(sym).to_owned();
        if platform.permission_bit(&name).is_some() {
            let message = format!("`{name}` can be read from {}, and not granted", platform.title);
            self.error("read-only-permission", span, message);
            return;
        }
        let words = crate::desired::shapes::permission_words();
        let near = crate::source::nearest(&name, words.iter().copied());
        let help =
            near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
        self.error("unknown-word", span, format!("`{name}` is not a permission of {}", platform.title)).help =
            Some(help);
    }

    /// What a profile gives on a type of asset. Its own mistakes are reported once, where they stand; that it can't be used here, here.
    fn bundle(
        &mut self,
        profile: u32,
        business: u32,
        kind: &'static AssetType,
        span: Span,
        out: &mut Expansion,
    ) -> Option<u32> {
        let platform = self.businesses[business as usize].platform;
        let key = (profile, platform.name, kind.name);
        if let Some(known) = out.bundles.get(&key) {
            return *known;
        }
        let words: Vec<(Sym, Pos)> = match &self.profiles[profile as usize].bundle {
            Bundle::Permissions(words) | Bundle::Needs(words) => words.clone(),
        };
        let needs = matches!(self.profiles[profile as usize].bundle, Bundle::Needs(_));
        let found = match (words.is_empty(), needs) {
            (true, _) => None,
            (false, true) => self.needed(profile, platform, kind, &words, span),
            (false, false) => {
                // All words are looked at, also behind a wrong one.
                let mut mask = Some(0);
                for (sym, pos) in &words {
                    let length = self.text(*sym).chars().count();
                    let bit = self.permission(platform, kind, *sym, pos.span(length), out);
                    mask = mask.zip(bit).map(|(mask, bit)| mask | bit);
                }
                mask
            }
        };
        out.bundles.insert(key, found);
        found
    }

    /// The smallest set of permissions that covers the needs.
    fn needed(
        &mut self,
        profile: u32,
        platform: &'static Platform,
        kind: &'static AssetType,
        words: &[(Sym, Pos)],
        span: Span,
    ) -> Option<u32> {
        let mut mask = 0;
        for (sym, pos) in words {
            let name = self.strings.get(*sym).to_owned();
            let Some(bit) = platform.capability_bit(&name) else {
                let message = format!("{} has no capability `{name}`", platform.title);
                self.error("unknown-word", pos.span(name.chars().count()), message);
                return None;
            };
            mask |= bit;
        }
        let set = platforms::minimal_set(platform, kind, mask);
        if set.is_none() {
            let key = self.profiles[profile as usize].key;
            let pos = self.profiles[profile as usize].pos;
            let name = self.text(key).to_owned();
            let message = format!("profile `{name}` needs what no permission on an asset of type {} gives", kind.name);
            let problem = Problem::error("needs-not-covered", span, message)
                .related(pos.span(name.chars().count()), "the profile");
            self.problems.push(problem.help(uncovered(platform, kind, mask)));
        }
        set.map(|set| set.permissions)
    }
}

/// Says which needs can't be covered, and why.
fn uncovered(platform: &Platform, kind: &AssetType, needs: u64) -> String {
    let platforms::Unmet { undecided, missing } = platforms::unmet(platform, kind, needs);
    let names = |mask: u64| {
        let names = (0u32..).zip(platform.capabilities).filter(|(index, _)| mask & (1 << index) != 0);
        names.map(|(_, capability)| format!("`{}`", capability.name)).collect::<Vec<_>>().join(", ")
    };
    match (missing, undecided) {
        (0, undecided) => {
            format!("no source decides which permission gives {}: write `permissions:` instead", names(undecided))
        }
        (missing, _) => format!("not to be had there: {}", names(missing)),
    }
}
