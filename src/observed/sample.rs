//! Small worlds for the tests of this module.

use crate::model::{Direction, PrincipalIx, Sym};
use crate::platforms::by_name;

use super::{
    Asset, Collection, Completeness, Invite, InviteKind, InviteStatus, Member, ObservedState,
    Partner, RosterRow, TeamGrant, TeamRow,
};

/// Three members, two partnerships, four assets (one a group), grants, contents, invites, a roster and teams. Everything is whole.
pub(super) fn acme() -> ObservedState {
    let mut state = empty();
    state.business_name = Some("Acme Retail".to_owned());
    state.captured_by = Some("ana@acme.example".to_owned());
    state.source = "invented".to_owned();
    state.query = Some("everything".to_owned());
    member(&mut state, "11", "Ana@acme.example", "BIZ_ADMIN");
    member(&mut state, "12", "bo@acme.example", "EMPLOYEE");
    member(&mut state, "9", "cy@acme.example", "EMPLOYEE");
    partner(&mut state, "500", Direction::Inbound);
    partner(&mut state, "500", Direction::Outbound);
    asset(&mut state, "71", "AD_ACCOUNT", "Acme France");
    asset(&mut state, "72", "AD_ACCOUNT", "Acme \"Germany\", south");
    asset(&mut state, "73", "PROFILE", "Acme");
    asset(&mut state, "74", "ASSET_GROUP", "EMEA");
    grant(&mut state, "11", "71", &["ADMIN"]);
    grant(&mut state, "12", "71", &["ANALYST", "CAMPAIGN_MANAGER"]);
    grant(&mut state, "9", "72", &["ANALYST"]);
    grant(&mut state, "9", "73", &["PROFILE_PUBLISHER"]);
    partner_grant(
        &mut state,
        "500",
        Direction::Inbound,
        "71",
        &["CATALOGS_MANAGER"],
    );
    partner_grant(&mut state, "500", Direction::Outbound, "72", &["ANALYST"]);
    content(&mut state, "74", "71");
    content(&mut state, "74", "72");
    invite(&mut state, "31", "Di@acme.example", InviteStatus::Pending);
    invite(&mut state, "32", "ed@acme.example", InviteStatus::Declined);
    sources(&mut state);
    state
}

/// Nothing in it, and all of it proven.
pub(super) fn empty() -> ObservedState {
    let platform = by_name("pinterest").unwrap();
    let at = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut state = ObservedState::new(platform, "729090764583391194", at);
    state.completeness = Collection::ALL
        .map(|name| (name, Completeness::Complete))
        .into();
    state
}

pub(super) fn sym(state: &mut ObservedState, text: &str) -> Sym {
    state.strings.intern(text)
}

pub(super) fn member(state: &mut ObservedState, id: &str, email: &str, role: &str) -> u32 {
    let name = email.split('@').next().unwrap_or_default().to_owned();
    let row = Member {
        id: sym(state, id),
        email: Some(sym(state, email)),
        username: Some(sym(state, &name)),
        role: sym(state, role),
        system: id == "9",
        created_at: Some(sym(state, "2024-02-03T04:05:06Z")),
        created_by: Some(sym(state, "11")),
    };
    state.put_member(row)
}

pub(super) fn partner(state: &mut ObservedState, id: &str, direction: Direction) -> u32 {
    let row = Partner {
        id: sym(state, id),
        name: Some(sym(state, "Nova Media")),
        direction,
        created_at: None,
    };
    state.put_partner(row)
}

pub(super) fn asset(state: &mut ObservedState, id: &str, kind: &str, name: &str) -> u32 {
    let row = Asset {
        id: sym(state, id),
        kind: sym(state, kind),
        name: Some(sym(state, name)),
        owner_business: Some(sym(state, "729090764583391194")),
        client: None,
    };
    state.put_asset(row)
}

pub(super) fn grant(state: &mut ObservedState, member: &str, asset: &str, words: &[&str]) {
    let principal = PrincipalIx::person(state.find_member(member).unwrap());
    let asset = state.find_asset(asset).unwrap();
    let set = state.permission_set(words.iter().copied());
    state.set_grant(principal, asset, set);
}

pub(super) fn partner_grant(
    state: &mut ObservedState,
    partner: &str,
    direction: Direction,
    asset: &str,
    words: &[&str],
) {
    let principal = PrincipalIx::partner(state.find_partner(partner, direction).unwrap());
    let asset = state.find_asset(asset).unwrap();
    let set = state.permission_set(words.iter().copied());
    state.set_grant(principal, asset, set);
}

pub(super) fn content(state: &mut ObservedState, group: &str, asset: &str) {
    let group = state.find_asset(group).unwrap();
    let asset = state.find_asset(asset).unwrap();
    assert!(state.put_content(group, asset));
}

pub(super) fn invite(state: &mut ObservedState, id: &str, invitee: &str, status: InviteStatus) {
    let first = state.permission_set(["CAMPAIGN_MANAGER", "ANALYST"]);
    let second = state.permission_set(["ADMIN"]);
    let row = Invite {
        id: sym(state, id),
        kind: InviteKind::MemberInvite,
        invitee: sym(state, invitee),
        role: Some(sym(state, "EMPLOYEE")),
        status,
        received: false,
        sent_at: Some(sym(state, "2026-11-01T08:00:00Z")),
        updated_at: None,
        expires_at: Some(sym(state, "2026-12-01T08:00:00Z")),
        grants: vec![(sym(state, "72"), first), (sym(state, "71"), second)],
    };
    state.put_invite(row);
}

fn sources(state: &mut ObservedState) {
    let analyst = state.permission_set(["ANALYST"]);
    let catalogs = state.permission_set(["CATALOGS_MANAGER"]);
    let roster = RosterRow {
        partner: sym(state, "500"),
        email: Some(sym(state, "lee@nova.example")),
        username: Some(sym(state, "lee")),
        role: Some(sym(state, "EMPLOYEE")),
        asset: Some(sym(state, "71")),
        permissions: catalogs,
    };
    state.rosters.push(roster);
    let team = TeamRow {
        team: sym(state, "social"),
        member: sym(state, "9"),
    };
    state.teams.push(team);
    let team_grant = TeamGrant {
        team: sym(state, "social"),
        asset: sym(state, "72"),
        permissions: analyst,
    };
    state.team_grants.push(team_grant);
    state.sort();
}
