//! The simulated business behind the front: finds the operation, checks who calls, carries it out, writes down what happened.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers;
use super::call::{Call, Done, Refusal, Who};
use super::choices::Choices;
use super::contract::{Contract, Operation};
use super::events::Event;
use super::faults::{Fault, Fired, Script};
use super::http::{Answer, Request};
use super::log::{Log, Sent};
use super::tokens::{Token, Tokens};
use super::world::World;
use super::{groups, invites, reads, relations};

/// The one mutable thing of a simulator.
pub struct Business {
    pub world: World,
    pub choices: Choices,
    pub script: Script,
    pub log: Log,
    pub tokens: Tokens,
    pub now: Timestamp,
    /// Whether `now` follows the machine's clock.
    pub real_clock: bool,
    pub hierarchy: String,
    /// The second of the machine's clock that runs, and its requests.
    pub second: (Option<Instant>, u32),
}

/// What goes back, and how much of it.
pub struct Reply {
    pub answer: Answer,
    /// The connection ends after so many bytes of the answer.
    pub cut: Option<usize>,
    pub latency: Duration,
}

type Handler = fn(&mut Call<'_>) -> Done;

/// Every operation of the description.
const HANDLERS: &[(&str, Handler)] = &[
    ("ad_accounts/list", reads::ad_accounts),
    ("get/business_employers", reads::employers),
    ("respond_business_access_invites", invites::respond),
    ("system_user/update", groups::rename_system_user),
    ("business_asset_members/get", reads::asset_members),
    ("business_asset_partners/get", reads::asset_partners),
    ("create_asset_invites", invites::attach),
    ("asset_access_requests/create", invites::request),
    ("get/business_members", reads::members),
    ("update/business_memberships", relations::set_roles),
    ("delete_business_membership", relations::delete_members),
    ("business_assets/get", reads::assets),
    ("business_member_assets/get", reads::member_assets),
    ("business_members_asset_access/update", relations::set_member_grants),
    ("business_members_asset_access/delete", relations::delete_member_grants),
    ("get/invites", reads::invites),
    ("create_membership_or_partnership_invites", invites::create),
    ("cancel_invites_or_requests", invites::cancel),
    ("update_partner_asset_access_handler_impl", relations::set_partner_grants),
    ("delete_partner_asset_access_handler_impl", relations::delete_partner_grants),
    ("business_partner_asset_access/get", reads::partner_assets),
    ("get/business_partners", reads::partners),
    ("delete_business_partners", relations::delete_partners),
    ("asset_group/create", groups::create),
    ("asset_group/update", groups::update),
    ("asset_group/delete", groups::delete),
    ("brand_accounts/create", groups::create_brand_account),
    ("brand_accounts/update", groups::update_brand_account),
];

/// What a request is for. Two operations stand beside those of the cut description, and can't be checked against it.
enum Found {
    Described(&'static Operation, BTreeMap<String, String>),
    /// `POST /oauth/token`
    Token,
    /// `GET /user_account`
    Account,
    /// The methods that the path has.
    Unknown(Vec<&'static str>),
}

impl Found {
    fn of(method: &str, path: &str) -> Self {
        match (method, path) {
            ("POST", "/oauth/token") => Found::Token,
            ("GET", "/user_account") => Found::Account,
            _ => match Contract::get().find(method, path) {
                Ok((operation, parameters)) => Found::Described(operation, parameters),
                Err(methods) => Found::Unknown(methods),
            },
        }
    }

    /// As rules and the log call it, and whether it is a write.
    fn name(&self) -> (&'static str, bool) {
        match self {
            Found::Described(operation, _) => (&operation.id, operation.writes),
            Found::Token => ("oauth/token", false),
            Found::Account => ("user_account/get", false),
            Found::Unknown(_) => ("unknown", false),
        }
    }
}

pub fn handler(operation: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(id, _)| *id == operation).map(|(_, handler)| *handler)
}

impl Business {
    /// Serves one request below `/v5`.
    pub fn serve(&mut self, request: &Request, path: &str) -> Reply {
        self.log.number += 1;
        self.tick();
        let over = self.over_limit();
        let found = Found::of(&request.method, path);
        let (name, writes) = found.name();
        let operation = if let Found::Described(operation, _) = &found { Some(*operation) } else { None };
        *self.log.calls.entry(name.to_owned()).or_default() += 1;
        let mut fired = self.script.fire(name, writes, request);
        if over {
            fired.end = Some(Fault::TooMany { retry_after: None, spam: false });
        }
        if fired.expire_token {
            self.tokens.expire(request, self.now);
        }
        let mut reply = match &fired.end {
            Some(end) if !after_write(end) => stopped(end),
            _ => {
                self.happen(fired.before.clone());
                let answer = match found {
                    Found::Described(operation, path) => self.operate(operation, path, request, &fired),
                    Found::Token => self.tokens.renew(request, &self.choices, self.now),
                    Found::Account if !self.choices.user_account_served => unknown(&[]),
                    Found::Account => self.account(request).unwrap_or_else(|refusal| refusal.answer()),
                    Found::Unknown(methods) => unknown(&methods),
                };
                self.happen(fired.after.clone());
                fired.end.as_ref().map_or_else(|| Reply::whole(answer.clone()), |end| ended(end, &answer))
            }
        };
        reply.latency = Duration::from_millis(fired.latency);
        self.finish(request, name, operation, &fired, &mut reply);
        reply
    }

    /// Carries an operation out for whoever calls.
    fn operate(
        &mut self,
        operation: &'static Operation,
        path: BTreeMap<String, String>,
        request: &Request,
        fired: &Fired,
    ) -> Answer {
        let who = match self.authenticate(&operation.scopes, request) {
            Ok(who) => who,
            Err(refusal) => return refusal.answer(),
        };
        let reading = Contract::get().read(operation, path, request);
        for problem in reading.refused.iter().chain(&reading.undescribed) {
            self.log.violations.push(format!("request {} {}: {problem}", request.method, request.target));
        }
        if let Some(problem) = reading.refused.first() {
            return Refusal::invalid(format!("Invalid request: {problem}")).answer();
        }
        let mut call = Call {
            operation,
            parameters: reading.parameters,
            body: reading.body,
            world: &mut self.world,
            choices: &self.choices,
            who: &who,
            hierarchy: &self.hierarchy,
            now: self.now,
            fired,
            log: &mut self.log,
        };
        let done = call.authorize().and_then(|()| match handler(&operation.id) {
            Some(handler) => handler(&mut call),
            None => Err(Refusal::new(500, 500, "not simulated")),
        });
        match done {
            Ok(Value::Null) => Answer::new(200, None),
            Ok(body) if operation.method == "POST" => Answer::new(self.choices.created_status, Some(body)),
            Ok(body) => Answer::new(200, Some(body)),
            Err(refusal) => refusal.answer(),
        }
    }

    /// Whose token it is.
    fn account(&self, request: &Request) -> Result<Answer, Refusal> {
        let who = self.authenticate(&["user_accounts:read".to_owned()], request)?;
        let member = who.member.as_ref().and_then(|id| self.world.members.get(id));
        let (id, name) = (member.map(|member| &member.id), member.and_then(|member| member.username.as_ref()));
        Ok(Answer::new(200, Some(json!({ "account_type": "BUSINESS", "id": id, "username": name }))))
    }

    fn authenticate(&self, scopes: &[String], request: &Request) -> Result<Who, Refusal> {
        let token = self.tokens.of(request, self.now)?;
        let missing = scopes.iter().find(|scope| !token.scopes.contains(scope));
        if let Some(scope) = missing {
            return Err(Refusal::new(401, 3, format!("You are not permitted to access that resource: scope {scope}")));
        }
        Ok(self.who(token))
    }

    fn who(&self, token: &Token) -> Who {
        let member = self.world.member(&token.user);
        Who {
            name: token.user.clone(),
            member: member.map(|member| member.id.clone()),
            role: member.map(|member| member.role.clone()),
            system: member.is_some_and(|member| member.system_user),
        }
    }

    /// Lets events happen. One that can't is a mistake of the script, and is written down as such.
    pub fn happen(&mut self, events: Vec<Event>) {
        for event in events {
            let about = format!("{event:?}");
            if let Err(reason) = event.happen(&mut self.world, &mut self.now) {
                self.log.violations.push(format!("script: {reason} ({about})"));
            }
        }
    }

    fn tick(&mut self) {
        if self.real_clock {
            let before = self.now;
            self.now = Timestamp::now();
            self.world.lapse(before, self.now);
        }
    }

    /// Changes the answer as the faults say, adds what every answer has, and checks it against the description.
    fn finish(
        &mut self,
        request: &Request,
        name: &str,
        operation: Option<&'static Operation>,
        fired: &Fired,
        reply: &mut Reply,
    ) {
        if reply.answer.status < 300 {
            fired.changes.iter().for_each(|change| answers::change(&mut reply.answer, change, request));
        }
        self.limit(&mut reply.answer);
        let id = format!("{:016}", self.log.number);
        reply.answer.headers.push(("x-pinterest-rid".to_owned(), id));
        if let Some(operation) = operation {
            let problems = Contract::get().answer_problems(operation, &reply.answer);
            let list =
                if fired.breaks_contract() { &mut self.log.scripted_violations } else { &mut self.log.violations };
            list.extend(problems.into_iter().map(|problem| {
                format!("answer {} to {} {}: {problem}", reply.answer.status, request.method, request.target)
            }));
        }
        self.log.requests.push(Sent {
            number: self.log.number,
            operation: name.to_owned(),
            method: request.method.clone(),
            target: request.target.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            status: if reply.cut.is_some() { 0 } else { reply.answer.status },
        });
    }

    /// Counts this request; whether it is one too many in this second.
    fn over_limit(&mut self) -> bool {
        let (begin, used) = &mut self.second;
        if begin.is_none_or(|begin| begin.elapsed() >= Duration::from_secs(1)) {
            (*begin, *used) = (Some(Instant::now()), 0);
        }
        *used += 1;
        self.choices.requests_per_second.is_some_and(|limit| *used > limit)
    }

    /// The headers of the rate limit.
    fn limit(&mut self, answer: &mut Answer) {
        let limit = self.choices.requests_per_second.unwrap_or(100);
        let (used, reset) = (self.second.1.min(limit), 1);
        let headers = [
            ("x-ratelimit-limit", format!("{limit}, {limit};w=1, {};w=60", limit * 10)),
            ("x-ratelimit-remaining", (limit - used).to_string()),
            ("x-ratelimit-reset", reset.to_string()),
        ];
        answer.headers.extend(headers.map(|(name, value)| (name.to_owned(), value)));
    }
}

impl Call<'_> {
    /// Whether whoever calls may do this here.
    fn authorize(&self) -> Result<(), Refusal> {
        if self.given("business_id").is_none() {
            return Ok(());
        }
        let own_assets =
            self.operation.id == "business_member_assets/get" && self.who.member.as_deref() == self.given("member_id");
        let reads = !self.operation.writes && (self.choices.employees_read || own_assets);
        // The description keeps system users from inviting: its path parameter says so.
        let barred = self.who.system && self.operation.path.ends_with("/invites");
        let allowed = self.given("business_id") == Some(self.world.id.as_str())
            && self.who.member.is_some()
            && (self.manages() || reads)
            && !barred;
        if allowed { Ok(()) } else { Err(Refusal::forbidden(self.choices)) }
    }
}

impl Reply {
    pub fn whole(answer: Answer) -> Self {
        Reply { answer, cut: None, latency: Duration::ZERO }
    }
}

fn after_write(fault: &Fault) -> bool {
    matches!(fault, Fault::ServerError { after_write: true, .. } | Fault::Cut { after_write: true, .. })
        // Some bytes of an answer need an answer.
        || matches!(fault, Fault::Cut { bytes: 1.., .. })
}

/// The reply of a request that is not carried out.
fn stopped(fault: &Fault) -> Reply {
    let nothing = Answer::new(500, Some(json!({ "code": 500, "message": "Something went wrong." })));
    ended(fault, &nothing)
}

/// The reply instead of an answer.
fn ended(fault: &Fault, answer: &Answer) -> Reply {
    match fault {
        Fault::TooMany { retry_after, spam } => {
            let message = if *spam {
                "This action was blocked to prevent spam."
            } else {
                "You have exceeded your rate limit. Try again later."
            };
            let refused = Refusal::new(429, 8, message).answer();
            Reply::whole(match retry_after {
                Some(seconds) => refused.with("retry-after", seconds),
                None => refused,
            })
        }
        Fault::ServerError { status, page, .. } => {
            let mut refused = Refusal::new(*status, i64::from(*status), "Something went wrong on our end.").answer();
            if *page {
                refused.raw = Some("<html><body>Something went wrong</body></html>".to_owned());
                refused.body = None;
            }
            Reply::whole(refused)
        }
        Fault::Refuse { status, code, message } => Reply::whole(Refusal::new(*status, *code, message.clone()).answer()),
        Fault::Cut { bytes, .. } => Reply { cut: Some(*bytes), ..Reply::whole(answer.clone()) },
        _ => Reply::whole(answer.clone()),
    }
}

fn unknown(methods: &[&str]) -> Answer {
    if methods.is_empty() {
        return Refusal::new(404, 404, "Sorry! We couldn't find that page.").answer();
    }
    Refusal::new(405, 5, "Method not allowed.").answer().with("allow", methods.join(", "))
}
