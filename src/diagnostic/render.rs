//! Problems as compilers print them: the message, the place, the line with the place underlined, and how to mend it.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level as Heading, Origin, Renderer, Snippet};

use super::source::{Quote, Source};
use crate::source::{FileId, Files, Level, Pos, Problem, Span};
use crate::terminal::{Style, visible};

/// Two places in one file are shown in one excerpt where they are no further apart.
const NEAR: u32 = 30;

/// Something located, on its way to the reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message<'a> {
    /// How bad it is.
    pub level: Level,
    /// The stable name of its kind.
    pub code: &'a str,
    /// One sentence.
    pub message: &'a str,
    /// The place.
    pub span: Option<Span>,
    /// What is at the place.
    pub label: Option<&'a str>,
    /// Other places with what is there.
    pub related: Vec<(Span, &'a str)>,
    /// What else there is to say, each with a word before it (`path`).
    pub notes: Vec<(&'static str, String)>,
    /// How to mend it.
    pub help: Option<&'a str>,
}

impl<'a> From<&'a Problem> for Message<'a> {
    fn from(problem: &'a Problem) -> Self {
        let Problem { span, level, code, message, label, related, help } = problem;
        Message {
            level: *level,
            code,
            message,
            span: *span,
            label: label.as_deref(),
            related: related.iter().map(|related| (related.span, related.label.as_str())).collect(),
            notes: Vec::new(),
            help: help.as_deref(),
        }
    }
}

/// Renders problems in the order given, an empty line after each.
///
/// `text_of` reads a file again. Where it is gone, or has changed so that the place no longer exists, only the place is named.
pub fn render(
    problems: &[Problem],
    files: &Files,
    text_of: &dyn Fn(FileId) -> Option<String>,
    style: &Style,
) -> String {
    let messages: Vec<Message<'_>> = problems.iter().map(Message::from).collect();
    render_messages(&messages, files, text_of, style)
}

/// Renders messages like [`render`].
pub fn render_messages(
    messages: &[Message<'_>],
    files: &Files,
    text_of: &dyn Fn(FileId) -> Option<String>,
    style: &Style,
) -> String {
    let mut quotes = Quotes { text_of, sources: BTreeMap::new(), width: style.width };
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() }.term_width(style.width);
    let mut out = String::new();
    for message in messages {
        out.push_str(&renderer.render(&[group(message, files, &mut quotes, style)]));
        out.push_str("\n\n");
    }
    out
}

fn group<'a>(problem: &Message<'a>, files: &Files, quotes: &mut Quotes<'_>, style: &Style) -> Group<'a> {
    let heading = match problem.level {
        Level::Error => Heading::ERROR,
        Level::Warning => Heading::WARNING,
        Level::Note => Heading::NOTE,
    };
    let title = heading.primary_title(safe(problem.message));
    let mut group = Group::with_title(title.id(problem.code));
    for excerpt in excerpts(problem) {
        quotes.keep_only(problem.span);
        group = group.elements(excerpt.elements(files, quotes));
    }
    for (name, note) in &problem.notes {
        group = group.element(Heading::NOTE.with_name(*name).message(wrapped(note, name, style)));
    }
    if let Some(help) = problem.help {
        group = group.element(Heading::HELP.message(wrapped(help, "help", style)));
    }
    group
}

/// The places of one problem that are shown together, the first one leading.
struct Excerpt<'a> {
    places: Vec<Marked<'a>>,
}

/// A place with what is said about it.
#[derive(Clone, Copy)]
struct Marked<'a> {
    span: Span,
    label: Option<&'a str>,
    primary: bool,
}

/// The primary place with those near it in the same file; every other one by itself.
fn excerpts<'a>(problem: &Message<'a>) -> Vec<Excerpt<'a>> {
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    let primary = problem.span.map(|span| Marked { span, label: problem.label, primary: true });
    let related =
        problem.related.iter().map(|(span, label)| Marked { span: *span, label: Some(label), primary: false });
    for place in primary.into_iter().chain(related) {
        match excerpts.first_mut() {
            Some(excerpt) if excerpt.is_near(place.span.start) => excerpt.places.push(place),
            _ => excerpts.push(Excerpt { places: vec![place] }),
        }
    }
    excerpts
}

impl Excerpt<'_> {
    fn is_near(&self, pos: Pos) -> bool {
        self.places.first().is_some_and(|first| {
            let start = first.span.start;
            start.file == pos.file && start.line.abs_diff(pos.line) <= NEAR
        })
    }

    /// One snippet from the first of the lines to the last; only the place where the text can't be read.
    fn elements<'b>(&self, files: &Files, quotes: &mut Quotes<'_>) -> Vec<Element<'b>> {
        match self.snippet(files, quotes) {
            Some(snippet) => vec![snippet.into()],
            None => self.places.iter().flat_map(|place| place.unread(files)).collect(),
        }
    }

    fn snippet<'b>(&self, files: &Files, quotes: &mut Quotes<'_>) -> Option<Snippet<'b, Annotation<'b>>> {
        let file = self.places.first()?.span.start.file;
        let lines = || self.places.iter().map(|place| place.span.start.line);
        let (first, last) = (lines().min()?, lines().max()?);
        let mut text = String::new();
        let mut annotations = Vec::new();
        for line in first..=last {
            let mut shown = quotes.line(file, line)?;
            for place in self.places.iter().filter(|place| place.span.start.line == line) {
                let quote = quotes.place(place.span)?;
                let range = quote.place.start + text.len()..quote.place.end + text.len();
                annotations.push(place.kind().span(range).label(place.label.map(safe)));
                // Each quote is a beginning of the line; the longest holds all places.
                if quote.text.len() > shown.len() {
                    shown = quote.text;
                }
            }
            text.push_str(&shown);
            text.push('\n');
        }
        let snippet = Snippet::source(text).path(safe(files.path(file)));
        let snippet = snippet.line_start(usize::try_from(first).ok()?);
        Some(snippet.annotations(annotations))
    }
}

impl Marked<'_> {
    /// A place whose text can't be read.
    fn unread<'b>(&self, files: &Files) -> Vec<Element<'b>> {
        let start = self.span.start;
        let origin = Origin::path(safe(files.path(start.file)))
            .line(usize::try_from(start.line).unwrap_or(usize::MAX))
            .char_column(usize::from(start.column));
        let label = self.label.map(|label| Heading::NOTE.message(safe(label)).into());
        [origin.into()].into_iter().chain(label).collect()
    }

    fn kind(&self) -> AnnotationKind {
        if self.primary { AnnotationKind::Primary } else { AnnotationKind::Context }
    }
}

/// Reads files again, each once as long as problems of one file follow each other.
struct Quotes<'a> {
    text_of: &'a dyn Fn(FileId) -> Option<String>,
    sources: BTreeMap<FileId, Option<Source>>,
    width: usize,
}

impl Quotes<'_> {
    /// Forgets the texts of all files but the one of this place, so that a large repository is never held in memory.
    fn keep_only(&mut self, span: Option<Span>) {
        let file = span.map(|span| span.start.file);
        if file.is_some_and(|file| !self.sources.contains_key(&file)) {
            self.sources.clear();
        }
    }

    /// The line of a place.
    fn place(&mut self, span: Span) -> Option<Quote> {
        let Pos { file, column, line } = span.start;
        let width = self.width;
        let length = usize::try_from(span.length).unwrap_or(usize::MAX);
        Quote::new(self.source(file)?.line(line)?, usize::from(column), length, width)
    }

    /// The beginning of a line.
    fn line(&mut self, file: FileId, line: u32) -> Option<String> {
        let width = self.width;
        let quote = Quote::new(self.source(file)?.line(line)?, 1, 1, width);
        quote.map(|quote| quote.text)
    }

    fn source(&mut self, file: FileId) -> Option<&Source> {
        let text_of = self.text_of;
        self.sources.entry(file).or_insert_with(|| text_of(file).map(Source::new)).as_ref()
    }
}

fn safe(text: &str) -> String {
    visible::line(text).into_owned()
}

/// Help may be long: its lines are broken here, and the crate indents them.
fn wrapped(help: &str, name: &str, style: &Style) -> String {
    let before = "     = : ".len() + name.len();
    let mut page = crate::terminal::Page::new();
    page.hanging(0, 0, crate::terminal::Text::plain(help));
    let width = style.width.saturating_sub(before);
    page.render(&Style { colour: false, width }).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOT: &str = "version: 1\nbusinesses:\n  acme: { platform: pinterest, mode: enforce }\n";
    const TEAM: &str = "teams:\r
  social:\r
    members:\r
      - bo@acme.example\r
      - cy@acme.example\r
      - BO@acme.example\r
    reson: \u{1b}[31mx\u{9b}0m\t広告 yes\r
";

    fn at(file: u16, line: usize, column: usize, length: usize) -> Span {
        Pos::new(FileId(file), line, column).span(length)
    }

    fn shown(problem: Problem) -> String {
        let paths = ["accord.yaml", "long.yaml", "teams/social.yaml"];
        let files = Files::new(paths.map(str::to_owned).to_vec());
        let text_of = |file: FileId| match file {
            FileId(0) => Some(ROOT.to_owned()),
            FileId(1) => Some(format!("{}HERE{}", "a ".repeat(300), "b".repeat(600))),
            FileId(2) => Some(TEAM.to_owned()),
            _ => None,
        };
        render(&[problem], &files, &text_of, &Style::plain(80))
    }

    #[test]
    fn the_place_is_underlined_and_labelled() {
        let problem = Problem::error("unknown-key", at(2, 7, 5, 5), "`reson` is no key of a team")
            .label("unknown key")
            .help("did you mean `reason`?");
        let expected = "\
error[unknown-key]: `reson` is no key of a team
 --> teams/social.yaml:7:5
  |
7 |     reson: ␛[31mx�0m    広告 yes
  |     ^^^^^ unknown key
  |
  = help: did you mean `reason`?

";
        assert_eq!(shown(problem), expected);
    }

    #[test]
    fn a_near_place_of_the_same_file_is_in_the_same_excerpt() {
        let problem = Problem::error("duplicate-member", at(2, 6, 9, 15), "named twice")
            .label("again here")
            .related(at(2, 4, 9, 15), "first named here");
        let expected = "\
error[duplicate-member]: named twice
 --> teams/social.yaml:6:9
  |
4 |       - bo@acme.example
  |         --------------- first named here
5 |       - cy@acme.example
6 |       - BO@acme.example
  |         ^^^^^^^^^^^^^^^ again here

";
        assert_eq!(shown(problem), expected);
    }

    #[test]
    fn a_place_in_another_file_has_its_own_excerpt() {
        let problem = Problem::warning("odd", at(2, 4, 9, 2), "odd").related(at(0, 3, 3, 4), "the business");
        let text = shown(problem);
        assert!(text.starts_with("warning[odd]: odd\n --> teams/social.yaml:4:9\n"), "{text}");
        let second =
            " ::: accord.yaml:3:3\n  |\n3 |   acme: { platform: pinterest, mode: enforce }\n  |   ---- the business\n";
        assert!(text.contains(second), "{text}");
    }

    #[test]
    fn wide_characters_and_tabs_are_underlined_over_their_width() {
        let text = shown(Problem::error("wide", at(2, 7, 22, 2), "wide"));
        let line = text.lines().find(|line| line.starts_with('7')).expect("the line is quoted");
        let marks = text.lines().find(|line| line.contains('^')).expect("the place is underlined");
        assert_eq!(marks.trim_start_matches(['|', ' ']), "^^^^");
        let (before, _) = line.split_once('広').expect("the line is quoted");
        // `␛` and `�` take one column each; the tab four.
        assert_eq!(marks.find('^'), Some(before.chars().count()));
        assert!(text.contains("teams/social.yaml:7:22"), "{text}");
    }

    #[test]
    fn a_text_that_is_gone_or_changed_leaves_the_place() {
        for span in [at(9, 1, 1, 1), at(2, 99, 1, 1), at(2, 1, 50, 1)] {
            let text = shown(Problem::error("gone", span, "gone").label("what was here"));
            let place = format!(":{}:{}\n", span.start.line, span.start.column);
            assert!(text.contains(&place), "{text}");
            assert!(text.contains("note: what was here"), "{text}");
            assert!(!text.contains('^'), "{text}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = shown(Problem::error("long", at(1, 1, 601, 4), "long").label("here"));
        assert!(text.contains("long.yaml:1:601"), "{text}");
        assert!(text.contains(" HEREb") && text.contains("^^^^ here"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 84), "{text}");
        assert!(text.contains("1 | ...a") || text.contains("1 | ... a"), "{text}");
    }

    #[test]
    fn no_place_needs_no_place() {
        let problem = Problem::unplaced("no-root", "there is no `accord.yaml` here").help("run `accord init`");
        let text = shown(problem);
        assert!(text.starts_with("error[no-root]: there is no `accord.yaml` here\n"), "{text}");
        assert!(text.contains("help: run `accord init`"), "{text}");
    }

    #[test]
    fn long_help_is_wrapped() {
        let text = shown(Problem::unplaced("x", "x").help("word ".repeat(40)));
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert_eq!(text.matches("word").count(), 40);
    }

    #[test]
    fn colours_only_when_asked() {
        let files = Files::new(vec!["a.yaml".to_owned()]);
        let problem = Problem::error("x", at(0, 1, 1, 1), "m");
        let text_of = |_| Some("a: b".to_owned());
        let style = Style::plain(80);
        assert!(!render(std::slice::from_ref(&problem), &files, &text_of, &style).contains('\u{1b}'));
        assert!(render(&[problem], &files, &text_of, &style.coloured()).contains('\u{1b}'));
    }

    #[test]
    fn a_file_is_read_once_for_all_its_problems() {
        let files = Files::new(vec!["a.yaml".to_owned(), "b.yaml".to_owned()]);
        let reads = std::cell::RefCell::new(Vec::new());
        let text_of = |file: FileId| {
            reads.borrow_mut().push(file.0);
            Some("a: b\nc: d\n".to_owned())
        };
        let problems = [at(0, 1, 1, 1), at(0, 2, 1, 1), at(1, 1, 1, 1), at(1, 2, 1, 1)];
        let problems = problems.map(|span| Problem::error("x", span, "m"));
        render(&problems, &files, &text_of, &Style::plain(80));
        assert_eq!(*reads.borrow(), [0, 1]);
    }

    proptest! {
        #[test]
        fn hostile_text_never_reaches_the_terminal(
            file in any::<String>(),
            path in any::<String>(),
            message in any::<String>(),
            label in any::<String>(),
            help in any::<String>(),
            (line, column, length) in (1usize..4, 1usize..30, 1usize..30),
        ) {
            let files = Files::new(vec![path]);
            let problem = Problem::error("x", at(0, line, column, length), message)
                .label(label.clone())
                .related(at(0, 1, 1, 1), label)
                .help(help);
            let text = render(&[problem], &files, &|_| Some(file.clone()), &Style::plain(80));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
        }
    }
}
