//! A file grants what it may not grant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::desired::{DesiredState, Holder};
use crate::graph::{EdgeIx, EdgeKind, Line, Node as GraphNode};
use crate::policy::boundary::{Excess, Granted, HolderKind, Violation, Within};
use crate::policy::record::AssetFacts;
use crate::source::{FileId, Pos};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "delegation-boundary",
    family: Family::Change,
    summary: "a file grants what the boundaries of the policy leave to others",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "Teams review their own files. Without a boundary whoever owns one file can grant anything on any account, and the review of \
those who answer for the account never happens.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [emea] }
  acme-us: { id: "1002", name: Acme USA }
people:
  dora@acme.example: { role: manager }
--- # teams/emea.yaml
teams:
  emea:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr, acme-us], permissions: [ANALYST], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
#       ^
--- # policy.yaml
policy:
  boundaries:
    - { files: teams/emea.yaml, labels: emea }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France, labels: [emea] }
  acme-us: { id: "1002", name: Acme USA }
people:
  dora@acme.example: { role: manager }
--- # teams/emea.yaml
teams:
  emea:
    members: [bo@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
--- # policy.yaml
policy:
  boundaries:
    - { files: teams/emea.yaml, labels: emea }
"#,
        witness: "The grant, and the boundary that comes closest to allowing it.",
        fix: "Move the grant to a file that may hold it, so that its owners review it; or have the boundary changed by those who own the policy.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    if case.policy.boundaries.is_empty() {
        return;
    }
    let mut files = Files { case, within: BTreeMap::new() };
    let granted = granted(case.now.desired);
    let roles: HashMap<Pos, &str> = case.now.desired.memberships.iter().map(|row| (row.pos, row.role.name)).collect();
    let mut seen = BTreeSet::new();
    for edge in case.now.graph.edges() {
        for line in case.now.graph.lines(edge) {
            if case.now.graph.edge(edge).kind == EdgeKind::Member {
                let role = roles.get(&line.pos).copied();
                sink_role(case, &mut files, edge, *line, role, sink);
            } else if let Some(item) = line.item() {
                for &(asset, permissions) in granted.get(&item).map_or(&[][..], Vec::as_slice) {
                    if is_asset(case, edge, asset) && seen.insert((item, asset)) {
                        sink_grant(case, &mut files, edge, *line, (asset, permissions), sink);
                    }
                }
            }
        }
    }
}

/// The boundaries of each file, found once.
struct Files<'a> {
    case: &'a Case<'a>,
    within: BTreeMap<FileId, Within<'a>>,
}

impl<'a> Files<'a> {
    fn of(&mut self, file: FileId) -> &Within<'a> {
        let case = self.case;
        let path = case.now.desired.files.path(file);
        self.within.entry(file).or_insert_with(|| Within::of(&case.policy.boundaries, path))
    }
}

/// Assets and permissions of each item; a team's item stands in one row for each member.
fn granted(desired: &DesiredState) -> BTreeMap<u32, Vec<(u32, u32)>> {
    let mut items: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for grant in &desired.grants {
        let rows = items.entry(grant.item).or_default();
        if !rows.contains(&(grant.asset, grant.permissions)) {
            rows.push((grant.asset, grant.permissions));
        }
    }
    items
}

/// Whether an edge is on an asset of the files: a state before may lack what the files grant.
fn is_asset(case: &Case<'_>, edge: EdgeIx, asset: u32) -> bool {
    let (nodes, desired) = (case.now.graph.nodes(), case.now.desired);
    let (GraphNode::Asset(node), Some(written)) = (case.now.graph.edge(edge).to, desired.assets.get(asset as usize))
    else {
        return false;
    };
    let node = nodes.asset(node);
    match (node.id, written.id) {
        (Some(one), Some(two)) => nodes.text(one) == desired.text(two),
        _ => node.key.is_some_and(|key| nodes.text(key) == desired.text(written.key)),
    }
}

fn sink_grant(
    case: &Case<'_>,
    files: &mut Files<'_>,
    edge: EdgeIx,
    line: Line,
    (asset, permissions): (u32, u32),
    sink: &mut Sink<'_>,
) {
    let desired = case.now.desired;
    let (Some(written), Some(item)) =
        (desired.assets.get(asset as usize), line.item().and_then(|item| desired.items.get(item as usize)))
    else {
        return;
    };
    let Some(business) = desired.businesses.get(written.business as usize) else { return };
    let facts = AssetFacts {
        key: desired.text(written.key),
        id: written.id.map(|id| desired.text(id)),
        business: desired.text(business.key),
        kind: written.kind.name,
        client: written.client.map(|client| desired.text(client)),
        labels: written.labels.iter().map(|label| desired.text(*label)).collect(),
        owner: written.owner.map(|owner| desired.text(owner)),
    };
    let holder = match item.holder {
        Holder::Person(_) => HolderKind::People,
        Holder::Team(_) => HolderKind::Teams,
        Holder::Partner(_) => HolderKind::Partners,
    };
    let granted = Granted { holder, asset: &facts, platform: business.platform, permissions };
    let Some(found) = files.of(line.pos.file).violation(&granted) else { return };
    let words = business.platform.words(permissions).join(", ");
    let draft = draft(case, edge, line, &found, facts.key, &format!("grants {words} on {}", facts.key));
    sink.report(draft.business(Some(facts.business)));
}

fn sink_role(
    case: &Case<'_>,
    files: &mut Files<'_>,
    edge: EdgeIx,
    line: Line,
    role: Option<&str>,
    sink: &mut Sink<'_>,
) {
    let Some((role, found)) = role.and_then(|role| Some((role, files.of(line.pos.file).role_violation(role)?))) else {
        return;
    };
    let business = match case.now.graph.edge(edge).to {
        GraphNode::Business(business) => case.now.business_key(business),
        GraphNode::Person(_) | GraphNode::Asset(_) | GraphNode::Team(_) => None,
    };
    sink.report(draft(case, edge, line, &found, "", &format!("gives the role {role}")).business(business).detail(role));
}

fn draft(case: &Case<'_>, edge: EdgeIx, line: Line, found: &Violation<'_>, asset: &str, label: &str) -> Draft {
    let (world, read) = (&case.now, case.now.graph.edge(edge));
    let file = world.desired.files.path(line.pos.file);
    let excess: Vec<String> = found.excess.iter().map(|excess| excess.sentence(asset)).collect();
    let mut draft = Draft::new(world.node(read.from), format!("{file} may not {}", excess.join(", nor ")))
        .on(world.node(read.to))
        .at(Some(world.place(line.pos)), label)
        .related(Some(case.policy_place(found.boundary.span)), "what this file may grant")
        .exposure(1, 1)
        .cut(world.cuts(&[edge]))
        .fix(Fix {
            safety: Safety::Manual,
            text: "move the grant to a file that may hold it, or have the boundary changed".to_owned(),
            edits: Vec::new(),
        });
    for excess in &found.excess {
        draft = match excess {
            Excess::Permissions(words) | Excess::Capabilities(words) => draft.detail(words.join("+")),
            Excess::Asset | Excess::Holder(_) | Excess::Role(_) => draft,
        };
    }
    draft
}
