//! Answers kept as they came, one file each, so that an export can be taken once and looked at without a network.
//!
//! Two equal calls of one run have two files, numbered: the state is read twice to see whether it moved.
#![expect(clippy::disallowed_methods, reason = "writes and reads the folder of kept answers")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::Client;
use super::fetch::{Export, FetchError, Reading};
use super::request::{Answer, CallError, Request};
use super::source::Source;
use crate::model::Digest;

/// What a folder of kept answers is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct About {
    format: String,
    format_version: u32,
    /// The platform's id of the business.
    pub business: String,
    /// Where the answers came from.
    pub base: String,
    /// When the first call was made.
    pub captured_at: Timestamp,
}

const FORMAT: &str = "accord-pinterest-answers";
const FORMAT_VERSION: u32 = 1;
const ABOUT: &str = "about.json";

/// One kept answer.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Method, path and query.
    call: String,
    /// The how manieth of its kind, from 1.
    number: u32,
    #[serde(flatten)]
    came: Came,
}

/// What came of a call.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Came {
    Answer { status: u16, request_id: Option<String>, body: Value },
    Error(CallError),
}

/// A folder of kept answers can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// Something is in it already.
    #[error("`{0}` is not empty: answers of two runs would be mixed")]
    NotEmpty(String),
    /// It can't be read or written.
    #[error("the kept answers in `{0}` can't be used")]
    Io(String, #[source] io::Error),
    /// A file in it is not what was kept.
    #[error("`{0}` is no kept answer: {1}")]
    Unfit(String, String),
}

/// The network, with every answer kept.
pub struct Keeping<'c> {
    client: &'c Client,
    folder: PathBuf,
    numbers: Numbers,
    failed: Mutex<Option<io::Error>>,
}

/// Answers that were kept, in the order of each call.
pub struct Replay {
    /// What they are about.
    pub about: About,
    answers: BTreeMap<(String, u32), Came>,
    numbers: Numbers,
}

/// How often each call was made.
#[derive(Default)]
struct Numbers(Mutex<BTreeMap<String, u32>>);

impl About {
    /// A run that begins now.
    pub fn new(business: &str, base: &str, captured_at: Timestamp) -> Self {
        let (business, base) = (business.to_owned(), base.to_owned());
        About { format: FORMAT.to_owned(), format_version: FORMAT_VERSION, business, base, captured_at }
    }
}

impl<'c> Keeping<'c> {
    /// Begins to keep answers in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// Where something is in it, or it can't be written.
    pub fn begin(client: &'c Client, folder: &Path, about: &About) -> Result<Self, RawError> {
        let name = folder.display().to_string();
        let failed = |error| RawError::Io(name.clone(), error);
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            return Err(RawError::NotEmpty(name));
        }
        write(&folder.join(ABOUT), about).map_err(failed)?;
        Ok(Keeping { client, folder: folder.to_owned(), numbers: Numbers::default(), failed: Mutex::new(None) })
    }

    /// Whether every answer was kept.
    ///
    /// # Errors
    /// The first that could not be written.
    pub fn finish(self) -> Result<(), RawError> {
        let failed = self.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |error| Err(RawError::Io(self.folder.display().to_string(), error)))
    }

    fn keep(&self, request: &Request, result: &Result<Answer, CallError>) -> io::Result<()> {
        let came = match result {
            // Nobody expects a token in an answer; what is kept for years is looked through all the same.
            Ok(answer) => Came::Answer {
                status: answer.status,
                request_id: answer.request_id.clone(),
                body: serde_json::from_str(&self.client.blot(&answer.body.to_string()))?,
            },
            Err(error) => Came::Error(error.clone()),
        };
        let call = key(request);
        let number = self.numbers.next(&call);
        let path = self.folder.join(file_name(&call, number));
        write(&path, &Kept { call, number, came })
    }
}

impl Source for Keeping<'_> {
    fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        let result = self.client.send(request);
        if let Err(error) = self.keep(request, &result) {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        result
    }
}

impl Replay {
    /// Reads the business again from its kept answers.
    ///
    /// # Errors
    /// As when it was read first, and where answers are missing.
    pub fn export(&self) -> Result<Export, FetchError> {
        let About { business, base, captured_at, .. } = &self.about;
        Reading { business, captured_at: *captured_at, base, threads: 1 }.export(self)
    }

    /// Reads a folder of kept answers.
    ///
    /// # Errors
    /// Where it can't be read, or a file in it is not what was kept.
    pub fn open(folder: &Path) -> Result<Self, RawError> {
        let about: About = read(&folder.join(ABOUT))?;
        if about.format != FORMAT || about.format_version != FORMAT_VERSION {
            let place = folder.join(ABOUT).display().to_string();
            return Err(RawError::Unfit(place, format!("it is no `{FORMAT}` of version {FORMAT_VERSION}")));
        }
        let failed = |error| RawError::Io(folder.display().to_string(), error);
        let mut answers = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let json = path.extension().is_some_and(|extension| extension == "json");
            if !json || path.file_name().is_some_and(|name| name == ABOUT) {
                continue;
            }
            let Kept { call, number, came } = read(&path)?;
            answers.insert((call, number), came);
        }
        Ok(Replay { about, answers, numbers: Numbers::default() })
    }
}

impl Source for Replay {
    fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        let call = key(request);
        let number = self.numbers.next(&call);
        match self.answers.get(&(call, number)) {
            Some(Came::Answer { status, request_id, body }) => {
                Ok(Answer { status: *status, request_id: request_id.clone(), body: body.clone() })
            }
            Some(Came::Error(error)) => Err(error.clone()),
            None => {
                let message = "no answer to it was kept".to_owned();
                Err(CallError::GaveUp { call: request.name(), message, attempts: 0, request_id: None })
            }
        }
    }
}

impl Numbers {
    fn next(&self, call: &str) -> u32 {
        let mut numbers: MutexGuard<'_, BTreeMap<String, u32>> = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = numbers.entry(call.to_owned()).or_default();
        *number += 1;
        *number
    }
}

/// Method, path and query in one line.
fn key(request: &Request) -> String {
    let query: Vec<String> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", request.name(), query.join("&"))
}

/// A name that tells people what is in the file: its call in letters that every file system takes, cut, with a digest that keeps it apart.
fn file_name(call: &str, number: u32) -> String {
    let plain: String =
        call.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).take(90).collect();
    format!("{plain}.{}.{number}.json", Digest::of(call.as_bytes()).short(8))
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    fs::write(path, bytes)
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, RawError> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| RawError::Io(name.clone(), error))?;
    serde_json::from_slice(&bytes).map_err(|error| RawError::Unfit(name, error.to_string()))
}
