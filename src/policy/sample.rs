//! Rows that somebody wrote down to test a custom rule with.

use std::collections::BTreeMap;

use super::Placed;
use super::record::{self, AssetFacts, Kind, PATH_WORDS, PathKinds, PersonFacts};
use super::{Access, pattern};
use crate::model::fold;
use crate::platforms::{Certainty, PLATFORMS, Platform};
use crate::source::{Problem, Span};

/// A row as written under `fires:` or `quiet:`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    /// Values, by field. What is not written is empty, `false` or unknown.
    pub values: BTreeMap<&'static str, Vec<Placed<String>>>,
    /// Where it is written.
    pub span: Span,
}

impl Sample {
    /// What is wrong with the values.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (field, values) in &self.values {
            let Some((kind, words)) = record::field(field) else {
                continue;
            };
            for value in values {
                problems.extend(wrong(field, kind, words.as_deref(), value));
            }
        }
        problems
    }

    /// Hands out the row.
    pub fn with<T>(&self, look: impl FnOnce(&Access<'_>) -> T) -> T {
        let platform = self.platform();
        let person = self.text("person").unwrap_or_default();
        let folded = fold(person);
        let mut addresses = self.texts("addresses");
        if addresses.is_empty() && person.contains('@') {
            addresses.push(&folded);
        }
        let domain = addresses.first().and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
        let person = PersonFacts {
            key: person,
            id: self.text("person_id"),
            domain: self.text("domain").or(domain),
            addresses: addresses.clone(),
            service: self.flag("service").unwrap_or(false),
            external: self.flag("external").unwrap_or(false),
            role: self.text("role"),
            teams: self.texts("teams"),
            two_factor: self.flag("two_factor"),
            status: self.text("status"),
            inactive_days: self.number("inactive_days"),
        };
        let asset = AssetFacts {
            key: self.text("asset").unwrap_or_default(),
            id: self.text("asset_id"),
            business: self.text("business").unwrap_or_default(),
            kind: self.text("asset_type").unwrap_or_default(),
            client: self.text("client"),
            labels: self.texts("labels"),
            owner: self.text("owner"),
        };
        let partners = self.texts("partners");
        let words = self.texts("permissions");
        let bits = words.iter().filter_map(|word| platform.permission_bit(word));
        let permissions = bits.fold(0, |mask, bit| mask | bit);
        let given =
            |field| self.texts(field).iter().filter_map(|name| platform.capability_bit(name)).fold(0, |a, b| a | b);
        let sure = platform.capabilities_of(permissions, Certainty::Inferred);
        let possible = platform.capabilities_of(permissions, Certainty::Undecided);
        let paths = self.texts("paths");
        let bits = (0u8..).zip(PATH_WORDS).filter(|(_, word)| paths.contains(word));
        look(&Access {
            person: &person,
            asset: &asset,
            platform,
            permissions,
            capabilities: sure | given("capabilities"),
            undecided: (possible & !sure) | given("undecided"),
            paths: PathKinds(bits.fold(0, |mask, (bit, _)| mask | (1 << bit))),
            partners: &partners,
            partner_ids: &[],
            days_left: self.number("days_left").map(i64::from),
        })
    }

    fn platform(&self) -> &'static Platform {
        let name = self.text("platform");
        PLATFORMS.into_iter().find(|platform| Some(platform.name) == name).unwrap_or(PLATFORMS[0])
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field)?.first().map(|placed| placed.value.as_str())
    }

    fn texts(&self, field: &str) -> Vec<&str> {
        let values = self.values.get(field).map_or(&[][..], Vec::as_slice);
        values.iter().map(|placed| placed.value.as_str()).collect()
    }

    fn flag(&self, field: &str) -> Option<bool> {
        self.text(field)?.parse().ok()
    }

    fn number(&self, field: &str) -> Option<u32> {
        self.text(field)?.parse().ok()
    }
}

fn wrong(field: &str, kind: Kind, words: Option<&[&'static str]>, value: &Placed<String>) -> Option<Problem> {
    let (text, span) = (value.value.as_str(), value.span);
    match (kind, words) {
        (_, Some(words)) => (!words.contains(&text)).then(|| pattern::unknown_word(field, words, span, text)),
        (Kind::Flag, None) => (!["true", "false"].contains(&text))
            .then(|| Problem::error("bad-flag", span, format!("`{text}` is neither `true` nor `false`"))),
        (Kind::Number, None) => text
            .parse::<u32>()
            .is_err()
            .then(|| Problem::error("bad-number", span, format!("`{text}` is not a whole number below 4294967296"))),
        (Kind::Text | Kind::Texts, None) => None,
    }
}
