//! The last applied state: first as any bytes, then as a good one with a stretch replaced by them. What is accepted is written and
//! read again as the same.

#![no_main]

use accord::apply::last_applied::{is_applied, read, write};
use libfuzzer_sys::fuzz_target;

const GOOD: &str = r#"{
  "format": "accord-applied",
  "format_version": 1,
  "plan": "0000000000000000000000000000000000000000000000000000000000000000",
  "managed": ["people", "partners"],
  "files": ["accord.yaml"],
  "state": {
    "format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
    "business": {"id": "729090764583391194", "name": "Acme Retail"},
    "captured_at": "2026-11-22T10:00:00Z",
    "collections": {
      "members": {"complete": true, "total": 1, "items": [{"id": "11", "email": "ana@acme.example", "role": "BIZ_ADMIN"}]},
      "assets": {"complete": true, "total": 1, "items": [{"id": "71", "type": "AD_ACCOUNT", "name": "Acme France"}]},
      "grants": {"complete": true, "total": 1, "items": [{"member": "11", "asset": "71", "permissions": ["ADMIN"]}]}
    }
  }
}"#;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let [at, length, rest @ ..] = bytes else {
        return;
    };
    let mut file = GOOD.as_bytes().to_vec();
    let start = file.len() * usize::from(*at) / 256;
    let end = file.len().min(start + usize::from(*length));
    file.splice(start..end, rest.iter().copied());
    check(&file);
});

fn check(bytes: &[u8]) {
    is_applied(bytes);
    let Ok(applied) = read(bytes, "applied.json") else {
        return;
    };
    let written = write(&applied).expect("what was read can be written");
    assert!(is_applied(&written));
    let again = read(&written, "again.json").expect("what is written can be read");
    assert!(again.state == applied.state && again.managed == applied.managed && again.files == applied.files && again.plan == applied.plan);
    assert_eq!(write(&again).expect("what was read can be written"), written);
}
