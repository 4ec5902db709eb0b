//! What the modules of the suite share.

pub mod accept;
pub mod fixture;
pub mod golden;
pub mod pinterest;
pub mod run;
pub mod rust_source;
pub mod script;
pub mod world;
