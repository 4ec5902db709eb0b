//! Carrying out operations: calls as few as the limits allow, answers taken at their word and no further.
//!
//! Nothing is assumed. What an answer does not say is left to be looked at, and a call that perhaps took effect is not made again
//! here unless twice is the same as once. A call that is refused as a whole because of one of its operations is made again in halves,
//! so that only that one is refused.

mod answer;
mod call;

use std::collections::VecDeque;

use crate::connectors::{Context, Outcome};
use crate::plan::{Abilities, Action, AttachedGrant, Operation, kind};

use super::request::{Answer, CallError, Request};
use call::{Created, Invited, invited};

/// What can be done over the API, and in how many calls.
pub const ABILITIES: Abilities = Abilities { can: call::can, batch: call::batch, follows: call::follows };

/// How calls are made: the client in the program, a script in tests.
pub(super) type Send<'s> = &'s dyn Fn(&Request) -> Result<Answer, CallError>;

/// Carries out some operations; one outcome for each, in their order.
pub(super) fn perform(business: &str, batch: &[&Operation], context: &Context<'_>, send: Send<'_>) -> Vec<Outcome> {
    let mut writer = Writer { business, created: context.created(), send, closed: None };
    let mut outcomes = Vec::with_capacity(batch.len());
    for (operations, room) in calls(batch) {
        for part in operations.chunks(room) {
            outcomes.extend(writer.carry_out(part, context));
        }
    }
    outcomes
}

/// Operations by kind, in their order, and how many of them fit into a call.
fn calls<'b, 'o>(batch: &'b [&'o Operation]) -> impl Iterator<Item = (&'b [&'o Operation], usize)> {
    batch.chunk_by(|a, b| kind(&a.action) == kind(&b.action)).map(|operations| {
        let room = operations.iter().map(|operation| call::batch(&operation.action)).min();
        (operations, room.unwrap_or(1).max(1))
    })
}

struct Writer<'a> {
    business: &'a str,
    created: &'a Created,
    send: Send<'a>,
    /// Why no further call makes sense.
    closed: Option<String>,
}

/// What came of one call.
enum Told {
    /// Answered.
    Answer(Answer),
    /// Refused as a whole. Whether it may be because of one of its operations.
    Refused(String, bool),
    /// Not as a whole decided: the same for every operation.
    All(Outcome),
}

impl Writer<'_> {
    fn carry_out(&mut self, operations: &[&Operation], context: &Context<'_>) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; operations.len()];
        let places: Vec<usize> = (0..operations.len()).collect();
        let asks = operations.first().is_some_and(|operation| invited(&operation.action).is_some());
        if asks {
            self.invite(operations, &places, context, &mut outcomes);
        } else {
            let actions: Vec<&Action> = operations.iter().map(|operation| &operation.action).collect();
            self.in_parts(&places, &mut outcomes, |writer, part| {
                let part: Vec<&Action> = part.iter().map(|&place| actions[place]).collect();
                match call::request(writer.business, &part, writer.created) {
                    Ok(request) => {
                        writer.tell(&request, |answer| answer::outcomes(&part, writer.created, &answer.body))
                    }
                    Err(error) => Err(Told::Refused(error.to_string(), true)),
                }
            });
        }
        let silent = || Outcome::Unsaid { message: "the answer leaves it out".to_owned() };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(silent)).collect()
    }

    /// Makes a call for all places, and for ever smaller halves of what is refused as a whole.
    fn in_parts(
        &mut self,
        places: &[usize],
        outcomes: &mut [Option<Outcome>],
        call: impl Fn(&mut Self, &[usize]) -> Result<Vec<Outcome>, Told>,
    ) {
        let mut open: VecDeque<&[usize]> = VecDeque::from([places]);
        while let Some(part) = open.pop_front() {
            match call(self, part) {
                Ok(told) => part.iter().zip(told).for_each(|(&place, outcome)| outcomes[place] = Some(outcome)),
                Err(Told::Refused(_, true)) if part.len() > 1 => {
                    let (first, second) = part.split_at(part.len() / 2);
                    open.push_front(second);
                    open.push_front(first);
                }
                Err(Told::Refused(message, _)) => {
                    part.iter().for_each(|&place| outcomes[place] = Some(Outcome::Failed { message: message.clone() }));
                }
                Err(Told::All(outcome)) => part.iter().for_each(|&place| outcomes[place] = Some(outcome.clone())),
                Err(Told::Answer(_)) => {}
            }
        }
    }

    /// Sends invites, then attaches what shall come with acceptance to those that have an id.
    fn invite(
        &mut self,
        operations: &[&Operation],
        places: &[usize],
        context: &Context<'_>,
        outcomes: &mut [Option<Outcome>],
    ) {
        let mut ids: Vec<Option<String>> =
            operations.iter().map(|operation| context.sent(&operation.id).map(str::to_owned)).collect();
        let unsent: Vec<usize> = places.iter().copied().filter(|&place| ids[place].is_none()).collect();
        if !unsent.is_empty() {
            self.in_parts(&unsent, outcomes, |writer, part| {
                let part: Vec<&Action> = part.iter().map(|&place| &operations[place].action).collect();
                match call::request(writer.business, &part, writer.created) {
                    Ok(request) => {
                        writer.tell(&request, |answer| answer::outcomes(&part, writer.created, &answer.body))
                    }
                    Err(error) => Err(Told::Refused(error.to_string(), true)),
                }
            });
        }
        for &place in &unsent {
            if let Some(Outcome::Done { created }) = &outcomes[place] {
                ids[place].clone_from(created);
            }
        }
        let grants = |place: usize| invited(&operations[place].action).map(|invited| invited.grants);
        let bare = |place: &usize| ids[*place].is_some() && grants(*place).is_some_and(|grants| !grants.is_empty());
        let waiting: Vec<usize> = places.iter().copied().filter(bare).collect();
        if waiting.is_empty() {
            return;
        }
        let mut attached: Vec<Option<Outcome>> = vec![None; operations.len()];
        self.in_parts(&waiting, &mut attached, |writer, part| writer.attach(operations, &ids, part));
        for place in waiting {
            let told = attached[place].take();
            outcomes[place] = Some(with_grants(ids[place].clone(), told));
        }
    }

    fn attach(
        &mut self,
        operations: &[&Operation],
        ids: &[Option<String>],
        part: &[usize],
    ) -> Result<Vec<Outcome>, Told> {
        let invites: Vec<(&str, &'static str, &[AttachedGrant])> = part
            .iter()
            .filter_map(|&place| {
                let Invited { kind, grants, .. } = invited(&operations[place].action)?;
                Some((ids[place].as_deref()?, kind, grants))
            })
            .collect();
        match call::attach(self.business, invites.iter().copied(), self.created) {
            Ok(request) => self
                .tell(&request, |answer| invites.iter().map(|(id, ..)| answer::of_invite(id, &answer.body)).collect()),
            Err(error) => Err(Told::Refused(error.to_string(), true)),
        }
    }

    /// Makes a call and reads its answer.
    fn tell(&mut self, request: &Request, read: impl FnOnce(&Answer) -> Vec<Outcome>) -> Result<Vec<Outcome>, Told> {
        match self.ask(request) {
            Told::Answer(answer) => Ok(read(&answer)),
            other => Err(other),
        }
    }

    fn ask(&mut self, request: &Request) -> Told {
        if let Some(message) = &self.closed {
            return Told::All(Outcome::NotNow { message: message.clone() });
        }
        match (self.send)(request) {
            Ok(answer) => Told::Answer(answer),
            Err(error @ CallError::Refused { status: 401, .. }) => self.close(&error),
            Err(error @ (CallError::GaveUp { .. } | CallError::Unrenewed { .. })) => self.close(&error),
            Err(error @ CallError::Refused { status, .. }) => {
                Told::Refused(error.to_string(), matches!(status, 400 | 404 | 409 | 422))
            }
            Err(error @ CallError::Uncertain { .. }) => Told::All(Outcome::Uncertain { message: error.to_string() }),
        }
    }

    /// Nothing came of a call, and the next one would fare no better.
    fn close(&mut self, error: &CallError) -> Told {
        self.closed = Some(error.to_string());
        Told::All(Outcome::NotNow { message: error.to_string() })
    }
}

/// What came of an invite that was sent and then given its grants.
fn with_grants(invite: Option<String>, attached: Option<Outcome>) -> Outcome {
    let id = invite.clone().unwrap_or_default();
    match attached {
        Some(Outcome::Done { .. }) => Outcome::Done { created: invite },
        Some(Outcome::Failed { message }) => Outcome::Half {
            message: format!("invite `{id}` was sent, but its grants were refused: {message}"),
            created: id,
        },
        Some(Outcome::Uncertain { message } | Outcome::NotNow { message }) => {
            Outcome::Uncertain { message: format!("invite `{id}` was sent, its grants perhaps not: {message}") }
        }
        Some(Outcome::Unsaid { message }) => {
            Outcome::Unsaid { message: format!("invite `{id}` was sent; of its grants {message}") }
        }
        Some(half @ Outcome::Half { .. }) => half,
        None => Outcome::Unsaid { message: format!("invite `{id}` was sent; the answer leaves its grants out") },
    }
}

#[cfg(test)]
mod tests;
