//! The journal of a run: append-only lines, each holding the digest of the one before.
//!
//! An intent is on disk before its call and the outcome after it, so a crash at any point leaves either nothing, or an intent whose
//! effect can be looked for. A last line that a crash cut short was never relied on and is dropped; any other break is an error.

use std::io;

use jiff::Timestamp;

use crate::connectors::journal_file::JournalFile;
use crate::model::Digest;

use super::record::{Event, FORMAT, FORMAT_VERSION, Record, TargetRef};

/// Where a journal's bytes go. A file in the program, memory in tests.
pub trait Tape {
    /// Adds bytes at the end.
    ///
    /// # Errors
    /// Where they can't be written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything appended survives a power cut.
    ///
    /// # Errors
    /// Where that can't be promised.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts everything from a length (in bytes) on.
    ///
    /// # Errors
    /// Where it can't be cut.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Tape for JournalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        JournalFile::append(self, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        JournalFile::sync(self)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        JournalFile::cut(self, length)
    }
}

/// The records of an earlier run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Past {
    records: Vec<Record>,
    /// Bytes that hold whole records.
    length: u64,
    /// Bytes after them, of a record that was cut short.
    torn: u64,
    /// Digest of the last whole line.
    tip: Option<Digest>,
}

/// A journal that can't be gone on with.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JournalError {
    /// A line is not what the one before it promises.
    #[error(
        "line {line} of the journal {why}: it was changed or damaged, and nothing in it can be relied on from there"
    )]
    Broken {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It was written by another version of accord.
    #[error("the journal has format version {found}, this accord goes on with version {FORMAT_VERSION} only")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// It belongs to another plan.
    #[error("the journal is that of plan {found}, not of plan {wanted}")]
    OtherPlan {
        /// First digits of the digest of its plan.
        found: String,
        /// First digits of the digest of the plan that is to be applied.
        wanted: String,
    },
    /// It belongs to another target.
    #[error("the journal is that of a run on {found}, not on {wanted}")]
    OtherTarget {
        /// What it was applied to.
        found: String,
        /// What the plan is to be applied to now.
        wanted: String,
    },
}

impl Past {
    /// Reads the bytes of a journal. No bytes, or one torn line, is a journal of a run that did nothing yet.
    ///
    /// # Errors
    /// Where the chain is broken anywhere but in a torn last line, or the version is another one.
    pub fn read(bytes: &[u8]) -> Result<Self, JournalError> {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let (lines, torn) = bytes.split_at(whole);
        let mut past = Past { torn: torn.len() as u64, length: whole as u64, ..Past::default() };
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            past.take(line.strip_suffix(b"\n").unwrap_or(line))?;
        }
        Ok(past)
    }

    /// All records, the first one first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many bytes of a record that was cut short follow the whole ones; 0 = none.
    pub fn torn(&self) -> u64 {
        self.torn
    }

    /// Whether no run has begun yet.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The digest of the plan that was begun.
    pub fn plan(&self) -> Option<Digest> {
        match self.records.first().map(|record| &record.event) {
            Some(Event::Begin { plan, .. }) => Some(*plan),
            _ => None,
        }
    }

    /// What the plan was applied to.
    pub fn targets(&self) -> &[TargetRef] {
        match self.records.first().map(|record| &record.event) {
            Some(Event::Begin { targets, .. }) => targets,
            _ => &[],
        }
    }

    /// When the last run ended, if it did; its journal then ends with that record.
    pub fn ended(&self) -> Option<Timestamp> {
        let last = self.records.last()?;
        matches!(last.event, Event::End { .. }).then_some(last.at)
    }

    /// Whether it is the journal of this plan on these targets.
    ///
    /// # Errors
    /// Where it is not.
    pub fn check(&self, plan: Digest, targets: &[TargetRef]) -> Result<(), JournalError> {
        let Some(found) = self.plan() else {
            return Ok(());
        };
        if found != plan {
            return Err(JournalError::OtherPlan { found: found.short(12), wanted: plan.short(12) });
        }
        if self.targets() != targets {
            return Err(JournalError::OtherTarget { found: listed(self.targets()), wanted: listed(targets) });
        }
        Ok(())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), JournalError> {
        let seq = self.records.len() as u64 + 1;
        let broken = |why: String| JournalError::Broken { line: seq, why };
        if seq == 1 {
            check_version(line)?;
        }
        let record: Record = serde_json::from_slice(line).map_err(|error| broken(format!("is no record ({error})")))?;
        if record.seq != seq {
            return Err(broken(format!("has number {} where {seq} follows", record.seq)));
        }
        if record.previous != self.tip.unwrap_or(Digest([0; 32])) {
            return Err(broken("does not hold the digest of the line before".to_owned()));
        }
        if matches!(record.event, Event::Begin { .. }) != (seq == 1) {
            return Err(broken("begins a run in the wrong place".to_owned()));
        }
        self.tip = Some(Digest::of(line));
        self.records.push(record);
        Ok(())
    }
}

/// Says that a journal is of another version before saying that it can't be read.
fn check_version(line: &[u8]) -> Result<(), JournalError> {
    #[derive(serde::Deserialize)]
    struct Head {
        event: HeadEvent,
    }
    #[derive(serde::Deserialize)]
    struct HeadEvent {
        format: String,
        format_version: u32,
    }
    match serde_json::from_slice::<Head>(line) {
        Ok(head) if head.event.format == FORMAT && head.event.format_version != FORMAT_VERSION => {
            Err(JournalError::Version { found: head.event.format_version })
        }
        Ok(head) if head.event.format == FORMAT => Ok(()),
        _ => Err(JournalError::Broken { line: 1, why: format!("does not begin an `{FORMAT}`") }),
    }
}

fn listed(targets: &[TargetRef]) -> String {
    let each: Vec<String> = targets
        .iter()
        .map(|target| format!("{} `{}` (business {})", target.connector, target.location, target.id))
        .collect();
    each.join(" and ")
}

/// A journal that is being written.
pub struct Journal<'t> {
    tape: &'t mut dyn Tape,
    clock: &'t dyn Fn() -> Timestamp,
    past: Past,
    next: u64,
    tip: Digest,
}

impl<'t> Journal<'t> {
    /// Goes on after what was read from the tape; a torn last record is cut off.
    ///
    /// # Errors
    /// Where the tape can't be cut.
    pub fn resume(tape: &'t mut dyn Tape, past: Past, clock: &'t dyn Fn() -> Timestamp) -> io::Result<Self> {
        if past.torn > 0 {
            tape.cut(past.length)?;
        }
        Ok(Journal { tape, clock, next: past.records.len() as u64 + 1, tip: past.tip.unwrap_or(Digest([0; 32])), past })
    }

    /// The records that were there before.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// Adds a record; it may be lost until [`Journal::flush`].
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn note(&mut self, event: Event) -> io::Result<()> {
        let record = Record { seq: self.next, previous: self.tip, at: (self.clock)(), event };
        let mut line = serde_json::to_vec(&record)?;
        self.tip = Digest::of(&line);
        self.next += 1;
        line.push(b'\n');
        self.tape.append(&line)
    }

    /// Returns when every record is on disk.
    ///
    /// # Errors
    /// Where that can't be promised.
    pub fn flush(&mut self) -> io::Result<()> {
        self.tape.sync()
    }
}
