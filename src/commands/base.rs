//! The files at the commit from which a branch began, read from git's objects.

use std::path::Path;

use super::{Failure, Status};
use crate::desired::{self, DesiredState};
use crate::diagnostic::Tally;
use crate::source::load::git::{self, Base, BaseError};

/// A version of the files before a change.
pub struct Version {
    /// Where it was read.
    pub base: Base,
    /// What it says.
    pub desired: DesiredState,
}

/// The files at the commit from which the branch began.
///
/// # Errors
/// Where git has no such commit, or the files there have errors.
pub fn version(folder: &Path, reference: &str, head: &DesiredState) -> Result<Version, Failure> {
    let base = git::base(folder, reference).map_err(|error| failed(&error))?;
    // A folder that was not there yet wanted nothing.
    let texts = match base.texts.is_empty() {
        true => vec![(desired::ROOT_FILE.to_owned(), nothing(head))],
        false => base.texts.clone(),
    };
    let reading = desired::from_texts(&texts);
    let tally = Tally::of(&reading.problems);
    let Some(desired) = reading.state else {
        let message = format!("the access repository at {} has {tally}", base.commit);
        let help = "the change can't be compared with it; mend it there first";
        return Err(Failure::new(Status::Error, message).help(help));
    };
    Ok(Version { base, desired })
}

/// The businesses, and nobody in them.
fn nothing(head: &DesiredState) -> String {
    let mut text = String::from("version: 1\nbusinesses:\n");
    for business in &head.businesses {
        let (key, id) = (head.text(business.key), head.text(business.id));
        text.push_str(&format!("  \"{key}\": {{ platform: {}, id: \"{id}\" }}\n", business.platform.name));
    }
    text
}

/// Why git has no such commit.
pub fn failed(error: &BaseError) -> Failure {
    let failure = Failure::from_error(error);
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}
