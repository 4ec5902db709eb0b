//! One call of an operation: what it may see and change, and what it leaves in the log.

use std::collections::{BTreeMap, BTreeSet};

use accord::platforms::pinterest::PLATFORM;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::choices::{Choices, Impossible};
use super::contract::Operation;
use super::faults::{Fate, Fired};
use super::http::Answer;
use super::log::{Effect, Log};
use super::world::{Asset, Attached, Holder, World};

/// A call that passed the front: the token is good and the request as described.
pub struct Call<'s> {
    pub operation: &'static Operation,
    pub parameters: BTreeMap<String, Value>,
    pub body: Value,
    pub world: &'s mut World,
    pub choices: &'s Choices,
    pub who: &'s Who,
    pub hierarchy: &'s str,
    pub now: Timestamp,
    pub fired: &'s Fired,
    pub log: &'s mut Log,
}

/// Whose token it is.
#[derive(Clone, Debug)]
pub struct Who {
    /// Id, address or user name; or the id of a business for which this person answers.
    pub name: String,
    /// Their membership in the business.
    pub member: Option<String>,
    pub role: Option<String>,
    pub system: bool,
}

/// An answer that says no.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub code: i64,
    pub message: String,
}

/// The body of the answer; `Null` is none.
pub type Done = Result<Value, Refusal>;

impl Refusal {
    pub fn new(status: u16, code: i64, message: impl Into<String>) -> Self {
        Refusal { status, code, message: message.into() }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Refusal::new(400, 1, message)
    }

    pub fn forbidden(choices: &Choices) -> Self {
        Refusal::new(choices.forbidden_status, 29, "You are not permitted to access that resource.")
    }

    pub fn answer(&self) -> Answer {
        let mut body = json!({ "code": self.code, "message": self.message });
        if self.status == 401 {
            body["status"] = json!("failure");
        }
        Answer::new(self.status, Some(body))
    }
}

impl Call<'_> {
    pub fn text(&self, parameter: &str) -> String {
        self.parameters.get(parameter).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub fn given(&self, parameter: &str) -> Option<&str> {
        self.parameters.get(parameter).and_then(Value::as_str)
    }

    pub fn flag(&self, parameter: &str) -> bool {
        self.parameters.get(parameter).and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn number(&self, parameter: &str) -> usize {
        let number = self.parameters.get(parameter).and_then(Value::as_u64).unwrap_or_default();
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// The words of a repeated key; `None` where there is none.
    pub fn words(&self, parameter: &str) -> Option<BTreeSet<String>> {
        self.parameters.get(parameter).map(words)
    }

    /// The items of a bulk body.
    pub fn items(&self, key: &str) -> Vec<Value> {
        self.body[key].as_array().cloned().unwrap_or_default()
    }

    /// Whether whoever calls administers the business.
    pub fn manages(&self) -> bool {
        self.who.role.as_deref().and_then(|role| PLATFORM.role(role)).is_some_and(|role| role.admin)
    }

    /// Writes down what a write did to one thing.
    pub fn effect(&mut self, key: String, before: Option<String>, after: Option<String>) {
        let operation = self.operation.id.clone();
        self.log.effects.push(Effect { request: self.log.number, operation, key, before, after });
    }

    /// Sets or takes away a grant; what was there before.
    pub fn set_grant(&mut self, holder: &Holder, asset: &str, permissions: BTreeSet<String>) -> BTreeSet<String> {
        let key = (holder.clone(), asset.to_owned());
        let old = self.world.grants.remove(&key).unwrap_or_default();
        let label = format!("grant of {} on {asset}", holder.label());
        self.effect(label, spelled(&old), spelled(&permissions));
        if !permissions.is_empty() {
            self.world.grants.insert(key, permissions);
        }
        old
    }

    /// Whether these permissions can be given on an asset.
    pub fn check_fit(&self, asset: &Asset, permissions: &BTreeSet<String>) -> Result<(), Refusal> {
        let Some(kind) = PLATFORM.asset_type(&asset.kind).filter(|_| self.choices.unfit_permissions_refused) else {
            return Ok(());
        };
        let unfit =
            permissions.iter().find(|word| PLATFORM.permission_bit(word).is_none_or(|bit| kind.permissions & bit == 0));
        match unfit {
            Some(word) => {
                let message =
                    format!("Permission {word} is not applicable to an asset of type {}: {}", asset.kind, asset.id);
                Err(Refusal::invalid(message))
            }
            None => Ok(()),
        }
    }

    /// The permissions an answer or invite brings, by asset.
    pub fn attached(&self, map: &Value) -> Vec<Attached> {
        let pairs = map.as_object().into_iter().flatten();
        pairs.map(|(asset, permissions)| Attached { asset: asset.clone(), permissions: words(permissions) }).collect()
    }

    /// Does a bulk write whose answer is a list of what was done: no place for a failure.
    pub fn each(
        &mut self,
        items: &[Value],
        check: impl Fn(&Self, &Value) -> Result<(), Refusal>,
        perform: impl Fn(&mut Self, &Value) -> Value,
    ) -> Result<Vec<Value>, Refusal> {
        if self.choices.impossible_item == Impossible::Whole {
            items.iter().try_for_each(|item| check(self, item))?;
        }
        let mut told = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let fate = self.fired.fate(index);
            let checked = check(self, item);
            let answer = (fate.done() && checked.is_ok()).then(|| perform(self, item));
            match (fate, answer) {
                (Fate::Done | Fate::Both, Some(answer)) => told.push(answer),
                (Fate::Exception, _) => told.push(json!({ "exception": exception(500, "Something went wrong.") })),
                (Fate::Empty, _) => told.push(json!({})),
                _ => {}
            }
        }
        Ok(told)
    }

    /// Does a bulk write whose answer has an `invite` or an `exception` for each item.
    pub fn each_invite(
        &mut self,
        items: &[Value],
        refuse: impl Fn(&Value, &Refusal) -> Value,
        perform: impl Fn(&mut Self, &Value) -> Result<Value, Refusal>,
    ) -> Value {
        let mut told = Vec::new();
        let scripted = Refusal::new(500, 500, "Something went wrong.");
        for (index, item) in items.iter().enumerate() {
            let fate = self.fired.fate(index);
            let answer = if fate.done() { perform(self, item) } else { Err(scripted.clone()) };
            let (invite, exception) = match (&answer, fate) {
                (_, Fate::Missing | Fate::Untold) => continue,
                (_, Fate::Empty) => (Value::Null, Value::Null),
                (Ok(invite), Fate::Both) => (invite.clone(), refuse(item, &scripted)),
                (Ok(invite), _) => (invite.clone(), Value::Null),
                (Err(refusal), _) => (Value::Null, refuse(item, refusal)),
            };
            told.push(json!({ "invite": invite, "exception": exception }));
        }
        json!({ "items": told })
    }
}

pub fn exception(code: i64, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

pub fn words(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub fn string(item: &Value, key: &str) -> String {
    item[key].as_str().unwrap_or_default().to_owned()
}

/// For the log; nothing is `None`.
pub fn spelled(permissions: &BTreeSet<String>) -> Option<String> {
    (!permissions.is_empty()).then(|| permissions.iter().cloned().collect::<Vec<_>>().join(";"))
}
