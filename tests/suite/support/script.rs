//! The `cmd` file of a case. One step a line, `#` starts a comment line, words are quoted as in a shell:
//!
//! | line | meaning |
//! |---|---|
//! | `input examples/retail` | start from this folder of the repository instead of the case's `input/` |
//! | `env NAME=value` | set a variable for all commands (nothing is inherited) |
//! | `accord plan --at 2026-01-01` | run the program; `< file` at the end feeds its stdin |
//! | `copy from.yaml accord.yaml` | replace a file between two commands, as an editor would |
//! | `remove plan.json` | remove a file between two commands |
//! | `show plan.json` | put a file, or every file of a folder, into the golden file |

/// A parsed `cmd` file.
pub struct Script {
    /// Folder of the repository to start from; `None` is the case's own `input/`, if there is one.
    pub input: Option<String>,
    /// Variables beside the fixed ones.
    pub env: Vec<(String, String)>,
    /// What to do, in order; at least one command.
    pub steps: Vec<Step>,
}

/// One line that acts.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// The line as written, the arguments, and the file that feeds stdin.
    Run {
        line: String,
        args: Vec<String>,
        stdin: Option<String>,
    },
    Copy {
        from: String,
        to: String,
    },
    Remove(String),
    Show(String),
}

impl Script {
    /// Reads the whole file; the first line that makes no sense is the error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut script = Self { input: None, env: Vec::new(), steps: Vec::new() };
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                script.line(line).map_err(|problem| format!("`cmd` line {number}: {problem}"))?;
            }
        }
        let runs = script.steps.iter().any(|step| matches!(step, Step::Run { .. }));
        if runs { Ok(script) } else { Err("`cmd` runs nothing".to_owned()) }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let words = split_words(line)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let step = match *words.as_slice() {
            ["input", folder] if self.input.is_none() && self.steps.is_empty() => {
                self.input = Some(folder.to_owned());
                return Ok(());
            }
            ["env", pair] => {
                let (name, value) = pair.split_once('=').ok_or("`env` needs NAME=value")?;
                self.env.push((name.to_owned(), value.to_owned()));
                return Ok(());
            }
            ["accord", ref args @ .., "<", stdin] => Step::run(line, args, Some(stdin)),
            ["accord", ref args @ ..] => Step::run(line, args, None),
            ["copy", from, to] => Step::Copy { from: from.to_owned(), to: to.to_owned() },
            ["remove", path] => Step::Remove(path.to_owned()),
            ["show", path] => Step::Show(path.to_owned()),
            ["input" | "copy" | "remove" | "show" | "env", ..] => {
                return Err(format!("`{line}` is misplaced or incomplete"));
            }
            _ => return Err(format!("unknown word `{}`", words[0])),
        };
        self.steps.push(step);
        Ok(())
    }
}

impl Step {
    fn run(line: &str, args: &[&str], stdin: Option<&str>) -> Self {
        let args = args.iter().map(|&word| word.to_owned()).collect();
        Self::Run { line: line.to_owned(), args, stdin: stdin.map(str::to_owned) }
    }
}

/// Splits at blanks outside of `'...'` and `"..."`; there are no escapes and no variables.
fn split_words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match quote {
        Some(open) => Err(format!("{open} is not closed")),
        None => Ok(words),
    }
}

#[test]
fn words_are_split_as_in_a_shell() {
    assert_eq!(split_words(r#"a  'b c' d"e f" ''"#), Ok(["a", "b c", "de f", ""].map(String::from).to_vec()));
    assert_eq!(split_words("a 'b"), Err("' is not closed".to_owned()));
}

#[test]
fn every_word_of_a_script_is_understood() {
    let script = Script::parse("# why\ninput examples/retail\nenv A=b=c\naccord fmt - < a.yaml\nshow out\n").unwrap();
    assert_eq!(script.input.as_deref(), Some("examples/retail"));
    assert_eq!(script.env, [("A".to_owned(), "b=c".to_owned())]);
    let run = Step::run("accord fmt - < a.yaml", &["fmt", "-"], Some("a.yaml"));
    assert_eq!(script.steps, [run, Step::Show("out".to_owned())]);
}

#[test]
fn a_line_that_makes_no_sense_is_located() {
    for (text, problem) in [
        ("accord\ncopy a\n", "`cmd` line 2: `copy a` is misplaced or incomplete"),
        ("accord\ninput late\n", "`cmd` line 2: `input late` is misplaced or incomplete"),
        ("env A\n", "`cmd` line 1: `env` needs NAME=value"),
        ("rm -rf .\n", "`cmd` line 1: unknown word `rm`"),
    ] {
        assert_eq!(Script::parse(text).err().as_deref(), Some(problem));
    }
}
