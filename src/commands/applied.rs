//! The state after an apply, kept for the next plan: it tells our own changes from those made elsewhere.
//!
//! ```json
//! { "format": "accord-applied", "format_version": 1, "plan": "9f31…", "managed": ["people"], "state": { "format": "accord-snapshot", … } }
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Failure, Status};
use crate::model::Digest;
use crate::observed::{ObservedState, snapshot};

/// The version of this format.
const FORMAT_VERSION: u32 = 1;

/// What `format` says.
const FORMAT: &str = "accord-applied";

/// The state after an apply.
pub struct Applied {
    /// The plan that was applied.
    pub plan: Digest,
    /// What the plan managed, by stable names: a section that is not among them is managed for the first time by the next plan.
    pub managed: Vec<String>,
    /// The state that was seen afterwards.
    pub state: ObservedState,
}

/// The document.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppliedFile<'a> {
    /// Always `accord-applied`.
    format: String,
    /// Version of this format.
    format_version: u32,
    /// Digest of the plan that was applied.
    plan: Digest,
    /// What the plan managed, by stable names.
    managed: Vec<String>,
    /// The state that was seen afterwards: a snapshot (`accord schema snapshot`).
    #[serde(borrow)]
    #[schemars(with = "serde_json::Value")]
    state: &'a RawValue,
}

/// Whether this is such a document rather than a snapshot.
pub fn is_applied(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(100)).unwrap_or_default();
    head.windows(FORMAT.len()).any(|window| window == FORMAT.as_bytes())
}

/// The bytes of the document.
///
/// # Errors
/// Where JSON can't be written, which for these types does not happen.
pub fn write(applied: &Applied) -> Result<Vec<u8>, Failure> {
    let failed = |error: &(dyn std::error::Error + 'static)| Failure::of("can't write the applied state", error);
    let state = String::from_utf8(snapshot::write(&applied.state)).map_err(|error| failed(&error))?;
    let state = RawValue::from_string(state).map_err(|error| failed(&error))?;
    let file = AppliedFile {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        plan: applied.plan,
        managed: applied.managed.clone(),
        state: &state,
    };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(|error| failed(&error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads the document; `name` is how messages call it.
///
/// # Errors
/// Where it is not one, or one of another version.
pub fn read(bytes: &[u8], name: &str) -> Result<Applied, Failure> {
    let unusable = format!("`{name}` can't be used as the last applied state");
    let file: AppliedFile<'_> = serde_json::from_slice(bytes).map_err(|error| Failure::of(&unusable, &error))?;
    if (file.format.as_str(), file.format_version) != (FORMAT, FORMAT_VERSION) {
        let message = format!(
            "`{name}` is `{}` version {}, this program reads `{FORMAT}` version {FORMAT_VERSION}",
            file.format, file.format_version
        );
        return Err(Failure::new(Status::Error, message));
    }
    let state = snapshot::read(file.state.get().as_bytes(), name).map_err(|error| Failure::of(&unusable, &error))?;
    Ok(Applied { plan: file.plan, managed: file.managed, state })
}
