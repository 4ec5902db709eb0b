//! The other door, for whoever started the simulator by hand: `/_simulator/...`, no token.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::business::Business;
use super::call::Refusal;
use super::events::Event;
use super::faults::Rule;
use super::http::{Answer, Request};

pub const BASE: &str = "/_simulator";

pub fn serve(business: &mut Business, request: &Request, path: &str) -> Answer {
    let answer = match (request.method.as_str(), path) {
        ("GET", "/state") => Ok(business.world.snapshot()),
        ("GET", "/log") => Ok(json!(business.log)),
        ("GET", "/summary") => Ok(summary(business)),
        ("GET", "/choices") => Ok(json!(business.choices)),
        ("PUT", "/choices") => read(request).map(|choices| {
            business.choices = choices;
            json!(business.choices)
        }),
        ("POST", "/rules") => read(request).map(|rules: Vec<Rule>| {
            rules.into_iter().for_each(|rule| business.script.add(rule));
            json!({})
        }),
        ("DELETE", "/rules") => {
            business.script.clear();
            Ok(json!({}))
        }
        ("POST", "/events") => read(request).and_then(|events: Vec<Event>| happen(business, events)),
        _ => Err(Refusal::new(
            404,
            404,
            "GET state, log, summary, choices; PUT choices; POST rules, events; DELETE rules",
        )),
    };
    match answer {
        Ok(body) => Answer::new(200, Some(body)),
        Err(refusal) => refusal.answer(),
    }
}

fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::invalid(error.to_string()))
}

fn happen(business: &mut Business, events: Vec<Event>) -> Result<Value, Refusal> {
    for event in events {
        event.happen(&mut business.world, &mut business.now).map_err(Refusal::invalid)?;
    }
    Ok(json!({}))
}

fn summary(business: &Business) -> Value {
    let log = &business.log;
    json!({
        "requests": log.number,
        "calls": log.calls,
        "changes": log.changes(),
        "done_twice": log.done_twice(),
        "faults": business.script.happened,
        "violations": log.violations,
        "scripted_violations": log.scripted_violations.len(),
    })
}
