//! A generated business of any size: an access repository in YAML and its export as a snapshot, some of the grants different.
//!
//! Seeded and streaming: the same size and seed give the same bytes on every machine, and memory does not grow with the size.
//!
//! The proportions are those of public access data of real organisations: three large open-source organisations, where teams give
//! nearly all access, and three firms, where people hold it themselves. Departments of both kinds stand mixed, as often as they did
//! there, so that all in all 4 of 10 members have no grant, the others two, a third of all grants comes through teams, 6 % are with
//! partners, and there is an account for ten grants. The exact numbers stand at the constants below.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How large, and which one.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Grants that the files ask for: one for each principal and account. Departments are not cut, so there are a few more.
    pub grants: u64,
    /// YAML files they are spread over, beside `accord.yaml`.
    pub files: u64,
    /// Share of the export's grants that differ, in thousandths.
    pub differing: u64,
    /// The seed.
    pub seed: u64,
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Written {
    /// Grants that the files ask for.
    pub grants: u64,
    /// Of those, grants that come through teams.
    pub through_teams: u64,
    /// Of those, grants to partners.
    pub to_partners: u64,
    /// Members of the business.
    pub members: u64,
    /// Members without any grant.
    pub without: u64,
    /// Grants that are missing in the export, or others there, or there alone.
    pub differing: u64,
    /// Bytes of YAML.
    pub yaml: u64,
    /// Bytes of the export.
    pub export: u64,
}

/// Members of a department.
const MEMBERS: u64 = 100;
/// Accounts of a department: 545 for the 4,424 members of the six organisations.
const ACCOUNTS: u64 = 12;
/// Accounts for each thousand grants, from which the accounts of the whole business follow: 545 for 5,415 grants.
const ACCOUNTS_PER_THOUSAND: u64 = 101;
/// Of a hundred departments so many live by teams: 2,514 of 4,424 members worked in such organisations.
const BY_TEAMS: u64 = 57;

/// Members of such a department who are in teams.
const IN_TEAMS: u64 = 32;
/// Teams of such a department that have no grant.
const TEAMS_WITHOUT: u64 = 8;
/// Sizes of teams, and how many there were.
const TEAM_SIZES: [(u64, u64); 11] =
    [(2, 60), (3, 90), (4, 100), (5, 80), (6, 60), (7, 40), (8, 30), (10, 20), (12, 15), (18, 8), (30, 6)];
/// Grants of somebody who holds them directly, and how many people had so many.
const DIRECT: [(u64, u64); 12] =
    [(1, 1272), (2, 344), (3, 127), (4, 51), (5, 48), (6, 18), (8, 35), (10, 6), (12, 2), (17, 3), (23, 2), (33, 2)];
/// Partners of a department that lives by direct grants: 173 for 1,910 members.
const PARTNERS: u64 = 9;
/// Grants of a partner, and how many partners had so many.
const PARTNER_GRANTS: [(u64, u64); 9] = [(1, 94), (2, 45), (3, 15), (4, 5), (5, 7), (6, 2), (8, 3), (9, 1), (17, 1)];
/// Permissions in a direct grant, and how many of a thousand grants had so many.
const SET_SIZES: [(u64, u64); 6] = [(1, 479), (2, 153), (3, 138), (4, 100), (5, 24), (6, 106)];

/// In byte order, so that a mask gives a sorted list.
const PERMISSIONS: [&str; 6] =
    ["ADMIN", "ANALYST", "AUDIENCE_MANAGER", "CAMPAIGN_MANAGER", "CATALOGS_MANAGER", "FINANCE_MANAGER"];
const ADMIN: u8 = 1;
const ANALYST: u8 = 2;
const CAMPAIGN_MANAGER: u8 = 8;
const FINANCE_MANAGER: u8 = 32;

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

const FIRST: [&str; 20] = [
    "Ana", "Ben", "Camille", "Daniel", "Ebba", "Farid", "Grace", "Hanna", "Ines", "Jonas", "Kim", "Lena", "Mateo",
    "Noor", "Oliver", "Priya", "Quentin", "Rosa", "Samuel", "Tove",
];
const LAST: [&str; 20] = [
    "Almeida", "Benali", "Costa", "Dvorak", "Eklund", "Ferrari", "Garcia", "Holm", "Ivanov", "Janssen", "Kamau",
    "Laurent", "Moreau", "Nguyen", "Okafor", "Pryce", "Rahimi", "Silva", "Tanaka", "Virtanen",
];

/// Writes the access repository into `folder` and the export to `folder/snapshot.json`.
///
/// # Errors
/// Where a file can't be written.
pub fn generate(folder: &Path, size: Size) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let parts = tempfile::tempdir_in(folder)?;
    let mut world = World {
        size,
        dice: Dice(size.seed),
        accounts: size.grants * ACCOUNTS_PER_THOUSAND / 1000 + 2 * ACCOUNTS,
        people: 0,
        partners: 0,
        teams: 0,
        export: Export::new(parts.path(), size)?,
        written: Written::default(),
    };
    world.written.yaml = root(folder)?;
    for file in 0..size.files {
        world.region(folder, parts.path(), file)?;
    }
    let World { export, mut written, .. } = world;
    written.differing = export.differences;
    written.export = export.finish(parts.path(), &folder.join("snapshot.json"))?;
    Ok(written)
}

/// A grant: whose (counted within a department), on which account, which permissions.
type Row = (u64, u64, u8);

/// The business on its way.
struct World {
    size: Size,
    dice: Dice,
    /// How many accounts there are; each file has its share of them.
    accounts: u64,
    people: u64,
    partners: u64,
    teams: u64,
    export: Export,
    written: Written,
}

/// A file on its way: the sections, which grow side by side.
struct Region {
    people: Part,
    teams: Part,
    partners: Part,
    /// The accounts of this file.
    accounts: std::ops::Range<u64>,
    /// The next account that no team has.
    free: u64,
}

impl World {
    /// One YAML file: its accounts, and departments until the file has its share of the grants.
    fn region(&mut self, folder: &Path, parts: &Path, file: u64) -> io::Result<()> {
        let share = |of: u64, file: u64| of * file / self.size.files;
        let accounts = share(self.accounts, file)..share(self.accounts, file + 1);
        let aim = share(self.size.grants, file + 1);
        let mut region = Region {
            people: Part::new(parts, "people")?,
            teams: Part::new(parts, "teams")?,
            partners: Part::new(parts, "partners")?,
            free: accounts.start,
            accounts,
        };
        while self.written.grants < aim {
            if self.dice.below(100) < BY_TEAMS {
                self.team_department(&mut region)?
            } else {
                self.direct_department(&mut region)?
            }
        }
        let mut out = BufWriter::with_capacity(1 << 16, File::create(folder.join(format!("access-{file:03}.yaml")))?);
        writeln!(out, "accounts:")?;
        for index in region.accounts {
            let id = account_id(index);
            writeln!(out, "  account-{index}: {{ id: \"{id}\", name: Account {index} }}")?;
            self.export.assets.row(format_args!(r#"{{"id":"{id}","type":"AD_ACCOUNT","name":"Account {index}"}}"#))?;
        }
        for section in [region.people, region.teams, region.partners] {
            if section.rows > 0 {
                writeln!(out, "\n{}:", section.name)?;
            }
            section.append(parts, &mut out)?;
        }
        out.flush()?;
        self.written.yaml += out.get_ref().metadata()?.len();
        Ok(())
    }

    /// Teams give the access: each account has people who work on it, and some of them rule it. Two thirds of the members have nothing.
    fn team_department(&mut self, region: &mut Region) -> io::Result<()> {
        let first = self.people;
        self.people += MEMBERS;
        let mut rows: BTreeMap<(u64, u64), u8> = BTreeMap::new();
        for account in 0..ACCOUNTS {
            let account = region.next_account(account);
            let size = self.dice.pick(&TEAM_SIZES).min(IN_TEAMS);
            let members = self.dice.distinct(size, IN_TEAMS);
            let leaders = &members[..1 + self.dice.below(size) as usize];
            let word = if self.dice.below(25) == 0 { ANALYST } else { CAMPAIGN_MANAGER };
            for (what, members, word) in [("team", &members[..], word), ("leads", leaders, ADMIN)] {
                let name = format!("{what}-{}", self.teams);
                self.team(region, &name, first, members, Some((account, word)))?;
                for &member in members {
                    *rows.entry((member, account)).or_default() |= word;
                }
            }
        }
        for _ in 0..TEAMS_WITHOUT {
            let size = self.dice.pick(&TEAM_SIZES).min(IN_TEAMS);
            let members = self.dice.distinct(size, IN_TEAMS);
            let name = format!("circle-{}", self.teams);
            self.team(region, &name, first, &members, None)?;
        }
        let rows: Vec<Row> = rows.into_iter().map(|((member, account), set)| (member, account, set)).collect();
        self.written.through_teams += rows.len() as u64;
        for member in 0..MEMBERS {
            self.member(region, first + member, &[], rows_of(&rows, member))?;
        }
        Ok(())
    }

    fn team(
        &mut self,
        region: &mut Region,
        name: &str,
        first: u64,
        members: &[u64],
        grant: Option<(u64, u8)>,
    ) -> io::Result<()> {
        self.teams += 1;
        let mut names: Vec<String> = members.iter().map(|member| address(first + member)).collect();
        names.sort_unstable();
        let line = format!("    members: [{}]", names.join(", "));
        region.teams.line(format_args!("  {name}:"))?;
        if line.len() <= WIDTH {
            region.teams.line(format_args!("{line}"))?;
        } else {
            region.teams.line(format_args!("    members:\n      - {}", names.join("\n      - ")))?;
        }
        if let Some((account, set)) = grant {
            region.teams.line(format_args!("    grants:"))?;
            grants(&mut region.teams, &mut self.dice, &[(0, account, set)])?;
        }
        Ok(())
    }

    /// Everybody holds something of their own, and partners do.
    fn direct_department(&mut self, region: &mut Region) -> io::Result<()> {
        for _ in 0..MEMBERS {
            let rows = self.direct(region, &DIRECT);
            let person = self.people;
            self.people += 1;
            self.member(region, person, &rows, &rows)?;
        }
        for _ in 0..PARTNERS {
            let rows = self.direct(region, &PARTNER_GRANTS);
            let index = self.partners;
            self.partners += 1;
            let id = partner_id(index);
            region.partners.line(format_args!(
                "  agency-{index}:\n    id: \"{id}\"\n    direction: inbound\n    name: Agency {index}\n    grants:"
            ))?;
            grants(&mut region.partners, &mut self.dice, &rows)?;
            self.export.partner(&id, index, &rows)?;
            self.written.grants += rows.len() as u64;
            self.written.to_partners += rows.len() as u64;
        }
        Ok(())
    }

    /// Grants of one holder, by account. Few accounts are popular: a tenth of them has four tenths of the grants.
    fn direct(&mut self, region: &Region, counts: &[(u64, u64)]) -> Vec<Row> {
        let wanted = self.dice.pick(counts);
        let mut set = 0;
        let mut rows: Vec<Row> = Vec::new();
        for _ in 0..wanted {
            let accounts = if self.dice.below(5) == 0 { 0..self.accounts } else { region.accounts.clone() };
            let account = accounts.start + self.dice.popular(accounts.end - accounts.start);
            if set == 0 || self.dice.below(9) > 1 {
                set = self.dice.set();
            }
            rows.push((0, account, set));
        }
        rows.sort_unstable();
        rows.dedup_by_key(|row| row.1);
        rows
    }

    /// An entry under `people:` with grants of its own, and the member of the export with all that they have.
    fn member(&mut self, region: &mut Region, index: u64, own: &[Row], all: &[Row]) -> io::Result<()> {
        let (key, name, id) = (address(index), name(index), person_id(index));
        let manager = index.is_multiple_of(250);
        let role = if manager { ", role: manager" } else { "" };
        if own.is_empty() {
            region.people.line(format_args!("  {key}: {{ name: {name}, id: \"{id}\"{role} }}"))?;
        } else {
            let role = if manager { "\n    role: manager" } else { "" };
            region.people.line(format_args!("  {key}:\n    name: {name}\n    id: \"{id}\"{role}\n    grants:"))?;
            grants(&mut region.people, &mut self.dice, own)?;
        }
        self.written.members += 1;
        self.written.without += u64::from(all.is_empty());
        self.written.grants += all.len() as u64;
        self.export.member(&id, &key, manager, all)
    }
}

impl Region {
    /// An account that no team has yet; where the file's accounts are used up, one that has some.
    fn next_account(&mut self, turn: u64) -> u64 {
        if self.free < self.accounts.end {
            self.free += 1;
            return self.free - 1;
        }
        self.accounts.start + turn % (self.accounts.end - self.accounts.start)
    }
}

/// The part of a department's rows, sorted by member, that one member has.
fn rows_of(rows: &[Row], member: u64) -> &[Row] {
    let start = rows.partition_point(|row| row.0 < member);
    let end = rows.partition_point(|row| row.0 <= member);
    &rows[start..end]
}

/// A longer line is written in several: the width of `accord fmt`.
const WIDTH: usize = 160;

/// Items of a `grants:` list: accounts with the same permissions in one. Half of them on one line where they fit, as people write them.
fn grants(out: &mut Part, dice: &mut Dice, rows: &[Row]) -> io::Result<()> {
    for same in rows.chunk_by(|a, b| a.2 == b.2) {
        let on: Vec<String> = same.iter().map(|row| format!("account-{}", row.1)).collect();
        let permissions = words(same[0].2).join(", ");
        let cells = [
            format!("on: [{}]", on.join(", ")),
            format!("permissions: [{permissions}]"),
            format!("reason: {}", REASONS[dice.below(8) as usize]),
            format!("ticket: MKT-{}", dice.below(900_000) + 100_000),
        ];
        let line = format!("      - {{ {} }}", cells.join(", "));
        if dice.below(2) == 0 && line.len() <= WIDTH {
            out.line(format_args!("{line}"))?;
        } else {
            out.line(format_args!("      - {}", cells.join("\n        ")))?;
        }
    }
    Ok(())
}

fn words(set: u8) -> Vec<&'static str> {
    PERMISSIONS.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0).map(|(_, word)| *word).collect()
}

fn name(index: u64) -> String {
    let mut dice = Dice(index);
    format!("{} {}", FIRST[dice.below(20) as usize], LAST[dice.below(20) as usize])
}

fn address(index: u64) -> String {
    format!("{}{index}@acme.example", name(index).to_lowercase().replace(' ', "."))
}

/// Platforms count upwards: who came later has the larger id. Names have another order.
fn person_id(index: u64) -> String {
    format!("{:018}", 200_000_000_000_000_000 + index * 7_919)
}

fn partner_id(index: u64) -> String {
    format!("{:018}", 700_000_000_000_000_000 + index * 104_729)
}

fn account_id(index: u64) -> String {
    format!("{:012}", 100_000_000_000 + index * 8_999)
}

fn root(folder: &Path) -> io::Result<u64> {
    let text = "\
version: 1
policy:
  guards: { snapshot_age: off, first_apply: false }
businesses:
  acme:
    platform: pinterest
    id: \"600000000000000001\"
    name: Generated
    domains: [acme.example]
    snapshot: snapshot.json
";
    fs::write(folder.join("accord.yaml"), text)?;
    Ok(text.len() as u64)
}

/// The export on its way, each collection in a file of its own.
struct Export {
    members: Part,
    partners: Part,
    assets: Part,
    grants: Part,
    partner_grants: Part,
    dice: Dice,
    differing: u64,
    differences: u64,
}

impl Export {
    fn new(folder: &Path, size: Size) -> io::Result<Self> {
        Ok(Export {
            members: Part::new(folder, "members")?,
            partners: Part::new(folder, "export-partners")?,
            assets: Part::new(folder, "assets")?,
            grants: Part::new(folder, "grants")?,
            partner_grants: Part::new(folder, "partner-grants")?,
            dice: Dice(size.seed ^ 0x5eed),
            differing: size.differing,
            differences: 0,
        })
    }

    fn member(&mut self, id: &str, address: &str, manager: bool, rows: &[Row]) -> io::Result<()> {
        let role = if manager { "BIZ_ADMIN" } else { "EMPLOYEE" };
        let username = address.split('@').next().unwrap_or_default().replace('.', "");
        self.members
            .row(format_args!(r#"{{"id":"{id}","email":"{address}","username":"{username}","role":"{role}"}}"#))?;
        for (account, set) in self.seen(rows) {
            write_grant(&mut self.grants, format_args!(r#""member":"{id}""#), account, set)?;
        }
        Ok(())
    }

    fn partner(&mut self, id: &str, index: u64, rows: &[Row]) -> io::Result<()> {
        self.partners.row(format_args!(r#"{{"id":"{id}","name":"Agency {index}","direction":"inbound"}}"#))?;
        for (account, set) in self.seen(rows) {
            let holder = format_args!(r#""partner":"{id}","direction":"inbound""#);
            write_grant(&mut self.partner_grants, holder, account, set)?;
        }
        Ok(())
    }

    /// The same grants as in the files, or, once in a while, one less, another one or one more.
    fn seen(&mut self, rows: &[Row]) -> BTreeMap<u64, u8> {
        let mut seen: BTreeMap<u64, u8> = rows.iter().map(|row| (row.1, row.2)).collect();
        for &(_, account, set) in rows {
            let roll = self.dice.below(3000);
            match roll.checked_div(self.differing) {
                Some(0) => drop(seen.remove(&account)),
                Some(1) => drop(seen.insert(account, if set == ANALYST { FINANCE_MANAGER } else { ANALYST })),
                Some(2) if account > 0 && !seen.contains_key(&(account - 1)) => {
                    seen.insert(account - 1, FINANCE_MANAGER);
                }
                _ => continue,
            }
            self.differences += 1;
        }
        seen
    }

    /// Joins the collections to one snapshot; answers its bytes.
    fn finish(self, parts: &Path, snapshot: &Path) -> io::Result<u64> {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(snapshot)?);
        let business = r#"{"id":"600000000000000001","name":"Generated"}"#;
        writeln!(
            out,
            r#"{{"format":"accord-snapshot","format_version":1,"platform":"pinterest","business":{business},"#
        )?;
        writeln!(out, r#""captured_at":"2026-11-20T08:00:00Z","source":"generated","collections":{{"#)?;
        let collections = [
            ("members", vec![self.members]),
            ("partners", vec![self.partners]),
            ("assets", vec![self.assets]),
            ("grants", vec![self.grants, self.partner_grants]),
        ];
        for (name, lists) in collections {
            let rows: u64 = lists.iter().map(|list| list.rows).sum();
            writeln!(out, r#""{name}":{{"complete":true,"total":{rows},"items":["#)?;
            let mut before = 0;
            for list in lists {
                if before > 0 && list.rows > 0 {
                    writeln!(out, ",")?;
                }
                before += list.rows;
                list.append(parts, &mut out)?;
            }
            writeln!(out, "]}},")?;
        }
        let none = r#"{"complete":true,"total":0,"items":[]}"#;
        writeln!(out, r#""asset_group_members":{none},"invites":{none}}}}}"#)?;
        out.flush()?;
        Ok(out.get_ref().metadata()?.len())
    }
}

fn write_grant(out: &mut Part, holder: std::fmt::Arguments<'_>, account: u64, set: u8) -> io::Result<()> {
    let words = words(set).join(r#"",""#);
    out.row(format_args!(r#"{{{holder},"asset":"{}","permissions":["{words}"]}}"#, account_id(account)))
}

/// A list that grows in a file of its own.
struct Part {
    name: &'static str,
    file: BufWriter<File>,
    rows: u64,
}

impl Part {
    fn new(folder: &Path, name: &'static str) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 16, File::create(folder.join(name))?);
        Ok(Part { name, file, rows: 0 })
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> io::Result<()> {
        self.rows += 1;
        writeln!(self.file, "{line}")
    }

    /// A row of a JSON list.
    fn row(&mut self, row: std::fmt::Arguments<'_>) -> io::Result<()> {
        let comma = if self.rows == 0 { "" } else { ",\n" };
        self.rows += 1;
        write!(self.file, "{comma}{row}")
    }

    fn append(self, folder: &Path, out: &mut impl Write) -> io::Result<()> {
        let Part { name, file, rows: _ } = self;
        drop(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        io::copy(&mut File::open(folder.join(name))?, out)?;
        Ok(())
    }
}

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

    /// A value, as often as its weight says.
    fn pick(&mut self, weights: &[(u64, u64)]) -> u64 {
        let mut left = self.below(weights.iter().map(|(_, weight)| weight).sum());
        for &(value, weight) in weights {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        0
    }

    /// Numbers below a limit, each once.
    fn distinct(&mut self, count: u64, limit: u64) -> Vec<u64> {
        let mut all: Vec<u64> = (0..limit).collect();
        for at in 0..count.min(limit) {
            let other = at + self.below(limit - at);
            all.swap(at as usize, other as usize);
        }
        all.truncate(count as usize);
        all
    }

    /// A number below a limit, small ones more often: a tenth of them comes in four of ten rolls.
    fn popular(&mut self, limit: u64) -> u64 {
        let x = self.below(1 << 20) as f64 / f64::from(1 << 20);
        // A square root is exact on every machine, other powers are not.
        (x * x * x.sqrt() * limit as f64) as u64
    }

    fn set(&mut self) -> u8 {
        let size = self.pick(&SET_SIZES);
        self.distinct(size, 6).into_iter().fold(0, |set, bit| set | 1 << bit)
    }
}
