//! What golden files can't show: signals, and locks that somebody else holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use accord::connectors::lock::{Holder, Lock};
use serde_json::Value;

const NOON: &str = "2026-11-22T12:00:00Z";

/// The world of the case `plan/changes`, in a folder of its own, with its plan made.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/plan/changes/input");
        copy(&from, folder.path());
        let world = World(folder);
        let plan = world.run(&["plan", "--at", NOON, "-o", "plan.json"]);
        assert_eq!(plan.status.code(), Some(0), "{plan:?}");
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    fn result(&self) -> Value {
        let bytes = fs::read(self.path("result.json")).expect("a result was written");
        serde_json::from_slice(&bytes).expect("the result is JSON")
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the case is there") {
        let entry = entry.expect("the case is readable");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir(&to).expect("writable");
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("writable");
        }
    }
}

#[test]
fn a_target_that_somebody_else_writes_is_left_alone() {
    let world = World::new();
    let holder = Holder::here("2026-11-22T12:00:00Z".parse().expect("a moment"), "another run");
    let lock = Lock::take(&world.path("state/acme.json"), &holder).expect("nobody else has it");
    let before = fs::read(world.path("state/acme.json")).expect("the snapshot is there");
    let output = world.run(&["apply", "plan.json", "--at", NOON, "--result", "result.json"]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("is being written by") && message.contains("another run"), "{message}");
    assert_eq!(world.result()["status"], "stale");
    assert_eq!(fs::read(world.path("state/acme.json")).expect("still there"), before);
    assert!(!world.path("plan.json.journal").exists());

    drop(lock);
    let output = world.run(&["apply", "plan.json", "--at", NOON]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// Looking at the state is what takes time with a real target; here it is a pipe that we feed when we like.
#[cfg(unix)]
mod signals {
    use std::io::Write;
    use std::os::unix::process::ExitStatusExt;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    impl World {
        /// A run that looks at the business through a pipe, with every step ticked.
        fn slow_run(&self) -> Child {
            let steps = self.run(&["apply", "plan.json", "--at", NOON, "--checklist", "steps.md"]);
            assert!(steps.status.success(), "{steps:?}");
            let text = fs::read_to_string(self.path("steps.md")).expect("the steps were written");
            fs::write(self.path("steps.md"), text.replace("- [ ] **", "- [x] **")).expect("writable");
            let made = Command::new("mkfifo").arg(self.path("pipe")).status().expect("mkfifo is there");
            assert!(made.success());
            let args = [
                "apply",
                "plan.json",
                "--at",
                NOON,
                "--ticked",
                "steps.md",
                "--target",
                "pipe",
                "--result",
                "result.json",
            ];
            let mut command = self.command(&args);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
        }

        /// What the pipe gives: an export in which nothing of the plan is done, and which is not the one the plan was made from.
        fn fresh_state(&self) -> String {
            let text = fs::read_to_string(self.path("state/acme.json")).expect("the snapshot is there");
            let fresh = text.replace("[\"ANALYST\"]", "[\"AUDIENCE_MANAGER\"]");
            assert_ne!(fresh, text);
            fresh
        }
    }

    fn send(signal: &str, process: u32) {
        let mut kill = Command::new("kill");
        let sent = kill.args([signal, &process.to_string()]).status().expect("kill is there");
        assert!(sent.success());
    }

    /// Sends signals once the process has opened the pipe, and feeds the pipe as long as the process lives.
    fn interrupt(world: &World, child: Child, signals: &[&str]) -> Output {
        let (pipe, state, process) = (world.path("pipe"), world.fresh_state(), child.id());
        let over = AtomicBool::new(false);
        let feed = || {
            for turn in 0.. {
                // Opening waits for a reader.
                let mut file = fs::OpenOptions::new().write(true).open(&pipe).expect("the pipe is there");
                if over.load(Ordering::Relaxed) {
                    return;
                }
                if turn == 0 {
                    for signal in signals {
                        send(signal, process);
                        thread::sleep(Duration::from_millis(100));
                    }
                }
                // The reader may be gone: that is what a second signal is for.
                drop(file.write_all(state.as_bytes()));
                drop(file);
                // The reader must see the end before the next writer is there.
                thread::sleep(Duration::from_millis(100));
            }
        };
        thread::scope(|scope| {
            let feeder = scope.spawn(feed);
            let output = child.wait_with_output().expect("the process ends");
            over.store(true, Ordering::Relaxed);
            // Lets the feeder's last opening come through, without waiting for it.
            let both = fs::OpenOptions::new().read(true).write(true).open(&pipe);
            feeder.join().expect("the feeder only feeds");
            drop(both);
            output
        })
    }

    fn events(world: &World) -> Vec<String> {
        let journal = fs::read_to_string(world.path("plan.json.journal")).expect("a journal was left");
        let event = |line: &str| -> Value { serde_json::from_str(line).expect("a record a line") };
        journal.lines().map(|line| event(line)["event"]["is"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn the_first_signal_stops_cleanly_and_resume_goes_on() {
        for (signal, code, word) in [("-INT", 130, "interrupted"), ("-TERM", 143, "terminated")] {
            let world = World::new();
            let output = interrupt(&world, world.slow_run(), &[signal]);
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            assert_eq!(world.result()["status"], word);
            let events = events(&world);
            assert_eq!(events, ["begin", "stopped"]);

            // The console work was done meanwhile: a run on the snapshot stands for it.
            let done = world.run(&["apply", "plan.json", "--at", NOON, "--journal", "other.journal"]);
            assert!(done.status.success(), "{done:?}");
            fs::remove_file(world.path("pipe")).expect("the pipe is there");
            fs::rename(world.path("state/acme.json"), world.path("pipe")).expect("same folder");
            let resume = ["apply", "plan.json", "--at", NOON, "--ticked", "steps.md", "--target", "pipe", "--resume"];
            let output = world.run(&resume);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
    }

    #[test]
    fn the_second_signal_ends_the_process() {
        let world = World::new();
        let output = interrupt(&world, world.slow_run(), &["-INT", "-INT"]);
        assert_eq!(output.status.signal(), Some(2), "{output:?}");
        assert!(!world.path("result.json").exists());
    }
}
