//! What is known outside: the directory and dates of activity, as CSV.

use jiff::civil::Date;

use super::Placed;

/// A CSV file that the policy names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutsideFile {
    /// Its path, relative to the repository.
    pub path: Placed<String>,
}

/// The directory: who works here. Sorted by address.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directory {
    /// Its entries; addresses in lower case, each once.
    pub entries: Vec<DirectoryEntry>,
}

/// Somebody the directory knows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DirectoryEntry {
    /// The address, in lower case.
    pub address: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// Whether the person works here still.
    pub status: Status,
    /// Last day, where known.
    pub ended_on: Option<Date>,
    /// Whether two-factor is on; `None` where the directory does not say.
    pub two_factor: Option<bool>,
    /// The job title, for comparing peers.
    pub title: Option<String>,
}

/// What the directory says of somebody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// Works here.
    Active,
    /// Is away for a time.
    Suspended,
    /// Works here no more.
    Left,
}

/// Dates of last activity. Sorted by address.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Activity {
    /// Its entries; addresses in lower case, each once.
    pub entries: Vec<ActivityEntry>,
}

/// When somebody was last active.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ActivityEntry {
    /// The address, in lower case.
    pub address: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// The day; `None` = never.
    pub last_active: Option<Date>,
}

impl Directory {
    /// The entry of an address (in lower case).
    pub fn find(&self, address: &str) -> Option<&DirectoryEntry> {
        let index = self.entries.binary_search_by(|entry| entry.address.as_str().cmp(address)).ok()?;
        self.entries.get(index)
    }
}

impl Activity {
    /// The entry of an address (in lower case).
    pub fn find(&self, address: &str) -> Option<&ActivityEntry> {
        let index = self.entries.binary_search_by(|entry| entry.address.as_str().cmp(address)).ok()?;
        self.entries.get(index)
    }
}
