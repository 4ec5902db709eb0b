//! Rules in Markdown.

use std::fmt::Write as _;

use crate::rules::rule::{Family, Rule};

/// `docs/rules.md`.
pub fn all(rules: &[&Rule]) -> String {
    let mut text = String::from(HEAD);
    for family in Family::ALL {
        let members: Vec<&&Rule> = rules.iter().filter(|rule| rule.family == family).collect();
        if members.is_empty() {
            continue;
        }
        let _ =
            writeln!(text, "\n**{}**\n\n| rule | fires when | severity | level |\n|---|---|---|---|", family.title());
        for rule in members {
            let (name, severity) = (rule.name, rule.severity.word());
            let _ = writeln!(
                text,
                "| [`{name}`](#{name}) | {} | {severity} | {} |",
                rule.summary,
                super::levels(rule.levels)
            );
        }
    }
    for rule in rules {
        text.push('\n');
        text.push_str(&one(rule));
    }
    text
}

const HEAD: &str = "\
# Rules

Generated from `src/rules/`; `.ci/refresh` renews it. `accord explain RULE` shows one of them.

A level is `deny` (a plan that brings such a finding, or makes one worse, is refused), `warn`, `note` or `off`. The policy sets it, and
parameters, by name:

```yaml
policy:
  profile: agency          # advertiser (default), agency, audit-strict
  rules:
    too-many-managers: { level: warn, max: 8 }
    redundant-path: off
```

A finding that was there before never refuses. A rule without the data it needs says *not evaluated*, and is counted.
";

/// One rule.
pub fn one(rule: &Rule) -> String {
    let Rule { name, family, summary, severity, levels, kind: _, data, params, fix, docs, check: _ } = rule;
    let mut text = format!("## {name}\n\n");
    let _ = writeln!(text, "Fires when {summary}.\n\n{}\n", docs.why.trim());
    let _ = writeln!(text, "| | |\n|---|---|");
    let _ = writeln!(text, "| family | {} |", family.title());
    let _ = writeln!(text, "| severity | {} |", severity.word());
    let _ = writeln!(text, "| level | {} |", super::levels(*levels));
    if !data.is_empty() {
        let data: Vec<&str> = data.iter().map(|data| super::data(*data)).collect();
        let _ = writeln!(text, "| needs | {} |", data.join(", "));
    }
    let _ = writeln!(text, "| fix | {} |", super::fix(*fix));
    if !params.is_empty() {
        let _ = writeln!(text, "\n| parameter | default | meaning |\n|---|---|---|");
        for param in *params {
            let others = [("agency", param.agency), ("audit-strict", param.audit_strict)];
            let others: String = others
                .into_iter()
                .filter_map(|(profile, value)| Some(format!("; {profile}: {}", super::value(value?))))
                .collect();
            let _ = writeln!(text, "| `{}` | {}{others} | {} |", param.name, super::value(param.default), param.doc);
        }
    }
    let _ = writeln!(text, "\n**Proof.** {}\n\n**Mending.** {}", docs.witness.trim(), docs.fix.trim());
    let _ = writeln!(text, "\nFires, at the marked text:\n\n```yaml\n{}\n```", docs.bad.trim());
    let _ = writeln!(text, "\nQuiet:\n\n```yaml\n{}\n```", docs.good.trim());
    text
}
