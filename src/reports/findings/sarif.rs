//! Findings as SARIF 2.1.0 (OASIS), as code scanning reads it: a result for each finding, with its fingerprint, its paths as code flows,
//! and its edits as fixes. Waived findings are suppressed results, fixed ones are absent ones, what nothing can be said about are
//! notifications of the run.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Report;
use super::located::Texts;
use crate::reports::proof;
use crate::rules::finding::{Level, NotEvaluated, Place, Severity, State, Witness};
use crate::rules::{self, Finding, Rule};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Under this name results are found again in later runs.
const FINGERPRINT: &str = "accord/v1";

pub(super) fn render(report: &Report<'_>) -> Result<String, serde_json::Error> {
    let mut writer = Writer { report, texts: Texts::new(report) };
    let mut text = serde_json::to_string_pretty(&writer.log())?;
    text.push('\n');
    Ok(text)
}

struct Writer<'a> {
    report: &'a Report<'a>,
    texts: Texts<'a>,
}

impl Writer<'_> {
    fn log(&mut self) -> Value {
        let judgement = self.report.judgement;
        let results: Vec<Value> = judgement.findings.iter().map(|finding| self.result(finding)).collect();
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": self.driver() },
                "automationDetails": { "id": "accord/" },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    "ROOT": { "description": { "text": "the folder in which accord was run" } }
                },
                "invocations": [{
                    "executionSuccessful": true,
                    "toolExecutionNotifications":
                        judgement.not_evaluated.iter().map(notification).collect::<Vec<_>>(),
                }],
                "results": results,
                "properties": { "profile": judgement.profile },
            }],
        })
    }

    fn driver(&self) -> Value {
        let findings = self.report.judgement.findings.iter().map(|finding| finding.rule.as_str());
        let names: BTreeSet<&str> =
            findings.chain(self.report.judgement.not_evaluated.iter().map(|one| one.rule.as_str())).collect();
        json!({
            "name": "accord",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": names.into_iter().map(descriptor).collect::<Vec<_>>(),
        })
    }

    fn result(&mut self, finding: &Finding) -> Value {
        let mut message = finding.message.clone();
        for detail in proof::details(finding) {
            message.push('\n');
            message.push_str(&detail);
        }
        let mut result = Map::new();
        let mut set = |key: &str, value: Value| result.insert(key.to_owned(), value);
        set("ruleId", json!(finding.rule));
        set("level", json!(finding.level.word()));
        set("message", json!({ "text": message }));
        let mut fingerprints = Map::new();
        fingerprints.insert(FINGERPRINT.to_owned(), json!(finding.fingerprint));
        set("partialFingerprints", Value::Object(fingerprints));
        set("locations", json!([self.location(finding)]));
        set("relatedLocations", self.related(finding));
        set("codeFlows", finding.witness.iter().map(|witness| self.flow(witness)).collect());
        set("fixes", self.fixes(finding));
        if let Some(state) = finding.state {
            set("baselineState", json!(baseline(state)));
        }
        set("suppressions", suppressions(finding));
        set("properties", properties(finding));
        Value::Object(result)
    }

    /// Where no line causes it, the location has no file, and only says what it is.
    fn location(&mut self, finding: &Finding) -> Value {
        let mut location = finding.place.as_ref().map_or_else(|| json!({}), |place| self.physical(place));
        let label = [Some(&finding.label).filter(|label| !label.is_empty()), finding.record.as_ref()];
        let label: Vec<&str> = label.into_iter().flatten().map(String::as_str).collect();
        if !label.is_empty() {
            location["message"] = json!({ "text": label.join(": ") });
        }
        let names = [Some(&finding.subject), finding.object.as_ref()].into_iter().flatten();
        let names = names.map(|node| json!({ "name": node.label, "fullyQualifiedName": node.id, "kind": "resource" }));
        location["logicalLocations"] = names.collect();
        location
    }

    fn physical(&mut self, place: &Place) -> Value {
        let end = usize::from(place.column) + self.texts.length(place);
        json!({
            "physicalLocation": {
                "artifactLocation": self.artifact(&place.file),
                "region": {
                    "startLine": place.line,
                    "startColumn": place.column,
                    "endLine": place.line,
                    "endColumn": end,
                },
            },
        })
    }

    fn artifact(&self, file: &str) -> Value {
        json!({ "uri": uri(&format!("{}{file}", self.report.prefix)), "uriBaseId": "ROOT" })
    }

    fn related(&mut self, finding: &Finding) -> Value {
        let related = finding.related.iter().zip(1u32..).map(|(related, id)| {
            let mut location = self.physical(&related.place);
            location["id"] = json!(id);
            location["message"] = json!({ "text": related.label });
            location
        });
        related.collect()
    }

    /// A path as a flow: a step for each hop.
    fn flow(&mut self, witness: &Witness) -> Value {
        let steps = witness.hops.iter().map(|hop| {
            let mut location = hop.place.as_ref().map_or_else(|| json!({}), |place| self.physical(place));
            let record = hop.record.as_ref().map(|record| format!(" ({record})")).unwrap_or_default();
            let text = format!("{} {} {}{record}", hop.from.label, hop.how, hop.to.label);
            location["message"] = json!({ "text": text });
            json!({ "location": location })
        });
        let steps: Vec<Value> = steps.collect();
        json!({
            "message": { "text": proof::path(witness) },
            "threadFlows": [{ "locations": steps }],
        })
    }

    fn fixes(&mut self, finding: &Finding) -> Value {
        let patches = self.texts.patches(finding);
        let (Some(fix), false) = (&finding.fix, patches.is_empty()) else {
            return json!([]);
        };
        let changes = patches.into_iter().map(|(file, patches)| {
            let replacements = patches.into_iter().map(|patch| {
                json!({
                    "deletedRegion": {
                        "startLine": patch.start.0,
                        "startColumn": patch.start.1,
                        "endLine": patch.end.0,
                        "endColumn": patch.end.1,
                    },
                    "insertedContent": { "text": patch.new },
                })
            });
            json!({ "artifactLocation": self.artifact(&file), "replacements": replacements.collect::<Vec<_>>() })
        });
        json!([{ "description": { "text": fix.text }, "artifactChanges": changes.collect::<Vec<_>>() }])
    }
}

fn descriptor(name: &str) -> Value {
    let Some(rule) = rules::by_name(name) else {
        return json!({ "id": name });
    };
    let Rule { summary, severity, docs, .. } = rule;
    json!({
        "id": name,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": docs.why.trim() },
        "help": { "text": docs.fix.trim(), "markdown": docs.fix.trim() },
        "properties": { "security-severity": score(*severity), "tags": ["security", "access"] },
    })
}

/// The scale on which GitHub sorts alerts.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

fn baseline(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Worsened => "updated",
        State::Unchanged => "unchanged",
        State::Fixed => "absent",
    }
}

fn suppressions(finding: &Finding) -> Value {
    let waived = finding.waived.iter().map(|waived| {
        let why =
            format!("{} (until {}, {}, approved by {})", waived.reason, waived.until, waived.owner, waived.approver);
        json!({ "kind": "external", "status": "accepted", "justification": why })
    });
    waived.collect()
}

fn properties(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(),
        "people": finding.exposure.people,
        "assets": finding.exposure.assets,
        "impact": finding.impact,
    })
}

fn notification(one: &NotEvaluated) -> Value {
    json!({
        "level": Level::Note.word(),
        "message": { "text": format!("{} was not evaluated: {}", one.rule, proof::not_evaluated(one)) },
        "associatedRule": { "id": one.rule },
    })
}

/// A relative reference: what is not allowed in the path of a URI is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                uri.push(char::from(byte))
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
