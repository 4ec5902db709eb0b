//! How text is dressed: a width and whether colours are wanted. Plain data, decided once and handed down.

use anstyle::{AnsiColor, Effects};

/// Columns where no terminal tells: wide enough for a sentence, and what a CI log shows without scrolling.
pub const DEFAULT_WIDTH: usize = 100;

/// Prose is hard to read on longer lines, however wide the terminal is.
pub const MAX_WIDTH: usize = 120;

/// Below this nothing can be laid out.
pub const MIN_WIDTH: usize = 40;

/// How to dress text for one stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether escape sequences for colour may be written.
    pub colour: bool,
    /// Columns to fill, between [`MIN_WIDTH`] and [`MAX_WIDTH`].
    pub width: usize,
}

/// What a piece of text is, which decides its colour. A colour never says anything that words or symbols don't.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Ink {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading or a name.
    Strong,
    /// Of less weight: places, ids.
    Dim,
    /// Something is given.
    Gain,
    /// Something is taken away.
    Loss,
    /// Something becomes different.
    Change,
    /// Refused, failed, dangerous.
    Alarm,
    /// Deserves a second look.
    Caution,
}

impl Style {
    /// Without colour, `width` columns wide (brought into the range that can be laid out).
    pub fn plain(width: usize) -> Self {
        Style { colour: false, width: width.clamp(MIN_WIDTH, MAX_WIDTH) }
    }

    /// The same width with colour.
    #[must_use]
    pub fn coloured(self) -> Self {
        Style { colour: true, ..self }
    }

    /// `text` in the colour of `ink`; unchanged where colours are not wanted. The text itself must hold no escape sequences.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        let style = ink.style();
        if !self.colour || style.is_plain() || text.is_empty() {
            return text.to_owned();
        }
        format!("{style}{text}{style:#}")
    }
}

impl Default for Style {
    fn default() -> Self {
        Style::plain(DEFAULT_WIDTH)
    }
}

impl Ink {
    /// The terminal style. Only the sixteen basic colours, which every colour scheme keeps readable.
    pub fn style(self) -> anstyle::Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match self {
            Ink::Plain => anstyle::Style::new(),
            Ink::Strong => anstyle::Style::new().effects(Effects::BOLD),
            Ink::Dim => anstyle::Style::new().effects(Effects::DIMMED),
            Ink::Gain => colour(AnsiColor::Green),
            Ink::Loss => colour(AnsiColor::Red),
            Ink::Change => colour(AnsiColor::Cyan),
            Ink::Alarm => colour(AnsiColor::Red).effects(Effects::BOLD),
            Ink::Caution => colour(AnsiColor::Yellow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_text_stays_as_it_is() {
        assert_eq!(Style::plain(80).paint(Ink::Alarm, "refused"), "refused");
    }

    #[test]
    fn with_colour_the_style_is_closed_again() {
        let painted = Style::plain(80).coloured().paint(Ink::Loss, "gone");
        assert!(painted.starts_with("\u{1b}[31m"), "{painted:?}");
        assert!(painted.ends_with("\u{1b}[0m"), "{painted:?}");
        assert!(painted.contains("gone"));
    }

    #[test]
    fn plain_ink_and_empty_text_cost_no_escape_sequence() {
        let style = Style::plain(80).coloured();
        assert_eq!(style.paint(Ink::Plain, "text"), "text");
        assert_eq!(style.paint(Ink::Alarm, ""), "");
    }

    #[test]
    fn widths_are_brought_into_range() {
        assert_eq!(Style::plain(3).width, MIN_WIDTH);
        assert_eq!(Style::plain(400).width, MAX_WIDTH);
        assert_eq!(Style::plain(80).width, 80);
    }
}
