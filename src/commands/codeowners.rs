//! `accord codeowners`: who reviews which file, from the owners in the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session, Status, difference, files, inputs};
use crate::desired::DesiredState;
use crate::model::{Sym, fold};
use crate::source::{FileId, load};

/// Arguments of `accord codeowners`.
#[derive(clap::Args)]
#[command(after_help = "\
A file is owned by the owners of the teams and accounts that are written in it, together with the owners of its businesses; every other file \
by the owners of all businesses. GitHub and GitLab ask the owners for their review where the branch is protected so.

Examples:
  accord codeowners access -o .github/CODEOWNERS
  accord codeowners access --check .github/CODEOWNERS       # for CI: exit code 2 where it is stale")]
pub struct Codeowners {
    /// The access repository
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Compare with FILE, and exit with 2 where it differs
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CodeownersDetails")]
pub struct Summary {
    /// Files with owners of their own.
    files: usize,
    /// Where it was written to, or what it was compared with.
    file: Option<String>,
}

impl Codeowners {
    /// Prints, writes or compares the list.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let reading = inputs::read_repository(&self.folder, session.threads)?;
        inputs::show_problems(&self.folder, &reading, session);
        let failure = inputs::invalid(&reading);
        let desired = reading.state.ok_or(failure)?;
        // Outside of a git repository paths begin at the folder itself.
        let prefix = load::git::prefix(&self.folder).unwrap_or_default();
        let owned = owned(&desired);
        let text = list(&desired, &owned, &prefix);
        let file = self.output.as_ref().or(self.check.as_ref()).map(|path| path.display().to_string());
        let summary = Summary { files: owned.len(), file };
        if let Some(path) = &self.check {
            return check(path, &text, summary, session);
        }
        match &self.output {
            Some(path) => {
                files::write(path, text.as_bytes())?;
                session.say(&format!("Wrote {}.", path.display()));
            }
            None => session.print(&text)?,
        }
        Ok(Report::ok(summary))
    }
}

fn check(path: &Path, text: &str, summary: Summary, session: &Session) -> Result<Report<Summary>, Failure> {
    let old = if files::exists(path) { files::read_text(path)? } else { String::new() };
    if old == text {
        session.say(&format!("{} is fresh.", path.display()));
        return Ok(Report::ok(summary));
    }
    session.print(&difference::unified(
        &path.display().to_string(),
        &old,
        text,
        usize::MAX,
        &session.terminal.out(),
    ))?;
    Ok(Report::ended(Status::Differs, summary))
}

/// Owners of each file that has some of its own, as written.
fn owned(desired: &DesiredState) -> BTreeMap<FileId, BTreeSet<String>> {
    let mut owned: BTreeMap<FileId, BTreeSet<String>> = BTreeMap::new();
    let teams = desired.teams.iter().map(|team| (team.pos.file, team.business, &team.owners));
    let assets = desired.assets.iter().map(|asset| (asset.pos.file, asset.business, &asset.owners));
    for (file, business, owners) in teams.chain(assets).filter(|(_, _, owners)| !owners.is_empty()) {
        let of_business = &desired.businesses[business as usize].owners;
        owned.entry(file).or_default().extend(owners.iter().chain(of_business).map(|&owner| address(desired, owner)));
    }
    owned
}

/// The address of an owner: as written, or the first one of the person with this key.
fn address(desired: &DesiredState, owner: Sym) -> String {
    let written = desired.text(owner);
    if written.contains('@') {
        return written.to_owned();
    }
    let folded = fold(written);
    let known = desired.people.iter().find(|person| fold(desired.text(person.key)) == folded);
    known.and_then(|person| person.addresses.first()).map_or_else(
        // A team of the platform that holds the repository, or its user name.
        || format!("@{}", written.trim_start_matches('@')),
        |&address| desired.text(address).to_owned(),
    )
}

fn list(desired: &DesiredState, owned: &BTreeMap<FileId, BTreeSet<String>>, prefix: &str) -> String {
    let all: BTreeSet<String> = desired
        .businesses
        .iter()
        .flat_map(|business| business.owners.iter().map(|&owner| address(desired, owner)))
        .collect();
    let mut text =
        "# Made by `accord codeowners` from the owners in the access files; don't edit it by hand.\n".to_owned();
    let mut line = |path: &str, owners: &BTreeSet<String>| {
        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
        text.push_str(&format!("{} {}\n", escaped(path), owners.join(" ")));
    };
    if !all.is_empty() {
        line(&format!("/{prefix}"), &all);
    }
    // A later line wins over the one for the whole folder.
    for (&file, owners) in owned {
        line(&format!("/{prefix}{}", desired.files.path(file)), owners);
    }
    text
}

/// A path as CODEOWNERS patterns write it.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        if " \\#*?[]!".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::from_texts;

    fn codeowners(files: &[(&str, &str)]) -> String {
        let texts: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let reading = from_texts(&texts);
        let desired = reading.state.unwrap_or_else(|| panic!("{:?}", reading.problems));
        list(&desired, &owned(&desired), "access/")
    }

    const ROOT: &str =
        "version: 1\nbusinesses:\n  acme: { platform: pinterest, id: \"1\", owners: [ana@acme.example] }\n";

    #[test]
    fn files_of_teams_and_accounts_have_their_owners_and_the_rest_those_of_the_business() {
        let text = codeowners(&[
            ("accord.yaml", ROOT),
            ("people.yaml", "people:\n  lead: { also: [lea@acme.example] }\n"),
            ("teams/so cial.yaml", "teams:\n  social:\n    owners: [lead, bo@acme.example]\n    members: []\n"),
            ("teams/plain.yaml", "teams:\n  plain: { members: [] }\n"),
            ("accounts.yaml", "accounts:\n  fr: { id: \"2\", owners: [marketing/fr] }\n"),
        ]);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "/access/ ana@acme.example",
                "/access/accounts.yaml @marketing/fr ana@acme.example",
                "/access/teams/so\\ cial.yaml ana@acme.example bo@acme.example lea@acme.example",
            ]
        );
    }
}
