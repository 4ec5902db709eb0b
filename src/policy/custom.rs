//! Rules of the repository's own: what they say to a row, how they count, and the tests they carry.

use std::collections::BTreeMap;

use super::Placed;
use super::cel::{Expression, Verdict};
use super::levels::Level;
use super::pattern::{Pattern, Truth};
use super::record::Access;
use super::sample::Sample;
use crate::source::{Problem, Span};

/// A custom rule: it fires for every row that fits `match` and `when` and not `unless`; with a limit, for every group of too many.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomRule {
    /// Its name.
    pub name: Placed<String>,
    /// Its level.
    pub level: Level,
    /// How bad a finding is, by index in [`SEVERITIES`].
    pub severity: usize,
    /// What a finding says.
    pub message: Placed<String>,
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
    /// Rows for which it must fire; with a limit, rows that are too many together.
    pub fires: Vec<Sample>,
    /// Rows for which it must not; with a limit, rows that are not too many together.
    pub quiet: Vec<Sample>,
}

/// Words for how bad a finding is, the worst first.
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

/// The words of [`Counted`], in its order.
pub const COUNTED: [&str; 3] = ["people", "assets", "clients"];

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
    Everything,
}

/// The words of [`Group`], in its order.
pub const GROUPS: [&str; 6] = ["asset", "client", "business", "person", "partner", "everything"];

/// What a rule says to a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The row is one of those it is about.
    Fires,
    /// It is not.
    Quiet,
    /// This field would decide it, and nobody told us its value.
    Unknown(&'static str),
    /// The expression could not be evaluated. Never a pass.
    Failed(String),
}

impl CustomRule {
    /// What it says to a row, whatever the limit.
    pub fn judge(&self, row: &Access<'_>) -> Outcome {
        let fits = |pattern: &Option<Pattern>, absent| pattern.as_ref().map_or(absent, |pattern| pattern.fits(row));
        let matches = fits(&self.matches, Truth::Yes);
        let unless = fits(&self.unless, Truth::No);
        if matches == Truth::No || unless == Truth::Yes {
            return Outcome::Quiet;
        }
        let when = self.when.as_ref().map_or(Verdict::Holds, |when| when.evaluate(row));
        match (when, matches, unless) {
            (Verdict::HoldsNot, ..) => Outcome::Quiet,
            (Verdict::Failed(message), ..) => Outcome::Failed(message),
            (Verdict::Unknown(field), ..) | (_, Truth::Unknown(field), _) | (_, _, Truth::Unknown(field)) => {
                Outcome::Unknown(field)
            }
            (Verdict::Holds, ..) => Outcome::Fires,
        }
    }

    /// Runs the tests it carries.
    pub fn run_tests(&self) -> Vec<Problem> {
        match &self.limit {
            Some(limit) => self.test_together(limit),
            None => {
                let fires = self.fires.iter().filter_map(|sample| self.test_row(sample, true));
                fires.chain(self.quiet.iter().filter_map(|sample| self.test_row(sample, false))).collect()
            }
        }
    }

    fn test_row(&self, sample: &Sample, fires: bool) -> Option<Problem> {
        let found = match (sample.with(|row| self.judge(row)), fires) {
            (Outcome::Fires, true) | (Outcome::Quiet, false) => return None,
            (Outcome::Fires, false) => "it fires".to_owned(),
            (Outcome::Quiet, true) => "it doesn't".to_owned(),
            (Outcome::Unknown(field), _) => format!("`{field}` would decide it, and the test does not say it"),
            (Outcome::Failed(message), _) => format!("the expression can't be evaluated: {message}"),
        };
        Some(self.failed(sample.span, fires, &found))
    }

    fn test_together(&self, limit: &Limit) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (samples, fires) in [(&self.fires, true), (&self.quiet, false)] {
            let mut tally = Tally::new(*limit);
            let mut undecided = false;
            for sample in samples {
                match sample.with(|row| {
                    let outcome = self.judge(row);
                    if outcome == Outcome::Fires {
                        tally.add(row, ());
                    }
                    outcome
                }) {
                    Outcome::Fires | Outcome::Quiet => {}
                    Outcome::Unknown(_) | Outcome::Failed(_) => {
                        undecided = true;
                        problems.extend(self.test_row(sample, fires));
                    }
                }
            }
            let most = tally.groups.values().map(BTreeMap::len).max().unwrap_or(0);
            let exceeds = tally.exceeding().next().is_some();
            if let (Some(first), false, true) = (samples.first(), undecided, exceeds != fires) {
                let found = format!("the most in one group are {most}, limit {}", limit.at_most);
                problems.push(self.failed(first.span, fires, &found));
            }
        }
        problems
    }

    fn failed(&self, span: Span, fires: bool, found: &str) -> Problem {
        let (must, list) = if fires { ("must fire", "fires") } else { ("must be quiet", "quiet") };
        let message = format!("`{}` {must} here: {found}", self.name.value);
        Problem::error("test-failed", span, message)
            .label(format!("a row of `{list}`"))
            .related(self.name.span, "the rule")
    }
}

/// Counts rows of a rule with a limit; `T` is what the caller wants back for each that counts, the first of each.
#[derive(Debug)]
pub struct Tally<T> {
    limit: Limit,
    groups: BTreeMap<String, BTreeMap<String, T>>,
}

impl<T> Tally<T> {
    /// Nothing counted yet.
    pub fn new(limit: Limit) -> Self {
        Tally { limit, groups: BTreeMap::new() }
    }

    /// Counts a row for which the rule fires.
    pub fn add(&mut self, row: &Access<'_>, payload: T)
    where
        T: Clone,
    {
        let counted = match self.limit.of {
            Counted::People => row.person.key.to_owned(),
            Counted::Assets => row.asset.identity(),
            Counted::Clients => match row.asset.client {
                Some(client) => client.to_owned(),
                None => return,
            },
        };
        for group in groups(self.limit.per, row) {
            let members = self.groups.entry(group).or_default();
            members.entry(counted.clone()).or_insert_with(|| payload.clone());
        }
    }

    /// Groups with more than the limit: the group, and what was counted in it.
    pub fn exceeding(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, T>)> {
        let limit = self.limit.at_most as usize;
        self.groups
            .iter()
            .filter(move |(_, members)| members.len() > limit)
            .map(|(group, members)| (group.as_str(), members))
    }
}

fn groups(per: Group, row: &Access<'_>) -> Vec<String> {
    match per {
        Group::Asset => vec![row.asset.identity()],
        Group::Client => row.asset.client.map(str::to_owned).into_iter().collect(),
        Group::Business => vec![row.asset.business.to_owned()],
        Group::Person => vec![row.person.key.to_owned()],
        Group::Partner => row.partners.iter().map(|partner| (*partner).to_owned()).collect(),
        Group::Everything => vec![String::new()],
    }
}
