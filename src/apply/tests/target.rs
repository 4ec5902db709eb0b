//! A target and a journal in memory: they fail, lie, change behind one's back and die when told to.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;

use crate::apply::{Applied, ApplyError, Journal, Past, Runner, Setting, Site, Tape, run};
use crate::connectors::{Capabilities, Connector, ConnectorError, Context, Outcome};
use crate::model::Principal;
use crate::observed::ObservedState;
use crate::plan::file::VerifiedPlan;
use crate::plan::predict;
use crate::plan::{Action, Operation};

use super::world;

/// What happens to one operation, by its id.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing goes wrong.
    Fine,
    /// The target refuses it.
    Refuse,
    /// The target says that it is done, and it is not.
    SaysDone,
    /// Nobody knows, and it took effect.
    UncertainDone,
    /// Nobody knows, and it did not.
    UncertainNot,
    /// The first time nobody knows, and it did not take effect; the second time all is well.
    UncertainOnce,
    /// The target takes nothing any more.
    NotNow,
    /// The answer has no place for a refusal; it took effect.
    UnsaidDone,
    /// The answer has no place for a refusal; it did not take effect.
    UnsaidNot,
    /// The invitation was sent, and the process dies before its grants are attached.
    DieBegun,
    /// The first time the invitation is sent, and nobody knows about its grants; they are not attached.
    BegunOnce,
    /// The invitation is sent, and its grants are refused.
    Half,
    /// The answer leaves it out, though it took effect.
    LeftOut,
    /// The process dies before the call.
    DieBefore,
    /// The process dies after the call took effect and before its answer.
    DieAfter,
}

/// Somebody else's hand.
pub type Edit = fn(&mut ObservedState);

pub struct Target {
    pub state: ObservedState,
    pub faults: BTreeMap<String, Fault>,
    /// Ids of operations before whose call somebody else edits the state.
    pub edits: BTreeMap<String, Edit>,
    pub batch: fn(&Action) -> usize,
    pub can: fn(&Action) -> Result<(), &'static str>,
    pub repeats: u32,
    /// Whether reading fails from the n-th time on.
    pub unreadable_from: Option<usize>,
    pub fetches: usize,
    /// Ids of the operations of every call.
    pub calls: Vec<Vec<String>>,
    /// Sets the stop signal during the n-th call.
    pub stop_in_call: Option<(usize, usize)>,
    pub stop: std::sync::Arc<AtomicUsize>,
}

impl Target {
    pub fn new(state: ObservedState) -> Self {
        Target {
            state,
            faults: BTreeMap::new(),
            edits: BTreeMap::new(),
            batch: |_| 3,
            can: |_| Ok(()),
            repeats: 0,
            unreadable_from: None,
            fetches: 0,
            calls: Vec::new(),
            stop_in_call: None,
            stop: std::sync::Arc::default(),
        }
    }

    pub fn with(mut self, operation: &str, fault: Fault) -> Self {
        self.faults.insert(operation.to_owned(), fault);
        self
    }

    /// Sends an invitation without its grants.
    fn send_alone(&mut self, operation: &Operation, context: &Context<'_>) -> String {
        let Action::InviteMember { person, role, .. } = &operation.action else { panic!("no invitation") };
        let alone = Action::InviteMember { person: person.clone(), role: role.clone(), grants: Vec::new() };
        let mut created = context.created().clone();
        predict::perform(&mut self.state, &alone, &mut created, context.as_of()).unwrap().unwrap()
    }

    fn one(&mut self, operation: &Operation, context: &Context<'_>) -> Option<Outcome> {
        if let Some(edit) = self.edits.get(&operation.id) {
            edit(&mut self.state);
        }
        let fault = self.faults.get(&operation.id).cloned();
        match fault {
            Some(Fault::Refuse) => {
                let message = "the platform says no".to_owned();
                return Some(Outcome::Failed { message });
            }
            Some(Fault::SaysDone) => return Some(Outcome::Done { created: None }),
            Some(Fault::DieBefore) => die(),
            Some(Fault::UncertainNot) => return Some(uncertain()),
            Some(Fault::UnsaidNot) => return Some(unsaid()),
            Some(Fault::NotNow) => return Some(Outcome::NotNow { message: "too many calls".to_owned() }),
            Some(Fault::UncertainOnce) => {
                self.faults.remove(&operation.id);
                return Some(uncertain());
            }
            Some(Fault::Half) => {
                let created = self.send_alone(operation, context);
                return Some(Outcome::Half { created, message: "the platform says no".to_owned() });
            }
            Some(Fault::DieBegun) => {
                self.send_alone(operation, context);
                die();
            }
            Some(Fault::BegunOnce) => {
                self.faults.remove(&operation.id);
                self.send_alone(operation, context);
                return Some(uncertain());
            }
            _ => {}
        }
        let mut created = context.created().clone();
        let action = match context.sent(&operation.id) {
            Some(invite) => attach(invite, &operation.action),
            None => operation.action.clone(),
        };
        let done = predict::perform(&mut self.state, &action, &mut created, context.as_of());
        match fault {
            Some(Fault::UnsaidDone) => Some(unsaid()),
            Some(Fault::DieAfter) => die(),
            Some(Fault::UncertainDone) => Some(uncertain()),
            Some(Fault::LeftOut) => None,
            _ => Some(match done {
                Ok(created) => Outcome::Done { created },
                Err(error) => Outcome::Failed { message: error.to_string() },
            }),
        }
    }
}

/// What is left to do for an invitation that was sent.
fn attach(invite: &str, action: &Action) -> Action {
    let Action::InviteMember { person, grants, .. } = action else { panic!("only invitations are sent in part") };
    let invitee = Principal::Person(person.clone());
    Action::AttachGrants { invite: invite.to_owned(), invitee, before: Vec::new(), after: grants.clone() }
}

fn unsaid() -> Outcome {
    Outcome::Unsaid { message: "the answer does not say".to_owned() }
}

fn uncertain() -> Outcome {
    Outcome::Uncertain { message: "the connection was cut".to_owned() }
}

impl Connector for Target {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "memory", can: self.can, batch: self.batch, repeats: self.repeats }
    }

    fn fetch(&mut self) -> Result<ObservedState, ConnectorError> {
        self.fetches += 1;
        if self.unreadable_from.is_some_and(|from| self.fetches >= from) {
            return Err(ConnectorError::Read("no answer".to_owned()));
        }
        Ok(self.state.clone())
    }

    fn perform(&mut self, batch: &[&Operation], context: &Context<'_>) -> Vec<Outcome> {
        self.calls.push(batch.iter().map(|operation| operation.id.clone()).collect());
        if let Some((call, signal)) = self.stop_in_call
            && self.calls.len() == call
        {
            self.stop.store(signal, std::sync::atomic::Ordering::Relaxed);
        }
        let mut outcomes = Vec::new();
        for operation in batch {
            match self.one(operation, context) {
                Some(outcome) => outcomes.push(outcome),
                None => break, // an answer cut short says nothing about the rest either
            }
        }
        outcomes
    }
}

/// The process dies.
struct Death;

fn die() -> ! {
    panic_any(Death)
}

/// Bytes in memory; the process dies when a number of them is exceeded, with the last record cut there.
#[derive(Default)]
pub struct Memory {
    pub bytes: Vec<u8>,
    /// How many of them survive a power cut.
    pub synced: usize,
    pub dies_at: Option<usize>,
    pub full: bool,
}

impl Memory {
    pub fn of(bytes: Vec<u8>) -> Self {
        Memory { synced: bytes.len(), bytes, ..Memory::default() }
    }
}

impl Tape for Memory {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.full {
            return Err(io::Error::other("no space left on device"));
        }
        if let Some(limit) = self.dies_at
            && self.bytes.len() + bytes.len() > limit
        {
            let room = limit.saturating_sub(self.bytes.len()).min(bytes.len());
            self.bytes.extend_from_slice(&bytes[..room]);
            die();
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.synced = self.bytes.len();
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

/// Runs a plan on a target, going on with the journal as it is.
pub fn apply(plan: &VerifiedPlan, target: &mut Target, tape: &mut Memory) -> Result<Applied, ApplyError> {
    let clock = || -> Timestamp { world::AS_OF.parse().unwrap() };
    let past = Past::read(&tape.bytes)?;
    let stop = target.stop.clone();
    let mut journal = Journal::resume(tape, past, &clock).unwrap();
    let mut sites = [Site { business: "acme".to_owned(), location: "here".to_owned(), connector: target }];
    let mut setting = Setting { by: Runner::default(), stop: &stop, progress: &mut |_| {} };
    run(plan, &mut sites, &mut journal, &mut setting)
}

/// The same, where the process may die; `None` = it did.
pub fn apply_or_die(
    plan: &VerifiedPlan,
    target: &mut Target,
    tape: &mut Memory,
) -> Option<Result<Applied, ApplyError>> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload().is::<Death>() {
            return;
        }
        hook(info);
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| apply(plan, target, tape)));
    drop(std::panic::take_hook());
    match outcome {
        Ok(outcome) => Some(outcome),
        Err(payload) if payload.is::<Death>() => None,
        Err(payload) => std::panic::resume_unwind(payload),
    }
}
