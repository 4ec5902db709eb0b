//! What could go wrong with an operation, how it can be undone, and who does it.

use std::collections::BTreeMap;

use crate::diff::{Difference, Matches, Names, Pair, Who};
use crate::model::{Direction, PermissionSet, Principal, fold};
use crate::platforms::{Platform, Role};

use super::action::Action;
use super::holders::{Holder, Holders};
use super::{Executor, Risk, Undo};

/// The risks of the operations of one business.
pub(super) struct Risks<'a> {
    names: Names<'a>,
    /// Its own domains, in lower case.
    domains: &'a [String],
    /// By group: the risks of putting something into it.
    contents: BTreeMap<String, Vec<Risk>>,
}

impl<'a> Risks<'a> {
    pub(super) fn new(names: Names<'a>, matches: &Matches, domains: &'a [String], holders: &Holders) -> Self {
        let mut risks = Risks { names, domains, contents: BTreeMap::new() };
        let contents = holders.groups().map(|group| (group.clone(), risks.of_content(group, holders, matches)));
        risks.contents = contents.collect();
        risks
    }

    /// The risks of a difference, the worst first.
    pub(super) fn of(&self, difference: &Difference) -> Vec<Risk> {
        if let Difference::AddToGroup { group, .. } = difference {
            let risks = self.contents.get(&self.names.asset(*group).identity()).cloned();
            return risks.unwrap_or_else(|| vec![Risk::Addition]);
        }
        let gains = gains(difference);
        let outside = gains.any && self.outside(difference.who());
        let mut risks = of_gains(&gains, outside, self.names.observed.platform);
        if difference.removes() {
            risks.push(Risk::Removal);
        }
        if irreversible(difference) {
            risks.push(Risk::Irreversible);
        }
        risks.sort_unstable();
        risks
    }

    /// The risks of inviting somebody whom the files do not know (any more), the worst first.
    pub(super) fn of_invite(&self, invitee: &Principal, role: Option<&Role>, permissions: u32) -> Vec<Risk> {
        let gains = Gains { any: true, everything: role.is_some_and(|role| role.admin), permissions };
        of_gains(&gains, is_outside(invitee, self.domains), self.names.observed.platform)
    }

    /// The risks of putting something into a group: what its holders have on the group, they get on that as well.
    fn of_content(&self, group: &str, holders: &Holders, matches: &Matches) -> Vec<Risk> {
        let mut gains = Gains { any: true, ..Gains::default() };
        let mut outside = false;
        for held in holders.on(group) {
            gains.permissions |= held.permissions;
            // A permission that nobody knows might be anything.
            gains.everything |= held.unknown;
            outside = outside
                || match &held.holder {
                    Holder::Seen(principal) => self.outside(Some(matches.holder(*principal))),
                    Holder::Named(principal) => is_outside(principal, self.domains),
                };
        }
        of_gains(&gains, outside, self.names.observed.platform)
    }

    /// Whether somebody is outside the business: a partner that reaches our assets, or an address of a foreign domain where the
    /// business says which are its own.
    fn outside(&self, who: Option<Who>) -> bool {
        let principal = who.and_then(|who| self.names.principal(who));
        principal.is_some_and(|principal| is_outside(&principal, self.domains))
    }
}

fn of_gains(gains: &Gains, outside: bool, platform: &Platform) -> Vec<Risk> {
    let mut risks = Vec::new();
    let mut gained = platform.permissions_in(gains.permissions);
    if gains.everything || gained.any(|permission| permission.admin) {
        risks.push(Risk::Admin);
    }
    if gains.everything || touches_money(platform, gains.permissions) {
        risks.push(Risk::Billing);
    }
    if outside {
        risks.push(Risk::External);
    }
    if gains.any {
        risks.push(Risk::Addition);
    }
    risks
}

/// What somebody gains.
#[derive(Default)]
struct Gains {
    any: bool,
    /// They come to administer the business, or get what nobody knows.
    everything: bool,
    /// Permission bits that are new on some asset.
    permissions: u32,
}

fn gains(difference: &Difference) -> Gains {
    let new = |before: PermissionSet, after: u32| after & !before.known;
    let attached = |grants: &[(Pair, u32)]| grants.iter().fold(0, |all, (_, bits)| all | bits);
    match difference {
        Difference::CreateGroup { .. }
        // What its holders gain is for `of_content` to say.
        | Difference::AddToGroup { .. }
        | Difference::RemoveFromGroup { .. }
        | Difference::DeleteGroup { .. }
        | Difference::Cancel { .. }
        | Difference::RemoveGrant { .. }
        | Difference::RemoveMember { .. }
        | Difference::RemovePartner { .. } => Gains::default(),
        Difference::Invite { role, grants, .. } => {
            Gains { any: true, everything: role.is_some_and(|role| role.admin), permissions: attached(grants) }
        }
        Difference::Attach { grants, .. } | Difference::Accept { grants, .. } => {
            Gains { any: true, everything: false, permissions: attached(grants) }
        }
        Difference::SetRole { after, lowers, .. } => {
            Gains { any: !lowers, everything: after.admin && !lowers, permissions: 0 }
        }
        Difference::SetGrant { before, after, .. } | Difference::RequestAccess { before, after, .. } => {
            Gains { any: new(*before, *after) != 0, everything: false, permissions: new(*before, *after) }
        }
    }
}

/// Rights over money: whatever is privileged without being administration, or lets one edit the billing.
fn touches_money(platform: &Platform, permissions: u32) -> bool {
    platform.permissions_in(permissions).any(|permission| {
        (permission.privileged && !permission.admin)
            || permission.capabilities.iter().any(|allowed| allowed.capability == "edit-billing")
    })
}

fn is_outside(principal: &Principal, domains: &[String]) -> bool {
    match principal {
        Principal::Partner(partner) => partner.direction == Direction::Inbound,
        Principal::Person(person) => match &person.email {
            Some(email) => is_foreign(email, domains),
            None => false,
        },
    }
}

fn is_foreign(email: &str, domains: &[String]) -> bool {
    let folded = fold(email);
    let domain = folded.rsplit_once('@').map(|(_, domain)| domain);
    !domains.is_empty() && domain.is_some_and(|domain| !domains.iter().any(|own| own == domain))
}

fn irreversible(difference: &Difference) -> bool {
    matches!(
        difference,
        Difference::RemoveMember { .. } | Difference::RemovePartner { .. } | Difference::DeleteGroup { .. }
    )
}

/// How an action can be undone.
pub(super) fn undo(action: &Action) -> Undo {
    let partly = |why: &str| Undo::Partly { why: why.to_owned() };
    match action {
        Action::CreateGroup { .. }
        | Action::AddToGroup { .. }
        | Action::RemoveFromGroup { .. }
        | Action::InviteMember { .. }
        | Action::InvitePartner { .. }
        | Action::SetRole { .. }
        | Action::SetGrant { .. } => Undo::Reversible,
        Action::RequestPartner { .. } | Action::RequestAccess { .. } => {
            partly("the request can be cancelled until the partner answers it")
        }
        Action::AttachGrants { .. } => {
            partly("nothing can be detached: the invitation has to be cancelled and sent again")
        }
        Action::AcceptInvite { .. } => {
            partly("the partnership can be ended; to have it again, the partner has to ask again")
        }
        Action::CancelInvite { .. } => {
            partly("a new invitation has to be sent, and the invitee has to answer that one")
        }
        Action::RemoveGrant { principal: Principal::Partner(partner), .. }
            if partner.direction == Direction::Outbound =>
        {
            partly("only the partner can give the rights back")
        }
        Action::RemoveGrant { .. } => Undo::Reversible,
        Action::RemoveMember { .. } => {
            partly("the person has to accept a new invitation; until then they have nothing")
        }
        Action::RemovePartner { .. } => {
            partly("the partner has to accept a new invitation; until then they have nothing")
        }
        Action::DeleteGroup { .. } => partly("a new group with the same contents and grants gets another id"),
    }
}

/// Who does a difference: the connector where it can, else a person.
pub(super) fn executor(
    difference: &Difference,
    action: &Action,
    names: &Names<'_>,
    can: fn(&Action) -> Result<(), &'static str>,
) -> Executor {
    let why = beyond_any_connector(difference, names).or_else(|| can(action).err());
    match why {
        None => Executor::Connector,
        Some(why) => Executor::Person { why: why.to_owned() },
    }
}

/// What no platform lets a program do.
fn beyond_any_connector(difference: &Difference, names: &Names<'_>) -> Option<&'static str> {
    match difference {
        Difference::RemoveMember { person } => {
            let member = &names.observed.members[person.observed? as usize];
            member.system.then_some("system users are removed in the platform's console")
        }
        Difference::Invite { who: Who::Person(pair), .. } => {
            let person = &names.desired.people[pair.desired? as usize];
            let nameless = person.addresses.is_empty() && person.username.is_none();
            match (nameless, person.service) {
                (true, true) => Some(
                    "the service account has no address or user name to invite: create it in the platform's console",
                ),
                (true, false) => Some("the files know no address or user name of this person to invite"),
                (false, _) => None,
            }
        }
        _ => None,
    }
}
