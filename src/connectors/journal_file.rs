//! The file a journal is written to: only ever appended to, on disk when asked.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "appends to the journal file")]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// An open journal file.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
}

impl JournalFile {
    /// Opens a journal, making an empty one where there is none, and reads what is in it.
    ///
    /// # Errors
    /// Where it can't be made or read, or is no regular file.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<u8>)> {
        let before = fs::symlink_metadata(path);
        if before.as_ref().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if before.is_err() {
            sync_folder(path)?;
        }
        Ok((JournalFile { file }, bytes))
    }

    /// The journal of a plan where no other name is given: `<plan>.journal`.
    pub fn beside(plan: &Path) -> PathBuf {
        let mut name = OsString::from(plan.as_os_str());
        name.push(".journal");
        PathBuf::from(name)
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// Where they can't be written, whole.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Returns when everything survives a power cut.
    ///
    /// # Errors
    /// Where the system can't promise it.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Cuts everything from a length (in bytes) on.
    ///
    /// # Errors
    /// Where it can't be cut.
    pub fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.sync_all()
    }
}

/// A new file survives a power cut once its folder is on disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_there_for_the_next_one_and_what_is_cut_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = JournalFile::beside(&folder.path().join("plan.json"));
        assert!(path.ends_with("plan.json.journal"));
        let (mut journal, bytes) = JournalFile::open(&path).unwrap();
        assert!(bytes.is_empty());
        journal.append(b"one\ntwo\nthr").unwrap();
        journal.sync().unwrap();
        let (mut journal, bytes) = JournalFile::open(&path).unwrap();
        assert_eq!(bytes, b"one\ntwo\nthr");
        journal.cut(8).unwrap();
        journal.append(b"three\n").unwrap();
        assert_eq!(JournalFile::open(&path).unwrap().1, b"one\ntwo\nthree\n");
    }

    #[test]
    fn a_folder_is_no_journal() {
        let folder = tempfile::tempdir().unwrap();
        assert!(JournalFile::open(folder.path()).is_err());
    }
}
