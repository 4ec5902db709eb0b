//! Several things at the same time.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does both, at the same time where there are threads for it.
pub fn both<A: Send, B>(threads: usize, one: impl FnOnce() -> A + Send, two: impl FnOnce() -> B) -> (A, B) {
    if threads < 2 {
        return (one(), two());
    }
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let two = two();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), two)
    })
}

/// Does something with each of some things, several at the same time where there are threads for it. The results have the order of the
/// things.
pub fn each<T: Send, R: Send>(threads: usize, things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    if threads < 2 {
        return things.into_iter().map(work).collect();
    }
    let helpers = threads.min(things.len()).saturating_sub(1);
    let queue = Mutex::new(things.into_iter().enumerate());
    // A panic elsewhere goes on once all are joined; the queue itself is never left half done.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || std::iter::from_fn(next).map(|(at, thing)| (at, work(thing))).collect::<Vec<_>>();
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(worker)).collect();
        let mut done = worker();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|&(at, _)| at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn each_keeps_the_order() {
        for threads in [1, 2, 7] {
            let squares = each(threads, (0..100_u32).collect(), |number| number * number);
            assert_eq!(squares, (0..100).map(|number| number * number).collect::<Vec<_>>());
        }
        assert_eq!(each(4, Vec::<u32>::new(), |number| number), [0; 0]);
    }
}
