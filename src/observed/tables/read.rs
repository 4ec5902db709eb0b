//! Files to state.

use std::collections::BTreeMap;

use super::super::draft::{Draft, DraftFault, Heading, Table};
use super::super::fault::{Fault, ObservedError};
use super::super::{Collection, ObservedState};
use super::export::Export;
use super::rows::{self, PushRow};
use super::sheet::{Line, Sheet};
use super::{ASSETS, CONTENTS, GRANTS, INVITES, MEMBERS, PARTNERS, ROSTER, TEAM_GRANTS, TEAMS};
use crate::model::Sym;
use crate::platforms::{PLATFORMS, Platform};
use crate::source::nearest;

const EXPORT: &str = "export.json";

/// Digits of a number that spreadsheets keep.
const KEPT_DIGITS: usize = 15;

/// The files of the collections: name, columns, how many of them are required, how a row is read.
const FILES: [(Collection, &str, &[&str], usize, PushRow); 6] = [
    (Collection::Members, "members.csv", &MEMBERS, 7, rows::member),
    (Collection::Partners, "partners.csv", &PARTNERS, 4, rows::partner),
    (Collection::Assets, "assets.csv", &ASSETS, 5, rows::asset),
    (Collection::AssetGroupMembers, "asset_group_members.csv", &CONTENTS, 2, rows::content),
    (Collection::Grants, "grants.csv", &GRANTS, 4, rows::grant),
    (Collection::Invites, "invites.csv", &INVITES, 8, rows::invite),
];

const TEAM_FILES: [(Table, &str, &[&str], PushRow); 2] = [
    (Table::Teams, "teams.csv", &TEAMS, rows::team),
    (Table::TeamGrants, "team_grants.csv", &TEAM_GRANTS, rows::team_grant),
];

/// Reads a folder of tables: its files by path below the folder, with `/` between the parts. `name` is the folder, put before
/// the paths in messages; files that are neither `.csv` nor `export.json` are not looked at.
///
/// # Errors
/// Every problem of every file: missing and unknown files and columns, wrong cells, keys that stand twice.
pub fn read(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<ObservedState, ObservedError> {
    let folder = Folder { files, name };
    let mut faults = folder.file_faults();
    let export = folder.export().map_err(|mut found| faults.append(&mut found)).ok();
    // Without a platform the words mean nothing, but the other faults of the files are worth telling at once.
    let (platform, heading) = match &export {
        Some((_, platform, heading)) => (*platform, Some(heading.clone())),
        None => (PLATFORMS[0], None),
    };
    let mut reading =
        Reading { folder: &folder, draft: Draft::strict(platform), places: BTreeMap::new(), files: Vec::new(), faults };
    reading.collections(export.as_ref().map(|(export, ..)| export));
    reading.rosters();
    reading.teams();
    reading.refuse_rounded_ids();
    reading.finish(heading)
}

/// Reads the roster of one partner by itself: a state with nothing else in it. `path` is how messages call the file.
///
/// # Errors
/// Every problem of the file.
pub fn read_roster(
    platform: &'static Platform,
    partner: &str,
    bytes: &[u8],
    path: &str,
) -> Result<ObservedState, ObservedError> {
    let folder = Folder { files: &BTreeMap::new(), name: "" };
    let mut draft = Draft::strict(platform);
    let partner = draft.id(partner).map_err(|message| ObservedError::new(vec![Fault::new(path, message)]))?;
    let mut reading =
        Reading { folder: &folder, draft, places: BTreeMap::new(), files: Vec::new(), faults: Vec::new() };
    let sheet = Sheet::new(path.to_owned(), bytes, &ROSTER, ROSTER.len());
    reading.unproven(sheet, Table::Rosters, |line, draft| rows::roster(line, draft, partner));
    reading.finish(None)
}

/// The files and the name they have in messages.
struct Folder<'a> {
    files: &'a BTreeMap<String, Vec<u8>>,
    name: &'a str,
}

impl Folder<'_> {
    fn path(&self, file: &str) -> String {
        match self.name.trim_end_matches('/') {
            "" => file.to_owned(),
            name => format!("{name}/{file}"),
        }
    }

    fn export(&self) -> Result<(Export, &'static Platform, Heading), Vec<Fault>> {
        let path = self.path(EXPORT);
        let Some(bytes) = self.files.get(EXPORT) else {
            let fault = Fault::new(path, "the file is missing");
            return Err(vec![fault.help("it says whose export this is and what is whole")]);
        };
        let export = Export::read(bytes, &path).map_err(|fault| vec![fault])?;
        let (platform, heading) = export.checked().map_err(|wrong| {
            let faults = wrong.into_iter().map(|message| Fault::new(&path, message));
            faults.collect::<Vec<_>>()
        })?;
        Ok((export, platform, heading))
    }

    /// Missing files, and tables that nobody would read.
    fn file_faults(&self) -> Vec<Fault> {
        let strange: Vec<&str> = self.strangers().collect();
        let mut faults: Vec<Fault> =
            strange.iter().map(|file| Fault::new(self.path(file), "no table has this name")).collect();
        for (_, file, ..) in FILES {
            if !self.files.contains_key(file) {
                let fault = Fault::new(self.path(file), "the file is missing");
                faults.push(match nearest(file, strange.iter().copied()) {
                    Some(near) => fault.help(format!("is it `{near}`?")),
                    None => fault,
                });
            }
        }
        let [teams, team_grants] = TEAM_FILES.map(|(_, file, ..)| file);
        for (one, other) in [(teams, team_grants), (team_grants, teams)] {
            if self.files.contains_key(one) && !self.files.contains_key(other) {
                let message = format!("the file is missing: it and `{one}` come together");
                faults.push(Fault::new(self.path(other), message));
            }
        }
        faults
    }

    fn strangers(&self) -> impl Iterator<Item = &str> {
        let known = |file: &str| {
            FILES.iter().any(|(_, name, ..)| *name == file)
                || TEAM_FILES.iter().any(|(_, name, ..)| *name == file)
                || roster_of(file).is_some()
        };
        let tables = self.files.keys().map(String::as_str);
        tables.filter(|file| file.to_ascii_lowercase().ends_with(".csv")).filter(move |file| !known(file))
    }
}

/// The partner whose roster a file is.
fn roster_of(file: &str) -> Option<&str> {
    let stem = file.strip_prefix("rosters/")?.strip_suffix(".csv")?;
    (!stem.contains('/')).then_some(stem)
}

/// Where a row came from.
#[derive(Clone, Copy)]
struct Place {
    file: u32,
    line: u32,
}

struct Reading<'a> {
    folder: &'a Folder<'a>,
    draft: Draft,
    /// Of each row that was pushed, by list.
    places: BTreeMap<Table, Vec<Place>>,
    /// Paths, as places name them.
    files: Vec<String>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn collections(&mut self, export: Option<&Export>) {
        for (collection, file, columns, required, push) in FILES {
            let Some(bytes) = self.folder.files.get(file) else {
                continue;
            };
            let mut claim = export.map_or_else(Default::default, |it| it.claim(collection));
            let sheet = Sheet::new(self.folder.path(file), bytes, columns, required);
            if !sheet.is_ended() {
                let doubt = format!("the last line of `{file}` has no line break, so it may be cut");
                claim.doubts.push(doubt);
            }
            self.sheet(sheet, Table::Collection(collection), push);
            self.draft.claims.insert(collection, claim);
        }
    }

    fn rosters(&mut self) {
        for (file, bytes) in self.folder.files {
            let Some(partner) = roster_of(file) else {
                continue;
            };
            let path = self.folder.path(file);
            match self.draft.id(partner) {
                Ok(partner) => {
                    let sheet = Sheet::new(path, bytes, &ROSTER, ROSTER.len());
                    let push = |line: &mut Line<'_>, draft: &mut Draft| rows::roster(line, draft, partner);
                    self.unproven(sheet, Table::Rosters, push);
                }
                Err(message) => {
                    let fault = Fault::new(path, message);
                    let help = "a roster is named after its partner's id";
                    self.faults.push(fault.help(help));
                }
            }
        }
    }

    fn teams(&mut self) {
        for (table, file, columns, push) in TEAM_FILES {
            if let Some(bytes) = self.folder.files.get(file) {
                let sheet = Sheet::new(self.folder.path(file), bytes, columns, columns.len());
                self.unproven(sheet, table, push);
            }
        }
    }

    /// A table without a total: if it may be cut, nothing tells how much is missing.
    fn unproven(&mut self, mut sheet: Sheet<'_>, table: Table, push: impl Fn(&mut Line<'_>, &mut Draft) -> Option<()>) {
        if !sheet.is_ended() {
            let message = "the last line has no line break: the file may be cut";
            sheet.faults.push(Fault::new(&sheet.file, message));
        }
        self.sheet(sheet, table, push);
    }

    fn sheet(&mut self, mut sheet: Sheet<'_>, table: Table, push: impl Fn(&mut Line<'_>, &mut Draft) -> Option<()>) {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(sheet.file.clone());
        let places = self.places.entry(table).or_default();
        let draft = &mut self.draft;
        sheet.read(|line| {
            if push(line, draft).is_some() {
                let line = u32::try_from(line.number).unwrap_or(u32::MAX);
                places.push(Place { file, line });
            }
        });
        self.faults.extend(sheet.into_faults());
    }

    /// Spreadsheets keep fifteen digits of a number and write zeros for the rest: such an id names nobody, or somebody else.
    fn refuse_rounded_ids(&mut self) {
        let Draft { members, partners, assets, strings, .. } = &self.draft;
        let ids: [(&str, Vec<Sym>); 3] = [
            ("members.csv", members.iter().map(|row| row.id).collect()),
            ("partners.csv", partners.iter().map(|row| row.id).collect()),
            ("assets.csv", assets.iter().map(|row| row.id).collect()),
        ];
        for (file, ids) in ids {
            let tails = ids.iter().filter_map(|id| strings.get(*id).get(KEPT_DIGITS..));
            let tails: Vec<&str> = tails.filter(|tail| !tail.is_empty()).collect();
            // One id may end so by chance.
            let rounded = tails.len() > 1 && tails.iter().all(|tail| tail.bytes().all(|it| it == b'0'));
            if rounded {
                let count = tails.len();
                let message = format!(
                    "all {count} ids of more than {KEPT_DIGITS} digits end in zeros: a spreadsheet has rounded them"
                );
                let fault = Fault::new(self.folder.path(file), message);
                self.faults.push(fault.help("export the column of ids as text"));
            }
        }
    }

    /// Settles the rows even where cells are wrong: a key that stands twice is worth telling at once.
    fn finish(self, heading: Option<Heading>) -> Result<ObservedState, ObservedError> {
        let Reading { draft, places, files, mut faults, folder: _ } = self;
        let any = Heading {
            business_id: String::new(),
            business_name: None,
            captured_at: jiff::Timestamp::UNIX_EPOCH,
            captured_by: None,
            source: String::new(),
            query: None,
        };
        match draft.finish(heading.unwrap_or(any)) {
            Ok(state) if faults.is_empty() => return Ok(state),
            Ok(_) => {}
            Err(found) => faults.extend(found.iter().map(|fault| located(fault, &places, &files))),
        }
        Err(ObservedError::new(faults))
    }
}

/// The fault of a row at the line it came from.
fn located(fault: &DraftFault, places: &BTreeMap<Table, Vec<Place>>, files: &[String]) -> Fault {
    let place = |row: usize| {
        let place = places.get(&fault.table).and_then(|rows| rows.get(row));
        place.map_or(("", 0), |place| {
            let file = files.get(place.file as usize).map_or("", String::as_str);
            (file, place.line)
        })
    };
    let (file, line) = place(fault.row);
    let message = match fault.other.map(place) {
        Some((_, first)) => format!("{} stands twice, first in line {first}", fault.message),
        None => fault.message.clone(),
    };
    let located = Fault::new(file, message).at(u64::from(line), 0);
    match &fault.help {
        Some(help) => located.help(help.clone()),
        None => located,
    }
}
