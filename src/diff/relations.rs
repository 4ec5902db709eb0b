//! The life of a relation before it is active: absent, invited, declined, expired, left.
//!
//! What waits and fits is left alone. What waits and brings too little gets more attached; what waits and brings something else
//! is cancelled and sent again, because nobody promises that attaching takes anything away. Who declined or left is not asked again until
//! the files say so.

use jiff::civil::Date;

use crate::model::{Direction, PrincipalIx};
use crate::observed::{Collection, Invite, InviteKind, InviteStatus};
use crate::platforms::Role;

use super::baseline::origin;
use super::change::{Cause, Deferred, Difference, Held, Origin, Pair, Source, Waiting, Who, Why, Withheld};
use super::invites::{History, kind_for, names_of, sent_day, when_day};
use super::{Comparison, Standing, index, places};

/// A relation that the files ask for and the export does not have.
pub(super) struct Request {
    pub(super) who: Who,
    /// The role of a person.
    pub(super) role: Option<&'static Role>,
    /// The lines that ask for it.
    pub(super) sources: Vec<Source>,
    /// The day before which a decline no longer counts.
    pub(super) again: Option<Date>,
    /// The entry's place, for help.
    pub(super) entry: Source,
}

/// How a pending invite fits what is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    /// As it should be.
    Exact,
    /// It brings less than it should.
    Less,
    /// It brings something else, or asks for another role.
    Other,
    /// It holds a value that the platform's table does not have, or something else that no file can say.
    Unknown,
}

/// What somebody who is asked shall have.
#[derive(Default)]
struct Coming {
    /// What comes with acceptance: assets and permission bits.
    now: Vec<(Pair, u32)>,
    /// What is given after it, because no invite would show it.
    later: Vec<(Pair, u32)>,
}

impl Comparison<'_> {
    /// Everything that was sent to somebody; from now on these invites count as looked at.
    pub(super) fn history(&mut self, who: Who) -> History {
        let kind = kind_for(who, &self.names);
        if !self.invites.any_sent(kind) {
            return History::default();
        }
        let names = names_of(who, &self.names);
        let history = self.invites.history(kind, &names, self.observed);
        for &invite in &history.pending {
            self.settled_invites[invite as usize] = true;
        }
        history
    }

    /// Asks for a relation that is not there, or finds that it waits already.
    pub(super) fn ask(&mut self, request: Request) {
        let history = self.history(request.who);
        if self.asked_by_them(&request) {
            return;
        }
        let coming = self.coming(request.who);
        let mut fits: Vec<(Fit, u32)> =
            history.pending.iter().map(|&invite| (self.fit(invite, &request, &coming), invite)).collect();
        // The sort is stable: of equally fitting ones the newest comes first.
        fits.sort_by_key(|&(fit, _)| fit);
        match fits.first() {
            None => self.ask_anew(request, coming, &history),
            Some(&(Fit::Exact, keep)) => {
                self.set.waiting.push(Waiting { invite: keep, who: request.who });
                self.defer(request.who, &coming);
                self.cancel_others(request.who, &history, keep);
            }
            Some(&(Fit::Less, keep)) => {
                let difference = Difference::Attach { invite: keep, who: request.who, grants: coming.now.clone() };
                let origin = self.origin_of_absence(request.who);
                if self.emit(difference, Cause::Written(request.sources), origin) {
                    self.defer(request.who, &coming);
                }
                self.cancel_others(request.who, &history, keep);
            }
            Some(&(Fit::Unknown, _)) => {
                self.hold_unknown_invite(request, coming.now);
            }
            Some(&(Fit::Other, _)) => {
                let unknown = fits.iter().any(|&(fit, _)| fit == Fit::Unknown);
                if unknown {
                    self.hold_unknown_invite(request, coming.now);
                } else {
                    self.replace(request, coming, history.pending);
                }
            }
        }
    }

    /// Cancels a pending invite that no line asks for.
    pub(super) fn cancel(&mut self, invite: u32, who: Option<Who>, cause: Cause) {
        let then = self.baseline.as_ref().map(|baseline| {
            let id = self.observed.text(self.observed.invites[invite as usize].id);
            let found = baseline.state.find_invite(id);
            found.is_some_and(|found| baseline.state.invites[found as usize].status == InviteStatus::Pending)
        });
        let origin = origin(then.as_ref(), &true, &false);
        self.emit(Difference::Cancel { invite, who }, cause, origin);
    }

    /// Grants that take effect when somebody accepts.
    fn defer(&mut self, who: Who, Coming { now, later }: &Coming) {
        let until = format!("after {} accepts", self.names.call(who));
        self.set.deferred.extend(now.iter().chain(later).map(|&(asset, permissions)| Deferred {
            who,
            asset,
            permissions,
            until: until.clone(),
        }));
    }

    fn cancel_others(&mut self, who: Who, history: &History, keep: u32) {
        for &invite in history.pending.iter().filter(|&&invite| invite != keep) {
            self.cancel(invite, Some(who), Cause::Unwritten(None));
        }
    }

    /// Cancels what waits and sends a new invite, or neither.
    fn replace(&mut self, request: Request, coming: Coming, pending: Vec<u32>) {
        let Request { who, role, sources, .. } = request;
        let invite = Difference::Invite { who, role, grants: coming.now.clone(), instead_of: pending.clone() };
        let cause = Cause::Written(sources);
        let origin = self.origin_of_absence(who);
        if self.emit(invite, cause.clone(), origin) {
            self.defer(who, &coming);
            for invite in pending {
                self.cancel(invite, Some(who), cause.clone());
            }
        }
    }

    fn ask_anew(&mut self, request: Request, coming: Coming, history: &History) {
        if let Some((why, help)) = self.refusal(&request, history) {
            let Request { who, role, sources, entry, .. } = request;
            let difference = Difference::Invite { who, role, grants: coming.now, instead_of: Vec::new() };
            let mut sources = sources;
            sources.retain(|source| *source != entry);
            sources.insert(0, entry);
            self.withhold(why, difference, &Cause::Written(sources), Some(help));
            return;
        }
        self.notice_expired(&request, history);
        let origin = self.origin_of_absence(request.who);
        let Request { who, role, sources, .. } = request;
        let difference = Difference::Invite { who, role, grants: coming.now.clone(), instead_of: Vec::new() };
        if self.emit(difference, Cause::Written(sources), origin) {
            self.defer(who, &coming);
        }
    }

    /// Why somebody is not asked again, and what to write to ask them again.
    fn refusal(&self, request: &Request, history: &History) -> Option<(Why, String)> {
        let last = history.last.map(|invite| &self.observed.invites[invite as usize]);
        if let Some(InviteStatus::Other(word)) = last.map(|invite| invite.status) {
            let word = self.observed.text(word);
            let help = format!(
                "the last invitation has the state `{word}`, which accord does not know; look at it in the platform's console"
            );
            return Some((Why::UnknownValue, help));
        }
        if let Some(invite) = last
            && invite.status == InviteStatus::Declined
        {
            // Tables tell when an invite was sent and not when it was answered, which was no earlier.
            let since = when_day(invite, self.observed);
            let answered = invite.updated_at.and(since);
            let did = match (answered, since) {
                (Some(day), _) => format!("declined on {day}"),
                (None, Some(sent)) => format!("declined the invitation of {sent}"),
                (None, None) => "declined".to_owned(),
            };
            return self.refused(request, Why::Declined, since, &did);
        }
        let baseline = self.baseline.as_ref()?;
        let day = super::day(baseline.state.captured_at);
        // Nobody promises that an invite is still listed once it was declined.
        let names = names_of(request.who, &self.names);
        if self.observed.is_complete(Collection::Invites)
            && baseline.lost_invite(kind_for(request.who, &self.names), &names, self.observed)
        {
            let did = format!("declined the invitation that waited on {day}, or somebody cancelled it by hand");
            return self.refused(request, Why::Declined, Some(day), &did);
        }
        let did = format!("left after {day}, or was removed by hand");
        self.was_there(request.who).then(|| self.refused(request, Why::Left, Some(day), &did)).flatten()
    }

    /// `day` is the first on which it can have happened.
    fn refused(&self, request: &Request, why: Why, day: Option<Date>, did: &str) -> Option<(Why, String)> {
        // An answer without a date counts as older than any line that asks again.
        let again = request.again.is_some_and(|again| day.is_none_or(|day| again > day));
        if again {
            return None;
        }
        let who = self.names.call(request.who);
        let today = self.wanted.day;
        let next = day.map_or(today, |day| today.max(day.tomorrow().unwrap_or(day)));
        let help =
            format!("{who} {did}; to ask again, write `invite_again: {next}` in the entry of {who}, else delete it");
        Some((why, help))
    }

    /// Whether the last applied state had the relation.
    pub(super) fn was_there(&self, who: Who) -> bool {
        let Some(baseline) = &self.baseline else {
            return false;
        };
        match who {
            Who::Person(_) => {
                let names = names_of(who, &self.names);
                baseline.member_named(&names).is_some()
            }
            Who::Partner(pair) => self.names.partner(pair).is_some_and(|partner| {
                let found = baseline.state.find_partner(&partner.id, partner.direction);
                found.is_some()
            }),
        }
    }

    fn origin_of_absence(&self, who: Who) -> Origin {
        let then = self.baseline.as_ref().map(|_| self.was_there(who));
        origin(then.as_ref(), &false, &true)
    }

    fn notice_expired(&mut self, request: &Request, history: &History) {
        let expired = history
            .last
            .map(|invite| &self.observed.invites[invite as usize])
            .filter(|invite| invite.status == InviteStatus::Expired);
        let Some(invite) = expired else { return };
        let sent = sent_day(invite, self.observed).map(|day| format!(" of {day}")).unwrap_or_default();
        let who = self.names.call(request.who);
        let message = format!("the invitation{sent} to {who} expired without an answer");
        self.notice("expired-invite", message, Some(request.entry.clone()));
    }

    /// Whether they asked us for the very relation that the files want: then the answer is ours, and a second question is none.
    fn asked_by_them(&mut self, request: &Request) -> bool {
        let Who::Partner(pair) = request.who else {
            return false;
        };
        let Some(partner) = self.names.partner(pair) else {
            return false;
        };
        let kind = match partner.direction {
            Direction::Inbound => InviteKind::PartnerRequest,
            Direction::Outbound => InviteKind::PartnerInvite,
        };
        let folded = crate::model::fold(&partner.id).into_owned();
        let Some(received) = self.invites.received(kind, &folded) else {
            return false;
        };
        self.settled_invites[received as usize] = true;
        if pair.desired.is_some_and(|at| self.desired.partners[at as usize].accept) {
            self.accept(request, pair, received, partner.direction);
            return true;
        }
        let id = self.observed.text(self.observed.invites[received as usize].id);
        let (place, related) = places(&Cause::Written(request.sources.clone()));
        let name = partner.label();
        self.set.withheld.push(Withheld {
            why: Why::Received,
            what: Held::Sentence(format!("{} {name}", partner.direction.ask())),
            removal: false,
            who: Some(request.who),
            place,
            related,
            help: Some(format!(
                "{name} asked us already (`{id}`): write `accept: true` in the entry of {}, or accept in the platform's console",
                self.names.call_partner(pair)
            )),
        });
        true
    }

    /// Accepts what they asked of us. Who comes in gets what the files say and nothing else; what an outbound partner gives us is
    /// compared once it is there.
    fn accept(&mut self, request: &Request, partner: Pair, invite: u32, direction: Direction) {
        let wanted = self.attached(request.who);
        let (grants, later) = match direction {
            Direction::Inbound => (wanted, Vec::new()),
            Direction::Outbound => (Vec::new(), wanted),
        };
        let origin = self.origin_of_absence(request.who);
        let cause = Cause::Written(request.sources.clone());
        if self.emit(Difference::Accept { invite, partner, grants }, cause, origin) {
            let until = format!("after {} is in", self.names.call(request.who));
            self.set.deferred.extend(later.into_iter().map(|(asset, permissions)| Deferred {
                who: request.who,
                asset,
                permissions,
                until: until.clone(),
            }));
        }
    }

    fn hold_unknown_invite(&mut self, request: Request, grants: Vec<(Pair, u32)>) {
        let Request { who, role, sources, .. } = request;
        let difference = Difference::Invite { who, role, grants, instead_of: Vec::new() };
        let help =
            "an invitation that waits has a role or permission that accord does not know; it is left alone".to_owned();
        self.withhold(Why::UnknownValue, difference, &Cause::Written(sources), Some(help));
    }

    fn fit(&self, invite: u32, request: &Request, coming: &Coming) -> Fit {
        let invite = &self.observed.invites[invite as usize];
        let role = self.role_fit(invite, request.role);
        let grants = if self.grants_managed(request.who) { self.attached_fit(invite, coming) } else { Fit::Exact };
        role.max(grants)
    }

    /// A role that the export does not tell counts as the right one.
    fn role_fit(&self, invite: &Invite, role: Option<&Role>) -> Fit {
        let (Some(role), Some(asked)) = (role, invite.role) else {
            return Fit::Exact;
        };
        let asked = self.observed.text(asked);
        if asked == role.word {
            Fit::Exact
        } else if self.observed.platform.role(asked).is_some() {
            Fit::Other
        } else {
            Fit::Unknown
        }
    }

    /// What is given after acceptance may be attached already and need not be.
    fn attached_fit(&self, invite: &Invite, Coming { now, later }: &Coming) -> Fit {
        let named = |&(asset, bits): &(Pair, u32)| (self.names.asset(asset).id, bits & self.writable);
        let mut wanted: Vec<(Option<String>, u32)> = now.iter().chain(later).map(named).collect();
        wanted.sort_unstable();
        let late: Vec<Option<String>> = later.iter().map(|grant| named(grant).0).collect();
        let mut fit = Fit::Exact;
        let mut attached = 0;
        for (asset, set) in &invite.grants {
            let asset = self.observed.text(*asset);
            let found = wanted.binary_search_by(|(id, _)| id.as_deref().cmp(&Some(asset)));
            let bits = found.map_or(0, |found| wanted[found].1);
            let has = set.known & self.writable;
            attached += usize::from(found.is_ok_and(|found| !late.contains(&wanted[found].0)));
            let beyond = self.beyond_files(asset, *set);
            fit = fit.max(match (has == bits, has & !bits == 0 && bits != 0) {
                _ if beyond && self.sayable(asset, *set) == bits => Fit::Exact,
                _ if beyond => Fit::Unknown,
                (true, _) => Fit::Exact,
                (false, true) => Fit::Less,
                (false, false) => Fit::Other,
            });
        }
        if attached < now.len() {
            fit = fit.max(Fit::Less);
        }
        fit
    }

    /// Whether grants of somebody are managed: then what is attached to their invite is compared too.
    pub(super) fn grants_managed(&self, who: Who) -> bool {
        match who {
            Who::Person(_) => self.business.managed.people_grants,
            Who::Partner(pair) => {
                pair.desired.is_some_and(|partner| self.desired.partners[partner as usize].grants_written)
            }
        }
    }

    fn coming(&mut self, who: Who) -> Coming {
        let all = self.attached(who);
        let (now, later) = all.into_iter().partition(|&(asset, _)| self.shows_in_invites(asset));
        Coming { now, later }
    }

    fn shows_in_invites(&self, asset: Pair) -> bool {
        let kind = self.names.asset(asset).kind;
        self.observed.platform.asset_type(&kind).is_some_and(|kind| kind.in_invites)
    }

    /// What somebody shall have once they are in. What can't be given is deferred or counted as blocked.
    fn attached(&mut self, who: Who) -> Vec<(Pair, u32)> {
        let principal = match who {
            Who::Person(pair) => pair.desired.map(PrincipalIx::person),
            Who::Partner(pair) => pair.desired.map(PrincipalIx::partner),
        };
        let mut wanted = Vec::new();
        if let Some(principal) = principal
            && self.grants_managed(who)
        {
            self.wanted.grants_of(principal, &mut wanted);
        }
        let mut attached = Vec::new();
        for grant in wanted {
            let asset = self.matches.assets.of_desired(grant.asset);
            if self.is_blocked(asset) {
                self.block(asset);
            } else if let Some(until) = self.only_later(who, asset) {
                self.set.deferred.push(Deferred { who, asset, permissions: grant.permissions, until });
            } else {
                attached.push((asset, grant.permissions));
            }
        }
        attached
    }

    /// After what a grant on an asset becomes possible, where it isn't yet and no operation of this plan makes it so.
    pub(super) fn only_later(&self, who: Who, asset: Pair) -> Option<String> {
        let desired = asset.desired?;
        match self.matches.assets.standing(desired) {
            Standing::New if !self.creates(desired) => {
                Some(format!("after asset group {} is created", self.names.call_asset(asset)))
            }
            Standing::Unshared if !self.asks_for(who) => {
                let owner = self.desired.assets[desired as usize].owner;
                let owner = owner.map_or("its owner", |owner| self.desired.text(owner));
                let asset = self.names.call_asset(asset);
                Some(format!("after {owner} shares {asset}"))
            }
            _ => None,
        }
    }

    /// Whether this comparison creates a group of the files.
    pub(super) fn creates(&self, group: u32) -> bool {
        self.business.managed.groups && self.filter.asset(Pair::desired(group))
    }

    /// Whether somebody is an outbound partner: what they have is asked for, not given.
    pub(super) fn asks_for(&self, who: Who) -> bool {
        let Who::Partner(pair) = who else {
            return false;
        };
        let partner = self.names.partner(pair);
        partner.is_some_and(|partner| partner.direction == Direction::Outbound)
    }

    /// Whether nothing may be done on an asset: its id and name contradict the export, or it isn't there.
    pub(super) fn is_blocked(&self, asset: Pair) -> bool {
        let here = asset.desired.is_some_and(|asset| {
            matches!(
                self.matches.assets.standing(asset),
                Standing::Missing | Standing::Swapped | Standing::Mistyped(_) | Standing::Ambiguous
            )
        });
        here || asset.observed.is_some_and(|asset| self.matches.assets.disputed[asset as usize])
    }

    /// Counts one fact that can't be compared because of its asset.
    pub(super) fn block(&mut self, asset: Pair) {
        let slot = self.matches.assets.slot(asset);
        self.blocked[slot as usize] += 1;
    }

    /// Index of a principal's rows in the files.
    pub(super) fn desired_principal(who: Who) -> Option<PrincipalIx> {
        match who {
            Who::Person(pair) => pair.desired.map(PrincipalIx::person),
            Who::Partner(pair) => pair.desired.map(PrincipalIx::partner),
        }
    }

    /// Every member in order, as pairs.
    pub(super) fn members(&self) -> Vec<Pair> {
        (0..index(self.observed.members.len())).map(|member| self.matches.people.of_member(member)).collect()
    }
}
