//! How far one business's part of a plan has come: what the journal says, and what looking at the target adds.

use std::collections::BTreeMap;

use crate::connectors::Capabilities;
use crate::model::FactKey;
use crate::observed::Lookup;
use crate::plan::{BusinessPlan, Executor, Operation};

use super::effect::{self, Created, Held, group_key};
use super::history::History;
use super::journal::JournalError;
use super::record::{Event, Found, Moved, Record, Told};
use super::report::Fate;

/// One business on its way.
pub(super) struct Course<'p> {
    pub(super) plan: &'p BusinessPlan,
    pub(super) steps: Vec<Step>,
    /// Ids of groups by key, as far as they are known.
    pub(super) created: Created,
    /// The journal has it that everything done was seen afterwards.
    seen: bool,
    places: BTreeMap<&'p str, usize>,
}

/// One operation on its way.
#[derive(Default)]
pub(super) struct Step {
    /// What came of it; `None` = still to be done or looked at.
    pub(super) fate: Option<Fate>,
    /// A call was made, or may have been, and nobody knows what came of it; why.
    pub(super) unsure: Option<String>,
    /// The answer has no place for a refusal, so what is not there was refused.
    pub(super) unsaid: bool,
    /// The invite that an earlier call sent, where only its grants are missing.
    pub(super) begun: Option<String>,
    /// This run made the call.
    pub(super) this_run: bool,
    /// How often this run made it.
    pub(super) calls: u32,
    /// The journal has it that it is skipped or for a person. That is decided anew by every run.
    pub(super) noted: Option<Fate>,
}

impl<'p> Course<'p> {
    pub(super) fn new(plan: &'p BusinessPlan) -> Self {
        let places = plan.operations.iter().enumerate();
        Course {
            plan,
            steps: plan.operations.iter().map(|_| Step::default()).collect(),
            created: Created::new(),
            seen: false,
            places: places.map(|(place, operation)| (operation.id.as_str(), place)).collect(),
        }
    }

    /// Takes in what an earlier run wrote about this business.
    pub(super) fn replay(&mut self, record: &Record) -> Result<(), JournalError> {
        if record.event.business() != Some(&self.plan.business.key) {
            return Ok(());
        }
        match &record.event {
            Event::Intent { .. } => self.seen = false,
            Event::Verified { unseen, .. } => self.seen = unseen.is_empty(),
            _ => {}
        }
        let mut places = Vec::new();
        for operation in record.event.operations() {
            places.push(self.step(operation, record)?);
        }
        for place in places {
            self.take_in(place, &record.event);
        }
        Ok(())
    }

    fn take_in(&mut self, place: usize, event: &Event) {
        match event {
            Event::Intent { .. } => {
                self.unsure(place, "the run ended before its outcome was known", false);
            }
            Event::Outcome { outcome, .. } => self.told(place, outcome),
            Event::Looked { found: Found::Done { created }, .. } => self.done(place, created.clone()),
            Event::Looked { found: Found::NotDone, .. } => self.steps[place].unsure = None,
            Event::Looked { found: Found::Begun { created }, .. } => self.begun(place, created.clone()),
            Event::AlreadySo { created, .. } => {
                self.learn(place, created.as_deref());
                self.steps[place].fate = Some(Fate::AlreadySo { created: created.clone() });
            }
            Event::Stale { moved, .. } => self.steps[place].fate = Some(Fate::Stale { moved: moved.clone() }),
            Event::Skipped { after, .. } => {
                self.steps[place].noted = Some(Fate::Skipped { after: after.clone() });
            }
            Event::Person { why, .. } => self.steps[place].noted = Some(Fate::Person { why: why.clone() }),
            Event::Looked { found: Found::Unclear { .. }, .. }
            | Event::Begin { .. }
            | Event::Resume { .. }
            | Event::Stopped { .. }
            | Event::Verified { .. }
            | Event::End { .. } => {}
        }
    }

    fn step(&self, operation: &str, record: &Record) -> Result<usize, JournalError> {
        self.places.get(operation).copied().ok_or_else(|| JournalError::Broken {
            line: record.seq,
            why: format!("names operation `{operation}`, which the plan does not have"),
        })
    }

    /// Takes in what the target said about an operation.
    pub(super) fn told(&mut self, place: usize, outcome: &Told) {
        match outcome {
            Told::Done { created } => self.done(place, created.clone()),
            Told::Failed { message, created } => {
                self.steps[place].unsure = None;
                self.steps[place].fate = Some(Fate::Failed { message: message.clone(), created: created.clone() });
            }
            Told::Uncertain { message } => self.unsure(place, message, false),
            Told::Unsaid { message } => self.unsure(place, message, true),
            Told::NotNow { .. } => self.steps[place].unsure = None,
        }
    }

    fn unsure(&mut self, place: usize, message: &str, unsaid: bool) {
        self.steps[place].unsure = Some(message.to_owned());
        self.steps[place].unsaid = unsaid;
    }

    fn begun(&mut self, place: usize, invite: String) {
        self.steps[place].unsure = None;
        self.steps[place].begun = Some(invite);
    }

    fn done(&mut self, place: usize, created: Option<String>) {
        self.learn(place, created.as_deref());
        self.steps[place].unsure = None;
        self.steps[place].fate = Some(Fate::Done { created });
    }

    /// Remembers the id of a created group under its key.
    fn learn(&mut self, place: usize, id: Option<&str>) {
        let action = &self.plan.operations[place].action;
        if let (crate::plan::Action::CreateGroup { group, .. }, Some(id)) = (action, id)
            && let Some(key) = group_key(group)
        {
            self.created.insert(key.to_owned(), id.to_owned());
        }
    }

    /// Operations that are done, as far as is known.
    pub(super) fn history(&self) -> History {
        let mut history = History::default();
        for place in 0..self.steps.len() {
            self.enter(&mut history, place);
        }
        history
    }

    fn enter(&self, history: &mut History, place: usize) {
        if let Some(Fate::Done { created } | Fate::AlreadySo { created }) = &self.steps[place].fate {
            let action = &self.plan.operations[place].action;
            history.add(place, action, created.as_deref(), &self.created);
        }
    }

    /// Looks at a state that was read: what is there already, what moved, what is for a person. The events to be noted.
    ///
    /// Done by hand comes before moved, and both come before any call, so that what one operation expects takes into account what is
    /// there of the others.
    pub(super) fn look(&mut self, lookup: &Lookup<'_>, capabilities: &Capabilities) -> Vec<Event> {
        let mut events = self.look_for_unsure(lookup);
        self.look_for_hand_made(lookup, &mut events);
        let history = self.history();
        for place in 0..self.steps.len() {
            if self.steps[place].fate.is_some() {
                continue;
            }
            if self.steps[place].begun.is_some() {
                self.steps[place].begun = self.begun_in(place, lookup);
            }
            if self.steps[place].unsure.is_some() {
                self.judge_unsure(place, (&history, lookup), &mut events);
            } else if let moved = self.moved(place, &history, lookup)
                && !moved.is_empty()
                && self.steps[place].begun.is_none()
            {
                events.push(Event::Stale { business: self.key(), operation: self.id(place), moved: moved.clone() });
                self.steps[place].fate = Some(Fate::Stale { moved });
            }
            if self.steps[place].fate.is_none() {
                self.look_for_person(place, capabilities, &mut events);
            }
        }
        events
    }

    /// Looks whether calls of unknown outcome took effect.
    pub(super) fn look_for_unsure(&mut self, lookup: &Lookup<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        let history = self.history();
        for place in 0..self.steps.len() {
            if self.steps[place].fate.is_some() || self.steps[place].unsure.is_none() {
                continue;
            }
            if let Some(held) = self.held(place, &history, lookup) {
                self.done(place, held.created.clone());
                events.push(Event::Looked {
                    business: self.key(),
                    operation: self.id(place),
                    found: Found::Done { created: held.created },
                });
            }
        }
        events
    }

    /// An operation was done by hand where its effect holds although a fact it rests on moved. Where none moved, an earlier operation
    /// of the plan has yet to make room for it.
    fn look_for_hand_made(&mut self, lookup: &Lookup<'_>, events: &mut Vec<Event>) {
        let mut history = self.history();
        for place in 0..self.steps.len() {
            if self.steps[place].fate.is_some() || self.steps[place].unsure.is_some() {
                continue;
            }
            let Some(held) = self.held(place, &history, lookup) else {
                continue;
            };
            if !self.names_new_group(place) && self.moved(place, &history, lookup).is_empty() {
                continue;
            }
            self.learn(place, held.created.as_deref());
            events.push(Event::AlreadySo {
                business: self.key(),
                operation: self.id(place),
                created: held.created.clone(),
            });
            self.steps[place].fate = Some(Fate::AlreadySo { created: held.created });
            self.enter(&mut history, place);
        }
    }

    /// Whether it is about a group that the plan creates: no fact about that group could be written into the plan.
    fn names_new_group(&self, place: usize) -> bool {
        use crate::plan::Action;
        match &self.operation(place).action {
            Action::AddToGroup { group, .. } => group.id.is_none(),
            Action::SetGrant { asset, .. } => asset.id.is_none(),
            _ => false,
        }
    }

    /// Looks in the middle of a run: what is there is done, what is not is asked for again as often as the connector allows, and of
    /// what moved otherwise nobody knows.
    pub(super) fn look_again(&mut self, lookup: &Lookup<'_>, repeats: u32) -> Vec<Event> {
        let mut events = self.look_for_unsure(lookup);
        let history = self.history();
        for place in 0..self.steps.len() {
            let step = &self.steps[place];
            if step.fate.is_some() || step.unsure.is_none() {
                continue;
            }
            let again = step.calls <= repeats;
            if self.may_be_sent(place, lookup) {
                self.judge_unsure(place, (&history, lookup), &mut events);
            } else if step.unsaid && !(again && self.begun_in(place, lookup).is_some()) {
                let accepted = !self.came(place, &history, lookup).is_empty();
                let begun = self.begun_in(place, lookup);
                events.push(self.refuse_unsaid(place, accepted, begun));
            } else if again {
                self.judge_unsure(place, (&history, lookup), &mut events);
            }
        }
        events
    }

    /// The answer left it out, and it is not there.
    fn refuse_unsaid(&mut self, place: usize, accepted: bool, created: Option<String>) -> Event {
        let message = self.steps[place].unsure.take().unwrap_or_default();
        let seen = if accepted { "the invite was accepted meanwhile" } else { "it is not there" };
        let outcome = Told::Failed { message: format!("{message}, and {seen}"), created };
        self.told(place, &outcome);
        Event::Outcome { business: self.key(), operation: self.id(place), outcome }
    }

    fn judge_unsure(&mut self, place: usize, now: (&History, &Lookup<'_>), events: &mut Vec<Event>) {
        let moved = self.moved(place, now.0, now.1);
        let found = if let Some(created) = self.begun_in(place, now.1) {
            self.begun(place, created.clone());
            Found::Begun { created }
        } else if moved.is_empty() && !self.may_be_sent(place, now.1) {
            self.steps[place].unsure = None;
            Found::NotDone
        } else {
            let mut message = self.steps[place].unsure.take().unwrap_or_default();
            if moved.is_empty() {
                message.push_str("; an invite waits that does not show whom it is for, and it may be this one");
            }
            self.steps[place].fate = Some(Fate::Uncertain { message });
            Found::Unclear { moved }
        };
        events.push(Event::Looked { business: self.key(), operation: self.id(place), found });
    }

    fn begun_in(&self, place: usize, lookup: &Lookup<'_>) -> Option<String> {
        let known = self.steps[place].begun.as_deref();
        effect::begun(&self.operation(place).action, known, lookup, &self.created)
    }

    /// Whether an invite that does not show whom it is for may be the one of this operation. Then it is neither sent again nor called
    /// refused.
    fn may_be_sent(&self, place: usize, lookup: &Lookup<'_>) -> bool {
        let ids = self.steps.iter().filter_map(|step| match &step.fate {
            Some(Fate::Done { created } | Fate::AlreadySo { created } | Fate::Failed { created, .. }) => {
                created.as_deref()
            }
            _ => step.begun.as_deref(),
        });
        effect::may_be_sent(&self.operation(place).action, lookup, self.plan.observed.captured_at, &ids.collect())
    }

    fn look_for_person(&mut self, place: usize, capabilities: &Capabilities, events: &mut Vec<Event>) {
        let operation = self.operation(place);
        let why = match &operation.by {
            Executor::Person { why } => why.clone(),
            Executor::Connector => match (capabilities.can)(&operation.action) {
                Ok(()) => return,
                Err(why) => why.to_owned(),
            },
        };
        events.extend(self.set_aside(place, Fate::Person { why }));
    }

    /// Whether the effect of an operation is there. An invite that is gone was cancelled, or it was accepted: then what it brings has
    /// come, and nothing was cancelled.
    pub(super) fn held(&self, place: usize, history: &History, lookup: &Lookup<'_>) -> Option<Held> {
        let action = &self.operation(place).action;
        if let Some(Fate::Done { created: Some(id) } | Fate::AlreadySo { created: Some(id) }) = &self.steps[place].fate
            && effect::waits(action, id, lookup.state(), &self.created)
        {
            return Some(Held { created: Some(id.clone()) });
        }
        let held = effect::held(action, lookup, &self.created)?;
        self.came(place, history, lookup).is_empty().then_some(held)
    }

    /// What has come since the plan of an invite that the operation should have cancelled, and that is gone.
    fn came(&self, place: usize, history: &History, lookup: &Lookup<'_>) -> Vec<FactKey> {
        let Operation { action, rests_on, .. } = self.operation(place);
        let planned = |key: &FactKey| rests_on.iter().find(|fact| fact.key == *key).and_then(|fact| fact.value.clone());
        let mut keys = effect::brought_by_cancelled(action, lookup.state());
        // Who is invited anew by the same plan may have accepted that.
        if effect::pending_names(action).iter().any(|key| history.touches_after(key, place)) {
            keys.clear();
        }
        keys.retain(|key| {
            let now = lookup.fact(key);
            now.is_some() && now != history.expected(key, planned(key), &self.plan.operations, &self.created)
        });
        keys
    }

    /// The facts an operation rests on that are neither as planned nor as the operations done have made them.
    pub(super) fn moved(&self, place: usize, history: &History, lookup: &Lookup<'_>) -> Vec<Moved> {
        let operations = &self.plan.operations;
        let differing = operations[place].rests_on.iter().filter_map(|fact| {
            let expected = history.expected(&fact.key, fact.value.clone(), operations, &self.created);
            let now = lookup.fact(&fact.key);
            (now != expected).then(|| Moved { fact: fact.key.clone(), expected, now })
        });
        differing.collect()
    }

    /// What an operation without a fate can do now.
    pub(super) fn readiness(&self, place: usize) -> Readiness {
        for id in &self.operation(place).after {
            let Some(&other) = self.places.get(id.as_str()) else {
                return Readiness::Blocked(Fate::Skipped { after: id.clone() });
            };
            match &self.steps[other].fate {
                Some(fate) if fate.is_done() => {}
                Some(Fate::Person { .. } | Fate::Waiting { .. }) => {
                    return Readiness::Blocked(Fate::Waiting { after: id.clone() });
                }
                Some(_) => return Readiness::Blocked(Fate::Skipped { after: id.clone() }),
                None => return Readiness::Later,
            }
        }
        Readiness::Now
    }

    /// Sets an operation aside; the event to be noted, where the journal does not have it yet.
    pub(super) fn set_aside(&mut self, place: usize, fate: Fate) -> Option<Event> {
        let (business, operation) = (self.key(), self.id(place));
        let event = match fate.clone() {
            Fate::Skipped { after } => Some(Event::Skipped { business, operation, after }),
            Fate::Person { why } => Some(Event::Person { business, operation, why }),
            _ => None,
        };
        let step = &mut self.steps[place];
        step.fate = Some(fate);
        event.filter(|_| step.noted != step.fate)
    }

    /// Gives every call of unknown outcome up: nobody knows.
    pub(super) fn give_up_unsure(&mut self) {
        for step in &mut self.steps {
            if step.fate.is_none()
                && let Some(message) = step.unsure.take()
            {
                step.fate = Some(Fate::Uncertain { message });
            }
        }
    }

    /// What came of an operation so far.
    pub(super) fn fate(&self, place: usize) -> Fate {
        let step = &self.steps[place];
        let unsure = step.unsure.as_ref();
        step.fate
            .clone()
            .or_else(|| unsure.map(|message| Fate::Uncertain { message: message.clone() }))
            .or_else(|| step.noted.clone())
            .unwrap_or(Fate::NotReached)
    }

    /// Whether another run may have something to do: what a person left, what waits for it, what nobody knows, what was not seen.
    pub(super) fn is_open(&self) -> bool {
        let skipped = |step: &Step| matches!(step.noted, Some(Fate::Skipped { .. }));
        let open = |step: &Step| step.fate.is_none() && (step.unsure.is_some() || !skipped(step));
        !self.seen || self.steps.iter().any(open)
    }

    pub(super) fn operation(&self, place: usize) -> &'p Operation {
        &self.plan.operations[place]
    }

    pub(super) fn key(&self) -> String {
        self.plan.business.key.clone()
    }

    pub(super) fn id(&self, place: usize) -> String {
        self.plan.operations[place].id.clone()
    }
}

/// Whether an operation can be done now.
pub(super) enum Readiness {
    /// Everything it depends on is done.
    Now,
    /// Something it depends on is not decided yet.
    Later,
    /// It can't be done in this run.
    Blocked(Fate),
}
