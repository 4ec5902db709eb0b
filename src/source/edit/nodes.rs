//! The nodes of a text with the bytes they cover, as far as edits need to know them.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{EditError, Patch, Spot};

/// Deeper nesting than an access document has is refused.
const MAX_DEPTH: usize = 64;

/// A text and its nodes.
pub(super) struct Nodes<'t> {
    pub(super) text: &'t str,
    /// Byte offset of each line.
    lines: Vec<usize>,
    nodes: Vec<Node<'t>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Scalar,
    Mapping,
    Sequence,
}

/// A collection and which of its children.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Parent {
    pub(super) node: usize,
    pub(super) index: usize,
}

struct Node<'t> {
    kind: Kind,
    flow: bool,
    /// Bytes; of a block collection the end is that of its last child.
    range: Range<usize>,
    spot: Spot,
    /// A scalar as it is written.
    raw: &'t str,
    /// Keys and values by turns, or items.
    children: Vec<usize>,
    parent: Option<usize>,
}

impl<'t> Nodes<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, EditError> {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut nodes = Nodes { text, lines: [0].into_iter().chain(starts).collect(), nodes: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| EditError::Syntax {
                line: error.marker().line(),
                column: error.marker().col() + 1,
                message: error.info().to_owned(),
            })?;
            let start = nodes.byte(span.start.line(), span.start.col());
            let end = nodes.byte(span.end.line(), span.end.col());
            let spot = (number(span.start.line()), number(span.start.col() + 1));
            let kind = match event {
                Event::Scalar(_, style, ..) => {
                    let end = nodes.scalar_end(start..end, style);
                    nodes.add(Kind::Scalar, start..end, spot, &open);
                    continue;
                }
                Event::Alias(_) => {
                    nodes.add(Kind::Scalar, start..end, spot, &open);
                    continue;
                }
                Event::MappingStart(..) => Kind::Mapping,
                Event::SequenceStart(..) => Kind::Sequence,
                Event::MappingEnd | Event::SequenceEnd => {
                    nodes.close(open.pop(), start);
                    continue;
                }
                Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd => continue,
            };
            if open.len() >= MAX_DEPTH {
                return Err(super::wrong(spot, "nested too deeply"));
            }
            let node = nodes.add(kind, start..end, spot, &open);
            open.push(node);
        }
        Ok(nodes)
    }

    fn add(&mut self, kind: Kind, range: Range<usize>, spot: Spot, open: &[usize]) -> usize {
        let index = self.nodes.len();
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let flow = kind != Kind::Scalar && raw.starts_with(['{', '[']);
        let parent = open.last().copied();
        self.nodes.push(Node { kind, flow, range, spot, raw, children: Vec::new(), parent });
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            parent.children.push(index);
        }
        index
    }

    fn close(&mut self, node: Option<usize>, end: usize) {
        let Some(node) = node else { return };
        let last = self.nodes[node].children.last().map(|&child| self.nodes[child].range.end);
        let closed = &mut self.nodes[node];
        // A flow collection ends behind its bracket; the end of a block is reported where the next thing starts.
        closed.range.end = if closed.flow { end + 1 } else { last.unwrap_or(closed.range.start) };
    }

    /// The end without the blanks and comments that the parser counts to a scalar.
    fn scalar_end(&self, range: Range<usize>, style: ScalarStyle) -> usize {
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let quote = match style {
            ScalarStyle::Plain => return range.start + raw.trim_end().len(),
            ScalarStyle::Literal | ScalarStyle::Folded => return range.start + raw.trim_end().len(),
            ScalarStyle::SingleQuoted => '\'',
            ScalarStyle::DoubleQuoted => '"',
        };
        let mut chars = raw.char_indices().skip_while(|(_, c)| *c != quote).skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c == '\\' && quote == '"' {
                chars.next();
            } else if c == quote && (c == '"' || chars.next_if(|(_, next)| *next == '\'').is_none()) {
                return range.start + at + 1;
            }
        }
        range.end
    }

    fn byte(&self, line: usize, column: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        rest.char_indices().nth(column).map_or(self.text.len(), |(offset, _)| start + offset)
    }

    /// The mapping that starts at a place; the outermost, as that is what positions of records name.
    pub(super) fn mapping_at(&self, at: Spot) -> Option<usize> {
        self.nodes.iter().position(|node| node.kind == Kind::Mapping && node.spot == at)
    }

    /// The list item that starts at a place, else the entry whose key does.
    pub(super) fn entry_at(&self, at: Spot) -> Option<Parent> {
        let starting = || (0..self.nodes.len()).filter(|&node| self.nodes[node].spot == at);
        let child = |node: usize| {
            let parent = self.nodes[node].parent?;
            let place = self.nodes[parent].children.iter().position(|&child| child == node)?;
            Some((self.nodes[parent].kind, parent, place))
        };
        let item = starting().find_map(|node| match child(node)? {
            (Kind::Sequence, parent, index) => Some(Parent { node: parent, index }),
            _ => None,
        });
        item.or_else(|| {
            starting().find_map(|node| match child(node)? {
                (Kind::Mapping, parent, place) if place % 2 == 0 => Some(Parent { node: parent, index: place / 2 }),
                _ => None,
            })
        })
    }

    /// Key and value of an entry.
    pub(super) fn entry(&self, mapping: usize, key: &str) -> Option<(usize, usize)> {
        let pairs = self.nodes[mapping].children.chunks_exact(2);
        let mut pairs = pairs.map(|pair| (pair[0], pair[1]));
        pairs.find(|(found, _)| self.nodes[*found].raw.trim_matches(['"', '\'']) == key)
    }

    pub(super) fn kind(&self, node: usize) -> Kind {
        self.nodes[node].kind
    }

    pub(super) fn is_flow(&self, node: usize) -> bool {
        self.nodes[node].flow
    }

    pub(super) fn start(&self, node: usize) -> usize {
        self.nodes[node].range.start
    }

    pub(super) fn end(&self, node: usize) -> usize {
        self.nodes[node].range.end
    }

    pub(super) fn spot(&self, node: usize) -> Spot {
        self.nodes[node].spot
    }

    /// Columns before it.
    pub(super) fn column(&self, node: usize) -> usize {
        self.nodes[node].spot.1.saturating_sub(1) as usize
    }

    /// How many items or entries it has.
    pub(super) fn len(&self, node: usize) -> usize {
        let Node { kind, children, .. } = &self.nodes[node];
        if *kind == Kind::Mapping { children.len() / 2 } else { children.len() }
    }

    /// The bytes of an item or an entry.
    pub(super) fn child(&self, node: usize, index: usize) -> (usize, usize) {
        let Node { kind, children, .. } = &self.nodes[node];
        let (first, last) = match kind {
            Kind::Mapping => (children.get(2 * index), children.get(2 * index + 1)),
            _ => (children.get(index), children.get(index)),
        };
        let start = first.map_or(0, |&node| self.start(node));
        let key_end = first.map_or(0, |&node| self.end(node));
        (start, last.map_or(start, |&node| self.end(node)).max(key_end))
    }

    /// The end of the last child.
    pub(super) fn last_end(&self, node: usize) -> Option<usize> {
        let index = self.len(node).checked_sub(1)?;
        Some(self.child(node, index).1)
    }

    /// The key whose value the node is.
    pub(super) fn key_of(&self, node: usize) -> Option<usize> {
        let parent = &self.nodes[self.nodes[node].parent?];
        let place = parent.children.iter().position(|&child| child == node)?;
        (parent.kind == Kind::Mapping && place % 2 == 1).then(|| parent.children[place - 1])
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line ends, before its line end.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end);
        if self.text[..end].ends_with('\r') { end - 1 } else { end }
    }

    /// Where the next line starts.
    pub(super) fn after_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    pub(super) fn patch(&self, range: Range<usize>, new: String) -> Patch {
        let (start, end) = (self.spot_of(range.start), self.spot_of(range.end));
        Patch { range, start, end, new }
    }

    fn spot_of(&self, at: usize) -> Spot {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.line_start(at);
        (number(line), number(self.text[start..at].chars().count() + 1))
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
