//! The shortest depth: a few lines that say how much happens to how many, and name everybody where it is grave.

use super::blocks::Block;
use super::effect::{Sign, Subject, Weight};
use super::people::counted;
use crate::model::{Direction, Principal};
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
        Verdict::Refused { message, .. } => {
            Some(Text::of(Ink::Alarm, "! refused").and(&format!(" by `{}`: {message}", guard.guard)))
        }
        Verdict::Overridden { message, .. } => {
            Some(Text::of(Ink::Caution, "! overridden").and(&format!(" `{}`: {message}", guard.guard)))
        }
        Verdict::Passed | Verdict::Off => None,
    });
    spoken.collect()
}

/// Everybody for whom something grave happens, by name and without exception.
fn grave(blocks: &[Block<'_>]) -> Vec<Text> {
    let rows = GRAVE.iter().filter_map(|row| {
        let named: Vec<String> =
            blocks.iter().filter(|block| row.kind.holds(block) && (row.holds)(block)).map(Block::label).collect();
        let text = Text::of(row.ink, row.sign).and(" ").then(Ink::Strong, row.said);
        (!named.is_empty()).then(|| text.and(&format!(": {}", prose::list(&named))))
    });
    rows.collect()
}

/// A line of the headline and whom it names.
struct Row {
    sign: &'static str,
    ink: Ink,
    said: &'static str,
    kind: Kind,
    holds: fn(&Block<'_>) -> bool,
}

/// What a subject is to us: that decides what gaining and losing means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A person, or a partner that reaches our assets.
    Holder,
    /// A partner whose assets we reach.
    Host,
    /// An asset group.
    Group,
}

impl Kind {
    fn holds(self, block: &Block<'_>) -> bool {
        self == Kind::of(block)
    }

    fn of(block: &Block<'_>) -> Self {
        match &block.subject {
            Subject::Group(_) => Kind::Group,
            Subject::Principal(Principal::Partner(partner)) if partner.direction == Direction::Outbound => Kind::Host,
            Subject::Principal(Principal::Person(_) | Principal::Partner(_)) => Kind::Holder,
        }
    }
}

const fn row(sign: &'static str, ink: Ink, said: &'static str, kind: Kind, holds: fn(&Block<'_>) -> bool) -> Row {
    Row { sign, ink, said, kind, holds }
}

const GRAVE: [Row; 12] = [
    row("+", Ink::Alarm, "becomes administrator", Kind::Holder, is_admin),
    row("+", Ink::Alarm, "gets rights over money", Kind::Holder, is_billing),
    row("+", Ink::Alarm, "makes its holders administrators of more", Kind::Group, is_admin),
    row("+", Ink::Alarm, "gives its holders rights over more money", Kind::Group, is_billing),
    row("-", Ink::Loss, "leaves", Kind::Holder, leaves),
    row("-", Ink::Loss, "loses access", Kind::Holder, only_loses),
    row("~", Ink::Loss, "loses some access and gains other", Kind::Holder, moves),
    row("+", Ink::Alarm, "makes us administrator", Kind::Host, is_admin),
    row("+", Ink::Alarm, "gives us rights over money", Kind::Host, is_billing),
    row("-", Ink::Loss, "no longer lets us in", Kind::Host, leaves),
    row("-", Ink::Loss, "lets us do less", Kind::Host, loses_and_stays),
    row("-", Ink::Loss, "is deleted or holds less", Kind::Group, loses),
];

fn is_admin(block: &Block<'_>) -> bool {
    block.weighs(Weight::Admin)
}

fn is_billing(block: &Block<'_>) -> bool {
    block.weighs(Weight::Billing)
}

fn leaves(block: &Block<'_>) -> bool {
    block.leaves()
}

fn loses(block: &Block<'_>) -> bool {
    block.has(Sign::Loss)
}

fn loses_and_stays(block: &Block<'_>) -> bool {
    loses(block) && !block.leaves()
}

fn only_loses(block: &Block<'_>) -> bool {
    loses_and_stays(block) && !block.has(Sign::Gain)
}

fn moves(block: &Block<'_>) -> bool {
    loses_and_stays(block) && block.has(Sign::Gain)
}

/// Everybody else.
fn light(blocks: &[Block<'_>]) -> Page {
    let mut page = Page::new();
    for (kind, sign, said) in [
        (Kind::Holder, Sign::Gain, "gains access"),
        (Kind::Holder, Sign::Change, "changes"),
        (Kind::Host, Sign::Gain, "is asked to let us do more"),
        (Kind::Host, Sign::Change, "changes"),
        (Kind::Group, Sign::Gain, "is new or holds more"),
    ] {
        let is_meant = |block: &&Block<'_>| {
            let light = block.weight() == Weight::Light;
            light && block.sign() == sign && kind.holds(block)
        };
        let names: Vec<String> = blocks.iter().filter(is_meant).map(Block::label).collect();
        if !names.is_empty() {
            let text = Text::of(sign.ink(), sign.symbol()).and(" ").then(Ink::Strong, said);
            page.line(2, text.and(&format!(": {}", prose::list_some(&names, NAMED))));
        }
    }
    page
}

/// What else there is, only counted.
fn rest(plan: &BusinessPlan) -> Text {
    let unchanged = prose::count(plan.totals.unchanged, "fact stays", "facts stay");
    let counts = [
        (plan.waiting.len(), "invitation waits", "invitations wait"),
        (plan.deferred.len(), "grant follows later", "grants follow later"),
        (plan.withheld.len(), "difference is left alone", "differences are left alone"),
        (plan.notices.len(), "notice", "notices"),
        (plan.upcoming.len(), "line ends within 90 days", "lines end within 90 days"),
    ];
    let counted = counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| prose::count(n as u64, one, many));
    let named: Vec<String> = [unchanged].into_iter().chain(counted).collect();
    Text::plain(&format!("= {}", prose::list(&named)))
}
