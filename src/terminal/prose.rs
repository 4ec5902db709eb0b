//! Numbers and lists as people read them.

/// A number with its thousands apart: `1,234`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 person`, `1,234 people`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// [`count`] of a list's length.
pub fn len<T>(items: &[T], one: &str, many: &str) -> String {
    count(items.len() as u64, one, many)
}

/// A command that a shell takes as these words.
pub fn command<T: AsRef<str>>(words: &[T]) -> String {
    let plain = |word: &str| {
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
        !word.is_empty() && word.bytes().all(harmless)
    };
    let quoted = |word: &T| match word.as_ref() {
        word if plain(word) => word.to_owned(),
        word => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first `shown` items, and always how many are left out: `a, b and 12 more`.
pub fn list_some<T: AsRef<str>>(items: &[T], shown: usize) -> String {
    // "a, b and 1 more" would be no shorter than naming it.
    if items.len() <= shown + 1 {
        return list(items);
    }
    let (named, rest) = items.split_at(shown);
    let named: Vec<&str> = named.iter().map(AsRef::as_ref).collect();
    format!("{} and {} more", named.join(", "), number(rest.len() as u64))
}

/// Phrases that may hold commas themselves, the first `shown` of them: `a, b and c; d; 3 more`.
pub fn phrases<T: AsRef<str>>(items: &[T], shown: usize) -> String {
    let shown = if items.len() <= shown + 1 { items.len() } else { shown };
    let named = items.iter().take(shown).map(|item| item.as_ref().to_owned());
    let more = items.len() - shown;
    let more = (more > 0).then(|| format!("{} more", number(more as u64)));
    named.chain(more).collect::<Vec<_>>().join("; ")
}

/// The text with its first letter in upper case.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        let shown = [0, 7, 999, 1000, 12_345, 1_234_567].map(number);
        assert_eq!(shown, ["0", "7", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn one_is_singular_and_none_is_plural() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(0, "person", "people"), "0 people");
        assert_eq!(len(&[1, 2], "person", "people"), "2 people");
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn a_shortened_list_tells_how_many_are_left_out() {
        assert_eq!(list_some(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(list_some(&["a", "b", "c"], 2), "a, b and c");
        assert_eq!(list_some(&["a", "b"], 2), "a and b");
    }

    #[test]
    fn phrases_may_hold_commas() {
        assert_eq!(phrases(&["a, b and c", "d", "e", "f"], 2), "a, b and c; d; 2 more");
        assert_eq!(phrases(&["a", "b", "c"], 2), "a; b; c");
        assert_eq!(phrases::<&str>(&[], 2), "");
    }

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(sentence("élan vital"), "Élan vital");
        assert_eq!(sentence(""), "");
    }
}
