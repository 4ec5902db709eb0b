//! What the page's script draws: nodes, edges and who reaches what, before and after.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::graph::{AssetIx, EdgeKind, Effective, Node, PersonIx};
use crate::platforms::Platform;
use crate::reports::drawn::{self, Drawn, Graphs, Numbers};
use crate::terminal::prose;

/// More rows of access than this make a page that browsers open slowly: then only those of touched people are in it, or as many as fit where
/// nothing is compared.
const ROWS: usize = 200_000;

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
    #[serde(skip)]
    compared: bool,
}

impl Data {
    /// Collects it; `name` says how a person, or a text that may name one, is shown.
    pub fn of(graphs: &Graphs<'_>, name: &dyn Fn(String) -> String) -> Self {
        let numbers = Numbers::of(graphs.after.0.nodes());
        let mut sets = Sets::default();
        let (access, left_out) = access(graphs, &numbers, &mut sets);
        let Sets { sets, levels, capabilities, .. } = sets;
        let described = numbers.described(graphs.after.0.nodes(), name).into_iter();
        let nodes = described.map(|node| (node.kind, node.label, node.detail)).collect();
        let row = |one: Drawn| (one.from, one.to, one.kind, one.change as u8, one.label, one.place);
        let edges = drawn::edges(graphs, None, &numbers, name).into_iter().map(row).collect();
        let compared = graphs.before.is_some();
        Data { nodes, edges, access, sets, levels, capabilities, left_out, compared }
    }

    /// Whether there is a state before, so that something can be new or lost.
    pub(super) fn is_compared(&self) -> bool {
        self.compared
    }

    /// How many people reach something.
    pub(super) fn people(&self) -> u64 {
        self.access.iter().map(|row| row.0).collect::<BTreeSet<u32>>().len() as u64 + self.left_out as u64
    }

    /// How many accounts and groups somebody reaches.
    pub(super) fn assets(&self) -> u64 {
        self.access.iter().map(|row| row.1).collect::<BTreeSet<u32>>().len() as u64
    }

    /// What is not in it, in a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        let people = prose::count(self.left_out as u64, "person", "people");
        let whom = if self.compared { " whom the change does not touch" } else { "" };
        let verb = if self.left_out == 1 { "is" } else { "are" };
        (self.left_out > 0).then(|| format!("{people}{whom} {verb} left out here: there are too many to draw."))
    }
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
        let fits = before.is_none() && rows.len() + pairs.len() <= ROWS;
        if too_many && !touched && !fits {
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
