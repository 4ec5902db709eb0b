//! People the directory need not know. What is missing in an entry is a finding, not an error: an audit lists it.

use jiff::civil::Date;

use super::Placed;
use super::target::Target;
use crate::source::Span;

/// One exemption.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exemption {
    /// Who is exempt: a key, an address or an id.
    pub who: Target,
    /// Why.
    pub reason: Option<Placed<String>>,
    /// Who answers for it.
    pub owner: Option<Placed<String>>,
    /// Last day.
    pub until: Option<Placed<Date>>,
    /// Where the entry starts.
    pub span: Span,
}

impl Exemption {
    /// What it does not say, by key.
    pub fn missing(&self) -> Vec<&'static str> {
        let parts =
            [("reason", self.reason.is_none()), ("owner", self.owner.is_none()), ("until", self.until.is_none())];
        parts.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name).collect()
    }

    /// Whether it still holds on a day; one without an end does.
    pub fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until.value)
    }
}
