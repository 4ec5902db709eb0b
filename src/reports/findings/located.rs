//! Places of findings with the text they cover, and edits as patches.

use std::collections::BTreeMap;

use super::Report;
use crate::rules::Finding;
use crate::rules::finding::{Edit, Place};
use crate::source::edit::{self, Patch};
use crate::source::extent;

/// The files of a report, each read once.
pub(super) struct Texts<'a> {
    report: &'a Report<'a>,
    texts: BTreeMap<String, Option<String>>,
}

/// A file and its patches.
pub(super) type FilePatches = (String, Vec<Patch>);

impl<'a> Texts<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        Texts { report, texts: BTreeMap::new() }
    }

    pub(super) fn text(&mut self, file: &str) -> Option<&str> {
        let text_of = self.report.text_of;
        self.texts.entry(file.to_owned()).or_insert_with(|| text_of(file)).as_deref()
    }

    /// How many characters stand at a place; 1 where the file can't be read any more.
    pub(super) fn length(&mut self, place: &Place) -> usize {
        let line = usize::try_from(place.line).unwrap_or(usize::MAX).saturating_sub(1);
        let text = self.text(&place.file).and_then(|text| text.lines().nth(line));
        text.map_or(1, |text| extent::of(text, usize::from(place.column)))
    }

    /// The patches of a finding's fix, by file; empty where it has none, or where one of them can't be made.
    pub(super) fn patches(&mut self, finding: &Finding) -> Vec<FilePatches> {
        let Some(fix) = &finding.fix else { return Vec::new() };
        let mut patches = Vec::new();
        for (file, edits) in by_file(&fix.edits) {
            let made = self.text(&file).map(|text| edit::patches(text, &edits));
            let Some(Ok(made)) = made else { return Vec::new() };
            patches.push((file, made));
        }
        patches
    }
}

/// Edits in the words of the editor, by file.
fn by_file(edits: &[Edit]) -> BTreeMap<String, Vec<edit::Edit>> {
    let mut files: BTreeMap<String, Vec<edit::Edit>> = BTreeMap::new();
    for edit in edits {
        let (file, edit) = edit.to_source();
        files.entry(file.to_owned()).or_default().push(edit);
    }
    files
}
