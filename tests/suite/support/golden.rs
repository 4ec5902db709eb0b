//! Golden files: compared byte for byte, rewritten when `ACCORD_BLESS=1`.

use std::path::Path;
use std::{env, fs};

use similar::TextDiff;

/// Compares `actual` with the golden file, or writes it there when blessing. The error is a readable difference.
pub fn check(golden: &Path, actual: &str) -> Result<(), String> {
    settle(golden, actual, env::var("ACCORD_BLESS").is_ok_and(|value| value == "1"))
}

fn settle(golden: &Path, actual: &str, bless: bool) -> Result<(), String> {
    let expected = fs::read_to_string(golden).ok();
    match expected {
        Some(expected) if expected == actual => Ok(()),
        _ if bless => fs::write(golden, actual).map_err(|err| format!("`{}`: {err}", golden.display())),
        Some(expected) => {
            Err(format!("differs; if that is right, ACCORD_BLESS=1 accepts it\n{}", diff(&expected, actual)))
        }
        None => Err(format!("no golden file yet; ACCORD_BLESS=1 writes it\n{}", diff("", actual))),
    }
}

fn diff(expected: &str, actual: &str) -> String {
    TextDiff::from_lines(expected, actual).unified_diff().header("expected", "actual").to_string()
}

#[test]
fn a_difference_is_shown_with_its_lines() {
    let shown = diff("same\nold\n", "same\nnew\n");
    assert!(shown.contains(" same\n-old\n+new\n"), "{shown}");
}

#[test]
fn a_difference_in_the_last_newline_is_one() {
    assert_ne!(diff("same\n", "same"), "");
}

#[test]
fn a_golden_file_is_compared_and_only_blessing_changes_it() {
    let folder = tempfile::tempdir().unwrap();
    let golden = folder.path().join("expected");
    assert!(settle(&golden, "new\n", false).unwrap_err().contains("no golden file yet"));
    assert_eq!(settle(&golden, "old\n", true), Ok(()));
    assert!(settle(&golden, "new\n", false).unwrap_err().contains("-old\n+new\n"));
    assert_eq!(settle(&golden, "old\n", false), Ok(()));
}
