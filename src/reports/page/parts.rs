//! The parts of the page that can be read without script.

use maud::{Markup, html};

use crate::effect::{Effects, Weight};
use crate::reports::told::{self, Block, Line, Sign};
use crate::reports::{proof, words};
use crate::review::{Merge, Review};
use crate::rules::Tally;
use crate::rules::finding::{Finding, Level, NotEvaluated, Place, State};
use crate::source::extent;
use crate::terminal::{prose, visible};

/// So many findings of one state are shown in full.
pub(super) const FINDINGS: usize = 300;

/// So many effects are shown one by one; those in the picture and the matrix are all there.
const EFFECTS: usize = 2_000;

/// So many accounts are named before the rest folds.
const NAMED: usize = 12;

/// So many operations of a business stand open.
const OPERATIONS: usize = 400;

/// Lines of a file around the one that is meant.
const AROUND: u32 = 2;

pub(super) fn effect(review: &Review) -> Markup {
    html! {
        section id="effect" {
            h2 { "Effect on people" }
            @if review.is_empty() { p { "Nobody gains or loses anything." } }
            @let headline = told::headline(&review.effects.totals);
            @if !headline.is_empty() { p { (prose::sentence(&headline.join(", "))) "." } }
            (effects(&review.effects))
            @for later in &review.later {
                h3 { "From " (later.on) " on" }
                (effects(&later.effects))
            }
            @if review.not_looked_at > 0 {
                p.caution { (prose::count(review.not_looked_at, "later beginning was", "later beginnings were")) " not looked at." }
            }
            @if !review.ends.is_empty() {
                h3 { "Ends that move" }
                ul {
                    @for end in &review.ends {
                        li class=(if end.later() { "caution" } else { "small" }) { (safe(&told::end(end))) }
                    }
                }
            }
        }
    }
}

fn effects(effects: &Effects) -> Markup {
    let more = effects.touched.len().saturating_sub(EFFECTS);
    html! {
        @for effect in effects.touched.iter().take(EFFECTS) { (card(&told::block(effect))) }
        @if more > 0 { p.caution { "And " (prose::count(more as u64, "more", "more")) ": see the table below." } }
    }
}

fn card(block: &Block) -> Markup {
    let (class, word) = match block.weight {
        Weight::Administration => ("alarm", "administers"),
        Weight::Money => ("alarm", "edits billing"),
        Weight::Loss => ("loss", "loses"),
        Weight::Partner => ("caution", "partner"),
        Weight::Gain => ("gain", "gains"),
    };
    html! {
        div.card {
            h3 { (safe(&block.who)) " " span.tag.(class) { (word) } }
            @if let Some(population) = &block.population { p.why { (safe(population)) } }
            @if !block.people.is_empty() { (names(&block.people)) }
            ul { @for one in &block.lines { (line(one)) } }
            @for remark in &block.remarks { p.caution { (safe(remark)) } }
        }
    }
}

fn names(all: &[String]) -> Markup {
    html! {
        @if all.len() <= NAMED {
            p { (safe(&prose::list(all))) }
        } @else {
            details {
                summary { (safe(&prose::list_some(all, NAMED))) }
                p { (safe(&prose::list(all))) }
            }
        }
    }
}

fn line(line: &Line) -> Markup {
    let class = match line.sign {
        Sign::Gain => "gain",
        Sign::Loss => "loss",
        Sign::Change => "caution",
    };
    html! {
        li {
            span.sign.(class) { (line.sign.symbol()) }
            " " (safe(&line.sentence(NAMED)))
            @if line.assets.len() > NAMED + 1 {
                details { summary { "all " (prose::number(line.assets.len() as u64)) } p { (safe(&prose::list(&line.assets))) } }
            }
            @if let Some(gains) = &line.gains { p.small { "can now: " (safe(gains)) } }
            @if let Some(loses) = &line.loses { p.small { "can no longer: " (safe(loses)) } }
            @for (comes, way) in &line.ways {
                p.small { (if *comes { "by: " } else { "was: " }) (safe(way)) }
            }
        }
    }
}

pub(super) fn allowed(review: &Review, text_of: &dyn Fn(&str) -> Option<String>) -> Markup {
    let judgement = &review.judgement;
    let tally = Tally::of(judgement);
    let mut mine: Vec<&Finding> = of(review, |state| matches!(state, Some(State::New | State::Worsened)));
    mine.sort_by_key(|finding| !finding.refuses());
    let old = of(review, |state| matches!(state, Some(State::Unchanged) | None));
    let fixed = of(review, |state| state == Some(State::Fixed));
    let counted = judgement.unchanged.iter().map(|counted| counted.count).sum::<u64>();
    let before = old.len() as u64 + counted;
    html! {
        section id="allowed" {
            h2 { "Is it allowed?" }
            @if mine.is_empty() { p { "No rule finds anything that this change brings or worsens." } }
            @for finding in mine.iter().take(FINDINGS) { (self::finding(finding, text_of)) }
            (rest(mine.len()))
            @if !fixed.is_empty() {
                details {
                    summary { (prose::count(tally.fixed, "finding", "findings")) " that it mends" }
                    ul { @for finding in &fixed { li { (finding.rule) ": " (safe(&finding.message)) } } }
                }
            }
            @if before > 0 {
                details {
                    summary { (prose::count(before, "finding", "findings")) " that " (if before == 1 { "was" } else { "were" }) " there before; they don't count against this change" }
                    @for finding in old.iter().take(FINDINGS) { (self::finding(finding, text_of)) }
                    (rest(old.len()))
                    @for one in &judgement.unchanged {
                        p.small { code { (one.rule) } ": " (prose::count(one.count, one.level.word(), &format!("{}s", one.level.word()))) ", told by " code { "accord audit" } }
                    }
                }
            }
            (missing(&judgement.not_evaluated))
        }
    }
}

fn of(review: &Review, wanted: impl Fn(Option<State>) -> bool) -> Vec<&Finding> {
    review.judgement.findings.iter().filter(|finding| wanted(finding.state)).collect()
}

pub(super) fn rest(all: usize) -> Markup {
    let more = all.saturating_sub(FINDINGS);
    html! { @if more > 0 { p.caution { "And " (prose::count(more as u64, "more", "more")) ": see the JSON." } } }
}

pub(super) fn finding(finding: &Finding, text_of: &dyn Fn(&str) -> Option<String>) -> Markup {
    html! {
        div.card {
            h3 {
                span.tag.(level(finding.level)) { (finding.level.word()) } " "
                @if let Some(state) = finding.state { span.tag.(state.word()) { (state.word()) } " " }
                @if finding.waived.is_some() { span.tag.note { "waived" } " " }
                code { (finding.rule) }
            }
            p { (safe(&finding.message)) }
            @if let Some(place) = &finding.place { (excerpt(place, &finding.label, text_of)) }
            @if let Some(waived) = &finding.waived {
                p.small { "Waived until " (waived.until) " by " (safe(&waived.owner)) ": " (safe(&waived.reason)) }
            }
            @for detail in proof::details(finding) { p.small { (safe(&detail)) } }
        }
    }
}

pub(super) fn level(level: Level) -> &'static str {
    level.word()
}

/// The line with those around it, and what stands at the place marked; the place alone where the text is not to be had.
fn excerpt(place: &Place, label: &str, text_of: &dyn Fn(&str) -> Option<String>) -> Markup {
    let text = text_of(&place.file).unwrap_or_default();
    let first = place.line.saturating_sub(AROUND).max(1);
    let lines = text.lines().zip(1u32..).skip(first as usize - 1).take_while(|(_, n)| *n <= place.line + AROUND);
    let lines: Vec<(&str, u32)> = lines.collect();
    html! {
        p.small { code { (safe(&proof::at(place))) } @if !label.is_empty() { " " (safe(label)) } }
        @if lines.iter().any(|(_, number)| *number == place.line) {
            pre.source {
                @for (line, number) in lines {
                    span.n { (format!("{number:>5} ")) }
                    @if number == place.line { (marked(line, usize::from(place.column))) } @else { (visible::same_length(line)) }
                    "\n"
                }
            }
        }
    }
}

fn marked(line: &str, column: usize) -> Markup {
    let length = extent::of(line, column);
    let shown: Vec<char> = visible::same_length(line).chars().collect();
    let from = column.saturating_sub(1).min(shown.len());
    let to = (from + length).min(shown.len());
    let text = |part: &[char]| part.iter().collect::<String>();
    html! { (text(&shown[..from])) mark { (text(&shown[from..to])) } (text(&shown[to..])) }
}

pub(super) fn missing(all: &[NotEvaluated]) -> Markup {
    html! {
        @if !all.is_empty() {
            details {
                summary { (prose::len(all, "rule or part of one", "rules or parts of them")) " not evaluated" }
                ul { @for one in all { li { code { (one.rule) } ": " (safe(&proof::not_evaluated(one))) } } }
            }
        }
    }
}

pub(super) fn merge(review: &Review) -> Markup {
    html! {
        section id="merge" {
            h2 { @if review.base.is_some() { "What will happen on merge" } @else { "What will be done" } }
            @if review.merge.is_empty() { p { "Not known: no exported state was given." } }
            @for one in &review.merge { (business(one, review.base.is_some())) }
        }
    }
}

fn business(merge: &Merge, change: bool) -> Markup {
    let name = merge.business.name.as_deref().unwrap_or(&merge.business.key);
    let more = merge.operations.len().saturating_sub(OPERATIONS);
    html! {
        div.card {
            h3 { (safe(name)) ": " (prose::len(&merge.operations, "operation", "operations")) }
            p.why { "Against " code { (safe(&merge.from)) } ", captured " (words::moment(merge.captured_at)) }
            @for refused in &merge.refused { p.alarm { "Refused by guard " (safe(refused)) } }
            @if !merge.operations.is_empty() {
                ol {
                    @for operation in merge.operations.iter().take(OPERATIONS) {
                        li {
                            (safe(&prose::sentence(&operation.what))) " "
                            @for risk in &operation.risk { span.tag.note { (risk.word()) } " " }
                            @if let Some(why) = &operation.by_hand { span.caution { "by hand: " (safe(why)) } }
                        }
                    }
                }
            }
            @if more > 0 { p.caution { "And " (prose::count(more as u64, "more", "more")) "." } }
            @for line in &merge.no_longer { p { "No longer: " (safe(line)) } }
            @for line in &merge.withheld { p.caution { "Left alone: " (safe(line)) } }
            @if change && merge.already > 0 {
                details {
                    summary { (prose::count(merge.already, "operation waits", "operations wait")) " already, without this change" }
                    ul { @for line in &merge.already_told { li { (safe(line)) } } }
                }
            }
        }
    }
}

/// Without hidden characters; maud escapes the rest.
pub(super) fn safe(text: &str) -> String {
    visible::line(text).into_owned()
}
