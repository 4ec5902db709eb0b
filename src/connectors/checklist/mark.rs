//! The marks that tie a checklist to its plan: comments that Markdown doesn't show, the same in every language.

use crate::plan::{BusinessPlan, Executor, Operation, Plan};

/// The version of the marks.
const VERSION: &str = "1";

/// Which operations a checklist lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    /// All of them.
    All,
    /// Those that the plan leaves to a person.
    Manual,
}

impl Scope {
    /// The operations of a business on such a checklist, in the order of the plan.
    pub fn of(self, business: &BusinessPlan) -> Vec<&Operation> {
        let listed = |operation: &&Operation| match (self, &operation.by) {
            (Scope::All, _) | (Scope::Manual, Executor::Person { .. }) => true,
            (Scope::Manual, Executor::Connector) => false,
        };
        business.operations.iter().filter(listed).collect()
    }

    fn word(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Manual => "manual",
        }
    }
}

/// The mark at the top.
pub(super) fn header(plan: &Plan, business: &BusinessPlan, scope: Scope, language: &str) -> String {
    let count = scope.of(business).len();
    let key = encoded(&business.business.key);
    format!(
        "<!-- accord:checklist version={VERSION} plan={} business={key} steps={} language={language} count={count} -->",
        plan.digest,
        scope.word()
    )
}

/// The mark of a step.
pub(super) fn step(operation: &Operation) -> String {
    format!("<!-- accord:op {} -->", encoded(&operation.id))
}

/// The mark at the bottom, without which a file is cut.
pub(super) const END: &str = "<!-- accord:end -->";

/// What a mark says. Names are as [`encoded`] writes them.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Mark<'a> {
    Header(Header<'a>),
    Step(&'a str),
    End,
}

/// What the mark at the top says.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Header<'a> {
    pub plan: &'a str,
    pub business: &'a str,
    pub scope: Scope,
    pub count: usize,
}

/// A mark in a line, or a comment that was meant to be one.
pub(super) struct Found<'a> {
    /// What stands before it.
    pub before: &'a str,
    /// What stands behind it.
    pub behind: &'a str,
    /// The comment itself.
    pub text: &'a str,
    /// What it says; `None` where it is damaged.
    pub mark: Option<Mark<'a>>,
}

/// All marks of a line, damaged ones too.
pub(super) fn find(line: &str) -> Vec<Found<'_>> {
    let starts = line.match_indices("<!--").map(|(start, _)| start);
    starts.filter_map(|start| comment(line, start)).collect()
}

/// The comment that starts there, where it speaks to us.
fn comment(line: &str, start: usize) -> Option<Found<'_>> {
    let (before, rest) = line.split_at_checked(start)?;
    let inside = rest.strip_prefix("<!--")?;
    let (content, behind) = inside.split_once("-->").unwrap_or((inside, ""));
    let words = content.trim().strip_prefix("accord:")?;
    let closed = inside.contains("-->");
    Some(Found {
        before,
        behind,
        text: rest.strip_suffix(behind).unwrap_or(rest),
        mark: if closed { parse(words) } else { None },
    })
}

fn parse(words: &str) -> Option<Mark<'_>> {
    let words: Vec<_> = words.split_whitespace().collect();
    match words.as_slice() {
        ["end"] => Some(Mark::End),
        ["op", id] => Some(Mark::Step(id)),
        ["checklist", fields @ ..] => parse_header(fields).map(Mark::Header),
        _ => None,
    }
}

fn parse_header<'a>(fields: &[&'a str]) -> Option<Header<'a>> {
    let [version, plan, business, steps, _language, count] = fields else {
        return None;
    };
    if version.strip_prefix("version=")? != VERSION {
        return None;
    }
    Some(Header {
        plan: plan.strip_prefix("plan=")?,
        business: business.strip_prefix("business=")?,
        scope: match steps.strip_prefix("steps=")? {
            "all" => Scope::All,
            "manual" => Scope::Manual,
            _ => return None,
        },
        count: count.strip_prefix("count=")?.parse().ok()?,
    })
}

/// A name without anything that could end a comment or a word: other bytes than letters, digits, `-`, `_`, `.` as `%2F`.
/// Two dashes in a row end a comment too, so the second one counts as another byte.
pub(super) fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        let plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || (byte == b'-' && !encoded.ends_with('-'));
        if plain {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(line: &str) -> Option<Mark<'_>> {
        let mut found = find(line);
        assert_eq!(found.len(), 1, "{line}");
        found.remove(0).mark
    }

    #[test]
    fn marks_are_read_whatever_stands_around_them() {
        let line = "- [x] **1. Give** <!-- accord:op grant-9f31 --> ID: 7 <!-- no mark -->";
        let found = find(line);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].mark, Some(Mark::Step("grant-9f31")));
        assert_eq!(found[0].before, "- [x] **1. Give** ");
        assert_eq!(found[0].behind, " ID: 7 <!-- no mark -->");
        assert_eq!(found[0].text, "<!-- accord:op grant-9f31 -->");
        assert_eq!(only("<!--accord:end-->"), Some(Mark::End));
        assert!(find("nothing <!-- here --> at all").is_empty());
    }

    #[test]
    fn damaged_marks_are_seen_as_such() {
        for line in [
            "<!-- accord:op -->",
            "<!-- accord:op a b -->",
            "<!-- accord:op grant-1",
            "<!-- accord:step grant-1 -->",
            "<!-- accord:checklist version=2 plan=a business=b steps=all language=en count=1 -->",
            "<!-- accord:checklist version=1 plan=a business=b steps=some language=en count=1 -->",
            "<!-- accord:checklist version=1 plan=a business=b steps=all count=1 -->",
            "<!-- accord:checklist version=1 plan=a business=b steps=all language=en count=-1 -->",
        ] {
            assert_eq!(only(line), None, "{line}");
        }
    }

    #[test]
    fn names_cannot_end_a_comment_and_stay_different() {
        assert_eq!(encoded("invite-member-9f31"), "invite-member-9f31");
        assert_eq!(encoded("a --> b"), "a%20-%2D%3E%20b");
        assert_eq!(encoded("é"), "%C3%A9");
        assert_ne!(encoded("a%20b"), encoded("a b"));
    }
}
