//! The one located record for everything a user can fix: a problem in a file, later also a finding of a rule.

use super::Span;

/// How bad it is. An error refuses, a warning is shown, a note informs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Nothing is written while one stands.
    Error,
    /// Shown, and does not stop anything.
    Warning,
    /// For information.
    Note,
}

/// Another place that takes part in a problem (the first of two duplicates, the policy line that made it one).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Related {
    /// The place.
    pub span: Span,
    /// What is there, in a few words.
    pub label: String,
}

/// A located problem. Messages: lower case, no final period, the user's words in backticks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The place; `None` where no single place is to blame (a missing file).
    pub span: Option<Span>,
    /// How bad it is.
    pub level: Level,
    /// A stable name for the kind of problem, in kebab case (`unknown-key`).
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// What to say under the underlined text.
    pub label: Option<String>,
    /// Other places.
    pub related: Vec<Related>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Problem {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Problem {
            span: Some(span),
            level: Level::Error,
            code,
            message: message.into(),
            label: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Problem { level: Level::Warning, ..Problem::error(code, span, message) }
    }

    /// An error of the run as a whole, or of a file without a readable place.
    pub fn unplaced(code: &'static str, message: impl Into<String>) -> Self {
        Problem {
            span: None,
            level: Level::Error,
            code,
            message: message.into(),
            label: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what the underlined text is.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related { span, label: label.into() });
        self
    }
}
