//! A clean stop: the first SIGINT or SIGTERM is noted and heard between two calls, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::commands::Failure;

/// Begins to listen. The answer becomes the number of the first signal that arrives.
pub fn listen() -> Result<Arc<AtomicUsize>, Failure> {
    let first = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicBool::new(false));
    for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
        // In this order: a signal looks whether there was one before it is noted itself.
        flag::register_conditional_default(signal, Arc::clone(&again))
            .and_then(|_| flag::register(signal, Arc::clone(&again)))
            .and_then(|_| flag::register_usize(signal, Arc::clone(&first), number))
            .map_err(|error| Failure::of("can't listen to signals", &error))?;
    }
    Ok(first)
}
