//! Every rule fires and stays quiet: its fixtures in `tests/rules/<rule>/`, and the examples of its documentation.
//!
//! `ACCORD_RULE=partner` runs only rules whose name contains the text; `ACCORD_BLESS=1` writes the expected findings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use accord::reports::findings::{Format, Report, render};
use accord::reports::rules as documentation;
use accord::rules::finding::{Finding, Level, Safety};
use accord::rules::{self, Judgement, RULES, Rule, Tally};
use accord::source::{edit, extent};
use accord::terminal::Style;

use crate::support::fixture::Fixture;
use crate::support::golden;

#[test]
fn rules_fire_and_stay_quiet() {
    let root = folder();
    let mut failures = Vec::new();
    let known: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    for name in folders(&root) {
        if !known.contains(&name) {
            failures.push(format!("tests/rules/{name}: there is no such rule"));
        }
    }
    for rule in wanted() {
        check_examples(rule, &mut failures);
        check_fixtures(rule, &root.join(rule.name), &mut failures);
    }
    assert!(failures.is_empty(), "\n{}\n{} failed", failures.join("\n\n"), failures.len());
}

#[test]
fn the_table_is_in_order_and_its_names_are_names() {
    let names: Vec<(rules::Family, &str)> = RULES.iter().map(|rule| (rule.family, rule.name)).collect();
    assert!(names.is_sorted(), "RULES is not sorted by family and name");
    let unique: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(unique.len(), RULES.len(), "two rules of one name");
    for rule in RULES {
        let name = rule.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "`{name}`");
        let file = format!("src/rules/{}.rs", name.replace('-', "_"));
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).is_file(), "`{name}` is not in {file}");
        assert!(!rule.summary.ends_with('.') && !rule.docs.why.is_empty(), "`{name}` says too little or too much");
        for param in rule.params {
            assert!(param.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "`{}` of `{name}`", param.name);
        }
    }
}

/// `docs/rules.md` is what the rules say of themselves; blessing writes it.
#[test]
fn the_documentation_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if let Err(problem) = golden::check(&path, &documentation::all(RULES)) {
        panic!("docs/rules.md: {problem}");
    }
}

/// The fixtures that the tests below change.
const ADMIN: &str = r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ADMIN, CAMPAIGN_MANAGER] }
"#;

fn judged(text: &str) -> Judgement {
    let rule = rules::by_name("partner-has-admin").expect("a rule of the table");
    run(text, &[rule]).unwrap_or_else(|problem| panic!("{problem}")).1
}

fn fingerprints(judgement: &Judgement) -> Vec<&str> {
    judgement.findings.iter().map(|finding| finding.fingerprint.as_str()).collect()
}

#[test]
fn fingerprints_survive_moves_and_another_form() {
    let moved = r#"
# Everything about Nova, elsewhere and otherwise.
accounts:
  zeta: { id: "999", name: Another one }
  acme-fr:
    id: "1001"
    name: Acme France
--- # partners/agencies/nova.yaml
partners:
  aaa: { id: "4001", direction: inbound }
  nova:
    direction: inbound
    id: "5009"
    grants:
      - reason: runs the campaigns
        permissions:
          - CAMPAIGN_MANAGER
          - ADMIN
        on: acme-fr
"#;
    let (before, after) = (judged(ADMIN), judged(moved));
    assert_eq!(fingerprints(&before), fingerprints(&after));
    assert_ne!(before.findings[0].place, after.findings[0].place);
}

#[test]
fn findings_are_new_worsened_unchanged_or_fixed() {
    use rules::finding::State;
    let less = ADMIN.replace("[ADMIN, CAMPAIGN_MANAGER]", "[CAMPAIGN_MANAGER]");
    let states = |now: &str, before: &str| -> Vec<(Option<State>, bool)> {
        let judgement = judged(&format!("{now}--- # before{before}"));
        judgement.findings.iter().map(|finding| (finding.state, finding.refuses())).collect()
    };
    assert_eq!(states(ADMIN, &less), [(Some(State::New), true)]);
    assert_eq!(states(ADMIN, ADMIN), [(Some(State::Unchanged), false)]);
    assert_eq!(states(&less, ADMIN), [(Some(State::Fixed), false)]);
    let people = "--- # roster acme\nrosters: [{ partner: \"5009\", email: bo@nova.example }]\n";
    let judgement = judged(&format!("{ADMIN}{people}"));
    assert_eq!(judgement.findings[0].state, None);
    assert_eq!(judgement.findings[0].exposure.people, 1);
}

#[test]
fn what_touches_more_than_before_is_worse() {
    use rules::finding::State;
    // Two grants add up to one edge: the finding is the same, and weighs more with a capability that administration lacks.
    let rule = rules::by_name("partner-has-admin").expect("a rule of the table");
    let more = ADMIN.replace("[ADMIN, CAMPAIGN_MANAGER]", "[ADMIN, CATALOGS_MANAGER]");
    let fixture = format!("{more}--- # before{ADMIN}");
    let (_, judgement) = run(&fixture, &[rule]).expect("a sound fixture");
    let weights: Vec<(Option<State>, u64)> =
        judgement.findings.iter().map(|finding| (finding.state, finding.impact)).collect();
    assert!(matches!(weights[..], [(Some(State::Worsened | State::Unchanged), _)]), "{weights:?}");
}

#[test]
fn a_waived_finding_stays_and_refuses_nothing() {
    let waiver = r#"--- # policy.yaml
policy:
  waivers:
    - rule: partner-has-admin
      subject: nova
      object: acme-fr
      reason: they move the account this month
      owner: ana@acme.example
      approved_by: cy@acme.example
      approved_on: 2026-11-01
      until: 2026-12-31
--- # people.yaml
people: { ana@acme.example: {}, cy@acme.example: {} }
--- # before accounts.yaml
accounts: {}
"#;
    let judgement = judged(&format!("{ADMIN}{waiver}"));
    let waived = judgement.findings[0].waived.as_ref().expect("waived");
    assert_eq!(waived.owner, "ana@acme.example");
    let tally = Tally::of(&judgement);
    assert_eq!((tally.errors, tally.waived, tally.open, tally.refusing), (1, 1, 0, 0));
    let stranger =
        judged(&format!("{ADMIN}{}", waiver.replace("approved_by: cy@acme.example", "approved_by: cy@home.example")));
    assert!(stranger.findings[0].waived.is_none(), "nobody knows whether that is who gains");
    let expired = judged(&format!("# at: 2027-02-01\n{ADMIN}{waiver}"));
    assert!(expired.findings[0].waived.is_none());
}

#[test]
fn levels_and_parameters_come_from_profile_and_policy() {
    let with = |policy: &str| judged(&format!("{ADMIN}--- # policy.yaml\npolicy:\n  {policy}\n"));
    let level = |judgement: Judgement| judgement.findings.first().map(|finding| finding.level);
    assert_eq!(level(with("profile: agency")), Some(Level::Error));
    assert_eq!(level(with("rules: { partner-has-admin: warn }")), Some(Level::Warning));
    assert_eq!(level(with("rules: { partner-has-admin: off }")), None);
    let judgement = with("rules: { partner-has-admin: { level: deny, allowed: [other] } }");
    let labels: Vec<&str> = judgement.findings[0].related.iter().map(|related| related.label.as_str()).collect();
    assert_eq!(labels, ["`partner-has-admin` is deny here", "`allowed` is set here"]);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn wanted() -> impl Iterator<Item = &'static Rule> {
    let wanted = env::var("ACCORD_RULE").unwrap_or_default();
    RULES.iter().copied().filter(move |rule| rule.name.contains(&wanted))
}

fn folders(root: &Path) -> Vec<String> {
    entries(root).into_iter().filter(|path| path.is_dir()).map(|path| name(&path)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder stays readable").path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The bad example gives this rule and no other, at the marked text; the good one gives nothing. Notes of other rules don't count:
/// nobody sees them who doesn't ask.
fn check_examples(rule: &'static Rule, failures: &mut Vec<String>) {
    let mut fail = |what: &str, problem: String| failures.push(format!("{}, {what} example: {problem}", rule.name));
    match run(rule.docs.bad, RULES) {
        Err(problem) => fail("bad", problem),
        Ok((fixture, judgement)) => {
            for other in judgement.findings.iter().filter(|found| !is_of(found, rule) && found.level < Level::Note) {
                fail("bad", format!("gives `{}` as well: {}", other.rule, other.message));
            }
            if fixture.marks().is_empty() && has_places(&judgement) {
                fail("bad", "marks no text with a comment line of `^`".to_owned());
            }
            if let Err(problem) = check_marks(&fixture, &judgement, rule) {
                fail("bad", problem);
            }
        }
    }
    match run(rule.docs.good, RULES) {
        Err(problem) => fail("good", problem),
        Ok((_, judgement)) => {
            for found in judgement.findings.iter().filter(|found| is_of(found, rule) || found.level < Level::Note) {
                fail("good", format!("gives `{}`: {}", found.rule, found.message));
            }
        }
    }
}

fn check_fixtures(rule: &'static Rule, folder: &Path, failures: &mut Vec<String>) {
    let (mut fires, mut quiet) = (false, false);
    for path in entries(folder) {
        let file = name(&path);
        if file.ends_with(".expected") && path.with_extension("yaml").is_file() {
            continue;
        }
        let kind = file.split('-').next().unwrap_or_default();
        let outcome = match (kind, path.extension().is_some_and(|end| end == "yaml")) {
            ("fires", true) => check_fires(rule, &path),
            ("quiet", true) => check_quiet(rule, &path),
            ("unknown", true) => check_unknown(rule, &path),
            _ => Err("is no fixture: fires-*.yaml, quiet-*.yaml, unknown-*.yaml".to_owned()),
        };
        fires |= kind == "fires";
        quiet |= kind == "quiet";
        if let Err(problem) = outcome {
            failures.push(format!("{}/{file}: {problem}", rule.name));
        }
    }
    if !fires || !quiet {
        failures.push(format!("tests/rules/{}: needs a fires-*.yaml and a quiet-*.yaml", rule.name));
    }
}

fn check_fires(rule: &'static Rule, path: &Path) -> Result<(), String> {
    let (fixture, judgement) = run_alone(&read(path)?, rule)?;
    if judgement.findings.is_empty() {
        return Err(format!("does not fire; not evaluated: {:?}", judgement.not_evaluated));
    }
    check_marks(&fixture, &judgement, rule)?;
    check_repairs(&fixture, &judgement, rule)?;
    golden::check(&path.with_extension("expected"), &shown(&fixture, &judgement))
}

fn check_quiet(rule: &'static Rule, path: &Path) -> Result<(), String> {
    let (_, judgement) = run_alone(&read(path)?, rule)?;
    match (judgement.findings.first(), judgement.not_evaluated.first()) {
        (None, None) => Ok(()),
        (Some(found), _) => Err(format!("fires: {}", found.message)),
        (None, Some(missing)) => Err(format!("is quiet because it was not evaluated: {}", missing.reason)),
    }
}

fn check_unknown(rule: &'static Rule, path: &Path) -> Result<(), String> {
    let (fixture, judgement) = run_alone(&read(path)?, rule)?;
    match (judgement.findings.first(), judgement.not_evaluated.is_empty()) {
        (Some(found), _) => Err(format!("fires: {}", found.message)),
        (None, true) => Err("was evaluated".to_owned()),
        (None, false) => golden::check(&path.with_extension("expected"), &shown(&fixture, &judgement)),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| error.to_string())
}

fn run(text: &str, rules: &[&'static Rule]) -> Result<(Fixture, Judgement), String> {
    let fixture = Fixture::parse(text)?;
    let judgement = fixture.judge(rules)?;
    Ok((fixture, judgement))
}

fn run_alone(text: &str, rule: &'static Rule) -> Result<(Fixture, Judgement), String> {
    let fixture = Fixture::parse(text)?;
    let judgement = alone(&fixture, rule)?;
    Ok((fixture, judgement))
}

/// What one rule says. Waivers are of no use without the other rules, so for rules about them all are asked.
fn alone(fixture: &Fixture, rule: &'static Rule) -> Result<Judgement, String> {
    if rule.kind != rules::Kind::Waivers {
        return fixture.judge(&[rule]);
    }
    let mut judgement = fixture.judge(RULES)?;
    judgement.findings.retain(|found| found.rule == rule.name);
    judgement.not_evaluated.retain(|one| one.rule == rule.name);
    Ok(judgement)
}

/// Findings of custom rules bear their own names.
fn is_of(found: &Finding, rule: &Rule) -> bool {
    found.rule == rule.name || (rule.name == "custom-rule" && rules::by_name(&found.rule).is_none())
}

fn shown(fixture: &Fixture, judgement: &Judgement) -> String {
    let report = Report {
        judgement,
        as_of: jiff::Timestamp::UNIX_EPOCH,
        text_of: &|file| fixture.files.get(file).cloned(),
        prefix: String::new(),
        least: Level::Note,
    };
    render(&report, Format::Text, &Style::plain(120)).expect("text can be written")
}

fn has_places(judgement: &Judgement) -> bool {
    judgement.findings.iter().any(|finding| finding.place.is_some())
}

/// Each mark is where a finding of the rule stands. A mark of one character only says where; a longer one all that is underlined.
fn check_marks(fixture: &Fixture, judgement: &Judgement, rule: &Rule) -> Result<(), String> {
    let findings = || judgement.findings.iter().filter(|found| is_of(found, rule));
    if findings().next().is_none() {
        return Err("does not fire".to_owned());
    }
    for (file, line, column, length) in fixture.marks() {
        let at = |found: &Finding| {
            let place = found.place.as_ref();
            place.is_some_and(|place| (place.file.as_str(), place.line, place.column) == (file.as_str(), line, column))
        };
        let found: Vec<String> =
            findings().filter_map(|found| found.place.as_ref()).map(|place| format!("{place:?}")).collect();
        if !findings().any(at) {
            return Err(format!("no finding at the mark {file}:{line}:{column}; they are at {}", found.join(", ")));
        }
        let text = fixture.files[&file].lines().nth(line as usize - 1).unwrap_or_default();
        let covered = extent::of(text, usize::from(column));
        if length > 1 && length != covered {
            return Err(format!("the mark {file}:{line}:{column} has {length} characters, {covered} are underlined"));
        }
    }
    Ok(())
}

/// What a safe fix promises: with its edits made the finding is gone, and no other one of the rule comes.
fn check_repairs(fixture: &Fixture, judgement: &Judgement, rule: &'static Rule) -> Result<(), String> {
    for finding in &judgement.findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty()) else { continue };
        if fix.safety != Safety::Safe && fix.safety != Safety::Choice {
            return Err(format!("a fix by hand has edits: {}", fix.text));
        }
        let mut files = fixture.files.clone();
        for edit in &fix.edits {
            let (file, edit) = edit.to_source();
            let text = files.get_mut(file).ok_or_else(|| format!("a fix edits `{file}`, which is not there"))?;
            let patches = edit::patches(text, &[edit]).map_err(|error| format!("a fix can't be made: {error}"))?;
            *text = edit::apply(text, &patches);
        }
        let repaired = fixture.with_files(files);
        let after = alone(&repaired, rule).map_err(|problem| format!("the repaired files are broken: {problem}"))?;
        let still = |found: &&Finding| !matches!(found.state, Some(rules::finding::State::Fixed));
        let left: Vec<&str> = after.findings.iter().filter(still).map(|found| found.fingerprint.as_str()).collect();
        if left.contains(&finding.fingerprint.as_str()) {
            return Err(format!("the fix does not mend it: {}", fix.text));
        }
        let known = |fingerprint: &&&str| judgement.findings.iter().any(|found| found.fingerprint == ***fingerprint);
        if let Some(new) = left.iter().find(|fingerprint| !known(fingerprint)) {
            return Err(format!("the fix brings another finding, {new}"));
        }
    }
    Ok(())
}
