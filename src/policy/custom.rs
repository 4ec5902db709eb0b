//! Rules of the repository's own.

use super::Placed;
use super::cel::Expression;
use super::levels::Level;
use super::pattern::Pattern;
use crate::source::Span;

/// A custom rule: it fires for every row that fits `match` and `when` and not `unless`; with a limit, for every group of too many.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomRule {
    /// Its name.
    pub name: Placed<String>,
    /// Its level.
    pub level: Level,
    /// How bad a finding is (`high`), by index in [`SEVERITIES`].
    pub severity: usize,
    /// What a finding says.
    pub message: String,
    /// What to do about one.
    pub help: Option<String>,
    /// Rows it looks at.
    pub matches: Option<Pattern>,
    /// Rows it leaves out.
    pub unless: Option<Pattern>,
    /// A condition beside the patterns.
    pub when: Option<Expression>,
    /// How many are allowed.
    pub limit: Option<Limit>,
}

/// Words for how bad a finding is.
pub const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];

/// At most so many of one kind in each group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// How many are allowed.
    pub at_most: u32,
    /// What is counted.
    pub of: Counted,
    /// In what it is counted.
    pub per: Group,
    /// Where it is written.
    pub span: Span,
}

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Counted {
    /// Different people.
    People,
    /// Different assets.
    Assets,
    /// Different clients.
    Clients,
}

/// In what a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group {
    /// Each asset by itself.
    Asset,
    /// Each client.
    Client,
    /// Each business.
    Business,
    /// Each person.
    Person,
    /// Each partner.
    Partner,
    /// All together.
    All,
}
