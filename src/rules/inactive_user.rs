//! Somebody has not been there for a long time.

use crate::graph::{EdgeIx, NameKind, Node, PersonIx};
use crate::policy::outside::ActivityEntry;

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::params::{Param, Value};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "inactive-user",
    family: Family::Life,
    summary: "a member has not been active for a long time",
    severity: Severity::Medium,
    levels: Levels::REVIEW,
    kind: Kind::State,
    data: &[Data::Activity],
    params: &[Param::days("days", 90, "so long is a holiday, leave or another project").audit_strict(Value::Days(45))],
    fix: Safety::Choice,
    docs: Docs {
        why: "Access that nobody uses is noticed by nobody when somebody else does. Graver where it reaches money or other people's access.",
        bad: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
# ^^^^^^^^^^^^^^^
--- # activity.csv
address,last_active
ana@acme.example,2026-11-20
bo@acme.example,2026-05-02
eva@acme.example,2026-11-21
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
--- # activity.csv
address,last_active
ana@acme.example,2026-11-20
bo@acme.example,2026-05-02
eva@acme.example,2026-11-21
"#,
        witness: "The last day, and what they still reach.",
        fix: "Ask; then remove the person, or give the membership an end.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let Some(activity) = case.known.activity else { return };
    let nodes = world.graph.nodes();
    let days = i64::from(sink.params.number("days"));
    let mut unknown = 0;
    for person in nodes.people().filter(|&person| world.is_human(person)) {
        let own = |edge: &EdgeIx| matches!(world.graph.edge(*edge).to, Node::Business(one) if nodes.business(one).ours);
        let Some(edge) = world.graph.businesses_of(person).find(own) else { continue };
        let entries: Vec<&ActivityEntry> =
            nodes.names_of_kind(person, NameKind::Address).filter_map(|address| activity.find(address)).collect();
        if entries.is_empty() {
            unknown += 1;
            continue;
        }
        let last = entries.iter().filter_map(|entry| entry.last_active).max();
        let idle = last.map(|last| i64::from((case.day - last).get_days()));
        if idle.is_none_or(|idle| idle > days) {
            sink.report(draft(world, person, edge, idle));
        }
    }
    if unknown > 0 {
        sink.not_evaluated("the activity file does not have them", unknown);
    }
}

fn draft(world: &World<'_>, person: PersonIx, edge: EdgeIx, idle: Option<i64>) -> Draft {
    let who = world.node(Node::Person(person));
    let rows = world.effective.of(person);
    let nodes = world.graph.nodes();
    let privileged = world.graph.edge(edge).admin
        || rows.iter().any(|row| {
            let platform = nodes.asset(row.asset).platform;
            row.sure & (capability(platform, "administer") | capability(platform, "edit-billing")) != 0
        });
    let since = idle.map_or_else(|| "was never active".to_owned(), |days| format!("was last active {days} days ago"));
    let assets = match rows.len() {
        1 => "1 asset".to_owned(),
        many => format!("{many} assets"),
    };
    let Node::Business(business) = world.graph.edge(edge).to else { return Draft::new(who, "") };
    let path = rows.first().and_then(|row| world.graph.paths(person, row.asset).into_iter().next());
    Draft::new(who.clone(), format!("{} {since} and reaches {assets}", who.label))
        .business(world.business_key(business))
        .at(world.edge_place(edge).or_else(|| world.person_place(person)), since)
        .record(world.edge_record(edge))
        .witness(path.map(|path| world.witness(&path, "still open")))
        .exposure(1, rows.len())
        .severity(if privileged { Severity::High } else { Severity::Medium })
        .fix(Fix { safety: Safety::Choice, text: "ask, then remove them or set an end".to_owned(), edits: Vec::new() })
}
