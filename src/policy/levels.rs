//! Levels and parameters of rules as they are written. Which rules and parameters exist is checked in `rules`, with the readers here.

use super::Placed;
use crate::source::nearest;
use crate::source::{Problem, Span};

/// What a finding of a rule does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// A new or worse one refuses a plan.
    Deny,
    /// It is shown.
    Warn,
    /// It is shown where somebody asks.
    Note,
    /// The rule is not evaluated.
    Off,
}

/// The words of [`Level`], in its order.
pub const LEVELS: [&str; 4] = ["deny", "warn", "note", "off"];

impl Level {
    /// All levels, the strictest first.
    pub const ALL: [Level; 4] = [Level::Deny, Level::Warn, Level::Note, Level::Off];

    /// As files write it.
    pub fn word(self) -> &'static str {
        LEVELS[self as usize]
    }
}

/// Defaults for a kind of user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Profile {
    /// A business that owns its accounts.
    #[default]
    Advertiser,
    /// A business that works on the accounts of others.
    Agency,
    /// Everything an auditor would ask for.
    AuditStrict,
}

/// The words of [`Profile`], in its order.
pub const PROFILES: [&str; 3] = ["advertiser", "agency", "audit-strict"];

impl Profile {
    /// All profiles.
    pub const ALL: [Profile; 3] = [Profile::Advertiser, Profile::Agency, Profile::AuditStrict];

    /// As files write it.
    pub fn word(self) -> &'static str {
        PROFILES[self as usize]
    }
}

/// What `policy: rules:` says of one rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleSetting {
    /// The rule's name, as written.
    pub name: Placed<String>,
    /// Its level, where one is written.
    pub level: Option<Placed<Level>>,
    /// Its parameters; each at most once, in the order of the file.
    pub params: Vec<Param>,
}

/// A parameter of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name, as written.
    pub name: Placed<String>,
    /// Its value.
    pub value: ParamValue,
    /// Where the value starts.
    pub span: Span,
}

/// The value of a parameter: what it means is the rule's business, so every scalar is the text that stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParamValue {
    /// One value.
    Text(String),
    /// A list.
    List(Vec<Placed<String>>),
}

impl RuleSetting {
    /// A parameter by name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name.value == name)
    }
}

impl Param {
    /// A whole number between `least` and `most`.
    ///
    /// # Errors
    /// Where it is none.
    pub fn number(&self, least: u32, most: u32) -> Result<u32, Box<Problem>> {
        let number = self.text().and_then(|text| text.parse().ok()).filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Box::new(self.wrong(&format!("a whole number from {least} to {most}"))))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn flag(&self) -> Result<bool, Box<Problem>> {
        let flag = self.text().and_then(|text| text.parse().ok());
        flag.ok_or_else(|| Box::new(self.wrong("`true` or `false`")))
    }

    /// One of some words; its index.
    ///
    /// # Errors
    /// Where it is none of them.
    pub fn choice(&self, words: &[&str]) -> Result<usize, Box<Problem>> {
        let text = self.text().unwrap_or_default();
        words.iter().position(|word| *word == text).ok_or_else(|| {
            let near = nearest(text, words.iter().copied());
            let help =
                near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
            Box::new(self.wrong("one of the words of this parameter").help(help))
        })
    }

    /// Texts, each with its place: a list, or one value in its place.
    pub fn texts(&self) -> Vec<Placed<&str>> {
        match &self.value {
            ParamValue::Text(text) => vec![Placed { value: text, span: self.span }],
            ParamValue::List(list) => {
                list.iter().map(|item| Placed { value: item.value.as_str(), span: item.span }).collect()
            }
        }
    }

    /// The one value; `None` for a list.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            ParamValue::Text(text) => Some(text),
            ParamValue::List(_) => None,
        }
    }

    /// The problem that this value is not what the parameter takes.
    pub fn wrong(&self, expected: &str) -> Problem {
        let found = self.text().map_or_else(|| "a list".to_owned(), |text| format!("`{text}`"));
        let message = format!("`{}` takes {expected}, found {found}", self.name.value);
        Problem::error("bad-parameter", self.span, message)
    }
}
