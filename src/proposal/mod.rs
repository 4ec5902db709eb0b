//! A proposal for an access repository: an export written as the files that describe it, as people would write them.
//!
//! What is promised: **import, then plan, is empty**. Permission by permission, the files say what the export says; teams are only
//! a shorter way to say it. What the files can't say is left out, remarked where a reader looks for it, and counted in the
//! [`WriteReport`]; the comparison leaves the same things alone:
//!
//! - words that no write accepts (`OWNER`) are neither added nor removed, and a grant of nothing else is not managed;
//! - nor are words that the platform's table doesn't have, or that don't fit the type of the asset: the rest of such a grant is written and compared,
//!   and while the rest is as the files say, there is no difference. Where it isn't, nothing is done, because nobody knows what a write would do to the word;
//! - assets of a type that the table doesn't have are not written, and grants on them are not managed;
//! - a role that the table doesn't have is not changed;
//! - an invitation or request that brings any of these waits undisturbed, a request without being written.
//!
//! One thing the files can't keep: a second invitation beside a newer one, or one of somebody who is in already. A plan cancels it.
//!
//! | file | what it decides |
//! |---|---|
//! | `view`, `rights`, `assets`, `people`, `names`, `partners`, `invites`, `rosters` | what can be written |
//! | `keys` | keys from names |
//! | `teams`, `source_teams`, `team_names` | the source's teams, those found, and what they are called |
//! | `mining`, `cover`, `shared` | which people share rights |
//! | `bundles` | profiles and their names |
//! | `business`, `domains`, `sections`, `access` | what stands in the files |
//! | `files` | how it is split into files |
//! | `yaml` | how it is written |

mod access;
mod assets;
mod bundles;
mod business;
mod cover;
mod domains;
mod files;
mod invites;
mod keys;
mod mining;
mod names;
mod partners;
mod people;
mod rights;
mod rosters;
mod sections;
mod shared;
mod source_teams;
mod team_names;
mod teams;
mod view;
mod yaml;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::observed::ObservedState;
use crate::source::yaml::looks_secret;

use bundles::Profiles;
use files::Files;
use sections::Written;
use view::View;

/// How a proposal is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// What `snapshot:` of the business names: the path of the export, relative to the repository.
    pub snapshot_path: Option<String>,
    /// What `last_applied:` of the business names: where `apply` keeps the state afterwards, relative to the repository.
    pub last_applied_path: Option<String>,
    /// Where editors find the schemas: an address, or a folder relative to the repository. Each file names the schema in its
    /// first line.
    pub schema_base: Option<String>,
    /// Whether the teams of the source are taken over.
    pub source_teams: bool,
    /// Whether teams are looked for among people who share rights.
    pub mine: bool,
    /// This many people with the same rights become a team; at least 2.
    pub team_min_people: usize,
    /// Bound of the search for teams, in steps; 400 million are a few seconds.
    pub mining_steps: u64,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions {
            snapshot_path: None,
            last_applied_path: None,
            schema_base: None,
            source_teams: true,
            mine: true,
            team_min_people: 2,
            mining_steps: 400_000_000,
        }
    }
}

/// An access repository that describes an export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The files: paths with `/` between the parts, relative to the repository, and contents.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was written, and what was left out.
    pub report: WriteReport,
}

/// Counts of what was written and what was left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WriteReport {
    /// People, without service accounts and those who were invited.
    pub people: usize,
    /// System users.
    pub service_accounts: usize,
    /// People who were invited and have not answered.
    pub invited: usize,
    /// Partners, those who have not answered included.
    pub partners: usize,
    /// Assets, groups included.
    pub assets: usize,
    /// Profiles.
    pub profiles: usize,
    /// Grants of people that the files describe: pairs of a person and an asset.
    pub person_grants: usize,
    /// Of these, those that stand with the person, at least in part.
    pub direct_grants: usize,
    /// Grants of partners that the files describe.
    pub partner_grants: usize,
    /// Teams.
    pub teams: Structure,
    /// Lines of all YAML files.
    pub lines: usize,
    /// What was left out.
    pub left: Left,
}

/// How the teams came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Structure {
    /// Teams of the source.
    pub given: usize,
    /// Of these, those that are not written whole: members or grants that don't agree with what people have are left out.
    pub cut: usize,
    /// Teams of the source that are not written because hardly anybody in them has what they give.
    pub not_exact: usize,
    /// Teams of the source that are not written because they give nothing, or have nobody.
    pub without_rights: usize,
    /// Teams found among people who share rights.
    pub found: usize,
}

/// What the files don't say, and a plan leaves as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Left {
    /// Grants with a word that the platform's table doesn't have, which are written without it.
    pub grants_of_unknown_words: usize,
    /// Grants with a word that doesn't fit the type of their asset, which are written without it.
    pub grants_that_do_not_fit: usize,
    /// Grants of nothing but words that no write accepts.
    pub grants_of_silent_words: usize,
    /// Grants on assets that are not written.
    pub grants_on_unwritten_assets: usize,
    /// Grants whose principal or asset is not in the export.
    pub grants_of_nobody: usize,
    /// Assets of a type that the platform's table doesn't have, or without a proper id.
    pub assets: usize,
    /// Asset groups whose contents are not written, because they hold something that can't be, or are not known.
    pub groups: usize,
    /// Members without any name or id that can be written.
    pub people: usize,
    /// Partners without a proper id.
    pub partners: usize,
    /// Invitations that a plan cancels: of somebody who is in already, of nobody who can be written, or beside a newer one.
    pub superfluous_invites: usize,
}

/// Writes the access repository that describes an export.
pub fn repository(state: &ObservedState, options: &WriteOptions) -> Proposal {
    let view = View::of(state);
    let teams = teams::teams(&view, options);
    let profiles = Profiles::of(state.platform, access::uses(&view, &teams));
    let written = Written { view: &view, teams: &teams, profiles: &profiles };
    let mut files = Files::new(options.schema_base.as_deref());
    files.add_root(business::document(&written, options));
    for (place, section) in written.sections() {
        files.add(place, &section);
    }
    let mut report = written.report();
    report.lines = files.lines();
    let mut files = files.finish();
    files.extend(rosters::files(&view));
    Proposal { files, report }
}

/// Whether a text can stand as a value: a blank one can't, nor one that looks like a secret.
fn is_writable(text: &str) -> bool {
    !text.trim().is_empty() && !looks_secret(text)
}
