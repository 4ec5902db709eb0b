//! Reads the files of an access repository as they were in a commit, from git's objects. The work tree is not touched, no hook or
//! filter runs, and nothing is fetched.

#![expect(
    clippy::disallowed_methods,
    reason = "git is asked by its command: its library would be larger than accord, and CI has git anyway"
)]

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use super::{MAX_FILE_BYTES, MAX_FILES, is_yaml};

/// An access repository at the commit from which the work tree's branch began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// The commit, as git names it.
    pub commit: String,
    /// Its YAML files: paths relative to the folder asked for, and contents; in byte order of the paths. Empty where the folder was
    /// not there yet.
    pub texts: Vec<(String, String)>,
}

/// The base can't be read. It is never taken for an empty one.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// There is no git.
    #[error("can't run git")]
    NoGit(#[source] io::Error),
    /// The folder is in no git repository, or git refuses to read it.
    #[error("`{folder}` can't be read as a git repository: {said}")]
    NoRepository {
        /// The folder.
        folder: PathBuf,
        /// What git says.
        said: String,
    },
    /// No such commit.
    #[error("there is no commit `{name}` here")]
    NoCommit {
        /// As asked for.
        name: String,
    },
    /// The branches have no common commit here.
    #[error("`{name}` and the checked out commit have no common ancestor here")]
    NoMergeBase {
        /// As asked for.
        name: String,
    },
    /// A YAML file of the base is a symbolic link.
    #[error("`{path}` was a symbolic link in {commit}, and links are not followed")]
    Link {
        /// The path.
        path: String,
        /// The commit.
        commit: String,
    },
    /// A path or file is not UTF-8.
    #[error("`{path}` in {commit} is not UTF-8 text")]
    NotText {
        /// The path, as far as it can be shown.
        path: String,
        /// The commit.
        commit: String,
    },
    /// Too large.
    #[error("the YAML files of {commit} are too large: {what}")]
    TooLarge {
        /// The commit.
        commit: String,
        /// What is.
        what: String,
    },
    /// Git answered something else than it promises, or failed half-way.
    #[error("git could not read the files of {commit}: {said}")]
    Unreadable {
        /// The commit.
        commit: String,
        /// What went wrong.
        said: String,
    },
}

impl BaseError {
    /// What can be done about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            BaseError::NoCommit { .. } => Some("name a branch, tag or commit that was fetched, such as origin/main"),
            BaseError::NoMergeBase { .. } => {
                Some("a shallow clone lacks it: fetch the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`)")
            }
            BaseError::NoGit(_) => Some("`--base` needs git on the path"),
            BaseError::NoRepository { .. }
            | BaseError::Link { .. }
            | BaseError::NotText { .. }
            | BaseError::TooLarge { .. }
            | BaseError::Unreadable { .. } => None,
        }
    }
}

/// Reads the YAML files below `root` as they were in the merge base of `reference` and the checked out commit.
///
/// # Errors
/// Where there is no such commit or common ancestor, or its files can't be read.
pub fn base(root: &Path, reference: &str) -> Result<Base, BaseError> {
    let git = Git { root };
    let prefix = git.prefix()?;
    git.commit(reference)?;
    let commit = git.merge_base(reference)?;
    let entries = git.entries(&commit, &prefix)?;
    let texts = git.contents(&commit, entries)?;
    Ok(Base { commit, texts })
}

/// The path from the top of the git repository to a folder, empty or with `/` at its end.
///
/// # Errors
/// Where the folder is in no git repository.
pub fn prefix(folder: &Path) -> Result<String, BaseError> {
    Git { root: folder }.prefix()
}

/// Who made the commits since `commit` that change the folder: addresses of authors and of those named as `Co-authored-by`, each once.
///
/// # Errors
/// Where the commits can't be read.
pub fn authors(root: &Path, commit: &str) -> Result<Vec<String>, BaseError> {
    let git = Git { root };
    let range = format!("{commit}..HEAD");
    let format = "--format=%ae%n%(trailers:key=Co-authored-by,valueonly)";
    let output = git.run(&["log", format, "--no-show-signature", "--end-of-options", &range, "--", "."])?;
    if !output.status.success() {
        return Err(unreadable(commit, &output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut authors: Vec<String> = text.lines().filter_map(bare_address).collect();
    authors.sort_unstable();
    authors.dedup();
    Ok(authors)
}

/// The address of `bo@acme.example` or `Bo <bo@acme.example>`, in lower case; `None` where there is none.
pub fn bare_address(text: &str) -> Option<String> {
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => text,
    };
    let address = address.trim().to_lowercase();
    let whole = !address.contains(|sign: char| sign.is_whitespace() || sign.is_control());
    let parts = address.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    (whole && parts).then_some(address)
}

/// A YAML file of a tree.
struct Entry {
    object: String,
    bytes: u64,
    path: String,
}

struct Git<'a> {
    root: &'a Path,
}

impl Git<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // Of a hook that runs accord: they would point to another repository or index.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        // A partial clone would fetch what it lacks.
        command.env("GIT_NO_LAZY_FETCH", "1");
        command.arg("-C").arg(self.root).arg("--no-replace-objects");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Result<Output, BaseError> {
        self.command().args(words).output().map_err(BaseError::NoGit)
    }

    /// The path from the top of the repository to the folder, empty or with `/` at its end.
    fn prefix(&self) -> Result<String, BaseError> {
        let output = self.run(&["rev-parse", "--show-prefix"])?;
        if output.status.success() {
            return Ok(line(&output.stdout));
        }
        let said = line(&output.stderr).trim_start_matches("fatal: ").to_owned();
        Err(BaseError::NoRepository { folder: self.root.to_owned(), said })
    }

    fn commit(&self, reference: &str) -> Result<(), BaseError> {
        let name = format!("{reference}^{{commit}}");
        let output = self.run(&["rev-parse", "--quiet", "--verify", "--end-of-options", &name])?;
        let found = output.status.success();
        found.then_some(()).ok_or_else(|| BaseError::NoCommit { name: reference.to_owned() })
    }

    fn merge_base(&self, reference: &str) -> Result<String, BaseError> {
        let output = self.run(&["merge-base", "--end-of-options", reference, "HEAD"])?;
        match output.status.success() {
            true => Ok(line(&output.stdout)),
            false => Err(BaseError::NoMergeBase { name: reference.to_owned() }),
        }
    }

    /// The YAML files of the folder in a commit.
    fn entries(&self, commit: &str, prefix: &str) -> Result<Vec<Entry>, BaseError> {
        let mut words = vec!["ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--"];
        words.extend((!prefix.is_empty()).then_some(prefix));
        // A folder that is not in the commit gives no lines; what can't be read ends with an error.
        let output = self.run(&words)?;
        if !output.status.success() {
            return Err(unreadable(commit, &output.stderr));
        }
        let lines = output.stdout.split(|&byte| byte == 0).filter(|line| !line.is_empty());
        let mut entries = Vec::new();
        for line in lines {
            entries.extend(entry(line, commit, prefix)?);
        }
        let bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        let too_large = |what: String| Err(BaseError::TooLarge { commit: commit.to_owned(), what });
        if entries.len() > MAX_FILES {
            return too_large(format!("{} files, limit {MAX_FILES}", entries.len()));
        }
        if bytes > MAX_FILE_BYTES {
            return too_large(format!("{bytes} bytes, limit {MAX_FILE_BYTES}"));
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// The contents, in the order of the entries, from one process.
    fn contents(&self, commit: &str, entries: Vec<Entry>) -> Result<Vec<(String, String)>, BaseError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(BaseError::NoGit)?;
        let asked: String = entries.iter().map(|entry| format!("{}\n", entry.object)).collect();
        let stdin = child.stdin.take();
        // Asked from another thread: git answers while it still reads.
        let output = thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(asked.as_bytes())));
            child.wait_with_output()
        });
        let output = output.map_err(BaseError::NoGit)?;
        if !output.status.success() {
            return Err(unreadable(commit, &output.stderr));
        }
        let mut rest = output.stdout.as_slice();
        entries.into_iter().map(|entry| content(entry, &mut rest, commit)).collect()
    }
}

/// `MODE TYPE OBJECT SIZE\tPATH`; nothing for what is no YAML file or hidden.
fn entry(line: &[u8], commit: &str, prefix: &str) -> Result<Option<Entry>, BaseError> {
    let not_text = || BaseError::NotText {
        path: String::from_utf8_lossy(line).rsplit('\t').next().unwrap_or_default().to_owned(),
        commit: commit.to_owned(),
    };
    let Ok(line) = std::str::from_utf8(line) else {
        // Only a name that ends like YAML matters.
        let lower = line.to_ascii_lowercase();
        let matters = lower.ends_with(b".yaml") || lower.ends_with(b".yml");
        return if matters { Err(not_text()) } else { Ok(None) };
    };
    let (head, path) = line.split_once('\t').ok_or_else(|| unreadable(commit, line.as_bytes()))?;
    let path = path.strip_prefix(prefix).ok_or_else(|| unreadable(commit, path.as_bytes()))?;
    if !is_yaml(path) || path.split('/').any(|part| part.starts_with('.')) {
        return Ok(None);
    }
    let words: Vec<&str> = head.split_ascii_whitespace().collect();
    match words.as_slice() {
        ["120000", ..] => Err(BaseError::Link { path: path.to_owned(), commit: commit.to_owned() }),
        [_, "blob", object, bytes] => {
            let bytes = bytes.parse().map_err(|_| unreadable(commit, head.as_bytes()))?;
            Ok(Some(Entry { object: (*object).to_owned(), bytes, path: path.to_owned() }))
        }
        // A submodule named like a file.
        _ => Ok(None),
    }
}

/// The next answer of `cat-file --batch`: `OBJECT blob SIZE\n`, the bytes, a line end.
fn content(entry: Entry, rest: &mut &[u8], commit: &str) -> Result<(String, String), BaseError> {
    let short = || unreadable(commit, format!("the answer for `{}` is cut off", entry.path).as_bytes());
    let end = rest.iter().position(|&byte| byte == b'\n').ok_or_else(short)?;
    let (head, body) = rest.split_at(end);
    let expected = format!("{} blob {}", entry.object, entry.bytes);
    if head != expected.as_bytes() {
        return Err(unreadable(commit, head));
    }
    let length = usize::try_from(entry.bytes).map_err(|_| short())?;
    let bytes = body.get(1..=length).ok_or_else(short)?;
    *rest = body.get(length + 2..).ok_or_else(short)?;
    let text = std::str::from_utf8(bytes)
        .map_err(|_| BaseError::NotText { path: entry.path.clone(), commit: commit.to_owned() })?;
    Ok((entry.path, text.to_owned()))
}

fn unreadable(commit: &str, said: &[u8]) -> BaseError {
    BaseError::Unreadable { commit: commit.to_owned(), said: line(said) }
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

#[cfg(test)]
#[expect(clippy::disallowed_types, reason = "a repository in a temporary folder")]
mod tests {
    use std::fs;

    use super::*;

    /// A repository with one file `access/a.yaml` on `main`.
    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Self {
            let repository = Repository(tempfile::tempdir().unwrap());
            repository.git(&["init", "-q", "-b", "main"]);
            repository.write("access/a.yaml", "version: 1\n");
            repository.write("access/notes.txt", "not YAML\n");
            repository.write("access/.hidden/b.yaml", "no: document\n");
            repository.commit();
            repository
        }

        fn git(&self, words: &[&str]) {
            let identity = ["-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false"];
            let done = Command::new("git").arg("-C").arg(self.0.path()).args(identity).args(words).output().unwrap();
            assert!(done.status.success(), "{words:?}: {}", line(&done.stderr));
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn commit(&self) {
            self.git(&["add", "-A"]);
            self.git(&["commit", "-q", "-m", "change"]);
        }

        fn base(&self, reference: &str) -> Result<Vec<(String, String)>, BaseError> {
            base(&self.0.path().join("access"), reference).map(|base| base.texts)
        }
    }

    fn texts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_base_is_where_the_branch_began_and_the_work_tree_stays() {
        let repository = Repository::new();
        repository.git(&["checkout", "-q", "-b", "change"]);
        repository.write("access/deep/c.yml", "people: {}\n");
        repository.commit();
        repository.git(&["checkout", "-q", "main"]);
        repository.write("access/others.yaml", "teams: {}\n");
        repository.commit();
        repository.git(&["checkout", "-q", "change"]);
        repository.write("access/a.yaml", "version: 1\n# not committed\n");
        assert_eq!(repository.base("main").unwrap(), texts(&[("a.yaml", "version: 1\n")]));
        let head = texts(&[("a.yaml", "version: 1\n"), ("deep/c.yml", "people: {}\n")]);
        assert_eq!(repository.base("HEAD").unwrap(), head);
        let kept = fs::read_to_string(repository.0.path().join("access/a.yaml")).unwrap();
        assert_eq!(kept, "version: 1\n# not committed\n");
    }

    #[test]
    fn everybody_who_wrote_a_commit_since_the_base_is_an_author() {
        let repository = Repository::new();
        repository.git(&["checkout", "-q", "-b", "change"]);
        repository.write("access/b.yaml", "people: {}\n");
        repository.git(&["add", "-A"]);
        let message = "change\n\nCo-authored-by: Cy <CY@acme.example>\nSigned-off-by: Di <di@acme.example>";
        repository.git(&["commit", "-q", "-m", message]);
        let found = authors(&repository.0.path().join("access"), "main").unwrap();
        assert_eq!(found, ["cy@acme.example", "t@t.example"]);
        assert_eq!(authors(&repository.0.path().join("access"), "HEAD").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_folder_that_is_new_has_an_empty_base() {
        let repository = Repository::new();
        repository.git(&["checkout", "-q", "-b", "change"]);
        repository.write("other/a.yaml", "version: 1\n");
        repository.commit();
        let found = base(&repository.0.path().join("other"), "main").unwrap();
        assert_eq!(found.texts, []);
    }

    #[test]
    fn what_is_not_there_is_no_empty_base() {
        let repository = Repository::new();
        assert!(matches!(repository.base("nowhere"), Err(BaseError::NoCommit { .. })));
        assert!(matches!(repository.base("--all"), Err(BaseError::NoCommit { .. })));
        repository.git(&["checkout", "-q", "--orphan", "island"]);
        repository.write("access/island.yaml", "teams: {}\n");
        repository.commit();
        assert!(matches!(repository.base("main"), Err(BaseError::NoMergeBase { .. })));
        let outside = tempfile::tempdir().unwrap();
        assert!(matches!(base(outside.path(), "main"), Err(BaseError::NoRepository { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_base_is_refused() {
        let repository = Repository::new();
        std::os::unix::fs::symlink("a.yaml", repository.0.path().join("access/l.yaml")).unwrap();
        repository.commit();
        assert!(matches!(repository.base("main"), Err(BaseError::Link { .. })));
    }

    #[test]
    fn text_that_is_none_is_refused() {
        let repository = Repository::new();
        fs::write(repository.0.path().join("access/b.yaml"), b"\xff").unwrap();
        repository.commit();
        assert!(matches!(repository.base("main"), Err(BaseError::NotText { .. })));
    }

    #[test]
    fn an_answer_that_is_cut_off_is_an_error() {
        let entry = || Entry { object: "ab".to_owned(), bytes: 3, path: "a.yaml".to_owned() };
        let mut whole = b"ab blob 3\nx:1\n".as_slice();
        assert_eq!(content(entry(), &mut whole, "c").unwrap().1, "x:1");
        assert!(whole.is_empty());
        for cut in 0..14 {
            assert!(content(entry(), &mut &b"ab blob 3\nx:1\n"[..cut], "c").is_err(), "{cut}");
        }
        assert!(content(entry(), &mut b"ab missing\n".as_slice(), "c").is_err());
    }
}
