use super::*;

fn formatted(text: &str) -> String {
    let once = canonical(text).unwrap();
    assert_eq!(canonical(&once).as_deref(), Ok(&*once), "formatting twice changes it again");
    once
}

#[track_caller]
fn assert_formats(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}

#[track_caller]
fn assert_stays(text: &str) {
    assert_formats(text, text);
}

#[test]
fn the_canonical_form_stays() {
    assert_stays("");
    assert_stays(
        "\
# accord.yaml
version: 1
ignore: [ci/]
businesses:
  acme: # the only one
    platform: pinterest
    id: \"729090764583391194\"

# where the money goes
accounts:
  acme-fr: { id: \"549755885175\", labels: [eu] } # France
teams:
  social-fr:
    members:
      - bo@acme.example
      # - cy@acme.example   # on leave
    grants:
      - on: [acme-fr]
        profile: operator
        # until: 2027-01-01
      # - { on: [acme-de] }

      # next
      - { on: [acme-de], profile: operator, reason: runs the campaigns }
  # nobody yet
  other: {}
  # the end
people:
  ana@acme.example:
",
    );
}

#[test]
fn indentation_blanks_quotes_and_line_ends_become_the_same() {
    assert_formats(
        "\u{feff}a:\r\n    - b:   'x'\r\n      c: [ d,e ]   # why\r\n\r\n\r\n    -   f: {g: h}",
        "a:\n  - b: \"x\"\n    c: [d, e] # why\n\n  - f: { g: h }\n",
    );
}

#[test]
fn texts_stay_texts() {
    assert_stays("a: no\nb: 1e3\nc: 0123\nd: \"no\"\ne: 'say \"x\"'\nf: \"\\u00e9\\t\"\n");
    assert_stays("a: \"x # \\\" y\" # c\nb: 'it''s \"#' # d\n");
    assert_stays("a: >-\n  one\n  two\nb: |\n  # no comment\n   x\nc: plain\n");
}

#[test]
fn anchors_and_merge_keys_stay() {
    assert_stays("a: &x { b: c }\nd:\n  <<: *x\n  e: *x\n");
}

#[test]
fn numeric_ids_get_their_quotes() {
    assert_formats(
        "a: { id: 0123, name: 12 }\nb:\n  id: 729090764583391194 # theirs\n",
        "a: { id: \"0123\", name: 12 }\nb:\n  id: \"729090764583391194\" # theirs\n",
    );
}

#[test]
fn other_ids_stay() {
    assert_stays("id: abc\nx: { id: [1], ids: 2, n: id, i: 3 }\ny: { id: 0x1f }\nz: { id: 1.0 }\n");
}

#[test]
fn long_flow_collections_become_blocks() {
    let reason = "r".repeat(150);
    assert_formats(
        &format!("a:\n  - {{ on: [x, y], reason: {reason}, p: , <<: *z }} # why\n").replace(", <<: *z", ""),
        &format!("a:\n  - on: [x, y]\n    reason: {reason}\n    p: # why\n"),
    );
    assert_formats(&format!("a: {{ b: [{reason}, z] }}\n"), &format!("a:\n  b: [{reason}, z]\n"));
    assert_formats(
        &format!("a: {{ b: {{ c: [{reason}, zzzz] }} }}\n"),
        &format!("a:\n  b:\n    c:\n      - {reason}\n      - zzzz\n"),
    );
}

#[test]
fn a_comment_behind_a_line_does_not_count_into_its_length() {
    assert_stays(&format!("a: {{ b: c }} # {}\n", "x".repeat(200)));
}

#[test]
fn broken_flow_collections_become_blocks() {
    assert_formats("a: {\n  b: c,\n  d: [\n    e, \"f,  g\"\n  ] }\n", "a:\n  b: c\n  d: [e, \"f,  g\"]\n");
}

#[test]
fn flow_collections_that_only_a_person_can_break_stay() {
    let long = "x".repeat(170);
    assert_stays(&format!("a: [&x {long}, *x]\n"));
    assert_stays(&format!("a: {{ b: !!str {long} }}\n"));
    assert_stays(&format!("- [a: {long}]\n"));
    assert_stays("a: [\n  b, # why\n  c\n]\n");
}

#[test]
fn what_is_no_yaml_is_located() {
    let error = canonical("a: [\nb: c\n").unwrap_err();
    assert!(matches!(error, FormatError::Syntax { line: 2.., .. }), "{error:?}");
}

#[test]
fn deep_nesting_is_refused_and_never_recursed_into() {
    for (text, message) in [
        (format!("{}{}", "[".repeat(65), "]".repeat(65)), "1:65: nested deeper than 64 levels"),
        (format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000)), "recursion limit"),
        ((0..10_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect(), "65:65: nested deeper"),
    ] {
        let error = canonical(&text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let allowed = format!("{}{}\n", "[".repeat(64), "]".repeat(64));
    assert_stays(&allowed);
}

#[test]
fn the_proof_notices_every_loss() {
    let text = "a: b # one\nc: [d, e]\n# two\nf: &x { g: 'h' }\ni: *x\nid: 5\n";
    proof::same(text, text).unwrap();
    for (from, to) in [
        ("a: b", "a: z"),
        ("a: b", "a: 'b'"),
        ("# one", "# won"),
        (" # one", ""),
        ("d, e", "e, d"),
        ("d, e", "d"),
        ("[d, e]", "{ d: e }"),
        ("&x ", "&x !!map "),
        ("'h'", "h"),
        ("'h'", "'h' # three"),
        ("*x", "x"),
        ("id: 5", "id: 5\nj: k"),
        ("id: 5\n", ""),
        ("# two\nf: &x { g: 'h' }", "f: &x { g: 'h' }\n# two"),
        ("a: b # one", "a: # one\n  b"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        assert!(proof::same(text, &changed).is_err(), "{from} -> {to}");
    }
}

#[test]
fn characters_beyond_ascii_keep_their_places() {
    assert_formats(
        "ä: {id: 12, name: \"Ünïcode\"}   # ñ\nb: {id: 34}\n",
        "ä: { id: \"12\", name: \"Ünïcode\" } # ñ\nb: { id: \"34\" }\n",
    );
}
