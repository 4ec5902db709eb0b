//! A policy: any text beside a small repository, then any text as the expression of a custom rule.

#![no_main]

use accord::desired;
use libfuzzer_sys::fuzz_target;

const REPOSITORY: &str = "version: 1\nbusinesses:\n  acme: { platform: pinterest, id: \"729\", domains: [acme.example] }\naccounts:\n  fr: { id: \"1001\", client: north, labels: [eu] }\npeople:\n  bo@acme.example:\n";

fuzz_target!(|text: &str| {
    check(text.to_owned());
    let quoted = text.replace('\'', "''");
    check(format!("policy:\n  custom_rules:\n    a: {{ message: m, when: '{quoted}', fires: [{{ external: true }}], quiet: [{{}}] }}\n"));
});

/// There is a state, or there are messages.
fn check(policy: String) {
    let texts = [("accord.yaml".to_owned(), REPOSITORY.to_owned()), ("policy.yaml".to_owned(), policy)];
    let reading = desired::from_texts(&texts);
    assert!(reading.state.is_some() || !reading.problems.is_empty());
}
