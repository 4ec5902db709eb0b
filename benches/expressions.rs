//! How long rules of the repository's own take: one row after the other, as patterns and as expressions.
//!
//! `cargo bench --bench expressions`. Prints, never judges: machines are noisy.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints; it may stop where it can't go on"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use accord::desired;
use accord::platforms::{Certainty, PLATFORMS};
use accord::policy::custom::Outcome;
use accord::policy::record::{Access, AssetFacts, PathKinds, PersonFacts};

const ROWS: u32 = 100_000;
const RUNS: usize = 3;

const RULES: [(&str, &str); 4] = [
    ("pattern", "match: { external: true, capabilities: edit-billing, client: mirelle }"),
    ("expression", "when: external && \"edit-billing\" in capabilities && client == \"mirelle\""),
    ("expression, strings", "when: person.endsWith(\"@nova.example\") && days_left > 180 && !(\"team\" in paths)"),
    ("expression, loop", "when: labels.exists(label, label.startsWith(\"cos\")) && size(permissions) > 1"),
];

fn main() {
    println!("fastest of {RUNS} runs over {ROWS} rows, one thread");
    println!("| rule | time | fires |");
    println!("|---|---|---|");
    for (name, text) in RULES {
        let rule = rule(text);
        let (mut best, mut fires) = (Duration::MAX, 0);
        for _ in 0..RUNS {
            let start = Instant::now();
            fires = rows(|row| rule.judge(black_box(row)) == Outcome::Fires);
            best = best.min(start.elapsed());
        }
        println!("| {name} | {:.1} ms | {fires} |", best.as_secs_f64() * 1e3);
    }
}

fn rule(text: &str) -> accord::policy::CustomRule {
    let sample = "{ person: lea@nova.example, external: true, client: mirelle, labels: [eu, cosmetics], permissions: [FINANCE_EDIT, ANALYST], paths: partner }";
    let accord = format!(
        "version: 1\nbusinesses:\n  acme: {{ platform: pinterest, id: \"729\" }}\npolicy:\n  custom_rules:\n    mine:\n      message: m\n      {text}\n      fires: [{sample}]\n      quiet: [{{ person: bo@acme.example }}]\n"
    );
    let reading = desired::from_texts(&[("accord.yaml".to_owned(), accord)]);
    let state = reading.state.unwrap_or_else(|| panic_with(&reading.problems));
    state.policy.custom_rules.into_iter().next().expect("a rule")
}

#[expect(clippy::panic, reason = "a benchmark may stop where it can't go on")]
fn panic_with(problems: &[accord::source::Problem]) -> ! {
    panic!("{problems:?}")
}

/// Rows of many people on many assets; every second is of somebody outside.
fn rows(mut each: impl FnMut(&Access<'_>) -> bool) -> usize {
    let platform = PLATFORMS[0];
    let mask = |words: &[&str]| words.iter().filter_map(|word| platform.permission_bit(word)).fold(0, |a, b| a | b);
    let masks = [mask(&["FINANCE_EDIT", "ANALYST"]), mask(&["CAMPAIGN_MANAGER"]), mask(&["ADMIN"])];
    let person = |key, external| PersonFacts { key, addresses: vec![key], external, ..PersonFacts::default() };
    let people = [person("lea@nova.example", true), person("bo@acme.example", false)];
    let asset = |key, client| AssetFacts {
        key,
        client: Some(client),
        business: "acme",
        kind: "ad-account",
        labels: vec!["eu", "cosmetics"],
        ..AssetFacts::default()
    };
    let assets = [asset("fr", "mirelle"), asset("de", "alba"), asset("us", "mirelle")];
    let fires = (0..ROWS as usize).filter(|index| {
        let permissions = masks[index % masks.len()];
        each(&Access {
            person: &people[index % people.len()],
            asset: &assets[index % assets.len()],
            platform,
            permissions,
            capabilities: platform.capabilities_of(permissions, Certainty::Inferred),
            undecided: 0,
            paths: PathKinds::PARTNER,
            partners: &["nova"],
            partner_ids: &["5009"],
            days_left: None,
        })
    });
    fires.count()
}
