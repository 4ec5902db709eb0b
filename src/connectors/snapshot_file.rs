//! A snapshot file as the target: read whole, changed in memory, replaced whole.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "reads and replaces the snapshot file")]

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::Digest;
use crate::observed::{ObservedState, snapshot};
use crate::plan::{Action, Operation, predict};

use super::lock::{Holder, Lock, LockError};
use super::{Capabilities, Connector, ConnectorError, Context, Outcome};

/// Operations in one replacement of the file. A file has no limit of its own; this one bounds what a stop has to wait for.
const BATCH: usize = 5000;

/// A snapshot file that operations are carried out on.
///
/// Each batch reads the file if it changed, changes the state as [`predict`] says, and puts a new file in the place of the old one: at
/// any moment there is the old or the new file, whole. The same state gives the same bytes. The file is locked against other runs of
/// accord for as long as this lives.
pub struct SnapshotFile {
    path: PathBuf,
    /// For messages.
    name: String,
    /// What was written last, and the digest of its bytes.
    cached: Option<(Digest, ObservedState)>,
    _lock: Lock,
}

impl SnapshotFile {
    /// Looks whether a path can be a target, and locks it.
    ///
    /// # Errors
    /// Where it is not there, a folder (of tables, which are only read), a symbolic link (replacing it would cut the link), no regular
    /// file, or YAML (which is only read); where somebody else holds the lock.
    pub fn lock(path: &Path, holder: &Holder) -> Result<Self, ConnectorError> {
        let name = path.display().to_string();
        SnapshotFile::fits(path)?;
        let lock = Lock::take(path, holder).map_err(|error| match error {
            LockError::Held { .. } => ConnectorError::Locked(error.to_string()),
            LockError::Io { .. } => ConnectorError::Read(error.to_string()),
        })?;
        Ok(SnapshotFile { path: path.to_owned(), name, cached: None, _lock: lock })
    }

    /// Looks whether a path can be a target.
    ///
    /// # Errors
    /// As [`SnapshotFile::lock`], but for the lock.
    pub fn fits(path: &Path) -> Result<(), ConnectorError> {
        let name = path.display().to_string();
        check_kind(path, &name)?;
        let yaml = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"));
        if yaml { Err(only_read(&name, "a snapshot in YAML")) } else { Ok(()) }
    }

    /// The state in the file, and what to recognise the file by.
    fn read(&mut self) -> Result<(ObservedState, Stamp), ConnectorError> {
        check_kind(&self.path, &self.name)?;
        let failed = |error: io::Error| ConnectorError::Read(format!("`{}` can't be read: {error}", self.name));
        let stamp = Stamp::of(&fs::metadata(&self.path).map_err(failed)?);
        let bytes = fs::read(&self.path).map_err(failed)?;
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(only_read(&self.name, "a snapshot in YAML"));
        }
        let digest = Digest::of(&bytes);
        match self.cached.take() {
            Some((known, state)) if known == digest => Ok((state, stamp)),
            _ => {
                let state =
                    snapshot::read(&bytes, &self.name).map_err(|error| ConnectorError::Read(error.to_string()))?;
                Ok((state, stamp))
            }
        }
    }

    /// Puts a file with the state in the place of the one with this stamp.
    fn replace(&mut self, mut state: ObservedState, stamp: &Stamp) -> Result<(), Replaced> {
        state.notice();
        let bytes = snapshot::write(&state);
        let folder = folder_of(&self.path);
        let not_done = |error: io::Error| Replaced::No(format!("`{}` can't be replaced: {error}", self.name));
        let new = self.write_beside(&folder, &bytes).map_err(not_done)?;
        let changed = || Replaced::No(format!("`{}` was changed by somebody else in the same moment", self.name));
        check_kind(&self.path, &self.name).map_err(|_| changed())?;
        if Stamp::of(&fs::metadata(&self.path).map_err(not_done)?) != *stamp {
            return Err(changed());
        }
        new.persist(&self.path).map_err(|error| not_done(error.error))?;
        self.cached = Some((Digest::of(&bytes), state));
        sync_folder(&folder).map_err(|error| {
            Replaced::Maybe(format!("`{}` was replaced, but may not survive a power cut: {error}", self.name))
        })
    }

    /// A new file in the same folder (so that it can take the other's place in one step), on disk, with its owner and permissions.
    fn write_beside(&self, folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        let mut name = OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        // A fixed name: what a killed run left behind is taken away here instead of piling up.
        let left = folder.join({
            let mut left = name.clone();
            left.push(SUFFIX);
            left
        });
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut new = tempfile::Builder::new().prefix(&name).suffix(SUFFIX).rand_bytes(0).tempfile_in(folder)?;
        new.write_all(bytes)?;
        let old = fs::metadata(&self.path)?;
        keep_owner(new.as_file(), &old);
        new.as_file().set_permissions(old.permissions())?;
        new.as_file().sync_all()?;
        Ok(new)
    }
}

/// What the new file is called until it takes the other's place.
const SUFFIX: &str = ".accord-new";

/// Why a replacement did not come through.
enum Replaced {
    /// The old file is there.
    No(String),
    /// The new file is there, unless power is cut now.
    Maybe(String),
}

impl Connector for SnapshotFile {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "snapshot file", can: |_: &Action| Ok(()), batch: |_: &Action| BATCH, repeats: 0 }
    }

    fn fetch(&mut self) -> Result<ObservedState, ConnectorError> {
        let (state, _) = self.read()?;
        Ok(state)
    }

    fn perform(&mut self, batch: &[&Operation], context: &Context<'_>) -> Vec<Outcome> {
        let all = |outcome: Outcome| vec![outcome; batch.len()];
        let (mut state, stamp) = match self.read() {
            Ok(read) => read,
            Err(error) => return all(failed(error.to_string())),
        };
        let mut created = context.created().clone();
        let actions = batch.iter().map(|operation| &operation.action);
        let results = predict::perform_all(&mut state, actions, &mut created, context.as_of());
        let any = results.iter().any(Result::is_ok);
        let outcomes = results
            .into_iter()
            .map(|result| result.map_or_else(|error| failed(error.to_string()), |created| Outcome::Done { created }));
        let outcomes: Vec<Outcome> = outcomes.collect();
        if !any {
            return outcomes;
        }
        state.captured_at = state.captured_at.max(context.as_of());
        match self.replace(state, &stamp) {
            Ok(()) => outcomes,
            Err(Replaced::No(message)) => all(failed(message)),
            Err(Replaced::Maybe(message)) => all(Outcome::Uncertain { message }),
        }
    }
}

fn failed(message: String) -> Outcome {
    Outcome::Failed { message }
}

fn check_kind(path: &Path, name: &str) -> Result<(), ConnectorError> {
    let metadata =
        fs::symlink_metadata(path).map_err(|error| ConnectorError::Read(format!("`{name}` can't be read: {error}")))?;
    if metadata.is_symlink() {
        let message = "is a symbolic link, and replacing it would cut it: name the file it points to";
        return Err(ConnectorError::Read(format!("`{name}` {message}")));
    }
    if metadata.is_dir() {
        return Err(only_read(name, "a folder of tables"));
    }
    if !metadata.is_file() {
        return Err(ConnectorError::Read(format!("`{name}` is not a regular file")));
    }
    Ok(())
}

fn only_read(name: &str, what: &str) -> ConnectorError {
    ConnectorError::Read(format!(
        "`{name}` is {what}, which is only read, never written: `accord import` makes a snapshot of it that can be a target"
    ))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// What tells a file from another one that took its place.
#[derive(PartialEq, Eq, Debug)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Stamp {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(metadata),
        }
    }
}

/// Where the program may (it runs as an administrator), the new file belongs to the owner of the old one. Where it may not, it belongs
/// to who applies, as with any file that a program replaces.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let same = new.metadata().is_ok_and(|new| (new.uid(), new.gid()) == (old.uid(), old.gid()));
    if !same && let Err(error) = fchown(new, Some(old.uid()), Some(old.gid())) {
        tracing::debug!(%error, "the owner of the snapshot can't be kept");
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// A new name in a folder survives a power cut once the folder is on disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn refusal(path: &Path) -> String {
        let holder = Holder::here(Timestamp::UNIX_EPOCH, "a test");
        match SnapshotFile::lock(path, &holder).and_then(|mut target| target.fetch()) {
            Ok(_) => panic!("{} was taken", path.display()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(refusal(&at("none.json")).contains("can't be read"));
        assert!(refusal(folder.path()).ends_with(
            "is a folder of tables, which is only read, never written: `accord import` makes a snapshot of it that can be a target"
        ));
        fs::write(at("acme.yaml"), "format: accord-snapshot\n").unwrap();
        assert!(refusal(&at("acme.yaml")).contains("is a snapshot in YAML, which is only read"));
        fs::write(at("acme.json"), "format: accord-snapshot\n").unwrap();
        assert!(refusal(&at("acme.json")).contains("is a snapshot in YAML, which is only read"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("acme.json"), at("link.json")).unwrap();
            assert!(refusal(&at("link.json")).contains("is a symbolic link, and replacing it would cut it"));
        }
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".lock")), "{left:?}");
    }
}
