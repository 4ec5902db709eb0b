//! The rows of the tables: a line of cells into the draft. Each takes all cells before it gives up, so that all faults are told.

use super::super::check::choices;
use super::super::draft::{ContentRow, Draft, GrantRow, Whose};
use super::super::{Asset, Invite, InviteKind, InviteStatus, Member, Partner, RosterRow, TeamGrant, TeamRow};
use super::sheet::{Line, words};
use crate::model::{Direction, PermissionSet, Sym};

/// Pushes the row of a line where it is sound.
pub(super) type PushRow = fn(&mut Line<'_>, &mut Draft) -> Option<()>;

pub(super) fn member(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let id = line.id(0, draft);
    let email = line.optional(1, |email| draft.handle(email));
    let username = line.optional(2, |name| draft.handle(name));
    let role = line.required(3, |word| draft.word(word));
    let system = line.flag(4);
    let created_at = line.optional(5, |moment| draft.moment(moment));
    let created_by = line.optional(6, |handle| draft.handle(handle));
    sound(line)?;
    draft.members.push(Member { id: id?, email, username, role: role?, system, created_at, created_by });
    Some(())
}

pub(super) fn partner(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let id = line.id(0, draft);
    let name = line.optional(1, |name| draft.name(name));
    let direction = line.required(2, direction);
    let created_at = line.optional(3, |moment| draft.moment(moment));
    sound(line)?;
    draft.partners.push(Partner { id: id?, name, direction: direction?, created_at });
    Some(())
}

pub(super) fn asset(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let id = line.id(0, draft);
    let kind = line.required(1, |word| draft.word(word));
    let name = line.optional(2, |name| draft.name(name));
    let owner_business = line.optional(3, |id| draft.id(id));
    let client = line.optional(4, |name| draft.name(name));
    sound(line)?;
    draft.assets.push(Asset { id: id?, kind: kind?, name, owner_business, client });
    Some(())
}

pub(super) fn content(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let group = line.id(0, draft);
    let asset = line.id(1, draft);
    sound(line)?;
    draft.contents.push(ContentRow { group: group?, asset: asset? });
    Some(())
}

pub(super) fn grant(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let kind = line.required(0, |word| match word {
        "member" => Ok(Whose::Member),
        "partner" => Ok(Whose::Partner(None)),
        other => Err(wrong_word(other, &["member", "partner"])),
    });
    let principal = line.id(1, draft);
    let asset = line.id(2, draft);
    let permissions = some_permissions(line, 3, draft);
    let way = line.optional(4, direction);
    let whose = match (kind, way) {
        (Some(Whose::Partner(_)), way) => Some(Whose::Partner(way)),
        (Some(Whose::Member), Some(_)) => {
            line.complain(4, "a member's grant has none");
            None
        }
        (kind, _) => kind,
    };
    sound(line)?;
    draft.grants.push(GrantRow { principal: principal?, asset: asset?, permissions, whose: whose? });
    Some(())
}

pub(super) fn invite(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let id = line.id(0, draft);
    let kind = line.required(1, |word| draft.word(word));
    let invitee = line.required(2, |handle| draft.handle(handle));
    let role = line.optional(3, |word| draft.word(word));
    let status = line.required(4, |word| draft.word(word));
    let sent_at = line.optional(5, |moment| draft.moment(moment));
    let expires_at = line.optional(6, |moment| draft.moment(moment));
    let grants = line.optional(7, |cell| attached(cell, draft));
    let received = line.flag(8);
    let updated_at = line.optional(9, |moment| draft.moment(moment));
    sound(line)?;
    let invite = Invite {
        id: id?,
        kind: InviteKind::of_sym(kind?, &draft.strings),
        invitee: invitee?,
        role,
        status: InviteStatus::of_sym(status?, &draft.strings),
        received,
        sent_at,
        updated_at,
        expires_at,
        grants: grants.unwrap_or_default(),
    };
    let pushed = draft.push_invite(invite);
    pushed.map_err(|complaint| line.complain(7, &complaint)).ok()
}

/// A row of the roster of a partner.
pub(super) fn roster(line: &mut Line<'_>, draft: &mut Draft, partner: Sym) -> Option<()> {
    let email = line.optional(0, |email| draft.handle(email));
    let username = line.optional(1, |name| draft.handle(name));
    let role = line.optional(2, |role| draft.name(role));
    let asset = line.optional(3, |id| draft.id(id));
    let permissions = line.permissions(4, draft);
    sound(line)?;
    let row = RosterRow { partner, email, username, role, asset, permissions };
    let pushed = draft.push_roster(row);
    pushed.map_err(|complaint| line.complain_of_all(complaint)).ok()
}

pub(super) fn team(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let team = line.required(0, |name| draft.name(name));
    let member = line.id(1, draft);
    sound(line)?;
    draft.teams.push(TeamRow { team: team?, member: member? });
    Some(())
}

pub(super) fn team_grant(line: &mut Line<'_>, draft: &mut Draft) -> Option<()> {
    let team = line.required(0, |name| draft.name(name));
    let asset = line.id(1, draft);
    let permissions = some_permissions(line, 2, draft);
    sound(line)?;
    draft.team_grants.push(TeamGrant { team: team?, asset: asset?, permissions });
    Some(())
}

fn sound(line: &Line<'_>) -> Option<()> {
    line.is_sound().then_some(())
}

/// A grant of nothing is no grant: whoever writes one means something else.
fn some_permissions(line: &mut Line<'_>, column: usize, draft: &mut Draft) -> PermissionSet {
    if line.cell(column).is_empty() {
        line.complain(column, "the cell is empty");
    }
    line.permissions(column, draft)
}

/// Reads `asset=WORD;WORD|asset=WORD`.
fn attached(cell: &str, draft: &mut Draft) -> Result<Vec<(Sym, PermissionSet)>, String> {
    let grants = cell.split('|').map(|grant| {
        let Some((asset, permissions)) = grant.split_once('=') else {
            return Err(format!("`{grant}` is not of the form `asset=WORD;WORD`"));
        };
        Ok((draft.id(asset)?, words(permissions, draft)?))
    });
    grants.collect()
}

fn direction(word: &str) -> Result<Direction, String> {
    Direction::of(word).ok_or_else(|| wrong_word(word, &["inbound", "outbound"]))
}

fn wrong_word(word: &str, known: &[&str]) -> String {
    let advice = choices(word, known);
    format!("`{word}` is none of its words ({advice})")
}
