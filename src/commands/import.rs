//! `accord import`: an export as a snapshot, and as the files of an access repository.

mod telling;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::remote::{Access, Remote, gaps};
use super::{Failure, Report, Session, Status, files, inputs, remote};
use crate::connectors::pinterest_api::fetch::Export;
use crate::desired;
use crate::model::Digest;
use crate::observed::{Collection, Completeness, ObservedState, snapshot};
use crate::proposal::{self, Proposal, WriteOptions};
use crate::terminal::prose;

/// Arguments of `accord import`.
#[derive(clap::Args)]
#[command(after_help = "\
The export is checked as a whole; one that is damaged or cut off is refused. What is not proven whole is told, and no plan \
removes anything because of it. The files describe exactly what the export says: a plan right after the import is empty.

Examples:
  accord import export/                              # check an export and tell what is in it
  accord import export/ -o state/acme.json           # write it as a snapshot
  accord import export/ --write-files access         # start an access repository from it
  accord import state/acme.json --write-files access --no-mine
  accord import pinterest:729090764583391194 -o state/acme.json    # read it from the platform
  accord import --from-raw answers -o state/acme.json              # ... again, from answers that were kept")]
pub struct Import {
    /// The export: a folder of tables, a snapshot, or `pinterest:ID` for the business on the platform
    #[arg(value_name = "EXPORT", required_unless_present = "from_raw")]
    export: Option<PathBuf>,
    /// Write a snapshot to FILE [default with --write-files: DIR/state/snapshot.json, unless EXPORT is one in DIR]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write an access repository into DIR
    #[arg(long, value_name = "DIR")]
    write_files: Option<PathBuf>,
    /// Replace files of the access repository that exist
    #[arg(long, requires = "write_files")]
    force: bool,
    /// Don't look for teams among people who have the same rights
    #[arg(long, requires = "write_files")]
    no_mine: bool,
    /// Don't take over the teams of the export
    #[arg(long, requires = "write_files")]
    no_source_teams: bool,
    /// So many people with the same rights become a team
    #[arg(long, value_name = "N", default_value_t = 2, requires = "write_files", value_parser = clap::value_parser!(u16).range(2..))]
    team_size: u16,
    /// Keep every answer of the platform in DIR, one file each
    #[arg(long, value_name = "DIR", conflicts_with = "from_raw")]
    keep_raw: Option<PathBuf>,
    /// Read the answers that --keep-raw has kept in DIR, instead of an export
    #[arg(long, value_name = "DIR", conflicts_with = "export")]
    from_raw: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportDetails")]
pub struct Summary {
    /// Digest over the facts of the export, whatever the order of its records.
    state: Digest,
    /// How many rows each collection has.
    rows: BTreeMap<&'static str, usize>,
    /// Collections that are not proven whole, and why.
    incomplete: BTreeMap<&'static str, String>,
    /// Problems of the export that were noticed.
    problems: usize,
    /// Where the snapshot was written to.
    snapshot: Option<String>,
    /// How many files of an access repository were written.
    files: usize,
}

impl Import {
    /// Reads an export, tells what is in it, and writes what was asked for.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let (state, gaps) = self.read()?;
        let style = session.terminal.out();
        session.print(&telling::contents(&state).render(&style))?;
        let folder = self.write_files.as_deref();
        let snapshot = self.snapshot(folder);
        let proposal = folder.map(|folder| self.propose(&state, folder, &snapshot));
        let mut all = BTreeMap::new();
        if let (Some(folder), Some(proposal)) = (folder, &proposal) {
            self.check_place(folder, proposal, session)?;
            all.extend(documents(folder, proposal)?);
            if !self.force {
                files::refuse_existing(all.keys())?;
            }
        }
        if let Some(path) = &snapshot.write {
            all.insert(path.clone(), snapshot::write(&state));
        }
        files::write_all(&all, true)?;
        if let Some(path) = &snapshot.write {
            session.say(&format!("Wrote the snapshot {}.", path.display()));
        }
        if let (Some(folder), Some(proposal)) = (&self.write_files, &proposal) {
            let style = session.terminal.err();
            session.terminal.report(&telling::written(folder, proposal).render(&style));
        }
        let summary = summary(&state, &snapshot, proposal.as_ref());
        Ok(match gaps {
            Some(failure) => Report::failed(failure, summary),
            None => Report::ok(summary),
        })
    }

    /// The export, and the failure that it ends in where the platform did not tell all.
    fn read(&self) -> Result<(ObservedState, Option<Failure>), Failure> {
        let told = |export: Export| {
            let failure = gaps(&export);
            (export.state, failure)
        };
        if let Some(folder) = &self.from_raw {
            return remote::reread(folder).map(told);
        }
        let path = self.export.as_deref().unwrap_or(Path::new(""));
        match Remote::named(&path.to_string_lossy(), None) {
            Some(named) => self.access.read(&named?, self.keep_raw.as_deref()).map(told),
            None if self.keep_raw.is_some() => {
                let message = "`--keep-raw` keeps answers of a platform, and the export is none";
                Err(Failure::new(Status::Usage, message).help("name the business on the platform: `pinterest:ID`"))
            }
            None => Ok((inputs::export(path)?, None)),
        }
    }

    /// With files, there has to be a snapshot for `plan` to compare with: the export itself where it lies in the repository, else a
    /// new one.
    fn snapshot(&self, folder: Option<&Path>) -> Snapshot {
        if let (None, Some(folder)) = (&self.output, folder) {
            let there = self.export.as_deref().filter(|export| !files::is_folder(export));
            return match there.and_then(|export| files::inside(folder, export)) {
                Some(named) => Snapshot { write: None, named },
                None => Snapshot { write: Some(files::below(folder, SNAPSHOT)), named: SNAPSHOT.to_owned() },
            };
        }
        let named = self.output.as_deref().zip(folder);
        Snapshot {
            write: self.output.clone(),
            named: named.map(|(path, folder)| files::relative(folder, path)).unwrap_or_default(),
        }
    }

    fn propose(&self, state: &ObservedState, folder: &Path, snapshot: &Snapshot) -> Proposal {
        let _span = tracing::info_span!("write the files", folder = %folder.display()).entered();
        let options = WriteOptions {
            snapshot_path: Some(snapshot.named.clone()),
            last_applied_path: Some(LAST_APPLIED.to_owned()),
            schema_base: Some("schemas".to_owned()),
            source_teams: !self.no_source_teams,
            mine: !self.no_mine,
            team_min_people: usize::from(self.team_size),
            ..WriteOptions::default()
        };
        proposal::repository(state, &options)
    }

    /// Documents that are there already would be read together with the new ones, and say everything twice.
    fn check_place(&self, folder: &Path, proposal: &Proposal, session: &Session) -> Result<(), Failure> {
        if !files::is_folder(folder) {
            return Ok(());
        }
        let there = desired::paths(folder).map_err(|error| Failure::from_error(&error))?;
        let (same, other): (Vec<String>, Vec<String>) =
            there.into_iter().partition(|path| proposal.files.contains_key(path));
        if self.force {
            if !other.is_empty() {
                session.warn(&format!(
                    "{} from before {} still read together with the new ones: {}",
                    prose::len(&other, "file", "files"),
                    if other.len() == 1 { "is" } else { "are" },
                    prose::list_some(&other, 5)
                ));
            }
            return Ok(());
        }
        if same.is_empty() && other.is_empty() {
            return Ok(());
        }
        let found = prose::list_some(&[same, other].concat(), 5);
        let message = format!("`{}` holds access documents already: {found}", folder.display());
        Err(Failure::new(Status::Error, message)
            .help("name an empty folder; `--force` replaces files of the same name and leaves the others"))
    }
}

/// The snapshot of an import.
struct Snapshot {
    /// Where it is written to, if it is.
    write: Option<PathBuf>,
    /// As accord.yaml names it.
    named: String,
}

/// The files of the repository, with the schema that their first lines name.
fn documents(folder: &Path, proposal: &Proposal) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let schema =
        serde_json::to_vec_pretty(&desired::schema()).map_err(|error| Failure::of("can't write the schema", &error))?;
    let schema = (SCHEMA.to_owned(), [schema, b"\n".to_vec()].concat());
    let files = proposal.files.clone().into_iter().chain([schema]);
    Ok(files.map(|(path, bytes)| (files::below(folder, path), bytes)).collect())
}

fn summary(state: &ObservedState, snapshot: &Snapshot, proposal: Option<&Proposal>) -> Summary {
    let counted = |collection: Collection| (collection.word(), rows(state, collection));
    Summary {
        state: state.digest(),
        rows: Collection::ALL.map(counted).into(),
        incomplete: incomplete(state).collect(),
        problems: state.problems.len(),
        snapshot: snapshot.write.as_ref().map(|path| path.display().to_string()),
        files: proposal.map_or(0, |proposal| proposal.files.len()),
    }
}

/// Where the snapshot of a new repository is.
const SNAPSHOT: &str = "state/snapshot.json";

/// Where `apply` of a new repository keeps the state afterwards.
const LAST_APPLIED: &str = "state/applied.json";

/// Where the schema of a new repository is.
const SCHEMA: &str = "schemas/access-document.schema.json";

fn rows(state: &ObservedState, collection: Collection) -> usize {
    match collection {
        Collection::Members => state.members.len(),
        Collection::Partners => state.partners.len(),
        Collection::Assets => state.assets.len(),
        Collection::AssetGroupMembers => state.contents.len(),
        Collection::Grants => state.grants.len(),
        Collection::Invites => state.invites.len(),
    }
}

fn incomplete(state: &ObservedState) -> impl Iterator<Item = (&'static str, String)> {
    Collection::ALL.into_iter().filter_map(|collection| match state.completeness.get(&collection) {
        Some(Completeness::Complete) => None,
        Some(Completeness::Incomplete(why)) => Some((collection.word(), why.clone())),
        None => Some((collection.word(), "the export does not say".to_owned())),
    })
}
