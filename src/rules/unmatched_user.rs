//! Somebody whom neither the directory nor a partner knows.

use crate::graph::{BusinessIx, EdgeIx, NameKind, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "unmatched-user",
    family: Family::Directory,
    summary: "a member of a business is in no directory and on no partner's roster, and is not exempt",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Directory],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Somebody has access and nobody can say who that is: a former colleague under a private address, a test login, an intruder.",
        bad: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
# ^^^^^^^^^^^^^^^
--- # directory.csv
address,status
ana@acme.example,active
eva@acme.example,active
"#,
        good: r#"
# nobody else manages
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
--- # directory.csv
address,status
ana@acme.example,active
bo@acme.example,active
eva@acme.example,active
"#,
        witness: "The membership.",
        fix: "Add the address that the directory has (`also`), remove the person, or write an exemption with reason, owner and end.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let Some(directory) = case.known.directory else { return };
    let nodes = world.graph.nodes();
    let mut nameless = 0;
    for person in nodes.people().filter(|&person| world.is_human(person)) {
        let Some((business, edge)) = membership(case, person) else { continue };
        let addresses: Vec<&str> = nodes.names_of_kind(person, NameKind::Address).collect();
        if addresses.is_empty() {
            nameless += 1;
            continue;
        }
        let known = addresses.iter().any(|address| directory.find(address).is_some());
        if !known && !is_on_roster(case, person) && !is_exempt(case, person) {
            sink.report(draft(case, person, business, edge));
        }
    }
    if nameless > 0 {
        sink.not_evaluated("the export shows no address", nameless);
    }
}

fn membership(case: &Case<'_>, person: PersonIx) -> Option<(BusinessIx, EdgeIx)> {
    let graph = case.now.graph;
    graph.businesses_of(person).find_map(|edge| match graph.edge(edge).to {
        Node::Business(business) if graph.nodes().business(business).ours => Some((business, edge)),
        _ => None,
    })
}

fn is_on_roster(case: &Case<'_>, person: PersonIx) -> bool {
    let graph = case.now.graph;
    graph.businesses_of(person).any(|edge| match graph.edge(edge).to {
        Node::Business(business) => !graph.nodes().business(business).ours,
        Node::Person(_) | Node::Asset(_) | Node::Team(_) => false,
    })
}

fn is_exempt(case: &Case<'_>, person: PersonIx) -> bool {
    let name = case.now.graph.nodes().stable(Node::Person(person));
    case.policy.exempt.iter().any(|one| one.holds_on(case.day) && one.who.names.contains(&name))
}

fn draft(case: &Case<'_>, person: PersonIx, business: BusinessIx, edge: EdgeIx) -> Draft {
    let world = &case.now;
    let who = world.node(Node::Person(person));
    let where_ = world.label(Node::Business(business));
    let assets = world.effective.of(person).len();
    Draft::new(who.clone(), format!("{} is a member of {where_}, and the directory does not know them", who.label))
        .business(world.business_key(business))
        .at(world.edge_place(edge).or_else(|| world.person_place(person)), "in no directory")
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, "membership")))
        .exposure(1, assets)
        .fix(Fix {
            safety: Safety::Choice,
            text: "add the address that the directory has (`also`), remove the person, or write an exemption"
                .to_owned(),
            edits: Vec::new(),
        })
}
