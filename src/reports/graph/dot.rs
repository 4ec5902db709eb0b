//! DOT, the language of Graphviz: `dot -Tsvg`.

use std::fmt::Write as _;

use super::{GAIN, INK, LINE, LOOKS, LOSS, Line, Look, Picture, Place, sign};
use crate::reports::drawn::Change;

/// The drawing as DOT. What is new is green, thick and begins with `+`; what is lost red, dashed, with `−`.
pub(super) fn render(picture: &Picture) -> String {
    let mut out = String::from("// dot -Tsvg FILE -o access.svg\n");
    out.push_str("digraph access {\n");
    let title = quoted(&[&picture.title()]);
    let _ = writeln!(
        out,
        "  graph [rankdir=LR, ranksep=1.5, nodesep=0.15, fontname=\"Helvetica\", labelloc=t, label={title}];"
    );
    let _ =
        writeln!(out, "  node [fontname=\"Helvetica\", fontsize=11, fontcolor=\"{INK}\", style=filled, shape=box];");
    let _ = writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"{INK}\", color=\"{LINE}\"];");
    for node in &picture.nodes {
        let _ = writeln!(out, "  {} [{}];", node.id, attributes(node));
    }
    for edge in &picture.edges {
        let _ = writeln!(out, "  {} -> {} [{}];", edge.from, edge.to, style(edge));
    }
    out.push_str("}\n");
    out
}

fn attributes(node: &Place) -> String {
    let look = LOOKS.iter().find(|look| look.kind == node.kind);
    let kind = look.map_or(node.kind, |look| look.name);
    // The type of an asset is in its details already, and nearer.
    let below = match (node.kind, node.detail.as_str()) {
        ("asset" | "group", detail) if !detail.is_empty() => detail.to_owned(),
        (_, "") => kind.to_owned(),
        (_, detail) => format!("{kind} · {detail}"),
    };
    let label = quoted(&[&node.label, &below]);
    let Some(Look { border, fill, .. }) = look else {
        return format!("label={label}");
    };
    format!("label={label}, shape={}, color=\"{border}\", fillcolor=\"{fill}\"", shape(node.kind))
}

fn shape(kind: &str) -> &'static str {
    match kind {
        "business" => "house",
        "partner" => "hexagon",
        "person" => "ellipse",
        "service" => "octagon",
        "team" => "trapezium",
        "group" => "folder",
        _ => "box",
    }
}

fn style(edge: &Line) -> String {
    let label = quoted(&[&format!("{}{}", sign(edge.change), edge.label)]);
    let colored = |color: &str, more: &str| format!("label={label}, color=\"{color}\", fontcolor=\"{color}\", {more}");
    match edge.change {
        Change::Kept => format!("label={label}"),
        Change::New => colored(GAIN, "penwidth=2.5"),
        Change::Lost => colored(LOSS, "penwidth=1.5, style=dashed, arrowhead=tee"),
    }
}

/// A string of DOT, one line below the other. Within quotes a backslash begins an escape and `&` an entity of HTML; nothing else means
/// anything.
fn quoted(lines: &[&str]) -> String {
    let mut out = String::from("\"");
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push_str("\\n");
        }
        for character in line.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '&' => out.push_str("&amp;"),
                other => out.push(other),
            }
        }
    }
    out.push('"');
    out
}
