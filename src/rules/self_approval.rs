//! Somebody approved their own access.

use std::collections::BTreeSet;

use crate::desired::{GrantItem, Holder};
use crate::model::{Sym, fold};

use super::finding::{self, Fix, Safety, Severity};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "self-approval",
    family: Family::Trail,
    summary: "a grant was approved by somebody who holds it, or a privileged one by who asked for it",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "An approval is a second pair of eyes. Under another address of the same person it still is the first.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    also: [bo.larsen@acme.example]
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: report, approved_by: bo.larsen@acme.example }
#       ^
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: report, approved_by: mia@acme.example }
"#,
        witness: "Who holds it, who asked, who approved.",
        fix: "Have somebody else look at it, and write their name.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let desired = world.desired;
    if !desired.items.iter().any(|item| item.approved_by.is_some()) {
        return;
    }
    let privileged = privileged(world);
    for (index, item) in desired.items.iter().enumerate() {
        let Some(approver) = item.approved_by else { continue };
        if let Some(holder) = holder_named(world, item, approver) {
            sink.report(draft(world, item, &holder, "holds it"));
        } else if let Some(asker) = item.requested_by
            && privileged.contains(&index)
            && same(world, asker, approver)
        {
            sink.report(draft(world, item, desired.text(asker), "asked for it"));
        }
    }
}

/// Items that grant administration or money.
fn privileged(world: &World<'_>) -> BTreeSet<usize> {
    let desired = world.desired;
    let grants = desired.grants.iter().filter(|grant| {
        let business = desired.assets[grant.asset as usize].business;
        let platform = desired.businesses[business as usize].platform;
        platform.permissions_in(grant.permissions).any(|permission| permission.privileged)
    });
    grants.map(|grant| grant.item as usize).collect()
}

/// The key of the holder who is the approver.
fn holder_named(world: &World<'_>, item: &GrantItem, approver: Sym) -> Option<String> {
    let desired = world.desired;
    let is = |person: u32| same(world, desired.people[person as usize].key, approver);
    match item.holder {
        Holder::Person(person) => is(person).then(|| desired.text(desired.people[person as usize].key).to_owned()),
        Holder::Team(team) => {
            let mut members = desired.teams[team as usize].members.iter().map(|(person, _, _)| *person);
            members
                .find(|&person| is(person))
                .map(|person| desired.text(desired.people[person as usize].key).to_owned())
        }
        Holder::Partner(partner) => {
            let contact = desired.partners[partner as usize].contact?;
            same(world, contact, approver).then(|| desired.text(contact).to_owned())
        }
    }
}

/// Whether two names are of one person: the same text, or names of one entry.
fn same(world: &World<'_>, one: Sym, other: Sym) -> bool {
    let desired = world.desired;
    let (one, other) = (fold(desired.text(one)), fold(desired.text(other)));
    let bears = |person: &crate::desired::Person, name: &str| {
        fold(desired.text(person.key)) == name || person.addresses.iter().any(|&own| desired.text(own) == name)
    };
    one == other || desired.people.iter().any(|person| bears(person, &one) && bears(person, &other))
}

fn draft(world: &World<'_>, item: &GrantItem, who: &str, why: &str) -> Draft {
    let desired = world.desired;
    let approver = item.approved_by.map(|sym| desired.text(sym)).unwrap_or_default();
    // A finding of this rule is rare, so looking for its assets may cost a pass.
    let assets: BTreeSet<&str> = desired
        .grants
        .iter()
        .filter(|grant| desired.items[grant.item as usize].pos == item.pos)
        .map(|grant| desired.text(desired.assets[grant.asset as usize].key))
        .collect();
    let list: Vec<&str> = assets.into_iter().collect();
    let message = format!("{approver} approved a grant on {} and {why}", crate::terminal::prose::list_some(&list, 3));
    Draft::new(finding::Node::new("person", &fold(who), who), message)
        .detail(list.join(","))
        .at(Some(world.place(item.pos)), format!("approved by {approver}, who {why}"))
        .exposure(1, list.len())
        .fix(Fix { safety: Safety::Manual, text: "have somebody else look at it".to_owned(), edits: Vec::new() })
}
