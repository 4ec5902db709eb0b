//! The shortest depth: a few lines that say how much happens to how many, and name everybody where it is grave.

use super::blocks::Block;
use super::effect::{Sign, Weight};
use super::people::counted;
use crate::plan::{BusinessPlan, Verdict};
use crate::terminal::{Ink, Page, Text, prose};

/// People who only gain something ordinary: so many are named before the rest is counted.
const NAMED: usize = 5;

/// One business in a few lines.
pub(super) fn page(plan: &BusinessPlan, blocks: &[Block<'_>]) -> Page {
    let mut page = Page::new();
    page.line(0, title(plan, blocks));
    for text in verdicts(plan) {
        page.line(2, text);
    }
    for text in grave(blocks) {
        page.line(2, text);
    }
    page.append(light(blocks));
    page.line(2, rest(plan));
    page
}

/// `Acme Retail: 16 changes for 9 people and 1 partner`, or that there are none.
pub(super) fn title(plan: &BusinessPlan, blocks: &[Block<'_>]) -> Text {
    let name = name(plan);
    let unchanged = prose::count(plan.totals.unchanged, "fact", "facts");
    if !plan.operations.is_empty() {
        let changes = prose::len(&plan.operations, "change", "changes");
        let all: Vec<&Block<'_>> = blocks.iter().collect();
        let text = format!(": {changes} for {}", counted(&all));
        return Text::of(Ink::Strong, name).and(&text);
    }
    if plan.withheld.is_empty() {
        let text = format!("No changes. {name} is as the files say ({unchanged} compared).");
        return Text::of(Ink::Strong, &text);
    }
    let withheld = prose::len(&plan.withheld, "difference is", "differences are");
    let text = format!(": no changes, but {withheld} left as found; {unchanged} agree");
    Text::of(Ink::Strong, name).and(&text)
}

/// What people call the business.
pub(super) fn name(plan: &BusinessPlan) -> &str {
    plan.business.name.as_deref().unwrap_or(&plan.business.key)
}

/// Guards that refuse or were overridden, in one line each.
fn verdicts(plan: &BusinessPlan) -> Vec<Text> {
    let spoken = plan.guards.iter().filter_map(|guard| match &guard.verdict {
        Verdict::Refused { message, .. } => Some(
            Text::of(Ink::Alarm, "! refused").and(&format!(" by `{}`: {message}", guard.guard)),
        ),
        Verdict::Overridden { message, .. } => Some(
            Text::of(Ink::Caution, "! overridden").and(&format!(" `{}`: {message}", guard.guard)),
        ),
        Verdict::Passed | Verdict::Off => None,
    });
    spoken.collect()
}

/// Everybody for whom something grave happens, by name and without exception.
fn grave(blocks: &[Block<'_>]) -> Vec<Text> {
    let both = |block: &Block<'_>| block.has(Sign::Loss) && block.has(Sign::Gain);
    let less = |block: &Block<'_>| block.has(Sign::Loss) && !block.has(Sign::Gain);
    let groups: [(&str, Ink, &str, Holds); 6] = [
        ("+", Ink::Alarm, "becomes administrator", &|b| {
            b.weighs(Weight::Admin)
        }),
        ("+", Ink::Alarm, "gets rights over money", &|b| {
            b.weighs(Weight::Billing)
        }),
        ("-", Ink::Loss, "leaves", &|b| {
            b.leaves() && !b.subject.is_group()
        }),
        ("-", Ink::Loss, "loses access", &|b| {
            less(b) && !b.leaves() && !b.subject.is_group()
        }),
        ("~", Ink::Loss, "loses some access and gains other", &|b| {
            both(b) && !b.leaves() && !b.subject.is_group()
        }),
        ("-", Ink::Loss, "is deleted or holds less", &|b| {
            b.has(Sign::Loss) && b.subject.is_group()
        }),
    ];
    let lines = groups.into_iter().filter_map(|(sign, ink, said, holds)| {
        let named: Vec<String> = blocks
            .iter()
            .filter(|b| holds(b))
            .map(Block::label)
            .collect();
        let text = Text::of(ink, sign).and(" ").then(Ink::Strong, said);
        (!named.is_empty()).then(|| text.and(&format!(": {}", prose::list(&named))))
    });
    lines.collect()
}

type Holds<'a> = &'a dyn Fn(&Block<'_>) -> bool;

/// Everybody else.
fn light(blocks: &[Block<'_>]) -> Page {
    let mut page = Page::new();
    let groups = [
        (Sign::Gain, "gains access", false),
        (Sign::Gain, "is new or holds more", true),
        (Sign::Change, "changes", false),
    ];
    for (sign, said, group) in groups {
        let is_meant = |block: &&Block<'_>| {
            block.weight() == Weight::Light
                && block.sign() == sign
                && block.subject.is_group() == group
        };
        let names: Vec<String> = blocks.iter().filter(is_meant).map(Block::label).collect();
        if !names.is_empty() {
            let text = Text::of(sign.ink(), sign.symbol())
                .and(" ")
                .then(Ink::Strong, said);
            page.line(
                2,
                text.and(&format!(": {}", prose::list_some(&names, NAMED))),
            );
        }
    }
    page
}

/// What else there is, only counted.
fn rest(plan: &BusinessPlan) -> Text {
    let unchanged = prose::count(plan.totals.unchanged, "fact stays", "facts stay");
    let counts = [
        (plan.waiting.len(), "invitation waits", "invitations wait"),
        (
            plan.deferred.len(),
            "grant follows later",
            "grants follow later",
        ),
        (
            plan.withheld.len(),
            "difference is left alone",
            "differences are left alone",
        ),
        (plan.notices.len(), "notice", "notices"),
        (
            plan.upcoming.len(),
            "line ends within 90 days",
            "lines end within 90 days",
        ),
    ];
    let counted = counts
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| prose::count(n as u64, one, many));
    let named: Vec<String> = [unchanged].into_iter().chain(counted).collect();
    Text::plain(&format!("= {}", prose::list(&named)))
}
