//! Somebody from outside has access without an end.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::desired::{DesiredState, Grant, Holder};
use crate::graph::Node;
use crate::model::{Direction, SmallMap, Until};

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::sink::Brief;
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

/// An item of a `grants:` list whose end is too far away: its first grant, and where its assets stand in a list of all.
struct Far {
    grant: Grant,
    assets: Range<usize>,
}

fn check<'a>(case: &Case<'a>, sink: &mut Sink<'a>) {
    let world = case.now;
    let desired = world.desired;
    let max = i64::from(sink.params.number("max"));
    let far = |until: Until| until.date().is_none_or(|day| max > 0 && i64::from((day - case.day).get_days()) > max);
    let mut outsiders = SmallMap::default();
    let outside = |grant: &&Grant| is_outside(&world, grant, &mut outsiders);
    let mut grants: Vec<Grant> =
        desired.grants.iter().filter(|grant| far(grant.until)).filter(outside).copied().collect();
    // Stable: the first grant of an item speaks for it.
    grants.sort_by_key(|grant| grant.item);
    let mut assets: Vec<u32> = Vec::with_capacity(grants.len());
    let mut later = sink.later();
    for item in grants.chunk_by(|a, b| a.item == b.item) {
        let start = assets.len();
        assets.extend(item.iter().map(|grant| grant.asset).collect::<BTreeSet<u32>>());
        let Some(&grant) = item.first() else { continue };
        let far = Far { grant, assets: start..assets.len() };
        let (subject, names) = (holder(&world, &grant).id, keys(desired, &assets[far.assets.clone()]).join(","));
        let brief = Brief {
            business: Some(business(desired, &grant)),
            subject: &subject,
            object: None,
            detail: Some(&names),
            exposure: (1, far.assets.len()),
            impact: 0,
        };
        later.report(&brief, far);
    }
    later.told_by(move |far, _| draft(&world, &far.grant, &assets[far.assets.clone()]));
}

/// Whether a grant is somebody's from outside. Of people it is asked once for each business; they hold many grants.
fn is_outside(world: &World<'_>, grant: &Grant, people: &mut SmallMap<(u32, u32), bool>) -> bool {
    let desired = world.desired;
    match desired.items[grant.item as usize].holder {
        Holder::Partner(index) => desired.partners[index as usize].direction == Direction::Inbound,
        Holder::Person(index) => {
            let business = desired.assets[grant.asset as usize].business;
            *people.entry((index, business)).or_insert_with(|| is_outsider(world, index, business))
        }
        // Members of a team come and go by their own lines.
        Holder::Team(_) => false,
    }
}

fn is_outsider(world: &World<'_>, person: u32, business: u32) -> bool {
    let desired = world.desired;
    let nodes = world.graph.nodes();
    let Some(business) = world.graph.business_of_files(business as usize) else { return false };
    let entry = &desired.people[person as usize];
    let domains: Vec<&str> = nodes.business(business).domains.iter().map(|&domain| nodes.text(domain)).collect();
    let own = |address: &str| address.rsplit_once('@').is_some_and(|(_, domain)| domains.contains(&domain));
    !entry.service
        && !domains.is_empty()
        && !entry.addresses.is_empty()
        && !entry.addresses.iter().any(|&address| own(desired.text(address)))
}

fn holder(world: &World<'_>, grant: &Grant) -> finding::Node {
    let who = match world.desired.items[grant.item as usize].holder {
        Holder::Partner(index) => world.graph.partner_of_files(index as usize).map(Node::Business),
        Holder::Person(index) => world.graph.person_of_files(index as usize).map(Node::Person),
        Holder::Team(_) => None,
    };
    who.map_or_else(|| finding::Node::new("line", "?", "somebody"), |node| world.node(node))
}

fn business<'a>(desired: &'a DesiredState, grant: &Grant) -> &'a str {
    let business = desired.assets[grant.asset as usize].business;
    desired.text(desired.businesses[business as usize].key)
}

fn keys<'a>(desired: &'a DesiredState, assets: &[u32]) -> Vec<&'a str> {
    assets.iter().map(|&asset| desired.text(desired.assets[asset as usize].key)).collect()
}

fn draft(world: &World<'_>, grant: &Grant, assets: &[u32]) -> Draft {
    let desired = world.desired;
    let item = &desired.items[grant.item as usize];
    let who = holder(world, grant);
    let assets = keys(desired, assets);
    let end = match grant.until.date() {
        Some(day) => format!("ends on {day} only"),
        None => "has no end".to_owned(),
    };
    let list = crate::terminal::prose::list_some(&assets, 3);
    Draft::new(who.clone(), format!("what {} has on {list} {end}", who.label))
        .business(Some(business(desired, grant)))
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
