//! How much was found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Level, State};
use super::judge::{Counted, Judgement};

/// Counts of findings. Waived ones are in every count but `open` and `refusing`; those that are gone only in `fixed`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Notes.
    pub notes: u64,
    /// Accepted for a while by a waiver.
    pub waived: u64,
    /// Errors and warnings that nobody waived.
    pub open: u64,
    /// Not there before.
    pub new: u64,
    /// There before, and worse now.
    pub worsened: u64,
    /// There before as now.
    pub unchanged: u64,
    /// There before and gone now.
    pub fixed: u64,
    /// Errors that are new or worse and not waived: they stop a plan.
    pub refusing: u64,
    /// Rules, or parts of what they look at, about which nothing can be said.
    pub not_evaluated: u64,
}

impl Tally {
    /// Counts.
    pub fn of(judgement: &Judgement) -> Self {
        let mut tally = Tally { not_evaluated: judgement.not_evaluated.len() as u64, ..Tally::default() };
        for finding in &judgement.findings {
            tally.add(finding);
        }
        for counted in &judgement.unchanged {
            tally.add_unchanged(counted);
        }
        tally
    }

    /// All that are there.
    pub fn present(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    fn add(&mut self, finding: &Finding) {
        if let Some(state) = finding.state {
            *match state {
                State::New => &mut self.new,
                State::Worsened => &mut self.worsened,
                State::Unchanged => &mut self.unchanged,
                State::Fixed => &mut self.fixed,
            } += 1;
        }
        if finding.state == Some(State::Fixed) {
            return;
        }
        *self.of_level(finding.level) += 1;
        self.waived += u64::from(finding.waived.is_some());
        self.open += u64::from(finding.is_open());
        self.refusing += u64::from(finding.refuses());
    }

    fn add_unchanged(&mut self, counted: &Counted) {
        self.unchanged += counted.count;
        *self.of_level(counted.level) += counted.count;
        if counted.level != Level::Note {
            self.open += counted.count;
        }
    }

    fn of_level(&mut self, level: Level) -> &mut u64 {
        match level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
            Level::Note => &mut self.notes,
        }
    }
}
