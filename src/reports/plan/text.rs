//! Puts the pages of a plan together.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::{self, Block};
use super::effect::What;
use super::why::Reasons;
use super::{Depth, findings, headline, people, remarks, steps};
use crate::plan::{Action, BusinessPlan, Plan, RuleRefusal, Verdict, refusals};
use crate::platforms::Certainty;
use crate::reports::words::{self, Words};
use crate::terminal::{Ink, Page, Style, Text, prose};

/// A plan as text for people, each line ended, no line wider than the style unless one word is.
///
/// Deterministic: the same plan, depth and style give the same text. Foreign text can't bring control characters in.
pub fn render_text(plan: &Plan, depth: Depth, style: &Style) -> String {
    let parts: Vec<Part<'_>> = plan.businesses.iter().map(Part::of).collect();
    let mut page = about(plan, depth);
    for part in &parts {
        page.gap();
        page.append(match depth {
            Depth::Headline => headline::page(part.plan, &part.blocks),
            Depth::People | Depth::Full => part.page(parts.len() == 1, depth),
        });
    }
    if depth != Depth::Headline {
        page.gap();
        page.append(legend(&parts));
    }
    page.gap();
    page.append(findings::page(plan, depth));
    page.gap();
    for text in findings::verdicts(plan) {
        page.line(0, text);
    }
    page.gap();
    page.append(verdict(plan));
    page.render(style)
}

/// One business, read once for all that is said of it.
struct Part<'a> {
    plan: &'a BusinessPlan,
    words: Words,
    blocks: Vec<Block<'a>>,
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
            page.line(0, Text::default().whole(Ink::Dim, &format!("{what} {digest}")));
        }
    }
    page
}

impl<'a> Part<'a> {
    fn of(plan: &'a BusinessPlan) -> Self {
        let words = Words::of(plan);
        let blocks = blocks::of(plan, &words);
        Part { plan, words, blocks }
    }

    /// Everything about the business. `alone`: it is the only one of the plan.
    fn page(&self, alone: bool, depth: Depth) -> Page {
        let Part { plan, words, blocks } = self;
        let reasons = Reasons::of(plan);
        let mut page = self.head(&reasons, depth);
        let mut sections = vec![remarks::refusals(plan, alone), people::page(plan, blocks, words, &reasons)];
        if depth == Depth::Full {
            let heading = "Operations, in the order in which they are done";
            sections.push(remarks::titled(heading, steps::page(plan, words, &reasons)));
            sections.push(remarks::calls(plan, words));
        }
        sections.extend([
            remarks::waiting(plan),
            remarks::deferred(plan, words),
            remarks::withheld(plan),
            remarks::notices(plan),
            remarks::upcoming(plan),
            remarks::unmanaged(plan),
            remarks::guards(plan),
            remarks::totals(plan),
        ]);
        for section in sections {
            page.gap();
            page.append(section);
        }
        page
    }

    /// What it is and what it was compared with.
    fn head(&self, reasons: &Reasons<'_>, depth: Depth) -> Page {
        let BusinessPlan { business, observed, .. } = self.plan;
        let mut page = Page::new();
        page.line(0, headline::title(self.plan, &self.blocks));
        let platform = self.words.platform(&business.platform);
        let (id, key, mode) = (&business.id, &business.key, &business.mode);
        let means = means(mode);
        let about = format!("{platform} business {id} (`{key}`), mode `{mode}`: {means}");
        page.line(2, Text::of(Ink::Dim, &about));
        let by = observed.captured_by.as_deref();
        let by = by.map_or(String::new(), |by| format!(" by {by}"));
        let captured = words::moment(observed.captured_at);
        let from = format!("compared with {}, exported {captured}{by}", observed.from);
        page.line(2, Text::of(Ink::Dim, &from));
        if depth == Depth::Full {
            let found = [("as found  ", observed.digest)].into_iter();
            let predicted = self.plan.predicted.map(|digest| ("afterwards", digest));
            for (what, digest) in found.chain(predicted) {
                let line = format!("{what} {digest}");
                page.line(2, Text::default().whole(Ink::Dim, &line));
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
}

/// What a mode means.
fn means(word: &str) -> &str {
    match word {
        "enforce" => "makes reality equal to the files",
        "adopt" => "only adds",
        "observe" => "changes nothing",
        other => other,
    }
}

/// Every permission that is gained or lost above, with its word and all it allows, and roles that administer; platform by
/// platform.
fn legend(parts: &[Part<'_>]) -> Page {
    let mut by_platform: BTreeMap<&str, Vec<&Part<'_>>> = BTreeMap::new();
    for part in parts {
        let platform = part.plan.business.platform.as_str();
        by_platform.entry(platform).or_default().push(part);
    }
    let several = by_platform.len() > 1;
    let mut page = Page::new();
    for (platform, parts) in by_platform {
        let Some(words) = parts.first().map(|part| &part.words) else {
            continue;
        };
        let heading = match several {
            true => format!("What these words allow on {}", words.platform(platform)),
            false => "What these words allow".to_owned(),
        };
        let mut lines = Page::new();
        let roles: BTreeSet<&str> = parts.iter().flat_map(|part| part.admin_roles()).collect();
        for role in roles {
            let text = Text::of(Ink::Strong, &words.role(role));
            lines.line(2, text.and(&format!(" ({role}): {ADMINISTERS}")));
        }
        let mentioned: BTreeSet<&str> = parts.iter().flat_map(|part| part.mentioned()).collect();
        for word in mentioned {
            lines.line(2, meaning(word, words));
        }
        page.gap();
        page.append(remarks::titled(&heading, lines));
    }
    page
}

impl Part<'_> {
    /// Permissions that somebody gains or loses.
    fn mentioned(&self) -> impl Iterator<Item = &str> {
        let effects = self.blocks.iter().flat_map(|block| &block.effects);
        let permissions = effects.filter_map(|effect| match &effect.what {
            What::Said(_) => None,
            What::Grant { permissions, .. } => Some(permissions.iter().copied()),
        });
        permissions.flatten()
    }

    /// Roles that somebody gets and that administer the business.
    fn admin_roles(&self) -> impl Iterator<Item = &str> {
        let actions = self.plan.operations.iter().map(|operation| &operation.action);
        let roles = actions.filter_map(|action| match action {
            Action::SetRole { after, .. } => Some(after.as_str()),
            Action::InviteMember { role, .. } => Some(role.as_str()),
            _ => None,
        });
        roles.filter(|role| self.words.role_is_admin(role))
    }
}

const ADMINISTERS: &str = "give themselves and others any access in the business, and take it away";

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
    let operations: u64 = plan.businesses.iter().map(|b| b.operations.len() as u64).sum();
    let count = |is: fn(&Verdict) -> bool| -> u64 {
        let guards = plan.businesses.iter().flat_map(|business| &business.guards);
        guards.filter(|guard| is(&guard.verdict)).count() as u64
    };
    let refusing = count(|verdict| matches!(verdict, Verdict::Refused { .. }));
    let (rules, allowed): (Vec<_>, Vec<_>) = refusals(plan).into_iter().partition(RuleRefusal::stands);
    let overridden = count(|verdict| matches!(verdict, Verdict::Overridden { .. })) + allowed.len() as u64;
    let mut page = Page::new();
    let changes = prose::count(operations, "change", "changes");
    if refusing > 0 || !rules.is_empty() {
        let refuse = match (refusing, rules.len() as u64) {
            (n, 0) => prose::count(n, "guard refuses", "guards refuse"),
            (0, n) => prose::count(n, "rule refuses", "rules refuse"),
            (n, m) => {
                format!("{} and {} refuse", prose::count(n, "guard", "guards"), prose::count(m, "rule", "rules"))
            }
        };
        let text = format!("{refuse} this plan; none of its {changes} can be applied.");
        page.line(0, Text::of(Ink::Alarm, "Refused: ").and(&text));
        let instead = if rules.is_empty() { "" } else { "Mend what the rules found, or waive it in the policy. " };
        let text = Text::plain(&format!("{instead}If all of it is right, plan again with"));
        let rules = rules.iter().map(|refusal| format!("--allow {}={}", refusal.rule, refusal.count));
        let options = remarks::allowing(plan).into_iter().chain(rules);
        page.line(2, options.fold(text, |text, option| text.and(" ").whole(Ink::Strong, &option)));
    } else if operations > 0 {
        let overridden = match overridden {
            0 => String::new(),
            n => format!(", {} overridden", prose::number(n)),
        };
        let nobody = if plan.rules.rules > 0 { "no guard or rule" } else { "no guard" };
        let text = format!("{changes}; {nobody} refuses{overridden}.");
        page.line(0, Text::of(Ink::Strong, "Plan: ").and(&text));
    }
    page
}
