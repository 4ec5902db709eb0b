//! Small businesses worked out by hand: which edges an export and the files make.

use jiff::civil::date;

use crate::desired::DesiredState;
use crate::diff::world::{export, files, texts};
use crate::graph::{
    AccessGraph, Builder, Changes, Differing, Edge, EdgeKind, NewEdge, Node, PathRef, Sources, StateSource,
};
use crate::observed::ObservedState;

const ACCOUNTS: &str = "
business: acme
accounts:
  fr: { id: \"71\", name: Acme France }
  de: { id: \"72\", name: Acme Germany }
";

fn builder<'a>(desired: &'a DesiredState, states: &[&'a ObservedState]) -> Builder<'a> {
    let states = states.iter().map(|&observed| StateSource { observed, predicted: None });
    Builder::new(Sources { files: Some(desired), base: None, states: states.collect() })
}

fn ways(graph: &AccessGraph, desired: &DesiredState, person: &str, asset: &str) -> Vec<PathRef> {
    let people = graph.nodes().find_people(person);
    let assets = graph.nodes().find_assets(asset);
    let ([person], [asset]) = (people.as_slice(), assets.as_slice()) else {
        panic!("{person}: {people:?}, {asset}: {assets:?}");
    };
    graph.paths(*person, *asset).iter().map(|path| graph.path_ref(path, &desired.files)).collect()
}

/// The kinds of hops, the words a path gives, and the lines behind it.
fn told(path: &PathRef) -> String {
    let hops: Vec<String> = path
        .hops
        .iter()
        .map(|hop| {
            let lines: Vec<String> = hop.places.iter().map(|place| format!("{}:{}", place.file, place.line)).collect();
            let source = if lines.is_empty() { hop.record.clone().unwrap_or_default() } else { lines.join("+") };
            format!("{:?} {source}", hop.kind)
        })
        .collect();
    format!("{} by {}", path.permissions.join(";"), hops.join(", "))
}

fn all(graph: &AccessGraph, desired: &DesiredState, person: &str, asset: &str) -> Vec<String> {
    ways(graph, desired, person, asset).iter().map(told).collect()
}

#[test]
fn a_record_is_split_by_the_lines_that_ask_for_it() {
    let text = format!(
        "{ACCOUNTS}
people:
  bo@acme.example:
    grants:
      - {{ on: [fr], permissions: [FINANCE_EDIT] }}
teams:
  social:
    members: [bo@acme.example]
    grants:
      - {{ on: [fr], permissions: [CAMPAIGN_MANAGER] }}
"
    );
    let desired = files(&text);
    let observed = export(
        "member 12 bo@acme.example EMPLOYEE
         account 71 Acme France
         grant 12 71 CAMPAIGN_MANAGER;FINANCE_EDIT;ANALYST;LATER",
    );
    let graph = builder(&desired, &[&observed]).observed(date(2026, 11, 22));
    assert_eq!(
        all(&graph, &desired, "bo@acme.example", "fr"),
        [
            "FINANCE_EDIT by Grant all.yaml:10",
            "ANALYST by Grant grants: member 12 on 71",
            "CAMPAIGN_MANAGER by InTeam all.yaml:13, TeamGrant all.yaml:15",
        ]
    );
    let bo = graph.nodes().find_people("12")[0];
    let access = graph.access_of(bo)[0];
    assert!(access.ways.foreign() && access.ways.own() && access.ways.team() && !access.ways.partner());
    let unexplained = graph.grants_of(bo).find(|&edge| graph.lines(edge).is_empty()).unwrap();
    assert_eq!(graph.words(unexplained), ["ANALYST", "LATER"]);
}

#[test]
fn the_files_alone_hold_on_their_days() {
    let text = format!(
        "{ACCOUNTS}
people:
  bo@acme.example:
    grants:
      - {{ on: [fr], permissions: [ANALYST], until: 2026-12-31 }}
      - {{ on: [de], permissions: [ANALYST], from: 2027-01-01 }}
partners:
  nova:
    id: \"500\"
    direction: inbound
    ends: 2026-12-31
    grants:
      - {{ on: [fr], permissions: [ANALYST] }}
"
    );
    let desired = files(&text);
    let builder = builder(&desired, &[]);
    let (now, later) = (builder.desired(date(2026, 12, 31)), builder.desired(date(2027, 1, 1)));
    let counts = |graph: &AccessGraph| {
        let shares = graph.edges().filter(|&edge| graph.edge(edge).kind == EdgeKind::Share).count();
        let assets: Vec<_> = graph.effective().iter().flat_map(|(_, rows)| rows.iter().map(|row| row.asset)).collect();
        (shares, assets.iter().map(|&asset| graph.nodes().asset_ref(asset).label()).collect::<Vec<_>>())
    };
    assert_eq!(counts(&now), (1, vec!["Acme France".to_owned()]));
    assert_eq!(counts(&later), (0, vec!["Acme Germany".to_owned()]));
}

/// A partner's roster, with more than the partner was given.
fn with_roster() -> ObservedState {
    let mut state = export(
        "member 12 bo@acme.example EMPLOYEE
         partner 500 inbound Nova Media
         account 71 Acme France
         account 72 Acme Germany
         shared 500 inbound 71 CAMPAIGN_MANAGER",
    );
    for (name, role, asset) in [("nora@nova.example", "BIZ_ADMIN", None), ("ned@nova.example", "EMPLOYEE", Some("71"))]
    {
        let permissions = state.permission_set(["CAMPAIGN_MANAGER", "ADMIN"]);
        let row = crate::observed::RosterRow {
            partner: state.strings.intern("500"),
            email: Some(state.strings.intern(name)),
            username: None,
            role: Some(state.strings.intern(role)),
            asset: asset.map(|asset| state.strings.intern(asset)),
            permissions: if asset.is_some() { permissions } else { crate::model::PermissionSet::default() },
        };
        state.rosters.push(row);
    }
    state.sort();
    state
}

#[test]
fn people_of_a_partner_get_at_most_what_it_has_and_its_managers_could_take_all_of_it() {
    let desired = files(ACCOUNTS);
    let state = with_roster();
    let graph = builder(&desired, &[&state]).observed(date(2026, 11, 22));
    assert_eq!(
        all(&graph, &desired, "ned@nova.example", "fr"),
        ["CAMPAIGN_MANAGER by Member roster: ned@nova.example of partner 500, Share grants: partner 500 on 71"]
    );
    let nora = graph.nodes().find_people("nora@nova.example")[0];
    assert!(graph.access_of(nora).is_empty());
    let could: Vec<u32> = graph.potential(nora).iter().map(|row| row.permissions).collect();
    assert_eq!(could, [64]);
    // What only the roster says is not ours to end; the share is.
    let ned = graph.nodes().find_people("ned@nova.example")[0];
    let fr = graph.nodes().find_assets("fr")[0];
    let cut = graph.cut(ned, fr, u64::MAX);
    assert_eq!(cut.edges.len(), 1);
    assert_eq!(graph.edge(cut.edges[0]).kind, EdgeKind::Share);
    assert!(graph.without(cut.edges).access(ned, fr).is_none());
}

#[test]
fn invitations_that_wait_count_as_accepted_in_the_plan_only() {
    let desired = files(ACCOUNTS);
    let observed = export(
        "account 71 Acme France
         invite 31 di@acme.example BIZ_ADMIN PENDING 2026-11-01 71=ADMIN
         invite 32 ed@acme.example EMPLOYEE DECLINED 2026-11-01 71=ADMIN
         asked 33 500 PARTNER_INVITE PENDING 2026-11-01 71=ANALYST",
    );
    let builder = builder(&desired, &[&observed]);
    let (now, then) = (builder.observed(date(2026, 11, 22)), builder.planned(date(2026, 11, 22), &[]));
    assert!(now.effective().is_empty());
    let fr = then.nodes().find_assets("fr")[0];
    let on = then.people_on(fr);
    let [(di, access)] = on.as_slice() else { panic!("{on:?}") };
    assert_eq!(then.nodes().stable(Node::Person(*di)), "person:di@acme.example");
    assert_eq!((access.permissions, access.pending), (1, 1));
    assert!(then.administrators(fr).iter().all(|one| one.pending));
    let shares: Vec<_> = then.grants_on(fr).map(|edge| then.edge(edge)).filter(|e| e.kind == EdgeKind::Share).collect();
    assert!(shares.len() == 1 && shares[0].pending);
}

#[test]
fn the_owner_says_what_a_partner_of_two_exports_has() {
    let root = "version: 1
businesses:
  acme: { platform: pinterest, id: \"600\" }
  nova: { platform: pinterest, id: \"500\" }
";
    let desired = texts(&[("accord.yaml", root)]);
    let acme = export(
        "partner 500 inbound Nova Media
         account 71 Acme France
         shared 500 inbound 71 ANALYST",
    );
    let mut nova = export(
        "member 40 ned@nova.example EMPLOYEE
         partner 600 outbound Acme
         account 71 Acme France
         account 72 Acme Germany
         shared 600 outbound 71 ANALYST;ADMIN
         grant 40 71 ANALYST;ADMIN
         grant 40 72 ANALYST",
    );
    nova.business_id = "500".to_owned();
    let owner = nova.strings.intern("600");
    nova.assets.iter_mut().for_each(|asset| asset.owner_business = Some(owner));
    let graph = builder(&desired, &[&acme, &nova]).observed(date(2026, 11, 22));
    let ned = graph.nodes().find_people("40")[0];
    // ADMIN is only in the partner's export, and Germany was not shared at all.
    let has: Vec<u32> = graph.access_of(ned).iter().map(|access| access.permissions).collect();
    assert_eq!(has, [2]);
    // Where the owner's export is not here, the partner's own word counts, and what it doesn't speak of is not counted away.
    let alone = builder(&desired, &[&nova]).observed(date(2026, 11, 22));
    let ned = alone.nodes().find_people("40")[0];
    let has: Vec<u32> = alone.access_of(ned).iter().map(|access| access.permissions).collect();
    assert_eq!(has, [3]);
}

#[test]
fn only_those_whom_a_change_concerns_differ() {
    let text = format!(
        "{ACCOUNTS}
people:
  ana@acme.example: {{}}
  bo@acme.example:
    grants:
      - {{ on: [fr], permissions: [FINANCE_EDIT] }}
partners:
  nova:
    id: \"5009\"
    direction: inbound
    grants:
      - {{ on: [fr, de], permissions: [ANALYST] }}
"
    );
    let desired = files(&text);
    let builder = builder(&desired, &[]);
    let all = builder.desired(date(2026, 11, 22));
    let differing = |changes: &Changes| {
        let after = all.with(changes);
        Differing::between((&all, &all.effective()), (&after, &after.effective()))
    };
    let nodes = || all.nodes().people().map(Node::Person).chain(all.nodes().businesses().map(Node::Business));
    let names = |differing: Option<Differing>| {
        let differing = differing.expect("comparable");
        nodes().filter(|&node| differing.has(node)).map(|node| all.nodes().label(node)).collect::<Vec<_>>()
    };
    let edge = |kind, from: &str| {
        let is = |edge: &Edge| edge.kind == kind && all.nodes().label(edge.from).contains(from);
        all.edges().find(|&index| is(&all.edge(index))).expect("such an edge")
    };
    assert_eq!(names(differing(&Changes::default())), [""; 0]);
    let without = |edge| Changes { removed: vec![edge], added: Vec::new() };
    assert_eq!(names(differing(&without(edge(EdgeKind::Grant, "bo")))), ["bo@acme.example"]);
    assert_eq!(names(differing(&without(edge(EdgeKind::Share, "nova")))), ["nova"]);
    let ana = names(differing(&without(edge(EdgeKind::Member, "ana"))));
    assert_eq!(ana.first().map(String::as_str), Some("ana@acme.example"));
    assert_eq!(ana.len(), 2, "and the business: {ana:?}");
    let [fr, de] = ["fr", "de"].map(|key| all.nodes().find_assets(key)[0]);
    let added = vec![NewEdge::Contains { group: fr, asset: de }];
    assert_eq!(differing(&Changes { removed: Vec::new(), added }), None, "what a group contains reaches everywhere");
    let again = builder.desired(date(2026, 11, 22));
    assert_eq!(names(Differing::between((&all, &all.effective()), (&again, &again.effective()))), [""; 0]);
    let elsewhere = self::builder(&desired, &[]).desired(date(2026, 11, 22));
    assert_eq!(Differing::between((&all, &all.effective()), (&elsewhere, &elsewhere.effective())), None);
}
