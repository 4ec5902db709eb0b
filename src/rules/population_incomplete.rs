//! An export that is not proven whole, or too old to say anything.

use crate::observed::{Collection, Completeness};

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "population-incomplete",
    family: Family::Trail,
    summary: "a part of an export is not proven whole, or the export is too old",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[Param::count("hours", 0, "an export older than so many hours says too little; 0 = any age")
        .looser(Looser::MoreOrNone)],
    fix: Safety::Manual,
    docs: Docs {
        why: "Whoever is missing in the export is missing in every answer: an audit of half the people passes. Totals that don't agree, \
words nobody knows and known members that are not in it all mean that something was not read.",
        bad: r#"
version: 1
businesses:
  acme: { platform: pinterest, id: "100", name: Acme, domains: [acme.example] }
# ^^^^
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
--- # export acme
members:
  complete: true
  total: 3
  items:
    - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
    - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
"#,
        witness: "The totals, and what was found.",
        fix: "Take the export again, as somebody who may see all of it.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let hours = i64::from(sink.params.number("hours"));
    for export in world.observed {
        let key = world.desired.text(world.desired.businesses[export.business].key);
        let fix = || Fix {
            safety: Safety::Manual,
            text: "take the export again, as somebody who may see all of it".to_owned(),
            edits: Vec::new(),
        };
        let place = world.place(world.desired.businesses[export.business].pos);
        for collection in Collection::ALL {
            let why = match export.state.completeness.get(&collection) {
                Some(Completeness::Complete) => continue,
                Some(Completeness::Incomplete(why)) => why.as_str(),
                None => "the export does not say",
            };
            let word = collection.word();
            sink.report(
                Draft::new(
                    finding::Node::new("collection", &format!("{key}/{word}"), format!("{word} of {key}")),
                    format!("the {word} of {key} are not proven whole: {why}"),
                )
                .business(Some(key))
                .at(Some(place.clone()), "this business")
                .exposure(0, 0)
                .fix(fix()),
            );
        }
        let age = (case.known.as_of.as_second() - export.state.captured_at.as_second()) / 3600;
        if hours > 0 && age > hours {
            sink.report(
                Draft::new(
                    finding::Node::new("export", key, format!("export of {key}")),
                    format!("the export of {key} is {age} hours old, limit {hours}"),
                )
                .business(Some(key))
                .at(Some(place), "this business")
                .fix(fix()),
            );
        }
    }
}
