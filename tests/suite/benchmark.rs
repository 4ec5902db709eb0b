//! What the benchmark measures on is what it says: a business with the proportions of real ones, valid, and different by one percent.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use accord::desired;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program of its own, whose numbers are small and positive"
)]
#[path = "../../benches/world.rs"]
mod world;

const SIZE: world::Size = world::Size { grants: 2_000, files: 5, differing: 10, seed: 7 };

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("reading")))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let generated = |seed| {
        let folder = tempfile::tempdir().expect("a folder");
        let written = world::generate(folder.path(), world::Size { seed, ..SIZE }).expect("writing");
        (written, files(folder.path()))
    };
    let (written, files) = generated(7);
    assert!((written, &files) == (generated(7).0, &generated(7).1));
    assert!(files != generated(8).1);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "access-000.yaml",
            "access-001.yaml",
            "access-002.yaml",
            "access-003.yaml",
            "access-004.yaml",
            "accord.yaml",
            "snapshot.json"
        ]
    );
}

#[test]
fn the_proportions_are_those_that_were_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let size = world::Size { grants: 20_000, files: 5, differing: 10, seed: 1 };
    let written = world::generate(folder.path(), size).expect("writing");
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    let near = |share: f64, real: f64| assert!((share / real - 1.0).abs() < 0.25, "{share:.3} instead of {real}");
    // Members without a grant; grants through teams, with partners; grants for each member who has some.
    near(share(written.without, written.members), 0.42);
    near(share(written.through_teams, written.grants), 0.31);
    near(share(written.to_partners, written.grants), 0.064);
    near(share(written.grants - written.to_partners, written.members - written.without), 1.99);
    near(share(written.differing, written.grants), 0.01);
    near(share(written.grants, size.grants), 1.0);
}

#[test]
fn the_files_are_valid_and_canonical_and_the_plan_is_the_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = world::generate(folder.path(), SIZE).expect("writing");
    let reading = desired::from_folder(folder.path(), 2).expect("reading");
    assert!(reading.problems.is_empty(), "{:?}", reading.problems.first());
    let state = reading.state.expect("a state");
    let mut pairs: Vec<_> = state.grants.iter().map(|grant| (grant.principal, grant.asset)).collect();
    pairs.dedup();
    assert_eq!(pairs.len() as u64, written.grants);
    assert_eq!(state.people.len() as u64, written.members);
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_accord")).args(words).current_dir(folder.path()).output();
        output.expect("running accord")
    };
    assert!(run(&["fmt", "--check", "."]).status.success());
    let plan = run(&["plan", ".", "--at", "2026-11-22", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&plan.stdout).expect("a plan");
    let operations = plan["businesses"][0]["operations"].as_array().expect("operations");
    assert_eq!(operations.len() as u64, written.differing);
    assert!(written.differing > 0);
}
