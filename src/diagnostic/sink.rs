//! Collects problems from wherever they are found, and gives them back in an order that depends on nothing but themselves.

use std::collections::BTreeSet;
use std::fmt;

use crate::source::{Level, Problem};
use crate::terminal::prose;

/// Collects problems.
#[derive(Debug, Default)]
pub struct Sink {
    problems: Vec<Problem>,
}

/// How many problems there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Files that have a problem.
    pub files: usize,
}

impl Sink {
    /// An empty one.
    pub fn new() -> Self {
        Sink::default()
    }

    /// Takes one more.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// All problems by file, line, column, level and code, those without a place first; exact duplicates dropped.
    pub fn finish(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.cmp(b)));
        problems.dedup();
        problems
    }
}

impl Extend<Problem> for Sink {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        self.problems.extend(problems);
    }
}

impl From<Vec<Problem>> for Sink {
    fn from(problems: Vec<Problem>) -> Self {
        Sink { problems }
    }
}

/// Reading order. The order that `Pos` derives has the column before the line.
fn key(problem: &Problem) -> impl Ord + use<> {
    let place = problem.span.map(|span| {
        let start = span.start;
        (start.file, start.line, start.column)
    });
    (place, problem.level, problem.code)
}

impl Tally {
    /// Counts problems.
    pub fn of(problems: &[Problem]) -> Self {
        let at_level = |level| problems.iter().filter(|p| p.level == level).count();
        let files: BTreeSet<_> = problems.iter().filter_map(|problem| Some(problem.span?.start.file)).collect();
        Tally {
            errors: at_level(Level::Error),
            warnings: at_level(Level::Warning),
            notes: at_level(Level::Note),
            files: files.len(),
        }
    }

    /// Whether there is no problem at all.
    pub fn is_empty(&self) -> bool {
        let Tally { errors, warnings, notes, files: _ } = self;
        errors + warnings + notes == 0
    }
}

/// `3 errors and 1 warning in 2 files`; `no problems`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels =
            [(self.errors, "error", "errors"), (self.warnings, "warning", "warnings"), (self.notes, "note", "notes")];
        let named: Vec<String> = levels
            .into_iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| prose::count(n as u64, one, many))
            .collect();
        if named.is_empty() {
            return f.write_str("no problems");
        }
        f.write_str(&prose::list(&named))?;
        if self.files > 0 {
            let files = prose::count(self.files as u64, "file", "files");
            write!(f, " in {files}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{FileId, Pos};

    fn error(file: u16, line: usize, column: usize, code: &'static str) -> Problem {
        Problem::error(code, Pos::new(FileId(file), line, column).span(1), "m")
    }

    fn warning(file: u16, line: usize, column: usize, code: &'static str) -> Problem {
        Problem { level: Level::Warning, ..error(file, line, column, code) }
    }

    fn in_reading_order() -> Vec<Problem> {
        vec![
            Problem::unplaced("no-root", "m"),
            error(0, 2, 9, "a"),
            error(0, 10, 1, "b"),
            error(0, 10, 1, "c"),
            warning(0, 10, 1, "a"),
            error(0, 10, 3, "a"),
            error(1, 1, 1, "a"),
        ]
    }

    proptest! {
        #[test]
        fn the_order_depends_on_nothing_but_the_problems(shuffled in Just(in_reading_order()).prop_shuffle()) {
            prop_assert_eq!(Sink::from(shuffled).finish(), in_reading_order());
        }
    }

    #[test]
    fn exact_duplicates_are_dropped_and_near_ones_kept() {
        let mut sink = Sink::new();
        sink.report(error(0, 1, 1, "a"));
        sink.extend([error(0, 1, 1, "a"), error(0, 1, 1, "a").help("h")]);
        assert_eq!(sink.finish().len(), 2);
    }

    #[test]
    fn the_summary_counts_levels_and_files() {
        let tally = |problems: &[Problem]| Tally::of(problems).to_string();
        let mut problems = vec![error(0, 1, 1, "a"), error(0, 2, 1, "a"), error(1, 1, 1, "a")];
        assert_eq!(tally(&problems), "3 errors in 2 files");
        problems.push(warning(1, 1, 1, "a"));
        assert_eq!(tally(&problems), "3 errors and 1 warning in 2 files");
        assert_eq!(tally(&[Problem::unplaced("x", "m")]), "1 error");
        assert_eq!(tally(&[]), "no problems");
        assert!(Tally::of(&[]).is_empty());
        assert!(!Tally::of(&problems).is_empty());
    }
}
