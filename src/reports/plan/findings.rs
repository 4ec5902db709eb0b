//! What the rules say of a plan.

use super::Depth;
use crate::plan::{Plan, RuleRefusal, refusals};
use crate::reports::proof::{brief, not_evaluated};
use crate::rules::finding::{Finding, Level, State};
use crate::rules::{Counted, Judgement, Tally};
use crate::terminal::{Ink, Page, Text, prose};

/// Findings in a plan: of the shortest depth only what refuses; else what the change brings, worsens or fixes; in full also what was
/// there before, its notes as counts.
pub(super) fn page(plan: &Plan, depth: Depth) -> Page {
    let judgement = &plan.rules;
    let mut page = Page::new();
    let shown = || judgement.findings.iter().filter(|finding| is_shown(finding, depth));
    if judgement.rules == 0 || (depth == Depth::Headline && shown().next().is_none()) {
        return page;
    }
    page.line(0, title(judgement));
    for finding in shown() {
        match depth {
            Depth::Headline => {
                let text = Text::of(Ink::Alarm, "! ").and(&finding.rule).and(": ").and(&finding.message);
                page.line(2, text);
            }
            Depth::People | Depth::Full => page.append_indented(2, brief(finding)),
        }
    }
    if depth == Depth::Full {
        for one in &judgement.unchanged {
            page.line(2, Text::of(Ink::Dim, "counted: ").and(&counted(one)));
        }
        for one in &judgement.not_evaluated {
            let text = Text::of(Ink::Caution, "not evaluated: ").and(&format!("{}: {}", one.rule, not_evaluated(one)));
            page.line(2, text);
        }
    }
    page
}

/// `redundant-permission: 14 notes that were there before, told by accord audit`.
fn counted(one: &Counted) -> String {
    let (one_of, many) = match one.level {
        Level::Error => ("error that was there before", "errors that were there before"),
        Level::Warning => ("warning that was there before", "warnings that were there before"),
        Level::Note => ("note that was there before", "notes that were there before"),
    };
    format!("{}: {}, told by `accord audit`", one.rule, prose::count(one.count, one_of, many))
}

fn is_shown(finding: &Finding, depth: Depth) -> bool {
    match depth {
        Depth::Headline => finding.refuses(),
        Depth::People => finding.state != Some(State::Unchanged),
        Depth::Full => true,
    }
}

/// `Findings: 2 new, 1 fixed; 14 unchanged ones are no matter of this plan`.
fn title(judgement: &Judgement) -> Text {
    let tally = Tally::of(judgement);
    let states = [(tally.new, "new"), (tally.worsened, "worsened"), (tally.fixed, "fixed")];
    let mut told: Vec<String> =
        states.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", prose::number(n))).collect();
    if told.is_empty() {
        told.push("none that this plan brings".to_owned());
    }
    let mut text = prose::list(&told);
    if tally.unchanged > 0 {
        text.push_str(&format!("; {} there before", prose::number(tally.unchanged)));
    }
    if tally.waived > 0 {
        text.push_str(&format!("; {} waived", prose::number(tally.waived)));
    }
    if tally.not_evaluated > 0 {
        text.push_str(&format!("; {} not evaluated", prose::count(tally.not_evaluated, "rule", "rules")));
    }
    Text::of(Ink::Strong, "Findings: ").and(&text)
}

/// Rules that refuse, each with how many findings.
pub(super) fn verdicts(plan: &Plan) -> Vec<Text> {
    let refusing = refusals(plan).into_iter().filter(RuleRefusal::stands);
    let told = refusing.map(|refusal| {
        let RuleRefusal { rule, count, allowed } = &refusal;
        let wrong = allowed.map(|allowed| format!("; {allowed} allowed, {count} found")).unwrap_or_default();
        let findings = prose::count(*count, "new or worse finding", "new or worse findings");
        Text::of(Ink::Alarm, "! refused").and(&format!(" by rule `{rule}`: {findings}{wrong}"))
    });
    told.collect()
}
