//! What verbs read: the access repository.

use std::path::Path;

use super::{Failure, Session, Status, files};
use crate::desired::{self, DesiredState, Reading};
use crate::diagnostic::{self, Tally};
use crate::source::load;
use crate::source::{FileId, Files};

/// Reads an access repository, its problems not yet shown.
///
/// # Errors
/// Where a file can't be read.
pub fn read_repository(root: &Path, session: &Session) -> Result<Reading, Failure> {
    if !files::is_folder(root) {
        let message = format!("`{}` is no folder", root.display());
        return Err(Failure::new(Status::Error, message)
            .help("name the folder that holds accord.yaml"));
    }
    let _span = tracing::info_span!("read the access repository").entered();
    let failed = |error| Failure::from_error(&error);
    desired::from_folder(root, session.threads).map_err(failed)
}

/// Reads an access repository, shows its problems, and gives its state.
///
/// # Errors
/// Where a file can't be read, or there is an error in one.
pub fn repository(root: &Path, session: &Session) -> Result<DesiredState, Failure> {
    let reading = read_repository(root, session)?;
    show_problems(root, &reading, session);
    let failure = invalid(&reading);
    reading.state.ok_or(failure)
}

/// Shows the problems of a repository with the lines they are on.
pub fn show_problems(root: &Path, reading: &Reading, session: &Session) {
    let text_of = |id: FileId| load::text(root, reading.files.path(id)).ok();
    // Paths as seen from here, so that they can be opened from what is printed.
    let folder = files::without_dot(root);
    let seen = |(_, path): (FileId, &str)| folder.join(path).display().to_string();
    let files = Files::new(reading.files.iter().map(seen).collect());
    let style = session.terminal.err();
    let shown = diagnostic::render(&reading.problems, &files, &text_of, &style);
    session.terminal.report(&shown);
}

/// The failure that a repository with errors ends in.
pub fn invalid(reading: &Reading) -> Failure {
    let tally = Tally::of(&reading.problems);
    Failure::new(Status::Error, format!("the access repository has {tally}"))
}
