//! The JSON Schema of access documents, made from the tables that the readers use.

use serde_json::{Map, Value, json};

use super::shapes;
use crate::source::shape::{Record, Shape};

/// The JSON Schema of an access document, for editors.
///
/// It checks keys, kinds of values and words. References and everything else that takes more than one place are checked by
/// `accord validate` alone.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let mut document = record(&shapes::DOCUMENT, &mut definitions);
    if let Value::Object(root) = &mut document {
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".to_owned(), json!("accord access document"));
        root.insert("$defs".to_owned(), Value::Object(definitions));
    }
    document
}

fn record(record: &'static Record, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in record.fields {
        let mut value = shape(&field.shape, definitions);
        if let Value::Object(value) = &mut value {
            value.insert("description".to_owned(), json!(field.doc));
        }
        properties.insert(field.name.to_owned(), value);
    }
    let required: Vec<_> = record.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut value = json!({
        "type": "object",
        "description": record.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        value["required"] = json!(required);
    }
    value
}

fn shape(shape: &'static Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Text => scalar(),
        Shape::Id => json!({ "type": "string", "pattern": "^[0-9]{1,25}$" }),
        Shape::Day => {
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        }
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Choice(words) => choice(words),
        Shape::Words(words) => shared(choice(&words()), definitions),
        Shape::List(item) => json!({ "type": "array", "items": self::shape(item, definitions) }),
        Shape::OneOrMany(item) => {
            let item = self::shape(item, definitions);
            json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::Map(entry) => {
            json!({ "type": ["object", "null"], "additionalProperties": reference(entry, true, definitions) })
        }
        Shape::MapOf(value) => {
            json!({ "type": ["object", "null"], "additionalProperties": self::shape(value, definitions) })
        }
        Shape::Record(entry) => reference(entry, false, definitions),
        Shape::Open(entry) => {
            let mut open = record(entry, definitions);
            open["additionalProperties"] = json!({ "anyOf": [scalar(), { "type": "array", "items": scalar() }] });
            open
        }
        Shape::Either(one, two) => {
            json!({ "anyOf": [self::shape(one, definitions), self::shape(two, definitions)] })
        }
    }
}

/// accord reads every scalar as the text that stands there; an editor's YAML may take it for a number or a truth value.
fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// The word `1` is a number to an editor's YAML.
fn choice(words: &[&str]) -> Value {
    let numbers = words.iter().filter_map(|word| word.parse::<u64>().ok()).map(Value::from);
    json!({ "enum": words.iter().map(|word| json!(word)).chain(numbers).collect::<Vec<_>>() })
}

/// Long lists of words stand once.
fn shared(words: Value, definitions: &mut Map<String, Value>) -> Value {
    if words["enum"].as_array().is_none_or(|words| words.len() < 5) {
        return words;
    }
    let name = |number: usize| format!("words-{number}");
    let mut number = 1;
    while definitions.get(&name(number)).is_some_and(|known| *known != words) {
        number += 1;
    }
    definitions.insert(name(number), words);
    json!({ "$ref": format!("#/$defs/{}", name(number)) })
}

fn reference(entry: &'static Record, may_be_empty: bool, definitions: &mut Map<String, Value>) -> Value {
    let name = entry.name.replace(' ', "-");
    if !definitions.contains_key(&name) {
        definitions.insert(name.clone(), Value::Null);
        let definition = record(entry, definitions);
        definitions.insert(name.clone(), definition);
    }
    let reference = json!({ "$ref": format!("#/$defs/{name}") });
    let optional = entry.fields.iter().all(|field| !field.required);
    if may_be_empty && optional { json!({ "anyOf": [reference, { "type": "null" }] }) } else { reference }
}
