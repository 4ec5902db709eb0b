//! Mermaid, which GitHub, GitLab and many wikis draw where it stands in Markdown.

use std::fmt::Write as _;

use super::{GAIN, INK, LINE, LOOKS, LOSS, Line, Picture, Place, sign};
use crate::reports::drawn::Change;

/// Mermaid refuses more edges than this, unless who shows it sets `maxEdges`. The text itself can't set it.
pub const EDGES: usize = 500;

/// Mermaid refuses more characters than this, unless who shows it sets `maxTextSize`.
pub const CHARACTERS: usize = 50_000;

/// The sign for a line break.
const LINE_BREAK: &str = "\u{2424}";

/// The drawing as Mermaid. What is new is green, thick and begins with `+`; what is lost red, dotted, with `−` and a cross.
pub(super) fn render(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    let _ = writeln!(out, "  accTitle: {}", picture.title());
    for node in &picture.nodes {
        let (open, close) = shape(node.kind);
        let _ = writeln!(out, "  {}{open}\"{}\"{close}:::{}", node.id, label(node), node.kind);
    }
    for edge in &picture.edges {
        let _ = writeln!(out, "  {} {} {}", edge.from, arrow(edge), edge.to);
    }
    for look in LOOKS.iter().filter(|look| picture.nodes.iter().any(|node| node.kind == look.kind)) {
        let _ = writeln!(out, "  classDef {} fill:{},stroke:{},color:{INK}", look.kind, look.fill, look.border);
    }
    colours(picture, &mut out);
    out
}

fn shape(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "business" => ("[[", "]]"),
        "partner" => ("{{", "}}"),
        "person" => ("([", "])"),
        "service" => ("(", ")"),
        "team" => ("[/", "\\]"),
        "group" => ("[(", ")]"),
        _ => ("[", "]"),
    }
}

fn label(node: &Place) -> String {
    let look = LOOKS.iter().find(|look| look.kind == node.kind);
    let kind = look.map_or(node.kind, |look| look.name);
    let below = match node.kind {
        // Their shape says it, and there are many of them.
        "person" => node.detail.clone(),
        "asset" | "group" if !node.detail.is_empty() => node.detail.clone(),
        _ => kind.to_owned(),
    };
    if below.is_empty() { escaped(&node.label) } else { format!("{}<br/>{}", escaped(&node.label), escaped(&below)) }
}

fn arrow(edge: &Line) -> String {
    let label = escaped(&format!("{}{}", sign(edge.change), edge.label));
    match edge.change {
        Change::Kept => format!("-->|\"{label}\"|"),
        Change::New => format!("==>|\"{label}\"|"),
        Change::Lost => format!("-.-x|\"{label}\"|"),
    }
}

fn colours(picture: &Picture, out: &mut String) {
    let _ = writeln!(out, "  linkStyle default stroke:{LINE}");
    for (change, color) in [(Change::New, GAIN), (Change::Lost, LOSS)] {
        let all = picture.edges.iter().enumerate().filter(|(_, edge)| edge.change == change);
        let numbers: Vec<String> = all.map(|(number, _)| number.to_string()).collect();
        if !numbers.is_empty() {
            let _ = writeln!(out, "  linkStyle {} stroke:{color},color:{color},stroke-width:3px", numbers.join(","));
        }
    }
}

/// A text in quotes. Mermaid reads labels as HTML and as Markdown (emphasis, lists, links from addresses), and has words and signs of its
/// own; so every sign that is not a letter, a digit, a space, a comma or a hyphen within is written as its number. However it is written, a
/// backslash before `n` breaks the line, and a name could add a line of its own: a sign stands for the two.
fn escaped(text: &str) -> String {
    let text = text.replace("\\n", LINE_BREAK);
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        let plain = character.is_alphanumeric() || character == ' ' || (matches!(character, ',' | '-') && index > 0);
        if plain {
            out.push(character);
        } else {
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    out
}
