//! What every verb has at hand: its options, the two streams, and the words for how a run ended.
#![expect(clippy::disallowed_methods, reason = "asks for the number of cores and where messages go")]

use std::error::Error;
use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::JsonSchema;
use serde::Serialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::terminal::{Colour, Ink, Page, Terminal, Text};

/// Options of every verb.
#[derive(clap::Args, Debug, Default)]
#[command(next_help_heading = "Options of every verb")]
pub struct Global {
    /// Write how the run ended to FILE, as JSON, also when it fails; an older result there is removed first
    #[arg(long, value_name = "FILE", global = true)]
    pub result: Option<PathBuf>,
    /// Colour in what is printed
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, value_parser = colours())]
    pub color: Colour,
    /// Tell on stderr what happens and how long it takes; twice for more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// How many threads to use [default: one for each core]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u8).range(1..))]
    pub threads: Option<u8>,
}

/// What a verb has at hand while it runs.
pub struct Session {
    /// The two streams.
    pub terminal: Terminal,
    /// How many threads to use, at least 1.
    pub threads: usize,
    /// Where the result goes.
    pub result: Option<PathBuf>,
    /// The whole command line as data, for completions.
    pub command: fn() -> clap::Command,
}

impl Session {
    /// Looks at the terminal and the machine, and starts to tell what happens where that is wanted.
    pub fn new(global: Global, command: fn() -> clap::Command) -> Self {
        let terminal = Terminal::new(global.color);
        trace(global.verbose, terminal.err().colour);
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        Session { terminal, threads: global.threads.map_or_else(cores, usize::from), result: global.result, command }
    }

    /// Prints to standard output.
    ///
    /// # Errors
    /// Where it can't be written, other than because the reader has seen enough.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.terminal.print(text).map_err(|error| Failure::of("can't write to standard output", &error))
    }

    /// Prints one sentence to standard error: what was done.
    pub fn say(&self, sentence: &str) {
        let mut page = Page::new();
        page.line(0, Text::plain(sentence));
        self.terminal.report(&page.render(&self.terminal.err()));
    }

    /// Prints one sentence that deserves a second look to standard error.
    pub fn warn(&self, sentence: &str) {
        let mut page = Page::new();
        let text = Text::of(Ink::Caution, "warning:").and(" ").and(sentence);
        page.hanging(0, 9, text);
        self.terminal.report(&page.render(&self.terminal.err()));
    }

    /// Prints an error with its causes and its help to standard error.
    pub fn complain(&self, failure: &Failure) {
        let Failure { status: _, message, causes, help } = failure;
        let mut page = Page::new();
        let error = Text::of(Ink::Alarm, "error:").and(" ").and(message);
        page.hanging(0, 7, error);
        for cause in causes {
            page.hanging(2, 4, Text::plain("because: ").and(cause));
        }
        for help in help {
            page.hanging(0, 6, Text::of(Ink::Change, "help:").and(" ").and(help));
        }
        self.terminal.report(&page.render(&self.terminal.err()));
    }
}

/// How a run ended; the numbers are exit codes and never change their meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All is well.
    Ok,
    /// It could not be done; nothing was written.
    Error,
    /// Two things that were compared differ.
    Differs,
    /// A guard refused.
    Refused,
    /// The plan, the snapshot or the lock is not what it was.
    Stale,
    /// Some of it was done; the journal tells what.
    PartlyApplied,
    /// The command line makes no sense.
    Usage,
    /// Stopped by SIGINT; the journal is consistent.
    Interrupted,
    /// Stopped by SIGTERM; the journal is consistent.
    Terminated,
}

impl Status {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Status::Ok => 0,
            Status::Error => 1,
            Status::Differs => 2,
            Status::Refused => 3,
            Status::Stale => 4,
            Status::PartlyApplied => 5,
            Status::Usage => 64,
            Status::Interrupted => 130,
            Status::Terminated => 143,
        }
    }
}

/// Why a run ended without doing what was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The exit code it leads to.
    pub status: Status,
    /// One sentence.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// What can be done about it.
    pub help: Vec<String>,
}

impl Failure {
    /// A failure without a deeper cause.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Failure { status, message: message.into(), causes: Vec::new(), help: Vec::new() }
    }

    /// An error under a message of its own.
    pub fn of(message: impl Into<String>, error: &(dyn Error + 'static)) -> Self {
        Failure { causes: chain(Some(error)), ..Failure::new(Status::Error, message) }
    }

    /// An error that speaks for itself.
    pub fn from_error(error: &(dyn Error + 'static)) -> Self {
        Failure { causes: chain(error.source()), ..Failure::new(Status::Error, text(error)) }
    }

    /// With another exit code.
    #[must_use]
    pub fn status(self, status: Status) -> Self {
        Failure { status, ..self }
    }

    /// Says what can be done about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// What came of a verb that ran to its end.
pub struct Report<S> {
    /// The exit code.
    pub status: Status,
    /// What the result file tells.
    pub summary: S,
    /// Why the status isn't ok, where that has to be said.
    pub failure: Option<Failure>,
}

impl<S> Report<S> {
    /// All is well.
    pub fn ok(summary: S) -> Self {
        Report::ended(Status::Ok, summary)
    }

    /// Ended like this, and the output has said why.
    pub fn ended(status: Status, summary: S) -> Self {
        Report { status, summary, failure: None }
    }

    /// With another summary.
    pub fn map<T>(self, to: impl FnOnce(S) -> T) -> Report<T> {
        Report { status: self.status, summary: to(self.summary), failure: self.failure }
    }

    /// Failed, with something to tell nevertheless.
    pub fn failed(failure: Failure, summary: S) -> Self {
        Report { status: failure.status, summary, failure: Some(failure) }
    }
}

/// The causes, without those that only repeat the end of the one before.
fn chain(mut error: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    while let Some(cause) = error {
        let text = text(cause);
        if causes.last().is_none_or(|last| !last.ends_with(&text)) {
            causes.push(text);
        }
        error = cause.source();
    }
    causes
}

/// The text of an error; for errors of the system without its number, which says nothing to people.
fn text(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    let Some(error) = error.downcast_ref::<io::Error>() else {
        return text;
    };
    let number = error.raw_os_error().map(|code| format!(" (os error {code})"));
    let text = number.map_or(text.as_str(), |number| text.trim_end_matches(&number)).to_owned();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or(text)
}

/// The words of `--color` without a line of help each, which would double the length of every help text.
fn colours() -> impl TypedValueParser<Value = Colour> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|word| match word.as_str() {
        "always" => Colour::Always,
        "never" => Colour::Never,
        _ => Colour::Auto,
    })
}

/// Events of the program, written to standard error: `-v`, or what `ACCORD_LOG` says.
fn trace(verbose: u8, colour: bool) {
    let level = match verbose {
        0 => "off",
        1 => "accord=info",
        2 => "accord=debug",
        _ => "accord=trace",
    };
    let wanted = std::env::var("ACCORD_LOG").ok().filter(|_| verbose == 0);
    let filter = EnvFilter::new(wanted.as_deref().unwrap_or(level));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .with_span_events(FmtSpan::CLOSE)
        // No time of day, but how long a span took.
        .with_timer(())
        .finish();
    // Tests run several sessions in one process; the first one's choice holds.
    drop(tracing::subscriber::set_global_default(subscriber));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("can't read the roster")]
    struct Outer(#[source] io::Error);

    #[test]
    fn causes_follow_each_other_without_numbers() {
        let missing = io::Error::from_raw_os_error(2);
        let failure = Failure::of("can't plan", &Outer(missing));
        assert_eq!(failure.causes, ["can't read the roster", "no such file or directory"]);
    }

    #[test]
    fn exit_codes_are_for_ever() {
        use Status::*;
        let all = [Ok, Error, Differs, Refused, Stale, PartlyApplied, Usage, Interrupted, Terminated];
        assert_eq!(all.map(Status::code), [0, 1, 2, 3, 4, 5, 64, 130, 143]);
    }
}
