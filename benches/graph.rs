//! The access graph over a generated business: how long it takes to build, to compute everybody's access, to look again after a change of
//! 100 edges, and to explain one access.
//!
//! `cargo bench --bench graph` (or `-- 1e5` for another size). Prints, never judges: machines are noisy. One thread.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints; it may stop where it can't go on"
)]

mod world;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use accord::desired::{self, DesiredState};
use accord::graph::{AccessGraph, AssetIx, Builder, Changes, EdgeIx, EdgeKind, PersonIx, Sources, StateSource};
use accord::observed::{ObservedState, snapshot};

/// Runs of each measurement; the fastest counts.
const RUNS: usize = 5;

fn main() {
    let sizes = std::env::args().skip(1).filter_map(|word| word.parse::<f64>().ok());
    let sizes: Vec<u64> = sizes.map(|size| size as u64).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    println!("one thread; fastest of {RUNS} runs");
    println!(
        "| grants | who is who | observed graph | desired graph | everybody | 100 edges | one person on one asset | cut |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for grants in sizes {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = world::Size { grants, files: 40.min(grants / 100).max(1), differing: 10, seed: 1 };
        world::generate(folder.path(), size).expect("writing the generated business");
        let (files, state) = read(folder.path());
        measure(grants, &files, &state);
    }
}

fn read(folder: &Path) -> (DesiredState, ObservedState) {
    let reading = desired::from_folder(folder, 2).expect("the files can be read");
    let bytes = fs::read(folder.join("snapshot.json")).expect("the export is there");
    let state = snapshot::read(&bytes, "snapshot.json").expect("the export can be read");
    (reading.state.expect("the files are valid"), state)
}

fn measure(grants: u64, files: &DesiredState, state: &ObservedState) {
    let day = jiff::civil::date(2026, 11, 22);
    let sources =
        || Sources { files: Some(files), base: None, states: vec![StateSource { observed: state, predicted: None }] };
    let who = fastest(|| Builder::new(sources()));
    let builder = Builder::new(sources());
    let observed = fastest(|| builder.observed(day));
    let desired = fastest(|| builder.desired(day));
    let graph = builder.observed(day);
    let everybody = fastest(|| graph.effective());
    let effective = graph.effective();
    let changes = Changes { removed: every_so_often(&graph), added: Vec::new() };
    let again = fastest(|| graph.effective_after(&effective, &changes));
    let (person, asset) = busiest(&graph);
    let explain = fastest(|| graph.paths(person, asset));
    let cut = fastest(|| graph.cut(person, asset, u64::MAX));
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "| {grants} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.3} ms | {:.3} ms |",
        ms(who),
        ms(observed),
        ms(desired),
        ms(everybody),
        ms(again),
        ms(explain),
        ms(cut),
    );
}

fn fastest<T>(mut run: impl FnMut() -> T) -> Duration {
    let once = |_| {
        let start = Instant::now();
        let result = black_box(run());
        let time = start.elapsed();
        drop(result);
        time
    };
    (0..RUNS).map(once).min().unwrap_or_default()
}

/// A hundred edges from all over the graph: grants of people, of teams and of partners.
fn every_so_often(graph: &AccessGraph) -> Vec<EdgeIx> {
    let gives = |edge: &EdgeIx| {
        let kind = graph.edge(*edge).kind;
        matches!(kind, EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::InTeam | EdgeKind::Share)
    };
    let edges: Vec<EdgeIx> = graph.edges().filter(gives).collect();
    edges.iter().copied().step_by((edges.len() / 100).max(1)).take(100).collect()
}

/// Somebody with the most rows, on the last of their assets.
fn busiest(graph: &AccessGraph) -> (PersonIx, AssetIx) {
    let people = graph.nodes().people();
    let person = people.max_by_key(|&person| graph.grants_of(person).count()).expect("somebody");
    let asset = graph.access_of(person).last().map(|access| access.asset).expect("something");
    (person, asset)
}
