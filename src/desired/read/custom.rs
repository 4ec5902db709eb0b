//! Custom rules from their text: patterns, expressions, and the tests they carry, which are run at once.

use std::collections::BTreeMap;

use super::check_key;
use super::policy::{keep, pick, placed};
use crate::desired::shapes::policy as shape;
use crate::policy::cel::Expression;
use crate::policy::custom::{COUNTED, Counted, GROUPS, Group, Limit, SEVERITIES};
use crate::policy::levels::LEVELS;
use crate::policy::pattern::{Pattern, Test};
use crate::policy::record::{PATTERN, ROW};
use crate::policy::sample::Sample;
use crate::policy::{CustomRule, Level, Placed};
use crate::source::shape::Record;
use crate::source::yaml::{Reader, Text};
use crate::source::{At, Problem};

const HIGH: usize = 1;

/// Reads a rule and runs its tests.
pub(super) fn rule(r: &mut Reader<'_>, key: &Text<'_>) -> Option<CustomRule> {
    check_key(r, key, false);
    let before = r.problem_count();
    let mut message = None;
    let mut rule = CustomRule {
        name: keep(r, key),
        level: Level::Deny,
        severity: HIGH,
        message: keep(r, key),
        help: None,
        matches: None,
        unless: None,
        when: None,
        limit: None,
        fires: Vec::new(),
        quiet: Vec::new(),
    };
    let whole = r.record(&shape::CUSTOM_RULE, key.at, |r, key, at| match key {
        "level" => rule.level = pick(r, "a level", &LEVELS, &Level::ALL).map_or(Level::Deny, |level| level.value),
        "severity" => rule.severity = r.choice("a severity", &SEVERITIES).map_or(HIGH, |(index, _)| index),
        "message" => message = placed(r, "a text"),
        "help" => rule.help = placed(r, "a text").map(|text| text.value),
        "match" => rule.matches = Some(pattern(r, at)),
        "unless" => rule.unless = Some(pattern(r, at)),
        "when" => rule.when = expression(r),
        "limit" => rule.limit = limit(r, at),
        "fires" => r.list("rows", |r| rule.fires.extend(sample(r))),
        _ => r.list("rows", |r| rule.quiet.extend(sample(r))),
    });
    rule.message = message?;
    if !whole || r.problem_count() > before || r.is_broken() {
        // What is wrong is told; tests of half a rule would only add to it.
        return whole.then_some(rule);
    }
    if rule.matches.is_none() && rule.when.is_none() {
        r.error("fires-always", key.at, "this rule has neither `match` nor `when`").help =
            Some("say which rows it is about".to_owned());
    }
    for (list, samples) in [("fires", &rule.fires), ("quiet", &rule.quiet)] {
        if samples.is_empty() {
            r.error("no-test", key.at, format!("`{list}` holds no row")).help =
                Some("a rule is trusted for rows that show it".to_owned());
        }
    }
    if r.problem_count() == before {
        rule.run_tests().into_iter().for_each(|problem| r.report(problem));
    }
    Some(rule)
}

fn pattern(r: &mut Reader<'_>, at: At) -> Pattern {
    let mut tests = Vec::new();
    let before = r.problem_count();
    for (field, wanted) in fields(r, &PATTERN, at) {
        tests.push(Test { field, wanted });
    }
    for problem in tests.iter().flat_map(Test::problems) {
        r.report(problem);
    }
    if tests.is_empty() && r.problem_count() == before && !r.is_broken() {
        r.error("empty-pattern", at, "this pattern says nothing: every row fits it");
    }
    Pattern { tests, span: r.span(at) }
}

fn sample(r: &mut Reader<'_>) -> Option<Sample> {
    let at = r.at();
    if !r.at_mapping() {
        r.wrong("a row, as a mapping");
        return None;
    }
    let values: BTreeMap<_, _> = fields(r, &ROW, at).into_iter().collect();
    let sample = Sample { values, span: r.span(at) };
    for problem in sample.problems() {
        r.report(problem);
    }
    Some(sample)
}

/// The values of a record, each a text or a list of texts.
fn fields(r: &mut Reader<'_>, shape: &'static Record, at: At) -> Vec<(&'static str, Vec<Placed<String>>)> {
    let mut found = Vec::new();
    r.record(shape, at, |r, key, _| {
        let mut values = Vec::new();
        let at = r.at();
        let before = r.problem_count();
        if several(shape, key) {
            r.one_or_many("values", |r| values.extend(placed(r, "a value")));
            if values.is_empty() && std::ptr::eq(shape, &PATTERN) && r.problem_count() == before {
                r.error("empty-list", at, "this list is empty: no row fits it");
            }
        } else {
            values.extend(placed(r, "a value"));
        }
        found.push((key, values));
    });
    found
}

fn several(shape: &Record, key: &str) -> bool {
    use crate::source::shape::Shape;
    let field = shape.index(key).and_then(|index| shape.fields.get(index));
    field.is_some_and(|field| matches!(field.shape, Shape::OneOrMany(_)))
}

/// Compiles an expression; what is wrong with it is told where it stands in the text.
fn expression(r: &mut Reader<'_>) -> Option<Expression> {
    let text = r.text("an expression")?;
    let source = keep(r, &text);
    let faults = match Expression::compile(source) {
        Ok(expression) => return Some(expression),
        Err(faults) => faults,
    };
    for fault in faults {
        let at = r.within(&text, fault.offset, fault.length);
        let mut problem = Problem::error(fault.code, r.span(at), fault.message);
        problem.help = fault.help;
        r.report(problem);
    }
    None
}

fn limit(r: &mut Reader<'_>, at: At) -> Option<Limit> {
    let (mut at_most, mut of, mut per) = (None, None, Group::Everything);
    r.record(&shape::LIMIT, at, |r, key, _| match key {
        "at_most" => at_most = r.number("a whole number").map(|(number, _)| number),
        "of" => {
            of = pick(r, "what is counted", &COUNTED, &[Counted::People, Counted::Assets, Counted::Clients]);
        }
        _ => {
            let all = [Group::Asset, Group::Client, Group::Business, Group::Person, Group::Partner, Group::Everything];
            per = pick(r, "in what it is counted", &GROUPS, &all).map_or(per, |per| per.value);
        }
    });
    Some(Limit { at_most: at_most?, of: of?.value, per, span: r.span(at) })
}
