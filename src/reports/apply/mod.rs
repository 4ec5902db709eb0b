//! What came of running a plan, for people. For programs the report itself is the format.

mod text;

pub use text::{Options, render_text};
