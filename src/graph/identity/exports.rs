//! Names, partners and assets of an export, with its rosters and invitations.

use std::collections::BTreeMap;

use crate::model::{Sym, fold};
use crate::observed::{InviteKind, InviteStatus, Member, ObservedState};

use super::{Census, StateMap};
use crate::graph::node::{Asset, BusinessIx, Name, NameKind, Partnership};
use crate::graph::store::NONE;

impl Census {
    /// Takes the members, partners and assets of an export in. `before` is the same business at another time: who is in both under
    /// the same names is not looked up again.
    pub(in crate::graph) fn state(
        &mut self,
        state: &ObservedState,
        before: Option<(&ObservedState, &StateMap)>,
    ) -> StateMap {
        let platform = self.platform(state.platform);
        let business = self.business(state.platform, &state.business_id);
        let name = self.copied(state.business_name.as_deref());
        let node = &mut self.nodes.businesses[business as usize];
        node.ours = true;
        node.name = node.name.or(name);
        StateMap {
            business,
            members: self.members(state, platform, before),
            partners: self.state_partners(state, business),
            assets: self.state_assets(state, platform, business),
            rosters: self.rosters(state, platform),
            invitees: self.invitees(state, platform),
            invited_partners: self.invited_partners(state),
            foreign: self.foreign(state),
        }
    }

    fn members(
        &mut self,
        state: &ObservedState,
        platform: usize,
        before: Option<(&ObservedState, &StateMap)>,
    ) -> Vec<u32> {
        let mut entities = Vec::with_capacity(state.members.len());
        let mut at = 0;
        for member in &state.members {
            if let Some((old, map)) = before {
                let one_table = old.strings.is_same(&state.strings);
                let same = |row: &&Member| {
                    if one_table {
                        return (row.id, row.email, row.username) == (member.id, member.email, member.username);
                    }
                    old.text(row.id) == state.text(member.id)
                        && text(old, row.email) == text(state, member.email)
                        && text(old, row.username) == text(state, member.username)
                };
                if old.members.get(at).filter(same).is_none() {
                    let id = state.text(member.id);
                    while old.members.get(at).is_some_and(|row| old.text(row.id) < id) {
                        at += 1;
                    }
                }
                if old.members.get(at).filter(same).is_some() {
                    entities.push(map.members[at]);
                    at += 1;
                    continue;
                }
            }
            let entity = self.unknown(member.system);
            let id = Name { kind: NameKind::Id, text: self.adopted(&state.strings, member.id) };
            self.claim_symbol(entity, platform, id);
            self.claim_names(entity, platform, state, member.email, member.username);
            entities.push(entity);
        }
        entities
    }

    fn claim_names(
        &mut self,
        entity: u32,
        platform: usize,
        state: &ObservedState,
        email: Option<Sym>,
        username: Option<Sym>,
    ) {
        if let Some(email) = email {
            let text = self.folded(&state.strings, email);
            self.claim_symbol(entity, platform, Name { kind: NameKind::Address, text });
        }
        if let Some(username) = username {
            let text = self.folded(&state.strings, username);
            self.claim_symbol(entity, platform, Name { kind: NameKind::Username, text });
        }
    }

    fn rosters(&mut self, state: &ObservedState, platform: usize) -> Vec<u32> {
        let mut entities: Vec<u32> = Vec::with_capacity(state.rosters.len());
        for (index, row) in state.rosters.iter().enumerate() {
            let last = index.checked_sub(1).and_then(|last| state.rosters.get(last));
            let same = last.is_some_and(|last| {
                (last.partner, last.email, last.username) == (row.partner, row.email, row.username)
            });
            let entity = match entities.last() {
                Some(&entity) if same => entity,
                _ => {
                    let entity = self.unknown(false);
                    self.claim_names(entity, platform, state, row.email, row.username);
                    entity
                }
            };
            entities.push(entity);
        }
        entities
    }

    fn invitees(&mut self, state: &ObservedState, platform: usize) -> Vec<u32> {
        let mut entities = Vec::with_capacity(state.invites.len());
        for invite in &state.invites {
            let waits = invite.status == InviteStatus::Pending && !invite.received;
            if invite.kind != InviteKind::MemberInvite || !waits {
                entities.push(NONE);
                continue;
            }
            let invitee = fold(state.text(invite.invitee));
            let entity = self.unknown(false);
            let kind = if invitee.contains('@') { NameKind::Address } else { NameKind::Username };
            self.claim(entity, platform, kind, &invitee);
            entities.push(entity);
        }
        entities
    }

    fn invited_partners(&mut self, state: &ObservedState) -> BTreeMap<String, u32> {
        let asked = |kind| matches!(kind, InviteKind::PartnerInvite | InviteKind::PartnerRequest);
        let waiting =
            state.invites.iter().filter(|invite| asked(invite.kind) && invite.status == InviteStatus::Pending);
        let mut partners = BTreeMap::new();
        for invite in waiting.filter(|invite| !invite.received) {
            let id = state.text(invite.invitee);
            partners.insert(id.to_owned(), self.business(state.platform, id));
        }
        partners
    }

    fn state_partners(&mut self, state: &ObservedState, business: u32) -> Vec<u32> {
        let mut partners = Vec::with_capacity(state.partners.len());
        for partner in &state.partners {
            let theirs = self.business(state.platform, state.text(partner.id));
            let name = self.copied(partner.name.map(|name| state.text(name)));
            let node = &mut self.nodes.businesses[theirs as usize];
            node.name = node.name.or(name);
            self.partnership(Partnership {
                ours: BusinessIx(business),
                theirs: BusinessIx(theirs),
                direction: partner.direction,
                key: None,
                pos: None,
                partner: None,
            });
            partners.push(theirs);
        }
        partners
    }
    fn state_assets(&mut self, state: &ObservedState, platform: usize, business: u32) -> Vec<u32> {
        let mut assets = Vec::with_capacity(state.assets.len());
        for row in &state.assets {
            let word = state.text(row.kind);
            let (index, _) = self.asset(platform, state.text(row.id), |nodes| Asset {
                platform: state.platform,
                id: None,
                kind: state.platform.asset_type(word),
                kind_word: nodes.strings.intern(word),
                name: None,
                key: None,
                pos: None,
                home: BusinessIx(business),
                owner: None,
                client: None,
                labels: Vec::new(),
                desired: None,
            });
            let name = self.copied(row.name.map(|name| state.text(name)));
            let client = self.copied(row.client.map(|client| state.text(client)));
            let node = &mut self.nodes.assets[index as usize];
            node.name = node.name.or(name);
            node.client = node.client.or(client);
            if let Some(owner) = row.owner_business {
                let owner = self.business(state.platform, state.text(owner));
                self.owned(index, owner);
            }
            assets.push(index);
        }
        assets
    }
    fn foreign(&mut self, state: &ObservedState) -> Vec<u32> {
        let mut map = vec![0];
        for list in &state.foreign {
            let known = self.nodes.foreign.iter().position(|known| known == list);
            let index = known.unwrap_or_else(|| {
                self.nodes.foreign.push(list.clone());
                self.nodes.foreign.len() - 1
            });
            map.push(u32::try_from(index + 1).unwrap_or(0));
        }
        map
    }
}

fn text(state: &ObservedState, sym: Option<Sym>) -> Option<&str> {
    sym.map(|sym| state.text(sym))
}
