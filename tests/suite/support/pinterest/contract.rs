//! Pinterest's own description of the interface: which operations there are, and whether a request or answer is as it says.
//!
//! The description is OpenAPI 3.0, whose schemas are nearly JSON Schema; `translated` bridges what differs. Where it contradicts
//! itself, answers are held to the stricter reading and requests to the laxer: `nullable` beside an `allOf` that wants an object
//! allows a null in a request and none in an answer. Beside a `$ref` it has no effect at all.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::http::{Answer, Request};

const DESCRIPTION: &str = include_str!("../../../exports/pinterest/openapi-business-access.yaml");

/// The description, ready to ask.
pub struct Contract {
    pub operations: Vec<Operation>,
    /// `components.schemas`, translated, for answers and for requests.
    schemas: [Value; 2],
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation.
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    pub method: String,
    /// `/businesses/{business_id}/members`
    pub path: String,
    /// The scopes of a user's token.
    pub scopes: Vec<String>,
    /// Whether it is counted among the writes.
    pub writes: bool,
    parameters: Vec<Parameter>,
    body: Option<Value>,
    /// Status (or `default`) -> schema; `None` = no body.
    answers: BTreeMap<String, Option<Value>>,
}

struct Parameter {
    name: String,
    in_path: bool,
    schema: Value,
    kind: Kind,
    default: Option<Value>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Boolean,
    Integer,
    Array,
    Text,
}

/// A request as the description reads it.
pub struct Reading {
    /// Parameters of path and query, typed, with the defaults of absent ones.
    pub parameters: BTreeMap<String, Value>,
    pub body: Value,
    /// Why it must be refused.
    pub refused: Vec<String>,
    /// What the real thing would let pass, and still is not described.
    pub undescribed: Vec<String>,
}

impl Contract {
    /// The one description, read once.
    pub fn get() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::of(DESCRIPTION))
    }

    fn of(text: &str) -> Self {
        let document: Value = serde_yaml::from_str(text).expect("the description is YAML");
        let mut operations = Vec::new();
        for (path, methods) in object(&document["paths"]) {
            for (method, operation) in object(methods) {
                operations.push(Operation::of(&document, path, method, operation));
            }
        }
        let schemas = object(&document["components"]["schemas"]);
        let schemas = [Reader::Strict, Reader::Lax]
            .map(|reader| schemas.iter().map(|(name, schema)| (name.clone(), translated(schema, reader))).collect());
        Contract { operations, schemas, validators: Mutex::default() }
    }

    /// The operation of a method and path (below `/v5`), with its path parameters; the methods of the path where only the method
    /// does not fit.
    pub fn find(
        &'static self,
        method: &str,
        path: &str,
    ) -> Result<(&'static Operation, BTreeMap<String, String>), Vec<&'static str>> {
        let mut methods = Vec::new();
        for operation in &self.operations {
            let Some(parameters) = matched(&operation.path, path) else { continue };
            if operation.method == method {
                return Ok((operation, parameters));
            }
            methods.push(operation.method.as_str());
        }
        Err(methods)
    }

    /// Reads a request by the description of its operation.
    pub fn read(&self, operation: &Operation, path: BTreeMap<String, String>, request: &Request) -> Reading {
        let mut reading =
            Reading { parameters: BTreeMap::new(), body: Value::Null, refused: Vec::new(), undescribed: Vec::new() };
        for (name, _) in &request.query {
            if !operation.parameters.iter().any(|parameter| !parameter.in_path && parameter.name == *name) {
                reading.undescribed.push(format!("query parameter `{name}`"));
            }
        }
        for parameter in &operation.parameters {
            let raw: Vec<&str> = if parameter.in_path {
                path.get(&parameter.name).map(String::as_str).into_iter().collect()
            } else {
                request
                    .query
                    .iter()
                    .filter(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value.as_str())
                    .collect()
            };
            self.read_parameter(operation, parameter, &raw, &mut reading);
        }
        self.read_body(operation, request, &mut reading);
        reading
    }

    fn read_parameter(&self, operation: &Operation, parameter: &Parameter, raw: &[&str], reading: &mut Reading) {
        let name = &parameter.name;
        let value = match (raw, parameter.kind) {
            ([], _) => {
                if let Some(default) = &parameter.default {
                    reading.parameters.insert(name.clone(), default.clone());
                }
                return;
            }
            (many, Kind::Array) => json!(many),
            ([one], kind) => typed(one, kind),
            _ => {
                reading.refused.push(format!("parameter `{name}` stands {} times", raw.len()));
                return;
            }
        };
        let place = format!("{} parameter {name}", operation.id);
        for problem in self.problems(&place, &parameter.schema, Reader::Lax, &value) {
            reading.refused.push(format!("parameter `{name}`: {problem}"));
        }
        reading.parameters.insert(name.clone(), value);
    }

    fn read_body(&self, operation: &Operation, request: &Request, reading: &mut Reading) {
        let Some(schema) = &operation.body else {
            if !request.body.is_empty() {
                reading.undescribed.push("a body".to_owned());
            }
            return;
        };
        if request.body.is_empty() {
            reading.refused.push("body: it is missing".to_owned());
            return;
        }
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/json") {
            reading.undescribed.push(format!("content type `{kind}`"));
        }
        match serde_json::from_slice(&request.body) {
            Ok(body) => {
                let problems = self.problems(&format!("{} body", operation.id), schema, Reader::Lax, &body);
                reading.refused.extend(problems.into_iter().map(|problem| format!("body: {problem}")));
                reading.body = body;
            }
            Err(error) => reading.refused.push(format!("body: {error}")),
        }
    }

    /// What in an answer is not as described.
    pub fn answer_problems(&self, operation: &Operation, answer: &Answer) -> Vec<String> {
        let status = answer.status.to_string();
        // From version 5.28 on what is created may answer 201, in the same shape.
        let key = if answer.status == 201 { "200" } else { status.as_str() };
        let Some(schema) = operation.answers.get(key).or_else(|| operation.answers.get("default")) else {
            return vec![format!("status {status} is not described")];
        };
        match (schema, &answer.body) {
            (Some(schema), Some(body)) => {
                self.problems(&format!("{} answer {key}", operation.id), schema, Reader::Strict, body)
            }
            (None, None) => Vec::new(),
            (Some(_), None) => vec!["a body is described, none was sent".to_owned()],
            (None, Some(_)) => vec!["no body is described, one was sent".to_owned()],
        }
    }

    fn problems(&self, place: &str, schema: &Value, reader: Reader, value: &Value) -> Vec<String> {
        let validator = {
            let mut validators = self.validators.lock().expect("no thread panics while it holds this");
            let entry = validators.entry(place.to_owned());
            Arc::clone(entry.or_insert_with(|| Arc::new(self.validator(schema, reader))))
        };
        validator.iter_errors(value).map(|error| format!("{error} at `{}`", error.instance_path())).collect()
    }

    fn validator(&self, schema: &Value, reader: Reader) -> Validator {
        let schemas = &self.schemas[usize::from(reader == Reader::Lax)];
        let root = json!({ "components": { "schemas": schemas }, "allOf": [schema] });
        jsonschema::options().with_draft(Draft::Draft7).build(&root).expect("the description's schemas are schemas")
    }
}

impl Operation {
    fn of(document: &Value, path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let schema_of = |content: &Value, reader: Reader| {
            content["content"]["application/json"].get("schema").map(|schema| translated(schema, reader))
        };
        let answers = object(&operation["responses"])
            .iter()
            .map(|(status, answer)| (status.clone(), schema_of(answer, Reader::Strict)));
        let security = operation["security"].as_array().into_iter().flatten();
        let scopes = security.filter_map(|scheme| scheme["pinterest_oauth2"].as_array()).flatten();
        Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            scopes: scopes.map(text).collect(),
            writes: operation["x-ratelimit-category"] == "ads_write",
            parameters: parameters.map(|parameter| Parameter::of(document, parameter)).collect(),
            body: schema_of(&operation["requestBody"], Reader::Lax),
            answers: answers.collect(),
        }
    }
}

impl Parameter {
    fn of(document: &Value, parameter: &Value) -> Self {
        let parameter = resolved(document, parameter);
        let schema = &parameter["schema"];
        let plain = resolved(document, schema);
        let kind = match plain["type"].as_str() {
            Some("boolean") => Kind::Boolean,
            Some("integer") => Kind::Integer,
            Some("array") => Kind::Array,
            _ => Kind::Text,
        };
        let parts = plain["allOf"].as_array().into_iter().flatten();
        let default = plain.get("default").or_else(|| parts.into_iter().find_map(|part| part.get("default")));
        Parameter {
            name: text(&parameter["name"]),
            in_path: parameter["in"] == "path",
            schema: translated(schema, Reader::Lax),
            kind,
            default: default.cloned(),
        }
    }
}

/// A value of a query. Booleans in any case: the official Python client sends `True`.
fn typed(text: &str, kind: Kind) -> Value {
    match kind {
        Kind::Boolean if text.eq_ignore_ascii_case("true") => json!(true),
        Kind::Boolean if text.eq_ignore_ascii_case("false") => json!(false),
        Kind::Integer => match text.parse::<i64>() {
            Ok(number) => json!(number),
            // Larger than any list, and still a number.
            Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => json!(u64::MAX),
            Err(_) => json!(text),
        },
        _ => json!(text),
    }
}

/// The path parameters, where the path has the form of the template.
fn matched(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (expected, part) in template.into_iter().zip(path) {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => drop(parameters.insert(name.to_owned(), part.to_owned())),
            None if expected == part => {}
            None => return None,
        }
    }
    Some(parameters)
}

/// Keywords whose value is a map from names to schemas: a name such as `nullable` is no keyword there.
const MAPS: [&str; 2] = ["properties", "schemas"];

/// How `nullable` beside an `allOf` is read.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    /// What the `allOf` wants counts.
    Strict,
    /// The word counts.
    Lax,
}

/// An OpenAPI 3.0 schema as JSON Schema: `nullable` becomes a type, and what stands beside a `$ref` is ignored.
fn translated(schema: &Value, reader: Reader) -> Value {
    match schema {
        Value::Object(map) => translated_object(map, reader),
        Value::Array(list) => list.iter().map(|schema| translated(schema, reader)).collect(),
        other => other.clone(),
    }
}

fn translated_object(map: &Map<String, Value>, reader: Reader) -> Value {
    if let Some(reference) = map.get("$ref") {
        return json!({ "$ref": reference });
    }
    let mut result = Map::new();
    for (key, value) in
        map.iter().filter(|(key, _)| !["nullable", "example", "enum", "default"].contains(&key.as_str()))
    {
        let value = match value {
            Value::Object(named) if MAPS.contains(&key.as_str()) => {
                named.iter().map(|(name, schema)| (name.clone(), translated(schema, reader))).collect()
            }
            other => translated(other, reader),
        };
        result.insert(key.clone(), value);
    }
    let nullable = map.get("nullable") == Some(&json!(true)) && map.contains_key("type");
    if let Some(words) = map.get("enum").and_then(Value::as_array) {
        let null = nullable.then_some(Value::Null);
        result.insert("enum".to_owned(), words.iter().cloned().chain(null).collect());
    }
    if nullable {
        result.insert("type".to_owned(), json!([map["type"], "null"]));
    }
    if nullable && reader == Reader::Lax && map.contains_key("allOf") {
        return json!({ "anyOf": [result, { "type": "null" }] });
    }
    Value::Object(result)
}

fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    document.pointer(reference.trim_start_matches('#')).expect("references of the description resolve")
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object of the description")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
