//! A plan as a checklist: Markdown with numbered steps for a person in Pinterest's web console, and the ticks read back.
//!
//! [`render`] writes it, a person works through it and ticks, [`read_ticks`] reads it back, and [`TickedChecklist`] gives the
//! executor what the ticks say. The steps are those of Pinterest's help centre (business access, profile permissions). What
//! people see is in one language; what the reader needs stands in comments that are the same in all:
//!
//! ```text
//! <!-- accord:checklist version=1 plan=9f31… business=acme steps=all language=en count=3 -->
//! - [ ] **1. Invite Bo Larsen as Employee** <!-- accord:op invite-9f31c07a22d4 -->
//! <!-- accord:end -->
//! ```
//!
//! To add a language: a file like `en.rs`, and a line in [`Language::ALL`].

mod en;
mod fr;
mod language;
mod mark;
mod nl;
mod read;
mod render;
mod step;
mod ticked;
mod wording;

#[cfg(test)]
mod sample;

pub use language::{Language, UnknownLanguage};
pub use read::{ChecklistError, Tick, TickState, read_ticks};
pub use render::render;
pub use ticked::TickedChecklist;
