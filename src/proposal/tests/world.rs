//! Exports by hand: rows are named by ids, and put together in the order given.

use crate::model::{Direction, PermissionSet, PrincipalIx, Sym};
use crate::observed::{
    Asset, Collection, Completeness, Content, Grant, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner,
    RosterRow, TeamGrant, TeamRow,
};
use crate::platforms::by_name;

/// An export in the making.
#[derive(Clone)]
pub(super) struct World(ObservedState);

impl World {
    pub fn new(name: &str) -> Self {
        let platform = by_name("pinterest").unwrap();
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut state = ObservedState::new(platform, "729090764583391194", at);
        state.business_name = Some(name.to_owned());
        state.source = "invented".to_owned();
        state.completeness = Collection::ALL.map(|name| (name, Completeness::Complete)).into();
        World(state)
    }

    /// The export as readers hand it out: sorted.
    pub fn state(&self) -> ObservedState {
        let mut state = self.0.clone();
        state.sort();
        state
    }

    /// The export with its rows in the order in which they came.
    pub fn unsorted(&self) -> ObservedState {
        self.0.clone()
    }

    pub fn asset(&mut self, id: &str, kind: &str, name: &str) {
        let row = Asset {
            id: self.sym(id),
            kind: self.sym(kind),
            name: (!name.is_empty()).then(|| self.sym(name)),
            owner_business: None,
            client: None,
        };
        self.0.assets.push(row);
    }

    pub fn owned_by(&mut self, owner: &str, client: &str) {
        let (owner, client) = (self.sym(owner), self.sym(client));
        let asset = self.0.assets.last_mut().unwrap();
        asset.owner_business = Some(owner);
        asset.client = Some(client);
    }

    pub fn member(&mut self, id: &str, email: &str, role: &str) {
        let row = Member {
            id: self.sym(id),
            email: (!email.is_empty()).then(|| self.sym(email)),
            username: None,
            role: self.sym(role),
            system: false,
            created_at: None,
            created_by: None,
        };
        self.0.members.push(row);
    }

    pub fn username(&mut self, username: &str) {
        let username = self.sym(username);
        self.0.members.last_mut().unwrap().username = Some(username);
    }

    pub fn system(&mut self, id: &str, username: &str) {
        self.member(id, "", "EMPLOYEE");
        self.username(username);
        self.is_system();
    }

    pub fn is_system(&mut self) {
        self.0.members.last_mut().unwrap().system = true;
    }

    pub fn partner(&mut self, id: &str, name: &str, direction: &str) {
        let row = Partner {
            id: self.sym(id),
            name: (!name.is_empty()).then(|| self.sym(name)),
            direction: way(direction),
            created_at: None,
        };
        self.0.partners.push(row);
    }

    pub fn grant(&mut self, member: &str, asset: &str, words: &[&str]) {
        let at = self.0.members.iter().position(|row| self.0.text(row.id) == member).unwrap();
        self.add_grant(PrincipalIx::person(u32::try_from(at).unwrap()), asset, words);
    }

    pub fn partner_grant(&mut self, partner: &str, direction: &str, asset: &str, words: &[&str]) {
        let wanted = |row: &Partner| self.0.text(row.id) == partner && row.direction == way(direction);
        let at = self.0.partners.iter().position(wanted).unwrap();
        self.add_grant(PrincipalIx::partner(u32::try_from(at).unwrap()), asset, words);
    }

    pub fn content(&mut self, group: &str, asset: &str) {
        let (group, asset) = (self.asset_index(group), self.asset_index(asset));
        self.0.contents.push(Content { group, asset });
    }

    pub fn invite(&mut self, id: &str, kind: InviteKind, invitee: &str, status: InviteStatus) {
        let row = Invite {
            id: self.sym(id),
            kind,
            invitee: self.sym(invitee),
            role: None,
            status,
            received: false,
            sent_at: Some(self.sym("2026-11-01T08:00:00Z")),
            updated_at: None,
            expires_at: None,
            grants: Vec::new(),
        };
        self.0.invites.push(row);
    }

    pub fn invited_role(&mut self, role: &str) {
        let role = self.sym(role);
        self.0.invites.last_mut().unwrap().role = Some(role);
    }

    pub fn invited_grant(&mut self, asset: &str, words: &[&str]) {
        let grant = (self.sym(asset), self.set(words));
        self.0.invites.last_mut().unwrap().grants.push(grant);
    }

    pub fn received(&mut self) {
        self.0.invites.last_mut().unwrap().received = true;
    }

    pub fn roster(&mut self, partner: &str, email: &str, asset: &str, words: &[&str]) {
        let row = RosterRow {
            partner: self.sym(partner),
            email: Some(self.sym(email)),
            username: None,
            role: Some(self.sym("EMPLOYEE")),
            asset: Some(self.sym(asset)),
            permissions: self.set(words),
        };
        self.0.rosters.push(row);
    }

    pub fn team(&mut self, team: &str, member: &str) {
        let row = TeamRow { team: self.sym(team), member: self.sym(member) };
        self.0.teams.push(row);
    }

    pub fn team_grant(&mut self, team: &str, asset: &str, words: &[&str]) {
        let row = TeamGrant { team: self.sym(team), asset: self.sym(asset), permissions: self.set(words) };
        self.0.team_grants.push(row);
    }

    fn add_grant(&mut self, principal: PrincipalIx, asset: &str, words: &[&str]) {
        let grant = Grant { principal, asset: self.asset_index(asset), permissions: self.set(words) };
        self.0.grants.push(grant);
    }

    fn asset_index(&self, id: &str) -> u32 {
        let at = self.0.assets.iter().position(|row| self.0.text(row.id) == id);
        u32::try_from(at.unwrap()).unwrap()
    }

    fn set(&mut self, words: &[&str]) -> PermissionSet {
        self.0.permission_set(words.iter().copied())
    }

    fn sym(&mut self, text: &str) -> Sym {
        self.0.strings.intern(text)
    }
}

fn way(direction: &str) -> Direction {
    match direction {
        "inbound" => Direction::Inbound,
        _ => Direction::Outbound,
    }
}
