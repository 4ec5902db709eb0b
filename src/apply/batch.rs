//! Which operations go into one call: consecutive ones of one kind, as many as the connector takes, none with what it depends on.

use crate::connectors::Capabilities;
use crate::plan::{Operation, kind};

/// A call that is being put together.
#[derive(Default)]
pub(super) struct Open<'p> {
    operations: Vec<(usize, &'p Operation)>,
}

impl<'p> Open<'p> {
    /// Whether an operation can join. An empty call takes any.
    pub(super) fn takes(&self, operation: &Operation, capabilities: &Capabilities) -> bool {
        let Some((_, first)) = self.operations.first() else {
            return true;
        };
        let room = (capabilities.batch)(&operation.action).min((capabilities.batch)(&first.action));
        kind(&first.action) == kind(&operation.action) && self.operations.len() < room
    }

    /// Whether one of these operations is in it.
    pub(super) fn has_any(&self, ids: &[String]) -> bool {
        self.operations.iter().any(|(_, operation)| ids.contains(&operation.id))
    }

    pub(super) fn push(&mut self, place: usize, operation: &'p Operation) {
        self.operations.push((place, operation));
    }

    /// The call as it is; the next one is empty.
    pub(super) fn take(&mut self) -> Vec<(usize, &'p Operation)> {
        std::mem::take(&mut self.operations)
    }
}
