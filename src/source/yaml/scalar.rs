//! Where a letter inside a scalar stands in the file: a message about an expression points into it, not at its start.

use crate::source::At;

/// The place of the letter behind `offset` others of a scalar that starts at `at`; the start itself where the scalar is folded or
/// escaped in a way that is not followed here.
pub(super) fn within(source: &str, at: At, plain: bool, offset: usize, length: usize) -> At {
    let row = at.line.saturating_sub(1) as usize;
    let column = usize::from(at.column.saturating_sub(1));
    let found = if plain { flow(source, row, column, offset) } else { quoted_or_block(source, row, column, offset) };
    found.map_or(at, |(row, column)| At::new(row + 1, column + 1, length))
}

/// A plain scalar: letters stand for themselves, on one line.
fn flow(source: &str, row: usize, column: usize, offset: usize) -> Option<(usize, usize)> {
    let width = source.lines().nth(row)?.chars().count();
    (column + offset <= width).then_some((row, column + offset))
}

fn quoted_or_block(source: &str, row: usize, column: usize, offset: usize) -> Option<(usize, usize)> {
    if let Some(folded) = header(source, row) {
        return block(source, row, column, offset, folded);
    }
    let line: Vec<char> = source.lines().nth(row)?.chars().collect();
    let quote = *line.get(column)?;
    let mut place = column + 1;
    for _ in 0..offset {
        place += match (quote, line.get(place)?) {
            ('"', '\\') => match line.get(place + 1)? {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                _ => 2,
            },
            ('\'', '\'') => 2,
            _ => 1,
        };
    }
    (place < line.len()).then_some((row, place))
}

/// Whether a block scalar starts on a line: its header stands on the line before. Answers whether it is folded.
fn header(source: &str, row: usize) -> Option<bool> {
    let above = source.lines().take(row).filter(|line| !line.trim().is_empty()).last()?;
    let above = above.split(" #").next().unwrap_or(above).trim_end();
    let above = above.trim_end_matches(|letter: char| "+-".contains(letter) || letter.is_ascii_digit());
    match above.chars().last() {
        Some('|') => Some(false),
        Some('>') => Some(true),
        _ => None,
    }
}

fn block(source: &str, row: usize, indent: usize, offset: usize, folded: bool) -> Option<(usize, usize)> {
    let mut left = offset;
    for (index, line) in source.lines().enumerate().skip(row) {
        let width = line.chars().count().saturating_sub(indent);
        if left <= width {
            return Some((index, indent + left));
        }
        if folded && width == 0 {
            return None;
        }
        left -= width + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::source::yaml::Reader;

    /// The letter at each offset of the value of `a` must be the letter of the file at the place that is found for it.
    fn follows(source: &str) -> usize {
        let mut reader = Reader::new(FileId(0), source);
        let mut letters = 0;
        assert!(reader.next_document());
        reader.map("a test", |reader, key| {
            let text = reader.text("a text").expect("a text");
            if key.text != "a" {
                return;
            }
            for (offset, letter) in text.text.chars().enumerate() {
                let at = reader.within(&text, offset, 1);
                let line = source.lines().nth(at.line as usize - 1).expect("a line");
                let found = line.chars().nth(usize::from(at.column) - 1);
                if letter != '\n' && letter != ' ' {
                    assert_eq!(found, Some(letter), "{source:?} at {offset}: {at:?}");
                    letters += 1;
                }
            }
        });
        letters
    }

    #[test]
    fn every_way_to_write_a_text_is_followed() {
        for (source, letters) in [
            ("b: 1\na: external && x\n", 11),
            ("a: \"é 'x' == client\"\n", 12),
            ("a: 'it''s'  # no\n", 4),
            ("a: |\n  external &&\n\n    client\n", 16),
            ("b: 1\na: >-  # folded\n   external\n   && client\n", 16),
            ("a: |\n  \"quoted\"\n", 8),
        ] {
            assert_eq!(follows(source), letters, "{source:?}");
        }
    }

    #[test]
    fn what_is_not_followed_is_placed_at_the_start() {
        let source = "a: one\n  two\n";
        let at = At::new(1, 4, 3);
        assert_eq!(within(source, at, true, 5, 1), at);
        assert_eq!(within("a: \"x\\", At::new(1, 4, 1), false, 5, 1), At::new(1, 4, 1));
        assert_eq!(within("", At::new(7, 9, 1), false, 5, 1), At::new(7, 9, 1));
    }
}
