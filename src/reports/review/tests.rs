use jiff::civil::date;

use super::*;
use crate::effect::{AssetEffect, Effect, Effects, Totals, Weight, Who};
use crate::model::{AssetRef, Digest, PersonRef};
use crate::review::{Base, EndMoved, FORMAT, FORMAT_VERSION, Review};
use crate::rules::Judgement;

fn person(name: &str) -> PersonRef {
    PersonRef { email: Some(format!("{name}@acme.example")), ..PersonRef::default() }
}

fn effect(weight: Weight, name: &str, before: &[&str], after: &[&str]) -> Effect {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let asset =
        AssetRef { key: None, id: Some("1".into()), name: Some(format!("Of {name}")), kind: "AD_ACCOUNT".into() };
    Effect {
        weight,
        who: Who::People { people: vec![person(name)] },
        relations: Vec::new(),
        assets: vec![AssetEffect {
            asset,
            client: None,
            before: words(before),
            after: words(after),
            gains: if weight == Weight::Administration { vec!["administer".to_owned()] } else { Vec::new() },
            loses: Vec::new(),
            pending: false,
            paths: Vec::new(),
        }],
        potential: Vec::new(),
        keeps: Vec::new(),
    }
}

fn review(touched: Vec<Effect>) -> Review {
    Review {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        digest: Digest::of(b"review"),
        as_of: "2026-11-22T00:00:00Z".parse().unwrap(),
        base: Some(Base { reference: "main".into(), commit: "abc".into(), files: Digest::of(b"base") }),
        files: Digest::of(b"files"),
        effects: Effects { totals: Totals { people_gaining: touched.len() as u64, ..Totals::default() }, touched },
        later: Vec::new(),
        not_looked_at: 0,
        ends: Vec::new(),
        judgement: Judgement::default(),
        merge: Vec::new(),
    }
}

#[test]
fn whatever_the_size_the_budget_holds_and_what_is_grave_is_counted() {
    for count in [1, 50, 2_000] {
        let admins = (0..count).map(|n| effect(Weight::Administration, &format!("a{n}"), &[], &["ADMIN"]));
        let losses = (0..count).map(|n| effect(Weight::Loss, &format!("l{n}"), &["ANALYST"], &[]));
        let gains = (0..count).map(|n| effect(Weight::Gain, &format!("g{n}"), &[], &["ANALYST"]));
        let review = review(admins.chain(losses).chain(gains).collect());
        for budget in [LEAST_BUDGET, 9_000, DEFAULT_BUDGET] {
            let text = render_markdown(&review, budget);
            assert!(text.len() <= budget, "{count}: {} bytes, limit {budget}", text.len());
            assert!(text.contains("a0@acme.example") && text.contains("l0@acme.example"), "{text}");
            if count == 2_000 {
                assert!(text.contains("**administration** (2,000)") && text.contains("**loss** (2,000)"), "{text}");
                assert!(text.contains("Others who gain (2,000)"), "{text}");
            }
        }
    }
}

#[test]
fn with_room_everything_is_told_and_nothing_folds() {
    let text = render_markdown(&review(vec![effect(Weight::Gain, "bo", &[], &["ANALYST"])]), DEFAULT_BUDGET);
    assert!(text.contains("**➕ Gains:** `bo@acme.example`\n\n- `+` analyst on `Of bo` (ad account)"), "{text}");
    assert!(!text.contains("<details>"), "{text}");
}

#[test]
fn an_end_that_moves_is_told_in_both() {
    let mut review = review(Vec::new());
    let place = crate::graph::PlaceRef { file: "a.yaml".into(), line: 3, column: 1 };
    review.ends.push(EndMoved { what: "bo on fr".into(), before: Some(date(2026, 12, 31)), after: None, place });
    let told = "bo on fr (longer): no end instead of until 2026-12-31 (a.yaml:3)";
    assert!(render_markdown(&review, DEFAULT_BUDGET).contains(told));
    assert!(render_text(&review, &crate::terminal::Style::plain(100)).contains(told));
}

#[test]
fn a_name_is_replaced_where_it_is_a_word_and_by_the_same_pseudonym_each_time() {
    let ana = PersonRef { name: Some("Ana".into()), email: Some("ana@acme.example".into()), ..PersonRef::default() };
    let names = |secret: &[u8]| Pseudonyms::new([ana.clone()].into_iter(), secret);
    let one = names(b"one");
    let shown = one.text("ANA (ana@acme.example) of Anaheim: Ana");
    let pseudonym = shown.split(' ').next().unwrap();
    assert!(pseudonym.starts_with("person-"), "{shown}");
    assert_eq!(shown, format!("{pseudonym} of Anaheim: {pseudonym}"), "name and address together are one name");
    assert_eq!(names(b"one").text("Ana"), pseudonym);
    assert_ne!(names(b"two").text("Ana"), pseudonym);
}

#[test]
fn a_review_about_nobody_in_particular_has_a_digest_of_its_own() {
    let review = review(vec![effect(Weight::Loss, "bo", &["ANALYST"], &[])]);
    let names = Pseudonyms::new([person("bo")].into_iter(), b"secret");
    let hidden = names.review(&review).unwrap();
    assert!(!json(&hidden).unwrap().contains("bo@"));
    assert_ne!(hidden.digest, review.digest);
    assert_eq!(hidden.effects.touched[0].assets[0].before, ["ANALYST"]);
}
