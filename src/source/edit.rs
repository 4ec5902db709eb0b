//! Edits of hand-written YAML at known places: a key gets another value, an item or entry goes. Everything else, comments and order
//! included, stays byte for byte.
//!
//! An edit is found again by the place at which its node starts; the text is parsed for it, so that flow and block forms, quotes and
//! nesting are understood and not guessed.

mod nodes;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use nodes::{Kind, Nodes, Parent};

/// A place: line and column in characters, both from 1.
pub type Spot = (u32, u32);

/// What is to be done.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Edit {
    /// Gives a key of the mapping that starts at the place a value.
    Set {
        /// Start of the mapping: its `{`, or its first key.
        at: Spot,
        /// The key.
        key: String,
        /// The value.
        value: Value,
        /// A key in whose place it comes, where the key isn't there yet.
        instead_of: Option<String>,
    },
    /// Removes the list item that starts at the place, else the entry of a mapping whose key does.
    Remove {
        /// Start of the item or of the key.
        at: Spot,
    },
}

/// A value to write.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// A text.
    Text(String),
    /// A list of texts, written on one line.
    List(Vec<String>),
}

/// A piece of text to put in the place of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patch {
    /// The bytes that go.
    pub range: Range<usize>,
    /// Where they start.
    pub start: Spot,
    /// Where they end; the character there stays.
    pub end: Spot,
    /// What comes.
    pub new: String,
}

/// An edit can't be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// The text is no YAML.
    #[error("{line}:{column}: not YAML: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The text has changed, or the form is one that only a person should edit.
    #[error("{line}:{column}: {what}")]
    Place {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// What is wrong there.
        what: &'static str,
    },
}

/// The patches that make some edits, in the order of the text and apart from each other.
///
/// # Errors
/// Where the text is no YAML or an edit's place is not there. Either all edits are possible or none is made.
pub fn patches(text: &str, edits: &[Edit]) -> Result<Vec<Patch>, EditError> {
    let nodes = Nodes::read(text)?;
    let edits: BTreeSet<&Edit> = edits.iter().collect();
    let mut pieces = Vec::new();
    let mut removals: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for edit in edits {
        match edit {
            Edit::Set { at, key, value, instead_of } => {
                let mapping = nodes.mapping_at(*at).ok_or_else(|| wrong(*at, "no mapping starts here"))?;
                pieces.push(set(&nodes, mapping, key, value, instead_of.as_deref(), *at)?);
            }
            Edit::Remove { at } => {
                let Parent { node, index } =
                    nodes.entry_at(*at).ok_or_else(|| wrong(*at, "no item or entry starts here"))?;
                removals.entry(node).or_default().insert(index);
            }
        }
    }
    for (node, indexes) in removals {
        remove(&nodes, node, &indexes, &mut pieces)?;
    }
    Ok(apart(pieces).into_iter().map(|(range, new)| nodes.patch(range, new)).collect())
}

/// The text with its patches made.
pub fn apply(text: &str, patches: &[Patch]) -> String {
    let mut result = text.to_owned();
    for patch in patches.iter().rev() {
        result.replace_range(patch.range.clone(), &patch.new);
    }
    result
}

/// A range of bytes and what comes in its place.
type Piece = (Range<usize>, String);

/// Sorted; what lies within another one is gone with it.
fn apart(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| (piece.0.start, std::cmp::Reverse(piece.0.end)));
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces {
        let inside = kept.last().is_some_and(|last| piece.0.start < last.0.end);
        if !inside && kept.last() != Some(&piece) {
            kept.push(piece);
        }
    }
    kept
}

fn set(
    nodes: &Nodes<'_>,
    mapping: usize,
    key: &str,
    value: &Value,
    instead_of: Option<&str>,
    at: Spot,
) -> Result<Piece, EditError> {
    let text = value.yaml();
    if let Some((key, old)) = nodes.entry(mapping, key) {
        let start = nodes.end(key);
        return Ok((start..nodes.end(old).max(start + 1), format!(": {text}")));
    }
    if let Some((old, value)) = instead_of.and_then(|old| nodes.entry(mapping, old)) {
        let start = nodes.start(old);
        return Ok((start..nodes.end(value).max(nodes.end(old) + 1), format!("{key}: {text}")));
    }
    if nodes.is_flow(mapping) {
        return Ok(match nodes.last_end(mapping) {
            Some(end) => (end..end, format!(", {key}: {text}")),
            None => (nodes.start(mapping) + 1..nodes.start(mapping) + 1, format!(" {key}: {text} ")),
        });
    }
    let end = nodes.last_end(mapping).ok_or_else(|| wrong(at, "an empty mapping has no place for a key"))?;
    let end = nodes.line_end(end);
    Ok((end..end, format!("\n{}{key}: {text}", " ".repeat(nodes.column(mapping)))))
}

/// Removes some children of a collection; where none is left, the collection is written as an empty one.
fn remove(nodes: &Nodes<'_>, node: usize, indexes: &BTreeSet<usize>, pieces: &mut Vec<Piece>) -> Result<(), EditError> {
    let empty = if nodes.kind(node) == Kind::Mapping { "{}" } else { "[]" };
    if indexes.len() == nodes.len(node) {
        let range = nodes.start(node)..nodes.end(node);
        if nodes.is_flow(node) {
            pieces.push((range, empty.to_owned()));
            return Ok(());
        }
        let key = nodes.key_of(node).ok_or_else(|| wrong(nodes.spot(node), "nothing would be left of this file"))?;
        // From behind the key's colon, so that no line with nothing but blanks is left.
        pieces.push((nodes.end(key)..range.end, format!(": {empty}")));
        return Ok(());
    }
    for &index in indexes {
        let (start, end) = nodes.child(node, index);
        let range = if nodes.is_flow(node) {
            match index {
                0 => start..nodes.child(node, 1).0,
                _ => nodes.child(node, index - 1).1..end,
            }
        } else {
            let line = nodes.line_start(start);
            let dash = nodes.text[line..start].trim();
            if !(dash.is_empty() || dash == "-") || (dash == "-") == (nodes.kind(node) == Kind::Mapping) {
                return Err(wrong(nodes.spot(node), "it shares its line with something else"));
            }
            line..nodes.after_line(end)
        };
        pieces.push((range, String::new()));
    }
    Ok(())
}

fn wrong(at: Spot, what: &'static str) -> EditError {
    EditError::Place { line: at.0, column: at.1, what }
}

impl Value {
    fn yaml(&self) -> String {
        match self {
            Value::Text(text) => scalar(text),
            Value::List(words) => format!("[{}]", words.iter().map(|word| scalar(word)).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Plain where that is safe everywhere, else in double quotes.
fn scalar(text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || "_-./@ ".contains(c);
    let starts = text.chars().next().is_some_and(|c| c.is_alphabetic() || (c.is_ascii_digit() && text.contains('-')));
    let plain = starts && !text.ends_with(' ') && text.chars().all(word);
    if plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
