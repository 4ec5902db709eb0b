//! A file grants what it may not grant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::desired::{Content, DesiredState, Holder};
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
        witness: "The grant (or the line that puts an account into an asset group, which gives it to whoever holds the group), and the boundary that comes closest to allowing it.",
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
    let groups = Groups::of(case.now.desired, &granted);
    let roles: HashMap<Pos, &str> = case.now.desired.memberships.iter().map(|row| (row.pos, row.role.name)).collect();
    let mut seen = BTreeSet::new();
    for edge in case.now.graph.edges() {
        for line in case.now.graph.lines(edge) {
            if case.now.graph.edge(edge).kind == EdgeKind::Member {
                let role = roles.get(&line.pos).copied();
                sink_role(case, &mut files, edge, *line, role, sink);
            } else if let Some(content) = groups.contents.get(&line.pos) {
                sink_content(case, &mut files, (edge, *line), content, &groups, sink);
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

/// Asset groups as the files have them: who puts an asset into one gives it to everybody who holds the group.
struct Groups {
    contents: BTreeMap<Pos, Content>,
    /// By asset: items on it, with their permissions.
    items: BTreeMap<u32, Vec<(u32, u32)>>,
}

impl Groups {
    fn of(desired: &DesiredState, granted: &BTreeMap<u32, Vec<(u32, u32)>>) -> Self {
        let mut groups = Groups { contents: BTreeMap::new(), items: BTreeMap::new() };
        if desired.contents.is_empty() {
            return groups;
        }
        for content in &desired.contents {
            groups.contents.insert(content.pos, *content);
        }
        for (item, rows) in granted {
            for (asset, permissions) in rows {
                groups.items.entry(*asset).or_default().push((*item, *permissions));
            }
        }
        groups
    }

    /// Items on a group. On no platform does a group contain another one.
    fn held(&self, group: u32) -> &[(u32, u32)] {
        self.items.get(&group).map_or(&[], Vec::as_slice)
    }
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
    let found = line.item().and_then(|item| beyond(files, line, asset, (item, permissions)));
    let Some(Beyond { asset, business, words, violation }) = found else { return };
    let label = format!("grants {words} on {asset}");
    sink.report(draft(case, edge, line, &violation, asset, &label, GRANT).business(Some(business)));
}

fn sink_content(
    case: &Case<'_>,
    files: &mut Files<'_>,
    (edge, line): (EdgeIx, Line),
    content: &Content,
    groups: &Groups,
    sink: &mut Sink<'_>,
) {
    let held = groups.held(content.group);
    let found = held.iter().filter_map(|item| beyond(files, line, content.asset, *item));
    // One of them is enough to say: the one that is farthest beyond.
    let Some(Beyond { asset, business, words, violation }) = found.max_by_key(|found| found.violation.excess.len())
    else {
        return;
    };
    let label = format!("gives {words} on {asset} to whoever holds the group");
    sink.report(draft(case, edge, line, &violation, asset, &label, CONTENT).business(Some(business)));
}

/// What is granted beyond a boundary: keys of the asset and its business, words of the permissions.
struct Beyond<'a> {
    asset: &'a str,
    business: &'a str,
    words: String,
    violation: Violation<'a>,
}

/// What an item gives on an asset beyond what the file of a line may grant.
fn beyond<'a>(files: &mut Files<'a>, line: Line, asset: u32, (item, permissions): (u32, u32)) -> Option<Beyond<'a>> {
    let desired = files.case.now.desired;
    let written = desired.assets.get(asset as usize)?;
    let item = desired.items.get(item as usize)?;
    let business = desired.businesses.get(written.business as usize)?;
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
    let violation = files.of(line.pos.file).violation(&granted)?;
    let words = business.platform.words(permissions).join(", ");
    Some(Beyond { asset: facts.key, business: facts.business, words, violation })
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
    let label = format!("gives the role {role}");
    sink.report(draft(case, edge, line, &found, "", &label, GRANT).business(business).detail(role));
}

const GRANT: &str = "move the grant to a file that may hold it, or have the boundary changed";
const CONTENT: &str = "let a file that may grant this put it into the group, or have the boundary changed";

fn draft(
    case: &Case<'_>,
    edge: EdgeIx,
    line: Line,
    found: &Violation<'_>,
    asset: &str,
    label: &str,
    fix: &str,
) -> Draft {
    let (world, read) = (&case.now, case.now.graph.edge(edge));
    let file = world.desired.files.path(line.pos.file);
    let excess: Vec<String> = found.excess.iter().map(|excess| excess.sentence(asset)).collect();
    let mut draft = Draft::new(world.node(read.from), format!("{file} may not {}", excess.join(", nor ")))
        .on(world.node(read.to))
        .at(Some(world.place(line.pos)), label)
        .related(Some(case.policy_place(found.boundary.span)), "what this file may grant")
        .exposure(1, 1)
        .cut(world.cuts(&[edge]))
        .fix(Fix { safety: Safety::Manual, text: fix.to_owned(), edits: Vec::new() });
    for excess in &found.excess {
        draft = match excess {
            Excess::Permissions(words) | Excess::Capabilities(words) => draft.detail(words.join("+")),
            Excess::Asset | Excess::Holder(_) | Excess::Role(_) => draft,
        };
    }
    draft
}
