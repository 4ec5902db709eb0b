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
    let words = grant["properties"]["permissions"]["items"]["$ref"].as_str().unwrap();
    let words = schema.pointer(words.trim_start_matches('#')).unwrap()["enum"].as_array().unwrap();
    assert!(words.contains(&"CAMPAIGN_MANAGER".into()));
    assert!(!words.contains(&"OWNER".into()));
    let rule = &schema["$defs"]["policy"]["properties"]["rules"]["additionalProperties"]["anyOf"];
    assert!(rule[0]["enum"].as_array().unwrap().contains(&"deny".into()));
    assert_eq!(rule[1]["additionalProperties"]["anyOf"][1]["type"], "array");
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

const POLICY: &str = r#"policy:
  profile: agency
  directory: hr/people.csv
  rules:
    toxic-pair-asset: deny
    too-many-managers: { level: warn, count: 7, except: [ana@acme.example] }
  toxic:
    money: { capabilities: [edit-billing, edit-campaigns], within: client, reason: who spends does not pay }
  conflicts:
    shops: { clients: [north, south], except: bo@acme.example }
  waivers:
    - { rule: toxic-pair-asset, subject: bo@acme.example, object: fr, reason: r, owner: cy@acme.example, approved_by: ana@acme.example, approved_on: 2026-11-01, until: 2027-01-31, renewed: [2026-11-20] }
    - { rule: partner-has-admin, subject: nova, reason: r, owner: cy@acme.example, approved_by: ana@acme.example, approved_on: 2026-11-01, until: 2027-01-31 }
  assertions:
    - { who_can: edit-billing, on: [fr, "1002"], people: [ana@acme.example], teams: social }
    - { cannot: access, partners: nova, clients: south }
  assignments:
    - { teams: social, clients: [north] }
  boundaries:
    - { files: people.yaml, on: fr, permissions: [ANALYST], holders: [people], roles: [employee] }
  protected_labels: [eu]
  exempt:
    - { who: lea@nova.example, reason: agency }
  custom_rules:
    no-outsiders:
      message: nobody from outside edits billing
      match: { external: true, capabilities: edit-billing }
      unless: { person: "*@auditors.example" }
      when: client == "north" && !service
      fires:
        - { person: lea@nova.example, external: true, client: north, permissions: FINANCE_MANAGER }
      quiet:
        - { person: eve@auditors.example, external: true, client: north, permissions: FINANCE_MANAGER }
        - { external: true, client: south, permissions: FINANCE_MANAGER }
    few-payers:
      level: warn
      message: too many people pay
      match: { capabilities: edit-billing }
      limit: { at_most: 1, of: people, per: client }
      fires:
        - { person: a@acme.example, client: north, permissions: FINANCE_MANAGER }
        - { person: b@acme.example, client: north, permissions: FINANCE_MANAGER }
      quiet:
        - { person: a@acme.example, client: north, permissions: FINANCE_MANAGER }
        - { person: b@acme.example, client: south, permissions: FINANCE_MANAGER }
"#;

const NORTH_AND_SOUTH: &str = r#"version: 1
businesses:
  acme: { platform: pinterest, id: "729", domains: [acme.example] }
accounts:
  fr: { id: "1001", client: north, labels: [eu] }
  de: { id: "1002", client: south, labels: [eu] }
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { id: "77", also: [bo.larsen@acme.example] }
  cy@acme.example:
teams:
  social: { members: [bo@acme.example, cy@acme.example] }
partners:
  nova: { id: "5009", direction: inbound, contact: lead@nova.example }
"#;

#[test]
fn a_policy_is_read_whole_and_knows_whom_it_names() {
    let state = state(&[("accord.yaml", NORTH_AND_SOUTH), ("people.yaml", "people: {}"), ("policy/main.yaml", POLICY)]);
    let policy = &state.policy;
    assert_eq!(policy.profile.map(|profile| profile.value), Some(crate::policy::Profile::Agency));
    let managers = policy.rule("too-many-managers").unwrap();
    assert_eq!(managers.level.map(|level| level.value), Some(crate::policy::Level::Warn));
    assert_eq!(managers.param("count").unwrap().number(1, 100), Ok(7));
    assert_eq!(managers.param("except").unwrap().texts()[0].value, "ana@acme.example");
    assert!(managers.param("count").unwrap().flag().is_err());
    let waiver = &policy.waivers[0];
    assert_eq!(
        waiver.subject.as_ref().unwrap().names,
        ["person:77", "person:bo.larsen@acme.example", "person:bo@acme.example"]
    );
    assert_eq!(waiver.object.as_ref().unwrap().names, ["asset:1001"]);
    assert_eq!(waiver.days(), 72);
    assert_eq!(policy.waivers[1].subject.as_ref().unwrap().names, ["business:5009", "partner:5009"]);
    assert_eq!(policy.assertions[0].who.len(), 2);
    assert_eq!(policy.assertions[0].scope.assets[1].key, "de");
    let crate::policy::Who::Team { members, .. } = &policy.assignments[0].who[0] else { panic!("no team") };
    assert_eq!(members, &["bo@acme.example", "cy@acme.example"]);
    assert_eq!(
        policy.custom_rules.iter().map(|rule| rule.name.value.as_str()).collect::<Vec<_>>(),
        ["few-payers", "no-outsiders"]
    );
    assert_eq!(policy.toxic[0].scope, crate::policy::ToxicScope::Client);
    assert_eq!(policy.exempt[0].missing(), ["owner", "until"]);
    assert_eq!(policy.boundaries[0].files[0].value, "people.yaml");
}

#[test]
fn a_policy_stands_where_it_can_be_reviewed() {
    let policy = "policy:\n  profile: agency\n";
    for path in ["policy.yaml", "policy/waivers/x.yaml"] {
        assert_eq!(problems(&[("accord.yaml", ACCORD), (path, policy)]), [] as [String; 0], "{path}");
    }
    assert_eq!(
        problems(&[("accord.yaml", ACCORD), ("teams/a.yaml", policy)]),
        ["policy-elsewhere teams/a.yaml:1 policy"]
    );
    assert_eq!(
        problems(&[("accord.yaml", ACCORD), ("policy.yaml", policy), ("policy/b.yaml", policy)]),
        ["duplicate policy/b.yaml:2 agency"]
    );
}

#[test]
fn names_words_and_days_of_a_policy_are_checked_where_they_stand() {
    let table = [
        ("  profile: agncy\n", "unknown-word policy.yaml:2 agncy"),
        ("  protected_labels: [ue]\n", "unknown-name policy.yaml:2 ue"),
        ("  rules: { a: refuse }\n", "unknown-word policy.yaml:2 refuse"),
        ("  rules: { a: { level: off, level: warn } }\n", "duplicate-key policy.yaml:2 level"),
        ("  rules: { a: warn }\n  rules: { b: warn }\n", "duplicate-key policy.yaml:3 rules"),
        ("  toxic: { a: { capabilities: [edit-billing] } }\n", "set-of-one policy.yaml:2 a"),
        ("  toxic: { a: { capabilities: [edit-billing, edit-biling] } }\n", "unknown-word policy.yaml:2 edit-biling"),
        ("  conflicts: { a: { clients: [north, north] } }\n", "duplicate policy.yaml:2 north"),
        ("  conflicts: { a: { clients: [north, sooth] } }\n", "unknown-name policy.yaml:2 sooth"),
        ("  assertions:\n    - { can: edit-billing, on: fr, people: aba }\n", "unknown-name policy.yaml:3 aba"),
        (
            "  assertions:\n    - { can: edit-billing, on: frr, people: ana@acme.example }\n",
            "unknown-name policy.yaml:3 frr",
        ),
        (
            "  assertions:\n    - { cannot: access, people: ann@acme.example }\n",
            "unknown-person policy.yaml:3 ann@acme.example",
        ),
        ("  assertions:\n    - { can: access, on: fr }\n", "missing-key policy.yaml:3 {"),
        (
            "  assertions:\n    - { can: access, cannot: access, people: ana@acme.example }\n",
            "two-ways policy.yaml:3 {",
        ),
        ("  assertions:\n    - { who_can: access, on: fr }\n", "missing-key policy.yaml:3 {"),
        ("  assertions:\n    - { can: access, people: ana@acme.example, on: [] }\n", "empty-list policy.yaml:3 ["),
        ("  assignments: [{ clients: north }]\n", "missing-key policy.yaml:2 {"),
        ("  boundaries: [{ files: 'teams/{a' }]\n", "bad-pattern policy.yaml:2 'teams/{a'"),
        ("  boundaries: [{ files: nothing/** }]\n", "fits-nothing policy.yaml:2 nothing/**"),
        ("  exempt: [{ who: a@b.example, until: 2027-02-30 }]\n", "bad-day policy.yaml:2 2027-02-30"),
        ("  directory: ../hr.csv\n", "outside policy.yaml:2 ../hr.csv"),
        ("  guards: { managers: many }\n", "bad-number policy.yaml:2 many"),
    ];
    for (text, expected) in table {
        let policy = format!("policy:\n{text}");
        let found = problems(&[("accord.yaml", NORTH_AND_SOUTH), ("policy.yaml", &policy)]);
        assert_eq!(found, [expected], "{text}");
    }
}

/// `apply` writes there: who edits the files must not choose a place on the machine of who applies.
#[test]
fn what_apply_writes_stays_inside() {
    let with = |path: &str| {
        let business = format!(
            "version: 1\nbusinesses:\n  acme:\n    platform: pinterest\n    id: \"729\"\n    last_applied: '{path}'\n"
        );
        problems(&[("accord.yaml", &business)])
    };
    for path in ["../x.json", "/etc/x.json", "state/../../x.json", "C:/x.json", "..\\x.json", "\\\\host\\x.json", ".."]
    {
        assert_eq!(with(path), [format!("outside accord.yaml:6 '{path}'")]);
    }
    for path in ["x.json", "./state/x.json", "state/../x.json", "..x/y.json"] {
        assert_eq!(with(path), [] as [String; 0], "{path}");
    }
}

#[test]
fn nobody_accepts_what_is_to_their_own_good() {
    let waiver = |subject: &str, approver: &str| {
        let policy = format!(
            "policy:\n  waivers:\n    - {{ rule: x, subject: {subject}, reason: r, owner: ana@acme.example, approved_by: {approver}, approved_on: 2026-11-01, until: 2027-01-31 }}\n"
        );
        problems(&[("accord.yaml", NORTH_AND_SOUTH), ("policy.yaml", &policy)])
    };
    assert_eq!(waiver("bo@acme.example", "ana@acme.example"), [] as [String; 0]);
    for (subject, approver) in [
        ("bo@acme.example", "bo@acme.example"),
        ("bo@acme.example", "Bo.Larsen@acme.example"),
        ("'77'", "bo.larsen@acme.example"),
        ("person:bo.larsen@acme.example", "bo@acme.example"),
        ("social", "cy@acme.example"),
        ("nova", "lead@nova.example"),
    ] {
        assert_eq!(waiver(subject, approver), [format!("self-approval policy.yaml:3 {approver}")], "{subject}");
    }
    assert_eq!(waiver("nobody", "ana@acme.example"), ["unknown-name policy.yaml:3 nobody"]);
    // Perhaps bo's own.
    assert_eq!(waiver("bo@acme.example", "bo@home.example"), ["unknown-approver policy.yaml:3 bo@home.example"]);
}

#[test]
fn a_file_of_the_policy_counts_while_it_says_something() {
    let files = |policy: &str| {
        let texts = [("accord.yaml", NORTH_AND_SOUTH), ("policy.yaml", policy)];
        let texts = texts.map(|(path, text)| (path.to_owned(), text.to_owned()));
        super::from_texts(&texts).state.unwrap().files_of(0)
    };
    assert_eq!(files("policy: { guards: { managers: 2 } }\n"), ["accord.yaml", "policy.yaml"]);
    assert_eq!(files("policy: {}\n"), ["accord.yaml"]);
}

#[test]
fn a_waiver_says_all_that_an_auditor_asks() {
    let policy = "policy:\n  waivers:\n    - { rule: x }\n    - { rule: x, reason: r, owner: o@x.example, approved_by: p@x.example, approved_on: 2026-11-01, until: 2026-10-31, renewed: [2026-10-01] }\n";
    assert_eq!(
        problems(&[("accord.yaml", NORTH_AND_SOUTH), ("policy.yaml", policy)]),
        [
            "missing-key policy.yaml:3 {",
            "missing-key policy.yaml:3 {",
            "missing-key policy.yaml:3 {",
            "missing-key policy.yaml:3 {",
            "missing-key policy.yaml:3 {",
            "waives-everything policy.yaml:4 {",
            "unknown-approver policy.yaml:4 p@x.example",
            "not-in-order policy.yaml:4 2026-10-01",
        ]
    );
}

#[test]
fn custom_rules_are_refused_where_their_tests_or_expressions_fail() {
    let rule = |text: &str| {
        let policy = format!("policy:\n  custom_rules:\n    mine:\n      message: m\n{text}");
        problems(&[("accord.yaml", NORTH_AND_SOUTH), ("policy.yaml", &policy)])
    };
    let tests = "      fires: [{ external: true }]\n      quiet: [{ external: false }]\n";
    let table = [
        ("      match: { external: true }\n", tests, [].as_slice()),
        ("      match: { external: false }\n", tests, &["test-failed policy.yaml:6 {", "test-failed policy.yaml:7 {"]),
        (
            "      match: { two_factor: false }\n",
            tests,
            &["test-failed policy.yaml:6 {", "test-failed policy.yaml:7 {"],
        ),
        ("      match: { external: yes }\n", tests, &["unknown-word policy.yaml:5 yes"]),
        ("      match: { externl: true }\n", tests, &["unknown-key policy.yaml:5 externl"]),
        ("      match: { inactive_days: 5 }\n", tests, &["unknown-key policy.yaml:5 inactive_days"]),
        ("      match: { capabilities: edit-biling }\n", tests, &["unknown-word policy.yaml:5 edit-biling"]),
        ("      when: external && clint == \"a\"\n", tests, &["unknown-field policy.yaml:5 clint"]),
        (
            "      when: |\n        external &&\n          \"x\" in paths\n",
            tests,
            &["unknown-word policy.yaml:7 \"x\""],
        ),
        ("      when: \"external && \\\"é\\\" == externl\"\n", tests, &["unknown-field policy.yaml:5 externl"]),
        ("      when: 'external &&'\n", tests, &["expression-syntax policy.yaml:5 '"]),
        ("", tests, &["fires-always policy.yaml:3 mine"]),
        ("      match: { external: true }\n", "      fires: []\n      quiet: [{}]\n", &["no-test policy.yaml:3 mine"]),
        (
            "      match: { external: true }\n",
            "      fires: [{ days_left: soon }]\n      quiet: [{}]\n",
            &["bad-number policy.yaml:6 soon"],
        ),
        (
            "      match: { external: true }\n      limit: { at_most: 1, of: peple }\n",
            tests,
            &["unknown-word policy.yaml:6 peple"],
        ),
        (
            "      match: { external: true }\n      limit: { at_most: 1, of: people }\n",
            tests,
            &["test-failed policy.yaml:7 {"],
        ),
    ];
    for (text, tests, expected) in table {
        assert_eq!(rule(&format!("{text}{tests}")), expected, "{text}");
    }
}

proptest::proptest! {
    /// A policy with a stretch replaced by something else ends in a state or in located problems.
    #[test]
    fn hostile_policies_end_in_messages(at in 0usize..POLICY.len(), length in 0usize..200, part in 0usize..HOSTILE.len()) {
        let end = (at + length).min(POLICY.len());
        let policy = format!("{}{}{}", &POLICY[..at], HOSTILE[part], &POLICY[end..]);
        let reading = read(&[("accord.yaml", NORTH_AND_SOUTH), ("people.yaml", "people: {}"), ("policy.yaml", &policy)]);
        proptest::prop_assert!(reading.state.is_some() || !reading.problems.is_empty());
        for problem in &reading.problems {
            proptest::prop_assert!(problem.span.is_some(), "{problem:?}");
        }
    }
}

const HOSTILE: [&str; 22] = [
    "",
    " ",
    "\n",
    ":",
    "{",
    "}",
    "[",
    "]",
    "- ",
    "\"",
    "'",
    "\u{0}",
    "é",
    "|\n",
    "&a ",
    "*a",
    "null",
    "99999999999999999999",
    "2026-02-30",
    "<<: {}",
    "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{",
    "((((((((((",
];

#[test]
fn addresses_fold_as_they_do_everywhere_else() {
    // `ǅ` is neither upper nor lower case, and its lower case is `ǆ`.
    let people = "people:\n  ǅ@acme.example:\n  ǆ@acme.example:\n";
    assert_eq!(problems(&[("accord.yaml", ACCORD), ("a.yaml", people)]), ["duplicate a.yaml:3 ǆ@acme.example"]);
}

#[test]
fn a_person_written_twice_in_one_of_two_businesses_is_told_once_there() {
    let root = ACCORD
        .replace("accounts:", "  other: { platform: pinterest, id: \"730\" }\naccounts:")
        .replace("version: 1\n", "version: 1\nbusiness: acme\n");
    let acme = "business: acme\npeople:\n  Bo@acme.example: {}\n";
    let other = "business: other\npeople:\n  bo@acme.example: {}\n  BO@acme.example: {}\n";
    assert_eq!(problems(&[("accord.yaml", &root), ("a.yaml", acme)]), Vec::<String>::new());
    let found = problems(&[("accord.yaml", &root), ("a.yaml", acme), ("b.yaml", other)]);
    assert_eq!(found, ["duplicate b.yaml:4 BO@acme.example"]);
    let again = problems(&[("accord.yaml", &root), ("a.yaml", acme), ("b.yaml", acme)]);
    assert_eq!(again, ["duplicate b.yaml:3 Bo@acme.example"]);
}
