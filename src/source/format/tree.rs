//! What formatting has to know of a text: its nodes and its comments, each with the characters it covers.

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::FormatError;

/// Deeper nesting is refused: the printer recurses.
pub(super) const MAX_DEPTH: usize = 64;

/// A text and its nodes. Ranges count characters.
pub(super) struct Tree<'t> {
    text: &'t str,
    /// Byte offset of every character; empty where all are one byte long.
    offsets: Vec<usize>,
    /// Everything the parser says, in order.
    pub nodes: Vec<Node<'t>>,
    /// In order.
    pub comments: Vec<Comment<'t>>,
    collections: Vec<Collection>,
}

/// An event of the parser.
pub(super) struct Node<'t> {
    pub range: Range<usize>,
    pub line: usize,
    pub what: What<'t>,
}

/// What an event says, without its place.
#[derive(PartialEq, Eq)]
pub(super) enum What<'t> {
    Document,
    /// A tag and an anchor may stand before a node.
    Mapping(String, usize),
    Sequence(String, usize),
    End,
    Alias(usize),
    Scalar(Scalar<'t>),
}

/// A scalar.
#[derive(PartialEq, Eq)]
pub(super) struct Scalar<'t> {
    pub text: Cow<'t, str>,
    pub style: Style,
    pub tag: String,
    pub anchor: usize,
}

/// Single and double quotes mean the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// A number without quotes as the value of `id`, which formatting puts into quotes.
    PlainId,
    Quoted,
    Block,
}

/// A comment, from its `#` to the end of its line.
pub(super) struct Comment<'t> {
    pub range: Range<usize>,
    pub line: usize,
    pub text: &'t str,
}

/// A flow collection that stands in a block.
pub(super) struct Collection {
    pub range: Range<usize>,
    pub mapping: bool,
    /// Key and value; a sequence has no keys.
    pub entries: Vec<[Range<usize>; 2]>,
    /// Column from 0 at which the surrounding block stands.
    pub indent: usize,
    /// Column from 1 of its closing bracket.
    pub last_column: usize,
    pub lines: usize,
    /// Whether it means the same as a block: no anchors, tags or texts over several lines inside.
    pub movable: bool,
}

/// A number without quotes.
pub(super) struct PlainId<'t> {
    pub range: &'t Range<usize>,
    pub text: &'t str,
}

impl<'t> Tree<'t> {
    pub fn read(text: &'t str) -> Result<Self, FormatError> {
        let mut tree =
            Tree { text, offsets: offsets(text), nodes: Vec::new(), comments: Vec::new(), collections: Vec::new() };
        let mut open = Open::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| syntax(&error))?;
            tree.event(event, &span, &mut open)?;
        }
        tree.comments = tree.find_comments();
        Ok(tree)
    }

    pub fn slice(&self, range: &Range<usize>) -> Cow<'t, str> {
        let text = self.raw(range.clone());
        if text.contains('\n') {
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            return Cow::Owned(lines.join(" "));
        }
        Cow::Borrowed(text.trim())
    }

    pub fn plain_ids(&self) -> impl Iterator<Item = PlainId<'_>> {
        self.nodes.iter().filter_map(|node| match &node.what {
            What::Scalar(scalar) if scalar.style == Style::PlainId => {
                Some(PlainId { range: &node.range, text: &scalar.text })
            }
            _ => None,
        })
    }

    /// Flow collections that stand directly in a block.
    pub fn flow_collections(&self) -> impl Iterator<Item = &Collection> {
        self.collections.iter()
    }

    pub fn has_comment_in(&self, range: &Range<usize>) -> bool {
        let first = self.comments.partition_point(|comment| comment.range.start < range.start);
        self.comments.get(first).is_some_and(|comment| comment.range.start < range.end)
    }

    fn event(&mut self, event: Event<'t>, span: &Span, open: &mut Open) -> Result<(), FormatError> {
        let what = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {
                return Ok(());
            }
            Event::DocumentStart(_) => What::Document,
            Event::Alias(anchor) => What::Alias(anchor),
            Event::Scalar(text, style, anchor, tag) => What::Scalar(Scalar {
                style: open.style(style, &text),
                text,
                anchor,
                tag: tag.map(|tag| tag.to_string()).unwrap_or_default(),
            }),
            Event::SequenceStart(anchor, tag) => {
                What::Sequence(tag.map(|tag| tag.to_string()).unwrap_or_default(), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                What::Mapping(tag.map(|tag| tag.to_string()).unwrap_or_default(), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => What::End,
        };
        let mut place = Place::of(span);
        if let What::Scalar(Scalar { style: Style::Quoted, .. }) = what {
            place.range.end = place.range.start + quoted_length(self.raw(place.range.clone()));
        }
        match &what {
            What::Document => {}
            What::Mapping(tag, anchor) | What::Sequence(tag, anchor) => {
                let bare = tag.is_empty() && *anchor == 0;
                let flow = self.is_flow(&place.range, bare);
                let mapping = matches!(what, What::Mapping(..));
                open.start(mapping, bare, flow, &place)?;
            }
            What::End => self.collections.extend(open.end(&place)),
            What::Alias(_) => open.leaf(&place, true, None),
            What::Scalar(scalar) => {
                let bare = scalar.tag.is_empty() && scalar.anchor == 0 && place.lines == 1;
                open.leaf(&place, bare, Some(&scalar.text));
            }
        }
        self.nodes.push(Node { range: place.range, line: place.line, what });
        Ok(())
    }

    /// The start of a flow collection covers its bracket, that of a block nothing but an anchor or a tag.
    fn is_flow(&self, start: &Range<usize>, bare: bool) -> bool {
        let text = self.raw(start.clone());
        let bracket = ['{', '['];
        text.starts_with(bracket) || (!bare && text.contains(bracket))
    }

    fn raw(&self, range: Range<usize>) -> &'t str {
        let byte = |index: usize| match self.offsets.get(index) {
            Some(offset) => *offset,
            None if self.offsets.is_empty() => index.min(self.text.len()),
            None => self.text.len(),
        };
        self.text.get(byte(range.start)..byte(range.end)).unwrap_or_default()
    }

    /// Comments stand between the scalars: a `#` at the start of a line or after a blank.
    fn find_comments(&self) -> Vec<Comment<'t>> {
        let mut scalars = self
            .nodes
            .iter()
            .filter(|node| matches!(node.what, What::Scalar(_)) && !node.range.is_empty())
            .map(|node| node.range.clone())
            .peekable();
        let mut found = Vec::new();
        let mut start: Option<usize> = None;
        let mut before = '\n';
        let mut line = 1;
        let end = self.text.chars().count();
        for (at, c) in self.text.chars().chain(['\n']).enumerate() {
            while scalars.next_if(|scalar| scalar.end <= at).is_some() {}
            let inside = scalars.peek().is_some_and(|scalar| scalar.contains(&at));
            match start {
                Some(from) if c == '\n' => {
                    let range = from..at.min(end);
                    let text = self.raw(range.clone()).trim_end();
                    found.push(Comment { range, line, text });
                    start = None;
                }
                None if c == '#' && before.is_whitespace() && !inside => start = Some(at),
                _ => {}
            }
            line += usize::from(c == '\n');
            before = c;
        }
        found
    }
}

/// Where an event stands.
#[derive(Clone)]
struct Place {
    range: Range<usize>,
    line: usize,
    column: usize,
    lines: usize,
}

impl Place {
    fn of(span: &Span) -> Self {
        Place {
            range: span.start.index()..span.end.index(),
            line: span.start.line(),
            column: span.start.col(),
            lines: span.end.line().saturating_sub(span.start.line()) + 1,
        }
    }
}

/// The collections around the current event, the innermost last.
#[derive(Default)]
struct Open(Vec<Frame>);

struct Frame {
    start: Place,
    mapping: bool,
    flow: bool,
    movable: bool,
    key: Option<Range<usize>>,
    /// The key that was read last is `id`.
    id: bool,
    entries: Vec<[Range<usize>; 2]>,
}

impl Open {
    fn start(&mut self, mapping: bool, bare: bool, flow: bool, place: &Place) -> Result<(), FormatError> {
        if self.0.len() >= MAX_DEPTH {
            return Err(FormatError::Syntax {
                line: place.line,
                column: place.column + 1,
                message: format!("nested deeper than {MAX_DEPTH} levels"),
            });
        }
        let inside_flow = self.0.last().is_some_and(|frame| frame.flow);
        let as_key = self.0.last().is_some_and(|frame| frame.mapping && frame.key.is_none());
        self.0.push(Frame {
            start: place.clone(),
            mapping,
            // What stands in a flow collection is flow, also the pair in `[a: b]`, which has no bracket of its own.
            flow: flow || inside_flow,
            movable: bare && !as_key && (flow || !inside_flow),
            key: None,
            id: false,
            entries: Vec::new(),
        });
        Ok(())
    }

    /// A scalar or an alias.
    fn leaf(&mut self, place: &Place, movable: bool, text: Option<&str>) {
        if let Some(frame) = self.0.last_mut() {
            frame.movable &= movable;
            frame.id = frame.mapping && frame.key.is_none() && text == Some("id");
            frame.entry(place.range.clone());
        }
    }

    /// Closes the innermost collection, which is given where it is flow in a block.
    fn end(&mut self, place: &Place) -> Option<Collection> {
        let frame = self.0.pop()?;
        let range = frame.start.range.start..place.range.start + 1;
        let parent = self.0.last_mut()?;
        parent.entry(range.clone());
        if parent.flow {
            parent.movable &= frame.movable;
            return None;
        }
        frame.flow.then_some(Collection {
            range,
            mapping: frame.mapping,
            entries: frame.entries,
            indent: parent.start.column,
            last_column: place.column + 1,
            lines: place.line.saturating_sub(frame.start.line) + 1,
            movable: frame.movable,
        })
    }

    fn style(&self, style: ScalarStyle, text: &str) -> Style {
        let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match style {
            ScalarStyle::Plain if number && self.in_id() => Style::PlainId,
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        }
    }

    fn in_id(&self) -> bool {
        self.0.last().is_some_and(|frame| frame.id && frame.key.is_some())
    }
}

impl Frame {
    fn entry(&mut self, range: Range<usize>) {
        if !self.mapping {
            self.entries.push([0..0, range]);
        } else if let Some(key) = self.key.take() {
            self.entries.push([key, range]);
        } else {
            self.key = Some(range);
        }
    }
}

/// How many characters a quoted text covers, an anchor or a tag before it included. The parser counts what follows it on the line,
/// too, and that may be a comment.
fn quoted_length(text: &str) -> usize {
    let mut chars = text.chars().enumerate().peekable();
    let quote = chars.find(|(_, c)| matches!(c, '"' | '\'')).map(|(_, c)| c);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == Some('"') {
            chars.next();
        } else if Some(c) == quote && (c == '"' || chars.next_if(|(_, next)| *next == '\'').is_none()) {
            return at + 1;
        }
    }
    text.chars().count()
}

fn offsets(text: &str) -> Vec<usize> {
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices().map(|(offset, _)| offset).collect()
}

fn syntax(error: &ScanError) -> FormatError {
    let marker = error.marker();
    FormatError::Syntax { line: marker.line(), column: marker.col() + 1, message: error.info().to_owned() }
}
