//! Names of people replaced by pseudonyms, for reports that everybody can read. Assets, partners and rules stay.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Input, MatchKind};
use serde_json::Value;

use crate::model::PersonRef;
use crate::model::digest::Hasher;
use crate::review::Review;

/// Shorter names are words of every text.
const SHORTEST: usize = 2;

/// Every name of every person, and what stands for it.
pub struct Pseudonyms {
    finder: Option<AhoCorasick>,
    replacements: Vec<String>,
}

impl Pseudonyms {
    /// Pseudonyms of people, from a secret: the same person has the same pseudonym wherever the secret is the same, and without the
    /// secret nobody can try out addresses.
    pub fn new(people: impl Iterator<Item = PersonRef>, secret: &[u8]) -> Self {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for person in people {
            let pseudonym = pseudonym(&person, secret);
            let label = person.label();
            let PersonRef { key, id, email, username, name } = person;
            for name in [Some(label), key, id, email, username, name].into_iter().flatten() {
                if name.chars().count() >= SHORTEST {
                    names.entry(name.to_lowercase()).or_insert_with(|| pseudonym.clone());
                }
            }
        }
        let (patterns, replacements): (Vec<String>, Vec<String>) = names.into_iter().unzip();
        let mut builder = AhoCorasickBuilder::new();
        builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
        // Only a number of names that no memory holds is refused.
        let finder = builder.build(&patterns).ok();
        Pseudonyms { finder, replacements }
    }

    /// A text in which every name of a person is replaced where it stands as a word of its own.
    pub fn text(&self, text: &str) -> String {
        let Some(finder) = &self.finder else {
            return "[not shown]".to_owned();
        };
        let mut out = String::with_capacity(text.len());
        let (mut done, mut from) = (0, 0);
        while let Some(found) = finder.find(Input::new(text).span(from..text.len())) {
            let alone = !text[..found.start()].chars().next_back().is_some_and(char::is_alphanumeric)
                && !text[found.end()..].chars().next().is_some_and(char::is_alphanumeric);
            if alone {
                out.push_str(&text[done..found.start()]);
                out.push_str(self.replacements.get(found.pattern().as_usize()).map_or("[somebody]", String::as_str));
                done = found.end();
                from = found.end();
            } else {
                let step = text[found.start()..].chars().next().map_or(1, char::len_utf8);
                from = found.start() + step;
            }
        }
        out.push_str(&text[done..]);
        out
    }

    /// The same review about nobody in particular, with a digest of its own.
    ///
    /// # Errors
    /// Where the review can't be taken apart and put together again, which does not happen.
    pub fn review(&self, review: &Review) -> Result<Review, serde_json::Error> {
        let mut value = serde_json::to_value(review)?;
        self.value(&mut value);
        let review: Review = serde_json::from_value(value)?;
        Ok(review.resealed())
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => self.fields(fields),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A person has one name left: several would say how many there are, and stand twice in every label.
    fn fields(&self, fields: &mut serde_json::Map<String, Value>) {
        let is_person = fields.keys().all(|key| PERSON.contains(&key.as_str()));
        if is_person && !fields.is_empty() {
            let first = fields.values().find_map(Value::as_str).map(|name| self.text(name));
            fields.clear();
            fields.extend(first.map(|name| ("key".to_owned(), Value::String(name))));
            return;
        }
        if fields.get("node").is_some_and(|kind| kind == "person") {
            let first =
                PERSON.iter().find_map(|key| fields.get(*key)).and_then(Value::as_str).map(|name| self.text(name));
            fields.retain(|key, _| key == "node");
            fields.extend(first.map(|name| ("key".to_owned(), Value::String(name))));
            return;
        }
        fields.values_mut().for_each(|value| self.value(value));
    }
}

/// The fields of a person.
const PERSON: [&str; 5] = ["key", "id", "email", "username", "name"];

fn pseudonym(person: &PersonRef, secret: &[u8]) -> String {
    let PersonRef { key, id, email, username, name } = person;
    let best = [email, key, username, id, name].into_iter().flatten().next();
    let mut hasher = Hasher::new();
    hasher.piece(b"accord-pseudonym 1").piece(secret);
    hasher.piece(best.map(|name| name.to_lowercase()).unwrap_or_default().as_bytes());
    format!("person-{}", hasher.finish().short(10))
}
