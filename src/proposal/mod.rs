//! x
mod cover;
mod keys;
pub mod mining;
mod shared;
mod yaml;
