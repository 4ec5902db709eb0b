//! A login that several people use.

use crate::graph::{BusinessIx, EdgeIx, NameKind, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "shared-login",
    family: Family::Credentials,
    summary: "a member's address names a function instead of a person, and is not declared as a service account",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Local,
    data: &[],
    params: &[Param::words(
        "names",
        &[
            "accounts",
            "admin",
            "ads",
            "advertising",
            "agency",
            "billing",
            "contact",
            "digital",
            "ecommerce",
            "finance",
            "hello",
            "help",
            "hr",
            "info",
            "invoice",
            "invoices",
            "it",
            "mail",
            "marketing",
            "media",
            "noreply",
            "no-reply",
            "office",
            "paid",
            "ppc",
            "sales",
            "service",
            "shared",
            "shop",
            "social",
            "socialmedia",
            "social-media",
            "support",
            "team",
            "test",
            "webmaster",
        ],
        "what stands before the @ of such an address, with or without a number behind it",
    )
    .looser(Looser::Less)],
    fix: Safety::Manual,
    docs: Docs {
        why: "A password that several people know can't be taken from one of them, survives everybody who leaves, and no log says who did what.",
        bad: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  marketing@acme.example: {}
# ^^^^^^^^^^^^^^^^^^^^^^
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  marketing@acme.example: { service: true }
"#,
        witness: "The membership.",
        fix: "Invite the people by their own addresses, and remove the login. A login that a program uses is declared with `service: true`.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    for person in nodes.people().filter(|&person| world.is_human(person)) {
        if !case.looks_at(Node::Person(person)) {
            continue;
        }
        let own = |edge: EdgeIx| match world.graph.edge(edge).to {
            Node::Business(business) if nodes.business(business).ours => Some((business, edge)),
            _ => None,
        };
        let Some((business, edge)) = world.graph.businesses_of(person).find_map(own) else { continue };
        let address = nodes.names_of_kind(person, NameKind::Address).find(|address| is_shared(address, sink));
        if let Some(address) = address {
            sink.report(draft(case, person, business, edge, address));
        }
    }
}

fn is_shared(address: &str, sink: &Sink<'_>) -> bool {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    // A tag behind + is the same mailbox.
    let local = local.split_once('+').map_or(local, |(local, _)| local);
    let local = local.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['.', '-', '_']);
    sink.params.words("names").iter().any(|name| name.eq_ignore_ascii_case(local))
}

fn draft(case: &Case<'_>, person: PersonIx, business: BusinessIx, edge: EdgeIx, address: &str) -> Draft {
    let world = &case.now;
    let who = world.node(Node::Person(person));
    let where_ = world.label(Node::Business(business));
    Draft::new(who, format!("`{address}` is a member of {where_}, and looks like a login of several people"))
        .business(world.business_key(business))
        .at(world.edge_place(edge).or_else(|| world.person_place(person)), "names no person")
        .record(world.edge_record(edge))
        .witness(Some(world.edge_witness(edge, "membership")))
        .exposure(1, world.effective.of(person).len())
        .fix(Fix {
            safety: Safety::Manual,
            text: "invite the people by their own addresses; a program's login is declared with `service: true`"
                .to_owned(),
            edits: Vec::new(),
        })
}
