//! One person works for clients that compete.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{AssetIx, Node, PersonIx};
use crate::policy::ConflictSet;

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param, Value};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "cross-client-contamination",
    family: Family::Partners,
    summary: "one person reaches accounts of clients that compete, or of too many clients",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[Param::count("max_clients", 0, "accounts of no more clients than this; 0 = any number")
        .looser(Looser::MoreOrNone)
        .audit_strict(Value::Count(0))],
    fix: Safety::Choice,
    docs: Docs {
        why: "An agency that serves two competitors promises each that nobody works for both. Who sees the campaigns, bids and audiences of \
one can't unsee them when planning for the other. Which clients compete stands in the policy (`conflicts`).",
        bad: r#"
policy:
  conflicts:
    cosmetics: { clients: [mirelle, alba], reason: exclusivity in both contracts }
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, client: mirelle }
  alba-es: { id: "1002", name: Alba España, client: alba }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [mirelle-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
      - { on: [alba-es], permissions: [ANALYST], reason: helped out in May }
#       ^
"#,
        good: r#"
policy:
  conflicts:
    cosmetics: { clients: [mirelle, alba], reason: exclusivity in both contracts }
accounts:
  mirelle-fr: { id: "1001", name: Mirelle France, client: mirelle }
  alba-es: { id: "1002", name: Alba España, client: alba }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [mirelle-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
  cy@acme.example:
    grants:
      - { on: [alba-es], permissions: [ANALYST], reason: reports }
"#,
        witness: "One path to an account of each of the clients.",
        fix: "Take the person off one of the clients, or name them under `except` of the conflict.",
    },
    check,
};

type ByClient<'a> = BTreeMap<&'a str, Vec<AssetIx>>;

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let most = sink.params.len("max_clients");
    if case.policy.conflicts.is_empty() && most == 0 {
        return;
    }
    let nodes = world.graph.nodes();
    for (person, rows) in world.effective.iter().filter(|(person, _)| world.is_human(*person)) {
        let mut clients: ByClient<'_> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.permissions != 0) {
            if let Some(client) = nodes.asset(row.asset).client {
                clients.entry(nodes.text(client)).or_default().push(row.asset);
            }
        }
        for conflict in &case.policy.conflicts {
            sink_conflict(case, person, &clients, conflict, sink);
        }
        if most > 0 && clients.len() > most {
            sink.report(too_many(world, person, &clients, most));
        }
    }
}

fn sink_conflict(
    case: &Case<'_>,
    person: PersonIx,
    clients: &ByClient<'_>,
    conflict: &ConflictSet,
    sink: &mut Sink<'_>,
) {
    let world = &case.now;
    let named: BTreeSet<&str> = conflict.clients.iter().map(|client| client.value.as_str()).collect();
    let held: ByClient<'_> = clients
        .iter()
        .filter(|(client, _)| named.contains(*client))
        .map(|(name, assets)| (*name, assets.clone()))
        .collect();
    let at_most = usize::try_from(conflict.at_most.max(1)).unwrap_or(usize::MAX);
    if held.len() <= at_most || is_excepted(world, person, conflict) {
        return;
    }
    let names: Vec<&str> = held.keys().copied().collect();
    let who = world.label(Node::Person(person));
    let list = crate::terminal::prose::list(&names);
    let message = format!("{who} works for {list}, which compete (`{}`)", conflict.name.value);
    sink.report(
        draft(world, person, &held, message)
            .on(finding::Node::new("conflict", &conflict.name.value, conflict.name.value.clone()))
            .related(Some(case.policy_place(conflict.span)), "these clients compete"),
    );
}

fn is_excepted(world: &World<'_>, person: PersonIx, conflict: &ConflictSet) -> bool {
    let nodes = world.graph.nodes();
    conflict.except.iter().any(|name| nodes.find_people(&name.value).contains(&person))
}

fn too_many(world: &World<'_>, person: PersonIx, clients: &ByClient<'_>, most: usize) -> Draft {
    let who = world.label(Node::Person(person));
    draft(world, person, clients, format!("{who} works for {} clients, limit {most}", clients.len()))
        .detail("max_clients")
}

/// A path to an account of each client; the place is that of the last one in the files, which usually came last.
fn draft(world: &World<'_>, person: PersonIx, held: &ByClient<'_>, message: String) -> Draft {
    let mut draft = Draft::new(world.node(Node::Person(person)), message);
    let mut places = Vec::new();
    for (client, assets) in held {
        let Some((asset, path)) =
            assets.iter().find_map(|&asset| Some((asset, world.graph.paths(person, asset).into_iter().next()?)))
        else {
            continue;
        };
        let grant = world.grant_of(&path);
        places.extend(grant.and_then(|edge| world.edge_place(edge)).map(|place| (place, *client)));
        draft = draft
            .business(world.business_of(asset))
            .witness(Some(world.witness(&path, format!("client {client}"))))
            .record(grant.and_then(|edge| world.edge_record(edge)));
    }
    places.sort();
    if let Some((place, client)) = places.pop() {
        draft = draft.at(Some(place), format!("client {client}"));
        for (place, client) in places {
            draft = draft.related(Some(place), format!("client {client}"));
        }
    }
    let assets = held.values().map(Vec::len).sum();
    draft.exposure(1, assets).fix(Fix {
        safety: Safety::Choice,
        text: "take the person off one of them, or name them under `except`".to_owned(),
        edits: Vec::new(),
    })
}
