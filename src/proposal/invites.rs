//! Invites and requests that wait for an answer, one for each invitee.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{PermissionSet, Sym, fold};
use crate::observed::{Invite, InviteKind, InviteStatus, ObservedState};

use super::yaml::remark;

/// Everything that waits for the answer of one invitee.
pub(super) struct Pending<'a> {
    /// Address, user name or partner id, as written.
    pub invitee: &'a str,
    /// The newest invite or request. Files describe this one.
    pub newest: Request<'a>,
    /// The others, the newest first.
    pub older: Vec<Request<'a>>,
}

/// One invite or request.
pub(super) struct Request<'a> {
    /// The platform's word for the role.
    pub role: Option<&'a str>,
    /// The day on which it was sent.
    pub sent: Option<Date>,
    /// Attached grants: asset ids and permissions.
    pub grants: Vec<(&'a str, PermissionSet)>,
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
    let found = found.into_iter();
    found.filter_map(|(folded, invites)| Some((folded, in_order(state, invites)?))).collect()
}

/// Invites that nothing is written for, in a few words each and in byte order: answered with no, lapsed, or not ours to answer.
pub(super) fn unwritten(state: &ObservedState) -> Vec<String> {
    let mut lines: Vec<String> = state
        .invites
        .iter()
        .filter_map(|invite| {
            let who = remark(state.text(invite.invitee));
            let fate = fate(invite, state)?;
            Some(format!("{who} ({fate})"))
        })
        .collect();
    lines.sort_unstable();
    lines
}

fn fate<'a>(invite: &Invite, state: &'a ObservedState) -> Option<Cow<'a, str>> {
    let fate = match invite.status {
        InviteStatus::Pending if invite.received => "sent to us, waits for our answer",
        InviteStatus::Pending if matches!(invite.kind, InviteKind::Other(_)) => "of a kind that accord does not know",
        InviteStatus::Pending | InviteStatus::Accepted => return None,
        InviteStatus::Declined => "declined",
        InviteStatus::Cancelled => "cancelled",
        InviteStatus::Expired => "expired",
        InviteStatus::Other(word) => {
            return Some(remark(state.text(word)).into());
        }
    };
    Some(fate.into())
}

/// The newest first, as the comparison takes them.
fn in_order<'a>(state: &'a ObservedState, mut invites: Vec<&'a Invite>) -> Option<Pending<'a>> {
    invites.sort_by_key(|invite| (Reverse(changed(state, invite)), state.text(invite.id)));
    let invitee = state.text(invites.first()?.invitee);
    let mut requests = invites.into_iter().map(|invite| request(state, invite));
    Some(Pending { invitee, newest: requests.next()?, older: requests.collect() })
}

fn request<'a>(state: &'a ObservedState, invite: &'a Invite) -> Request<'a> {
    let grants = invite.grants.iter();
    let sent = invite.sent_at.and_then(|sym| state.text(sym).parse().ok());
    Request {
        role: invite.role.map(|sym| state.text(sym)),
        sent: sent.map(|sent: Timestamp| sent.to_zoned(TimeZone::UTC).date()),
        grants: grants.map(|&(asset, set)| (state.text(asset), set)).collect(),
    }
}

/// When an invite was last changed, else sent.
fn changed(state: &ObservedState, invite: &Invite) -> Option<Timestamp> {
    let moment = |sym: Option<Sym>| sym.and_then(|sym| state.text(sym).parse().ok());
    moment(invite.updated_at).or_else(|| moment(invite.sent_at))
}
