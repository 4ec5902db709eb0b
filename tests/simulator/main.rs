//! The simulator of Pinterest's business access, started by hand:
//!
//! ```sh
//! cargo run --example pinterest-simulator -- --seed tests/exports/pinterest/business.json --port 4011
//! ```
//!
//! It serves until it is interrupted. `http://127.0.0.1:4011/_simulator/` tells the state, the log and the faults that can be
//! scripted while it runs; `tests/suite/support/pinterest/README.md` describes them.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it is a program for tests: it reads files, opens a port, and fails by panicking"
)]

#[expect(dead_code, unused_imports, reason = "the suite uses the rest")]
#[path = "../suite/support/pinterest/mod.rs"]
mod pinterest;

use std::fs;
use std::path::PathBuf;

use accord::observed::snapshot;
use clap::Parser;
use pinterest::{Rule, Setup, Simulator, Token};

/// Simulates Pinterest's business access (API v5) on a loopback port.
#[derive(Parser)]
#[command(name = "pinterest-simulator")]
struct Options {
    /// Snapshot of the business to start with
    #[arg(long, value_name = "FILE")]
    seed: PathBuf,
    /// Port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Choices where the real behaviour is not published (JSON; see `/_simulator/choices`)
    #[arg(long, value_name = "FILE")]
    choices: Option<PathBuf>,
    /// Faults (JSON: a list of rules)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Adds the storm: 10 % 429, 5 % 500, 5 % cut connections
    #[arg(long)]
    storm: bool,
    /// Number that decides every chance
    #[arg(long, default_value_t = 0)]
    chance: u64,
    /// A further access token, as `TOKEN=USER`: id, address or user name, or the id of a business that was invited
    #[arg(long, value_name = "TOKEN=USER")]
    token: Vec<String>,
    /// Follow the machine's clock instead of standing still at the seed's moment
    #[arg(long)]
    real_clock: bool,
}

fn main() {
    let options = Options::parse();
    let name = options.seed.to_string_lossy().into_owned();
    let seed = snapshot::read(&read(&options.seed), &name).unwrap_or_else(|error| panic!("{error}"));
    let mut setup = Setup::of(&seed);
    setup.port = options.port;
    setup.chance = options.chance;
    setup.real_clock = options.real_clock;
    if let Some(file) = &options.choices {
        setup.choices = json(file);
    }
    if let Some(file) = &options.faults {
        setup.rules = json(file);
    }
    if options.storm {
        setup.rules.extend(Rule::storm());
    }
    for pair in &options.token {
        let (secret, user) = pair.split_once('=').unwrap_or_else(|| panic!("`{pair}` is no TOKEN=USER"));
        setup.tokens.push(Token::of(user, secret).telling());
    }
    let simulator = Simulator::start(setup);
    let url = simulator.url();
    println!("{url}\naccess token {}\nrefresh token {} of app {}", Setup::TOKEN, Setup::REFRESH, Setup::APP);
    println!("control      {}/_simulator/summary", url.trim_end_matches("/v5"));
    loop {
        std::thread::park();
    }
}

fn read(file: &PathBuf) -> Vec<u8> {
    fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn json<T: serde::de::DeserializeOwned>(file: &PathBuf) -> T {
    serde_json::from_slice(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
