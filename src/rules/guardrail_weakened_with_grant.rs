//! One change loosens the policy and grants what the policy was about.

use std::collections::BTreeMap;

use crate::desired::{DesiredState, Holder};
use crate::model::PrincipalIx;
use crate::policy::record::AssetFacts;
use crate::source::Pos;

use super::finding::{Fix, Node, Safety, Severity};
use super::guardrails::{Loosened, loosened};
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink};

pub static RULE: Rule = Rule {
    name: "guardrail-weakened-with-grant",
    family: Family::Change,
    summary: "one change loosens the policy and grants what the policy was about",
    severity: Severity::High,
    levels: Levels::REVIEW,
    kind: Kind::Change,
    data: &[Data::Base],
    params: &[],
    fix: Safety::Manual,
    docs: Docs {
        why: "A rule that is switched off, a waiver that is added, a boundary that is widened in the same pull request as the grant it would have \
stopped is how a review is passed by. Both may be right; they are two decisions of two people. What holds is compared, with the defaults, and the \
change that turns this rule off is still judged by it.",
        bad: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
#       ^
--- # policy.yaml
policy:
  boundaries: []
--- # before policy.yaml
policy:
  boundaries:
    - { files: access.yaml, permissions: [ANALYST] }
--- # before
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  dora@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [FINANCE_VIEW], reason: r, ticket: T-1, requested_by: cy@acme.example, approved_by: dora@acme.example, approved_on: 2026-11-01 }
--- # policy.yaml
policy:
  boundaries: []
--- # before policy.yaml
policy:
  boundaries: []
"#,
        witness: "The line of the policy, and the first of the grants.",
        fix: "Split the change: the policy first, reviewed by those who own it; then the grant.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(base) = case.known.base else { return };
    let loosened = loosened(&base.policy, &case.now.desired.policy);
    if loosened.is_empty() {
        return;
    }
    let added = added(base, case.now.desired);
    for one in loosened {
        let concerned: Vec<&Added> = added.iter().filter(|grant| one.concerns.is(&grant.path, &grant.names)).collect();
        if let Some(first) = concerned.first() {
            sink.report(draft(case, &one, first, concerned.len()));
        }
    }
}

fn draft(case: &Case<'_>, one: &Loosened, first: &Added, grants: usize) -> Draft {
    let message = format!("this change {} and grants what it is about", one.what);
    let place = case.now.place(first.pos);
    let text = "split the change: the policy first, then the grant".to_owned();
    let draft = Draft::new(Node::new("guardrail", &one.name, one.name.clone()), message).exposure(grants, 0).fix(Fix {
        safety: Safety::Manual,
        text,
        edits: Vec::new(),
    });
    match one.span {
        Some(span) => draft.at(Some(case.policy_place(span)), "loosened here").related(Some(place), "granted here"),
        None => draft.at(Some(place), "granted here"),
    }
}

/// Access that the version before does not have.
struct Added {
    path: String,
    pos: Pos,
    /// Stable names of who comes to hold it, and of what they come to hold.
    names: Vec<String>,
}

/// Who holds what, and where it says so.
type Rows = BTreeMap<(String, String), (u32, Pos, Vec<String>)>;

/// What the files give each principal, through teams, too.
fn rows(desired: &DesiredState) -> Rows {
    let mut rows = Rows::new();
    for grant in &desired.grants {
        let Some(item) = desired.items.get(grant.item as usize) else { continue };
        let Some(asset) = desired.assets.get(grant.asset as usize) else { continue };
        let mut names = principal_names(desired, grant.principal);
        names.extend(team_name(desired, item.holder));
        let (Some(first), asset) = (names.first().cloned(), asset_name(desired, asset)) else { continue };
        names.push(asset.clone());
        let row = rows.entry((first, asset)).or_insert_with(|| (0, item.pos, names));
        row.0 |= grant.permissions;
    }
    for row in desired.memberships.iter().filter(|row| row.role.admin) {
        let Some(business) = desired.businesses.get(row.business as usize) else { continue };
        let mut names = person_names(desired, row.person);
        let (Some(first), business) = (names.first().cloned(), format!("business:{}", desired.text(business.id)))
        else {
            continue;
        };
        names.push(business.clone());
        rows.entry((first, business)).or_insert((u32::MAX, row.pos, names));
    }
    rows
}

fn added(base: &DesiredState, now: &DesiredState) -> Vec<Added> {
    let before = rows(base);
    let mut found: Vec<Added> = rows(now)
        .into_iter()
        // Fewer permissions than before are no new grant.
        .filter(|(key, (permissions, ..))| {
            let had = before.get(key).map_or(0, |(had, ..)| *had);
            permissions & !had != 0
        })
        .map(|(_, (_, pos, names))| Added { path: now.files.path(pos.file).to_owned(), pos, names })
        .collect();
    found.sort_by(|a, b| (a.pos, &a.names).cmp(&(b.pos, &b.names)));
    found
}

fn asset_name(desired: &DesiredState, asset: &crate::desired::Asset) -> String {
    let business = desired.businesses.get(asset.business as usize).map_or("", |business| desired.text(business.key));
    let facts = AssetFacts {
        key: desired.text(asset.key),
        id: asset.id.map(|id| desired.text(id)),
        business,
        ..AssetFacts::default()
    };
    format!("asset:{}", facts.identity())
}

/// Every stable name of a principal, the first one for comparing; of a partner also its contact.
fn principal_names(desired: &DesiredState, principal: PrincipalIx) -> Vec<String> {
    if !principal.is_partner() {
        return u32::try_from(principal.index()).map_or_else(|_| Vec::new(), |person| person_names(desired, person));
    }
    let Some(partner) = desired.partners.get(principal.index()) else { return Vec::new() };
    let ids = ["partner", "business"].map(|kind| format!("{kind}:{}", desired.text(partner.id)));
    let contact = partner.contact.map(|contact| format!("person:{}", desired.text(contact).to_lowercase()));
    ids.into_iter().chain(contact).collect()
}

fn person_names(desired: &DesiredState, person: u32) -> Vec<String> {
    let person = desired.people.get(person as usize);
    let parts = person.into_iter().flat_map(|person| {
        let own = [Some(person.key), person.id, person.username].into_iter().flatten();
        own.chain(person.addresses.iter().copied())
    });
    parts.map(|part| format!("person:{}", desired.text(part).to_lowercase())).collect()
}

/// The stable name of the team that holds an item.
fn team_name(desired: &DesiredState, holder: Holder) -> Option<String> {
    let Holder::Team(index) = holder else { return None };
    let team = desired.teams.get(index as usize)?;
    let business = desired.businesses.get(team.business as usize)?;
    Some(format!("team:{}/{}", desired.text(business.key), desired.text(team.key)))
}
