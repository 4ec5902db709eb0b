//! A plan for its reader: text in three depths, and JSON.
//!
//! One plan, one reading of it: `blocks` gathers the effects by person, and every depth is made from them or from the operations themselves.

mod blocks;
mod effect;
mod findings;
mod headline;
mod json;
mod people;
mod remarks;
mod steps;
mod summary;
mod text;
mod why;

pub use json::json;
pub use summary::{Counts, RefusedGuard, RefusedRule, Summary};
pub use text::render_text;

/// How much to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Depth {
    /// A few lines: how many people, what is grave, whether it is refused.
    Headline,
    /// What each person, partner and asset group gains and loses, and why.
    #[default]
    People,
    /// Besides, every operation with everything an executor needs.
    Full,
}

#[cfg(test)]
mod tests;
