//! Who may do what, on what: grants, assets, groups.

use super::{Cause, Origin, Risk, Try, quiet};
use crate::diff::world::{export, files, texts};

const TEAM: &str = "
people: { ana@acme.example: { role: manager } }
accounts:
  fr: { id: \"71\", name: Acme France }
  de: { id: \"72\", name: Acme Germany }
teams:
  social:
    members: [bo@acme.example, { person: cy@acme.example, until: 2026-11-21 }]
    grants:
      - { on: [fr], permissions: [ANALYST], reason: looks, ticket: T-1 }
      - { on: [fr], permissions: [CAMPAIGN_MANAGER], reason: works, ticket: T-2, until: 2026-12-31 }
";

fn with(rows: &str) -> String {
    format!(
        "member 11 ana@acme.example BIZ_ADMIN
         member 12 bo@acme.example EMPLOYEE
         account 71 Acme France
         account 72 Acme Germany
         {rows}"
    )
}

#[test]
fn grants_of_several_sources_add_up_and_each_source_is_named() {
    let desired = files(TEAM);
    let made = Try::new(&desired, &export(&with(""))).plan();
    assert_eq!(made.steps(), ["give ANALYST and CAMPAIGN_MANAGER on Acme France to bo@acme.example"]);
    let Cause::Written { places, reasons } = &made.business().operations[0].cause else {
        panic!();
    };
    let lines: Vec<(u32, &str)> = places.iter().map(|place| (place.line, place.what.as_str())).collect();
    assert_eq!(
        lines,
        [(8, "bo@acme.example in team social"), (10, "grant of team social"), (11, "grant of team social")]
    );
    assert_eq!(reasons, &["looks", "T-1", "works", "T-2"]);
}

#[test]
fn an_ended_source_takes_its_part_away_and_is_the_cause() {
    let desired = files(TEAM);
    let observed = export(&with("grant 12 71 ANALYST;CAMPAIGN_MANAGER"));
    let made = Try::new(&desired, &observed).on("2027-01-01T00:00:00Z").plan();
    assert_eq!(
        made.steps(),
        ["change what bo@acme.example may do on Acme France from ANALYST and CAMPAIGN_MANAGER to ANALYST"]
    );
    let Cause::Ended { place, until } = &made.business().operations[0].cause else {
        panic!();
    };
    assert_eq!((place.line, until.to_string().as_str()), (11, "2026-12-31"));
    assert_eq!(made.business().operations[0].risk, [Risk::Removal]);
}

#[test]
fn what_no_line_gives_is_taken() {
    let desired = files(TEAM);
    let observed = export(&with("grant 12 71 ANALYST;CAMPAIGN_MANAGER\ngrant 12 72 ADMIN\ngrant 11 72 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        ["take ANALYST on Acme Germany from ana@acme.example", "take ADMIN on Acme Germany from bo@acme.example"]
    );
    let Cause::Unwritten { nearest } = &made.business().operations[1].cause else {
        panic!();
    };
    assert_eq!(nearest.as_ref().unwrap().what, "person bo@acme.example");
    assert_eq!(made.business().totals.unchanged, 3, "two members, one grant");
    assert!(quiet(&made));
}

#[test]
fn a_grant_that_holds_an_unknown_word_is_never_rewritten() {
    let desired = files(TEAM);
    for set in ["FUTURE;ANALYST", "FUTURE;ADMIN", "FUTURE;PROFILE_PUBLISHER;ANALYST"] {
        let observed = export(&with(&format!("grant 12 71 {set}")));
        let made = Try::new(&desired, &observed).plan();
        assert_eq!(made.steps(), [""; 0], "{set}");
        assert_eq!(made.business().withheld[0].why, "unknown-value");
        assert!(made.help().contains("`FUTURE`"));
    }
    let observed = export(&with("grant 12 71 ANALYST;CAMPAIGN_MANAGER\ngrant 12 72 FUTURE;ADMIN"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert!(made.business().withheld[0].removal);
}

#[test]
fn beside_an_unknown_or_unfitting_word_what_a_file_can_say_is_compared() {
    let desired = files(TEAM);
    for word in ["FUTURE", "PROFILE_PUBLISHER"] {
        let rows = format!("grant 12 71 {word};ANALYST;CAMPAIGN_MANAGER\ngrant 12 72 {word}");
        let observed = export(&with(&rows));
        let made = Try::new(&desired, &observed).plan();
        assert!(made.steps().is_empty() && made.withheld().is_empty(), "{word}: {:?}", made.withheld());
        let stays = format!(
            "unknown-value: `{word}` can't be written in a file and stays as it is: bo@acme.example on fr, bo@acme.example on de"
        );
        assert!(made.notices().contains(&stays), "{:?}", made.notices());
    }
    let (then, observed) = (export(&with("grant 12 72 ANALYST")), export(&with("grant 12 72 FUTURE")));
    let made = Try::new(&desired, &observed).after(&then).plan();
    let given = "drift: bo@acme.example was given `FUTURE` on de outside the files since the last apply";
    assert!(made.notices().iter().any(|notice| notice.starts_with(given)), "{:?}", made.notices());
}

#[test]
fn a_word_that_can_only_be_read_is_no_difference_and_never_rewritten() {
    let desired = files(TEAM);
    let observed = export(&with("grant 12 71 OWNER;ANALYST;CAMPAIGN_MANAGER\ngrant 12 72 OWNER"));
    let made = Try::new(&desired, &observed).plan();
    assert!(made.steps().is_empty() && made.withheld().is_empty(), "{:?}", made.withheld());
    let observed = export(&with("grant 12 71 OWNER;ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.business().withheld[0].why, "unwritable");
}

#[test]
fn an_asset_that_a_whole_export_lacks_is_withheld_with_its_place_and_the_nearest_name() {
    let desired = files(&TEAM.replace("\"71\", name: Acme France", "\"79\", name: Acme Frnce"));
    let made = Try::new(&desired, &export(&with(""))).plan();
    assert_eq!(made.steps(), [""; 0]);
    let held = &made.business().withheld[0];
    assert_eq!(held.why, "unknown-asset");
    assert!(held.what.contains("1 grant or content waits"), "{}", held.what);
    assert_eq!(held.place.as_ref().unwrap().line, 4);
    let help = held.help.as_ref().unwrap();
    assert!(help.contains("did you mean `7") || help.contains("Acme France"), "{help}");
}

#[test]
fn swapped_ids_of_assets_stop_everything_about_them_and_refuse() {
    let desired = files(&TEAM.replace("\"71\"", "\"x\"").replace("\"72\"", "\"71\"").replace("\"x\"", "\"72\""));
    let observed = export(&with("grant 12 71 ADMIN\naccount 73 Other\ngrant 12 73 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["take ANALYST on Other from bo@acme.example"]);
    assert!(made.refused().contains(&("id-swap".to_owned(), 2)));
    assert!(made.withheld().iter().all(|held| held.starts_with("id-swap:")));
}

#[test]
fn a_new_id_under_an_unchanged_name_is_a_swap_too() {
    let desired = files(&TEAM.replace("\"71\"", "\"79\""));
    let observed = export(&with("grant 12 71 ANALYST;CAMPAIGN_MANAGER"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.refused(), [("id-swap".to_owned(), 1)]);
}

#[test]
fn another_name_of_the_same_id_is_a_rename() {
    let desired = files(&TEAM.replace("Acme France", "Acme Paris"));
    let observed = export(&with("grant 12 71 ANALYST;CAMPAIGN_MANAGER"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.notices(), ["rename: fr is called Acme France in the export, not Acme Paris"]);
}

#[test]
fn an_asset_of_another_type_is_withheld() {
    let desired = files(TEAM);
    let observed = export(
        "member 11 ana@acme.example BIZ_ADMIN
         member 12 bo@acme.example EMPLOYEE
         profile 71 Acme France
         account 72 Acme Germany",
    );
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.business().withheld[0].why, "wrong-type");
}

#[test]
fn grants_on_assets_of_unknown_types_are_left_alone() {
    let desired = files(TEAM);
    let observed = export(&with("kind 75 CONVERSION_TAG Tag\ngrant 12 71 ANALYST;CAMPAIGN_MANAGER\ngrant 12 75 ADMIN"));
    let made = Try::new(&desired, &observed).plan();
    assert!(made.steps().is_empty() && made.withheld().is_empty());
    assert!(made.notices()[0].contains("`CONVERSION_TAG`"), "{:?}", made.notices());
}

const GROUPS: &str = "
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { grants: [{ on: [emea], permissions: [ANALYST] }] }
accounts:
  fr: { id: \"71\", name: Acme France }
  de: { id: \"72\", name: Acme Germany }
asset_groups:
  emea: { name: EMEA, description: all of it, types: [BRAND], contains: [fr, de] }
";

#[test]
fn a_group_is_created_filled_and_granted_in_this_order() {
    let desired = files(GROUPS);
    let made = Try::new(&desired, &export(&with(""))).plan();
    assert_eq!(
        made.steps(),
        [
            "create asset group EMEA",
            "put Acme France into asset group EMEA",
            "put Acme Germany into asset group EMEA",
            "give ANALYST on EMEA to bo@acme.example"
        ]
    );
    let operations = &made.business().operations;
    let first = &operations[0].id;
    assert!(operations[1..].iter().all(|operation| operation.after.contains(first)));
    assert!(made.business().predicted.is_some());
}

#[test]
fn a_group_without_an_id_is_the_group_of_its_name() {
    let desired = files(GROUPS);
    let observed = export(&with("group 74 EMEA = 71\ngrant 12 74 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["put Acme Germany into asset group EMEA"]);
    let observed = export(&with("group 74 EMEA = 71\ngroup 75 EMEA\ngrant 12 74 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.business().withheld[0].why, "ambiguous");
}

#[test]
fn a_group_that_no_line_names_is_deleted_with_its_grants_in_one_step() {
    let desired = files(GROUPS);
    let observed = export(&with("group 74 EMEA = 71 72\ngrant 12 74 ANALYST\ngroup 75 Old = 71\ngrant 12 75 ADMIN"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["delete asset group Old with 1 asset, which ends 1 grant"]);
    let totals = made.business().totals;
    assert_eq!((totals.before.member_grants, totals.after.member_grants), (2, 1));
    assert_eq!((totals.before.group_contents, totals.after.group_contents), (3, 2));
}

#[test]
fn what_is_kept_through_a_group_comes_before_the_direct_grant_goes() {
    let desired = files(GROUPS);
    let observed = export(&with("group 74 EMEA = 71\ngrant 12 72 ANALYST\ngrant 12 71 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        [
            "put Acme Germany into asset group EMEA",
            "give ANALYST on EMEA to bo@acme.example",
            "take ANALYST on Acme France from bo@acme.example",
            "take ANALYST on Acme Germany from bo@acme.example",
        ]
    );
    let operations = &made.business().operations;
    let ids = |places: &[usize]| -> Vec<String> { places.iter().map(|&place| operations[place].id.clone()).collect() };
    assert_eq!(operations[2].after, ids(&[1]));
    assert_eq!(operations[3].after, ids(&[0, 1]));
    assert!(made.refused().iter().all(|(guard, _)| guard == "first-apply"));
}

#[test]
fn two_changes_that_no_order_keeps_safe_are_withheld_and_name_each_other() {
    let desired = files(&GROUPS.replace(
        "[{ on: [emea], permissions: [ANALYST] }]",
        "[{ on: [emea], permissions: [CAMPAIGN_MANAGER] }, { on: [fr], permissions: [ANALYST] }]",
    ));
    let observed = export(&with(
        "group 74 EMEA = 71 72\ngrant 12 74 ANALYST\ngrant 12 71 CAMPAIGN_MANAGER\naccount 73 Other\ngrant 12 73 ADMIN",
    ));
    let made = Try::new(&desired, &observed).plan();
    let held = &made.business().withheld;
    assert_eq!(held.len(), 2, "{:?}", made.withheld());
    assert!(held.iter().all(|held| held.why == "order"));
    assert!(made.help().contains("change what bo@acme.example may do on EMEA"));
    assert_eq!(made.steps(), ["take ADMIN on Other from bo@acme.example"]);
}

const TOXIC: &str = "
policy:
  toxic:
    money: { capabilities: [edit-billing, edit-campaigns] }
";

/// Bo signs for the money of one account and runs campaigns on the other; the account joins the group with the campaigns.
const SWITCH: &str = "group 74 EMEA = 72\ngrant 12 74 CAMPAIGN_MANAGER\ngrant 12 71 FINANCE_EDIT";

#[test]
fn what_the_policy_keeps_apart_does_not_meet_between_two_steps() {
    let group = GROUPS.replace("ANALYST", "CAMPAIGN_MANAGER");
    let join = "put Acme France into asset group EMEA";
    let give_up = "take FINANCE_EDIT on Acme France from bo@acme.example";
    let observed = export(&with(SWITCH));
    assert_eq!(Try::new(&files(&group), &observed).plan().steps(), [join, give_up]);
    let desired = crate::diff::world::texts(&[
        (
            "accord.yaml",
            "version: 1\nbusinesses:\n  acme: { platform: pinterest, id: \"600\", domains: [acme.example] }\n",
        ),
        ("all.yaml", &group),
        ("policy.yaml", TOXIC),
    ]);
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [give_up, join]);
    let operations = &made.business().operations;
    assert_eq!(operations[1].after, [operations[0].id.clone()]);
    let sets = [vec!["edit-billing", "edit-campaigns"]];
    assert_eq!(crate::plan::invariant::first_toxic(&observed, operations, &sets), None);
    let mut wrong = operations.clone();
    wrong.reverse();
    assert_eq!(crate::plan::invariant::first_toxic(&observed, &wrong, &sets).map(|broken| broken.after), Some(1));
}

#[test]
fn a_new_manager_comes_before_the_last_one_goes() {
    let desired = files("people:\n  ana@acme.example:\n  bo@acme.example: { role: manager }\n");
    let made = Try::new(&desired, &export(&with(""))).plan();
    assert_eq!(
        made.steps(),
        [
            "change the role of bo@acme.example from EMPLOYEE to BIZ_ADMIN",
            "change the role of ana@acme.example from BIZ_ADMIN to EMPLOYEE"
        ]
    );
    let operations = &made.business().operations;
    assert_eq!(operations[1].after, [operations[0].id.clone()]);
    assert_eq!(operations[0].risk, [Risk::Admin, Risk::Billing, Risk::Addition]);
}

const OUTBOUND: &str = "
people:
  ana@acme.example: { role: manager, grants: [{ on: [theirs], permissions: [ANALYST] }] }
accounts:
  theirs: { id: \"81\", name: Kitano Japan, owner: kitano }
partners:
  kitano: { id: \"500\", direction: outbound, grants: [{ on: [theirs], permissions: [CAMPAIGN_MANAGER] }] }
";

#[test]
fn what_an_outbound_partner_has_not_given_is_asked_for_once() {
    let desired = files(OUTBOUND);
    let rows = "member 11 ana@acme.example BIZ_ADMIN\npartner 500 outbound Kitano\n";
    let made = Try::new(&desired, &export(rows)).plan();
    assert_eq!(made.steps(), ["ask Kitano for CAMPAIGN_MANAGER on Kitano Japan"]);
    assert_eq!(made.deferred(), ["ANALYST on Kitano Japan after kitano shares theirs"]);
    let asked = format!("{rows}asked 31 500 PARTNER_REQUEST PENDING 2026-11-20 81=CAMPAIGN_MANAGER");
    let made = Try::new(&desired, &export(&asked)).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.waiting(), ["Kitano to give us other rights"]);
    let asked = format!("{rows}asked 31 500 PARTNER_REQUEST PENDING 2026-11-20 81=ADMIN");
    let made = Try::new(&desired, &export(&asked)).plan();
    assert_eq!(
        made.steps(),
        ["cancel the invitation of Kitano with 1 grant", "ask Kitano for CAMPAIGN_MANAGER on Kitano Japan"]
    );
}

#[test]
fn several_businesses_share_people_and_stay_apart() {
    let desired = texts(&[(
        "accord.yaml",
        "version: 1
businesses:
  acme: { platform: pinterest, id: \"600\" }
  beta: { platform: pinterest, id: \"601\" }
accounts:
  fr: { business: acme, id: \"71\" }
  xx: { business: beta, id: \"91\" }
teams:
  one: { business: acme, members: [bo@acme.example], grants: [{ on: [fr], permissions: [ANALYST] }] }
  two: { business: beta, members: [cy@acme.example], grants: [{ on: [xx], permissions: [ANALYST] }] }
",
    )]);
    let observed = export(&with("member 13 cy@acme.example EMPLOYEE\ngrant 12 71 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        ["end the membership of ana@acme.example as BIZ_ADMIN", "end the membership of cy@acme.example as EMPLOYEE"]
    );
    let Cause::Unwritten { nearest } = &made.business().operations[1].cause else {
        panic!();
    };
    assert_eq!(nearest.as_ref().unwrap().what, "person cy@acme.example");
    assert_eq!(made.origins(), [Origin::Unknown, Origin::Unknown]);
}

#[test]
fn access_to_a_new_group_is_asked_for_after_the_group_is_there() {
    let desired = files(
        "
people: { ana@acme.example: { role: manager } }
accounts: { fr: { id: \"71\", name: Acme France } }
asset_groups: { emea: { name: EMEA, description: all of it, types: [BRAND], contains: [fr] } }
partners: { orbit: { id: \"501\", direction: outbound, grants: [{ on: [emea], permissions: [ANALYST] }] } }
",
    );
    let observed = export("member 11 ana@acme.example BIZ_ADMIN\naccount 71 Acme France\npartner 501 outbound Orbit");
    let made = Try::new(&desired, &observed).plan();
    let operations = &made.business().operations;
    let place = |kind: &str| operations.iter().position(|operation| operation.id.starts_with(kind)).unwrap();
    let (created, asked) = (place("create-group"), place("request-access"));
    assert!(created < asked, "{:?}", made.steps());
    assert_eq!(operations[asked].after, [operations[created].id.clone()]);
}
