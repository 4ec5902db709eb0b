//! A fast path for the YAML that people and `accord import` write: block mappings and lists, plain and simply quoted scalars,
//! flow collections on one line, comments.
//!
//! It gives exactly the events of the general parser, about ten times as fast, or gives up: on anchors, aliases, tags, block
//! scalars, escapes, tabs, carriage returns, document markers, scalars over several lines, and on everything it is not sure
//! about. Whoever reads then starts the file again with the general parser, so there are never two meanings. `tests` compares
//! both, event by event and place by place.

use std::borrow::Cow;

use super::events::Event;
use crate::source::At;

/// Deeper flow collections than this are left to the general parser.
const MAX_FLOW: usize = 16;
/// Deeper block collections than this are, too.
const MAX_BLOCK: usize = 32;
/// A longer key is no simple key.
const MAX_KEY: usize = 1000;

/// The file is not in the subset.
#[derive(Debug)]
pub(super) struct GaveUp;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Map,
    List,
}

/// Events of one file.
pub(super) struct Plain<'a> {
    rest: &'a str,
    /// Whether no letter of the file needs more than one byte.
    ascii: bool,
    line: usize,
    /// Open block collections with their columns.
    open: Vec<(Block, usize)>,
    /// A key is written and its value has not come yet.
    pending: bool,
    started: bool,
    over: bool,
    /// Events of the lines read so far that were not taken yet, from `taken` on.
    queue: Vec<(Event<'a>, At)>,
    taken: usize,
}

impl<'a> Plain<'a> {
    /// Over a file; `None` where some letter of it is not in the subset.
    pub fn new(text: &'a str) -> Option<Self> {
        let ascii = text.is_ascii();
        let fits = !has_controls(text) && (ascii || !text.contains(['\u{feff}', '\u{85}', '\u{2028}', '\u{2029}']));
        fits.then(|| Plain {
            rest: text,
            ascii,
            line: 0,
            open: Vec::new(),
            pending: false,
            started: false,
            over: false,
            queue: Vec::with_capacity(64),
            taken: 0,
        })
    }

    /// The next event and its place; empty scalars and ends have places of no meaning.
    pub fn next(&mut self) -> Result<(Event<'a>, At), GaveUp> {
        while self.taken == self.queue.len() {
            self.queue.clear();
            self.taken = 0;
            if self.over {
                return Ok((Event::End, At::new(1, 1, 1)));
            }
            self.read_line()?;
        }
        let slot = &mut self.queue[self.taken];
        self.taken += 1;
        Ok((std::mem::replace(&mut slot.0, Event::End), slot.1))
    }

    fn read_line(&mut self) -> Result<(), GaveUp> {
        if self.rest.is_empty() {
            return self.finish();
        }
        let (text, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += 1;
        let indent = leading_spaces(text);
        let content = &text[indent..];
        if content.is_empty() || content.starts_with('#') {
            return Ok(());
        }
        let line = Line { text, number: self.line, ascii: self.ascii || text.is_ascii() };
        if indent == 0 && (text.starts_with("---") || text.starts_with("...") || text.starts_with('%')) {
            return Err(GaveUp);
        }
        if content.starts_with("- ") { self.item(&line, indent) } else { self.entry_line(&line, indent) }
    }

    fn finish(&mut self) -> Result<(), GaveUp> {
        self.over = true;
        self.close_pending();
        while let Some((block, _)) = self.open.pop() {
            self.push_end(block);
        }
        Ok(())
    }

    /// A line that starts with a dash.
    fn item(&mut self, line: &Line<'a>, indent: usize) -> Result<(), GaveUp> {
        let below = self.open.last().copied().ok_or(GaveUp)?;
        if self.pending && below.0 == Block::Map && indent >= below.1 {
            self.pending = false;
            self.push(Event::SeqStart, line.start(indent));
            self.open(Block::List, indent)?;
        } else {
            self.close_to(indent, true);
            if self.open.last() != Some(&(Block::List, indent)) {
                return Err(GaveUp);
            }
        }
        let start = indent + 1 + leading_spaces(&line.text[indent + 1..]);
        let content = &line.text[start..];
        if content.is_empty() || content.starts_with(['-', '#']) {
            return Err(GaveUp);
        }
        if content.starts_with(['{', '[']) {
            return self.flow_line(line, start);
        }
        match key_end(content)? {
            None => self.scalar_line(line, start),
            Some(end) => {
                self.push(Event::MapStart, line.start(start));
                self.open(Block::Map, start)?;
                self.entry(line, start, end)
            }
        }
    }

    /// A line that starts with a key.
    fn entry_line(&mut self, line: &Line<'a>, indent: usize) -> Result<(), GaveUp> {
        let end = key_end(&line.text[indent..])?.ok_or(GaveUp)?;
        if !self.started {
            self.started = true;
            self.push(Event::Document, line.start(indent));
            self.push(Event::MapStart, line.start(indent));
            self.open(Block::Map, indent)?;
            return self.entry(line, indent, end);
        }
        let below = self.open.last().copied().ok_or(GaveUp)?;
        if self.pending && below.0 == Block::Map && indent > below.1 {
            self.pending = false;
            self.push(Event::MapStart, line.start(indent));
            self.open(Block::Map, indent)?;
        } else {
            self.close_to(indent, false);
            if self.open.last() != Some(&(Block::Map, indent)) {
                return Err(GaveUp);
            }
        }
        self.entry(line, indent, end)
    }

    /// `key: value`, the key from `start`, as long as `length`.
    fn entry(&mut self, line: &Line<'a>, start: usize, length: usize) -> Result<(), GaveUp> {
        self.scalar(line, start, start + length)?;
        let value = start + length + 1;
        let value = value + leading_spaces(&line.text[value..]);
        let content = &line.text[value..];
        if content.is_empty() || content.starts_with('#') {
            self.pending = true;
            return Ok(());
        }
        if content.starts_with(['{', '[']) { self.flow_line(line, value) } else { self.scalar_line(line, value) }
    }

    /// A scalar that is the rest of its line, but for a comment.
    fn scalar_line(&mut self, line: &Line<'a>, start: usize) -> Result<(), GaveUp> {
        let content = &line.text[start..];
        if content.starts_with(['"', '\'']) {
            let length = quoted(content)?;
            self.scalar(line, start, start + length)?;
            return comment_or_nothing(&content[length..]);
        }
        let length = plain_end(content)?;
        self.scalar(line, start, start + length)
    }

    /// A scalar by its bytes on the line, quotes included.
    fn scalar(&mut self, line: &Line<'a>, start: usize, end: usize) -> Result<(), GaveUp> {
        let written = &line.text[start..end];
        let quoted = written.starts_with(['"', '\'']);
        let text = if quoted { &written[1..written.len() - 1] } else { written };
        if !quoted && !starts_plain(written) {
            return Err(GaveUp);
        }
        self.push(Event::Scalar { text: Cow::Borrowed(text), plain: !quoted }, line.at(start, end));
        Ok(())
    }

    /// A flow collection that is the rest of its line, but for a comment.
    fn flow_line(&mut self, line: &Line<'a>, start: usize) -> Result<(), GaveUp> {
        let bytes = line.text.as_bytes();
        let mut at = start;
        let mut open = [Block::Map; MAX_FLOW];
        let mut depth = 0;
        loop {
            // A value starts at `at`.
            match bytes.get(at) {
                Some(b'{' | b'[') => {
                    let map = bytes[at] == b'{';
                    *open.get_mut(depth).ok_or(GaveUp)? = if map { Block::Map } else { Block::List };
                    depth += 1;
                    self.push(if map { Event::MapStart } else { Event::SeqStart }, line.start(at));
                    at = spaces(bytes, at + 1);
                    let closing = if map { b'}' } else { b']' };
                    if bytes.get(at) != Some(&closing) {
                        if map {
                            at = self.flow_key(line, at)?;
                        }
                        continue;
                    }
                }
                Some(_) => {
                    let length = flow_scalar(&line.text[at..])?;
                    self.scalar(line, at, at + length)?;
                    at = spaces(bytes, at + length);
                }
                None => return Err(GaveUp),
            }
            // A value is over: close what closes, up to the next value.
            loop {
                let inside = open[depth - 1];
                match (bytes.get(at), inside) {
                    (Some(b'}'), Block::Map) | (Some(b']'), Block::List) => {
                        self.push_end(inside);
                        depth -= 1;
                        if depth == 0 {
                            return comment_or_nothing(&line.text[at + 1..]);
                        }
                        at = spaces(bytes, at + 1);
                    }
                    (Some(b','), _) => {
                        at = spaces(bytes, at + 1);
                        if inside == Block::Map {
                            at = self.flow_key(line, at)?;
                        }
                        break;
                    }
                    _ => return Err(GaveUp),
                }
            }
        }
    }

    /// A key in a flow mapping, its colon and the space behind; answers where the value starts.
    fn flow_key(&mut self, line: &Line<'a>, start: usize) -> Result<usize, GaveUp> {
        let bytes = line.text.as_bytes();
        let length = flow_scalar(&line.text[start..])?;
        self.scalar(line, start, start + length)?;
        let colon = start + length;
        if length > MAX_KEY || bytes.get(colon) != Some(&b':') || bytes.get(colon + 1) != Some(&b' ') {
            return Err(GaveUp);
        }
        Ok(spaces(bytes, colon + 1))
    }

    /// Closes the block collections that a line at this column is not in.
    fn close_to(&mut self, indent: usize, dash: bool) {
        self.close_pending();
        while let Some(&(block, column)) = self.open.last() {
            if column < indent || (column == indent && (dash || block == Block::Map)) {
                break;
            }
            self.open.pop();
            self.push_end(block);
        }
    }

    fn close_pending(&mut self) {
        if self.pending {
            self.pending = false;
            self.push(Event::Scalar { text: Cow::Borrowed(""), plain: true }, At::new(self.line, 1, 1));
        }
    }

    fn open(&mut self, block: Block, column: usize) -> Result<(), GaveUp> {
        if self.open.len() == MAX_BLOCK {
            return Err(GaveUp);
        }
        self.open.push((block, column));
        Ok(())
    }

    fn push(&mut self, event: Event<'a>, at: At) {
        self.queue.push((event, at));
    }

    fn push_end(&mut self, block: Block) {
        let event = if block == Block::Map { Event::MapEnd } else { Event::SeqEnd };
        self.push(event, At::new(self.line, 1, 1));
    }
}

/// A line with its number.
struct Line<'a> {
    text: &'a str,
    number: usize,
    ascii: bool,
}

impl Line<'_> {
    /// The place where something starts.
    fn start(&self, start: usize) -> At {
        self.at(start, start)
    }

    /// The place of some bytes of the line.
    fn at(&self, start: usize, end: usize) -> At {
        if self.ascii {
            return At::new(self.number, start + 1, end - start);
        }
        let characters = |text: &str| text.chars().count();
        At::new(self.number, characters(&self.text[..start]) + 1, characters(&self.text[start..end]))
    }
}

/// Whether there is a control character, line breaks not counted. Looks at every byte, which goes faster than stopping at the first.
fn has_controls(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < b' ' && byte != b'\n') | (byte == 0x7f))
}

fn leading_spaces(text: &str) -> usize {
    spaces(text.as_bytes(), 0)
}

fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Whether a plain scalar may start like this. Some that may are left to the general parser.
fn starts_plain(text: &str) -> bool {
    text.as_bytes().first().is_some_and(|first| !b"-?:,[]{}#&*!|>'\"%@`".contains(first))
}

/// The length of a plain scalar that is the rest of its line, but for spaces and a comment.
fn plain_end(content: &str) -> Result<usize, GaveUp> {
    let bytes = content.as_bytes();
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'#' if at > 0 && bytes[at - 1] == b' ' => {
                end = at;
                break;
            }
            // It would be a key.
            b':' if matches!(bytes.get(at + 1), None | Some(b' ')) => return Err(GaveUp),
            _ => {}
        }
    }
    Ok(content[..end].trim_end_matches(' ').len())
}

fn comment_or_nothing(rest: &str) -> Result<(), GaveUp> {
    let content = rest.trim_start_matches(' ');
    if content.is_empty() || (content.starts_with('#') && rest.starts_with(' ')) { Ok(()) } else { Err(GaveUp) }
}

/// The length of a quoted scalar without escapes, quotes included.
fn quoted(text: &str) -> Result<usize, GaveUp> {
    let quote = text.as_bytes()[0];
    let inside = &text[1..];
    let end = inside.bytes().position(|byte| byte == quote || byte == b'\\').ok_or(GaveUp)?;
    let simple = inside.as_bytes()[end] == quote && inside.as_bytes().get(end + 1) != Some(&quote);
    if simple { Ok(end + 2) } else { Err(GaveUp) }
}

/// The length of the key that a block line starts with, quotes included; `None` where it holds no key.
fn key_end(content: &str) -> Result<Option<usize>, GaveUp> {
    let bytes = content.as_bytes();
    if content.starts_with(['"', '\'']) {
        let length = quoted(content)?;
        let colon = bytes.get(length) == Some(&b':') && matches!(bytes.get(length + 1), None | Some(b' '));
        return if colon && length <= MAX_KEY {
            Ok(Some(length))
        } else if bytes.get(length) == Some(&b':') {
            Err(GaveUp)
        } else {
            Ok(None)
        };
    }
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b':' || *byte == b'#') {
        at += found;
        if bytes[at] == b'#' {
            if at > 0 && bytes[at - 1] == b' ' {
                return Ok(None);
            }
        } else if matches!(bytes.get(at + 1), None | Some(b' ')) {
            // Spaces before the colon, and keys that are too long, are the general parser's.
            let simple = at > 0 && at <= MAX_KEY && bytes[at - 1] != b' ';
            return if simple { Ok(Some(at)) } else { Err(GaveUp) };
        }
        at += 1;
    }
    Ok(None)
}

/// The length of a scalar in a flow collection, quotes included; what follows is a flow indicator, a colon or spaces before one.
fn flow_scalar(text: &str) -> Result<usize, GaveUp> {
    if text.starts_with(['"', '\'']) {
        return quoted(text);
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            None => return Err(GaveUp),
            Some(b',' | b']' | b'}' | b'[' | b'{') => break,
            Some(b':') => match bytes.get(at + 1) {
                Some(b' ') => break,
                None | Some(b',' | b'[' | b']' | b'{' | b'}') => return Err(GaveUp),
                Some(_) => {}
            },
            Some(b'#') if at > 0 && bytes[at - 1] == b' ' => return Err(GaveUp),
            Some(_) => {}
        }
        at += 1;
    }
    // In a list, `a: b` would be a mapping of one pair; the caller expects no colon there and gives up.
    match text[..at].trim_end_matches(' ').len() {
        0 => Err(GaveUp),
        length if bytes[at] == b':' && length != at => Err(GaveUp),
        length => Ok(length),
    }
}

#[cfg(test)]
mod tests;
