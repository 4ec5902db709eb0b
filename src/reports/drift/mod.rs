//! What moved without the files, told from reality's side: what is there and should not be, what is missing.

mod markdown;
mod text;

pub use markdown::render_markdown;
pub use text::{differences, render_text};
