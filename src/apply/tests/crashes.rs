use proptest::prelude::*;

use super::target::{Fault, Memory, Target, apply, apply_or_die};
use super::world::{self, acme, plan};
use crate::apply::{Fate, Past, Status};
use crate::observed::ObservedState;
use crate::plan::Action;
use crate::plan::file::VerifiedPlan;

const BATCHES: [fn(&Action) -> usize; 3] = [|_| 1, |_| 3, |_| 50];

/// The state and journal of a run that nothing disturbs.
fn undisturbed(plan: &VerifiedPlan, batch: fn(&Action) -> usize) -> (ObservedState, Vec<u8>) {
    let mut target = Target::new(acme());
    target.batch = batch;
    let mut tape = Memory::default();
    let applied = apply(plan, &mut target, &mut tape).unwrap();
    assert_eq!(applied.report.status, Status::Applied, "{:?}", applied.report);
    (target.state, tape.bytes)
}

/// Goes on until the plan is finished, and checks that nothing but the interruption shows.
fn resume(plan: &VerifiedPlan, target: &mut Target, left: Vec<u8>, wanted: &ObservedState) {
    let mut tape = Memory::of(left);
    let applied = apply(plan, target, &mut tape).unwrap();
    assert_eq!(applied.report.status, Status::Applied, "{:?}", applied.report);
    assert_eq!(&target.state, wanted);
    let past = Past::read(&tape.bytes).unwrap();
    assert!(past.ended().is_some());
    let (calls, bytes) = (target.calls.len(), tape.bytes.clone());
    let again = apply(plan, target, &mut tape).unwrap();
    assert!(again.report.finished_before);
    assert_eq!((target.calls.len(), &tape.bytes), (calls, &bytes), "a finished plan is not run again");
}

/// Where records end, and two places inside each.
fn cuts(journal: &[u8]) -> Vec<usize> {
    let mut cuts = vec![0];
    let mut start = 0;
    for line in journal.split_inclusive(|byte| *byte == b'\n') {
        cuts.extend([start + 1, start + line.len() / 2, start + line.len() - 1, start + line.len()]);
        start += line.len();
    }
    cuts.pop(); // the whole journal is no crash
    cuts.dedup();
    cuts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever byte of the journal is the last before the process dies, and whether or not what was not flushed survives: going on
    /// ends in the state of the undisturbed run.
    #[test]
    fn a_crash_at_any_record_is_made_good(steps in world::any_steps(), batch in 0..3_usize) {
        let plan = plan(&acme(), &steps);
        let (wanted, journal) = undisturbed(&plan, BATCHES[batch]);
        for cut in cuts(&journal) {
            for power_cut in [false, true] {
                let mut target = Target::new(acme());
                target.batch = BATCHES[batch];
                let mut tape = Memory { dies_at: Some(cut), ..Memory::default() };
                prop_assert!(apply_or_die(&plan, &mut target, &mut tape).is_none());
                let left = if power_cut { tape.bytes[..tape.synced].to_vec() } else { tape.bytes };
                resume(&plan, &mut target, left, &wanted);
            }
        }
    }

    /// The process dies before or after the effect of any operation, and once more while going on.
    #[test]
    fn a_crash_at_any_call_is_made_good(
        steps in world::any_steps(),
        batch in 0..3_usize,
        second in any::<proptest::sample::Index>(),
    ) {
        let plan = plan(&acme(), &steps);
        let (wanted, journal) = undisturbed(&plan, BATCHES[batch]);
        for place in 0..steps.len() {
            for fault in [Fault::DieBefore, Fault::DieAfter] {
                let mut target = Target::new(acme()).with(&format!("op-{place}"), fault);
                target.batch = BATCHES[batch];
                let mut tape = Memory::default();
                prop_assert!(apply_or_die(&plan, &mut target, &mut tape).is_none());
                target.faults.clear();
                let mut tape = Memory::of(tape.bytes);
                tape.dies_at = Some(tape.bytes.len() + second.index(journal.len()));
                drop(apply_or_die(&plan, &mut target, &mut tape));
                resume_or_rest(&plan, &mut target, tape.bytes, &wanted);
            }
        }
    }

    /// Refusals, uncertain answers and answers cut short, at random: what counts as done is there, what does not is not, nothing is
    /// done twice, and once the target behaves only what it refused, and what depends on that, is left.
    #[test]
    fn a_faulty_target_is_told_as_it_is(
        steps in world::any_steps(),
        batch in 0..3_usize,
        faults in proptest::collection::vec((any::<proptest::sample::Index>(), 0..4_u8), 0..6),
    ) {
        prop_assume!(!steps.is_empty());
        let plan = plan(&acme(), &steps);
        let mut target = Target::new(acme());
        target.batch = BATCHES[batch];
        for (place, fault) in faults {
            let fault = [Fault::Refuse, Fault::UncertainDone, Fault::UncertainNot, Fault::LeftOut][fault as usize].clone();
            target = target.with(&format!("op-{}", place.index(steps.len())), fault);
        }
        let mut tape = Memory::default();
        let first = apply(&plan, &mut target, &mut tape).unwrap();
        let verification = first.report.businesses[0].verification.clone().unwrap();
        prop_assert_eq!(verification.unseen, Vec::<String>::new());
        let refused: Vec<String> = first.report.businesses[0]
            .operations
            .iter()
            .filter(|operation| matches!(operation.fate, Fate::Failed { .. }))
            .map(|operation| operation.id.clone())
            .collect();
        target.faults.clear();
        let second = apply(&plan, &mut target, &mut tape).unwrap();
        for operation in &second.report.businesses[0].operations {
            match &operation.fate {
                Fate::Done { .. } => prop_assert!(!refused.contains(&operation.id)),
                Fate::Failed { .. } => prop_assert!(refused.contains(&operation.id)),
                Fate::Skipped { .. } => prop_assert!(!refused.is_empty()),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        let performed = second.report.businesses[0].counts.done;
        let distinct: std::collections::BTreeSet<&String> = target.calls.iter().flatten().collect();
        prop_assert!(distinct.len() as u64 >= performed);
    }
}

/// As [`resume`], where the run before may have come to its end.
fn resume_or_rest(plan: &VerifiedPlan, target: &mut Target, left: Vec<u8>, wanted: &ObservedState) {
    let past = Past::read(&left).unwrap();
    if past.torn() == 0 && past.ended().is_some() {
        assert_eq!(&target.state, wanted);
    } else {
        resume(plan, target, left, wanted);
    }
}
