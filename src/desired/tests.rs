use super::*;
use crate::model::PermissionSet;

fn read(texts: &[(&str, &str)]) -> Reading {
    let texts: Vec<_> = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    from_texts(&texts)
}

const ACCORD: &str = r#"version: 1
businesses:
  acme: { platform: pinterest, id: "729", name: Acme, domains: [Acme.example], protected: [ana@acme.example] }
accounts:
  fr: { id: "1001", name: Acme France }
  de: { id: "1002", name: Acme Germany }
profiles:
  operator: { needs: [edit-campaigns, view-reporting] }
"#;

fn state(texts: &[(&str, &str)]) -> DesiredState {
    let reading = read(texts);
    assert_eq!(reading.problems, []);
    reading.state.unwrap()
}

/// The problems as `code path:line underlined text`.
fn problems(texts: &[(&str, &str)]) -> Vec<String> {
    let reading = read(texts);
    let shown = |problem: &crate::source::Problem| {
        let Some(span) = problem.span else {
            return problem.code.to_owned();
        };
        let path = reading.files.path(span.start.file);
        let text = texts.iter().find(|(name, _)| *name == path).unwrap().1;
        let line = text.lines().nth(span.start.line as usize - 1).unwrap_or("");
        let under: String = line.chars().skip(usize::from(span.start.column) - 1).take(span.length as usize).collect();
        format!("{} {path}:{} {under}", problem.code, span.start.line)
    };
    reading.problems.iter().map(shown).collect()
}

#[test]
fn grants_of_team_and_person_add_up_and_keep_their_sources() {
    let people = "people:\n  bo@acme.example:\n    grants: [{ on: fr, permissions: [ANALYST] }]\nteams:\n  social:\n    members: [Bo@Acme.example, { person: cy@acme.example, role: manager, until: 2026-12-31 }]\n    grants:\n      - { on: [fr, de], profile: operator, until: 2027-01-31 }\n";
    let state = state(&[("accord.yaml", ACCORD), ("people.yaml", people)]);
    let shown: Vec<String> = state
        .grants
        .iter()
        .map(|row| {
            let platform = state.businesses[0].platform;
            let person = state.text(state.people[row.principal.index()].key);
            let asset = state.text(state.assets[row.asset as usize].key);
            let item = &state.items[row.item as usize];
            let words = platform.words(PermissionSet::of(row.permissions).known).join(";");
            format!(
                "{person} {asset} {words} {} {:?}",
                state.files.at(item.pos),
                row.until.date().map(|day| day.to_string())
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"bo@acme.example de CAMPAIGN_MANAGER people.yaml:8:9 Some("2027-01-31")"#,
            r#"bo@acme.example fr ANALYST people.yaml:3:14 None"#,
            r#"bo@acme.example fr CAMPAIGN_MANAGER people.yaml:8:9 Some("2027-01-31")"#,
            r#"cy@acme.example de CAMPAIGN_MANAGER people.yaml:8:9 Some("2026-12-31")"#,
            r#"cy@acme.example fr CAMPAIGN_MANAGER people.yaml:8:9 Some("2026-12-31")"#,
        ]
    );
    let roles: Vec<_> = state.memberships.iter().map(|row| row.role.name).collect();
    assert_eq!(roles, ["employee", "employee", "manager"]);
}

#[test]
fn absent_is_not_empty() {
    let bare = state(&[("accord.yaml", ACCORD)]);
    assert_eq!(bare.businesses[0].managed, Managed::default());
    let empty = state(&[("accord.yaml", ACCORD), ("a.yaml", "people: {}\npartners: {}\nasset_groups: {}\n")]);
    let managed = Managed { people: true, people_grants: false, partners: true, groups: true };
    assert_eq!(empty.businesses[0].managed, managed);
    let granted = state(&[("accord.yaml", ACCORD), ("a.yaml", "people:\n  bo@acme.example: { grants: [] }\n")]);
    assert!(granted.businesses[0].managed.people_grants);
    assert_eq!(problems(&[("accord.yaml", ACCORD), ("a.yaml", "people:\n")]), ["bare-section a.yaml:1 people"]);
}

#[test]
fn texts_stay_texts() {
    let accounts = "accounts:\n  no: { id: \"0123\", name: on }\n  1e3: { id: \"99999999999999999999\", name: 0123 }\n  \"yes\": { id: \"7\", name: null_ }\n";
    let state = state(&[("accord.yaml", ACCORD), ("a.yaml", accounts)]);
    let names: Vec<_> =
        state.assets.iter().map(|asset| (state.text(asset.key), state.text(asset.name.unwrap()))).collect();
    assert!(names.contains(&("no", "on")) && names.contains(&("1e3", "0123")) && names.contains(&("yes", "null_")));
}

#[test]
fn every_problem_of_every_file_in_one_run() {
    let people = "people:\n  bo@acme.example: { nmae: Bo }\n  BO@acme.example: {}\n  cy@acme.example: { id: 123, role: manger }\n  cy@acme.example: { until: 2027-02-30 }\n";
    let teams = "teams:\n  t:\n    members: [bo, { person: dy@acme.example }, dy@acme.example]\n    grants:\n      - { on: [fr, frr], profile: operatr }\n      - { on: [fr], permissions: [CAMPAGN_MANAGER] }\n      - { on: [fr], permissions: [PROFILE_PUBLISHER] }\n      - { on: [fr], permissions: [OWNER] }\n      - { profile: operator }\n      - { on: [fr], profile: operator, permissions: [ADMIN] }\n  t: { members: no }\n";
    let found = problems(&[("accord.yaml", ACCORD), ("people.yaml", people), ("teams.yaml", teams)]);
    assert_eq!(
        found,
        [
            "unknown-key people.yaml:2 nmae",
            "duplicate people.yaml:3 BO@acme.example",
            "id-as-number people.yaml:4 123",
            "unknown-word people.yaml:4 manger",
            "duplicate people.yaml:5 cy@acme.example",
            "bad-day people.yaml:5 2027-02-30",
            "unknown-name teams.yaml:3 bo",
            "duplicate teams.yaml:3 dy@acme.example",
            "unknown-name teams.yaml:5 frr",
            "unknown-name teams.yaml:5 operatr",
            "unknown-word teams.yaml:6 CAMPAGN_MANAGER",
            "does-not-fit teams.yaml:7 PROFILE_PUBLISHER",
            "read-only-permission teams.yaml:8 OWNER",
            "missing-key teams.yaml:9 {",
            "two-ways teams.yaml:10 {",
            "duplicate teams.yaml:11 t",
            "wrong-kind teams.yaml:11 no",
        ]
    );
}

#[test]
fn a_file_that_is_cut_off_is_one_problem_and_no_state() {
    let teams = "teams:\n  t:\n    members: [bo@acme.example]\n    grants: [{ on: [fr], profile: oper";
    let reading = read(&[("accord.yaml", ACCORD), ("teams.yaml", teams)]);
    assert!(reading.state.is_none());
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
}

#[test]
fn anchors_aliases_and_merge_keys_are_followed() {
    let text = "people:\n  bo@acme.example: { grants: &g [{ on: [fr], profile: operator }] }\n  cy@acme.example: { <<: { name: Cy, role: manager }, role: employee, grants: *g }\n";
    let state = state(&[("accord.yaml", ACCORD), ("a.yaml", text)]);
    assert_eq!(state.grants.len(), 2);
    let cy = &state.people[1];
    assert_eq!(cy.name.map(|name| state.text(name)), Some("Cy"));
    assert_eq!(state.memberships[1].role.name, "employee");
}

#[test]
fn hostile_files_end_in_an_error() {
    let deep = format!("people: {}", "[".repeat(100_000));
    assert!(read(&[("accord.yaml", ACCORD), ("a.yaml", &deep)]).state.is_none());
    let mut laughs = "x0: &a0 [a, a, a, a, a, a, a, a, a, a]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        laughs.push_str(&format!(
            "x{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]\n"
        ));
    }
    let found = problems(&[("accord.yaml", ACCORD), ("a.yaml", &laughs)]);
    assert!(found.iter().any(|problem| problem.starts_with("too-many-aliases")), "{found:?}");
    assert!(
        problems(&[("accord.yaml", ACCORD), ("a.yaml", "people: &p { x@y.example: *p }")])
            .iter()
            .any(|problem| problem.contains("alias"))
    );
}

#[test]
fn paths_stay_inside() {
    let partner = "partners:\n  nova: { id: \"5\", direction: inbound, roster: ../rosters/nova.csv }\n  sol: { id: \"6\", direction: inbound, roster: ../../etc/passwd }\n";
    assert_eq!(
        problems(&[("accord.yaml", ACCORD), ("partners/a.yaml", partner)]),
        ["outside partners/a.yaml:3 ../../etc/passwd"]
    );
}

#[test]
fn secrets_are_refused_and_not_repeated() {
    let text = "people:\n  bo@acme.example: { name: pina_ABCDEFGHIJKLMNOP }\n";
    let reading = read(&[("accord.yaml", ACCORD), ("a.yaml", text)]);
    assert_eq!(reading.problems[0].code, "secret");
    assert!(!format!("{:?}", reading.problems).contains("ABCDEFGH"));
}

#[test]
fn the_example_reads() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/single-brand");
    let one = from_folder(&root, 1).unwrap();
    assert_eq!(one.problems, []);
    let two = from_folder(&root, 4).unwrap();
    assert_eq!(format!("{:?}", one.state.unwrap().grants), format!("{:?}", two.state.unwrap().grants));
}

#[test]
fn the_schema_knows_every_key() {
    let schema = schema();
    assert_eq!(schema["properties"]["people"]["additionalProperties"]["anyOf"][0]["$ref"], "#/$defs/person");
    let grant = &schema["$defs"]["grant"];
    assert_eq!(grant["required"], serde_json::json!(["on"]));
    assert!(
        grant["properties"]["permissions"]["items"]["enum"].as_array().unwrap().contains(&"CAMPAIGN_MANAGER".into())
    );
    assert!(!grant["properties"]["permissions"]["items"]["enum"].as_array().unwrap().contains(&"OWNER".into()));
}

#[test]
fn a_wrong_business_or_profile_does_not_hide_what_is_written_about_it() {
    let accord = "version: 1\nbusinesses:\n  acme: { platform: pinterst, id: 12 }\naccounts:\n  fr: { id: \"1\" }\n  de: { id: \"1\" }\nprofiles:\n  unused: { needs: [edit-campaings] }\n  empty: { permissions: [] }\npartners:\n  nova: { direction: inwards, grants: [{ on: fr, permissions: [OWNER] }, { on: fr, profile: unused }] }\n";
    assert_eq!(
        problems(&[("accord.yaml", accord)]),
        [
            "unknown-word accord.yaml:3 pinterst",
            "id-as-number accord.yaml:3 12",
            "duplicate-id accord.yaml:6 de",
            "unknown-word accord.yaml:8 edit-campaings",
            "empty-list accord.yaml:9 [",
            "missing-key accord.yaml:11 nova",
            "unknown-word accord.yaml:11 inwards",
            "read-only-permission accord.yaml:11 OWNER",
        ]
    );
}

#[test]
fn addresses_fold_as_they_do_everywhere_else() {
    // `ǅ` is neither upper nor lower case, and its lower case is `ǆ`.
    let people = "people:\n  ǅ@acme.example:\n  ǆ@acme.example:\n";
    assert_eq!(problems(&[("accord.yaml", ACCORD), ("a.yaml", people)]), ["duplicate a.yaml:3 ǆ@acme.example"]);
}
