//! The text of a file by lines, and the part of a line that is quoted.

use std::ops::Range;

use crate::terminal::visible;

/// A file's text and where its lines start.
pub(super) struct Source {
    text: String,
    starts: Vec<usize>,
}

/// The beginning of a line up to a place and some way beyond it, fit for printing.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Quote {
    /// The text; its characters stand in the same columns as in the file.
    pub text: String,
    /// The bytes of `text` that are the place.
    pub place: Range<usize>,
}

/// A line is not quoted beyond this column: nobody wrote it by hand, and laying it out again and again would take long.
const FAR: usize = 10_000;

impl Source {
    /// Lines end as YAML has it: with a line feed, a carriage return, or both.
    pub fn new(text: String) -> Self {
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        starts.extend(bytes.iter().enumerate().filter_map(|(index, byte)| {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
            ends.then_some(index + 1)
        }));
        Source { text, starts }
    }

    /// A line, counted from 1, without its end.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let next = self.starts.get(index + 1).copied();
        let line = self.text.get(start..next.unwrap_or(self.text.len()))?;
        Some(line.trim_end_matches(['\r', '\n']))
    }
}

impl Quote {
    /// Quotes `length` characters from `column` (from 1), at most half of `width`, and `width` more.
    ///
    /// `None` where the line is too short for the place: it has changed since. One column after its end is allowed, because the
    /// end of a line can be to blame.
    pub fn new(line: &str, column: usize, length: usize, width: usize) -> Option<Self> {
        let first = column.checked_sub(1).filter(|first| *first < FAR)?;
        let past = first + length.min(width / 2);
        let kept: String = line.chars().take(past + width).collect();
        let text = visible::same_length(&kept);
        let offsets = || text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
        let start = offsets().nth(first)?;
        let end = offsets().nth(past).unwrap_or(text.len());
        Some(Quote { place: start..end, text })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<Option<String>> {
        let source = Source::new(text.to_owned());
        (0..6).map(|number| source.line(number).map(str::to_owned)).collect()
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let expected = [None, Some("a"), Some("b"), Some(""), Some("c"), None];
        let expected: Vec<_> = expected.into_iter().map(|line| line.map(str::to_owned)).collect();
        assert_eq!(lines("a\nb\n\nc"), expected);
        assert_eq!(lines("a\r\nb\r\n\r\nc"), expected);
        assert_eq!(lines("a\rb\r\rc"), expected);
        assert_eq!(lines("\u{feff}a\nb\n\nc"), expected);
    }

    fn quoted(line: &str, column: usize, length: usize) -> Option<(String, String)> {
        let quote = Quote::new(line, column, length, 80)?;
        let place = quote.text[quote.place].to_owned();
        Some((quote.text, place))
    }

    #[test]
    fn columns_are_characters_of_the_file() {
        let place = |column, length| quoted("\té\u{1b}x", column, length).map(|(_, place)| place);
        assert_eq!(place(1, 1).as_deref(), Some("\t"));
        assert_eq!(place(2, 1).as_deref(), Some("é"));
        assert_eq!(place(3, 1).as_deref(), Some("␛"));
        assert_eq!(place(4, 9).as_deref(), Some("x"));
    }

    #[test]
    fn the_end_of_a_line_can_be_to_blame_and_nothing_after_it() {
        assert_eq!(quoted("ab", 3, 1), Some(("ab".to_owned(), String::new())));
        assert_eq!(quoted("ab", 4, 1), None);
        assert_eq!(quoted("", 1, 1), Some((String::new(), String::new())));
        assert_eq!(quoted("", 2, 1), None);
        assert_eq!(quoted("ab", 0, 1), None);
    }

    #[test]
    fn a_hostile_line_is_not_laid_out_as_a_whole() {
        let line = "x".repeat(1_000_000);
        let (text, place) = quoted(&line, 100, 500_000).expect("the place is in the line");
        assert_eq!((text.len(), place.len()), (99 + 40 + 80, 40));
        assert_eq!(quoted(&line, FAR + 1, 1), None);
    }

    proptest! {
        #[test]
        fn places_are_whole_characters(line in ".{0,300}", column in 1usize..320, length in 1usize..320) {
            let in_line = column <= line.chars().count() + 1;
            match Quote::new(&line, column, length, 72) {
                None => prop_assert!(!in_line),
                Some(quote) => {
                    prop_assert!(in_line);
                    prop_assert!(quote.text.get(quote.place.clone()).is_some());
                }
            }
        }
    }
}
