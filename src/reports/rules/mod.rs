//! The documentation of rules: one for a terminal, all for `docs/rules.md`.

mod markdown;
mod text;

pub use markdown::{all, one};
pub use text::{explained, listed};

use crate::rules::finding::{Level, Safety};
use crate::rules::params::Value;
use crate::rules::rule::{Data, Levels};

/// A level as the policy writes it.
fn level(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Error) => "deny",
        Some(Level::Warning) => "warn",
        Some(Level::Note) => "note",
        None => "off",
    }
}

/// `deny`, or what each profile says where they differ.
fn levels(levels: Levels) -> String {
    let Levels { advertiser, agency, audit_strict } = levels;
    if advertiser == agency && agency == audit_strict {
        return level(advertiser).to_owned();
    }
    format!("{} (agency: {}, audit-strict: {})", level(advertiser), level(agency), level(audit_strict))
}

fn value(value: Value<'_>) -> String {
    match value {
        Value::Count(number) => number.to_string(),
        Value::Percent(number) => format!("{number} %"),
        Value::Days(number) => format!("{number} days"),
        Value::Flag(flag) => flag.to_string(),
        Value::Words([]) => "none".to_owned(),
        Value::Words(words) => words.join(", "),
    }
}

fn fix(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "a patch that `accord audit --fix` can write, where it is safe",
        Safety::Choice => "several ways, to be chosen from",
        Safety::Manual => "by hand",
    }
}

fn data(data: Data) -> &'static str {
    match data {
        Data::Export => "an export",
        Data::Directory => "a directory (`policy: directory:`)",
        Data::Activity => "dates of activity (`policy: activity:`)",
        Data::Base => "an earlier version of the files",
        Data::Plan => "a plan",
    }
}
