use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// What a name may try.
const HOSTILE: &[&str] = &[
    "",
    "end",
    "graph",
    "a \"quoted\" name",
    "back\\slash\\",
    "\\N \\G \\\"",
    "two\nlines\r\nor three",
    "a literal \\n and \\\n",
    "]] --> n0[[",
    "a[b](c){d}<e>|f|",
    "`code` and **bold** _it_",
    "- list",
    "1. list",
    "# heading",
    "#quot;&quot;&lt;b&gt;",
    "<script>alert(1)</script><br/>",
    "%% comment",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "click n0 href \"javascript:alert(1)\"",
    "n0; n1 -> n2; }",
    "// comment /* and */ more",
    "https://evil.example/?a=b&c",
    "\u{202e}gnp.exe",
    "zero\u{200b}width\u{feff}",
    "Å\u{301}ngström, 日本語, مرحبا 🧑‍💻",
    "\u{1b}[31mred\u{7}",
];

fn picture(names: &[String]) -> Picture {
    let place = |(number, name): (u32, &String)| Place {
        id: id(number),
        kind: LOOKS[number as usize % LOOKS.len()].kind,
        label: drawn::safe(name),
        detail: drawn::safe(name),
    };
    let edge = |(number, name): (usize, &String)| Line {
        from: "n0".to_owned(),
        to: format!("n{number}"),
        kind: EdgeKind::Grant,
        label: drawn::safe(name),
        change: [Change::Kept, Change::New, Change::Lost][number % 3],
        place: String::new(),
    };
    Picture {
        format: "accord-graph",
        format_version: FORMAT_VERSION,
        as_of: Timestamp::UNIX_EPOCH,
        reading: ReadingName::Desired,
        base: Some("0123456789abcdef".to_owned()),
        compared: true,
        nodes: (0u32..).zip(names).map(place).collect(),
        edges: names.iter().enumerate().map(edge).collect(),
    }
}

/// A strict reader of the DOT that we write: statements of ids, and attributes that are ids or strings. Gives what the labels show.
struct Dot<'t> {
    rest: &'t str,
}

#[derive(Debug, PartialEq)]
struct Read {
    nodes: Vec<(String, String)>,
    edges: Vec<(String, String, String)>,
}

impl Dot<'_> {
    fn read(text: &str) -> Result<Read, String> {
        let mut dot = Dot { rest: text };
        let mut read = Read { nodes: Vec::new(), edges: Vec::new() };
        dot.comment();
        for word in ["digraph", "access", "{"] {
            dot.expect(word)?;
        }
        while !dot.eat("}") {
            let from = dot.id()?;
            let to = if dot.eat("->") { Some(dot.id()?) } else { None };
            let label = dot.attributes()?;
            dot.expect(";")?;
            match (from.as_str(), to) {
                ("graph" | "node" | "edge", None) => {}
                (_, Some(to)) => read.edges.push((from, to, label)),
                (_, None) => read.nodes.push((from, label)),
            }
        }
        dot.space();
        if dot.rest.is_empty() { Ok(read) } else { Err(format!("after the end: {}", dot.rest)) }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n']);
    }

    fn comment(&mut self) {
        if self.rest.starts_with("//") {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.eat(word) { Ok(()) } else { Err(format!("expected {word} before {:.40}", self.rest)) }
    }

    /// A word or a number.
    fn id(&mut self) -> Result<String, String> {
        self.space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(self.rest.len());
        let (id, rest) = self.rest.split_at(end);
        self.rest = rest;
        if id.is_empty() { Err(format!("expected a word before {:.40}", self.rest)) } else { Ok(id.to_owned()) }
    }

    fn attributes(&mut self) -> Result<String, String> {
        let mut label = String::new();
        self.expect("[")?;
        loop {
            let name = self.id()?;
            self.expect("=")?;
            let value = if self.eat("\"") { self.string()? } else { self.id()? };
            if name == "label" {
                label = value;
            }
            if !self.eat(",") {
                self.expect("]")?;
                return Ok(label);
            }
        }
    }

    /// The rest of a string, as Graphviz shows it: escapes and entities read.
    fn string(&mut self) -> Result<String, String> {
        let mut shown = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(shown.replace("&amp;", "&"));
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => shown.push('\n'),
                    Some((_, plain @ ('"' | '\\'))) => shown.push(plain),
                    other => return Err(format!("an escape that means something else: {other:?}")),
                },
                '\n' | '\r' => return Err("a line break in a string".to_owned()),
                other => shown.push(other),
            }
        }
        Err("a string without an end".to_owned())
    }
}

/// What Mermaid shows for a text in quotes; an error where it could be read as anything but text.
fn unescaped(text: &str) -> Result<String, String> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(number) = rest.strip_prefix('#') {
            let (digits, after) = number.split_once(';').ok_or("an entity without an end")?;
            let code = digits.parse::<u32>().map_err(|_| format!("#{digits}; is no number"))?;
            shown.push(char::from_u32(code).ok_or("no character")?);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("<br/>") {
            shown.push('\n');
            rest = after;
        } else if character.is_alphanumeric() || (" ,-".contains(character)) {
            shown.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            return Err(format!("{character:?} stands bare in {text:?}"));
        }
    }
    if text.starts_with('-') { Err(format!("{text:?} is a list")) } else { Ok(shown) }
}

/// A strict reader of the Mermaid that we write, line by line.
fn mermaid(text: &str) -> Result<Read, String> {
    let mut read = Read { nodes: Vec::new(), edges: Vec::new() };
    let mut lines = text.lines();
    if lines.next() != Some("flowchart LR") {
        return Err("no flowchart".to_owned());
    }
    for line in lines {
        let line = line.strip_prefix("  ").ok_or_else(|| format!("not indented: {line}"))?;
        let word = line.split(' ').next().unwrap_or("");
        if matches!(word, "accTitle:" | "classDef" | "linkStyle") {
            continue;
        }
        let quoted: Vec<&str> = line.split('"').collect();
        let [before, label, after] = quoted.as_slice() else {
            return Err(format!("expected one text in quotes: {line}"));
        };
        let label = unescaped(label)?;
        if let Some(to) = after.strip_prefix("| ") {
            let (from, arrow) = before.split_once(' ').ok_or("no arrow")?;
            if !["-->|", "==>|", "-.-x|"].contains(&arrow) {
                return Err(format!("arrow {arrow}"));
            }
            read.edges.push((from.to_owned(), to.to_owned(), label));
        } else {
            let id: String = before.chars().take_while(char::is_ascii_alphanumeric).collect();
            let shape = [&before[id.len()..], after.split(":::").next().unwrap_or("")].concat();
            if !["[[]]", "{{}}", "([])", "()", "[/\\]", "[()]", "[]"].contains(&shape.as_str()) {
                return Err(format!("shape {shape}"));
            }
            read.nodes.push((id, label));
        }
    }
    Ok(read)
}

/// How a format shows a text.
type Shown = fn(&str) -> String;

/// Mermaid would break the line there.
fn in_one_line(text: &str) -> String {
    text.replace("\\n", "\u{2424}")
}

/// What both formats show of a picture: no name adds, hides or renames anything.
fn check(names: &[String]) -> Result<(), TestCaseError> {
    let picture = picture(names);
    let fail = |problem: String| TestCaseError::fail(problem);
    let read: [(Read, Shown); 2] = [
        (Dot::read(&dot::render(&picture)).map_err(fail)?, str::to_owned),
        (mermaid(&mermaid::render(&picture)).map_err(fail)?, in_one_line),
    ];
    for (read, shown) in read {
        prop_assert_eq!(read.nodes.len(), picture.nodes.len());
        for ((id, label), node) in read.nodes.iter().zip(&picture.nodes) {
            prop_assert_eq!(id, &node.id);
            prop_assert_eq!(label.split('\n').next().map(str::to_owned), Some(shown(&node.label)));
        }
        let edges = picture.edges.iter();
        let edges: Vec<(String, String, String)> = edges
            .map(|edge| (edge.from.clone(), edge.to.clone(), shown(&format!("{}{}", sign(edge.change), edge.label))))
            .collect();
        prop_assert_eq!(read.edges, edges);
    }
    Ok(())
}

#[test]
fn hostile_names_are_nothing_but_text() {
    let names: Vec<String> = HOSTILE.iter().map(|&name| name.to_owned()).collect();
    check(&names).unwrap();
}

proptest! {
    #[test]
    fn any_name_is_nothing_but_text(names in prop::collection::vec("(?s).{0,24}", 1..8)) {
        check(&names)?;
    }
}

#[test]
fn no_hidden_character_reaches_a_drawing() {
    let names: Vec<String> = HOSTILE.iter().map(|&name| name.to_owned()).collect();
    let picture = picture(&names);
    for format in [Format::Dot, Format::Mermaid, Format::Json] {
        let text = render(&picture, format).unwrap();
        let hidden = text.chars().find(|c| c.is_control() && *c != '\n' || "\u{202e}\u{200b}\u{feff}".contains(*c));
        assert_eq!(hidden, None, "{format:?}");
    }
}
