//! One CSV file as lines of named cells, and everything that can be wrong with it before its cells are read.

use csv::{ReaderBuilder, StringRecord};

use super::super::check::choices;
use super::super::draft::Draft;
use super::super::fault::{Fault, utf8};
use crate::model::{PermissionSet, Sym};

/// More faults of one file are counted, not told.
const MAX_FAULTS: usize = 100;

/// One CSV file.
pub(super) struct Sheet<'a> {
    /// As messages name it.
    pub(super) file: String,
    bytes: &'a [u8],
    columns: &'a [&'static str],
    required: usize,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Sheet<'a> {
    /// A file with some columns, of which the first `required` must be there.
    pub(super) fn new(file: String, bytes: &'a [u8], columns: &'a [&'static str], required: usize) -> Self {
        Sheet { file, bytes, columns, required, faults: Vec::new() }
    }

    /// Whether its last line is ended: otherwise it may be cut.
    pub(super) fn is_ended(&self) -> bool {
        self.bytes.ends_with(b"\n")
    }

    /// Hands every line of cells to `each`.
    pub(super) fn read(&mut self, mut each: impl FnMut(&mut Line<'_>)) {
        let bytes = self.bytes;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match utf8(bytes, &self.file) {
            Ok(text) => text,
            Err(fault) => return self.faults.push(fault),
        };
        let separator = separator(text);
        if let Some((line, message)) = broken_quote(text.as_bytes(), separator) {
            return self.fault(line, message.to_owned());
        }
        let mut reader =
            ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut header: Option<Header> = None;
        // Reading from memory can't fail, and the text is UTF-8.
        while reader.read_record(&mut record).unwrap_or(false) {
            let line = record.position().map_or(0, csv::Position::line);
            match &header {
                None => match self.header(line, &record) {
                    Some(found) => header = Some(found),
                    None => return,
                },
                Some(header) => self.line(line, &record, header, &mut each),
            }
        }
        if header.is_none() {
            let columns = self.columns[..self.required].join(",");
            let fault = Fault::new(&self.file, "the file is empty");
            self.faults.push(fault.help(format!("its first line is `{columns}`")));
        }
    }

    fn line(&mut self, line: u64, record: &StringRecord, header: &Header, each: &mut impl FnMut(&mut Line<'_>)) {
        if record.len() != header.width {
            let (cells, width) = (record.len(), header.width);
            return self.fault(line, format!("{cells} cells where the header has {width}"));
        }
        let mut cells =
            Line { number: line, record, places: &header.places, columns: self.columns, complaints: Vec::new() };
        each(&mut cells);
        for complaint in cells.complaints {
            self.fault(line, complaint);
        }
    }

    /// Where each column is, by the column's index.
    fn header(&mut self, line: u64, record: &StringRecord) -> Option<Header> {
        let known = self.faults.len();
        let mut places = vec![None; self.columns.len()];
        for (place, name) in record.iter().enumerate() {
            match self.columns.iter().position(|column| *column == name) {
                Some(column) if places[column].is_some() => {
                    self.fault(line, format!("the column `{name}` stands twice"));
                }
                Some(column) => places[column] = Some(place),
                None => {
                    let advice = choices(name, self.columns);
                    self.fault(line, format!("`{name}` is no column here ({advice})"));
                }
            }
        }
        let missing = self.columns[..self.required].iter().zip(&places);
        let missing: Vec<_> = missing
            .filter(|(_, place)| place.is_none())
            .map(|(name, _)| format!("the column `{name}` is missing"))
            .collect();
        for message in missing {
            self.fault(line, message);
        }
        (self.faults.len() == known).then(|| Header { places, width: record.len() })
    }

    fn fault(&mut self, line: u64, message: String) {
        let fault = Fault::new(&self.file, message).at(line, 0);
        self.faults.push(fault);
    }

    /// What was found, the first hundred and a count.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        let more = self.faults.len().saturating_sub(MAX_FAULTS);
        if more > 0 {
            self.faults.truncate(MAX_FAULTS);
            let line = self.faults.last().and_then(|fault| fault.line).unwrap_or(0);
            let message = format!("and {more} more problems after this line");
            self.faults.push(Fault::new(&self.file, message).at(line, 0));
        }
        self.faults
    }
}

struct Header {
    places: Vec<Option<usize>>,
    width: usize,
}

/// One line of cells.
pub(super) struct Line<'l> {
    /// From 1.
    pub(super) number: u64,
    record: &'l StringRecord,
    places: &'l [Option<usize>],
    columns: &'l [&'static str],
    complaints: Vec<String>,
}

impl<'l> Line<'l> {
    /// The cell of a column, by the column's index; empty where the column is absent.
    pub(super) fn cell(&self, column: usize) -> &'l str {
        let place = self.places.get(column).copied().flatten();
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// What a cell says; `None` where it is empty or wrong.
    pub(super) fn optional<T>(&mut self, column: usize, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        read(cell).map_err(|complaint| self.complain(column, &complaint)).ok()
    }

    /// What a cell says that must say something.
    pub(super) fn required<T>(&mut self, column: usize, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if self.cell(column).is_empty() {
            self.complain(column, "the cell is empty");
        }
        self.optional(column, read)
    }

    /// An id that must be there.
    pub(super) fn id(&mut self, column: usize, draft: &mut Draft) -> Option<Sym> {
        self.required(column, |id| draft.id(id))
    }

    /// `true` or `false`, in whatever case a spreadsheet writes it; empty is `false`.
    pub(super) fn flag(&mut self, column: usize) -> bool {
        let flag = self.optional(column, |word| match word.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("`{word}` is neither `true` nor `false`")),
        });
        flag.unwrap_or(false)
    }

    /// Permissions, joined with `;`.
    pub(super) fn permissions(&mut self, column: usize, draft: &mut Draft) -> PermissionSet {
        let set = self.optional(column, |cell| words(cell, draft));
        set.unwrap_or_default()
    }

    /// Says what is wrong with a cell.
    pub(super) fn complain(&mut self, column: usize, complaint: &str) {
        let name = self.columns.get(column).copied().unwrap_or_default();
        self.complaints.push(format!("`{name}`: {complaint}"));
    }

    /// Says what is wrong with the line.
    pub(super) fn complain_of_all(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }

    /// Whether nothing is wrong with it so far.
    pub(super) fn is_sound(&self) -> bool {
        self.complaints.is_empty()
    }
}

/// Reads permissions joined with `;`.
pub(super) fn words(cell: &str, draft: &mut Draft) -> Result<PermissionSet, String> {
    let read = cell.split(';').try_for_each(|word| {
        if word.is_empty() {
            return Err(format!("`{cell}` has an empty word"));
        }
        draft.add_word(word)
    });
    let set = draft.take_set();
    read.map(|()| set)
}

/// The separator of the header: its names hold none of the three.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let found = header.bytes().find(|byte| b",;\t".contains(byte));
    found.unwrap_or(b',')
}

/// The line of a quote that is never closed, or after which text follows. The reader of lines takes both without a word.
fn broken_quote(bytes: &[u8], separator: u8) -> Option<(u64, &'static str)> {
    let mut state = Quoting::Start;
    let (mut line, mut opened) = (1, 1);
    for &byte in bytes {
        state = match (state, byte) {
            (Quoting::Start, b'"') => {
                opened = line;
                Quoting::Inside
            }
            (Quoting::Inside, b'"') => Quoting::Closed,
            (Quoting::Inside, _) | (Quoting::Closed, b'"') => Quoting::Inside,
            (_, b'\n' | b'\r') => Quoting::Start,
            (_, byte) if byte == separator => Quoting::Start,
            (Quoting::Closed, _) => return Some((line, "text follows a closing quote")),
            (Quoting::Start | Quoting::Plain, _) => Quoting::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    (state == Quoting::Inside).then_some((opened, "the quote that opens here is never closed"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// At the start of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Between quotes.
    Inside,
    /// After a quote that closes the cell, or is the first of two.
    Closed,
}
