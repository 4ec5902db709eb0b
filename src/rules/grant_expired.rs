//! A grant that ended is still there.

use jiff::civil::Date;

use crate::desired::Grant;
use crate::graph::{AssetIx, EdgeIx, Node};

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "grant-expired",
    family: Family::Life,
    summary: "every line that asks for a grant has ended, and the grant is still there",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[Param::days("grace", 0, "so long after the last day nothing is said")],
    fix: Safety::Choice,
    docs: Docs {
        why: "The end was agreed when the access was given. accord removes it with the next plan; until that is applied, this says so.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: stands in, until: 2026-10-31 }
#       ^
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ member: "3", asset: "1001", permissions: [ANALYST] }]
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: stands in, until: 2026-10-31 }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: []
"#,
        witness: "The grant in the export, and the line that ended.",
        fix: "Apply a plan, which takes it away. Where it goes on, write the new end with who approved it.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let desired = world.desired;
    let grace = i64::from(sink.params.number("grace"));
    // The end of a partner's contract is `partner-past-end`.
    let until = |grant: &Grant| match grant.principal.is_partner() {
        true => desired.items[grant.item as usize].until,
        false => grant.until,
    };
    let over = |grant: &Grant| until(grant).date().filter(|&day| i64::from((case.day - day).get_days()) > grace);
    for rows in desired.grants.chunk_by(|a, b| (a.principal, a.asset) == (b.principal, b.asset)) {
        let ends: Option<Vec<Date>> = rows.iter().map(over).collect();
        let Some(day) = ends.and_then(|ends| ends.into_iter().max()) else { continue };
        let Some(asset) = world.graph.asset_of_files(rows[0].asset as usize) else { continue };
        let holder = world.graph.principal_of_files(rows[0].principal);
        let item = &desired.items[rows[0].item as usize];
        // Another item of the same lines may hold a group that contains the asset: only what is on the asset itself has ended.
        let edge = holder.and_then(|holder| still_there(world, holder, asset));
        if let Some(edge) = edge {
            sink.report(draft(world, edge, day).at(Some(world.place(item.pos)), format!("ended on {day}")));
        }
    }
}

/// The grant or share of an export on the asset itself.
fn still_there(world: &World<'_>, holder: Node, asset: AssetIx) -> Option<EdgeIx> {
    let here = |edge: &EdgeIx| {
        let read = world.graph.edge(*edge);
        read.to == Node::Asset(asset) && read.recorded && read.removable && read.permissions.known != 0
    };
    match holder {
        Node::Person(person) => world.graph.grants_of(person).find(here),
        Node::Business(business) => world.graph.shares_to(business).find(here),
        Node::Asset(_) | Node::Team(_) => None,
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, day: Date) -> Draft {
    let read = world.graph.edge(edge);
    let (who, node) = (world.node(read.from), world.node(read.to));
    let Node::Asset(asset) = read.to else { return Draft::new(who, "") };
    let words = world.graph.words(edge).join(", ");
    Draft::new(who.clone(), format!("{} still has {words} on {}, which ended on {day}", who.label, node.label))
        .on(node)
        .business(world.business_of(asset))
        .record(world.graph.record(edge))
        .witness(Some(world.edge_witness(edge, "still there")))
        .exposure(1, 1)
        .cut(world.cuts(&[edge]))
        .fix(Fix {
            safety: Safety::Choice,
            text: "apply a plan, which takes it away; where it goes on, write the new end".to_owned(),
            edits: Vec::new(),
        })
}
