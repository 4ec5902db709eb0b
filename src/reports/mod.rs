//! What people and programs see: `<document>/<format>.rs`.
//!
//! To add a format: a file in the document's folder and a line in its `mod.rs`. `words` says how things are called in all of them,
//! `proof` how findings are told, `told` how the effect on people is, `drawn` which lines a picture of access has.

pub mod access;
pub mod apply;
pub mod drawn;
pub mod drift;
pub mod findings;
pub mod graph;
pub mod page;
pub mod plan;
mod proof;
pub mod review;
pub mod rules;
#[cfg(test)]
mod sample;
mod told;
mod words;
