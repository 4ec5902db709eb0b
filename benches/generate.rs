//! Writes a generated business: `cargo run --release --example generate -- FOLDER GRANTS [FILES] [SEED]`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program of its own that writes files; its numbers are small and positive"
)]

mod world;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| -> Option<u64> {
        arguments.get(index).map_or(Some(default), |text| text.parse::<f64>().ok().map(|number| number as u64))
    };
    let (Some(folder), Some(grants), Some(files), Some(seed)) =
        (arguments.first(), number(1, 10_000), number(2, 40), number(3, 1))
    else {
        eprintln!("usage: generate FOLDER [GRANTS] [FILES] [SEED]");
        return ExitCode::from(64);
    };
    let size = world::Size { grants, files: files.clamp(1, grants.max(1)), differing: 10, seed };
    match world::generate(&PathBuf::from(folder), size) {
        Ok(written) => {
            println!("{folder}: {written:?}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: can't write {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
