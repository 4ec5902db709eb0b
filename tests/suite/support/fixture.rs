//! A whole access repository in one file, with what else a rule looks at; `tests/rules/README.md` describes the form.

use std::collections::BTreeMap;

use accord::desired::{self, DesiredState};
use accord::graph::{Builder, Sources, StateSource};
use accord::observed::{self, ObservedState};
use accord::rules::{Conflict, Export, Judgement, Known, PlanFacts, Question, Rule, World, judge};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The day on which a fixture is looked at where it says nothing.
const DAY: &str = "2026-11-22";

/// What stands before the first section where it has no `businesses:`.
const ROOT: &str =
    "version: 1\nbusinesses:\n  acme: { platform: pinterest, id: \"100\", name: Acme, domains: [acme.example] }\n";

/// Who manages the usual business.
const MANAGERS: &str = "people:\n  mia@acme.example: { role: manager }\n  max@acme.example: { role: manager }\n";

/// A parsed fixture.
#[derive(Clone)]
pub struct Fixture {
    /// Files of the repository by path.
    pub files: BTreeMap<String, String>,
    before: Option<BTreeMap<String, String>>,
    exports: BTreeMap<String, Value>,
    exports_before: BTreeMap<String, Value>,
    rosters: BTreeMap<String, Value>,
    /// Business, step, and what conflicts with it.
    conflicts: Option<Vec<(String, String, Vec<String>)>>,
    as_of: Timestamp,
    /// Whether it is asked as a plan asks: notes about what was there before are only counted.
    unproven: bool,
}

/// A mark: file, line, column, how many characters.
pub type Mark = (String, u32, u16, usize);

impl Fixture {
    /// Reads a fixture.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut fixture = Fixture {
            files: BTreeMap::new(),
            before: None,
            exports: BTreeMap::new(),
            exports_before: BTreeMap::new(),
            rosters: BTreeMap::new(),
            conflicts: None,
            as_of: moment(text)?,
            unproven: false,
        };
        for (name, body) in sections(text) {
            fixture.section(&name, body)?;
        }
        Ok(fixture)
    }

    fn section(&mut self, name: &str, body: String) -> Result<(), String> {
        let words: Vec<&str> = name.split(' ').collect();
        match words.as_slice() {
            [""] => add(&mut self.files, None, body),
            ["before"] => add(self.before.get_or_insert_default(), None, body),
            ["before", "export", business] => {
                self.exports_before.insert((*business).to_owned(), rows(&body)?);
            }
            ["before", path] => add(self.before.get_or_insert_default(), Some(path), body),
            ["export", business] => {
                self.exports.insert((*business).to_owned(), rows(&body)?);
            }
            ["conflicts", business] => {
                let list = rows(&body)?;
                let conflicts = self.conflicts.get_or_insert_default();
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                for one in list.as_array().into_iter().flatten() {
                    let with = one["with"].as_array().into_iter().flatten().map(text).collect();
                    conflicts.push(((*business).to_owned(), text(&one["what"]), with));
                }
            }
            ["roster", business] => {
                self.rosters.insert((*business).to_owned(), with_partners(rows(&body)?));
            }
            [path] if path.contains('.') => add(&mut self.files, Some(path), body),
            _ => return Err(format!("`--- # {name}` names nothing a fixture can hold")),
        }
        Ok(())
    }

    /// The same with other files.
    pub fn with_files(&self, files: BTreeMap<String, String>) -> Self {
        Fixture { files, ..self.clone() }
    }

    /// The same, asked as a plan asks.
    pub fn as_a_plan_asks(&self) -> Self {
        Fixture { unproven: true, ..self.clone() }
    }

    /// The files of the state before: those that are not written anew are those of now.
    fn files_before(&self) -> Option<BTreeMap<String, String>> {
        let before = self.before.as_ref()?;
        let mut files = self.files.clone();
        files.extend(before.iter().map(|(path, text)| (path.clone(), text.clone())));
        Some(files)
    }

    /// What the rules say.
    pub fn judge(&self, rules: &[&'static Rule]) -> Result<Judgement, String> {
        let now = state(&self.files)?;
        let before = self.files_before().as_ref().map(state).transpose()?;
        let exports = self.states(&now, &self.exports)?;
        let exports_before = self.states(&now, &self.exports_before)?;
        let rosters = self.states(&now, &self.rosters)?;
        let day = self.as_of.to_zoned(jiff::tz::TimeZone::UTC).date();
        let later = |business: usize| exports.iter().find(|(other, _)| *other == business).map(|(_, state)| state);
        let pairs: Vec<StateSource<'_>> = match exports_before.is_empty() {
            true => exports.iter().chain(&rosters).map(|(_, state)| StateSource { observed: state, predicted: None }),
            false => return self.judge_states(rules, &now, before.as_ref(), &exports_before, &later),
        }
        .collect();
        let builder = Builder::new(Sources { files: Some(&now), base: before.as_ref(), states: pairs });
        let graph = if exports.is_empty() { builder.desired(day) } else { builder.observed(day) };
        let old = before.as_ref().map(|_| builder.base(day));
        let observed = views(&exports);
        let effective = graph.effective();
        let old_effective = old.as_ref().map(accord::graph::AccessGraph::effective);
        let was = before.as_ref().zip(old.as_ref()).zip(old_effective.as_ref());
        let was = was.map(|((desired, graph), effective)| World { graph, effective, desired, observed: &[] });
        let is = World { graph: &graph, effective: &effective, desired: &now, observed: &observed };
        Ok(self.ask(rules, is, was, before.as_ref()))
    }

    /// Exports of before and after: what a plan sees.
    fn judge_states<'s>(
        &self,
        rules: &[&'static Rule],
        now: &DesiredState,
        base: Option<&DesiredState>,
        before: &'s [(usize, ObservedState)],
        later: &dyn Fn(usize) -> Option<&'s ObservedState>,
    ) -> Result<Judgement, String> {
        let day = self.as_of.to_zoned(jiff::tz::TimeZone::UTC).date();
        let states =
            before.iter().map(|(business, state)| StateSource { observed: state, predicted: later(*business) });
        let builder = Builder::new(Sources { files: Some(now), base, states: states.collect() });
        let (old, new) = (builder.observed(day), builder.planned(day, &[]));
        let (old_effective, new_effective) = (old.effective(), new.effective());
        let was: Vec<Export<'_>> = views(before);
        let is: Vec<Export<'_>> = before
            .iter()
            .map(|(business, state)| Export { business: *business, state: later(*business).unwrap_or(state) })
            .collect();
        let is = World { graph: &new, effective: &new_effective, desired: now, observed: &is };
        let was = World { graph: &old, effective: &old_effective, desired: now, observed: &was };
        Ok(self.ask(rules, is, Some(was), base))
    }

    fn ask(
        &self,
        rules: &[&'static Rule],
        now: World<'_>,
        before: Option<World<'_>>,
        base: Option<&DesiredState>,
    ) -> Judgement {
        let outside = |file: &str| self.files.get(file).map(|text| text.as_bytes());
        let directory = outside("directory.csv").map(|csv| observed::tables::directory(csv, "directory.csv"));
        let activity = outside("activity.csv").map(|csv| observed::tables::activity(csv, "activity.csv"));
        let (directory, activity) = (directory.transpose(), activity.transpose());
        let applicant = accord::policy::Applicant::default();
        let plan = self.conflicts.as_ref().map(|conflicts| PlanFacts {
            changes: Vec::new(),
            conflicts: conflicts.iter().map(|one| conflict(now.desired, one)).collect(),
            applicant: &applicant,
        });
        let known = Known {
            as_of: self.as_of,
            directory: directory.as_ref().expect("a directory in its form").as_ref(),
            activity: activity.as_ref().expect("dates of activity in their form").as_ref(),
            base,
            plan: plan.as_ref(),
        };
        judge(&Question { rules, now, before, known, profile: None, unproven: self.unproven, threads: 1 })
    }

    fn states(
        &self,
        files: &DesiredState,
        exports: &BTreeMap<String, Value>,
    ) -> Result<Vec<(usize, ObservedState)>, String> {
        let one = |(key, rows): (&String, &Value)| {
            let index = files.businesses.iter().position(|business| files.text(business.key) == key);
            let index = index.ok_or_else(|| format!("the files have no business `{key}`"))?;
            Ok((index, self.export(files, index, rows)?))
        };
        exports.iter().map(one).collect()
    }

    /// A snapshot with everything that fixtures leave out.
    fn export(&self, files: &DesiredState, business: usize, rows: &Value) -> Result<ObservedState, String> {
        let business = &files.businesses[business];
        let mut collections = serde_json::Map::new();
        let mut snapshot = json!({
            "format": "accord-snapshot", "format_version": 1, "platform": business.platform.name,
            "business": { "id": files.text(business.id), "name": business.name.map(|name| files.text(name)) },
            "captured_at": self.as_of.to_string(), "source": "fixture",
        });
        for (name, items) in rows.as_object().into_iter().flatten() {
            match (name.as_str(), items) {
                ("missing", _) => {}
                ("rosters" | "captured_at" | "captured_by", _) => snapshot[name] = items.clone(),
                (_, Value::Array(all)) => {
                    let whole = json!({ "complete": true, "total": all.len(), "items": all });
                    collections.insert(name.clone(), whole);
                }
                _ => {
                    collections.insert(name.clone(), items.clone());
                }
            }
        }
        complete_roster(rows, &mut collections);
        let missing = rows["missing"].as_array().cloned().unwrap_or_default();
        for name in ["members", "partners", "assets", "asset_group_members", "grants", "invites"] {
            if !collections.contains_key(name) && !missing.contains(&json!(name)) {
                collections.insert(name.to_owned(), json!({ "complete": true, "total": 0, "items": [] }));
            }
        }
        snapshot["collections"] = Value::Object(collections);
        let bytes = serde_json::to_vec(&snapshot).map_err(|error| error.to_string())?;
        observed::snapshot::read(&bytes, "export").map_err(|error| {
            let faults: Vec<String> = error.faults().iter().map(|fault| fault.message.clone()).collect();
            format!("export: {}\n{snapshot:#}", faults.join("\n"))
        })
    }

    /// Marks in the files of now, in order.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (path, text) in &self.files {
            let lines = (1u32..).zip(text.lines());
            let mut line_above = 0;
            for (number, line) in lines {
                match mark(line) {
                    Some((column, length)) => marks.push((path.clone(), line_above, column, length)),
                    None => line_above = number,
                }
            }
        }
        marks
    }
}

/// Partners and accounts that a roster names and no list has.
fn complete_roster(rows: &Value, collections: &mut serde_json::Map<String, Value>) {
    let column = |name: &str| {
        let rows = rows["rosters"].as_array().into_iter().flatten();
        let ids = rows.filter_map(|row| row[name].as_str());
        ids.map(str::to_owned).collect::<std::collections::BTreeSet<String>>()
    };
    let partner = |id: String| json!({ "id": id, "direction": "inbound" });
    let asset = |id: String| json!({ "id": id, "type": "AD_ACCOUNT" });
    let partners: Vec<Value> = column("partner").into_iter().map(partner).collect();
    let assets: Vec<Value> = column("asset").into_iter().map(asset).collect();
    for (name, items) in [("partners", partners), ("assets", assets)] {
        if !items.is_empty() && !collections.contains_key(name) {
            collections.insert(name.to_owned(), json!({ "items": items }));
        }
    }
}

fn conflict(files: &DesiredState, one: &(String, String, Vec<String>)) -> Conflict {
    let (key, what, with) = one;
    let business = files.businesses.iter().position(|business| files.text(business.key) == key).unwrap_or_default();
    Conflict { business, what: what.clone(), with: with.clone(), place: None }
}

fn views(exports: &[(usize, ObservedState)]) -> Vec<Export<'_>> {
    exports.iter().map(|(business, state)| Export { business: *business, state }).collect()
}

/// A section without a name is `accord.yaml`, or what stands beside the usual one.
fn add(files: &mut BTreeMap<String, String>, path: Option<&str>, body: String) {
    match path {
        Some(path) => {
            files.insert(path.to_owned(), body);
        }
        None if body.lines().any(|line| line.starts_with("businesses:")) => {
            files.insert("accord.yaml".to_owned(), body);
        }
        None => {
            let has = |words: &str| body.lines().any(|line| line.trim_start().starts_with(words));
            files.insert("accord.yaml".to_owned(), ROOT.to_owned());
            // Two managers, so that rules about them stay quiet.
            if !body.contains("# nobody manages") && !body.contains("# nobody else manages") {
                files.insert("managers.yaml".to_owned(), MANAGERS.to_owned());
            }
            // A policy may only stand there.
            let name = if has("policy:") { "policy.yaml" } else { "access.yaml" };
            files.insert(name.to_owned(), body);
        }
    }
}

fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections = vec![(String::new(), String::new())];
    for line in text.lines() {
        match line.strip_prefix("--- # ") {
            Some(name) => sections.push((name.trim().to_owned(), String::new())),
            None => {
                if let Some((_, body)) = sections.last_mut() {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    sections
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let comments = text.lines().take_while(|line| line.starts_with('#') || line.is_empty());
    let day =
        comments.filter_map(|line| line.split_once("at: ")).map(|(_, rest)| rest.get(..10).unwrap_or(rest)).next();
    let day: jiff::civil::Date =
        day.unwrap_or(DAY).trim_end_matches('`').parse().map_err(|error| format!("`at:` {error}"))?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(start.timestamp())
}

fn rows(body: &str) -> Result<Value, String> {
    serde_yaml::from_str(body).map_err(|error| format!("export: {error}"))
}

/// A roster names partners and assets of an export; those it speaks of are enough.
fn with_partners(mut rows: Value) -> Value {
    let of = |name: &str| -> Vec<String> {
        let all = rows["rosters"].as_array().into_iter().flatten();
        let mut ids: Vec<String> = all.filter_map(|row| row[name].as_str()).map(str::to_owned).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let partners: Vec<Value> = of("partner").iter().map(|id| json!({ "id": id, "direction": "inbound" })).collect();
    let assets: Vec<Value> = of("asset").iter().map(|id| json!({ "id": id, "type": "AD_ACCOUNT" })).collect();
    for (name, list) in [("partners", partners), ("assets", assets)] {
        if rows[name].is_null() {
            rows[name] = Value::Array(list);
        }
    }
    rows
}

fn state(files: &BTreeMap<String, String>) -> Result<DesiredState, String> {
    let yaml = files.iter().filter(|(path, _)| path.ends_with(".yaml"));
    let texts: Vec<(String, String)> = yaml.map(|(path, text)| (path.clone(), text.clone())).collect();
    let reading = desired::from_texts(&texts);
    reading.state.ok_or_else(|| {
        let at = |problem: &accord::source::Problem| match problem.span {
            Some(span) => format!("{}: {}", reading.files.at(span.start), problem.message),
            None => problem.message.clone(),
        };
        reading.problems.iter().map(at).collect::<Vec<_>>().join("\n")
    })
}

/// `#   ^^^^ what`: column and length of the carets.
fn mark(line: &str) -> Option<(u16, usize)> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    let length = rest.chars().take_while(|c| *c == '^').count();
    let start = line.chars().position(|c| c == '^').filter(|_| length > 0)?;
    u16::try_from(start + 1).ok().map(|column| (column, length))
}
