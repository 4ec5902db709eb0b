//! Answers for programs.

use super::Document;

/// The answer as JSON, indented, with a line end.
///
/// # Errors
/// Never with these types; serde can't know.
pub fn render(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
