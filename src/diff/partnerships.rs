//! Which businesses are partners.

use crate::observed::InviteKind;

use super::baseline::origin;
use super::change::{Cause, Difference, Pair, Who};
use super::relations::Request;
use super::{Comparison, index};

impl Comparison<'_> {
    /// Compares partnerships and the invites and requests of partners.
    pub(super) fn compare_partners(&mut self) {
        if !self.business.managed.partners {
            return;
        }
        for partner in self.matches.partners.range.clone() {
            let pair = self.matches.partners.of_desired(index(partner));
            if self.matches.partners.disputed(pair) {
                self.history(Who::Partner(pair));
            } else if self.filter.partner(pair) {
                self.compare_partner(index(partner), pair);
            }
        }
        for partner in 0..index(self.observed.partners.len()) {
            let pair = self.matches.partners.of_observed(partner);
            if self.matches.partners.disputed(pair) {
                self.history(Who::Partner(pair));
            } else if pair.desired.is_none() && self.filter.partner(pair) {
                self.end_partnership(pair, Cause::Unwritten(None));
            }
        }
        self.cancel_unasked();
        self.notice_received();
    }

    fn compare_partner(&mut self, partner: u32, pair: Pair) {
        match (self.wanted.partnership(partner), pair.observed) {
            (Ok(()), Some(partnership)) => {
                self.set.unchanged += 1;
                self.notice_new_name(partner, partnership);
                self.compare_invites_of_partner(pair);
            }
            (Ok(()), None) => {
                let entry = self.wanted.partner_source(partner);
                self.ask(Request {
                    who: Who::Partner(pair),
                    role: None,
                    sources: vec![entry.clone()],
                    again: self.desired.partners[partner as usize].invite_again,
                    entry,
                });
            }
            (Err(cause), Some(_)) => self.end_partnership(pair, cause),
            (Err(cause), None) => {
                for invite in self.history(Who::Partner(pair)).pending {
                    self.cancel(invite, Some(Who::Partner(pair)), cause.clone());
                }
            }
        }
    }

    /// An active inbound partner needs no invite. What we asked an outbound one for is compared with its grants.
    fn compare_invites_of_partner(&mut self, pair: Pair) {
        let who = Who::Partner(pair);
        let pending = self.history(who).pending;
        if self.asks_for(who) {
            return;
        }
        for invite in pending {
            self.cancel(invite, Some(who), Cause::Unwritten(None));
        }
    }

    fn end_partnership(&mut self, pair: Pair, cause: Cause) {
        let Some(partnership) = pair.observed else {
            return;
        };
        self.leaving_partners[partnership as usize] = true;
        for invite in self.history(Who::Partner(pair)).pending {
            self.cancel(invite, Some(Who::Partner(pair)), cause.clone());
        }
        let then = self.baseline.as_ref().map(|baseline| baseline.partner_of[partnership as usize].is_some());
        let difference = Difference::RemovePartner { partner: pair };
        self.emit(difference, cause, origin(then.as_ref(), &true, &false));
    }

    fn notice_new_name(&mut self, partner: u32, partnership: u32) {
        let written = self.desired.partners[partner as usize].name;
        let seen = self.observed.partners[partnership as usize].name;
        let (Some(written), Some(seen)) = (written, seen) else {
            return;
        };
        let (written, seen) = (self.desired.text(written), self.observed.text(seen));
        if written != seen {
            let key = self.names.call_partner(Pair::desired(partner));
            let message = format!("partner {key} is called {seen} in the export, not {written}");
            let place = Some(self.wanted.partner_source(partner));
            self.notice("rename", message, place);
        }
    }

    /// Cancels what waits for businesses that no line names.
    fn cancel_unasked(&mut self) {
        let unasked: Vec<u32> = self
            .invites
            .pending(self.observed)
            .filter(|&(kind, _, invite)| {
                let of_partners = matches!(kind, InviteKind::PartnerInvite | InviteKind::PartnerRequest);
                of_partners && !self.settled_invites[invite as usize]
            })
            .filter(|(_, name, _)| self.filter.invitee(name))
            .map(|(_, _, invite)| invite)
            .collect();
        for invite in unasked {
            self.settled_invites[invite as usize] = true;
            self.cancel(invite, None, Cause::Unwritten(None));
        }
    }

    /// What others ask of us is theirs: it is shown, never cancelled.
    fn notice_received(&mut self) {
        let received: Vec<(u32, String)> = self
            .invites
            .all_received()
            .filter(|&(_, _, invite)| !self.settled_invites[invite as usize])
            .filter(|(_, name, _)| self.filter.invitee(name))
            .map(|(kind, name, invite)| {
                let id = self.observed.text(self.observed.invites[invite as usize].id);
                let what = match kind {
                    InviteKind::PartnerRequest => "asks for access to our assets",
                    InviteKind::PartnerInvite => "offers access to their assets",
                    InviteKind::MemberInvite | InviteKind::Other(_) => "sent an invitation",
                };
                let message = format!(
                    "`{name}` {what} (`{id}`), and no line of the files asks for it; answer in the platform's console"
                );
                (invite, message)
            })
            .collect();
        for (invite, message) in received {
            self.settled_invites[invite as usize] = true;
            self.notice("received-invite", message, None);
        }
    }
}
