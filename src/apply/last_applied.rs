//! The state after an apply, kept for the next plan: it tells our own changes from those made elsewhere.
//!
//! ```json
//! { "format": "accord-applied", "format_version": 1, "plan": "9f31…", "managed": ["people"], "state": { "format": "accord-snapshot", … } }
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::Digest;
use crate::observed::{ObservedError, ObservedState, snapshot};

/// The version of this format.
const FORMAT_VERSION: u32 = 1;

/// What `format` says.
const FORMAT: &str = "accord-applied";

/// The state after an apply.
#[derive(Debug)]
pub struct LastApplied {
    /// The plan that was applied.
    pub plan: Digest,
    /// What the plan managed, by stable names: a section that is not among them is managed for the first time by the next plan.
    pub managed: Vec<String>,
    /// The files that said something of the business: the next plan can tell that one is gone.
    pub files: Vec<String>,
    /// The state that is agreed: what was seen afterwards, without what others changed and nobody planned.
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
    /// The files of the access repository that said something of the business; absent where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
    /// The state that is agreed: what was seen afterwards, without what others changed. A snapshot (`accord schema snapshot`).
    #[serde(borrow)]
    #[schemars(with = "serde_json::Value")]
    state: &'a RawValue,
}

/// The document can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LastAppliedError {
    /// It is no JSON of this shape.
    #[error("this is not a last applied state: {0}")]
    Shape(#[from] serde_json::Error),
    /// It says that it is something else, or of another version.
    #[error("this is `{format}` version {version}, this program reads `{FORMAT}` version {FORMAT_VERSION}")]
    Format {
        /// What it says it is.
        format: String,
        /// Its version.
        version: u32,
    },
    /// The state in it is no snapshot.
    #[error(transparent)]
    State(#[from] ObservedError),
    /// What was written is no text, which for a snapshot does not happen.
    #[error(transparent)]
    Text(#[from] std::string::FromUtf8Error),
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
pub fn write(applied: &LastApplied) -> Result<Vec<u8>, LastAppliedError> {
    let state = RawValue::from_string(String::from_utf8(snapshot::write(&applied.state))?)?;
    let file = AppliedFile {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        plan: applied.plan,
        managed: applied.managed.clone(),
        files: applied.files.clone(),
        state: &state,
    };
    let mut bytes = serde_json::to_vec_pretty(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads the document; `name` is how messages call it.
///
/// # Errors
/// Where it is not one, or one of another version.
pub fn read(bytes: &[u8], name: &str) -> Result<LastApplied, LastAppliedError> {
    let file: AppliedFile<'_> = serde_json::from_slice(bytes)?;
    if (file.format.as_str(), file.format_version) != (FORMAT, FORMAT_VERSION) {
        return Err(LastAppliedError::Format { format: file.format, version: file.format_version });
    }
    let state = snapshot::read(file.state.get().as_bytes(), name)?;
    Ok(LastApplied { plan: file.plan, managed: file.managed, files: file.files, state })
}
