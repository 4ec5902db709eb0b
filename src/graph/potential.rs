//! What people who administer a business could give to themselves, and who administers an asset.

use super::edge::EdgeIx;
use super::effective::{Access, Without};
use super::node::{AssetIx, BusinessIx, PersonIx};
use super::store::{ADMIN, AccessGraph, PENDING};

/// What a person could give himself on an asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Potential {
    /// The asset.
    pub asset: AssetIx,
    /// Through which business.
    pub business: BusinessIx,
    /// Permission bits.
    pub permissions: u32,
    /// Capabilities that they surely give.
    pub sure: u64,
    /// Capabilities beyond those that no source decides.
    pub possible: u64,
}

/// Somebody who can give others access to an asset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Administers {
    /// Who.
    pub person: PersonIx,
    /// The membership that administers the owning business; `None` where it is a permission on the asset.
    pub business: Option<EdgeIx>,
    /// Whether it is still to come.
    pub pending: bool,
}

impl AccessGraph {
    /// What a person could give himself, by asset and business: of a business that he administers its own assets, and what it was given.
    pub fn potential(&self, person: PersonIx) -> Vec<Potential> {
        self.as_is().potential(person)
    }

    /// Everybody who can give others access to an asset: managers of the business that owns it, and who administers the asset itself.
    pub fn administrators(&self, asset: AssetIx) -> Vec<Administers> {
        let mut all: Vec<Administers> = Vec::new();
        if let Some(owner) = self.nodes.asset(asset).owner {
            all.extend(self.managers(owner));
        }
        let admin = self.admin_mask(asset);
        for (person, access) in self.people_on(asset) {
            if access.permissions & admin != 0 {
                let pending = access.permissions & admin & !access.pending == 0;
                all.push(Administers { person, business: None, pending });
            }
        }
        all.sort_unstable_by_key(|one| (one.person, one.pending, one.business.is_none()));
        all.dedup_by_key(|one| one.person);
        all
    }

    /// Who administers a business.
    pub fn managers(&self, business: BusinessIx) -> impl Iterator<Item = Administers> {
        self.members_of(business).filter_map(|edge| {
            let raw = self.raw(edge.0);
            let manages = Administers { person: PersonIx(raw.from), business: Some(edge), pending: raw.is(PENDING) };
            raw.is(ADMIN).then_some(manages)
        })
    }

    /// Everybody who could give himself something on an asset: managers of its owner and of businesses that were given it.
    pub fn could_reach(&self, asset: AssetIx) -> Vec<PersonIx> {
        let mut businesses: Vec<BusinessIx> = self.nodes.asset(asset).owner.into_iter().collect();
        businesses.extend(self.nodes.businesses().filter(|business| self.caps.has(business.0, asset.0)));
        let mut people: Vec<PersonIx> =
            businesses.into_iter().flat_map(|business| self.managers(business)).map(|one| one.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Permissions that administer an asset.
    pub fn admin_mask(&self, asset: AssetIx) -> u32 {
        let table = self.nodes.asset(asset).platform.permissions.iter().enumerate();
        table.filter(|(_, permission)| permission.admin).fold(0, |bits, (bit, _)| bits | 1 << bit)
    }

    /// What a business was given by others, through groups as well: asset and permission bits, by asset.
    pub fn reach_of_business(&self, business: BusinessIx) -> Vec<Access> {
        self.as_is().reach_of_business(business)
    }
}

impl Without<'_> {
    /// What a person could give himself, by asset and business.
    pub fn potential(&self, person: PersonIx) -> Vec<Potential> {
        let mut rows: Vec<(u32, u32, u32)> = Vec::new();
        for edge in self.graph.businesses_of(person) {
            let raw = self.graph.raw(edge.0);
            if !raw.is(ADMIN) || self.is_removed(edge.0) {
                continue;
            }
            for &owns in self.graph.index.owns.row(raw.to) {
                let asset = self.graph.raw(owns).to;
                rows.push((asset, raw.to, self.graph.grantable(asset)));
            }
            let given = self.reach_of_business(BusinessIx(raw.to));
            rows.extend(given.into_iter().map(|access| (access.asset.0, raw.to, access.permissions)));
        }
        rows.retain(|&(_, _, permissions)| permissions != 0);
        rows.sort_unstable();
        rows.dedup();
        let potential = |(asset, business, permissions)| {
            let (sure, possible) = self.graph.table_of(asset).capabilities(permissions);
            Potential { asset: AssetIx(asset), business: BusinessIx(business), permissions, sure, possible }
        };
        rows.into_iter().map(potential).collect()
    }

    /// What a business was given by others, through groups as well, by asset.
    pub fn reach_of_business(&self, business: BusinessIx) -> Vec<Access> {
        let given = self
            .caps
            .of_business(business.0)
            .filter(|(asset, _, _)| self.graph.nodes.assets[*asset as usize].owner != Some(business));
        given.filter_map(|(asset, all, settled)| self.given_to_business(asset, all, settled)).collect()
    }
}
