//! States from files: snapshots, folders of tables, and what an apply left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Place;
use crate::apply::last_applied::{self, LastApplied, LastAppliedError};
use crate::commands::{Failure, Status, files};
use crate::observed::{ObservedError, ObservedState, snapshot, tables};
use crate::terminal::prose;

/// A state that was read from a file or folder.
pub(super) struct Loaded {
    pub(super) state: ObservedState,
    /// What was managed; only known where it is the state after an apply.
    pub(super) managed: Option<Vec<String>>,
    /// Which files said something of the business; only known there, too.
    pub(super) files: Option<Vec<String>>,
}

/// States that were read while the files were, by path.
pub(super) struct States(BTreeMap<PathBuf, Result<Option<Loaded>, Failure>>);

impl States {
    pub(super) fn read(paths: Vec<PathBuf>) -> Self {
        let _span = tracing::info_span!("read the states").entered();
        let read = |path: PathBuf| {
            let loaded = load_state(&path);
            (path, loaded)
        };
        States(paths.into_iter().map(read).collect())
    }

    fn take(&mut self, path: &Path) -> Result<Option<Loaded>, Failure> {
        self.0.remove(path).unwrap_or_else(|| load_state(path))
    }

    pub(super) fn observed(&mut self, place: &Place, business: &str) -> Result<ObservedState, Failure> {
        let shown = place.path.display();
        match self.take(&place.path)? {
            Some(Loaded { state, managed: None, .. }) => Ok(state),
            Some(Loaded { managed: Some(_), .. }) => {
                let message = format!("`{shown}` is the state after an apply, not what is there now");
                Err(Failure::new(Status::Error, message).help("name an export of today"))
            }
            None => {
                let message = format!("there is no exported state of business `{business}` at `{shown}`");
                Err(Failure::new(Status::Error, message).help(format!("`accord import EXPORT -o {shown}` writes one")))
            }
        }
    }

    /// Before the first apply there is none; one that the command line names must be there.
    pub(super) fn last_applied(&mut self, place: &Place) -> Result<Option<Loaded>, Failure> {
        let loaded = self.take(&place.path)?;
        if loaded.is_none() && place.asked {
            let message = format!("there is no last applied state at `{}`", place.path.display());
            return Err(Failure::new(Status::Error, message));
        }
        Ok(loaded)
    }
}

/// The last applied state of a business as it is before an apply; `None` where there is none yet.
///
/// # Errors
/// Where what is there is something else, or of another business.
pub fn agreed_before(path: &Path, business: &str) -> Result<Option<ObservedState>, Failure> {
    let Some(Loaded { state, .. }) = load_state(path)? else { return Ok(None) };
    if state.business_id != business {
        let message = format!("`{}` is the last applied state of business {}", path.display(), state.business_id);
        return Err(Failure::new(Status::Error, message).help(format!("the plan is about business {business}")));
    }
    Ok(Some(state))
}

/// Reads a snapshot, a folder of tables, or the state after an apply; `None` where there is nothing.
fn load_state(path: &Path) -> Result<Option<Loaded>, Failure> {
    if !files::exists(path) {
        return Ok(None);
    }
    if files::is_folder(path) {
        return Ok(Some(Loaded { state: export(path)?, managed: None, files: None }));
    }
    let (name, bytes) = (path.display().to_string(), files::read(path)?);
    if last_applied::is_applied(&bytes) {
        let applied = last_applied::read(&bytes, &name).map_err(|error| unusable_applied(&name, &error))?;
        let LastApplied { plan: _, managed, files, state } = applied;
        return Ok(Some(Loaded { state, managed: Some(managed), files: Some(files) }));
    }
    let state = snapshot::rows(&bytes, &name).and_then(|rows| {
        drop(bytes);
        rows.settled()
    });
    let state = state.map_err(|error| unusable_export(&name, &error))?;
    Ok(Some(Loaded { state, managed: None, files: None }))
}

fn unusable_applied(name: &str, error: &LastAppliedError) -> Failure {
    match error {
        LastAppliedError::State(error) => unusable(name, error),
        error => Failure::of(format!("`{name}` can't be used as the last applied state"), error),
    }
}

/// Reads an export: a snapshot, or a folder of tables.
///
/// # Errors
/// Where it can't be read or is no export; every reason is told.
pub fn export(path: &Path) -> Result<ObservedState, Failure> {
    let name = path.display().to_string();
    let read = if files::is_folder(path) {
        tables::read(&tables_in(path)?, &name)
    } else {
        snapshot::read(&files::read(path)?, &name)
    };
    read.map_err(|error| unusable_export(&name, &error))
}

fn unusable_export(name: &str, error: &ObservedError) -> Failure {
    unusable(&format!("the export `{name}`"), error)
}

/// The files of a folder of tables, with those of its rosters.
fn tables_in(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut tables = BTreeMap::new();
    for below in ["", "rosters/"] {
        let place = folder.join(below);
        if !files::is_folder(&place) {
            continue;
        }
        for name in files::names_in(&place)? {
            let path = place.join(&name);
            if files::is_file(&path) && (name.ends_with(".csv") || name == "export.json") {
                tables.insert(format!("{below}{name}"), files::read(&path)?);
            }
        }
    }
    Ok(tables)
}

/// So many reasons are told; the first ones usually explain the others.
const REASONS: usize = 20;

/// Why something that was read (``the export `x` ``) can't be used.
pub fn unusable(what: &str, error: &ObservedError) -> Failure {
    let faults = error.faults();
    let mut failure = Failure::new(Status::Error, format!("{what} can't be used"));
    failure.causes = faults
        .iter()
        .take(REASONS)
        .map(|fault| {
            let place = [fault.line, fault.column]
                .into_iter()
                .flatten()
                .fold(fault.file.clone(), |place, number| format!("{place}:{number}"));
            let help = fault.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            format!("{place}: {}{help}", fault.message)
        })
        .collect();
    let more = faults.len().saturating_sub(REASONS);
    if more > 0 {
        failure.causes.push(format!("{} more", prose::number(more as u64)));
    }
    failure
}
