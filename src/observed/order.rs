//! Putting the lists of a state in their order, whatever was done to them.

use crate::model::{PrincipalIx, Strings, Sym};

use super::{Content, Holder, Invite, ObservedState, RosterRow};

impl ObservedState {
    /// Restores the order of every list after changes by hand; grants and contents follow the rows they name.
    ///
    /// Costs one comparison a row where everything is in order already.
    pub fn sort(&mut self) {
        let strings = &self.strings;
        let members = arrange(&mut self.members, |row| strings.get(row.id));
        let partners = arrange(&mut self.partners, |row| (strings.get(row.id), row.direction));
        let assets = arrange(&mut self.assets, |row| strings.get(row.id));
        if members.is_some() || partners.is_some() || assets.is_some() {
            self.renumber(&Moves { members, partners, assets });
        }
        self.sort_relations();
        self.sort_sources();
    }

    fn sort_relations(&mut self) {
        let strings = &self.strings;
        if !self.grants.is_sorted() {
            self.grants.sort_unstable();
        }
        if !self.contents.is_sorted() {
            self.contents.sort_unstable();
        }
        for invite in &mut self.invites {
            sort_attached(invite, strings);
        }
        self.invites.sort_by(|a, b| strings.get(a.id).cmp(strings.get(b.id)));
        self.dangling_grants.sort_by(|a, b| dangling_key(strings, a).cmp(&dangling_key(strings, b)));
        self.dangling_contents.sort_by(|a, b| {
            let key = |row: &super::DanglingContent| (strings.get(row.group), strings.get(row.asset));
            key(a).cmp(&key(b))
        });
    }

    pub(super) fn sort_sources(&mut self) {
        let mut rosters = std::mem::take(&mut self.rosters);
        rosters.sort_by(|a, b| self.roster_key(a).cmp(&self.roster_key(b)));
        self.rosters = rosters;
        let strings = &self.strings;
        self.teams.sort_by(|a, b| {
            let key = |row: &super::TeamRow| (strings.get(row.team), strings.get(row.member));
            key(a).cmp(&key(b))
        });
        self.team_grants.sort_by(|a, b| {
            let key = |row: &super::TeamGrant| (strings.get(row.team), strings.get(row.asset));
            key(a).cmp(&key(b))
        });
    }

    /// What rosters are sorted by: every column that tells rows apart, the address or else the user name first.
    pub(super) fn roster_key(&self, row: &RosterRow) -> [&str; 5] {
        let text = |sym: Option<Sym>| sym.map_or("", |sym| self.text(sym));
        [self.text(row.partner), text(row.email.or(row.username)), text(row.asset), text(row.email), text(row.username)]
    }

    /// Gives grants and contents the new indexes of the rows they name.
    pub(super) fn renumber(&mut self, moves: &Moves) {
        for grant in &mut self.grants {
            grant.principal = moves.principal(grant.principal);
            grant.asset = moves.asset(grant.asset);
        }
        for content in &mut self.contents {
            *content = Content { group: moves.asset(content.group), asset: moves.asset(content.asset) };
        }
    }
}

/// New indexes by old ones; `None` = nothing moved.
#[derive(Default)]
pub(super) struct Moves {
    pub(super) members: Option<Vec<u32>>,
    pub(super) partners: Option<Vec<u32>>,
    pub(super) assets: Option<Vec<u32>>,
}

impl Moves {
    fn principal(&self, old: PrincipalIx) -> PrincipalIx {
        let index = old.index();
        if old.is_partner() {
            moved(&self.partners, index).map_or(old, PrincipalIx::partner)
        } else {
            moved(&self.members, index).map_or(old, PrincipalIx::person)
        }
    }

    fn asset(&self, old: u32) -> u32 {
        moved(&self.assets, old as usize).unwrap_or(old)
    }
}

fn moved(moves: &Option<Vec<u32>>, old: usize) -> Option<u32> {
    moves.as_ref().and_then(|moves| moves.get(old)).copied()
}

/// What dangling grants are sorted by.
pub(super) fn dangling_key<'s>(strings: &'s Strings, row: &super::DanglingGrant) -> (u8, &'s str, &'s str) {
    let (kind, id) = match row.holder {
        Holder::Member(id) => (0, id),
        Holder::Partner(id, direction) => (1 + direction as u8, id),
    };
    (kind, strings.get(id), strings.get(row.asset))
}

fn sort_attached(invite: &mut Invite, strings: &Strings) {
    invite.grants.sort_by(|a, b| strings.get(a.0).cmp(strings.get(b.0)));
}

/// Sorts a list; the new index of each old row, or `None` where it was in order.
fn arrange<T: Copy, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) -> Option<Vec<u32>> {
    if list.is_sorted_by(|a, b| key(a) <= key(b)) {
        return None;
    }
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by(|&a, &b| key(&list[a]).cmp(&key(&list[b])));
    let mut moves = vec![0; list.len()];
    for (new, &old) in (0u32..).zip(&order) {
        moves[old] = new;
    }
    *list = order.into_iter().map(|old| list[old]).collect();
    Some(moves)
}
