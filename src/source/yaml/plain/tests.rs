use proptest::prelude::*;

use super::super::events::Events;
use super::*;

type Seen = Vec<(Event<'static>, Option<At>)>;

/// Places of scalars and starts count; those of ends, documents and empty scalars mean nothing.
fn seen(event: Event<'_>, at: At) -> (Event<'static>, Option<At>) {
    match event {
        Event::Scalar { text, plain } => {
            let place = (!text.is_empty() || !plain).then_some(at);
            (Event::Scalar { text: Cow::Owned(text.into_owned()), plain }, place)
        }
        Event::MapStart => (Event::MapStart, Some(at)),
        Event::SeqStart => (Event::SeqStart, None),
        Event::SeqEnd => (Event::SeqEnd, None),
        Event::MapEnd => (Event::MapEnd, None),
        Event::Document => (Event::Document, None),
        Event::End => (Event::End, None),
    }
}

fn general(text: &str) -> Option<Seen> {
    let mut events = Events::new(text);
    let mut all = Vec::new();
    loop {
        let (event, at) = events.next().ok()?;
        if event == Event::End {
            return Some(all);
        }
        all.push(seen(event, at));
    }
}

fn plain(text: &str) -> Option<Seen> {
    let mut events = Plain::new(text)?;
    let mut all = Vec::new();
    loop {
        let (event, at) = events.next().ok()?;
        if event == Event::End {
            return Some(all);
        }
        all.push(seen(event, at));
    }
}

/// Wherever the fast path doesn't give up it sees what the general parser sees. Answers whether it went through.
fn agree(text: &str) -> bool {
    let Some(fast) = plain(text) else {
        return false;
    };
    assert_eq!(Some(fast), general(text), "{text:?}");
    true
}

#[test]
fn what_people_write_takes_the_fast_path() {
    for text in [
        "",
        "# only a comment\n",
        "a: b\n",
        "a:\n  b: c\n  d:\n    - e\n    - f: g\n      h: i\n    - { on: [x, y], profile: p, reason: two words here }  # why\nz: []\n",
        "members:\n- a@b.example\n- \"quoted one\"\n- 'single # quoted'\nnext: {}\n",
        "k:\nl:\n  m:\nn: \"\"\n",
        "a: b:c d#e f\nurl: http://x.example/#y\nq: \"x: y\" # c\n",
        "ä: ö ü # ß\n\"é\": { è: [ñ, \"ø\"], å: 'æ' }\n",
        "deep: { a: { b: { c: [[], {}, [x]] } } }\n",
        "a: b\n\n\n# c\n  # d\ne: f",
        "no: on\n1e3: 0123\n~: null\n",
        "a:   b   \nc   : d\n".split_once('\n').map_or("", |(first, _)| first),
    ] {
        assert!(agree(text), "gave up: {text:?}");
    }
}

#[test]
fn what_is_not_in_the_subset_is_left_to_the_general_parser() {
    for text in [
        "a: &x b\n",
        "a: *x\n",
        "a: !t b\n",
        "a: |\n  b\n",
        "a: >\n  b\n",
        "a: b\n  c\n",
        "a: \"b\n  c\"\n",
        "a: \"b\\n\"\n",
        "a: 'b''c'\n",
        "a:\tb\n",
        "a: b\r\n",
        "---\na: b\n",
        "? a\n: b\n",
        "a: {b: c\n}\n",
        "a: [b,\n c]\n",
        "a: {b}\n",
        "a: [b: c]\n",
        "a: [b, ]\n",
        "- a\n",
        "a: b: c\n",
        "a: b\n c: d\n",
        "a:\n  b\n",
        "a: - b\n",
        "a: @b\n",
        "a: `b\n",
        "a: %b\n",
        "a: {b:c}\n",
        "a: {\"b\":c}\n",
        "a : b\n",
        "\u{feff}a: b\n",
        "a: ]\n",
        "a: }\n",
        "a: [b]]\n",
        "a: {b: c} d\n",
        "a: \"b\" c\n",
        "a:\n  - b\n c: d\n",
        "a: [b c: d]\n",
        "a: , b\n",
        "x\n",
        "a: b\n- c\n",
    ] {
        assert!(!agree(text), "went through: {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn never_two_meanings_on_scraps(pieces in proptest::collection::vec(prop::sample::select(vec![
        "a", "b", "key", ": ", ":", " ", "  ", "\n", "\n  ", "\n    ", "- ", "-", "{", "}", "[", "]", ", ", ",", "\"", "'", "#", " #", "é", "x: y",
        "{ a: b }", "[a, b]", "\n- ", "\n  - ", "?", "&a", "*a", "!", "|", ">", "%", "@", "~", "null", "<<", "\"q\"", "'s'", "12", "\n#c\n",
    ]), 0..24)) {
        agree(&pieces.concat());
    }

    #[test]
    fn never_two_meanings_on_trees(text in tree()) {
        prop_assert!(agree(&text), "gave up: {:?}", text);
    }
}

/// Well-formed block documents with flow values.
fn tree() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "bo@x.example",
        "two words",
        "12",
        "\"q: r\"",
        "'s, t'",
        "null",
        "é",
        "a:b",
        "x#y",
    ]);
    let flow = word.clone().prop_map(str::to_owned).prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(inner, 0..4).prop_map(|items| format!(
                "{{ {} }}",
                items.iter().enumerate().map(|(n, item)| format!("k{n}: {item}")).collect::<Vec<_>>().join(", ")
            )),
        ]
    });
    let flow = flow.prop_map(|text| text.replace("{  }", "{}"));
    prop::collection::vec((0usize..3, flow, word), 1..12).prop_map(|lines| {
        let mut text = String::new();
        let mut depth = 0;
        for (index, (step, value, comment)) in lines.iter().enumerate() {
            depth = match (index, *step) {
                (0, _) => 0,
                (_, 2) => depth + 1,
                (_, step) => depth.min(step),
            };
            let indent = "  ".repeat(depth);
            let open = lines.get(index + 1).is_some_and(|(next, _, _)| *next == 2);
            if open {
                text.push_str(&format!("{indent}n{index}:\n"));
            } else {
                text.push_str(&format!("{indent}n{index}: {value} # {comment}\n"));
            }
        }
        text
    })
}
