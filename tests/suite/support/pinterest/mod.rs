//! A simulator of Pinterest's business access, API v5: stateful, over HTTP on a loopback port, seeded from a snapshot.
//!
//! What nobody has published is a choice (`choices`), what can go wrong is a rule (`faults`), what others do is an event
//! (`events`). Every request and answer is checked against Pinterest's description (`contract`). `README.md` beside this file has
//! the choices with their reasons.
//!
//! ```ignore
//! let simulator = Simulator::start(Setup::of(&state));
//! // ... a client against simulator.url() with Setup::TOKEN ...
//! simulator.event(Event::AcceptAll);
//! assert_eq!(simulator.violations(), [""; 0]);
//! assert!(simulator.state() == expected);
//! ```

mod answers;
pub mod big;
mod business;
mod call;
pub mod choices;
mod contract;
mod control;
pub mod events;
pub mod faults;
mod groups;
pub mod http;
mod invites;
mod log;
mod reads;
mod relations;
mod server;
mod shapes;
mod tokens;
pub mod world;

use std::sync::{Arc, Mutex, MutexGuard};

use accord::observed::ObservedState;
use jiff::Timestamp;

use business::Business;
pub use choices::Choices;
pub use events::Event;
pub use faults::{Fate, Fault, Rule, When};
pub use log::Log;
pub use tokens::Token;
pub use world::{Attached, Newcomer, Side, World};

/// What a simulator starts with.
pub struct Setup {
    pub world: World,
    pub choices: Choices,
    pub rules: Vec<Rule>,
    /// Decides every chance.
    pub chance: u64,
    pub tokens: Vec<Token>,
    /// `id:secret` of the app that may refresh tokens.
    pub app: String,
    /// The simulator's clock stands still but for `Event::Advance`.
    pub now: Timestamp,
    pub real_clock: bool,
    /// The id of the hierarchy above the business, for brand accounts.
    pub hierarchy: String,
    /// 0 = any free one.
    pub port: u16,
}

impl Setup {
    /// The access token of a manager.
    pub const TOKEN: &'static str = "pina_simulator";
    /// What renews it.
    pub const REFRESH: &'static str = "pinr_simulator";
    /// Id and secret of the app.
    pub const APP: &'static str = "1512345:app-secret";

    /// A business as a snapshot has it, and a token for whoever took it; else for its first manager.
    pub fn of(seed: &ObservedState) -> Self {
        let world = World::of(seed);
        let manager = world.members.values().find(|member| member.role == "BIZ_ADMIN" && !member.system_user);
        let user = seed.captured_by.clone().or_else(|| manager.map(|member| member.id.clone())).unwrap_or_default();
        let token = Token { refresh: Some(Setup::REFRESH.to_owned()), ..Token::of(&user, Setup::TOKEN) };
        Setup {
            world,
            choices: Choices::default(),
            rules: Vec::new(),
            chance: 0,
            tokens: vec![token],
            app: Setup::APP.to_owned(),
            now: seed.captured_at,
            real_clock: false,
            hierarchy: "7009386637860".to_owned(),
            port: 0,
        }
    }

    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    pub fn token(mut self, token: Token) -> Self {
        self.tokens.push(token);
        self
    }

    pub fn choose(mut self, change: impl FnOnce(&mut Choices)) -> Self {
        change(&mut self.choices);
        self
    }
}

/// Ids of the operations of the description.
pub fn contract_operations() -> Vec<&'static str> {
    contract::Contract::get().operations.iter().map(|operation| operation.id.as_str()).collect()
}

/// Whether an operation is simulated.
pub fn has_handler(operation: &str) -> bool {
    business::handler(operation).is_some()
}

/// A state as the interface can tell it: what an export of a business that was seeded with `state` has to equal.
pub fn as_told(state: &ObservedState) -> ObservedState {
    let mut world = World::of(state);
    world.forget_untold();
    world.state()
}

/// A running simulator; it stops when it is dropped.
pub struct Simulator {
    business: Arc<Mutex<Business>>,
    server: server::Server,
}

impl Simulator {
    pub fn start(setup: Setup) -> Self {
        let business = Business {
            world: setup.world,
            choices: setup.choices,
            script: faults::Script::new(setup.rules, setup.chance),
            log: Log::default(),
            tokens: tokens::Tokens::new(setup.tokens, &setup.app),
            now: setup.now,
            real_clock: setup.real_clock,
            hierarchy: setup.hierarchy,
            second: (None, 0),
        };
        let business = Arc::new(Mutex::new(business));
        let server = server::Server::start(Arc::clone(&business), setup.port);
        Simulator { business, server }
    }

    fn business(&self) -> MutexGuard<'_, Business> {
        self.business.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// `http://127.0.0.1:PORT/v5`: what stands for `https://api.pinterest.com/v5`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v5", self.server.port())
    }

    /// The business as it is now. Equal to the seed while nothing happened.
    pub fn state(&self) -> ObservedState {
        self.business().world.state()
    }

    /// Reads or changes what there is, without an operation.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.business().world)
    }

    pub fn log(&self) -> Log {
        self.business().log.clone()
    }

    /// Requests of an operation so far.
    pub fn calls(&self, operation: &str) -> u64 {
        self.business().log.calls.get(operation).copied().unwrap_or_default()
    }

    /// What in requests and answers was not as described, but for what was scripted to be so.
    pub fn violations(&self) -> Vec<String> {
        self.business().log.violations.clone()
    }

    /// How often each kind of fault happened.
    pub fn happened(&self) -> std::collections::BTreeMap<&'static str, u64> {
        self.business().script.happened.clone()
    }

    /// Lets something happen now.
    pub fn event(&self, event: Event) {
        let mut business = self.business();
        let Business { world, now, .. } = &mut *business;
        event.happen(world, now).unwrap_or_else(|reason| panic!("{reason}"));
    }

    pub fn add_rule(&self, rule: Rule) {
        self.business().script.add(rule);
    }

    pub fn clear_rules(&self) {
        self.business().script.clear();
    }

    pub fn choose(&self, change: impl FnOnce(&mut Choices)) {
        change(&mut self.business().choices);
    }
}
