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

use super::request::{CallError, Request};
use super::source::Source;
use super::wire::User;
use crate::observed::{Collection, ObservedState};
use crate::platforms::pinterest;
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

/// What was read.
#[derive(Debug)]
pub struct Export {
    /// The business.
    pub state: ObservedState,
    /// Collections that could not be read whole. The state says why; it may doubt others because of what is in them.
    pub flawed: Vec<Collection>,
}

/// What the platform says of whoever the token belongs to.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The person, where the token may tell: it needs `user_accounts:read`.
    pub(super) me: User,
    /// Their roles in the business; empty where the platform does not name the business among their employers.
    pub roles: Vec<String>,
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
    pub fn export(&self, source: &dyn Source) -> Result<Export, FetchError> {
        self.check_id()?;
        let _span = tracing::info_span!("read the business", business = self.business).entered();
        let me = me(source);
        let mut lists = self.lists(source)?;
        for round in 1.. {
            let grants = Grants::read(source, self.business, &lists, self.threads);
            let again = self.lists(source)?;
            let moved = lists.moved(&again);
            if moved.is_empty() || round == ROUNDS {
                return self.settle(&again, &grants, &moved, &me);
            }
            tracing::info!(round, ?moved, "something moved while it was read");
            lists = again;
        }
        Err(FetchError::Nothing { business: self.business.to_owned(), why: "it was never read".to_owned() })
    }

    /// Looks who the token belongs to and whether it sees the business, with three calls.
    ///
    /// # Errors
    /// Where it does not see it.
    pub fn standing(&self, source: &dyn Source) -> Result<Standing, FetchError> {
        self.check_id()?;
        let part = Part::Members { system: false };
        if let Some(Flaw::Call(error)) = part.read(source, self.business).flaw {
            return Err(match denies(part, &error) {
                true => FetchError::Denied { business: self.business.to_owned(), error },
                false => FetchError::Nothing { business: self.business.to_owned(), why: error.to_string() },
            });
        }
        let employers = Part::Employers.read(source, self.business);
        if let Some(flaw) = employers.unasked() {
            return Err(FetchError::Nothing { business: self.business.to_owned(), why: flaw.text() });
        }
        Ok(Standing { me: me(source), roles: employers.roles_in(self.business) })
    }

    fn check_id(&self) -> Result<(), FetchError> {
        let digits = !self.business.is_empty() && self.business.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(FetchError::Id(self.business.to_owned()));
        }
        Ok(())
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

    fn settle(&self, lists: &Lists, grants: &Grants, moved: &BTreeSet<Part>, me: &User) -> Result<Export, FetchError> {
        Settling::new(self, lists, grants, moved, me).finish().map_err(|faults| {
            let why = faults.into_iter().next().map(|fault| fault.message).unwrap_or_default();
            FetchError::Contradiction { business: self.business.to_owned(), why }
        })
    }
}

/// Whether a refusal is one of the business and not of one list: without its people nothing can be said of a business.
fn denies(part: Part, error: &CallError) -> bool {
    part == Part::Members { system: false } && matches!(error.status(), Some(401 | 403 | 404))
}

/// Whose token it is. Not every token may ask, and nothing depends on it but the guard of one's own access.
fn me(source: &dyn Source) -> User {
    source.ask(&Request::get("/user_account")).map(|answer| User::of(Some(&answer.body))).unwrap_or_default()
}

fn is_admin(role: &str) -> bool {
    pinterest::PLATFORM.role(role).is_some_and(|role| role.admin)
}

#[cfg(test)]
mod tests;
