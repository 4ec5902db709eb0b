//! From differences (indexes) to operations (plain data that stands alone).

use std::collections::BTreeSet;

use crate::desired::DesiredState;
use crate::diff::rows::Rows;
use crate::diff::{self, Difference, Held, Matches, Names, Pair, Who};
use crate::model::{AssetRef, Direction, PermissionSet, Principal, PrincipalIx};
use crate::observed::{Invite, ObservedState};

use super::action::{Action, AttachedGrant, EndingGrant};
use super::{Cause, Deferred, Notice, Place, Upcoming, Waiting, Withheld};

/// The two states and what is needed to write about them.
pub(super) struct Renderer<'a> {
    pub(super) names: Names<'a>,
    pub(super) matches: &'a Matches,
    rows: Rows,
    /// Grants of the export by asset, made when the first group is deleted.
    by_asset: std::cell::OnceCell<Vec<u32>>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(desired: &'a DesiredState, observed: &'a ObservedState, matches: &'a Matches) -> Self {
        Renderer {
            names: Names { desired, observed },
            matches,
            rows: Rows::of_observed(observed),
            by_asset: std::cell::OnceCell::new(),
        }
    }

    /// The action that makes up for a difference; `None` only for a pair without sides, which no comparison yields.
    pub(super) fn action(&self, difference: &Difference) -> Option<Action> {
        Some(match difference {
            Difference::CreateGroup { group } => self.create_group(*group),
            Difference::AddToGroup { group, asset } => {
                Action::AddToGroup { group: self.names.asset(*group), asset: self.names.asset(*asset) }
            }
            Difference::RemoveFromGroup { group, asset } => {
                Action::RemoveFromGroup { group: self.names.asset(*group), asset: self.names.asset(*asset) }
            }
            Difference::DeleteGroup { group } => self.delete_group(*group),
            Difference::Invite { who, role, grants, instead_of: _ } => {
                self.invite(*who, role.map(|role| role.word), grants)?
            }
            Difference::Attach { invite, who, grants } => Action::AttachGrants {
                invite: self.invite_id(*invite),
                invitee: self.names.principal(*who)?,
                before: self.attached_before(self.invite_row(*invite)),
                after: self.attached(grants),
            },
            Difference::Accept { invite, partner, grants } => Action::AcceptInvite {
                invite: self.invite_id(*invite),
                partner: self.names.partner(*partner)?,
                grants: self.attached(grants),
            },
            Difference::Cancel { invite, who } => self.cancel(*invite, *who)?,
            Difference::SetRole { person, after, lowers: _ } => Action::SetRole {
                person: self.names.person(*person),
                before: self.role(*person),
                after: after.word.to_owned(),
            },
            Difference::SetGrant { who, asset, before, after } => Action::SetGrant {
                principal: self.names.principal(*who)?,
                asset: self.names.asset(*asset),
                before: self.names.observed.words(*before),
                after: self.words(*after),
            },
            Difference::RemoveGrant { who, asset, before } => Action::RemoveGrant {
                principal: self.names.principal(*who)?,
                asset: self.names.asset(*asset),
                before: self.names.observed.words(*before),
            },
            Difference::RequestAccess { partner, asset, before, after } => Action::RequestAccess {
                partner: self.names.partner(*partner)?,
                asset: self.names.asset(*asset),
                before: self.names.observed.words(*before),
                after: self.words(*after),
            },
            Difference::RemoveMember { person } => Action::RemoveMember {
                person: self.names.person(*person),
                role: self.role(*person),
                grants: self.ending(person.observed.map(PrincipalIx::person)),
            },
            Difference::RemovePartner { partner } => Action::RemovePartner {
                partner: self.names.partner(*partner)?,
                grants: self.ending(partner.observed.map(PrincipalIx::partner)),
            },
        })
    }

    pub(super) fn cause(&self, cause: &diff::Cause) -> Cause {
        match cause {
            diff::Cause::Written(sources) => Cause::Written {
                places: sources.iter().map(|source| self.place(source)).collect(),
                reasons: self.reasons(sources),
            },
            diff::Cause::Unwritten(nearest) => {
                Cause::Unwritten { nearest: nearest.as_ref().map(|source| self.place(source)) }
            }
            diff::Cause::Ended(source, until) => Cause::Ended { place: self.place(source), until: *until },
        }
    }

    pub(super) fn place(&self, source: &diff::Source) -> Place {
        Place {
            file: self.names.desired.files.path(source.pos.file).to_owned(),
            line: source.pos.line,
            column: source.pos.column,
            what: source.what.clone(),
        }
    }

    pub(super) fn withheld(&self, held: &diff::Withheld) -> Withheld {
        let what = match &held.what {
            Held::Sentence(sentence) => sentence.clone(),
            Held::Difference(difference) => self.action(difference).map(|action| action.sentence()).unwrap_or_default(),
        };
        let stranger = match &held.what {
            Held::Difference(Difference::Cancel { invite, who: None }) => {
                Some(self.names.stranger(self.invite_row(*invite)))
            }
            _ => None,
        };
        Withheld {
            why: held.why.word().to_owned(),
            what,
            removal: held.removal,
            principal: held.who.and_then(|who| self.names.principal(who)).or(stranger),
            place: held.place.as_ref().map(|source| self.place(source)),
            related: held.related.iter().map(|source| self.place(source)).collect(),
            help: held.help.clone(),
        }
    }

    pub(super) fn waiting(&self, waiting: &diff::Waiting) -> Option<Waiting> {
        let invite = self.invite_row(waiting.invite);
        let text = |sym| self.names.observed.text(sym).to_owned();
        Some(Waiting {
            invite: text(invite.id),
            who: self.names.principal(waiting.who)?,
            what: self.purpose(waiting.who, invite),
            sent_at: invite.sent_at.map(text),
            expires_at: invite.expires_at.map(text),
        })
    }

    pub(super) fn deferred(&self, deferred: &diff::Deferred) -> Option<Deferred> {
        Some(Deferred {
            principal: self.names.principal(deferred.who)?,
            asset: self.names.asset(deferred.asset),
            permissions: self.words(deferred.permissions),
            until: deferred.until.clone(),
        })
    }

    pub(super) fn notice(&self, notice: &diff::Notice) -> Notice {
        Notice {
            kind: notice.kind.to_owned(),
            message: notice.message.clone(),
            place: notice.place.as_ref().map(|source| self.place(source)),
        }
    }

    pub(super) fn upcoming(&self, upcoming: &diff::Upcoming) -> Upcoming {
        Upcoming {
            until: upcoming.until,
            what: format!("{} ends", upcoming.place.what),
            place: self.place(&upcoming.place),
        }
    }

    /// Rows of the export's grants on an asset.
    pub(super) fn grants_on(&self, asset: u32) -> &[u32] {
        let grants = &self.names.observed.grants;
        let on = |row: &u32| grants[*row as usize].asset;
        let sorted = self.by_asset.get_or_init(|| {
            let groups: BTreeSet<u32> = (0..)
                .zip(&self.names.observed.assets)
                .filter(|(_, asset)| self.names.observed.is_group(asset))
                .map(|(index, _)| index)
                .collect();
            let mut rows: Vec<u32> =
                (0..).zip(grants).filter(|(_, grant)| groups.contains(&grant.asset)).map(|(row, _)| row).collect();
            rows.sort_by_key(|row| (on(row), *row));
            rows
        });
        let start = sorted.partition_point(|row| on(row) < asset);
        let rest = &sorted[start..];
        &rest[..rest.partition_point(|row| on(row) == asset)]
    }

    /// An asset of the export, with its key where the files name it.
    fn thing(&self, asset: u32) -> AssetRef {
        self.names.asset(self.matches.assets.of_observed(asset))
    }

    fn reasons(&self, sources: &[diff::Source]) -> Vec<String> {
        let mut reasons = Vec::new();
        for item in sources.iter().filter_map(|source| source.item) {
            let item = &self.names.desired.items[item as usize];
            for sym in [item.reason, item.ticket].into_iter().flatten() {
                let text = self.names.desired.text(sym);
                if !reasons.iter().any(|known| known == text) {
                    reasons.push(text.to_owned());
                }
            }
        }
        reasons
    }

    fn create_group(&self, group: u32) -> Action {
        let entry = &self.names.desired.assets[group as usize];
        let text = |sym| self.names.desired.text(sym).to_owned();
        Action::CreateGroup {
            group: self.names.asset(Pair::desired(group)),
            description: entry.description.map(text).unwrap_or_default(),
            types: entry.group_types.iter().map(|&sym| text(sym)).collect(),
        }
    }

    fn delete_group(&self, group: u32) -> Action {
        let observed = self.names.observed;
        let contents = observed.contents_of(group).iter().map(|content| self.thing(content.asset));
        let grants = self.grants_on(group).iter().map(|&row| {
            let grant = &observed.grants[row as usize];
            EndingGrant {
                principal: self.names.principal(self.matches.holder(grant.principal)),
                asset: self.thing(group),
                permissions: observed.words(grant.permissions),
            }
        });
        Action::DeleteGroup { group: self.thing(group), contents: contents.collect(), grants: grants.collect() }
    }

    fn invite(&self, who: Who, role: Option<&str>, grants: &[(Pair, u32)]) -> Option<Action> {
        let grants = self.attached(grants);
        Some(match self.names.principal(who)? {
            Principal::Person(person) => {
                Action::InviteMember { person, role: role.unwrap_or_default().to_owned(), grants }
            }
            Principal::Partner(partner) => match partner.direction {
                Direction::Inbound => Action::InvitePartner { partner, grants },
                Direction::Outbound => Action::RequestPartner { partner, grants },
            },
        })
    }

    fn cancel(&self, invite: u32, who: Option<Who>) -> Option<Action> {
        let row = self.invite_row(invite);
        Some(Action::CancelInvite {
            invite: self.invite_id(invite),
            invitee: match who {
                Some(who) => self.names.principal(who)?,
                None => self.names.stranger(row),
            },
            role: row.role.map(|sym| self.names.observed.text(sym).to_owned()),
            grants: self.attached_before(row),
        })
    }

    fn attached(&self, grants: &[(Pair, u32)]) -> Vec<AttachedGrant> {
        let mut attached: Vec<AttachedGrant> = grants
            .iter()
            .map(|&(asset, permissions)| AttachedGrant {
                asset: self.names.asset(asset),
                permissions: self.words(permissions),
            })
            .collect();
        attached.sort_unstable_by(|a, b| (a.asset.identity(), a).cmp(&(b.asset.identity(), b)));
        attached
    }

    fn attached_before(&self, invite: &Invite) -> Vec<AttachedGrant> {
        let observed = self.names.observed;
        let asset = |id: &str| match observed.find_asset(id) {
            Some(asset) => self.thing(asset),
            None => AssetRef { key: None, id: Some(id.to_owned()), name: None, kind: String::new() },
        };
        invite
            .grants
            .iter()
            .map(|(id, set)| AttachedGrant { asset: asset(observed.text(*id)), permissions: observed.words(*set) })
            .collect()
    }

    fn ending(&self, principal: Option<PrincipalIx>) -> Vec<EndingGrant> {
        let Some(principal) = principal else {
            return Vec::new();
        };
        let observed = self.names.observed;
        self.rows
            .slice(&observed.grants, principal)
            .iter()
            .map(|grant| EndingGrant {
                principal: None,
                asset: self.thing(grant.asset),
                permissions: observed.words(grant.permissions),
            })
            .collect()
    }

    /// What an invitee is asked, in a few words.
    fn purpose(&self, who: Who, invite: &Invite) -> String {
        let role = invite.role.map(|sym| self.names.observed.text(sym));
        let role = role.and_then(|word| self.names.observed.platform.role(word));
        match (who, role) {
            (Who::Person(_), Some(role)) => format!("to become {}", role.title),
            (Who::Person(_), None) => "to become a member".to_owned(),
            (Who::Partner(pair), _) => {
                let partner = self.names.partner(pair);
                let outbound = partner.is_some_and(|partner| partner.direction == Direction::Outbound);
                match (outbound, pair.observed.is_some()) {
                    (true, true) => "to give us other rights".to_owned(),
                    (true, false) => "to let us in".to_owned(),
                    (false, _) => "to become a partner".to_owned(),
                }
            }
        }
    }

    fn role(&self, person: Pair) -> String {
        person
            .observed
            .map(|member| {
                let role = self.names.observed.members[member as usize].role;
                self.names.observed.text(role).to_owned()
            })
            .unwrap_or_default()
    }

    fn words(&self, bits: u32) -> Vec<String> {
        self.names.observed.words(PermissionSet::of(bits))
    }

    fn invite_row(&self, invite: u32) -> &Invite {
        &self.names.observed.invites[invite as usize]
    }

    fn invite_id(&self, invite: u32) -> String {
        let row = self.invite_row(invite);
        self.names.observed.text(row.id).to_owned()
    }
}
