//! `accord approve`: agrees to a plan, by its digest.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session, Status, files, inputs, signature};
use crate::model::Digest;
use crate::plan::Plan;
use crate::plan::approvals::{self, Approval, ApprovalFile, Checked, Objection, check, read, to_bytes};
use crate::plan::file::PlanFileError;

/// Arguments of `accord approve`.
#[derive(clap::Args)]
#[command(after_help = "\
An approval names the digest of the plan: it is worth nothing for any other. Neither an author of the change nor somebody who \
gains by it can approve, under any of their addresses. `apply` looks at the same file and refuses what is not approved.

Examples:
  accord approve plan.json --as priya@acme.example --key ~/.ssh/id_ed25519
  accord approve plan.json --as priya@acme.example          # unsigned: for CI that knows who clicked")]
pub struct Approve {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Address of the person who approves
    #[arg(long = "as", value_name = "ADDRESS")]
    by: String,
    /// Sign with this SSH key (a public key means the one in the agent)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A remark that is kept with the approval
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// The file with the approvals [default: PLAN.approvals]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApproveDetails")]
pub struct Summary {
    /// The file with the approvals.
    file: String,
    /// Digest of the plan.
    plan: Digest,
    /// Whose approvals count.
    by: Vec<String>,
    /// Whether nothing more is needed.
    enough: bool,
    /// What is missing, and which approvals don't count.
    objections: Vec<String>,
}

impl Approve {
    /// Adds an approval to the file beside the plan.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let stored = inputs::stored_plan(&self.plan)?;
        refuse_refused(stored.plan())?;
        let plan = stored.into_plan();
        let path = self.output.clone().unwrap_or_else(|| beside(&self.plan));
        let mut file = existing(&path)?;
        let approval = self.approval(&plan)?;
        refuse_vain(&plan, &approval)?;
        file.approvals.retain(|old| old.plan != approval.plan || old.by != approval.by);
        file.approvals.push(approval);
        files::write(&path, &to_bytes(&file))?;
        let checked = check(&plan, &file.approvals, &signature::verify);
        session.print(&told(&plan, &checked))?;
        session.say(&format!("Wrote the approval to {}.", path.display()));
        Ok(Report::ok(Summary {
            file: path.display().to_string(),
            plan: plan.digest,
            enough: checked.enough(),
            objections: checked.objections.iter().map(Objection::sentence).collect(),
            by: checked.by,
        }))
    }

    fn approval(&self, plan: &Plan) -> Result<Approval, Failure> {
        let mut approval = Approval {
            plan: plan.digest,
            by: self.by.trim().to_lowercase(),
            at: inputs::now(),
            comment: self.comment.clone(),
            signature: None,
        };
        if let Some(key) = &self.key {
            approval.signature = Some(signature::sign(&approval, key)?);
        }
        Ok(approval)
    }
}

/// The approvals of a plan where no other name is given: `<plan>.approvals`.
pub fn beside(plan: &Path) -> PathBuf {
    let mut name = OsString::from(plan.as_os_str());
    name.push(".approvals");
    PathBuf::from(name)
}

/// The approvals in a file; none where there is no file.
///
/// # Errors
/// Where it can't be read or is no file of approvals.
pub fn existing(path: &Path) -> Result<ApprovalFile, Failure> {
    if !files::exists(path) {
        return Ok(ApprovalFile::default());
    }
    read(&files::read(path)?).map_err(|error| Failure::of(format!("`{}` can't be used", path.display()), &error))
}

/// Nobody should agree to what can't be applied.
fn refuse_refused(plan: &Plan) -> Result<(), Failure> {
    let guards = plan.refusing_guards();
    if guards.is_empty() {
        return Ok(());
    }
    let error = PlanFileError::Refused { guards };
    Err(Failure::of("the plan can't be approved", &error).status(Status::Refused).help("look at it with `accord show`"))
}

/// An approval that would not count is not written down: who gives it should hear so.
fn refuse_vain(plan: &Plan, approval: &Approval) -> Result<(), Failure> {
    if plan.approvals.needs.is_empty() {
        return Ok(());
    }
    let alone = check(plan, std::slice::from_ref(approval), &signature::verify);
    let vain: Vec<String> =
        alone.objections.iter().filter(|objection| !objection.refuses()).map(Objection::sentence).collect();
    if !alone.by.is_empty() || vain.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(Status::Refused, format!("the approval of `{}` would not count", approval.by));
    failure.causes = vain;
    Err(failure)
}

fn told(plan: &Plan, checked: &Checked) -> String {
    let mut lines = Vec::new();
    if plan.approvals.needs.is_empty() {
        lines.push("The policy asks for no approval of this plan; yours is kept all the same.".to_owned());
    } else if checked.enough() {
        lines.push(format!("Plan {} has every approval it needs: {}.", plan.digest.short(12), checked.by.join(", ")));
    } else {
        lines.push(format!("Plan {} needs more:", plan.digest.short(12)));
        lines.extend(checked.objections.iter().map(|objection| format!("  {}", objection.sentence())));
    }
    lines.join("\n") + "\n"
}

/// The approvals that `apply` looks at, and how.
pub fn given(file: &ApprovalFile) -> approvals::Given<'_> {
    approvals::Given { approvals: &file.approvals, verify: &signature::verify }
}
