//! What the rules found, for its readers: text with excerpts of the files, JSON, SARIF, GitHub annotations, code quality of GitLab, JUnit, CSV.
//!
//! To add a format: a file here, a line in [`Format`] and in [`render`]. A property test counts that each format shows every finding.

mod csv;
mod github;
mod gitlab;
mod json;
mod junit;
mod located;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use json::{Document, FORMAT_VERSION};

use jiff::Timestamp;

use crate::rules::Judgement;
use crate::rules::finding::Level;
use crate::terminal::Style;

/// What is reported.
pub struct Report<'a> {
    /// What the rules said.
    pub judgement: &'a Judgement,
    /// The moment for which ends and ages counted.
    pub as_of: Timestamp,
    /// Reads a file of the access repository again, by its path relative to the root.
    pub text_of: &'a dyn Fn(&str) -> Option<String>,
    /// What stands before paths of the access repository, so that they lead there from the folder in which the program runs, with a
    /// `/` at the end; empty where it runs in the root.
    pub prefix: String,
    /// The least level that the text shows; what is below is counted.
    pub least: Level,
}

/// How to show findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    /// For people, with the lines concerned
    Text,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Code quality of GitLab
    Gitlab,
    /// JUnit XML, for test reports of CI systems
    Junit,
    /// A table, for auditors
    Csv,
}

/// The findings in a format; the style only counts for text.
///
/// # Errors
/// Where JSON or CSV can't be written, which for these types does not happen.
pub fn render(report: &Report<'_>, format: Format, style: &Style) -> Result<String, Box<dyn std::error::Error>> {
    Ok(match format {
        Format::Text => text::render(report, style),
        Format::Json => json::render(report)?,
        Format::Sarif => sarif::render(report)?,
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report)?,
        Format::Junit => junit::render(report),
        Format::Csv => csv::render(report)?,
    })
}
