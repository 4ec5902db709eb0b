//! People and partners who answer, and other hands.

use std::collections::BTreeSet;

use accord::plan::Plan;

use super::business::{HEAD, snapshot};
use super::{Bench, fates, sentences, with_fate};
use crate::support::pinterest::{Event, Newcomer, Setup, Side};

fn row(text: &str) -> String {
    text.to_owned()
}

/// Ana manages, Cy and Di look, Nova is a partner; two accounts and a group with one of them.
fn small() -> String {
    let owned = "\"owner_business\": \"729090764583391194\"";
    snapshot(&[
        (
            "members",
            vec![
                row(r#"{"id": "9", "email": "ana@acme.example", "role": "BIZ_ADMIN"}"#),
                row(r#"{"id": "12", "email": "cy@acme.example", "role": "EMPLOYEE"}"#),
                row(r#"{"id": "13", "email": "di@acme.example", "role": "EMPLOYEE"}"#),
            ],
        ),
        ("partners", vec![row(r#"{"id": "500", "name": "Nova", "direction": "inbound"}"#)]),
        (
            "assets",
            vec![
                format!(r#"{{"id": "71", "type": "AD_ACCOUNT", "name": "France", {owned}}}"#),
                format!(r#"{{"id": "72", "type": "AD_ACCOUNT", "name": "Spain", {owned}}}"#),
                format!(r#"{{"id": "81", "type": "ASSET_GROUP", "name": "EMEA", {owned}}}"#),
            ],
        ),
        ("asset_group_members", vec![row(r#"{"group": "81", "asset": "72"}"#)]),
        (
            "grants",
            vec![
                row(r#"{"member": "12", "asset": "71", "permissions": ["ANALYST"]}"#),
                row(r#"{"member": "13", "asset": "71", "permissions": ["ANALYST"]}"#),
                row(r#"{"partner": "500", "direction": "inbound", "asset": "71", "permissions": ["ANALYST"]}"#),
            ],
        ),
    ])
}

const ASSETS: &str = "accounts:
  fr: { id: \"71\" }
  es: { id: \"72\" }
asset_groups:
  emea: { id: \"81\", name: EMEA, contains: [es] }
";

fn bench(people: &str) -> Bench {
    Bench::new(&format!("{HEAD}{ASSETS}{people}"), Setup::of(&super::seed(&small())))
}

fn rewrite(bench: &Bench, people: &str) {
    bench.write("accord.yaml", &format!("{HEAD}{ASSETS}{people}"));
}

fn waiting(plan: &Plan) -> Vec<String> {
    plan.businesses[0].waiting.iter().map(|one| format!("{} {}", one.who.label(), one.what)).collect()
}

fn deferred(plan: &Plan) -> Vec<String> {
    let each = plan.businesses[0].deferred.iter();
    each.map(|one| format!("{} on {} {}", one.permissions.join(";"), one.asset.label(), one.until)).collect()
}

const BO: &str = "people:
  ana@acme.example: { role: manager }
  cy@acme.example: { grants: [{ on: [fr], permissions: [ANALYST], reason: looks }] }
  di@acme.example: { grants: [{ on: [fr], permissions: [ANALYST], reason: looks }] }
  bo@acme.example: { grants: [{ on: [fr], permissions: [ANALYST], reason: looks }, { on: [emea], permissions: [CAMPAIGN_MANAGER], reason: works }] }
";

/// Invited with what an invite can bring, then waiting, then given the rest; then there is nothing left to do.
#[test]
fn whoever_accepts_gets_the_deferred_grants_with_the_next_plan() {
    let bench = bench(BO);
    let plan = bench.plan();
    assert_eq!(sentences(&plan), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    assert_eq!(plan.businesses[0].calls, 2, "the invite, and what comes with it");
    assert!(
        deferred(&plan).contains(&"CAMPAIGN_MANAGER on EMEA after bo@acme.example accepts".to_owned()),
        "{:?}",
        deferred(&plan)
    );
    bench.apply().ended(0);

    let plan = bench.plan();
    assert_eq!((sentences(&plan), waiting(&plan)), (vec![], vec!["bo@acme.example to become Employee".to_owned()]));
    assert_eq!(deferred(&plan).len(), 2);
    bench.apply().ended(0);
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);

    let as_who = Newcomer { id: Some("14".to_owned()), ..Newcomer::default() };
    bench.simulator.event(Event::Accept { invite: "bo@acme.example".to_owned(), as_who, grants: None });
    let plan = bench.plan();
    assert_eq!(sentences(&plan), ["give CAMPAIGN_MANAGER on EMEA to bo@acme.example"]);
    assert!(waiting(&plan).is_empty() && deferred(&plan).is_empty());
    bench.apply().ended(0);
    assert_eq!(sentences(&bench.plan()), [""; 0]);
    assert_eq!(bench.simulator.calls("create_membership_or_partnership_invites"), 1);
}

/// Who declined is left alone until the line says otherwise.
#[test]
fn whoever_declines_is_not_invited_again_until_the_line_is_touched() {
    let bench = bench(BO);
    bench.plan();
    bench.apply().ended(0);
    bench.simulator.event(Event::Decline { invite: "bo@acme.example".to_owned() });
    for _ in 0..2 {
        let plan = bench.plan();
        assert_eq!(sentences(&plan), [""; 0]);
        let held = &plan.businesses[0].withheld;
        assert_eq!((held.len(), held[0].why.as_str()), (1, "declined"));
        assert!(held[0].help.as_ref().is_some_and(|help| help.contains("invite_again: ")), "{held:?}");
        bench.apply().ended(0);
    }
    assert_eq!(bench.simulator.calls("create_membership_or_partnership_invites"), 1);
    rewrite(&bench, &BO.replace("bo@acme.example: {", "bo@acme.example: { invite_again: 2026-11-23,"));
    assert_eq!(sentences(&bench.plan()), ["invite bo@acme.example as EMPLOYEE with 1 grant"]);
    bench.apply().ended(0);
    assert_eq!(waiting(&bench.plan()).len(), 1);
}

const MORE: &str = "people:
  ana@acme.example: { role: manager }
  cy@acme.example: { grants: [{ on: [fr], permissions: [CAMPAIGN_MANAGER], reason: works }, { on: [es], permissions: [ANALYST], reason: looks }] }
  di@acme.example: { grants: [{ on: [fr], permissions: [CAMPAIGN_MANAGER], reason: works }, { on: [es], permissions: [ANALYST], reason: looks }] }
";

fn edit(member: &str, asset: &str, words: &[&str]) -> Event {
    Event::Grant {
        member: Some(member.to_owned()),
        partner: None,
        direction: None,
        asset: asset.to_owned(),
        permissions: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// Somebody else changes two grants between plan and apply: exactly these two are refused, the rest is done.
#[test]
fn what_somebody_else_changed_is_refused_and_the_rest_is_done() {
    let bench = bench(MORE);
    let plan = bench.plan();
    assert_eq!(plan.businesses[0].operations.len(), 4);
    bench.simulator.event(edit("12", "71", &["FINANCE_VIEW"]));
    bench.simulator.event(edit("13", "72", &["ADMIN"]));
    let ran = bench.apply().ended(5);
    let fates = fates(&ran);
    let (stale, done) = (with_fate(&fates, &["stale"]), with_fate(&fates, &["done"]));
    let sentence = |id: &String| {
        let found = plan.businesses[0].operations.iter().find(|operation| operation.id == *id);
        found.map(|operation| operation.action.sentence()).unwrap_or_default()
    };
    let told: BTreeSet<String> = stale.iter().map(sentence).collect();
    let wanted = [
        "change what cy@acme.example may do on France from ANALYST to CAMPAIGN_MANAGER",
        "give ANALYST on Spain to di@acme.example",
    ];
    assert_eq!(told, wanted.map(str::to_owned).into());
    assert_eq!(done.len(), 2);
    let state = bench.simulator.state();
    let lines = super::lines(&state);
    for line in [
        "member 12 has FINANCE_VIEW on 71",
        "member 12 has ANALYST on 72",
        "member 13 has CAMPAIGN_MANAGER on 71",
        "member 13 has ADMIN on 72",
    ] {
        assert!(lines.contains(line), "{line}: {lines:#?}");
    }
    // Where nothing is left that is not stale, nothing is written.
    let plan = bench.plan();
    assert_eq!(plan.businesses[0].operations.len(), 2);
    bench.simulator.event(edit("12", "71", &["ADMIN"]));
    bench.simulator.event(edit("13", "72", &["FINANCE_VIEW"]));
    let changes = bench.simulator.log().changes();
    bench.apply().ended(4);
    assert_eq!(bench.simulator.log().changes(), changes);
}

/// A partner who asked is accepted with what the files say, and not with what was asked for.
#[test]
fn a_request_is_accepted_with_what_the_files_say() {
    let partners = "partners:
  nova: { id: \"500\", direction: inbound, grants: [{ on: [fr], permissions: [ANALYST], reason: looks }] }
  orbit: { id: \"501\", direction: inbound, grants: [{ on: [es], permissions: [ANALYST], reason: looks }] }
";
    let bench = bench(partners);
    let received = serde_json::json!({
        "event": "receive",
        "invite": {
            "id": "901", "kind": "PARTNER_REQUEST", "invitee": "501", "status": "PENDING", "received": true,
            "grants": [{"asset": "71", "permissions": ["ADMIN"]}, {"asset": "72", "permissions": ["ADMIN"]}],
        },
    });
    bench.simulator.event(serde_json::from_value(received).unwrap());
    let plan = bench.plan();
    assert_eq!(sentences(&plan), [""; 0]);
    assert_eq!(plan.businesses[0].withheld[0].why, "received");
    rewrite(&bench, &partners.replace("\"501\", direction", "\"501\", accept: true, direction"));
    assert_eq!(sentences(&bench.plan()), ["accept orbit as a partner with 1 grant"]);
    bench.apply().ended(0);
    let lines = super::lines(&bench.simulator.state());
    let has: Vec<&String> = lines.iter().filter(|line| line.starts_with("inbound partner 501 has")).collect();
    assert_eq!(has, ["inbound partner 501 has ANALYST on 72"]);
    assert_eq!(sentences(&bench.plan()), [""; 0]);
    assert_eq!(bench.simulator.violations(), [""; 0]);
    bench.simulator.with_world(|world| assert!(world.partners.contains_key(&("501".to_owned(), Side::Inbound))));
}

/// What is asked of an outbound partner is one request in one call, however much it is; it waits, and is there once it was accepted.
#[test]
fn rights_asked_of_a_partner_are_one_request_that_waits() {
    let seed = snapshot(&[
        ("members", vec![row(r#"{"id": "9", "email": "ana@acme.example", "role": "BIZ_ADMIN"}"#)]),
        ("partners", vec![row(r#"{"id": "501", "name": "Orbit", "direction": "outbound"}"#)]),
        ("assets", vec![row(r#"{"id": "91", "type": "AD_ACCOUNT", "name": "Theirs", "owner_business": "501"}"#)]),
        (
            "grants",
            vec![row(r#"{"partner": "501", "direction": "outbound", "asset": "91", "permissions": ["ANALYST"]}"#)],
        ),
    ]);
    let files = format!(
        "{HEAD}accounts:
  theirs: {{ id: \"91\", owner: orbit }}
  other: {{ id: \"92\", owner: orbit }}
partners:
  orbit: {{ id: \"501\", direction: outbound, grants: [{{ on: [theirs, other], permissions: [ANALYST, CAMPAIGN_MANAGER], reason: works }}] }}
  comet: {{ id: \"502\", direction: outbound }}
"
    );
    let bench = Bench::new(&files, Setup::of(&super::seed(&seed)));
    let plan = bench.plan();
    assert_eq!(
        sentences(&plan),
        [
            "ask comet to let us in",
            "ask Orbit for ANALYST and CAMPAIGN_MANAGER on Theirs",
            "ask Orbit for ANALYST and CAMPAIGN_MANAGER on other",
        ]
    );
    assert_eq!(plan.businesses[0].calls, 2);
    bench.apply().ended(0);
    let writes = bench.simulator.log().requests.into_iter().filter(|sent| sent.method != "GET").count();
    assert_eq!(writes, 2);
    let mut asked: Vec<(String, usize)> = bench.simulator.with_world(|world| {
        world.invites.values().map(|invite| (invite.invitee.clone(), invite.grants.len())).collect()
    });
    asked.sort();
    assert_eq!(asked, [("501".to_owned(), 2), ("502".to_owned(), 0)]);

    let plan = bench.plan();
    assert_eq!((sentences(&plan), waiting(&plan).len()), (vec![], 2));
    bench.simulator.event(Event::AcceptAll);
    let plan = bench.plan();
    assert_eq!((sentences(&plan), waiting(&plan).len()), (vec![], 0));
    assert_eq!(bench.simulator.log().done_twice(), [""; 0]);
    assert_eq!(bench.simulator.violations(), [""; 0]);
}

/// The plan cancels an invite, and whoever was invited accepts before it is applied: that is no cancelled invite.
#[test]
fn who_accepts_before_the_invite_is_cancelled_is_told() {
    let bench = bench(BO);
    bench.plan();
    bench.apply().ended(0);
    let (nobody, _) = BO.split_once("  bo@acme").expect("a line of Bo");
    rewrite(&bench, nobody);
    let plan = bench.plan();
    assert_eq!(plan.businesses[0].operations[0].action.kind(), "cancel-invite", "{:?}", sentences(&plan));
    let as_who = Newcomer { id: Some("14".to_owned()), ..Newcomer::default() };
    bench.simulator.event(Event::Accept { invite: "bo@acme.example".to_owned(), as_who, grants: None });
    let ran = bench.apply().ended(4);
    assert_eq!(with_fate(&fates(&ran), &["stale"]).len(), 1, "{}", ran.out);
    assert!(bench.simulator.state().find_member("14").is_some());
    assert_eq!(sentences(&bench.plan()), ["end the membership of bo@acme.example as EMPLOYEE, which ends 1 grant"]);
}
