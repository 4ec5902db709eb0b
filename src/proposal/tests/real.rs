//! Real exports, where somebody has them: `ACCORD_REAL_EXPORTS` names a folder of folders of tables. None of them is part of this
//! repository; without the variable nothing is read, and the test says so.

#![expect(clippy::disallowed_methods, reason = "reads exports that lie outside of this repository")]

use std::path::{Path, PathBuf};

use super::*;

#[test]
fn real_exports_come_back_whole_and_much_shorter() {
    let Some(root) = std::env::var_os("ACCORD_REAL_EXPORTS") else {
        println!("skipped: ACCORD_REAL_EXPORTS names no folder of exports");
        return;
    };
    let mut folders = Vec::new();
    find(Path::new(&root), &mut folders);
    assert!(!folders.is_empty(), "no export below {}", root.display());
    for folder in folders {
        let name = folder.strip_prefix(&root).unwrap().display().to_string();
        check(&name, &read(&folder));
    }
}

fn check(name: &str, state: &ObservedState) {
    let plain = WriteOptions { mine: false, source_teams: false, ..WriteOptions::default() };
    let mined = WriteOptions { source_teams: false, ..WriteOptions::default() };
    let (before, said) = write_and_read(state, &plain);
    for (how, options) in [("found", mined), ("source", WriteOptions::default())] {
        if how == "source" && state.teams.is_empty() {
            continue;
        }
        let start = std::time::Instant::now();
        let proposal = repository(state, &options);
        let took = start.elapsed();
        assert_eq!(expand(&proposal.files), said, "{name}");
        let (proposal, _) = write_and_read(state, &options);
        let report = proposal.report;
        let longest = texts(&proposal).into_iter().map(|(_, text)| text.lines().count());
        println!(
            "{name} ({how}): {} people, {} grants, {} + {} teams, {} direct; lines {} -> {}, about access {} -> {}; {} files, the longest {} lines; {took:?}",
            report.people + report.service_accounts,
            report.person_grants + report.partner_grants,
            report.teams.given,
            report.teams.found,
            report.direct_grants,
            before.report.lines,
            report.lines,
            lines_about_access(&before),
            lines_about_access(&proposal),
            proposal.files.len(),
            longest.max().unwrap(),
        );
        let shorter = lines_about_access(&proposal) < lines_about_access(&before);
        assert!(shorter || how == "source", "{name}: nothing is gained");
        dump(name, how, &proposal);
    }
}

/// With `ACCORD_PROPOSALS` set, the files are written there, for people to read.
fn dump(name: &str, how: &str, proposal: &Proposal) {
    let Some(root) = std::env::var_os("ACCORD_PROPOSALS") else {
        return;
    };
    for (path, bytes) in &proposal.files {
        let path = Path::new(&root).join(name).join(how).join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("export.json").exists() {
        found.push(folder.to_owned());
        return;
    }
    let entries = std::fs::read_dir(folder).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    for folder in folders {
        find(&folder, found);
    }
}

fn read(folder: &Path) -> ObservedState {
    let rows = |name: &str| -> Vec<Vec<String>> {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            return Vec::new();
        };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let export: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("export.json")).unwrap()).unwrap();
    let mut world = World::new(export["business"]["name"].as_str().unwrap());
    for row in rows("assets.csv") {
        world.asset(&row[0], &row[1], &row[2]);
    }
    for row in rows("members.csv") {
        world.member(&row[0], &row[1], &row[3]);
        world.username(&row[2]);
        if row[4] == "true" {
            world.is_system();
        }
    }
    for row in rows("partners.csv") {
        world.partner(&row[0], &row[1], &row[2]);
        for line in rows(&format!("rosters/{}.csv", row[0])) {
            let words: Vec<&str> = line[4].split(';').collect();
            world.roster(&row[0], &line[0], &line[3], &words);
        }
    }
    for row in rows("grants.csv") {
        let words: Vec<&str> = row[3].split(';').collect();
        match row[0].as_str() {
            "member" => world.grant(&row[1], &row[2], &words),
            _ => world.partner_grant(&row[1], "inbound", &row[2], &words),
        }
    }
    for row in rows("teams.csv") {
        world.team(&row[0], &row[1]);
    }
    for row in rows("team_grants.csv") {
        let words: Vec<&str> = row[2].split(';').collect();
        world.team_grant(&row[0], &row[1], &words);
    }
    world.state()
}
