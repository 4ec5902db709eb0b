//! Who is employed: memberships and roles.

use crate::model::fold;
use crate::observed::InviteKind;
use crate::platforms::Role;

use super::Comparison;
use super::baseline::origin;
use super::change::{Cause, Difference, Pair, Who, Why};
use super::invites::names_of;
use super::relations::Request;
use super::wanted::Employment;

impl Comparison<'_> {
    /// Compares memberships, roles and the invites of people.
    pub(super) fn compare_people(&mut self) {
        if !self.business.managed.people {
            return;
        }
        let here = self.wanted.here();
        for person in self.wanted.people() {
            let pair = self.matches.people.of_person(person);
            if self.matches.people.disputed(pair) {
                self.history(Who::Person(pair));
            } else if self.filter.person(pair) {
                self.compare_person(person, pair);
            }
        }
        for pair in self.members() {
            let named = pair.desired.is_some_and(|person| here[person as usize]);
            if self.matches.people.disputed(pair) {
                self.history(Who::Person(pair));
            } else if !named && self.filter.person(pair) {
                let nearest = pair.desired.map(|person| self.wanted.person_source(person));
                self.leave(pair, Cause::Unwritten(nearest));
            }
        }
        self.cancel_strangers();
    }

    fn compare_person(&mut self, person: u32, pair: Pair) {
        match (self.wanted.employment(person), pair.observed) {
            (Employment::Wanted(role), Some(member)) => {
                self.notice_rename(person, member);
                self.compare_role(person, member, role);
                for invite in self.history(Who::Person(pair)).pending {
                    self.cancel(invite, Some(Who::Person(pair)), Cause::Unwritten(None));
                }
            }
            (Employment::Wanted(role), None) => {
                let entry = self.wanted.person_source(person);
                let sources = self.wanted.membership_sources(person, role.word);
                self.ask(Request {
                    who: Who::Person(pair),
                    role: Some(role),
                    sources,
                    again: self.desired.people[person as usize].invite_again,
                    entry,
                });
            }
            (Employment::Ended(cause), Some(_)) => self.leave(pair, cause),
            (Employment::Unwritten, Some(_)) => {
                let nearest = Some(self.wanted.person_source(person));
                self.leave(pair, Cause::Unwritten(nearest));
            }
            (Employment::Ended(cause), None) => self.uninvite(Who::Person(pair), cause),
            (Employment::Unwritten, None) => {
                let nearest = Some(self.wanted.person_source(person));
                self.uninvite(Who::Person(pair), Cause::Unwritten(nearest));
            }
        }
    }

    /// Ends a membership and cancels what still waits for that person.
    fn leave(&mut self, pair: Pair, cause: Cause) {
        let Some(member) = pair.observed else { return };
        self.leaving_members[member as usize] = true;
        self.uninvite(Who::Person(pair), cause.clone());
        let row = &self.observed.members[member as usize];
        let difference = Difference::RemoveMember { person: pair };
        let word = self.observed.text(row.role);
        if self.observed.platform.role(word).is_none() {
            let help = format!(
                "accord does not know the role `{word}`, so it does not end the membership; do that in the platform's console"
            );
            self.withhold(Why::UnknownValue, difference, &cause, Some(help));
            return;
        }
        let then = self.baseline.as_ref().map(|baseline| baseline.member_of[member as usize].is_some());
        self.emit(difference, cause, origin(then.as_ref(), &true, &false));
    }

    fn uninvite(&mut self, who: Who, cause: Cause) {
        for invite in self.history(who).pending {
            self.cancel(invite, Some(who), cause.clone());
        }
    }

    fn compare_role(&mut self, person: u32, member: u32, role: &'static Role) {
        let has = self.observed.text(self.observed.members[member as usize].role);
        let then = self.role_then(member);
        if has == role.word {
            self.set.unchanged += 1;
            self.notice_converged(person, member, then.as_deref(), has);
            return;
        }
        let pair = Pair::both(person, member);
        let platform = self.observed.platform;
        let rank = |word: &str| platform.roles.iter().position(|role| role.word == word);
        let known = rank(has);
        let lowers = known > rank(role.word);
        let ended = known.filter(|_| lowers).and_then(|_| self.wanted.ended_role(person, has));
        let cause = ended.unwrap_or_else(|| Cause::Written(self.wanted.membership_sources(person, role.word)));
        let difference = Difference::SetRole { person: pair, after: role, lowers };
        if known.is_none() {
            let help = format!(
                "accord does not know the role `{has}`, so it does not overwrite it; change it in the platform's console"
            );
            self.withhold(Why::UnknownValue, difference, &cause, Some(help));
            return;
        }
        let then = self.baseline.as_ref().map(|_| then.unwrap_or_default());
        let origin = origin(then.as_deref().as_ref(), &has, &role.word);
        self.emit(difference, cause, origin);
    }

    /// The role a member had in the last applied state.
    fn role_then(&self, member: u32) -> Option<String> {
        let baseline = self.baseline.as_ref()?;
        let then = baseline.member_of[member as usize]?;
        let role = baseline.state.members[then as usize].role;
        Some(baseline.state.text(role).to_owned())
    }

    /// Says that somebody else did what the files ask for by now. That an invitation of ours was accepted is not news.
    fn notice_converged(&mut self, person: u32, member: u32, then: Option<&str>, has: &str) {
        let Some(baseline) = &self.baseline else {
            return;
        };
        let pair = Pair::both(person, member);
        let who = self.names.call_person(pair);
        let message = match then {
            Some(then) if then == has => return,
            Some(then) => {
                format!("{who} was made `{has}` by hand (`{then}` before), as the files now say")
            }
            None => {
                let names = names_of(Who::Person(pair), &self.names);
                if baseline.invited(&names) {
                    return;
                }
                format!("{who} was let in by hand, as the files now say")
            }
        };
        let place = Some(self.wanted.person_source(person));
        self.notice("converged", message, place);
    }

    /// The same id under another address or user name is a rename: nothing is removed and added.
    fn notice_rename(&mut self, person: u32, member: u32) {
        let entry = &self.desired.people[person as usize];
        let row = &self.observed.members[member as usize];
        // Without a text where the match has settled it: a million of them lie all over the memory.
        let looked_at = !entry.addresses.is_empty() && !self.matches.people.addressed[person as usize];
        let new_address = row.email.filter(|_| looked_at).map(|sym| self.observed.text(sym)).filter(|email| {
            let folded = fold(email);
            !entry.addresses.iter().any(|sym| fold(self.desired.text(*sym)) == folded)
        });
        let new_username = row
            .username
            .zip(entry.username)
            .map(|(theirs, ours)| (self.observed.text(theirs), self.desired.text(ours)))
            .filter(|(theirs, ours)| fold(theirs) != fold(ours))
            .map(|(theirs, _)| theirs);
        if new_address.is_none() && new_username.is_none() {
            return;
        }
        let who = self.names.call_person(Pair::desired(person));
        let same = match entry.id {
            Some(_) => format!("id `{}`", self.observed.text(row.id)),
            None => "user name".to_owned(),
        };
        let place = self.wanted.person_source(person);
        if let Some(email) = new_address {
            let message = format!(
                "{who} is {email} in the export, by the same {same}; write the new address as key or under `also`"
            );
            self.notice("rename", message, Some(place.clone()));
        }
        if let Some(username) = new_username {
            let message = format!("{who} has the user name `{username}` in the export");
            self.notice("rename", message, Some(place));
        }
    }

    /// Cancels what waits for people whom no line names.
    fn cancel_strangers(&mut self) {
        let strangers: Vec<u32> = self
            .invites
            .pending(self.observed)
            .filter(|&(kind, _, invite)| kind == InviteKind::MemberInvite && !self.settled_invites[invite as usize])
            .filter(|(_, name, _)| self.filter.invitee(name))
            .map(|(_, _, invite)| invite)
            .collect();
        for invite in strangers {
            self.settled_invites[invite as usize] = true;
            self.cancel(invite, None, Cause::Unwritten(None));
        }
    }
}
