//! Foreign text made safe and honest for a terminal.
//!
//! A name in an export or a line in a file can hold escape sequences that move the cursor, rewrite what was printed above or
//! set the clipboard, and characters that can't be seen or turn the reading direction. All of them are shown as `\u{1b}`.

use std::borrow::Cow;

/// Text for one line: control, direction and invisible characters are shown as escapes, a line break too.
///
/// Joiners and variation selectors stay where writing needs them (after a character that is not ASCII).
pub fn line(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars() {
        push(&mut safe, before, character);
        before = Some(character);
    }
    Cow::Owned(safe)
}

/// The same text with a visible character in the place of every hidden one, so that columns keep their numbers. Tabs stay.
pub fn same_length(text: &str) -> String {
    let mut before = None;
    text.chars()
        .map(|character| {
            let shown = match character {
                '\t' => character,
                _ if is_hidden(before, character) => stand_in(character),
                _ => character,
            };
            before = Some(character);
            shown
        })
        .collect()
}

/// The control picture of an ASCII control character, else the replacement character.
fn stand_in(hidden: char) -> char {
    let picture = match u32::from(hidden) {
        code @ 0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    picture.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn push(to: &mut String, before: Option<char>, character: char) {
    match character {
        '\t' => to.push_str("\\t"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        _ if is_hidden(before, character) => to.extend(character.escape_unicode()),
        _ => to.push(character),
    }
}

fn is_hidden(before: Option<char>, character: char) -> bool {
    if is_joiner(character) {
        return before.is_none_or(|before| before.is_ascii() || joins_nothing(before, character));
    }
    character.is_control() || is_invisible(character)
}

/// Zero-width (non-)joiner and variation selectors: part of many scripts and of emoji, and a disguise anywhere else.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Two joiners in a row, but for a variation selector and then a zero-width joiner (`❤️‍🔥`).
fn joins_nothing(before: char, joiner: char) -> bool {
    let selects = |c: char| matches!(c, '\u{fe00}'..='\u{fe0f}');
    is_joiner(before) && !(selects(before) && joiner == '\u{200d}')
}

/// Characters that take no place, or turn the direction of what follows (Unicode: default ignorable, line and paragraph
/// separators, interlinear marks).
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(line("bo@acme.example"), Cow::Borrowed(_)));
    }

    #[test]
    fn letters_of_every_script_and_emoji_stay() {
        for text in ["Zoë Müller", "田中", "محمد", "می‌خواهم", "👩‍💻", "❤️", "❤️\u{200d}🔥"]
        {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(line("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(line("\u{9b}31mred"), "\\u{9b}31mred");
        assert_eq!(line("a\u{7}\u{8}\0"), "a\\u{7}\\u{8}\\u{0}");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(line("a\u{2028}b\u{85}c"), "a\\u{2028}b\\u{85}c");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(line("b\u{200b}o@acme.example"), "b\\u{200b}o@acme.example");
        assert_eq!(line("x\u{202e}gpj.exe"), "x\\u{202e}gpj.exe");
        assert_eq!(line("b\u{200d}o"), "b\\u{200d}o");
        assert_eq!(line("田\u{200d}\u{200d}中"), "田\u{200d}\\u{200d}中");
    }

    #[test]
    fn columns_keep_their_numbers() {
        let text = "a\u{1b}\u{7f}\u{202e}\u{9b}\té";
        assert_eq!(same_length(text), "a␛␡��\té");
        assert_eq!(same_length(text).chars().count(), text.chars().count());
    }

    proptest! {
        #[test]
        fn nothing_hostile_remains(text in any::<String>()) {
            let safe = line(&text);
            let hostile = |c: &char| c.is_control() || is_invisible(*c);
            prop_assert_eq!(safe.chars().find(hostile), None);
            prop_assert_eq!(same_length(&text).chars().filter(|c| *c != '\t').find(hostile), None);
        }
    }
}
