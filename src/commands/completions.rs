//! `accord completions`: completion scripts, made from the arguments themselves.

use clap_complete::Shell;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Report, Session};

/// Arguments of `accord completions`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  accord completions bash > ~/.local/share/bash-completion/completions/accord
  accord completions zsh > ~/.zfunc/_accord            # with ~/.zfunc in $fpath
  accord completions fish > ~/.config/fish/completions/accord.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CompletionsDetails")]
pub struct Summary {
    /// The shell.
    shell: String,
}

impl Completions {
    /// Prints the script.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut (session.command)(), "accord", &mut script);
        session.print(&String::from_utf8_lossy(&script))?;
        Ok(Report::ok(Summary { shell: self.shell.to_string() }))
    }
}
