//! Somebody from outside has access without an end.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::desired::{DesiredState, Grant, Holder};
use crate::graph::Node;
use crate::model::{Direction, PrincipalIx, Until};

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::sink::Brief;
use super::{Case, Docs, Draft, Family, Kind, Levels, Part, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "external-without-expiry",
    family: Family::Life,
    summary: "a grant to a partner or to somebody from outside has no end, or one too far away",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::Local,
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
    let (far, assets) = far(case, i64::from(sink.params.number("max")));
    if sink.only_counts() {
        let key =
            |far: &Far| (node(&world, far.grant.principal), business(desired, &far.grant), &assets[far.assets.clone()]);
        let mut same: Vec<_> = far.iter().map(key).collect();
        same.sort_unstable();
        same.dedup();
        return sink.count(same.len());
    }
    let mut later = sink.later();
    for far in far {
        let (subject, names) = (holder(&world, &far.grant).id, keys(desired, &assets[far.assets.clone()]).join(","));
        let brief = Brief {
            business: Some(business(desired, &far.grant)),
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

/// The items of those whom the case asks about, with the assets of all of them.
fn far(case: &Case<'_>, max: i64) -> (Vec<Far>, Vec<u32>) {
    let desired = case.now.desired;
    let is_far = |until: Until| until.date().is_none_or(|day| max > 0 && i64::from((day - case.day).get_days()) > max);
    // Members of a team come and go by their own lines.
    let own = |grant: &&Grant| !matches!(desired.items[grant.item as usize].holder, Holder::Team(_));
    let outside = held_outside(case).into_iter().flatten();
    let mut grants: Vec<Grant> = outside.filter(|grant| is_far(grant.until)).filter(own).copied().collect();
    // In the order of the files; stable: the first grant of an item speaks for it.
    grants.sort_by_key(|grant| grant.item);
    let mut assets: Vec<u32> = Vec::with_capacity(grants.len());
    let mut items = Vec::new();
    for item in grants.chunk_by(|a, b| a.item == b.item) {
        let start = assets.len();
        assets.extend(item.iter().map(|grant| grant.asset).collect::<BTreeSet<u32>>());
        let Some(&grant) = item.first() else { continue };
        items.push(Far { grant, assets: start..assets.len() });
    }
    (items, assets)
}

/// What each partner has, and each person from outside of the business that it is within, of those whom the case asks about.
fn held_outside<'a>(case: &Case<'a>) -> Vec<&'a [Grant]> {
    let world = &case.now;
    let desired = world.desired;
    let within = |grant: &Grant| desired.assets[grant.asset as usize].business;
    let holders = desired.grants.chunk_by(|a, b| a.principal == b.principal && within(a) == within(b));
    let asked = |who: PrincipalIx| match node(world, who) {
        Some(node) => case.looks_at(node),
        None => !matches!(case.part, Part::Same(_)),
    };
    let mut held: Vec<&[Grant]> = holders.filter(|rows| asked(rows[0].principal)).collect();
    // In the order in which their addresses lie in the memory: there may be a million.
    held.sort_by_cached_key(|rows| match rows[0].principal {
        who if who.is_partner() => None,
        who => desired.people[who.index()].addresses.first().copied(),
    });
    held.retain(|rows| match rows[0].principal {
        who if who.is_partner() => desired.partners[who.index()].direction == Direction::Inbound,
        who => is_outsider(world, who, within(&rows[0])),
    });
    held
}

fn is_outsider(world: &World<'_>, person: PrincipalIx, business: u32) -> bool {
    let desired = world.desired;
    let nodes = world.graph.nodes();
    let Some(business) = world.graph.business_of_files(business as usize) else { return false };
    let entry = &desired.people[person.index()];
    let domains = &nodes.business(business).domains;
    let is_own = |domain: &str| domains.iter().any(|&own| nodes.text(own) == domain);
    let own = |address: &str| address.rsplit_once('@').is_some_and(|(_, domain)| is_own(domain));
    !entry.service
        && !domains.is_empty()
        && !entry.addresses.is_empty()
        && !entry.addresses.iter().any(|&address| own(desired.text(address)))
}

fn holder(world: &World<'_>, grant: &Grant) -> finding::Node {
    let who = node(world, grant.principal);
    who.map_or_else(|| finding::Node::new("line", "?", "somebody"), |node| world.node(node))
}

fn node(world: &World<'_>, who: PrincipalIx) -> Option<Node> {
    match who.is_partner() {
        true => world.graph.partner_of_files(who.index()).map(Node::Business),
        false => world.graph.person_of_files(who.index()).map(Node::Person),
    }
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
