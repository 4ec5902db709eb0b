//! A worked-through checklist as a target: what it "does" is what the ticks say was done.

use std::collections::BTreeMap;

use super::{Tick, TickState};
use crate::connectors::{Capabilities, Connector, ConnectorError, Context, Outcome};
use crate::observed::ObservedState;
use crate::plan::Operation;

/// Answers for a person who has worked through a checklist.
///
/// `perform` does nothing: the writing happened in the console before. An operation without a tick has failed, so that what
/// depends on it is not counted as done either. `look` reads the state as it is now, usually a fresh snapshot: the ticks say
/// what was done, and looking says what is.
pub struct TickedChecklist<F> {
    ticks: BTreeMap<String, Tick>,
    look: F,
}

impl<F> TickedChecklist<F>
where
    F: FnMut() -> Result<ObservedState, ConnectorError>,
{
    /// The ticks of a checklist, and a way to look at the business.
    pub fn new(ticks: Vec<Tick>, look: F) -> Self {
        let by_id = |tick: Tick| (tick.operation.clone(), tick);
        TickedChecklist { ticks: ticks.into_iter().map(by_id).collect(), look }
    }

    fn outcome(&self, operation: &Operation) -> Outcome {
        let failed = |message: &str| Outcome::Failed { message: message.to_owned() };
        match self.ticks.get(&operation.id) {
            None => failed("not on the checklist"),
            Some(tick) => match &tick.state {
                TickState::Done => Outcome::Done { created: tick.created.clone() },
                TickState::NotDone => failed("not ticked"),
                TickState::Failed { note } => failed(note),
            },
        }
    }
}

impl<F> Connector for TickedChecklist<F>
where
    F: FnMut() -> Result<ObservedState, ConnectorError>,
{
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "checklist",
            // The console has no action that a plan could contain and a person could not try.
            can: |_| Ok(()),
            // One at a time, as it was done: no step's outcome hangs on another's.
            batch: |_| 1,
            repeats: 0,
        }
    }

    fn fetch(&mut self) -> Result<ObservedState, ConnectorError> {
        (self.look)()
    }

    fn perform(&mut self, batch: &[&Operation], _: &Context<'_>) -> Vec<Outcome> {
        batch.iter().map(|operation| self.outcome(operation)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::plan::file::VerifiedPlan;

    fn tick(number: usize, state: TickState) -> Tick {
        Tick { operation: format!("op-{number}"), state, created: None }
    }

    fn failed(message: &str) -> Outcome {
        Outcome::Failed { message: message.to_owned() }
    }

    #[test]
    fn the_ticks_are_the_outcomes() {
        let group = Tick { created: Some("42".to_owned()), ..tick(1, TickState::Done) };
        let note = TickState::Failed { note: "the button is grey".to_owned() };
        let ticks = vec![tick(4, note), group, tick(2, TickState::Done), tick(3, TickState::NotDone)];
        let look = || Err(ConnectorError::Read("no snapshot".to_owned()));
        let mut connector = TickedChecklist::new(ticks, look);
        let plan = VerifiedPlan::assumed(sample::plan());
        let created = BTreeMap::new();
        let batch: Vec<_> = plan.plan().businesses[0].operations.iter().take(5).collect();
        assert_eq!(
            connector.perform(&batch, &Context::of(&plan, &created)),
            [
                Outcome::Done { created: Some("42".to_owned()) },
                Outcome::Done { created: None },
                failed("not ticked"),
                failed("the button is grey"),
                failed("not on the checklist"),
            ]
        );
    }

    #[test]
    fn looking_is_left_to_the_caller_and_done_each_time() {
        let mut looks = 0;
        let mut connector = TickedChecklist::new(Vec::new(), || {
            looks += 1;
            Err(ConnectorError::Read("no snapshot".to_owned()))
        });
        for _ in 0..2 {
            let error = connector.fetch().map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), "no snapshot");
        }
        drop(connector);
        assert_eq!(looks, 2);
    }

    #[test]
    fn a_person_can_do_every_action_one_at_a_time() {
        let look = || Err(ConnectorError::Read(String::new()));
        let capabilities = TickedChecklist::new(Vec::new(), look).capabilities();
        for action in sample::actions() {
            assert_eq!((capabilities.can)(&action), Ok(()));
            assert_eq!((capabilities.batch)(&action), 1);
        }
    }
}
