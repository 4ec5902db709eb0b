//! A partner administers one of our assets.

use crate::graph::{BusinessIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::world::weight;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-has-admin",
    family: Family::Partners,
    summary: "a partner holds a permission that administers an asset",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::Local,
    data: &[],
    params: &[Param::words("allowed", &[], "partners that may: their keys or ids")],
    fix: Safety::Safe,
    docs: Docs {
        why: "Who administers an ad account can give access to it to others, whom its owner never hears of, and can take it from the \
owner's own people. An agency needs this for hardly anything: what it does day by day has permissions of its own.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [ADMIN, CAMPAIGN_MANAGER], reason: runs the campaigns }
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
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
"#,
        witness: "The grant, from the partner to the asset.",
        fix: "Grant what the work needs: `profile` with `needs`, which gives the smallest set. Where the grant names other permissions \
beside the administering one, the fix keeps those.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        let (Node::Business(partner), Node::Asset(asset)) = (read.from, read.to) else { continue };
        if !case.looks_at(read.from) {
            continue;
        }
        let admin = read.permissions.known & world.graph.admin_mask(asset);
        if admin != 0 && is_ours(world, read.within) && !is_allowed(world, partner, sink.params.words("allowed")) {
            sink.report(draft(world, edge, admin, sink.is_proven()));
        }
    }
}

/// Whether the business that gives is one of ours: what others give each other is not for us to mend.
fn is_ours(world: &World<'_>, giver: Option<BusinessIx>) -> bool {
    giver.is_some_and(|giver| world.graph.nodes().business(giver).ours)
}

fn is_allowed(world: &World<'_>, partner: BusinessIx, allowed: &[String]) -> bool {
    !allowed.is_empty() && allowed.iter().any(|name| world.graph.nodes().find_businesses(name).contains(&partner))
}

fn draft(world: &World<'_>, edge: EdgeIx, admin: u32, proven: bool) -> Draft {
    let read = world.graph.edge(edge);
    let (partner, asset) = (world.node(read.from), world.node(read.to));
    let Node::Asset(index) = read.to else { return Draft::new(partner, "") };
    let platform = world.graph.nodes().asset(index).platform;
    let words = platform.words(admin).join(", ");
    let gives = world.graph.capabilities(platform, read.permissions.known).0;
    let Node::Business(business) = read.from else { return Draft::new(partner, "") };
    let people = world.graph.members_of(business).count();
    let about = world.about(index);
    let draft = Draft::new(partner.clone(), format!("partner {} administers {}", partner.label, asset.label))
        .on(asset)
        .business(read.within.and_then(|giver| world.business_key(giver)))
        .at(world.edge_place(edge), format!("gives {words}"))
        .record(world.edge_record(edge))
        .exposure(people, about.len())
        .touching(world.asset_names(about))
        .impact(weight(platform, gives));
    if !proven {
        return draft;
    }
    draft.witness(Some(world.edge_witness(edge, words))).cut(world.cuts(&[edge])).fix(fix(world, edge, admin))
}

/// Safe where every line that grants it names other permissions, which stay.
fn fix(world: &World<'_>, edge: EdgeIx, admin: u32) -> Fix {
    let Node::Asset(asset) = world.graph.edge(edge).to else {
        return Fix { safety: Safety::Manual, text: String::new(), edits: Vec::new() };
    };
    let platform = world.graph.nodes().asset(asset).platform;
    let left = platform.words(world.graph.edge(edge).permissions.known & !admin);
    let lines = world.graph.lines(edge);
    let own: Vec<_> = lines.iter().filter_map(|line| world.own_words(*line)).collect();
    if left.is_empty() || own.len() != lines.len() || own.len() != 1 {
        let text = "grant a profile whose `needs` say what the partner does here".to_owned();
        return Fix { safety: Safety::Choice, text, edits: Vec::new() };
    }
    let edits = own.iter().map(|item| world.set_permissions(item, &left)).collect();
    Fix { safety: Safety::Safe, text: format!("grant {} alone", left.join(", ")), edits }
}
