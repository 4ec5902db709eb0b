//! Runs the steps of a case in a fresh folder and writes down what happened.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::{fs, io};

use super::script::{Script, Step};

/// The whole environment of a command, so that a golden file is the same on every machine.
const ENVIRONMENT: &[(&str, &str)] =
    &[("COLUMNS", "100"), ("LC_ALL", "C"), ("NO_COLOR", "1"), ("TERM", "dumb"), ("TZ", "UTC")];

/// What a panic leaves as exit status; no golden file may freeze one.
const PANICKED: i32 = 101;

/// Runs all steps of the case in a copy of its input; gives the text of its golden file.
pub fn script(script: &Script, case: &Path) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|err| err.to_string())?;
    // The name the program will see: on some systems the temporary folder is reached through a link.
    let cwd = fs::canonicalize(folder.path()).map_err(|err| err.to_string())?;
    if let Some(input) = input(script, case)? {
        copy_tree(&input, &cwd)?;
    }
    let mut text = String::new();
    for step in &script.steps {
        take(step, script, &cwd, &mut text)?;
    }
    Ok(neutral(&text, &cwd))
}

fn input(script: &Script, case: &Path) -> Result<Option<PathBuf>, String> {
    let own = case.join("input");
    match (&script.input, own.is_dir()) {
        (Some(_), true) => Err("two inputs: the folder `input/` and the line `input`".to_owned()),
        (Some(named), false) => Ok(Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(named))),
        (None, true) => Ok(Some(own)),
        (None, false) => Ok(None),
    }
}

fn take(step: &Step, script: &Script, cwd: &Path, text: &mut String) -> Result<(), String> {
    match step {
        Step::Run { line, args, stdin } => {
            let stdin = match stdin {
                Some(file) => Stdio::from(fs::File::open(cwd.join(file)).map_err(about(line))?),
                None => Stdio::null(),
            };
            let output = command(args, script, cwd).stdin(stdin).output().map_err(about(line))?;
            record(line, &output, text)?;
        }
        Step::Copy { from, to } => {
            fs::copy(cwd.join(from), cwd.join(to)).map_err(about(from))?;
        }
        Step::Remove(path) => fs::remove_file(cwd.join(path)).map_err(about(path))?,
        Step::Show(path) => show(path, cwd, text)?,
    }
    Ok(())
}

fn about(what: &str) -> impl Fn(io::Error) -> String {
    move |err| format!("`{what}`: {err}")
}

fn command(args: &[String], script: &Script, cwd: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.args(args).current_dir(cwd).env_clear();
    command.envs(ENVIRONMENT.iter().copied());
    command.envs(script.env.iter().map(|(name, value)| (name, value)));
    command
}

fn record(line: &str, output: &Output, text: &mut String) -> Result<(), String> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(PANICKED) {
        return Err(format!("`{line}` panicked\n{stderr}"));
    }
    section(&format!("$ {line}\n{}", status(output.status)), "", text);
    if !stdout.is_empty() {
        section("--- stdout", &stdout, text);
    }
    if !stderr.is_empty() {
        section("--- stderr", &stderr, text);
    }
    Ok(())
}

fn status(status: ExitStatus) -> String {
    // Without a code it was a signal, which the status itself spells out.
    status.code().map_or_else(|| format!("status {status}"), |code| format!("status {code}"))
}

/// A file, or all files below a folder in the order of their names. A missing one is a result too.
fn show(path: &str, cwd: &Path, text: &mut String) -> Result<(), String> {
    let full = cwd.join(path);
    if full.is_dir() {
        let mut names = names(&full)?;
        names.sort();
        return names.iter().try_for_each(|name| show(&format!("{path}/{name}"), cwd, text));
    }
    match fs::read(&full) {
        Ok(bytes) => section(&format!("--- file {path}"), &String::from_utf8_lossy(&bytes), text),
        Err(_) => section(&format!("--- no file {path}"), "", text),
    }
    Ok(())
}

fn section(title: &str, body: &str, text: &mut String) {
    text.push_str(title);
    text.push('\n');
    text.push_str(body);
    if !body.is_empty() && !body.ends_with('\n') {
        text.push_str("\n[no newline at the end]\n");
    }
}

/// Replaces what differs from run to run or from release to release.
fn neutral(text: &str, cwd: &Path) -> String {
    text.replace(&*cwd.to_string_lossy(), "[CWD]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), String> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            fs::create_dir(&to).map_err(|err| err.to_string())?;
            copy_tree(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(|err| format!("`{}`: {err}", from.display()))?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|err| format!("`{}`: {err}", folder.display()))?;
    entries.map(|entry| Ok(entry.map_err(|err| err.to_string())?.file_name().to_string_lossy().into_owned())).collect()
}

#[test]
fn paths_and_version_are_made_neutral() {
    let text = format!("accord {} read /tmp/x/accord.yaml", env!("CARGO_PKG_VERSION"));
    assert_eq!(neutral(&text, Path::new("/tmp/x")), "accord [VERSION] read [CWD]/accord.yaml");
}

#[test]
fn nothing_of_the_environment_is_inherited() {
    let script = Script::parse("env A=b\naccord\n").unwrap();
    let command = command(&[], &script, Path::new("."));
    let names: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names, ["A", "COLUMNS", "LC_ALL", "NO_COLOR", "TERM", "TZ"]);
}

#[test]
fn files_are_shown_in_order_and_missing_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("b", "two\n\n"), ("a", "one"), ("c", "")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut text = String::new();
    show(".", folder.path(), &mut text).unwrap();
    show("d", folder.path(), &mut text).unwrap();
    let expected = "--- file ./a\none\n[no newline at the end]\n--- file ./b\ntwo\n\n--- file ./c\n--- no file d\n";
    assert_eq!(text, expected);
}
