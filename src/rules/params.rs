//! Parameters of rules: declared with a type and a default, set in the policy, read by name.

use std::collections::BTreeMap;

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// As the policy writes it, in snake case.
    pub name: &'static str,
    /// What holds where the policy says nothing.
    pub default: Value<'static>,
    /// In the profile `agency`, where that differs.
    pub agency: Option<Value<'static>>,
    /// In the profile `audit-strict`, where that differs.
    pub audit_strict: Option<Value<'static>>,
    /// Which way it lets more pass.
    pub looser: Looser,
    /// What it means, in one clause.
    pub doc: &'static str,
}

/// A value with its unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value<'a> {
    /// So many.
    Count(u32),
    /// So many percent.
    Percent(u32),
    /// So many days.
    Days(u32),
    /// Yes or no.
    Flag(bool),
    /// Words.
    Words(&'a [&'a str]),
}

/// Which way a parameter lets more pass: a limit that is raised, a list of exceptions that grows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looser {
    /// A higher number, more words, `true`.
    More,
    /// The same, and 0 is no limit at all.
    MoreOrNone,
    /// A lower number, fewer words, `false`.
    Less,
    /// Fewer words, and none stand for all.
    LessThanAll,
}

impl Param {
    /// A count.
    pub const fn count(name: &'static str, default: u32, doc: &'static str) -> Self {
        Param::of(name, Value::Count(default), doc)
    }

    /// A share in percent.
    pub const fn percent(name: &'static str, default: u32, doc: &'static str) -> Self {
        Param::of(name, Value::Percent(default), doc)
    }

    /// A number of days.
    pub const fn days(name: &'static str, default: u32, doc: &'static str) -> Self {
        Param::of(name, Value::Days(default), doc)
    }

    /// Yes or no.
    pub const fn flag(name: &'static str, default: bool, doc: &'static str) -> Self {
        Param::of(name, Value::Flag(default), doc)
    }

    /// Words.
    pub const fn words(name: &'static str, default: &'static [&'static str], doc: &'static str) -> Self {
        Param::of(name, Value::Words(default), doc)
    }

    /// Another way in which it lets more pass.
    #[must_use]
    pub const fn looser(self, looser: Looser) -> Self {
        Param { looser, ..self }
    }

    const fn of(name: &'static str, default: Value<'static>, doc: &'static str) -> Self {
        let looser = if matches!(default, Value::Flag(_)) { Looser::Less } else { Looser::More };
        Param { name, default, agency: None, audit_strict: None, looser, doc }
    }

    /// With another value in the profile `agency`.
    #[must_use]
    pub const fn agency(self, value: Value<'static>) -> Self {
        Param { agency: Some(value), ..self }
    }

    /// With another value in the profile `audit-strict`.
    #[must_use]
    pub const fn audit_strict(self, value: Value<'static>) -> Self {
        Param { audit_strict: Some(value), ..self }
    }
}

/// The values of one rule's parameters in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Params {
    numbers: BTreeMap<&'static str, u32>,
    flags: BTreeMap<&'static str, bool>,
    words: BTreeMap<&'static str, Vec<String>>,
}

impl Params {
    /// Sets a value.
    pub fn set(&mut self, name: &'static str, value: Value<'_>) {
        match value {
            Value::Count(number) | Value::Percent(number) | Value::Days(number) => {
                self.numbers.insert(name, number);
            }
            Value::Flag(flag) => {
                self.flags.insert(name, flag);
            }
            Value::Words(words) => {
                self.words.insert(name, words.iter().map(|word| (*word).to_owned()).collect());
            }
        }
    }

    /// A count, share or number of days. A name that the rule doesn't declare is 0; a test reads every declared one.
    pub fn number(&self, name: &str) -> u32 {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    /// [`Params::number`] to compare lengths with.
    pub fn len(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// A flag.
    pub fn flag(&self, name: &str) -> bool {
        self.flags.get(name).copied().unwrap_or_default()
    }

    /// Words.
    pub fn words(&self, name: &str) -> &[String] {
        self.words.get(name).map_or(&[], Vec::as_slice)
    }
}
