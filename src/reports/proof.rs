//! How a finding is told, so that all reports tell it the same.

use crate::rules::Tally;
use crate::rules::finding::{Cut, Finding, Hop, Level, NotEvaluated, Place, Safety, Witness};
use crate::terminal::{Ink, Page, Text, prose};

/// So many paths of a finding are told.
const PATHS: usize = 4;

/// What there is to say beside message and places: paths, what it touches, what to cut.
pub(super) fn notes(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut notes: Vec<(&'static str, String)> = Vec::new();
    if finding.place.is_none() && !finding.label.is_empty() {
        notes.push(("found", finding.label.clone()));
    }
    notes.extend(finding.record.iter().map(|record| ("record", record.clone())));
    notes.extend(finding.witness.iter().take(PATHS).map(|witness| ("path", path(witness))));
    let more = finding.witness.len().saturating_sub(PATHS);
    if more > 0 {
        notes.push(("path", format!("and {}", prose::count(more as u64, "more path", "more paths"))));
    }
    notes.extend(touches(finding).map(|touches| ("touches", touches)));
    if !finding.cut.is_empty() {
        notes.push(("cut", prose::list(&finding.cut.iter().map(cut).collect::<Vec<_>>())));
    }
    notes
}

/// Notes and help as lines of text, for formats that have no places for them.
pub(super) fn details(finding: &Finding) -> Vec<String> {
    let notes = notes(finding).into_iter().map(|(name, note)| format!("{name}: {note}"));
    notes.chain(help(finding).map(|help| format!("help: {help}"))).collect()
}

/// A path, hop by hop.
pub(super) fn path(witness: &Witness) -> String {
    let Witness { proves, hops } = witness;
    let mut text = String::new();
    if !proves.is_empty() {
        text.push_str(&format!("{proves}: "));
    }
    text.push_str(&hops.first().map(|hop| hop.from.label.clone()).unwrap_or_default());
    for hop in hops {
        let Hop { from: _, to, how, place, record } = hop;
        text.push_str(&format!(" → {how} {}", to.label));
        match (place, record) {
            (Some(place), _) => text.push_str(&format!(" ({})", at(place))),
            (None, Some(record)) => text.push_str(&format!(" ({record})")),
            (None, None) => {}
        }
    }
    text
}

/// Something that has to go, with its place.
pub(super) fn cut(cut: &Cut) -> String {
    let Cut { what, place, record } = cut;
    match (place, record) {
        (Some(place), _) => format!("{what} ({})", at(place)),
        (None, Some(record)) => format!("{what} ({record})"),
        (None, None) => what.clone(),
    }
}

pub(super) fn at(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

fn touches(finding: &Finding) -> Option<String> {
    let counts = [(finding.exposure.people, "person", "people"), (finding.exposure.assets, "asset", "assets")];
    let counts: Vec<String> =
        counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| prose::count(n, one, many)).collect();
    (!counts.is_empty()).then(|| prose::list(&counts))
}

/// How to mend it.
pub(super) fn help(finding: &Finding) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    Some(match fix.safety {
        Safety::Safe if !fix.edits.is_empty() => format!("{} (`accord audit --fix` writes it)", fix.text),
        Safety::Safe | Safety::Choice | Safety::Manual => fix.text.clone(),
    })
}

/// What nothing can be said about, in one line.
pub(super) fn not_evaluated(one: &NotEvaluated) -> String {
    let NotEvaluated { rule: _, reason, count } = one;
    match count {
        0 => reason.clone(),
        n => format!("{reason} ({})", prose::number(*n)),
    }
}

/// `3 errors and 1 note`; nothing where nothing is there.
pub(super) fn levels(tally: &Tally) -> Option<String> {
    let counts =
        [(tally.errors, "error", "errors"), (tally.warnings, "warning", "warnings"), (tally.notes, "note", "notes")];
    let counts: Vec<String> =
        counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| prose::count(n, one, many)).collect();
    (!counts.is_empty()).then(|| prose::list(&counts))
}

/// A finding in one paragraph, without the files' texts: what, where, through what path, how to mend it.
pub(super) fn brief(finding: &Finding) -> Page {
    let ink = match finding.level {
        Level::Error => Ink::Alarm,
        Level::Warning => Ink::Caution,
        Level::Note => Ink::Dim,
    };
    let state = finding.state.map(|state| format!("{} ", state.word())).unwrap_or_default();
    let mark = format!("{state}{}", finding.level.word());
    let mut page = Page::new();
    let text = Text::of(ink, &mark).and(" ").then(Ink::Strong, &finding.rule).and(": ").and(&finding.message);
    let place = finding.place.as_ref().map(|place| format!(" ({})", at(place)));
    page.line(0, text.then(Ink::Dim, &place.unwrap_or_default()));
    if let Some(waived) = &finding.waived {
        let text = format!("waived until {} by {}: {}", waived.until, waived.owner, waived.reason);
        page.line(2, Text::of(Ink::Dim, &text));
    }
    for detail in details(finding) {
        page.hanging(2, 4, Text::of(Ink::Dim, &detail));
    }
    page
}
