//! Calls that come through: paced, repeated where that is allowed, with a token that is good.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use ureq::http::StatusCode;

use super::auth::{Credentials, Fresh, Renewal, Tokens};
use super::clock::{Clock, MachineClock};
use super::pace::{Pace, asked, backoff};
use super::request::{Answer, CallError, Method, Repeat, Request};
use super::secret::Secret;
use super::transport::{Base, Call, Cut, Http, Payload, Reply, Transport};

/// Makes calls. Threads may share it.
pub struct Client {
    transport: Box<dyn Transport>,
    clock: Box<dyn Clock>,
    tokens: Tokens,
    /// Reads and writes are counted apart by the platform.
    reads: Mutex<Pace>,
    writes: Mutex<Pace>,
    budget: Budget,
    sent: AtomicU64,
    /// Whether the platform was ever reached.
    reached: AtomicBool,
    /// Not 0 once the run shall stop.
    stop: Option<Arc<AtomicUsize>>,
}

/// How long to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// How often one call is sent at most.
    pub attempts: u32,
    /// How long one call waits at most, all waits after a failure together.
    pub wait: Duration,
}

/// So many attempts until the platform was reached once.
const FIRST_CONTACT: u32 = 4;

/// A signal is heard within this time.
const SLICE: Duration = Duration::from_millis(50);

/// Why a call was not made, or not again.
const STOPPED: &str = "the run was stopped by a signal";

impl Default for Budget {
    fn default() -> Self {
        Budget { attempts: 10, wait: Duration::from_secs(300) }
    }
}

impl Client {
    /// Over the network; `parallel` threads will share it.
    pub fn over(base: Base, credentials: Credentials, parallel: usize) -> Self {
        let transport = Box::new(Http::new(base, parallel));
        Client::with(transport, Box::new(MachineClock::start()), credentials, Budget::default())
    }

    /// With a network and a clock of one's own.
    pub fn with(
        transport: Box<dyn Transport>,
        clock: Box<dyn Clock>,
        credentials: Credentials,
        budget: Budget,
    ) -> Self {
        let pace = || Mutex::new(Pace::new());
        let tokens = Tokens::new(credentials);
        Client {
            transport,
            clock,
            tokens,
            reads: pace(),
            writes: pace(),
            budget,
            sent: AtomicU64::new(0),
            reached: AtomicBool::new(false),
            stop: None,
        }
    }

    /// Ends every wait, and reads nothing more, once `stop` is not 0. What is being written is written to its end.
    #[must_use]
    pub fn stopped_by(self, stop: Arc<AtomicUsize>) -> Self {
        Client { stop: Some(stop), ..self }
    }

    /// Makes a call, as often as it takes and as its kind allows.
    ///
    /// # Errors
    /// Where it was refused, came to nothing within the budget, or nobody knows what came of it.
    pub fn send(&self, request: &Request) -> Result<Answer, CallError> {
        let body = request.body.as_ref().map(Value::to_string);
        let payload = || body.as_ref().map_or(Payload::None, |body| Payload::Json(body.as_bytes()));
        let mut renewed = false;
        loop {
            let bearer = self.tokens.bearer(self.clock.now(), |renewal| self.renew(renewal))?;
            let result = self.persist(request, &bearer.authorization, &payload);
            let refused = matches!(&result, Err(CallError::Refused { status: 401, .. }));
            if !refused || renewed {
                return result;
            }
            renewed = true;
            if !self.tokens.renew(bearer.generation, self.clock.now(), |renewal| self.renew(renewal))? {
                return result;
            }
        }
    }

    /// How many calls were sent so far, repeated ones included.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What the token may do, where the platform has said so: it does when a token is renewed.
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.tokens.scopes()
    }

    /// A text without any of our secrets.
    pub(super) fn blot(&self, text: &str) -> String {
        self.tokens.blot(text)
    }

    /// The time of day.
    pub fn wall(&self) -> jiff::Timestamp {
        self.clock.wall()
    }

    /// Whatever comes of a renewal that fails says nothing about the call it was needed for: that one was not made.
    fn renew(&self, renewal: &Renewal) -> Result<Fresh, CallError> {
        self.ask_for_token(renewal).map_err(|error| CallError::Unrenewed { why: error.to_string() })
    }

    fn ask_for_token(&self, renewal: &Renewal) -> Result<Fresh, CallError> {
        let request = Request {
            method: Method::Post,
            path: "/oauth/token".to_owned(),
            query: Vec::new(),
            body: None,
            repeat: Repeat::Safe,
        };
        let fields = [("grant_type", "refresh_token"), ("refresh_token", renewal.refresh.expose())];
        let answer = self.persist(&request, &renewal.authorization(), &|| Payload::Form(&fields))?;
        Fresh::of(&answer.body).ok_or_else(|| CallError::Refused {
            call: request.name(),
            status: answer.status,
            code: None,
            message: "the answer holds no access token".to_owned(),
            request_id: answer.request_id,
        })
    }

    fn persist<'p>(
        &self,
        request: &Request,
        authorization: &Secret,
        payload: &dyn Fn() -> Payload<'p>,
    ) -> Result<Answer, CallError> {
        let mut course = Course { request, attempts: 0, waited: Duration::ZERO, maybe_done: false, request_id: None };
        loop {
            self.admit(&mut course)?;
            course.attempts += 1;
            let (path, query) = (request.path.as_str(), request.query.as_slice());
            let call = Call { method: request.method, path, query, authorization, payload: payload() };
            let trouble = match self.attempt(&call, &mut course) {
                Attempt::Well(answer) => return Ok(answer),
                Attempt::Refused(error) => return Err(course.refused(error)),
                Attempt::Trouble(trouble) => trouble,
            };
            course.maybe_done |= trouble.maybe_done;
            let stop = course.maybe_done && request.repeat == Repeat::LookFirst;
            if stop || course.attempts >= self.attempts() {
                return Err(course.end(trouble.message));
            }
            self.wait(&trouble, &mut course)?;
        }
    }

    /// A platform that nobody has reached yet is more likely an address that is wrong than a storm that passes.
    fn attempts(&self) -> u32 {
        let most = if self.reached.load(Ordering::Relaxed) { self.budget.attempts } else { FIRST_CONTACT };
        most.min(self.budget.attempts)
    }

    /// Waits until a call may be sent.
    fn admit(&self, course: &mut Course<'_>) -> Result<(), CallError> {
        loop {
            if self.is_stopped() && !course.request.writes() {
                return Err(course.end(STOPPED.to_owned()));
            }
            let Err(wait) = self.pace(course.request).admit(self.clock.now()) else {
                self.sent.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            };
            if wait > self.budget.wait {
                return Err(course.end(format!("no call is allowed for {} s", wait.as_secs())));
            }
            self.pause(wait, course)?;
        }
    }

    /// Sleeps, until the run shall stop.
    fn pause(&self, mut time: Duration, course: &mut Course<'_>) -> Result<(), CallError> {
        let slice = if self.stop.is_some() { SLICE } else { time };
        while !time.is_zero() {
            if self.is_stopped() {
                return Err(course.end(STOPPED.to_owned()));
            }
            self.clock.sleep(slice.min(time));
            time = time.saturating_sub(slice);
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed) != 0)
    }

    /// Waits after an attempt that came to nothing, as long as the platform asks or as long as seems wise.
    fn wait(&self, trouble: &Trouble, course: &mut Course<'_>) -> Result<(), CallError> {
        let wait = trouble.wait.unwrap_or_else(|| backoff(course.attempts, self.clock.chance()));
        course.waited = course.waited.saturating_add(wait);
        if course.waited > self.budget.wait {
            let (limit, message) = (self.budget.wait.as_secs(), &trouble.message);
            return Err(course.end(format!("{message}; waiting longer than {limit} s makes no sense")));
        }
        if trouble.wait.is_some() {
            // It is meant for all calls of this kind.
            self.pace(course.request).hold(self.clock.now(), wait);
            return Ok(());
        }
        self.pause(wait, course)
    }

    fn attempt(&self, call: &Call<'_>, course: &mut Course<'_>) -> Attempt {
        let request = course.request;
        match self.transport.call(call) {
            Ok(reply) => {
                let id = reply.header("x-pinterest-rid").map(str::to_owned);
                tracing::debug!(call = request.name(), status = reply.status, id, "answered");
                course.request_id.clone_from(&id);
                self.reached.store(true, Ordering::Relaxed);
                self.pace(request).learn(&reply, self.clock.now());
                self.judge(request, &reply, id)
            }
            Err(Cut { sent, message }) => {
                let message = self.tokens.blot(&message);
                tracing::debug!(call = request.name(), message, "not answered");
                Attempt::Trouble(Trouble { message, maybe_done: sent, wait: None })
            }
        }
    }

    fn judge(&self, request: &Request, reply: &Reply, request_id: Option<String>) -> Attempt {
        let wall = self.clock.wall();
        let trouble = |message: String, maybe_done: bool| {
            Attempt::Trouble(Trouble { message, maybe_done, wait: asked(reply, wall) })
        };
        let said = Said::read(reply);
        match reply.status {
            200..=299 => match body_of(reply) {
                Some(body) => Attempt::Well(Answer { status: reply.status, body, request_id }),
                None => trouble("the answer is no JSON".to_owned(), true),
            },
            429 if !said.spam => trouble(self.tokens.blot(&said.after("too many calls")), false),
            408 | 500.. => trouble(self.tokens.blot(&said.after(&format!("status {}", reply.status))), true),
            status => Attempt::Refused(CallError::Refused {
                call: request.name(),
                status,
                code: said.code,
                message: self.tokens.blot(&said.message),
                request_id,
            }),
        }
    }

    fn pace(&self, request: &Request) -> MutexGuard<'_, Pace> {
        let pace = if request.writes() { &self.writes } else { &self.reads };
        pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call on its way.
struct Course<'a> {
    request: &'a Request,
    attempts: u32,
    waited: Duration,
    /// Whether some attempt may have taken effect.
    maybe_done: bool,
    request_id: Option<String>,
}

/// What came of one attempt.
enum Attempt {
    Well(Answer),
    Refused(CallError),
    Trouble(Trouble),
}

/// Another attempt may help.
struct Trouble {
    message: String,
    maybe_done: bool,
    /// How long the platform asks to wait.
    wait: Option<Duration>,
}

impl Course<'_> {
    /// The end without an answer.
    fn end(&mut self, message: String) -> CallError {
        let (call, request_id) = (self.request.name(), self.request_id.take());
        if self.maybe_done && self.request.writes() {
            return CallError::Uncertain { call, message, request_id };
        }
        CallError::GaveUp { call, message, attempts: self.attempts, request_id }
    }

    /// A refusal says that nothing changed, unless an attempt before it may have changed something: it may even be refused because of
    /// that (what was removed can't be found).
    fn refused(&mut self, error: CallError) -> CallError {
        match error {
            CallError::Refused { status, message, .. } if self.maybe_done && self.request.writes() => {
                self.end(format!("an attempt was cut off, and the next one refused ({status}: {message})"))
            }
            other => other,
        }
    }
}

/// What an error says.
struct Said {
    code: Option<i64>,
    message: String,
    /// Refused as spam: trying again makes it worse.
    spam: bool,
}

/// Messages are cut after so many characters.
const LONGEST_MESSAGE: usize = 300;

impl Said {
    fn read(reply: &Reply) -> Self {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let standard = || StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
        let message = match (text("message"), reply.header("location")) {
            ("", Some(place)) if reply.status < 400 => format!("sends us to `{place}`, where the token is not taken"),
            ("", _) => standard().unwrap_or_default().to_lowercase(),
            (message, _) => message.to_owned(),
        };
        let spam = [&message, text("message_detail")].iter().any(|text| text.to_lowercase().contains("spam"));
        let message: String = message.chars().take(LONGEST_MESSAGE).collect();
        Said { code: body.get("code").and_then(number), message, spam }
    }

    fn after(&self, what: &str) -> String {
        if self.message.is_empty() { what.to_owned() } else { format!("{what}: {}", self.message) }
    }
}

/// A number, also where it is written as a text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The body of an answer; null where there is none.
fn body_of(reply: &Reply) -> Option<Value> {
    if reply.body.iter().all(u8::is_ascii_whitespace) {
        return Some(Value::Null);
    }
    serde_json::from_slice(&reply.body).ok()
}

#[cfg(test)]
mod tests;
