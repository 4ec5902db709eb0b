//! Findings for people: each with the lines that cause it, the path that proves it, what it touches, and how to mend it.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::located::Texts;
use crate::diagnostic::{Message, render_messages};
use crate::reports::proof::{at, help, levels, not_evaluated, notes};
use crate::rules::finding::{Finding, Level, Place, State};
use crate::rules::{Judgement, Tally};
use crate::source::{FileId, Files, Level as Heading, Pos, Span};
use crate::terminal::{Ink, Page, Style, Text, prose};

/// Findings of one rule and one root are shown as one, with so many subjects named.
const NAMED: usize = 10;

pub(super) fn render(report: &Report<'_>, style: &Style) -> String {
    let groups = groups(report.judgement, report.least);
    let mut texts = Texts::new(report);
    let files = files(&groups);
    let shown: Vec<Shown> = groups.iter().map(|group| Shown::of(group, &files, &mut texts)).collect();
    let messages: Vec<Message<'_>> = shown.iter().map(Shown::message).collect();
    let text_of = |file: FileId| files.get(usize::from(file.0)).and_then(|path| (report.text_of)(path));
    let paths = files.iter().map(|path| format!("{}{path}", report.prefix));
    let mut out = render_messages(&messages, &Files::new(paths.collect()), &text_of, style);
    out.push_str(&summary(report, &groups).render(style));
    out
}

/// Findings that one repair ends: the same rule, root, state and level.
struct Group<'a> {
    first: &'a Finding,
    others: Vec<&'a Finding>,
}

/// In the order of the judgement; fixed ones and those below the least level are left out.
fn groups(judgement: &Judgement, least: Level) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut of_root: BTreeMap<_, usize> = BTreeMap::new();
    for finding in &judgement.findings {
        if finding.level > least || finding.state == Some(State::Fixed) || finding.waived.is_some() {
            continue;
        }
        let root = finding.root.as_ref().map(|root| (&finding.rule, &root.id, finding.state, finding.level));
        match root.and_then(|root| of_root.get(&root)) {
            Some(&index) => groups[index].others.push(finding),
            None => {
                of_root.extend(root.map(|root| (root, groups.len())));
                groups.push(Group { first: finding, others: Vec::new() });
            }
        }
    }
    groups
}

/// Files of all places, in byte order: a place's file is an index into it.
fn files(groups: &[Group<'_>]) -> Vec<String> {
    let places = groups
        .iter()
        .flat_map(|group| group.first.place.iter().chain(group.first.related.iter().map(|related| &related.place)));
    let files: BTreeSet<&String> = places.map(|place| &place.file).collect();
    files.into_iter().cloned().collect()
}

/// A group with everything that is printed of it.
struct Shown<'a> {
    finding: &'a Finding,
    code: String,
    message: String,
    span: Option<Span>,
    related: Vec<(Span, &'a str)>,
    notes: Vec<(&'static str, String)>,
    help: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(group: &Group<'a>, files: &[String], texts: &mut Texts<'_>) -> Self {
        let finding = group.first;
        let mut span = |place: &Place| span(place, files, texts.length(place));
        let state = match finding.state {
            Some(state @ (State::New | State::Worsened)) => format!(", {}", state.word()),
            _ => String::new(),
        };
        let mut notes = notes(finding);
        if !group.others.is_empty() {
            notes.push(("also", also(group)));
        }
        notes.push(("fingerprint", finding.fingerprint.clone()));
        Shown {
            finding,
            code: format!("{}, {}{state}", finding.rule, finding.severity.word()),
            message: finding.message.clone(),
            span: finding.place.as_ref().and_then(&mut span),
            related: finding
                .related
                .iter()
                .filter_map(|related| Some((span(&related.place)?, related.label.as_str())))
                .collect(),
            notes,
            help: help(finding),
        }
    }

    fn message(&self) -> Message<'_> {
        Message {
            level: match self.finding.level {
                Level::Error => Heading::Error,
                Level::Warning => Heading::Warning,
                Level::Note => Heading::Note,
            },
            code: &self.code,
            message: &self.message,
            span: self.span,
            label: Some(self.finding.label.as_str()).filter(|label| !label.is_empty()),
            related: self.related.clone(),
            notes: self.notes.clone(),
            help: self.help.as_deref(),
        }
    }
}

fn span(place: &Place, files: &[String], length: usize) -> Option<Span> {
    let file = files.binary_search(&place.file).ok().and_then(|index| u16::try_from(index).ok())?;
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    Some(Span { start: Pos { file: FileId(file), line: place.line, column: place.column }, length })
}

fn also(group: &Group<'_>) -> String {
    let root = group.first.root.as_ref().map_or("", |root| root.label.as_str());
    let mut names: Vec<&str> = group.others.iter().map(|finding| finding.subject.label.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let count = prose::count(group.others.len() as u64, "other finding", "other findings");
    format!("{count} with the same cause, {root}: {}", prose::phrases(&names, NAMED))
}

fn summary(report: &Report<'_>, groups: &[Group<'_>]) -> Page {
    let judgement = report.judgement;
    let mut page = Page::new();
    page.append(settled(judgement));
    page.gap();
    page.append(missing(judgement));
    page.gap();
    let tally = Tally::of(judgement);
    page.line(0, Text::of(Ink::Strong, &headline(&tally, judgement)));
    let shown: usize = groups.iter().map(|group| 1 + group.others.len()).sum();
    let hidden = tally.present().saturating_sub(tally.waived).saturating_sub(shown as u64);
    if hidden > 0 {
        let text =
            format!("{} not shown; `--show note` shows them.", prose::count(hidden, "finding is", "findings are"));
        page.line(0, Text::of(Ink::Dim, &text));
    }
    page
}

/// What needs nobody's hand: fixed or waived.
fn settled(judgement: &Judgement) -> Page {
    let mut page = Page::new();
    for finding in &judgement.findings {
        if finding.state == Some(State::Fixed) {
            let text = Text::of(Ink::Gain, "fixed: ").and(&finding.rule).and(": ").and(&finding.message);
            page.line(0, text);
            continue;
        }
        let Some(waived) = &finding.waived else { continue };
        let text = Text::of(Ink::Dim, "waived: ").and(&finding.rule).and(": ").and(&finding.message);
        let by = format!(" until {} by {}: {} ({})", waived.until, waived.owner, waived.reason, at(&waived.place));
        page.line(0, text.then(Ink::Dim, &by));
    }
    page
}

fn missing(judgement: &Judgement) -> Page {
    let mut by_reason: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for one in &judgement.not_evaluated {
        by_reason.entry(not_evaluated(one)).or_default().insert(&one.rule);
    }
    let mut page = Page::new();
    for (reason, rules) in by_reason {
        let rules: Vec<&str> = rules.into_iter().collect();
        let text = Text::of(Ink::Caution, "not evaluated: ").and(&format!("{}: {reason}", prose::list(&rules)));
        page.line(0, text);
    }
    page
}

/// `3 errors, 2 warnings and 1 note from 45 rules (profile advertiser), 1 of them waived; 2 new, 1 fixed`.
fn headline(tally: &Tally, judgement: &Judgement) -> String {
    let rules = prose::count(judgement.rules, "rule", "rules");
    let from = format!("from {rules} (profile {})", judgement.profile);
    let mut text = match levels(tally) {
        None => format!("No findings {from}"),
        Some(levels) => format!("{levels} {from}"),
    };
    if tally.waived > 0 {
        text.push_str(&format!(", {} of them waived", prose::number(tally.waived)));
    }
    let states =
        [(tally.new, "new"), (tally.worsened, "worsened"), (tally.unchanged, "unchanged"), (tally.fixed, "fixed")];
    let states: Vec<String> =
        states.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", prose::number(n))).collect();
    if !states.is_empty() {
        text.push_str(&format!("; {}", states.join(", ")));
    }
    if tally.not_evaluated > 0 {
        let count = prose::count(tally.not_evaluated, "rule was", "rules were");
        text.push_str(&format!("; {count} not evaluated"));
    }
    text.push('.');
    text
}
