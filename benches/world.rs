//! A generated business of any size: an access repository in YAML and its export as a snapshot, one percent different.
//!
//! Seeded and streaming: the same size and seed give the same bytes, and memory does not grow with the size. The proportions are
//! those of real organisations (public access data of a large open-source organisation and of a firm's accounts): about 1.8 grants
//! for each employee and nine employees for each account, few accounts that many people share, nine percent of all grants with
//! partners, one or two permissions in most grants, every tenth grant given to a team.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How large, and which one.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Grants that the files ask for (about; teams are of uneven size).
    pub grants: u64,
    /// YAML files they are spread over.
    pub files: u64,
    /// Share of the export's grants that differ, in thousandths.
    pub differing: u64,
    /// The seed.
    pub seed: u64,
}

const PERMISSIONS: [&str; 6] =
    ["CAMPAIGN_MANAGER", "ANALYST", "AUDIENCE_MANAGER", "CATALOGS_MANAGER", "FINANCE_MANAGER", "ADMIN"];

const REASONS: [&str; 8] = [
    "runs the seasonal campaigns of this market",
    "weekly reporting for the brand team",
    "product feed and shopping ads",
    "audience planning with the CRM team",
    "stands in for the market lead",
    "launch of the spring collection",
    "monthly billing reconciliation",
    "creative tests with the studio",
];

/// A small generator of random numbers (splitmix64): the bytes must not change with a library's version.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    /// An account: the square makes few of them popular.
    fn account(&mut self, accounts: u64) -> u64 {
        let x = self.below(1 << 20);
        (((x * x) >> 20) * accounts) >> 20
    }

    fn permissions(&mut self) -> Vec<&'static str> {
        let mut words = vec![PERMISSIONS[(self.below(36) as f64).sqrt() as usize % 6]];
        if self.below(3) == 0 {
            words.push(PERMISSIONS[self.below(5) as usize]);
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

fn person_id(index: u64) -> String {
    format!("{:018}", 200_000_000_000_000_000 + index * 7_919)
}

fn partner_id(index: u64) -> String {
    format!("{:018}", 700_000_000_000_000_000 + index * 104_729)
}

fn account_id(index: u64) -> String {
    format!("{:012}", 100_000_000_000 + index * 8_999)
}

/// The collections of the export, each in a file of its own while the YAML is written, one record a line.
struct Export {
    parts: [Part; 4],
    dice: Dice,
    differing: u64,
}

/// One collection on its way.
struct Part {
    name: &'static str,
    file: BufWriter<File>,
    rows: u64,
}

const MEMBERS: usize = 0;
const PARTNERS: usize = 1;
const ASSETS: usize = 2;
const GRANTS: usize = 3;

impl Part {
    fn new(folder: &Path, name: &'static str) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, File::create(folder.join(name))?);
        Ok(Part { name, file, rows: 0 })
    }

    fn row(&mut self, row: std::fmt::Arguments<'_>) -> io::Result<()> {
        let comma = if self.rows == 0 { "" } else { ",\n" };
        self.rows += 1;
        write!(self.file, "{comma}{row}")
    }
}

impl Export {
    fn new(folder: &Path, size: Size) -> io::Result<Self> {
        let part = |name| Part::new(folder, name);
        let parts = [part("members")?, part("partners")?, part("assets")?, part("grants")?];
        Ok(Export { parts, dice: Dice(size.seed ^ 0x5eed), differing: size.differing })
    }

    fn member(&mut self, index: u64, manager: bool) -> io::Result<()> {
        let role = if manager { "BIZ_ADMIN" } else { "EMPLOYEE" };
        let id = person_id(index);
        self.parts[MEMBERS].row(format_args!(
            r#"{{"id":"{id}","email":"p{index}@acme.example","username":"p{index}","role":"{role}"}}"#
        ))
    }

    fn partner(&mut self, index: u64) -> io::Result<()> {
        let id = partner_id(index);
        self.parts[PARTNERS].row(format_args!(r#"{{"id":"{id}","name":"Agency {index}","direction":"inbound"}}"#))
    }

    /// The same grant as in the files, or, once in a while, another one or none.
    fn grant(&mut self, holder: &str, id: &str, account: u64, words: &[&str]) -> io::Result<()> {
        let other = ["ANALYST"];
        let words = match self.dice.below(1000) {
            roll if roll < self.differing / 2 => return Ok(()),
            roll if roll < self.differing => &other[..],
            _ => words,
        };
        let direction = if holder == "partner" { r#","direction":"inbound""# } else { "" };
        self.parts[GRANTS].row(format_args!(
            r#"{{"{holder}":"{id}"{direction},"asset":"{}","permissions":["{}"]}}"#,
            account_id(account),
            words.join(r#"",""#)
        ))
    }

    /// Joins the collections to one snapshot.
    fn finish(mut self, parts: &Path, snapshot: &Path, accounts: u64) -> io::Result<()> {
        for index in 0..accounts {
            let id = account_id(index);
            self.parts[ASSETS].row(format_args!(r#"{{"id":"{id}","type":"AD_ACCOUNT","name":"Account {index}"}}"#))?;
        }
        let mut out = BufWriter::with_capacity(1 << 20, File::create(snapshot)?);
        let business = r#"{"id":"600000000000000001","name":"Generated"}"#;
        writeln!(
            out,
            r#"{{"format":"accord-snapshot","format_version":1,"platform":"pinterest","business":{business},"#
        )?;
        writeln!(out, r#""captured_at":"2026-11-20T08:00:00Z","source":"generated","collections":{{"#)?;
        for part in self.parts {
            let Part { name, file, rows } = part;
            drop(file.into_inner().map_err(io::IntoInnerError::into_error)?);
            writeln!(out, r#""{name}":{{"complete":true,"total":{rows},"items":["#)?;
            io::copy(&mut File::open(parts.join(name))?, &mut out)?;
            writeln!(out, "]}},")?;
        }
        let none = r#"{"complete":true,"total":0,"items":[]}"#;
        writeln!(out, r#""asset_group_members":{none},"invites":{none}}}}}"#)?;
        out.flush()
    }
}

/// Writes the access repository into `folder` and the export to `folder/snapshot.json`. Answers the bytes of YAML.
pub fn generate(folder: &Path, size: Size) -> io::Result<u64> {
    fs::create_dir_all(folder)?;
    let parts = tempfile::tempdir_in(folder)?;
    let mut dice = Dice(size.seed);
    let mut export = Export::new(parts.path(), size)?;
    let accounts = (size.grants / 16).max(5);
    let mut bytes = root(folder, accounts)?;
    let (mut person, mut partner) = (0, 0);
    for file in 0..size.files {
        let share = size.grants * (file + 1) / size.files - size.grants * file / size.files;
        let path = folder.join(format!("access-{file:03}.yaml"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        people(&mut out, &mut export, &mut dice, &mut person, share * 81 / 100, accounts)?;
        teams(&mut out, &mut export, &mut dice, &mut person, file, share / 10, accounts)?;
        partners(&mut out, &mut export, &mut dice, &mut partner, share * 9 / 100, accounts)?;
        out.flush()?;
        bytes += fs::metadata(&path)?.len();
    }
    export.finish(parts.path(), &folder.join("snapshot.json"), accounts)?;
    Ok(bytes)
}

fn root(folder: &Path, accounts: u64) -> io::Result<u64> {
    let path = folder.join("accord.yaml");
    let mut out = BufWriter::new(File::create(&path)?);
    writeln!(out, "version: 1\npolicy: {{ guards: {{ snapshot_age: off, first_apply: false }} }}\nbusinesses:")?;
    writeln!(
        out,
        "  acme: {{ platform: pinterest, id: \"600000000000000001\", name: Generated, domains: [acme.example], snapshot: snapshot.json }}"
    )?;
    writeln!(out, "accounts:")?;
    for index in 0..accounts {
        writeln!(out, "  account-{index}: {{ id: \"{}\", name: Account {index} }}", account_id(index))?;
    }
    out.flush()?;
    Ok(fs::metadata(&path)?.len())
}

fn grant(out: &mut impl Write, dice: &mut Dice, indent: &str, account: u64, words: &[&str]) -> io::Result<()> {
    let reason = REASONS[dice.below(8) as usize];
    let ticket = dice.below(900_000) + 100_000;
    writeln!(
        out,
        "{indent}- {{ on: [account-{account}], permissions: [{}], reason: {reason}, ticket: MKT-{ticket} }}",
        words.join(", ")
    )
}

/// Distinct accounts with permissions, in order.
fn row(dice: &mut Dice, wanted: u64, accounts: u64) -> Vec<(u64, Vec<&'static str>)> {
    let mut row: Vec<_> = (0..wanted).map(|_| (dice.account(accounts), dice.permissions())).collect();
    row.sort();
    row.dedup_by_key(|(account, _)| *account);
    row
}

fn people(
    out: &mut impl Write,
    export: &mut Export,
    dice: &mut Dice,
    next: &mut u64,
    grants: u64,
    accounts: u64,
) -> io::Result<()> {
    writeln!(out, "people:")?;
    let mut written = 0;
    while written < grants {
        let index = *next;
        *next += 1;
        let manager = index.is_multiple_of(200);
        export.member(index, manager)?;
        let role = if manager { ", role: manager" } else { "" };
        let wanted = [0, 1, 1, 2, 2, 2, 3, 4][dice.below(8) as usize].min(grants - written);
        let row = row(dice, wanted, accounts);
        if row.is_empty() {
            writeln!(out, "  p{index}@acme.example: {{ name: Person {index}{role} }}")?;
            continue;
        }
        writeln!(out, "  p{index}@acme.example:\n    name: Person {index}")?;
        if manager {
            writeln!(out, "    role: manager")?;
        }
        writeln!(out, "    grants:")?;
        for (account, words) in row {
            grant(out, dice, "      ", account, &words)?;
            export.grant("member", &person_id(index), account, &words)?;
            written += 1;
        }
    }
    Ok(())
}

fn teams(
    out: &mut impl Write,
    export: &mut Export,
    dice: &mut Dice,
    next: &mut u64,
    file: u64,
    grants: u64,
    accounts: u64,
) -> io::Result<()> {
    writeln!(out, "teams:")?;
    let (mut written, mut team) = (0, 0);
    while written < grants {
        let members = 3 + dice.below(10);
        let wanted = 1 + dice.below(3);
        let row = row(dice, wanted, accounts);
        let first = *next;
        *next += members;
        let names: Vec<String> = (first..*next).map(|index| format!("p{index}@acme.example")).collect();
        writeln!(out, "  team-{file}-{team}:\n    members: [{}]\n    grants:", names.join(", "))?;
        for (account, words) in &row {
            grant(out, dice, "      ", *account, words)?;
        }
        for index in first..*next {
            export.member(index, false)?;
            for (account, words) in &row {
                export.grant("member", &person_id(index), *account, words)?;
            }
        }
        written += members * row.len() as u64;
        team += 1;
    }
    Ok(())
}

fn partners(
    out: &mut impl Write,
    export: &mut Export,
    dice: &mut Dice,
    next: &mut u64,
    grants: u64,
    accounts: u64,
) -> io::Result<()> {
    writeln!(out, "partners:")?;
    let mut written = 0;
    while written < grants.max(1) {
        let index = *next;
        *next += 1;
        export.partner(index)?;
        let wanted = 1 + dice.below(20);
        let row = row(dice, wanted, accounts);
        writeln!(
            out,
            "  agency-{index}:\n    id: \"{}\"\n    name: Agency {index}\n    direction: inbound\n    grants:",
            partner_id(index)
        )?;
        for (account, words) in row {
            grant(out, dice, "      ", account, &words)?;
            export.grant("partner", &partner_id(index), account, &words)?;
            written += 1;
        }
    }
    Ok(())
}
