//! The terminal: whether colour is wanted, how wide it is, text laid out for it, and writing to it.
//!
//! Everything that leaves accord goes through here or into a file. Reports are [`Page`]s made elsewhere, rendered for a
//! [`Style`]; `style`, `page`, `prose` and `visible` are pure.
#![expect(
    clippy::disallowed_methods,
    reason = "writes to the standard streams, asks what they are, and paces the progress line by the clock"
)]

mod page;
mod progress;
pub mod prose;
mod style;
pub mod visible;

use std::io::{self, Write};

use anstream::AutoStream;

pub use page::{Page, Text, unbroken};
pub use progress::Progress;
pub use style::{DEFAULT_WIDTH, Ink, MAX_WIDTH, MIN_WIDTH, Style};

/// `--color`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Colour {
    /// Where the stream is a terminal that takes it; `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are heard.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams, each with its style.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    out: Style,
    err: Style,
}

impl Terminal {
    /// Looks at the environment and the two streams.
    pub fn new(colour: Colour) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        Terminal {
            out: Style {
                colour: colour.wanted(AutoStream::choice(&out)),
                ..Style::plain(width(terminal_size::terminal_size_of(&out)))
            },
            err: Style {
                colour: colour.wanted(AutoStream::choice(&err)),
                ..Style::plain(width(terminal_size::terminal_size_of(&err)))
            },
        }
    }

    /// The style for reports on standard output.
    pub fn out(&self) -> Style {
        self.out
    }

    /// The style for messages on standard error.
    pub fn err(&self) -> Style {
        self.err
    }

    /// Writes a report to standard output.
    ///
    /// A reader that has seen enough (`| head`) is no error: the rest is dropped and the verb goes on to its own exit code.
    ///
    /// # Errors
    /// Where the stream can't be written for another reason, such as a full disk behind a redirection.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), choice(self.out.colour));
        until_closed(write_all(&mut stream, text))
    }

    /// Writes messages to standard error. Where even that is impossible nobody is left to be told.
    pub fn report(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), choice(self.err.colour));
        let _ = write_all(&mut stream, text);
    }
}

impl Colour {
    /// Whether to colour, given what the stream and the environment suggest.
    fn wanted(self, suggested: anstream::ColorChoice) -> bool {
        match self {
            Colour::Auto => suggested != anstream::ColorChoice::Never,
            Colour::Always => true,
            Colour::Never => false,
        }
    }
}

fn choice(colour: bool) -> anstream::ColorChoice {
    if colour { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never }
}

/// The width of the terminal, else [`DEFAULT_WIDTH`].
fn width(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    match size {
        Some((terminal_size::Width(columns), _)) if columns > 0 => usize::from(columns),
        _ => DEFAULT_WIDTH,
    }
}

fn write_all(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

fn until_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use anstream::ColorChoice;

    use super::*;

    /// A stream whose reader has gone away, or whose disk is full.
    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_error() {
        let result = write_all(&mut Broken(io::ErrorKind::BrokenPipe), "text");
        assert!(until_closed(result).is_ok());
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let result = write_all(&mut Broken(io::ErrorKind::StorageFull), "text");
        let kind = until_closed(result).map_err(|error| error.kind());
        assert_eq!(kind, Err(io::ErrorKind::StorageFull));
    }

    #[test]
    fn the_users_word_on_colour_wins_over_the_stream() {
        assert!(Colour::Always.wanted(ColorChoice::Never));
        assert!(!Colour::Never.wanted(ColorChoice::Always));
        assert!(Colour::Auto.wanted(ColorChoice::Always));
        assert!(!Colour::Auto.wanted(ColorChoice::Never));
    }

    #[test]
    fn a_stream_of_unknown_width_gets_the_default() {
        assert_eq!(width(None), DEFAULT_WIDTH);
        let size = (terminal_size::Width(0), terminal_size::Height(0));
        assert_eq!(width(Some(size)), DEFAULT_WIDTH);
        let size = (terminal_size::Width(72), terminal_size::Height(20));
        assert_eq!(width(Some(size)), 72);
    }
}
