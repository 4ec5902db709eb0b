//! What profile and policy make of each rule: whether it is asked, what its findings do, and its parameters.

use crate::policy::{self, Placed, Policy, Profile, RuleSetting};
use crate::source::nearest;
use crate::source::{Problem, Span};

use super::finding::Level;
use super::params::{Param, Params, Value};
use super::rule::{Levels, Rule};

/// One rule in one run.
#[derive(Clone)]
pub struct Setting {
    /// The rule.
    pub rule: &'static Rule,
    /// What its findings do; `None` = it is off.
    pub level: Option<Level>,
    /// Its parameters.
    pub params: Params,
    /// Lines of the policy that say so, with what they say.
    pub written: Vec<(Span, String)>,
}

/// The settings of some rules. Values of the policy that make no sense count as not written; [`problems`] tells them.
pub fn settings(rules: &[&'static Rule], policy: &Policy, profile: Option<Profile>) -> Vec<Setting> {
    let profile = profile.or(policy.profile.map(|profile| profile.value)).unwrap_or_default();
    rules.iter().map(|rule| setting(rule, policy.rule(rule.name), profile)).collect()
}

fn setting(rule: &'static Rule, written: Option<&RuleSetting>, profile: Profile) -> Setting {
    let mut setting = Setting { rule, level: rule.levels.of(profile), params: Params::default(), written: Vec::new() };
    for param in rule.params {
        setting.params.set(param.name, param.value(profile));
    }
    let Some(written) = written else { return setting };
    if let Some(level) = written.level {
        setting.level = Level::of(level.value);
        setting.written.push((level.span, format!("`{}` is {} here", rule.name, level.value.word())));
    }
    for param in rule.params {
        let Some(value) = written.param(param.name) else { continue };
        if read(param, value, &mut setting.params).is_ok() {
            setting.written.push((value.span, format!("`{}` is set here", param.name)));
        }
    }
    setting
}

/// What is wrong with the levels and parameters of a policy: rules and parameters that there are not, values of another type; rules
/// that waivers name and there are not; custom rules that would hide a built-in one.
pub fn problems(rules: &[&'static Rule], policy: &Policy) -> Vec<Problem> {
    let levels = policy.rules.iter().flat_map(|written| problems_of(rules, policy, written));
    let waived = policy.waivers.iter().filter_map(|waiver| unknown_rule(rules, policy, &waiver.rule));
    let hidden = policy.custom_rules.iter().filter(|own| rules.iter().any(|rule| rule.name == own.name.value));
    let hidden = hidden.map(|own| {
        let message = format!("`{}` is a built-in rule", own.name.value);
        Problem::error("duplicate", own.name.span, message).help("give yours another name")
    });
    levels.chain(waived).chain(hidden).collect()
}

/// The problem that there is no rule of a name, neither built in nor of the policy's own.
fn unknown_rule(rules: &[&'static Rule], policy: &Policy, written: &Placed<String>) -> Option<Problem> {
    let name = written.value.as_str();
    let known = || {
        let custom = policy.custom_rules.iter().map(|rule| rule.name.value.as_str());
        rules.iter().map(|rule| rule.name).chain(custom)
    };
    if known().any(|known| known == name) {
        return None;
    }
    let problem = Problem::error("unknown-rule", written.span, format!("there is no rule `{name}`"));
    Some(match nearest(name, known()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`accord explain` lists all rules"),
    })
}

fn problems_of(rules: &[&'static Rule], policy: &Policy, written: &RuleSetting) -> Vec<Problem> {
    let name = written.name.value.as_str();
    let Some(rule) = rules.iter().find(|rule| rule.name == name) else {
        return unknown_rule(rules, policy, &written.name).into_iter().collect();
    };
    let wrong = written.params.iter().filter_map(|value| {
        let known = rule.params.iter().find(|param| param.name == value.name.value);
        match known {
            Some(param) => read(param, value, &mut Params::default()).err().map(|problem| *problem),
            None => Some(unknown(rule, value)),
        }
    });
    wrong.collect()
}

fn unknown(rule: &Rule, value: &policy::Param) -> Problem {
    let name = value.name.value.as_str();
    let problem =
        Problem::error("unknown-parameter", value.name.span, format!("rule `{}` has no parameter `{name}`", rule.name));
    let words = || rule.params.iter().map(|param| param.name);
    match nearest(name, words()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if rule.params.is_empty() => problem.help("it has none"),
        None => problem.help(format!("it has {}", words().collect::<Vec<_>>().join(", "))),
    }
}

fn read(param: &Param, value: &policy::Param, params: &mut Params) -> Result<(), Box<Problem>> {
    match param.default {
        Value::Count(_) => params.set(param.name, Value::Count(value.number(0, u32::MAX)?)),
        Value::Percent(_) => params.set(param.name, Value::Percent(value.number(0, 100)?)),
        Value::Days(_) => params.set(param.name, Value::Days(value.number(0, 36_500)?)),
        Value::Flag(_) => params.set(param.name, Value::Flag(value.flag()?)),
        Value::Words(_) => {
            let words: Vec<&str> = value.texts().into_iter().map(|word| word.value).collect();
            params.set(param.name, Value::Words(&words));
        }
    }
    Ok(())
}

impl Param {
    /// What holds in a profile where the policy says nothing.
    pub fn value(&self, profile: Profile) -> Value<'static> {
        match profile {
            Profile::Advertiser => None,
            Profile::Agency => self.agency,
            Profile::AuditStrict => self.audit_strict,
        }
        .unwrap_or(self.default)
    }
}

impl Levels {
    /// The level in a profile; `None` = off.
    pub fn of(self, profile: Profile) -> Option<Level> {
        match profile {
            Profile::Advertiser => self.advertiser,
            Profile::Agency => self.agency,
            Profile::AuditStrict => self.audit_strict,
        }
    }
}

impl Level {
    /// What a word of the policy means for findings; `None` = off.
    pub fn of(level: policy::Level) -> Option<Self> {
        match level {
            policy::Level::Deny => Some(Level::Error),
            policy::Level::Warn => Some(Level::Warning),
            policy::Level::Note => Some(Level::Note),
            policy::Level::Off => None,
        }
    }
}
