//! A partner still has access after its contract ended.

use crate::graph::{BusinessIx, EdgeIx, Node};
use crate::model::Direction;

use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "partner-past-end",
    family: Family::Partners,
    summary: "the contract with a partner ended, and it still reaches assets",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[Param::days("grace", 0, "so long after the last day nothing is said")],
    fix: Safety::Choice,
    docs: Docs {
        why: "A former agency inside the accounts of a client sees its numbers and can change its campaigns. accord removes the partnership \
with the next plan; until that is applied, this says so.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
partners:
  nova:
# ^^^^
    id: "5009"
    name: Nova Media
    direction: inbound
    ends: 2026-10-31
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
partners: [{ id: "5009", name: Nova Media, direction: inbound }]
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ partner: "5009", asset: "1001", permissions: [ANALYST] }]
rosters: [{ partner: "5009", email: lead@nova.example, asset: "1001", permissions: [ANALYST] }]
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
partners:
  nova:
    id: "5009"
    name: Nova Media
    direction: inbound
    ends: 2026-10-31
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: reports }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
partners: []
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: []
"#,
        witness: "What the partner still has.",
        fix: "Apply a plan: the partnership and everything through it end. Where it goes on, write the new end.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let grace = i64::from(sink.params.number("grace"));
    for one in nodes.partnerships() {
        let Some(partner) = one.partner.and_then(|index| world.desired.partners.get(index as usize)) else { continue };
        let Some(last) = partner.ends.date() else { continue };
        let over = (case.day - last).get_days();
        if i64::from(over) <= grace {
            continue;
        }
        let (giver, receiver) = match one.direction {
            Direction::Inbound => (one.ours, one.theirs),
            Direction::Outbound => (one.theirs, one.ours),
        };
        let left: Vec<EdgeIx> =
            world.graph.shares_to(receiver).filter(|&edge| world.graph.edge(edge).within == Some(giver)).collect();
        if !left.is_empty() {
            let place = world.place(partner.pos);
            sink.report(draft(world, (one.ours, one.theirs), &left, last).at(Some(place), format!("ended {last}")));
        }
    }
}

fn draft(world: &World<'_>, who: (BusinessIx, BusinessIx), left: &[EdgeIx], last: jiff::civil::Date) -> Draft {
    let (ours, theirs) = who;
    let node = world.node(Node::Business(theirs));
    let assets = match left.len() {
        1 => "1 asset".to_owned(),
        many => format!("{many} assets"),
    };
    let message = format!("the contract with {} ended on {last}, and access to {assets} is still there", node.label);
    let mut draft = Draft::new(node, message)
        .business(world.business_key(ours))
        .record(left.first().and_then(|&edge| world.edge_record(edge)))
        .exposure(world.graph.members_of(theirs).count(), left.len())
        .cut(world.cuts(left))
        .fix(Fix {
            safety: Safety::Choice,
            text: "apply a plan, which ends it; where it goes on, write the new `ends`".to_owned(),
            edits: Vec::new(),
        });
    for &edge in left.iter().take(3) {
        draft = draft.witness(Some(world.edge_witness(edge, "still there")));
    }
    draft
}
