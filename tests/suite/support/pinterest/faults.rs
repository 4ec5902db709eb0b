//! What can go wrong, by script: rules that say on which requests, how often, and what.
//!
//! Whether a rule with a share fires is a function of the seed, the request's own bytes and how often exactly this request was sent
//! before. So the order in which parallel requests arrive changes nothing.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::events::Event;
use super::http::Request;

/// A fault and when it happens. Of those that end a request the first that fires counts; the others add up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub on: On,
    #[serde(default)]
    pub when: When,
    pub fault: Fault,
}

/// Which requests. What is absent matches everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct On {
    /// Operation ids of the description; also `oauth/token`.
    pub operations: Vec<String>,
    /// Only writes, or only reads.
    pub writes: Option<bool>,
    /// Text in the request's target (path and query).
    pub target: Option<String>,
}

/// How often, among the requests that match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    #[default]
    Always,
    /// The first so many.
    First(u64),
    /// This one, from 1.
    Nth(u64),
    /// Every so many, from the first on.
    Every(u64),
    /// So many in a thousand, by chance.
    Share(u64),
}

/// What goes wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Fault {
    /// The answer takes longer.
    Latency { milliseconds: u64 },
    /// 429, before anything is done.
    TooMany {
        /// Seconds; no header where absent.
        #[serde(default)]
        retry_after: Option<u64>,
        /// Whether the message speaks of spam, which is another reason than a rate.
        #[serde(default)]
        spam: bool,
    },
    /// A status of 5xx.
    ServerError {
        #[serde(default = "internal")]
        status: u16,
        /// Whether the write takes effect first.
        #[serde(default)]
        after_write: bool,
        /// Whether the body is a page for people instead of JSON.
        #[serde(default)]
        page: bool,
    },
    /// The connection ends.
    Cut {
        /// Whether the write takes effect first.
        #[serde(default)]
        after_write: bool,
        /// So many bytes of the answer are still sent; then there was one, and the write took effect.
        #[serde(default)]
        bytes: usize,
    },
    /// Any refusal.
    Refuse { status: u16, code: i64, message: String },
    /// The access token lapses now: 401 code 2 until it is refreshed.
    ExpireToken,
    /// Some items of a bulk write fail.
    Partial {
        /// Indexes of items, from 0; with `share` in addition to it.
        #[serde(default)]
        items: Vec<usize>,
        /// So many in a thousand of the items, by chance.
        #[serde(default)]
        share: u64,
        how: Fate,
    },
    /// Somebody else changes something just before the request is carried out, or just after.
    Meanwhile {
        events: Vec<Event>,
        #[serde(default)]
        after: bool,
    },
    /// Keys that nobody knows, in every object of the answer.
    ExtraKeys,
    /// Optional keys that are absent stand as null.
    Nulls,
    /// A value in every object of the answer that has the key: replaced, or added where the old one is a list.
    Rewrite { key: String, value: Value },
    /// A key is missing in every object of the answer.
    Drop { key: String },
    /// A page lacks the item at this place, without a word.
    Lose { index: usize },
    /// A page has the item at this place twice.
    Repeat { index: usize },
    /// The last page's bookmark is omitted, whatever the choice is.
    OmitBookmark,
    /// The bookmark is the one that was sent: a list without end.
    RepeatBookmark,
    /// 200 becomes 201.
    Created,
    /// The answer is no JSON.
    Garbage,
}

fn internal() -> u16 {
    500
}

/// What becomes of one item of a bulk write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is done and told.
    #[default]
    Done,
    /// It is not done, and told as the operation's answer has room for it: an exception, or by missing.
    Refused,
    /// It is not done, and an exception tells it also where the description has only prose for it.
    Exception,
    /// It is not done, and nothing tells it but its absence.
    Missing,
    /// It is not done, and an item without content stands in its place.
    Empty,
    /// It is done, and missing in the answer.
    Untold,
    /// It is done, and told by an invite and an exception at once; elsewhere like `Done`.
    Both,
}

impl Fate {
    pub fn done(self) -> bool {
        matches!(self, Fate::Done | Fate::Untold | Fate::Both)
    }
}

/// What happens to one request.
#[derive(Debug, Default)]
pub struct Fired {
    pub latency: u64,
    /// The first that ends the request.
    pub end: Option<Fault>,
    pub partial: Vec<(Vec<usize>, u64, Fate, u64)>,
    pub before: Vec<Event>,
    pub after: Vec<Event>,
    /// Changes of the answer, in the order of the rules.
    pub changes: Vec<Fault>,
    pub expire_token: bool,
}

impl Fired {
    /// What becomes of item `index`.
    pub fn fate(&self, index: usize) -> Fate {
        let hit = self
            .partial
            .iter()
            .find(|(items, share, _, dice)| items.contains(&index) || chance(*dice, &[&index.to_string()]) < *share);
        hit.map_or(Fate::Done, |(_, _, fate, _)| *fate)
    }

    /// Whether the answer may break the description: it is meant to.
    pub fn breaks_contract(&self) -> bool {
        !self.changes.is_empty() || matches!(self.end, Some(Fault::ServerError { page: true, .. }))
    }
}

/// The rules and what they have seen.
#[derive(Debug, Default)]
pub struct Script {
    rules: Vec<(Rule, u64)>,
    seed: u64,
    seen: HashMap<u64, u64>,
    /// How often each kind of fault happened.
    pub happened: BTreeMap<&'static str, u64>,
}

impl Script {
    pub fn new(rules: Vec<Rule>, seed: u64) -> Self {
        let mut script = Script { seed, ..Script::default() };
        rules.into_iter().for_each(|rule| script.add(rule));
        script
    }

    pub fn add(&mut self, rule: Rule) {
        self.rules.push((rule, 0));
    }

    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// What happens to a request.
    pub fn fire(&mut self, operation: &str, writes: bool, request: &Request) -> Fired {
        let mut fired = Fired::default();
        let print = number(self.seed, &[&request.method, &request.target, &String::from_utf8_lossy(&request.body)]);
        let sent = self.seen.entry(print).or_default();
        *sent += 1;
        let sent = *sent;
        for (index, (rule, matched)) in self.rules.iter_mut().enumerate() {
            if !rule.on.matches(operation, writes, request) {
                continue;
            }
            *matched += 1;
            let dice = number(print, &[&index.to_string(), &sent.to_string()]);
            if !rule.when.fires(*matched, dice) || (fired.end.is_some() && rule.fault.ends()) {
                continue;
            }
            *self.happened.entry(rule.fault.name()).or_default() += 1;
            fired.take(rule.fault.clone(), dice);
        }
        fired
    }
}

impl Fired {
    fn take(&mut self, fault: Fault, dice: u64) {
        match fault {
            Fault::Latency { milliseconds } => self.latency += milliseconds,
            Fault::Partial { items, share, how } => self.partial.push((items, share, how, dice)),
            Fault::Meanwhile { events, after: false } => self.before.extend(events),
            Fault::Meanwhile { events, after: true } => self.after.extend(events),
            Fault::ExpireToken => self.expire_token = true,
            fault if fault.ends() => self.end = Some(fault),
            fault => self.changes.push(fault),
        }
    }
}

impl Fault {
    fn ends(&self) -> bool {
        matches!(self, Fault::TooMany { .. } | Fault::ServerError { .. } | Fault::Cut { .. } | Fault::Refuse { .. })
    }

    /// As the log counts it.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Latency { .. } => "latency",
            Fault::TooMany { .. } => "too-many",
            Fault::ServerError { after_write: false, .. } => "server-error before the write",
            Fault::ServerError { after_write: true, .. } => "server-error after the write",
            Fault::Cut { after_write: false, .. } => "cut before the write",
            Fault::Cut { after_write: true, .. } => "cut after the write",
            Fault::Refuse { .. } => "refuse",
            Fault::ExpireToken => "expire-token",
            Fault::Partial { .. } => "partial",
            Fault::Meanwhile { .. } => "meanwhile",
            Fault::ExtraKeys => "extra-keys",
            Fault::Nulls => "nulls",
            Fault::Rewrite { .. } => "rewrite",
            Fault::Drop { .. } => "drop",
            Fault::Lose { .. } => "lose",
            Fault::Repeat { .. } => "repeat",
            Fault::OmitBookmark => "omit-bookmark",
            Fault::RepeatBookmark => "repeat-bookmark",
            Fault::Created => "created",
            Fault::Garbage => "garbage",
        }
    }
}

impl On {
    fn matches(&self, operation: &str, writes: bool, request: &Request) -> bool {
        (self.operations.is_empty() || self.operations.iter().any(|id| id == operation))
            && self.writes.is_none_or(|wanted| wanted == writes)
            && self.target.as_ref().is_none_or(|text| request.target.contains(text.as_str()))
    }
}

impl When {
    fn fires(self, matched: u64, dice: u64) -> bool {
        match self {
            When::Always => true,
            When::First(count) => matched <= count,
            When::Nth(index) => matched == index,
            When::Every(step) => step > 0 && (matched - 1).is_multiple_of(step),
            When::Share(share) => dice % 1000 < share,
        }
    }
}

impl Rule {
    pub fn new(fault: Fault) -> Self {
        Rule { on: On::default(), when: When::Always, fault }
    }

    pub fn on(mut self, operation: &str) -> Self {
        self.on.operations.push(operation.to_owned());
        self
    }

    pub fn writes(mut self, writes: bool) -> Self {
        self.on.writes = Some(writes);
        self
    }

    pub fn target(mut self, text: &str) -> Self {
        self.on.target = Some(text.to_owned());
        self
    }

    pub fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// One in ten 429, one in twenty 500, one in twenty cut; half of the two last after the write took effect.
    pub fn storm() -> Vec<Rule> {
        let error = |after_write| Fault::ServerError { status: 500, after_write, page: false };
        let cut = |after_write| Fault::Cut { after_write, bytes: 0 };
        [
            (Fault::TooMany { retry_after: None, spam: false }, 50),
            (Fault::TooMany { retry_after: Some(0), spam: false }, 50),
            (error(false), 25),
            (error(true), 25),
            (cut(false), 25),
            (cut(true), 25),
        ]
        .into_iter()
        .map(|(fault, share)| Rule::new(fault).when(When::Share(share)))
        .collect()
    }
}

/// A number of a thousand.
fn chance(seed: u64, parts: &[&str]) -> u64 {
    number(seed, parts) % 1000
}

fn number(seed: u64, parts: &[&str]) -> u64 {
    let mut digest = Sha256::new();
    digest.update(seed.to_le_bytes());
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part.as_bytes());
    }
    let bytes = digest.finalize();
    u64::from_le_bytes(bytes[..8].try_into().expect("a digest has 32 bytes"))
}
