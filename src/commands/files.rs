//! Files that verbs read and write. A file is replaced as a whole or not at all.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "reads and writes the files that the command line names"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::{Failure, Status};

/// The name that stands for standard input or output.
pub const STANDARD: &str = "-";

/// Reads a file whole; `-` is standard input.
///
/// # Errors
/// Where it can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new(STANDARD) {
        let mut bytes = Vec::new();
        return match io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(Failure::of("can't read standard input", &error)),
        };
    }
    fs::read(path).map_err(|error| Failure::of(format!("can't read `{}`", path.display()), &error))
}

/// Reads a text whole; `-` is standard input.
///
/// # Errors
/// Where it can't be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(Status::Error, format!("`{}` is not UTF-8 text (byte {at})", path.display()))
    })
}

/// A path below a folder, without a `./` before it where that is the folder we are in.
pub fn below(folder: &Path, relative: impl AsRef<Path>) -> PathBuf {
    folder.strip_prefix(".").unwrap_or(folder).join(relative)
}

/// The path relative to a folder it lies in, with `/` between the parts; both must be there.
pub fn inside(folder: &Path, path: &Path) -> Option<String> {
    let (folder, path) = (fs::canonicalize(folder).ok()?, fs::canonicalize(path).ok()?);
    let parts: Option<Vec<&str>> = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// Whether there is a folder of this name.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether there is a file of this name, or a link to one.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether there is anything of this name.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether a path, links followed, lies in a folder.
pub fn is_within(folder: &Path, path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(folder).zip(real(path)).is_some_and(|(folder, path)| path.starts_with(folder))
}

/// The names of what is in a folder, sorted.
///
/// # Errors
/// Where the folder can't be read.
pub fn names_in(folder: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error: io::Error| Failure::of(format!("can't read `{}`", folder.display()), &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// Replaces a file whole, or makes it; permissions of an old one stay. What is no file, such as `/dev/stdout` or a pipe, is
/// written as it comes.
///
/// # Errors
/// Where it can't be written. The old file is as it was, then.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes).map_err(|error| Failure::of(format!("can't write `{}`", path.display()), &error))
}

/// Removes a file; that there is none is fine.
///
/// # Errors
/// Where it is there and stays.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::of(format!("can't remove `{}`", path.display()), &error))
        }
        _ => Ok(()),
    }
}

/// Writes many files: all, or as far as can be none.
///
/// Every file is written beside its place first; what can fail has failed before the first one is put there. Unless `replace`, none
/// takes the place of another.
///
/// # Errors
/// Where one can't be written.
pub fn write_all(all: &BTreeMap<PathBuf, Vec<u8>>, replace: bool) -> Result<(), Failure> {
    let mut folders = Folders::default();
    let outcome = stage(all, &mut folders).and_then(|staged| settle(staged, replace));
    if outcome.is_err() {
        folders.remove();
    }
    outcome
}

/// Refuses where one of some files exists.
///
/// # Errors
/// Where one does.
pub fn refuse_existing<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> Result<(), Failure> {
    let mut existing = paths.filter(|path| exists(path));
    let Some(first) = existing.next() else {
        return Ok(());
    };
    let first = first.display();
    let message = match existing.count() {
        0 => format!("`{first}` exists already"),
        more => format!("`{first}` and {more} more of the files to write exist already"),
    };
    Err(Failure::new(Status::Error, message))
}

/// The path as seen from a folder, with `/` between the parts; neither has to be there. A path that can't be seen from there (another
/// drive) stays as it is.
pub fn relative(folder: &Path, path: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (folder, path) = (absolute(folder), absolute(path));
    let shared = folder.iter().zip(path.iter()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return path.display().to_string();
    }
    let up = folder.iter().skip(shared).map(|_| "..".into());
    let down = path.iter().skip(shared).map(|part| part.to_string_lossy());
    let parts: Vec<Cow<'_, str>> = up.chain(down).collect();
    parts.join("/")
}

/// A file that waits beside its place.
type Staged = (NamedTempFile, PathBuf);

fn stage(all: &BTreeMap<PathBuf, Vec<u8>>, folders: &mut Folders) -> Result<Vec<Staged>, Failure> {
    let mut staged = Vec::new();
    for (path, bytes) in all {
        let failed = |error: io::Error| Failure::of(format!("can't write `{}`", path.display()), &error);
        folders.make(folder_of(path)).map_err(failed)?;
        staged.push((beside(path, bytes).map_err(failed)?, path.clone()));
    }
    Ok(staged)
}

fn settle(staged: Vec<Staged>, replace: bool) -> Result<(), Failure> {
    let mut new: Vec<PathBuf> = Vec::new();
    for (file, path) in staged {
        let outcome = if replace { file.persist(&path) } else { file.persist_noclobber(&path) };
        if let Err(error) = outcome {
            // What was there before can't be brought back, but what was not there can be taken away.
            if !replace {
                new.iter().for_each(|path| drop(fs::remove_file(path)));
            }
            return Err(Failure::of(format!("can't write `{}`", path.display()), &error.error));
        }
        new.push(path);
    }
    Ok(())
}

/// Folders that were made, the outermost first.
#[derive(Default)]
struct Folders(Vec<PathBuf>);

impl Folders {
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.0.push(folder.to_path_buf());
        }
        Ok(())
    }

    /// Takes them away again. One that has got other files in the meantime stays.
    fn remove(self) {
        for folder in self.0.into_iter().rev() {
            drop(fs::remove_dir(folder));
        }
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where the name is a link, the file it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file() && !old.is_dir()) {
        return File::options().write(true).open(&path)?.write_all(bytes);
    }
    let file = beside(&path, bytes)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(&path)?;
    if cfg!(unix) {
        // The new name itself must survive a crash, too.
        File::open(folder_of(&path))?.sync_all()?;
    }
    Ok(())
}

/// A temporary file beside the place, whole and on the disk.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".accord-").suffix(".new");
    #[cfg(unix)]
    let everybody = {
        use std::os::unix::fs::PermissionsExt;
        // As for every new file, what the user's mask allows; temporary files are private otherwise.
        fs::Permissions::from_mode(0o666)
    };
    #[cfg(unix)]
    builder.permissions(everybody);
    fs::metadata(folder_of(path))?;
    let mut file = builder
        .tempfile_in(folder_of(path))
        // Its text names the temporary file, which nobody asked for.
        .map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests;
