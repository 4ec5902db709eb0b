//! Keeps the promises of the source tree: arrows between modules point down the layers, siblings in a plural folder don't know
//! each other, functions and files stay short, and only the named places may touch the outside world.
//!
//! The files are parsed, so comments, strings and `#[cfg(test)]` code don't count; the bodies of macro calls do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use crate::support::rust_source::RustSource;

/// An arrow may only point to a lower number, and members of one layer don't know each other.
const LAYERS: &[&[&str]] = &[
    &["source", "terminal"],
    &["model"],
    &["diagnostic"],
    &["platforms"],
    &["policy"],
    &["desired", "observed"],
    &["diff", "graph", "proposal"],
    &["effect", "rules"],
    &["plan"],
    &["review"],
    &["connectors"],
    &["apply"],
    &["reports"],
    &["commands"],
    &["cli"],
];

/// Extension points: only their `mod.rs` knows the members.
const PLURAL: &[&str] = &["platforms", "rules", "connectors", "reports", "commands"];

/// Files in a plural folder that are no members but what the members stand on, such as `connectors::transport`. Any member may
/// import them; they import no member. A line here needs a reason.
const SHARED: &[&str] = &[
    // Reading and writing the files that a command line names, the same way in every verb.
    "commands::files",
    // Reading access repositories and exported states, with their problems shown the same way by every verb.
    "commands::inputs",
    // How a business on its platform is named and reached, the same way in every verb.
    "commands::remote",
    // Reading the directory and the dates of activity that a policy names, for every verb that asks the rules.
    "commands::outside",
    // The files at the commit from which a branch began, for `plan` and `graph`.
    "commands::base",
    // Which state of access, what people typed, and how answers are shown: the verbs that ask the graph.
    "commands::questions",
    // Options and output of the verbs that make or show a plan.
    "commands::planned",
    // Writing reports beside what is printed, for the verbs that plan and look for drift.
    "commands::reported",
    // Approvals of a plan: given by `approve`, looked at by `apply`.
    "commands::approve",
    // Signatures over approvals.
    "commands::signature",
    // Rosters that the files name: read with the states, checked by `validate`.
    "commands::rosters",
    // Showing a difference between two texts, for verbs that check files.
    "commands::difference",
    // What of a policy binds less than before: for a rule, and for who judges the rules that a change turns off.
    "rules::guardrails",
    // What people, assets and permissions are called, so that all reports call them the same.
    "reports::words",
    // How the effect on people is told, in text, Markdown and the page.
    "reports::told",
    // Two states of access and the lines between people and assets, for the page and for `graph`.
    "reports::drawn",
    // How findings are told, in their own reports and in those of plans.
    "reports::proof",
    // What a rule is, what it looks at and reports to, what comes of it, what a policy can set; and what asks all rules and compares what they say.
    "rules::access",
    "rules::case",
    "rules::compare",
    "rules::finding",
    "rules::judge",
    "rules::params",
    "rules::rows",
    "rules::rule",
    "rules::settings",
    "rules::sink",
    "rules::tally",
    "rules::waivers",
    "rules::world",
    // A target on disk can't be had without the lock on it.
    "connectors::lock",
];

/// Where clippy's bans on files, network, clock, environment and printing may be lifted (see `clippy.toml`).
const IMPURE: &[&str] = &["main", "terminal", "source::load", "commands", "connectors"];

/// The lints that ban the outside world.
const BANS: &[&str] = &["disallowed_macros", "disallowed_methods", "disallowed_types", "print_stderr", "print_stdout"];

/// Names that say nothing about what is inside.
const BANNED_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

const MAX_FUNCTION_LINES: usize = 80;
const MEDIAN_FUNCTION_LINES: usize = 10;
const MAX_FILE_LINES: usize = 600;

#[test]
fn the_source_tree_keeps_its_promises() {
    let tree = Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(!tree.files.is_empty(), "no source file was read");
    let problems = tree.problems();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The production part of the source tree.
struct Tree {
    files: Vec<File>,
    /// Every module that is a file or folder, as `rules::partner_chain`.
    modules: BTreeSet<String>,
}

/// One source file without its test code.
struct File {
    name: String,
    /// Path from the crate root; empty for `lib.rs`.
    module: Vec<String>,
    source: RustSource,
}

impl Tree {
    fn read(root: &Path) -> Self {
        let mut names = Vec::new();
        collect_files(root, &mut names);
        names.sort();
        Self::parse(names.iter().map(|path| {
            let name = path.strip_prefix(root).expect("found below the root");
            let name = name.to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(path).expect("source files are readable text"))
        }))
    }

    fn parse(sources: impl IntoIterator<Item = (String, String)>) -> Self {
        let sources = sources.into_iter();
        let mut files: Vec<File> = sources.map(|(name, text)| File::parse(name, &text)).collect();
        let tests: Vec<_> = files.iter().flat_map(File::test_modules).collect();
        files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        let modules = files.iter().map(|file| file.module.join("::")).collect();
        Self { files, modules }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut lengths = Vec::new();
        for file in &self.files {
            self.check_arrows(file, &mut problems);
            file.check_names(&mut problems);
            file.check_permissions(&mut problems);
            file.check_sizes(&mut lengths, &mut problems);
        }
        lengths.sort_unstable();
        if let Some(&median) = lengths.get(lengths.len() / 2)
            && median >= MEDIAN_FUNCTION_LINES
        {
            problems.push(format!(
                "half of all functions have {median} lines or more, the median must stay below {MEDIAN_FUNCTION_LINES}"
            ));
        }
        problems
    }

    fn check_arrows(&self, file: &File, problems: &mut Vec<String>) {
        // The root of the library and the thin binary see everything.
        let Some(own) = file.module.first().filter(|own| *own != "main") else {
            return;
        };
        for arrow in file.source.arrows(&file.module) {
            if let Some(why) = self.forbidden(own, &file.module, &arrow.target) {
                let target = arrow.target.join("::");
                problems.push(format!("{}:{}: `crate::{target}`: {why}", file.name, arrow.line));
            }
        }
    }

    fn forbidden(&self, own: &str, from: &[String], target: &[String]) -> Option<String> {
        let head = target.first().map_or("", String::as_str);
        if own == head {
            return self.sibling(from, target);
        }
        match (layer(own), layer(head)) {
            (_, None) => Some(format!("`{head}` is no module of a layer; name the module that defines the item")),
            (Some(here), Some(there)) if there >= here => {
                Some(format!("`{own}` (layer {here}) must not know `{head}` (layer {there})"))
            }
            _ => None,
        }
    }

    /// Inside one plural folder: members only know the folder's `mod.rs` and what is SHARED.
    fn sibling(&self, from: &[String], target: &[String]) -> Option<String> {
        let (folder, member) = (from.first()?, from.get(1)?);
        let other = target.get(1)?;
        let name = format!("{folder}::{other}");
        let is_member = self.modules.contains(&name) && !SHARED.contains(&name.as_str());
        (PLURAL.contains(&folder.as_str()) && member != other && is_member)
            .then(|| format!("`{folder}::{member}` must not know its sibling `{other}`"))
    }
}

impl File {
    fn parse(name: String, text: &str) -> Self {
        let source = RustSource::parse(text).unwrap_or_else(|err| panic!("{name}: {err}"));
        let module = module_path(&name);
        Self { name, module, source }
    }

    /// The modules whose files are test code.
    fn test_modules(&self) -> impl Iterator<Item = Vec<String>> {
        self.source.test_modules.iter().map(|test| [&self.module[..], slice::from_ref(test)].concat())
    }

    fn check_names(&self, problems: &mut Vec<String>) {
        if let Some(top) = self.module.first()
            && top != "main"
            && layer(top).is_none()
        {
            problems.push(format!("{}: `{top}` is in no layer, see LAYERS", self.name));
        }
        for name in [self.module.clone(), self.source.inline_modules()].concat() {
            if BANNED_NAMES.contains(&name.as_str()) {
                problems.push(format!("{}: `{name}` says nothing about what is inside", self.name));
            }
        }
    }

    /// The attribute that lifts clippy's bans is itself only allowed in the impure places.
    fn check_permissions(&self, problems: &mut Vec<String>) {
        let path = self.module.join("::");
        let is_in = |place: &str| path == place || path.starts_with(&format!("{place}::"));
        if IMPURE.iter().any(|place| is_in(place)) {
            return;
        }
        for line in self.source.lines_naming(BANS) {
            problems.push(format!("{}:{line}: lifts a ban of clippy.toml outside {}", self.name, IMPURE.join(", ")));
        }
    }

    fn check_sizes(&self, lengths: &mut Vec<usize>, problems: &mut Vec<String>) {
        let (name, lines) = (&self.name, self.source.lines);
        if lines >= MAX_FILE_LINES {
            problems.push(format!("{name}: {lines} lines, limit {}", MAX_FILE_LINES - 1));
        }
        let functions = self.source.functions().unwrap_or_else(|err| panic!("{name}: {err}"));
        for function in functions {
            lengths.push(function.length);
            if function.length > MAX_FUNCTION_LINES {
                let (line, length) = (function.line, function.length);
                problems
                    .push(format!("{name}:{line}: `{}` has {length} lines, limit {MAX_FUNCTION_LINES}", function.name));
            }
        }
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|members| members.contains(&module))
}

/// `rules/mod.rs` is `rules`, `rules/partner_chain.rs` is `rules::partner_chain`, `lib.rs` is the root.
fn module_path(name: &str) -> Vec<String> {
    let path = name.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let segments = path.split('/').map(str::to_owned);
    if path == "lib" { Vec::new() } else { segments.collect() }
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("the source folder is readable").path();
        if path.is_dir() {
            collect_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Proof that each check can fail, and that what looks like a violation passes where it is none.
mod the_checks {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        Tree::parse(files.iter().map(|(name, text)| (name.to_string(), text.to_string()))).problems()
    }

    /// The only problem found must contain `expected`.
    fn assert_found(files: &[(&str, &str)], expected: &str) {
        let found = problems(files);
        assert!(found.len() == 1 && found[0].contains(expected), "expected `{expected}`, found {found:#?}");
    }

    fn assert_clean(files: &[(&str, &str)]) {
        assert_eq!(problems(files), [""; 0]);
    }

    #[test]
    fn an_arrow_up_is_found_however_it_is_written() {
        for text in [
            "use crate::plan::Plan;",
            "use crate::{model::Id, plan::{self}};",
            "use crate::{\n    model,\n    plan as later,\n};",
            "use super::plan::Plan;",
            "use super::plan;",
            "fn f() { let _ = crate::plan::new::<u8>(); }",
            "fn f() { println!(\"{}\", crate::plan::NAME); }",
            "macro_rules! m { () => { $crate::plan::NAME } }",
            "mod inner { use super::super::plan::Plan; }",
            "pub(in crate::plan) struct S;",
            "use accord::plan::Plan;",
        ] {
            assert_found(&[("diff.rs", text)], "`diff` (layer 6) must not know `plan` (layer 8)");
        }
    }

    #[test]
    fn an_arrow_is_located() {
        let text = "//! docs\nuse crate::{\n    model,\n    plan::Plan,\n};";
        assert_found(&[("diff/mod.rs", text)], "diff/mod.rs:4: `crate::plan::Plan`: ");
    }

    #[test]
    fn an_arrow_inside_one_layer_is_found() {
        assert_found(&[("diff.rs", "use crate::graph::Graph;")], "`diff` (layer 6) must not know `graph` (layer 6)");
    }

    #[test]
    fn an_arrow_that_hides_the_module_is_found() {
        assert_found(&[("diff.rs", "use crate::Plan;")], "`Plan` is no module of a layer");
        assert_found(&[("diff.rs", "use super::*;")], "`*` is no module of a layer");
        assert_found(&[("diff.rs", "use crate as root;")], "`` is no module of a layer");
    }

    #[test]
    fn arrows_down_and_home_pass() {
        assert_clean(&[
            ("lib.rs", "pub mod plan; pub use plan::Plan; use crate::commands::Verb;"),
            ("main.rs", "fn main() { accord::commands::run(); }"),
            (
                "plan/mod.rs",
                "use crate::diff::ChangeSet; mod order; pub(crate) use self::order::sort; use crate::model;",
            ),
            ("plan/order.rs", "use super::Plan; use crate::plan::file; pub(crate) fn sort(&self) { self.x() }"),
        ]);
    }

    #[test]
    fn comments_strings_and_tests_are_no_arrows() {
        assert_clean(&[
            ("diff.rs", "//! See [`crate::plan`].\n/* use crate::plan; */\nconst A: &str = \"use crate::plan::Plan\";"),
            ("graph.rs", "#[cfg(test)]\n#[expect(unused)]\nmod tests { use crate::apply::run; }"),
            ("model.rs", "#[cfg(test)]\nuse crate::{plan::Plan};\n#[cfg(test)]\nmod laws;\nfn f() {}"),
            (
                "policy.rs",
                "struct S;\nimpl S {\n/// Docs.\n#[must_use]\n#[cfg(test)]\npub(crate) fn f() { crate::apply::run() }\n}",
            ),
            ("model/laws.rs", "use crate::apply::run;"),
        ]);
    }

    #[test]
    fn code_that_tests_leave_out_still_counts() {
        assert_found(&[("diff.rs", "#[cfg(not(test))]\nuse crate::plan::Plan;")], "must not know `plan`");
        assert_found(&[("diff.rs", "#[cfg(test)]\nuse std::{fs};\nuse crate::plan::Plan;")], "must not know `plan`");
    }

    #[test]
    fn siblings_in_a_plural_folder_do_not_meet() {
        let table =
            ("rules/mod.rs", "mod one; mod two; pub struct Finding; static ALL: &[u8] = &[self::one::A, two::B];");
        let two = ("rules/two.rs", "use super::Finding; use crate::rules::Finding as Other;");
        for text in ["use super::two::B;", "use crate::rules::{Finding, two};", "fn f() { super::two::check(); }"] {
            assert_found(&[table, two, ("rules/one.rs", text)], "`rules::one` must not know its sibling `two`");
        }
        assert_found(&[table, two, ("rules/one/parts.rs", "use super::super::two::B;")], "its sibling `two`");
        assert_clean(&[
            table,
            two,
            ("rules/one.rs", "mod parts;"),
            ("rules/one/parts.rs", "use crate::rules::one::A;"),
        ]);
    }

    #[test]
    fn a_module_needs_a_layer_and_a_name_that_says_something() {
        assert_found(&[("extras.rs", "")], "`extras` is in no layer");
        assert_found(&[("diff/utils.rs", "")], "`utils` says nothing");
        assert_found(&[("diff.rs", "mod helpers { fn f() {} }")], "`helpers` says nothing");
    }

    #[test]
    fn only_the_impure_places_lift_the_bans() {
        let text = "#![expect(clippy::disallowed_methods, reason = \"reads files\")]";
        assert_found(&[("diff.rs", text)], "diff.rs:1: lifts a ban");
        assert_found(&[("source/mod.rs", text)], "source/mod.rs:1: lifts a ban");
        assert_clean(&[("source/load.rs", text), ("commands/plan.rs", text), ("connectors/mod.rs", text)]);
        assert_clean(&[("diff.rs", "const print_stdout: u8 = crate::model::print_stdout;")]);
        assert_clean(&[("diff.rs", "#[cfg(test)]\n#[expect(clippy::disallowed_methods)]\nmod tests {}")]);
    }

    #[test]
    fn a_long_function_is_found() {
        let short = "fn s() {}\n".repeat(5);
        let body = |lines: usize| format!("{short}/// Docs.\nfn long() {{\n{}}}\n", "    f();\n".repeat(lines - 2));
        assert_found(&[("diff.rs", &body(81))], "diff.rs:7: `long` has 81 lines, limit 80");
        assert_clean(&[("diff.rs", &body(80))]);
        assert_clean(&[("diff.rs", &format!("{short}#[cfg(test)]\nmod tests {{\n{}}}", body(81)))]);
        let method = format!("{short}impl S {{\nfn long() {{\n{}}}\n}}", "f();\n".repeat(90));
        assert_found(&[("diff.rs", &method)], "`long` has 92 lines");
    }

    #[test]
    fn many_middling_functions_are_found() {
        let function = |lines: usize| format!("fn f() {{\n{}}}\n", "f();\n".repeat(lines - 2));
        assert_found(&[("diff.rs", &function(10).repeat(3))], "half of all functions have 10 lines or more");
        assert_clean(&[("diff.rs", &function(9).repeat(3))]);
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let lines = |count: usize| "const A: u8 = 1;\n".repeat(count);
        assert_found(&[("diff.rs", &lines(600))], "diff.rs: 600 lines, limit 599");
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(600));
        assert_clean(&[("diff.rs", &(lines(599) + &tests))]);
    }
}
