//! The review of a change: what it does to people, whether it is allowed, and what will happen on merge, kept apart.
//!
//! To add a format: a file here and a line where `commands::reported` chooses.

mod markdown;
mod pseudonyms;
#[cfg(test)]
mod tests;
mod text;

pub use markdown::{DEFAULT_BUDGET, LEAST_BUDGET, render as render_markdown};
pub use pseudonyms::Pseudonyms;
pub use text::render as render_text;

use crate::review::Review;

/// The review as JSON.
///
/// # Errors
/// Where JSON can't be written, which for this type does not happen.
pub fn json(review: &Review) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(review)?;
    text.push('\n');
    Ok(text)
}

/// What it was compared with, in a few words.
fn compared(review: &Review) -> String {
    match &review.base {
        Some(base) => {
            let commit: String = base.commit.chars().take(10).collect();
            format!("compared with {} ({commit})", base.reference)
        }
        None => "compared with the exported states".to_owned(),
    }
}
