//! What people, partners and assets are called: everything both sides know, as plain data that stands alone.

use crate::desired::DesiredState;
use crate::model::{AssetRef, PartnerRef, PersonRef, Principal, Sym};
use crate::observed::{Invite, InviteKind, ObservedState};

use super::assets::group_name;
use super::change::{Pair, Who};

/// The two states, for names.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// What the files say.
    pub desired: &'a DesiredState,
    /// What the export says.
    pub observed: &'a ObservedState,
}

impl Names<'_> {
    /// A person: the platform's address and user name where there are any, the name from the files.
    pub fn person(&self, pair: Pair) -> PersonRef {
        let person = pair.desired.map(|person| &self.desired.people[person as usize]);
        let member = pair.observed.map(|member| &self.observed.members[member as usize]);
        let written = |sym: Option<Sym>| sym.map(|sym| self.desired.text(sym).to_owned());
        let seen = |sym: Option<Sym>| sym.map(|sym| self.observed.text(sym).to_owned());
        let key = person.map(|person| self.desired.text(person.key));
        PersonRef {
            key: key.map(str::to_owned),
            id: seen(member.map(|member| member.id)).or_else(|| written(person.and_then(|person| person.id))),
            email: seen(member.and_then(|member| member.email)).or_else(|| {
                key.filter(|key| key.contains('@'))
                    .map(str::to_owned)
                    .or_else(|| written(person.and_then(|person| person.addresses.first().copied())))
            }),
            username: seen(member.and_then(|member| member.username))
                .or_else(|| written(person.and_then(|person| person.username))),
            name: written(person.and_then(|person| person.name)),
        }
    }

    /// A partner. At least one side of the pair is there.
    pub fn partner(&self, pair: Pair) -> Option<PartnerRef> {
        let entry = pair.desired.map(|partner| &self.desired.partners[partner as usize]);
        let partnership = pair.observed.map(|partner| &self.observed.partners[partner as usize]);
        let id = partnership.map(|partner| self.observed.text(partner.id));
        let id = id.or_else(|| entry.map(|partner| self.desired.text(partner.id)))?;
        let name = partnership.and_then(|partner| partner.name).map(|sym| self.observed.text(sym));
        let written = entry.and_then(|partner| partner.name).map(|sym| self.desired.text(sym));
        let direction = partnership.map(|partner| partner.direction);
        Some(PartnerRef {
            key: entry.map(|partner| self.desired.text(partner.key).to_owned()),
            id: id.to_owned(),
            name: name.or(written).map(str::to_owned),
            direction: direction.or_else(|| entry.map(|partner| partner.direction))?,
        })
    }

    /// An asset. At least one side of the pair is there.
    pub fn asset(&self, pair: Pair) -> AssetRef {
        let entry = pair.desired.map(|asset| &self.desired.assets[asset as usize]);
        let thing = pair.observed.map(|asset| &self.observed.assets[asset as usize]);
        let id = thing.map(|asset| self.observed.text(asset.id));
        let written_id = entry.and_then(|asset| asset.id).map(|sym| self.desired.text(sym));
        let name = thing.and_then(|asset| asset.name).map(|sym| self.observed.text(sym));
        let written =
            entry.filter(|asset| asset.kind.group || asset.name.is_some()).map(|asset| group_name(self.desired, asset));
        let kind = thing.map(|asset| self.observed.text(asset.kind));
        AssetRef {
            key: entry.map(|asset| self.desired.text(asset.key).to_owned()),
            id: id.or(written_id).map(str::to_owned),
            name: name.or(written).map(str::to_owned),
            kind: kind.or_else(|| entry.map(|asset| asset.kind.word)).unwrap_or_default().to_owned(),
        }
    }

    /// Who holds something.
    pub fn principal(&self, who: Who) -> Option<Principal> {
        Some(match who {
            Who::Person(pair) => Principal::Person(self.person(pair)),
            Who::Partner(pair) => Principal::Partner(self.partner(pair)?),
        })
    }

    /// Whom an invite asks, where neither files nor members know them.
    pub fn stranger(&self, invite: &Invite) -> Principal {
        let text = self.observed.text(invite.invitee).to_owned();
        match invite.kind {
            InviteKind::MemberInvite if text.contains('@') => {
                Principal::Person(PersonRef { email: Some(text), ..PersonRef::default() })
            }
            InviteKind::MemberInvite => Principal::Person(PersonRef { username: Some(text), ..PersonRef::default() }),
            kind => Principal::Partner(PartnerRef {
                key: None,
                id: text,
                name: None,
                direction: super::invites::direction(kind),
            }),
        }
    }

    /// The shortest word for a person in a message: the key, else what the platform shows.
    pub fn call_person(&self, pair: Pair) -> String {
        let person = self.person(pair);
        let PersonRef { key, id, email, username, name } = person;
        [key, email, username, id, name].into_iter().flatten().next().unwrap_or_default()
    }

    /// The shortest word for a partner in a message.
    pub fn call_partner(&self, pair: Pair) -> String {
        let partner = self.partner(pair);
        partner.map(|partner| partner.key.or(partner.name).unwrap_or(partner.id)).unwrap_or_default()
    }

    /// The shortest word for an asset in a message.
    pub fn call_asset(&self, pair: Pair) -> String {
        let AssetRef { key, id, name, .. } = self.asset(pair);
        [key, name, id].into_iter().flatten().next().unwrap_or_default()
    }

    /// The shortest word for whoever holds something.
    pub fn call(&self, who: Who) -> String {
        match who {
            Who::Person(pair) => self.call_person(pair),
            Who::Partner(pair) => self.call_partner(pair),
        }
    }
}
