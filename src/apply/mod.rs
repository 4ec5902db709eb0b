//! Runs a verified plan: look, call in batches with a journal around every call, look again.
//!
//! ```text
//! read the states ─► look: already so? moved? for a person? ─► calls, in the plan's order ─► read again, compare
//!                        │ stale, already-so, person              │ intent, outcomes              │ verified, end
//!                        └────────────────────────── journal ─────┴───────────────────────────────┘
//! ```
//!
//! Nothing here touches files, clock or network: states and calls go through a [`Connector`](crate::connectors::Connector), the
//! journal's bytes through a [`journal::Tape`].

mod agreed;
mod batch;
mod business;
mod conclude;
mod course;
pub mod effect;
pub mod history;
pub mod journal;
pub mod last_applied;
pub mod record;
pub mod report;
mod run;
mod scribe;
pub mod undo;
mod verify;

pub use agreed::{Seen, agreed};
pub use journal::{Journal, JournalError, Past, Tape};
pub use record::{Runner, TargetRef};
pub use report::{Fate, Report, Status};
pub use run::{Applied, ApplyError, Progress, Setting, Site, run};

#[cfg(test)]
mod tests;
