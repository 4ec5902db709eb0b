//! A snapshot as JSON and as YAML: what is accepted is written and read again as the same.

#![no_main]

use accord::observed::snapshot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["snapshot.json", "snapshot.yaml"] {
        if let Ok(state) = snapshot::read(bytes, name) {
            let written = snapshot::write(&state);
            let again = snapshot::read(&written, "again.json").expect("what is written can be read");
            assert!(again == state);
            assert_eq!(snapshot::write(&again), written);
        }
    }
});
