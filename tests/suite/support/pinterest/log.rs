//! What happened: calls, writes and breaches of the contract.

use std::collections::BTreeMap;

use serde::Serialize;

/// Everything that happened since the start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Log {
    /// Number of the request that is being served.
    pub number: u64,
    /// Requests by operation, whatever came of them.
    pub calls: BTreeMap<String, u64>,
    /// In the order of their arrival.
    pub requests: Vec<Sent>,
    /// What writes did to single things, in their order.
    pub effects: Vec<Effect>,
    /// What in requests and answers is not as the description says.
    pub violations: Vec<String>,
    /// The same where a fault was scripted to break it.
    pub scripted_violations: Vec<String>,
}

/// A request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    pub number: u64,
    pub operation: String,
    pub method: String,
    pub target: String,
    pub body: String,
    /// 0 where the connection was cut.
    pub status: u16,
}

/// What a write did to one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Number of the request.
    pub request: u64,
    pub operation: String,
    /// What it is about: `grant of member 11 on 71`.
    pub key: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Effect {
    /// Whether anything is different after it.
    pub fn changes(&self) -> bool {
        self.before != self.after
    }
}

impl Log {
    /// The same change of the same thing, made more than once.
    pub fn done_twice(&self) -> Vec<String> {
        let mut counts: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        for effect in self.effects.iter().filter(|effect| effect.changes()) {
            *counts.entry((&effect.key, effect.after.as_deref())).or_default() += 1;
        }
        let twice = counts.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|((key, after), count)| format!("{key} -> {} ({count} times)", after.unwrap_or("nothing"))).collect()
    }

    /// Writes that changed something.
    pub fn changes(&self) -> usize {
        self.effects.iter().filter(|effect| effect.changes()).count()
    }
}
