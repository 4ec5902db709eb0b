//! Damaged, cut, lost and malicious input: each ends in a message that names the file, in a named guard, or in a plan that takes
//! nothing away which the undamaged input would not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use accord::plan::file;

/// A copy of an example.
struct Brand(tempfile::TempDir);

impl Brand {
    /// The single brand, which has every kind of file.
    fn new() -> Self {
        Brand::of("single-brand")
    }

    fn of(example: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&examples().join(example), folder.path());
        Brand(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn accord(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command.output().expect("the program starts")
    }

    fn plan(&self) -> Outcome {
        let file = self.path("out.plan");
        drop(fs::remove_file(&file));
        let output = self.accord(&["plan", "--at", "2026-11-22", "--detail", "headline", "-o", "out.plan"]);
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        let code = output.status.code().expect("no signal");
        assert_ne!(code, 101, "{said}");
        Outcome { code, said, operations: operations(&file) }
    }

    /// Changes one file and makes a plan; the file is as it was afterwards.
    fn with(&self, name: &str, damage: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Outcome {
        let path = self.path(name);
        let before = fs::read(&path).expect("the file is there");
        match damage(&before) {
            Some(after) => fs::write(&path, after).expect("writable"),
            None => fs::remove_file(&path).expect("removable"),
        }
        let outcome = self.plan();
        fs::write(&path, before).expect("writable");
        outcome
    }
}

/// How a run of `plan` ended.
struct Outcome {
    code: i32,
    said: String,
    /// Ids of the operations, which begin with the kind.
    operations: Option<BTreeSet<String>>,
}

impl Outcome {
    /// What is promised of every damage.
    fn is_safe(&self, file: &str, good: &Outcome) {
        let Outcome { code, said, operations } = self;
        let stem = file.rsplit('/').next().unwrap_or(file);
        match code {
            0 => {
                let (Some(now), Some(then)) = (operations, &good.operations) else {
                    panic!("{file}: no plan\n{said}");
                };
                let more: Vec<&String> = now.difference(then).filter(|id| takes_away(id)).collect();
                assert_eq!(more, [""; 0], "{file} was damaged, and a plan takes more away\n{said}");
            }
            // What other files name is missing then, and that is told at each of those places.
            1 => assert!(said.contains(stem) || said.contains("error[unknown-name]"), "{file} is not named:\n{said}"),
            3 => assert!(said.contains("refused by `"), "{file}: {said}"),
            code => panic!("{file}: exit code {code}\n{said}"),
        }
    }
}

fn takes_away(id: &str) -> bool {
    // A grant may be set to less, and a role to a lower one.
    ["remove-", "delete-", "cancel-", "set-"].iter().any(|kind| id.starts_with(kind))
}

fn operations(plan: &Path) -> Option<BTreeSet<String>> {
    let stored = file::read(&fs::read(plan).ok()?).expect("a plan");
    let businesses = stored.plan().businesses.iter();
    Some(businesses.flat_map(|part| part.operations.iter().map(|operation| operation.id.clone())).collect())
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("readable");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir_all(&to).expect("writable");
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("writable");
        }
    }
}

/// Paths of the files below a folder, relative to it.
fn files(root: &Path, below: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder") {
        let entry = entry.expect("readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            files(root, &name, found);
        } else {
            found.push(name);
        }
    }
    found.sort();
}

/// Everything that a plan of the single brand reads.
fn inputs(brand: &Brand) -> Vec<String> {
    let mut all = Vec::new();
    files(brand.0.path(), "", &mut all);
    let read =
        |name: &str| !["state/norrhem.json", "out.plan"].contains(&name) && !name.starts_with("state/last-applied");
    all.retain(|name| !name.ends_with(".md") && read(name));
    all
}

#[test]
fn no_file_that_is_cut_emptied_or_lost_takes_anything_away() {
    let brand = Brand::new();
    let good = brand.plan();
    assert_eq!(good.code, 0, "{}", good.said);
    for name in inputs(&brand) {
        let parts: &[usize] = if name.starts_with("state/") { &[2] } else { &[1, 2, 3] };
        for part in parts {
            brand.with(&name, |bytes| Some(bytes[..bytes.len() * part / 4].to_vec())).is_safe(&name, &good);
        }
        brand.with(&name, |_| Some(Vec::new())).is_safe(&name, &good);
        if name == "state/norrhem.applied.json" {
            // Before the first apply there is none: then nothing is known of files, and a guard of its own refuses.
            assert_eq!(brand.with(&name, |_| None).code, 3);
        } else {
            brand.with(&name, |_| None).is_safe(&name, &good);
        }
    }
}

#[test]
fn no_file_of_several_businesses_that_is_lost_or_emptied_takes_anything_away() {
    let agency = Brand::of("agency-partner");
    let good = agency.plan();
    assert_eq!(good.code, 0, "{}", good.said);
    for name in inputs(&agency).iter().filter(|name| !name.starts_with("state/")) {
        agency.with(name, |_| None).is_safe(name, &good);
        agency.with(name, |_| Some(b"# nothing\n".to_vec())).is_safe(name, &good);
    }
}

#[test]
fn foreign_bytes_are_named_with_their_place() {
    let brand = Brand::new();
    for name in inputs(&brand) {
        let outcome = brand.with(&name, |bytes| {
            let mut bytes = bytes.to_vec();
            let at = bytes.len() / 2;
            bytes.splice(at..at, [0xe9]);
            Some(bytes)
        });
        assert_eq!(outcome.code, 1, "{name}: {}", outcome.said);
        let stem = name.rsplit('/').next().unwrap_or(&name);
        assert!(outcome.said.contains(stem), "{name}: {}", outcome.said);
        let json = name.ends_with(".json");
        assert!(json || outcome.said.contains("UTF-8"), "{name}: {}", outcome.said);
    }
    let both = ["people.yaml", "teams/dach.yaml"];
    for name in both {
        fs::write(brand.path(name), b"teams:\n  caf\xe9:\n").expect("writable");
    }
    let output = brand.accord(&["validate"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    for name in both {
        assert!(said.contains(&format!("{name}:2:6")), "{said}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_mean_nothing() {
    let brand = Brand::new();
    let good = brand.plan();
    for name in inputs(&brand) {
        let path = brand.path(&name);
        let text = fs::read_to_string(&path).expect("text");
        let mark = if name.ends_with(".json") { "" } else { "\u{feff}" };
        fs::write(&path, format!("{mark}{}", text.replace('\n', "\r\n"))).expect("writable");
    }
    let outcome = brand.plan();
    assert_eq!(outcome.code, 0, "{}", outcome.said);
    assert_eq!(outcome.operations, good.operations);
}

#[test]
fn a_new_name_under_an_id_is_a_rename_and_two_swapped_ids_refuse() {
    let brand = Brand::new();
    let good = brand.plan();
    let renamed = brand.with("state/current/members.csv", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("clara.novak@") || text.contains("freja.holm@"));
        Some(text.replace("freja.holm@", "freja.lund@").into_bytes())
    });
    assert_eq!(renamed.code, 0, "{}", renamed.said);
    assert_eq!(renamed.operations, good.operations);
    let swapped = brand.with("people.yaml", |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let ids: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("id: ")).collect();
        let ids: Vec<&str> = if ids.len() < 2 { inline_ids(&text) } else { ids };
        let (one, two) = (ids[0], ids[1]);
        Some(text.replace(one, "\u{0}").replace(two, one).replace('\u{0}', two).into_bytes())
    });
    assert_eq!(swapped.code, 3, "{}", swapped.said);
    assert!(swapped.said.contains("refused by `id-swap`"), "{}", swapped.said);
}

fn inline_ids(text: &str) -> Vec<&str> {
    let parts = text.split("id: \"").skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[test]
fn an_export_without_a_protected_person_or_a_service_account_is_not_whole() {
    let brand = Brand::new();
    let mut root = fs::read_to_string(brand.path("accord.yaml")).expect("text");
    root = root.replacen("protected: [feed-sync]", "protected: [feed-sync, nobody@norrhem.example]", 1);
    let outcome = brand.with("accord.yaml", |_| Some(root.into_bytes()));
    assert_eq!(outcome.code, 3, "{}", outcome.said);
    assert!(outcome.said.contains("refused by `incomplete-export`"), "{}", outcome.said);
    let removed = outcome.operations.expect("a plan");
    assert!(!removed.iter().any(|id| id.starts_with("remove-member")), "{removed:?}");
}

#[test]
fn deep_nesting_alias_bombs_and_long_words_end_in_a_message_at_once() {
    let brand = Brand::new();
    let bomb: String = (1..40).map(|at| format!("a{at}: &a{at} [*a{0}, *a{0}, *a{0}]\n", at - 1)).collect();
    let hostile = [
        "people: ".to_owned() + &"[".repeat(100_000) + "\n",
        "people: ".to_owned() + &"{a: ".repeat(100_000) + "\n",
        (0..20_000).map(|depth| " ".repeat(depth.min(3_000)) + "a:\n").collect(),
        "- ".repeat(100_000) + "a\n",
        format!("a0: &a0 [x, x]\n{bomb}"),
        "people: &a [*a]\n".to_owned(),
        format!("teams: {{ {}: {{}} }}\n", "x".repeat(2_000_000)),
        format!("{}: 1\n", "\u{202e}".repeat(1_000)),
        "? [a, b]\n: 1\n".to_owned(),
        "!!binary aGk=: !evil x\n".to_owned(),
        "%YAML 9.9\n---\na: \"\\xZZ\"\n".to_owned(),
    ];
    for text in hostile {
        let start = std::time::Instant::now();
        let outcome = brand.with("teams/dach.yaml", |_| Some(text.clone().into_bytes()));
        let head: String = text.chars().take(40).collect();
        assert_eq!(outcome.code, 1, "{head}: {}", outcome.said);
        assert!(outcome.said.contains("dach.yaml:"), "{head}: {}", outcome.said);
        assert!(start.elapsed().as_secs() < 20, "{head} took {:?}", start.elapsed());
        let formatted = brand.with("teams/dach.yaml", |_| Some(text.into_bytes()));
        assert_eq!(formatted.code, 1);
    }
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_refused_by_name() {
    use std::os::unix::fs::symlink;
    let brand = Brand::new();
    for (to, at) in [("..", "teams/loop"), ("people.yaml", "again.yaml"), ("nowhere", "gone.yaml"), ("rosters", "r")] {
        symlink(to, brand.path(at)).expect("links can be made");
        let outcome = brand.plan();
        assert_eq!(outcome.code, 1, "{at}: {}", outcome.said);
        assert!(outcome.said.contains(at) && outcome.said.contains("link"), "{at}: {}", outcome.said);
        fs::remove_file(brand.path(at)).expect("removable");
    }
    let made = Command::new("mkfifo").arg(brand.path("pipe.yaml")).status().expect("mkfifo is there");
    assert!(made.success());
    let outcome = brand.plan();
    assert!(outcome.code == 1 && outcome.said.contains("pipe.yaml is no regular file"), "{}", outcome.said);
}

#[test]
fn a_roster_that_is_missing_wrong_or_elsewhere_is_named() {
    let brand = Brand::new();
    let roster = "rosters/maple-and-main.csv";
    let outcome = brand.with(roster, |_| None);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.said.contains("partners/maple-and-main.yaml:") && outcome.said.contains(roster),
        "{}",
        outcome.said
    );
    let outcome = brand.with(roster, |bytes| Some([bytes, b"a@b.example,,,notanid,ANALYST\n"].concat()));
    assert_eq!(outcome.code, 1);
    assert!(outcome.said.contains("maple-and-main.csv:7:"), "{}", outcome.said);
    let output = brand.accord(&["validate"]);
    assert!(output.status.success());
    let outside = brand.with("partners/maple-and-main.yaml", |bytes| {
        let text = String::from_utf8_lossy(bytes).replace("../rosters/", "../../rosters/");
        Some(text.into_bytes())
    });
    assert_eq!(outside.code, 1, "{}", outside.said);
    assert!(outside.said.contains("outside"), "{}", outside.said);
}
