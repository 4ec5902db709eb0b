//! `graph` where it needs git or a large repository: the real program.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const ROOT: &str = "version: 1
businesses:
  acme: { platform: pinterest, id: \"729090764583391194\", name: Acme, owners: [ana@acme.example], domains: [acme.example] }
accounts:
  fr: { id: \"5497\", name: Acme France }
  de: { id: \"5498\", name: Acme Germany }
people:
  ana@acme.example: { name: Ana Silva, role: manager }
";

fn bo(permission: &str) -> String {
    format!(
        "people:
  bo@acme.example:
    name: Bo Larsen
    grants:
      - {{ on: [fr], permissions: [{permission}], reason: campaigns }}
      - {{ on: [de], permissions: [ANALYST], reason: reporting }}
"
    )
}

fn git(folder: &Path, words: &[&str]) {
    let identity = ["-c", "user.name=Bo", "-c", "user.email=bo@acme.example", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(words).output().expect("git runs");
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn graph(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.arg("graph").arg(folder).args(["--at", "2026-11-22"]).args(words);
    command.output().expect("accord runs")
}

fn drawing(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// `Bo Larsen new campaign manager Acme France`, sorted.
fn told(drawing: &Value) -> Vec<String> {
    let names = |id: &Value| {
        let nodes = drawing["nodes"].as_array().expect("nodes").iter();
        nodes.filter(|node| node["id"] == *id).map(|node| node["label"].as_str().expect("a label")).collect::<String>()
    };
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let edges = drawing["edges"].as_array().expect("edges").iter();
    let edges = edges
        .map(|edge| [names(&edge["from"]), word(&edge["change"]), word(&edge["label"]), names(&edge["to"])].join(" "));
    let mut edges: Vec<String> = edges.collect();
    edges.sort();
    edges
}

#[test]
fn a_branch_has_new_and_lost_edges() {
    let repository = tempfile::tempdir().expect("a folder");
    let folder = repository.path();
    git(folder, &["init", "-q", "-b", "main"]);
    fs::write(folder.join("accord.yaml"), ROOT).expect("a file");
    fs::write(folder.join("bo.yaml"), bo("ANALYST")).expect("a file");
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "base"]);
    fs::write(folder.join("bo.yaml"), bo("CAMPAIGN_MANAGER")).expect("a file");
    let drawn = drawing(&graph(folder, &["--base", "main", "--focus", "bo@acme.example", "--format", "json"]));
    assert_eq!(
        told(&drawn),
        [
            "Bo Larsen kept analyst Acme Germany",
            "Bo Larsen kept employee Acme",
            "Bo Larsen lost analyst Acme France",
            "Bo Larsen new campaign manager Acme France",
        ]
    );
    let dot = String::from_utf8(graph(folder, &["--base", "main"]).stdout).expect("text");
    assert!(dot.contains("label=\"+ campaign manager\", color=\"#0a7a3c\""), "{dot}");
    assert!(dot.contains("label=\"− analyst\", color=\"#b3261e\""), "{dot}");
    let again = String::from_utf8(graph(folder, &["--base", "main"]).stdout).expect("text");
    assert_eq!(dot, again, "the same input gives the same bytes");
}

#[test]
fn what_leaves_the_part_that_is_drawn_is_not_lost() {
    let repository = tempfile::tempdir().expect("a folder");
    let folder = repository.path();
    let nova = |on: &str| {
        let grant = format!("{{ on: [{on}], permissions: [ANALYST], reason: reporting }}");
        format!("partners:\n  nova: {{ id: \"5009\", name: Nova, direction: inbound, grants: [{grant}] }}\n")
    };
    git(folder, &["init", "-q", "-b", "main"]);
    fs::write(folder.join("accord.yaml"), ROOT).expect("a file");
    fs::write(folder.join("nova.yaml"), nova("fr, de")).expect("a file");
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "base"]);
    fs::write(folder.join("nova.yaml"), nova("de")).expect("a file");
    let drawn = drawing(&graph(folder, &["--base", "main", "--focus", "fr", "--format", "json"]));
    let expected = ["Acme kept lets in Nova", "Acme kept owns Acme France", "Nova lost analyst Acme France"];
    assert_eq!(told(&drawn), expected);
}

#[test]
fn names_of_people_can_be_left_out() {
    let repository = tempfile::tempdir().expect("a folder");
    let folder = repository.path();
    fs::write(folder.join("accord.yaml"), ROOT).expect("a file");
    fs::write(folder.join("bo.yaml"), bo("ANALYST")).expect("a file");
    for format in ["dot", "mermaid", "json"] {
        let output = graph(folder, &["--desired", "--pseudonymize", "--format", format]);
        let text = String::from_utf8(output.stdout).expect("text").to_lowercase();
        assert!(text.contains("person-"), "{text}");
        for name in ["larsen", "bo@", "bo#64;", "silva", "ana@"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
}

#[test]
fn what_mermaid_refuses_is_said_with_the_way_out() {
    let repository = tempfile::tempdir().expect("a folder");
    let folder = repository.path();
    let mut accounts = String::from("accounts:\n");
    for number in 0..501 {
        writeln!(accounts, "  account-{number}: {{ id: \"{}\", name: Account {number} }}", 6000 + number)
            .expect("fits");
    }
    fs::write(folder.join("accord.yaml"), ROOT).expect("a file");
    fs::write(folder.join("more.yaml"), accounts).expect("a file");
    let said = |words: &[&str]| {
        let output = graph(folder, &[&["--desired"], words].concat());
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let warning = said(&["--format", "mermaid"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(warning.contains("504 edges"), "{warning}");
    assert!(warning.contains("limits 500 (`maxEdges`) and 50,000 (`maxTextSize`)"), "{warning}");
    assert!(warning.contains("`--focus`"), "{warning}");
    assert_eq!(said(&["--format", "mermaid", "--focus", "account-7"]), "");
    assert_eq!(said(&["--format", "dot"]), "");
}
