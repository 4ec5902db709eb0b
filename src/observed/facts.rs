//! The facts of a state as text: what an operation rests on and what a re-read is compared by.

use crate::model::{Direction, FactKey, PermissionSet, PrincipalIx, fold};

use super::lookup::rows;
use super::{Content, Holder, Invite, InviteStatus, Lookup, ObservedState};

impl ObservedState {
    /// The value of a fact as [`FactKey`] describes it; `None` where there is none.
    ///
    /// Facts by name (`address`, `group-named`, `pending-for`) cost a pass over their list: who asks for many uses [`Lookup::fact`].
    pub fn fact(&self, key: &FactKey) -> Option<String> {
        match key {
            FactKey::Address { address } => {
                let name = fold(address);
                let named =
                    rows(&self.members).filter(|(_, row)| self.names_of(row).contains(&name)).map(|(index, _)| index);
                self.member_ids(named)
            }
            FactKey::GroupNamed { name } => {
                let named = rows(&self.assets)
                    .filter(|(_, row)| self.group_name(row).is_some_and(|sym| self.text(sym) == name));
                self.asset_ids(named.map(|(index, _)| index))
            }
            FactKey::PendingFor { invitee } => {
                let invitee = fold(invitee);
                let pending = rows(&self.invites)
                    .filter(|(_, row)| row.status == InviteStatus::Pending && fold(self.text(row.invitee)) == invitee);
                self.invite_ids(pending.map(|(index, _)| index))
            }
            keyed => self.fact_by_id(keyed),
        }
    }

    /// The words of a set, sorted and joined with `;`: the value of a grant.
    pub fn joined_words(&self, set: PermissionSet) -> String {
        self.words(set).join(";")
    }

    /// What is said about an invite by its fact: `PENDING EMPLOYEE 549755885175=ADMIN;ANALYST|549755885176=ANALYST`, with `-` for
    /// an absent role and nothing after it where no grant is attached.
    pub fn invite_value(&self, invite: &Invite) -> String {
        let status = invite.status.word(&self.strings);
        let role = invite.role.map_or("-", |role| self.text(role));
        let grants = self.attached_text(invite);
        format!("{status} {role} {grants}").trim_end().to_owned()
    }

    /// Attached grants as tables write them: `asset=WORD;WORD|asset=WORD`.
    pub(super) fn attached_text(&self, invite: &Invite) -> String {
        let each: Vec<String> = invite
            .grants
            .iter()
            .map(|(asset, set)| format!("{}={}", self.text(*asset), self.joined_words(*set)))
            .collect();
        each.join("|")
    }

    fn fact_by_id(&self, key: &FactKey) -> Option<String> {
        match key {
            FactKey::Member { id } => {
                let row = self.members.get(self.find_member(id)? as usize)?;
                Some(self.text(row.role).to_owned())
            }
            FactKey::Partner { id, direction } => self.find_partner(id, *direction).map(|_| "active".to_owned()),
            FactKey::Asset { id } => {
                let row = self.assets.get(self.find_asset(id)? as usize)?;
                Some(self.text(row.kind).to_owned())
            }
            FactKey::MemberGrant { member, asset } => self.member_grant(member, asset),
            FactKey::PartnerGrant { partner, direction, asset } => self.partner_grant(partner, *direction, asset),
            FactKey::Content { group, asset } => self.content_fact(group, asset),
            FactKey::Invite { id } => {
                let row = self.invites.get(self.find_invite(id)? as usize)?;
                Some(self.invite_value(row))
            }
            FactKey::Address { .. } | FactKey::GroupNamed { .. } | FactKey::PendingFor { .. } => None,
        }
    }

    fn member_grant(&self, member: &str, asset: &str) -> Option<String> {
        let principal = self.find_member(member).map(PrincipalIx::person);
        let set = self.grant_fact(principal, asset).or_else(|| {
            self.dangling_grant(asset, |holder| matches!(holder, Holder::Member(id) if self.text(id) == member))
        })?;
        Some(self.joined_words(set))
    }

    fn partner_grant(&self, partner: &str, direction: Direction, asset: &str) -> Option<String> {
        let principal = self.find_partner(partner, direction).map(PrincipalIx::partner);
        let set = self.grant_fact(principal, asset).or_else(|| {
            self.dangling_grant(
                asset,
                |holder| matches!(holder, Holder::Partner(id, way) if way == direction && self.text(id) == partner),
            )
        })?;
        Some(self.joined_words(set))
    }

    fn grant_fact(&self, principal: Option<PrincipalIx>, asset: &str) -> Option<PermissionSet> {
        self.grant(principal?, self.find_asset(asset)?)
    }

    fn dangling_grant(&self, asset: &str, holder: impl Fn(Holder) -> bool) -> Option<PermissionSet> {
        self.dangling_grants
            .iter()
            .find(|row| holder(row.holder) && self.text(row.asset) == asset)
            .map(|row| row.permissions)
    }

    fn content_fact(&self, group: &str, asset: &str) -> Option<String> {
        let known = self.find_asset(group).zip(self.find_asset(asset));
        let listed = known.is_some_and(|(group, asset)| self.contents.binary_search(&Content { group, asset }).is_ok());
        let dangling =
            || self.dangling_contents.iter().any(|row| self.text(row.group) == group && self.text(row.asset) == asset);
        (listed || dangling()).then(|| "contained".to_owned())
    }

    fn member_ids(&self, indexes: impl Iterator<Item = u32>) -> Option<String> {
        let ids = indexes.filter_map(|index| self.members.get(index as usize));
        joined(ids.map(|row| self.text(row.id)))
    }

    fn asset_ids(&self, indexes: impl Iterator<Item = u32>) -> Option<String> {
        let ids = indexes.filter_map(|index| self.assets.get(index as usize));
        joined(ids.map(|row| self.text(row.id)))
    }

    fn invite_ids(&self, indexes: impl Iterator<Item = u32>) -> Option<String> {
        let ids = indexes.filter_map(|index| self.invites.get(index as usize));
        joined(ids.map(|row| self.text(row.id)))
    }
}

impl Lookup<'_> {
    /// The same as [`ObservedState::fact`], each a binary search.
    pub fn fact(&self, key: &FactKey) -> Option<String> {
        let state = self.state();
        match key {
            FactKey::Address { address } => state.member_ids(self.members_named(address).iter().copied()),
            FactKey::GroupNamed { name } => state.asset_ids(self.groups_named(name).iter().copied()),
            FactKey::PendingFor { invitee } => state.invite_ids(self.pending_for(invitee).iter().copied()),
            keyed => state.fact_by_id(keyed),
        }
    }
}

/// Ids joined with `;`, or `None` where there is none. Rows are sorted by id, so their ids are too.
fn joined<'s>(ids: impl Iterator<Item = &'s str>) -> Option<String> {
    let ids: Vec<&str> = ids.collect();
    (!ids.is_empty()).then(|| ids.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;
    use crate::observed::sample::{acme, empty, grant, invite, member, partner_grant, sym};
    use crate::observed::{DanglingGrant, InviteKind};

    fn keys() -> Vec<(FactKey, Option<&'static str>)> {
        let text = str::to_owned;
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        vec![
            (FactKey::Member { id: text("11") }, Some("BIZ_ADMIN")),
            (FactKey::Member { id: text("99") }, None),
            (FactKey::Address { address: text("ana@acme.example") }, Some("11")),
            (FactKey::Address { address: text("ANA@acme.example") }, Some("11")),
            (FactKey::Address { address: text("bo") }, Some("12")),
            (FactKey::Address { address: text("nobody") }, None),
            (FactKey::Partner { id: text("500"), direction: outbound }, Some("active")),
            (FactKey::Partner { id: text("501"), direction: outbound }, None),
            (FactKey::MemberGrant { member: text("12"), asset: text("71") }, Some("ANALYST;CAMPAIGN_MANAGER")),
            (FactKey::MemberGrant { member: text("12"), asset: text("72") }, None),
            (
                FactKey::PartnerGrant { partner: text("500"), direction: inbound, asset: text("71") },
                Some("CATALOGS_MANAGER"),
            ),
            (FactKey::PartnerGrant { partner: text("500"), direction: outbound, asset: text("71") }, None),
            (FactKey::Asset { id: text("73") }, Some("PROFILE")),
            (FactKey::GroupNamed { name: text("EMEA") }, Some("74")),
            (FactKey::GroupNamed { name: text("Acme") }, None),
            (FactKey::Content { group: text("74"), asset: text("72") }, Some("contained")),
            (FactKey::Content { group: text("74"), asset: text("73") }, None),
            (FactKey::Invite { id: text("32") }, Some("DECLINED EMPLOYEE 71=ADMIN|72=ANALYST;CAMPAIGN_MANAGER")),
            (FactKey::PendingFor { invitee: text("di@acme.example") }, Some("31")),
            (FactKey::PendingFor { invitee: text("ed@acme.example") }, None),
        ]
    }

    #[test]
    fn every_kind_of_fact_has_its_value_by_scan_and_by_lookup() {
        let state = acme();
        let lookup = Lookup::new(&state);
        for (key, value) in keys() {
            assert_eq!(state.fact(&key).as_deref(), value, "{key:?}");
            assert_eq!(lookup.fact(&key).as_deref(), value, "{key:?}");
        }
    }

    #[test]
    fn an_ambiguous_name_names_everybody_it_may_mean() {
        let mut state = acme();
        member(&mut state, "10", "BO@acme.example", "EMPLOYEE");
        invite(&mut state, "30", "DI@acme.example", InviteStatus::Pending);
        let lookup = Lookup::new(&state);
        assert_eq!(lookup.members_named("bo@acme.example").len(), 2);
        let address = FactKey::Address { address: "bo@acme.example".to_owned() };
        assert_eq!(lookup.fact(&address).as_deref(), Some("10;12"));
        assert_eq!(state.fact(&address).as_deref(), Some("10;12"));
        let pending = FactKey::PendingFor { invitee: "di@acme.example".to_owned() };
        assert_eq!(state.fact(&pending).as_deref(), Some("30;31"));
    }

    fn changed(change: impl FnOnce(&mut ObservedState)) -> Digest {
        let mut state = acme();
        change(&mut state);
        state.digest()
    }

    #[test]
    fn the_digest_moves_with_every_fact() {
        let mut digests = vec![
            acme().digest(),
            empty().digest(),
            changed(|state| state.business_id.push('1')),
            changed(|state| state.members[0].role = state.members[1].role),
            changed(|state| state.members[0].email = None),
            changed(|state| state.partners.truncate(1)),
            changed(|state| state.assets[0].kind = state.assets[2].kind),
            changed(|state| state.assets[3].name = None),
            changed(|state| state.contents.truncate(1)),
            changed(|state| state.invites[0].status = InviteStatus::Expired),
            changed(|state| state.invites[0].role = None),
            changed(|state| state.invites[0].grants.truncate(1)),
            changed(|state| state.invites[0].kind = InviteKind::PartnerInvite),
            changed(|state| state.invites[0].invitee = state.invites[1].invitee),
            changed(|state| state.grants.truncate(2)),
            changed(|state| grant(state, "12", "71", &["ANALYST"])),
            changed(|state| grant(state, "12", "71", &["ANALYST", "NEW"])),
            changed(|state| grant(state, "12", "71", &["ANALYST", "NEWER"])),
            changed(|state| {
                partner_grant(state, "500", Direction::Inbound, "72", &["ANALYST"]);
            }),
            changed(|state| {
                let (id, asset) = (sym(state, "1"), sym(state, "71"));
                let permissions = state.permission_set(["ADMIN"]);
                let holder = Holder::Member(id);
                state.dangling_grants.push(DanglingGrant { holder, asset, permissions });
            }),
        ];
        let count = digests.len();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), count);
    }

    #[test]
    fn the_digest_does_not_move_with_what_is_no_fact() {
        let same = changed(|state| {
            state.source.clear();
            state.captured_by = None;
            state.members[0].created_at = None;
            state.assets[0].name = None;
            state.rosters.clear();
            state.permission_set(["UNUSED"]);
            state.strings.intern("unused");
        });
        assert_eq!(same, acme().digest());
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order_in_which_unknown_words_came() {
        let one = changed(|state| {
            grant(state, "12", "71", &["NEW"]);
            grant(state, "12", "72", &["NEWER"]);
        });
        let other = changed(|state| {
            grant(state, "12", "72", &["NEWER"]);
            grant(state, "12", "71", &["NEW"]);
        });
        assert_eq!(one, other);
    }
}
