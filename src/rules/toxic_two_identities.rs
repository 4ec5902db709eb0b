//! Rights that one person must not hold together, spread over two logins.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{AssetIx, Node, PersonIx};
use crate::model::fold;
use crate::observed::ObservedState;

use super::access::capability;
use super::finding::{Fix, Safety, Severity};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "toxic-two-identities",
    family: Family::Duties,
    summary: "the logins of one person together hold all rights of a toxic set on an asset, and none of them alone does",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[],
    fix: Safety::Choice,
    docs: Docs {
        why: "The platform looks at logins, and separates what it sees. Somebody with a login for the office and one for the agency has both \
halves. The files know that the two are one person (`also`).",
        bad: r#"
policy:
  rules: { toxic-pair-asset: off }
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
# ^^^^^^^^^^^^^^^
    also: [bo.larsen@acme.example]
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER, FINANCE_EDIT], reason: two logins }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
  - { id: "4", email: bo.larsen@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants:
  - { member: "3", asset: "1001", permissions: [CAMPAIGN_MANAGER] }
  - { member: "4", asset: "1001", permissions: [FINANCE_EDIT] }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    also: [bo.larsen@acme.example]
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: two logins }
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
  - { id: "3", email: bo@acme.example, role: EMPLOYEE }
  - { id: "4", email: bo.larsen@acme.example, role: EMPLOYEE }
assets: [{ id: "1001", type: AD_ACCOUNT, name: Acme France }]
grants:
  - { member: "3", asset: "1001", permissions: [CAMPAIGN_MANAGER] }
"#,
        witness: "The logins, and what each has.",
        fix: "Remove one of the logins, or take one half away.",
    },
    check,
};

/// What each login of a person has on an asset: the login's id and its capabilities.
type Halves = BTreeMap<(PersonIx, AssetIx), Vec<(String, u64)>>;

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let sets = masks(case);
    let mut halves: Halves = BTreeMap::new();
    let people = several(world);
    for export in world.observed {
        collect(world, export.state, &people, &mut halves);
    }
    for ((person, asset), logins) in halves {
        let all = logins.iter().fold(0, |all, (_, gives)| all | gives);
        for &(name, mask) in &sets {
            let alone = logins.iter().any(|(_, gives)| gives & mask == mask);
            if all & mask == mask && !alone {
                sink.report(draft(world, person, asset, &logins, name, mask));
            }
        }
    }
}

fn masks<'a>(case: &Case<'a>) -> Vec<(&'a str, u64)> {
    let nodes = case.now.graph.nodes();
    let Some(platform) = nodes.businesses().next().map(|business| nodes.business(business).platform) else {
        return Vec::new();
    };
    let of = |names: Vec<&str>| names.into_iter().fold(0, |mask, name| mask | capability(platform, name));
    let mut masks: Vec<(&str, u64)> = case
        .policy
        .toxic
        .iter()
        .map(|set| (set.name.value.as_str(), of(set.capabilities.iter().map(|one| one.value.as_str()).collect())))
        .collect();
    if masks.is_empty() {
        masks.push(("money-and-campaigns", of(vec!["edit-billing", "edit-campaigns"])));
    }
    masks.retain(|(_, mask)| mask.count_ones() > 1);
    masks
}

/// People with more than one login, by every name of theirs.
fn several<'a>(world: &World<'a>) -> BTreeMap<&'a str, PersonIx> {
    use crate::graph::NameKind;
    let nodes = world.graph.nodes();
    let with_two = nodes.people().filter(|&person| nodes.names_of_kind(person, NameKind::Id).count() > 1);
    let mut found = BTreeMap::new();
    for person in with_two {
        found.extend(nodes.names_of(person).iter().map(|name| (nodes.text(name.text), person)));
    }
    found
}

fn collect(world: &World<'_>, state: &ObservedState, people: &BTreeMap<&str, PersonIx>, halves: &mut Halves) {
    if people.is_empty() {
        return;
    }
    let nodes = world.graph.nodes();
    let assets: BTreeMap<&str, AssetIx> =
        nodes.assets().filter_map(|asset| nodes.asset(asset).id.map(|id| (nodes.text(id), asset))).collect();
    let mut by_member: BTreeMap<u32, PersonIx> = BTreeMap::new();
    for (index, member) in (0u32..).zip(&state.members) {
        let names = [Some(member.id), member.email, member.username].into_iter().flatten();
        let known = names.map(|name| fold(state.text(name))).find_map(|name| people.get(name.as_ref()).copied());
        by_member.extend(known.map(|person| (index, person)));
    }
    for grant in state.grants.iter().filter(|grant| !grant.principal.is_partner()) {
        let Ok(member) = u32::try_from(grant.principal.index()) else { continue };
        let Some(&person) = by_member.get(&member) else { continue };
        let id = state.text(state.assets[grant.asset as usize].id);
        let Some(&asset) = assets.get(id) else { continue };
        let gives = world.graph.capabilities(state.platform, grant.permissions.known).0;
        let login = state.text(state.members[grant.principal.index()].id).to_owned();
        halves.entry((person, asset)).or_default().push((login, gives));
    }
}

fn draft(
    world: &World<'_>,
    person: PersonIx,
    asset: AssetIx,
    logins: &[(String, u64)],
    name: &str,
    mask: u64,
) -> Draft {
    let who = world.label(Node::Person(person));
    let node = world.label(Node::Asset(asset));
    let ids: BTreeSet<&str> =
        logins.iter().filter(|(_, gives)| gives & mask != 0).map(|(login, _)| login.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let list = crate::terminal::prose::list(&ids);
    let message = format!("{who} holds `{name}` on {node} by the logins {list} together");
    world.access_draft(person, asset, mask, message).detail(name).at(world.person_place(person), "one person").fix(
        Fix { safety: Safety::Choice, text: "remove one of the logins, or one half".to_owned(), edits: Vec::new() },
    )
}
