//! A partner can edit the billing of one of our assets.

use crate::graph::{EdgeIx, Node};

use super::access::{Rights, capability};
use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-edits-billing",
    family: Family::Billing,
    summary: "a partner can edit billing on an asset that one of our businesses owns",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Local,
    data: &[],
    params: &[Param::words("allowed", &[], "partners that may: their keys or ids")],
    fix: Safety::Safe,
    docs: Docs {
        why: "Who edits billing can change what is paid, by whom, and for what. An agency that books and pays in its own name needs it on \
its own account, not on yours; to check invoices, viewing is enough.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER, FINANCE_EDIT], reason: runs the campaigns, until: 2027-03-31 }
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
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns, until: 2027-03-31 }
"#,
        witness: "The grant, from the partner to the asset.",
        fix: "The smallest set of permissions that allows everything else the grant allowed, with viewing in the place of editing.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let allowed: Vec<_> = sink.params.words("allowed").iter().flat_map(|name| nodes.find_businesses(name)).collect();
    let rights = Rights::of(world, &["edit-billing"]);
    for edge in world.graph.shares() {
        let read = world.graph.edge(edge);
        let (Node::Business(partner), Node::Asset(asset)) = (read.from, read.to) else { continue };
        if !case.looks_at(read.from) {
            continue;
        }
        let billing = rights.on(asset);
        let gives = world.graph.capabilities(nodes.asset(asset).platform, read.permissions.known).0;
        let owned = world.owner_of_ours(asset).is_some_and(|owner| read.within == Some(owner));
        // Whoever administers edits billing as well: `partner-has-admin` says it.
        let admin = read.permissions.known & world.graph.admin_mask(asset) != 0;
        if gives & billing != 0 && !admin && owned && !allowed.contains(&partner) {
            sink.report(draft(world, edge, billing, sink.is_proven()));
        }
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, billing: u64, proven: bool) -> Draft {
    let read = world.graph.edge(edge);
    let (partner, asset) = (world.node(read.from), world.node(read.to));
    let (Node::Business(business), Node::Asset(index)) = (read.from, read.to) else { return Draft::new(partner, "") };
    let platform = world.graph.nodes().asset(index).platform;
    let guilty: Vec<&str> = platform
        .permissions_in(read.permissions.known)
        .map(|permission| permission.word)
        .filter(|word| {
            let bit = platform.permission_bit(word).unwrap_or_default();
            world.graph.capabilities(platform, bit).0 & billing != 0
        })
        .collect();
    let words = guilty.join(", ");
    let about = world.about(index);
    let draft = Draft::new(partner.clone(), format!("partner {} can edit billing on {}", partner.label, asset.label))
        .on(asset)
        .business(read.within.and_then(|giver| world.business_key(giver)))
        .at(world.edge_place(edge), format!("gives {words}"))
        .record(world.edge_record(edge))
        .exposure(world.graph.members_of(business).count(), about.len())
        .touching(world.asset_names(about))
        .impact(super::world::weight(platform, billing));
    if !proven {
        return draft;
    }
    draft
        .witness(Some(world.edge_witness(edge, "edit billing")))
        .cut(world.cuts(&[edge]))
        .fix(fix(world, edge, billing))
}

/// Everything that the grant allowed beside, with viewing in the place of editing.
fn fix(world: &World<'_>, edge: EdgeIx, billing: u64) -> Fix {
    let read = world.graph.edge(edge);
    let text = "grant viewing in the place of editing (FINANCE_VIEW)".to_owned();
    let Node::Asset(asset) = read.to else { return Fix { safety: Safety::Manual, text, edits: Vec::new() } };
    let platform = world.graph.nodes().asset(asset).platform;
    let gives = world.graph.capabilities(platform, read.permissions.known).0;
    let needs = gives & !billing | capability(platform, "view-billing");
    let lines = world.graph.lines(edge);
    let own: Vec<_> = lines.iter().filter_map(|line| world.own_words(*line)).collect();
    match (world.least(asset, needs), own.as_slice()) {
        (Some(least), [item]) if least.excess & billing == 0 && lines.len() == 1 => {
            let words = platform.words(least.permissions);
            let text = format!("grant {} alone", words.join(", "));
            Fix { safety: Safety::Safe, text, edits: vec![world.set_permissions(item, &words)] }
        }
        _ => Fix { safety: Safety::Choice, text, edits: Vec::new() },
    }
}
