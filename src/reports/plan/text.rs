//! Puts the pages of a plan together.

use std::collections::BTreeSet;

use super::blocks::{self, Block};
use super::effect::What;
use super::why::Reasons;
use super::{Depth, headline, people, remarks, steps};
use crate::plan::{Action, BusinessPlan, Plan, Verdict};
use crate::platforms::Certainty;
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Style, Text, prose};

/// A plan as text for people, each line ended, no line wider than the style unless one word is.
///
/// Deterministic: the same plan, depth and style give the same text. Foreign text can't bring control characters in.
pub fn render_text(plan: &Plan, depth: Depth, style: &Style) -> String {
    let mut page = Page::new();
    page.append(about(plan, depth));
    for business in &plan.businesses {
        page.gap();
        page.append(business_page(business, plan.businesses.len() == 1, depth));
    }
    page.gap();
    page.append(verdict(plan));
    page.render(style)
}

/// What the plan as a whole says of itself.
fn about(plan: &Plan, depth: Depth) -> Page {
    let mut page = Page::new();
    if !plan.only.is_empty() {
        let only = plan.only.join(", ");
        page.line(0, Text::of(Ink::Caution, "only: ").and(&only));
    }
    if depth == Depth::Headline {
        return page;
    }
    let as_of = format!("as of {}", words::moment(plan.as_of));
    page.line(0, Text::of(Ink::Dim, &as_of));
    if depth == Depth::Full {
        for (what, digest) in [("plan ", plan.digest), ("files", plan.desired)] {
            page.line(
                0,
                Text::default().whole(Ink::Dim, &format!("{what} {digest}")),
            );
        }
    }
    page
}

/// One business. `alone`: it is the only one of the plan.
fn business_page(plan: &BusinessPlan, alone: bool, depth: Depth) -> Page {
    let words = Words::of(plan);
    let blocks = blocks::of(plan, &words);
    if depth == Depth::Headline {
        return headline::page(plan, &blocks);
    }
    let reasons = Reasons::of(plan);
    let mut page = head(plan, depth, &blocks, &words, &reasons);
    let mut sections = vec![
        remarks::refusals(plan, alone),
        people::page(&blocks, &words, &reasons),
    ];
    if depth == Depth::Full {
        let heading = "Operations, in the order in which they are done";
        sections.push(remarks::titled(
            heading,
            steps::page(plan, &words, &reasons),
        ));
        sections.push(remarks::calls(plan, &words));
    }
    sections.extend([
        remarks::waiting(plan),
        remarks::deferred(plan, &words),
        remarks::withheld(plan),
        remarks::notices(plan),
        remarks::upcoming(plan),
        remarks::unmanaged(plan),
        legend(plan, &blocks, &words),
        remarks::guards(plan),
        remarks::totals(plan),
    ]);
    for section in sections {
        page.gap();
        page.append(section);
    }
    page
}

/// What the plan is about and what it was computed from.
fn head(
    plan: &BusinessPlan,
    depth: Depth,
    blocks: &[Block<'_>],
    words: &Words,
    reasons: &Reasons<'_>,
) -> Page {
    let BusinessPlan {
        business, observed, ..
    } = plan;
    let mut page = Page::new();
    page.line(0, headline::title(plan, blocks));
    let platform = words.platform(&business.platform);
    let about = format!(
        "{platform} business {} (`{}`), mode `{}`: {}",
        business.id,
        business.key,
        business.mode,
        mode(&business.mode)
    );
    page.line(2, Text::of(Ink::Dim, &about));
    let by = observed.captured_by.as_deref();
    let by = by.map_or(String::new(), |by| format!(" by {by}"));
    let captured = words::moment(observed.captured_at);
    let from = format!("compared with {}, exported {captured}{by}", observed.from);
    page.line(2, Text::of(Ink::Dim, &from));
    if depth == Depth::Full {
        let found = [("as found  ", observed.digest)].into_iter();
        let predicted = plan.predicted.map(|digest| ("afterwards", digest));
        for (what, digest) in found.chain(predicted) {
            page.line(
                2,
                Text::default().whole(Ink::Dim, &format!("{what} {digest}")),
            );
        }
    }
    for part in &observed.incomplete {
        let text = format!("! {} not proven whole: ", part.collection);
        page.line(2, Text::of(Ink::Caution, &text).and(&part.reason));
    }
    if let Some(why) = reasons.by_hand() {
        page.line(2, Text::of(Ink::Caution, "all by hand: ").and(why));
    }
    page
}

fn mode(word: &str) -> &str {
    match word {
        "enforce" => "makes reality equal to the files",
        "adopt" => "only adds",
        "observe" => "changes nothing",
        other => other,
    }
}

/// Every permission that is gained or lost above, with its word and all it allows, and roles that administer.
fn legend(plan: &BusinessPlan, blocks: &[Block<'_>], words: &Words) -> Page {
    let effects = blocks.iter().flat_map(|block| &block.effects);
    let mentioned: BTreeSet<&str> = effects
        .filter_map(|effect| match &effect.what {
            What::Said(_) => None,
            What::Grant { permissions, .. } => Some(permissions.iter().copied()),
        })
        .flatten()
        .collect();
    let mut page = Page::new();
    for role in admin_roles(plan, words) {
        let text = format!("{} ({role}): {ADMINISTERS}", words.role(role));
        page.line(2, Text::plain(&text));
    }
    for word in mentioned {
        page.line(2, meaning(word, words));
    }
    remarks::titled("What these words allow", page)
}

const ADMINISTERS: &str = "give themselves and others any access in the business, and take it away";

fn admin_roles<'a>(plan: &'a BusinessPlan, words: &Words) -> BTreeSet<&'a str> {
    let roles = plan
        .operations
        .iter()
        .filter_map(|operation| match &operation.action {
            Action::SetRole { after, .. } => Some(after),
            Action::InviteMember { role, .. } => Some(role),
            _ => None,
        });
    let roles = roles.map(String::as_str);
    roles.filter(|role| words.role_is_admin(role)).collect()
}

fn meaning(word: &str, words: &Words) -> Text {
    let Some(known) = words.known(word) else {
        let text = Text::of(Ink::Caution, &format!("`{word}`"));
        return text.and(": not in accord's table; it might allow anything");
    };
    let sure = words.capabilities(&[word], Certainty::Inferred);
    let mut open = words.capabilities(&[word], Certainty::Undecided);
    open.retain(|capability| !sure.contains(capability));
    let all = prose::phrases(&sure, usize::MAX - 1);
    let text = Text::of(Ink::Strong, known.title).and(&format!(" ({word}): {all}"));
    if open.is_empty() {
        return text;
    }
    let open = prose::phrases(&open, usize::MAX - 1);
    text.and(&format!("; undocumented whether also: {open}"))
}

/// The last line: whether the plan can be applied.
fn verdict(plan: &Plan) -> Page {
    let operations: u64 = plan
        .businesses
        .iter()
        .map(|b| b.operations.len() as u64)
        .sum();
    let count = |is: fn(&Verdict) -> bool| -> u64 {
        let guards = plan.businesses.iter().flat_map(|business| &business.guards);
        guards.filter(|guard| is(&guard.verdict)).count() as u64
    };
    let refusing = count(|verdict| matches!(verdict, Verdict::Refused { .. }));
    let overridden = count(|verdict| matches!(verdict, Verdict::Overridden { .. }));
    let mut page = Page::new();
    let changes = prose::count(operations, "change", "changes");
    if refusing > 0 {
        let refuse = prose::count(refusing, "guard refuses", "guards refuse");
        let text = format!("{refuse} this plan; none of its {changes} can be applied.");
        page.line(0, Text::of(Ink::Alarm, "Refused: ").and(&text));
    } else if operations > 0 {
        let overridden = match overridden {
            0 => String::new(),
            n => format!(", {} overridden", prose::number(n)),
        };
        let text = format!("{changes}; no guard refuses{overridden}.");
        page.line(0, Text::of(Ink::Strong, "Plan: ").and(&text));
    }
    page
}
