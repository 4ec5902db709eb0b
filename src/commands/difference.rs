//! Differences between two texts, line by line, as Git shows them.

use similar::{ChangeTag, TextDiff};

use crate::terminal::{Ink, Style, prose, visible};

/// The unified difference from `old`, the file of that name, to `new`; no more than `limit` lines, and how many there are beyond.
pub fn unified(name: &str, old: &str, new: &str, limit: usize, style: &Style) -> String {
    let lines = lines(name, old, new);
    let mut text = String::new();
    for (ink, line) in lines.iter().take(limit) {
        text.push_str(&style.paint(*ink, &visible::same_length(line)));
        text.push('\n');
    }
    if let Some(more) = lines.len().checked_sub(limit).filter(|more| *more > 0) {
        let more = prose::count(more as u64, "more line", "more lines");
        text.push_str(&style.paint(Ink::Dim, &format!("... and {more}")));
        text.push('\n');
    }
    text
}

fn lines(name: &str, old: &str, new: &str) -> Vec<(Ink, String)> {
    let mut lines = vec![(Ink::Strong, format!("--- {name}")), (Ink::Strong, format!("+++ {name} (as it should be)"))];
    for hunk in TextDiff::from_lines(old, new).unified_diff().iter_hunks() {
        lines.push((Ink::Change, hunk.header().to_string()));
        for change in hunk.iter_changes() {
            let value = change.value();
            let value = value.strip_suffix('\n').unwrap_or(value);
            lines.push((ink(change.tag()), format!("{}{value}", change.tag())));
            if change.missing_newline() {
                lines.push((Ink::Dim, "\\ no newline at the end".to_owned()));
            }
        }
    }
    lines
}

fn ink(tag: ChangeTag) -> Ink {
    match tag {
        ChangeTag::Equal => Ink::Plain,
        ChangeTag::Delete => Ink::Loss,
        ChangeTag::Insert => Ink::Gain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_limit_lines_are_counted() {
        let shown = unified("a", "1\n", "2\n3\n4", 4, &Style::plain(80));
        assert_eq!(shown, "--- a\n+++ a (as it should be)\n@@ -1 +1,3 @@\n-1\n... and 4 more lines\n");
    }

    #[test]
    fn escape_sequences_of_a_file_are_made_visible() {
        let shown = unified("a", "", "\u{1b}[31m\n", 9, &Style::plain(80));
        assert!(shown.ends_with("+\u{241b}[31m\n"), "{shown}");
    }
}
