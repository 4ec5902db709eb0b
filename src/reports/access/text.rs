//! Answers for people.

use super::{Answer, CutRef, Document, Explain, Holder, OnAsset, Reach, Remains, Simulate, WhatCan, WhoCan};
use crate::graph::{BusinessRef, EdgeKind, HopRef, NodeRef, PathRef};
use crate::model::PersonRef;
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Style, Text, prose};

/// More people than this are counted instead of named, unless everything was asked for.
const PEOPLE: usize = 25;

/// More paths than this of somebody in a list are counted.
const PATHS: usize = 3;

/// The answer as a page.
pub fn render(document: &Document, style: &Style) -> String {
    let words = Words::of_platform(&document.platform);
    let mut page = Page::new();
    let moment = format!("as of {}, {}", words::moment(document.as_of), document.reading.told());
    page.line(0, Text::of(Ink::Dim, &moment));
    page.gap();
    match &document.answer {
        Answer::WhoCan(answer) => who_can(answer, &words, &mut page),
        Answer::WhatCan(answer) => what_can(answer, &words, &mut page),
        Answer::Explain(answer) => explain(answer, &words, &mut page),
        Answer::Reach(answer) => reach(answer, &words, &mut page),
        Answer::Simulate(answer) => simulate(answer, &words, &mut page),
    }
    page.render(style)
}

fn who_can(answer: &WhoCan, words: &Words, page: &mut Page) {
    let asset = words.asset(&answer.asset);
    let count = match answer.people.len() {
        0 => "nobody".to_owned(),
        count => prose::count(count as u64, "person", "people"),
    };
    heading(page, &format!("On {asset} {count} can {}", answer.title));
    holders(&answer.people, words, page);
    if !answer.perhaps.is_empty() {
        page.gap();
        heading(page, &format!("{} may: no source decides whether what they have gives it", people(&answer.perhaps)));
        holders(&answer.perhaps, words, page);
    }
    if !answer.could.is_empty() {
        page.gap();
        heading(page, &format!("{} could give it to themselves", people(&answer.could)));
        holders(&answer.could, words, page);
    }
}

fn people(holders: &[Holder]) -> String {
    prose::len(holders, "person", "people")
}

fn heading(page: &mut Page, text: &str) {
    page.line(0, Text::of(Ink::Strong, text));
}

fn holders(people: &[Holder], words: &Words, page: &mut Page) {
    for holder in people.iter().take(PEOPLE) {
        let pending = if holder.pending { " (pending)" } else { "" };
        page.line(2, Text::of(Ink::Strong, &holder.person.label()).and(pending));
        paths(&holder.paths, PATHS, words, page);
    }
    more(people.len(), PEOPLE, page);
}

fn more(count: usize, shown: usize, page: &mut Page) {
    if let Some(more) = count.checked_sub(shown).filter(|more| *more > 0) {
        page.line(2, Text::of(Ink::Dim, &format!("and {} more (--format json has all)", prose::number(more as u64))));
    }
}

fn paths(paths: &[PathRef], shown: usize, words: &Words, page: &mut Page) {
    for path in paths.iter().take(shown) {
        page.hanging(4, 6, told(path, words));
    }
    if let Some(more) = paths.len().checked_sub(shown).filter(|more| *more > 0) {
        page.line(4, Text::of(Ink::Dim, &format!("and by {}", prose::count(more as u64, "more path", "more paths"))));
    }
}

/// A path in one paragraph, each hop with its line or its record.
fn told(path: &PathRef, words: &Words) -> Text {
    let mut text = Text::default();
    for (index, hop) in path.hops.iter().enumerate() {
        text = text.and(if index == 0 { "→ " } else { " → " }).join(hop_text(hop, words));
    }
    let there = path.also.iter().filter(|hop| hop.kind != EdgeKind::Contains);
    for (index, grant) in there.enumerate() {
        text = text.and(if index == 0 { "; there " } else { " → " }).join(hop_text(grant, words));
    }
    if path.potential {
        text = text.and("; so could take ").and(&takeable(&path.permissions, words));
    }
    text
}

fn hop_text(hop: &HopRef, words: &Words) -> Text {
    let to = node(&hop.to, words);
    let given = words.permissions(&hop.permissions);
    let what = match hop.kind {
        EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share if given.is_empty() => format!("has something on {to}"),
        EdgeKind::Grant | EdgeKind::TeamGrant => format!("{given} on {to}"),
        EdgeKind::Share if matches!(hop.to, NodeRef::Business(_)) => format!("is given {given} by {to}"),
        EdgeKind::Share => format!("is given {given} on {to}"),
        EdgeKind::InTeam => format!("in {to}"),
        EdgeKind::Contains => format!("contains {to}"),
        EdgeKind::Member if hop.admin => format!("manages {to}"),
        EdgeKind::Member => format!("works at {to}"),
        EdgeKind::Owns => format!("owns {to}"),
        EdgeKind::Partner => format!("lets {to} in"),
    };
    let pending = if hop.pending { "pending, " } else { "" };
    Text::plain(&what).then(Ink::Dim, &format!(" ({pending}{})", source(hop)))
}

/// The lines, else the record.
fn source(hop: &HopRef) -> String {
    let places: Vec<String> = hop.places.iter().map(|place| format!("{}:{}", place.file, place.line)).collect();
    match (places.is_empty(), &hop.record) {
        (false, _) => prose::list_some(&places, 2),
        (true, Some(record)) => format!("no line; {record}"),
        (true, None) if hop.kind == EdgeKind::Owns => "export".to_owned(),
        (true, None) => "no line".to_owned(),
    }
}

fn node(node: &NodeRef, words: &Words) -> String {
    match node {
        NodeRef::Asset(asset) => words.asset(asset),
        NodeRef::Person(person) => person.label(),
        NodeRef::Business(business) => business.label(),
        NodeRef::Team(team) => format!("team {}", team.key),
    }
}

fn what_can(answer: &WhatCan, words: &Words, page: &mut Page) {
    let who = node(&answer.who, words);
    let assets = prose::len(&answer.access, "asset", "assets");
    heading(
        page,
        &if answer.access.is_empty() {
            format!("{who} has nothing")
        } else {
            format!("{who} has something on {assets}")
        },
    );
    rows(&answer.access, words, page);
    if !answer.could.is_empty() {
        page.gap();
        let count = prose::len(&answer.could, "asset", "assets");
        let managed: Vec<String> = answer.manages.iter().map(BusinessRef::label).collect();
        let managed =
            if managed.is_empty() { String::new() } else { format!(" as manager of {}", prose::list(&managed)) };
        heading(page, &format!("Could take more on {count}{managed}"));
        for row in answer.could.iter().take(PEOPLE) {
            page.line(
                2,
                Text::plain(&words.asset(&row.asset))
                    .then(Ink::Dim, &format!(": {}", takeable(&row.permissions, words))),
            );
        }
        more(answer.could.len(), PEOPLE, page);
    }
}

/// Whoever administers the owner can take everything, and a list of all of it tells nothing.
fn takeable(permissions: &[String], words: &Words) -> String {
    if permissions.len() > 4 { "everything".to_owned() } else { words.permissions(permissions) }
}

fn rows(rows: &[OnAsset], words: &Words, page: &mut Page) {
    for row in rows {
        let mut text =
            Text::of(Ink::Strong, &words.asset(&row.asset)).and(": ").and(&words.permissions(&row.permissions));
        let by: Vec<&str> = row
            .ways
            .iter()
            .map(|way| match *way {
                "own" => "a grant of their own",
                "team" => "a team",
                "group" => "an asset group",
                "partner" => "a partner",
                other => other,
            })
            .collect();
        if !by.is_empty() {
            text = text.then(Ink::Dim, &format!(" (by {})", prose::list(&by)));
        }
        if row.pending {
            text = text.and(" (pending)");
        }
        page.line(2, text);
        let can = words.capabilities(&row.permissions, crate::platforms::Certainty::Inferred);
        if !can.is_empty() {
            page.hanging(4, 6, Text::of(Ink::Dim, &format!("can: {}", prose::phrases(&can, 3))));
        }
    }
}

fn explain(answer: &Explain, words: &Words, page: &mut Page) {
    let (who, asset) = (answer.person.label(), words.asset(&answer.asset));
    if answer.paths.is_empty() {
        heading(page, &format!("{who} has nothing on {asset}"));
    } else {
        let ways = prose::count(answer.paths.len() as u64, "path", "paths");
        heading(page, &format!("{who} has {} on {asset}, by {ways}", words.permissions(&answer.permissions)));
        let can = words.capabilities(&answer.permissions, crate::platforms::Certainty::Inferred);
        page.hanging(2, 4, Text::of(Ink::Dim, &format!("can: {}", prose::phrases(&can, 20))));
        for (index, path) in answer.paths.iter().enumerate() {
            let what = format!("{}. {}: ", index + 1, words.permissions(&path.permissions));
            page.hanging(2, 5, Text::plain(&what).join(told(path, words)));
        }
    }
    if !answer.could.is_empty() {
        page.gap();
        heading(page, "Could take access as a manager");
        paths(&answer.could, 20, words, page);
    }
    if let Some(cut) = &answer.cut {
        page.gap();
        cut_text(cut, words, page);
    }
}

fn cut_text(cut: &CutRef, words: &Words, page: &mut Page) {
    if !cut.edges.is_empty() {
        let smallest = if cut.smallest { "The least that ends it" } else { "What ends it" };
        heading(page, smallest);
        for edge in &cut.edges {
            let from = node(&edge.from, words);
            page.hanging(2, 4, Text::of(Ink::Loss, "- ").and(&from).and(": ").join(hop_text(edge, words)));
        }
        if cut.others > 0 {
            let others = prose::count(cut.others, "other person", "other people");
            page.hanging(2, 4, Text::of(Ink::Caution, &format!("up to {others} would lose something as well")));
        }
    }
    if !cut.left.is_empty() {
        heading(page, "Only the partner can end");
        paths(&cut.left, 20, words, page);
    }
}

fn reach(answer: &Reach, words: &Words, page: &mut Page) {
    let partner = format!("{} ({})", answer.partner.label(), answer.partner.id);
    let counts = [
        prose::len(&answer.assets, "asset", "assets"),
        format!("{} with access", prose::len(&answer.people, "person", "people")),
        format!("{} who could take all of it", prose::len(&answer.managers, "manager", "managers")),
    ];
    let of: Vec<String> = answer.of.iter().map(BusinessRef::label).collect();
    let of = if of.is_empty() { String::new() } else { format!(" at {}", prose::list(&of)) };
    if answer.assets.is_empty() {
        heading(page, &format!("{partner} was given nothing{of}"));
        return;
    }
    let [assets, people, managers] = counts;
    heading(page, &format!("{partner} reaches {assets}{of}: {people}, {managers}"));
    rows(&answer.assets, words, page);
    if !answer.people.is_empty() {
        page.gap();
        heading(page, "Its people");
    }
    for one in answer.people.iter().take(PEOPLE) {
        let assets = prose::count(one.assets, "asset", "assets");
        page.line(2, Text::plain(&one.person.label()).and(&format!(": {assets}")));
        if !one.also_without.is_empty() {
            let names: Vec<String> = one.also_without.iter().map(|asset| words.asset(asset)).collect();
            let text = format!("also without the partner: {}", prose::list_some(&names, 5));
            page.hanging(4, 6, Text::of(Ink::Caution, &text));
        }
    }
    more(answer.people.len(), PEOPLE, page);
    if !answer.managers.is_empty() {
        page.gap();
        heading(page, "Managers who could give themselves all of it");
        let names: Vec<String> = answer.managers.iter().map(PersonRef::label).collect();
        page.line(2, Text::plain(&prose::list_some(&names, PEOPLE)));
    }
    if !answer.passes_on.is_empty() {
        let names: Vec<String> = answer.passes_on.iter().map(BusinessRef::label).collect();
        page.gap();
        page.line(0, Text::of(Ink::Caution, &format!("It passes access on to {}", prose::list(&names))));
    }
    if answer.people_unknown {
        page.gap();
        page.line(0, Text::of(Ink::Caution, "Who its people are is not known: no roster and no export says so"));
    }
}

fn simulate(answer: &Simulate, words: &Words, page: &mut Page) {
    let who = node(&answer.removed, words);
    let from: Vec<String> = answer.from.iter().map(BusinessRef::label).collect();
    let losses = match (answer.people, answer.losses) {
        (0, _) => "nobody would lose anything".to_owned(),
        (people, losses) => {
            let people = prose::count(people, "person", "people");
            format!("{people} would lose {}", prose::count(losses, "access", "accesses"))
        }
    };
    heading(page, &format!("Without {who} at {}: {losses}", prose::list(&from)));
    page.gap();
    if answer.remains.is_empty() {
        page.line(0, Text::of(Ink::Gain, "Nothing remains."));
        return;
    }
    let count = prose::len(&answer.remains, "access remains", "accesses remain");
    page.line(0, Text::of(Ink::Caution, &count));
    for Remains { person, asset, permissions, paths: ways } in answer.remains.iter().take(PEOPLE) {
        let has = format!(" keeps {} on {}", words.permissions(permissions), words.asset(asset));
        page.line(2, Text::of(Ink::Strong, &person.label()).and(&has));
        paths(ways, PATHS, words, page);
    }
    more(answer.remains.len(), PEOPLE, page);
}
