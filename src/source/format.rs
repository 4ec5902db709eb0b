//! The canonical form of a YAML file: two spaces a level, double quotes, one blank line at most, flow collections on one line or
//! else in block form. Comments, order and every value stay; a result that would lose one of them is refused.
//!
//! The printing is `pretty_yaml`'s. What is ours: numeric ids get their quotes, long flow collections become blocks, and the proof
//! that nothing was lost, which reads both texts with the parser that reads access documents.

mod proof;
mod tree;

use std::ops::Range;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions};

use tree::{Collection, Tree};

/// A flow collection that would end beyond this column becomes a block.
pub const WIDTH: usize = 160;

/// A file that can't be brought into canonical form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormatError {
    /// It is not YAML, or nested too deeply.
    #[error("{line}:{column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The printer has no answer for it.
    #[error("the formatter can't read this file: {0}")]
    Unprintable(String),
    /// The printed text would not say the same. Nobody's mistake but ours, and the reason why the text is compared at all.
    #[error("formatting would change what the file says near line {line}: {what}")]
    Changed {
        /// The line of the original, from 1.
        line: usize,
        /// What would be lost or changed.
        what: String,
    },
}

/// The canonical form of a text.
///
/// # Errors
/// Where the text is no YAML, or where the printed form would lose a comment or a value: then nothing may be written.
pub fn canonical(text: &str) -> Result<String, FormatError> {
    let original = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = Tree::read(original)?;
    let mut result = print(&replace(original, quotes_for_ids(&tree)))?;
    // Each round turns the outermost long collections into blocks, so there are at most as many as levels.
    for _ in 0..tree::MAX_DEPTH {
        let long = blocks_for_long(&Tree::read(&result)?);
        if long.is_empty() {
            break;
        }
        result = print(&replace(&result, long))?;
    }
    proof::same(original, &result)?;
    Ok(result)
}

/// A piece of text to put in the place of a range of characters.
type Edit = (Range<usize>, String);

fn print(text: &str) -> Result<String, FormatError> {
    let options = FormatOptions {
        layout: LayoutOptions {
            // Breaking is decided by `blocks_for_long`: a broken flow mapping is harder to read than a block.
            print_width: usize::from(u16::MAX),
            ..LayoutOptions::default()
        },
        language: LanguageOptions { trailing_comma: false, ..LanguageOptions::default() },
    };
    let mut printed =
        pretty_yaml::format_text(text, &options).map_err(|error| FormatError::Unprintable(error.to_string()))?;
    let end = printed.trim_end().len();
    printed.truncate(end);
    if !printed.is_empty() {
        printed.push('\n');
    }
    Ok(printed)
}

/// Replaces ranges of characters; the ranges are sorted and apart.
fn replace(text: &str, edits: Vec<Edit>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut at = 0;
    for (range, new) in edits {
        result.extend(chars.by_ref().take(range.start.saturating_sub(at)));
        chars.by_ref().take(range.len()).for_each(drop);
        result.push_str(&new);
        at = range.end;
    }
    result.extend(chars);
    result
}

/// `id: 123` is refused by the reader, for ids are texts; its digits are all there, so the quotes can be added.
fn quotes_for_ids(tree: &Tree<'_>) -> Vec<Edit> {
    tree.plain_ids().map(|id| (id.range.clone(), format!("\"{}\"", id.text))).collect()
}

/// Block forms for the outermost flow collections that are too long for one line, or broken over several.
fn blocks_for_long(tree: &Tree<'_>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = tree
        .flow_collections()
        .filter(|collection| collection.last_column > WIDTH || collection.lines > 1)
        .filter_map(|collection| Some((collection.range.clone(), block(tree, collection)?)))
        .collect();
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

/// A flow collection as a block, indented below `collection.indent`; `None` where only a person could do it well.
fn block(tree: &Tree<'_>, collection: &Collection) -> Option<String> {
    if !collection.movable || tree.has_comment_in(&collection.range) {
        return None;
    }
    let start = format!("\n{}", " ".repeat(collection.indent + 2));
    let mut text = String::new();
    for entry in &collection.entries {
        let [key, value] = entry.each_ref().map(|range| tree.slice(range));
        text.push_str(&start);
        if !collection.mapping {
            text.push_str(&format!("- {value}"));
        } else if value.is_empty() {
            text.push_str(&format!("{key}:"));
        } else {
            text.push_str(&format!("{key}: {value}"));
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
