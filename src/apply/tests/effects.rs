use std::collections::BTreeSet;

use proptest::prelude::*;

use super::world;
use crate::apply::effect::{self, Created};
use crate::apply::history::History;
use crate::model::FactKey;
use crate::observed::{Lookup, ObservedState};
use crate::plan::predict;

/// Every fact that operations of the plan rest on, and all there are to ask about in the world.
fn keys(state: &ObservedState, plan: &crate::plan::Plan) -> BTreeSet<FactKey> {
    let mut keys: BTreeSet<FactKey> = plan.businesses[0]
        .operations
        .iter()
        .flat_map(|operation| operation.rests_on.iter().map(|fact| fact.key.clone()))
        .collect();
    let assets: Vec<String> = state.assets.iter().map(|row| state.text(row.id).to_owned()).collect();
    keys.extend(assets.iter().map(|id| FactKey::Asset { id: id.clone() }));
    for row in &state.members {
        let id = state.text(row.id).to_owned();
        keys.extend(state.names_of(row).into_iter().map(|name| FactKey::Address { address: name.into_owned() }));
        keys.extend(assets.iter().map(|asset| FactKey::MemberGrant { member: id.clone(), asset: asset.clone() }));
        keys.insert(FactKey::Member { id });
    }
    for row in &state.partners {
        let id = state.text(row.id).to_owned();
        keys.extend(assets.iter().map(|asset| FactKey::PartnerGrant {
            partner: id.clone(),
            direction: row.direction,
            asset: asset.clone(),
        }));
        keys.insert(FactKey::Partner { id, direction: row.direction });
    }
    for row in &state.invites {
        keys.insert(FactKey::Invite { id: state.text(row.id).to_owned() });
        keys.insert(FactKey::PendingFor { invitee: state.text(row.invitee).to_lowercase() });
    }
    for group in &assets {
        keys.extend(assets.iter().map(|asset| FactKey::Content { group: group.clone(), asset: asset.clone() }));
    }
    keys.extend(
        state
            .assets
            .iter()
            .filter_map(|row| row.name)
            .map(|name| FactKey::GroupNamed { name: state.text(name).to_owned() }),
    );
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What `after` says of a fact is what the state says when the action was performed, for every fact there is; an effect holds
    /// after its action and not before it; and history adds up to the same.
    #[test]
    fn effects_agree_with_the_prediction(steps in world::any_steps()) {
        let start = world::acme();
        let plan = world::unsealed(&start, &steps);
        let operations = &plan.businesses[0].operations;
        let mut state = start.clone();
        let mut created = Created::new();
        let mut history = History::default();
        for (place, operation) in operations.iter().enumerate() {
            let action = &operation.action;
            prop_assert_eq!(effect::held(action, &Lookup::new(&state), &created), None, "before {:?}", action);
            let before = state.clone();
            let id = predict::perform(&mut state, action, &mut created, plan.as_of).unwrap();
            let held = effect::held(action, &Lookup::new(&state), &created);
            prop_assert_eq!(held.map(|held| held.created), Some(id.clone()), "after {:?}", action);
            history.add(place, action, id.as_deref(), &created);
            let mut all = keys(&before, &plan);
            all.extend(keys(&state, &plan));
            for key in all {
                let now = state.fact(&key);
                let after = effect::after(action, id.as_deref(), &created, &key, before.fact(&key));
                prop_assert_eq!(&after, &now, "{:?} after {:?}", key, action);
                let expected = history.expected(&key, start.fact(&key), operations, &created);
                prop_assert_eq!(&expected, &now, "{:?} by history after {:?}", key, action);
            }
        }
    }
}
