//! Finding rows by what names them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{Direction, PermissionSet, PrincipalIx, Strings, Sym, fold};

use super::{Asset, Content, Grant, Holder, InviteStatus, Member, ObservedState};

impl ObservedState {
    /// The index of the member with an id.
    pub fn find_member(&self, id: &str) -> Option<u32> {
        position(&self.members, |row| self.text(row.id).cmp(id))
    }

    /// The index of a partnership.
    pub fn find_partner(&self, id: &str, direction: Direction) -> Option<u32> {
        position(&self.partners, |row| (self.text(row.id), row.direction).cmp(&(id, direction)))
    }

    /// The index of the asset with an id.
    pub fn find_asset(&self, id: &str) -> Option<u32> {
        position(&self.assets, |row| self.text(row.id).cmp(id))
    }

    /// The index of the invite with an id.
    pub fn find_invite(&self, id: &str) -> Option<u32> {
        position(&self.invites, |row| self.text(row.id).cmp(id))
    }

    /// What a principal has on an asset.
    pub fn grant(&self, principal: PrincipalIx, asset: u32) -> Option<PermissionSet> {
        let key = (principal, asset);
        let index = self.grants.binary_search_by_key(&key, |grant| (grant.principal, grant.asset)).ok()?;
        self.grants.get(index).map(|grant| grant.permissions)
    }

    /// A principal by id; `None` for an index without a row.
    pub fn holder(&self, principal: PrincipalIx) -> Option<Holder> {
        let index = principal.index();
        if principal.is_partner() {
            let row = self.partners.get(index)?;
            Some(Holder::Partner(row.id, row.direction))
        } else {
            Some(Holder::Member(self.members.get(index)?.id))
        }
    }

    /// All grants of a principal, by asset.
    pub fn grants_of(&self, principal: PrincipalIx) -> &[Grant] {
        equal_range(&self.grants, |grant| grant.principal.cmp(&principal))
    }

    /// What is in a group.
    pub fn contents_of(&self, group: u32) -> &[Content] {
        equal_range(&self.contents, |content| content.group.cmp(&group))
    }

    /// The folded address and user name of a member, in byte order and each once.
    pub fn names_of(&self, member: &Member) -> Vec<Cow<'_, str>> {
        let mut names: Vec<_> =
            [member.email, member.username].into_iter().flatten().map(|sym| fold(self.text(sym))).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The name of an asset group; `None` for anything that is not a group or has no name.
    pub(super) fn group_name(&self, asset: &Asset) -> Option<Sym> {
        asset.name.filter(|_| self.is_group(asset))
    }
}

/// Answers questions by name about one state: built in one pass, each answer a binary search.
///
/// A name may belong to nobody, to one or to several; the caller sees which, because guessing would give somebody else's
/// access away.
#[derive(Debug)]
pub struct Lookup<'a> {
    state: &'a ObservedState,
    names: Handles<'a>,
    groups: Named<'a>,
    invitees: Named<'a>,
}

impl<'a> Lookup<'a> {
    /// Reads the names of a state.
    pub fn new(state: &'a ObservedState) -> Self {
        let names = rows(&state.members)
            .flat_map(|(index, row)| [row.email, row.username].into_iter().flatten().map(move |name| (name, index)));
        let groups = rows(&state.assets).filter_map(|(index, row)| {
            let name = state.group_name(row)?;
            Some((Cow::Borrowed(state.text(name)), index))
        });
        let invitees = rows(&state.invites)
            .filter(|(_, row)| row.status == InviteStatus::Pending)
            .map(|(index, row)| (fold(state.text(row.invitee)), index));
        Lookup {
            state,
            names: Handles::of(&state.strings, names),
            groups: Named::new(groups),
            invitees: Named::new(invitees),
        }
    }

    /// The state it answers for.
    pub fn state(&self) -> &'a ObservedState {
        self.state
    }

    /// Indexes of the members with an address or user name, compared without case. More than one is a broken export.
    pub fn members_named(&self, name: &str) -> &[u32] {
        self.names.rows(&fold(name))
    }

    /// Folded names that more than one member has, and how many.
    pub(super) fn shared_names(&self) -> Vec<(&str, usize)> {
        let several = self.names.more.iter().map(|(name, rows)| (name.as_str(), rows.len()));
        several.filter(|(_, rows)| *rows > 1).collect()
    }

    /// Indexes of the asset groups with a name, compared exactly.
    pub fn groups_named(&self, name: &str) -> &[u32] {
        self.groups.get(name)
    }

    /// Indexes of the pending invites and requests of an address, user name or partner id, compared without case.
    pub fn pending_for(&self, invitee: &str) -> &[u32] {
        self.invitees.get(&fold(invitee))
    }
}

/// Rows by folded name, for lists of a million.
///
/// Nearly every name is written folded and one row bears it: such a row stands in a table by the name's symbol, for which no text is
/// copied, sorted or compared.
#[derive(Debug)]
pub struct Handles<'a> {
    strings: &'a Strings,
    one: Vec<u32>,
    /// Every other name, with all rows that bear it, in order.
    more: BTreeMap<String, Vec<u32>>,
}

/// No row.
const NOBODY: u32 = u32::MAX;

impl<'a> Handles<'a> {
    /// Rows with a name each, as written; a row may come with several.
    pub fn of(strings: &'a Strings, names: impl Iterator<Item = (Sym, u32)>) -> Self {
        let mut one = vec![NOBODY; strings.len()];
        let mut more: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (name, row) in names {
            match (fold(strings.get(name)), one[name.index()]) {
                (Cow::Borrowed(_), NOBODY) => one[name.index()] = row,
                (Cow::Borrowed(_), first) if first == row => {}
                (folded, _) => more.entry(folded.into_owned()).or_default().push(row),
            }
        }
        for (name, rows) in &mut more {
            let first = strings.find(name).map(|sym| one[sym.index()]);
            rows.extend(first.filter(|first| *first != NOBODY));
            rows.sort_unstable();
            rows.dedup();
        }
        Handles { strings, one, more }
    }

    /// The row that bears a name, given by its symbol, where the name is written folded and no other row bears it.
    pub fn only(&self, name: Sym) -> Option<u32> {
        let row = self.one.get(name.index()).copied().filter(|row| *row != NOBODY)?;
        let several = !self.more.is_empty() && self.more.contains_key(self.strings.get(name));
        (!several).then_some(row)
    }

    /// The rows that bear a folded name, in order.
    pub fn rows(&self, folded: &str) -> &[u32] {
        if !self.more.is_empty()
            && let Some(rows) = self.more.get(folded)
        {
            return rows;
        }
        let one = self.strings.find(folded).and_then(|sym| self.one.get(sym.index()));
        one.filter(|row| **row != NOBODY).map_or(&[], std::slice::from_ref)
    }
}

/// Names and the rows they name, by (name, row).
#[derive(Debug)]
struct Named<'a> {
    names: Vec<Cow<'a, str>>,
    rows: Vec<u32>,
}

impl<'a> Named<'a> {
    fn new(pairs: impl Iterator<Item = (Cow<'a, str>, u32)>) -> Self {
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        let (names, rows) = pairs.into_iter().unzip();
        Named { names, rows }
    }

    fn get(&self, name: &str) -> &[u32] {
        let start = self.names.partition_point(|other| **other < *name);
        let end = self.names.partition_point(|other| **other <= *name);
        self.rows.get(start..end).unwrap_or_default()
    }
}

/// Rows with their indexes.
pub(super) fn rows<T>(list: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0u32..).zip(list)
}

fn position<T>(list: &[T], order: impl FnMut(&T) -> std::cmp::Ordering) -> Option<u32> {
    let index = list.binary_search_by(order).ok()?;
    u32::try_from(index).ok()
}

fn equal_range<T>(list: &[T], order: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let start = list.partition_point(|row| order(row).is_lt());
    let end = list.partition_point(|row| order(row).is_le());
    list.get(start..end).unwrap_or_default()
}
