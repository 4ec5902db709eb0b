//! Time, waiting and chance, so that tests need none of them.
#![expect(clippy::disallowed_methods, reason = "the one place of this connector that reads the clock and waits")]

use std::hash::{BuildHasher as _, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// What the client knows of time.
pub trait Clock: Send + Sync {
    /// Since some moment before the first call; never goes back.
    fn now(&self) -> Duration;

    /// The time of day.
    fn wall(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// A share from 0 to 1, another one each time.
    fn chance(&self) -> f64;
}

/// The machine's clock.
pub struct MachineClock {
    began: Instant,
    chance: RandomState,
}

impl MachineClock {
    /// Begins now.
    pub fn start() -> Self {
        MachineClock { began: Instant::now(), chance: RandomState::new() }
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }

    /// Spreads waits of several machines; nothing secret hangs on it.
    fn chance(&self) -> f64 {
        let hash = self.chance.hash_one((self.began.elapsed().as_nanos(), thread::current().id()));
        f64::from(u32::try_from(hash >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}
