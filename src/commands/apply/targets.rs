//! What the operations of each business go to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::{Apply, checklist};
use crate::apply::Site;
use crate::commands::remote::{self, Remote};
use crate::commands::{Failure, Session, Status, files, inputs};
use crate::connectors::lock::{Holder, Lock};
use crate::connectors::snapshot_file::SnapshotFile;
use crate::connectors::{Connector, ConnectorError};
use crate::plan::{BusinessPlan, Plan};

/// The targets, in the order of the plan's businesses.
pub(super) struct Targets(Vec<Target>);

struct Target {
    business: String,
    location: String,
    connector: Box<dyn Connector>,
    /// Of a business on its platform; a snapshot file holds its own.
    _lock: Option<Lock>,
}

impl Targets {
    /// Chooses and locks them.
    pub fn open(args: &Apply, plan: &Plan, stop: &Arc<AtomicUsize>, session: &Session) -> Result<Self, Failure> {
        let keys: Vec<&str> = plan.businesses.iter().map(|part| part.business.key.as_str()).collect();
        let given = inputs::assign(&args.target, "--target", &keys)?;
        let ticked = inputs::assign(&args.ticked, "--ticked", &keys)?;
        let holder = Holder::here(inputs::now(), format!("accord apply {}", args.plan.display()));
        let mut targets = Vec::new();
        for (index, part) in plan.businesses.iter().enumerate() {
            let (path, location) = match given.get(&index) {
                Some(path) => (path.clone(), path.display().to_string()),
                None => (made_from(&args.repository, &part.observed.from), part.observed.from.clone()),
            };
            let word = given.get(&index).map_or(&part.observed.from, |_| &location);
            let named = Remote::named(word, Some(&part.business.id)).transpose()?;
            let lock = match (ticked.get(&index), &named) {
                (None, Some(named)) => args.access.lock(named, &holder)?,
                _ => None,
            };
            let connector: Box<dyn Connector> = match (ticked.get(&index), &named) {
                (Some(list), _) => checklist::ticked(plan, part, list, path, session)?,
                (None, Some(named)) => on_platform(args, named, part, stop)?,
                (None, None) => Box::new(SnapshotFile::lock(&path, &holder).map_err(|error| unusable(&error))?),
            };
            let location = match (&named, ticked.contains_key(&index)) {
                (Some(named), false) => args.access.place(named)?,
                (Some(named), true) => named.name(),
                (None, _) => location,
            };
            targets.push(Target { business: part.business.key.clone(), location, connector, _lock: lock });
        }
        Ok(Targets(targets))
    }

    /// As the executor takes them.
    pub fn sites(&mut self) -> Vec<Site<'_>> {
        self.0.iter_mut().map(Target::site).collect()
    }
}

impl Target {
    fn site(&mut self) -> Site<'_> {
        Site { business: self.business.clone(), location: self.location.clone(), connector: self.connector.as_mut() }
    }
}

/// The business on its platform, once it is clear that this token may do it and that nobody locks themselves out.
fn on_platform(
    args: &Apply,
    named: &Remote,
    part: &BusinessPlan,
    stop: &Arc<AtomicUsize>,
) -> Result<Box<dyn Connector>, Failure> {
    let api = args.access.open(named)?.stopped_by(Arc::clone(stop));
    let applicant = api.applicant(args.applicant.as_deref()).map_err(|error| remote::unread(&error))?;
    let complaints =
        applicant.complaints(part.operations.iter().map(|operation| (operation.id.as_str(), &operation.action)));
    let Some(first) = complaints.first() else {
        return Ok(Box::new(api));
    };
    let mut failure = Failure::new(Status::Refused, first.message.clone());
    failure.causes = complaints.iter().skip(1).map(|complaint| complaint.message.clone()).collect();
    for complaint in complaints {
        if !failure.help.contains(&complaint.help) {
            failure.help.push(complaint.help);
        }
    }
    Err(failure)
}

/// The state a plan was made from, named relative to the repository.
fn made_from(repository: &Path, from: &str) -> PathBuf {
    files::below(repository, from)
}

fn unusable(error: &ConnectorError) -> Failure {
    let failure = Failure::from_error(error);
    match error {
        ConnectorError::Locked(_) => failure.status(Status::Stale).help("wait until that run has ended"),
        ConnectorError::Read(_) => failure.help(
            "name a snapshot with `--target`, or write the steps for a person with `--checklist`; \
             paths in the plan are relative to `--repository`",
        ),
    }
}
