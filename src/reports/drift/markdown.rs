//! Drift as Markdown, for an issue: the same text in a block of code, so that nobody is mentioned and nothing in it is a link, Markdown or
//! HTML.

use crate::plan::Plan;
use crate::terminal::{Style, prose};

use super::text::{differences, render_text};

/// What an issue of GitHub holds, less what a workflow adds.
const BUDGET: usize = 60_000;

/// So many columns a block shows without scrolling.
const WIDTH: usize = 96;

/// What moved without the files, as Markdown.
pub fn render_markdown(plan: &Plan) -> String {
    let count = differences(plan) as u64;
    let head = match count {
        0 => "**No drift**: nothing moved without the files.\n\n".to_owned(),
        n => format!("**{} moved without the files**, as of {}.\n\n", prose::count(n, "thing", "things"), plan.as_of),
    };
    let text = render_text(plan, &Style::plain(WIDTH));
    let fence = fence(&text);
    let room = BUDGET - head.len() - 2 * fence.len() - 200;
    let (shown, left) = cut(&text, room);
    let rest = match left {
        0 => String::new(),
        n => format!(
            "\n…and {} that have no room here: `accord drift` shows them.\n",
            prose::count(n as u64, "more line", "more lines")
        ),
    };
    format!("{head}{fence}text\n{shown}{fence}\n{rest}")
}

/// Longer than every row of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Whole lines of at most so many bytes, and how many there are beyond.
fn cut(text: &str, room: usize) -> (&str, usize) {
    if text.len() <= room {
        return (text, 0);
    }
    let end = text.floor_char_boundary(room);
    let end = text[..end].rfind('\n').map_or(0, |at| at + 1);
    (&text[..end], text[end..].lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn what_moved_stands_in_a_block_that_nothing_in_it_can_end() {
        let text = render_markdown(&sample::norrhem());
        assert!(text.starts_with("**1 thing moved without the files**"), "{text}");
        assert!(text.contains("```text\nNorrhem Home: 1 thing moved"), "{text}");
        assert_eq!(fence("a ````` b"), "``````");
    }

    #[test]
    fn beyond_the_room_lines_are_counted() {
        assert_eq!(cut("one\ntwo\nthree\n", 9), ("one\ntwo\n", 1));
        assert_eq!(cut("one\n", 9), ("one\n", 0));
    }
}
