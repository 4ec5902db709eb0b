//! The other side: everybody who was invited says yes.

use accord::model::{Direction, PrincipalIx};
use accord::observed::{InviteKind, InviteStatus, Member, ObservedState, Partner};

/// Accepts every invite that we sent and that waits. `id_of` gives the id of a new member by the folded address.
pub fn all(mut state: ObservedState, id_of: &dyn Fn(&str) -> String) -> ObservedState {
    let waiting: Vec<_> = state
        .invites
        .iter()
        .filter(|invite| invite.status == InviteStatus::Pending && !invite.received)
        .cloned()
        .collect();
    for invite in waiting {
        let invitee = state.text(invite.invitee).to_lowercase();
        let principal = match invite.kind {
            InviteKind::MemberInvite => {
                let id = state.strings.intern(&id_of(&invitee));
                let role = invite.role.unwrap_or_else(|| state.strings.intern("EMPLOYEE"));
                let row = Member {
                    id,
                    email: Some(invite.invitee),
                    username: None,
                    role,
                    system: false,
                    created_at: None,
                    created_by: None,
                };
                PrincipalIx::person(state.put_member(row))
            }
            kind => {
                let direction =
                    if kind == InviteKind::PartnerRequest { Direction::Outbound } else { Direction::Inbound };
                PrincipalIx::partner(state.put_partner(Partner {
                    id: invite.invitee,
                    name: None,
                    direction,
                    created_at: None,
                }))
            }
        };
        for (asset, permissions) in &invite.grants {
            let asset = state.text(*asset).to_owned();
            if let Some(asset) = state.find_asset(&asset) {
                state.set_grant(principal, asset, *permissions);
            }
        }
        let id = state.text(invite.id).to_owned();
        state.remove_invite(&id);
    }
    state
}
