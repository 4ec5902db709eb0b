//! What an action does to a state, in memory: the prediction of a plan, and what the snapshot-file connector writes.
//!
//! An action that does not fit the state (the grant is not there, the role is another one) changes nothing and is an error.
//! Ids that a platform would hand out are digits derived from what they are about, so that equal runs give equal bytes.

mod draft;
mod invites;
mod lookup;
mod merge;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::observed::ObservedState;

use super::Action;
use draft::Draft;

pub use lookup::asset_id;

/// Days after which an invite that accord predicts lapses. Pinterest has an expiry and does not publish its length.
pub const INVITE_DAYS: i64 = 30;

/// An action does not fit the state. Nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PredictError {
    /// What the action is about is not there.
    #[error("no {what} `{id}` in the business")]
    Missing {
        /// `member`, `partner`, `asset`, `invite`, ...
        what: &'static str,
        /// Its id or key.
        id: String,
    },
    /// What the action would create is there already.
    #[error("{0}")]
    Exists(String),
    /// The state has something else than the action starts from.
    #[error("{what} is {now} where the plan expects {expected}")]
    Moved {
        /// The fact, for people.
        what: String,
        /// The value in the state.
        now: String,
        /// The value the action starts from.
        expected: String,
    },
    /// A permission that the platform's table does not have, or none at all, can't be written.
    #[error("{0}")]
    Unwritable(String),
}

/// Changes `state` as the platform would, were it asked to carry out `action` at `as_of`.
///
/// The answer is the id of a created group or invite. A created group is also entered into `created` under its key (its name where
/// it has none), and a group without an id in a later action is looked up there. `captured_at` is left to the caller.
///
/// # Errors
/// Where the action does not fit the state; then nothing is changed.
pub fn perform(
    state: &mut ObservedState,
    action: &Action,
    created: &mut BTreeMap<String, String>,
    as_of: Timestamp,
) -> Result<Option<String>, PredictError> {
    let mut draft = Draft::of(state);
    let outcome = draft.perform(action, created, as_of);
    draft.finish();
    outcome
}

/// Performs several actions in their order, each as [`perform`] would, and sorts the state once at the end: a thousand actions on a
/// million grants cost one pass, not a thousand. One outcome for each action.
pub fn perform_all<'a>(
    state: &mut ObservedState,
    actions: impl IntoIterator<Item = &'a Action>,
    created: &mut BTreeMap<String, String>,
    as_of: Timestamp,
) -> Vec<Result<Option<String>, PredictError>> {
    let mut draft = Draft::of(state);
    let outcomes = actions.into_iter().map(|action| draft.perform(action, created, as_of)).collect();
    draft.finish();
    outcomes
}

#[cfg(test)]
mod tests;
