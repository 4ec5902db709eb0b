use jiff::civil::date;

use super::*;
use crate::desired::from_texts;

const ROOT: &str = "version: 1
businesses:
  acme: { platform: pinterest, id: \"1\", name: Acme, domains: [acme.example] }
accounts:
  fr: { id: \"21\", name: Acme France }
";

fn files(text: &str) -> DesiredState {
    let texts = [("accord.yaml".to_owned(), ROOT.to_owned()), ("access.yaml".to_owned(), text.to_owned())];
    let reading = from_texts(&texts);
    reading.state.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

fn reviewed(before: &str, after: &str) -> Review {
    let (base, head) = (files(before), files(after));
    review(&ReviewInput {
        base: &base,
        reference: ("main", "abc"),
        head: &head,
        known: Known {
            as_of: "2026-11-22T00:00:00Z".parse().unwrap(),
            directory: None,
            activity: None,
            base: None,
            plan: None,
        },
        profile: None,
        threads: 1,
        plans: None,
        rosters: &Rosters::new(),
        exports: Vec::new(),
    })
}

const NOVA: &str = "partners:
  nova:
    id: \"5009\"
    direction: inbound
    ends: 2027-06-30
    grants:
      - { on: [fr], permissions: [CAMPAIGN_MANAGER], until: 2027-03-31 }
";

#[test]
fn an_end_that_moves_is_told_although_nobody_gains_today() {
    let review = reviewed(NOVA, &NOVA.replace("2027-03-31", "2027-05-31"));
    assert!(review.effects.is_empty());
    let [end] = review.ends.as_slice() else { panic!("{:?}", review.ends) };
    assert_eq!((end.before, end.after, end.later()), (Some(date(2027, 3, 31)), Some(date(2027, 5, 31)), true));
    assert_eq!(end.place.line, 7);
    assert!(!review.is_empty());
}

#[test]
fn an_end_that_is_taken_out_is_later() {
    let review = reviewed(NOVA, &NOVA.replace("    ends: 2027-06-30\n", ""));
    let [end] = review.ends.as_slice() else { panic!("{:?}", review.ends) };
    assert_eq!((end.what.as_str(), end.after, end.later()), ("partnership of acme with nova", None, true));
}

#[test]
fn a_grant_that_begins_later_is_not_missed() {
    let review = reviewed("partners: {}\n", &NOVA.replace("until: 2027-03-31", "from: 2027-01-01, until: 2027-03-31"));
    assert!(review.effects.touched.iter().all(|effect| effect.assets.is_empty()), "nothing on the account today");
    let [later] = review.later.as_slice() else { panic!("{:?}", review.later) };
    assert_eq!(later.on, date(2027, 1, 1));
    assert_eq!(later.effects.touched[0].assets[0].after, ["CAMPAIGN_MANAGER"]);
}

#[test]
fn the_same_change_has_the_same_digest_and_another_one_another() {
    let one = reviewed("partners: {}\n", NOVA);
    assert_eq!(one.digest, reviewed("partners: {}\n", NOVA).digest);
    assert_ne!(one.digest, reviewed("partners: {}\n", &NOVA.replace("CAMPAIGN_MANAGER", "ANALYST")).digest);
}
