//! `audit --report`: the page of an audit and the reports beside it, by the real program.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn audit(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.arg("audit").arg(folder).args(["--at", "2026-11-22"]).args(words);
    command.output().expect("accord runs")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

/// As HTML shows it.
fn shown(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the script draws: the JSON within the page.
fn drawn(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").expect("data");
    serde_json::from_str(rest.split_once("</script>").expect("an end").0).expect("JSON")
}

#[test]
fn the_page_of_an_audit_has_every_finding_and_everybody_with_access() {
    let out = tempfile::tempdir().expect("a folder");
    let agency = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/agency-partner");
    let file = |name: &str| out.path().join(name);
    let [html, json, csv] = ["html", "json", "csv"].map(|one| format!("{one}={}", file(one).display()));
    let done = audit(&agency, &["--report", &html, "--report", &json, "--report", &csv]);
    assert_eq!(done.status.code(), Some(2), "findings are open: {}", text(done.stderr));
    assert!(text(done.stdout).contains("errors"), "the text is printed as ever");
    let read = |name: &str| fs::read_to_string(file(name)).expect("written");
    let page = read("html");
    let findings: Value = serde_json::from_str(&read("json")).expect("JSON");
    let findings = findings["findings"].as_array().expect("findings");
    assert!(findings.len() > 10, "{}", findings.len());
    for finding in findings {
        let message = finding["message"].as_str().expect("a message");
        assert!(page.contains(&shown(message)), "{message}");
    }
    for said in ["<h1>Access audit</h1>", "Tidewater Outdoor: <code>state/tidewater/current</code>", "are open"] {
        assert!(page.contains(said), "{said}");
    }
    for unsaid in ["id=\"effect\"", "id=\"merge\"", "id=\"matrix-changes\"", "data-view=\"changes\""] {
        assert!(!page.contains(unsaid), "nothing is planned or compared: {unsaid}");
    }
    let drawn = drawn(&page);
    let access = drawn["access"].as_array().expect("rows");
    let people: std::collections::BTreeSet<u64> = access.iter().filter_map(|row| row[0].as_u64()).collect();
    assert_eq!(people.len(), 34);
    assert!(page.contains("<b>34</b>people with access"));
    assert!(access.iter().all(|row| row[2] == row[3]), "nobody gains or loses anything");
    assert!(drawn["edges"].as_array().expect("edges").iter().all(|edge| edge[3] == 0));
    let table = text(audit(&agency, &["--show", "note", "--format", "csv"]).stdout);
    assert_eq!(read("csv"), table, "the same table as that of --format");
    let standard = audit(&agency, &["--report", "html=-"]);
    assert_eq!(text(standard.stdout), page, "the same bytes, and nothing else on standard output");
}

#[test]
fn the_page_tells_files_from_exports_and_names_are_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = "version: 1
businesses:
  acme: { platform: pinterest, id: \"729090764583391194\", name: Acme, owners: [ana@acme.example], domains: [acme.example] }
accounts:
  fr: { id: \"5497\", name: \"</script><script>alert(1)</script>\" }
people:
  ana@acme.example: { name: \"<img src=x onerror=alert(2)>\", role: manager, grants: [{ on: [fr], permissions: [ADMIN], reason: owner }] }
";
    fs::write(folder.path().join("accord.yaml"), root).expect("a file");
    let page = text(audit(folder.path(), &["--files", "--report", "html=-"]).stdout);
    assert!(page.contains("What the files want, as of 2026-11-22"), "{}", &page[..page.len().min(4000)]);
    assert!(!page.contains("alert(1)</script>") && !page.contains("<img"), "names are text");
    assert!(drawn(&page)["nodes"].to_string().contains("</script><script>alert(1)"), "and all of it");
}

#[test]
fn an_audit_has_no_comment_for_a_pull_request() {
    let refused = audit(Path::new("."), &["--report", "markdown=audit.md"]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(text(refused.stderr).contains("an audit is reported as html, json, sarif"));
}
