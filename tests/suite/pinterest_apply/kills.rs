//! The program killed in the middle of calls, and resumed.

use std::thread;
use std::time::Duration;

use super::business::{Size, files, seed};
use super::{Bench, assert_same, predicted};
use crate::support::pinterest::{Fault, Rule, Setup};

/// How often a run is killed; `ACCORD_KILLS` in the environment asks for more.
const KILLS: u64 = 4;

const SIZE: Size = Size { members: 60, accounts: 8, partners: 12, groups: 2 };

/// Writes take long enough to be killed in.
fn setup() -> Setup {
    Setup::of(&super::seed(&seed(&SIZE))).rule(Rule::new(Fault::Latency { milliseconds: 15 }).writes(true))
}

/// Numbers that are the same in every run of the test.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// Starts a run and kills it when the simulator has seen so many requests, a moment later; whether it was still running.
fn kill(bench: &Bench, args: &[&str], requests: u64, later: Duration) -> bool {
    let mut child = bench.start(args);
    while bench.simulator.log().number < requests {
        if child.try_wait().expect("our child").is_some() {
            return false;
        }
        thread::sleep(Duration::from_micros(500));
    }
    thread::sleep(later);
    child.kill().expect("our child");
    !child.wait().expect("our child").success()
}

#[test]
fn a_run_that_is_killed_in_any_call_is_finished_by_resume() {
    let undisturbed = Bench::new(&files(&SIZE), setup());
    let plan = undisturbed.plan();
    let wanted = predicted(&undisturbed.simulator.state(), &plan);
    let reads = undisturbed.simulator.log().number;
    undisturbed.apply().ended(0);
    assert_same(&undisturbed.simulator.state(), &wanted);
    let log = undisturbed.simulator.log();
    let writes: Vec<u64> = log.requests.iter().filter(|sent| sent.method != "GET").map(|sent| sent.number).collect();
    let (first, last) = (writes[0] - reads, writes[writes.len() - 1] - reads);

    let kills = std::env::var("ACCORD_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(KILLS);
    let mut chance = Chance(20_261_122);
    let (mut killed, mut in_the_middle) = (0, 0);
    for turn in 0..kills {
        let bench = Bench::new(&files(&SIZE), setup());
        std::fs::copy(undisturbed.path("plan.json"), bench.path("plan.json")).expect("the plan is there");
        // Mostly between the first and the last write, now and then while it reads.
        let begin = if turn % 5 == 0 { 1 } else { first };
        let requests = begin + chance.below(last + 2 - begin);
        let later = Duration::from_millis(chance.below(16));
        killed += u64::from(kill(&bench, &["apply", "plan.json"], requests, later));
        let changes = bench.simulator.log().changes();
        in_the_middle += u64::from(changes > 0 && changes < log.changes());
        if turn % 3 == 0 {
            let more = bench.simulator.log().number + chance.below(last);
            kill(&bench, &["apply", "plan.json", "--resume"], more, later);
        }
        let resumed = bench.go_on();
        assert_eq!(resumed.code, Some(0), "turn {turn}: {}{}", resumed.out, resumed.err);
        assert_same(&bench.simulator.state(), &wanted);
        assert_eq!(bench.simulator.log().done_twice(), [""; 0], "turn {turn}");
        assert_eq!(bench.simulator.violations(), [""; 0], "turn {turn}");
    }
    eprintln!("{killed} of {kills} runs were killed before their end, {in_the_middle} with half of it done");
    assert!(killed * 2 > kills, "only {killed} of {kills} runs were killed before their end");
}
