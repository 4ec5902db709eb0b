//! Somebody from outside has access without an end.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{Grant, Holder};
use crate::graph::Node;
use crate::model::{Direction, Until};

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "external-without-expiry",
    family: Family::Life,
    summary: "a grant to a partner or to somebody from outside has no end, or one too far away",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[Param::days("max", 400, "an end further away than this is as good as none; 0 = any end will do")
        .looser(Looser::MoreOrNone)],
    fix: Safety::Choice,
    docs: Docs {
        why: "Work with agencies and freelancers ends, and nobody remembers to say so here. An end makes somebody think again; the end of the \
partner's contract (`ends`) is one for all of its grants.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
#       ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    ends: 2027-06-30
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
"#,
        witness: "The line.",
        fix: "Write `until`, or the end of the contract.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let desired = world.desired;
    let max = i64::from(sink.params.number("max"));
    let far = |until: Until| until.date().is_none_or(|day| max > 0 && i64::from((day - case.day).get_days()) > max);
    let mut far_items: BTreeMap<u32, (Grant, BTreeSet<u32>)> = BTreeMap::new();
    for grant in desired.grants.iter().filter(|grant| far(grant.until)) {
        let item = &desired.items[grant.item as usize];
        let outside = match item.holder {
            Holder::Partner(index) => desired.partners[index as usize].direction == Direction::Inbound,
            Holder::Person(index) => is_outsider(world, index, grant),
            // Members of a team come and go by their own lines.
            Holder::Team(_) => false,
        };
        if outside {
            far_items.entry(grant.item).or_insert_with(|| (*grant, BTreeSet::new())).1.insert(grant.asset);
        }
    }
    for (grant, assets) in far_items.values() {
        sink.report(draft(world, grant, assets));
    }
}

fn is_outsider(world: &World<'_>, person: u32, grant: &Grant) -> bool {
    let desired = world.desired;
    let nodes = world.graph.nodes();
    let business = desired.assets[grant.asset as usize].business;
    let Some(business) = world.graph.business_of_files(business as usize) else { return false };
    let entry = &desired.people[person as usize];
    let domains: Vec<&str> = nodes.business(business).domains.iter().map(|&domain| nodes.text(domain)).collect();
    let own = |address: &str| address.rsplit_once('@').is_some_and(|(_, domain)| domains.contains(&domain));
    !entry.service
        && !domains.is_empty()
        && !entry.addresses.is_empty()
        && !entry.addresses.iter().any(|&address| own(desired.text(address)))
}

fn draft(world: &World<'_>, grant: &Grant, assets: &BTreeSet<u32>) -> Draft {
    let desired = world.desired;
    let item = &desired.items[grant.item as usize];
    let who = match item.holder {
        Holder::Partner(index) => world.graph.partner_of_files(index as usize).map(Node::Business),
        Holder::Person(index) => world.graph.person_of_files(index as usize).map(Node::Person),
        Holder::Team(_) => None,
    };
    let who = who.map_or_else(|| finding::Node::new("line", "?", "somebody"), |node| world.node(node));
    let assets: Vec<&str> = assets.iter().map(|&asset| desired.text(desired.assets[asset as usize].key)).collect();
    let end = match grant.until.date() {
        Some(day) => format!("ends on {day} only"),
        None => "has no end".to_owned(),
    };
    let business = desired.assets[grant.asset as usize].business;
    let list = crate::terminal::prose::list_some(&assets, 3);
    Draft::new(who.clone(), format!("what {} has on {list} {end}", who.label))
        .business(Some(desired.text(desired.businesses[business as usize].key)))
        .detail(assets.join(","))
        .at(Some(world.place(item.pos)), end)
        .exposure(1, assets.len())
        .root(who)
        .fix(Fix {
            safety: Safety::Choice,
            text: "write `until`, or the end of the contract".to_owned(),
            edits: Vec::new(),
        })
}
