//! `accord graph`: a drawing of who reaches what.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::questions::{Asked, Looking};
use super::{Failure, Report, Session, files, reported};
use crate::graph::{AccessGraph, Node};
use crate::reports::drawn::{Graphs, Kept, ReadingName};
use crate::reports::graph::{self, CHARACTERS, Drawing, EDGES, Format, Picture};
use crate::terminal::prose;

/// Arguments of `accord graph`.
#[derive(clap::Args)]
#[command(after_help = "\
Draws businesses, partners, people, teams, asset groups and accounts, with what each edge gives. With --planned what the plan brings is \
new, and what it takes is lost; with --base what the files bring and take since the branch began. New edges are green, thick and begin \
with +, lost ones red, broken and begin with −.

Examples:
  accord graph --focus nova --format mermaid             # to be pasted into Markdown
  accord graph -o access.dot && dot -Tsvg access.dot -o access.svg
  accord graph --planned --focus bo@acme.example         # what the plan does to a person
  accord graph --base origin/main --format mermaid       # what a branch does
  accord graph --desired --focus acme-fr --focus acme-de # two accounts, without an export")]
pub struct Graph {
    #[command(flatten)]
    looking: Looking,
    /// Draw what the files want, and mark what is new and lost since the commit from which the branch began: a branch, tag or commit of git
    #[arg(long, value_name = "REF", conflicts_with_all = ["observed", "planned"])]
    base: Option<String>,
    /// Only what lies on the paths of a person, a partner or an account, by key, address, id or name; may be repeated
    #[arg(long, value_name = "WHO|ACCOUNT")]
    focus: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Dot)]
    format: Format,
    /// Write it to FILE instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Put pseudonyms in the place of people's names
    #[arg(long)]
    pseudonymize: bool,
}

/// What the result file tells.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GraphDetails")]
pub struct Summary {
    /// Where it was written to.
    written: Option<String>,
    /// Which state of access was drawn.
    reading: ReadingName,
    /// How many nodes were drawn.
    nodes: usize,
    /// How many edges.
    edges: usize,
}

impl Graph {
    /// Reads, draws and writes.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = match &self.base {
            Some(reference) => self.looking.read_since(reference, session)?,
            None => self.looking.read(session)?,
        };
        let picture = self.picture(&asked)?;
        let text =
            graph::render(&picture, self.format).map_err(|error| Failure::of("can't write the graph", &error))?;
        self.write(&text, &picture, session)?;
        if self.format == Format::Mermaid {
            warn_of_limits(&text, &picture, session);
        }
        let written = self.output.as_ref().map(|path| path.display().to_string());
        let (nodes, edges) = (picture.nodes.len(), picture.edges.len());
        Ok(Report::ok(Summary { written, reading: picture.reading, nodes, edges }))
    }

    fn picture(&self, asked: &Asked) -> Result<Picture, Failure> {
        let focus = self.focus.iter().map(|word| asked.any(word)).collect::<Result<Vec<Node>, Failure>>()?;
        let names = self.pseudonymize.then(|| reported::pseudonyms(asked.nodes(), std::iter::empty()));
        let name = |text: String| names.as_ref().map(|names| names.text(&text)).unwrap_or(text);
        let graphs = asked.graphs();
        Ok(Picture::of(&Drawing {
            kept: (!focus.is_empty()).then(|| kept(&graphs, &focus)),
            graphs,
            focus: &focus,
            as_of: asked.as_of(),
            reading: asked.reading(),
            base: asked.base().map(str::to_owned),
            name: &name,
        }))
    }

    fn write(&self, text: &str, picture: &Picture, session: &Session) -> Result<(), Failure> {
        let Some(path) = &self.output else {
            return session.print(text);
        };
        files::write(path, text.as_bytes())?;
        let nodes = prose::len(&picture.nodes, "node", "nodes");
        let edges = prose::len(&picture.edges, "edge", "edges");
        session.say(&format!("Wrote {nodes} and {edges} to {}.", path.display()));
        Ok(())
    }
}

/// What lies around any of them, in both states.
fn kept(graphs: &Graphs<'_>, focus: &[Node]) -> Kept {
    let around = |graph: &AccessGraph| focus.iter().flat_map(|&node| graph.focus(node)).collect();
    Kept { before: graphs.before.map(|(graph, _)| around(graph)).unwrap_or_default(), after: around(graphs.after.0) }
}

/// Where Mermaid would show an error instead of a drawing.
fn warn_of_limits(text: &str, picture: &Picture, session: &Session) {
    let (edges, characters) = (picture.edges.len(), text.chars().count());
    if edges > EDGES || characters > CHARACTERS {
        let number = |count: usize| prose::number(count as u64);
        session.warn(&format!(
            "Mermaid will refuse this: {} edges and {} characters, limits {} (`maxEdges`) and {} (`maxTextSize`); draw a part with \
             `--focus`, or use `--format dot`",
            number(edges),
            number(characters),
            number(EDGES),
            number(CHARACTERS)
        ));
    }
}
