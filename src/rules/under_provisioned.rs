//! A declared need that nothing covers.

use crate::desired::{Bundle, GrantItem};
use crate::graph::{AssetIx, Node, PersonIx};

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::world::capability_words;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "under-provisioned",
    family: Family::LeastPrivilege,
    summary: "somebody lacks on an asset what their profile says they need there",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "Somebody can't do their work, asks a colleague for the password, or for ADMIN. It usually waits for the next apply.",
        bad: r#"
policy:
  rules: { unmanaged-drift: off }
accounts:
  acme-fr: { id: "1001", name: Acme France }
profiles:
  operator: { needs: [edit-campaigns, view-reporting] }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: operator, reason: runs the campaigns }
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
profiles:
  operator: { needs: [edit-campaigns, view-reporting] }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], profile: operator, reason: runs the campaigns }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants: [{ member: "3", asset: "1001", permissions: [CAMPAIGN_MANAGER] }]
"#,
        witness: "What they have, and what is missing.",
        fix: "Apply the plan, which gives the smallest set for the need.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let (desired, graph) = (world.desired, world.graph);
    if !desired.profiles.iter().any(|profile| matches!(profile.bundle, Bundle::Needs(_))) {
        return;
    }
    for grant in desired.grants.iter().filter(|grant| !grant.principal.is_partner()) {
        let item = &desired.items[grant.item as usize];
        let profile = item.profile.and_then(|index| desired.profiles.get(index as usize));
        let Some(Bundle::Needs(words)) = profile.map(|profile| &profile.bundle) else { continue };
        let (Some(person), Some(asset)) =
            (graph.person_of_files(grant.principal.index()), graph.asset_of_files(grant.asset as usize))
        else {
            continue;
        };
        // Who is only invited has nothing yet, and that is no surprise.
        if !grant.until.holds_on(case.day)
            || item.from.is_some_and(|from| from > case.day)
            || world.graph.businesses_of(person).next().is_none()
        {
            continue;
        }
        let platform = world.graph.nodes().asset(asset).platform;
        let needs = words.iter().fold(0, |all, (word, _)| all | capability(platform, desired.text(*word)));
        let has = world.effective.access(person, asset).map_or(0, |row| row.sure | row.possible);
        if needs & !has != 0 {
            sink.report(draft(world, person, asset, item, needs & !has));
        }
    }
}

fn draft(world: &World<'_>, person: PersonIx, asset: AssetIx, item: &GrantItem, missing: u64) -> Draft {
    let (who, node) = (world.node(Node::Person(person)), world.node(Node::Asset(asset)));
    let words = capability_words(world.graph.nodes().asset(asset).platform, missing);
    let path = world.graph.paths(person, asset).into_iter().next();
    Draft::new(who.clone(), format!("{} needs more on {}: {words}", who.label, node.label))
        .on(node)
        .business(world.business_of(asset))
        .at(Some(world.place(item.pos)), "needed")
        .witness(path.map(|path| world.witness(&path, "what there is")))
        .exposure(1, 1)
        .root(who)
        .fix(Fix { safety: Safety::Choice, text: "apply the plan, which gives it".to_owned(), edits: Vec::new() })
}
