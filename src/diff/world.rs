//! Small worlds for tests: an access repository as text, an export as lines.

use crate::desired::{self, DesiredState};
use crate::model::{Direction, PrincipalIx, Sym};
use crate::observed::{
    Asset, Collection, Completeness, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner,
};
use crate::platforms::by_name;

/// The day on which everything happens.
pub(crate) const TODAY: &str = "2026-11-22T12:00:00Z";

/// One business `acme` with id 600, and what else `text` says.
pub(crate) fn files(text: &str) -> DesiredState {
    files_with("", text)
}

/// The same with more keys in the business's entry (`, mode: adopt`).
pub(crate) fn files_with(business: &str, text: &str) -> DesiredState {
    let root = format!(
        "version: 1\nbusinesses:\n  acme: {{ platform: pinterest, id: \"600\", domains: [acme.example]{business} }}\n"
    );
    texts(&[("accord.yaml", &root), ("all.yaml", text)])
}

pub(crate) fn texts(texts: &[(&str, &str)]) -> DesiredState {
    let texts: Vec<(String, String)> =
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let reading = desired::from_texts(&texts);
    assert_eq!(reading.problems, [], "{texts:?}");
    reading.state.unwrap()
}

/// An export, one fact a line:
///
/// ```text
/// member 11 ana@acme.example BIZ_ADMIN      system 12 bot EMPLOYEE
/// partner 500 inbound Nova Media            account 71 Acme France
/// group 74 EMEA = 71 72                     kind 75 CONVERSION_TAG Tag
/// grant 11 71 ADMIN;ANALYST                 shared 500 inbound 71 ANALYST
/// invite 31 di@acme.example EMPLOYEE PENDING 2026-11-01 71=ADMIN
/// asked 32 500 PARTNER_INVITE PENDING 2026-11-01 71=ADMIN
/// received 33 500 PARTNER_REQUEST           part grants
/// ```
///
/// Everything is proven whole but what `part` names.
pub(crate) fn export(text: &str) -> ObservedState {
    let mut state = ObservedState::new(by_name("pinterest").unwrap(), "600", "2026-11-22T06:00:00Z".parse().unwrap());
    state.completeness = Collection::ALL.map(|name| (name, Completeness::Complete)).into();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect();
    for words in &lines {
        things(&mut state, words);
    }
    // Rows that name others come after those they name, whatever the order of the lines.
    for words in &lines {
        relations(&mut state, words);
    }
    state
}

fn things(state: &mut ObservedState, words: &[&str]) {
    match words {
        ["member" | "system", id, name, role] => {
            let row = Member {
                id: sym(state, id),
                email: name.contains('@').then(|| sym(state, name)),
                username: (!name.contains('@')).then(|| sym(state, name)),
                role: sym(state, role),
                system: words[0] == "system",
                created_at: None,
                created_by: None,
            };
            state.put_member(row);
        }
        ["partner", id, way, name @ ..] => {
            let row =
                Partner { id: sym(state, id), name: name_of(state, name), direction: direction(way), created_at: None };
            state.put_partner(row);
        }
        ["account", id, name @ ..] => asset(state, id, "AD_ACCOUNT", name),
        ["profile", id, name @ ..] => asset(state, id, "PROFILE", name),
        ["kind", id, kind, name @ ..] => asset(state, id, kind, name),
        ["group", id, rest @ ..] => {
            let name = rest.split(|word| *word == "=").next().unwrap();
            asset(state, id, "ASSET_GROUP", name);
        }
        _ => {}
    }
}

fn relations(state: &mut ObservedState, words: &[&str]) {
    match words {
        ["group", id, rest @ ..] => {
            let mut parts = rest.split(|word| *word == "=");
            let inside = parts.nth(1).unwrap_or_default().to_vec();
            let group = state.find_asset(id).unwrap();
            for asset in inside {
                let asset = state.find_asset(asset).unwrap();
                state.put_content(group, asset);
            }
        }
        ["grant", member, asset, set] => {
            let principal = PrincipalIx::person(state.find_member(member).unwrap());
            grant(state, principal, asset, set);
        }
        ["shared", partner, way, asset, set] => {
            let partner = state.find_partner(partner, direction(way)).unwrap();
            grant(state, PrincipalIx::partner(partner), asset, set);
        }
        ["invite", id, invitee, role, status, sent, attached @ ..] => {
            invite(state, id, "MEMBER_INVITE", invitee, status, sent, attached);
            let role = sym(state, role);
            edit_last(state, id, |invite| invite.role = Some(role));
        }
        ["asked", id, invitee, kind, status, sent, attached @ ..] => {
            invite(state, id, kind, invitee, status, sent, attached);
        }
        ["received", id, sender, kind] => {
            invite(state, id, kind, sender, "PENDING", "2026-11-01", &[]);
            edit_last(state, id, |invite| invite.received = true);
        }
        ["part", name] => {
            let name = Collection::ALL.into_iter().find(|other| other.word() == *name).unwrap();
            let reason = Completeness::Incomplete("cut off".to_owned());
            state.completeness.insert(name, reason);
        }
        ["member" | "system" | "partner" | "account" | "profile" | "kind", ..] => {}
        other => panic!("no such line: {other:?}"),
    }
}

fn asset(state: &mut ObservedState, id: &str, kind: &str, name: &[&str]) {
    let row = Asset {
        id: sym(state, id),
        kind: sym(state, kind),
        name: name_of(state, name),
        owner_business: None,
        client: None,
    };
    state.put_asset(row);
}

fn grant(state: &mut ObservedState, principal: PrincipalIx, asset: &str, set: &str) {
    let asset = state.find_asset(asset).unwrap();
    let set = state.permission_set(set.split(';'));
    state.set_grant(principal, asset, set);
}

fn invite(state: &mut ObservedState, id: &str, kind: &str, invitee: &str, status: &str, sent: &str, attached: &[&str]) {
    let grants = attached.iter().map(|attached| {
        let (asset, set) = attached.split_once('=').unwrap();
        let set = state.permission_set(set.split(';'));
        (sym(state, asset), set)
    });
    let grants = grants.collect();
    let at = format!("{sent}T09:00:00Z");
    let row = Invite {
        id: sym(state, id),
        kind: InviteKind::of(kind, &mut state.strings),
        invitee: sym(state, invitee),
        role: None,
        status: InviteStatus::of(status, &mut state.strings),
        received: false,
        sent_at: Some(sym(state, &at)),
        updated_at: None,
        expires_at: None,
        grants,
    };
    state.put_invite(row);
}

fn edit_last(state: &mut ObservedState, id: &str, edit: impl FnOnce(&mut Invite)) {
    let at = state.find_invite(id).unwrap();
    edit(&mut state.invites[at as usize]);
}

fn name_of(state: &mut ObservedState, words: &[&str]) -> Option<Sym> {
    (!words.is_empty()).then(|| sym(state, &words.join(" ")))
}

fn direction(word: &str) -> Direction {
    match word {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        other => panic!("no such direction: {other}"),
    }
}

fn sym(state: &mut ObservedState, text: &str) -> Sym {
    state.strings.intern(text)
}
