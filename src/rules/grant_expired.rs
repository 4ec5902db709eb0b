//! A grant that ended is still there.

use crate::graph::{EdgeIx, EdgeKind, Node};
use crate::model::Until;

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
    let grace = i64::from(sink.params.number("grace"));
    for edge in world.graph.edges() {
        let read = world.graph.edge(edge);
        if !matches!(read.kind, EdgeKind::Grant | EdgeKind::Share) || !read.recorded || !read.removable {
            continue;
        }
        let mut last = None;
        let mut any = false;
        for (_, item) in world.items(edge) {
            any = true;
            last = Some(last.map_or(item.until, |known: Until| known.later(item.until)));
        }
        let Some(day) = last.and_then(Until::date).filter(|_| any) else { continue };
        if i64::from((case.day - day).get_days()) > grace {
            sink.report(draft(world, edge, day));
        }
    }
}

fn draft(world: &World<'_>, edge: EdgeIx, day: jiff::civil::Date) -> Draft {
    let read = world.graph.edge(edge);
    let (who, node) = (world.node(read.from), world.node(read.to));
    let Node::Asset(asset) = read.to else { return Draft::new(who, "") };
    let words = world.graph.words(edge).join(", ");
    Draft::new(who.clone(), format!("{} still has {words} on {}, which ended on {day}", who.label, node.label))
        .on(node)
        .business(world.business_of(asset))
        .at(world.edge_place(edge), format!("ended on {day}"))
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
