//! `plan --base` in a git repository of its own: the real program, on branches as people have them.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const ROOT: &str = "version: 1
businesses:
  acme: { platform: pinterest, id: \"729090764583391194\", name: Acme, owners: [ana@acme.example], domains: [acme.example] }
accounts:
  fr: { id: \"5497\", name: Acme France }
  de: { id: \"5498\", name: Acme Germany }
  uk: { id: \"5499\", name: \"Acme @octocat <b>UK</b> `x`\" }
";

const PEOPLE: &str = "people:
  ana@acme.example: { name: Ana Silva, role: manager }
  bo@acme.example: { name: Bo Larsen }
  dee@acme.example:
    name: Dee Okafor
    grants:
      - { on: [fr, de], permissions: [CAMPAIGN_MANAGER], reason: campaigns }
  eli@acme.example:
    name: Eli Stone
    grants:
      - { on: [uk], permissions: [ANALYST], reason: reporting, until: 2026-12-31 }
";

/// Nova administers an account in the base already: an old finding.
const PARTNERS: &str = "partners:
  nova:
    id: \"5009\"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [de], permissions: [ADMIN], reason: historical }
";

/// A git repository with the access repository in `access/`.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Repository(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "-q", "-b", "main"]);
        repository.write("accord.yaml", ROOT);
        repository.write("people.yaml", PEOPLE);
        repository.write("partners.yaml", PARTNERS);
        repository.commit("base");
        repository
    }

    fn git(&self, words: &[&str]) {
        let identity = ["-c", "user.name=Bo", "-c", "user.email=bo@acme.example", "-c", "commit.gpgsign=false"];
        let done =
            Command::new("git").arg("-C").arg(self.0.path()).args(identity).args(words).output().expect("git runs");
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn write(&self, name: &str, text: &str) {
        let folder = self.0.path().join("access");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), text).expect("a file");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn branch(&self, name: &str) {
        self.git(&["checkout", "-q", "-b", name]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn plan(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let words: Vec<&str> = ["plan", "access", "--base", "main", "--at", "2026-11-22"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_accord"))
            .args(words)
            .current_dir(self.0.path())
            .env("COLUMNS", "100")
            .env("ACCORD_PSEUDONYM_SECRET", "of this test")
            .output()
            .expect("accord runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (status.code(), text(stdout), text(stderr))
    }
}

/// Five kinds of change: somebody comes, somebody leaves, somebody administers, a partner gains, an end moves; and one is still to come.
fn five_kinds(repository: &Repository) {
    repository.branch("change");
    let people = PEOPLE
        .replace(
            "  bo@acme.example: { name: Bo Larsen }\n",
            "  bo@acme.example: { name: Bo Larsen, role: manager }\n  cy@acme.example: { name: Cy Moreau }\n",
        )
        .replace("2026-12-31", "2027-12-31");
    let dee = people.find("  dee@").expect("Dee")..people.find("  eli@").expect("Eli");
    let people = people.replace(&people[dee], "");
    repository.write("people.yaml", &people);
    let later = "      - { on: [uk], permissions: [ANALYST], reason: pilot, from: 2027-02-01, until: 2027-06-30 }\n";
    let gains = "      - { on: [fr], permissions: [CAMPAIGN_MANAGER], reason: launch }\n";
    repository.write("partners.yaml", &format!("{PARTNERS}{gains}{later}"));
    repository.commit("change\n\nCo-authored-by: Cy Moreau <cy@acme.example>");
}

#[test]
fn a_branch_with_five_kinds_of_change_is_told_in_every_format() {
    let repository = Repository::new();
    five_kinds(&repository);
    let reports =
        ["markdown", "html", "json", "sarif", "gitlab", "junit", "csv"].map(|one| format!("{one}=out/deep/{one}"));
    let words: Vec<&str> = reports.iter().flat_map(|report| ["--report", report.as_str()]).collect();
    let (status, text, stderr) = repository.plan(&words);
    assert_eq!(status, Some(0), "{text}{stderr}");
    for said in [
        "Bo Larsen (bo@acme.example)\n    ~ becomes manager of Acme (was employee)",
        "could give themselves everything on 3 assets",
        "Dee Okafor (dee@acme.example)\n    - leaves Acme (was employee)",
        "- campaign manager on Acme France and Acme Germany (2 ad accounts)",
        "reaches nothing afterwards",
        "Cy Moreau (cy@acme.example)\n    + joins Acme as employee",
        "Nova Media (partner 5009)\n    unknown number of people of Nova Media\n    + campaign manager on Acme France (ad account)",
        "From 2027-02-01 on",
        "(longer): until 2027-12-31 instead of until 2026-12-31 (people.yaml:8)",
        "Allowed: no rule refuses this change",
        "On merge: not known",
    ] {
        assert!(in_one_line(&text).contains(&in_one_line(said)), "{said}\n---\n{text}");
    }
    let markdown = repository.read("out/deep/markdown");
    assert!(markdown.contains("**🔑 Administers:** `Bo Larsen (bo@acme.example)`"), "{markdown}");
    assert!(markdown.find("Administers").expect("first") < markdown.find("Loses").expect("then"), "risk first");
    let review: Value = serde_json::from_str(&repository.read("out/deep/json")).expect("JSON");
    let digest = review["digest"].as_str().expect("a digest");
    assert!(markdown.contains(&digest[..20]) && text.contains(&digest[..12]), "one digest ties them together");
    let page = repository.read("out/deep/html");
    for said in
        ["Bo Larsen", "Dee Okafor", "unknown number of people of Nova Media", "Content-Security-Policy", &digest[..20]]
    {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("<b>UK</b>") && !page.contains("http-equiv=\"refresh\""), "names are text");
    let sarif: Value = serde_json::from_str(&repository.read("out/deep/sarif")).expect("SARIF");
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let old = results.iter().find(|result| result["ruleId"] == "partner-has-admin").expect("the old finding");
    assert_eq!(old["baselineState"], "unchanged");
    let again = repository.plan(&["--report", "markdown=-"]);
    assert_eq!(again.1, markdown, "the same bytes, and nothing else on standard output");
    assert_eq!(repository.plan(&["--detailed-exitcode"]).0, Some(2));
    assert!(repository.plan(&["-o", "a.plan"]).2.contains("`-o` needs an exported state"));
}

/// However the lines were broken.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_shows_what_is_printed() {
    let repository = Repository::new();
    five_kinds(&repository);
    let (_, text, _) = repository.plan(&[]);
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the README");
    let (_, block) = readme.split_once("$ accord plan access --base main --at 2026-11-22\n").expect("the command");
    let (block, _) = block.split_once("```").expect("its end");
    assert!(block.lines().count() > 10);
    for stretch in block.split("...\n").filter(|stretch| !stretch.is_empty()) {
        assert!(text.contains(stretch), "{stretch}\n---\n{text}");
    }
}

#[test]
fn a_stale_branch_shows_none_of_the_others_changes() {
    let repository = Repository::new();
    repository.branch("change");
    repository.write("people.yaml", &PEOPLE.replace("Bo Larsen }", "Bo Larsen, role: manager }"));
    repository.commit("mine");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("more.yaml", "teams:\n  social: { members: [fay@acme.example], grants: [{ on: [fr], permissions: [ANALYST], reason: r }] }\n");
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "change"]);
    let (status, text, _) = repository.plan(&[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("1 new manager of a business\n"), "{text}");
    assert!(!text.contains("fay") && !text.contains("lose"), "{text}");
}

#[test]
fn an_old_finding_never_fails_it_and_a_new_one_does() {
    let repository = Repository::new();
    repository.branch("change");
    repository.write("people.yaml", &PEOPLE.replace("reason: reporting", "reason: reports"));
    repository.commit("a reason");
    let (status, text, _) = repository.plan(&["--detailed-exitcode"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("Effect on people: none"), "{text}");
    assert!(text.contains("that was there before") || text.contains("that were there before"), "{text}");
    repository.write("partners.yaml", &PARTNERS.replace("on: [de]", "on: [de, fr]"));
    let (status, text, stderr) = repository.plan(&[]);
    assert_eq!(status, Some(3), "the work tree counts, committed or not: {text}");
    assert!(text.contains("new error partner-has-admin: partner Nova Media administers Acme France"), "{text}");
    assert!(stderr.contains("the change is refused by rule `partner-has-admin`"), "{stderr}");
}

#[test]
fn what_is_no_base_is_an_error_that_helps() {
    let repository = Repository::new();
    let output = |base: &str| {
        let words = ["plan", "access", "--base", base];
        let run = Command::new(env!("CARGO_BIN_EXE_accord")).args(words).current_dir(repository.0.path()).output();
        let run = run.expect("accord runs");
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    let (status, said) = output("nowhere");
    assert_eq!(status, Some(1));
    assert!(said.contains("there is no commit `nowhere` here") && said.contains("origin/main"), "{said}");
    // A repository that is new on the branch is compared with nothing.
    fs::rename(repository.path("access"), repository.path("moved")).expect("moved");
    repository.git(&["checkout", "-q", "--", "access"]);
    let run = Command::new(env!("CARGO_BIN_EXE_accord"))
        .args(["plan", "moved", "--base", "main", "--at", "2026-11-22"])
        .current_dir(repository.0.path())
        .output()
        .expect("accord runs");
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(text.contains("4 people join"), "{text}{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn ten_thousand_grants_fit_and_what_is_risky_is_named() {
    const PERSONS: usize = 100;
    const ACCOUNTS: usize = 150;
    let repository = Repository::new();
    let mut root = ROOT.to_owned();
    for n in 0..ACCOUNTS {
        writeln!(root, "  a{n}: {{ id: \"{}\", name: Account {n} }}", 80_000 + n).expect("text takes text");
    }
    let person = |n: usize, grants: &str| format!("  p{n}@acme.example:\n    grants: [{grants}]\n");
    let held: String =
        (0..5).map(|n| person(900 + n, &format!("{{ on: [a{n}], permissions: [ANALYST], reason: r }}"))).collect();
    repository.write("accord.yaml", &root);
    repository.write("many.yaml", &format!("people:\n{held}"));
    repository.commit("accounts");
    repository.branch("change");
    let mut many = String::from("people:\n");
    for n in 0..PERSONS {
        let on: Vec<String> = (0..100).map(|at| format!("a{}", (n + at) % ACCOUNTS)).collect();
        many.push_str(&person(n, &format!("{{ on: [{}], permissions: [ANALYST], reason: r }}", on.join(", "))));
    }
    (0..5).for_each(|n| {
        many.push_str(&person(800 + n, &format!("{{ on: [a{}], permissions: [ADMIN], reason: r }}", 20 + n)))
    });
    (0..5).for_each(|n| many.push_str(&person(900 + n, "")));
    repository.write("many.yaml", &many);
    repository.commit("ten thousand");
    for budget in [60_000, 12_000] {
        let (_, text, stderr) = repository.plan(&["--report", "markdown=-", "--budget", &budget.to_string()]);
        assert!(text.len() <= budget && text.len() > 3_000, "{} bytes, {stderr}", text.len());
        for n in 0..5 {
            assert!(text.contains(&format!("p{}@acme.example", 800 + n)), "admin {n}: {text}");
            assert!(text.contains(&format!("`Account {}`", 20 + n)), "admin {n}: {text}");
            assert!(text.contains(&format!("p{}@acme.example", 900 + n)), "removal {n}: {text}");
            assert!(text.contains(&format!("analyst on `Account {n}`")), "removal {n}: {text}");
        }
        assert!(text.contains("Others who gain (100)"), "{text}");
        let folded = text.find("<details>").expect("gains are folded");
        assert!(text.find("p804@").expect("named") < folded && text.find("p904@").expect("named") < folded);
    }
    let (_, least, _) = repository.plan(&["--report", "markdown=-", "--budget", "4000"]);
    assert!(least.len() <= 4_000, "{} bytes", least.len());
    assert!(least.contains("**administration** (5)") || least.contains("p804@"), "{least}");
}

#[test]
fn hostile_names_are_only_text_in_markdown() {
    let repository = Repository::new();
    repository.branch("change");
    let evil = "\"[x](https://evil.example) @octocat <img src=x> #1 ``` \\u202e\\n# Title\"";
    repository.write("people.yaml", &format!("{PEOPLE}  fox@acme.example:\n    name: {evil}\n    grants: [{{ on: [uk], permissions: [ANALYST], reason: r }}]\n"));
    let (_, text, stderr) = repository.plan(&["--report", "markdown=-"]);
    assert!(text.contains("octocat"), "{text}{stderr}");
    assert!(!text.contains('\u{202e}') && !text.contains("\n# Title"), "{text}");
    for line in text.lines().filter(|line| line.contains("octocat")) {
        let outside: String = outside_code(line);
        assert!(!outside.contains("@octocat") && !outside.contains("<img") && !outside.contains("]("), "{line}");
    }
}

/// What of a line of Markdown is in no code span.
fn outside_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        out.push_str(&rest[..start]);
        let length = rest[start..].chars().take_while(|c| *c == '`').count();
        let fence = "`".repeat(length);
        let body = &rest[start + length..];
        let Some(end) = closing(body, &fence) else { return out + body };
        rest = &body[end + length..];
    }
    out + rest
}

/// Where a row of exactly so many backticks begins.
fn closing(body: &str, fence: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = body[from..].find('`').map(|at| at + from) {
        let length = body[at..].chars().take_while(|c| *c == '`').count();
        if length == fence.len() {
            return Some(at);
        }
        from = at + length;
    }
    None
}

#[test]
fn pseudonyms_hide_people_everywhere_and_stay_the_same() {
    let repository = Repository::new();
    five_kinds(&repository);
    let words = [
        "--pseudonymize",
        "--report",
        "html=out/page.html",
        "--report",
        "json=out/review.json",
        "--report",
        "sarif=out/s",
    ];
    let (_, text, stderr) = repository.plan(&words);
    let all =
        [text.clone(), repository.read("out/page.html"), repository.read("out/review.json"), repository.read("out/s")];
    for (index, report) in all.iter().enumerate() {
        for name in ["Bo Larsen", "bo@acme", "Dee Okafor", "dee@", "Cy Moreau", "Ana Silva", "ana@acme", "Eli Stone"] {
            assert!(!report.contains(name), "{name} in report {index}: {stderr}");
        }
    }
    assert!(text.contains("person-") && text.contains("Acme France") && text.contains("Nova Media"), "{text}");
    assert!(!text.contains("of this test"));
    assert_eq!(repository.plan(&words).1, text);
}
