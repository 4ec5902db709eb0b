//! A review as text.

use crate::effect::{Effects, Weight};
use crate::reports::told::{self, Block, Line, Sign};
use crate::reports::{proof, words};
use crate::review::{Merge, MergeOperation, Review};
use crate::rules::Tally;
use crate::rules::finding::State;
use crate::terminal::{Ink, Page, Style, Text, prose, unbroken};

/// So many accounts of a line are named.
const NAMED: usize = 12;

/// So many operations of a business are listed.
const OPERATIONS: usize = 40;

/// The review as text: effect on people, whether it is allowed, what will happen on merge.
pub fn render(review: &Review, style: &Style) -> String {
    let mut page = Page::new();
    let head = format!("Review of the change, {}", super::compared(review));
    page.line(0, Text::of(Ink::Strong, &head));
    let about = format!("as of {}, digest {}", words::moment(review.as_of), review.digest.short(12));
    page.line(0, Text::of(Ink::Dim, &about));
    page.gap();
    page.append(people(review));
    page.gap();
    page.append(allowed(review));
    for merge in &review.merge {
        page.gap();
        page.append(on_merge(merge, review.base.is_some()));
    }
    if review.merge.is_empty() {
        page.gap();
        let text = "On merge: not known, no exported state was given";
        page.line(0, Text::of(Ink::Dim, text));
    }
    page.render(style)
}

fn people(review: &Review) -> Page {
    let mut page = Page::new();
    if review.is_empty() {
        page.line(0, Text::of(Ink::Strong, "Effect on people: none"));
        return page;
    }
    page.line(0, Text::of(Ink::Strong, "Effect on people"));
    let headline = told::headline(&review.effects.totals);
    if !headline.is_empty() {
        page.line(2, Text::plain(&headline.join(", ")));
    }
    page.gap();
    page.append(effects(&review.effects));
    for later in &review.later {
        page.gap();
        page.line(2, Text::of(Ink::Strong, &format!("From {} on", later.on)));
        page.append_indented(2, effects(&later.effects));
    }
    if review.not_looked_at > 0 {
        let days = prose::count(review.not_looked_at, "later beginning was", "later beginnings were");
        page.line(2, Text::of(Ink::Caution, "! ").and(&format!("{days} not looked at")));
    }
    if !review.ends.is_empty() {
        page.gap();
        page.line(2, Text::of(Ink::Strong, "Ends that move"));
        for end in &review.ends {
            let ink = if end.later() { Ink::Caution } else { Ink::Change };
            page.line(4, Text::of(ink, "~ ").and(&told::end(end)));
        }
    }
    page
}

fn effects(effects: &Effects) -> Page {
    let mut page = Page::new();
    for effect in &effects.touched {
        page.gap();
        page.append_indented(2, block(&told::block(effect)));
    }
    page
}

fn block(block: &Block) -> Page {
    let mut page = Page::new();
    let mark = match block.weight {
        Weight::Administration | Weight::Money => Text::of(Ink::Alarm, "! "),
        Weight::Loss | Weight::Partner | Weight::Gain => Text::default(),
    };
    page.line(0, mark.then(Ink::Strong, &unbroken(&block.who)));
    let people = match &block.population {
        Some(population) if block.people.is_empty() => population.clone(),
        Some(population) => format!("{population}: {}", prose::list(&block.people)),
        None => prose::list(&block.people),
    };
    if !people.is_empty() {
        page.line(2, Text::of(Ink::Dim, &people));
    }
    for line in &block.lines {
        page.append_indented(2, self::line(line));
    }
    for remark in &block.remarks {
        page.line(2, Text::of(Ink::Caution, "! ").and(remark));
    }
    page
}

fn line(line: &Line) -> Page {
    let mut page = Page::new();
    let ink = match line.sign {
        Sign::Gain => Ink::Gain,
        Sign::Loss => Ink::Loss,
        Sign::Change => Ink::Change,
    };
    page.line(0, Text::of(ink, line.sign.symbol()).and(" ").and(&line.sentence(NAMED)));
    for (word, capabilities) in [("can now", &line.gains), ("can no longer", &line.loses)] {
        if let Some(capabilities) = capabilities {
            page.hanging(2, 4, Text::of(Ink::Dim, &format!("{word}: {capabilities}")));
        }
    }
    for (comes, way) in &line.ways {
        let word = if *comes { "by" } else { "was" };
        page.hanging(2, 4, Text::of(Ink::Dim, &format!("{word}: {way}")));
    }
    page
}

fn allowed(review: &Review) -> Page {
    let mut page = Page::new();
    let judgement = &review.judgement;
    let refusing = judgement.refusing().count() as u64;
    let guards: usize = review.merge.iter().map(|merge| merge.refused.len()).sum();
    match refusing {
        0 if guards > 0 => {
            let count = prose::count(guards as u64, "guard", "guards");
            page.line(0, Text::of(Ink::Alarm, &format!("Refused by {count}, see below; no rule refuses this change")));
        }
        0 => page.line(0, Text::of(Ink::Strong, "Allowed: no rule refuses this change")),
        n => {
            let count = prose::count(n, "finding", "findings");
            page.line(0, Text::of(Ink::Alarm, &format!("Not allowed: {count} that this change brings or worsens")));
        }
    }
    for finding in &judgement.findings {
        if matches!(finding.state, Some(State::New | State::Worsened)) {
            page.append_indented(2, proof::brief(finding));
        }
    }
    let besides = besides(&Tally::of(judgement));
    if !besides.is_empty() {
        page.line(2, Text::of(Ink::Dim, &format!("besides: {}", besides.join(", "))));
    }
    page
}

/// Findings that are not the change's, and what nothing can be said about.
pub(super) fn besides(tally: &Tally) -> Vec<String> {
    let counts = [
        (tally.fixed, "finding that it mends", "findings that it mends"),
        (tally.unchanged, "finding that was there before", "findings that were there before"),
        (tally.not_evaluated, "rule or part of one not evaluated", "rules or parts of them not evaluated"),
    ];
    counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| prose::count(n, one, many)).collect()
}

fn on_merge(merge: &Merge, change: bool) -> Page {
    let mut page = Page::new();
    let name = merge.business.name.as_deref().unwrap_or(&merge.business.key);
    let count = prose::len(&merge.operations, "operation", "operations");
    page.line(0, Text::of(Ink::Strong, &format!("On merge, in {name}: {count}")));
    let from = format!("against {}, captured {}", merge.from, words::moment(merge.captured_at));
    page.line(2, Text::of(Ink::Dim, &from));
    for refused in &merge.refused {
        page.line(2, Text::of(Ink::Alarm, "refused by guard ").and(refused));
    }
    for operation in merge.operations.iter().take(OPERATIONS) {
        page.line(2, Text::plain(&self::operation(operation)));
    }
    let more = merge.operations.len().saturating_sub(OPERATIONS);
    if more > 0 {
        page.line(2, Text::of(Ink::Dim, &format!("and {}", prose::count(more as u64, "more", "more"))));
    }
    for line in &merge.no_longer {
        page.line(2, Text::of(Ink::Change, "no longer: ").and(line));
    }
    for line in &merge.withheld {
        page.line(2, Text::of(Ink::Caution, "left alone: ").and(line));
    }
    if merge.already > 0 && change {
        let count = prose::count(merge.already, "operation waits", "operations wait");
        page.line(2, Text::of(Ink::Dim, &format!("{count} already, without this change")));
    }
    page
}

pub(super) fn operation(operation: &MergeOperation) -> String {
    let risk: Vec<&str> = operation.risk.iter().map(|risk| risk.word()).collect();
    let by_hand = operation.by_hand.as_ref().map(|why| format!(", by hand: {why}")).unwrap_or_default();
    format!("{} ({}{by_hand})", prose::sentence(&operation.what), risk.join(", "))
}
