//! The directory and dates of activity: CSV files that the policy names, read as strictly as the tables of an export.
//!
//! | file | columns (**key**; the first ones are required) |
//! |---|---|
//! | directory | **address**, status (`active`, `suspended`, `left`); optional: ended_on, two_factor (`true`, `false`), title |
//! | activity | **address**, last_active |
//!
//! Days are `YYYY-MM-DD`; an empty cell is unknown, an empty `last_active` means never.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::check;
use super::super::fault::{Fault, ObservedError};
use super::sheet::{Line, Sheet};
use crate::policy::outside::{Activity, ActivityEntry, Directory, DirectoryEntry, Status};
use crate::policy::record::STATUS_WORDS;

const DIRECTORY: [&str; 5] = ["address", "status", "ended_on", "two_factor", "title"];
const ACTIVITY: [&str; 2] = ["address", "last_active"];

/// Reads the directory; `file` is its name in messages.
///
/// # Errors
/// Every problem of the file.
pub fn directory(bytes: &[u8], file: &str) -> Result<Directory, ObservedError> {
    let entries = rows(bytes, file, &DIRECTORY, |line| {
        let address = line.required(0, address);
        let status = line.required(1, status);
        let ended_on = line.optional(2, day);
        let two_factor = line.optional(3, flag);
        let title = line.optional(4, |text| check::text(text).map(|()| text.to_owned()));
        let line_number = number(line);
        Some(DirectoryEntry { address: address?, line: line_number, status: status?, ended_on, two_factor, title })
    })?;
    Ok(Directory { entries: sorted(entries, file, |entry| (&entry.address, entry.line))? })
}

/// Reads dates of activity; `file` is its name in messages.
///
/// # Errors
/// Every problem of the file.
pub fn activity(bytes: &[u8], file: &str) -> Result<Activity, ObservedError> {
    let entries = rows(bytes, file, &ACTIVITY, |line| {
        let address = line.required(0, address);
        let last_active = line.optional(1, day);
        let line_number = number(line);
        Some(ActivityEntry { address: address?, line: line_number, last_active })
    })?;
    Ok(Activity { entries: sorted(entries, file, |entry| (&entry.address, entry.line))? })
}

fn rows<T>(
    bytes: &[u8],
    file: &str,
    columns: &[&'static str],
    mut row: impl FnMut(&mut Line<'_>) -> Option<T>,
) -> Result<Vec<T>, ObservedError> {
    let mut sheet = Sheet::new(file.to_owned(), bytes, columns, 2);
    let mut entries = Vec::new();
    sheet.read(|line| {
        let entry = row(line);
        if line.is_sound() {
            entries.extend(entry);
        }
    });
    if !sheet.is_ended() && sheet.faults.is_empty() {
        let fault = Fault::new(file, "the last line has no line break: the file may be cut");
        sheet.faults.push(fault.help("take the export again, or end the last line"));
    }
    let faults = sheet.into_faults();
    if faults.is_empty() { Ok(entries) } else { Err(ObservedError::new(faults)) }
}

/// By address. Two lines about one address could say two things.
fn sorted<T>(mut entries: Vec<T>, file: &str, key: impl Fn(&T) -> (&String, u32)) -> Result<Vec<T>, ObservedError> {
    let mut first: BTreeMap<&String, u32> = BTreeMap::new();
    let mut faults = Vec::new();
    for entry in &entries {
        let (address, line) = key(entry);
        match first.get(address) {
            Some(before) => {
                let message = format!("the address `{}` stands in line {before} already", check::shortened(address));
                faults.push(Fault::new(file, message).at(line.into(), 0));
            }
            None => {
                first.insert(address, line);
            }
        }
    }
    if !faults.is_empty() {
        return Err(ObservedError::new(faults));
    }
    entries.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(entries)
}

fn number(line: &Line<'_>) -> u32 {
    u32::try_from(line.number).unwrap_or(u32::MAX)
}

fn address(text: &str) -> Result<String, String> {
    check::handle(text)?;
    if text.contains('@') {
        return Ok(text.to_lowercase());
    }
    Err(format!("`{}` is not an address", check::shortened(text)))
}

fn status(word: &str) -> Result<Status, String> {
    match word {
        "active" => Ok(Status::Active),
        "suspended" => Ok(Status::Suspended),
        "left" => Ok(Status::Left),
        other => {
            let advice = check::choices(other, &STATUS_WORDS);
            Err(format!("`{}` is no status ({advice})", check::shortened(other)))
        }
    }
}

fn flag(word: &str) -> Result<bool, String> {
    match word.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{}` is neither `true` nor `false`", check::shortened(word))),
    }
}

fn day(text: &str) -> Result<Date, String> {
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| format!("`{}` is not a day such as `2027-03-31`", check::shortened(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_found_by_address_in_any_case() {
        let text =
            "status;address;two_factor;ended_on\nactive;Bo@Acme.example;TRUE;\nleft;ana@acme.example;;2026-10-31\n";
        let directory = directory(text.as_bytes(), "hr.csv").expect("a directory");
        let bo = directory.find("bo@acme.example").expect("bo");
        assert_eq!((bo.line, bo.status, bo.two_factor, bo.ended_on), (2, Status::Active, Some(true), None));
        let ana = directory.find("ana@acme.example").expect("ana");
        assert_eq!((ana.status, ana.two_factor), (Status::Left, None));
        assert_eq!(ana.ended_on, Some(Date::constant(2026, 10, 31)));
        assert_eq!(directory.find("cy@acme.example"), None);
    }

    #[test]
    fn never_active_is_not_unknown() {
        let text = "address,last_active\nbo@acme.example,2026-11-01\nana@acme.example,\n";
        let activity = activity(text.as_bytes(), "a.csv").expect("activity");
        assert_eq!(activity.find("ana@acme.example").map(|entry| entry.last_active), Some(None));
        assert_eq!(activity.find("cy@acme.example"), None);
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        let text = "address,status,ended_on,two_factor\nbo,actve,1.1.2026,yes\nbo@acme.example,left,,\n";
        let message = directory(text.as_bytes(), "hr.csv").expect_err("four faults").to_string();
        for part in [
            "hr.csv:2: `address`: `bo` is not an address",
            "hr.csv:2: `status`: `actve` is no status (did you mean `active`?)",
            "hr.csv:2: `ended_on`: `1.1.2026` is not a day such as `2027-03-31`",
            "hr.csv:2: `two_factor`: `yes` is neither `true` nor `false`",
        ] {
            assert!(message.contains(part), "{message}");
        }
        let twice = "address,last_active\nbo@acme.example,\nBO@acme.example,\n";
        let message = activity(twice.as_bytes(), "a.csv").expect_err("twice").to_string();
        assert_eq!(message, "a.csv:3: the address `bo@acme.example` stands in line 2 already");
        let cut = directory(b"address,status\nbo@acme.example,active", "hr.csv").expect_err("cut").to_string();
        assert!(cut.contains("may be cut"), "{cut}");
        assert!(directory(b"", "hr.csv").is_err() && directory(b"\xff\xfe", "hr.csv").is_err());
    }
}
