//! The whole state of a business, read in the order that leaves nothing out.
//!
//! 1. The lists: members and system users, partners of both directions, assets of each type and which of them are owned, invites to people
//!    and between businesses. Every filter of the interface has a default that hides something, so each is given.
//! 2. The grants, by holder and type, or by asset.
//! 3. The lists again. What is not the same as before moved while the grants were read: they are read once more.
//!
//! A part that failed makes its collection incomplete, with the reason: from it nothing is ever removed.

mod grants;
mod list;
mod lists;
mod parallel;
mod settle;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::request::CallError;
use super::source::Source;
use crate::model::Direction;
use crate::observed::ObservedState;
use grants::Grants;
use list::Flaw;
use lists::{Lists, Part};
use settle::Settling;

/// What to read.
pub struct Reading<'a> {
    /// The platform's id of the business.
    pub business: &'a str,
    /// For the heading of the state.
    pub captured_at: Timestamp,
    /// Where the interface is, for the heading.
    pub base: &'a str,
    /// How many calls at a time.
    pub threads: usize,
}

/// Nothing sensible was read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The id can't be one.
    #[error("`{0}` can't be the id of a business: it is a text of digits")]
    Id(String),
    /// The token is not taken, or its owner may not see the business.
    #[error("business `{business}` can't be read with this token")]
    Denied {
        /// The business.
        business: String,
        /// What the platform said.
        #[source]
        error: CallError,
    },
    /// No list could be read.
    #[error("nothing of business `{business}` can be read: {why}")]
    Nothing {
        /// The business.
        business: String,
        /// Why the first list failed.
        why: String,
    },
    /// The rows contradict each other in a way that no state can have.
    #[error("what was read of business `{business}` contradicts itself: {why}")]
    Contradiction {
        /// The business.
        business: String,
        /// The first contradiction.
        why: String,
    },
}

/// So often grants are read while something moves.
const ROUNDS: usize = 3;

impl Reading<'_> {
    /// Reads the business.
    ///
    /// # Errors
    /// Where nothing sensible can be read. Everything less makes a collection incomplete.
    pub fn state(&self, source: &dyn Source) -> Result<ObservedState, FetchError> {
        let digits = !self.business.is_empty() && self.business.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(FetchError::Id(self.business.to_owned()));
        }
        let _span = tracing::info_span!("read the business", business = self.business).entered();
        let mut lists = self.lists(source)?;
        for round in 1.. {
            let grants = Grants::read(source, self.business, &lists, self.threads);
            let again = self.lists(source)?;
            let moved = lists.moved(&again);
            if moved.is_empty() || round == ROUNDS {
                return self.settle(&again, &grants, &moved);
            }
            tracing::info!(round, ?moved, "something moved while it was read");
            lists = again;
        }
        Err(FetchError::Nothing { business: self.business.to_owned(), why: "it was never read".to_owned() })
    }

    fn lists(&self, source: &dyn Source) -> Result<Lists, FetchError> {
        let lists = Lists::read(source, self.business, self.threads);
        let business = || self.business.to_owned();
        let flaws: Vec<(Part, &Flaw)> = lists.flaws().collect();
        let denied = flaws.iter().find_map(|(part, flaw)| match flaw {
            Flaw::Call(error) if denies(*part, error) => Some(error.clone()),
            Flaw::Call(_) | Flaw::Said(_) => None,
        });
        if let Some(error) = denied {
            return Err(FetchError::Denied { business: business(), error });
        }
        match flaws.first() {
            Some((_, flaw)) if lists.is_void() => Err(FetchError::Nothing { business: business(), why: flaw.text() }),
            _ => Ok(lists),
        }
    }

    fn settle(&self, lists: &Lists, grants: &Grants, moved: &BTreeSet<Part>) -> Result<ObservedState, FetchError> {
        Settling::new(self, lists, grants, moved).finish().map_err(|faults| {
            let why = faults.into_iter().next().map(|fault| fault.message).unwrap_or_default();
            FetchError::Contradiction { business: self.business.to_owned(), why }
        })
    }
}

/// Whether a refusal is one of the business and not of one list: without its people nothing can be said of a business.
fn denies(part: Part, error: &CallError) -> bool {
    let people = matches!(part, Part::Members { system: false } | Part::Partners(Direction::Inbound));
    people && matches!(error.status(), Some(401 | 403 | 404))
}
