//! The YAML of an access repository, from texts to the desired state: the input is `accord.yaml`, and further files behind NULs.
//!
//! Problems are the same whatever the order of the files, stand where there is text, and can be shown. Where the canonical form of
//! the first file is given out, it is its own canonical form and says the same.

#![no_main]

use accord::desired::{self, Reading};
use accord::diagnostic;
use accord::source::{FileId, Level, format};
use accord::terminal::Style;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let files = bytes.split(|byte| *byte == 0).take(8).enumerate();
    let mut texts: Vec<(String, String)> = files
        .map(|(index, file)| {
            let path = if index == 0 { "accord.yaml".to_owned() } else { format!("{index}.yaml") };
            (path, String::from_utf8_lossy(file).into_owned())
        })
        .collect();
    let reading = desired::from_texts(&texts);
    let problems = shown(&reading, &texts);
    let errors = reading.problems.iter().any(|problem| problem.level == Level::Error);
    assert_eq!(reading.state.is_none(), errors, "{problems}");
    canonical(&texts[0].1, &reading, &texts);
    texts.reverse();
    let again = desired::from_texts(&texts);
    assert_eq!(shown(&again, &texts), problems);
});

/// Everything a reader sees of the problems.
fn shown(reading: &Reading, texts: &[(String, String)]) -> String {
    let text_of = |id: FileId| {
        let path = reading.files.path(id);
        texts.iter().find(|(name, _)| name == path).map(|(_, text)| text.clone())
    };
    diagnostic::render(&reading.problems, &reading.files, &text_of, &Style::plain(80))
}

fn canonical(text: &str, before: &Reading, texts: &[(String, String)]) {
    let Ok(formatted) = format::canonical(text) else {
        return;
    };
    match format::canonical(&formatted) {
        Ok(again) => assert_eq!(again, formatted, "the canonical form is not its own"),
        Err(error) => panic!("the canonical form has none: {error}"),
    }
    let mut texts = texts.to_vec();
    texts[0].1 = formatted;
    let after = desired::from_texts(&texts);
    let codes = |reading: &Reading| {
        let codes = reading.problems.iter().map(|problem| problem.code);
        let mut codes: Vec<_> = codes.filter(|code| *code != "id-as-number").collect();
        codes.sort_unstable();
        codes
    };
    // With quotes around its ids a text may get further, to other problems.
    if before.problems.iter().all(|problem| problem.code != "id-as-number") {
        assert_eq!(codes(before), codes(&after));
    }
}
