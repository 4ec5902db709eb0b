//! Runs against a target in memory that fails, lies, changes and dies on request.

mod again;
mod agreed;
mod cancelled;
mod crashes;
mod effects;
mod files;
mod runs;
mod target;
mod undoing;
mod world;
