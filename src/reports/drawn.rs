//! What pictures of access draw, in the page and in `graph`: two states, and every edge by what it says.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::{AccessGraph, AssetIx, Edge, EdgeIx, EdgeKind, Node, Nodes, PersonKind};
use crate::model::PersonRef;
use crate::source::Files;
use crate::terminal::visible;

use super::words::Words;

/// Two states of access of one builder, with the files whose lines they know.
#[derive(Clone, Copy)]
pub struct Graphs<'a> {
    /// Before, where there is one.
    pub before: Option<(&'a AccessGraph, &'a Files)>,
    /// After.
    pub after: (&'a AccessGraph, &'a Files),
}

/// Which state of access was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingName {
    /// What the exports say.
    Observed,
    /// What the files say.
    Desired,
    /// What there is after the plan.
    Planned,
}

impl ReadingName {
    /// In a sentence: `as the files want it`.
    pub(super) fn told(self) -> &'static str {
        match self {
            ReadingName::Observed => "as the exports show it",
            ReadingName::Desired => "as the files want it",
            ReadingName::Planned => "as it will be after the plan",
        }
    }
}

/// The edges of both states that are drawn, where not all are.
pub struct Kept {
    /// Of the state before.
    pub before: BTreeSet<EdgeIx>,
    /// Of the state after.
    pub after: BTreeSet<EdgeIx>,
}

/// Whether an edge is in both states.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// In both, or there is no state before.
    Kept = 0,
    /// Only after.
    New = 1,
    /// Only before.
    Lost = 2,
}

/// A node as it is drawn.
pub(super) struct Described {
    /// `business`, `partner`, `person`, `service`, `team`, `group` or `asset`.
    pub kind: &'static str,
    /// What it is called.
    pub label: String,
    /// What else is known.
    pub detail: String,
}

/// An edge as it is drawn, between numbers of nodes.
pub(super) struct Drawn {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    pub change: Change,
    /// What it gives.
    pub label: String,
    /// The line or the record that says so.
    pub place: String,
}

/// One number for each node: businesses, people, teams, assets.
pub(super) struct Numbers {
    people: u32,
    teams: u32,
    assets: u32,
}

impl Numbers {
    pub(super) fn of(nodes: &Nodes) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let people = count(nodes.businesses().len());
        let teams = people + count(nodes.people().len());
        Numbers { people, teams, assets: teams + count(nodes.teams().len()) }
    }

    pub(super) fn at(&self, node: Node) -> u32 {
        match node {
            Node::Business(business) => business.0,
            Node::Person(person) => self.people + person.0,
            Node::Team(team) => self.teams + team.0,
            Node::Asset(asset) => self.assets + asset.0,
        }
    }

    /// In the order of the numbers: kind, label, what else is known.
    pub(super) fn described(&self, nodes: &Nodes, name: &dyn Fn(String) -> String) -> Vec<Described> {
        let businesses = nodes.businesses().map(|business| {
            let of = nodes.business_ref(business);
            let kind = if of.ours { "business" } else { "partner" };
            Described { kind, label: safe(&of.label()), detail: safe(&of.id) }
        });
        let people = nodes.people().map(|person| {
            let kind = match nodes.person(person).kind {
                PersonKind::Human => "person",
                PersonKind::Service | PersonKind::System => "service",
            };
            let of = nodes.person_ref(person);
            // The name alone, which is short; the address stands below it.
            let (shown, below) = match &of.name {
                Some(own) => (own.clone(), PersonRef { name: None, ..of.clone() }.label()),
                None => (of.label(), String::new()),
            };
            let (shown, below) = (safe(&name(shown)), safe(&name(below)));
            Described { kind, detail: if below == shown { String::new() } else { below }, label: shown }
        });
        let teams = nodes.teams().map(|team| {
            let of = nodes.team_ref(team);
            Described { kind: "team", label: safe(&name(of.key)), detail: safe(&of.business) }
        });
        let assets = nodes.assets().map(|asset| described(nodes, asset));
        businesses.chain(people).chain(teams).chain(assets).collect()
    }
}

fn described(nodes: &Nodes, asset: AssetIx) -> Described {
    let of = nodes.asset_ref(asset);
    let node = nodes.asset(asset);
    let is_group = node.kind.is_some_and(|kind| kind.group);
    let client = node.client.map(|client| format!("client {}", nodes.text(client)));
    let facts = [Some(Words::of_kind(&of.kind).kind(&of.kind, 1)), client, of.id.clone()];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let kind = if is_group { "group" } else { "asset" };
    Described { kind, label: safe(&of.label()), detail: safe(&facts.join(" · ")) }
}

fn label(graph: &AccessGraph, index: EdgeIx, edge: &Edge) -> String {
    let label = match (edge.kind, edge.to) {
        (EdgeKind::Member, _) => if edge.admin { "manager" } else { "employee" }.to_owned(),
        (_, Node::Asset(asset)) => {
            let kind = graph.nodes().asset_ref(asset).kind;
            Words::of_kind(&kind).permissions(&graph.words(index))
        }
        _ => String::new(),
    };
    if edge.pending && !label.is_empty() { format!("{label} (once accepted)") } else { label }
}

/// Every edge of two states, each once by what it says. Whether it is new or lost is a matter of the whole states: an edge is drawn in
/// both where one of them keeps it.
pub(super) fn edges(
    graphs: &Graphs<'_>,
    kept: Option<&Kept>,
    numbers: &Numbers,
    name: &dyn Fn(String) -> String,
) -> Vec<Drawn> {
    let of =
        |graph: (&AccessGraph, &Files), kept: Option<&BTreeSet<EdgeIx>>| keyed(graph.0, graph.1, kept, numbers, name);
    let after = of(graphs.after, kept.map(|kept| &kept.after));
    let before = graphs.before.map(|graph| of(graph, kept.map(|kept| &kept.before)));
    let mut all = Vec::with_capacity(after.len());
    for (key, said) in &after {
        let was = before.as_ref().map(|before| before.get(key));
        if said.kept || was.flatten().is_some_and(|was| was.kept) {
            let is_new = was.is_some_and(|was| was.is_none());
            all.push(drawn(key.clone(), if is_new { Change::New } else { Change::Kept }, said.place.clone()));
        }
    }
    for (key, said) in before.unwrap_or_default() {
        if said.kept && !after.contains_key(&key) {
            all.push(drawn(key, Change::Lost, said.place));
        }
    }
    all
}

fn drawn((from, to, kind, label): EdgeKey, change: Change, place: String) -> Drawn {
    Drawn { from, to, kind, change, label, place }
}

type EdgeKey = (u32, u32, EdgeKind, String);

/// Who says that an edge is there.
struct Said {
    place: String,
    /// Whether it is drawn.
    kept: bool,
}

/// Edges by what they say, with the line or record that says so.
fn keyed(
    graph: &AccessGraph,
    files: &Files,
    kept: Option<&BTreeSet<EdgeIx>>,
    numbers: &Numbers,
    name: &dyn Fn(String) -> String,
) -> BTreeMap<EdgeKey, Said> {
    let mut all = BTreeMap::new();
    for index in graph.edges() {
        let edge = graph.edge(index);
        let key = (numbers.at(edge.from), numbers.at(edge.to), edge.kind, label(graph, index, &edge));
        let said: &mut Said = all.entry(key).or_insert_with(|| Said {
            place: match graph.lines(index).first() {
                Some(line) => name(format!("{}:{}", files.path(line.pos.file), line.pos.line)),
                None => graph.record(index).map(name).unwrap_or_default(),
            },
            kept: false,
        });
        said.kept |= kept.is_none_or(|kept| kept.contains(&index));
    }
    all
}

pub(super) fn safe(text: &str) -> String {
    visible::line(text).into_owned()
}
