//! What a text in an export must look like, whatever the export's form.

use jiff::Timestamp;

use crate::source::nearest;

/// No word of a platform is longer, and no message should quote more.
const WORD_LENGTH: usize = 100;

/// An id: digits only, at most so many. They stay texts, because they overflow 64 bits.
pub(super) fn id(text: &str, digits: usize) -> Result<(), String> {
    if text.len() > digits {
        let length = text.len();
        return Err(format!(
            "the id `{}` has {length} characters, at most {digits} digits are possible",
            shortened(text)
        ));
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let advice =
        if by_spreadsheet(text) { "; a spreadsheet has made a number of it: export the column as text" } else { "" };
    Err(format!("the id `{}` is not a text of digits{advice}", shortened(text)))
}

/// A word of the platform (role, type, permission, state), known or not: it must be able to stand in a list of words.
pub(super) fn word(text: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b";,|=\"'`".contains(&byte);
    if text.len() <= WORD_LENGTH && !text.is_empty() && text.bytes().all(fits) {
        return Ok(());
    }
    Err(format!(
        "`{}` can't be a word of the platform: letters, digits and `_`, at most {WORD_LENGTH}",
        shortened(text)
    ))
}

/// A moment as RFC 3339 writes it.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{}` is not a moment such as `2026-11-22T10:00:00Z`", shortened(text)))
}

/// A name: any text, word for word; who prints it makes it visible. Only NUL can't be meant.
pub(super) fn text(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err(format!("`{}` holds a NUL character", shortened(text)));
    }
    Ok(())
}

/// An address or user name: nothing around it and nothing invisible in it, so that it compares equal to what people write.
pub(super) fn handle(text: &str) -> Result<(), String> {
    if let Some(character) = text.chars().find(|character| character.is_control()) {
        return Err(format!("`{}` holds the control character U+{:04X}", shortened(text), character as u32));
    }
    if text.trim() == text {
        return Ok(());
    }
    Err(format!("`{}` has spaces around it", shortened(text)))
}

/// What to say to a word that none of the known ones is.
pub(super) fn choices(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of: {}", known.join(", ")),
    }
}

/// The beginning of a text, for messages: foreign texts may be megabytes, and may try to write to the terminal.
pub(super) fn shortened(text: &str) -> String {
    let mut characters = text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character });
    let start: String = characters.by_ref().take(60).collect();
    match characters.next() {
        Some(_) => format!("{start}..."),
        None => start,
    }
}

/// `1.23457E+17` and `123456789012345000.0`: what spreadsheets make of long ids.
fn by_spreadsheet(text: &str) -> bool {
    let number = text.contains(['.', ',']) || text.contains(['e', 'E']);
    number
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || b".,eE+-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_digits_and_keep_their_length() {
        assert_eq!(id("0012345678901234567890123", 25), Ok(()));
        let long = id("12345678901234567890123456", 25).unwrap_err();
        assert!(long.contains("26 characters, at most 25 digits"), "{long}");
        for wrong in ["", "12a", "-1", " 12", "１２", "1 2"] {
            let message = id(wrong, 25).unwrap_err();
            assert!(message.ends_with("is not a text of digits"), "{message}");
        }
        let sheet = id("5.49756E+17", 25).unwrap_err();
        assert!(sheet.contains("spreadsheet"), "{sheet}");
    }

    #[test]
    fn words_can_stand_in_lists() {
        assert_eq!(word("RESOURCE_PINNER-LIST.2"), Ok(()));
        for wrong in ["", "A;B", "A,B", "A=B", "A|B", "A B", "Ä", "A\u{0}"] {
            assert!(word(wrong).is_err(), "{wrong}");
        }
        assert!(word(&"A".repeat(101)).is_err());
    }

    #[test]
    fn moments_have_a_zone() {
        assert!(moment("2026-11-22T10:00:00Z").is_ok());
        assert!(moment("2026-11-22T10:00:00+01:00").is_ok());
        for wrong in ["2026-11-22", "22.11.2026 10:00", "2026-11-22T10:00:00", ""] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_free_and_handles_are_not() {
        assert_eq!(text("Ana Ruíz,\n\"Acme\"\t"), Ok(()));
        assert!(text("a\u{0}b").is_err());
        let message = handle("a\u{1b}[2J").unwrap_err();
        assert!(message.contains("U+001B") && !message.contains('\u{1b}'));
        assert!(handle("ana@acme.example ").is_err());
        assert!(handle("ana@acme.example").is_ok());
    }

    #[test]
    fn messages_quote_no_more_than_a_line() {
        assert_eq!(shortened(&"é".repeat(100)).chars().count(), 63);
    }
}
