//! One writer at a time: a lock on a target that its holder's death releases.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "makes, locks and removes lock files, and says who holds them"
)]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Who holds a lock. Kept in the lock file for those who find it held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// The process id.
    pub pid: u32,
    /// The machine's name.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
    /// What for, in a few words (`apply plan.json`).
    pub what: String,
}

impl Holder {
    /// This process.
    pub fn here(since: Timestamp, what: impl Into<String>) -> Self {
        Holder { pid: std::process::id(), host: host(), since, what: what.into() }
    }
}

/// The machine's name, as far as it can be known without asking the network.
pub fn host() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = kernel.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    name.or_else(named).unwrap_or_else(|| "an unnamed machine".to_owned())
}

/// A lock that could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error("`{target}` is being written by {}", held(.holder.as_deref(), *.age))]
    Held {
        /// The target.
        target: String,
        /// Who, where their lock file says so.
        holder: Option<Box<Holder>>,
        /// For how long.
        age: Option<SignedDuration>,
    },
    /// The lock file can't be made.
    #[error("`{target}` can't be locked: {source}")]
    Io {
        /// The target.
        target: String,
        /// Why.
        source: io::Error,
    },
}

fn held(holder: Option<&Holder>, age: Option<SignedDuration>) -> String {
    let Some(holder) = holder else {
        return "another process".to_owned();
    };
    let Holder { pid, host, since, what } = holder;
    let age = age.map(|age| format!(", for {}", spell(age))).unwrap_or_default();
    format!("process {pid} on {host} ({what}) since {since}{age}")
}

/// A duration with its two largest units.
fn spell(age: SignedDuration) -> String {
    let seconds = age.as_secs().max(0);
    let units = [("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)];
    let first = units.iter().position(|(_, size)| seconds >= *size).unwrap_or(3);
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, size) in units.into_iter().skip(first).take(2) {
        let count = rest / size;
        rest %= size;
        if count > 0 || parts.is_empty() {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    parts.join(" ")
}

/// A held lock. Dropping it, or the death of the process, releases it.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock of a target: a file beside it, `<target>.lock`.
    ///
    /// # Errors
    /// Where somebody else holds it, with who and for how long; where the lock file can't be made.
    pub fn take(target: &Path, holder: &Holder) -> Result<Self, LockError> {
        let path = beside(target);
        let failed = |source: io::Error| LockError::Io { target: target.display().to_string(), source };
        loop {
            let mut file = open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(held_by(target, &mut file, holder.since));
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            // Whoever held it before may have removed the file between our opening and our locking it: then it is no lock.
            if !is_at(&file, &path) {
                continue;
            }
            let mut lock = Lock { path, file };
            lock.sign(holder).map_err(failed)?;
            return Ok(lock);
        }
    }

    fn sign(&mut self, holder: &Holder) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        let mut line = serde_json::to_vec(holder)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

impl Drop for Lock {
    /// Removes the file while it is still locked; where that fails it stays, and is no lock any more.
    fn drop(&mut self) {
        if is_at(&self.file, &self.path)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::debug!(%error, path = %self.path.display(), "the lock file stays");
        }
    }
}

/// The lock file of a target.
pub fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(target.as_os_str());
    name.push(".lock");
    PathBuf::from(name)
}

fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other(format!("`{}` is not a regular file", path.display())));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).open(path)
}

fn held_by(target: &Path, file: &mut File, now: Timestamp) -> LockError {
    let mut text = String::new();
    let holder: Option<Holder> = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
    LockError::Held {
        target: target.display().to_string(),
        age: holder.as_ref().map(|holder| now.duration_since(holder.since)),
        holder: holder.map(Box::new),
    }
}

/// Whether the open file is the one at the path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let here = file.metadata().ok();
    let there = fs::symlink_metadata(path).ok();
    let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    here.as_ref().map(identity) == there.as_ref().map(identity)
}

/// Elsewhere an open file can't be removed, so it is there.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(since: &str) -> Holder {
        Holder::here(since.parse().unwrap(), "apply plan.json")
    }

    #[test]
    fn a_second_one_is_told_who_holds_it_and_for_how_long() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("acme.json");
        let lock = Lock::take(&target, &holder("2026-11-22T10:00:00Z")).unwrap();
        let message = Lock::take(&target, &holder("2026-11-22T11:02:03Z")).unwrap_err().to_string();
        let wanted = format!(
            "is being written by process {} on {} (apply plan.json) since 2026-11-22T10:00:00Z, for 1 hour 2 minutes",
            std::process::id(),
            host()
        );
        assert!(message.ends_with(&wanted), "{message}");
        drop(lock);
        assert!(!beside(&target).exists());
        Lock::take(&target, &holder("2026-11-22T12:00:00Z")).unwrap();
    }

    #[test]
    fn what_a_dead_process_left_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("acme.json");
        for left in
            [&b""[..], b"not json", b"{\"pid\":1,\"host\":\"h\",\"since\":\"2026-01-01T00:00:00Z\",\"what\":\"w\"}"]
        {
            fs::write(beside(&target), left).unwrap();
            Lock::take(&target, &holder("2026-11-22T10:00:00Z")).unwrap();
        }
    }

    #[test]
    fn many_at_once_never_hold_it_together() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("acme.json");
        let (inside, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        if let Ok(lock) = Lock::take(&target, &holder("2026-11-22T10:00:00Z")) {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            taken.fetch_add(1, Ordering::SeqCst);
                            inside.fetch_sub(1, Ordering::SeqCst);
                            drop(lock);
                        }
                    }
                });
            }
        });
        assert!(taken.load(Ordering::SeqCst) > 0);
    }

    #[test]
    fn ages_have_their_two_largest_units() {
        let ages =
            [0, 1, 61, 3600, 3661, 90061, 86400 * 3 + 5].map(|seconds| spell(SignedDuration::from_secs(seconds)));
        assert_eq!(
            ages,
            ["0 seconds", "1 second", "1 minute 1 second", "1 hour", "1 hour 1 minute", "1 day 1 hour", "3 days"]
        );
    }
}
