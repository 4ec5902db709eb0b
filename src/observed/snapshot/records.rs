//! The rows of a snapshot.

use serde::de::MapAccess;

use super::super::check::choices;
use super::super::draft::{ContentRow, Draft, GrantRow, Whose};
use super::super::late::{LateMember, LateText};
use super::super::{Asset, Invite, InviteKind, InviteStatus, Partner, RosterRow, TeamGrant, TeamRow};
use super::object::{Row, Rows, flag, text, words};
use crate::model::{Direction, PermissionSet, Sym};

#[derive(Default)]
pub(super) struct MemberCells {
    id: Option<LateText>,
    email: Option<LateText>,
    username: Option<LateText>,
    role: Option<Sym>,
    system: bool,
    created_at: Option<Sym>,
    created_by: Option<Sym>,
}

impl Row for MemberCells {
    const WHAT: &'static str = "a member";
    const KEYS: &'static [&'static str] =
        &["id", "email", "username", "role", "system_user", "created_at", "created_by"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.id = text(map, |id| draft.late_id(id))?,
            1 => self.email = text(map, |email| draft.late_handle(email))?,
            2 => self.username = text(map, |name| draft.late_handle(name))?,
            3 => self.role = text(map, |word| draft.word(word))?,
            4 => self.system = flag(map)?,
            5 => self.created_at = text(map, |moment| draft.moment(moment))?,
            _ => self.created_by = text(map, |handle| draft.handle(handle))?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.push_member(LateMember {
            id: self.id.ok_or_else(|| missing("id", Self::WHAT))?,
            email: self.email,
            username: self.username,
            role: self.role.ok_or_else(|| missing("role", Self::WHAT))?,
            system: self.system,
            created_at: self.created_at,
            created_by: self.created_by,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct PartnerCells {
    id: Option<Sym>,
    name: Option<Sym>,
    direction: Option<Direction>,
    created_at: Option<Sym>,
}

impl Row for PartnerCells {
    const WHAT: &'static str = "a partner";
    const KEYS: &'static [&'static str] = &["id", "name", "direction", "created_at"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.id = text(map, |id| draft.id(id))?,
            1 => self.name = text(map, |name| draft.name(name))?,
            2 => self.direction = text(map, direction)?,
            _ => self.created_at = text(map, |moment| draft.moment(moment))?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.partners.push(Partner {
            id: self.id.ok_or_else(|| missing("id", Self::WHAT))?,
            name: self.name,
            direction: self.direction.ok_or_else(|| missing("direction", Self::WHAT))?,
            created_at: self.created_at,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct AssetCells {
    id: Option<Sym>,
    kind: Option<Sym>,
    name: Option<Sym>,
    owner_business: Option<Sym>,
    client: Option<Sym>,
}

impl Row for AssetCells {
    const WHAT: &'static str = "an asset";
    const KEYS: &'static [&'static str] = &["id", "type", "name", "owner_business", "client"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.id = text(map, |id| draft.asset_id(id))?,
            1 => self.kind = text(map, |word| draft.word(word))?,
            2 => self.name = text(map, |name| draft.name(name))?,
            3 => self.owner_business = text(map, |id| draft.id(id))?,
            _ => self.client = text(map, |name| draft.name(name))?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.assets.push(Asset {
            id: self.id.ok_or_else(|| missing("id", Self::WHAT))?,
            kind: self.kind.ok_or_else(|| missing("type", Self::WHAT))?,
            name: self.name,
            owner_business: self.owner_business,
            client: self.client,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct ContentCells {
    group: Option<Sym>,
    asset: Option<Sym>,
}

impl Row for ContentCells {
    const WHAT: &'static str = "an asset in a group";
    const KEYS: &'static [&'static str] = &["group", "asset"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.group = text(map, |id| draft.asset_id(id))?,
            _ => self.asset = text(map, |id| draft.asset_id(id))?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.contents.push(ContentRow {
            group: self.group.ok_or_else(|| missing("group", Self::WHAT))?,
            asset: self.asset.ok_or_else(|| missing("asset", Self::WHAT))?,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct GrantCells {
    member: Option<Sym>,
    partner: Option<Sym>,
    direction: Option<Direction>,
    asset: Option<Sym>,
    permissions: PermissionSet,
}

impl Row for GrantCells {
    const WHAT: &'static str = "a grant";
    const KEYS: &'static [&'static str] = &["member", "partner", "direction", "asset", "permissions"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.member = text(map, |id| draft.next_id(id))?,
            1 => self.partner = text(map, |id| draft.next_id(id))?,
            2 => self.direction = text(map, direction)?,
            3 => self.asset = text(map, |id| draft.asset_id(id))?,
            _ => self.permissions = words(map, draft)?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        let (principal, whose) = match (self.member, self.partner, self.direction) {
            (Some(id), None, None) => (id, Whose::Member),
            (None, Some(id), direction) => (id, Whose::Partner(direction)),
            (Some(_), None, Some(_)) => {
                return Err("a member's grant has no `direction`".to_owned());
            }
            (Some(_), Some(_), _) => {
                return Err("`member` and `partner` exclude each other".to_owned());
            }
            (None, None, _) => return Err("a grant has no `member` and no `partner`".to_owned()),
        };
        draft.grants.push(GrantRow {
            principal,
            asset: self.asset.ok_or_else(|| missing("asset", Self::WHAT))?,
            permissions: some(self.permissions, Self::WHAT)?,
            whose,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct InviteCells {
    id: Option<Sym>,
    kind: Option<InviteKind>,
    invitee: Option<Sym>,
    role: Option<Sym>,
    status: Option<InviteStatus>,
    received: bool,
    sent_at: Option<Sym>,
    updated_at: Option<Sym>,
    expires_at: Option<Sym>,
    grants: Vec<(Sym, PermissionSet)>,
}

impl Row for InviteCells {
    const WHAT: &'static str = "an invite";
    const KEYS: &'static [&'static str] =
        &["id", "kind", "invitee", "role", "status", "received", "sent_at", "updated_at", "expires_at", "grants"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.id = text(map, |id| draft.id(id))?,
            1 => {
                let word = text(map, |word| draft.word(word))?;
                self.kind = word.map(|word| InviteKind::of_sym(word, &draft.strings));
            }
            2 => self.invitee = text(map, |handle| draft.handle(handle))?,
            3 => self.role = text(map, |word| draft.word(word))?,
            4 => {
                let word = text(map, |word| draft.word(word))?;
                self.status = word.map(|word| InviteStatus::of_sym(word, &draft.strings));
            }
            5 => self.received = flag(map)?,
            6 => self.sent_at = text(map, |moment| draft.moment(moment))?,
            7 => self.updated_at = text(map, |moment| draft.moment(moment))?,
            8 => self.expires_at = text(map, |moment| draft.moment(moment))?,
            _ => {
                map.next_value_seed(Rows::<AttachedCells>::new(draft))?;
                self.grants = std::mem::take(&mut draft.attached);
            }
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.push_invite(Invite {
            id: self.id.ok_or_else(|| missing("id", Self::WHAT))?,
            kind: self.kind.ok_or_else(|| missing("kind", Self::WHAT))?,
            invitee: self.invitee.ok_or_else(|| missing("invitee", Self::WHAT))?,
            role: self.role,
            status: self.status.ok_or_else(|| missing("status", Self::WHAT))?,
            received: self.received,
            sent_at: self.sent_at,
            updated_at: self.updated_at,
            expires_at: self.expires_at,
            grants: self.grants,
        })
    }
}

/// A grant attached to an invite.
#[derive(Default)]
struct AttachedCells {
    asset: Option<Sym>,
    permissions: PermissionSet,
}

impl Row for AttachedCells {
    const WHAT: &'static str = "an attached grant";
    const KEYS: &'static [&'static str] = &["asset", "permissions"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.asset = text(map, |id| draft.asset_id(id))?,
            _ => self.permissions = words(map, draft)?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        let asset = self.asset.ok_or_else(|| missing("asset", Self::WHAT))?;
        let permissions = some(self.permissions, Self::WHAT)?;
        draft.attached.push((asset, permissions));
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct RosterCells {
    partner: Option<Sym>,
    email: Option<Sym>,
    username: Option<Sym>,
    role: Option<Sym>,
    asset: Option<Sym>,
    permissions: PermissionSet,
}

impl Row for RosterCells {
    const WHAT: &'static str = "a roster row";
    const KEYS: &'static [&'static str] = &["partner", "email", "username", "role", "asset", "permissions"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.partner = text(map, |id| draft.id(id))?,
            1 => self.email = text(map, |email| draft.handle(email))?,
            2 => self.username = text(map, |name| draft.handle(name))?,
            3 => self.role = text(map, |role| draft.name(role))?,
            4 => self.asset = text(map, |id| draft.asset_id(id))?,
            _ => self.permissions = words(map, draft)?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.push_roster(RosterRow {
            partner: self.partner.ok_or_else(|| missing("partner", Self::WHAT))?,
            email: self.email,
            username: self.username,
            role: self.role,
            asset: self.asset,
            permissions: self.permissions,
        })
    }
}

#[derive(Default)]
pub(super) struct TeamCells {
    team: Option<Sym>,
    member: Option<Sym>,
}

impl Row for TeamCells {
    const WHAT: &'static str = "somebody in a team";
    const KEYS: &'static [&'static str] = &["team", "member"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.team = text(map, |name| draft.name(name))?,
            _ => self.member = text(map, |id| draft.id(id))?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.teams.push(TeamRow {
            team: self.team.ok_or_else(|| missing("team", Self::WHAT))?,
            member: self.member.ok_or_else(|| missing("member", Self::WHAT))?,
        });
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct TeamGrantCells {
    team: Option<Sym>,
    asset: Option<Sym>,
    permissions: PermissionSet,
}

impl Row for TeamGrantCells {
    const WHAT: &'static str = "a team's grant";
    const KEYS: &'static [&'static str] = &["team", "asset", "permissions"];

    fn cell<'de, A: MapAccess<'de>>(&mut self, key: usize, draft: &mut Draft, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.team = text(map, |name| draft.name(name))?,
            1 => self.asset = text(map, |id| draft.asset_id(id))?,
            _ => self.permissions = words(map, draft)?,
        }
        Ok(())
    }

    fn push(self, draft: &mut Draft) -> Result<(), String> {
        draft.team_grants.push(TeamGrant {
            team: self.team.ok_or_else(|| missing("team", Self::WHAT))?,
            asset: self.asset.ok_or_else(|| missing("asset", Self::WHAT))?,
            permissions: some(self.permissions, Self::WHAT)?,
        });
        Ok(())
    }
}

fn direction(word: &str) -> Result<Direction, String> {
    Direction::of(word).ok_or_else(|| {
        let advice = choices(word, &["inbound", "outbound"]);
        format!("`{word}` is no direction ({advice})")
    })
}

fn missing(key: &str, what: &str) -> String {
    format!("{what} has no `{key}`")
}

/// A grant of nothing is no grant: whoever writes one means something else.
fn some(permissions: PermissionSet, what: &str) -> Result<PermissionSet, String> {
    if permissions.is_empty() {
        return Err(format!("{what} has no permission"));
    }
    Ok(permissions)
}
