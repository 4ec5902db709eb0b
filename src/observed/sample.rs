//! Small worlds for the tests of this module.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::model::{Direction, PrincipalIx, Sym};
use crate::platforms::by_name;

use super::draft::Claim;
use super::{
    Asset, Collection, Completeness, DanglingContent, DanglingGrant, Holder, Invite, InviteKind, InviteStatus, Member,
    ObservedState, Partner, RosterRow, TeamGrant, TeamRow,
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
    partner_grant(&mut state, "500", Direction::Inbound, "71", &["CATALOGS_MANAGER"]);
    partner_grant(&mut state, "500", Direction::Outbound, "72", &["ANALYST"]);
    content(&mut state, "74", "71");
    content(&mut state, "74", "72");
    invite(&mut state, "31", "Di@acme.example", InviteStatus::Pending);
    invite(&mut state, "32", "ed@acme.example", InviteStatus::Declined);
    sources(&mut state);
    settled(state)
}

/// What a reader would make of these rows, were all of them declared whole.
pub(super) fn settled(mut state: ObservedState) -> ObservedState {
    let claims: BTreeMap<Collection, Claim> = Collection::ALL.map(|name| (name, whole(state.count(name)))).into();
    state.sort();
    state.judge(&claims);
    state.notice();
    state
}

fn whole(rows: usize) -> Claim {
    Claim { present: true, complete: true, total: Some(rows as u64), ..Claim::default() }
}

/// Random small worlds: few ids, so that things meet; odd names; words that nobody knows; dangling rows.
pub(super) fn worlds() -> impl Strategy<Value = ObservedState> {
    let rows = prop::collection::vec(any::<[u8; 6]>(), 0..24);
    let names = prop::collection::vec("[^\0]{1,6}", 1..4);
    let captured_by = prop::option::of("[0-4]");
    let reason = prop::option::of((0..6_usize, "[^\0]{1,9}"));
    (rows, names, captured_by, reason).prop_map(|(rows, names, captured_by, reason)| {
        let mut state = empty();
        state.captured_by = captured_by;
        state.business_name = names.first().cloned();
        for row in rows {
            random_row(&mut state, row, &names);
        }
        let mut state = settled(state);
        if let Some((which, reason)) = reason {
            let verdict = Completeness::Incomplete(reason);
            state.completeness.insert(Collection::ALL[which], verdict);
        }
        state
    })
}

const WORDS: [&str; 5] = ["ADMIN", "ANALYST", "NEW_WORD", "newer", "FINANCE_MANAGER"];

fn random_row(state: &mut ObservedState, [kind, a, b, c, d, e]: [u8; 6], names: &[String]) {
    let ids = ["0", "1", "2", "31", "4"];
    let id = ids[a as usize % 5];
    let other = ids[b as usize % 5];
    let name = &names[c as usize % names.len()];
    let way = if d % 2 == 0 { Direction::Inbound } else { Direction::Outbound };
    let words: Vec<&str> = (0..5).filter(|bit| (e | 1) & (1 << bit) != 0).map(|bit| WORDS[bit]).collect();
    match kind % 9 {
        0 => drop(member(state, id, &format!("P{b}@acme.example"), WORDS[c as usize % 5])),
        1 => drop(partner(state, id, way)),
        2 => drop(asset(state, id, ["AD_ACCOUNT", "ASSET_GROUP", "NEW"][d as usize % 3], name)),
        3 => random_invite(state, id, [b, c, d, e], &words),
        4 => random_source(state, (id, other, name), d, &words),
        5 => {
            if let (Some(group), Some(asset)) = (state.find_asset(id), state.find_asset(other)) {
                state.put_content(group, asset);
            }
        }
        6 => random_dangling(state, (id, other), way, &words),
        _ => {
            let set = state.permission_set(words);
            let member = state.find_member(id).map(PrincipalIx::person);
            let partner = state.find_partner(id, way).map(PrincipalIx::partner);
            let principal = if c % 2 == 0 { member } else { partner };
            if let (Some(principal), Some(asset)) = (principal, state.find_asset(other)) {
                state.set_grant(principal, asset, set);
            }
        }
    }
}

fn random_invite(state: &mut ObservedState, id: &str, [b, c, d, e]: [u8; 4], words: &[&str]) {
    let set = state.permission_set(words.iter().copied());
    let kind = ["MEMBER_INVITE", "PARTNER_REQUEST", "NEW_KIND"][b as usize % 3];
    let status = ["PENDING", "DECLINED", "NEW_STATE"][c as usize % 3];
    let grants = match d % 3 {
        0 => vec![],
        1 => vec![(sym(state, "4"), set)],
        _ => vec![(sym(state, "4"), set), (sym(state, "31"), set)],
    };
    let row = Invite {
        id: sym(state, id),
        kind: InviteKind::of(kind, &mut state.strings),
        invitee: sym(state, "Di@acme.example"),
        role: (b % 2 == 0).then(|| sym(state, "EMPLOYEE")),
        status: InviteStatus::of(status, &mut state.strings),
        received: c % 2 == 0,
        sent_at: (d % 2 == 0).then(|| sym(state, "2026-11-01T08:00:00Z")),
        updated_at: (e % 2 == 0).then(|| sym(state, "2026-11-02T08:00:00+01:00")),
        expires_at: None,
        grants,
    };
    state.put_invite(row);
}

fn random_source(state: &mut ObservedState, (id, other, name): (&str, &str, &str), d: u8, words: &[&str]) {
    let permissions = state.permission_set(words.iter().copied());
    let (id, other, name) = (sym(state, id), sym(state, other), sym(state, name));
    let lee = sym(state, "lee@nova.example");
    match d % 3 {
        0 if state.teams.iter().all(|row| (row.team, row.member) != (name, id)) => {
            state.teams.push(TeamRow { team: name, member: id });
        }
        1 if state.team_grants.iter().all(|row| (row.team, row.asset) != (name, other)) => {
            let asset = other;
            state.team_grants.push(TeamGrant { team: name, asset, permissions });
        }
        2 if state.rosters.iter().all(|row| (row.partner, row.asset) != (id, Some(other))) => {
            state.rosters.push(RosterRow {
                partner: id,
                email: Some(lee),
                username: None,
                role: Some(name),
                asset: Some(other),
                permissions,
            });
        }
        _ => {}
    }
}

/// Names something that no other row ever has.
fn random_dangling(state: &mut ObservedState, (id, other): (&str, &str), way: Direction, words: &[&str]) {
    let permissions = state.permission_set(words.iter().copied());
    let member = id.len() > 1;
    let (id, other, gone) = (sym(state, id), sym(state, other), sym(state, "77"));
    let holder = if member { Holder::Member(id) } else { Holder::Partner(id, way) };
    let row = DanglingGrant { holder, asset: gone, permissions };
    if !state.dangling_grants.iter().any(|old| old.holder == holder) {
        state.dangling_grants.push(row);
    }
    let row = DanglingContent { group: gone, asset: other };
    if !state.dangling_contents.contains(&row) {
        state.dangling_contents.push(row);
    }
}

/// Nothing in it, and all of it proven.
pub(super) fn empty() -> ObservedState {
    let platform = by_name("pinterest").unwrap();
    let at = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut state = ObservedState::new(platform, "729090764583391194", at);
    state.completeness = Collection::ALL.map(|name| (name, Completeness::Complete)).into();
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
    let row = Partner { id: sym(state, id), name: Some(sym(state, "Nova Media")), direction, created_at: None };
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
    let team = TeamRow { team: sym(state, "social"), member: sym(state, "9") };
    state.teams.push(team);
    let team_grant = TeamGrant { team: sym(state, "social"), asset: sym(state, "72"), permissions: analyst };
    state.team_grants.push(team_grant);
    state.sort();
}
