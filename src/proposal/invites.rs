//! Invites and requests that wait for an answer, one for each invitee.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{PermissionSet, Sym, fold};
use crate::observed::{Invite, InviteKind, InviteStatus, ObservedState};

/// Everything that waits for the answer of one invitee.
pub(super) struct Pending<'a> {
    /// Address, user name or partner id, as written.
    pub invitee: &'a str,
    /// The platform's words for the roles.
    pub roles: Vec<&'a str>,
    /// The last day on which one was sent.
    pub sent: Option<Date>,
    /// Attached grants: asset ids and permissions, by id.
    pub grants: BTreeMap<&'a str, Vec<PermissionSet>>,
}

/// What we sent and nobody answered, by folded invitee.
pub(super) fn pending(state: &ObservedState, kind: InviteKind) -> BTreeMap<String, Pending<'_>> {
    let mut found: BTreeMap<String, Vec<&Invite>> = BTreeMap::new();
    for invite in &state.invites {
        let waits = invite.status == InviteStatus::Pending && !invite.received;
        if waits && invite.kind == kind {
            let folded = fold(state.text(invite.invitee)).into_owned();
            found.entry(folded).or_default().push(invite);
        }
    }
    let merged = found.into_iter();
    merged
        .map(|(folded, invites)| (folded, merge(state, invites)))
        .collect()
}

/// Invites that nothing is written for, in a few words each and in byte order: answered with no, lapsed, or not ours to answer.
pub(super) fn unwritten(state: &ObservedState) -> Vec<String> {
    let mut lines: Vec<String> = state
        .invites
        .iter()
        .filter_map(|invite| {
            let who = super::yaml::remark(state.text(invite.invitee));
            let fate = fate(invite, state)?;
            Some(format!("{who} ({fate})"))
        })
        .collect();
    lines.sort_unstable();
    lines
}

fn fate<'a>(invite: &Invite, state: &'a ObservedState) -> Option<std::borrow::Cow<'a, str>> {
    let fate = match invite.status {
        InviteStatus::Pending if invite.received => "sent to us, waits for our answer",
        InviteStatus::Pending if matches!(invite.kind, InviteKind::Other(_)) => {
            "of a kind that accord does not know"
        }
        InviteStatus::Pending | InviteStatus::Accepted => return None,
        InviteStatus::Declined => "declined",
        InviteStatus::Cancelled => "cancelled",
        InviteStatus::Expired => "expired",
        InviteStatus::Other(word) => {
            return Some(super::yaml::remark(state.text(word)).into());
        }
    };
    Some(fate.into())
}

fn merge<'a>(state: &'a ObservedState, mut invites: Vec<&'a Invite>) -> Pending<'a> {
    invites.sort_by_key(|invite| state.text(invite.id));
    let text = |sym: Sym| state.text(sym);
    let mut pending = Pending {
        invitee: invites.first().map_or("", |invite| text(invite.invitee)),
        roles: Vec::new(),
        sent: None,
        grants: BTreeMap::new(),
    };
    for invite in invites {
        pending.roles.extend(invite.role.map(text));
        pending.sent = pending
            .sent
            .max(invite.sent_at.and_then(|sym| day(text(sym))));
        for &(asset, set) in &invite.grants {
            pending.grants.entry(text(asset)).or_default().push(set);
        }
    }
    pending
}

/// The day of a moment in UTC.
fn day(moment: &str) -> Option<Date> {
    let moment: Timestamp = moment.parse().ok()?;
    Some(moment.to_zoned(TimeZone::UTC).date())
}
