//! Typed reading from events: every problem is collected and reading carries on behind it.

use std::borrow::Cow;

use jiff::civil::Date;

use super::events::{Event, Events};
use super::plain::Plain;
use super::scalar;
use crate::source::{At, FileId, Problem, Span, nearest};

/// Reads one file. Whoever reads asks for what it expects; what is there instead becomes a problem and is skipped.
pub struct Reader<'a> {
    pub(super) file: FileId,
    source: &'a str,
    pub(super) events: Parser<'a>,
    pub(super) peeked: Option<(Event<'a>, At)>,
    problems: Vec<Problem>,
    /// The file ended early: what is missing behind that place is not a problem of its own.
    pub(super) broken: bool,
}

/// Where the events come from.
pub(super) enum Parser<'a> {
    /// Everything YAML has.
    General(Box<Events<'a>>),
    /// The plain subset, fast.
    Plain(Plain<'a>),
    /// The plain subset was left: nothing that was read counts.
    GaveUp,
}

/// A scalar with its place.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// The text; a plain empty scalar, `~` and `null` never get here.
    pub text: Cow<'a, str>,
    /// Where it stands, with its quotes.
    pub at: At,
    /// Whether it is written without quotes.
    pub plain: bool,
}

impl<'a> Reader<'a> {
    /// A reader over the text of a file.
    pub fn new(file: FileId, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Reader::over(file, text, Parser::General(Box::new(Events::new(text))))
    }

    /// A fast reader over a file in the plain subset of YAML. Whoever uses it must ask [`Reader::holds`] when all is read, and
    /// start again with [`Reader::new`] where it doesn't.
    pub fn plain(file: FileId, text: &'a str) -> Self {
        Reader::over(file, text, Plain::new(text).map_or(Parser::GaveUp, Parser::Plain))
    }

    fn over(file: FileId, source: &'a str, events: Parser<'a>) -> Self {
        Reader { file, source, events, peeked: None, problems: Vec::new(), broken: false }
    }

    /// A place of this file as a span.
    pub fn span(&self, at: At) -> Span {
        at.span(self.file)
    }

    /// Where the letter behind `offset` others of a text stands; the text's start where its form is not followed.
    pub fn within(&self, text: &Text<'_>, offset: usize, length: usize) -> At {
        scalar::within(self.source, text.at, text.plain, offset, length)
    }

    /// Whether what was read counts: always for a reader from [`Reader::new`]; for a fast one, where the file stayed in the
    /// subset and nothing was wrong with it (so that messages come from one reader alone).
    pub fn holds(&self) -> bool {
        match self.events {
            Parser::General(_) => true,
            Parser::Plain(_) => self.problems.is_empty(),
            Parser::GaveUp => false,
        }
    }

    /// The problems found so far, in the order of the file.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Starts the next document of the file; `false` at the end.
    pub fn next_document(&mut self) -> bool {
        loop {
            match self.next().0 {
                Event::Document => return true,
                Event::End => return false,
                _ => {}
            }
        }
    }

    /// Whether the document is empty: nothing but comments.
    pub fn at_empty_document(&mut self) -> bool {
        self.at_null() || matches!(self.peek().0, Event::End | Event::Document)
    }

    /// The place of the next value.
    pub fn at(&mut self) -> At {
        self.peek().1
    }

    /// How many problems there are so far.
    pub fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Reports a problem.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports an error at a place of this file.
    pub fn error(&mut self, code: &'static str, at: At, message: impl Into<String>) -> &mut Problem {
        self.problems.push(Problem::error(code, at.span(self.file), message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Whether the next value is written as nothing: empty, `~` or `null`. Does not take it.
    pub fn at_null(&mut self) -> bool {
        let Event::Scalar { text, plain: true } = &self.peek().0 else { return false };
        text.len() <= 4 && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Takes a value that is written as nothing.
    pub fn take_null(&mut self) -> bool {
        let null = self.at_null();
        if null {
            self.next();
        }
        null
    }

    /// Whether the file ended early.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether a mapping comes next.
    pub fn at_mapping(&mut self) -> bool {
        self.peek().0 == Event::MapStart
    }

    /// Whether a list comes next.
    pub fn at_list(&mut self) -> bool {
        self.peek().0 == Event::SeqStart
    }

    /// Reads a mapping with keys of the user's: `entry` is called for each and must read the value.
    pub fn map(&mut self, what: &str, mut entry: impl FnMut(&mut Self, Text<'a>)) {
        if self.take_null() {
            return;
        }
        if self.peek().0 != Event::MapStart {
            return self.wrong(&format!("a mapping ({what})"));
        }
        self.next();
        loop {
            let (event, at) = self.next();
            match event {
                Event::MapEnd | Event::End => return,
                Event::Scalar { text, plain } => entry(self, Text { text, at, plain }),
                other => {
                    self.error("bad-key", at, format!("a key of {what} must be a word"));
                    self.skip_after(&other);
                    self.skip();
                }
            }
        }
    }

    /// Reads a list: `item` is called for each and must read the value.
    pub fn list(&mut self, what: &str, mut item: impl FnMut(&mut Self)) {
        if self.peek().0 != Event::SeqStart {
            return self.wrong(&format!("a list ({what})"));
        }
        self.next();
        while !matches!(self.peek().0, Event::SeqEnd | Event::End) {
            item(self);
        }
        self.next();
    }

    /// Reads a list, or one value in its place.
    pub fn one_or_many(&mut self, what: &str, mut item: impl FnMut(&mut Self)) {
        if self.at_list() { self.list(what, item) } else { item(self) }
    }

    /// Reads a text. Everything that is a scalar and not nothing is one; a secret is a problem.
    pub fn text(&mut self, what: &str) -> Option<Text<'a>> {
        if self.at_null() || !matches!(self.peek().0, Event::Scalar { .. }) {
            self.wrong(what);
            return None;
        }
        let (Event::Scalar { text, plain }, at) = self.next() else {
            return None;
        };
        if looks_secret(&text) {
            self.error("secret", at, "this looks like a secret, and secrets don't belong into an access repository")
                .help = Some("revoke it, then take it out of the file and of the history".to_owned());
            return None;
        }
        if is_blank(&text) {
            self.error("empty-text", at, format!("expected {what}, found an empty text"));
            return None;
        }
        Some(Text { text, at, plain })
    }

    /// Reads a platform id: digits, in quotes.
    pub fn id(&mut self, what: &str, digits: usize) -> Option<Text<'a>> {
        let id = self.text(what)?;
        if id.plain && id.text.bytes().all(|byte| byte.is_ascii_digit()) {
            let help = format!("ids are texts of digits: write \"{}\"", id.text);
            self.error("id-as-number", id.at, "an id is written as a number, and numbers lose digits").help =
                Some(help);
            return None;
        }
        if id.text.len() > digits || !id.text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.error("bad-id", id.at, format!("`{}` is not an id: expected 1 to {digits} digits in quotes", id.text));
            return None;
        }
        Some(id)
    }

    /// Reads a day.
    pub fn day(&mut self, what: &str) -> Option<Date> {
        let text = self.text(what)?;
        if text.text.len() == 10
            && let Ok(date) = text.text.parse()
        {
            return Some(date);
        }
        let message = format!("`{}` is not a day", text.text);
        self.error("bad-day", text.at, message).help =
            Some("write it as YYYY-MM-DD, for example 2027-03-31".to_owned());
        None
    }

    /// Reads `true` or `false`.
    pub fn flag(&mut self, what: &str) -> Option<bool> {
        let text = self.text(what)?;
        match text.text.as_ref() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let message = format!("`{other}` is neither `true` nor `false`");
                self.error("bad-flag", text.at, message);
                None
            }
        }
    }

    /// Reads a whole number.
    pub fn number(&mut self, what: &str) -> Option<(u32, At)> {
        let text = self.text(what)?;
        match text.text.parse() {
            Ok(number) => Some((number, text.at)),
            Err(_) => {
                self.error("bad-number", text.at, format!("`{}` is not a whole number below 4294967296", text.text));
                None
            }
        }
    }

    /// Reads one of some words; its index.
    pub fn choice(&mut self, what: &str, words: &[&'static str]) -> Option<(usize, At)> {
        let text = self.text(what)?;
        if let Some(index) = words.iter().position(|word| *word == text.text) {
            return Some((index, text.at));
        }
        self.unknown_word(what, &text, words);
        None
    }

    /// Reports a word that is none of some words.
    pub fn unknown_word(&mut self, what: &str, text: &Text<'_>, words: &[&str]) {
        let help = match nearest(&text.text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", words.join(", ")),
        };
        self.error("unknown-word", text.at, format!("`{}` is not {what}", text.text)).help = Some(help);
    }

    /// Skips the next value.
    pub fn skip(&mut self) {
        let (event, _) = self.next();
        self.skip_after(&event);
    }

    /// Reports the next value as something else than expected, and skips it.
    pub fn wrong(&mut self, expected: &str) {
        let (event, at) = self.next();
        let found = match &event {
            Event::Scalar { text, plain: true } if text.is_empty() => "nothing".to_owned(),
            Event::Scalar { text, .. } => format!("`{}`", shortened(text)),
            Event::SeqStart => "a list".to_owned(),
            Event::MapStart => "a mapping".to_owned(),
            _ => "the end".to_owned(),
        };
        if event != Event::End {
            self.error("wrong-kind", at, format!("expected {expected}, found {found}"));
        }
        self.skip_after(&event);
    }

    pub(super) fn skip_after(&mut self, event: &Event<'a>) {
        let mut depth = usize::from(matches!(event, Event::SeqStart | Event::MapStart));
        while depth > 0 {
            match self.next().0 {
                Event::SeqStart | Event::MapStart => depth += 1,
                Event::SeqEnd | Event::MapEnd => depth -= 1,
                Event::End => return,
                _ => {}
            }
        }
    }

    pub(super) fn peek(&mut self) -> &(Event<'a>, At) {
        if self.peeked.is_none() {
            let next = self.pull();
            self.peeked = Some(next);
        }
        self.peeked.get_or_insert((Event::End, At::new(1, 1, 1)))
    }

    pub(super) fn next(&mut self) -> (Event<'a>, At) {
        match self.peeked.take() {
            Some(event) => event,
            None => self.pull(),
        }
    }

    fn pull(&mut self) -> (Event<'a>, At) {
        let next = match &mut self.events {
            Parser::General(events) => events.next(),
            Parser::Plain(events) => match events.next() {
                Ok(event) => return event,
                Err(_) => {
                    self.events = Parser::GaveUp;
                    return (Event::End, At::new(1, 1, 1));
                }
            },
            Parser::GaveUp => return (Event::End, At::new(1, 1, 1)),
        };
        match next {
            Ok(event) => event,
            Err(broken) => {
                let problem = self.error(broken.code, broken.at, broken.message);
                problem.help = broken.help.map(str::to_owned);
                self.broken = true;
                (Event::End, broken.at)
            }
        }
    }
}

/// Whether a text has nothing but spaces; the first letter nearly always tells.
fn is_blank(text: &str) -> bool {
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    text.chars().take(37).chain("...".chars()).collect()
}

/// Prefixes of tokens that services give out, and of private keys.
const SECRETS: [&str; 9] =
    ["pina_", "pinr_", "ghp_", "github_pat_", "glpat-", "xoxb-", "AKIA", "eyJhbGciOi", "-----BEGIN "];

/// Whether a text looks like a token or a private key. Such a text is refused wherever it stands.
pub fn looks_secret(text: &str) -> bool {
    // Nearly all texts differ in the first letter from all of them.
    text.len() >= 16
        && SECRETS.iter().any(|prefix| text.as_bytes()[0] == prefix.as_bytes()[0] && text.starts_with(prefix))
}
