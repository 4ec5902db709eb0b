//! What files say, read in the plainest way, and what an export says, in the same words.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use crate::desired::DesiredState;
use crate::model::{Direction, PermissionSet, PrincipalIx};
use crate::observed::{Invite, InviteKind, InviteStatus, ObservedState};

type Grants = BTreeMap<(String, String), BTreeSet<String>>;

/// Who, which role, in what relation, what on what. People are named by id, else by folded invitee; assets by id.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub(super) struct Expanded {
    pub people: BTreeMap<String, String>,
    pub partners: BTreeSet<String>,
    pub assets: BTreeMap<String, String>,
    pub contents: BTreeMap<String, BTreeSet<String>>,
    pub grants: Grants,
}

/// Reads all files with `serde_yaml`, as one mapping for each section; a key that stands twice fails.
pub(super) fn expand(files: &BTreeMap<String, Vec<u8>>) -> Expanded {
    let sections = sections(files);
    let section = |name: &str| sections.get(name).cloned().unwrap_or_default();
    let mut said = Expanded::default();
    let mut asset_ids = BTreeMap::new();
    for (name, kind) in [("accounts", "ad-account"), ("asset_groups", "asset-group"), ("assets", "")] {
        for (key, entry) in section(name) {
            let id = text(&entry["id"]);
            let kind = entry.get("type").map_or(kind.to_owned(), text);
            assert!(asset_ids.insert(key.clone(), id.clone()).is_none(), "asset {key} twice");
            assert!(said.assets.insert(id, kind).is_none());
        }
    }
    for (key, entry) in section("asset_groups") {
        if let Some(inside) = entry.get("contains") {
            let inside = items(inside).into_iter();
            let inside = inside.map(|key| asset_ids[&text(&key)].clone());
            said.contents.insert(asset_ids[&key].clone(), inside.collect());
        }
    }
    let profiles: BTreeMap<String, BTreeSet<String>> = section("profiles")
        .into_iter()
        .map(|(key, entry)| (key, items(&entry["permissions"]).iter().map(text).collect()))
        .collect();
    let mut give = |who: &str, grants: Option<&Value>| {
        for grant in grants.map(items).unwrap_or_default() {
            let words = match grant.get("profile") {
                Some(profile) => profiles[&text(profile)].clone(),
                None => items(&grant["permissions"]).iter().map(text).collect(),
            };
            for asset in items(&grant["on"]) {
                let key = (who.to_owned(), asset_ids[&text(&asset)].clone());
                said.grants.entry(key).or_default().extend(words.clone());
            }
        }
    };
    let mut ids = BTreeMap::new();
    for (key, entry) in section("people") {
        let invitee = entry.get("also").map(|also| text(&also[0]));
        let id = entry.get("id").map(text).or(invitee).or(entry.get("username").map(text)).unwrap_or(key.clone());
        give(&id.to_lowercase(), entry.get("grants"));
        let role = entry.get("role").map_or("employee".to_owned(), text);
        said.people.insert(id.to_lowercase(), role);
        ids.insert(key, id.to_lowercase());
    }
    for (_, entry) in section("teams") {
        for member in items(&entry["members"]) {
            give(&ids[&text(&member)], entry.get("grants"));
        }
    }
    for (_, entry) in section("partners") {
        let who = format!("{} {}", text(&entry["id"]), text(&entry["direction"]));
        give(&who, entry.get("grants"));
        assert!(said.partners.insert(who));
    }
    said
}

fn sections(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut sections: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let value: Value = serde_yaml::from_slice(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        for (name, section) in value.as_mapping().unwrap() {
            let Some(section) = section.as_mapping() else {
                continue;
            };
            let all = sections.entry(text(name)).or_default();
            for (key, entry) in section {
                let key = text(key);
                assert!(all.insert(key.clone(), entry.clone()).is_none(), "{key} stands twice");
            }
        }
    }
    sections
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is not a text")).to_owned()
}

fn items(value: &Value) -> Vec<Value> {
    value.as_sequence().unwrap_or_else(|| panic!("{value:?} is not a list")).clone()
}

/// What an export says of that which files can say, by the rules as they stand in the module's documentation.
pub(super) fn expected(state: &ObservedState) -> Expanded {
    let mut said = Expanded::default();
    let mut grants = Vec::new();
    for asset in &state.assets {
        if let Some(kind) = state.platform.asset_type(state.text(asset.kind)) {
            said.assets.insert(state.text(asset.id).to_owned(), kind.name.to_owned());
        }
    }
    for member in &state.members {
        said.people.insert(state.text(member.id).to_owned(), role_name(state, state.text(member.role)));
    }
    for partner in &state.partners {
        said.partners.insert(format!("{} {}", state.text(partner.id), partner.direction.word()));
    }
    for grant in &state.grants {
        let at = grant.principal.index();
        let who = match grant.principal.is_partner() {
            true => format!("{} {}", state.text(state.partners[at].id), state.partners[at].direction.word()),
            false => state.text(state.members[at].id).to_owned(),
        };
        let asset = state.text(state.assets[grant.asset as usize].id);
        grants.push((who, asset.to_owned(), grant.permissions));
    }
    invited(&mut said, state, &mut grants);
    said.grants = writable(state, grants);
    contents(&mut said, state);
    said
}

fn contents(said: &mut Expanded, state: &ObservedState) {
    let whole = state.is_complete(crate::observed::Collection::AssetGroupMembers);
    let groups: Vec<String> =
        said.assets.iter().filter(|(_, kind)| *kind == "asset-group").map(|(id, _)| id.clone()).collect();
    for group in groups {
        let inside: BTreeSet<String> = state
            .contents
            .iter()
            .filter(|row| state.text(state.assets[row.group as usize].id) == group)
            .map(|row| state.text(state.assets[row.asset as usize].id).to_owned())
            .collect();
        let writable = |id: &String| said.assets.get(id).is_some_and(|kind| kind != "asset-group");
        if inside.iter().all(writable) && (whole || !inside.is_empty()) {
            said.contents.insert(group, inside);
        }
    }
}

type Row = (String, String, PermissionSet);

/// Invites and requests that wait, as files say them; adds who is invited, and answers the grants they bring.
fn invited(said: &mut Expanded, state: &ObservedState, grants: &mut Vec<Row>) {
    let partners = said.partners.clone();
    for invite in newest(state) {
        let folded = state.text(invite.invitee).to_lowercase();
        let who = match invite.kind {
            InviteKind::MemberInvite => folded.clone(),
            InviteKind::PartnerInvite => format!("{folded} inbound"),
            _ => format!("{folded} outbound"),
        };
        if invite.kind == InviteKind::MemberInvite {
            let role = invite.role.map(|sym| state.text(sym));
            said.people.insert(who.clone(), role_name(state, role.unwrap_or_default()));
        }
        let attached = invite.grants.iter();
        let attached = attached.map(|&(asset, set)| (who.clone(), state.text(asset).to_owned(), set));
        if !partners.contains(&who) {
            if invite.kind != InviteKind::MemberInvite {
                said.partners.insert(who.clone());
            }
            grants.extend(attached);
        }
    }
    for (who, asset, set) in requests(state) {
        let asked = vec![(who.clone(), asset.clone(), set)];
        if !writable(state, asked.clone()).is_empty() && is_sayable(state, &asset, set) {
            grants.retain(|row| (&row.0, &row.1) != (&who, &asset));
            grants.extend(asked);
        }
    }
}

/// Whether a file could ask for the whole of a set, words that can only be read aside.
fn is_sayable(state: &ObservedState, asset: &str, set: PermissionSet) -> bool {
    let asset = state.find_asset(asset).map(|index| &state.assets[index as usize]);
    let kind = asset.and_then(|asset| state.platform.asset_type(state.text(asset.kind)));
    let mut words = state.platform.permissions_in(set.known).filter(|permission| permission.writable);
    let fits =
        |word: &str| kind.is_some_and(|kind| state.platform.permission_bit(word).unwrap() & kind.permissions != 0);
    !set.has_foreign() && words.all(|permission| fits(permission.word))
}

/// Of what waits for each invitee the newest, without those who are in already.
fn newest(state: &ObservedState) -> Vec<&Invite> {
    let superfluous = superfluous(state);
    let pending = state.invites.iter().filter(|invite| !invite.received && invite.status == InviteStatus::Pending);
    pending.filter(|invite| !superfluous.contains(state.text(invite.id))).collect()
}

/// Ids of invites that no file can keep.
pub(super) fn superfluous(state: &ObservedState) -> BTreeSet<String> {
    let members = state.members.iter().flat_map(|member| [Some(member.id), member.email, member.username]);
    let members: BTreeSet<String> = members.flatten().map(|sym| state.text(sym).to_lowercase()).collect();
    let inbound = |id: &str| state.find_partner(id, Direction::Inbound).is_some();
    let outbound = |id: &str| state.find_partner(id, Direction::Outbound).is_some();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    // In these worlds all are of one moment: the first by id counts as the newest.
    for invite in &state.invites {
        let folded = state.text(invite.invitee).to_lowercase();
        if invite.received || invite.status != InviteStatus::Pending {
            continue;
        }
        let needless = match invite.kind {
            InviteKind::MemberInvite => members.contains(&folded),
            InviteKind::PartnerInvite => inbound(&folded),
            _ => false,
        };
        let second = !seen.insert((invite.kind, folded.clone()));
        let asked = invite.kind == InviteKind::PartnerRequest && outbound(&folded);
        if needless || (second && !asked) {
            found.insert(state.text(invite.id).to_owned());
        }
    }
    found
}

/// Whether several invitations of one invitee wait: the plan keeps the one that fits best.
pub(super) fn one_of_several(state: &ObservedState, invite: &Invite) -> bool {
    let same = state.invites.iter().filter(|other| {
        let waits = !other.received && other.status == InviteStatus::Pending;
        let invitee = |invite: &Invite| state.text(invite.invitee).to_lowercase();
        waits && other.kind == invite.kind && invitee(other) == invitee(invite)
    });
    same.count() > 1
}

/// What we asked outbound partners for, the newest last.
fn requests(state: &ObservedState) -> Vec<Row> {
    let mut rows = Vec::new();
    for invite in state.invites.iter().rev() {
        let id = state.text(invite.invitee);
        let ours =
            !invite.received && invite.status == InviteStatus::Pending && invite.kind == InviteKind::PartnerRequest;
        if ours && state.find_partner(id, Direction::Outbound).is_some() {
            let who = format!("{id} outbound");
            rows.extend(invite.grants.iter().map(|&(asset, set)| (who.clone(), state.text(asset).to_owned(), set)));
        }
    }
    rows
}

/// Outbound partners whom we asked twice for the same, or for what they gave already: no file can keep these requests apart.
pub(super) fn asked_in_a_muddle(state: &ObservedState) -> BTreeSet<String> {
    let rows = requests(state);
    let muddled = rows.iter().filter(|row| {
        let twice = rows.iter().filter(|other| (&other.0, &other.1) == (&row.0, &row.1)).count() > 1;
        let id = row.0.trim_end_matches(" outbound");
        let partner = state.find_partner(id, Direction::Outbound).unwrap();
        let has = state.find_asset(&row.1).and_then(|asset| state.grant(PrincipalIx::partner(partner), asset));
        twice || has.is_some()
    });
    muddled.map(|row| row.0.trim_end_matches(" outbound").to_owned()).collect()
}

fn role_name(state: &ObservedState, word: &str) -> String {
    let role = state.platform.role(word).unwrap_or(&state.platform.roles[0]);
    role.name.to_owned()
}

/// The part of the grants that can be written.
fn writable(state: &ObservedState, rows: Vec<Row>) -> Grants {
    let mut grants = Grants::new();
    for (who, asset, set) in rows {
        let Some(row) = state.assets.iter().find(|row| state.text(row.id) == asset) else {
            continue;
        };
        let Some(kind) = state.platform.asset_type(state.text(row.kind)) else {
            continue;
        };
        let all = state.platform.permissions_in(set.known);
        let words = all.filter(|permission| permission.writable).map(|permission| permission.word.to_owned());
        let fits = |word: &String| state.platform.permission_bit(word).unwrap() & kind.permissions != 0;
        let words: Vec<String> = words.filter(fits).collect();
        if !words.is_empty() {
            grants.entry((who, asset)).or_default().extend(words);
        }
    }
    grants
}

/// The grants of a desired state, in the same words.
pub(super) fn desired(state: &DesiredState) -> Grants {
    let mut grants = Grants::new();
    let business = &state.businesses[0];
    for grant in &state.grants {
        let at = grant.principal.index();
        let who = if grant.principal.is_partner() {
            let partner = &state.partners[at];
            format!("{} {}", state.text(partner.id), partner.direction.word())
        } else {
            let person = &state.people[at];
            let name = person.id.or(person.addresses.last().copied()).or(person.username);
            state.text(name.unwrap_or(person.key)).to_lowercase()
        };
        let asset = state.text(state.assets[grant.asset as usize].id.unwrap()).to_owned();
        let words = business.platform.words(grant.permissions);
        grants.entry((who, asset)).or_default().extend(words.into_iter().map(str::to_owned));
    }
    grants
}
