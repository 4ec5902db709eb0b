//! What is looked at: modes, sections, `--only`, incomplete exports.

use super::{BuildError, Made, Try};
use crate::diff::world::{export, files, files_with};

const TEXT: &str = "
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { grants: [{ on: [fr], permissions: [ANALYST, CAMPAIGN_MANAGER] }] }
  new@acme.example:
accounts:
  fr: { id: \"71\", name: Acme France }
  de: { id: \"72\", name: Acme Germany }
partners:
  nova: { id: \"500\", direction: inbound, grants: [{ on: [fr], permissions: [ANALYST] }] }
";

const ROWS: &str = "
member 11 ana@acme.example BIZ_ADMIN
member 12 bo@acme.example EMPLOYEE
member 13 cy@acme.example EMPLOYEE
account 71 Acme France
account 72 Acme Germany
grant 12 71 ADMIN;ANALYST
grant 12 72 ANALYST
partner 500 inbound Nova
shared 500 inbound 72 ADMIN
invite 31 zed@acme.example EMPLOYEE PENDING 2026-11-20
";

fn whys(made: &Made) -> Vec<&str> {
    let withheld = made.business().withheld.iter();
    withheld.map(|held| held.why.as_str()).collect()
}

#[test]
fn enforce_does_everything() {
    let made = Try::new(&files(TEXT), &export(ROWS)).plan();
    assert_eq!(
        made.steps(),
        [
            "cancel the invitation of zed@acme.example as EMPLOYEE",
            "invite new@acme.example as EMPLOYEE",
            "change what bo@acme.example may do on Acme France from ADMIN and ANALYST to ANALYST and CAMPAIGN_MANAGER",
            "give ANALYST on Acme France to Nova",
            "take ANALYST on Acme Germany from bo@acme.example",
            "take ADMIN on Acme Germany from Nova",
            "end the membership of cy@acme.example as EMPLOYEE",
        ]
    );
    assert!(made.withheld().is_empty());
}

#[test]
fn adopt_only_adds_and_shows_the_rest() {
    let made = Try::new(&files_with(", mode: adopt", TEXT), &export(ROWS)).plan();
    assert_eq!(
        made.steps(),
        [
            "invite new@acme.example as EMPLOYEE",
            "change what bo@acme.example may do on Acme France from ADMIN and ANALYST to ADMIN and ANALYST and CAMPAIGN_MANAGER",
            "give ANALYST on Acme France to Nova",
        ]
    );
    assert_eq!(whys(&made), ["adopt"; 5]);
    assert!(made.refused().is_empty());
}

#[test]
fn observe_changes_nothing_and_shows_everything() {
    let made = Try::new(&files_with(", mode: observe", TEXT), &export(ROWS)).plan();
    assert!(made.steps().is_empty() && made.refused().is_empty());
    assert_eq!(whys(&made), ["observe"; 7]);
}

#[test]
fn what_is_not_written_is_not_managed_and_named() {
    let made = Try::new(&files("accounts: { fr: { id: \"71\" } }\n"), &export(ROWS)).plan();
    assert!(made.steps().is_empty() && made.withheld().is_empty());
    assert_eq!(made.business().managed, [""; 0]);
    assert_eq!(
        made.business().unmanaged,
        [
            "people and their invitations",
            "grants of people",
            "partners and their invitations",
            "which asset groups exist"
        ]
    );
    let made = Try::new(&files("partners: { nova: { id: \"500\", direction: inbound } }\n"), &export(ROWS)).plan();
    assert!(made.steps().is_empty());
    assert!(made.business().unmanaged.contains(&"grants of partner nova".to_owned()));
    assert_eq!(made.business().managed, ["partners"]);
}

#[test]
fn an_empty_section_is_a_statement() {
    let made = Try::new(&files("people: {}\n"), &export(ROWS)).plan();
    assert_eq!(made.steps().len(), 4);
    assert!(made.refused().iter().any(|(guard, _)| guard == "empty-desired"));
    assert!(made.refused().iter().any(|(guard, _)| guard == "last-admin"));
}

#[test]
fn only_a_person() {
    let (desired, observed) = (files(TEXT), export(ROWS));
    for only in ["person=bo@acme.example", "BO@acme.example", "person=12"] {
        let made = Try::new(&desired, &observed).only(only).plan();
        assert_eq!(made.steps().len(), 2, "{only}");
        assert!(made.steps().iter().all(|step| step.contains("bo@")));
    }
    let made = Try::new(&desired, &observed).only("person=cy@acme.example").plan();
    assert_eq!(made.steps(), ["end the membership of cy@acme.example as EMPLOYEE"]);
    let made = Try::new(&desired, &observed).only("zed@acme.example").plan();
    assert_eq!(made.steps(), ["cancel the invitation of zed@acme.example as EMPLOYEE"]);
}

#[test]
fn only_an_account_or_a_partner() {
    let (desired, observed) = (files(TEXT), export(ROWS));
    let made = Try::new(&desired, &observed).only("account=de").plan();
    assert_eq!(
        made.steps(),
        ["take ANALYST on Acme Germany from bo@acme.example", "take ADMIN on Acme Germany from Nova"]
    );
    let made = Try::new(&desired, &observed).only("partner=nova").plan();
    assert_eq!(made.steps(), ["give ANALYST on Acme France to Nova", "take ADMIN on Acme Germany from Nova"]);
    let made = Try::new(&desired, &observed).only("de").only("partner=500").plan();
    assert_eq!(made.steps().len(), 3);
}

#[test]
fn only_something_unknown_is_an_error_with_the_nearest_name() {
    let (desired, observed) = (files(TEXT), export(ROWS));
    let error = Try::new(&desired, &observed).only("partner=nvoa").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`--only partner=nvoa` names nothing in the files or the export; did you mean `nova`?"
    );
}

#[test]
fn an_export_of_another_business_is_refused() {
    let mut observed = export(ROWS);
    observed.business_id = "601".to_owned();
    let error = Try::new(&files(TEXT), &observed).build().unwrap_err();
    assert!(matches!(error, BuildError::OtherBusiness { .. }));
    assert_eq!(
        error.to_string(),
        "the export is of pinterest business `601`, business `acme` is pinterest business `600`"
    );
}

#[test]
fn what_is_not_proven_whole_adds_and_warns_and_never_removes() {
    let desired = files(TEXT);
    for (part, left, held) in [
        ("members", 6, 1),
        ("grants", 5, 3),
        ("invites", 6, 1),
        ("partners", 7, 0),
        ("assets", 7, 0),
        ("asset_group_members", 7, 0),
    ] {
        let observed = export(&format!("{ROWS}part {part}"));
        let made = Try::new(&desired, &observed).plan();
        assert_eq!(made.steps().len(), left, "{part}: {:#?}", made.steps());
        assert_eq!(whys(&made), vec!["incomplete"; held], "{part}");
        let refused = made.refused();
        let found = refused.iter().find(|(guard, _)| guard == "incomplete-export");
        assert_eq!(found.map(|found| found.1), (held > 0).then_some(held as u64), "{part}");
    }
    let observed = export(&format!("{ROWS}part grants"));
    let made = Try::new(&desired, &observed).plan();
    assert!(made.help().contains("grants: cut off"), "{}", made.help());
    assert!(made.steps().contains(&"change what bo@acme.example may do on Acme France from ADMIN and ANALYST to ADMIN and ANALYST and CAMPAIGN_MANAGER".to_owned()));
    assert!(made.notices().iter().any(|notice| notice.starts_with("incomplete:")));
}

#[test]
fn an_asset_may_exist_where_the_export_is_not_whole() {
    let text = TEXT
        .replace("\"72\", name: Acme Germany", "\"73\", name: Acme Austria")
        .replace("on: [fr], permissions: [ANALYST, CAMPAIGN", "on: [de], permissions: [ANALYST, CAMPAIGN");
    let observed = export(&format!("{ROWS}part assets"));
    let made = Try::new(&files(&text), &observed).plan();
    assert!(
        made.steps().contains(&"give ANALYST and CAMPAIGN_MANAGER on Acme Austria to bo@acme.example".to_owned()),
        "{:#?}",
        made.steps()
    );
}
