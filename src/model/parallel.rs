//! Two things at the same time.

use std::panic::resume_unwind;
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
