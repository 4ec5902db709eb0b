//! The proof that two texts say the same: the same nodes with the same texts, and the same comments between the same texts.

use super::FormatError;
use super::tree::{Node, Scalar, Style, Tree, What};

/// Whether `result` says what `original` says.
pub(super) fn same(original: &str, result: &str) -> Result<(), FormatError> {
    let (before, after) = (Tree::read(original)?, Tree::read(result)?);
    nodes(&before, &after)?;
    order(&before, &after)
}

fn nodes(before: &Tree<'_>, after: &Tree<'_>) -> Result<(), FormatError> {
    for (old, new) in before.nodes.iter().zip(&after.nodes) {
        if !alike(&old.what, &new.what) {
            return Err(changed(old.line, "a value"));
        }
    }
    if before.nodes.len() != after.nodes.len() {
        let line = before.nodes.last().map_or(1, |node| node.line);
        return Err(changed(line, "the number of values"));
    }
    Ok(())
}

fn alike(old: &What<'_>, new: &What<'_>) -> bool {
    match (old, new) {
        (What::Scalar(old), What::Scalar(new)) => scalars_alike(old, new),
        _ => old == new,
    }
}

fn scalars_alike(old: &Scalar<'_>, new: &Scalar<'_>) -> bool {
    let Scalar { text, style, tag, anchor } = old;
    let quoted_id = *style == Style::PlainId && new.style == Style::Quoted;
    *text == new.text && *tag == new.tag && *anchor == new.anchor && (*style == new.style || quoted_id)
}

/// Comments and visible texts must follow each other in the same order.
fn order(before: &Tree<'_>, after: &Tree<'_>) -> Result<(), FormatError> {
    let (old, new) = (sequence(before), sequence(after));
    for (index, (_, line, comment)) in old.iter().enumerate() {
        if new.get(index).is_none_or(|(_, _, other)| other != comment) {
            let what = comment.unwrap_or("the place of a comment");
            return Err(changed(*line, what));
        }
    }
    if new.len() == old.len() { Ok(()) } else { Err(changed(1, "a comment")) }
}

/// Position, line and text of every comment, and position of every visible text (which `nodes` has compared already).
fn sequence<'t>(tree: &Tree<'t>) -> Vec<(usize, usize, Option<&'t str>)> {
    let mut all: Vec<_> =
        tree.nodes.iter().filter(|node| is_visible(node)).map(|node| (node.range.start, node.line, None)).collect();
    all.extend(tree.comments.iter().map(|comment| (comment.range.start, comment.line, Some(comment.text))));
    all.sort_unstable_by_key(|(at, _, _)| *at);
    all
}

fn is_visible(node: &Node<'_>) -> bool {
    match node.what {
        What::Scalar(_) => !node.range.is_empty(),
        What::Alias(_) => true,
        What::Document | What::Mapping(..) | What::Sequence(..) | What::End => false,
    }
}

fn changed(line: usize, what: &str) -> FormatError {
    FormatError::Changed { line, what: what.to_owned() }
}
