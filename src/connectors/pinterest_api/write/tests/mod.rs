//! Calls and outcomes, with the platform's answers from a script.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::super::request::{Method, Repeat};
use super::*;
use crate::model::{AssetRef, Digest, Direction, PartnerRef, PersonRef, Principal};
use crate::plan::file::VerifiedPlan;
use crate::plan::{Cause, Executor, Origin, Plan, Undo};

mod answers;
mod calls;

const BUSINESS: &str = "600";

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn person(id: &str) -> PersonRef {
    PersonRef { id: Some(id.to_owned()), email: Some(format!("p{id}@acme.example")), ..PersonRef::default() }
}

fn member(id: &str) -> Principal {
    Principal::Person(person(id))
}

fn nova(direction: Direction) -> PartnerRef {
    PartnerRef { key: Some("nova".to_owned()), id: "500".to_owned(), name: None, direction }
}

fn partner(id: &str, direction: Direction) -> Principal {
    Principal::Partner(PartnerRef { id: id.to_owned(), ..nova(direction) })
}

fn account(id: &str) -> AssetRef {
    AssetRef { key: None, id: Some(id.to_owned()), name: None, kind: "AD_ACCOUNT".to_owned() }
}

fn group(id: Option<&str>) -> AssetRef {
    AssetRef {
        key: Some("emea".to_owned()),
        id: id.map(str::to_owned),
        name: Some("EMEA".to_owned()),
        kind: "ASSET_GROUP".to_owned(),
    }
}

fn attached(asset: &str, list: &[&str]) -> AttachedGrant {
    AttachedGrant { asset: account(asset), permissions: words(list) }
}

fn set(principal: Principal, asset: &str, after: &[&str]) -> Action {
    Action::SetGrant { principal, asset: account(asset), before: Vec::new(), after: words(after) }
}

fn take(principal: Principal, asset: &str) -> Action {
    Action::RemoveGrant { principal, asset: account(asset), before: words(&["ANALYST"]) }
}

fn invite(name: &str, grants: Vec<AttachedGrant>) -> Action {
    let person = PersonRef { email: Some(format!("{name}@acme.example")), ..PersonRef::default() };
    Action::InviteMember { person, role: "EMPLOYEE".to_owned(), grants }
}

fn operation(number: usize, action: &Action) -> Operation {
    Operation {
        id: format!("op-{number}"),
        action: action.clone(),
        cause: Cause::Unwritten { nearest: None },
        risk: Vec::new(),
        after: Vec::new(),
        rests_on: Vec::new(),
        precondition: Digest::of(b""),
        undo: Undo::Reversible,
        by: Executor::Connector,
        origin: Origin::Unknown,
    }
}

fn plan() -> VerifiedPlan {
    VerifiedPlan::assumed(Plan {
        format: "accord-plan".to_owned(),
        format_version: 1,
        digest: Digest::of(b""),
        as_of: "2026-11-22T10:00:00Z".parse().unwrap(),
        desired: Digest::of(b""),
        only: Vec::new(),
        rules: crate::rules::Judgement::default(),
        businesses: Vec::new(),
        overrides: Vec::new(),
        approvals: crate::plan::Approvals::default(),
    })
}

/// What was sent, and what is answered in order.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Result<Value, CallError>>>,
    sent: RefCell<Vec<Request>>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Result<Value, CallError>>) -> Self {
        Script { answers: RefCell::new(answers.into_iter().collect()), ..Script::default() }
    }

    fn send(&self, request: &Request) -> Result<Answer, CallError> {
        self.sent.borrow_mut().push(request.clone());
        let body = self.answers.borrow_mut().pop_front().expect("an answer")?;
        Ok(Answer { status: 200, body, request_id: None })
    }

    fn perform(&self, actions: &[Action]) -> Vec<Outcome> {
        self.go_on(actions, &[])
    }

    /// Where some invites were sent before.
    fn go_on(&self, actions: &[Action], begun: &[(&str, &str)]) -> Vec<Outcome> {
        let operations: Vec<Operation> = actions.iter().enumerate().map(|(n, action)| operation(n, action)).collect();
        let (plan, created) = (plan(), BTreeMap::from([("emea".to_owned(), "808".to_owned())]));
        let context = Context::of(&plan, &created).begun(begun.iter().copied());
        let batch: Vec<&Operation> = operations.iter().collect();
        perform(BUSINESS, &batch, &context, &|request| self.send(request))
    }

    fn bodies(&self) -> Vec<Value> {
        self.sent.borrow().iter().map(|request| request.body.clone().unwrap_or_default()).collect()
    }
}

fn refused(status: u16) -> CallError {
    let (call, message) = ("PATCH /x".to_owned(), "no".to_owned());
    CallError::Refused { call, status, code: Some(1), message, request_id: None }
}

fn uncertain() -> CallError {
    CallError::Uncertain { call: "POST /x".to_owned(), message: "cut".to_owned(), request_id: None }
}

fn done() -> Outcome {
    Outcome::Done { created: None }
}

fn created(id: &str) -> Outcome {
    Outcome::Done { created: Some(id.to_owned()) }
}

fn failed(message: &str) -> Outcome {
    Outcome::Failed { message: message.to_owned() }
}

fn unsaid(message: &str) -> Outcome {
    Outcome::Unsaid { message: message.to_owned() }
}

const LEFT_OUT: &str = "the answer leaves it out";
const LISTED: &str = "the answer lists it, and has no place for a refusal";
