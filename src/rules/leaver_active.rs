//! Somebody who left still has access.

use crate::graph::{EdgeIx, NameKind, Node, PersonIx};
use crate::policy::outside::{DirectoryEntry, Status};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "leaver-active",
    family: Family::Directory,
    summary: "the directory says that somebody left, and they are still a member or reach an asset",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Directory],
    params: &[Param::days("grace", 1, "so long after the last day nothing is said")],
    fix: Safety::Choice,
    docs: Docs {
        why: "The advertising console is rarely behind the company's single sign-on: when the company account is closed, this login still works.",
        bad: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
# ^^^^^^^^^^^^^^^
--- # directory.csv
address,status,ended_on
ana@acme.example,active,
bo@acme.example,left,2026-10-31
eva@acme.example,active,
"#,
        good: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
--- # directory.csv
address,status,ended_on
ana@acme.example,active,
bo@acme.example,left,2026-10-31
eva@acme.example,active,
"#,
        witness: "The last day, and every path that is still open.",
        fix: "Remove the person everywhere: their entry, and their lines in teams.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let Some(directory) = case.known.directory else { return };
    let nodes = world.graph.nodes();
    let grace = sink.params.number("grace");
    for person in nodes.people() {
        let mut entries = nodes.names_of_kind(person, NameKind::Address).filter_map(|address| directory.find(address));
        let Some(entry) = entries.find(|entry| has_left(entry, case.day, grace)) else { continue };
        let edges: Vec<EdgeIx> = world.graph.businesses_of(person).collect();
        if !edges.is_empty() || !world.effective.of(person).is_empty() {
            sink.report(draft(case, person, entry, &edges));
        }
    }
}

fn has_left(entry: &DirectoryEntry, day: jiff::civil::Date, grace: u32) -> bool {
    match entry.ended_on {
        Some(last) => i64::from((day - last).get_days()) > i64::from(grace),
        None => entry.status == Status::Left,
    }
}

fn draft(case: &Case<'_>, person: PersonIx, entry: &DirectoryEntry, edges: &[EdgeIx]) -> Draft {
    let world = &case.now;
    let who = world.node(Node::Person(person));
    let rows = world.effective.of(person);
    let assets = match rows.len() {
        0 => "is still a member".to_owned(),
        1 => "still reaches 1 asset".to_owned(),
        many => format!("still reaches {many} assets"),
    };
    let left = entry.ended_on.map_or_else(|| "left".to_owned(), |day| format!("left on {day}"));
    let edge = edges.first().copied();
    let place = edge.and_then(|edge| world.edge_place(edge)).or_else(|| world.person_place(person));
    let mut draft = Draft::new(who.clone(), format!("{} {left} and {assets}", who.label))
        .at(place, left)
        .record(edge.and_then(|edge| world.edge_record(edge)))
        .witness(edge.map(|edge| world.edge_witness(edge, "still a member")))
        .exposure(1, rows.len())
        .cut(world.cuts(edges))
        .fix(Fix {
            safety: Safety::Choice,
            text: "remove their entry and their lines in teams".to_owned(),
            edits: Vec::new(),
        });
    for row in rows.iter().take(3) {
        let path = world.graph.paths(person, row.asset).into_iter().next();
        draft = draft.witness(path.map(|path| world.witness(&path, "still open")));
    }
    draft
}
