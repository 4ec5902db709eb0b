//! The directory and the dates of activity that a policy names.

use std::path::Path;

use super::{Failure, files, inputs};
use crate::observed::{ObservedError, tables};
use crate::policy::outside::{Activity, Directory};
use crate::policy::{OutsideFile, Policy};

/// What is known outside; what the policy does not name is absent.
#[derive(Debug, Default)]
pub struct Outside {
    /// Who works here.
    pub directory: Option<Directory>,
    /// When people were last active.
    pub activity: Option<Activity>,
}

/// Reads the files that the policy of a repository names.
///
/// # Errors
/// Where one is missing or wrong: a rule that needs it must not pass as if nobody had named it.
pub fn read(root: &Path, policy: &Policy) -> Result<Outside, Failure> {
    let directory = policy.directory.as_ref().map(|file| one(root, file, tables::directory)).transpose()?;
    let activity = policy.activity.as_ref().map(|file| one(root, file, tables::activity)).transpose()?;
    Ok(Outside { directory, activity })
}

fn one<T>(
    root: &Path,
    file: &OutsideFile,
    read: impl FnOnce(&[u8], &str) -> Result<T, ObservedError>,
) -> Result<T, Failure> {
    let path = files::below(root, &file.path.value);
    let name = path.display().to_string();
    read(&files::read(&path)?, &name).map_err(|error| inputs::unusable(&format!("`{name}`"), &error))
}
