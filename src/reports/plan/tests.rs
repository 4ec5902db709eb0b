use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::{
    Action, AttachedGrant, Cause, EndingGrant, Executor, GuardResult, Operation, Origin, Plan, Risk, Undo, Verdict,
    Withheld,
};
use crate::reports::sample::{self, account, operation, partner, person, remove, set, strings, written};
use crate::terminal::Style;

fn shown(plan: &Plan, depth: Depth) -> String {
    render_text(plan, depth, &Style::plain(80))
}

fn people(operations: Vec<Operation>) -> String {
    shown(&sample::plan(operations), Depth::People)
}

/// The lines from the one that holds `from` to the next empty one.
fn block<'a>(text: &'a str, from: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| !line.contains(from));
    lines.take_while(|line| !line.is_empty()).collect()
}

fn give(who: &PersonRef, asset: &AssetRef, before: &[&str], after: &[&str]) -> Operation {
    let cause = written(&[("teams/a.yaml", 7, "team a")], &["campaigns", "MKT-1"]);
    operation("grant-1", set(who.clone(), asset, before, after), cause, &[Risk::Addition])
}

fn take(who: &PersonRef, asset: &AssetRef, before: &[&str]) -> Operation {
    let cause = Cause::Unwritten { nearest: None };
    operation("remove-1", remove(who.clone(), asset, before), cause, &[Risk::Removal])
}

#[test]
fn no_changes_are_one_clear_sentence() {
    for depth in [Depth::Headline, Depth::People, Depth::Full] {
        let text = shown(&sample::plan(Vec::new()), depth);
        let sentence = "No changes. Norrhem Home is as the files say (1,234 facts compared).";
        assert!(text.contains(sentence), "{text}");
        assert!(!text.contains("Plan:") && !text.contains("Refused:"), "{text}");
    }
}

#[test]
fn no_changes_but_something_withheld_is_not_called_no_changes() {
    let mut plan = sample::plan(Vec::new());
    plan.businesses[0].withheld = sample::norrhem().businesses[0].withheld.clone();
    let text = shown(&plan, Depth::Headline);
    assert!(!text.contains("as the files say"), "{text}");
    assert!(text.contains("no changes, but 2 differences are left as found"), "{text}");
}

#[test]
fn a_change_says_what_is_gained_lost_and_kept() {
    let fr = account("fr", "1", "France");
    let bo = person("bo", "Bo Larsen");
    let before = ["ANALYST", "FINANCE_VIEW"];
    let text = people(vec![give(&bo, &fr, &before, &["ANALYST", "CAMPAIGN_MANAGER"])]);
    let block = block(&text, "Bo Larsen");
    assert_eq!(block[0], "  ~ Bo Larsen (bo@norrhem.example)");
    assert!(block.contains(&"    - France (ad account): finance viewer (keeps analyst)"), "{text}");
    assert!(block.contains(&"    + France (ad account): campaign manager"), "{text}");
    assert!(block.contains(&"      why: teams/a.yaml:7 (team a): campaigns; MKT-1"), "{text}");
}

#[test]
fn permissions_are_explained_in_plain_words_once_and_listed_with_the_platforms_word() {
    let bo = person("bo", "Bo Larsen");
    let cy = person("cy", "Cy Marsh");
    let (fr, de) = (account("fr", "1", "France"), account("de", "2", "Germany"));
    let text = people(vec![give(&bo, &fr, &[], &["CAMPAIGN_MANAGER"]), give(&cy, &de, &[], &["CAMPAIGN_MANAGER"])]);
    assert_eq!(text.matches("can: create and edit campaigns").count(), 1, "{text}");
    assert!(text.contains("campaign manager (CAMPAIGN_MANAGER): create and edit"), "{text}");
}

#[test]
fn what_is_kept_anyway_is_not_told_as_a_loss() {
    let fr = account("fr", "1", "France");
    let bo = person("bo", "Bo Larsen");
    let text = people(vec![give(&bo, &fr, &["CAMPAIGN_MANAGER", "FINANCE_VIEW"], &["CAMPAIGN_MANAGER"])]);
    assert!(text.contains("could: nothing beyond campaign manager"), "{text}");
}

#[test]
fn an_unknown_permission_is_shown_as_it_is_and_weighs_like_administration() {
    let text =
        people(vec![give(&person("bo", "Bo Larsen"), &account("fr", "1", "France"), &[], &["CREATIVE_REVIEWER"])]);
    assert!(text.contains("France (ad account): `CREATIVE_REVIEWER`"), "{text}");
    assert!(text.contains("Administration and money: 1 person"), "{text}");
    assert!(text.contains("might allow anything"), "{text}");
}

#[test]
fn administration_comes_first_then_removals_then_the_rest() {
    let fr = account("fr", "1", "France");
    let text = people(vec![
        give(&person("light", "Light"), &fr, &[], &["ANALYST"]),
        take(&person("loss", "Loss"), &fr, &["ANALYST"]),
        give(&person("money", "Money"), &fr, &[], &["FINANCE_MANAGER"]),
        give(&person("power", "Power"), &fr, &[], &["ADMIN"]),
    ]);
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("no {needle}: {text}"));
    let order = [
        at("Administration and money: 2 people"),
        at("+ Power (power@norrhem.example) [admin]"),
        at("+ Money (money@norrhem.example) [money]"),
        at("Access taken away: 1 person"),
        at("- Loss (loss@norrhem.example)"),
        at("Access given: 1 person"),
        at("+ Light (light@norrhem.example)"),
    ];
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn what_the_plan_calls_a_risk_is_grave_even_where_the_table_does_not() {
    let mut operation = give(&person("bo", "Bo"), &account("fr", "1", "France"), &[], &["ANALYST"]);
    operation.risk = vec![Risk::Billing, Risk::External];
    let text = people(vec![operation]);
    assert!(text.contains("+ Bo (bo@norrhem.example) [money] [outside]"), "{text}");
}

#[test]
fn a_person_is_told_once_by_whatever_name_the_operations_know_them() {
    let fr = account("fr", "1", "France");
    let de = account("de", "2", "Germany");
    let whole = person("bo", "Bo Larsen");
    let by_address = PersonRef { email: Some("BO@norrhem.example".to_owned()), ..PersonRef::default() };
    let text = people(vec![give(&by_address, &fr, &[], &["ANALYST"]), give(&whole, &de, &[], &["ANALYST"])]);
    assert!(text.contains("2 changes for 1 person\n"), "{text}");
    assert_eq!(text.matches("Bo Larsen").count(), 1, "{text}");
    assert!(text.contains("+ France and Germany (ad accounts): analyst"), "{text}");
}

#[test]
fn people_to_whom_the_same_happens_are_told_together_and_all_by_name() {
    let fr = account("fr", "1", "France");
    let names = ["Ana", "Bo", "Cy", "Dee", "Eve"];
    let text = people(names.iter().map(|name| give(&person(name, name), &fr, &[], &["ANALYST"])).collect());
    assert_eq!(text.matches("France (ad account)").count(), 1, "{text}");
    assert!(text.contains("  + 5 people: Ana (Ana@norrhem.example), Bo"), "{text}");
    assert!(names.iter().all(|name| text.contains(&format!("{name} ({name}@"))), "{text}");
}

#[test]
fn assets_of_one_name_are_told_apart_by_id() {
    let bo = person("bo", "Bo");
    let (one, other) = (account("fr", "111", "France"), account("fr2", "222", "France"));
    let text = people(vec![give(&bo, &one, &[], &["ANALYST"]), take(&bo, &other, &["ANALYST"])]);
    assert!(text.contains("+ France 111 (ad account)"), "{text}");
    assert!(text.contains("- France 222 (ad account)"), "{text}");
}

#[test]
fn a_deleted_group_is_told_to_everybody_who_loses_by_it() {
    let group = sample::asset("ASSET_GROUP", "emea", "9", "EMEA");
    let holder = person("bo", "Bo Larsen");
    let deletion = Action::DeleteGroup {
        group: group.clone(),
        contents: vec![account("fr", "1", "France")],
        grants: vec![EndingGrant { principal: Some(holder.into()), asset: group, permissions: strings(&["ANALYST"]) }],
    };
    let cause = Cause::Unwritten { nearest: None };
    let text = people(vec![operation("delete-1", deletion, cause, &[Risk::Removal])]);
    assert!(text.contains("- is deleted; it holds France (ad account)"), "{text}");
    let of_holder = block(&text, "- Bo Larsen");
    assert!(of_holder.contains(&"    - EMEA (asset group): analyst, the group is deleted"), "{text}");
    assert!(text.contains("1 change for 1 person and 1 asset group"), "{text}");
}

#[test]
fn an_invitation_says_what_comes_with_acceptance_and_a_changed_one_what_differs() {
    let (fr, de) = (account("fr", "1", "France"), account("de", "2", "Germany"));
    let attached =
        |asset: &AssetRef, words: &[&str]| AttachedGrant { asset: asset.clone(), permissions: strings(words) };
    let cause = || written(&[], &[]);
    let invite = Action::InviteMember {
        person: person("bo", "Bo"),
        role: "BIZ_ADMIN".to_owned(),
        grants: vec![attached(&fr, &["ANALYST"])],
    };
    let change = Action::AttachGrants {
        invite: "77".to_owned(),
        invitee: person("cy", "Cy").into(),
        before: vec![attached(&fr, &["ANALYST"])],
        after: vec![attached(&de, &["ADMIN"])],
    };
    let text = people(vec![operation("invite-1", invite, cause(), &[]), operation("attach-1", change, cause(), &[])]);
    assert!(block(&text, "Bo (").contains(&"    + is invited to become Manager"), "{text}");
    assert!(text.contains("+ Bo (bo@norrhem.example) [admin]"), "{text}");
    assert!(text.contains("+ France (ad account): analyst, once accepted"), "{text}");
    let cy = block(&text, "Cy (");
    assert!(cy.contains(&"    - France (ad account): analyst, was attached to it"), "{text}");
    assert!(cy.contains(&"    + Germany (ad account): admin, once accepted"), "{text}");
}

#[test]
fn drift_conflicts_hands_and_undo_are_remarked() {
    let mut one = take(&person("bo", "Bo"), &account("fr", "1", "France"), &["ANALYST"]);
    one.origin = Origin::Drift;
    one.undo = Undo::Impossible { why: "nobody knows the reason".to_owned() };
    let mut other = take(&person("cy", "Cy"), &account("fr", "1", "France"), &["ANALYST"]);
    other.origin = Origin::Conflict;
    other.by = Executor::Person { why: "only the console can".to_owned() };
    let text = people(vec![one, other.clone()]);
    for remark in [
        "drift: changed outside the files",
        "no undo: nobody knows the reason",
        "conflict: changed in the files and outside them",
        "by hand: only the console can",
    ] {
        assert!(text.contains(remark), "{remark}: {text}");
    }
    let text = people(vec![other]);
    assert!(text.contains("  all by hand: only the console can"), "{text}");
    assert_eq!(text.matches("only the console can").count(), 1, "{text}");
}

#[test]
fn a_refused_plan_is_shown_in_full_with_the_way_to_allow_it() {
    let text = shown(&sample::refused(), Depth::People);
    assert!(text.contains("! refused by `removals`: 7 of 113 grants"), "{text}");
    assert!(text.contains("--allow removals=7"), "{text}");
    assert!(text.contains("and 5 more"), "{text}");
    assert!(text.contains("! invites not proven whole: the export has 9 rows"), "{text}");
    assert!(text.contains("- leaves the business (was Employee)"), "{text}");
    let end = "Refused: 1 guard refuses this plan; none of its 15 changes can be applied.\n  If all of it is right, plan again with --allow removals=7\n";
    assert!(text.ends_with(end), "{text}");
    assert!(shown(&sample::refused(), Depth::Headline).ends_with(end));
}

#[test]
fn an_overridden_guard_is_never_silent() {
    let mut plan = sample::norrhem();
    plan.businesses[0].guards[0].verdict =
        Verdict::Overridden { count: 7, message: "7 of 113 grants would be removed".to_owned() };
    for depth in [Depth::Headline, Depth::People, Depth::Full] {
        let text = shown(&plan, depth);
        assert!(text.contains("! overridden `removals`: 7 of 113 grants"), "{text}");
        assert!(text.ends_with("Plan: 15 changes; no guard refuses, 1 overridden.\n"), "{text}");
    }
}

#[test]
fn everything_besides_the_changes_is_there() {
    let text = shown(&sample::norrhem(), Depth::People);
    for part in [
        "as of 2026-11-22 06:00 UTC",
        "compared with state/current, exported 2026-11-22 05:12 UTC",
        "Waiting for an answer: 2",
        "Leila Rahimi (leila.rahimi@norrhem.example) to become Employee, sent",
        "Not possible yet: 1",
        "Different, but left alone: 2",
        "Worth knowing: 1",
        "Ends within 90 days: 2",
        "2026-12-31 the membership of Petr Dvořák (people.yaml:22)",
        "Not managed by the files: 2",
        "grants of partner kitano-living",
        "passed (3): removals, last-admin, own-access",
        "members 41 -> 40",
        "until 2027-01-29",
    ] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(part), "{part}: {text}");
    }
    let at = |needle: &str| text.find(needle);
    assert!(at("a value that accord does not know") < at("The invitation was declined"), "removals first: {text}");
}

#[test]
fn the_headline_names_everybody_to_whom_something_grave_happens() {
    let text = shown(&sample::norrhem(), Depth::Headline);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Norrhem Home: 15 changes for 10 people, 1 partner and 1 asset group",
        "+ becomes administrator: Freja Holm (freja.holm@norrhem.example)",
        "- leaves: Jonas Eklund (jonas.eklund@norrhem.example)",
        "- loses access: Atelier Rive (partner 711000000000000042), Nadia Benali",
        "~ loses some access and gains other: Camille Laurent",
        "1,234 facts stay",
        "2 invitations wait",
    ] {
        assert!(flat.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_a_group_gives_its_holders_is_told_of_the_group_as_of_people() {
    let join = |n: usize, risk: &[Risk]| {
        let group = sample::asset("ASSET_GROUP", &format!("g{n}"), &format!("8{n}"), &format!("Group {n}"));
        let action = Action::AddToGroup { group, asset: account("fr", "1", "France") };
        operation(&format!("join-{n}"), action, written(&[("a.yaml", 1, "fr")], &[]), risk)
    };
    let mut operations = vec![
        join(1, &[Risk::Admin, Risk::Billing, Risk::Addition]),
        join(2, &[Risk::Billing, Risk::Addition]),
        join(3, &[Risk::External, Risk::Addition]),
    ];
    operations.extend((10..40).map(|n| join(n, &[Risk::Admin, Risk::Addition])));
    let plan = sample::plan(operations);
    let text = shown(&plan, Depth::Headline).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("+ makes its holders administrators of more: Group 10 (asset group), Group 11"), "{text}");
    assert!(text.contains("+ gives its holders rights over more money: Group 2 (asset group) +"), "{text}");
    assert!(text.contains("+ is new or holds more: Group 3 (asset group) ="), "{text}");
    for n in (10..40).chain([1]) {
        assert!(text.contains(&format!("Group {n} (asset")), "{text}");
    }
    let text = shown(&plan, Depth::People);
    assert!(text.contains("+ Group 2 (asset group) [money]"), "{text}");
    assert!(text.contains("+ Group 3 (asset group) [outside]"), "{text}");
}

#[test]
fn what_a_partner_lets_us_do_is_not_told_as_access_of_the_partner() {
    let client = PartnerRef { direction: Direction::Outbound, ..partner("alba", "701", "Alba") };
    let fr = account("fr", "1", "France");
    let gain = set(client.clone(), &fr, &[], &["ADMIN"]);
    let end = Action::RemovePartner { partner: PartnerRef { id: "702".to_owned(), ..client }, grants: Vec::new() };
    let plan =
        sample::plan(vec![operation("1", gain, written(&[], &[]), &[]), operation("2", end, written(&[], &[]), &[])]);
    let text = shown(&plan, Depth::Headline);
    assert!(text.contains("+ makes us administrator: Alba (partner 701)"), "{text}");
    assert!(text.contains("- no longer lets us in: Alba (partner 702)"), "{text}");
    assert!(!text.contains("becomes administrator"), "{text}");
    let text = shown(&plan, Depth::People);
    assert!(text.contains("+ Alba (partner 701), lets us reach theirs [admin]"), "{text}");
}

#[test]
fn several_businesses_are_told_one_by_one_and_words_are_explained_once() {
    let mut plan = sample::refused();
    let mut other = plan.businesses[0].clone();
    other.business.key = "kitano".to_owned();
    other.business.name = Some("Kitano Living".to_owned());
    plan.businesses.push(other);
    let text = shown(&plan, Depth::People);
    assert!(text.contains("Norrhem Home: 15 changes") && text.contains("Kitano Living: 15 changes"));
    assert_eq!(text.matches("What these words allow").count(), 1, "{text}");
    assert!(text.contains("--allow norrhem:removals=7"), "{text}");
    assert!(text.contains("--allow kitano:removals=7"), "{text}");
    let refused = "Refused: 2 guards refuse this plan; none of its 30 changes can be applied.\n";
    assert!(text.contains(refused), "{text}");
    let allow = "plan again with --allow norrhem:removals=7\n    --allow kitano:removals=7\n";
    assert!(text.ends_with(allow), "{text}");
}

#[test]
fn a_long_headline_counts_only_those_who_gain_something_ordinary() {
    let fr = account("fr", "1", "France");
    let mut operations: Vec<Operation> =
        (0..40).map(|n| give(&person(&format!("gain{n}"), "G"), &fr, &[], &["ANALYST"])).collect();
    operations.extend((0..40).map(|n| take(&person(&format!("loss{n}"), "L"), &fr, &["ANALYST"])));
    operations.extend((0..40).map(|n| give(&person(&format!("pay{n}"), "P"), &fr, &[], &["FINANCE_EDIT"])));
    let text = shown(&sample::plan(operations), Depth::Headline);
    assert!(text.contains("and 35 more"), "{text}");
    for n in 0..40 {
        assert!(text.contains(&format!("(loss{n}@")) && text.contains(&format!("(pay{n}@")), "{text}");
    }
}

#[test]
fn ten_thousand_changes_of_one_partner_are_all_told() {
    let agency = partner("nova", "700", "Nova");
    let operations = (0..10_000u32).map(|n| {
        let asset = account(&format!("a{n}"), &n.to_string(), &format!("Account {n}"));
        let cause = written(&[("partners/nova.yaml", n, "")], &["feed"]);
        operation(&format!("grant-{n}"), set(agency.clone(), &asset, &[], &["ANALYST"]), cause, &[])
    });
    let plan = sample::plan(operations.collect());
    // Two seconds in a debug build; the square of the number of changes would take minutes.
    let text = shown(&plan, Depth::Full);
    assert_eq!(text.matches("why: partners/nova.yaml:").count(), 10_000);
}

#[test]
fn the_full_text_holds_what_an_auditor_needs() {
    let plan = sample::norrhem();
    let text = shown(&plan, Depth::Full);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        plan.digest.to_string(),
        plan.desired.to_string(),
        plan.businesses[0].observed.digest.to_string(),
        "2. change a business role role-2b2c3d4e5f60".to_owned(),
        "needs step 1 (role-1b2c3d4e5f60)".to_owned(),
        "before BIZ_ADMIN afterwards EMPLOYEE".to_owned(),
        "asset Norrhem France (ad account 549755885101)".to_owned(),
        "rests on member 701 is EMPLOYEE".to_owned(),
        plan.businesses[0].operations[0].precondition.to_string(),
        "undo in part: a new invitation has to be accepted".to_owned(),
        "origin changed outside the files (drift)".to_owned(),
        "by the connector".to_owned(),
    ] {
        assert!(flat.contains(&part), "{part}: {text}");
    }
}

#[test]
fn colours_say_nothing_that_words_do_not() {
    for depth in [Depth::Headline, Depth::People, Depth::Full] {
        let coloured = render_text(&sample::refused(), depth, &Style::plain(80).coloured());
        assert!(coloured.contains("\u{1b}["), "{depth:?}");
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), shown(&sample::refused(), depth));
    }
}

#[test]
fn json_is_the_plan_itself() {
    let plan = sample::refused();
    let text = json(&plan).expect("plain data");
    let read: Plan = serde_json::from_str(&text).expect("the plan's own format");
    assert_eq!(read, plan);
}

/// Names that are hostile, or long, or both, each with a mark of its own.
fn names() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec!['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}', '\r', '\n', '[', 'a', ' ']);
    let hostile = prop::collection::vec(hostile, 1..12).prop_map(String::from_iter);
    prop_oneof!["[A-Za-zéß広 ]{0,12}", "\\PC{0,30}", any::<String>(), hostile]
}

/// An operation of any kind on a small pool of people and assets; `n` marks whatever is only its own.
fn any_operation(n: usize) -> impl Strategy<Value = Operation> {
    let words =
        prop::sample::subsequence(vec!["ADMIN", "ANALYST", "CAMPAIGN_MANAGER", "FINANCE_EDIT", "NEW_WORD"], 1..4);
    let risks = prop::sample::subsequence(
        vec![Risk::Admin, Risk::Billing, Risk::External, Risk::Removal, Risk::Addition],
        0..3,
    );
    (0..15usize, 0..4usize, words.clone(), words, risks, names()).prop_map(
        move |(kind, who, before, after, risk, name)| {
            let action = action(kind, n, who, &name, &before, &after);
            let cause = written(&[("a.yaml", 1, &name)], &[&name]);
            operation(&format!("op-{n}-x"), action, cause, &risk)
        },
    )
}

fn action(kind: usize, n: usize, who: usize, name: &str, before: &[&str], after: &[&str]) -> Action {
    let own = account(&format!("key{n}"), &format!("9{n}"), &format!("asset-{n}-x"));
    let group = sample::asset("ASSET_GROUP", &format!("g{n}"), &format!("8{n}"), &format!("group-{n}-x"));
    let pool = person(&format!("pool{who}"), name);
    let sole = person(&format!("sole-{n}-x"), name);
    let agency = partner(&format!("p{n}"), &format!("7{n}"), &format!("agency-{n}-x"));
    let attached = vec![AttachedGrant { asset: own.clone(), permissions: strings(after) }];
    let ending = |principal: Option<Principal>| {
        vec![EndingGrant { principal, asset: own.clone(), permissions: strings(before) }]
    };
    match kind {
        0 => Action::CreateGroup { group, description: name.to_owned(), types: strings(&["BRAND"]) },
        1 => Action::AddToGroup { group, asset: own },
        2 => Action::RemoveFromGroup { group, asset: own },
        3 => Action::DeleteGroup { group, contents: vec![own.clone()], grants: ending(Some(pool.into())) },
        4 => Action::InviteMember { person: sole, role: "EMPLOYEE".to_owned(), grants: attached },
        5 => Action::InvitePartner { partner: agency, grants: attached },
        6 => Action::RequestPartner { partner: agency, grants: attached },
        7 => Action::AttachGrants { invite: "1".to_owned(), invitee: sole.into(), before: Vec::new(), after: attached },
        8 => Action::CancelInvite { invite: "1".to_owned(), invitee: sole.into(), role: None, grants: Vec::new() },
        9 => Action::SetRole { person: sole, before: "EMPLOYEE".to_owned(), after: "BIZ_ADMIN".to_owned() },
        10 => set(pool, &own, before, after),
        11 => remove(pool, &own, before),
        12 => Action::RequestAccess { partner: agency, asset: own, before: strings(before), after: strings(after) },
        13 => Action::RemoveMember { person: sole, role: "BIZ_ADMIN".to_owned(), grants: ending(None) },
        _ => Action::RemovePartner { partner: agency, grants: ending(None) },
    }
}

/// What only this operation mentions.
fn marks(operation: &Operation) -> Vec<String> {
    let text = format!("{:?}", operation.action);
    let marks = text.split(['"', '@']).filter(|part| {
        let mut parts = part.split('-');
        let kind = matches!(parts.next(), Some("asset" | "group" | "sole" | "agency"));
        kind && part.ends_with("-x")
    });
    let mut marks: Vec<String> = marks.map(str::to_owned).collect();
    marks.sort();
    marks.dedup();
    marks
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let operations = (0..12usize).prop_flat_map(|n| (0..n).map(any_operation).collect::<Vec<_>>());
    let withheld = prop::collection::vec((names(), any::<bool>()), 0..4);
    (operations, withheld, 0..3usize, names()).prop_map(|(operations, withheld, refusing, name)| {
        let mut plan = sample::plan(operations);
        let business = &mut plan.businesses[0];
        business.withheld = (0..)
            .zip(withheld)
            .map(|(n, (what, removal)): (usize, _)| Withheld {
                why: if removal { "adopt".to_owned() } else { what.clone() },
                what: format!("withheld-{n}-x {what}"),
                removal,
                principal: None,
                related: Vec::new(),
                place: None,
                help: Some(what),
            })
            .collect();
        business.guards.extend((0..refusing).map(|n| GuardResult {
            guard: format!("guard-{n}-x"),
            verdict: Verdict::Refused {
                count: 3,
                message: format!("message-{n}-x {name}"),
                details: vec![name.clone()],
            },
        }));
        business.business.name = Some(name);
        plan
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_and_all_that_is_withheld_or_refused_is_there(plan in any_plan()) {
        let business = &plan.businesses[0];
        let full = shown(&plan, Depth::Full);
        for operation in &business.operations {
            prop_assert!(full.contains(&operation.id), "{} in {}", operation.id, full);
        }
        let people = shown(&plan, Depth::People);
        let operations = business.operations.iter().flat_map(marks);
        let withheld = (0..business.withheld.len()).map(|n| format!("withheld-{n}-x"));
        for mark in operations.chain(withheld) {
            prop_assert!(people.contains(&mark), "{} in {}", mark, people);
        }
        let refusing = business.guards.len() - 3;
        for depth in [Depth::Headline, Depth::People, Depth::Full] {
            let text = shown(&plan, depth);
            for n in 0..refusing {
                prop_assert!(text.contains(&format!("guard-{n}-x")), "{}", text);
                prop_assert!(text.contains(&format!("message-{n}-x")), "{}", text);
            }
            prop_assert_eq!(text.contains("Refused: "), refusing > 0);
        }
    }

    #[test]
    fn the_headline_leaves_nothing_grave_out(plan in any_plan()) {
        let text = shown(&plan, Depth::Headline);
        for operation in &plan.businesses[0].operations {
            let subject = match &operation.action {
                Action::DeleteGroup { group, .. } | Action::RemoveFromGroup { group, .. } => group.label(),
                Action::RemovePartner { partner, .. } => partner.label(),
                Action::SetRole { person, .. } | Action::RemoveMember { person, .. } => {
                    person.email.clone().unwrap_or_default()
                }
                Action::RemoveGrant { principal: Principal::Person(person), .. } => {
                    person.email.clone().unwrap_or_default()
                }
                _ => continue,
            };
            prop_assert!(text.contains(&subject), "{} in {}", subject, text);
        }
    }

    #[test]
    fn foreign_text_can_neither_command_the_terminal_nor_break_the_lines(plan in any_plan(), width in 80..110usize) {
        for depth in [Depth::Headline, Depth::People, Depth::Full] {
            let text = render_text(&plan, depth, &Style::plain(width));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
            for line in text.lines().filter(|line| line.width() > width) {
                // Nothing but a word (or a name) that is too long by itself may stick out.
                let longest = line.split(' ').map(|word| word.width()).max();
                prop_assert!(longest > Some(50), "{} columns: {:?}", line.width(), line);
            }
        }
    }

    #[test]
    fn the_same_plan_gives_the_same_text(plan in any_plan()) {
        prop_assert_eq!(shown(&plan, Depth::Full), shown(&plan.clone(), Depth::Full));
    }
}
