//! The life of relations: invited, waiting, declined, left, renamed, swapped.

use std::collections::BTreeMap;

use super::{Origin, Try, quiet};
use crate::diff::world::{export, files};
use crate::model::{Direction, FactKey, PrincipalIx};
use crate::plan::{Action, Risk, predict};

const ANA: &str = "member 11 ana@acme.example BIZ_ADMIN\n";
const PEOPLE: &str = "
people:
  ana@acme.example: { role: manager }
  bo@acme.example: { grants: [{ on: [fr], permissions: [ANALYST], reason: looks, ticket: T-1 }] }
accounts:
  fr: { id: \"71\", name: Acme France }
";

fn with(rows: &str) -> String {
    format!("{ANA}account 71 Acme France\n{rows}")
}

#[test]
fn somebody_new_is_invited_with_their_grants() {
    let desired = files(PEOPLE);
    let observed = export(&with(""));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert_eq!(made.deferred(), ["ANALYST on Acme France after bo@acme.example accepts"]);
    assert!(made.withheld().is_empty() && made.refused().is_empty());
}

#[test]
fn a_matching_invite_waits_and_nothing_is_done() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 BO@acme.example EMPLOYEE PENDING 2026-11-20 71=ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.waiting(), ["bo@acme.example to become Employee"]);
    assert_eq!(made.deferred().len(), 1);
}

#[test]
fn an_invite_that_brings_too_little_gets_more_attached() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-20"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["attach 1 grant to the invitation of bo@acme.example"]);
}

#[test]
fn an_invite_that_brings_too_much_is_cancelled_and_sent_again() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-20 71=ADMIN"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        [
            "cancel the invitation of bo@acme.example as EMPLOYEE with 1 grant",
            "invite bo@acme.example as EMPLOYEE with 1 grant"
        ]
    );
    let operations = &made.business().operations;
    assert_eq!(operations[1].after, [operations[0].id.clone()]);
    assert!(made.refused().is_empty(), "replacing is no removal");
}

#[test]
fn an_invite_for_another_role_is_cancelled_and_sent_again() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 bo@acme.example BIZ_ADMIN PENDING 2026-11-20 71=ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps().len(), 2);
    assert!(made.steps()[0].starts_with("cancel"));
}

#[test]
fn of_several_invites_the_one_that_fits_is_kept() {
    let desired = files(PEOPLE);
    let observed = export(&with(
        "invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-19 71=ADMIN
         invite 32 bo@acme.example EMPLOYEE PENDING 2026-11-18 71=ANALYST
         invite 33 bo@acme.example EMPLOYEE PENDING 2026-11-20 71=ANALYST",
    ));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.business().waiting[0].invite, "33");
    assert_eq!(made.steps().len(), 2);
    assert!(made.steps().iter().all(|step| step.starts_with("cancel")));
}

#[test]
fn an_expired_invite_is_sent_again() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 bo@acme.example EMPLOYEE EXPIRED 2026-10-20"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert!(made.notices()[0].starts_with("expired-invite:"));
}

#[test]
fn who_declined_is_not_asked_again_and_the_help_says_what_to_write() {
    let desired = files(PEOPLE);
    let observed = export(&with("invite 31 bo@acme.example EMPLOYEE DECLINED 2026-11-20"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.withheld(), ["declined: invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert!(made.help().contains("write `invite_again: 2026-11-22`"), "{}", made.help());
    let place = made.business().withheld[0].place.as_ref().unwrap();
    assert_eq!((place.file.as_str(), place.line), ("all.yaml", 4));
}

#[test]
fn a_line_that_asks_again_must_be_younger_than_the_answer() {
    let rows = with("invite 31 bo@acme.example EMPLOYEE DECLINED 2026-11-20");
    for (day, asked) in [("2026-11-19", 0), ("2026-11-20", 0), ("2026-11-21", 1)] {
        let text = PEOPLE.replace("bo@acme.example: {", &format!("bo@acme.example: {{ invite_again: {day},"));
        let desired = files(&text);
        let made = Try::new(&desired, &export(&rows)).plan();
        assert_eq!(made.steps().len(), asked, "{day}");
    }
}

#[test]
fn a_later_invite_says_more_than_an_earlier_decline() {
    let desired = files(PEOPLE);
    let observed = export(&with(
        "invite 31 bo@acme.example EMPLOYEE DECLINED 2026-10-20
         invite 32 bo@acme.example EMPLOYEE CANCELLED 2026-11-20",
    ));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
}

#[test]
fn who_left_is_not_asked_again() {
    let desired = files(PEOPLE);
    let before = export(&with("member 12 bo@acme.example EMPLOYEE"));
    let observed = export(&with(""));
    let made = Try::new(&desired, &observed).after(&before).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.withheld(), ["left: invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert!(made.help().contains("invite_again: 2026-11-23"), "{}", made.help());
    let text = PEOPLE.replace("bo@acme.example: {", "bo@acme.example: { invite_again: 2026-11-23,");
    let desired = files(&text);
    let made = Try::new(&desired, &observed).after(&before).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert_eq!(made.origins(), [Origin::Drift]);
}

/// A platform that lists only what waits does not say who declined.
#[test]
fn whose_invitation_is_not_listed_any_more_is_not_asked_again() {
    let desired = files(PEOPLE);
    let before = export(&with("invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-20 71=ANALYST"));
    let made = Try::new(&desired, &export(&with(""))).after(&before).plan();
    assert_eq!(made.withheld(), ["declined: invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert!(made.help().contains("write `invite_again: 2026-11-23`"), "{}", made.help());
    let text = PEOPLE.replace("bo@acme.example: {", "bo@acme.example: { invite_again: 2026-11-23,");
    let made = Try::new(&files(&text), &export(&with(""))).after(&before).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    // What lapsed is asked again, and of half a list nothing is known.
    for (rows, steps) in [("invite 31 bo@acme.example EMPLOYEE EXPIRED 2026-11-20", 1), ("part invites", 1)] {
        let made = Try::new(&desired, &export(&with(rows))).after(&before).plan();
        assert_eq!(made.steps().len(), steps, "{rows}: {:?}", made.withheld());
    }
}

#[test]
fn a_member_whom_no_line_names_goes_with_all_grants_in_one_step() {
    let desired = files(PEOPLE);
    let observed = export(&with(
        "member 12 bo@acme.example EMPLOYEE
         member 13 cy@acme.example EMPLOYEE
         grant 12 71 ANALYST
         grant 13 71 ADMIN
         invite 31 cy@acme.example EMPLOYEE PENDING 2026-11-20",
    ));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        [
            "cancel the invitation of cy@acme.example as EMPLOYEE",
            "end the membership of cy@acme.example as EMPLOYEE, which ends 1 grant"
        ]
    );
    assert!(quiet(&made));
    assert_eq!(made.refused(), [("first-apply".to_owned(), 2)]);
}

#[test]
fn an_ended_line_removes_and_says_so() {
    let text = PEOPLE.replace("bo@acme.example: {", "bo@acme.example: { until: 2026-11-21,");
    let desired = files(&text);
    let observed = export(&with("member 12 bo@acme.example EMPLOYEE\ngrant 12 71 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["end the membership of bo@acme.example as EMPLOYEE, which ends 1 grant"]);
    let crate::plan::Cause::Ended { place, until } = &made.business().operations[0].cause else {
        panic!("{:?}", made.business().operations[0].cause);
    };
    assert_eq!(until.to_string(), "2026-11-21");
    assert_eq!(place.what, "person bo@acme.example");
    let made = Try::new(&desired, &observed).on("2026-11-21T23:59:59Z").plan();
    assert_eq!(made.steps(), [""; 0], "the last day counts");
    assert_eq!(made.business().upcoming.len(), 1);
}

#[test]
fn a_stranger_s_pending_invite_is_cancelled() {
    let desired = files("people:\n  ana@acme.example: { role: manager }\n");
    let observed = export(&with("invite 31 zed@else.example EMPLOYEE PENDING 2026-11-20"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), ["cancel the invitation of zed@else.example as EMPLOYEE"]);
}

#[test]
fn the_same_id_under_another_address_is_a_rename() {
    let text = PEOPLE.replace("bo@acme.example: {", "bo@acme.example: { id: \"12\",");
    let desired = files(&text);
    let observed = export(&with("member 12 robert@acme.example EMPLOYEE\ngrant 12 71 ANALYST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.notices().len(), 1);
    assert!(made.notices()[0].starts_with("rename: bo@acme.example is robert@acme.example"));
}

#[test]
fn ids_that_belong_to_other_addresses_are_a_swap_and_nobody_is_touched() {
    let desired = files(
        "people:
  ana@acme.example: { role: manager }
  bo@acme.example: { id: \"13\" }
  cy@acme.example: { id: \"12\", role: manager }
",
    );
    let observed = export(&with("member 12 bo@acme.example EMPLOYEE\nmember 13 cy@acme.example EMPLOYEE"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.refused(), [("id-swap".to_owned(), 1)]);
    let held = &made.business().withheld[0];
    assert_eq!(held.why, "id-swap");
    assert_eq!((held.place.as_ref().unwrap().line, held.related[0].line), (3, 4));
}

#[test]
fn one_person_with_two_members_is_ambiguous() {
    let desired = files(
        "people:\n  ana@acme.example: { role: manager }\n  bo@acme.example: { also: [b@else.example], role: manager }\n",
    );
    let observed = export(&with("member 12 bo@acme.example EMPLOYEE\nmember 13 b@else.example EMPLOYEE"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.business().withheld[0].why, "ambiguous");
    assert!(made.refused().is_empty());
}

#[test]
fn partners_come_and_go_like_people() {
    let desired = files(
        "
people: { ana@acme.example: { role: manager } }
accounts: { fr: { id: \"71\", name: Acme France } }
partners:
  nova: { id: \"500\", direction: inbound, grants: [{ on: [fr], permissions: [ANALYST] }] }
  orbit: { id: \"501\", direction: outbound }
  gone: { id: \"502\", direction: inbound, ends: 2026-11-21 }
",
    );
    let observed = export(&with(
        "partner 502 inbound Gone
         partner 503 inbound Unknown
         shared 503 inbound 71 ADMIN
         asked 31 504 PARTNER_INVITE PENDING 2026-11-20",
    ));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(
        made.steps(),
        [
            "cancel the invitation of 504",
            "invite nova as a partner with 1 grant",
            "ask orbit to let us in",
            "end the partnership with Gone",
            "end the partnership with Unknown, which ends 1 grant",
        ]
    );
}

#[test]
fn what_a_partner_asked_of_us_is_answered_and_not_asked_again() {
    let desired = files(
        "
people: { ana@acme.example: { role: manager } }
partners: { nova: { id: \"500\", direction: inbound } }
",
    );
    let observed = export(&with("received 31 500 PARTNER_REQUEST\nreceived 32 777 PARTNER_REQUEST"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.withheld(), ["received: invite nova"]);
    assert_eq!(made.notices().len(), 1, "{:?}", made.notices());
    assert!(made.notices()[0].contains("`777`"));
}

/// No invite shows a grant on a group, so nobody could compare it: it is given after acceptance. One that is there already stays.
#[test]
fn a_grant_that_no_invite_shows_is_given_after_acceptance() {
    let text = PEOPLE.replace(
        "reason: looks, ticket: T-1 }",
        "reason: looks, ticket: T-1 }, { on: [emea], permissions: [CAMPAIGN_MANAGER], reason: works }",
    );
    let desired = files(&format!("{text}asset_groups:\n  emea: {{ id: \"81\", name: EMEA }}\n"));
    let rows = |more: &str| with(&format!("group 81 EMEA\n{more}"));
    let made = Try::new(&desired, &export(&rows(""))).plan();
    assert_eq!(made.steps(), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    let mut deferred = made.deferred();
    deferred.sort();
    let after = "after bo@acme.example accepts";
    assert_eq!(deferred, [format!("ANALYST on Acme France {after}"), format!("CAMPAIGN_MANAGER on EMEA {after}")]);
    for brings in ["71=ANALYST", "71=ANALYST 81=CAMPAIGN_MANAGER"] {
        let row = format!("invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-20 {brings}");
        let made = Try::new(&desired, &export(&rows(&row))).plan();
        assert_eq!((made.steps().len(), made.waiting().len()), (0, 1), "{brings}");
    }
    let made =
        Try::new(&desired, &export(&rows("invite 31 bo@acme.example EMPLOYEE PENDING 2026-11-20 81=CAMPAIGN_MANAGER")))
            .plan();
    assert_eq!(made.steps(), ["attach 1 grant to the invitation of bo@acme.example"]);
    let made = Try::new(&desired, &export(&rows("member 12 bo@acme.example EMPLOYEE\ngrant 12 71 ANALYST"))).plan();
    assert_eq!(made.steps(), ["give CAMPAIGN_MANAGER on EMEA to bo@acme.example"]);
}

/// The console takes ten ad accounts in one request; the interface names no limit.
#[test]
fn a_request_that_no_person_could_send_is_a_word_and_no_refusal() {
    for (count, spoken) in [(10, 0), (11, 1)] {
        let accounts: Vec<String> =
            (0..count).map(|n| format!("  a{n}: {{ id: \"{}\", owner: orbit }}\n", 900 + n)).collect();
        let keys: Vec<String> = (0..count).map(|n| format!("a{n}")).collect();
        let text = format!(
            "people: {{ ana@acme.example: {{ role: manager }} }}\npartners:\n  orbit: {{ id: \"505\", direction: outbound, grants: \
             [{{ on: [{}], permissions: [ANALYST], reason: looks }}] }}\naccounts:\n{}",
            keys.join(", "),
            accounts.concat()
        );
        for rows in ["", "partner 505 outbound"] {
            let made = Try::new(&files(&text), &export(&format!("{ANA}{rows}"))).plan();
            let large: Vec<String> =
                made.notices().into_iter().filter(|text| text.starts_with("large-request")).collect();
            assert_eq!(large.len(), spoken, "{count} {rows}: {:?} {:?}", made.steps(), made.notices());
            assert!(made.refused().is_empty());
        }
    }
}

/// Who asked first is accepted where the files say so, with what they say and not with what was asked for.
#[test]
fn what_was_asked_of_us_is_accepted_with_what_the_files_say() {
    let text = |accept: &str, direction: &str| {
        format!(
            "people:\n  ana@acme.example: {{ role: manager }}\npartners:\n  nova: {{ id: \"500\", direction: {direction}{accept}, \
             grants: [{{ on: [fr], permissions: [ANALYST], reason: looks }}] }}\naccounts:\n  fr: {{ id: \"71\", name: Acme France }}\n"
        )
    };
    let observed = export(&with("received 31 500 PARTNER_REQUEST"));
    let made = Try::new(&files(&text(", accept: false", "inbound")), &observed).plan();
    assert_eq!((made.steps().len(), made.withheld()), (0, vec!["received: invite nova".to_owned()]));
    assert!(made.help().contains("write `accept: true` in the entry of nova"), "{}", made.help());
    let made = Try::new(&files(&text(", accept: true", "inbound")), &observed).plan();
    assert_eq!(made.steps(), ["accept nova as a partner with 1 grant"]);
    assert!(made.withheld().is_empty() && made.deferred().is_empty() && made.refused().is_empty());
    let operation = &made.business().operations[0];
    assert_eq!(operation.risk, [Risk::External, Risk::Addition]);
    let rests: Vec<_> = operation.rests_on.iter().map(|fact| (fact.key.clone(), fact.value.clone())).collect();
    assert!(rests.contains(&(FactKey::Invite { id: "31".to_owned() }, Some("PENDING -".to_owned()))), "{rests:?}");
    // Nobody asked: the files ask.
    let made = Try::new(&files(&text(", accept: true", "inbound")), &export(&with(""))).plan();
    assert_eq!(made.steps(), ["invite nova as a partner with 1 grant"]);
    // What an outbound partner offers is theirs to say; what the files want beyond it is asked for once it is there.
    let observed = export(&with("received 31 500 PARTNER_INVITE"));
    let made = Try::new(&files(&text(", accept: true", "outbound")), &observed).plan();
    assert_eq!(made.steps(), ["accept that nova lets us in"]);
    assert_eq!(made.deferred(), ["ANALYST on Acme France after nova is in"]);
}

#[test]
fn an_acceptance_that_was_carried_out_leaves_nothing_to_do() {
    let desired = files(
        "people:\n  ana@acme.example: { role: manager }\npartners:\n  nova: { id: \"500\", direction: inbound, accept: true, \
         grants: [{ on: [fr], permissions: [ANALYST], reason: looks }] }\naccounts:\n  fr: { id: \"71\", name: Acme France }\n",
    );
    let observed = export(&with("received 31 500 PARTNER_REQUEST\npartner 900 inbound\npartner 400 outbound"));
    let made = Try::new(&desired, &observed).plan();
    let accept = made.business().operations.iter().map(|operation| &operation.action);
    let accept = accept.filter(|action| matches!(action, Action::AcceptInvite { .. }));
    let mut after = observed.clone();
    let outcomes = predict::perform_all(&mut after, accept, &mut BTreeMap::new(), after_day());
    assert_eq!(outcomes, [Ok(None)]);
    let nova = PrincipalIx::partner(after.find_partner("500", Direction::Inbound).unwrap());
    assert_eq!(after.grants_of(nova).len(), 1);
    assert!(
        after.find_partner("900", Direction::Inbound).is_some()
            && after.find_partner("400", Direction::Outbound).is_some()
    );
    let again = Try::new(&desired, &after).plan();
    assert!(again.steps().iter().all(|step| !step.contains("nova")), "{:?}", again.steps());
}

fn after_day() -> jiff::Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

#[test]
fn a_role_is_changed_and_an_unknown_one_is_not() {
    let desired = files(PEOPLE);
    let rows = |role: &str| with(&format!("member 12 bo@acme.example {role}\ngrant 12 71 ANALYST"));
    let made = Try::new(&desired, &export(&rows("BIZ_ADMIN"))).plan();
    assert_eq!(made.steps(), ["change the role of bo@acme.example from BIZ_ADMIN to EMPLOYEE"]);
    let made = Try::new(&desired, &export(&rows("OVERLORD"))).plan();
    assert_eq!(made.steps(), [""; 0]);
    assert_eq!(made.withheld(), ["unknown-value: change the role of bo@acme.example from OVERLORD to EMPLOYEE"]);
}

#[test]
fn whose_change_it_is_follows_from_the_last_applied_state() {
    let desired = files(PEOPLE);
    let now = |set: &str| export(&with(&format!("member 12 bo@acme.example EMPLOYEE\ngrant 12 71 {set}")));
    let origin = |then: &str, observed: &str| {
        let (then, observed) = (now(then), now(observed));
        Try::new(&desired, &observed).after(&then).plan().origins()
    };
    assert_eq!(origin("ADMIN", "ADMIN"), [Origin::Files]);
    assert_eq!(origin("ANALYST", "ADMIN"), [Origin::Drift]);
    assert_eq!(origin("FINANCE_VIEW", "ADMIN"), [Origin::Conflict]);
    assert_eq!(origin("ADMIN", "ANALYST"), [], "done by hand already");
    let (then, observed) = (now("ADMIN"), now("ANALYST"));
    let made = Try::new(&desired, &observed).after(&then).plan();
    assert_eq!(made.notices(), ["converged: 1 grant of bo@acme.example was set by hand to what the files now say"]);
}

#[test]
fn system_users_are_removed_and_made_by_hand() {
    let desired = files("people:\n  ana@acme.example: { role: manager }\n  bot: { service: true, id: \"99\" }\n");
    let observed = export(&with("system 98 oldbot EMPLOYEE"));
    let made = Try::new(&desired, &observed).plan();
    let by: Vec<bool> =
        made.business().operations.iter().map(|operation| operation.by == crate::plan::Executor::Connector).collect();
    assert_eq!(made.steps().len(), 2);
    assert_eq!(by, [false, false]);
    assert_eq!(made.business().calls, 0);
}

#[test]
fn a_decline_without_a_date_is_told_by_the_day_of_the_invitation() {
    let desired = files(PEOPLE);
    let mut observed = export(&with("invite 31 bo@acme.example EMPLOYEE DECLINED 2026-11-01"));
    let made = Try::new(&desired, &observed).plan();
    assert_eq!(made.business().withheld[0].why, "declined");
    assert!(made.help().contains("declined the invitation of 2026-11-01; to ask again"), "{}", made.help());
    let at = observed.strings.intern("2026-11-09T09:00:00Z");
    observed.invites[0].updated_at = Some(at);
    let made = Try::new(&desired, &observed).plan();
    assert!(made.help().contains("declined on 2026-11-09; to ask again"), "{}", made.help());
}

#[test]
fn what_a_partner_shares_ends_with_the_contract() {
    let text = |ends: &str| {
        files(&format!(
            "
people:
  ana@acme.example: {{ role: manager }}
  bo@acme.example:
accounts:
  fr: {{ id: \"71\", name: Acme France, owner: orbit }}
teams:
  social: {{ members: [bo@acme.example], grants: [{{ on: [fr], permissions: [ANALYST] }}] }}
partners:
  orbit: {{ id: \"501\", direction: outbound, ends: {ends}, grants: [{{ on: [fr], permissions: [ANALYST] }}] }}
"
        ))
    };
    let there = export(
        "member 11 ana@acme.example BIZ_ADMIN
         member 12 bo@acme.example EMPLOYEE
         partner 501 outbound Orbit
         account 71 Acme France
         grant 12 71 ANALYST
         shared 501 outbound 71 ANALYST",
    );
    let gone = export("member 11 ana@acme.example BIZ_ADMIN\nmember 12 bo@acme.example EMPLOYEE");
    let holds = text("2027-01-31");
    assert_eq!(Try::new(&holds, &there).plan().steps(), [""; 0]);
    let ended = text("2026-11-21");
    let made = Try::new(&ended, &there).plan();
    assert_eq!(
        made.steps(),
        ["take ANALYST on Acme France from bo@acme.example", "end the partnership with Orbit, which ends 1 grant"]
    );
    for operation in &made.business().operations {
        assert!(
            matches!(&operation.cause, crate::plan::Cause::Ended { place, .. } if place.what == "partner orbit"),
            "{operation:?}"
        );
    }
    let made = Try::new(&ended, &gone).plan();
    assert_eq!((made.steps().len(), made.deferred().len()), (0, 0), "{:?}", made.deferred());
}
