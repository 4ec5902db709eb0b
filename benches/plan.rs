//! How long `accord plan` takes, as a ratio to bare event parsing of the same YAML with the same parser on the same cores.
//!
//! `cargo bench --bench plan` (or `-- 1e4 1e5 1e6` for other sizes). Prints, never judges: machines are noisy.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark runs the program, reads the clock and prints; it may stop where it can't go on"
)]

mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use saphyr_parser::Parser;

/// Runs of each measurement; the fastest counts.
const RUNS: usize = 3;

fn main() {
    let sizes: Vec<u64> =
        std::env::args().skip(1).filter_map(|word| word.parse::<f64>().ok()).map(|size| size as u64).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{threads} threads; fastest of {RUNS} runs; one percent of the grants differ");
    println!("| grants | YAML | export | bare events | plan | ratio | peak memory | per byte of YAML |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut before: Option<(u64, f64)> = None;
    for grants in sizes {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = world::Size { grants, files: 40.min(grants / 100).max(1), differing: 10, seed: 1 };
        let bytes = world::generate(folder.path(), size).expect("writing the generated business");
        let snapshot = folder.path().join("snapshot.json");
        let events = fastest(|| bare_events(folder.path(), threads));
        let mut peak = 0;
        let plan = fastest(|| {
            let (time, memory) = plan(folder.path());
            peak = peak.max(memory);
            time
        });
        let export = fs::metadata(&snapshot).map_or(0, |metadata| metadata.len());
        println!(
            "| {grants} | {:.1} MB | {:.1} MB | {:.3} s | {:.3} s | {:.2} | {:.0} MiB | {:.2} |",
            bytes as f64 / 1e6,
            export as f64 / 1e6,
            events.as_secs_f64(),
            plan.as_secs_f64(),
            plan.as_secs_f64() / events.as_secs_f64(),
            peak as f64 / 1024.0,
            peak as f64 * 1024.0 / bytes as f64,
        );
        if let Some((less, time)) = before {
            let exponent = (plan.as_secs_f64() / time).ln() / (grants as f64 / less as f64).ln();
            println!("growth from {less} to {grants}: exponent {exponent:.2}");
        }
        before = Some((grants, plan.as_secs_f64()));
    }
}

fn fastest(mut run: impl FnMut() -> Duration) -> Duration {
    (0..RUNS).map(|_| run()).min().unwrap_or_default()
}

/// Nothing but the events of every YAML file, files shared among the threads.
fn bare_events(folder: &Path, threads: usize) -> Duration {
    let start = Instant::now();
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let next = AtomicUsize::new(0);
    let events = AtomicUsize::new(0);
    let work = || {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let text = fs::read_to_string(path).expect("reading");
            let count = Parser::new_from_str(&text).inspect(|event| assert!(event.is_ok())).count();
            events.fetch_add(count, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    assert!(events.into_inner() > 0);
    start.elapsed()
}

/// The whole process, its time and its peak memory in KiB as the kernel reports it.
fn plan(folder: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_accord"))
        .args(["plan", ".", "--detail", "headline", "--at", "2026-11-22"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("running accord plan");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
        peak = peak.max(now);
        if let Some(status) = child.try_wait().expect("waiting") {
            assert!(matches!(status.code(), Some(0 | 3)), "accord plan failed: {status}");
            return (start.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}
