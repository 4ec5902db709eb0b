//! A folder of tables: the input is its files, each as a name, a line of its own, and the text up to a NUL. What is accepted is
//! written and read again as the same. The whole input is read as a roster, too, and put into an empty state.

#![no_main]

use std::collections::BTreeMap;

use accord::observed::{ObservedState, tables};
use accord::platforms::by_name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let platform = by_name("pinterest").expect("the platform is there");
    if let Ok(roster) = tables::read_roster(platform, "500", bytes, "roster.csv") {
        let mut state = ObservedState::new(platform, "1", jiff::Timestamp::UNIX_EPOCH);
        state.put_roster("500", &roster);
        assert_eq!(state.rosters.len(), roster.rosters.len());
        let written = |state| tables::write(state).remove("rosters/500.csv");
        assert!(written(&state) == written(&roster));
    }
    let files = bytes.split(|byte| *byte == 0).map(|file| {
        let end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
        let text = file.get(end + 1..).unwrap_or_default();
        (String::from_utf8_lossy(&file[..end]).into_owned(), text.to_vec())
    });
    let files: BTreeMap<String, Vec<u8>> = files.collect();
    if let Ok(state) = tables::read(&files, "") {
        let written = tables::write(&state);
        let again = tables::read(&written, "").expect("what is written can be read");
        assert!(again == state);
        assert_eq!(tables::write(&again), written);
    }
});
