//! "did you mean": the nearest of the words that would have been right.

use strsim::damerau_levenshtein;

/// The candidate nearest to `word`, or `None` where none is near enough to be what was meant. Of equally near ones the first.
///
/// Case, `-` and `_` don't count as differences (`AdAccounts`, `ad_accounts`), swapped neighbours count as one. A word of `n`
/// characters may differ in `n / 3` places, at least one.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let length = folded.chars().count();
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| (distance(&folded, length, limit, candidate), candidate))
        .filter(|(distance, candidate)| near_enough(*distance, limit, length, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words of one letter resemble nothing: only the same letter in another case is near.
fn near_enough(distance: usize, limit: usize, length: usize, candidate: &str) -> bool {
    let shorter = length.min(candidate.chars().count());
    distance <= limit && (distance < shorter)
}

/// The distance to a candidate, or one more than `limit` where the lengths alone tell that it is too far: hostile words may be
/// megabytes long and the comparison is quadratic.
fn distance(folded: &str, length: usize, limit: usize, candidate: &str) -> usize {
    let candidate = fold(candidate);
    if candidate.chars().count().abs_diff(length) > limit || length > MAX_LENGTH {
        return limit + 1;
    }
    damerau_levenshtein(folded, &candidate)
}

/// Nobody mistypes a longer word.
const MAX_LENGTH: usize = 200;

fn fold(word: &str) -> String {
    word.chars().filter(|character| !matches!(character, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = ["grants", "members", "owners", "reason", "ticket", "until"];

    #[test]
    fn a_typing_error_finds_its_word() {
        assert_eq!(nearest("grnats", KEYS), Some("grants"));
        assert_eq!(nearest("member", KEYS), Some("members"));
        assert_eq!(nearest("tickets", KEYS), Some("ticket"));
        assert_eq!(nearest("utnil", KEYS), Some("until"));
    }

    #[test]
    fn case_and_separators_are_no_difference() {
        let words = ["CAMPAIGN_MANAGER", "CATALOGS_MANAGER"];
        assert_eq!(nearest("campaign-manager", words), Some("CAMPAIGN_MANAGER"));
        assert_eq!(nearest("Catalogue Manager", words), Some("CATALOGS_MANAGER"));
    }

    #[test]
    fn something_else_finds_nothing() {
        assert_eq!(nearest("permissions", KEYS), None);
        assert_eq!(nearest("x", KEYS), None);
        assert_eq!(nearest("", KEYS), None);
        assert_eq!(nearest("on", ["no"]), Some("no"));
        assert_eq!(nearest("a", ["b", "A"]), Some("A"));
    }

    #[test]
    fn equally_near_ones_go_by_order() {
        assert_eq!(nearest("bat", ["cat", "hat"]), Some("cat"));
        assert_eq!(nearest("bat", ["hat", "cat"]), Some("hat"));
    }

    #[test]
    fn a_hostile_word_costs_nothing() {
        let word = "x".repeat(1_000_000);
        let candidate = "y".repeat(1_000_001);
        assert_eq!(nearest(&word, [candidate.as_str()]), None);
    }
}
