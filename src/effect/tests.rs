use jiff::civil::date;

use super::*;
use crate::desired::{DesiredState, from_texts};
use crate::graph::{Builder, Sources};

const ROOT: &str = "version: 1
businesses:
  acme: { platform: pinterest, id: \"1\", name: Acme, domains: [acme.example] }
accounts:
  fr: { id: \"21\", name: Acme France }
  de: { id: \"22\", name: Acme Germany }
";

fn files(text: &str) -> DesiredState {
    let texts = [("accord.yaml".to_owned(), ROOT.to_owned()), ("access.yaml".to_owned(), text.to_owned())];
    let reading = from_texts(&texts);
    reading.state.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

fn effect(before: &str, after: &str) -> Effects {
    let (base, head) = (files(before), files(after));
    let builder = Builder::new(Sources { files: Some(&head), base: Some(&base), states: Vec::new() });
    let day = date(2026, 11, 22);
    effects(&builder.base(day), &builder.desired(day), &base.files, &head.files)
}

fn names(effect: &Effect) -> Vec<String> {
    match &effect.who {
        Who::People { people } => people.iter().map(PersonRef::label).collect(),
        Who::Business { business, .. } => vec![business.label()],
    }
}

const TEAM: &str = "people:
  ana@acme.example: { role: manager }
teams:
  social:
    members: [bo@acme.example, cy@acme.example]
    grants:
      - { on: [fr], permissions: [ANALYST] }
";

#[test]
fn nothing_changes_for_people_when_lines_move() {
    let moved = TEAM.replace("  social:\n", "  # moved\n\n  social:\n");
    assert!(effect(TEAM, &moved).is_empty());
}

#[test]
fn people_to_whom_the_same_happens_are_told_together_with_the_way() {
    let effects = effect(TEAM, &TEAM.replace("ANALYST", "CAMPAIGN_MANAGER"));
    assert_eq!(effects.totals.people_gaining, 2);
    assert_eq!(effects.totals.people_losing, 2, "analytics go");
    let [one] = effects.touched.as_slice() else { panic!("{effects:?}") };
    assert_eq!(names(one), ["bo@acme.example", "cy@acme.example"]);
    assert_eq!(one.weight, Weight::Loss);
    let [asset] = one.assets.as_slice() else { panic!("{one:?}") };
    assert_eq!(
        (asset.before.as_slice(), asset.after.as_slice()),
        (&["ANALYST".to_owned()][..], &["CAMPAIGN_MANAGER".to_owned()][..])
    );
    assert!(asset.gains.contains(&"edit-campaigns".to_owned()));
    assert!(asset.loses.contains(&"view-analytics".to_owned()));
    let lines: Vec<u32> =
        asset.paths.iter().flat_map(|way| &way.path.hops).flat_map(|hop| &hop.places).map(|place| place.line).collect();
    assert!(lines.contains(&5) && lines.contains(&7), "the team's line and the grant's: {lines:?}");
}

#[test]
fn a_new_manager_comes_first_with_what_they_could_give_themselves() {
    let effects =
        effect(TEAM, &TEAM.replace("role: manager }", "role: manager }\n  bo@acme.example: { role: manager }"));
    assert_eq!(effects.totals.new_managers, 1);
    let first = &effects.touched[0];
    assert_eq!((first.weight, first.potential[0].assets), (Weight::Administration, 2));
    assert_eq!(first.relations[0].before, Some(Role::Employee));
}

const PARTNER: &str = "partners:
  nova:
    id: \"5009\"
    direction: inbound
    grants:
      - { on: [fr, de], permissions: [CAMPAIGN_MANAGER], reason: campaigns }
";

#[test]
fn a_partner_without_a_roster_has_people_that_nobody_knows() {
    let effects = effect("partners: {}\n", PARTNER);
    assert_eq!((effects.totals.partners_gaining, effects.totals.partners_unknown, effects.totals.assets), (1, 1, 2));
    assert_eq!(effects.touched[0].who.count(), None);
    assert_eq!(effects.touched[0].weight, Weight::Partner);
}

#[test]
fn an_offboarding_tells_what_remains() {
    let both = format!(
        "{PARTNER}people:\n  dee@nova.example:\n    grants:\n      - {{ on: [de], permissions: [ANALYST] }}\n      - {{ on: [fr], permissions: [ANALYST] }}\n"
    );
    let less = both.replace("      - { on: [fr], permissions: [ANALYST] }\n", "");
    let effects = effect(&both, &less);
    let [one] = effects.touched.as_slice() else { panic!("{effects:?}") };
    assert_eq!(one.keeps.iter().map(|kept| kept.asset.label()).collect::<Vec<_>>(), ["Acme Germany"]);
}

#[test]
fn who_leaves_is_a_loss_even_without_an_account() {
    let effects = effect(
        "people:\n  ana@acme.example: { role: manager }\n  bo@acme.example: {}\n",
        "people:\n  ana@acme.example: { role: manager }\n",
    );
    assert_eq!((effects.totals.leaving, effects.touched[0].weight), (1, Weight::Loss));
}

#[test]
fn what_comes_into_a_group_is_told_of_the_partner_that_administers_it() {
    let files = |contains: &str| {
        format!(
            "asset_groups:
  emea: {{ id: \"74\", name: EMEA, contains: [{contains}] }}
partners:
  nova:
    id: \"5009\"
    direction: inbound
    grants:
      - {{ on: [emea], permissions: [ADMIN], reason: runs everything }}
"
        )
    };
    let effects = effect(&files("fr"), &files("fr, de"));
    let [one] = effects.touched.as_slice() else { panic!("{effects:?}") };
    assert_eq!((names(one), one.weight), (vec!["nova".to_owned()], Weight::Administration));
    let told: Vec<(String, bool)> =
        one.assets.iter().map(|asset| (asset.asset.label(), asset.gains.contains(&"administer".to_owned()))).collect();
    assert_eq!(told, [("Acme Germany".to_owned(), true)]);
}
