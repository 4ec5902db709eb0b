//! Keys made from names: readable, unique, the same whatever the order of the records.

use std::collections::BTreeSet;

/// Longest key made from a name, in characters, before a number is put behind it.
const LONGEST: usize = 60;

/// A key made from a name: lower case, letters without their marks, one `-` for everything else. Empty where nothing is left.
///
/// Letters of scripts other than Latin stay as they are: keys may hold them.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match latin(c) {
            Some(letters) => slug.push_str(letters),
            None if is_mark(c) => {}
            None if c.is_alphanumeric() => slug.push(c),
            None if slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    shortened(slug.trim_matches('-'), LONGEST).to_owned()
}

/// A key made from a name, else from a kind of thing and its id.
pub(super) fn named_or_numbered(name: Option<&str>, kind: &str, id: &str) -> String {
    match slug(name.unwrap_or_default()) {
        key if key.is_empty() => slug(&format!("{kind}-{id}")),
        key => key,
    }
}

/// A name for a file: only ASCII letters, digits and `-`; never empty, never a device of Windows.
pub(super) fn file_name(key: &str) -> String {
    let ascii: String = slug(key).chars().filter(char::is_ascii).collect();
    let name = ascii.trim_matches('-');
    match name {
        "" => "other".to_owned(),
        "con" | "prn" | "aux" | "nul" => format!("{name}-"),
        _ if is_numbered_device(name) => format!("{name}-"),
        _ => name.to_owned(),
    }
}

/// A key for each pair of a wanted key and a text that tells equal ones apart (an id). Nothing in `taken` is given out.
///
/// The first of equal ones in the order of their texts keeps the wanted key, the next gets `-2`.
pub(super) fn unique(wanted: &[(String, String)], taken: &mut BTreeSet<String>) -> Vec<String> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&index| &wanted[index]);
    let mut keys = vec![String::new(); wanted.len()];
    // Whoever wants `nova-2` for its name gets it before a second `nova` does.
    for &index in &order {
        if taken.insert(wanted[index].0.clone()) {
            keys[index].clone_from(&wanted[index].0);
        }
    }
    for index in order {
        let mut number = 2;
        while keys[index].is_empty() {
            let key = format!("{}-{number}", wanted[index].0);
            number += 1;
            if taken.insert(key.clone()) {
                keys[index] = key;
            }
        }
    }
    keys
}

/// Whether an address or user name can be the key of a person.
pub(super) fn is_person_key(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_.@+'".contains(c);
    (1..=128).contains(&text.chars().count()) && text.chars().all(fits)
}

/// Whether a text is an id as files hold it: up to 25 digits.
pub(super) fn is_id(text: &str) -> bool {
    (1..=25).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Cuts a key at a `-`, where it is longer than a limit in characters.
pub(super) fn shortened(key: &str, limit: usize) -> &str {
    let Some((end, _)) = key.char_indices().nth(limit) else {
        return key;
    };
    let head = &key[..end];
    let word = head.rfind('-').filter(|&place| place > end / 2);
    head[..word.unwrap_or(end)].trim_end_matches('-')
}

/// Latin letters with marks, and ligatures, as plain letters.
fn latin(c: char) -> Option<&'static str> {
    let plain = match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\'' | '’' => "",
        _ => return None,
    };
    Some(plain)
}

/// Marks that stand behind their letter in decomposed text.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_numbered_device(name: &str) -> bool {
    let number = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    number.is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_readable_keys() {
        for (name, key) in [
            ("Acme Retail GmbH & Co. KG", "acme-retail-gmbh-co-kg"),
            ("  Åre – Göteborg / Łódź ", "are-goeteborg-lodz"),
            ("Müller's Straße", "muellers-strasse"),
            ("Cafe\u{301} Noir", "cafe-noir"),
            ("東京 Store", "東京-store"),
            ("../../etc/passwd", "etc-passwd"),
            ("🎉🎉", ""),
            ("", ""),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(slug(name), key, "{name}");
        }
        assert!(slug(&"word ".repeat(100)).len() <= LONGEST);
        assert!(!slug(&"word ".repeat(100)).ends_with('-'));
    }

    #[test]
    fn file_names_stay_inside_and_off_devices() {
        for (key, name) in [
            ("nova", "nova"),
            ("東京-store", "store"),
            ("東京", "other"),
            ("..", "other"),
            ("con", "con-"),
            ("lpt1", "lpt1-"),
            ("compact", "compact"),
        ] {
            assert_eq!(file_name(key), name);
        }
    }

    #[test]
    fn equal_names_are_told_apart_in_any_order() {
        let wanted = [("nova", "9"), ("nova", "1"), ("nova-2", "5"), ("nova", "3")];
        let wanted = wanted.map(|(key, id)| (key.to_owned(), id.to_owned()));
        let keys = unique(&wanted, &mut BTreeSet::new());
        assert_eq!(keys, ["nova-4", "nova", "nova-2", "nova-3"]);
        let mut reversed = wanted.clone();
        reversed.reverse();
        let mut again = unique(&reversed, &mut BTreeSet::new());
        again.reverse();
        assert_eq!(again, keys);
        let mut taken = BTreeSet::from(["nova".to_owned()]);
        assert_eq!(unique(&wanted[..1], &mut taken), ["nova-2"]);
    }

    #[test]
    fn addresses_and_ids_are_recognised() {
        assert!(is_person_key("o'hara+ads@acme.example"));
        assert!(!is_person_key(""));
        assert!(!is_person_key("ana ruiz@acme.example"));
        assert!(!is_person_key("ana@acme.example\n"));
        assert!(!is_person_key(&"a".repeat(129)));
        assert!(is_id("0123456789012345678901234"));
        assert!(!is_id("01234567890123456789012345"));
        assert!(!is_id("12a"));
        assert!(!is_id("١٢"));
    }
}
