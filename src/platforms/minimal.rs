//! The minimal permission set: from what somebody needs to the least that gives it.
//!
//! Exact: an asset type takes at most a dozen writable permissions, so every subset of them is tried.

use super::{AssetType, Certainty, Platform};

/// The least permissions that cover some needs on an asset type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MinimalSet {
    /// The permissions, by bit; all writable and fit for the asset type.
    pub permissions: u32,
    /// Capabilities they may bring beyond the needs, as a mask. Cells that no source decides count: they may be given.
    pub excess: u64,
    /// Whether a stated cell covers each need and the asset type is known to take these permissions; else something is inferred.
    pub certain: bool,
}

/// Needs for which [`minimal_set`] has no answer, as capability masks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// Short of administration only cells that no source decides might give these.
    pub undecided: u64,
    /// No permission that can be written and fits the asset type gives these.
    pub missing: u64,
}

/// The permissions that cover `needs` (a capability mask) on an asset type with the least weighted excess, then with the
/// fewest permissions, then first in the order of the platform's table.
///
/// `None` where there is nothing to cover or something can't be covered; [`unmet`] says what. Undecided cells never cover a
/// need. Nor is administration handed out for a need that a lesser permission might cover if only a source said so.
pub fn minimal_set(platform: &Platform, kind: &AssetType, needs: u64) -> Option<MinimalSet> {
    let candidates = candidates(platform, kind, needs);
    let best = subsets(&candidates).filter(|set| set.sure & needs == needs).min_by_key(|set| {
        let size = set.permissions.count_ones();
        // Reversed, the lowest bit counts most: {first, last} comes before {second, third}.
        let order = u32::MAX - set.permissions.reverse_bits();
        (weight(platform, set.possible & !needs), size, order)
    })?;
    (best.permissions != 0).then(|| MinimalSet {
        permissions: best.permissions,
        excess: best.possible & !needs,
        certain: best.stated & needs == needs && kind.certainty < Certainty::Undecided,
    })
}

/// The needs that [`minimal_set`] can't cover; both masks are 0 where it can.
pub fn unmet(platform: &Platform, kind: &AssetType, needs: u64) -> Unmet {
    let given = Candidate::union(&candidates(platform, kind, needs));
    Unmet { undecided: needs & given.possible & !given.sure, missing: needs & !given.possible }
}

/// A permission, or several, with the capabilities of each degree of certainty and all surer ones.
#[derive(Clone, Copy, Default)]
struct Candidate {
    permissions: u32,
    stated: u64,
    sure: u64,
    possible: u64,
}

impl Candidate {
    fn of(platform: &Platform, permissions: u32) -> Self {
        Candidate {
            permissions,
            stated: platform.capabilities_of(permissions, Certainty::Stated),
            sure: platform.capabilities_of(permissions, Certainty::Inferred),
            possible: platform.capabilities_of(permissions, Certainty::Undecided),
        }
    }

    fn with(self, other: &Candidate) -> Self {
        Candidate {
            permissions: self.permissions | other.permissions,
            stated: self.stated | other.stated,
            sure: self.sure | other.sure,
            possible: self.possible | other.possible,
        }
    }

    fn union(all: &[Candidate]) -> Self {
        all.iter().fold(Candidate::default(), Candidate::with)
    }
}

/// Writable permissions that fit and give something; those that administer only where some need asks for administration.
fn candidates(platform: &Platform, kind: &AssetType, needs: u64) -> Vec<Candidate> {
    let fitting = |admin: bool| {
        platform
            .permissions_in(kind.permissions)
            .filter(move |permission| permission.writable && permission.admin == admin)
            .filter_map(|permission| platform.permission_bit(permission.word))
            .map(|bit| Candidate::of(platform, bit))
            .filter(|candidate| candidate.possible & needs != 0)
            .collect::<Vec<_>>()
    };
    let mut candidates = fitting(false);
    if needs & !Candidate::union(&candidates).possible != 0 {
        candidates.extend(fitting(true));
    }
    candidates
}

fn subsets(candidates: &[Candidate]) -> impl Iterator<Item = Candidate> {
    (0..1_u32 << candidates.len()).map(|chosen| {
        candidates
            .iter()
            .enumerate()
            .filter(|(index, _)| chosen & (1 << index) != 0)
            .fold(Candidate::default(), |sum, (_, one)| sum.with(one))
    })
}

/// The summed weights of the capabilities of a mask.
fn weight(platform: &Platform, mask: u64) -> u64 {
    platform
        .capabilities
        .iter()
        .enumerate()
        .filter(|(index, _)| mask & (1 << index) != 0)
        .map(|(_, capability)| u64::from(capability.weight))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::by_name;

    fn pinterest() -> &'static Platform {
        by_name("pinterest").unwrap()
    }

    fn mask(names: &[&str]) -> u64 {
        names.iter().fold(0, |mask, name| mask | pinterest().capability_bit(name).unwrap())
    }

    fn answer(kind: &str, needs: &[&str]) -> Option<(Vec<&'static str>, MinimalSet)> {
        let kind = pinterest().asset_type(kind).unwrap();
        let set = minimal_set(pinterest(), kind, mask(needs))?;
        Some((pinterest().words(set.permissions), set))
    }

    fn words(kind: &str, needs: &[&str]) -> Vec<&'static str> {
        answer(kind, needs).unwrap().0
    }

    #[test]
    fn running_campaigns_takes_the_campaign_manager_alone() {
        let (words, set) = answer("AD_ACCOUNT", &["edit-campaigns", "view-reporting"]).unwrap();
        assert_eq!(words, ["CAMPAIGN_MANAGER"]);
        assert!(set.certain);
        let excess = ["view-billing", "view-conversion-tags", "edit-conversion-tags"];
        let also = ["view-audiences", "upload-conversions"];
        assert_eq!(set.excess, mask(&excess) | mask(&also));
    }

    #[test]
    fn looking_takes_less_than_changing() {
        assert_eq!(words("AD_ACCOUNT", &["view-reporting"]), ["ANALYST"]);
        assert_eq!(words("AD_ACCOUNT", &["view-billing"]), ["FINANCE_VIEW"]);
        assert_eq!(words("CATALOG", &["view-catalogs"]), ["CATALOGS_VIEWER"]);
    }

    #[test]
    fn equal_sets_go_by_the_order_of_the_table() {
        let (words, set) = answer("AD_ACCOUNT", &["edit-billing"]).unwrap();
        assert_eq!(words, ["FINANCE_MANAGER"]);
        assert!(set.certain);
        assert_eq!(set.excess, mask(&["view-billing"]));
    }

    #[test]
    fn needs_of_two_trades_take_two_permissions_and_no_admin() {
        assert_eq!(words("AD_ACCOUNT", &["edit-campaigns", "edit-billing"]), ["CAMPAIGN_MANAGER", "FINANCE_MANAGER"]);
        assert_eq!(
            words("AD_ACCOUNT", &["edit-audiences", "edit-data-sources"]),
            ["AUDIENCE_MANAGER", "CATALOGS_MANAGER"]
        );
    }

    #[test]
    fn administration_is_given_only_when_asked_for() {
        let (words, set) = answer("AD_ACCOUNT", &["administer"]).unwrap();
        assert_eq!(words, ["ADMIN"]);
        assert_ne!(set.excess & mask(&["edit-billing"]), 0);
        let both = answer("AD_ACCOUNT", &["administer", "edit-conversion-tags"]).unwrap();
        assert_eq!(both.0, ["ADMIN"]);
    }

    #[test]
    fn an_undecided_cell_covers_nothing_and_brings_no_admin_either() {
        let kind = pinterest().asset_type("AD_ACCOUNT").unwrap();
        let needs = mask(&["edit-conversion-tags", "view-reporting"]);
        assert_eq!(minimal_set(pinterest(), kind, needs), None);
        let unmet = unmet(pinterest(), kind, needs);
        assert_eq!(unmet.undecided, mask(&["edit-conversion-tags"]));
        assert_eq!(unmet.missing, 0);
    }

    #[test]
    fn a_need_that_the_asset_type_does_not_know_is_named() {
        let kind = pinterest().asset_type("PROFILE").unwrap();
        let needs = mask(&["edit-campaigns", "create-pins"]);
        assert_eq!(minimal_set(pinterest(), kind, needs), None);
        let unmet = unmet(pinterest(), kind, needs);
        assert_eq!(unmet.missing, mask(&["edit-campaigns"]));
        assert_eq!(unmet.undecided, 0);
        assert_eq!(words("PROFILE", &["create-pins"]), ["PROFILE_PUBLISHER"]);
    }

    #[test]
    fn inferred_cells_and_undocumented_groups_are_not_certain() {
        assert!(!answer("AD_ACCOUNT", &["view-billing"]).unwrap().1.certain);
        assert!(!answer("ASSET_GROUP", &["view-reporting"]).unwrap().1.certain);
        assert!(answer("AD_ACCOUNT", &["view-reporting"]).unwrap().1.certain);
    }

    #[test]
    fn nothing_needed_is_no_grant() {
        let kind = pinterest().asset_type("AD_ACCOUNT").unwrap();
        assert_eq!(minimal_set(pinterest(), kind, 0), None);
        assert_eq!(unmet(pinterest(), kind, 0), Unmet { undecided: 0, missing: 0 });
    }

    /// Every pair and triple of needs on every asset type: an answer and unmet needs exclude each other, an answer covers, is
    /// writable, fits, and no permission of it could be left out.
    #[test]
    fn answers_cover_and_spare() {
        let platform = pinterest();
        let count = platform.capabilities.len();
        for kind in platform.asset_types {
            for (a, b, c) in triples(count) {
                let needs = 1_u64 << a | 1 << b | 1 << c;
                let unmet = unmet(platform, kind, needs);
                let Some(set) = minimal_set(platform, kind, needs) else {
                    assert_ne!(unmet.undecided | unmet.missing, 0);
                    continue;
                };
                assert_eq!(unmet.undecided | unmet.missing, 0);
                check(platform, kind, needs, set);
            }
        }
    }

    fn triples(count: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..count).flat_map(move |a| (a..count).flat_map(move |b| (b..count).map(move |c| (a, b, c))))
    }

    fn check(platform: &Platform, kind: &AssetType, needs: u64, set: MinimalSet) {
        let covers = |mask| platform.capabilities_of(mask, Certainty::Inferred) & needs == needs;
        assert!(covers(set.permissions));
        assert_eq!(set.permissions & !kind.permissions, 0);
        for permission in platform.permissions_in(set.permissions) {
            let bit = platform.permission_bit(permission.word).unwrap();
            assert!(permission.writable);
            assert!(!covers(set.permissions & !bit), "{} is idle", permission.word);
        }
    }
}
