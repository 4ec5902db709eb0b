//! Whether the approvals that were given are those that a plan needs.

use std::collections::BTreeSet;

use crate::model::fold;
use crate::plan::sentence::count;
use crate::plan::{Plan, Risk};

use super::{Approval, Approvals, Need, SignerKey, Verify};

/// Why an approval does not count, or what is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Objection {
    /// It is for another plan.
    OtherPlan {
        /// Who approved.
        by: String,
        /// The beginning of the digest it names.
        plan: String,
    },
    /// The author can't approve their own change.
    Author {
        /// Who approved.
        by: String,
    },
    /// Somebody can't approve what benefits them.
    Beneficiary {
        /// Who approved.
        by: String,
        /// For what it doesn't count.
        risk: Risk,
    },
    /// Nobody asked them.
    NotAsked {
        /// Who approved.
        by: String,
    },
    /// The policy wants signatures, and this one has none.
    Unsigned {
        /// Who approved.
        by: String,
    },
    /// The signature is not theirs, or not over this approval.
    BadSignature {
        /// Who approved.
        by: String,
        /// Why.
        why: String,
    },
    /// The plan doesn't say whose change it is, so nobody's approval can be told from the author's.
    NoAuthor,
    /// Nobody knows who that author is, so their own approval under another address can't be told.
    UnknownAuthor {
        /// The address.
        author: String,
    },
    /// Too few approve.
    TooFew {
        /// Key of the business.
        business: String,
        /// What could go wrong.
        risk: Risk,
        /// How many operations wait for it.
        operations: usize,
        /// How many approved.
        given: u32,
        /// How many have to.
        needed: u32,
        /// Who still may.
        missing: Vec<String>,
    },
}

impl Objection {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Objection::OtherPlan { by, plan } => format!("the approval of {by} is for another plan ({plan})"),
            Objection::Author { by } => format!("{by} is an author of the change, and can't approve it"),
            Objection::Beneficiary { by, risk } => {
                format!("{by} gains from it, and can't approve it (`{}`)", risk.word())
            }
            Objection::NotAsked { by } => format!("{by} is not among those whose approval is asked for"),
            Objection::Unsigned { by } => {
                format!("the approval of {by} is not signed, and the policy wants signatures")
            }
            Objection::BadSignature { by, why } => format!("the signature of {by} does not hold: {why}"),
            Objection::NoAuthor => {
                "the plan does not say who made the change, so that nobody can be told from its author".to_owned()
            }
            Objection::UnknownAuthor { author } => format!(
                "{author} is an author of the change, and no file says who that is; write the address under `also` of the \
                 person, or a bot's under `approvals: authors` in the policy, and plan again"
            ),
            Objection::TooFew { business, risk, operations, given, needed, missing } => {
                let waiting = count(*operations, "operation");
                let who = match missing.is_empty() {
                    true => "nobody is left who may approve".to_owned(),
                    false => format!("asked: {}", missing.join(", ")),
                };
                format!("{waiting} of {business} with risk `{}`: {given} of {needed} approvals; {who}", risk.word())
            }
        }
    }

    /// Whether something is missing, rather than given in vain.
    pub fn refuses(&self) -> bool {
        matches!(self, Objection::NoAuthor | Objection::UnknownAuthor { .. } | Objection::TooFew { .. })
    }
}

/// What came of checking.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// Whose approval counts, as the files call them.
    pub by: Vec<String>,
    /// What does not count or is missing, in a fixed order.
    pub objections: Vec<Objection>,
}

impl Checked {
    /// Whether everything that is needed is there.
    pub fn enough(&self) -> bool {
        !self.objections.iter().any(Objection::refuses)
    }
}

/// Checks approvals against what a plan needs. `verify` says whether a signature holds with one of these keys.
pub fn check(plan: &Plan, given: &[Approval], verify: Verify<'_>) -> Checked {
    let asked = &plan.approvals;
    let mut checked = Checked::default();
    if asked.needs.is_empty() {
        return checked;
    }
    if asked.authors.is_empty() {
        checked.objections.push(Objection::NoAuthor);
    }
    let unknown = asked.unknown_authors.iter().cloned();
    checked.objections.extend(unknown.map(|author| Objection::UnknownAuthor { author }));
    let mut valid: Vec<(String, &Approval)> = Vec::new();
    for approval in given {
        let address = fold(&approval.by).into_owned();
        match objection(plan, approval, &address, verify) {
            Some(objection) => checked.objections.push(objection),
            None => valid.push((address, approval)),
        }
    }
    for need in &asked.needs {
        tally(need, asked, &valid, &mut checked);
    }
    checked.by.sort_unstable();
    checked.by.dedup();
    checked
}

/// Why an approval can't count for anything.
fn objection(plan: &Plan, approval: &Approval, address: &str, verify: Verify<'_>) -> Option<Objection> {
    let asked = &plan.approvals;
    let by = approval.by.clone();
    if approval.plan != plan.digest {
        return Some(Objection::OtherPlan { by, plan: approval.plan.short(12) });
    }
    if asked.authors.iter().any(|author| same_person(asked, author, address)) {
        return Some(Objection::Author { by });
    }
    if !asked.needs.iter().any(|need| approver(need, address).is_some()) {
        return Some(Objection::NotAsked { by });
    }
    if approval.signature.is_none() {
        return asked.signed.then_some(Objection::Unsigned { by });
    }
    let keys: Vec<&SignerKey> =
        asked.signers.iter().filter(|signer| same_person(asked, &signer.address, address)).collect();
    if keys.is_empty() {
        return Some(Objection::BadSignature { by, why: "the files name no key of theirs".to_owned() });
    }
    verify(approval, &keys).err().map(|why| Objection::BadSignature { by, why })
}

/// Whether two addresses are one approver's.
fn same_person(asked: &Approvals, one: &str, other: &str) -> bool {
    one == other
        || asked.needs.iter().flat_map(|need| &need.approvers).any(|approver| {
            let has = |address: &str| approver.addresses.iter().any(|own| own == address);
            has(one) && has(other)
        })
}

/// The place of the approver with this address among those whom a need asks.
fn approver(need: &Need, address: &str) -> Option<usize> {
    need.approvers.iter().position(|approver| approver.addresses.iter().any(|own| own == address))
}

fn tally(need: &Need, asked: &Approvals, valid: &[(String, &Approval)], checked: &mut Checked) {
    let gains = |at: usize| {
        need.approvers[at].addresses.iter().any(|address| need.beneficiaries.binary_search(address).is_ok())
    };
    let wrote = |at: usize| need.approvers[at].addresses.iter().any(|address| asked.authors.contains(address));
    let mut counted = BTreeSet::new();
    for (address, approval) in valid {
        match approver(need, address) {
            Some(at) if gains(at) => {
                checked.objections.push(Objection::Beneficiary { by: approval.by.clone(), risk: need.risk });
            }
            Some(at) => {
                counted.insert(at);
            }
            None => {}
        }
    }
    checked.by.extend(counted.iter().map(|&at| need.approvers[at].name.clone()));
    let given = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    if given >= need.count {
        return;
    }
    let missing = (0..need.approvers.len()).filter(|&at| !counted.contains(&at) && !gains(at) && !wrote(at));
    checked.objections.push(Objection::TooFew {
        business: need.business.clone(),
        risk: need.risk,
        operations: need.operations.len(),
        given,
        needed: need.count,
        missing: missing.map(|at| need.approvers[at].name.clone()).collect(),
    });
}
