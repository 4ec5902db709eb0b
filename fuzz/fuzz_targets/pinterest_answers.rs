//! Answers of Pinterest's interface, a line each: whatever they say, the business that is read from them can be written and read again as
//! the same.

#![no_main]

use std::sync::atomic::{AtomicUsize, Ordering};

use accord::connectors::pinterest_api::fetch::Reading;
use accord::connectors::pinterest_api::{Answer, CallError, Request, Source};
use accord::observed::snapshot;
use libfuzzer_sys::fuzz_target;

/// Answers by turns.
struct Lines<'a>(Vec<&'a [u8]>, AtomicUsize);

impl Source for Lines<'_> {
    fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        let Lines(lines, next) = self;
        let line = lines.get(next.fetch_add(1, Ordering::Relaxed) % lines.len().max(1)).copied().unwrap_or_default();
        serde_json::from_slice(line).map(|body| Answer { status: 200, body, request_id: None }).map_err(|error| {
            let (call, message) = (request.name(), error.to_string());
            CallError::GaveUp { call, message, attempts: 1, request_id: None }
        })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let lines = Lines(bytes.split(|byte| *byte == b'\n').collect(), AtomicUsize::new(0));
    let captured_at = jiff::Timestamp::UNIX_EPOCH;
    let reading = Reading { business: "9", captured_at, base: "https://api.example/v5", threads: 1 };
    if let Ok(export) = reading.export(&lines) {
        let written = snapshot::write(&export.state);
        let again = snapshot::read(&written, "again.json").expect("what is written can be read");
        assert!(again == export.state);
    }
});
