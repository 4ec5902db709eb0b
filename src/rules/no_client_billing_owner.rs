//! Nobody of the owning business can edit the billing of an ad account.

use std::collections::BTreeMap;

use crate::graph::{AssetIx, BusinessIx, Node, PersonIx};

use super::access::Rights;
use super::finding::{Fix, Safety, Severity};
use super::params::{Looser, Param};
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "no-client-billing-owner",
    family: Family::Billing,
    summary: "too few people of the owning business can edit billing on an ad account",
    severity: Severity::High,
    levels: Levels::REFUSE,
    kind: Kind::State,
    data: &[],
    params: &[Param::count("min", 1, "so many people have to").looser(Looser::Less)],
    fix: Safety::Choice,
    docs: Docs {
        why: "Where only an agency or nobody can change how an account is paid, a card that lapses or an agency that leaves stops the \
advertising, and the owner can't help. Managers of the business count, because they can give themselves the right.",
        bad: r#"
policy:
  rules: { bus-factor-business: off, orphan-asset: off }
# nobody manages
accounts:
  acme-fr: { id: "1001", name: Acme France }
# ^^^^^^^
people:
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
"#,
        good: r#"
accounts:
  acme-fr: { id: "1001", name: Acme France }
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example:
    grants:
      - { on: [acme-fr], permissions: [CAMPAIGN_MANAGER], reason: runs the campaigns }
"#,
        witness: "The account, its owner, and who of the owner can (nobody).",
        fix: "Give somebody of the business FINANCE_MANAGER or FINANCE_EDIT on the account, or make one more of them a manager.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let nodes = world.graph.nodes();
    let needed = sink.params.len("min");
    let billing = Rights::of(world, &["edit-billing"]);
    let managers = Managers::of(world);
    let mut able = vec![0_usize; nodes.assets().len()];
    // Managers who hold it already, and need not give it to themselves.
    let mut hold = vec![0_usize; nodes.assets().len()];
    for (person, rows) in world.effective.iter().filter(|(person, _)| world.is_human(*person)) {
        // Most of what somebody has belongs to one business.
        let mut last: Option<(BusinessIx, usize, usize)> = None;
        for row in rows.iter().filter(|row| billing.held(row) != 0) {
            let Some(owner) = world.owner_of_ours(row.asset) else { continue };
            let known = last.filter(|(known, ..)| *known == owner);
            let (_, counts, entries) = known
                .unwrap_or_else(|| (owner, usize::from(counts(world, person, owner)), managers.entries(owner, person)));
            last = Some((owner, counts, entries));
            able[row.asset.at()] += counts;
            hold[row.asset.at()] += entries;
        }
    }
    for asset in nodes.assets() {
        let is_account = nodes.asset(asset).kind.is_some_and(|kind| kind.name == "ad-account");
        let Some(owner) = world.owner_of_ours(asset).filter(|_| is_account) else { continue };
        let people = able[asset.at()] + managers.all(owner) - hold[asset.at()];
        if people < needed {
            sink.report(draft(world, asset, owner, people, needed));
        }
    }
}

/// Somebody of the business who is not known to be from outside.
fn counts(world: &World<'_>, person: PersonIx, owner: BusinessIx) -> bool {
    world.works_for(person, owner) && world.is_outsider(person, owner) != Some(true)
}

/// Managers of each of our businesses who are not known to be from outside, with how many memberships make them one.
struct Managers(BTreeMap<BusinessIx, (usize, BTreeMap<PersonIx, usize>)>);

impl Managers {
    fn of(world: &World<'_>) -> Self {
        let nodes = world.graph.nodes();
        let ours = nodes.businesses().filter(|&business| nodes.business(business).ours);
        let all = ours.map(|business| {
            let mut found: BTreeMap<PersonIx, usize> = BTreeMap::new();
            for one in world.graph.managers(business) {
                if world.is_human(one.person) && world.is_outsider(one.person, business) != Some(true) {
                    *found.entry(one.person).or_default() += 1;
                }
            }
            (business, (found.values().sum(), found))
        });
        Managers(all.collect())
    }

    fn all(&self, business: BusinessIx) -> usize {
        self.0.get(&business).map_or(0, |(all, _)| *all)
    }

    fn entries(&self, business: BusinessIx, person: PersonIx) -> usize {
        self.0.get(&business).and_then(|(_, found)| found.get(&person)).copied().unwrap_or_default()
    }
}

fn draft(world: &World<'_>, asset: AssetIx, owner: BusinessIx, people: usize, needed: usize) -> Draft {
    let node = world.node(Node::Asset(asset));
    let owner_name = world.label(Node::Business(owner));
    let message = match people {
        0 => format!("nobody of {owner_name} can edit billing on {}", node.label),
        _ => format!("{people} of {needed} people of {owner_name} can edit billing on {}", node.label),
    };
    let place = world.graph.nodes().asset(asset).pos.map(|pos| world.place(pos));
    Draft::new(node, message)
        .business(world.business_key(owner))
        .at(place, "this account")
        .exposure(0, 1)
        .root(world.node(Node::Business(owner)))
        .fix(Fix {
            safety: Safety::Choice,
            text: format!("give somebody of {owner_name} FINANCE_MANAGER or FINANCE_EDIT on it"),
            edits: Vec::new(),
        })
}
