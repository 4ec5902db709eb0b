//! Somebody from outside can edit the billing of one of our assets.

use crate::graph::{Access, AssetIx, BusinessIx, Node, PersonIx};

use super::access::Rights;
use super::finding::{Fix, Safety, Severity};
use super::params::Param;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "external-person-edits-billing",
    family: Family::Billing,
    summary: "a person from outside of the business can edit billing on its asset, over all paths together",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Local,
    data: &[],
    params: &[Param::words("allowed", &[], "people who may: their keys, addresses or ids")],
    fix: Safety::Choice,
    docs: Docs {
        why: "A freelancer, a former colleague with a private address, or somebody of an agency who was invited as an employee: whoever is \
not from your own domains should not change what you pay.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  kim@freelance.example:
    name: Kim Dahl
    grants:
      - { on: [acme-fr], permissions: [FINANCE_MANAGER], reason: closes the books, until: 2027-01-31, approved_by: ana@acme.example }
#       ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  kim@freelance.example:
    name: Kim Dahl
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: closes the books, until: 2027-01-31, approved_by: ana@acme.example }
"#,
        witness: "Every path that gives it.",
        fix: "The fewest lines that end it, or FINANCE_VIEW where reading is enough.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let allowed: Vec<_> = sink.params.words("allowed").iter().flat_map(|name| nodes.find_people(name)).collect();
    let rights = Rights::of(world, &["edit-billing"]);
    let mut unknown = 0;
    for (person, rows) in world.effective.iter().filter(|(person, _)| !allowed.contains(person)) {
        if !case.looks_at(Node::Person(person)) {
            continue;
        }
        for row in rows {
            if rights.held(row) == 0 {
                continue;
            }
            let Some(owner) = world.owner_of_ours(row.asset) else { continue };
            match world.is_outsider(person, owner) {
                Some(true) => sink.report(draft(world, person, row, rights.on(row.asset), owner)),
                Some(false) => {}
                None => unknown += 1,
            }
        }
    }
    if unknown > 0 {
        sink.not_evaluated("the business lists no domains, or the person shows no address", unknown);
    }
}

fn draft(world: &World<'_>, person: PersonIx, row: &Access, billing: u64, owner: BusinessIx) -> Draft {
    let (who, asset) = (world.label(Node::Person(person)), world.label(Node::Asset(row.asset)));
    let message = format!("{who}, who is from outside, can edit billing on {asset}");
    let owner_name = world.label(Node::Business(owner));
    world.access_draft(person, row.asset, billing, message).root(root(world, person, row.asset)).fix(Fix {
        safety: Safety::Choice,
        text: format!("grant FINANCE_VIEW where reading is enough, or leave it to the people of {owner_name}"),
        edits: Vec::new(),
    })
}

/// One partner that gives it to all its people is one cause.
fn root(world: &World<'_>, person: PersonIx, asset: AssetIx) -> super::finding::Node {
    let paths = world.graph.paths(person, asset);
    let partner = paths.first().and_then(|path| {
        path.hops.iter().find_map(|hop| match hop.from {
            Node::Business(business) => Some(business),
            Node::Person(_) | Node::Asset(_) | Node::Team(_) => None,
        })
    });
    world.node(partner.map_or(Node::Person(person), Node::Business))
}
