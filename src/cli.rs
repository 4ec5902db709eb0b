//! Arguments: parsed here, carried out in [`commands`].

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser};

use crate::commands::{self, Global, Session, Status, Verb};

/// Access-as-code for advertising businesses.
///
/// Teams keep the people, partners and permissions they want in YAML in Git. accord compares that with the exported
/// state of the business, writes a plan, and applies exactly that plan.
#[derive(Parser)]
#[command(name = "accord", version, propagate_version = false, after_help = AFTER_HELP)]
#[command(max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    global: Global,
}

const AFTER_HELP: &str = "\
A first run:
  accord import export/ --write-files access   # the state of the business as YAML files
  accord plan access -o plan.json              # what has to change for the files to hold
  accord apply plan.json                       # exactly that

Exit codes:
  0    ok
  1    error, nothing written
  2    differs (`drift`, `fmt --check`, `schema --check`, `plan --detailed-exitcode`)
  3    refused by a guard
  4    stale plan, snapshot or lock
  5    partly applied, the journal is left
  64   usage
  130  interrupted (SIGINT), the journal is consistent
  143  terminated (SIGTERM), the journal is consistent

`accord VERB --help` says more about each, with examples.";

/// Runs the program with these arguments, the program's name first; returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let early = Early::read(&args);
    let command = Cli::command().color(early.color);
    let parsed = command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => commands::run(cli.verb, Session::new(cli.global, Cli::command)),
        Err(error) => usage(&error, early),
    }
}

/// Help and version are answers; everything else that clap stops for is a wrong command line.
fn usage(error: &clap::Error, early: Early) -> u8 {
    // Where the terminal is gone nobody can be told.
    drop(error.print());
    let status = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return Status::Ok.code(),
        _ => Status::Usage,
    };
    let message = error.render().to_string();
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let first = message.lines().next().unwrap_or_default();
    commands::record_usage(early.result.as_deref(), first);
    status.code()
}

/// What has to be known even where the command line as a whole makes no sense.
struct Early {
    color: ColorChoice,
    result: Option<OsString>,
}

impl Early {
    fn read(args: &[OsString]) -> Self {
        let color = value_of(args, "--color").and_then(|word| word.to_str()?.parse().ok()).unwrap_or(ColorChoice::Auto);
        Early { color, result: value_of(args, "--result") }
    }
}

/// The value of an option, written `--name value` or `--name=value`.
fn value_of(args: &[OsString], name: &str) -> Option<OsString> {
    let mut args = args.iter().skip(1).take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == name {
            return args.next().cloned();
        }
        let attached = arg.to_str().and_then(|arg| arg.strip_prefix(name));
        if let Some(value) = attached.and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.into());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn completions_know_every_verb() {
        let verbs: Vec<String> = Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        assert!(verbs.contains(&"completions".to_owned()));
        for shell in clap_complete::Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "accord", &mut script);
            let script = String::from_utf8(script).unwrap();
            for verb in &verbs {
                assert!(script.contains(verb.as_str()), "{shell}: {verb}");
            }
        }
    }

    #[test]
    fn early_options_are_found_in_both_forms_and_not_behind_the_separator() {
        let args = |text: &str| -> Vec<OsString> { text.split(' ').map(Into::into).collect() };
        let find = |text| value_of(&args(text), "--result");
        assert_eq!(find("accord plan --result r.json"), Some("r.json".into()));
        assert_eq!(find("accord --result=r.json --nonsense"), Some("r.json".into()));
        assert_eq!(find("accord plan --results=r.json"), None);
        assert_eq!(find("accord plan -- --result r.json"), None);
        assert_eq!(find("accord plan --result"), None);
    }
}
