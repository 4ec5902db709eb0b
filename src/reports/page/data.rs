//! What the page's script draws: nodes, edges and who reaches what, before and after.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::graph::{AccessGraph, AssetIx, Edge, EdgeIx, EdgeKind, Effective, Node, Nodes, PersonIx, PersonKind};
use crate::model::PersonRef;
use crate::platforms::Platform;
use crate::reports::words::Words;
use crate::source::Files;
use crate::terminal::{prose, visible};

/// More rows of access than this make a page that browsers open slowly: then only those of touched people are in it.
const ROWS: usize = 200_000;

/// Two states of access of one builder, with the files whose lines they know.
#[derive(Clone, Copy)]
pub struct Graphs<'a> {
    /// Before, where there is one.
    pub before: Option<(&'a AccessGraph, &'a Files)>,
    /// After.
    pub after: (&'a AccessGraph, &'a Files),
}

/// What the script draws. Its form stands in the first lines of the script.
#[derive(Serialize)]
pub struct Data {
    nodes: Vec<(&'static str, String, String)>,
    edges: Vec<(u32, u32, EdgeKind, u8, String, String)>,
    access: Vec<(u32, u32, u32, u32)>,
    sets: Vec<Vec<u32>>,
    levels: Vec<u8>,
    capabilities: Vec<&'static str>,
    #[serde(skip)]
    left_out: usize,
}

impl Data {
    /// Collects it; `name` says how a person, or a text that may name one, is shown.
    pub fn of(graphs: &Graphs<'_>, name: &dyn Fn(String) -> String) -> Self {
        let numbers = Numbers::of(graphs.after.0.nodes());
        let mut sets = Sets::default();
        let (access, left_out) = access(graphs, &numbers, &mut sets);
        let Sets { sets, levels, capabilities, .. } = sets;
        let mut data = Data { nodes: Vec::new(), edges: Vec::new(), access, sets, levels, capabilities, left_out };
        data.nodes = numbers.described(graphs.after.0.nodes(), name);
        data.edges = edges(graphs, &numbers, name);
        data
    }

    /// What is not in it, in a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        let people = prose::count(self.left_out as u64, "person", "people");
        (self.left_out > 0)
            .then(|| format!("{people} whom the change does not touch are left out here: there are too many to draw."))
    }
}

/// One number for each node: businesses, people, teams, assets.
struct Numbers {
    people: u32,
    teams: u32,
    assets: u32,
}

impl Numbers {
    fn of(nodes: &Nodes) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let people = count(nodes.businesses().len());
        let teams = people + count(nodes.people().len());
        Numbers { people, teams, assets: teams + count(nodes.teams().len()) }
    }

    fn at(&self, node: Node) -> u32 {
        match node {
            Node::Business(business) => business.0,
            Node::Person(person) => self.people + person.0,
            Node::Team(team) => self.teams + team.0,
            Node::Asset(asset) => self.assets + asset.0,
        }
    }

    /// In the order of the numbers: kind, label, what else is known.
    fn described(&self, nodes: &Nodes, name: &dyn Fn(String) -> String) -> Vec<(&'static str, String, String)> {
        let businesses = nodes.businesses().map(|business| {
            let of = nodes.business_ref(business);
            let kind = if of.ours { "business" } else { "partner" };
            (kind, safe(&of.label()), of.id)
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
            (kind, shown.clone(), if below == shown { String::new() } else { below })
        });
        let teams = nodes.teams().map(|team| {
            let of = nodes.team_ref(team);
            ("team", safe(&name(of.key)), safe(&of.business))
        });
        let assets = nodes.assets().map(|asset| described(nodes, asset));
        businesses.chain(people).chain(teams).chain(assets).collect()
    }
}

fn described(nodes: &Nodes, asset: AssetIx) -> (&'static str, String, String) {
    let of = nodes.asset_ref(asset);
    let node = nodes.asset(asset);
    let is_group = node.kind.is_some_and(|kind| kind.group);
    let client = node.client.map(|client| format!("client {}", nodes.text(client)));
    let facts = [Some(Words::of_kind(&of.kind).kind(&of.kind, 1)), client, of.id.clone()];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    (if is_group { "group" } else { "asset" }, safe(&of.label()), safe(&facts.join(" · ")))
}

type EdgeKey = (u32, u32, EdgeKind, String);

fn edges(
    graphs: &Graphs<'_>,
    numbers: &Numbers,
    name: &dyn Fn(String) -> String,
) -> Vec<(u32, u32, EdgeKind, u8, String, String)> {
    let after = keyed(graphs.after.0, graphs.after.1, numbers, name);
    let before = graphs.before.map(|(graph, files)| keyed(graph, files, numbers, name));
    let mut all = Vec::with_capacity(after.len());
    for (key, place) in &after {
        let is_new = before.as_ref().is_some_and(|before| !before.contains_key(key));
        let (from, to, kind, label) = key.clone();
        all.push((from, to, kind, u8::from(is_new), label, place.clone()));
    }
    for (key, place) in before.unwrap_or_default() {
        if !after.contains_key(&key) {
            let (from, to, kind, label) = key;
            all.push((from, to, kind, 2, label, place));
        }
    }
    all
}

/// Every edge by what it says, with the line or record that says so.
fn keyed(
    graph: &AccessGraph,
    files: &Files,
    numbers: &Numbers,
    name: &dyn Fn(String) -> String,
) -> BTreeMap<EdgeKey, String> {
    let mut all = BTreeMap::new();
    for index in graph.edges() {
        let edge = graph.edge(index);
        let key = (numbers.at(edge.from), numbers.at(edge.to), edge.kind, label(graph, index, &edge));
        all.entry(key).or_insert_with(|| match graph.lines(index).first() {
            Some(line) => name(format!("{}:{}", files.path(line.pos.file), line.pos.line)),
            None => graph.record(index).map(name).unwrap_or_default(),
        });
    }
    all
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

/// Sets of capabilities by number; 0 is the empty one.
struct Sets {
    numbers: BTreeMap<(usize, u64), u32>,
    sets: Vec<Vec<u32>>,
    levels: Vec<u8>,
    capabilities: Vec<&'static str>,
    /// Where the capabilities of a platform begin, by its name.
    starts: BTreeMap<&'static str, usize>,
}

impl Default for Sets {
    fn default() -> Self {
        Sets {
            numbers: BTreeMap::new(),
            sets: vec![Vec::new()],
            levels: vec![0],
            capabilities: Vec::new(),
            starts: BTreeMap::new(),
        }
    }
}

impl Sets {
    fn number(&mut self, platform: &'static Platform, mask: u64) -> u32 {
        if mask == 0 {
            return 0;
        }
        let start = *self.starts.entry(platform.name).or_insert_with(|| {
            let start = self.capabilities.len();
            self.capabilities.extend(platform.capabilities.iter().map(|one| one.title));
            start
        });
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry((start, mask)).or_insert(next);
        if number == next {
            let bits = (0..platform.capabilities.len()).filter(|bit| mask & (1 << bit) != 0);
            self.sets.push(bits.map(|bit| u32::try_from(start + bit).unwrap_or(u32::MAX)).collect());
            self.levels.push(level(platform, mask));
        }
        number
    }
}

/// 1 see, 2 edit, 3 money, 4 administer.
fn level(platform: &Platform, mask: u64) -> u8 {
    let held = platform.capabilities.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
    let weights = held.map(|(_, one)| match one.name {
        "administer" => 4,
        "edit-billing" => 3,
        name if name.starts_with("view-") => 1,
        _ => 2,
    });
    weights.max().unwrap_or(0)
}

/// Rows of person, asset, capabilities before and after; and how many people were left out.
fn access(graphs: &Graphs<'_>, numbers: &Numbers, sets: &mut Sets) -> (Vec<(u32, u32, u32, u32)>, usize) {
    let after = graphs.after.0.effective();
    let before = graphs.before.map(|(graph, _)| graph.effective());
    let nodes = graphs.after.0.nodes();
    let too_many = after.len().max(before.as_ref().map_or(0, Effective::len)) > ROWS;
    let mut rows = Vec::new();
    let mut left_out = 0;
    for person in nodes.people() {
        let pairs = pairs(person, before.as_ref(), &after);
        let touched = pairs.values().any(|(before, after)| before != after);
        if too_many && !touched {
            left_out += usize::from(!pairs.is_empty());
            continue;
        }
        for (asset, (before, after)) in pairs {
            let platform = nodes.asset(asset).platform;
            let sets = (sets.number(platform, before), sets.number(platform, after));
            rows.push((numbers.at(Node::Person(person)), numbers.at(Node::Asset(asset)), sets.0, sets.1));
        }
    }
    (rows, left_out)
}

/// Capabilities before and after, by asset. Without a state before, nothing changes.
fn pairs(person: PersonIx, before: Option<&Effective>, after: &Effective) -> BTreeMap<AssetIx, (u64, u64)> {
    let old = before.unwrap_or(after).of(person);
    let new = after.of(person);
    let assets: BTreeSet<AssetIx> = old.iter().chain(new).map(|row| row.asset).collect();
    let of = |state: &Effective, asset| {
        state.access(person, asset).map_or(0, |row| if row.sure == 0 { row.possible } else { row.sure })
    };
    let pair = |asset| (of(before.unwrap_or(after), asset), of(after, asset));
    assets.into_iter().map(|asset| (asset, pair(asset))).filter(|(_, pair)| *pair != (0, 0)).collect()
}

fn safe(text: &str) -> String {
    visible::line(text).into_owned()
}
