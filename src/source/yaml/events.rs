//! The events of one file: anchors followed, tags checked, limits kept.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event as Raw, Parser, ScalarStyle, ScanError, Span as RawSpan, StrInput};

use crate::source::At;

/// Deeper nesting than this is refused. No access document needs more than ten levels.
const MAX_DEPTH: usize = 64;

/// An event. `End` comes for ever once the file is over, also after a syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A scalar; `plain` = written without quotes.
    Scalar {
        text: Cow<'a, str>,
        plain: bool,
    },
    SeqStart,
    SeqEnd,
    MapStart,
    MapEnd,
    /// A document starts.
    Document,
    /// The file is over.
    End,
}

/// What ends a file early.
#[derive(Debug)]
pub(super) struct Broken {
    pub at: At,
    pub code: &'static str,
    pub message: String,
    pub help: Option<&'static str>,
}

/// Events with places.
pub(super) struct Events<'a> {
    parser: Parser<'a, StrInput<'a>>,
    /// Events of anchored nodes, each anchor a range. Filled only while an anchored node is open.
    tape: Vec<(Event<'a>, At)>,
    anchors: HashMap<usize, Range<usize>>,
    /// Anchors that are open: id, depth at which they close, start on the tape.
    recording: Vec<(usize, usize, usize)>,
    /// Replays under way: the next and the last index on the tape, the place of the alias.
    replays: Vec<Range<usize>>,
    depth: usize,
    /// How many replayed events are left.
    budget: usize,
    over: bool,
}

impl<'a> Events<'a> {
    pub fn new(text: &'a str) -> Self {
        Events {
            parser: Parser::new_from_str(text),
            tape: Vec::new(),
            anchors: HashMap::new(),
            recording: Vec::new(),
            replays: Vec::new(),
            depth: 0,
            budget: text.len().max(10_000),
            over: false,
        }
    }

    /// Puts some events before what comes next, then `behind`.
    pub fn replay(&mut self, events: Vec<(Event<'a>, At)>, behind: Option<(Event<'a>, At)>) {
        let start = self.tape.len();
        self.tape.extend(events);
        self.tape.extend(behind);
        self.replays.push(start..self.tape.len());
    }

    /// The next event and its place.
    pub fn next(&mut self) -> Result<(Event<'a>, At), Broken> {
        if let Some(event) = self.replayed()? {
            return Ok(event);
        }
        loop {
            if self.over {
                return Ok((Event::End, At::new(1, 1, 1)));
            }
            let (raw, span) = match self.parser.next_event() {
                Some(Ok(event)) => event,
                Some(Err(error)) => {
                    self.over = true;
                    return Err(syntax(&error));
                }
                None => {
                    self.over = true;
                    continue;
                }
            };
            let mut at = place(&span);
            if matches!(raw, Raw::SequenceStart(..) | Raw::MappingStart(..)) {
                at.length = 1;
            }
            let (event, anchor) = match raw {
                Raw::Nothing | Raw::StreamStart | Raw::DocumentEnd => continue,
                Raw::StreamEnd => {
                    self.over = true;
                    continue;
                }
                Raw::DocumentStart(_) => {
                    self.anchors.clear();
                    (Event::Document, 0)
                }
                Raw::Alias(id) => return self.alias(id, at),
                Raw::Scalar(text, style, anchor, tag) => {
                    self.check_tag(tag.as_deref(), at)?;
                    if style != ScalarStyle::Plain {
                        at.length = at.length.min(quoted_length(&text));
                    }
                    (Event::Scalar { text, plain: style == ScalarStyle::Plain }, anchor)
                }
                Raw::SequenceStart(anchor, tag) => {
                    self.check_tag(tag.as_deref(), at)?;
                    (Event::SeqStart, anchor)
                }
                Raw::MappingStart(anchor, tag) => {
                    self.check_tag(tag.as_deref(), at)?;
                    (Event::MapStart, anchor)
                }
                Raw::SequenceEnd => (Event::SeqEnd, 0),
                Raw::MappingEnd => (Event::MapEnd, 0),
            };
            self.nest(&event, at)?;
            if anchor != 0 || !self.recording.is_empty() {
                self.record(&event, at, anchor);
            }
            return Ok((event, at));
        }
    }

    fn nest(&mut self, event: &Event<'a>, at: At) -> Result<(), Broken> {
        match event {
            Event::SeqStart | Event::MapStart => self.depth += 1,
            Event::SeqEnd | Event::MapEnd => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        self.over = true;
        Err(Broken { at, code: "too-deep", message: format!("nested deeper than {MAX_DEPTH} levels"), help: None })
    }

    fn check_tag(&mut self, tag: Option<&saphyr_parser::Tag>, at: At) -> Result<(), Broken> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() => {
                self.over = true;
                Err(Broken {
                    at,
                    code: "tag",
                    message: format!("the tag `{tag}` is not supported"),
                    help: Some("write the value without a tag"),
                })
            }
            _ => Ok(()),
        }
    }

    /// Keeps an event while an anchored node is open, and closes the nodes that end with it.
    fn record(&mut self, event: &Event<'a>, at: At, anchor: usize) {
        let opens = matches!(event, Event::SeqStart | Event::MapStart);
        if anchor != 0 {
            let level = if opens { self.depth - 1 } else { self.depth };
            self.recording.push((anchor, level, self.tape.len()));
        }
        self.tape.push((event.clone(), at));
        if opens {
            return;
        }
        while let Some(&(id, level, start)) = self.recording.last() {
            if level != self.depth {
                break;
            }
            self.anchors.insert(id, start..self.tape.len());
            self.recording.pop();
        }
    }

    fn alias(&mut self, id: usize, at: At) -> Result<(Event<'a>, At), Broken> {
        let Some(range) = self.anchors.get(&id).cloned() else {
            self.over = true;
            return Err(Broken {
                at,
                code: "alias",
                message: "this alias stands inside the value that it names".to_owned(),
                help: None,
            });
        };
        if !self.recording.is_empty() {
            // An alias inside an anchored node: its events become part of that node.
            let copy: Vec<_> = self.tape[range.clone()].to_vec();
            self.spend(copy.len(), at)?;
            self.tape.extend(copy);
        }
        self.spend(range.len(), at)?;
        self.replays.push(range);
        match self.replayed()? {
            Some(event) => Ok(event),
            None => self.next(),
        }
    }

    fn spend(&mut self, events: usize, at: At) -> Result<(), Broken> {
        if let Some(left) = self.budget.checked_sub(events) {
            self.budget = left;
            return Ok(());
        }
        self.over = true;
        Err(Broken {
            at,
            code: "too-many-aliases",
            message: "the aliases of this file stand for more values than the file has bytes".to_owned(),
            help: Some("write the values out, or use a profile or a team"),
        })
    }

    fn replayed(&mut self) -> Result<Option<(Event<'a>, At)>, Broken> {
        while let Some(range) = self.replays.last_mut() {
            if let Some(index) = range.next() {
                return Ok(self.tape.get(index).cloned());
            }
            self.replays.pop();
        }
        Ok(None)
    }
}

/// The parser's spans of quoted scalars reach over a comment behind them.
fn quoted_length(text: &str) -> u16 {
    u16::try_from(text.chars().count() + 2).unwrap_or(u16::MAX)
}

fn place(span: &RawSpan) -> At {
    let length = if span.start.line() == span.end.line() { span.len() } else { 1 };
    At::new(span.start.line(), span.start.col() + 1, length)
}

fn syntax(error: &ScanError) -> Broken {
    let marker = error.marker();
    Broken {
        at: At::new(marker.line(), marker.col() + 1, 1),
        code: "syntax",
        message: format!("not YAML: {}", error.info()),
        help: None,
    }
}
