//! The id changes under an unchanged name.

use std::collections::BTreeMap;

use crate::desired::DesiredState;
use crate::source::Pos;

use super::finding::{self, Fix, Safety, Severity};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "id-swap",
    family: Family::Change,
    summary: "a change gives a person, partner or asset another id of the platform under the same name",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Change,
    data: &[Data::Base],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "Names are for people, ids decide who gets in. A reviewer reads `nova`, and the digits beside it are somebody else's business.",
        bad: r#"
policy:
  rules: { new-external-principal: off, partner-population-unknown: off }
partners:
  nova: { id: "5010", name: Nova Media, direction: inbound }
# ^^^^
--- # before
policy:
  rules: { new-external-principal: off, partner-population-unknown: off }
partners:
  nova: { id: "5009", name: Nova Media, direction: inbound }
"#,
        good: r#"
partners:
  nova: { id: "5009", name: Nova Media International, direction: inbound }
--- # before
partners:
  nova: { id: "5009", name: Nova Media, direction: inbound }
"#,
        witness: "The id before and the id after.",
        fix: "Compare both with the platform. Somebody else gets an entry of their own.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(base) = case.known.base else { return };
    let now = case.now.desired;
    let old = ids(base);
    for ((kind, business, key), (id, pos)) in ids(now) {
        let Some(&(before, _)) = old.get(&(kind, business, key)) else { continue };
        if before != id {
            let name = if business.is_empty() { key.to_owned() } else { format!("{business}/{key}") };
            let message = format!("the id of {kind} {key} changes from {before} to {id}");
            sink.report(
                Draft::new(finding::Node::new(kind, &name, key), message)
                    .business(Some(business).filter(|business| !business.is_empty()))
                    .detail(before)
                    .detail(id)
                    .at(Some(case.now.place(pos)), format!("was {before}"))
                    .exposure(1, 1)
                    .fix(Fix {
                        safety: Safety::Manual,
                        text: "compare both with the platform; somebody else gets an entry of their own".to_owned(),
                        edits: Vec::new(),
                    }),
            );
        }
    }
}

type Ids<'a> = BTreeMap<(&'static str, &'a str, &'a str), (&'a str, Pos)>;

fn ids(state: &DesiredState) -> Ids<'_> {
    let text = |sym| state.text(sym);
    let business = |index: u32| text(state.businesses[index as usize].key);
    let mut ids: Ids<'_> = BTreeMap::new();
    for one in &state.businesses {
        ids.insert(("business", "", text(one.key)), (text(one.id), one.pos));
    }
    for person in &state.people {
        if let Some(id) = person.id {
            ids.insert(("person", "", text(person.key)), (text(id), person.pos));
        }
    }
    for partner in &state.partners {
        ids.insert(("partner", business(partner.business), text(partner.key)), (text(partner.id), partner.pos));
    }
    for asset in &state.assets {
        if let Some(id) = asset.id {
            ids.insert(("asset", business(asset.business), text(asset.key)), (text(id), asset.pos));
        }
    }
    ids
}
