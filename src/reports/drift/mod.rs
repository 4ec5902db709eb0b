//! What moved without the files, told from reality's side: what is there and should not be, what is missing.

mod text;

pub use text::{differences, render_text};
