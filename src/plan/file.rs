//! The plan as a file, and the one way from its bytes to something that can be applied.
//!
//! A file is JSON, indented, in the order of the fields' definition. Its digest is taken over the same document without white space and
//! without the digest itself, so that a file may be indented anew but not changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{Digest, fact};

use super::approvals::{self, Given, Objection};
use super::guards::GUARDS;
use super::refusal::{RuleRefusal, refusals};
use super::{Approvals, BusinessPlan, FORMAT_VERSION, Override, Plan, Verdict};
use crate::rules::Judgement;

/// What the `format` field of a plan says.
pub const FORMAT: &str = "accord-plan";

/// A plan whose digest and preconditions were checked and whose guards passed or were overridden. Only such a plan can be applied.
#[derive(Debug)]
pub struct VerifiedPlan {
    plan: Plan,
}

impl VerifiedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A plan as verified, for tests of what comes after.
    #[cfg(test)]
    pub(crate) fn assumed(plan: Plan) -> Self {
        VerifiedPlan { plan }
    }
}

/// So many days after its moment a plan may be applied: its ends, ages and approvals were judged at that moment.
pub const MAX_AGE_DAYS: i64 = 7;

/// So many hours may the clocks of those who plan and apply differ.
const AHEAD_HOURS: i64 = 1;

/// When a plan is applied.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The clock.
    pub now: Timestamp,
    /// The moment that the plan is for, as whoever applies it says: then it is that one, however far it is from now.
    pub meant: Option<Timestamp>,
}

impl When {
    /// Whether a plan of a moment may still, or already, be applied.
    fn check(self, as_of: Timestamp) -> Result<(), PlanFileError> {
        let wrong = |why: String| Err(PlanFileError::Moment { as_of, why });
        if let Some(meant) = self.meant {
            return if meant == as_of { Ok(()) } else { wrong(format!("not for {}", told(meant))) };
        }
        let age = self.now.duration_since(as_of).as_secs();
        if age > MAX_AGE_DAYS * 86_400 {
            return wrong(format!("{} days ago, limit {MAX_AGE_DAYS} days", age / 86_400));
        }
        if age < -AHEAD_HOURS * 3600 {
            return wrong(format!("{} h from now, limit {AHEAD_HOURS} h", age.unsigned_abs() / 3600));
        }
        Ok(())
    }
}

fn told(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A plan as read from a file: whole and consistent, good to be shown. To apply it, have it [approved](StoredPlan::approve).
#[derive(Debug)]
pub struct StoredPlan {
    plan: Plan,
}

impl StoredPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan, to be kept.
    pub fn into_plan(self) -> Plan {
        self.plan
    }

    /// Whether every guard passed, is off or was overridden, no finding of a rule refuses, the plan is of these days, and everybody
    /// whose approval is needed gave it: then it can be applied.
    ///
    /// # Errors
    /// [`PlanFileError::Refused`] names the guards that refuse, [`PlanFileError::Moment`] is for a plan of another time,
    /// [`PlanFileError::Unapproved`] names what is missing of the approvals.
    pub fn approve(self, given: &Given<'_>, when: When) -> Result<VerifiedPlan, PlanFileError> {
        let refusing = self.plan.refusing_guards();
        if !refusing.is_empty() {
            return Err(PlanFileError::Refused { guards: refusing });
        }
        when.check(self.plan.as_of)?;
        let checked = approvals::check(&self.plan, given.approvals, given.verify);
        match checked.enough() {
            true => Ok(VerifiedPlan { plan: self.plan }),
            false => Err(PlanFileError::Unapproved { objections: checked.objections }),
        }
    }
}

impl Plan {
    /// The guards that refuse it, as `business:guard`, and the rules.
    pub fn refusing_guards(&self) -> Vec<String> {
        let refused = self.businesses.iter().flat_map(|business| {
            let refused = business.guards.iter().filter(|result| matches!(result.verdict, Verdict::Refused { .. }));
            refused.map(|result| format!("{}:{}", business.business.key, result.guard))
        });
        let rules = refusals(self).into_iter().filter(RuleRefusal::stands).map(|refusal| refusal.rule);
        refused.chain(rules).collect()
    }
}

/// A plan file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is no JSON of this shape: unknown or missing fields, wrong types.
    #[error("this is not a plan: {0}")]
    Shape(#[from] serde_json::Error),
    /// It says that it is something else.
    #[error("this is a `{found}`, not an `accord-plan`")]
    Format {
        /// What it says.
        found: String,
    },
    /// Another version of the format.
    #[error("the plan has format version {found}, this program reads {FORMAT_VERSION}; make the plan again")]
    Version {
        /// The version.
        found: u32,
    },
    /// A field that this program doesn't know.
    #[error("the plan has a field that this program does not know: `{field}`")]
    UnknownField {
        /// Its path (`businesses.0.operations.3.cause.note`).
        field: String,
    },
    /// The document was changed after it was made.
    #[error("the plan was changed after it was made: its digest is {found}, it says {written}")]
    Digest {
        /// Of the document as it is.
        found: Digest,
        /// As it says.
        written: Digest,
    },
    /// Two operations of one name.
    #[error("the plan has two operations `{id}`")]
    Duplicate {
        /// Their id.
        id: String,
    },
    /// An operation waits for one that is not there or not before it, so that no order would do.
    #[error("operation `{id}` waits for `{after}`, which is not before it")]
    Dependency {
        /// The operation.
        id: String,
        /// What it waits for.
        after: String,
    },
    /// An operation's digest of facts is not that of its facts.
    #[error("the facts that operation `{id}` rests on are not those that its digest is of")]
    Precondition {
        /// The operation.
        id: String,
    },
    /// The list of guards is not the one of this program, or an overridden one lacks its override.
    #[error("business `{business}`: {problem}")]
    Guards {
        /// Key of the business.
        business: String,
        /// What is wrong.
        problem: String,
    },
    /// A guard or a rule refuses. Everything else about the plan is in order.
    #[error("refused by {}", .guards.join(", "))]
    Refused {
        /// `business:guard`, or the rule.
        guards: Vec<String>,
    },
    /// It is too old, or for a moment to come. Everything else about the plan is in order.
    #[error("it is for {}, {why}", told(*.as_of))]
    Moment {
        /// What it is for.
        as_of: Timestamp,
        /// Why that is wrong.
        why: String,
    },
    /// Approvals are missing. Everything else about the plan is in order.
    #[error("{}", unapproved(.objections))]
    Unapproved {
        /// What is missing, and which approvals don't count.
        objections: Vec<Objection>,
    },
}

fn unapproved(objections: &[Objection]) -> String {
    objections.iter().map(Objection::sentence).collect::<Vec<_>>().join("; ")
}

impl PlanFileError {
    /// The exit code of the program: 3 for a refusal, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            PlanFileError::Refused { .. } | PlanFileError::Moment { .. } | PlanFileError::Unapproved { .. } => 3,
            PlanFileError::Shape(_)
            | PlanFileError::Format { .. }
            | PlanFileError::Version { .. }
            | PlanFileError::UnknownField { .. }
            | PlanFileError::Digest { .. }
            | PlanFileError::Duplicate { .. }
            | PlanFileError::Dependency { .. }
            | PlanFileError::Precondition { .. }
            | PlanFileError::Guards { .. } => 1,
        }
    }
}

/// The bytes of a plan file: indented JSON with a line end.
pub fn to_bytes(plan: &Plan) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(plan).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reads a plan file.
///
/// # Errors
/// Everything of [`PlanFileError`] but a refusal: a refused plan can be shown.
pub fn read(bytes: &[u8]) -> Result<StoredPlan, PlanFileError> {
    check_head(bytes)?;
    let plan: Plan = serde_json::from_slice(bytes)?;
    check_fields(bytes, &plan)?;
    let found = digest(&plan);
    if found != plan.digest {
        return Err(PlanFileError::Digest { found, written: plan.digest });
    }
    let mut ids = BTreeSet::new();
    for business in &plan.businesses {
        check_operations(business, &mut ids)?;
        check_guards(business, &plan)?;
    }
    Ok(StoredPlan { plan })
}

/// A plan with its digest entered.
pub(super) fn sealed(mut plan: Plan) -> Plan {
    plan.digest = digest(&plan);
    plan
}

/// The digest of a plan: over its JSON without white space and without the field `digest`.
pub fn digest(plan: &Plan) -> Digest {
    #[derive(Serialize)]
    struct Body<'a> {
        format: &'a str,
        format_version: u32,
        as_of: &'a Timestamp,
        desired: &'a Digest,
        only: &'a [String],
        businesses: &'a [BusinessPlan],
        rules: &'a Judgement,
        overrides: &'a [Override],
        approvals: &'a Approvals,
    }
    // Without `..`: a field that is added and forgotten here would not be protected.
    let Plan { format, format_version, digest: _, as_of, desired, only, businesses, rules, overrides, approvals } =
        plan;
    let body =
        Body { format, format_version: *format_version, as_of, desired, only, businesses, rules, overrides, approvals };
    Digest::of_json(&body)
}

/// Format and version come first, so that a file of another version isn't called broken.
fn check_head(bytes: &[u8]) -> Result<(), PlanFileError> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        format_version: u32,
    }
    let head: Head = serde_json::from_slice(bytes)?;
    if head.format != FORMAT {
        return Err(PlanFileError::Format { found: head.format });
    }
    if head.format_version != FORMAT_VERSION {
        return Err(PlanFileError::Version { found: head.format_version });
    }
    Ok(())
}

/// A field that reading drops could hide something from whoever reads the file.
fn check_fields(bytes: &[u8], plan: &Plan) -> Result<(), PlanFileError> {
    let written: serde_json::Value = serde_json::from_slice(bytes)?;
    let kept = serde_json::to_value(plan)?;
    match first_lost(&written, &kept) {
        Some(field) => Err(PlanFileError::UnknownField { field }),
        None => Ok(()),
    }
}

/// The path of the first value that `kept` lacks. Plans are nested a fixed number of levels deep, and the reader of JSON refuses
/// more than 128, so this doesn't go deep either.
fn first_lost(written: &serde_json::Value, kept: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let below = |key: &str, path: String| match path.is_empty() {
        true => key.to_owned(),
        false => format!("{key}.{path}"),
    };
    match (written, kept) {
        (Value::Object(written), Value::Object(kept)) => {
            written.iter().find_map(|(key, value)| match kept.get(key) {
                Some(other) => first_lost(value, other).map(|path| below(key, path)),
                // An absent option may be written as null.
                None => (!value.is_null()).then(|| key.clone()),
            })
        }
        (Value::Array(written), Value::Array(kept)) => (0..)
            .zip(written.iter().zip(kept))
            .find_map(|(at, (value, other))| first_lost(value, other).map(|path| below(&at.to_string(), path))),
        _ => None,
    }
}

fn check_operations<'p>(business: &'p BusinessPlan, ids: &mut BTreeSet<&'p str>) -> Result<(), PlanFileError> {
    let mut before: BTreeSet<&str> = BTreeSet::new();
    for operation in &business.operations {
        let id = operation.id.as_str();
        if !ids.insert(id) {
            return Err(PlanFileError::Duplicate { id: id.to_owned() });
        }
        let unmet = operation.after.iter().find(|after| !before.contains(after.as_str()));
        if let Some(after) = unmet {
            return Err(PlanFileError::Dependency { id: id.to_owned(), after: after.clone() });
        }
        if fact::digest(&operation.rests_on) != operation.precondition {
            return Err(PlanFileError::Precondition { id: id.to_owned() });
        }
        before.insert(id);
    }
    Ok(())
}

/// A plan without a guard, or with an override that nobody asked for, was not made by this program.
fn check_guards(business: &BusinessPlan, plan: &Plan) -> Result<(), PlanFileError> {
    let key = &business.business.key;
    let wrong = |problem: String| Err(PlanFileError::Guards { business: key.clone(), problem });
    let names: Vec<&str> = business.guards.iter().map(|result| result.guard.as_str()).collect();
    if names != GUARDS {
        return wrong(format!("the guards are not {}", GUARDS.join(", ")));
    }
    let allowed: BTreeMap<&str, u64> = plan
        .overrides
        .iter()
        .filter(|one| one.business.as_ref().is_none_or(|own| own == key))
        .map(|one| (one.guard.as_str(), one.count))
        .collect();
    let unasked = business.guards.iter().find(|result| {
        matches!(result.verdict, Verdict::Overridden { count, .. }
            if allowed.get(result.guard.as_str()) != Some(&count))
    });
    match unasked {
        Some(result) => wrong(format!("guard `{}` is overridden, and no override asks for that", result.guard)),
        None => Ok(()),
    }
}
