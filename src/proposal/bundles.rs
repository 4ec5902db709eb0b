//! Names for sets of permissions, and the profiles made of those that are used often.

use std::collections::{BTreeMap, BTreeSet};

use crate::platforms::Platform;

use super::keys::{shortened, slug, unique};

/// A set that stands in this many grants becomes a profile.
const OFTEN: usize = 3;
/// Names of sets longer than this, in characters, end in a count.
const LONGEST: usize = 48;

/// Profiles by their permissions.
pub(super) struct Profiles(BTreeMap<u32, String>);

impl Profiles {
    /// A profile for each set that occurs often among the sets of all written grants.
    pub fn of(platform: &Platform, uses: impl IntoIterator<Item = u32>) -> Self {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for mask in uses {
            *counts.entry(mask).or_default() += 1;
        }
        counts.retain(|_, count| *count >= OFTEN);
        let masks: Vec<u32> = counts.into_keys().collect();
        let wanted: Vec<(String, String)> =
            masks.iter().map(|&mask| (name(platform, mask), platform.words(mask).join(";"))).collect();
        let keys = unique(&wanted, &mut BTreeSet::new());
        Profiles(masks.into_iter().zip(keys).collect())
    }

    /// The profile of a set.
    pub fn key(&self, mask: u32) -> Option<&str> {
        self.0.get(&mask).map(String::as_str)
    }

    /// Keys and permissions, by key.
    pub fn by_key(&self) -> BTreeMap<&str, u32> {
        self.0.iter().map(|(mask, key)| (key.as_str(), *mask)).collect()
    }
}

/// A name that says what a set holds: `campaign-manager`, `audience-and-campaign-manager`, `admin-analyst-and-3-more`.
pub(super) fn name(platform: &Platform, mask: u32) -> String {
    let titles = titles(platform, mask);
    let full = join(&factored(&titles));
    if full.len() <= LONGEST {
        return full;
    }
    let few = titles.get(..2).unwrap_or(&titles);
    let more = format!("-and-{}-more", titles.len() - few.len());
    let few = few.join("-");
    format!("{}{more}", shortened(&few, LONGEST - more.len()))
}

/// What people with a set are called: `campaign-managers`.
pub(super) fn people_name(platform: &Platform, mask: u32) -> String {
    let name = name(platform, mask);
    match name.ends_with("-more") {
        true => name,
        false => format!("{name}s"),
    }
}

/// Administration first, then the order of the platform's table.
fn titles(platform: &Platform, mask: u32) -> Vec<String> {
    let (admins, others): (Vec<_>, Vec<_>) = platform.permissions_in(mask).partition(|permission| permission.admin);
    let all = admins.into_iter().chain(others);
    all.map(|permission| slug(permission.title)).collect()
}

/// `audience-manager`, `campaign-manager` as `audience`, `campaign-manager`: the last word that most share is said once, at the end.
fn factored(titles: &[String]) -> Vec<String> {
    let last = |title: &str| title.rsplit_once('-').map(|(_, word)| word.to_owned());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in titles.iter().filter_map(|title| last(title)) {
        *counts.entry(word).or_default() += 1;
    }
    let shared = counts.into_iter().filter(|(_, count)| *count > 1);
    let Some((word, _)) = shared.max_by_key(|(_, count)| *count) else {
        return titles.to_vec();
    };
    let suffix = format!("-{word}");
    let (sharing, alone): (Vec<&String>, Vec<&String>) = titles.iter().partition(|title| title.ends_with(&suffix));
    let heads = sharing.iter().map(|title| title.trim_end_matches(suffix.as_str()).to_owned());
    let mut words: Vec<String> = alone.into_iter().cloned().chain(heads).collect();
    if let Some(end) = words.last_mut() {
        end.push_str(&suffix);
    }
    words
}

fn join(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [some @ .., last] => format!("{}-and-{last}", some.join("-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::by_name;

    fn mask(words: &[&str]) -> u32 {
        let platform = by_name("pinterest").unwrap();
        words.iter().map(|word| platform.permission_bit(word).unwrap()).sum()
    }

    #[test]
    fn names_say_what_is_in_a_set() {
        let platform = by_name("pinterest").unwrap();
        for (words, expected) in [
            (&["ADMIN"][..], "admin"),
            (&["CAMPAIGN_MANAGER"], "campaign-manager"),
            (&["CAMPAIGN_MANAGER", "CATALOGS_MANAGER"], "campaign-and-catalogs-manager"),
            (&["ANALYST", "FINANCE_VIEW"], "analyst-and-finance-viewer"),
            (&["ANALYST", "AUDIENCE_MANAGER", "CAMPAIGN_MANAGER"], "analyst-audience-and-campaign-manager"),
            (
                &["ADMIN", "ANALYST", "AUDIENCE_MANAGER", "CAMPAIGN_MANAGER", "CATALOGS_MANAGER", "FINANCE_MANAGER"],
                "admin-analyst-and-4-more",
            ),
        ] {
            assert_eq!(name(platform, mask(words)), expected);
        }
        assert_eq!(people_name(platform, mask(&["ANALYST"])), "analysts");
    }

    #[test]
    fn often_means_three_times_and_equal_names_are_told_apart() {
        let platform = by_name("pinterest").unwrap();
        let common = ["ADMIN", "ANALYST", "AUDIENCE_MANAGER", "CAMPAIGN_MANAGER", "CATALOGS_MANAGER"];
        let one = mask(&common) | mask(&["FINANCE_VIEW"]);
        let other = mask(&common) | mask(&["FINANCE_EDIT"]);
        let rare = mask(&["ANALYST"]);
        let profiles = Profiles::of(platform, [one, other, rare, other, one, one, other, rare]);
        assert_eq!(profiles.key(rare), None);
        assert_eq!(profiles.key(other), Some("admin-analyst-and-4-more"));
        assert_eq!(profiles.key(one), Some("admin-analyst-and-4-more-2"));
        assert_eq!(profiles.by_key().len(), 2);
    }
}
