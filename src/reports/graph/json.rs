//! The drawing for programs.

use super::Picture;

/// As JSON, indented, with a line end.
///
/// # Errors
/// Never with these types; serde can't know.
pub(super) fn render(picture: &Picture) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(picture)?;
    text.push('\n');
    Ok(text)
}
