//! What a plan counts instead of telling it: notes about what was there before. Nothing else may be lost by that.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use accord::desired::DesiredState;
use accord::graph::{AccessGraph, Builder, Sources, StateSource};
use accord::model::PermissionSet;
use accord::observed::{ObservedState, RosterRow};
use accord::rules::finding::{Finding, Level, State};
use accord::rules::{self, Counted, Export, Judgement, Known, Question, RULES, Rule, Tally, World, judge};
use proptest::prelude::*;

use crate::support::fixture::Fixture;
use crate::support::world::{DAY, world};

/// What is told of everything, and what a plan makes of the same.
fn both(text: &str, rules: &[&'static Rule]) -> (Judgement, Judgement) {
    let fixture = Fixture::parse(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    let told = fixture.judge(rules).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    let counted = fixture.as_a_plan_asks().judge(rules).expect("judged once already");
    (told, counted)
}

/// Checks everything that a counted judgement owes to the told one; says how many it counts.
fn agree(told: &Judgement, counted: &Judgement) -> u64 {
    assert_eq!(Tally::of(told), Tally::of(counted));
    assert_eq!((&told.profile, told.rules), (&counted.profile, counted.rules));
    assert_eq!(told.not_evaluated, counted.not_evaluated);
    assert!(told.unchanged.is_empty(), "nothing is counted where everything is told");
    let mut missing: BTreeMap<(String, Level), u64> = BTreeMap::new();
    let mut left = counted.findings.iter().peekable();
    for finding in &told.findings {
        if left.next_if(|other| is_same(finding, other)).is_none() {
            assert_eq!((finding.level, finding.state), (Level::Note, Some(State::Unchanged)), "{finding:?}");
            assert!(finding.waived.is_none(), "{finding:?}");
            *missing.entry((finding.rule.clone(), finding.level)).or_default() += 1;
        }
    }
    assert_eq!(left.next(), None, "told by a plan alone");
    let wanted: Vec<Counted> =
        missing.into_iter().map(|((rule, level), count)| Counted { rule, level, count }).collect();
    assert_eq!(wanted, counted.unchanged);
    counted.unchanged.iter().map(|counted| counted.count).sum()
}

/// The same but for the proof.
fn is_same(told: &Finding, other: &Finding) -> bool {
    let unproven = Finding { related: vec![], witness: vec![], cut: vec![], fix: None, ..told.clone() };
    if told.state == Some(State::Unchanged) { unproven == *other } else { told == other }
}

/// A note about Bo, which stays as it is.
const NOTE: &str = r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
  acme-de: { id: "1002", name: Acme Germany }
people:
  ana@acme.example: {}
  cy@acme.example: {}
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER, ADMIN], reason: head of the French campaigns }
"#;

/// Before and after are the same.
const SAME: &str = "--- # before nothing.yaml\naccounts: {}\n";

#[test]
fn unchanged_notes_are_counted_by_rule() {
    let (told, counted) = both(&format!("{NOTE}{SAME}"), RULES);
    assert!(agree(&told, &counted) > 0);
    let of_rule = |counted: &&Counted| counted.rule == "redundant-permission";
    assert_eq!(counted.unchanged.iter().find(of_rule).map(|counted| counted.count), Some(1));
    assert!(counted.findings.iter().all(|finding| finding.rule != "redundant-permission"));
}

#[test]
fn without_a_state_before_all_is_told() {
    let (told, counted) = both(NOTE, RULES);
    assert_eq!(agree(&told, &counted), 0);
    assert_eq!(told, counted);
}

#[test]
fn what_is_more_than_a_note_is_told() {
    let warn = "--- # policy.yaml\npolicy: { rules: { redundant-permission: warn } }\n";
    let (told, counted) = both(&format!("{NOTE}{warn}{SAME}"), RULES);
    agree(&told, &counted);
    let kept = counted.findings.iter().find(|finding| finding.rule == "redundant-permission").expect("told");
    assert_eq!((kept.level, kept.state), (Level::Warning, Some(State::Unchanged)));
}

#[test]
fn a_waiver_of_a_note_stays_in_use() {
    let waiver = r#"--- # policy.yaml
policy:
  waivers:
    - rule: redundant-permission
      subject: bo@acme.example
      reason: both are asked for in the contract
      owner: ana@acme.example
      approved_by: cy@acme.example
      approved_on: 2026-11-01
      until: 2026-12-31
"#;
    let (told, counted) = both(&format!("{NOTE}{waiver}{SAME}"), RULES);
    agree(&told, &counted);
    let kept = counted.findings.iter().find(|finding| finding.rule == "redundant-permission").expect("told");
    assert!(kept.waived.is_some());
    assert!(counted.findings.iter().all(|finding| finding.rule != "waiver-unused"));
    assert_eq!(Tally::of(&counted).waived, 1);
}

#[test]
fn a_note_that_got_worse_is_told() {
    let note = "--- # policy.yaml\npolicy: { rules: { shared-login: note } }\n";
    let login = "people:\n  info@acme.example:\n    grants: [{ on: [acme-fr], permissions: [ANALYST] }]\n";
    let accounts = "accounts:\n  acme-fr: { id: \"1001\" }\n  acme-de: { id: \"1002\" }\n";
    let more = login.replace("[acme-fr]", "[acme-fr, acme-de]");
    let rule = rules::by_name("shared-login").expect("a rule of the table");
    let (told, counted) = both(&format!("{accounts}{more}{note}--- # before\n{accounts}{login}"), &[rule]);
    assert_eq!(agree(&told, &counted), 0);
    assert_eq!(counted.findings[0].state, Some(State::Worsened));
    let (told, counted) = both(&format!("{accounts}{more}{note}--- # before\n{accounts}{more}"), &[rule]);
    assert_eq!(agree(&told, &counted), 1);
    assert!(counted.findings.is_empty());
}

/// All fixtures of the rules, against themselves where they have no state before.
#[test]
fn no_rule_loses_anything_by_being_counted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut counted = 0;
    for rule in fs::read_dir(root).expect("the fixtures") {
        let rule = rule.expect("a folder").path();
        for path in fs::read_dir(&rule).into_iter().flatten() {
            let path = path.expect("a file").path();
            if path.extension().is_some_and(|end| end == "yaml") {
                let text = fs::read_to_string(&path).expect("a fixture");
                let compared = text.contains("--- # before");
                let text = if compared { text } else { format!("{}\n{SAME}", text.trim_end()) };
                let (told, plan) = both(&text, RULES);
                counted += agree(&told, &plan);
            }
        }
    }
    assert!(counted > 100, "only {counted} notes were counted");
}

/// A judgement of the change from one export to another.
fn judged(desired: &DesiredState, states: [&ObservedState; 2], unproven: bool) -> Judgement {
    let day = DAY.parse().expect("a day");
    let [was, is] = states;
    let source = StateSource { observed: was, predicted: Some(is) };
    let builder = Builder::new(Sources { files: Some(desired), base: None, states: vec![source] });
    let graphs = [builder.observed(day), builder.planned(day, &[])];
    let rows = graphs.each_ref().map(AccessGraph::effective);
    let exports = states.map(|state| [Export { business: 0, state }]);
    let [before, now] =
        [0, 1].map(|at| World { graph: &graphs[at], effective: &rows[at], desired, observed: &exports[at] });
    let as_of = format!("{DAY}T12:00:00Z").parse().expect("a moment");
    let known = Known { as_of, directory: None, activity: None, base: None, plan: None };
    judge(&Question { rules: RULES, now, before: Some(before), known, profile: None, unproven, threads: 1 })
}

/// The same state with somebody at each partner who would do everything on what the partner was given.
fn staffed(mut state: ObservedState) -> ObservedState {
    let given: Vec<_> = state.grants.iter().filter(|grant| grant.principal.is_partner()).copied().collect();
    for grant in given {
        let partner = state.partners[grant.principal.index()].id;
        let address = format!("staff@partner-{}.example", state.text(partner));
        state.rosters.push(RosterRow {
            partner,
            email: Some(state.strings.intern(&address)),
            username: None,
            role: None,
            asset: Some(state.assets[grant.asset as usize].id),
            permissions: PermissionSet::of((1 << state.platform.permissions.len()) - 1),
        });
    }
    state
}

/// The same state but for what some marks say of its rows: gone, with other permissions, or in another role.
fn nearly(state: &ObservedState, marks: &[u8]) -> ObservedState {
    let mut other = state.clone();
    let mark = |at: usize| marks[at % marks.len()];
    let mut at = 0;
    other.grants.retain_mut(|grant| {
        at += 1;
        if mark(at) == 1 {
            let most = grant.permissions.known.checked_ilog2().map_or(0, |bit| 1 << bit);
            grant.permissions.known = if grant.permissions.known == most { most | 1 } else { most };
        }
        mark(at) != 0
    });
    let roles: Vec<_> = other.members.iter().map(|member| member.role).collect();
    for (at, member) in other.members.iter_mut().enumerate() {
        if mark(at) == 2 {
            member.role = roles[(at + 1) % roles.len()];
        }
    }
    if mark(7) == 3 {
        other.contents.pop();
    }
    other
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A change of little, so that most people are looked at once for both states: they are told as where everybody is looked at twice.
    #[test]
    fn looked_at_once_as_twice(before in world(10), marks in prop::collection::vec(0..12_u8, 1..40)) {
        let (desired, was) = (before.desired(), staffed(before.observed()));
        let is = nearly(&was, &marks);
        for states in [[&was, &is], [&is, &was]] {
            agree(&judged(&desired, states, false), &judged(&desired, states, true));
        }
    }

    /// Totals never shrink: whatever changes in whatever world, counting and telling come to the same.
    #[test]
    fn counted_as_told(before in world(10), after in world(10)) {
        let (was, is) = (before.observed(), after.observed());
        for desired in [before.desired(), after.desired()] {
            for states in [[&was, &is], [&is, &is]] {
                agree(&judged(&desired, states, false), &judged(&desired, states, true));
            }
        }
    }
}
