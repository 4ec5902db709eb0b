//! What the documentation of the policy shows is read as it stands there.

use std::fs;
use std::path::Path;

use accord::desired;
use accord::observed::tables;
use accord::policy::record;

const REPOSITORY: &str = r#"version: 1
businesses:
  acme: { platform: pinterest, id: "729", domains: [acme.example] }
accounts:
  acme-fr: { id: "1001", client: north, labels: [emea, flagship] }
  acme-us: { id: "1002", client: south }
assets:
  catalog: { type: catalog, id: "1003" }
people:
  ana@acme.example:
  bo@acme.example:
  dora@acme.example: { role: manager }
  feed-sync: { service: true }
teams:
  social: { members: [bo@acme.example] }
  finance: { members: [ana@acme.example] }
partners:
  nova: { id: "5009", direction: inbound }
"#;

#[test]
fn every_policy_of_the_documentation_is_valid() {
    let page = page();
    let policies = blocks(&page, "yaml");
    assert!(policies.len() >= 7, "{} policies", policies.len());
    let mut all = vec![
        ("accord.yaml".to_owned(), REPOSITORY.to_owned()),
        ("teams/emea/finance.yaml".to_owned(), "accounts:\n".to_owned()),
    ];
    for (number, policy) in policies.iter().enumerate() {
        all.push((format!("policy/{number:02}.yaml"), (*policy).to_owned()));
    }
    // Each by itself, and all together: lists of several files add up.
    for file in &all[2..] {
        let reading = desired::from_texts(&[all[0].clone(), all[1].clone(), file.clone()]);
        assert_eq!(reading.problems, [], "{}", file.1);
    }
    let reading = desired::from_texts(&all);
    assert_eq!(reading.problems, []);
    let policy = &reading.state.expect("a state").policy;
    assert_eq!((policy.custom_rules.len(), policy.assertions.len(), policy.waivers.len()), (3, 4, 1));
}

#[test]
fn every_table_of_the_documentation_is_valid() {
    let page = page();
    let [directory, activity] = blocks(&page, "csv")[..] else {
        panic!("two tables");
    };
    let directory = tables::directory(directory.as_bytes(), "hr/people.csv").expect("the directory");
    let activity = tables::activity(activity.as_bytes(), "hr/activity.csv").expect("the activity");
    assert_eq!((directory.entries.len(), activity.entries.len()), (3, 2));
}

#[test]
fn every_field_of_a_row_is_documented() {
    let page = page();
    for field in record::ROW.fields {
        let (kind, _) = record::field(field.name).expect("a field of the table");
        let kind = format!("{kind:?}").to_lowercase();
        let row = format!("| `{}` | {kind} | {}", field.name, field.doc);
        assert!(page.contains(&row), "docs/policy.md lacks: {row} |");
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy.md")).expect("the page")
}

/// The fenced blocks of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}
