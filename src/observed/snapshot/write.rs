//! State to bytes: one canonical text for each state.

use std::io::Write as _;

use super::super::{
    Asset, Collection, Completeness, Content, DanglingContent, DanglingGrant, Grant, Holder, Invite, Member,
    ObservedState, Partner, RosterRow, TeamGrant, TeamRow,
};
use super::{FORMAT, FORMAT_VERSION};
use crate::model::{Direction, PermissionSet, Sym};

/// A grant takes about so many bytes, and they are most of a large snapshot.
const BYTES_PER_GRANT: usize = 110;

/// Writes a snapshot: a row a line, sorted, the same bytes for the same state, a line break at the end.
///
/// Reading it gives the state again. A collection that is not proven whole is written with its reason.
pub fn write(state: &ObservedState) -> Vec<u8> {
    let mut out = Out { bytes: Vec::with_capacity(4096 + state.grants.len() * BYTES_PER_GRANT), state };
    out.raw("{\n");
    out.heading();
    out.raw("  \"collections\": {\n");
    out.collections();
    out.raw("  }");
    out.sources();
    out.raw("\n}\n");
    out.bytes
}

/// The text so far.
struct Out<'s> {
    bytes: Vec<u8>,
    state: &'s ObservedState,
}

impl Out<'_> {
    fn heading(&mut self) {
        let state = self.state;
        self.line("format", FORMAT);
        self.raw("  \"format_version\": ");
        self.number(FORMAT_VERSION);
        self.raw(",\n");
        self.line("platform", state.platform.name);
        self.raw("  \"business\": {\"id\":");
        self.string(&state.business_id);
        if let Some(name) = &state.business_name {
            self.raw(",\"name\":");
            self.string(name);
        }
        self.raw("},\n");
        self.line("captured_at", &state.captured_at.to_string());
        if let Some(by) = &state.captured_by {
            self.line("captured_by", by);
        }
        self.line("source", &state.source);
        if let Some(query) = &state.query {
            self.line("query", query);
        }
    }

    fn collections(&mut self) {
        let state = self.state;
        for collection in Collection::ALL {
            self.open_collection(collection);
            match collection {
                Collection::Members => self.rows(&state.members, Self::member),
                Collection::Partners => self.rows(&state.partners, Self::partner),
                Collection::Assets => self.rows(&state.assets, Self::asset),
                Collection::AssetGroupMembers => {
                    self.rows(&state.contents, Self::content);
                    self.rows(&state.dangling_contents, Self::dangling_content);
                }
                Collection::Grants => {
                    self.rows(&state.grants, Self::grant);
                    self.rows(&state.dangling_grants, Self::dangling_grant);
                }
                Collection::Invites => self.rows(&state.invites, Self::invite),
            }
            self.close_list("    ");
            let last = collection == Collection::Invites;
            self.raw(if last { "}\n" } else { "},\n" });
        }
    }

    fn open_collection(&mut self, collection: Collection) {
        let state = self.state;
        self.raw("    \"");
        self.raw(collection.word());
        self.raw("\": {\"complete\": ");
        match state.completeness.get(&collection) {
            Some(Completeness::Complete) => self.raw("true"),
            Some(Completeness::Incomplete(reason)) => {
                self.raw("false, \"reason\": ");
                self.string(reason);
            }
            None => self.raw("false"),
        }
        self.raw(", \"total\": ");
        self.number(state.count(collection) as u64);
        self.raw(", \"items\": [");
    }

    fn sources(&mut self) {
        let state = self.state;
        if !state.rosters.is_empty() {
            self.raw(",\n  \"rosters\": [");
            self.rows(&state.rosters, Self::roster);
            self.close_list("  ");
        }
        if !(state.teams.is_empty() && state.team_grants.is_empty()) {
            self.raw(",\n  \"teams\": {\n    \"members\": [");
            self.rows(&state.teams, Self::team);
            self.close_list("    ");
            self.raw(",\n    \"grants\": [");
            self.rows(&state.team_grants, Self::team_grant);
            self.close_list("    ");
            self.raw("\n  }");
        }
    }

    /// Each row on a line of its own, after a comma where it is not the first of its list.
    fn rows<T>(&mut self, rows: &[T], write: fn(&mut Self, &T)) {
        for row in rows {
            let first = self.bytes.last() == Some(&b'[');
            self.raw(if first { "\n      {" } else { ",\n      {" });
            write(self, row);
            self.raw("}");
        }
    }

    fn close_list(&mut self, indent: &str) {
        if self.bytes.last() != Some(&b'[') {
            self.raw("\n");
            self.raw(indent);
        }
        self.raw("]");
    }

    fn member(&mut self, row: &Member) {
        let Member { id, email, username, role, system, created_at, created_by } = *row;
        self.first("id", id);
        self.optional("email", email);
        self.optional("username", username);
        self.optional("role", Some(role));
        self.flag("system_user", system);
        self.optional("created_at", created_at);
        self.optional("created_by", created_by);
    }

    fn partner(&mut self, row: &Partner) {
        let Partner { id, name, direction, created_at } = *row;
        self.first("id", id);
        self.optional("name", name);
        self.direction(direction);
        self.optional("created_at", created_at);
    }

    fn asset(&mut self, row: &Asset) {
        let Asset { id, kind, name, owner_business, client } = *row;
        self.first("id", id);
        self.optional("type", Some(kind));
        self.optional("name", name);
        self.optional("owner_business", owner_business);
        self.optional("client", client);
    }

    fn content(&mut self, row: &Content) {
        let Content { group, asset } = *row;
        if let (Some(group), Some(asset)) = (self.asset_id(group), self.asset_id(asset)) {
            self.dangling_content(&DanglingContent { group, asset });
        }
    }

    fn dangling_content(&mut self, row: &DanglingContent) {
        let DanglingContent { group, asset } = *row;
        self.first("group", group);
        self.optional("asset", Some(asset));
    }

    fn grant(&mut self, row: &Grant) {
        let Grant { principal, asset, permissions } = *row;
        if let (Some(holder), Some(asset)) = (self.state.holder(principal), self.asset_id(asset)) {
            self.dangling_grant(&DanglingGrant { holder, asset, permissions });
        }
    }

    fn dangling_grant(&mut self, row: &DanglingGrant) {
        let DanglingGrant { holder, asset, permissions } = *row;
        match holder {
            Holder::Member(id) => self.first("member", id),
            Holder::Partner(id, direction) => {
                self.first("partner", id);
                self.direction(direction);
            }
        }
        self.optional("asset", Some(asset));
        self.permissions(permissions);
    }

    fn invite(&mut self, row: &Invite) {
        let Invite { id, kind, invitee, role, status, received, sent_at, updated_at, expires_at, grants } = row;
        let strings = &self.state.strings;
        self.first("id", *id);
        self.text("kind", kind.word(strings));
        self.optional("invitee", Some(*invitee));
        self.optional("role", *role);
        self.text("status", status.word(strings));
        self.flag("received", *received);
        self.optional("sent_at", *sent_at);
        self.optional("updated_at", *updated_at);
        self.optional("expires_at", *expires_at);
        if !grants.is_empty() {
            self.raw(",\"grants\":[");
            for (place, (asset, permissions)) in grants.iter().enumerate() {
                self.raw(if place == 0 { "{" } else { ",{" });
                self.first("asset", *asset);
                self.permissions(*permissions);
                self.raw("}");
            }
            self.raw("]");
        }
    }

    fn roster(&mut self, row: &RosterRow) {
        let RosterRow { partner, email, username, role, asset, permissions } = *row;
        self.first("partner", partner);
        self.optional("email", email);
        self.optional("username", username);
        self.optional("role", role);
        self.optional("asset", asset);
        if !permissions.is_empty() {
            self.permissions(permissions);
        }
    }

    fn team(&mut self, row: &TeamRow) {
        let TeamRow { team, member } = *row;
        self.first("team", team);
        self.optional("member", Some(member));
    }

    fn team_grant(&mut self, row: &TeamGrant) {
        let TeamGrant { team, asset, permissions } = *row;
        self.first("team", team);
        self.optional("asset", Some(asset));
        self.permissions(permissions);
    }

    fn asset_id(&self, index: u32) -> Option<Sym> {
        self.state.assets.get(index as usize).map(|row| row.id)
    }

    fn direction(&mut self, direction: Direction) {
        self.text("direction", direction.word());
    }

    fn permissions(&mut self, set: PermissionSet) {
        self.raw(",\"permissions\":");
        if set.has_foreign() {
            let words = self.state.words(set);
            self.list(words.iter().map(String::as_str));
        } else {
            let words = self.state.platform.words(set.known);
            self.list(words.into_iter());
        }
    }

    fn list<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        self.raw("[");
        for (place, word) in words.enumerate() {
            if place > 0 {
                self.raw(",");
            }
            self.string(word);
        }
        self.raw("]");
    }

    /// The key that a row begins with.
    fn first(&mut self, key: &str, value: Sym) {
        self.key(key);
        self.string(self.state.text(value));
    }

    fn optional(&mut self, key: &str, value: Option<Sym>) {
        if let Some(value) = value {
            self.text(key, self.state.text(value));
        }
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(",");
        self.key(key);
        self.string(value);
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.raw(",");
            self.key(key);
            self.raw("true");
        }
    }

    /// A line of the heading.
    fn line(&mut self, key: &str, value: &str) {
        self.raw("  \"");
        self.raw(key);
        self.raw("\": ");
        self.string(value);
        self.raw(",\n");
    }

    fn key(&mut self, key: &str) {
        self.raw("\"");
        self.raw(key);
        self.raw("\":");
    }

    fn string(&mut self, text: &str) {
        let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            self.raw("\"");
            self.raw(text);
            self.raw("\"");
        } else {
            self.bytes.extend(serde_json::Value::from(text).to_string().into_bytes());
        }
    }

    fn number(&mut self, number: u64) {
        // Writing into a vector does not fail.
        let _ = write!(self.bytes, "{number}");
    }

    fn raw(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }
}
