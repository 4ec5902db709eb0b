//! The access graph as a drawing: businesses, partners, people, teams, asset groups and accounts, and what gives somebody something.
//!
//! The types here are what JSON says and what the others draw. To add a format: a file, and a line in [`Format`] and in [`render`].

mod dot;
mod json;
mod mermaid;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use clap::ValueEnum;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::{EdgeKind, Node};
use crate::reports::drawn::{self, Change, Drawn, Graphs, Kept, Numbers, ReadingName};
use crate::reports::words;

pub use mermaid::{CHARACTERS, EDGES};

/// Version of the JSON form.
pub const FORMAT_VERSION: u32 = 1;

/// How a drawing is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For Graphviz
    Dot,
    /// For Markdown on GitHub and GitLab
    Mermaid,
    /// For programs
    Json,
}

/// What is drawn.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessGraph")]
pub struct Picture {
    /// Always `accord-graph`.
    pub format: &'static str,
    /// Version of this format.
    pub format_version: u32,
    /// The moment for which ends count.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Which state of access it is.
    pub reading: ReadingName,
    /// The commit whose files the state is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether new and lost edges are told apart.
    pub compared: bool,
    /// Who and what there is, in the order of the ids.
    pub nodes: Vec<Place>,
    /// Who belongs to what and was given what.
    pub edges: Vec<Line>,
}

/// A person, a business, a team or an asset.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Place {
    /// Its name in this drawing: `n7`.
    pub id: String,
    /// `business`, `partner`, `person`, `service` (an account that is no person's), `team`, `group` (of assets) or `asset`.
    pub kind: &'static str,
    /// What it is called; hidden characters are shown as escapes.
    pub label: String,
    /// What else is known: an address, an id, the type of an asset, the business of a team.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// An edge.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Line {
    /// The id where it starts.
    pub from: String,
    /// The id where it ends.
    pub to: String,
    /// What it says.
    pub kind: EdgeKind,
    /// In words.
    pub label: String,
    /// Whether it is in both states that are compared.
    pub change: Change,
    /// The line of the files that says so, or else the record of the export.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// What a picture is made from.
pub struct Drawing<'a> {
    /// The states.
    pub graphs: Graphs<'a>,
    /// The edges to draw, where not all are.
    pub kept: Option<Kept>,
    /// Nodes that are drawn whether or not an edge leads to them.
    pub focus: &'a [Node],
    /// The moment for which ends count.
    pub as_of: Timestamp,
    /// Which state the later one is.
    pub reading: ReadingName,
    /// The commit whose files are the earlier state.
    pub base: Option<String>,
    /// How a person, or a text that may name one, is shown.
    pub name: &'a dyn Fn(String) -> String,
}

impl Picture {
    /// Collects it. Nodes without an edge are left out.
    pub fn of(drawing: &Drawing<'_>) -> Self {
        let Drawing { graphs, kept, focus, as_of, reading, base, name } = drawing;
        let nodes = graphs.after.0.nodes();
        let numbers = Numbers::of(nodes);
        let edges = drawn::edges(graphs, kept.as_ref(), &numbers, name);
        let mut there: BTreeSet<u32> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        there.extend(focus.iter().map(|&node| numbers.at(node)));
        let all = (0u32..).zip(numbers.described(nodes, name)).filter(|(number, _)| there.contains(number));
        let places =
            all.map(|(number, of)| Place { id: id(number), kind: of.kind, label: of.label, detail: of.detail });
        Picture {
            format: "accord-graph",
            format_version: FORMAT_VERSION,
            as_of: *as_of,
            reading: *reading,
            base: base.clone(),
            compared: graphs.before.is_some(),
            nodes: places.collect(),
            edges: edges.into_iter().map(line).collect(),
        }
    }

    /// What it is, in one line without anybody's words.
    fn title(&self) -> String {
        let state = self.reading.told();
        let compared = match &self.base {
            Some(commit) => format!(", compared with the files at {}", commit.chars().take(10).collect::<String>()),
            None if self.compared => ", compared with the exports".to_owned(),
            None => String::new(),
        };
        format!("Access {state}, as of {}{compared}", words::moment(self.as_of))
    }
}

/// The drawing in a format, with a line end.
///
/// # Errors
/// Where JSON can't be written, which for these types does not happen.
pub fn render(picture: &Picture, format: Format) -> Result<String, serde_json::Error> {
    match format {
        Format::Dot => Ok(dot::render(picture)),
        Format::Mermaid => Ok(mermaid::render(picture)),
        Format::Json => json::render(picture),
    }
}

fn id(number: u32) -> String {
    format!("n{number}")
}

fn line(edge: Drawn) -> Line {
    let Drawn { from, to, kind, change, label, place } = edge;
    let said = match kind {
        EdgeKind::InTeam => "in the team",
        EdgeKind::Contains => "contains",
        EdgeKind::Owns => "owns",
        EdgeKind::Partner => "lets in",
        EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share | EdgeKind::Member => "",
    };
    let label = if label.is_empty() { said.to_owned() } else { label };
    Line { from: id(from), to: id(to), kind, label, change, place }
}

/// Whether it is new or lost, for those who see no colour.
fn sign(change: Change) -> &'static str {
    match change {
        Change::Kept => "",
        Change::New => "+ ",
        Change::Lost => "− ",
    }
}

/// How a kind of node is called and coloured. The names of the colours are the same in every format.
struct Look {
    kind: &'static str,
    name: &'static str,
    border: &'static str,
    fill: &'static str,
}

/// Dark text on all of these has a contrast above 7 to 1.
const LOOKS: &[Look] = &[
    Look { kind: "business", name: "business", border: "#7a5195", fill: "#f1eaf6" },
    Look { kind: "partner", name: "partner", border: "#b5543a", fill: "#faebe6" },
    Look { kind: "person", name: "person", border: "#3566a8", fill: "#e8f0fa" },
    Look { kind: "service", name: "service account", border: "#5b6472", fill: "#eceef1" },
    Look { kind: "team", name: "team", border: "#2f7d6d", fill: "#e5f3f0" },
    Look { kind: "group", name: "asset group", border: "#6a6f1a", fill: "#f3f4df" },
    Look { kind: "asset", name: "account", border: "#8a6d1b", fill: "#f8f1dc" },
];

const INK: &str = "#1d2430";
const GAIN: &str = "#0a7a3c";
const LOSS: &str = "#b3261e";
const LINE: &str = "#5b6472";
