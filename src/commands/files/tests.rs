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
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn a_new_file_has_the_permissions_of_new_files() {
    let folder = folder();
    fs::write(folder.path().join("usual"), "").unwrap();
    write(&folder.path().join("ours"), b"").unwrap();
    let mode = |name| {
        fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode()
    };
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
    let file = |name: &str| (name.to_owned(), b"x".to_vec());
    fs::write(folder.path().join("in-the-way"), "").unwrap();
    let bad = BTreeMap::from([file("a"), file("b/c"), file("../in-the-way/d")]);
    let failure = write_all(&root, &bad, false).unwrap_err();
    assert!(failure.message.contains("in-the-way/d"), "{failure:?}");
    assert_eq!(names(folder.path()), ["in-the-way"]);

    write_all(&root, &BTreeMap::from([file("a"), file("b/c")]), false).unwrap();
    assert_eq!(names(&root), ["a", "b"]);
    assert_eq!(names(&root.join("b")), ["c"]);
}

#[test]
fn what_exists_is_only_replaced_on_demand() {
    let folder = folder();
    let root = folder.path();
    let files = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        BTreeMap::from(["a", "b", "c"].map(|name| (name.to_owned(), bytes.clone())))
    };
    fs::write(root.join("b"), "old").unwrap();
    let failure = write_all(root, &files("new"), false).unwrap_err();
    assert_eq!(
        failure.message,
        format!("`{}` exists already", root.join("b").display())
    );
    assert_eq!(names(root), ["b"]);
    write_all(root, &files("new"), true).unwrap();
    assert_eq!(read(&root.join("b")).unwrap(), b"new");
    let failure = write_all(root, &files("newer"), false).unwrap_err();
    assert!(
        failure
            .message
            .contains("and 2 more of the files to write exist already"),
        "{failure:?}"
    );
}

#[test]
fn what_is_missing_and_what_is_no_text_is_told() {
    let folder = folder();
    let failure = read(&folder.path().join("a")).unwrap_err();
    assert_eq!(failure.causes, ["no such file or directory"]);
    fs::write(folder.path().join("b"), b"ab\xff").unwrap();
    let failure = read_text(&folder.path().join("b")).unwrap_err();
    assert!(
        failure.message.ends_with("is not UTF-8 text (byte 2)"),
        "{failure:?}"
    );
}
