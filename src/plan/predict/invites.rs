//! Invites and requests: sent, given grants to bring along, cancelled.

use jiff::{SignedDuration, Timestamp};

use crate::model::{AssetRef, Direction, PartnerRef, PermissionSet, PersonRef, PrincipalIx, Sym, fold};
use crate::observed::{Invite, InviteKind, InviteStatus, Partner};

use super::super::AttachedGrant;
use super::draft::{Created, Done, Draft, Run, listed, moved};
use super::lookup::{asset_id, number};
use super::{INVITE_DAYS, PredictError};

impl Draft<'_> {
    pub(super) fn invite_member(
        &mut self,
        person: &PersonRef,
        role: &str,
        grants: &[AttachedGrant],
        run: &Run,
    ) -> Done {
        let invitee = person
            .email
            .as_deref()
            .or(person.username.as_deref())
            .or(person.id.as_deref())
            .ok_or_else(|| PredictError::Unwritable(format!("`{}` has no address to invite", person.label())))?;
        if self.person(person).is_ok() {
            return Err(PredictError::Exists(format!("`{invitee}` is a member already")));
        }
        self.refuse_second(InviteKind::MemberInvite, invitee)?;
        let role = self.state.strings.intern(role);
        self.invite(InviteKind::MemberInvite, invitee, Some(role), grants, run)
    }

    pub(super) fn invite_partner(
        &mut self,
        kind: InviteKind,
        partner: &PartnerRef,
        grants: &[AttachedGrant],
        run: &Run,
    ) -> Done {
        if self.partner(partner).is_ok() {
            let direction = partner.direction.word();
            return Err(PredictError::Exists(format!("`{}` is an {direction} partner already", partner.label())));
        }
        self.refuse_second(kind, &partner.id)?;
        self.invite(kind, &partner.id, None, grants, run)
    }

    pub(super) fn request_access(
        &mut self,
        partner: &PartnerRef,
        asset: &AssetRef,
        (before, after): (&[String], &[String]),
        run: &Run,
    ) -> Done {
        let holder = PrincipalIx::partner(self.partner(partner)?);
        let now = self.asset(asset, run.created).map(|asset| self.permissions(holder, asset));
        let what = || format!("what we have on `{}`", asset.label());
        self.expect(now.unwrap_or_default(), before, what)?;
        let wanted = AttachedGrant { asset: asset.clone(), permissions: after.to_vec() };
        self.invite(InviteKind::PartnerRequest, &partner.id, None, &[wanted], run)
    }

    /// Two invites to one invitee would be two answers to one question.
    fn refuse_second(&self, kind: InviteKind, invitee: &str) -> Result<(), PredictError> {
        let sent = self.sent_to(invitee).iter();
        let waiting = sent
            .map(|&index| &self.state.invites[index])
            .find(|invite| invite.kind == kind && invite.status == InviteStatus::Pending);
        let Some(invite) = waiting else { return Ok(()) };
        let id = self.state.text(invite.id);
        Err(PredictError::Exists(format!("invite `{id}` to `{invitee}` waits for an answer already")))
    }

    fn invite(
        &mut self,
        kind: InviteKind,
        invitee: &str,
        role: Option<Sym>,
        grants: &[AttachedGrant],
        run: &Run,
    ) -> Done {
        let grants = self.attached(grants, run.created)?;
        let mut about = vec!["invite", kind_word(kind), invitee];
        let assets: Vec<String> = grants.iter().map(|(asset, _)| self.state.text(*asset).to_owned()).collect();
        if kind == InviteKind::PartnerRequest {
            about.extend(assets.iter().map(String::as_str)); // several requests to one partner differ by what they ask for
        }
        let id = self.mint(&about, |draft, id| draft.invite_index(id).is_some());
        let lapses = run.as_of.checked_add(SignedDuration::from_hours(INVITE_DAYS * 24)).unwrap_or(Timestamp::MAX);
        let strings = &mut self.state.strings;
        let invite = Invite {
            id: strings.intern(&id),
            kind,
            invitee: strings.intern(invitee),
            role,
            status: InviteStatus::Pending,
            received: false,
            sent_at: Some(strings.intern(&run.as_of.to_string())),
            updated_at: None,
            expires_at: Some(strings.intern(&lapses.to_string())),
            grants,
        };
        let index = self.state.invites.len();
        self.new_invites.insert(id.clone(), index);
        if let Some(sent) = self.sent.get_mut() {
            let invitee = fold(invitee).into_owned();
            sent.entry(invitee).or_default().push(index);
        }
        self.state.invites.push(invite);
        Ok(Some(id))
    }

    pub(super) fn attach(
        &mut self,
        invite: &str,
        before: &[AttachedGrant],
        after: &[AttachedGrant],
        run: &Run,
    ) -> Done {
        let index = self.pending_invite(invite)?;
        let expected = spell_plan(before, run.created)?;
        let after = self.attached(after, run.created)?;
        let now = self.spell(&self.state.invites[index].grants);
        if now != expected {
            return Err(moved(format!("what is attached to invite `{invite}`"), &now, &expected));
        }
        let at = self.state.strings.intern(&run.as_of.to_string());
        let invite = &mut self.state.invites[index];
        invite.grants = after;
        invite.updated_at = Some(at);
        Ok(None)
    }

    /// The partnership is there at once: who comes in has what the acceptance gives, and we have what was offered.
    pub(super) fn accept(&mut self, invite: &str, partner: &PartnerRef, grants: &[AttachedGrant], run: &Run) -> Done {
        let index = self.pending_invite(invite)?;
        if self.partner(partner).is_ok() {
            let direction = partner.direction.word();
            return Err(PredictError::Exists(format!("`{}` is an {direction} partner already", partner.label())));
        }
        let mut brought = Vec::with_capacity(grants.len());
        match partner.direction {
            Direction::Inbound => {
                for AttachedGrant { asset, permissions } in grants {
                    brought.push((self.asset(asset, run.created)?, self.permission_set(permissions)?));
                }
            }
            Direction::Outbound => {
                let offered = self.state.invites[index].grants.iter();
                let known = offered.filter_map(|(asset, set)| Some((self.asset_index(self.state.text(*asset))?, *set)));
                brought.extend(known);
            }
        }
        let place = number(self.state.partners.len());
        let strings = &mut self.state.strings;
        let at = strings.intern(&run.as_of.to_string());
        self.state.partners.push(Partner {
            id: strings.intern(&partner.id),
            name: partner.name.as_deref().map(|name| strings.intern(name)),
            direction: partner.direction,
            created_at: Some(at),
        });
        self.new_partners.insert((partner.id.clone(), partner.direction), place);
        let holder = PrincipalIx::partner(place);
        self.grants.extend(brought.into_iter().map(|(asset, set)| ((holder, asset), Some(set))));
        let invite = &mut self.state.invites[index];
        invite.status = InviteStatus::Accepted;
        invite.updated_at = Some(at);
        Ok(None)
    }

    pub(super) fn cancel(&mut self, invite: &str, run: &Run) -> Done {
        let index = self.pending_invite(invite)?;
        let at = self.state.strings.intern(&run.as_of.to_string());
        let invite = &mut self.state.invites[index];
        invite.status = InviteStatus::Cancelled;
        invite.updated_at = Some(at);
        Ok(None)
    }

    fn attached(
        &mut self,
        grants: &[AttachedGrant],
        created: &Created,
    ) -> Result<Vec<(Sym, PermissionSet)>, PredictError> {
        let mut found = Vec::with_capacity(grants.len());
        for AttachedGrant { asset, permissions } in grants {
            let id = asset_id(asset, created)?;
            found.push((id, self.permission_set(permissions)?));
        }
        found.sort_unstable();
        let strings = &mut self.state.strings;
        Ok(found.into_iter().map(|(id, set)| (strings.intern(&id), set)).collect())
    }

    fn spell(&self, grants: &[(Sym, PermissionSet)]) -> String {
        let each = grants.iter().map(|(asset, set)| {
            let asset = self.state.text(*asset).to_owned();
            (asset, self.state.words(*set))
        });
        spell(each.collect())
    }
}

/// As `spell` has it, of what a plan says: it may name words that only a platform can have written.
fn spell_plan(grants: &[AttachedGrant], created: &Created) -> Result<String, PredictError> {
    let each = grants.iter().map(|AttachedGrant { asset, permissions }| {
        let mut words = permissions.clone();
        words.sort_unstable();
        Ok((asset_id(asset, created)?, words))
    });
    Ok(spell(each.collect::<Result<_, _>>()?))
}

fn spell(mut grants: Vec<(String, Vec<String>)>) -> String {
    grants.sort_unstable();
    let each: Vec<String> = grants.iter().map(|(asset, words)| format!("{} on `{asset}`", listed(words))).collect();
    if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
}

fn kind_word(kind: InviteKind) -> &'static str {
    match kind {
        InviteKind::MemberInvite => "member",
        InviteKind::PartnerInvite => "partner",
        InviteKind::PartnerRequest => "request",
        InviteKind::Other(_) => "other",
    }
}
