//! A plan for programs.

use crate::plan::Plan;

/// The plan as indented JSON. It is the format of the plan file itself, with its version in `format_version`.
///
/// # Errors
/// Where JSON can't be written, which for this type does not happen.
pub fn json(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(plan)?;
    text.push('\n');
    Ok(text)
}
