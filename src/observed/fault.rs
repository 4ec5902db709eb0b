//! Why an export can't be read: every reason with its place, for people.

use std::fmt;

/// One reason, with its place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The file, as the caller named it.
    pub file: String,
    /// The line from 1, where one is to blame.
    pub line: Option<u64>,
    /// The column from 1, where one is to blame.
    pub column: Option<u64>,
    /// One sentence.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Fault {
    /// A reason about a file as a whole.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { file: file.into(), line: None, column: None, message: message.into(), help: None }
    }

    /// At a line, and where known a column; each from 1, 0 = unknown.
    #[must_use]
    pub fn at(mut self, line: u64, column: u64) -> Self {
        self.line = (line > 0).then_some(line);
        self.column = (column > 0).then_some(column);
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Fault {
    /// `members.csv:12:3: message` and on a line of its own the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// An export can't be read. Nothing of it is used: half an export would look like removals.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", listed(.faults))]
pub struct ObservedError {
    /// Every reason that was found, by file and line; at least one.
    faults: Vec<Fault>,
}

impl ObservedError {
    /// Of some reasons, put in order.
    pub(super) fn new(mut faults: Vec<Fault>) -> Self {
        // Those of one line stay in the order of its cells.
        faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        faults.dedup();
        ObservedError { faults }
    }

    /// Every reason, by file and line.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl From<Fault> for ObservedError {
    fn from(fault: Fault) -> Self {
        ObservedError { faults: vec![fault] }
    }
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}

/// The text of a file.
///
/// # Errors
/// At the line of the first byte that is no UTF-8.
pub(super) fn utf8<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, Fault> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let fault = Fault::new(file, "the file is UTF-16");
        return Err(fault.help("save it as UTF-8"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Fault::new(file, "a byte is no UTF-8").at(line as u64, 0).help("save the file as UTF-8")
    })
}
