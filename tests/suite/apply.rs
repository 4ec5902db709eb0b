//! `apply` killed in the middle: the real program, `kill -9`, a thousand operations.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const NOW: &str = "2026-11-22T12:00:00Z";
const MEMBERS: usize = 600;
const ACCOUNTS: usize = 40;

/// How often a run is killed; each time costs three to four runs. `ACCORD_KILLS` in the environment asks for more.
const KILLS: usize = 12;

/// What members have in the export: everybody looks at one account.
fn export() -> String {
    let mut members = vec![r#"{"id": "9", "email": "ana@acme.example", "role": "BIZ_ADMIN"}"#.to_owned()];
    let mut grants = Vec::new();
    for n in 0..MEMBERS {
        members.push(format!(r#"{{"id": "{}", "email": "p{n}@acme.example", "role": "EMPLOYEE"}}"#, 10_000 + n));
        grants.push(format!(
            r#"{{"member": "{}", "asset": "{}", "permissions": ["ANALYST"]}}"#,
            10_000 + n,
            70_000 + n % ACCOUNTS
        ));
    }
    let assets: Vec<String> = (0..ACCOUNTS)
        .map(|n| format!(r#"{{"id": "{}", "type": "AD_ACCOUNT", "name": "Account {n}"}}"#, 70_000 + n))
        .collect();
    let collections = [
        ("members", members),
        ("partners", vec![]),
        ("assets", assets),
        ("asset_group_members", vec![]),
        ("grants", grants),
        ("invites", vec![]),
    ];
    let texts: Vec<String> = collections
        .iter()
        .map(|(name, items)| {
            format!(r#""{name}": {{"complete": true, "total": {}, "items": [{}]}}"#, items.len(), items.join(",\n"))
        })
        .collect();
    format!(
        r#"{{"format": "accord-snapshot", "format_version": 1, "platform": "pinterest",
"business": {{"id": "729090764583391194"}}, "captured_at": "{NOW}", "captured_by": "ana@acme.example", "source": "invented",
"collections": {{ {} }}}}"#,
        texts.join(",\n")
    )
}

/// One in five leaves, as many come, everybody gets another account, two in three lose the one they had, one in ten becomes a
/// manager, and four groups are made and filled.
fn files() -> String {
    let mut yaml = String::from(
        "version: 1
policy:
  guards: { removals: { floor: 5000, count: 5000, share: 100 }, first_apply: false }
businesses:
  acme: { platform: pinterest, id: \"729090764583391194\", snapshot: acme.json, last_applied: applied.json }
accounts:
",
    );
    let mut line = |text: String| writeln!(yaml, "  {text}").expect("a string takes all");
    for n in 0..ACCOUNTS {
        line(format!("acc-{n}: {{ id: \"{}\" }}", 70_000 + n));
    }
    writeln!(yaml, "asset_groups:").expect("a string takes all");
    let mut line = |text: String| writeln!(yaml, "  {text}").expect("a string takes all");
    for n in 0..4 {
        let inside: Vec<String> = (0..10).map(|at| format!("acc-{}", n * 10 + at)).collect();
        line(format!(
            "group-{n}: {{ name: Group {n}, description: of tests, types: [OTHER], contains: [{}] }}",
            inside.join(", ")
        ));
    }
    writeln!(yaml, "people:\n  ana@acme.example: {{ role: manager }}").expect("a string takes all");
    let mut line = |text: String| writeln!(yaml, "  {text}").expect("a string takes all");
    let grant =
        |on: usize, word: &str| format!("{{ on: [acc-{}], permissions: [{word}], reason: a test }}", on % ACCOUNTS);
    for n in (0..MEMBERS).filter(|n| n % 5 != 0) {
        let role = if n % 10 == 1 { "manager" } else { "employee" };
        let mut grants = vec![grant(n + 7, "CAMPAIGN_MANAGER")];
        if n % 3 == 0 {
            grants.push(grant(n, "ANALYST"));
        }
        line(format!("p{n}@acme.example: {{ role: {role}, grants: [{}] }}", grants.join(", ")));
    }
    for n in 0..MEMBERS / 5 {
        line(format!("new{n}@acme.example: {{ grants: [{}] }}", grant(n, "ANALYST")));
    }
    yaml
}

/// A folder with the repository, the export and its plan.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = World(tempfile::tempdir().expect("a temporary folder"));
        world.write("accord.yaml", files().as_bytes());
        world.write("acme.json", export().as_bytes());
        let plan = world.run(&["plan", "--at", NOW, "-o", "plan.json"]);
        assert_eq!(plan.status.code(), Some(0), "{plan:?}");
        world
    }

    /// As it was before anything was applied.
    fn reset(&self, before: &[u8]) {
        self.write("acme.json", before);
        for name in ["plan.json.journal", "applied.json"] {
            drop(fs::remove_file(self.path(name)));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("writable");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    fn journal_length(&self) -> u64 {
        fs::metadata(self.path("plan.json.journal")).map_or(0, |metadata| metadata.len())
    }

    /// Starts a run and kills it (`SIGKILL`) when `when` says so; whether it was still running.
    fn kill(&self, args: &[&str], when: impl Fn(&Self, Duration) -> bool) -> bool {
        let mut child = self.start(args);
        let began = Instant::now();
        while !when(self, began.elapsed()) {
            if child.try_wait().expect("our child").is_some() {
                return false;
            }
            thread::sleep(Duration::from_micros(200));
        }
        child.kill().expect("our child");
        !child.wait().expect("our child").success()
    }

    /// Goes on, or begins where the run was killed before it had a journal.
    fn go_on(&self) -> Output {
        if self.journal_length() == 0 {
            drop(fs::remove_file(self.path("plan.json.journal")));
            return self.run(&["apply", "plan.json", "--at", NOW]);
        }
        self.run(&["apply", "plan.json", "--at", NOW, "--resume"])
    }
}

/// Numbers that are the same in every run of the test.
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

fn last_event(world: &World) -> Option<String> {
    let text = String::from_utf8(world.read("plan.json.journal")).ok()?;
    let record: Value = serde_json::from_str(text.lines().last()?).ok()?;
    Some(record["event"]["is"].as_str()?.to_owned())
}

fn operations(plan: &Path) -> usize {
    let plan: Value = serde_json::from_slice(&fs::read(plan).expect("the plan is there")).expect("a plan is JSON");
    plan["businesses"][0]["operations"].as_array().map_or(0, Vec::len)
}

/// Killed at any moment, resumed (and killed again meanwhile, every third time): the snapshot is the same, byte for byte, as after
/// an undisturbed run, and a further run changes nothing.
#[test]
fn a_run_that_is_killed_at_any_moment_is_finished_by_resume() {
    let world = World::new();
    assert!(operations(&world.path("plan.json")) >= 1000);
    let before = world.read("acme.json");
    let began = Instant::now();
    let applied = world.run(&["apply", "plan.json", "--at", NOW]);
    let took = began.elapsed();
    assert_eq!(applied.status.code(), Some(0), "{applied:?}");
    let (wanted, journal) = (world.read("acme.json"), world.journal_length());
    let kills = std::env::var("ACCORD_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(KILLS);
    let mut seed = Seed(20_261_122);
    let (mut killed, mut in_the_middle) = (0, 0);
    for turn in 0..kills {
        world.reset(&before);
        let (mut bytes, mut moment) = (seed.below(journal), took.mul_f64(seed.below(1000) as f64 / 1000.0));
        // A run that had ended by then is begun anew and killed earlier: how fast a machine is changes from run to run.
        for _ in 0..8 {
            // By turns at a moment, and as soon as the journal has so many bytes.
            let when = |world: &World, elapsed: Duration| match turn % 2 {
                0 => elapsed >= moment,
                _ => world.journal_length() > bytes,
            };
            if world.kill(&["apply", "plan.json", "--at", NOW], when) {
                killed += 1;
                break;
            }
            world.reset(&before);
            (bytes, moment) = (bytes / 2, moment / 2);
        }
        in_the_middle += usize::from(![0, journal].contains(&world.journal_length()));
        if turn % 3 == 0 && world.journal_length() > 0 {
            let more = world.journal_length() + seed.below(journal / 2);
            world.kill(&["apply", "plan.json", "--at", NOW, "--resume"], |world, _| world.journal_length() > more);
        }
        let resumed = world.go_on();
        assert_eq!(resumed.status.code(), Some(0), "turn {turn}: {resumed:?}");
        assert!(world.read("acme.json") == wanted, "turn {turn}: the snapshot is another one");
        assert_eq!(last_event(&world).as_deref(), Some("end"), "turn {turn}");
        let again = world.run(&["apply", "plan.json", "--at", NOW, "--resume"]);
        assert_eq!(again.status.code(), Some(0), "turn {turn}: {again:?}");
        assert!(world.read("acme.json") == wanted, "turn {turn}: a finished plan changed something");
    }
    assert!(killed * 2 > kills, "only {killed} of {kills} runs were killed before their end");
    assert!(in_the_middle * 4 > kills, "only {in_the_middle} of {kills} kills left half a journal");
    let left: Vec<String> = fs::read_dir(world.0.path())
        .expect("our folder")
        .map(|entry| entry.expect("our folder").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!left.iter().any(|name| name.contains("accord-new")), "{left:?}");
}
