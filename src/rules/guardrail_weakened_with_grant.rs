//! One change loosens the policy and grants what the policy was about.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{DesiredState, Holder};
use crate::policy::glob;
use crate::policy::record::AssetFacts;
use crate::policy::{Level, Policy, Target, Waiver};
use crate::source::{FileId, Span};

use super::finding::{Fix, Node, Safety, Severity};
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
stopped is how a review is passed by. Both may be right; they are two decisions of two people.",
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

/// Something that binds less than before.
struct Loosened {
    /// A name that survives moves.
    name: String,
    what: String,
    /// Where it stands now; what is gone stands nowhere.
    span: Option<Span>,
    concerns: Concerns,
}

/// Which grants it is about.
enum Concerns {
    All,
    Files(Vec<String>),
    Named(Vec<Target>),
}

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let Some(base) = case.known.base else { return };
    let loosened = loosened(&base.policy, &case.now.desired.policy);
    if loosened.is_empty() {
        return;
    }
    let added = added(base, case.now.desired);
    for one in loosened {
        let concerned: Vec<&Added> = added.iter().filter(|grant| one.concerns.is(grant)).collect();
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

/// A grant that the version before does not have.
struct Added {
    path: String,
    pos: crate::source::Pos,
    names: Vec<String>,
}

type Row = (String, String, u32);

fn rows(desired: &DesiredState) -> BTreeMap<Row, u32> {
    let mut rows = BTreeMap::new();
    for grant in &desired.grants {
        let Some(item) = desired.items.get(grant.item as usize) else { continue };
        let asset = desired.assets.get(grant.asset as usize).map(|asset| asset_name(desired, asset));
        let row = (holder_name(desired, item.holder), asset.unwrap_or_default(), grant.permissions);
        rows.entry(row).or_insert(grant.item);
    }
    rows
}

fn added(base: &DesiredState, now: &DesiredState) -> Vec<Added> {
    let before = rows(base);
    let mut found = Vec::new();
    for ((holder, asset, permissions), number) in rows(now) {
        // Fewer permissions than before are no new grant.
        let range = (holder.clone(), asset.clone(), 0)..=(holder.clone(), asset.clone(), u32::MAX);
        let had = before.range(range).fold(0, |all, ((_, _, mask), _)| all | mask);
        let Some(item) = now.items.get(number as usize).filter(|_| permissions & !had != 0) else { continue };
        let mut names = vec![asset];
        names.extend(holder_names(now, item.holder));
        found.push(Added { path: path(now, item.pos.file), pos: item.pos, names });
    }
    found.sort_by_key(|grant| grant.pos);
    found
}

fn path(desired: &DesiredState, file: FileId) -> String {
    desired.files.path(file).to_owned()
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

fn holder_name(desired: &DesiredState, holder: Holder) -> String {
    holder_names(desired, holder).into_iter().next().unwrap_or_default()
}

/// Every stable name of a holder, the first one for comparing.
fn holder_names(desired: &DesiredState, holder: Holder) -> Vec<String> {
    let person = |index: u32| {
        let person = desired.people.get(index as usize);
        let parts = person.into_iter().flat_map(|person| {
            [Some(person.key), person.id].into_iter().flatten().chain(person.addresses.iter().copied())
        });
        parts.map(|part| format!("person:{}", desired.text(part).to_lowercase())).collect::<Vec<_>>()
    };
    match holder {
        Holder::Person(index) => person(index),
        Holder::Team(index) => {
            let Some(team) = desired.teams.get(index as usize) else { return Vec::new() };
            let business = desired.businesses.get(team.business as usize);
            let business = business.map_or("", |business| desired.text(business.key));
            let own = format!("team:{business}/{}", desired.text(team.key));
            let members = team.members.iter().flat_map(|(member, ..)| person(*member));
            [own].into_iter().chain(members).collect()
        }
        Holder::Partner(index) => {
            let partner = desired.partners.get(index as usize);
            let ids = partner
                .into_iter()
                .flat_map(|partner| ["partner", "business"].map(|kind| format!("{kind}:{}", desired.text(partner.id))));
            ids.collect()
        }
    }
}

impl Concerns {
    fn is(&self, grant: &Added) -> bool {
        match self {
            Concerns::All => true,
            Concerns::Files(patterns) => patterns.iter().any(|pattern| glob::fits_path(pattern, &grant.path)),
            Concerns::Named(targets) => targets.iter().all(|target| grant.names.iter().any(|name| target.is(name))),
        }
    }
}

fn loosened(before: &Policy, now: &Policy) -> Vec<Loosened> {
    let mut found = Vec::new();
    levels(before, now, &mut found);
    waivers(before, now, &mut found);
    boundaries(before, now, &mut found);
    gone(before, now, &mut found);
    if before.guards != now.guards && is_looser(before, now) {
        let what = "loosens the guards".to_owned();
        found.push(Loosened { name: "guards".to_owned(), what, span: None, concerns: Concerns::All });
    }
    found
}

fn is_looser(before: &Policy, now: &Policy) -> bool {
    let (old, new) = (&before.guards, &now.guards);
    let age = |hours: Option<u32>| hours.unwrap_or(u32::MAX);
    new.removals_floor > old.removals_floor
        || new.removals_count > old.removals_count
        || new.removals_share > old.removals_share
        || age(new.snapshot_age_hours) > age(old.snapshot_age_hours)
        || new.desired_share < old.desired_share
        || (old.first_apply && !new.first_apply)
        || new.managers < old.managers
}

/// Rules whose level went down; a level that is only written now counts where it is below `deny`.
fn levels(before: &Policy, now: &Policy, found: &mut Vec<Loosened>) {
    for rule in &now.rules {
        let Some(level) = rule.level else { continue };
        let old = before.rule(&rule.name.value);
        let was = old.and_then(|old| old.level).map_or(Level::Deny, |level| level.value);
        if level.value > was {
            found.push(Loosened {
                name: format!("rule/{}", rule.name.value),
                what: format!("sets `{}` to {}", rule.name.value, level.value.word()),
                span: Some(level.span),
                concerns: Concerns::All,
            });
        }
    }
    for rule in &now.custom_rules {
        let old = before.custom_rules.iter().find(|old| old.name.value == rule.name.value);
        if old.is_some_and(|old| rule.level > old.level) {
            found.push(Loosened {
                name: format!("rule/{}", rule.name.value),
                what: format!("sets `{}` to {}", rule.name.value, rule.level.word()),
                span: Some(rule.name.span),
                concerns: Concerns::All,
            });
        }
    }
}

fn waivers(before: &Policy, now: &Policy, found: &mut Vec<Loosened>) {
    let names = |target: &Option<Target>| target.as_ref().map(|target| target.names.clone());
    let same = |one: &Waiver, two: &Waiver| {
        one.rule.value == two.rule.value
            && names(&one.subject) == names(&two.subject)
            && names(&one.object) == names(&two.object)
    };
    for waiver in &now.waivers {
        let old = before.waivers.iter().find(|old| same(old, waiver));
        if old.is_some_and(|old| old.until.value >= waiver.until.value) {
            continue;
        }
        let about = [&waiver.subject, &waiver.object].into_iter().flatten().cloned().collect();
        let verb = if old.is_some() { "extends" } else { "adds" };
        found.push(Loosened {
            name: super::waivers::node(waiver).id,
            what: format!("{verb} {}", super::waivers::node(waiver).label),
            span: Some(waiver.span),
            concerns: Concerns::Named(about),
        });
    }
}

/// Boundaries that are gone or say something else: which files they were about, grants in those may not have been possible.
fn boundaries(before: &Policy, now: &Policy, found: &mut Vec<Loosened>) {
    for old in &before.boundaries {
        let same = |new: &crate::policy::Boundary| shape(new) == shape(old);
        if now.boundaries.iter().any(same) {
            continue;
        }
        let files: Vec<String> = old.files.iter().map(|file| file.value.clone()).collect();
        let name = files.join(" ");
        let now = now.boundaries.iter().find(|new| new.files.iter().any(|file| files.contains(&file.value)));
        found.push(Loosened {
            what: format!("{} the boundary of {name}", if now.is_some() { "changes" } else { "removes" }),
            name: format!("boundary/{name}"),
            span: now.map(|now| now.span),
            concerns: Concerns::Files(files),
        });
    }
}

/// What a boundary says, without its places.
fn shape(boundary: &crate::policy::Boundary) -> Vec<BTreeSet<String>> {
    let crate::policy::Boundary { files, scope, permissions, capabilities, holders, roles, reason: _, span: _ } =
        boundary;
    let crate::policy::Scope { assets, clients, labels, businesses } = scope;
    let texts = |list: &[crate::policy::Placed<String>]| list.iter().map(|text| text.value.clone()).collect();
    vec![
        texts(files),
        assets.iter().map(|asset| format!("{}/{}", asset.business, asset.key)).collect(),
        texts(clients),
        texts(labels),
        texts(businesses),
        texts(permissions),
        texts(capabilities),
        holders.iter().map(|holder| holder.value.word().to_owned()).collect(),
        texts(roles),
    ]
}

/// Named sets, custom rules and assertions that are not there any more.
fn gone(before: &Policy, now: &Policy, found: &mut Vec<Loosened>) {
    let toxic = |policy: &Policy| policy.toxic.iter().map(|set| set.name.value.clone()).collect::<BTreeSet<_>>();
    let conflicts = |policy: &Policy| policy.conflicts.iter().map(|set| set.name.value.clone()).collect();
    let custom = |policy: &Policy| policy.custom_rules.iter().map(|rule| rule.name.value.clone()).collect();
    let labels = |policy: &Policy| policy.protected_labels.iter().map(|label| label.value.clone()).collect();
    let sets: [(&str, BTreeSet<String>, BTreeSet<String>); 4] = [
        ("toxic set", toxic(before), toxic(now)),
        ("conflict set", conflicts(before), conflicts(now)),
        ("custom rule", custom(before), custom(now)),
        ("protected label", labels(before), labels(now)),
    ];
    for (kind, old, new) in sets {
        for name in old.difference(&new) {
            found.push(Loosened {
                name: format!("{kind}/{name}"),
                what: format!("removes the {kind} `{name}`"),
                span: None,
                concerns: Concerns::All,
            });
        }
    }
    if now.assertions.len() < before.assertions.len() {
        let what = format!("removes {} of the assertions", before.assertions.len() - now.assertions.len());
        found.push(Loosened { name: "assertions".to_owned(), what, span: None, concerns: Concerns::All });
    }
}
