//! How far the text at a position reaches, for those who only know where it starts.

/// How many characters the thing covers that starts in a column (from 1) of a line: a flow collection up to its bracket, a quoted
/// text, a plain one; a list item in block form up to the end of its line, without a comment. At least 1.
pub fn of(line: &str, column: usize) -> usize {
    let chars: Vec<char> = line.trim_end_matches(['\r', '\n']).chars().collect();
    let start = column.saturating_sub(1);
    let Some(&first) = chars.get(start) else { return 1 };
    let end = match first {
        '{' | '[' => bracket(&chars, start),
        '"' | '\'' => quoted(&chars, start),
        _ if is_item(&chars, start) => plain(&chars, start, &|_| false),
        _ => plain(&chars, start, &plain_ends(&chars, start)),
    };
    end.saturating_sub(start).max(1)
}

/// Behind the closing bracket, or at the end of the line.
fn bracket(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0usize, start);
    while let Some(&c) = chars.get(at) {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' | '\'' => at = quoted(chars, at) - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted(chars: &[char], start: usize) -> usize {
    let quote = chars[start];
    let mut at = start + 1;
    while let Some(&c) = chars.get(at) {
        if c == '\\' && quote == '"' {
            at += 1;
        } else if c == quote {
            return at + 1;
        }
        at += 1;
    }
    chars.len()
}

/// Directly behind the dash of a list item.
fn is_item(chars: &[char], start: usize) -> bool {
    let before: String = chars[..start].iter().collect();
    before.ends_with("- ") && before.trim_start().trim_start_matches("- ").is_empty()
}

type Ends<'a> = dyn Fn(&[char]) -> bool + 'a;

/// In a flow collection a comma or bracket ends a plain text, and a colon everywhere.
fn plain_ends(chars: &[char], start: usize) -> impl Fn(&[char]) -> bool + use<> {
    let opened = chars[..start].iter().filter(|c| matches!(c, '{' | '[')).count();
    let closed = chars[..start].iter().filter(|c| matches!(c, '}' | ']')).count();
    let flow = opened > closed;
    move |rest: &[char]| match rest {
        [':'] | [':', ' ', ..] => true,
        [',' | ']' | '}', ..] => flow,
        _ => false,
    }
}

fn plain(chars: &[char], start: usize, ends: &Ends<'_>) -> usize {
    let mut last = start;
    for at in start..chars.len() {
        let rest = &chars[at..];
        if ends(rest) || matches!(rest, [' ' | '\t', '#', ..]) {
            break;
        }
        if !chars[at].is_whitespace() {
            last = at + 1;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::of;

    fn covered(line: &str, needle: &str) -> String {
        let start = line.find(needle).unwrap();
        let column = line[..start].chars().count();
        line.chars().skip(column).take(of(line, column + 1)).collect()
    }

    #[test]
    fn the_thing_at_the_place_is_covered() {
        let flow = r#"  - { on: [a, "b]"], permissions: [ADMIN] } # all"#;
        assert_eq!(covered(flow, "{"), r#"{ on: [a, "b]"], permissions: [ADMIN] }"#);
        assert_eq!(covered(flow, "[a"), r#"[a, "b]"]"#);
        assert_eq!(covered(flow, "ADMIN"), "ADMIN");
        assert_eq!(covered(flow, "permissions"), "permissions");
        assert_eq!(covered("  nova: # theirs", "nova"), "nova");
        assert_eq!(covered("  - on: [acme-fr] # why", "on"), "on: [acme-fr]");
        assert_eq!(covered("  id: \"5009\" # x", "\""), "\"5009\"");
        assert_eq!(covered("  - bo@acme.example", "bo"), "bo@acme.example");
        assert_eq!(covered("  reason: looks after it, mostly  # x", "looks"), "looks after it, mostly");
    }

    #[test]
    fn beyond_the_line_something_is_covered_still() {
        assert_eq!(of("", 1), 1);
        assert_eq!(of("a", 9), 1);
        assert_eq!(of("{ a", 1), 3);
        assert_eq!(of("\"a", 1), 2);
    }
}
