//! Nobody of ours can administer one of our assets.

use crate::graph::{AssetIx, BusinessIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "orphan-asset",
    family: Family::Ownership,
    summary: "no person of the owning business can administer an asset",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "An asset that only outsiders, a service account or nobody administers can't be taken back: whoever holds it decides who else \
comes in. Managers of the business administer all of its assets.",
        bad: r#"
policy:
  rules: { bus-factor-business: off, no-client-billing-owner: off }
# nobody manages
assets:
  acme-page: { type: profile, id: "2001", name: Acme }
# ^^^^^^^^^
people:
  bo@acme.example:
    grants:
      - { on: [acme-page], permissions: [PROFILE_PUBLISHER], reason: publishes Pins }
"#,
        good: r#"
assets:
  acme-page: { type: profile, id: "2001", name: Acme }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-page], permissions: [PROFILE_PUBLISHER], reason: publishes Pins }
"#,
        witness: "The asset, and everybody who administers it: outsiders, or nobody.",
        fix: "Make somebody of the business a manager, or give them ADMIN on the asset.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let managed = world.graph.managers(business).any(|one| !one.pending && is_own(world, one.person, business));
        if managed {
            continue;
        }
        for edge in world.graph.owned_by(business) {
            let Node::Asset(asset) = world.graph.edge(edge).to else { continue };
            let administrators = world.graph.administrators(asset);
            if !administrators.iter().any(|one| !one.pending && is_own(world, one.person, business)) {
                sink.report(draft(world, asset, business, administrators.len()));
            }
        }
    }
}

/// A human who is not known to be from outside.
fn is_own(world: &World<'_>, person: crate::graph::PersonIx, business: BusinessIx) -> bool {
    world.is_human(person) && world.is_outsider(person, business) != Some(true)
}

fn draft(world: &World<'_>, asset: AssetIx, business: BusinessIx, others: usize) -> Draft {
    let node = world.node(Node::Asset(asset));
    let owner = world.label(Node::Business(business));
    let who = match others {
        0 => "nobody administers it".to_owned(),
        1 => "one outsider or service account does".to_owned(),
        others => format!("{others} outsiders or service accounts do"),
    };
    let place = world.graph.nodes().asset(asset).pos.map(|pos| world.place(pos));
    let mut draft = Draft::new(node.clone(), format!("no person of {owner} administers {}: {who}", node.label))
        .business(world.business_key(business))
        .at(place, "this asset")
        .exposure(others, 1)
        .root(world.node(Node::Business(business)))
        .fix(Fix {
            safety: Safety::Choice,
            text: format!("make somebody of {owner} a manager, or give them ADMIN on it"),
            edits: Vec::new(),
        });
    for one in world.graph.administrators(asset).iter().take(3) {
        let mask = super::access::capability(world.graph.nodes().asset(asset).platform, "administer");
        let path = world.graph.witness(one.person, asset, mask);
        draft = draft.witness(path.map(|path| world.witness(&path, "administers it from outside")));
    }
    draft
}
