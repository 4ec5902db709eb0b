//! Each guard can refuse and stay quiet, in a table.

use crate::desired::DesiredState;
use crate::diff::world::{export, files, files_with};
use crate::model::PersonRef;
use crate::observed::ObservedState;
use crate::plan::file::When;
use crate::plan::guards::GUARDS;
use crate::plan::tests::{Made, Try};
use crate::plan::{BuildError, Override, Verdict};
use crate::policy::{Applicant, GuardLimits};

/// A case: what the guard says (`None` = quiet) of files and an export.
struct Row {
    what: &'static str,
    guard: &'static str,
    count: Option<u64>,
    business: &'static str,
    text: &'static str,
    rows: String,
    limits: fn(&mut GuardLimits),
    as_of: &'static str,
    applicant: Option<&'static str>,
    last: Option<String>,
    managed_before: Option<Vec<String>>,
    files_before: Option<Vec<String>>,
}

impl Row {
    fn new(what: &'static str, guard: &'static str, count: Option<u64>) -> Self {
        Row {
            what,
            guard,
            count,
            business: "",
            text: "people: { ana@acme.example: { role: manager } }\n",
            rows: ANA.to_owned(),
            limits: |_| {},
            as_of: "2026-11-22T12:00:00Z",
            applicant: None,
            last: None,
            managed_before: None,
            files_before: None,
        }
    }

    fn text(mut self, text: &'static str) -> Self {
        self.text = text;
        self
    }

    fn rows(mut self, rows: impl AsRef<str>) -> Self {
        self.rows = format!("{ANA}{}", rows.as_ref());
        self
    }

    fn limits(mut self, limits: fn(&mut GuardLimits)) -> Self {
        self.limits = limits;
        self
    }

    fn states(&self) -> (DesiredState, ObservedState, Option<ObservedState>) {
        let mut desired = match self.business {
            "" => files(self.text),
            keys => files_with(keys, self.text),
        };
        (self.limits)(&mut desired.policy.guards);
        let last = self.last.as_ref().map(|rows| export(rows));
        (desired, export(&self.rows), last)
    }

    fn check(&self) {
        let (desired, observed, last) = self.states();
        let mut attempt = Try::new(&desired, &observed).on(self.as_of);
        attempt.last_applied = last.as_ref();
        attempt.managed_before = self.managed_before.clone();
        attempt.files_before = self.files_before.clone();
        attempt.applicant =
            Applicant(self.applicant.map(|email| PersonRef { email: Some(email.to_owned()), ..PersonRef::default() }));
        let made = attempt.plan();
        assert_eq!(said(&made, self.guard), self.count, "{}: {:?}", self.guard, self.what);
    }
}

const ANA: &str = "member 11 ana@acme.example BIZ_ADMIN\naccount 71 Acme France\n";

fn said(made: &Made, guard: &str) -> Option<u64> {
    let found = made.refused().into_iter().find(|(name, _)| name == guard);
    found.map(|(_, count)| count)
}

/// `count` members nobody names, from id 100.
fn strangers(count: usize) -> String {
    let rows = (100..100 + count).map(|id| format!("member {id} m{id}@acme.example EMPLOYEE\n"));
    rows.collect()
}

/// Members with a grant that the files keep.
fn kept(count: usize) -> (String, String) {
    let ids = 500..500 + count;
    let text: String = ids.clone().map(|id| format!("  m{id}@acme.example:\n")).collect();
    let rows = ids.map(|id| format!("member {id} m{id}@acme.example EMPLOYEE\n"));
    (text, rows.collect())
}

fn table() -> Vec<Row> {
    let grants: String = (0..6).map(|at| format!("account 8{at}\ngrant 11 8{at} ANALYST\n")).collect();
    let (many_text, many_rows) = kept(100);
    let many: &'static str =
        Box::leak(format!("people:\n  ana@acme.example: {{ role: manager }}\n{many_text}").into_boxed_str());
    let group = "group 90 G = 71 80 81 82 83 84 85\n";
    let assets: String = (0..6).map(|at| format!("account 8{at}\n")).collect();
    vec![
        Row::new("up to the floor", "removals", None).rows(strangers(5)),
        Row::new("above the floor and a large share", "removals", Some(6)).rows(strangers(6)),
        Row::new("above the floor and a small share", "removals", None)
            .text(many)
            .rows(many_rows.clone() + &strangers(6))
            .limits(|limits| limits.removals_share = 6),
        Row::new("a small share and a large number", "removals", Some(21))
            .text(many)
            .rows(many_rows + &strangers(21))
            .limits(|limits| limits.removals_share = 50),
        Row::new("grants count each", "removals", Some(6))
            .text("people: { ana@acme.example: { role: manager, grants: [] } }\n")
            .rows(&grants),
        Row::new("unmanaged grants don't", "removals", None).rows(&grants),
        Row::new("a grant on a group counts as what it reaches", "removals", Some(8))
            .text("people: { ana@acme.example: { role: manager, grants: [] } }\n")
            .rows(format!("{assets}{group}grant 11 90 ANALYST")),
        Row::new("what stays through another way is not lost", "removals", None)
            .text("people: { ana@acme.example: { role: manager, grants: [{ on: [g], permissions: [ADMIN] }] } }\nasset_groups: { g: { id: \"90\", name: G, description: d, types: [BRAND] } }\n")
            .rows(format!("{grants}{group}grant 11 90 ADMIN")),
        Row::new("grants that end with a membership count", "removals", Some(7))
            .rows(format!(
                "{}member 12 bo@acme.example EMPLOYEE\n",
                grants.replace("grant 11", "grant 12")
            )),
        Row::new("contents of groups", "removals", Some(7))
            .text("asset_groups: { g: { id: \"90\", name: G, description: d, types: [BRAND], contains: [] } }\n")
            .rows(format!("{assets}{group}")),
        Row::new("invitations", "removals", Some(6)).rows(
            (0..6)
                .map(|at| format!("invite 3{at} x{at}@acme.example EMPLOYEE PENDING 2026-11-20\n"))
                .collect::<String>(),
        ),
        Row::new("managers who become less", "removals", Some(6))
            .text("people: { ana@acme.example: { role: manager }, b@acme.example: , c@acme.example: , d@acme.example: , e@acme.example: , f@acme.example: , g@acme.example: }\n")
            .rows("member 21 b@acme.example BIZ_ADMIN\nmember 22 c@acme.example BIZ_ADMIN\nmember 23 d@acme.example BIZ_ADMIN\nmember 24 e@acme.example BIZ_ADMIN\nmember 25 f@acme.example BIZ_ADMIN\nmember 26 g@acme.example BIZ_ADMIN\n"),
        Row::new("the last one becomes less", "last-admin", Some(1))
            .text("people: { ana@acme.example: }\n"),
        Row::new("another is made one", "last-admin", None)
            .text("people: { ana@acme.example: , bo@acme.example: { role: manager } }\n")
            .rows("member 12 bo@acme.example EMPLOYEE"),
        Row::new("an invited one doesn't count", "last-admin", Some(1))
            .text("people: { ana@acme.example: , bo@acme.example: { role: manager } }\n"),
        Row::new("a service account doesn't count", "last-admin", Some(1))
            .text("people: { ana@acme.example: , bo@acme.example: { role: manager, service: true } }\n")
            .rows("member 12 bo@acme.example BIZ_ADMIN"),
        Row::new("there was none before and this plan is not why", "last-admin", None)
            .text("people: { ana@acme.example: { role: manager } }\n")
            .limits(|limits| limits.managers = 2),
        Row::new("two are asked for and one is left", "last-admin", Some(1))
            .rows("member 12 bo@acme.example BIZ_ADMIN")
            .limits(|limits| limits.managers = 2),
        Row {
            applicant: Some("BO@acme.example"),
            ..Row::new("one's own membership", "own-access", Some(1)).rows("member 12 bo@acme.example EMPLOYEE")
        },
        Row {
            applicant: Some("bo@acme.example"),
            ..Row::new("one's own grants, each", "own-access", Some(2))
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: { grants: [{ on: [fr], permissions: [ANALYST] }] } }\naccounts: { fr: { id: \"71\" } }\n")
                .rows("member 12 bo@acme.example EMPLOYEE\naccount 72\ngrant 12 71 ANALYST;ADMIN\ngrant 12 72 ANALYST")
        },
        Row {
            applicant: Some("bo@acme.example"),
            ..Row::new("one's own role", "own-access", Some(1))
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: }\n")
                .rows("member 12 bo@acme.example BIZ_ADMIN")
        },
        Row {
            applicant: Some("ana@acme.example"),
            ..Row::new("somebody else's", "own-access", None).rows(strangers(1))
        },
        Row {
            applicant: Some("bo.private@home.example"),
            ..Row::new("one's own role, under another address", "own-access", Some(1))
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: { also: [bo.private@home.example] } }\n")
                .rows("member 12 bo@acme.example BIZ_ADMIN")
        },
        Row {
            applicant: Some("bo"),
            ..Row::new("one's own role, by the key in the files", "own-access", Some(1))
                .text("people: { ana@acme.example: { role: manager }, bo: { id: \"12\" } }\n")
                .rows("member 12 bo@acme.example BIZ_ADMIN")
        },
        Row {
            applicant: Some("bolarsen"),
            ..Row::new("one's own role, by a user name that the export lacks", "own-access", Some(1))
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: { username: BoLarsen } }\n")
                .rows("member 12 bo@acme.example BIZ_ADMIN")
        },
        Row {
            business: ", protected: [bo@acme.example]",
            ..Row::new("a protected line vanished", "protected", Some(1)).rows("member 12 bo@acme.example EMPLOYEE")
        },
        Row {
            business: ", protected: [\"12\"]",
            ..Row::new("protected by id", "protected", Some(1)).rows("member 12 bo@acme.example EMPLOYEE")
        },
        Row {
            business: ", protected: [zed@acme.example]",
            ..Row::new("a protected invitee", "protected", Some(1))
                .rows("invite 31 zed@acme.example EMPLOYEE PENDING 2026-11-20")
        },
        Row {
            business: ", protected: [nova]",
            ..Row::new("a protected partner's grant", "protected", Some(1))
                .text("accounts: { fr: { id: \"71\" } }\npartners: { nova: { id: \"500\", direction: inbound, grants: [] } }\n")
                .rows("partner 500 inbound Nova\nshared 500 inbound 71 ADMIN")
        },
        Row {
            business: ", protected: [ana@acme.example]",
            ..Row::new("a protected person who loses nothing", "protected", None).rows(strangers(1))
        },
        Row::new("an empty section", "empty-desired", Some(1)).text("people: {}\n"),
        Row::new("a section below its share", "empty-desired", Some(2)).rows(strangers(2)),
        Row::new("half of it is enough", "empty-desired", None).rows(strangers(1)),
        Row::new("next to nothing is asked of grants", "empty-desired", Some(3))
            .text("people: { ana@acme.example: { role: manager, grants: [{ on: [fr], permissions: [ANALYST] }] } }\naccounts: { fr: { id: \"71\" } }\n")
            .rows("account 72\naccount 73\naccount 74\ngrant 11 71 ANALYST\ngrant 11 72 ANALYST\ngrant 11 73 ANALYST\ngrant 11 74 ANALYST"),
        Row {
            business: ", mode: adopt",
            ..Row::new("what only adds may be empty", "empty-desired", None).text("people: {}\n")
        },
        Row::new("an ended line is a statement", "empty-desired", None)
            .text("people: { ana@acme.example: { role: manager } }\npartners: { nova: { id: \"500\", direction: inbound, ends: 2026-11-01 } }\n")
            .rows("partner 500 inbound Nova"),
        Row::new("a removal rests on half a list", "incomplete-export", Some(1))
            .rows(strangers(1) + "part members"),
        Row::new("an addition rests on half a list", "incomplete-export", None)
            .text("people: { ana@acme.example: { role: manager }, bo@acme.example: }\n")
            .rows("part members"),
        Row {
            rows: "account 71\n".to_owned(),
            ..Row::new("nobody at all", "incomplete-export", Some(1))
        },
        Row {
            as_of: "2026-11-23T07:00:00Z",
            ..Row::new("an old export", "snapshot-age", Some(25)).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-23T06:00:00Z",
            ..Row::new("just young enough", "snapshot-age", None).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-23T06:00:01Z",
            ..Row::new("a second too old", "snapshot-age", Some(24)).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-22T05:00:00Z",
            ..Row::new("an hour newer, as clocks differ", "snapshot-age", None).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-22T03:59:59Z",
            ..Row::new("newer than the plan's moment", "snapshot-age", Some(2)).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-22T00:00:00Z",
            ..Row::new("of the day for which the plan is", "snapshot-age", None).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-21T00:00:00Z",
            ..Row::new("of the day after", "snapshot-age", Some(30)).rows(strangers(1))
        },
        Row {
            as_of: "2026-11-22T03:59:59Z",
            ..Row::new("newer, and the guard is off", "snapshot-age", None)
                .rows(strangers(1))
                .limits(|limits| limits.snapshot_age_hours = None)
        },
        Row {
            as_of: "2027-11-23T07:00:00Z",
            ..Row::new("nothing to do", "snapshot-age", None)
        },
        Row::new("nothing was applied before", "first-apply", Some(2)).rows(strangers(2)),
        Row {
            last: Some(format!("{ANA}{}", strangers(2))),
            ..Row::new("it was applied before", "first-apply", None).rows(strangers(2))
        },
        Row {
            last: Some(format!("{ANA}{}", strangers(2))),
            managed_before: Some(vec!["partners".to_owned()]),
            ..Row::new("people are managed for the first time", "first-apply", Some(2)).rows(strangers(2))
        },
        Row {
            files_before: Some(vec!["all.yaml".to_owned(), "people.yaml".to_owned()]),
            ..Row::new("a file of the last apply is gone", "lost-file", Some(2)).rows(strangers(2))
        },
        Row {
            files_before: Some(vec!["all.yaml".to_owned()]),
            ..Row::new("all files are there", "lost-file", None).rows(strangers(2))
        },
        Row {
            files_before: Some(vec!["people.yaml".to_owned()]),
            ..Row::new("a file is gone and takes nothing away", "lost-file", None)
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: }\n")
        },
        Row {
            files_before: Some(vec!["people.yaml".to_owned()]),
            ..Row::new("a file is gone and a line ended", "lost-file", None)
                .text("people: { ana@acme.example: { role: manager }, m100@acme.example: { until: 2026-11-01 } }\n")
                .rows(strangers(1))
        },
        Row {
            files_before: Some(vec!["accord.yaml".to_owned(), "all.yaml".to_owned(), "policy.yaml".to_owned()]),
            ..Row::new("the policy of the last apply is gone, and something is added", "lost-file", Some(1))
                .text("people: { ana@acme.example: { role: manager }, bo@acme.example: }\n")
        },
        Row {
            files_before: Some(vec!["accord.yaml".to_owned(), "all.yaml".to_owned(), "policy/guards.yaml".to_owned()]),
            ..Row::new("the policy of the last apply is gone, and nothing is done", "lost-file", None)
        },
        Row::new("additions are no removals", "first-apply", None)
            .text("people: { ana@acme.example: { role: manager }, bo@acme.example: }\n"),
        Row::new("an id under another name", "id-swap", Some(1))
            .text("accounts: { fr: { id: \"79\", name: Acme France } }\n"),
        Row::new("an id under its name", "id-swap", None)
            .text("accounts: { fr: { id: \"71\", name: Acme France } }\n"),
        Row::new("a partner's id under another name", "id-swap", Some(1))
            .text("partners: { nova: { id: \"501\", direction: inbound, name: Nova } }\n")
            .rows("partner 500 inbound Nova"),
    ]
}

#[test]
fn every_guard_refuses_and_stays_quiet() {
    for row in table() {
        row.check();
    }
}

#[test]
fn the_table_has_both_for_every_guard() {
    for guard in GUARDS {
        let rows = table();
        let of: Vec<&Row> = rows.iter().filter(|row| row.guard == guard).collect();
        assert!(of.iter().any(|row| row.count.is_some()), "{guard} never refuses");
        assert!(of.iter().any(|row| row.count.is_none()), "{guard} is never quiet");
    }
}

#[test]
fn messages_give_numbers_units_and_limits() {
    let (desired, observed) =
        (files("people: { ana@acme.example: { role: manager } }\n"), export(&format!("{ANA}{}", strangers(6))));
    let made = Try::new(&desired, &observed).plan();
    let removals = &made.business().guards[0].verdict;
    let Verdict::Refused { message, details, .. } = removals else {
        panic!("{removals:?}");
    };
    assert_eq!(
        message,
        "6 removals in all; too many of 6 of 7 memberships (86 %); limit 5 % or 20 of a class, 5 always pass"
    );
    assert_eq!(details, &["6 of 7 memberships (86 %)"]);
}

#[test]
fn limits_that_are_off_say_so() {
    let mut desired = files("people: { ana@acme.example: { role: manager } }\n");
    let limits = &mut desired.policy.guards;
    (limits.snapshot_age_hours, limits.first_apply, limits.managers) = (None, false, 0);
    let observed = export(ANA);
    let made = Try::new(&desired, &observed).plan();
    let off: Vec<&str> = made
        .business()
        .guards
        .iter()
        .filter(|result| result.verdict == Verdict::Off)
        .map(|result| result.guard.as_str())
        .collect();
    assert_eq!(off, ["last-admin", "snapshot-age", "first-apply"]);
}

#[test]
fn an_override_names_the_exact_count() {
    let desired = files("people: { ana@acme.example: { role: manager } }\n");
    let observed = export(&format!("{ANA}{}", strangers(6)));
    let allow = |count| {
        let attempt =
            Try::new(&desired, &observed).allow("removals", count).allow("first-apply", 6).allow("empty-desired", 6);
        attempt.plan()
    };
    assert!(allow(6).refused().is_empty());
    let made = allow(7);
    assert_eq!(made.refused(), [("removals".to_owned(), 6)]);
    let Verdict::Refused { message, .. } = &made.business().guards[0].verdict else {
        panic!();
    };
    assert!(message.ends_with("; 7 allowed, 6 found"), "{message}");
    let when = When { now: "2026-11-22T12:00:00Z".parse().unwrap(), meant: None };
    assert!(made.stored().approve(&crate::plan::approvals::Given::NONE, when).is_err());
    assert!(allow(6).stored().approve(&crate::plan::approvals::Given::NONE, when).is_ok());
}

#[test]
fn an_override_without_a_refusal_is_an_error() {
    let desired = files("people: { ana@acme.example: { role: manager } }\n");
    let observed = export(ANA);
    let error = |attempt: Try<'_>| attempt.build().unwrap_err().to_string();
    let new = || Try::new(&desired, &observed);
    assert_eq!(
        error(new().allow("removals", 3)),
        "guard `removals` does not refuse the plan of business `acme`, so there is nothing to allow; leave `--allow` out"
    );
    assert_eq!(error(new().allow("removal", 3)), "`removal` is neither a guard nor a rule; did you mean `removals`?");
    let mut other = new();
    other.overrides.push(Override { business: Some("beta".to_owned()), guard: "removals".to_owned(), count: 1 });
    assert!(matches!(other.build(), Err(BuildError::UnknownBusiness { .. })));
    let observed = export(&format!("{ANA}{}", strangers(6)));
    let twice = Try::new(&desired, &observed).allow("removals", 6).allow("removals", 6);
    assert!(matches!(twice.build(), Err(BuildError::Twice { .. })));
}

#[test]
fn a_protected_name_that_nobody_bears_is_told() {
    let desired = files_with(", protected: [adsbot@acme.example]", "people: { ana@acme.example: { role: manager } }\n");
    let made = Try::new(&desired, &export(ANA)).plan();
    assert_eq!(
        made.notices(),
        ["protected: `adsbot@acme.example` is protected, and neither the files nor the export know it"]
    );
}

#[test]
fn a_file_that_looks_cut_refuses_what_no_line_asks_for() {
    let mut desired = files("people: { ana@acme.example: { role: manager } }\n");
    let observed = export(&format!("{ANA}{}", strangers(1)));
    desired.cut = desired.files.iter().map(|(file, _)| file).skip(1).collect();
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(said(&made, "lost-file"), Some(1));
    let verdict = &made.business().guards[5].verdict;
    let Verdict::Refused { message, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(message, "`all.yaml` ends without a line break, as if cut; 1 removal may rest on that");
}
