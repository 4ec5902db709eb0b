//! Finding in a draft what an action names.

use std::collections::BTreeMap;

use crate::model::{AssetRef, Direction, PartnerRef, PersonRef, fold};
use crate::observed::InviteStatus;

use super::PredictError;
use super::draft::{Created, Draft, missing, moved};

impl Draft<'_> {
    pub(super) fn person(&self, person: &PersonRef) -> Result<u32, PredictError> {
        let state = &*self.state;
        let found = match &person.id {
            Some(id) => find(&state.members, |member| state.text(member.id), id).map(number),
            None => [&person.email, &person.username]
                .into_iter()
                .flatten()
                .find_map(|name| self.names().get(fold(name).as_ref()).copied()),
        };
        found.filter(|index| !self.gone.people.contains(index)).ok_or_else(|| missing("member", &person.label()))
    }

    /// Members by folded address and user name.
    fn names(&self) -> &BTreeMap<String, u32> {
        self.names.get_or_init(|| {
            let rows = (0..).zip(&self.state.members);
            let named = |(index, row)| {
                let names = self.state.names_of(row).into_iter();
                names.map(move |name| (name.into_owned(), index))
            };
            rows.flat_map(named).collect()
        })
    }

    /// Invites and requests that we sent to somebody, by folded address, user name or partner id.
    pub(super) fn sent_to(&self, invitee: &str) -> &[usize] {
        let sent = self.sent.get_or_init(|| {
            let mut sent: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (index, row) in self.state.invites.iter().enumerate() {
                if !row.received {
                    let invitee = fold(self.state.text(row.invitee)).into_owned();
                    sent.entry(invitee).or_default().push(index);
                }
            }
            sent
        });
        sent.get(fold(invitee).as_ref()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn partner(&self, partner: &PartnerRef) -> Result<u32, PredictError> {
        let wanted = (partner.id.as_str(), partner.direction);
        let state = &*self.state;
        let old = &state.partners[..self.old_partners];
        old.binary_search_by(|other| (state.text(other.id), other.direction).cmp(&wanted))
            .ok()
            .map(number)
            .filter(|index| !self.gone.partners.contains(index))
            .or_else(|| self.new_partners.get(&(partner.id.clone(), partner.direction)).copied())
            .filter(|index| !self.gone.partners.contains(index))
            .ok_or_else(|| missing(partner_word(partner.direction), &partner.label()))
    }

    pub(super) fn asset(&self, asset: &AssetRef, created: &Created) -> Result<u32, PredictError> {
        let id = asset_id(asset, created)?;
        self.asset_index(&id).ok_or_else(|| missing("asset", &id))
    }

    /// The index of an asset that is not gone; a group may come again under the id of one that went.
    pub(super) fn asset_index(&self, id: &str) -> Option<u32> {
        let state = &*self.state;
        let old = &state.assets[..self.old_assets];
        find(old, |asset| state.text(asset.id), id)
            .map(number)
            .filter(|index| !self.gone.assets.contains(index))
            .or_else(|| self.new_assets.get(id).copied())
            .filter(|index| !self.gone.assets.contains(index))
    }

    pub(super) fn invite_index(&self, id: &str) -> Option<usize> {
        let state = &*self.state;
        let old = &state.invites[..self.old_invites];
        find(old, |invite| state.text(invite.id), id).or_else(|| self.new_invites.get(id).copied())
    }

    pub(super) fn pending_invite(&self, id: &str) -> Result<usize, PredictError> {
        let index = self.invite_index(id).ok_or_else(|| missing("invite", id))?;
        let status = self.state.invites[index].status;
        if status == InviteStatus::Pending {
            return Ok(index);
        }
        Err(moved(format!("invite `{id}`"), status_word(status), status_word(InviteStatus::Pending)))
    }
}

/// An index as the states count: in 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "readers of states refuse lists that 32 bits can't number")]
pub(super) fn number(index: usize) -> u32 {
    index as u32
}

/// What names a group that has no id yet.
pub(super) fn group_key(group: &AssetRef) -> Option<&str> {
    group.key.as_deref().or(group.name.as_deref())
}

/// The id of an asset; of a group that earlier actions created, the one it was given.
///
/// # Errors
/// Where it has none yet.
pub fn asset_id(asset: &AssetRef, created: &BTreeMap<String, String>) -> Result<String, PredictError> {
    let id = asset.id.as_ref().or_else(|| group_key(asset).and_then(|key| created.get(key)));
    id.cloned().ok_or_else(|| missing("asset group created for", &asset.label()))
}

fn find<'s, T>(sorted: &[T], id_of: impl Fn(&T) -> &'s str, id: &str) -> Option<usize> {
    sorted.binary_search_by(|item| id_of(item).cmp(id)).ok()
}

fn partner_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound partner",
        Direction::Outbound => "outbound partner",
    }
}

fn status_word(status: InviteStatus) -> &'static str {
    match status {
        InviteStatus::Pending => "pending",
        InviteStatus::Accepted => "accepted",
        InviteStatus::Declined => "declined",
        InviteStatus::Cancelled => "cancelled",
        InviteStatus::Expired => "expired",
        InviteStatus::Other(_) => "in a state that accord does not know",
    }
}
