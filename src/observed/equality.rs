//! When two states say the same: every field, by its text. Destructured, so that a new field can't be forgotten.

use crate::model::{PermissionSet, Sym};

use super::{
    Asset, DanglingContent, DanglingGrant, Holder, Invite, InviteKind, InviteStatus, Member, ObservedState, Partner,
    RosterRow, TeamGrant, TeamRow,
};

impl PartialEq for ObservedState {
    fn eq(&self, other: &Self) -> bool {
        self.same_export(other) && Pair(self, other).same_rows()
    }
}

impl Eq for ObservedState {}

impl ObservedState {
    /// Everything but the rows.
    fn same_export(&self, other: &Self) -> bool {
        let ObservedState {
            platform,
            business_id,
            business_name,
            captured_at,
            captured_by,
            source,
            query,
            completeness,
            problems,
            // Symbols and list numbers mean nothing by themselves.
            strings: _,
            foreign: _,
            // Compared by `same_rows`.
            members: _,
            partners: _,
            assets: _,
            grants: _,
            contents: _,
            invites: _,
            rosters: _,
            teams: _,
            team_grants: _,
            dangling_grants: _,
            dangling_contents: _,
        } = self;
        platform.name == other.platform.name
            && *business_id == other.business_id
            && *business_name == other.business_name
            && *captured_at == other.captured_at
            && *captured_by == other.captured_by
            && *source == other.source
            && *query == other.query
            && *completeness == other.completeness
            && *problems == other.problems
    }
}

/// Two states whose rows are compared.
struct Pair<'a>(&'a ObservedState, &'a ObservedState);

impl Pair<'_> {
    fn same_rows(&self) -> bool {
        let Pair(a, b) = self;
        all(&a.members, &b.members, |a, b| self.member(a, b))
            && all(&a.partners, &b.partners, |a, b| self.partner(a, b))
            && all(&a.assets, &b.assets, |a, b| self.asset(a, b))
            && all(&a.grants, &b.grants, |a, b| {
                a.principal == b.principal && a.asset == b.asset && self.set(a.permissions, b.permissions)
            })
            && a.contents == b.contents
            && all(&a.invites, &b.invites, |a, b| self.invite(a, b))
            && self.same_sources()
    }

    fn same_sources(&self) -> bool {
        let Pair(a, b) = self;
        all(&a.rosters, &b.rosters, |a, b| self.roster(a, b))
            && all(&a.teams, &b.teams, |a, b| self.team(a, b))
            && all(&a.team_grants, &b.team_grants, |a, b| self.team_grant(a, b))
            && all(&a.dangling_grants, &b.dangling_grants, |a, b| self.dangling_grant(a, b))
            && all(&a.dangling_contents, &b.dangling_contents, |a, b| self.dangling_content(a, b))
    }

    fn text(&self, a: Sym, b: Sym) -> bool {
        self.0.text(a) == self.1.text(b)
    }

    fn optional(&self, a: Option<Sym>, b: Option<Sym>) -> bool {
        a.map(|a| self.0.text(a)) == b.map(|b| self.1.text(b))
    }

    fn set(&self, a: PermissionSet, b: PermissionSet) -> bool {
        let simple = a.foreign == 0 && b.foreign == 0;
        a.known == b.known && (simple || self.0.words(a) == self.1.words(b))
    }

    fn member(&self, a: &Member, b: &Member) -> bool {
        let Member { id, email, username, role, system, created_at, created_by } = *a;
        self.text(id, b.id)
            && self.optional(email, b.email)
            && self.optional(username, b.username)
            && self.text(role, b.role)
            && system == b.system
            && self.optional(created_at, b.created_at)
            && self.optional(created_by, b.created_by)
    }

    fn partner(&self, a: &Partner, b: &Partner) -> bool {
        let Partner { id, name, direction, created_at } = *a;
        self.text(id, b.id)
            && self.optional(name, b.name)
            && direction == b.direction
            && self.optional(created_at, b.created_at)
    }

    fn asset(&self, a: &Asset, b: &Asset) -> bool {
        let Asset { id, kind, name, owner_business, client } = *a;
        self.text(id, b.id)
            && self.text(kind, b.kind)
            && self.optional(name, b.name)
            && self.optional(owner_business, b.owner_business)
            && self.optional(client, b.client)
    }

    fn invite(&self, a: &Invite, b: &Invite) -> bool {
        let Invite { id, kind, invitee, role, status, received, sent_at, updated_at, expires_at, grants } = a;
        self.text(*id, b.id)
            && self.kind(*kind, b.kind)
            && self.text(*invitee, b.invitee)
            && self.optional(*role, b.role)
            && self.status(*status, b.status)
            && *received == b.received
            && self.optional(*sent_at, b.sent_at)
            && self.optional(*updated_at, b.updated_at)
            && self.optional(*expires_at, b.expires_at)
            && all(grants, &b.grants, |a, b| self.text(a.0, b.0) && self.set(a.1, b.1))
    }

    fn kind(&self, a: InviteKind, b: InviteKind) -> bool {
        a.word(&self.0.strings) == b.word(&self.1.strings)
    }

    fn status(&self, a: InviteStatus, b: InviteStatus) -> bool {
        a.word(&self.0.strings) == b.word(&self.1.strings)
    }

    fn roster(&self, a: &RosterRow, b: &RosterRow) -> bool {
        let RosterRow { partner, email, username, role, asset, permissions } = *a;
        self.text(partner, b.partner)
            && self.optional(email, b.email)
            && self.optional(username, b.username)
            && self.optional(role, b.role)
            && self.optional(asset, b.asset)
            && self.set(permissions, b.permissions)
    }

    fn team(&self, a: &TeamRow, b: &TeamRow) -> bool {
        let TeamRow { team, member } = *a;
        self.text(team, b.team) && self.text(member, b.member)
    }

    fn team_grant(&self, a: &TeamGrant, b: &TeamGrant) -> bool {
        let TeamGrant { team, asset, permissions } = *a;
        self.text(team, b.team) && self.text(asset, b.asset) && self.set(permissions, b.permissions)
    }

    fn dangling_grant(&self, a: &DanglingGrant, b: &DanglingGrant) -> bool {
        let DanglingGrant { holder, asset, permissions } = *a;
        let holders = match (holder, b.holder) {
            (Holder::Member(a), Holder::Member(b)) => self.text(a, b),
            (Holder::Partner(a, way), Holder::Partner(b, other)) => way == other && self.text(a, b),
            (Holder::Member(_), Holder::Partner(..)) | (Holder::Partner(..), Holder::Member(_)) => false,
        };
        holders && self.text(asset, b.asset) && self.set(permissions, b.permissions)
    }

    fn dangling_content(&self, a: &DanglingContent, b: &DanglingContent) -> bool {
        let DanglingContent { group, asset } = *a;
        self.text(group, b.group) && self.text(asset, b.asset)
    }
}

fn all<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}
