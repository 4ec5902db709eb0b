//! What `README.md` and `docs/` show the program saying is what it says: every quoted output is part of a golden file of `tests/cases/`.
//!
//! A quote is a block marked `console`: a line `$ accord ...` and what follows, where a line `...` stands for lines left out. Blessing
//! (`ACCORD_BLESS=1`, after the cases) renews quotes whose first and last lines still stand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Documents with quotes, and how many commands they show at least: a changed mark must not switch the test off.
const DOCUMENTS: [(&str, usize); 1] = [("README.md", 9)];

#[test]
fn quoted_output_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = golden_outputs(&root.join("tests/cases"));
    for (document, least) in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).expect("a document can be read");
        let quotes = quotes(&text);
        assert!(quotes.len() >= least, "{document} quotes {} commands", quotes.len());
        let mut renewed = text.clone();
        for quote in &quotes {
            let runs = golden.get(&quote.command).map_or(&[][..], Vec::as_slice);
            if runs.iter().any(|run| quote.is_in(run)) {
                continue;
            }
            let again = runs.iter().find_map(|run| quote.renewed(run));
            let again = again.filter(|_| env::var("ACCORD_BLESS").is_ok_and(|value| value == "1"));
            let Some(again) = again else {
                panic!("{document}: `{}` does not say so; it says\n{}", quote.command, runs.join("\n---\n"));
            };
            renewed = renewed.replace(&quote.written(), &again);
        }
        if renewed != text {
            fs::write(root.join(document), renewed).expect("a document can be written");
        }
    }
}

/// A command and stretches of what it says, in order.
struct Quote {
    command: String,
    stretches: Vec<Vec<String>>,
}

impl Quote {
    fn is_in(&self, output: &str) -> bool {
        let lines: Vec<&str> = output.lines().collect();
        let mut from = 0;
        self.stretches.iter().filter(|stretch| !stretch.is_empty()).all(|stretch| {
            let found = lines[from..].windows(stretch.len()).position(|window| window == stretch.as_slice());
            from += found.unwrap_or(0) + stretch.len();
            found.is_some()
        })
    }

    /// The same quote from other output: each stretch from its first line to its last one. `None` where one of them is gone, so that a
    /// person has to choose.
    fn renewed(&self, output: &str) -> Option<String> {
        let lines: Vec<&str> = output.lines().collect();
        if self.stretches.len() == 1 {
            return Some(format!("$ {}\n{output}", self.command));
        }
        let mut from = 0;
        let mut stretches = Vec::new();
        for stretch in &self.stretches {
            let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
                stretches.push(Vec::new());
                continue;
            };
            let start = from + lines[from..].iter().position(|line| line == first)?;
            let end = start + lines[start..].iter().position(|line| line == last)? + 1;
            stretches.push(lines[start..end].iter().copied().map(str::to_owned).collect());
            from = end;
        }
        Some(Quote { command: self.command.clone(), stretches }.written())
    }

    /// As it stands in the document.
    fn written(&self) -> String {
        let mut lines = vec![format!("$ {}", self.command)];
        for (number, stretch) in self.stretches.iter().enumerate() {
            if number > 0 {
                lines.push("...".to_owned());
            }
            lines.extend(stretch.iter().cloned());
        }
        lines.join("\n")
    }
}

fn quotes(text: &str) -> Vec<Quote> {
    let mut quotes: Vec<Quote> = Vec::new();
    let mut quoting = false;
    for line in text.lines() {
        match (quoting, line) {
            (false, "```console") => quoting = true,
            (true, "```") => quoting = false,
            (true, line) => quote_line(&mut quotes, line),
            _ => {}
        }
    }
    quotes
}

fn quote_line(quotes: &mut Vec<Quote>, line: &str) {
    if let Some(command) = line.strip_prefix("$ ") {
        quotes.push(Quote { command: command.to_owned(), stretches: vec![Vec::new()] });
        return;
    }
    let stretches = &mut quotes.last_mut().expect("a quote begins with a command").stretches;
    if line == "..." {
        stretches.push(Vec::new());
    } else if let Some(stretch) = stretches.last_mut() {
        stretch.push(line.to_owned());
    }
}

/// What commands say in all golden files, by command line.
fn golden_outputs(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut outputs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in expected_files(folder) {
        let text = fs::read_to_string(&file).expect("a golden file can be read");
        for section in format!("\n{text}").split("\n$ ").skip(1) {
            let (command, rest) = section.split_once('\n').unwrap_or((section, ""));
            let said: Vec<&str> = rest.lines().filter(|line| !is_frame(line)).collect();
            outputs.entry(command.to_owned()).or_default().push(said.join("\n"));
        }
    }
    outputs
}

/// Lines that the runner of the cases adds.
fn is_frame(line: &str) -> bool {
    line.starts_with("status ") || line == "--- stdout" || line == "--- stderr"
}

fn expected_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the cases can be listed") {
        let path = entry.expect("the cases can be listed").path();
        if path.is_dir() {
            found.extend(expected_files(&path));
        } else if path.file_name().is_some_and(|name| name == "expected") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_leaves_out_what_it_says_and_nothing_else() {
        let quote = &quotes("```console\n$ accord plan\na\n...\nc\nd\n```\n")[0];
        assert_eq!(quote.command, "accord plan");
        assert!(quote.is_in("a\nb\nc\nd\ne"));
        assert!(!quote.is_in("a\nb\nc\nx\nd"));
        assert!(!quote.is_in("c\nd\na"));
        assert!(!quote.is_in("a b\nc\nd"));
    }

    #[test]
    fn a_quote_is_renewed_between_its_first_and_last_lines() {
        let quote = &quotes("```console\n$ accord plan\n...\nb\nc\nd\n...\n```\n")[0];
        assert_eq!(quote.written(), "$ accord plan\n...\nb\nc\nd\n...");
        assert_eq!(quote.renewed("a\nb\nnew\nd\ne").as_deref(), Some("$ accord plan\n...\nb\nnew\nd\n..."));
        assert_eq!(quote.renewed("a\nb\nc"), None);
    }
}
