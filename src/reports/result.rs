//! `--result FILE`: what came of a verb, for the program that started it.
//!
//! Wrappers in CI swallow exit codes and mix streams; a file they were told to write can be trusted.

use std::collections::BTreeMap;
use std::error::Error;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Digest;
use crate::plan::{Plan, Verdict};

/// The version of the result file.
pub const FORMAT_VERSION: u32 = 1;

/// What came of a verb.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ResultFile {
    /// Always `accord-result`.
    pub format: String,
    /// Version of this format.
    pub format_version: u32,
    /// Version of accord.
    pub version: String,
    /// The verb (`plan`).
    pub verb: String,
    /// What the exit code means.
    pub status: StatusWord,
    /// The exit code of the process.
    pub exit_code: u8,
    /// How many of what, by name (`operations`, `removals`, `errors`).
    pub counts: BTreeMap<String, u64>,
    /// Digests, by what they are of (`plan`, `files`, `state acme`).
    pub digests: BTreeMap<String, Digest>,
    /// Guards that refused.
    pub refused: Vec<RefusedGuard>,
    /// Files that were written, by what they are (`plan`, `journal`).
    pub files: BTreeMap<String, String>,
    /// What went wrong, where the verb could not go on.
    pub error: Option<ErrorReport>,
}

/// What an exit code means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusWord {
    /// 0: done, or nothing to do.
    Ok,
    /// 1, and every code without a meaning of its own: an error, nothing written.
    Error,
    /// 2: something differs.
    Differs,
    /// 3: refused by a rule or guard.
    Refused,
    /// 4: a plan, snapshot or lock is stale.
    Stale,
    /// 5: partly applied; the journal is left.
    Partial,
    /// 64: used in a way that makes no sense.
    Usage,
    /// 130, 143: stopped by a signal; the journal is consistent.
    Interrupted,
}

/// A guard that refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
pub struct RefusedGuard {
    /// Key of the business.
    pub business: String,
    /// The guard, as `--allow` takes it.
    pub guard: String,
    /// The count that `--allow GUARD=COUNT` must name.
    pub count: u64,
    /// What it said.
    pub message: String,
}

/// An error and what it comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ErrorReport {
    /// What went wrong.
    pub message: String,
    /// What it comes from, the nearest first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl ResultFile {
    /// The result of a verb that ended with an exit code.
    pub fn new(verb: &str, exit_code: u8) -> Self {
        ResultFile {
            format: "accord-result".to_owned(),
            format_version: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            verb: verb.to_owned(),
            status: StatusWord::of(exit_code),
            exit_code,
            counts: BTreeMap::new(),
            digests: BTreeMap::new(),
            refused: Vec::new(),
            files: BTreeMap::new(),
            error: None,
        }
    }

    /// Adds a count.
    #[must_use]
    pub fn count(mut self, what: &str, count: u64) -> Self {
        self.counts.insert(what.to_owned(), count);
        self
    }

    /// Adds a digest.
    #[must_use]
    pub fn digest(mut self, of: &str, digest: Digest) -> Self {
        self.digests.insert(of.to_owned(), digest);
        self
    }

    /// Adds a file that was written.
    #[must_use]
    pub fn file(mut self, what: &str, path: &str) -> Self {
        self.files.insert(what.to_owned(), path.to_owned());
        self
    }

    /// Says what went wrong.
    #[must_use]
    pub fn error(mut self, error: ErrorReport) -> Self {
        self.error = Some(error);
        self
    }

    /// Adds what a plan says of itself: digests, counts of what it holds, guards that refuse.
    #[must_use]
    pub fn plan(mut self, plan: &Plan) -> Self {
        self = self
            .digest("plan", plan.digest)
            .digest("files", plan.desired);
        let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
        for business in &plan.businesses {
            let key = &business.business.key;
            self = self.digest(&format!("state {key}"), business.observed.digest);
            for (what, count) in [
                ("operations", business.operations.len()),
                ("waiting", business.waiting.len()),
                ("deferred", business.deferred.len()),
                ("withheld", business.withheld.len()),
                ("notices", business.notices.len()),
            ] {
                *totals.entry(what).or_default() += count as u64;
            }
            *totals.entry("unchanged").or_default() += business.totals.unchanged;
            self.refused.extend(refused(business));
        }
        for (what, count) in totals {
            self = self.count(what, count);
        }
        self
    }

    /// The file's text: indented JSON and a line end.
    ///
    /// # Errors
    /// Where JSON can't be written, which for this type does not happen.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl StatusWord {
    /// The meaning of an exit code.
    pub fn of(exit_code: u8) -> Self {
        match exit_code {
            0 => StatusWord::Ok,
            2 => StatusWord::Differs,
            3 => StatusWord::Refused,
            4 => StatusWord::Stale,
            5 => StatusWord::Partial,
            64 => StatusWord::Usage,
            130 | 143 => StatusWord::Interrupted,
            _ => StatusWord::Error,
        }
    }
}

impl ErrorReport {
    /// An error with its chain of sources. A source that only repeats the end of the message before it is left out.
    pub fn of(error: &dyn Error) -> Self {
        let message = error.to_string();
        let mut causes: Vec<String> = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            let before = causes.last().unwrap_or(&message);
            if !before.ends_with(&text) {
                causes.push(text);
            }
            source = cause.source();
        }
        ErrorReport {
            message,
            causes,
            help: None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }
}

fn refused(business: &crate::plan::BusinessPlan) -> impl Iterator<Item = RefusedGuard> + '_ {
    business
        .guards
        .iter()
        .filter_map(|guard| match &guard.verdict {
            Verdict::Refused {
                count,
                message,
                details: _,
            } => Some(RefusedGuard {
                business: business.business.key.clone(),
                guard: guard.guard.clone(),
                count: *count,
                message: message.clone(),
            }),
            Verdict::Passed | Verdict::Off | Verdict::Overridden { .. } => None,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::reports::sample;

    #[test]
    fn every_exit_code_of_the_program_has_its_word() {
        let words = [0u8, 1, 2, 3, 4, 5, 64, 101, 130, 143]
            .map(|code| serde_json::to_value(StatusWord::of(code)).expect("a word"));
        let expected = [
            "ok",
            "error",
            "differs",
            "refused",
            "stale",
            "partial",
            "usage",
            "error",
            "interrupted",
            "interrupted",
        ];
        assert_eq!(words, expected.map(Value::from));
    }

    #[test]
    fn a_refused_plan_says_by_which_guard_and_with_what_count() {
        let plan = sample::refused();
        let result = ResultFile::new("plan", 3)
            .plan(&plan)
            .file("plan", "access.plan");
        let read: Value = serde_json::from_str(&result.json().expect("plain data")).expect("JSON");
        assert_eq!(read["format"], "accord-result");
        assert_eq!(read["format_version"], 1);
        assert_eq!(read["verb"], "plan");
        assert_eq!(read["status"], "refused");
        assert_eq!(read["exit_code"], 3);
        assert_eq!(read["counts"]["operations"], 15);
        assert_eq!(read["counts"]["unchanged"], 1234);
        assert_eq!(read["digests"]["plan"], plan.digest.to_string());
        assert_eq!(
            read["digests"]["state norrhem"],
            plan.businesses[0].observed.digest.to_string()
        );
        assert_eq!(read["files"], json!({"plan": "access.plan"}));
        assert_eq!(
            read["refused"],
            json!([{"business": "norrhem", "guard": "removals", "count": 7,
                    "message": "7 of 113 grants would be removed (6.2 %), limit 5 % above a floor of 5"}])
        );
        assert_eq!(read["error"], Value::Null);
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the plan file can't be read")]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("line 3: {0}")]
    struct Middle(#[source] std::io::Error);

    #[test]
    fn an_error_tells_its_causes_and_repeats_none() {
        let io = std::io::Error::other("disk gone");
        let report = ErrorReport::of(&Outer(Middle(io))).help("plan again");
        assert_eq!(report.message, "the plan file can't be read");
        assert_eq!(report.causes, ["line 3: disk gone"]);
        assert_eq!(report.help.as_deref(), Some("plan again"));
    }
}
