//! Located problems on their way to a reader: collected, sorted, rendered with the underlined text.

pub mod json;
mod render;
mod sink;
mod source;

pub use render::{Message, render, render_messages};
pub use sink::{Sink, Tally};
