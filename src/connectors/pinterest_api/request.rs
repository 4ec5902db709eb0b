//! A call as plain data, and what can come of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One call. Paths are below the base address and hold nothing but words of ours and ids.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where, with a `/` in front (`/businesses/1/members`).
    pub path: String,
    /// Parameters in their order, not yet encoded; a list repeats its key.
    pub query: Vec<(String, String)>,
    /// What is sent along.
    pub body: Option<Value>,
    /// Whether it may be sent again when nobody knows what came of it.
    pub repeat: Repeat,
}

/// The methods the interface has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something new.
    Post,
    /// Changes.
    Patch,
    /// Takes away.
    Delete,
}

/// What may be done after an attempt that perhaps took effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// Doing it twice is doing it once: the client sends it again.
    Safe,
    /// Doing it twice is wrong: the client says [`CallError::Uncertain`], and the caller looks before it sends again.
    LookFirst,
}

/// A call that went well.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// 200 to 299.
    pub status: u16,
    /// The body; null where there is none.
    pub body: Value,
    /// The platform's name for this call, for its support.
    pub request_id: Option<String>,
}

/// A call that did not go well. The texts are the platform's or the network's, without tokens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CallError {
    /// The platform said no; nothing changed.
    #[error("{call}: {status}{}{}{}", coded(*.code), said(.message), numbered(.request_id.as_deref()))]
    Refused {
        /// Method and path.
        call: String,
        /// The HTTP status, which decides.
        status: u16,
        /// The platform's number, which only tells people something.
        code: Option<i64>,
        /// In the platform's words.
        message: String,
        /// The platform's name for the call.
        request_id: Option<String>,
    },
    /// It may have taken effect: look before doing it again. Never for a call that only reads.
    #[error("{call}: {message}{}; it may have taken effect", numbered(.request_id.as_deref()))]
    Uncertain {
        /// Method and path.
        call: String,
        /// What happened.
        message: String,
        /// The platform's name for the last attempt that was answered.
        request_id: Option<String>,
    },
    /// The call was not taken because the token is over, and no new one was given: no other call would fare better.
    #[error("the access token is over, and it could not be renewed: {why}")]
    Unrenewed {
        /// What came of the renewal.
        why: String,
    },
    /// It did not take effect, and trying longer makes no sense.
    #[error("{call}: {message} ({}){}", tries(*.attempts), numbered(.request_id.as_deref()))]
    GaveUp {
        /// Method and path.
        call: String,
        /// What happened last.
        message: String,
        /// How often it was sent.
        attempts: u32,
        /// The platform's name for the last attempt that was answered.
        request_id: Option<String>,
    },
}

impl Request {
    /// A call that reads.
    pub fn get(path: impl Into<String>) -> Self {
        Request { method: Method::Get, path: path.into(), query: Vec::new(), body: None, repeat: Repeat::Safe }
    }

    /// A call that changes something.
    pub fn write(method: Method, path: impl Into<String>, body: Value, repeat: Repeat) -> Self {
        Request { method, path: path.into(), query: Vec::new(), body: Some(body), repeat }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.query.push((key.to_owned(), value.to_string()));
        self
    }

    /// Method and path, for people.
    pub fn name(&self) -> String {
        format!("{} {}", self.method.word(), self.path)
    }

    /// Whether it can change anything.
    pub fn writes(&self) -> bool {
        self.method != Method::Get
    }
}

impl Method {
    /// As HTTP writes it.
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl CallError {
    /// The status of a refusal; a token that is over is one, whatever its renewal came to.
    pub fn status(&self) -> Option<u16> {
        match self {
            CallError::Refused { status, .. } => Some(*status),
            CallError::Unrenewed { .. } => Some(401),
            CallError::Uncertain { .. } | CallError::GaveUp { .. } => None,
        }
    }
}

fn coded(code: Option<i64>) -> String {
    code.map(|code| format!(" (code {code})")).unwrap_or_default()
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

fn numbered(id: Option<&str>) -> String {
    id.map(|id| format!(" [request {id}]")).unwrap_or_default()
}

fn tries(attempts: u32) -> String {
    match attempts {
        0 => "not sent".to_owned(),
        1 => "1 attempt".to_owned(),
        more => format!("{more} attempts"),
    }
}
