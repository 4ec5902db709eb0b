//! Rules on a terminal.

use crate::rules::rule::{Family, Rule};
use crate::terminal::{Ink, Page, Style, Text};

/// All rules in a list, by family.
pub fn listed(rules: &[&Rule], style: &Style) -> String {
    let mut page = Page::new();
    for family in Family::ALL {
        let members: Vec<&&Rule> = rules.iter().filter(|rule| rule.family == family).collect();
        if members.is_empty() {
            continue;
        }
        page.gap();
        page.line(0, Text::of(Ink::Strong, family.title()));
        for rule in members {
            let text = Text::of(Ink::Change, rule.name).and(": ").and(rule.summary);
            let about = format!(" ({}, {})", rule.severity.word(), super::levels(rule.levels));
            page.hanging(2, 6, text.then(Ink::Dim, &about));
        }
    }
    page.render(style)
}

/// One rule with everything there is to say.
pub fn explained(rule: &Rule, style: &Style) -> String {
    let mut page = Page::new();
    page.line(0, Text::of(Ink::Strong, rule.name).and(": fires when ").and(rule.summary));
    page.gap();
    page.hanging(0, 0, Text::plain(rule.docs.why.trim()));
    page.gap();
    let data: Vec<&str> = rule.data.iter().map(|data| super::data(*data)).collect();
    let facts = [
        ("family", rule.family.title().to_owned()),
        ("severity", rule.severity.word().to_owned()),
        ("level", super::levels(rule.levels)),
        ("needs", data.join(", ")),
        ("proof", rule.docs.witness.trim().to_owned()),
        ("mending", rule.docs.fix.trim().to_owned()),
        ("fix", super::fix(rule.fix).to_owned()),
    ];
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        page.hanging(0, 10, Text::of(Ink::Dim, &format!("{name}: ")).and(fact));
    }
    if !rule.params.is_empty() {
        page.gap();
        page.line(0, Text::of(Ink::Strong, "Parameters"));
        for param in rule.params {
            let text = Text::of(Ink::Change, param.name).and(&format!(": {}", super::value(param.default)));
            page.hanging(2, 6, text.and("; ").and(param.doc));
        }
    }
    for (title, example) in [("Fires, at the marked text", rule.docs.bad), ("Quiet", rule.docs.good)] {
        page.gap();
        page.line(0, Text::of(Ink::Strong, title));
        for line in example.trim().lines() {
            // Blanks are the syntax of YAML, so none may be broken or lost.
            page.hanging(2, 2, Text::default().whole(Ink::Plain, line));
        }
    }
    page.render(style)
}
