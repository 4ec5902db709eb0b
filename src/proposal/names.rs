//! Addresses and user names of members: which of them lead to one person alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Sym, fold};
use crate::observed::ObservedState;

/// Ids of the members, and how often each folded address and user name occurs among them.
pub(super) struct Names<'a> {
    ids: BTreeSet<&'a str>,
    addresses: BTreeMap<String, usize>,
    usernames: BTreeMap<String, usize>,
}

impl<'a> Names<'a> {
    /// The names of all members.
    pub fn of(state: &'a ObservedState) -> Self {
        let members = || state.members.iter();
        Names {
            ids: members().map(|member| state.text(member.id)).collect(),
            addresses: counts(state, members().filter_map(|member| member.email)),
            usernames: counts(state, members().filter_map(|member| member.username)),
        }
    }

    /// Whether a folded name is somebody's.
    pub fn knows(&self, folded: &str) -> bool {
        self.ids.contains(folded) || self.addresses.contains_key(folded) || self.usernames.contains_key(folded)
    }

    /// An address that belongs to one member alone, whatever its case.
    pub fn sole_address<'t>(&self, address: &'t str) -> Option<&'t str> {
        let once = self.addresses.get(fold(address).as_ref()) == Some(&1);
        (once && is_address(address)).then_some(address)
    }

    /// A user name that belongs to one member alone, whatever its case.
    pub fn sole_username<'t>(&self, username: &'t str) -> Option<&'t str> {
        let once = self.usernames.get(fold(username).as_ref()) == Some(&1);
        (once && super::is_writable(username)).then_some(username)
    }
}

/// A text that leads to a mailbox and can be written.
pub(super) fn is_address(text: &str) -> bool {
    let (name, domain) = text.split_once('@').unwrap_or_default();
    let blank = |c: char| c.is_control() || c.is_whitespace();
    let whole = !name.is_empty() && !domain.is_empty() && text.len() <= 254;
    whole && super::is_writable(text) && !text.chars().any(blank)
}

/// The folded domain of an address.
pub(super) fn domain(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let fits = |c: char| c.is_alphanumeric() || "-.".contains(c);
    let whole = domain.contains('.') && domain.chars().all(fits);
    whole.then(|| fold(domain).into_owned())
}

fn counts(state: &ObservedState, names: impl Iterator<Item = Sym>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        let folded = fold(state.text(name)).into_owned();
        *counts.entry(folded).or_default() += 1;
    }
    counts
}
