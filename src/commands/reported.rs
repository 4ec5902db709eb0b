//! Reports beside what is printed: `--report FORMAT=FILE`.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use super::{Failure, Session, files};
use crate::graph::Nodes;
use crate::model::PersonRef;
use crate::reports::drawn::Graphs;
use crate::reports::findings;
use crate::reports::page::{self, Data, Page};
use crate::reports::review::{self, DEFAULT_BUDGET, LEAST_BUDGET, Pseudonyms};
use crate::review::Review;
use crate::rules::finding::Level;
use crate::source::load;
use crate::terminal::{Style, prose};

/// Where the secret of pseudonyms stands, so that they are the same from run to run.
const SECRET: &str = "ACCORD_PSEUDONYM_SECRET";

/// Options of verbs that write reports of a change.
#[derive(clap::Args)]
pub struct Reports {
    /// Also write a report (markdown, html, json, sarif, github, gitlab, junit, csv) to FILE, `-` for standard output; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = wanted)]
    wanted: Vec<Wanted>,
    /// The most bytes that Markdown may have
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_BUDGET, value_parser = budget)]
    budget: usize,
    /// Put pseudonyms in the place of people's names, in what is printed and in reports
    #[arg(long)]
    pseudonymize: bool,
}

/// A report to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// How.
    pub format: Format,
    /// Where to.
    pub file: PathBuf,
}

/// What a report can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For a comment or an issue.
    Markdown,
    /// One page.
    Html,
    /// Everything, for programs.
    Json,
    /// What the rules found, in one of its formats.
    Findings(findings::Format),
}

/// A change that is reported.
pub struct Subject<'a> {
    /// The change.
    pub review: Review,
    /// Access before and after.
    pub graphs: Graphs<'a>,
    /// The access repository.
    pub folder: &'a Path,
    /// JSON of another form than the review's: a plan that is compared with exports.
    pub json: Option<String>,
}

impl Reports {
    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether a document goes to standard output, so that nothing else may. Annotations are read by the runner amid other lines.
    pub fn takes_stdout(&self) -> bool {
        let annotations = Format::Findings(findings::Format::Github);
        self.wanted.iter().any(|wanted| wanted.is_standard() && wanted.format != annotations)
    }

    /// Whether names of people are replaced.
    pub fn pseudonymizes(&self) -> bool {
        self.pseudonymize
    }

    /// Pseudonyms of everybody, where they are asked for.
    pub fn pseudonyms(&self, nodes: &Nodes, others: impl Iterator<Item = PersonRef>) -> Option<Pseudonyms> {
        self.pseudonymize.then(|| pseudonyms(nodes, others))
    }

    /// Writes every report.
    ///
    /// # Errors
    /// Where one can't be made or written.
    pub fn write(&self, of: &Subject<'_>, names: Option<&Pseudonyms>, session: &Session) -> Result<(), Failure> {
        let mut written = BTreeMap::new();
        for wanted in &self.wanted {
            let text = self.render(wanted.format, of, names)?;
            if wanted.is_standard() {
                session.print(&text)?;
            } else {
                written.insert(wanted.file.clone(), text.into_bytes());
            }
        }
        write_all(&written, session)
    }

    fn render(&self, format: Format, of: &Subject<'_>, names: Option<&Pseudonyms>) -> Result<String, Failure> {
        let failed = |error: Box<dyn std::error::Error>| Failure::of("can't write the report", &*error);
        // Lines of the files name people wherever they like.
        let text_of = |file: &str| load::text(of.folder, file).ok().filter(|_| names.is_none());
        match format {
            Format::Markdown => Ok(review::render_markdown(&of.review, self.budget)),
            Format::Html => {
                let named = |text: String| names.map(|names| names.text(&text)).unwrap_or(text);
                let data = Data::of(&of.graphs, &named);
                let page = Page { subject: page::Subject::Review(&of.review), data: &data, text_of: &text_of };
                page::render(&page).map_err(|error| failed(error.into()))
            }
            Format::Json => match &of.json {
                Some(json) if names.is_none() => Ok(json.clone()),
                _ => review::json(&of.review).map_err(|error| failed(error.into())),
            },
            Format::Findings(format) => {
                let report = findings::Report {
                    judgement: &of.review.judgement,
                    as_of: of.review.as_of,
                    text_of: &text_of,
                    prefix: prefix(of.folder),
                    least: Level::Note,
                };
                findings::render(&report, format, &Style::default()).map_err(failed)
            }
        }
    }
}

impl Wanted {
    /// Whether it goes to standard output.
    pub fn is_standard(&self) -> bool {
        self.file == Path::new(files::STANDARD)
    }
}

/// Pseudonyms of everybody.
pub fn pseudonyms(nodes: &Nodes, others: impl Iterator<Item = PersonRef>) -> Pseudonyms {
    let people = nodes.people().flat_map(|person| people_of(nodes, person));
    Pseudonyms::new(people.chain(others), &secret())
}

/// Writes reports, and says where. Folders are made.
///
/// # Errors
/// Where one can't be written.
pub fn write_all(reports: &BTreeMap<PathBuf, Vec<u8>>, session: &Session) -> Result<(), Failure> {
    if reports.is_empty() {
        return Ok(());
    }
    files::write_all(reports, true)?;
    let names: Vec<String> = reports.keys().map(|path| path.display().to_string()).collect();
    session.say(&format!("Wrote {}.", prose::list(&names)));
    Ok(())
}

/// What leads from here into the repository.
pub fn prefix(folder: &Path) -> String {
    let shown = folder.display().to_string();
    match shown.trim_end_matches('/') {
        "" | "." => String::new(),
        folder => format!("{folder}/"),
    }
}

/// `FORMAT=FILE`.
///
/// # Errors
/// Where it is something else.
pub fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as markdown=review.md")?;
    if file.is_empty() {
        return Err("expected a file after `=`, or `-` for standard output".to_owned());
    }
    let format = match format {
        "markdown" => Format::Markdown,
        "html" => Format::Html,
        "json" => Format::Json,
        "sarif" => Format::Findings(findings::Format::Sarif),
        "github" => Format::Findings(findings::Format::Github),
        "gitlab" => Format::Findings(findings::Format::Gitlab),
        "junit" => Format::Findings(findings::Format::Junit),
        "csv" => Format::Findings(findings::Format::Csv),
        other => {
            let known = "markdown, html, json, sarif, github, gitlab, junit and csv";
            return Err(format!("there is no format `{other}`; there are {known}"));
        }
    };
    Ok(Wanted { format, file: PathBuf::from(file) })
}

fn budget(text: &str) -> Result<usize, String> {
    let bytes: usize = text.parse().map_err(|_| "expected a number of bytes".to_owned())?;
    match bytes {
        0..LEAST_BUDGET => Err(format!("{bytes} bytes are too few to name what matters, limit {LEAST_BUDGET}")),
        _ => Ok(bytes),
    }
}

/// One entry for each name of a person: all have to be found.
fn people_of(nodes: &Nodes, person: crate::graph::PersonIx) -> Vec<PersonRef> {
    let first = nodes.person_ref(person);
    let names = nodes.names_of(person).iter().map(|name| nodes.text(name.text).to_owned());
    let others = names.map(|name| PersonRef { key: Some(name), ..first.clone() });
    [first.clone()].into_iter().chain(others).collect()
}

/// From the environment, so that it is the same for every run; else of this run alone.
#[expect(clippy::disallowed_methods, reason = "a secret comes from the environment and from nowhere else")]
fn secret() -> Vec<u8> {
    match std::env::var(SECRET) {
        Ok(secret) if !secret.is_empty() => secret.into_bytes(),
        _ => {
            let random = || RandomState::new().build_hasher().finish().to_le_bytes();
            [random(), random(), random()].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_format_and_file() {
        let read = |text| wanted(text).map(|one| (one.format, one.file.display().to_string()));
        assert_eq!(read("markdown=a=b.md"), Ok((Format::Markdown, "a=b.md".to_owned())));
        assert_eq!(read("github=-"), Ok((Format::Findings(findings::Format::Github), "-".to_owned())));
        assert!(read("word=a").unwrap_err().contains("no format `word`"));
        assert!(read("markdown=").is_err());
        assert!(read("markdown").is_err());
    }

    #[test]
    fn a_budget_is_large_enough_for_what_matters() {
        assert_eq!(budget("4000"), Ok(4000));
        assert!(budget("3999").is_err());
        assert!(budget("many").is_err());
    }
}
