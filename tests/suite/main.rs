//! The one integration-test binary, so that the program is linked once and the modules share `support`.
//!
//! - `approvals`: approvals bound to a plan
//! - `apply`: runs that are killed in the middle
//! - `architecture`: the layers, sizes and names that `src/` promises
//! - `benchmark`: the generated businesses that the benchmark measures on
//! - `cases`: the program run end to end, against the golden files in `tests/cases/`
//! - `commands`: what golden files can't show, such as signals
//! - `hostile`: damaged, cut, lost and malicious input, which never ends in a removal
//! - `laws`: what holds in every world, on random small ones
//! - `real_input`: real access data, where it lies beside the project
//! - `pinterest_cli`: the program against the simulator
//! - `pinterest_import`: reading a business through the simulator, whatever goes wrong
//! - `pinterest_simulator`: the simulator of Pinterest's interface, each fault and each choice
//! - `pinterest_apply`: plans applied through the simulator: storms, kills, answers, other hands
//! - `counted`: what a plan counts instead of telling it
//! - `examples`: the access repositories of `examples/`, against what their READMEs worked out by hand
//! - `rules`: every rule fires and stays quiet, and the examples of its documentation say what they show
//! - `review`: `plan --base` on branches of a git repository
//! - `readme`: what the README quotes, against the golden files
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::panic,
    reason = "tests read fixtures, start the program, fail by panicking, and say what they skip"
)]

mod access;
mod apply;
mod approvals;
mod architecture;
mod audit;
mod benchmark;
mod cases;
mod commands;
mod counted;
mod documents;
mod examples;
mod graph;
mod hostile;
mod laws;
mod pinterest_apply;
mod pinterest_cli;
mod pinterest_import;
mod pinterest_simulator;
mod readme;
mod real_input;
mod review;
mod rules;
mod support;
