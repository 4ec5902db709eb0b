//! What people and programs see: `<document>/<format>.rs`.
//!
//! To add a format: a file in the document's folder and a line in its `mod.rs`. `words` says how things are called in all of them.

pub mod apply;
pub mod drift;
pub mod findings;
pub mod plan;
#[cfg(test)]
mod sample;
mod words;
