//! Text laid out in lines: pieces with an ink, wrapped at spaces, continuation lines hanging below their first one.
//!
//! Every text that enters a [`Text`] is made safe for a terminal by [`visible::line`], so no escape sequence of foreign data can
//! leave a [`Page`].

use unicode_width::UnicodeWidthStr as _;

use super::{Ink, Style, visible};

/// A space at which no line is broken, written as a space.
const FIXED_SPACE: char = '\u{a0}';

/// Longer texts are broken in spite of [`unbroken`].
const UNBROKEN: usize = 60;

/// The text so that no line is broken inside it, unless it is long. For names within a sentence.
pub fn unbroken(text: &str) -> String {
    if visible::line(text).width() > UNBROKEN {
        return text.to_owned();
    }
    text.replace(' ', "\u{a0}")
}

/// Pieces of text, each with its ink: one paragraph.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Text {
    pieces: Vec<(Ink, String)>,
}

/// Lines from top to bottom. Plain data: two pages are equal where they read the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Page {
    lines: Vec<Line>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Line {
    /// Columns before the first line.
    indent: usize,
    /// Columns before the others.
    hang: usize,
    text: Text,
}

/// What must stay together on a line.
#[derive(Default)]
struct Word {
    pieces: Vec<(Ink, String)>,
    width: usize,
}

impl Text {
    /// Text without colour.
    pub fn plain(text: &str) -> Self {
        Text::of(Ink::Plain, text)
    }

    /// Text in an ink.
    pub fn of(ink: Ink, text: &str) -> Self {
        Text::default().then(ink, text)
    }

    /// Adds text in an ink.
    #[must_use]
    pub fn then(mut self, ink: Ink, text: &str) -> Self {
        if !text.is_empty() {
            self.pieces.push((ink, visible::line(text).into_owned()));
        }
        self
    }

    /// Adds text without colour.
    #[must_use]
    pub fn and(self, text: &str) -> Self {
        self.then(Ink::Plain, text)
    }

    /// Adds text in an ink that is never broken at its spaces.
    #[must_use]
    pub fn whole(self, ink: Ink, text: &str) -> Self {
        self.then(ink, &text.replace(' ', "\u{a0}"))
    }

    /// Adds another text.
    #[must_use]
    pub fn join(mut self, other: Text) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn words(&self) -> Vec<Word> {
        let mut words = vec![Word::default()];
        for (ink, text) in &self.pieces {
            for (index, part) in text.split(' ').enumerate() {
                match words.last_mut() {
                    // `28 %` stays together.
                    Some(word) if index > 0 && is_percent(part) && word.ends_in_digit() => word.push(*ink, "\u{a0}"),
                    _ if index > 0 => words.push(Word::default()),
                    _ => {}
                }
                if let Some(word) = words.last_mut() {
                    word.push(*ink, part);
                }
            }
        }
        words.retain(|word| !word.pieces.is_empty());
        words
    }
}

impl Page {
    /// An empty page.
    pub fn new() -> Self {
        Page::default()
    }

    /// Adds a paragraph, `indent` columns from the left; its further lines hang two columns deeper.
    pub fn line(&mut self, indent: usize, text: Text) {
        self.hanging(indent, indent + 2, text);
    }

    /// Adds a paragraph whose first line begins `indent` and whose further lines begin `hang` columns from the left.
    pub fn hanging(&mut self, indent: usize, hang: usize, text: Text) {
        self.lines.push(Line { indent, hang, text });
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.hanging(0, 0, Text::default());
        }
    }

    /// Adds the lines of another page.
    pub fn append(&mut self, other: Page) {
        self.lines.extend(other.lines);
    }

    /// Adds the lines of another page, `columns` further to the right.
    pub fn append_indented(&mut self, columns: usize, other: Page) {
        self.lines.extend(other.lines.into_iter().map(|line| Line {
            indent: line.indent + columns,
            hang: line.hang + columns,
            ..line
        }));
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text for a style, each line ended. No line is longer than the style's width unless one word is.
    pub fn render(&self, style: &Style) -> String {
        let mut out = String::new();
        for line in &self.lines {
            line.render(style, &mut out);
        }
        out
    }
}

impl Word {
    fn ends_in_digit(&self) -> bool {
        self.pieces.last().is_some_and(|(_, text)| text.ends_with(|c: char| c.is_ascii_digit()))
    }

    fn push(&mut self, ink: Ink, text: &str) {
        if !text.is_empty() {
            self.width += text.width();
            self.pieces.push((ink, text.to_owned()));
        }
    }
}

/// A percent sign with what may follow it in a sentence.
fn is_percent(part: &str) -> bool {
    part.trim_end_matches([')', ',', ';', '.']) == "%"
}

impl Line {
    fn render(&self, style: &Style, out: &mut String) {
        let mut used = 0;
        for (index, word) in self.text.words().iter().enumerate() {
            if index == 0 {
                used = start(out, self.indent);
            } else if used + 1 + word.width > style.width {
                out.push('\n');
                used = start(out, self.hang);
            } else {
                out.push(' ');
                used += 1;
            }
            used += word.width;
            for (ink, text) in &word.pieces {
                out.push_str(&style.paint(*ink, &text.replace(FIXED_SPACE, " ")));
            }
        }
        out.push('\n');
    }
}

fn start(out: &mut String, columns: usize) -> usize {
    out.extend(std::iter::repeat_n(' ', columns));
    columns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(indent: usize, hang: usize, text: Text) -> Page {
        let mut page = Page::new();
        page.hanging(indent, hang, text);
        page
    }

    #[test]
    fn a_long_paragraph_hangs_below_its_first_line() {
        let text = Text::plain("why: teams/social-fr.yaml:7 runs the French seasonal campaigns");
        let shown = page(2, 7, text).render(&Style::plain(40));
        assert_eq!(shown, "  why: teams/social-fr.yaml:7 runs the\n       French seasonal campaigns\n");
    }

    #[test]
    fn a_word_longer_than_the_line_stays_whole() {
        let word = "x".repeat(60);
        let shown = page(0, 2, Text::plain(&format!("a {word} b"))).render(&Style::plain(40));
        assert_eq!(shown, format!("a\n  {word}\n  b\n"));
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let text = Text::plain("広告 広告 広告 広告 広告 広告 広告 広告 広告");
        let shown = page(0, 0, text).render(&Style::plain(40));
        let widths: Vec<usize> = shown.lines().map(|line| line.width()).collect();
        assert_eq!(widths, [39, 4]);
    }

    #[test]
    fn pieces_without_a_space_between_stay_together() {
        let text = Text::plain("0123456789012345678901234567890123 (").then(Ink::Strong, "word").and(")");
        let shown = page(0, 0, text).render(&Style::plain(40));
        assert!(shown.ends_with("\n(word)\n"), "{shown}");
    }

    #[test]
    fn whole_text_is_not_broken_and_reads_with_plain_spaces() {
        let text = Text::plain("to apply it anyway add this now:").whole(Ink::Strong, " --allow a=7");
        let shown = page(0, 2, text).render(&Style::plain(40));
        assert_eq!(shown, "to apply it anyway add this\n  now: --allow a=7\n");
    }

    #[test]
    fn a_number_and_its_percent_sign_stay_together() {
        let text = Text::plain("11 of 40 accesses of members to it (28 %); limit 5 %");
        let shown = page(0, 2, text).render(&Style::plain(40));
        assert_eq!(shown, "11 of 40 accesses of members to it\n  (28 %); limit 5 %\n");
    }

    #[test]
    fn gaps_do_not_add_up() {
        let mut page = Page::new();
        page.gap();
        page.line(0, Text::plain("a"));
        page.gap();
        page.gap();
        page.line(0, Text::plain("b"));
        assert_eq!(page.render(&Style::plain(40)), "a\n\nb\n");
    }

    #[test]
    fn colours_surround_words_and_never_spaces() {
        let shown = page(2, 2, Text::of(Ink::Loss, "a b")).render(&Style::plain(40).coloured());
        assert_eq!(shown, "  \u{1b}[31ma\u{1b}[0m \u{1b}[31mb\u{1b}[0m\n");
    }

    proptest! {
        #[test]
        fn foreign_text_brings_no_control_character_and_no_line(text in any::<String>()) {
            let shown = page(0, 2, Text::plain(&text)).render(&Style::plain(40));
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
        }

        #[test]
        fn lines_fit_and_no_word_is_lost(words in prop::collection::vec("[a-z]{1,20}", 0..40), width in 40..120usize) {
            let shown = page(4, 6, Text::plain(&words.join(" "))).render(&Style::plain(width));
            prop_assert!(shown.lines().all(|line| line.width() <= width));
            prop_assert_eq!(shown.split_whitespace().collect::<Vec<_>>(), words);
        }
    }
}
