//! A permission that adds nothing to the others of its grant.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::graph::{EdgeIx, EdgeKind, Node};
use crate::platforms::Platform;

use super::finding::{self, Fix, Safety, Severity};
use super::world::Written;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "redundant-permission",
    family: Family::LeastPrivilege,
    summary: "a permission allows nothing that the others of the same grant don't allow",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Safe,
    docs: Docs {
        why: "It changes nothing today, but it hides what a grant is for, and it stays behind when somebody takes the stronger permission \
away and believes that all is gone.",
        bad: r#"
people:
  bo@acme.example:
    name: Bo Larsen
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER, ADMIN], reason: head of the French campaigns }
#       ^
accounts:
  acme-fr: { id: "1001", name: Acme France }
"#,
        good: r#"
people:
  bo@acme.example:
    name: Bo Larsen
    grants:
      - { on: [acme-fr], permissions: [ADMIN], reason: head of the French campaigns }
accounts:
  acme-fr: { id: "1001", name: Acme France }
"#,
        witness: "The grant, and which permission of it implies the other.",
        fix: "Drop it. Only capabilities that the platform's documents state count, so nobody loses anything.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let written = OnceCell::new();
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        let Node::Asset(asset) = read.to else { continue };
        if !matches!(read.kind, EdgeKind::Grant | EdgeKind::TeamGrant | EdgeKind::Share) || !read.removable {
            continue;
        }
        let platform = world.graph.nodes().asset(asset).platform;
        for bit in redundant(world, platform, read.permissions.known) {
            sink.report(draft(world, edge, platform, bit, written.get_or_init(|| world.written())));
        }
    }
}

/// Permissions without which the others allow as much. Of two that allow the same the later one of the table is redundant.
fn redundant(world: &World<'_>, platform: &Platform, permissions: u32) -> Vec<u32> {
    let mut left = permissions;
    let mut found = Vec::new();
    for at in (0..u32::BITS).rev() {
        let bit = 1 << at;
        if permissions & bit == 0 || left == bit {
            continue;
        }
        let (sure, possible) = world.graph.capabilities(platform, bit);
        let (others, _) = world.graph.capabilities(platform, left & !bit);
        if sure != 0 && (sure | possible) & !others == 0 {
            left &= !bit;
            found.push(bit);
        }
    }
    found
}

fn draft(world: &World<'_>, edge: EdgeIx, platform: &Platform, bit: u32, written: &[Written]) -> Draft {
    let read = world.graph.edge(edge);
    let (holder, asset) = (world.node(read.from), world.node(read.to));
    let word = platform.words(bit).join("");
    let others = platform.words(read.permissions.known & !bit).join(", ");
    let message = format!("{word} adds nothing to {others}, which {} has on {}", holder.label, asset.label);
    let mut draft = Draft::new(holder, message)
        .on(asset)
        .business(read.within.and_then(|business| world.business_key(business)))
        .detail(&word)
        .at(world.edge_place(edge), format!("gives {word} beside {others}"))
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, others)))
        .exposure(1, 1)
        .cut(world.cuts(&[edge]))
        .fix(fix(world, edge, platform, bit, written));
    if let Some(place) = world.edge_place(edge) {
        draft = draft.root(finding::Node::new("line", &format!("{}:{}", place.file, place.line), "the same line"));
    }
    draft
}

/// Where every line behind the grant has words of its own, they lose this one.
fn fix(world: &World<'_>, edge: EdgeIx, platform: &Platform, bit: u32, written: &[Written]) -> Fix {
    let word = platform.words(bit).join("");
    let text = format!("drop {word}");
    let lines = world.graph.lines(edge);
    let mut edits = BTreeSet::new();
    for line in lines {
        let (Some(item), Some(number)) = (world.own_words(*line), line.item()) else {
            return Fix { safety: Safety::Choice, text, edits: Vec::new() };
        };
        let granted = written.get(number as usize).map_or(0, |written| written.permissions);
        // The word may stand in one of several lines that add up.
        if granted & bit != 0 && granted != bit {
            edits.insert(world.set_permissions(item, &platform.words(granted & !bit)));
        } else if granted == bit {
            return Fix { safety: Safety::Choice, text, edits: Vec::new() };
        }
    }
    Fix { safety: Safety::Safe, text, edits: edits.into_iter().collect() }
}
