//! A thousand operations under a storm: done, seen, nothing twice, and in few calls.

use super::business::{Size, files, seed};
use super::{Bench, assert_same, fates, predicted, with_fate};
use crate::support::pinterest::{Rule, Setup};

#[test]
fn a_thousand_operations_come_through_a_storm() {
    let size = Size { members: 600, accounts: 40, partners: 30, groups: 4 };
    let bench = Bench::new(&files(&size), Setup::of(&super::seed(&seed(&size))));
    let plan = bench.plan();
    let part = &plan.businesses[0];
    assert!(part.operations.len() >= 1000, "{} operations", part.operations.len());
    let wanted = predicted(&bench.simulator.state(), &plan);
    let before = bench.simulator.log();
    assert_eq!(before.changes(), 0, "a plan changes nothing");
    Rule::storm().into_iter().for_each(|rule| bench.simulator.add_rule(rule));

    let ran = bench.apply().ended(0);

    let fates = fates(&ran);
    assert_eq!(with_fate(&fates, &["done"]).len(), part.operations.len());
    assert_same(&bench.simulator.state(), &wanted);
    let log = bench.simulator.log();
    assert_eq!(log.done_twice(), [""; 0]);
    assert_eq!(bench.simulator.violations(), [""; 0]);
    let writes: Vec<u16> = log.requests.iter().filter(|sent| sent.method != "GET").map(|sent| sent.status).collect();
    let answered = writes.iter().filter(|status| (200..300).contains(*status)).count() as u64;
    let stormed = writes.iter().filter(|status| [0, 429, 500].contains(*status)).count();
    assert_eq!(writes.len(), usize::try_from(answered).unwrap() + stormed, "every other call is the storm's doing");
    assert!(stormed > 0, "the storm was none");
    assert!(answered * 10 <= part.calls * 11, "{answered} calls were carried out, {} would do", part.calls);
    let reads = log.requests.len() - before.requests.len() - writes.len();
    eprintln!(
        "{} operations, {} calls at least, {answered} carried out, {stormed} lost in the storm, {reads} reads; {:?}",
        part.operations.len(),
        part.calls,
        bench.simulator.happened(),
    );

    // What was done is there for the next plan, too.
    bench.simulator.clear_rules();
    let next = bench.plan();
    assert_eq!(super::sentences(&next), [""; 0]);
}
