//! Somebody can do more on an asset than the needs that are declared for them there.

use crate::desired::Bundle;
use crate::graph::{Access, AssetIx, EdgeIx, Node, Path, PersonIx};
use crate::platforms::{Platform, minimal_set};
use crate::terminal::prose;

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::world::{capability_words, weight};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "excess-over-need",
    family: Family::LeastPrivilege,
    summary: "where needs are declared, somebody can do more than the smallest set of permissions for them allows",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "A profile with `needs` says what the work takes; accord computes the smallest set of permissions for it. What somebody has \
beside that, by another line, nobody has said to need.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
profiles:
  reporter: { needs: [view-reporting] }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: reporter, reason: weekly report }
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: helped out in May }
#       ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
profiles:
  reporter: { needs: [view-reporting] }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: reporter, reason: weekly report }
"#,
        witness: "Each path that brings something beyond the need.",
        fix: "The smallest set for the declared needs. Where the platform has nothing finer, the fix says what comes with it.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    if !world.desired.profiles.iter().any(|profile| matches!(profile.bundle, Bundle::Needs(_))) {
        return;
    }
    for (person, rows) in world.effective.iter() {
        for row in rows.iter().filter(|row| row.permissions.count_ones() > 1) {
            if let Some(excess) = Excess::of(world, person, row) {
                sink.report(draft(world, person, row.asset, &excess));
            }
        }
    }
}

/// What somebody has beyond what is declared.
struct Excess {
    needs: u64,
    /// Permissions of the smallest set.
    least: u32,
    /// What comes with it although nobody needs it.
    unavoidable: u64,
    beyond: u64,
    /// The edges that bring it.
    edges: Vec<EdgeIx>,
}

impl Excess {
    fn of(world: &World<'_>, person: PersonIx, row: &Access) -> Option<Self> {
        let asset = world.graph.nodes().asset(row.asset);
        let paths = world.graph.paths(person, row.asset);
        let needs = paths.iter().filter_map(|path| needs_of(world, path, asset.platform)).fold(0, |all, one| all | one);
        if needs == 0 {
            return None;
        }
        let least = minimal_set(asset.platform, asset.kind?, needs)?;
        let beyond = row.sure & !(needs | least.excess);
        // What a declared need itself brings is its own smallest set; only lines without one can bring more.
        let undeclared = paths.iter().filter(|path| needs_of(world, path, asset.platform).is_none());
        let mut edges = Vec::new();
        let mut brought = 0;
        for path in undeclared {
            let gives = world.graph.capabilities(asset.platform, path.permissions).0 & beyond;
            if gives != 0 {
                brought |= gives;
                edges.extend(world.grant_of(path));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let excess = Excess { needs, least: least.permissions, unavoidable: least.excess, beyond: brought, edges };
        (brought != 0).then_some(excess)
    }
}

/// The needs that the lines behind a path's grant declare; `None` where some line declares none.
fn needs_of(world: &World<'_>, path: &Path, platform: &Platform) -> Option<u64> {
    let edge = world.grant_of(path)?;
    let mut needs = 0;
    let mut any = false;
    for (_, item) in world.items(edge) {
        let profile = item.profile.and_then(|index| world.desired.profiles.get(index as usize))?;
        let Bundle::Needs(words) = &profile.bundle else { return None };
        any = true;
        needs |= words.iter().fold(0, |all, (word, _)| all | capability(platform, world.desired.text(*word)));
    }
    any.then_some(needs)
}

fn draft(world: &World<'_>, person: PersonIx, asset: AssetIx, excess: &Excess) -> Draft {
    let platform = world.graph.nodes().asset(asset).platform;
    let (who, node) = (world.label(Node::Person(person)), world.label(Node::Asset(asset)));
    let privileged = capability(platform, "administer") | capability(platform, "edit-billing");
    let words = capability_words(platform, excess.beyond);
    let needed = capability_words(platform, excess.needs);
    let message = format!("{who} needs to {needed} on {node}, and can also {words}");
    let first = excess.edges.first().copied();
    let severity = if excess.beyond & privileged != 0 { Severity::High } else { Severity::Medium };
    let draft = world
        .access_draft(person, asset, excess.beyond, message)
        .at(first.and_then(|edge| world.edge_place(edge)), "no need is declared for this")
        .severity(severity)
        .impact(weight(platform, excess.beyond))
        .cut(world.cuts(&excess.edges))
        .fix(fix(platform, excess));
    match first {
        Some(edge) => draft.root(world.node(world.graph.edge(edge).from)),
        None => draft,
    }
}

fn fix(platform: &Platform, excess: &Excess) -> Fix {
    let set = prose::list(&platform.words(excess.least));
    let finer = match excess.unavoidable {
        0 => String::new(),
        unavoidable => format!(
            "; the platform has nothing finer, so this comes with it: {}",
            capability_words(platform, unavoidable)
        ),
    };
    Fix {
        safety: Safety::Choice,
        text: format!("{set} is enough for what is declared{finer}; remove the line, or declare the need"),
        edits: Vec::new(),
    }
}
