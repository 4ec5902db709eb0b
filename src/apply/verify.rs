//! Applied means seen: the state that is read after the last step, against what was done.

use std::collections::BTreeMap;

use crate::model::FactKey;
use crate::observed::Lookup;

use super::course::Course;
use super::effect;
use super::history::History;
use super::record::Moved;
use super::report::{Fate, Verification};

/// Compares a state with the effects of the operations done, and the facts around them with what they should be by now.
pub(super) fn verify(course: &Course<'_>, lookup: &Lookup<'_>) -> Verification {
    let history = course.history();
    let mut differences = BTreeMap::new();
    let mut unseen = Vec::new();
    for place in 0..course.steps.len() {
        if !course.steps[place].fate.as_ref().is_some_and(Fate::is_done) {
            continue;
        }
        let held = course.held(place, &history, lookup).is_some();
        if !held && !superseded(course, place, &history, lookup) {
            unseen.push(course.id(place));
        }
        let moved = course.moved(place, &history, lookup).into_iter();
        differences.extend(
            moved.filter(|moved| !(held && moves_with_an_answer(&moved.fact))).map(|moved| (moved.fact.clone(), moved)),
        );
    }
    Verification {
        seen: lookup.state().digest(),
        predicted: course.plan.predicted,
        unseen,
        differences: differences.into_values().collect::<Vec<Moved>>(),
    }
}

/// Whether a later operation of the plan changed the same fact, and it is as that one left it.
fn superseded(course: &Course<'_>, place: usize, history: &History, lookup: &Lookup<'_>) -> bool {
    let Some(key) = effect::subject(&course.operation(place).action, &course.created) else {
        return false;
    };
    let operations = &course.plan.operations;
    history.touches_after(&key, place) && history.expected(&key, None, operations, &course.created) == lookup.fact(&key)
}

/// An invitation that was answered has had its effect, and these facts say so in their own way.
fn moves_with_an_answer(key: &FactKey) -> bool {
    matches!(key, FactKey::PendingFor { .. } | FactKey::Address { .. })
}
