//! What `accord plan` costs against bare event parsing of the same YAML, with the same parser and the same number of threads, and
//! against a plan that asks no rule: this program then does what `accord plan` does but for them. Whole processes.
//!
//! ```sh
//! cargo bench --bench plan                    # 1e4, 1e5 and 1e6 grants
//! cargo bench --bench plan -- 1e5 --runs 9
//! cargo bench --bench plan -- --quick         # one run of 1e3 grants: that it works, not how fast
//! ```
//!
//! The processes run by turns, so that a busy machine slows all, and the best run of each counts. Time on the clock is what a user
//! waits; the processor's time is the fairer measure where others use the machine. Prints, never judges.
//!
//! Each process is started by a copy of this program that measures nothing else: the kernel then tells its time and peak memory exactly.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark runs programs, reads the clock and prints; it may stop where it can't go on"
)]

mod world;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use accord::desired;
use accord::observed::snapshot;
use accord::plan::{self, Abilities, BusinessInput, PlanInput};
use accord::policy::Applicant;
use accord::reports::plan::{Depth, Summary, render_text};
use accord::terminal::Style;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use saphyr_parser::Parser;

/// What the command line asks for.
struct Task {
    sizes: Vec<u64>,
    runs: usize,
    threads: usize,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["events", folder, threads] => bare_events(Path::new(folder), threads.parse().expect("a number")),
        ["unjudged", folder, threads] => unjudged(Path::new(folder), threads.parse().expect("a number")),
        ["measure", program, arguments @ ..] => measure(program, arguments),
        _ => run(&Task::of(&words)),
    }
}

impl Task {
    fn of(words: &[String]) -> Self {
        let quick = words.iter().any(|word| word == "--quick");
        let value = |name: &str| {
            let at = words.iter().position(|word| word == name)?;
            words.get(at + 1)?.parse::<usize>().ok()
        };
        let options = ["--runs", "--threads"];
        let free = words.iter().enumerate().filter(|(at, _)| *at == 0 || !options.contains(&words[at - 1].as_str()));
        let sizes: Vec<u64> = free.filter_map(|(_, word)| word.parse::<f64>().ok()).map(|size| size as u64).collect();
        let usual = if quick { vec![1_000] } else { vec![10_000, 100_000, 1_000_000] };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Task {
            sizes: if sizes.is_empty() { usual } else { sizes },
            runs: value("--runs").unwrap_or(if quick { 1 } else { 5 }).max(1),
            threads: value("--threads").unwrap_or(cores),
        }
    }
}

fn run(task: &Task) {
    let Task { sizes, runs, threads } = task;
    println!("{threads} threads; the best of {runs} runs by turns; one percent of the grants differ; seconds");
    println!(
        "| grants | YAML | export | events: clock | processor | without rules: clock | processor | to events: clock | processor | peak memory | to YAML | with all rules: clock | processor | to without: clock | processor | peak memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut rows: Vec<(u64, Cost, Cost)> = Vec::new();
    for &grants in sizes {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = world::Size { grants, files: 40.min(grants / 100).max(1), differing: 10, seed: 1 };
        let written = world::generate(folder.path(), size).expect("writing the generated business");
        let [events, bare, plan] = compare(folder.path(), *runs, *threads);
        println!(
            "| {grants} | {:.1} MB | {:.1} MB | {:.3} | {:.3} | {:.3} | {:.3} | {:.2} | {:.2} | {:.0} MiB | {:.2} | {:.3} | {:.3} | {:.2} | {:.2} | {:.0} MiB |",
            written.yaml as f64 / 1e6,
            written.export as f64 / 1e6,
            events.clock,
            events.processor,
            bare.clock,
            bare.processor,
            bare.clock / events.clock,
            bare.processor / events.processor,
            bare.peak / f64::from(1 << 20),
            bare.peak / written.yaml as f64,
            plan.clock,
            plan.processor,
            plan.clock / bare.clock,
            plan.processor / bare.processor,
            plan.peak / f64::from(1 << 20),
        );
        rows.push((grants, bare, plan));
    }
    for which in ["without rules", "with all rules"] {
        let costs =
            rows.iter().map(|&(grants, bare, plan)| (grants, if which == "without rules" { bare } else { plan }));
        growth(which, &costs.collect::<Vec<_>>());
    }
}

/// How time grows with the number of grants: linear is 1.
fn growth(which: &str, rows: &[(u64, Cost)]) {
    if let (Some((few, cheap)), Some((many, dear))) = (rows.first(), rows.last())
        && few < many
    {
        let times = (*many as f64 / *few as f64).ln();
        let exponent = |less: f64, more: f64| (more / less).ln() / times;
        let clock = exponent(cheap.clock, dear.clock);
        let processor = exponent(cheap.processor, dear.processor);
        println!(
            "{which}, growth from {few} to {many}: exponent {clock:.2} by the clock, {processor:.2} by the processor"
        );
    }
}

/// What a process cost: seconds and bytes.
#[derive(Clone, Copy, Debug)]
struct Cost {
    clock: f64,
    processor: f64,
    peak: f64,
}

/// Runs bare events, a plan without rules and `accord plan` by turns; the best of each, and the highest peak.
fn compare(folder: &Path, runs: usize, threads: usize) -> [Cost; 3] {
    let own = std::env::current_exe().expect("this program");
    let own = own.to_string_lossy();
    let (path, threads) = (folder.to_string_lossy(), threads.to_string());
    let events = [own.as_ref(), "events", path.as_ref(), threads.as_str()];
    let program = env!("CARGO_BIN_EXE_accord");
    let common = [path.as_ref(), "--at", "2026-11-22", "--threads", threads.as_str()];
    let unjudged = [own.as_ref(), "unjudged", path.as_ref(), threads.as_str()];
    let plan = [&[program, "plan"], &common[..], &["--detail", "headline"]].concat();
    let commands = [&events[..], &unjudged, &plan];
    let turns: Vec<[Cost; 3]> = (0..runs).map(|_| commands.map(|command| measured(&own, command))).collect();
    [0, 1, 2].map(|which| {
        let all = turns.iter().map(|turn| turn[which]);
        let best = all.reduce(|a, b| Cost {
            clock: a.clock.min(b.clock),
            processor: a.processor.min(b.processor),
            peak: a.peak.max(b.peak),
        });
        best.expect("at least one run")
    })
}

/// Starts the copy of this program that runs a command, and reads what it found.
fn measured(own: &str, command: &[&str]) -> Cost {
    let output = Command::new(own).arg("measure").args(command).output().expect("measuring");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(numbers.len() == 3, "no measurement: {text}");
    Cost { clock: numbers[0], processor: numbers[1], peak: numbers[2] }
}

/// Runs a command and prints seconds by the clock, seconds of the processor and bytes at the peak.
fn measure(program: &str, arguments: &[&str]) {
    let start = Instant::now();
    let output = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.expect("running the program");
    let clock = start.elapsed();
    // 2: there is drift. 3: a guard refuses so many removals; the plan is made and shown all the same.
    let worked = matches!(output.status.code(), Some(0 | 2 | 3));
    assert!(worked, "{program} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what the program used");
    let processor = duration(usage.user_time()) + duration(usage.system_time());
    // The kernel counts memory in KiB.
    println!("{} {} {}", clock.as_secs_f64(), processor.as_secs_f64(), usage.max_rss() * 1024);
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_micros(time.num_microseconds() as u64)
}

/// What `accord plan --detail headline` does, but that no rule is asked.
fn unjudged(folder: &Path, threads: usize) {
    let read = || {
        let bytes = fs::read(folder.join("snapshot.json")).expect("the export");
        snapshot::read(&bytes, "snapshot.json").expect("a snapshot")
    };
    let (reading, observed) = desired::from_folder_beside(folder, threads, read).expect("the folder");
    let desired = reading.state.expect("files without errors");
    let business = BusinessInput {
        business: 0,
        observed: &observed,
        from: "snapshot.json".to_owned(),
        last_applied: None,
        managed_before: None,
        files_before: None,
        abilities: Abilities { can: |_| Ok(()), batch: |_| 1000, follows: |_| false },
    };
    let plan = plan::build(&PlanInput {
        desired: &desired,
        businesses: vec![business],
        as_of: "2026-11-22T00:00:00Z".parse().expect("a moment"),
        only: Vec::new(),
        overrides: Vec::new(),
        applicant: Applicant::default(),
        authors: Vec::new(),
        predict: true,
        threads,
        rules: None,
    });
    let plan = plan.expect("a plan");
    print!("{}", render_text(&plan, Depth::Headline, &Style::plain(100)));
    black_box(Summary::of(&plan));
    // The command doesn't give a million small pieces of memory back one by one either.
    std::mem::forget((reading.files, plan, desired, observed));
}

/// Nothing but the events of every YAML file, files shared among the threads.
fn bare_events(folder: &Path, threads: usize) {
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
}
