//! The journal of an interrupted apply: first as any bytes, then as a good one with a stretch replaced by them.

#![no_main]

use accord::apply::record::{Event, FORMAT, FORMAT_VERSION, Runner};
use accord::apply::{Journal, Past, Tape};
use accord::model::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let [at, length, rest @ ..] = bytes else {
        return;
    };
    let mut journal = journal();
    let start = journal.len() * usize::from(*at) / 256;
    let end = journal.len().min(start + usize::from(*length));
    journal.splice(start..end, rest.iter().copied());
    check(&journal);
});

/// Whatever is taken is a chain from 1 on, and can be gone on with: the whole is a journal again.
fn check(bytes: &[u8]) {
    let Ok(past) = Past::read(bytes) else {
        return;
    };
    let count = past.records().len() as u64;
    assert!((1..=count).eq(past.records().iter().map(|record| record.seq)));
    let mut memory = Memory(bytes.to_vec());
    let clock = || jiff::Timestamp::UNIX_EPOCH;
    let mut journal = Journal::resume(&mut memory, past, &clock).expect("memory takes everything");
    let event = if count == 0 {
        begin()
    } else {
        Event::Stopped { signal: 2 }
    };
    journal.note(event).expect("memory takes everything");
    let again = Past::read(&memory.0).expect("what was gone on with is a journal");
    assert_eq!(again.records().len() as u64, count + 1);
}

/// A journal with a call of which nobody knows.
fn journal() -> Vec<u8> {
    let mut memory = Memory(Vec::new());
    let clock = || jiff::Timestamp::UNIX_EPOCH;
    let past = Past::read(b"").expect("nothing is a journal of nothing");
    let mut journal = Journal::resume(&mut memory, past, &clock).expect("memory takes everything");
    let intent = Event::Intent {
        business: "acme".to_owned(),
        operations: vec!["set-grant-9f31c07a22d4".to_owned()],
    };
    for event in [begin(), intent] {
        journal.note(event).expect("memory takes everything");
    }
    memory.0
}

fn begin() -> Event {
    Event::Begin {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        plan: Digest::of(b"fuzz"),
        targets: Vec::new(),
        operations: 1,
        by: Runner::default(),
    }
}

struct Memory(Vec<u8>);

impl Tape for Memory {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, length: u64) -> std::io::Result<()> {
        self.0.truncate(usize::try_from(length).expect("no longer than memory"));
        Ok(())
    }
}
