//! Runs every case of `tests/cases/<command>/<case>/` through the built program and compares with its golden file.
//!
//! A case is a folder with
//! - `cmd`: what to run, line by line; see `support::script` for the words it knows
//! - `input/` (optional): the files the case starts with, copied to a fresh folder
//! - `expected`: what came of it: each command, its status, stdout and stderr, and the files it asked to show
//!
//! `ACCORD_BLESS=1 cargo test` writes the golden files; read their diff before you commit it. `ACCORD_CASE=plan/` runs only the
//! cases whose name contains the text.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{env, thread};

use crate::support::{golden, run, script::Script};

/// More than the cores of the smallest machine we test on would gain nothing.
const THREADS: usize = 2;

#[test]
fn cases_give_what_they_promise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failures = Vec::new();
    let mut cases = find(&root, &mut failures);
    let wanted = env::var("ACCORD_CASE").unwrap_or_default();
    cases.retain(|case| name(&root, case).contains(&wanted));
    if cases.is_empty() {
        failures.push(format!("no case matches `{wanted}`"));
    }
    failures.extend(run_all(&root, cases));
    failures.sort();
    assert!(failures.is_empty(), "\n{}\n{} failed", failures.join("\n"), failures.len());
}

/// The case folders below `root`, exactly two levels deep; anything else there would silently never run.
fn find(root: &Path, failures: &mut Vec<String>) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for group in sorted_entries(root) {
        let members = if group.is_dir() { sorted_entries(&group) } else { Vec::new() };
        if members.is_empty() {
            failures.push(format!("{}: not a folder of cases", name(root, &group)));
        }
        let (folders, strays): (Vec<_>, Vec<_>) = members.into_iter().partition(|path| path.is_dir());
        failures.extend(strays.iter().map(|path| format!("{}: belongs to no case", name(root, path))));
        cases.extend(folders);
    }
    cases
}

fn run_all(root: &Path, cases: Vec<PathBuf>) -> Vec<String> {
    let queue = Mutex::new(cases.into_iter());
    let next = || queue.lock().expect("no thread panics while it takes a case").next();
    let work = || {
        let mut failures = Vec::new();
        while let Some(case) = next() {
            if let Err(problem) = run_case(&case) {
                failures.push(format!("{}: {problem}", name(root, &case)));
            }
        }
        failures
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a case fails by its result")).collect()
    })
}

fn run_case(case: &Path) -> Result<(), String> {
    for entry in sorted_entries(case) {
        if !["cmd", "expected", "input"].iter().any(|known| entry.ends_with(known)) {
            return Err(format!("`{}` is no part of a case", entry.display()));
        }
    }
    let text = fs::read_to_string(case.join("cmd")).map_err(|err| format!("`cmd`: {err}"))?;
    let script = Script::parse(&text)?;
    let actual = run::script(&script, case)?;
    golden::check(&case.join("expected"), &actual)
}

fn name(root: &Path, case: &Path) -> String {
    case.strip_prefix(root).unwrap_or(case).to_string_lossy().replace('\\', "/")
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|err| panic!("{}: {err}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the folder stays readable").path()).collect();
    paths.sort();
    paths
}

/// Proof that the runner notices what a case can do wrong.
mod the_runner {
    use super::*;

    /// Runs a case made of these files; `expected` as it is on disk, whatever ACCORD_BLESS says.
    fn outcome(files: &[(&str, &str)]) -> Result<(), String> {
        let case = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = case.path().join(name);
            fs::create_dir_all(path.parent().expect("inside the case")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        run_case(case.path())
    }

    fn assert_fails(files: &[(&str, &str)], expected: &str) {
        let problem = outcome(files).expect_err("the case must fail");
        assert!(problem.contains(expected), "expected `{expected}`, got `{problem}`");
    }

    #[test]
    fn an_empty_case_fails() {
        assert_fails(&[], "`cmd`");
        assert_fails(&[("expected", "left over\n")], "`cmd`");
        assert_fails(&[("cmd", "# only a comment\n")], "runs nothing");
    }

    #[test]
    fn what_is_never_read_fails() {
        assert_fails(&[("cmd", "accord --version\n"), ("stdout", "")], "is no part of a case");
        assert_fails(&[("cmd", "input examples\naccord --version\n"), ("input/a.yaml", "")], "two inputs");
        assert_fails(&[("cmd", "acord --version\n")], "line 1: unknown word `acord`");
    }

    #[test]
    fn strays_beside_the_cases_are_found() {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(root.path().join("plan/empty")).expect("writable");
        fs::create_dir(root.path().join("drift")).expect("writable");
        fs::write(root.path().join("plan/cmd"), "accord plan").expect("writable");
        let mut failures = Vec::new();
        let cases = find(root.path(), &mut failures);
        assert_eq!(failures, ["drift: not a folder of cases", "plan/cmd: belongs to no case"]);
        assert_eq!(cases, [root.path().join("plan/empty")]);
    }
}
