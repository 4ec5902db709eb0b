#![expect(clippy::disallowed_methods, reason = "tests look at the disk")]

use std::os::unix::fs::PermissionsExt;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    names_in(folder).unwrap()
}

#[test]
fn a_file_is_replaced_and_keeps_its_permissions() {
    let folder = folder();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    write(&path, b"new").unwrap();
    assert_eq!(read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn a_new_file_has_the_permissions_of_new_files() {
    let folder = folder();
    fs::write(folder.path().join("usual"), "").unwrap();
    write(&folder.path().join("ours"), b"").unwrap();
    let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("usual"));
}

#[test]
fn a_link_stays_and_its_file_is_replaced() {
    let folder = folder();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    write(&link, b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&file).unwrap(), b"new");
}

#[test]
fn what_is_no_file_is_written_as_it_comes() {
    write(Path::new("/dev/null"), b"gone").unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn many_files_are_written_or_none() {
    let folder = folder();
    let root = folder.path().join("new");
    let file = |name: &str| (root.join(name), b"x".to_vec());
    fs::write(folder.path().join("in-the-way"), "").unwrap();
    let bad = BTreeMap::from([file("a"), file("b/c"), file("../in-the-way/d")]);
    let failure = write_all(&bad, false).unwrap_err();
    assert!(failure.message.contains("in-the-way/d"), "{failure:?}");
    assert_eq!(names(folder.path()), ["in-the-way"]);

    write_all(&BTreeMap::from([file("a"), file("b/c")]), false).unwrap();
    assert_eq!(names(&root), ["a", "b"]);
    assert_eq!(names(&root.join("b")), ["c"]);
}

#[test]
fn what_exists_is_only_replaced_on_demand() {
    let folder = folder();
    let root = folder.path();
    let files = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        BTreeMap::from(["a", "b", "c"].map(|name| (root.join(name), bytes.clone())))
    };
    fs::write(root.join("b"), "old").unwrap();
    let refuse = || refuse_existing(files("").keys()).unwrap_err().message;
    assert_eq!(refuse(), format!("`{}` exists already", root.join("b").display()));
    // Somebody makes the file between the question and the answer: what was put before it is taken away again.
    write_all(&files("new"), false).unwrap_err();
    assert_eq!(names(root), ["b"]);
    assert_eq!(read(&root.join("b")).unwrap(), b"old");
    write_all(&files("new"), true).unwrap();
    assert_eq!(read(&root.join("b")).unwrap(), b"new");
    assert!(refuse().ends_with("and 2 more of the files to write exist already"));
}

#[test]
fn paths_are_seen_from_a_folder() {
    let seen = |folder, path| relative(Path::new(folder), Path::new(path));
    assert_eq!(seen("access", "access/state/a.json"), "state/a.json");
    assert_eq!(seen("access", "a.json"), "../a.json");
    assert_eq!(seen(".", "a.json"), "a.json");
    assert_eq!(seen("/a/b", "/a/c/d"), "../c/d");
}

#[test]
fn what_is_missing_and_what_is_no_text_is_told() {
    let folder = folder();
    let failure = read(&folder.path().join("a")).unwrap_err();
    assert_eq!(failure.causes, ["no such file or directory"]);
    fs::write(folder.path().join("b"), b"ab\xff").unwrap();
    let failure = read_text(&folder.path().join("b")).unwrap_err();
    assert!(failure.message.ends_with("is not UTF-8 text (byte 2)"), "{failure:?}");
}
