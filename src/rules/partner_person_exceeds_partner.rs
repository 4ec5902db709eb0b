//! Somebody of a partner is said to have more on our asset than the partner was given.

use std::collections::BTreeMap;

use crate::graph::{AssetIx, BusinessIx, EdgeIx, EdgeKind, Node};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-person-exceeds-partner",
    family: Family::Partners,
    summary: "a person of a partner is said to hold permissions on an asset that the partner itself does not have",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "A partner can pass on what it was given and no more. Where a roster or the partner's own files say more, one of the two lists \
is wrong: a share was forgotten, taken back, or the right comes from somewhere that nobody has written down.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
#       ^
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, asset: "1001", permissions: [CAMPAIGN_MANAGER] }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports, until: 2027-03-31 }
--- # roster acme
rosters:
  - { partner: "5009", email: lead@nova.example, asset: "1001", permissions: [ANALYST] }
"#,
        witness: "What the partner has on the asset, and what its person is said to have.",
        fix: "Ask the partner for a fresh roster. If it is right, grant the partner what its people need, or find out where the right comes from.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    // A plan that narrows what the partner has narrows its people, too; their roster is of today.
    let world = &case.as_is.unwrap_or(case.now);
    let nodes = world.graph.nodes();
    let mut given: BTreeMap<BusinessIx, BTreeMap<AssetIx, u32>> = BTreeMap::new();
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        let (EdgeKind::Grant, Some(business), Node::Asset(asset)) = (read.kind, read.within, read.to) else { continue };
        let owner = nodes.asset(asset).owner;
        // What its own files ask of others may still be on the way; what a roster says is there.
        if owner.is_none() || owner == Some(business) || nodes.business(business).ours {
            continue;
        }
        // A roster that outlives the partnership says nothing any more.
        if !owner.is_some_and(|owner| world.lets_in(owner, business)) {
            continue;
        }
        let shares = given.entry(business).or_insert_with(|| {
            world.graph.reach_of_business(business).into_iter().map(|row| (row.asset, row.permissions)).collect()
        });
        let beyond = read.permissions.known & !shares.get(&asset).copied().unwrap_or_default();
        let administers = shares.get(&asset).is_some_and(|has| has & world.graph.admin_mask(asset) != 0);
        if beyond != 0 && !administers {
            sink.report(draft(world, edge, business, asset, beyond));
        }
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, business: BusinessIx, asset: AssetIx, beyond: u32) -> Draft {
    let (person, node) = (world.node(world.graph.edge(edge).from), world.node(Node::Asset(asset)));
    let partner = world.label(Node::Business(business));
    let platform = world.graph.nodes().asset(asset).platform;
    let words = platform.words(beyond).join(", ");
    let share = world.graph.shares_to(business).find(|&share| world.graph.edge(share).to == Node::Asset(asset));
    let has = match share {
        Some(share) => format!("{partner} itself has {}", world.graph.words(share).join(", ")),
        None => format!("{partner} itself has nothing there"),
    };
    let message =
        format!("{} is said to have {words} on {} through {partner}, which does not", person.label, node.label);
    Draft::new(person, message)
        .on(node)
        .business(world.business_of(asset))
        .detail(world.node(Node::Business(business)).id)
        .at(share.and_then(|share| world.edge_place(share)), has)
        .record(world.edge_record(edge))
        .witness(share.map(|share| world.edge_witness(share, "what the partner has")))
        .witness(Some(world.edge_witness(edge, format!("beyond that: {words}"))))
        .exposure(1, 1)
        .impact(super::world::weight(platform, world.graph.capabilities(platform, beyond).0))
        .root(world.node(Node::Business(business)))
        .fix(Fix {
            safety: Safety::Manual,
            text: format!("ask {partner} for a fresh roster, and find out which of the two lists is wrong"),
            edits: Vec::new(),
        })
}
