//! Changes to a state that keep its lists in order and its references whole.
//!
//! Rows are made of symbols of the same state: `state.strings.intern(..)`. A `put_` adds a row or replaces the one with its key. Each
//! call costs a pass over what moves; [`ObservedState::change_grants`] takes many grants in one pass. Completeness is not
//! touched; [`ObservedState::notice`] brings `problems` up to date.

use std::collections::BTreeMap;

use crate::model::{Direction, PermissionSet, PrincipalIx, Sym};

use super::order::Moves;
use super::{Asset, Content, Grant, Holder, Invite, Member, ObservedState, Partner, RosterRow};

impl ObservedState {
    /// Adds a member, or replaces the one with this id; its index.
    pub fn put_member(&mut self, row: Member) -> u32 {
        let strings = &self.strings;
        let (index, moves) = put(&mut self.members, row, |row| strings.get(row.id));
        self.follow(Moves { members: moves, ..Moves::default() });
        index
    }

    /// Removes a member with all its grants and team rows; `None` where there is no such member.
    pub fn remove_member(&mut self, id: &str) -> Option<Member> {
        let index = self.find_member(id)?;
        let principal = PrincipalIx::person(index);
        self.grants.retain(|grant| grant.principal != principal);
        let (row, moves) = take(&mut self.members, index)?;
        self.teams.retain(|team| team.member != row.id);
        self.renumber(&Moves { members: Some(moves), ..Moves::default() });
        Some(row)
    }

    /// Adds a partnership, or replaces the one with this id and direction; its index.
    pub fn put_partner(&mut self, row: Partner) -> u32 {
        let strings = &self.strings;
        let (index, moves) = put(&mut self.partners, row, |row| (strings.get(row.id), row.direction));
        self.follow(Moves { partners: moves, ..Moves::default() });
        index
    }

    /// Removes a partnership with all its grants, and with an inbound one the partner's roster; `None` where there is none.
    pub fn remove_partner(&mut self, id: &str, direction: Direction) -> Option<Partner> {
        let index = self.find_partner(id, direction)?;
        let principal = PrincipalIx::partner(index);
        self.grants.retain(|grant| grant.principal != principal);
        let (row, moves) = take(&mut self.partners, index)?;
        if direction == Direction::Inbound {
            self.rosters.retain(|roster| roster.partner != row.id);
        }
        self.renumber(&Moves { partners: Some(moves), ..Moves::default() });
        Some(row)
    }

    /// Adds an asset, or replaces the one with this id; its index.
    pub fn put_asset(&mut self, row: Asset) -> u32 {
        let strings = &self.strings;
        let (index, moves) = put(&mut self.assets, row, |row| strings.get(row.id));
        self.follow(Moves { assets: moves, ..Moves::default() });
        index
    }

    /// Puts what another state says of a partner's own people in the place of what this one says of them.
    pub fn put_roster(&mut self, partner: &str, from: &ObservedState) {
        let partner = self.strings.intern(partner);
        self.rosters.retain(|row| row.partner != partner);
        for row in &from.rosters {
            let mut own = |sym: Option<Sym>| sym.map(|sym| self.strings.intern(from.text(sym)));
            let (email, username, role, asset) = (own(row.email), own(row.username), own(row.role), own(row.asset));
            let words = from.words(row.permissions);
            let permissions = self.permission_set(words.iter().map(String::as_str));
            self.rosters.push(RosterRow { partner, email, username, role, asset, permissions });
        }
        self.sort_sources();
    }

    /// Removes an asset with all grants, group contents, team grants and roster rows on it; `None` where there is no such asset.
    /// Grants attached to invites stay as the platform wrote them.
    pub fn remove_asset(&mut self, id: &str) -> Option<Asset> {
        let index = self.find_asset(id)?;
        self.grants.retain(|grant| grant.asset != index);
        self.contents.retain(|content| content.group != index && content.asset != index);
        let (row, moves) = take(&mut self.assets, index)?;
        self.team_grants.retain(|grant| grant.asset != row.id);
        self.rosters.retain(|roster| roster.asset != Some(row.id));
        self.renumber(&Moves { assets: Some(moves), ..Moves::default() });
        Some(row)
    }

    /// Gives a principal exactly these permissions on an asset; an empty set takes the grant away. What was there before.
    ///
    /// Indexes are of this state. An index without a row changes nothing.
    pub fn set_grant(
        &mut self,
        principal: PrincipalIx,
        asset: u32,
        permissions: PermissionSet,
    ) -> Option<PermissionSet> {
        if !self.has_row(principal, asset) {
            return None;
        }
        let found = self.grants.binary_search_by_key(&(principal, asset), |grant| (grant.principal, grant.asset));
        let grant = Grant { principal, asset, permissions };
        match found {
            Ok(index) if permissions.is_empty() => Some(self.grants.remove(index).permissions),
            Ok(index) => self.grants.get_mut(index).map(|old| std::mem::replace(old, grant).permissions),
            Err(index) => {
                if !permissions.is_empty() {
                    self.grants.insert(index, grant);
                }
                None
            }
        }
    }

    /// Takes a grant away; what was there before.
    pub fn remove_grant(&mut self, principal: PrincipalIx, asset: u32) -> Option<PermissionSet> {
        self.set_grant(principal, asset, PermissionSet::default())
    }

    /// Sets many grants in one pass; an empty set takes a grant away.
    pub fn change_grants(&mut self, changes: &BTreeMap<(PrincipalIx, u32), PermissionSet>) {
        self.grants.retain(|grant| !changes.contains_key(&(grant.principal, grant.asset)));
        let news: Vec<Grant> = changes
            .iter()
            .filter(|((principal, asset), set)| !set.is_empty() && self.has_row(*principal, *asset))
            .map(|(&(principal, asset), &permissions)| Grant { principal, asset, permissions })
            .collect();
        self.grants.extend(news);
        // Two sorted runs: the stable sort merges them in one pass.
        self.grants.sort();
    }

    /// Puts an asset into a group; whether it was not in it before. An index without a row changes nothing.
    pub fn put_content(&mut self, group: u32, asset: u32) -> bool {
        let rows = self.assets.len();
        let content = Content { group, asset };
        let place = self.contents.binary_search(&content);
        match place {
            Err(place) if (group as usize) < rows && (asset as usize) < rows => {
                self.contents.insert(place, content);
                true
            }
            _ => false,
        }
    }

    /// Takes an asset out of a group; whether it was in it.
    pub fn remove_content(&mut self, group: u32, asset: u32) -> bool {
        let place = self.contents.binary_search(&Content { group, asset });
        place.is_ok_and(|place| {
            self.contents.remove(place);
            true
        })
    }

    /// Adds an invite, or replaces the one with this id; its index.
    pub fn put_invite(&mut self, mut row: Invite) -> u32 {
        let strings = &self.strings;
        row.grants.sort_by(|a, b| strings.get(a.0).cmp(strings.get(b.0)));
        let found = self.invites.binary_search_by(|other| strings.get(other.id).cmp(strings.get(row.id)));
        let place = match found {
            Ok(place) => {
                self.invites[place] = row;
                place
            }
            Err(place) => {
                self.invites.insert(place, row);
                place
            }
        };
        index_of(place)
    }

    /// Removes an invite; `None` where there is no such invite.
    pub fn remove_invite(&mut self, id: &str) -> Option<Invite> {
        let index = self.find_invite(id)?;
        Some(self.invites.remove(index as usize))
    }

    /// Moves dangling rows whose principal and assets are in the lists now to where they belong.
    fn link(&mut self) {
        let mut changes = BTreeMap::new();
        for row in std::mem::take(&mut self.dangling_grants) {
            let known = self.holder_index(row.holder).zip(self.find_asset(self.text(row.asset)));
            match known {
                Some(key) => drop(changes.insert(key, row.permissions)),
                None => self.dangling_grants.push(row),
            }
        }
        if !changes.is_empty() {
            self.change_grants(&changes);
        }
        for row in std::mem::take(&mut self.dangling_contents) {
            let group = self.find_asset(self.text(row.group));
            let known = group.zip(self.find_asset(self.text(row.asset)));
            match known {
                Some((group, asset)) => drop(self.put_content(group, asset)),
                None => self.dangling_contents.push(row),
            }
        }
    }

    fn holder_index(&self, holder: Holder) -> Option<PrincipalIx> {
        match holder {
            Holder::Member(id) => self.find_member(self.text(id)).map(PrincipalIx::person),
            Holder::Partner(id, direction) => self.find_partner(self.text(id), direction).map(PrincipalIx::partner),
        }
    }

    fn has_row(&self, principal: PrincipalIx, asset: u32) -> bool {
        let principals = if principal.is_partner() { self.partners.len() } else { self.members.len() };
        principal.index() < principals && (asset as usize) < self.assets.len()
    }

    /// After a row came in: the references move along, and what dangled for want of it is linked.
    fn follow(&mut self, moves: Moves) {
        let moved = moves.members.is_some() || moves.partners.is_some() || moves.assets.is_some();
        if moved {
            self.renumber(&moves);
        }
        if !(self.dangling_grants.is_empty() && self.dangling_contents.is_empty()) {
            self.link();
        }
    }
}

/// Puts a row where its key belongs; its index, and new indexes by old ones where rows moved.
fn put<T, K: Ord>(list: &mut Vec<T>, row: T, key: impl Fn(&T) -> K) -> (u32, Option<Vec<u32>>) {
    let wanted = key(&row);
    let place = list.partition_point(|other| key(other) < wanted);
    if list.get(place).is_some_and(|other| key(other) == wanted) {
        drop(wanted);
        list[place] = row;
        return (index_of(place), None);
    }
    drop(wanted);
    let moves = (0..list.len()).map(|old| index_of(old + usize::from(old >= place))).collect();
    list.insert(place, row);
    (index_of(place), Some(moves))
}

/// Takes a row out; new indexes by old ones (that of the row itself means nothing, nothing names it any more).
fn take<T>(list: &mut Vec<T>, index: u32) -> Option<(T, Vec<u32>)> {
    let place = index as usize;
    if place >= list.len() {
        return None;
    }
    let moves = (0..list.len()).map(|old| index_of(old - usize::from(old > place))).collect();
    Some((list.remove(place), moves))
}

fn index_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactKey, PrincipalIx, Sym};
    use crate::observed::sample::{acme, asset, grant, member, partner, sym};
    use crate::observed::{DanglingContent, DanglingGrant, InviteStatus};

    fn of_member(state: &ObservedState, member: &str, asset: &str) -> Option<String> {
        state.fact(&FactKey::MemberGrant { member: member.to_owned(), asset: asset.to_owned() })
    }

    /// Every grant and content as text, which must not change when indexes do.
    fn relations(state: &ObservedState) -> Vec<String> {
        let asset = |index: u32| state.text(state.assets[index as usize].id);
        let grants = state.grants.iter().map(|grant| {
            let index = grant.principal.index();
            let who = if grant.principal.is_partner() {
                let row = &state.partners[index];
                format!("{} {}", row.direction.word(), state.text(row.id))
            } else {
                state.text(state.members[index].id).to_owned()
            };
            let words = state.joined_words(grant.permissions);
            format!("{who} {} {words}", asset(grant.asset))
        });
        let contents =
            state.contents.iter().map(|content| format!("{} in {}", asset(content.asset), asset(content.group)));
        grants.chain(contents).collect()
    }

    fn assert_in_order(state: &ObservedState) {
        let mut sorted = state.clone();
        sorted.sort();
        assert_eq!(relations(&sorted), relations(state));
        assert!(state.grants.is_sorted() && state.contents.is_sorted());
        assert!(*state == sorted);
    }

    #[test]
    fn a_new_row_before_others_takes_their_grants_along() {
        let mut state = acme();
        let before = relations(&state);
        assert_eq!(member(&mut state, "10", "new@acme.example", "EMPLOYEE"), 0);
        assert_eq!(asset(&mut state, "70", "CATALOG", "Feed"), 0);
        assert_eq!(partner(&mut state, "4", Direction::Inbound), 0);
        assert_eq!(relations(&state), before);
        assert_in_order(&state);
    }

    #[test]
    fn a_known_key_replaces_the_row() {
        let mut state = acme();
        let count = state.members.len();
        let index = member(&mut state, "12", "bo.larsen@acme.example", "BIZ_ADMIN");
        assert_eq!(state.members.len(), count);
        let row = state.members[index as usize];
        assert_eq!(state.text(row.role), "BIZ_ADMIN");
        assert_eq!(of_member(&state, "12", "71").as_deref(), Some("ANALYST;CAMPAIGN_MANAGER"));
    }

    #[test]
    fn a_removed_member_leaves_nothing_behind_and_moves_nobody_elses_grants() {
        let mut state = acme();
        let kept: Vec<_> = relations(&state).into_iter().filter(|row| !row.starts_with("11 ")).collect();
        let row = state.remove_member("11").unwrap();
        assert_eq!(state.text(row.id), "11");
        assert_eq!(relations(&state), kept);
        assert!(state.remove_member("11").is_none());
        state.remove_member("9").unwrap();
        assert!(state.teams.is_empty());
        assert_in_order(&state);
    }

    #[test]
    fn a_removed_partnership_leaves_the_other_direction() {
        let mut state = acme();
        let kept: Vec<_> = relations(&state).into_iter().filter(|row| !row.starts_with("inbound")).collect();
        state.remove_partner("500", Direction::Inbound).unwrap();
        assert_eq!(relations(&state), kept);
        assert!(state.rosters.is_empty());
        assert!(state.find_partner("500", Direction::Outbound).is_some());
    }

    #[test]
    fn a_removed_asset_takes_grants_contents_and_sources_along() {
        let mut state = acme();
        let kept: Vec<_> =
            relations(&state).into_iter().filter(|row| !row.contains(" 71 ") && !row.starts_with("71 in")).collect();
        state.remove_asset("71").unwrap();
        assert_eq!(relations(&state), kept);
        assert!(state.rosters.is_empty());
        state.remove_asset("72").unwrap();
        assert!(state.team_grants.is_empty() && state.contents.is_empty());
        assert_in_order(&state);
    }

    #[test]
    fn grants_are_set_replaced_and_taken_away() {
        let mut state = acme();
        grant(&mut state, "12", "73", &["PROFILE_PUBLISHER", "A_NEW_WORD"]);
        assert_eq!(of_member(&state, "12", "73").as_deref(), Some("A_NEW_WORD;PROFILE_PUBLISHER"));
        grant(&mut state, "12", "73", &["ADMIN"]);
        assert_eq!(of_member(&state, "12", "73").as_deref(), Some("ADMIN"));
        grant(&mut state, "12", "73", &[]);
        assert_eq!(of_member(&state, "12", "73"), None);
        assert_in_order(&state);
        let admin = PermissionSet::of(1);
        assert_eq!(state.set_grant(PrincipalIx::person(99), 0, admin), None);
        assert_eq!(state.set_grant(PrincipalIx::partner(0), 99, admin), None);
        assert!(*state.grants == acme().grants);
    }

    #[test]
    fn many_changes_at_once_equal_the_same_one_by_one() {
        let (mut one, mut many) = (acme(), acme());
        let set = one.permission_set(["ADMIN"]);
        let person = PrincipalIx::person;
        let changes = BTreeMap::from([
            ((person(0), 0), PermissionSet::default()),
            ((person(0), 3), set),
            ((person(2), 1), set),
            ((person(1), 2), PermissionSet::default()),
            ((PrincipalIx::partner(1), 0), set),
            ((person(77), 0), set),
        ]);
        for (&(principal, asset), &set) in &changes {
            one.set_grant(principal, asset, set);
        }
        many.change_grants(&changes);
        assert_eq!(relations(&one), relations(&many));
        assert_in_order(&many);
    }

    #[test]
    fn contents_and_invites_come_and_go() {
        let mut state = acme();
        let index = |state: &ObservedState, id: &str| state.find_asset(id).unwrap();
        let (group, profile) = (index(&state, "74"), index(&state, "73"));
        assert!(state.put_content(group, profile));
        assert!(!state.put_content(group, profile));
        assert!(!state.put_content(group, 99));
        assert!(state.remove_content(group, profile));
        assert!(!state.remove_content(group, profile));
        let mut invite = state.invites[0].clone();
        invite.id = sym(&mut state, "30");
        assert_eq!(state.put_invite(invite.clone()), 0);
        invite.status = InviteStatus::Cancelled;
        assert_eq!(state.put_invite(invite), 0);
        assert_eq!(state.invites.len(), 3);
        let gone = state.remove_invite("30").unwrap();
        assert_eq!(gone.status, InviteStatus::Cancelled);
        assert!(state.remove_invite("30").is_none());
        assert!(state == acme());
    }

    #[test]
    fn what_dangled_is_linked_when_its_rows_arrive() {
        let mut state = acme();
        let permissions = state.permission_set(["ANALYST"]);
        let (id, place): (Sym, Sym) = (sym(&mut state, "13"), sym(&mut state, "75"));
        state.dangling_grants.push(DanglingGrant { holder: Holder::Member(id), asset: place, permissions });
        let group = sym(&mut state, "74");
        state.dangling_contents.push(DanglingContent { group, asset: place });
        assert_eq!(of_member(&state, "13", "75").as_deref(), Some("ANALYST"));
        member(&mut state, "13", "fay@acme.example", "EMPLOYEE");
        assert_eq!(state.dangling_grants.len(), 1);
        asset(&mut state, "75", "AD_ACCOUNT", "Acme Spain");
        assert!(state.dangling_grants.is_empty() && state.dangling_contents.is_empty());
        assert_eq!(of_member(&state, "13", "75").as_deref(), Some("ANALYST"));
        assert_in_order(&state);
    }
}
