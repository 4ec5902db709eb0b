//! Approvals: who has to agree before a plan is applied, and who did.
//!
//! What is needed stands in the plan, computed from the policy of the files that the plan was made from, so that its digest covers it.
//! What was given stands in a file beside the plan; each approval names the digest of the plan. Neither the author of the change nor
//! somebody whom an operation benefits counts, whatever address they use.

mod check;
mod needs;

pub use check::{Checked, Objection, check};
pub(super) use needs::of;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Digest;

use super::Risk;

/// What the `format` field of a file of approvals says.
pub const FORMAT: &str = "accord-approvals";

/// The version of the file of approvals that this program writes; it reads no other.
pub const FORMAT_VERSION: u32 = 1;

/// The namespace of signatures: a signature for something else is none for a plan.
pub const NAMESPACE: &str = "accord-approval";

/// Which approvals a plan needs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// Who made the change: all known addresses of every author, in lower case. Empty = nobody said, and then nothing that needs an
    /// approval can be applied.
    pub authors: Vec<String>,
    /// Those of them whom no file names: they may be anybody, so nothing that needs an approval can be applied.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unknown_authors: Vec<String>,
    /// What is needed; empty = nothing.
    pub needs: Vec<Need>,
    /// Whether only signed approvals count.
    pub signed: bool,
    /// Keys of the approvers, as the files have them.
    pub signers: Vec<SignerKey>,
}

/// Operations that need approvals of the same people.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Key of the business.
    pub business: String,
    /// What could go wrong.
    pub risk: Risk,
    /// How many different people have to approve.
    pub count: u32,
    /// As the policy names them (`security`, `owners`).
    pub from: Vec<String>,
    /// Who may approve.
    pub approvers: Vec<Approver>,
    /// Ids of the operations.
    pub operations: Vec<String>,
    /// Addresses, in lower case, of those whom the operations benefit: their approval doesn't count here.
    pub beneficiaries: Vec<String>,
}

/// Somebody who may approve.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// As the files call them.
    pub name: String,
    /// All their addresses, in lower case: one person counts once.
    pub addresses: Vec<String>,
}

/// A public key of an approver.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignerKey {
    /// An address of theirs, in lower case.
    pub address: String,
    /// The key in OpenSSH's form.
    pub key: String,
}

/// Approvals that were given, as written to a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalFile {
    /// Always `accord-approvals`.
    pub format: String,
    /// Version of this format.
    pub format_version: u32,
    /// In the order in which they were given.
    pub approvals: Vec<Approval>,
}

/// One approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Digest of the plan.
    pub plan: Digest,
    /// Address of the approver.
    pub by: String,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<String>,
    /// An SSH signature over [`Approval::message`], armored.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signature: Option<String>,
}

/// Approvals that were given, and how to look at their signatures.
pub struct Given<'a> {
    /// The approvals.
    pub approvals: &'a [Approval],
    /// Whether the signature of an approval holds with one of these keys; why not, where it doesn't.
    pub verify: Verify<'a>,
}

/// Looks at a signature.
pub type Verify<'a> = &'a dyn Fn(&Approval, &[&SignerKey]) -> Result<(), String>;

impl Given<'_> {
    /// No approval at all.
    pub const NONE: Given<'static> = Given { approvals: &[], verify: &|_, _| Err("nothing looks at it".to_owned()) };
}

impl Default for ApprovalFile {
    fn default() -> Self {
        ApprovalFile { format: FORMAT.to_owned(), format_version: FORMAT_VERSION, approvals: Vec::new() }
    }
}

impl Approval {
    /// What is signed: everything that the approval says, one field a line. A comment's line ends are written `\n`.
    pub fn message(&self) -> String {
        let Approval { plan, by, at, comment, signature: _ } = self;
        let comment = comment.as_deref().unwrap_or_default().replace('\\', "\\\\").replace('\n', "\\n");
        format!("{FORMAT} {FORMAT_VERSION}\nplan {plan}\nby {by}\nat {at}\ncomment {comment}\n")
    }
}

/// A file of approvals can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalFileError {
    /// It is no JSON of this shape.
    #[error("this is no file of approvals: {0}")]
    Shape(#[from] serde_json::Error),
    /// It says that it is something else, or another version.
    #[error("this is `{found}`, not `{FORMAT} {FORMAT_VERSION}`")]
    Format {
        /// Format and version, as it says.
        found: String,
    },
}

/// Reads a file of approvals.
///
/// # Errors
/// Where it is none.
pub fn read(bytes: &[u8]) -> Result<ApprovalFile, ApprovalFileError> {
    let file: ApprovalFile = serde_json::from_slice(bytes)?;
    if file.format == FORMAT && file.format_version == FORMAT_VERSION {
        return Ok(file);
    }
    Err(ApprovalFileError::Format { found: format!("{} {}", file.format, file.format_version) })
}

/// The bytes of a file of approvals.
pub fn to_bytes(file: &ApprovalFile) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(file).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
