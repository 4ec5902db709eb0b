//! A finding, as plain data that stands alone in plans and reports.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::digest::Hasher;
use crate::source::edit;

/// What a rule found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// The same for the same finding in every run: over the rule and the stable names of what it is about. Moving or reformatting
    /// lines doesn't change it.
    pub fingerprint: String,
    /// How grave it is.
    pub severity: Severity,
    /// What it does, after profile and policy.
    pub level: Level,
    /// Against the state before; absent where there was none to compare with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<State>,
    /// Key of the business it is about, where it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub business: Option<String>,
    /// Who or what has too much, too little, or is wrong.
    pub subject: Node,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub object: Option<Node>,
    /// One sentence.
    pub message: String,
    /// The line that causes it; absent where no file says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
    /// What stands at the place, in a few words.
    pub label: String,
    /// The row of the export that shows it, where no line causes it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
    /// Other places that take part, such as the policy line that makes it a finding.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<Related>,
    /// The proof: paths, hop by hop.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub witness: Vec<Witness>,
    /// How many people and assets it touches.
    pub exposure: Exposure,
    /// The summed weight of the capabilities it is about, 1 to 100 each; 0 where it isn't about capabilities.
    pub impact: u64,
    /// The least that has to go for it to end.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub cut: Vec<Cut>,
    /// What several findings of a rule have in common: one repair ends them all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub root: Option<Node>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<Fix>,
    /// Somebody accepts it for a while. It stays in every total.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waived: Option<Waived>,
}

impl Finding {
    /// Whether it stops a plan: an error that this change brings or worsens and that nobody waived.
    pub fn refuses(&self) -> bool {
        self.level == Level::Error && self.waived.is_none() && matches!(self.state, Some(State::New | State::Worsened))
    }

    /// Whether somebody has to do something about it: it is there, and neither waived nor a note.
    pub fn is_open(&self) -> bool {
        self.level != Level::Note && self.waived.is_none() && self.state != Some(State::Fixed)
    }
}

/// How grave a finding is by itself, whatever the policy makes of it; the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Money or a whole business is in the wrong hands.
    Critical,
    /// Somebody can do what they should not.
    High,
    /// It should be mended.
    Medium,
    /// It could be better.
    Low,
    /// Good to know.
    Info,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }
}

/// What a finding does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Refuses a plan that brings or worsens it.
    Error,
    /// To be looked at.
    Warning,
    /// For information.
    Note,
}

impl Level {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A finding against the state before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was not there before.
    New,
    /// It was there and touches more now.
    Worsened,
    /// It was there before, and not worse.
    Unchanged,
    /// It was there before and is gone.
    Fixed,
}

impl State {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Worsened => "worsened",
            State::Unchanged => "unchanged",
            State::Fixed => "fixed",
        }
    }
}

/// A person, partner, business, asset, team or other thing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its stable name (`person:bo@acme.example`, `asset:549755885175`).
    pub id: String,
    /// As people call it.
    pub label: String,
}

impl Node {
    /// A thing by its kind and the name that tells it from others of the kind.
    pub fn new(kind: &str, name: &str, label: impl Into<String>) -> Self {
        Node { id: format!("{kind}:{name}"), label: label.into() }
    }
}

/// A place in the access repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file, relative to the repository's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u16,
}

impl Place {
    fn spot(&self) -> edit::Spot {
        (self.line, u32::from(self.column))
    }
}

/// Another place that takes part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there, in a few words.
    pub label: String,
}

/// A path that proves a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// What it proves, in a few words (`edit billing`).
    pub proves: String,
    /// From the subject to the object.
    pub hops: Vec<Hop>,
}

/// One hop of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// From here.
    pub from: Node,
    /// To there.
    pub to: Node,
    /// How, in a few words (`is in team`, `has CAMPAIGN_MANAGER on`).
    pub how: String,
    /// The line that says so, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
    /// The row of the export that says so, where no line does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
}

/// How much a finding touches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// People who have what they should not, or who depend on it.
    pub people: u64,
    /// Assets concerned.
    pub assets: u64,
}

/// Something that has to go.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// What, in a few words.
    pub what: String,
    /// The line, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
    /// The row of the export, where there is no line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Its edits can be applied as they are: nobody loses what the files say they need.
    Safe,
    /// There are several ways, and somebody has to choose.
    Choice,
    /// It can't be mended in the files alone.
    Manual,
}

impl Safety {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Choice => "choice",
            Safety::Manual => "manual",
        }
    }
}

/// How to mend a finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// How far it can be trusted.
    pub safety: Safety,
    /// What to do, in one sentence.
    pub text: String,
    /// Edits of the files that do it; of a choice, the one to be preferred. They are found again by what stands at their place, so
    /// comments and order survive.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub edits: Vec<Edit>,
}

/// An edit of one file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "edit", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// Gives a key of the mapping that starts at the place a list of words, and drops another key that it replaces.
    SetList {
        /// Start of the mapping.
        at: Place,
        /// The key.
        key: String,
        /// The words.
        words: Vec<String>,
        /// A key that goes (`profile` where `permissions` comes).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        instead_of: Option<String>,
    },
    /// Gives a key of the mapping that starts at the place a text.
    SetText {
        /// Start of the mapping.
        at: Place,
        /// The key.
        key: String,
        /// The text.
        text: String,
    },
    /// Removes the list item, or the entry of a mapping, that starts at the place.
    Remove {
        /// Start of the item, or of the entry's key.
        at: Place,
    },
}

impl Edit {
    /// The file, and the edit in the words of the editor.
    pub fn to_source(&self) -> (&str, edit::Edit) {
        let (at, edit) = match self {
            Edit::SetList { at, key, words, instead_of } => {
                let value = edit::Value::List(words.clone());
                let set = edit::Edit::Set { at: at.spot(), key: key.clone(), value, instead_of: instead_of.clone() };
                (at, set)
            }
            Edit::SetText { at, key, text } => {
                let value = edit::Value::Text(text.clone());
                (at, edit::Edit::Set { at: at.spot(), key: key.clone(), value, instead_of: None })
            }
            Edit::Remove { at } => (at, edit::Edit::Remove { at: at.spot() }),
        };
        (&at.file, edit)
    }
}

/// Somebody accepts a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approver: String,
    /// The last day.
    #[schemars(with = "String")]
    pub until: Date,
    /// Where it stands.
    pub place: Place,
}

/// A rule, or a part of its population, about which nothing can be said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotEvaluated {
    /// The rule.
    pub rule: String,
    /// Why, in a clause (`no directory is named in the policy`).
    pub reason: String,
    /// How many things were not looked at; 0 where that can't be counted.
    pub count: u64,
}

/// The fingerprint of a finding, as bytes for as long as nobody reads it: a plan compares far more findings than it tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Fingerprint([u8; 10]);

impl Fingerprint {
    /// Over the rule and the stable names of what it is about.
    pub(super) fn of<'n>(rule: &str, business: Option<&str>, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut hasher = Hasher::new();
        hasher.piece(b"accord-finding 1").piece(rule.as_bytes()).piece(business.unwrap_or_default().as_bytes());
        for name in names {
            hasher.piece(name.as_bytes());
        }
        let mut short = [0; 10];
        for (to, byte) in short.iter_mut().zip(hasher.finish().0) {
            *to = byte;
        }
        Fingerprint(short)
    }
}

impl fmt::Display for Fingerprint {
    /// 20 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
