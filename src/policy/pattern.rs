//! Patterns over rows: every field that is written must fit, with one of its values.

use super::Placed;
use super::glob;
use super::record::{self, Access, Datum, Kind};
use crate::source::nearest;
use crate::source::{Problem, Span};

/// A pattern. A row fits where every test holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Tests, by field.
    pub tests: Vec<Test>,
    /// Where it is written.
    pub span: Span,
}

/// One field of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// The field, a name of `record::PATTERN`.
    pub field: &'static str,
    /// What it must be: one of these.
    pub wanted: Vec<Placed<String>>,
}

/// Whether something is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// This field would decide it, and nobody told us its value.
    Unknown(&'static str),
}

impl Pattern {
    /// Whether a row fits. What is unknown decides nothing where another field already says no.
    pub fn fits(&self, row: &Access<'_>) -> Truth {
        let mut all = Truth::Yes;
        for test in &self.tests {
            match test.holds(row) {
                Truth::No => return Truth::No,
                Truth::Unknown(field) if all == Truth::Yes => all = Truth::Unknown(field),
                Truth::Yes | Truth::Unknown(_) => {}
            }
        }
        all
    }
}

impl Test {
    fn holds(&self, row: &Access<'_>) -> Truth {
        let mut wanted = self.wanted.iter().map(|placed| placed.value.as_str());
        let found = match row.get(self.field) {
            Some(Datum::Unknown) => return Truth::Unknown(self.field),
            Some(Datum::Text(person)) if self.field == "person" => {
                let ids = row.person.id.into_iter();
                let names: Vec<&str> = ids.chain(row.person.addresses.iter().copied()).chain([person]).collect();
                wanted.any(|pattern| names.iter().any(|name| glob::fits_name(pattern, name)))
            }
            Some(Datum::Text(text)) => wanted.any(|pattern| glob::fits_name(pattern, text)),
            Some(Datum::Texts(words)) => wanted.any(|pattern| {
                words.contains(pattern)
                    || glob::is_pattern(pattern) && words.to_vec().iter().any(|word| glob::fits_name(pattern, word))
            }),
            Some(Datum::Flag(flag)) => wanted.any(|text| (text == "true") == flag),
            Some(Datum::Number(_)) | None => false,
        };
        if found { Truth::Yes } else { Truth::No }
    }

    /// What is wrong with the values: words that the field never holds, broken patterns.
    pub fn problems(&self) -> Vec<Problem> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let Some((kind, words)) = record::field(self.field) else {
            return Vec::new();
        };
        self.wanted.iter().filter_map(|wanted| wrong(self.field, kind, words.as_deref(), wanted)).collect()
    }
}

fn wrong(field: &str, kind: Kind, words: Option<&[&'static str]>, wanted: &Placed<String>) -> Option<Problem> {
    let text = wanted.value.as_str();
    let flags: &[&'static str] = &["true", "false"];
    let words = if kind == Kind::Flag { Some(flags) } else { words };
    if let Some(words) = words {
        return (!words.contains(&text)).then(|| unknown_word(field, words, wanted.span, text));
    }
    glob::is_pattern(text)
        .then(|| glob::fault(text))
        .flatten()
        .map(|fault| Problem::error("bad-pattern", wanted.span, format!("`{text}` is not a pattern: {fault}")))
}

/// The problem that a field never holds a word.
pub(super) fn unknown_word(field: &str, words: &[&'static str], span: Span, text: &str) -> Problem {
    let near = nearest(text, words.iter().copied());
    let help = near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
    Problem::error("unknown-word", span, format!("`{field}` is never `{text}`")).help(help)
}
