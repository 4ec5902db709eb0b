//! Whose approval a plan needs before it is applied, by what could go wrong with its operations.

use super::Placed;

/// `policy: approvals:`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ApprovalPolicy {
    /// Named groups of approvers.
    pub groups: Vec<ApproverGroup>,
    /// What has to be approved by whom, in the order of the file.
    pub needs: Vec<ApprovalNeed>,
    /// Whether only signed approvals count.
    pub signed: bool,
    /// Keys that approvals are signed with.
    pub signers: Vec<Signer>,
    /// Addresses of authors who are no person of the files, such as bots.
    pub authors: Vec<Placed<String>>,
}

/// Approvers under one name (`security`).
#[derive(Clone, PartialEq, Debug)]
pub struct ApproverGroup {
    /// Its name.
    pub name: Placed<String>,
    /// Addresses or keys of people, as written.
    pub people: Vec<Placed<String>>,
}

/// Operations of one risk need so many approvals.
#[derive(Clone, PartialEq, Debug)]
pub struct ApprovalNeed {
    /// The word of a risk of operations (`admin`).
    pub risk: Placed<String>,
    /// Names of groups, or [`OWNERS`].
    pub from: Vec<Placed<String>>,
    /// How many different people; at least 1.
    pub count: u32,
}

/// A public key of an approver.
#[derive(Clone, PartialEq, Debug)]
pub struct Signer {
    /// Address or key of the person, as written.
    pub person: Placed<String>,
    /// The key in OpenSSH's form (`ssh-ed25519 AAAA...`).
    pub key: Placed<String>,
}

/// The risks of operations that an approval can be asked for, as plans write them.
pub const RISKS: [&str; 6] = ["admin", "billing", "external", "removal", "irreversible", "addition"];

/// The word for the owners of the account that an operation is about, or of the business where the account names none.
pub const OWNERS: &str = "owners";
