//! A line that does not say why somebody has access, or who agreed.

use crate::desired::{GrantItem, Holder};
use crate::graph::Node;

use super::finding::{self, Fix, Safety, Severity};
use super::params::{Looser, Param, Value};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "who-when-why-missing",
    family: Family::Trail,
    summary: "a grant lacks what an auditor will ask for",
    severity: Severity::Medium,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[],
    params: &[Param::words(
        "fields",
        &["reason"],
        "what must be written: reason, ticket, requested_by, approved_by, approved_on",
    )
    .looser(Looser::Less)
    .audit_strict(Value::Words(&["reason", "approved_by", "approved_on"]))],
    fix: Safety::Choice,
    docs: Docs {
        why: "The platform records neither who gave a grant nor when. In a year these lines are all that is known.",
        bad: r#"
policy:
  rules: { who-when-why-missing: warn }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST] }
#       ^
"#,
        good: r#"
policy:
  rules: { who-when-why-missing: warn }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [ANALYST], reason: weekly report }
"#,
        witness: "The line.",
        fix: "Write what is missing.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let fields = sink.params.words("fields").to_vec();
    let mut first: Vec<Option<usize>> = vec![None; world.desired.items.len()];
    let mut counts = vec![0_usize; world.desired.items.len()];
    for (at, grant) in world.desired.grants.iter().enumerate() {
        let item = grant.item as usize;
        first[item].get_or_insert(at);
        counts[item] += 1;
    }
    for (index, item) in world.desired.items.iter().enumerate() {
        let missing: Vec<&str> = fields.iter().map(String::as_str).filter(|field| is_missing(item, field)).collect();
        // An item that grants nothing to anybody has nothing to explain.
        if let (false, Some(at)) = (missing.is_empty(), first[index]) {
            sink.report(draft(world, item, at, counts[index], &missing));
        }
    }
}

fn is_missing(item: &GrantItem, field: &str) -> bool {
    match field {
        "reason" => item.reason.is_none(),
        "ticket" => item.ticket.is_none(),
        "requested_by" => item.requested_by.is_none(),
        "approved_by" => item.approved_by.is_none(),
        "approved_on" => item.approved_on.is_none(),
        _ => false,
    }
}

fn draft(world: &World<'_>, item: &GrantItem, at: usize, rows: usize, missing: &[&str]) -> Draft {
    let desired = world.desired;
    let grant = &desired.grants[at];
    let asset = &desired.assets[grant.asset as usize];
    let business = desired.text(desired.businesses[asset.business as usize].key);
    let (kind, key) = match item.holder {
        Holder::Person(index) => ("person", desired.text(desired.people[index as usize].key)),
        Holder::Team(index) => ("team", desired.text(desired.teams[index as usize].key)),
        Holder::Partner(index) => ("partner", desired.text(desired.partners[index as usize].key)),
    };
    let platform = desired.businesses[asset.business as usize].platform;
    let privileged = platform.permissions_in(grant.permissions).any(|permission| permission.privileged);
    let holder = match item.holder {
        Holder::Person(index) => {
            world.graph.person_of_files(index as usize).map(|person| world.node(Node::Person(person)))
        }
        Holder::Team(_) | Holder::Partner(_) => None,
    };
    let holder =
        holder.unwrap_or_else(|| finding::Node::new(kind, &format!("{business}/{key}"), format!("{kind} {key}")));
    let list = crate::terminal::prose::list(missing);
    let asset_key = desired.text(asset.key);
    Draft::new(holder.clone(), format!("the grant of {} on {asset_key} does not say: {list}", holder.label))
        .on(finding::Node::new("asset", &format!("{business}/{asset_key}"), asset_key))
        .business(Some(business))
        .detail(platform.words(grant.permissions).join(";"))
        .at(Some(world.place(item.pos)), format!("lacks {list}"))
        .exposure(rows, 1)
        .severity(if privileged { Severity::High } else { Severity::Medium })
        .root(holder)
        .fix(Fix { safety: Safety::Choice, text: format!("write {list}"), edits: Vec::new() })
}
