//! Waivers: findings that somebody accepted, for a time and with a reason.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;

use super::Placed;
use super::target::Target;
use crate::source::Span;

/// One waiver. It covers findings of its rule that are about all it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// Name of the rule.
    pub rule: Placed<String>,
    /// Whom the finding is about. At least one of subject and object is written.
    pub subject: Option<Target>,
    /// What the finding is about.
    pub object: Option<Target>,
    /// Why it is accepted.
    pub reason: Placed<String>,
    /// Who answers for it.
    pub owner: Placed<String>,
    /// Who accepted it; never the beneficiary. The names are those of the person behind the address.
    pub approved_by: Target,
    /// Whether the files know the person behind that address. Of somebody unknown nobody can say that they don't gain.
    pub approver_known: bool,
    /// When.
    pub approved_on: Placed<Date>,
    /// Last day.
    pub until: Placed<Date>,
    /// The ticket that asked for it.
    pub ticket: Option<Placed<String>>,
    /// Days on which it was renewed, in order.
    pub renewed: Vec<Placed<Date>>,
    /// Where the entry starts.
    pub span: Span,
}

/// What a waiver says to a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Match {
    /// It accepts it.
    Waived,
    /// It would, and has expired.
    Expired,
    /// It would, but whoever approved it is the one who gains.
    ApprovedByBeneficiary,
    /// It would, but the files don't know who approved it: perhaps the one who gains.
    ApprovedByNobody,
}

/// All waivers on a day, with which of them were of use.
#[derive(Debug)]
pub struct Waivers<'a> {
    waivers: &'a [Waiver],
    as_of: Date,
    used: Vec<AtomicBool>,
    asked: BTreeSet<String>,
}

impl Waiver {
    /// Whether it still holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.until.value
    }

    /// For how many days it was granted: from the last renewal, else the approval, to the end.
    pub fn days(&self) -> i32 {
        let since = self.renewed.last().unwrap_or(&self.approved_on).value;
        self.until.value.since(since).map_or(0, |span| span.get_days())
    }

    /// What it says to a finding of a rule about a subject and an object, by their stable names.
    fn says(&self, rule: &str, subject: Option<&str>, object: Option<&str>, as_of: Date) -> Option<Match> {
        // Which of the two a rule calls the subject is its own affair.
        let names = || [subject, object].into_iter().flatten();
        let fits = |target: &Option<Target>| target.as_ref().is_none_or(|target| names().any(|name| target.is(name)));
        if self.rule.value != rule || !fits(&self.subject) || !fits(&self.object) {
            return None;
        }
        if names().any(|name| self.approved_by.is(name)) {
            return Some(Match::ApprovedByBeneficiary);
        }
        Some(match (self.holds_on(as_of), self.approver_known) {
            (false, _) => Match::Expired,
            (true, false) => Match::ApprovedByNobody,
            (true, true) => Match::Waived,
        })
    }
}

impl<'a> Waivers<'a> {
    /// The waivers on a day.
    pub fn new(waivers: &'a [Waiver], as_of: Date) -> Self {
        Waivers {
            waivers,
            as_of,
            used: waivers.iter().map(|_| AtomicBool::new(false)).collect(),
            asked: BTreeSet::new(),
        }
    }

    /// The same, knowing which rules are evaluated.
    #[must_use]
    pub fn asking(self, asked: BTreeSet<String>) -> Self {
        Waivers { asked, ..self }
    }

    /// All of them.
    pub fn all(&self) -> &'a [Waiver] {
        self.waivers
    }

    /// Waivers of evaluated rules that no finding asked for.
    pub fn idle(&self) -> Vec<&'a Waiver> {
        self.unused(|rule| self.asked.contains(rule))
    }

    /// The waiver that covers a finding and what it says; one that accepts it comes first. Notes that it was of use.
    pub fn find(&self, rule: &str, subject: Option<&str>, object: Option<&str>) -> Option<(&'a Waiver, Match)> {
        let mut best: Option<(&'a Waiver, Match)> = None;
        for (waiver, used) in self.waivers.iter().zip(&self.used) {
            let Some(found) = waiver.says(rule, subject, object, self.as_of) else {
                continue;
            };
            used.store(true, Ordering::Relaxed);
            if best.is_none_or(|(_, before)| before != Match::Waived && found == Match::Waived) {
                best = Some((waiver, found));
            }
        }
        best
    }

    /// Waivers that no finding asked for, of rules that were evaluated: about the others nothing is known.
    pub fn unused(&self, evaluated: impl Fn(&str) -> bool) -> Vec<&'a Waiver> {
        let unused = self
            .waivers
            .iter()
            .zip(&self.used)
            .filter(|(waiver, used)| !used.load(Ordering::Relaxed) && evaluated(&waiver.rule.value));
        unused.map(|(waiver, _)| waiver).collect()
    }
}
