//! Reads the files of an access repository from the disk. The only part of `source` that does.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "reading the access repository is what this module is for"
)]

pub mod git;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// No access document is larger than this; a file that is, is not one.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// More files than this are refused: positions count files in 16 bits.
pub const MAX_FILES: usize = 65_000;

/// The access repository can't be read. Nothing is guessed: a file that can't be read is never taken for an empty one.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder can't be read.
    #[error("can't read {path}")]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Not UTF-8.
    #[error("{path}:{line}:{column}: this is not UTF-8 text")]
    NotText {
        /// Where.
        path: PathBuf,
        /// The line of the first wrong byte, from 1.
        line: usize,
        /// Its column in characters, from 1.
        column: usize,
    },
    /// Too large.
    #[error("{path} has {bytes} bytes, limit {MAX_FILE_BYTES}")]
    TooLarge {
        /// Where.
        path: PathBuf,
        /// How large.
        bytes: u64,
    },
    /// Too many files.
    #[error("more than {MAX_FILES} YAML files below {path}")]
    TooMany {
        /// The root.
        path: PathBuf,
    },
    /// A link. Followed, it could lead outside of what was reviewed; skipped, its content would be missed.
    #[error("{path} is a symbolic link, and links are not followed")]
    Link {
        /// Where.
        path: PathBuf,
    },
    /// A pipe, a device or a socket: reading it may never end.
    #[error("{path} is no regular file")]
    Irregular {
        /// Where.
        path: PathBuf,
    },
    /// A name that is not UTF-8.
    #[error("the name of {path} is not UTF-8")]
    Name {
        /// Where.
        path: PathBuf,
    },
}

/// Lists the YAML files below a folder, as paths relative to it with `/` between the parts, in byte order.
///
/// Hidden files and folders are left out. `ignored` says which relative paths are, too.
///
/// # Errors
/// Where a folder can't be read, a name is not UTF-8, or a YAML file is a symbolic link.
pub fn list(root: &Path, ignored: &dyn Fn(&str) -> bool) -> Result<Vec<String>, LoadError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let entries = fs::read_dir(&path).map_err(|source| LoadError::Read { path: path.clone(), source })?;
        for entry in entries {
            let entry = entry.map_err(|source| LoadError::Read { path: path.clone(), source })?;
            let name = entry.file_name().into_string().map_err(|_| LoadError::Name { path: entry.path() })?;
            let relative = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if name.starts_with('.') || ignored(&relative) {
                continue;
            }
            let kind = entry.file_type().map_err(|source| LoadError::Read { path: entry.path(), source })?;
            if kind.is_dir() {
                folders.push(relative);
            } else if is_yaml(&name) || (kind.is_symlink() && entry.path().is_dir()) {
                if kind.is_symlink() {
                    return Err(LoadError::Link { path: entry.path() });
                }
                if !kind.is_file() {
                    return Err(LoadError::Irregular { path: entry.path() });
                }
                found.push(relative);
            }
        }
        if found.len() > MAX_FILES {
            return Err(LoadError::TooMany { path: root.to_path_buf() });
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads a text file.
///
/// # Errors
/// Where it can't be read, is too large, or is not UTF-8.
pub fn text(root: &Path, relative: &str) -> Result<String, LoadError> {
    let mut text = String::new();
    text_into(root, relative, &mut text)?;
    Ok(text)
}

/// Reads a text file in the place of another text, so that a thousand files need the memory of the largest.
///
/// # Errors
/// As [`text`]; the other text is gone then, too.
pub fn text_into(root: &Path, relative: &str, text: &mut String) -> Result<(), LoadError> {
    let path = root.join(relative);
    let failed = |source| LoadError::Read { path: path.clone(), source };
    let length = fs::metadata(&path).map_err(failed)?.len();
    if length > MAX_FILE_BYTES {
        return Err(LoadError::TooLarge { path, bytes: length });
    }
    let mut bytes = std::mem::take(text).into_bytes();
    bytes.clear();
    File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?;
    *text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let good = String::from_utf8_lossy(good);
        let (before, last) = good.rsplit_once('\n').unwrap_or(("", &good));
        let line = if good.contains('\n') { before.matches('\n').count() + 2 } else { 1 };
        LoadError::NotText { path, line, column: last.chars().count() + 1 }
    })?;
    Ok(())
}

/// The size of a file in bytes; 0 where it can't be told.
pub fn size(root: &Path, relative: &str) -> u64 {
    fs::metadata(root.join(relative)).map_or(0, |metadata| metadata.len())
}

/// Whether a file exists.
pub fn exists(root: &Path, relative: &str) -> bool {
    root.join(relative).exists()
}

fn is_yaml(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(".yaml") || lower.ends_with(".yml")
}
