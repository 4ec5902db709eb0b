//! `accord reach`: how far a partner reaches.

use std::collections::BTreeSet;

use super::questions::{Asked, Asking, Summary, sort};
use super::{Failure, Report, Session};
use crate::graph::{AssetIx, BusinessIx, BusinessRef, EdgeIx, EdgeKind, Hop, Node};
use crate::reports::access::{Answer, OnAsset, Reach as ReachAnswer, Reaching};

/// Arguments of `accord reach`.
#[derive(clap::Args)]
#[command(after_help = "\
What a partner was given, who of its people uses it, who could take all of it, and who would keep something without the partner.

Examples:
  accord reach nova
  accord reach 500955295959238888 access --format json")]
pub struct Reach {
    /// A partner, by key, id or name
    #[arg(value_name = "PARTNER")]
    partner: String,
    #[command(flatten)]
    asking: Asking,
}

impl Reach {
    /// Asks, and shows the answer.
    pub fn run(self, session: &Session) -> Result<Report<Summary>, Failure> {
        let asked = self.asking.read(session)?;
        let business = asked.business(&self.partner)?;
        let answer = answer(&asked, business);
        let found = answer.assets.len();
        self.asking.show(&asked, Answer::Reach(answer), found, session)
    }
}

fn answer(asked: &Asked, business: BusinessIx) -> ReachAnswer {
    let (graph, nodes) = (asked.graph(), asked.nodes());
    let hosts = asked.hosts(business);
    let mut given = graph.reach_of_business(business);
    given.retain(|access| {
        nodes.asset(access.asset).owner.is_none_or(|owner| hosts.is_empty() || hosts.contains(&owner))
    });
    let assets: BTreeSet<AssetIx> = given.iter().map(|access| access.asset).collect();
    let shares: Vec<EdgeIx> = graph.shares_to(business).collect();
    let without = graph.without(shares.iter().copied());
    let mut people = Vec::new();
    for person in graph.resting_on(shares) {
        let kept: Vec<AssetIx> = without.access_of(person).iter().map(|access| access.asset).collect();
        let by_partner = |asset: AssetIx| graph.paths(person, asset).iter().any(|path| passes(&path.hops, business));
        let through = graph.access_of(person).into_iter().map(|access| access.asset);
        let through: Vec<AssetIx> = through.filter(|asset| assets.contains(asset) && by_partner(*asset)).collect();
        if !through.is_empty() {
            let also_without = through.iter().filter(|asset| kept.contains(asset)).map(|&asset| nodes.asset_ref(asset));
            let also_without = also_without.collect();
            people.push(Reaching { person: nodes.person_ref(person), assets: through.len() as u64, also_without });
        }
    }
    people.sort_by_key(|one| one.person.label());
    let mut rows: Vec<OnAsset> = given.iter().map(|access| asked.on_asset(access.asset, access.permissions)).collect();
    sort(&mut rows);
    ReachAnswer {
        partner: nodes.business_ref(business),
        of: hosts.iter().map(|&host| nodes.business_ref(host)).collect(),
        assets: rows,
        people,
        managers: graph.managers(business).map(|manager| nodes.person_ref(manager.person)).collect(),
        passes_on: passes_on(asked, business, &assets),
        people_unknown: !given.is_empty() && graph.members_of(business).next().is_none(),
    }
}

fn passes(hops: &[Hop], business: BusinessIx) -> bool {
    hops.iter().any(|hop| hop.from == Node::Business(business))
}

/// Who was given by the partner what it was given.
fn passes_on(asked: &Asked, business: BusinessIx, assets: &BTreeSet<AssetIx>) -> Vec<BusinessRef> {
    let graph = asked.graph();
    let mut receivers = BTreeSet::new();
    for edge in assets.iter().flat_map(|&asset| graph.grants_on(asset)).map(|edge| graph.edge(edge)) {
        if let (EdgeKind::Share, Node::Business(receiver), Some(giver)) = (edge.kind, edge.from, edge.within)
            && giver == business
        {
            receivers.insert(receiver);
        }
    }
    receivers.into_iter().map(|receiver| asked.nodes().business_ref(receiver)).collect()
}
