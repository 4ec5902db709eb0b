//! Rosters that the files name: partners' own people, as the partners report them.

use std::path::Path;

use super::{Failure, Status, files};
use crate::desired::DesiredState;
use crate::observed::{ObservedState, tables};
use crate::terminal::prose;

/// The roster of one partner.
pub struct Roster {
    /// Index of the business.
    pub business: usize,
    /// The platform's id of the partner.
    pub partner: String,
    /// A state that holds nothing else.
    pub people: ObservedState,
}

/// Reads every roster that the files of a repository name.
///
/// # Errors
/// Where one is missing, lies outside, or is wrong; every reason is told.
pub fn read(folder: &Path, desired: &DesiredState) -> Result<Vec<Roster>, Failure> {
    let mut rosters = Vec::new();
    let mut wrong = Vec::new();
    for partner in &desired.partners {
        let Some(path) = partner.roster.map(|sym| desired.text(sym)) else {
            continue;
        };
        let shown = files::below(folder, path).display().to_string();
        let bytes = match bytes(folder, path) {
            Ok(bytes) => bytes,
            Err(why) => {
                let place = files::below(folder, desired.files.at(partner.pos).to_string());
                let key = desired.text(partner.key);
                wrong.push(format!("{}: roster of partner `{key}`: {why}", place.display()));
                continue;
            }
        };
        let business = partner.business as usize;
        let id = desired.text(partner.id);
        match tables::read_roster(desired.businesses[business].platform, id, &bytes, &shown) {
            Ok(people) => rosters.push(Roster { business, partner: id.to_owned(), people }),
            Err(error) => wrong.extend(error.faults().iter().map(ToString::to_string)),
        }
    }
    if wrong.is_empty() {
        return Ok(rosters);
    }
    let mut failure = Failure::new(Status::Error, "a roster that the files name can't be used");
    let more = wrong.len().saturating_sub(REASONS);
    wrong.truncate(REASONS);
    failure.causes = wrong;
    if more > 0 {
        failure.causes.push(format!("{} more", prose::number(more as u64)));
    }
    Err(failure)
}

/// So many reasons are told; the first ones usually explain the others.
const REASONS: usize = 20;

fn bytes(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    let place = files::below(folder, path);
    if !files::exists(&place) {
        return Err(format!("there is no file `{path}`"));
    }
    // Followed, a link could show what lies outside of what was reviewed.
    if !files::is_within(folder, &place) {
        return Err(format!("`{path}` leads out of the access repository"));
    }
    files::read(&place).map_err(|failure| failure.causes.first().unwrap_or(&failure.message).clone())
}
