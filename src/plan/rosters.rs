//! Partners' own people, as the partners report them: who is behind what a plan takes from a partner.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Direction, PartnerRef, Principal};
use crate::observed::ObservedState;

use super::{Action, Operation};

/// One of a partner's people, and the assets of ours that the partner reports them to reach.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerPerson {
    /// The platform's id of the partner.
    pub partner: String,
    /// Their address, else their user name.
    pub person: String,
    /// Ids of the assets, sorted.
    pub assets: Vec<String>,
}

/// The people of every inbound partner from whom an operation takes something.
pub(super) fn behind(observed: &ObservedState, operations: &[Operation]) -> Vec<PartnerPerson> {
    let partners: BTreeSet<&str> = operations.iter().filter_map(|operation| loser(&operation.action)).collect();
    let mut people: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in &observed.rosters {
        let partner = observed.text(row.partner);
        if let (true, Some(name)) = (partners.contains(partner), row.email.or(row.username)) {
            let assets = people.entry((partner, observed.text(name))).or_default();
            assets.extend(row.asset.map(|asset| observed.text(asset)));
        }
    }
    let people = people.into_iter().map(|((partner, person), assets)| PartnerPerson {
        partner: partner.to_owned(),
        person: person.to_owned(),
        assets: assets.into_iter().map(str::to_owned).collect(),
    });
    people.collect()
}

fn loser(action: &Action) -> Option<&str> {
    let inbound = |partner: &PartnerRef| partner.direction == Direction::Inbound;
    match action {
        Action::RemovePartner { partner, .. } => Some(partner).filter(|partner| inbound(partner)),
        Action::SetGrant { principal: Principal::Partner(partner), .. }
        | Action::RemoveGrant { principal: Principal::Partner(partner), .. } => Some(partner).filter(|it| inbound(it)),
        _ => None,
    }
    .map(|partner| partner.id.as_str())
}
