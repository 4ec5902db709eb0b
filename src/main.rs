//! The `accord` command: hands the arguments to the library and its exit code to the system.
#![expect(clippy::disallowed_methods, reason = "reads the arguments")]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(accord::cli::run(std::env::args_os()))
}
