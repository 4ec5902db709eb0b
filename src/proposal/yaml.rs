//! YAML as people write it: one line for a person, a grant, an account; quotes only where they are needed.
//!
//! `serde_yaml` can't lay out flow style and leaves texts such as `2024-01-01` or `1:30` unquoted, which YAML 1.1 readers take
//! for dates and numbers; so the few scalars and lists of an access document are written here. Tests read everything back.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Longer lines than this, in characters, become blocks. (A long text stays on its line.)
const WIDTH: usize = 120;

/// Words that some reader of YAML takes for something else than a text.
const NOT_TEXT: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];

/// A text as a scalar that every reader takes for this text: plain where that is safe, else in double quotes.
pub(super) fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(quoted(text)) }
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ => push_visible(&mut out, c),
        }
    }
    out.push('"');
    out
}

/// A foreign text inside a comment: in backticks, on one line, and no longer than is useful.
pub(super) fn remark(text: &str) -> String {
    let mut out = String::from('`');
    for c in text.chars().take(80) {
        push_visible(&mut out, c);
    }
    out.push_str(if text.chars().nth(80).is_some() { "…`" } else { "`" });
    out
}

/// A value of an entry.
pub(super) enum Value<'a> {
    /// Written already, on one line.
    Written(String),
    /// A list of texts, in brackets.
    Texts(Vec<&'a str>),
    /// Items of a block list, each with its lines.
    Items(Vec<Vec<String>>),
}

/// Keys and values of an entry.
pub(super) type Fields<'a> = Vec<(&'static str, Value<'a>)>;

impl Value<'_> {
    /// A text.
    pub fn text(text: &str) -> Self {
        Value::Written(scalar(text).into_owned())
    }

    /// An id: always in quotes, because numbers lose digits.
    pub fn id(id: &str) -> Self {
        Value::Written(quoted(id))
    }

    fn on_one_line(&self) -> Option<String> {
        match self {
            Value::Written(text) => Some(text.clone()),
            Value::Texts(texts) => Some(list(texts)),
            Value::Items(_) => None,
        }
    }
}

/// The lines of an entry of a map: one where everything fits, else a block.
pub(super) fn entry(key: &str, fields: &[(&str, Value<'_>)]) -> Vec<String> {
    let written = scalar(key);
    match on_one_line(fields, 2 + written.chars().count() + 2) {
        Some(flow) => vec![format!("{written}: {flow}")],
        None => block(key, fields),
    }
}

/// The lines of an entry of a map, one for each field at least.
pub(super) fn block(key: &str, fields: &[(&str, Value<'_>)]) -> Vec<String> {
    let mut lines = vec![format!("{}:", scalar(key))];
    for (name, value) in fields {
        let field = field(name, value, 4);
        lines.extend(field.into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// The lines of an item of a list, starting with `- `, for a place `indent` columns to the right.
pub(super) fn item(indent: usize, fields: &[(&str, Value<'_>)]) -> Vec<String> {
    if let Some(flow) = on_one_line(fields, indent + 2) {
        return vec![format!("- {flow}")];
    }
    let lines = fields.iter().flat_map(|(name, value)| field(name, value, indent + 2));
    let mut lines: Vec<String> = lines.map(|line| format!("  {line}")).collect();
    if let Some(first) = lines.first_mut() {
        first.replace_range(..1, "-");
    }
    lines
}

/// A list of texts on one line.
pub(super) fn list(texts: &[&str]) -> String {
    let texts: Vec<Cow<'_, str>> = texts.iter().map(|text| scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Writes a character so that it can be seen and stays on its line.
fn push_visible(out: &mut String, c: char) {
    // Writing into a string never fails.
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\t' => write!(out, "\\t"),
        '\r' => write!(out, "\\r"),
        c if !is_hidden(c) => write!(out, "{c}"),
        c if u32::from(c) <= 0xff => write!(out, "\\x{:02x}", u32::from(c)),
        c if u32::from(c) <= 0xffff => write!(out, "\\u{:04x}", u32::from(c)),
        c => write!(out, "\\U{:08x}", u32::from(c)),
    };
}

/// Characters that don't show, break a line or turn the direction of writing: hostile names are made of them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xa0 | 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xfff0..=0xfffb | 0xe0000..=0xe007f)
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a text can stand without quotes, also inside brackets and as a key.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || " -_.@+/()'&".contains(c);
    let edge = |c: char| c.is_alphanumeric() || "._)".contains(c);
    (text.starts_with(char::is_alphabetic) || text.starts_with("../"))
        && text.chars().next_back().is_some_and(edge)
        && text.chars().all(inside)
        && text.chars().count() <= WIDTH
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn fits(column: usize, text: &str) -> bool {
    column + text.chars().count() <= WIDTH
}

/// All fields in braces, where that is possible and fits behind a column.
fn on_one_line(fields: &[(&str, Value<'_>)], column: usize) -> Option<String> {
    let fields = fields.iter();
    let written = fields.map(|(name, value)| Some(format!("{name}: {}", value.on_one_line()?)));
    let written: Vec<String> = written.collect::<Option<_>>()?;
    let flow = match written.as_slice() {
        [] => "{}".to_owned(),
        some => format!("{{ {} }}", some.join(", ")),
    };
    fits(column, &flow).then_some(flow)
}

/// The lines of a field that starts in a column.
fn field(name: &str, value: &Value<'_>, column: usize) -> Vec<String> {
    match value {
        Value::Written(text) => vec![format!("{name}: {text}")],
        Value::Texts(texts) => listed(name, texts, column),
        Value::Items(items) if items.is_empty() => vec![format!("{name}: []")],
        Value::Items(items) => {
            let items = items.iter().flatten().map(|line| format!("  {line}"));
            std::iter::once(format!("{name}:")).chain(items).collect()
        }
    }
}

/// A list in brackets where it fits on its line, else a line for each item: the form that `accord fmt` gives it.
fn listed(name: &str, texts: &[&str], column: usize) -> Vec<String> {
    let line = format!("{name}: {}", list(texts));
    if fits(column, &line) {
        return vec![line];
    }
    let items = texts.iter().map(|text| format!("  - {}", scalar(text)));
    std::iter::once(format!("{name}:")).chain(items).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> serde_yaml::Value {
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    #[test]
    fn ordinary_names_have_no_quotes() {
        for text in [
            "ana@acme.example",
            "Acme France",
            "Acme (EMEA)",
            "CAMPAIGN_MANAGER",
            "Müller & Söhne",
            "a/b",
            "O'Hara",
            "東京",
        ] {
            assert_eq!(scalar(text), text);
            assert_eq!(read(&list(&[text]))[0].as_str(), Some(text));
        }
    }

    #[test]
    fn what_a_reader_could_take_for_something_else_is_quoted() {
        for text in [
            "",
            " ",
            "no",
            "On",
            "YES",
            "y",
            "null",
            "~",
            "true",
            "1e3",
            "0123",
            "0x1f",
            "1:30",
            "2024-01-01",
            ".5",
            "-",
            "- a",
            "? a",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "[a]",
            "{a}",
            "a,b",
            "a ",
            " a",
            "a\nb",
            "a\tb",
            "\u{85}",
            "\u{2028}",
            "\u{feff}a",
            "\u{202e}a",
            "'a'",
            "\"a\"",
            "a\\b",
            "<<",
            "=",
            "\0",
            "\u{7f}",
            "\u{fffe}",
            "\u{1ffff}",
            "🎉",
            "---",
            "...",
            "+1",
            "1_000",
            ".inf",
            "nan",
        ] {
            let written = scalar(text);
            assert!(written.starts_with('"'), "{text:?} stands as {written}");
            assert!(!written.chars().any(is_hidden), "{written:?}");
            assert_eq!(read(&written).as_str(), Some(text), "{written}");
            assert_eq!(read(&format!("{{ {written}: {written} }}"))[text].as_str(), Some(text));
        }
    }

    #[test]
    fn a_long_entry_becomes_a_block_and_says_the_same() {
        let names: Vec<String> = (0..60).map(|index| format!("account-{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let grant = || [("on", Value::Texts(names.clone())), ("profile", Value::text("reader"))];
        let fields = [("id", Value::id("1")), ("grants", Value::Items(vec![item(6, &grant())]))];
        let lines = entry("ana", &fields);
        assert!(lines.iter().all(|line| line.chars().count() + 2 <= WIDTH), "{lines:#?}");
        assert!(lines.len() > 6);
        let value = read(&lines.join("\n"));
        let grant = &value["ana"]["grants"][0];
        assert_eq!(grant["on"].as_sequence().unwrap().len(), 60);
        assert_eq!(grant["profile"].as_str(), Some("reader"));
    }

    #[test]
    fn a_short_entry_is_one_line() {
        let fields = [("id", Value::id("1")), ("also", Value::Texts(vec!["b@acme.example"]))];
        assert_eq!(entry("a@acme.example", &fields), ["a@acme.example: { id: \"1\", also: [b@acme.example] }"]);
        assert_eq!(entry("no", &[]), ["\"no\": {}"]);
        assert_eq!(item(6, &[("on", Value::Texts(vec!["x"]))]), ["- { on: [x] }"]);
    }

    #[test]
    fn a_remark_stays_on_its_line() {
        assert_eq!(remark("a\n- evil: true"), "`a\\n- evil: true`");
        assert!(remark(&"x".repeat(500)).chars().count() < 90);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>(), other in "[ -~]{0,140}") {
            for text in [&text, &other] {
                let value = read(&scalar(text));
                prop_assert_eq!(value.as_str(), Some(text.as_str()));
                let lines = entry("k", &[("name", Value::text(text)), ("list", Value::Texts(vec![text, "b", text]))]);
                let value = read(&lines.join("\n"));
                prop_assert_eq!(value["k"]["name"].as_str(), Some(text.as_str()));
                prop_assert_eq!(value["k"]["list"][2].as_str(), Some(text.as_str()));
                let comment = read(&format!("# {}\nk: v", remark(text)));
                prop_assert_eq!(comment["k"].as_str(), Some("v"));
            }
        }
    }
}
