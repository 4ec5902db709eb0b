//! What comes into an asset group carries the risk of what the group's holders get by it.

use super::{Made, Risk, Try};
use crate::desired::DesiredState;
use crate::diff::Names;
use crate::diff::world::{export, texts};
use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::holders::{Holder, Holders};
use crate::plan::{Action, Approvals, AttachedGrant, undo};

const PEOPLE: &str = "
  ana@acme.example: { id: \"11\", role: manager }
  bo@acme.example: { id: \"12\" }
";

const ROWS: &str = "member 11 ana@acme.example BIZ_ADMIN
member 12 bo@acme.example EMPLOYEE
account 71 Acme France
account 72 Acme Germany
";

/// Germany comes into EMEA; `people` and `more` are lines of the files, `rows` of the export.
fn joins(people: &str, more: &str, rows: &str) -> Made {
    Try::new(&files(people, more), &export(&format!("{ROWS}{rows}"))).plan()
}

fn files(people: &str, more: &str) -> DesiredState {
    let accounts = "accounts:\n  fr: { id: \"71\", name: Acme France }\n  de: { id: \"72\", name: Acme Germany }\n";
    let root = "version: 1\nbusinesses:\n  acme: { platform: pinterest, id: \"600\", domains: [acme.example] }\n";
    let all = format!("people:{PEOPLE}{people}\n{accounts}{more}");
    texts(&[("accord.yaml", root), ("all.yaml", &all), ("policy.yaml", NEEDS)])
}

/// The files' group EMEA with both accounts, and other lines at the same depth.
fn emea(more: &str) -> String {
    format!(
        "asset_groups:\n  emea: {{ id: \"74\", name: EMEA, description: all, types: [BRAND], contains: [fr, de] }}\n{more}"
    )
}

const EMEA: &str = "group 74 EMEA = 71\n";

/// The risks of the operation with a sentence.
#[track_caller]
fn risks(made: &Made, sentence: &str) -> Vec<Risk> {
    let found = made.business().operations.iter().find(|operation| operation.action.sentence() == sentence);
    found.unwrap_or_else(|| panic!("no `{sentence}` in {:?}", made.steps())).risk.clone()
}

const JOINS: &str = "put Acme Germany into asset group EMEA";

#[test]
fn holders_of_the_export_are_who_gains() {
    use Risk::{Addition, Admin, Billing, External};
    let member = |words: &str| {
        let person =
            format!("  cy@acme.example: {{ id: \"13\", grants: [{{ on: [emea], permissions: [{words}] }}] }}\n");
        let words = words.replace(", ", ";");
        let rows = format!("{EMEA}member 13 cy@acme.example EMPLOYEE\ngrant 13 74 {words}");
        risks(&joins(&person, &emea(""), &rows), JOINS)
    };
    assert_eq!(risks(&joins("", &emea(""), EMEA), JOINS), [Addition]);
    assert_eq!(member("ANALYST"), [Addition]);
    assert_eq!(member("ADMIN"), [Admin, Billing, Addition]);
    assert_eq!(member("FINANCE_MANAGER, ANALYST"), [Billing, Addition]);
    assert_eq!(member("ADMIN, FINANCE_MANAGER"), [Admin, Billing, Addition]);
    // A partner, and somebody whose address is foreign.
    let nova = |words: &str| {
        let partner = format!(
            "partners:\n  nova: {{ id: \"500\", direction: inbound, grants: [{{ on: [emea], permissions: [{words}] }}] }}\n"
        );
        let rows = format!("{EMEA}partner 500 inbound Nova\nshared 500 inbound 74 {words}");
        risks(&joins("", &emea(&partner), &rows), JOINS)
    };
    assert_eq!(nova("ANALYST"), [External, Addition]);
    assert_eq!(nova("ADMIN"), [Admin, Billing, External, Addition]);
    let rows = format!("{EMEA}member 13 cy@free.example EMPLOYEE\ngrant 13 74 ANALYST");
    assert_eq!(risks(&joins("", &emea(""), &rows), JOINS), [External, Addition]);
}

#[test]
fn a_permission_that_nobody_knows_might_be_anything() {
    let rows = format!("{EMEA}grant 12 74 OWNER_OF_ALL");
    assert_eq!(risks(&joins("", &emea(""), &rows), JOINS), [Risk::Admin, Risk::Billing, Risk::Addition]);
}

#[test]
fn a_holder_whom_the_plan_takes_away_counts_until_then() {
    let rows = format!("{EMEA}partner 500 inbound Nova\nshared 500 inbound 74 ADMIN");
    let made = joins("", &emea("partners:\n  nova: { id: \"500\", direction: inbound, grants: [] }\n"), &rows);
    assert_eq!(
        (made.steps(), made.withheld()),
        (vec![JOINS.to_owned(), "take ADMIN on EMEA from Nova".to_owned()], vec![])
    );
    assert_eq!(risks(&made, JOINS), [Risk::Admin, Risk::Billing, Risk::External, Risk::Addition]);
}

#[test]
fn holders_that_the_same_plan_brings_gain_too() {
    let nova =
        "partners:\n  nova: { id: \"500\", direction: inbound, grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let wanted = [Risk::Admin, Risk::Billing, Risk::External, Risk::Addition];
    let made = joins("", &emea(nova), &format!("{EMEA}partner 500 inbound Nova"));
    assert_eq!(risks(&made, JOINS), wanted);
    let accepts = nova.replace("inbound,", "inbound, accept: true,");
    let made = joins("", &emea(&accepts), &format!("{EMEA}received 31 500 PARTNER_REQUEST"));
    assert!(made.steps().iter().any(|step| step.starts_with("accept")), "{:?}", made.steps());
    assert_eq!(risks(&made, JOINS), wanted);
    // No invitation shows a group, so a later plan gives it, which says by itself what that brings.
    let made = joins("", &emea(nova), EMEA);
    assert_eq!(made.deferred(), ["ADMIN on EMEA after nova accepts"]);
    assert_eq!(risks(&made, JOINS), [Risk::Addition]);
}

#[test]
fn a_group_that_the_plan_creates_has_the_holders_of_the_plan() {
    let group = emea("").replace("id: \"74\", ", "");
    let cy = "  cy@acme.example: { id: \"13\", grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let made = joins(cy, &group, "member 13 cy@acme.example EMPLOYEE");
    assert_eq!(risks(&made, JOINS), [Risk::Admin, Risk::Billing, Risk::Addition]);
    assert_eq!(risks(&made, "put Acme France into asset group EMEA"), [Risk::Admin, Risk::Billing, Risk::Addition]);
    assert_eq!(risks(&joins("", &group, ""), JOINS), [Risk::Addition]);
}

#[test]
fn whoever_an_invitation_that_waits_lets_in_gains_too() {
    let cy = "  cy@free.example: { grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let sent = |status: &str| format!("{EMEA}invite 31 cy@free.example EMPLOYEE {status} 2026-11-20 74=ADMIN");
    let made = joins(cy, &emea(""), &sent("PENDING"));
    assert_eq!(made.steps(), [JOINS]);
    assert_eq!(risks(&made, JOINS), [Risk::Admin, Risk::Billing, Risk::External, Risk::Addition]);
    assert_eq!(risks(&joins("", &emea(""), &sent("CANCELLED")), JOINS), [Risk::Addition]);
}

/// The files know no group in a group; exports do.
#[test]
fn holders_of_a_group_around_gain_by_what_comes_into_the_inner_one() {
    let nova = "partners:\n  nova: { id: \"500\", direction: inbound }\n";
    let rows = |on: &str, around: &str| {
        format!(
            "{EMEA}group 75 World = {around}\ngroup 76 All = 75\npartner 500 inbound Nova\nshared 500 inbound {on} ADMIN\n"
        )
    };
    let wanted = [Risk::Admin, Risk::Billing, Risk::External, Risk::Addition];
    assert_eq!(risks(&joins("", &emea(nova), &rows("75", "74")), JOINS), wanted);
    assert_eq!(risks(&joins("", &emea(nova), &rows("76", "74")), JOINS), wanted);
    assert_eq!(risks(&joins("", &emea(nova), &rows("76", "71")), JOINS), [Risk::Addition], "it is not around");
}

fn thing(id: &str) -> AssetRef {
    AssetRef { key: None, id: Some(id.to_owned()), name: None, kind: String::new() }
}

fn put(group: &str, asset: &str) -> Action {
    Action::AddToGroup { group: thing(group), asset: thing(asset) }
}

/// By holder of a group: who, and how many permissions they have there.
fn held(rows: &str, actions: &[Action], group: &str) -> Vec<(String, u32)> {
    let (desired, observed) = (files("", ""), export(&format!("{ROWS}{rows}")));
    let names = Names { desired: &desired, observed: &observed };
    let label = |holder: &Holder| match holder {
        Holder::Seen(principal) => format!("{} of the export", principal.index()),
        Holder::Named(principal) => principal.label(),
    };
    let holders = Holders::of(&names, actions.iter());
    holders.on(group).map(|held| (label(&held.holder), held.permissions.count_ones())).collect()
}

#[test]
fn a_ring_of_groups_ends_and_a_group_that_comes_into_another_brings_its_holders() {
    let rows =
        "group 74 EMEA = 71 75\ngroup 75 World = 74\ngroup 76 All\ngrant 12 76 ADMIN;ANALYST\ngrant 11 74 ANALYST";
    let (ana, bo) = (|| ("0 of the export".to_owned(), 1), || ("1 of the export".to_owned(), 2));
    assert_eq!(held(rows, &[put("75", "72")], "75"), [ana()], "through EMEA around it");
    let nested = [put("75", "72"), put("76", "74")];
    assert_eq!(held(rows, &nested, "75"), [ana(), bo()], "Bo holds the group around both");
    assert_eq!(held(rows, &nested, "76"), [bo()], "nobody gains by a group inside");
}

#[test]
fn whom_an_action_asks_with_a_group_holds_it() {
    let grants = || vec![AttachedGrant { asset: thing("74"), permissions: vec!["ANALYST".to_owned()] }];
    let cy = || PersonRef { email: Some("cy@free.example".to_owned()), ..PersonRef::default() };
    let nova = || PartnerRef { key: None, id: "500".to_owned(), name: None, direction: Direction::Inbound };
    let (invite, principal) = (|| "31".to_owned(), || Principal::Person(cy()));
    let none: [(String, u32); 0] = [];
    let (person, partner) = ([("cy@free.example".to_owned(), 1)], [("500".to_owned(), 1)]);
    for (action, expected) in [
        (Action::InviteMember { person: cy(), role: "EMPLOYEE".to_owned(), grants: grants() }, person.as_slice()),
        (Action::AttachGrants { invite: invite(), invitee: principal(), before: vec![], after: grants() }, &person),
        (Action::AttachGrants { invite: invite(), invitee: principal(), before: grants(), after: vec![] }, &none),
        (Action::InvitePartner { partner: nova(), grants: grants() }, &partner),
        (Action::AcceptInvite { invite: invite(), partner: nova(), grants: grants() }, &partner),
        // What we ask for is somebody else's, and what is cancelled nobody gets.
        (Action::RequestPartner { partner: nova(), grants: grants() }, &none),
        (Action::CancelInvite { invite: invite(), invitee: principal(), role: None, grants: grants() }, &none),
    ] {
        assert_eq!(held(EMEA, &[action.clone(), put("74", "72")], "74"), expected, "{action:?}");
    }
}

#[test]
fn a_partner_that_is_asked_to_let_us_in_holds_nothing_of_ours() {
    let asked = |kind: &str| format!("{EMEA}asked 32 500 {kind} PENDING 2026-11-20 74=ADMIN");
    assert_eq!(held(&asked("PARTNER_INVITE"), &[put("74", "72")], "74"), [("500".to_owned(), 1)]);
    assert_eq!(held(&asked("PARTNER_REQUEST"), &[put("74", "72")], "74"), []);
}

const NEEDS: &str = "policy:
  approvals:
    groups: { security: [priya@acme.example, bo@acme.example] }
    needs:
      admin: { from: security }
      external: { from: security }
";

/// By need: its risk and whom it benefits.
fn needs(approvals: &Approvals) -> Vec<(&str, Vec<&str>)> {
    let each = approvals.needs.iter();
    each.map(|need| (need.risk.word(), need.beneficiaries.iter().map(String::as_str).collect())).collect()
}

#[test]
fn who_gains_through_a_group_is_no_approver() {
    let text = emea(
        "partners:\n  nova: { id: \"500\", direction: inbound, contact: lead@nova.example, grants: [{ on: [emea], permissions: [ADMIN] }] }\n",
    );
    // Bo is known by id alone.
    let rows = format!(
        "{EMEA}partner 500 inbound Nova\nshared 500 inbound 74 ADMIN\nmember 14 wilma EMPLOYEE\ngrant 14 74 ANALYST\n"
    );
    let people = "  priya@acme.example: { id: \"14\", grants: [{ on: [emea], permissions: [ANALYST] }] }\n";
    let made = joins(people, &text, &rows);
    assert_eq!(made.steps(), [JOINS]);
    let both = vec!["lead@nova.example", "priya@acme.example", "wilma"];
    assert_eq!(needs(&made.0.approvals), [("admin", both.clone()), ("external", both)]);
}

#[test]
fn an_invitee_and_a_new_holder_are_no_approvers() {
    let people = "  priya@acme.example: { grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let text = emea("");
    let waits = format!("{EMEA}invite 31 priya@acme.example EMPLOYEE PENDING 2026-11-20 74=ADMIN");
    let made = joins(people, &text, &waits);
    assert_eq!(
        (made.steps(), needs(&made.0.approvals)),
        (vec![JOINS.to_owned()], vec![("admin", vec!["priya@acme.example"])])
    );
    let bo = "  cy@acme.example: { id: \"13\", grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let made = joins(bo, &text, &format!("{EMEA}member 13 cy@acme.example EMPLOYEE"));
    assert_eq!(made.steps().len(), 2);
    assert_eq!(needs(&made.0.approvals), [("admin", vec!["cy@acme.example"])]);
}

#[test]
fn an_undo_that_puts_something_back_says_the_same() {
    let nova =
        "partners:\n  nova: { id: \"500\", direction: inbound, grants: [{ on: [emea], permissions: [ADMIN] }] }\n";
    let text = emea(nova).replace("[fr, de]", "[fr]");
    let partner = "partner 500 inbound Nova\nshared 500 inbound 74 ADMIN";
    let made = joins("", &text, &format!("group 74 EMEA = 71 72\n{partner}"));
    assert_eq!(made.steps(), ["take Acme Germany out of asset group EMEA"]);
    let done = vec![undo::Undone { operation: &made.business().operations[0], created: None }];
    let runs = [("acme".to_owned(), undo::Run { done, uncertain: Vec::new() })].into();
    let files = files("", &text);
    let after = export(&format!("{ROWS}{EMEA}{partner}"));
    let undone = undo::build(&Try::new(&files, &after).input(), made.0.digest, &runs).unwrap();
    assert_eq!(risks(&Made(undone), JOINS), [Risk::Admin, Risk::Billing, Risk::External, Risk::Addition]);
}
