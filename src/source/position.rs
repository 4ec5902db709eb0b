//! Compact positions: eight bytes for "this file, this line, this column".

use std::fmt;

/// Number of a file within one run, in the byte order of the paths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FileId(pub u16);

/// Where a value starts. Lines and columns count from 1; columns count characters.
///
/// A column beyond 65,535 is kept as 65,535.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pos {
    /// The file, an index into [`Files`].
    pub file: FileId,
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u16,
}

/// A stretch of text on one line: a start and a length in characters (at least 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Where it starts.
    pub start: Pos,
    /// How many characters it covers.
    pub length: u32,
}

impl Pos {
    /// A position from line and column, each counted from 1.
    pub fn new(file: FileId, line: usize, column: usize) -> Self {
        Pos { file, line: u32::try_from(line).unwrap_or(u32::MAX), column: u16::try_from(column).unwrap_or(u16::MAX) }
    }

    /// A span of `length` characters from here.
    pub fn span(self, length: usize) -> Span {
        Span { start: self, length: u32::try_from(length.max(1)).unwrap_or(u32::MAX) }
    }
}

/// The files of one run: their paths, relative to the repository's root with `/` between the parts, in byte order.
///
/// The text of a file is not kept: a message that quotes it reads the file again, and says so where it has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    paths: Vec<String>,
}

impl Files {
    /// The paths in the order of their ids.
    pub fn new(paths: Vec<String>) -> Self {
        Files { paths }
    }

    /// The path of a file; `?` for an id of another run.
    pub fn path(&self, file: FileId) -> &str {
        self.paths.get(usize::from(file.0)).map_or("?", String::as_str)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Ids and paths, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &str)> {
        (0u16..).map(FileId).zip(self.paths.iter().map(String::as_str))
    }

    /// `path:line:column`, as compilers write it.
    pub fn at(&self, pos: Pos) -> Shown<'_> {
        Shown { files: self, pos }
    }
}

/// A place within one file: line, column and length in eight bytes. Columns and lengths beyond 65,535 are kept as that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct At {
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u16,
    /// How many characters, at least 1.
    pub length: u16,
}

impl At {
    /// A place from line and column (counted from 1) and length.
    pub fn new(line: usize, column: usize, length: usize) -> Self {
        At {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u16::try_from(column).unwrap_or(u16::MAX),
            length: u16::try_from(length.max(1)).unwrap_or(u16::MAX),
        }
    }

    /// The same place as a position in a file.
    pub fn pos(self, file: FileId) -> Pos {
        Pos { file, line: self.line, column: self.column }
    }

    /// The same place as a span in a file.
    pub fn span(self, file: FileId) -> Span {
        Span { start: self.pos(file), length: u32::from(self.length) }
    }
}

/// Displays a position as `path:line:column`.
pub struct Shown<'a> {
    files: &'a Files,
    pos: Pos,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.files.path(self.pos.file), self.pos.line, self.pos.column)
    }
}
