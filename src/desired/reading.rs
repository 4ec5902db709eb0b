//! From files to the desired state: each file is read by itself, on as many threads as wanted; results don't depend on how many.

use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::model::{Digest, digest::Hasher};
use crate::source::load::{self, LoadError};
use crate::source::{At, FileId, Files, Problem};

use super::document::{Document, Word};
use super::{DesiredState, read, resolve};

/// The file at the top of every access repository.
pub const ROOT_FILE: &str = "accord.yaml";

/// What came of reading an access repository.
#[derive(Debug)]
pub struct Reading {
    /// The state; absent where there is an error among the problems.
    pub state: Option<DesiredState>,
    /// Problems of all files, by file and place.
    pub problems: Vec<Problem>,
    /// The files, for the problems' places.
    pub files: Files,
}

/// One file, read.
struct Parsed {
    documents: Vec<Document>,
    problems: Vec<Problem>,
    digest: Digest,
    /// Whether its last line has no line break, as a file has that was cut.
    cut: bool,
}

/// Reads an access repository from texts: paths (relative, `/` between the parts) and contents, in any order.
pub fn from_texts(texts: &[(String, String)]) -> Reading {
    let mut texts: Vec<&(String, String)> = texts.iter().collect();
    texts.sort_by(|a, b| a.0.cmp(&b.0));
    let root = texts.iter().find(|(path, _)| path == ROOT_FILE);
    let ignored = root.map(|(_, text)| Ignored::of(text)).unwrap_or_default();
    texts.retain(|(path, _)| !ignored.matches(path));
    let paths = texts.iter().map(|(path, _)| path.clone()).collect();
    let files = (0..).map(FileId);
    let parsed = files.zip(&texts).map(|(file, (_, text))| (file, parse(file, text))).collect();
    assemble(paths, parsed, 1)
}

/// Reads an access repository from a folder, with up to `threads` threads.
///
/// # Errors
/// Where `accord.yaml` or a folder can't be read. What is wrong with any other file is a problem, not an error.
pub fn from_folder(root: &Path, threads: usize) -> Result<Reading, LoadError> {
    Ok(from_folder_beside(root, threads, || ())?.0)
}

/// The same while something else is done: one of the threads does that first, then helps with the files.
///
/// # Errors
/// As [`from_folder`].
pub fn from_folder_beside<T: Send>(
    root: &Path,
    threads: usize,
    beside: impl FnOnce() -> T + Send,
) -> Result<(Reading, T), LoadError> {
    let paths = paths(root)?;
    let queue = Queue::new(root, &paths);
    let (done, parsed) = channel();
    // All files; or fewer where a thread panicked, and then that panic goes on before anybody sees what was read.
    let assembled = || assemble(paths.clone(), parsed.into_iter().take(paths.len()).collect(), threads);
    if threads < 2 {
        let other = beside();
        queue.work(done);
        return Ok((assembled(), other));
    }
    thread::scope(|scope| {
        let (queue, for_helper) = (&queue, done.clone());
        let helper = scope.spawn(move || {
            let other = beside();
            queue.work(for_helper);
            other
        });
        for _ in 2..threads.min(paths.len()) {
            let done = done.clone();
            scope.spawn(move || queue.work(done));
        }
        queue.work(done);
        let reading = assembled();
        Ok((reading, helper.join().unwrap_or_else(|panic| resume_unwind(panic))))
    })
}

/// The paths of the access documents of a folder, relative to it with `/` between the parts, in byte order. What `accord.yaml`
/// ignores is left out; a folder without one is a part of a repository.
///
/// # Errors
/// Where `accord.yaml` or a folder can't be read.
pub fn paths(root: &Path) -> Result<Vec<String>, LoadError> {
    let ignored = root_text(root)?.map(|text| Ignored::of(&text));
    let ignored = ignored.unwrap_or_default();
    load::list(root, &|path| ignored.matches(path))
}

/// States of a business that `accord.yaml` names: paths as written, relative to the repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedStates {
    /// Key of the business.
    pub business: String,
    /// `snapshot:`.
    pub snapshot: Option<String>,
    /// `last_applied:`.
    pub last_applied: Option<String>,
}

/// The states that `accord.yaml` names, found without reading the other files. What is wrong with it is told when the repository is
/// read.
///
/// # Errors
/// Where `accord.yaml` can't be read.
pub fn states_named(root: &Path) -> Result<Vec<NamedStates>, LoadError> {
    let Some(text) = root_text(root)? else {
        return Ok(Vec::new());
    };
    let (documents, _) = read::documents(FileId(0), &text);
    Ok(documents.iter().flat_map(states_in).collect())
}

fn root_text(root: &Path) -> Result<Option<String>, LoadError> {
    let exists = load::exists(root, ROOT_FILE);
    exists.then(|| load::text(root, ROOT_FILE)).transpose()
}

fn states_in(doc: &Document) -> impl Iterator<Item = NamedStates> {
    let text = |word: Word| doc.strings.get(word.text).to_owned();
    doc.businesses.iter().map(move |business| NamedStates {
        business: text(business.key),
        snapshot: business.snapshot.map(text),
        last_applied: business.last_applied.map(text),
    })
}

/// Paths that are not access documents.
#[derive(Default)]
struct Ignored(Vec<String>);

impl Ignored {
    /// From the text of `accord.yaml`: what it ignores, and the snapshots it names.
    fn of(text: &str) -> Self {
        let (documents, _) = read::documents(FileId(0), text);
        let mut paths = Vec::new();
        for doc in &documents {
            let ignored = doc.ignore.iter();
            paths.extend(ignored.map(|word| doc.strings.get(word.text).to_owned()));
            let states = states_in(doc).flat_map(|named| [named.snapshot, named.last_applied]);
            paths.extend(states.flatten());
        }
        Ignored(paths.iter().map(|path| path.trim_start_matches("./").trim_end_matches('/').to_owned()).collect())
    }

    fn matches(&self, path: &str) -> bool {
        path != ROOT_FILE
            && self
                .0
                .iter()
                .any(|prefix| path == prefix || (path.starts_with(prefix) && path[prefix.len()..].starts_with('/')))
    }
}

fn parse(file: FileId, text: &str) -> Parsed {
    let (documents, problems) = read::documents(file, text);
    Parsed { documents, problems, digest: Digest::of(text.as_bytes()), cut: false }
}

/// A file that can't be read is never taken for an empty one: it is a problem like any other, so that all are told in one run.
fn unreadable(file: FileId, error: &LoadError) -> Parsed {
    let at = |line, column| At::new(line, column, 1).span(file);
    let problem = match error {
        LoadError::NotText { line, column, .. } => {
            Problem::error("not-utf8", at(*line, *column), "this is not UTF-8 text").help("save the file as UTF-8")
        }
        LoadError::Read { source, .. } => {
            Problem::error("unreadable", at(1, 1), format!("the file can't be read: {}", source.kind()))
        }
        error => Problem::error("unreadable", at(1, 1), error.to_string()),
    };
    Parsed { documents: Vec::new(), problems: vec![problem], digest: Digest::of(b""), cut: false }
}

/// A file that was cut may still be YAML, and then says less than it should.
fn whole_or_cut(mut parsed: Parsed, file: FileId, text: &str) -> Parsed {
    parsed.cut = !text.is_empty() && !text.ends_with('\n');
    if parsed.cut && parsed.problems.is_empty() {
        let last = text.lines().last().unwrap_or_default().chars().count().max(1);
        let place = At::new(text.lines().count(), 1, last).span(file);
        let message = "the last line has no line break, as if the file were cut";
        parsed.problems.push(Problem::warning("unended", place, message).help("`accord fmt` adds it"));
    }
    parsed
}

/// Files to read, the largest first.
struct Queue<'a> {
    root: &'a Path,
    paths: &'a [String],
    order: Vec<FileId>,
    next: AtomicUsize,
}

impl<'a> Queue<'a> {
    fn new(root: &'a Path, paths: &'a [String]) -> Self {
        let mut order: Vec<FileId> = (0..).map(FileId).take(paths.len()).collect();
        order.sort_by_key(|file| Reverse(load::size(root, &paths[usize::from(file.0)])));
        Queue { root, paths, order, next: AtomicUsize::new(0) }
    }

    /// Reads files until none is left.
    fn work(&self, done: Sender<(FileId, Parsed)>) {
        let _span = tracing::info_span!("parse").entered();
        let mut text = String::new();
        while let Some(&file) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let parsed = match load::text_into(self.root, &self.paths[usize::from(file.0)], &mut text) {
                Ok(()) => whole_or_cut(parse(file, &text), file, &text),
                Err(error) => unreadable(file, &error),
            };
            // Nobody listens any more where another thread panicked.
            let _ = done.send((file, parsed));
        }
    }
}

fn assemble(paths: Vec<String>, mut parsed: Vec<(FileId, Parsed)>, threads: usize) -> Reading {
    let _span = tracing::info_span!("resolve").entered();
    parsed.sort_unstable_by_key(|(file, _)| *file);
    let root = paths.iter().position(|path| path == ROOT_FILE).and_then(|index| u16::try_from(index).ok()).map(FileId);
    let mut hasher = Hasher::new();
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    let mut cut = Vec::new();
    for (path, (file, parsed)) in paths.iter().zip(parsed) {
        hasher.piece(path.as_bytes()).piece(&parsed.digest.0);
        problems.extend(parsed.problems);
        cut.extend(parsed.cut.then_some(file));
        documents.extend(parsed.documents.into_iter().map(|document| (file, document)));
    }
    let (mut state, mut problems, files) =
        resolve::resolve(Files::new(paths), root, documents, hasher.finish(), problems, threads);
    if let Some(state) = &mut state {
        state.cut = cut;
    }
    problems.sort();
    problems.dedup();
    Reading { state, problems, files }
}
