//! An invitation that nobody answers.

use crate::observed::{Invite, InviteStatus, ObservedState};

use super::finding::{self, Fix, Safety, Severity};
use super::params::Param;
use super::rule::Data;
use super::{Case, Docs, Draft, Family, Kind, Levels, Rule, Sink, World};

pub static RULE: Rule = Rule {
    name: "invite-stale",
    family: Family::Life,
    summary: "an invitation or request has been waiting for an answer for too long",
    severity: Severity::Low,
    levels: Levels::INFORM,
    kind: Kind::State,
    data: &[Data::Export],
    params: &[Param::days("days", 14, "so long an answer may take")],
    fix: Safety::Choice,
    docs: Docs {
        why: "Whoever reads the mailbox a year later is let in, with everything that is attached. Most of these went to a wrong address.",
        bad: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
# ^^^^^^^^^^^^^^^
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
invites:
  - { id: "9", kind: MEMBER_INVITE, invitee: bo@acme.example, role: EMPLOYEE, status: PENDING, sent_at: "2026-10-01T09:00:00Z" }
"#,
        good: r#"
people:
  ana@acme.example: { role: manager }
  eva@acme.example: { role: manager }
  bo@acme.example: {}
--- # export acme
members:
  - { id: "1", email: ana@acme.example, role: BIZ_ADMIN }
  - { id: "2", email: eva@acme.example, role: BIZ_ADMIN }
invites:
  - { id: "9", kind: MEMBER_INVITE, invitee: bo@acme.example, role: EMPLOYEE, status: PENDING, sent_at: "2026-11-20T09:00:00Z" }
"#,
        witness: "The invitation.",
        fix: "Remind them; or remove the line, which cancels it.",
    },
    check,
};

fn check(case: &Case<'_>, sink: &mut Sink<'_>) {
    let world = &case.now;
    let days = i64::from(sink.params.number("days"));
    let mut undated = 0;
    for export in world.observed {
        let state = export.state;
        for invite in state.invites.iter().filter(|invite| invite.status == InviteStatus::Pending && !invite.received) {
            let sent = invite.sent_at.and_then(|sent| state.text(sent).parse::<jiff::Timestamp>().ok());
            let Some(sent) = sent else {
                undated += 1;
                continue;
            };
            let waited = (case.known.as_of.as_second() - sent.as_second()) / 86_400;
            if waited > days {
                sink.report(draft(world, export.business, state, invite, waited));
            }
        }
    }
    if undated > 0 {
        sink.not_evaluated("the export does not say when they were sent", undated);
    }
}

fn draft(world: &World<'_>, business: usize, state: &ObservedState, invite: &Invite, waited: i64) -> Draft {
    let invitee = state.text(invite.invitee);
    let nodes = world.graph.nodes();
    let place = nodes.find_people(invitee).first().and_then(|&person| world.person_place(person));
    let partner = || {
        let known = world.desired.partners.iter().find(|partner| world.desired.text(partner.id) == invitee);
        known.map(|partner| world.place(partner.pos))
    };
    let kind = invite.kind.word(&state.strings);
    Draft::new(
        finding::Node::new("invite", state.text(invite.id), invitee),
        format!("{invitee} has not answered for {waited} days"),
    )
    .business(Some(world.desired.text(world.desired.businesses[business].key)))
    .at(place.or_else(partner), format!("asked {waited} days ago"))
    .record(Some(format!("invites: {kind} {}", state.text(invite.id))))
    .exposure(1, invite.grants.len())
    .fix(Fix {
        safety: Safety::Choice,
        text: "remind them, or remove the line, which cancels it".to_owned(),
        edits: Vec::new(),
    })
}
