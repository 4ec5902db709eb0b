//! What of an export can be written in an access repository, and a count of what can't.

use crate::observed::ObservedState;

use super::Left;
use super::assets::{Asset, Assets};
use super::partners::{Partner, partners};
use super::people::{People, people};
use super::rights::Survey;

/// Everything that can be written.
pub(super) struct View<'a> {
    /// The export.
    pub state: &'a ObservedState,
    /// Assets of every type.
    pub assets: Assets<'a>,
    /// People and service accounts.
    pub people: People<'a>,
    /// Partners by key.
    pub partners: Vec<Partner<'a>>,
    /// What is left as it is.
    pub left: Left,
}

impl<'a> View<'a> {
    /// Looks at an export.
    pub fn of(state: &'a ObservedState) -> Self {
        let mut left = Left { grants_of_nobody: state.dangling_grants.len(), ..Left::default() };
        let assets = Assets::of(state, &mut left);
        let mut survey = Survey::new(state, &assets, left);
        let people = people(&mut survey);
        let partners = partners(&mut survey);
        View { left: survey.left, state, assets, people, partners }
    }

    /// The key of the partner that owns an asset, where it is one.
    pub fn owner_key(&self, asset: &Asset<'_>) -> Option<&str> {
        let owner = asset.owner?;
        let ours = self.partners.iter().filter(|partner| partner.id == owner);
        // Who lets us in comes first: that is how the asset came to us.
        let best = ours.max_by_key(|partner| partner.direction);
        best.map(|partner| partner.key.as_str())
    }
}
