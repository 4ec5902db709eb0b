//! What a platform is: its words, what each lets one do, what fits where, its limits. Pure data and code.
//!
//! To add one: a folder with a `pub static PLATFORM: Platform`, and a line in [`PLATFORMS`].

mod minimal;
pub mod pinterest;

pub use minimal::{MinimalSet, Unmet, minimal_set, unmet};

/// The platforms accord knows.
pub static PLATFORMS: [&Platform; 1] = [&pinterest::PLATFORM];

/// The platform of a name, as `platform:` in a file writes it.
pub fn by_name(name: &str) -> Option<&'static Platform> {
    PLATFORMS.into_iter().find(|platform| platform.name == name)
}

/// A platform as data.
#[derive(Debug)]
pub struct Platform {
    /// As files write it: `pinterest`.
    pub name: &'static str,
    /// As people read it: `Pinterest`.
    pub title: &'static str,
    /// Business roles of employees, the least privileged first.
    pub roles: &'static [Role],
    /// Asset types.
    pub asset_types: &'static [AssetType],
    /// Permissions; a permission's index is its bit in a `PermissionSet`. At most 32; only ever appended to.
    pub permissions: &'static [Permission],
    /// Capabilities; a capability's index is its bit in a mask. At most 64; only ever appended to.
    pub capabilities: &'static [Capability],
    /// Limits of its API and its console.
    pub limits: Limits,
}

/// A business role of an employee.
#[derive(Debug)]
pub struct Role {
    /// The platform's word (`BIZ_ADMIN`).
    pub word: &'static str,
    /// As files write it (`manager`).
    pub name: &'static str,
    /// As the platform's console shows it (`Manager`).
    pub title: &'static str,
    /// Whether it administers the business: can grant to itself and others, and must never die out.
    pub admin: bool,
}

/// A type of asset.
#[derive(Debug)]
pub struct AssetType {
    /// The platform's word (`AD_ACCOUNT`).
    pub word: &'static str,
    /// As files write it (`ad-account`).
    pub name: &'static str,
    /// As people read it (`ad account`).
    pub title: &'static str,
    /// Whether it contains other assets (an asset group).
    pub group: bool,
    /// Whether an invite shows the grants on it that wait for acceptance. What it does not show nobody can compare, so such grants are
    /// given after acceptance.
    pub in_invites: bool,
    /// Permissions that fit, by bit; also those that can only be read.
    pub permissions: u32,
    /// How sure we are of `permissions`.
    pub certainty: Certainty,
}

/// A permission.
#[derive(Debug)]
pub struct Permission {
    /// The platform's word (`CAMPAIGN_MANAGER`).
    pub word: &'static str,
    /// As people read it (`campaign manager`).
    pub title: &'static str,
    /// Whether a write accepts it; some can only be read.
    pub writable: bool,
    /// Whether it administers the asset (makes the others redundant).
    pub admin: bool,
    /// Whether it is privileged: administration or money.
    pub privileged: bool,
    /// What it lets one do; one entry for each capability it is known or thought to have.
    pub capabilities: &'static [Allowed],
}

/// A cell of the capability matrix.
#[derive(Debug)]
pub struct Allowed {
    /// The capability's name.
    pub capability: &'static str,
    /// How sure we are.
    pub certainty: Certainty,
}

/// A capability: what somebody can do.
#[derive(Debug)]
pub struct Capability {
    /// As files write it (`edit-campaigns`).
    pub name: &'static str,
    /// As people read it (`create and edit campaigns, ad groups and ads`).
    pub title: &'static str,
    /// Weight of having it without need, for the minimal permission set: 1 (look) to 100 (administration).
    pub weight: u32,
}

/// How sure a fact is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Certainty {
    /// Named by an official text.
    Stated,
    /// Official counts and elimination, or by name.
    Inferred,
    /// Not decided by any source: no rule may rest on it.
    Undecided,
}

/// Limits of the platform.
#[derive(Debug)]
pub struct Limits {
    /// Members or partners in one invite call.
    pub invites_per_call: usize,
    /// Grants in one call that sets them.
    pub grants_set_per_call: usize,
    /// Member grants in one call that removes them.
    pub member_grants_removed_per_call: usize,
    /// Partner grants in one call that removes them.
    pub partner_grants_removed_per_call: usize,
    /// Members or partners in one call that removes them.
    pub relations_removed_per_call: usize,
    /// Access requests to partners in one call.
    pub requests_per_call: usize,
    /// Ad accounts that the console lets one ask a partner for at once.
    pub accounts_per_request_in_console: usize,
    /// Asset groups deleted in one call.
    pub groups_deleted_per_call: usize,
    /// Largest page of a list.
    pub page_size: usize,
    /// Most digits of an id.
    pub id_digits: usize,
}

impl Platform {
    /// The bit of a permission's word.
    pub fn permission_bit(&self, word: &str) -> Option<u32> {
        self.permissions.iter().position(|permission| permission.word == word).map(|index| 1 << index)
    }

    /// The permissions of a mask, in the order of the table.
    pub fn permissions_in(&self, mask: u32) -> impl Iterator<Item = &'static Permission> + use<> {
        let table = self.permissions;
        table.iter().enumerate().filter(move |(index, _)| mask & (1 << index) != 0).map(|(_, permission)| permission)
    }

    /// The words of a mask, sorted in byte order.
    pub fn words(&self, mask: u32) -> Vec<&'static str> {
        let mut words: Vec<_> = self.permissions_in(mask).map(|permission| permission.word).collect();
        words.sort_unstable();
        words
    }

    /// The role of a platform word.
    pub fn role(&self, word: &str) -> Option<&'static Role> {
        self.roles.iter().find(|role| role.word == word)
    }

    /// The role as files name it.
    pub fn role_named(&self, name: &str) -> Option<&'static Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The asset type of a platform word.
    pub fn asset_type(&self, word: &str) -> Option<&'static AssetType> {
        self.asset_types.iter().find(|kind| kind.word == word)
    }

    /// The asset type as files name it.
    pub fn asset_type_named(&self, name: &str) -> Option<&'static AssetType> {
        self.asset_types.iter().find(|kind| kind.name == name)
    }

    /// The bit of a capability's name in a capability mask.
    pub fn capability_bit(&self, name: &str) -> Option<u64> {
        self.capabilities.iter().position(|capability| capability.name == name).map(|index| 1 << index)
    }

    /// The capabilities of a set of permissions, as a mask of those at least as sure as `floor`.
    pub fn capabilities_of(&self, permissions: u32, floor: Certainty) -> u64 {
        self.permissions_in(permissions)
            .flat_map(|permission| permission.capabilities)
            .filter(|allowed| allowed.certainty <= floor)
            .filter_map(|allowed| self.capability_bit(allowed.capability))
            .fold(0, |mask, bit| mask | bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn unique<'a>(names: impl Iterator<Item = &'a str>) -> bool {
        let mut seen = BTreeSet::new();
        names.into_iter().all(|name| seen.insert(name))
    }

    #[test]
    fn names_and_words_are_unique() {
        assert!(unique(PLATFORMS.iter().map(|platform| platform.name)));
        for platform in PLATFORMS {
            assert!(unique(platform.roles.iter().map(|role| role.word)));
            assert!(unique(platform.roles.iter().map(|role| role.name)));
            assert!(unique(platform.asset_types.iter().map(|kind| kind.word)));
            assert!(unique(platform.asset_types.iter().map(|kind| kind.name)));
            assert!(unique(platform.permissions.iter().map(|permission| permission.word)));
            assert!(unique(platform.permissions.iter().map(|permission| permission.title)));
            assert!(unique(platform.capabilities.iter().map(|capability| capability.name)));
            for permission in platform.permissions {
                let cells = permission.capabilities.iter();
                assert!(unique(cells.map(|allowed| allowed.capability)), "{}", permission.word);
            }
        }
    }

    #[test]
    fn tables_fit_their_masks() {
        for platform in PLATFORMS {
            assert!(platform.permissions.len() <= 32);
            assert!(platform.capabilities.len() <= 64);
            for kind in platform.asset_types {
                let fitting = platform.permissions_in(kind.permissions).count();
                assert_eq!(fitting, kind.permissions.count_ones() as usize, "{}", kind.word);
                let writable =
                    platform.permissions_in(kind.permissions).filter(|permission| permission.writable).count();
                // All subsets are tried for the minimal set.
                assert!((1..=12).contains(&writable), "{}", kind.word);
            }
        }
    }

    #[test]
    fn every_cell_names_a_capability_and_every_capability_is_somebodys() {
        for platform in PLATFORMS {
            let mut covered = 0;
            for permission in platform.permissions {
                for allowed in permission.capabilities {
                    let bit = platform.capability_bit(allowed.capability);
                    assert!(bit.is_some(), "{} of {}", allowed.capability, permission.word);
                    covered |= bit.unwrap();
                }
            }
            assert_eq!(covered.count_ones() as usize, platform.capabilities.len());
        }
    }

    #[test]
    fn weights_lie_between_looking_and_administration() {
        for platform in PLATFORMS {
            for capability in platform.capabilities {
                assert!((1..=100).contains(&capability.weight), "{}", capability.name);
            }
        }
    }

    #[test]
    fn roles_go_from_least_to_most_privileged_and_end_with_an_admin() {
        for platform in PLATFORMS {
            assert!(platform.roles.is_sorted_by_key(|role| role.admin));
            assert!(platform.roles.last().is_some_and(|role| role.admin));
        }
    }

    #[test]
    fn a_mask_and_its_words_say_the_same() {
        for platform in PLATFORMS {
            for (index, permission) in platform.permissions.iter().enumerate() {
                assert_eq!(platform.permission_bit(permission.word), Some(1 << index));
                assert_eq!(platform.words(1 << index), [permission.word]);
            }
            let all = platform.words(u32::MAX);
            assert!(all.is_sorted());
            assert_eq!(all.len(), platform.permissions.len());
        }
        assert_eq!(by_name("pinterest").map(|platform| platform.title), Some("Pinterest"));
        assert!(by_name("Pinterest").is_none());
    }
}
