//! After a change nobody is left who could undo it.

use crate::graph::{BusinessIx, Node, PersonIx};

use super::finding::{Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "lock-out",
    family: Family::Change,
    summary: "a change takes the last manager from a business, or the last administrator from an asset, or the rights of who applies it",
    severity: Severity::Critical,
    levels: Levels::REFUSE,
    kind: Kind::Change,
    data: &[],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Nobody is left who could let anybody in again: it takes the platform's support, with papers, for weeks.",
        bad: r#"
# nobody else manages
policy:
  rules: { bus-factor-business: off }
people:
  ana@acme.example: {}
# ^^^^^^^^^^^^^^^^
--- # before
# nobody else manages
policy:
  rules: { bus-factor-business: off }
people:
  ana@acme.example: { role: manager }
"#,
        good: r#"
# nobody else manages
policy:
  rules: { bus-factor-business: off, elevation: off }
people:
  ana@acme.example: {}
  eva@acme.example: { role: manager }
--- # before
# nobody else manages
policy:
  rules: { bus-factor-business: off, elevation: off }
people:
  ana@acme.example: { role: manager }
"#,
        witness: "Who was the last.",
        fix: "Make somebody else a manager first.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(before) = case.before else { return };
    let now = &case.now;
    let nodes = now.graph.nodes();
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let (old, new) = (managers(&before, business), managers(now, business));
        if let (Some(&last), true) = (old.first(), new.is_empty()) {
            sink.report(draft(&before, now, business, last));
            continue;
        }
        // Managers administer every asset; without any, assets hang on their own administrators.
        if new.is_empty() {
            assets(&before, now, business, sink);
        }
    }
    applicant(case, &before, sink);
}

fn managers(world: &World<'_>, business: BusinessIx) -> Vec<PersonIx> {
    let all = world.graph.managers(business).filter(|one| !one.pending && world.is_human(one.person));
    let mut people: Vec<PersonIx> = all.map(|one| one.person).collect();
    people.sort_unstable();
    people.dedup();
    people
}

fn assets(before: &World<'_>, now: &World<'_>, business: BusinessIx, sink: &mut Sink<'_>) {
    for edge in now.graph.owned_by(business) {
        let Node::Asset(asset) = now.graph.edge(edge).to else { continue };
        let left = now.graph.administrators(asset).into_iter().any(|one| !one.pending && now.is_human(one.person));
        let had =
            before.graph.administrators(asset).into_iter().find(|one| !one.pending && before.is_human(one.person));
        if let (false, Some(last)) = (left, had) {
            let (node, who) = (now.node(Node::Asset(asset)), now.label(Node::Person(last.person)));
            let place = now.graph.nodes().asset(asset).pos.map(|pos| now.place(pos));
            sink.report(
                Draft::new(node.clone(), format!("nobody administers {} any more; {who} was the last", node.label))
                    .business(now.business_key(business))
                    .at(place, "this asset")
                    .exposure(1, 1)
                    .impact(100)
                    .fix(fix()),
            );
        }
    }
}

/// Whoever applies the change must stay able to go on.
fn applicant(case: &Case<'_>, before: &World<'_>, sink: &mut Sink<'_>) {
    let Some(person) = case.known.plan.and_then(|plan| plan.applicant.0.as_ref()) else { return };
    let now = &case.now;
    let nodes = now.graph.nodes();
    let names = [&person.key, &person.email, &person.username, &person.id].into_iter().flatten();
    let Some(who) = names.flat_map(|name| nodes.find_people(name)).next() else { return };
    for business in nodes.businesses().filter(|&business| nodes.business(business).ours) {
        let is = |world: &World<'_>| world.graph.managers(business).any(|one| one.person == who);
        if is(before) && !is(now) {
            let (node, into) = (now.node(Node::Person(who)), now.node(Node::Business(business)));
            let message = format!("{}, who applies the change, no longer manages {}", node.label, into.label);
            sink.report(
                Draft::new(node, message)
                    .on(into)
                    .business(now.business_key(business))
                    .at(now.person_place(who), "applies the change")
                    .exposure(1, 0)
                    .impact(100)
                    .fix(Fix {
                        safety: Safety::Choice,
                        text: "have somebody else apply it".to_owned(),
                        edits: Vec::new(),
                    }),
            );
        }
    }
}

fn draft(before: &World<'_>, now: &World<'_>, business: BusinessIx, last: PersonIx) -> Draft {
    let (node, who) = (now.node(Node::Business(business)), now.label(Node::Person(last)));
    let was = before.membership(last, business);
    let place = now.person_place(last).or_else(|| now.graph.nodes().business(business).pos.map(|pos| now.place(pos)));
    let assets = now.graph.owned_by(business).count();
    Draft::new(node.clone(), format!("nobody manages {} any more; {who} was the last", node.label))
        .business(now.business_key(business))
        .at(place, "was the last manager")
        .witness(was.map(|edge| before.edge_witness(edge, "managed it before")))
        .exposure(1, assets)
        .impact(100)
        .fix(fix())
}

fn fix() -> Fix {
    Fix { safety: Safety::Choice, text: "make somebody else a manager first".to_owned(), edits: Vec::new() }
}
