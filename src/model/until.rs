//! The last day a fact holds, in four bytes.

use jiff::civil::Date;

/// The last day on which something holds, inclusive; or no end.
///
/// A grant `until: 2027-03-31` holds on that day and not on the first of April.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Until(Option<Date>);

impl Until {
    /// Without an end.
    pub const FOREVER: Until = Until(None);

    /// Up to and including a day.
    pub fn day(date: Date) -> Self {
        Until(Some(date))
    }

    /// The day, where there is one.
    pub fn date(self) -> Option<Date> {
        self.0
    }

    /// Whether it still holds on `day`.
    pub fn holds_on(self, day: Date) -> bool {
        self.0.is_none_or(|last| day <= last)
    }

    /// The earlier of two ends.
    #[must_use]
    pub fn earlier(self, other: Until) -> Until {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Until(Some(a.min(b))),
            (a, b) => Until(a.or(b)),
        }
    }

    /// The later of two ends.
    #[must_use]
    pub fn later(self, other: Until) -> Until {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Until(Some(a.max(b))),
            _ => Until::FOREVER,
        }
    }
}
