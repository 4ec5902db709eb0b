//! The real program applies plans through the simulator: under a storm, killed, beside other hands, with people who accept or don't.

mod business;
mod faults;
mod kills;
mod life;
mod storm;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use accord::model::PrincipalIx;
use accord::observed::{Holder, ObservedState, snapshot};
use accord::plan::{Plan, file, predict};
use serde_json::Value;

use crate::support::pinterest::{Setup, Simulator};

/// A simulated business, an access repository for it, and the program between them.
struct Bench {
    folder: tempfile::TempDir,
    simulator: Simulator,
}

/// What the program did.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints text");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }
}

fn seed(text: &str) -> ObservedState {
    snapshot::read(text.as_bytes(), "seed").unwrap_or_else(|error| panic!("{error}"))
}

impl Bench {
    fn new(files: &str, setup: Setup) -> Self {
        let bench =
            Bench { folder: tempfile::tempdir().expect("a temporary folder"), simulator: Simulator::start(setup) };
        bench.write("accord.yaml", files);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("writable");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.env("ACCORD_PINTEREST_URL", self.simulator.url()).env("ACCORD_PINTEREST_TOKEN", Setup::TOKEN);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().expect("the program starts"))
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    /// A plan from what is there now; an earlier one and its journal are forgotten.
    #[track_caller]
    fn plan(&self) -> Plan {
        for name in ["plan.json", "plan.json.journal"] {
            drop(fs::remove_file(self.path(name)));
        }
        self.run(&["plan", "--as", "ana@acme.example", "-o", "plan.json"]).ended(0);
        self.stored()
    }

    fn stored(&self) -> Plan {
        let bytes = fs::read(self.path("plan.json")).expect("the plan is there");
        file::read(&bytes).expect("a plan").plan().clone()
    }

    fn apply(&self) -> Ran {
        self.run(&["apply", "plan.json", "--format", "json"])
    }

    /// Goes on with a run that was killed, or begins where it had no journal yet.
    fn go_on(&self) -> Ran {
        let journal = self.path("plan.json.journal");
        if fs::metadata(&journal).map_or(0, |metadata| metadata.len()) == 0 {
            drop(fs::remove_file(journal));
            return self.apply();
        }
        self.run(&["apply", "plan.json", "--format", "json", "--resume"])
    }
}

/// What came of each operation, by its id.
fn fates(ran: &Ran) -> Vec<(String, Value)> {
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    let operations = report["businesses"][0]["operations"].as_array().expect("operations").clone();
    let fate = |operation: Value| (operation["id"].as_str().unwrap_or_default().to_owned(), operation["fate"].clone());
    operations.into_iter().map(fate).collect()
}

/// Ids of the operations that came to this.
fn with_fate(fates: &[(String, Value)], wanted: &[&str]) -> BTreeSet<String> {
    let comes = |fate: &Value| wanted.iter().any(|word| fate["fate"] == *word);
    fates.iter().filter(|(_, fate)| comes(fate)).map(|(id, _)| id.clone()).collect()
}

fn sentences(plan: &Plan) -> Vec<String> {
    plan.businesses[0].operations.iter().map(|operation| operation.action.sentence()).collect()
}

/// The state that a plan leads to.
fn predicted(before: &ObservedState, plan: &Plan) -> ObservedState {
    let mut state = before.clone();
    let actions = plan.businesses[0].operations.iter().map(|operation| &operation.action);
    let outcomes = predict::perform_all(&mut state, actions, &mut std::collections::BTreeMap::new(), plan.as_of);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    state
}

/// The facts of a state, one a line, without what the platform hands out: ids of groups and invites, times.
fn lines(state: &ObservedState) -> BTreeSet<String> {
    let text = |sym| state.text(sym);
    let asset = |index: u32| {
        let row = &state.assets[index as usize];
        match (state.is_group(row), row.name) {
            (true, Some(name)) => format!("group `{}`", text(name)),
            _ => text(row.id).to_owned(),
        }
    };
    let by_id = |id: &str| state.find_asset(id).map_or_else(|| id.to_owned(), asset);
    let holder = |principal: PrincipalIx| match state.holder(principal) {
        Some(Holder::Member(id)) => format!("member {}", text(id)),
        Some(Holder::Partner(id, direction)) => format!("{} partner {}", direction.word(), text(id)),
        None => "nobody".to_owned(),
    };
    let members = state.members.iter().map(|row| format!("member {} is {}", text(row.id), text(row.role)));
    let partners = state.partners.iter().map(|row| format!("{} partner {}", row.direction.word(), text(row.id)));
    let assets = (0..).zip(&state.assets).map(|(index, row)| format!("{} of type {}", asset(index), text(row.kind)));
    let contents = state.contents.iter().map(|row| format!("{} holds {}", asset(row.group), asset(row.asset)));
    let grants = state.grants.iter().map(|row| {
        format!("{} has {} on {}", holder(row.principal), state.joined_words(row.permissions), asset(row.asset))
    });
    let invites = state.invites.iter().map(|row| {
        let brings: BTreeSet<String> = row
            .grants
            .iter()
            .map(|(id, set)| format!("{} on {}", state.joined_words(*set), by_id(text(*id))))
            .collect();
        let (kind, status) = (row.kind.word(&state.strings), row.status.word(&state.strings));
        let role = row.role.map_or("-", text).replace("PARTNER", "-");
        format!("{status} {kind} to {} as {role} with {brings:?}", text(row.invitee).to_lowercase())
    });
    members.chain(partners).chain(assets).chain(contents).chain(grants).chain(invites).collect()
}

/// Differences of two states, for a message.
#[track_caller]
fn assert_same(found: &ObservedState, wanted: &ObservedState) {
    let (found, wanted) = (lines(found), lines(wanted));
    let few = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).take(10).cloned().collect::<Vec<_>>();
    let (more, less) = (few(&found, &wanted), few(&wanted, &found));
    assert!(
        more.is_empty() && less.is_empty(),
        "there and not predicted: {more:#?}\npredicted and not there: {less:#?}"
    );
}
