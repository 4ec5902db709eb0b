//! The real files: a snapshot as target, a journal beside a plan.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests the targets on disk")]

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::world::{self, acme, asset, member, plan, set_grant};
use crate::apply::effect::Created;
use crate::apply::{Applied, ApplyError, Fate, Journal, Past, Runner, Setting, Site, Status, run};
use crate::connectors::journal_file::JournalFile;
use crate::connectors::lock::Holder;
use crate::connectors::snapshot_file::SnapshotFile;
use crate::connectors::{Connector, ConnectorError, Context, Outcome};
use crate::observed::snapshot;
use crate::plan::file::VerifiedPlan;
use crate::plan::{Operation, predict};

struct Disk {
    folder: TempDir,
}

impl Disk {
    fn new() -> Self {
        let disk = Disk { folder: tempfile::tempdir().unwrap() };
        fs::write(disk.path("acme.json"), snapshot::write(&acme())).unwrap();
        disk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn target(&self) -> SnapshotFile {
        let holder = Holder::here(world::AS_OF.parse().unwrap(), "a test");
        SnapshotFile::lock(&self.path("acme.json"), &holder).unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path("acme.json")).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn apply(&self, plan: &VerifiedPlan) -> Result<Applied, ApplyError> {
        let clock = || -> Timestamp { world::AS_OF.parse().unwrap() };
        let (mut tape, bytes) = JournalFile::open(&JournalFile::beside(&self.path("plan.json"))).unwrap();
        let mut journal = Journal::resume(&mut tape, Past::read(&bytes)?, &clock).unwrap();
        let mut target = self.target();
        let mut sites =
            [Site { business: "acme".to_owned(), location: "acme.json".to_owned(), connector: &mut target }];
        let mut setting = Setting { by: Runner::default(), stop: &AtomicUsize::new(0), progress: &mut |_| {} };
        run(plan, &mut sites, &mut journal, &mut setting)
    }
}

/// What the file must be after these steps.
fn wanted(steps: &[world::Step]) -> Vec<u8> {
    let mut state = acme();
    let actions = steps.iter().map(|(action, _)| action);
    predict::perform_all(&mut state, actions, &mut Created::new(), world::AS_OF.parse().unwrap());
    snapshot::write(&state)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// The file holds exactly the predicted state, nothing is left beside it, and what the run saw is what the file says.
    #[test]
    fn the_file_is_the_prediction(steps in world::any_steps()) {
        let disk = Disk::new();
        let applied = disk.apply(&plan(&acme(), &steps)).unwrap();
        prop_assert_eq!(applied.report.status, Status::Applied);
        prop_assert_eq!(disk.bytes(), wanted(&steps));
        prop_assert_eq!(disk.names(), ["acme.json", "plan.json.journal"]);
        let read = snapshot::read(&disk.bytes(), "acme.json").unwrap();
        prop_assert_eq!(&applied.seen[0].last, &read);
        let (bytes, journal) = (disk.bytes(), fs::read(disk.path("plan.json.journal")).unwrap());
        let again = disk.apply(&plan(&acme(), &steps)).unwrap();
        prop_assert!(again.report.finished_before);
        prop_assert_eq!(disk.bytes(), bytes);
        prop_assert_eq!(fs::read(disk.path("plan.json.journal")).unwrap(), journal);
    }
}

fn steps() -> Vec<world::Step> {
    vec![
        (set_grant(member("1001"), asset("2005"), &[], &["ANALYST"]), vec![]),
        (set_grant(member("1002"), asset("2005"), &[], &["ANALYST"]), vec![]),
    ]
}

/// Operations of a plan, performed without a run around them.
fn perform(target: &mut SnapshotFile, plan: &VerifiedPlan) -> Vec<Outcome> {
    let operations: Vec<&Operation> = plan.plan().businesses[0].operations.iter().collect();
    target.perform(&operations, &Context::of(plan, &Created::new()))
}

#[test]
fn a_locked_file_is_refused_with_who_holds_it() {
    let disk = Disk::new();
    let held = disk.target();
    let holder = Holder::here(world::AS_OF.parse().unwrap(), "another");
    let Err(ConnectorError::Locked(message)) = SnapshotFile::lock(&disk.path("acme.json"), &holder) else {
        panic!("it was locked twice");
    };
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    drop(held);
    assert_eq!(disk.names(), ["acme.json"]);
}

#[test]
fn what_does_not_fit_the_file_any_more_is_refused_alone() {
    let disk = Disk::new();
    let plan = plan(&acme(), &steps());
    let mut target = disk.target();
    target.fetch().unwrap();
    let mut changed = acme();
    world::grant(&mut changed, "1002", "2005", &["ADMIN"]);
    fs::write(disk.path("acme.json"), snapshot::write(&changed)).unwrap();
    let outcomes = perform(&mut target, &plan);
    assert_eq!(outcomes[0], Outcome::Done { created: None });
    let Outcome::Failed { message } = &outcomes[1] else { panic!("{outcomes:?}") };
    assert!(message.ends_with("is ADMIN where the plan expects nothing"), "{message}");
    world::grant(&mut changed, "1001", "2005", &["ANALYST"]);
    assert_eq!(disk.bytes(), snapshot::write(&changed));
}

#[test]
fn nothing_is_written_where_nothing_could_be_done() {
    let disk = Disk::new();
    let plan = plan(&acme(), &steps());
    perform(&mut disk.target(), &plan);
    let before = fs::metadata(disk.path("acme.json")).unwrap().modified().unwrap();
    let outcomes = perform(&mut disk.target(), &plan);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Failed { .. })), "{outcomes:?}");
    assert_eq!(fs::metadata(disk.path("acme.json")).unwrap().modified().unwrap(), before);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_leftovers_of_a_killed_run_go() {
    use std::os::unix::fs::PermissionsExt as _;
    let disk = Disk::new();
    fs::set_permissions(disk.path("acme.json"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::write(disk.path(".acme.json.accord-new"), "half a snapsh").unwrap();
    disk.apply(&plan(&acme(), &steps())).unwrap();
    let mode = fs::metadata(disk.path("acme.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(disk.names(), ["acme.json", "plan.json.journal"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_takes_the_files_place_is_not_followed() {
    let disk = Disk::new();
    let plan = plan(&acme(), &steps());
    let mut target = disk.target();
    let elsewhere = disk.path("elsewhere.json");
    fs::rename(disk.path("acme.json"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, disk.path("acme.json")).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    let outcomes = perform(&mut target, &plan);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Failed { .. })), "{outcomes:?}");
    assert_eq!(fs::read(&elsewhere).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_written_fails_every_operation_and_leaves_the_file() {
    let disk = Disk::new();
    let plan = plan(&acme(), &steps());
    let mut target = disk.target();
    let before = disk.bytes();
    // A folder in the place of the file that is to be written beside: it can't be made, whoever runs the tests.
    fs::create_dir(disk.path(".acme.json.accord-new")).unwrap();
    fs::write(disk.path(".acme.json.accord-new/kept"), "").unwrap();
    let outcomes = perform(&mut target, &plan);
    for outcome in outcomes {
        let Outcome::Failed { message } = outcome else { panic!("{outcome:?}") };
        assert!(message.contains("can't be replaced"), "{message}");
    }
    assert_eq!(disk.bytes(), before);
}

#[test]
fn a_run_that_was_cut_short_on_disk_is_finished() {
    let disk = Disk::new();
    let steps = steps();
    let plan = plan(&acme(), &steps);
    disk.apply(&plan).unwrap();
    let journal = JournalFile::beside(&disk.path("plan.json"));
    let whole = fs::read(&journal).unwrap();
    let last_lines = whole.len() - 30;
    fs::write(&journal, &whole[..last_lines]).unwrap();
    let applied = disk.apply(&plan).unwrap();
    assert!(applied.report.dropped > 0);
    assert_eq!(applied.report.status, Status::Applied);
    assert!(matches!(applied.report.businesses[0].operations[0].fate, Fate::Done { .. }));
    assert_eq!(disk.bytes(), wanted(&steps));
    assert_eq!(Past::read(&fs::read(&journal).unwrap()).unwrap().torn(), 0);
}

#[test]
fn a_damaged_snapshot_is_never_replaced() {
    let disk = Disk::new();
    let plan = plan(&acme(), &steps());
    let half = disk.bytes()[..disk.bytes().len() / 2].to_vec();
    fs::write(disk.path("acme.json"), &half).unwrap();
    assert!(matches!(disk.apply(&plan), Err(ApplyError::Read { .. })));
    assert_eq!(disk.bytes(), half);
    assert!(!Path::new(&disk.path("acme.json.lock")).exists());
}
