//! Answers that are not as they should be.

use serde_json::{Map, Value, json};

use super::faults::Fault;
use super::http::{Answer, Request};

/// Keys that may be null and are left out where nothing is known.
const OPTIONAL: [&str; 8] = [
    "assets_summary",
    "created_by_business",
    "created_by_user",
    "created_time",
    "asset_group_info",
    "catalog_info",
    "created_by",
    "updated_time",
];

/// Changes an answer as a fault says.
pub fn change(answer: &mut Answer, fault: &Fault, request: &Request) {
    if matches!(fault, Fault::Garbage) {
        answer.raw = Some("<html>not what you asked for</html>".to_owned());
        answer.body = None;
    }
    if matches!(fault, Fault::Created) && answer.status == 200 {
        answer.status = 201;
    }
    let Some(body) = &mut answer.body else { return };
    match fault {
        Fault::OmitBookmark => drop(bookmark(body, None)),
        Fault::RepeatBookmark => {
            let sent = request.query.iter().find(|(name, _)| name == "bookmark").map(|(_, value)| json!(value));
            bookmark(body, sent);
        }
        Fault::ExtraKeys => each_object(body, &mut |map| {
            map.insert("future_key".to_owned(), json!({ "is_new": true }));
        }),
        Fault::Nulls => each_object(body, &mut |map| {
            let row = map.contains_key("user") || map.contains_key("asset_id") || map.contains_key("asset_group_name");
            for key in OPTIONAL.iter().filter(|_| row) {
                map.entry(*key).or_insert(Value::Null);
            }
        }),
        Fault::Rewrite { key, value } => each_object(body, &mut |map| match map.get_mut(key) {
            Some(Value::Array(list)) if !value.is_array() => list.push(value.clone()),
            Some(old) => *old = value.clone(),
            None => {}
        }),
        Fault::Lose { index } => with_items(body, |items| {
            if *index < items.len() {
                items.remove(*index);
            }
        }),
        Fault::Repeat { index } => with_items(body, |items| {
            if let Some(item) = items.get(*index).cloned() {
                items.push(item);
            }
        }),
        Fault::Drop { key } => each_object(body, &mut |map| drop(map.remove(key))),
        _ => {}
    }
}

fn with_items(body: &mut Value, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(items) = body["items"].as_array_mut() {
        change(items);
    }
}

/// Takes the bookmark of the last page away, or puts another one.
fn bookmark(body: &mut Value, new: Option<Value>) -> Option<()> {
    let map = body.as_object_mut()?;
    match new {
        Some(new) => drop(map.insert("bookmark".to_owned(), new)),
        None if map.get("bookmark") == Some(&Value::Null) => drop(map.remove("bookmark")),
        None => {}
    }
    Some(())
}

/// Every object with fixed keys; those whose keys are ids are maps, where another key would be another id.
fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| each_object(item, change)),
        Value::Object(map) => {
            map.values_mut().for_each(|item| each_object(item, change));
            let by_id = !map.is_empty() && map.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
            if !by_id {
                change(map);
            }
        }
        _ => {}
    }
}
