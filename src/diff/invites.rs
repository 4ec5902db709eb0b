//! Invites and requests by invitee: what waits for an answer, and how the last one was answered.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{Direction, Sym, fold};
use crate::observed::{Invite, InviteKind, InviteStatus, ObservedState};

use super::change::{Pair, Who};
use super::names::Names;
use super::scope::day;

/// All invites of an export, by kind and folded invitee.
pub(super) struct Invites {
    /// What we sent.
    sent: Vec<(InviteKind, String, u32)>,
    /// What others sent us and waits for our answer.
    received: Vec<(InviteKind, String, u32)>,
}

/// Invites of one invitee.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct History {
    /// Those that wait, the newest first.
    pub(super) pending: Vec<u32>,
    /// Of the others, the one that was answered or sent last.
    pub(super) last: Option<u32>,
}

impl Invites {
    pub(super) fn of(observed: &ObservedState) -> Self {
        let mut invites = Invites { sent: Vec::new(), received: Vec::new() };
        for (index, invite) in (0..).zip(&observed.invites) {
            let invitee = fold(observed.text(invite.invitee)).into_owned();
            let row = (invite.kind, invitee, index);
            if !invite.received {
                invites.sent.push(row);
            } else if invite.status == InviteStatus::Pending {
                invites.received.push(row);
            }
        }
        invites.sent.sort_unstable();
        invites.received.sort_unstable();
        invites
    }

    /// Whether we sent anything of a kind at all: where not, nobody's names need be gathered.
    pub(super) fn any_sent(&self, kind: InviteKind) -> bool {
        let start = self.sent.partition_point(|row| row.0 < kind);
        self.sent.get(start).is_some_and(|row| row.0 == kind)
    }

    /// What was sent to someone, by any of their names.
    pub(super) fn history(&self, kind: InviteKind, names: &[String], observed: &ObservedState) -> History {
        let mut found: Vec<u32> = names.iter().flat_map(|name| with(&self.sent, kind, name)).collect();
        found.sort_unstable();
        found.dedup();
        let (mut pending, done): (Vec<u32>, Vec<u32>) =
            found.into_iter().partition(|&invite| observed.invites[invite as usize].status == InviteStatus::Pending);
        let age = |invite: u32| when(&observed.invites[invite as usize], observed);
        pending.sort_by(|&a, &b| age(b).cmp(&age(a)).then(a.cmp(&b)));
        let last = done.into_iter().max_by(|&a, &b| age(a).cmp(&age(b)).then(b.cmp(&a)));
        History { pending, last }
    }

    /// What somebody sent us that waits for our answer.
    pub(super) fn received(&self, kind: InviteKind, name: &str) -> Option<u32> {
        with(&self.received, kind, name).next()
    }

    /// Everything of a kind that we sent and that waits, with its folded invitee.
    pub(super) fn pending<'a>(
        &'a self,
        observed: &'a ObservedState,
    ) -> impl Iterator<Item = (InviteKind, &'a str, u32)> {
        self.sent
            .iter()
            .filter(|(_, _, invite)| observed.invites[*invite as usize].status == InviteStatus::Pending)
            .map(|(kind, name, invite)| (*kind, name.as_str(), *invite))
    }

    /// Everything that others sent us and that waits, with its folded sender.
    pub(super) fn all_received(&self) -> impl Iterator<Item = (InviteKind, &str, u32)> {
        self.received.iter().map(|(kind, name, invite)| (*kind, name.as_str(), *invite))
    }
}

fn with<'a>(
    rows: &'a [(InviteKind, String, u32)],
    kind: InviteKind,
    name: &str,
) -> impl Iterator<Item = u32> + use<'a> {
    let wanted = (kind, name);
    let start = rows.partition_point(|row| (row.0, row.1.as_str()) < wanted);
    let count = rows[start..].partition_point(|row| (row.0, row.1.as_str()) == wanted);
    rows[start..start + count].iter().map(|row| row.2)
}

/// When an invite was last answered or changed, else sent.
pub(super) fn when(invite: &Invite, observed: &ObservedState) -> Option<Timestamp> {
    let read = |sym: Option<Sym>| sym.and_then(|sym| observed.text(sym).parse().ok());
    read(invite.updated_at).or_else(|| read(invite.sent_at))
}

/// The day of [`when`].
pub(super) fn when_day(invite: &Invite, observed: &ObservedState) -> Option<Date> {
    when(invite, observed).map(day)
}

/// The day on which an invite was sent.
pub(super) fn sent_day(invite: &Invite, observed: &ObservedState) -> Option<Date> {
    invite.sent_at.and_then(|sym| observed.text(sym).parse().ok()).map(day)
}

/// Which way the partnership would point that an invite asks for.
pub(super) fn direction(kind: InviteKind) -> Direction {
    match kind {
        InviteKind::PartnerRequest => Direction::Outbound,
        InviteKind::MemberInvite | InviteKind::PartnerInvite | InviteKind::Other(_) => Direction::Inbound,
    }
}

/// The kind of invite that asks somebody in.
pub(super) fn kind_for(who: Who, names: &Names<'_>) -> InviteKind {
    match who {
        Who::Person(_) => InviteKind::MemberInvite,
        Who::Partner(pair) => match names.partner(pair).map(|partner| partner.direction) {
            Some(Direction::Outbound) => InviteKind::PartnerRequest,
            Some(Direction::Inbound) | None => InviteKind::PartnerInvite,
        },
    }
}

/// Every name by which somebody may have been invited, folded.
pub fn names_of(who: Who, names: &Names<'_>) -> Vec<String> {
    let mut found = match who {
        Who::Person(pair) => person_names(pair, names),
        Who::Partner(pair) => {
            names.partner(pair).map(|partner| vec![fold(&partner.id).into_owned()]).unwrap_or_default()
        }
    };
    found.sort_unstable();
    found.dedup();
    found
}

fn person_names(pair: Pair, names: &Names<'_>) -> Vec<String> {
    let desired = pair.desired.map(|person| {
        let person = &names.desired.people[person as usize];
        let own = [person.id, person.username].into_iter().flatten();
        let all = own.chain(person.addresses.iter().copied());
        all.map(|sym| fold(names.desired.text(sym)).into_owned()).collect()
    });
    let observed = pair.observed.map(|member| {
        let member = &names.observed.members[member as usize];
        let all = [Some(member.id), member.email, member.username];
        all.into_iter().flatten().map(|sym| fold(names.observed.text(sym)).into_owned()).collect()
    });
    let both: [Option<Vec<String>>; 2] = [desired, observed];
    both.into_iter().flatten().flatten().collect()
}
