//! Problems for programs: one JSON object a line, the last one the summary.
//!
//! Readers should skip lines whose `type` they don't know.

use schemars::JsonSchema;
use serde::Serialize;

use super::Tally;
use crate::source::{Files, Level, Problem, Span};

/// The version of this form.
pub const FORMAT_VERSION: u32 = 1;

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line {
    /// A problem.
    Problem(ProblemLine),
    /// How many there were; always the last line.
    Summary(SummaryLine),
}

/// A problem.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ProblemLine {
    /// Version of this form.
    pub format_version: u32,
    /// How bad it is.
    pub level: LevelWord,
    /// The stable name of the kind of problem (`unknown-key`).
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The place; absent where no single place is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceLine>,
    /// What is at the place, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Other places that take part.
    pub related: Vec<RelatedLine>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// A stretch of text on one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct PlaceLine {
    /// The file, relative to the repository's root, with `/` between the parts.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The first column, in characters from 1.
    pub column: u16,
    /// How many characters it covers.
    pub length: u32,
}

/// Another place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct RelatedLine {
    /// Where.
    #[serde(flatten)]
    pub place: PlaceLine,
    /// What is there, in a few words.
    pub label: String,
}

/// How many problems there were.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct SummaryLine {
    /// Version of this form.
    pub format_version: u32,
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Files that have a problem.
    pub files_with_problems: usize,
    /// Files that were read.
    pub files: usize,
}

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelWord {
    /// Nothing is written while one stands.
    Error,
    /// Shown, and does not stop anything.
    Warning,
    /// For information.
    Note,
}

/// Problems as lines of JSON, in the order given, and the summary.
///
/// # Errors
/// Where JSON can't be written, which for these types does not happen.
pub fn lines(problems: &[Problem], files: &Files) -> Result<String, serde_json::Error> {
    let summary = Line::Summary(summary(Tally::of(problems), files));
    let mut out = String::new();
    for line in problems.iter().map(|problem| Line::Problem(problem_line(problem, files))).chain([summary]) {
        out.push_str(&serde_json::to_string(&line)?);
        out.push('\n');
    }
    Ok(out)
}

fn problem_line(problem: &Problem, files: &Files) -> ProblemLine {
    let Problem { span, level, code, message, label, related, help } = problem;
    ProblemLine {
        format_version: FORMAT_VERSION,
        level: match level {
            Level::Error => LevelWord::Error,
            Level::Warning => LevelWord::Warning,
            Level::Note => LevelWord::Note,
        },
        code: (*code).to_owned(),
        message: message.clone(),
        place: span.map(|span| place(span, files)),
        label: label.clone(),
        related: related
            .iter()
            .map(|other| RelatedLine { place: place(other.span, files), label: other.label.clone() })
            .collect(),
        help: help.clone(),
    }
}

fn place(span: Span, files: &Files) -> PlaceLine {
    PlaceLine {
        file: files.path(span.start.file).to_owned(),
        line: span.start.line,
        column: span.start.column,
        length: span.length,
    }
}

fn summary(tally: Tally, files: &Files) -> SummaryLine {
    let Tally { errors, warnings, notes, files: files_with_problems } = tally;
    SummaryLine { format_version: FORMAT_VERSION, errors, warnings, notes, files_with_problems, files: files.len() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::source::{FileId, Pos};

    #[test]
    fn a_line_for_each_problem_and_the_summary() {
        let files = Files::new(vec!["a.yaml".to_owned(), "b.yaml".to_owned()]);
        let at = |file, line| Pos::new(FileId(file), line, 3).span(5);
        let problems = [
            Problem::unplaced("no-root", "there is no `accord.yaml`\nhere"),
            Problem::warning("odd", at(1, 7), "odd").label("here").related(at(0, 2), "there").help("mend it"),
        ];
        let text = lines(&problems, &files).expect("plain data");
        let parsed: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("every line is an object")).collect();
        let expected = [
            json!({"type": "problem", "format_version": 1, "level": "error", "code": "no-root",
                   "message": "there is no `accord.yaml`\nhere", "related": []}),
            json!({"type": "problem", "format_version": 1, "level": "warning", "code": "odd", "message": "odd",
                   "place": {"file": "b.yaml", "line": 7, "column": 3, "length": 5}, "label": "here",
                   "related": [{"file": "a.yaml", "line": 2, "column": 3, "length": 5, "label": "there"}],
                   "help": "mend it"}),
            json!({"type": "summary", "format_version": 1, "errors": 1, "warnings": 1, "notes": 0,
                   "files_with_problems": 1, "files": 2}),
        ];
        assert_eq!(parsed, expected);
    }
}
