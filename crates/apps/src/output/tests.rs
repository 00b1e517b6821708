use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::tempdir;
use tokio::io::AsyncWriteExt;

use super::{Destination, LocalError, Output};
use crate::FileNameError;
use crate::testing::names_in;

async fn refusal(name: &str, to: Destination<'_>) -> LocalError {
    Output::open(name, to).await.err().expect("a refusal")
}

fn file(path: &Path, overwrite: bool) -> Destination<'_> {
    Destination::File { path, overwrite }
}

#[tokio::test]
async fn a_file_appears_when_kept_and_not_before() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("a.txt");
    let mut output = Output::open("ignored", file(&path, false)).await.unwrap();
    output.writer().write_all(b"content").await.unwrap();
    output.writer().flush().await.unwrap();
    assert!(!path.exists());
    assert_eq!(output.keep().await.unwrap().as_deref(), Some(path.as_path()));
    assert_eq!(fs::read(&path).unwrap(), b"content");
    assert_eq!(names_in(dir.path()), ["a.txt"]);

    // As readable as any file this process makes, not private as temporary files are.
    let plain = dir.path().join("plain");
    fs::write(&plain, "").unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
    assert_eq!(mode(&path), mode(&plain));
}

#[tokio::test]
async fn dropped_unkept_it_leaves_nothing() {
    let dir = tempdir().unwrap();
    drop(Output::open("a", file(&dir.path().join("a.txt"), false)).await.unwrap());
    assert!(names_in(dir.path()).is_empty());
}

#[tokio::test]
async fn an_existing_file_stays_unless_it_may_go() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("a.txt");
    fs::write(&path, "old").unwrap();
    assert!(matches!(refusal("a", file(&path, false)).await, LocalError::Exists(p) if p == path));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    Output::open("a", file(&path, true)).await.unwrap().keep().await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[tokio::test]
async fn a_file_that_appears_meanwhile_stays_too() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("a.txt");
    let output = Output::open("a", file(&path, false)).await.unwrap();
    fs::write(&path, "theirs").unwrap();
    assert!(matches!(output.keep().await, Err(LocalError::Exists(_))));
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    assert_eq!(names_in(dir.path()), ["a.txt"]);
}

#[tokio::test]
async fn devices_and_directories_are_never_replaced() {
    let dir = tempdir().unwrap();
    for path in [dir.path(), Path::new("/dev/null")] {
        for overwrite in [false, true] {
            assert!(
                matches!(refusal("a", file(path, overwrite)).await, LocalError::NotAFile(p) if p == path)
            );
        }
    }
    let missing = dir.path().join("no/such/a.txt");
    assert!(matches!(refusal("a", file(&missing, true)).await, LocalError::Io { .. }));
}

#[tokio::test]
async fn a_link_is_replaced_and_its_target_left_alone() {
    let dir = tempdir().unwrap();
    let (victim, link) = (dir.path().join("victim"), dir.path().join("link"));
    fs::write(&victim, "untouched").unwrap();
    symlink(&victim, &link).unwrap();
    Output::open("a", file(&link, true)).await.unwrap().keep().await.unwrap();
    assert_eq!(fs::read(&victim).unwrap(), b"untouched");
    assert!(link.symlink_metadata().unwrap().is_file());
}

#[tokio::test]
async fn a_directory_keeps_the_last_part_of_a_name_that_is_one() {
    let dir = tempdir().unwrap();
    let to = || Destination::Directory { path: dir.path(), overwrite: false };
    Output::open("deep/down/a.txt", to()).await.unwrap().keep().await.unwrap();
    assert_eq!(names_in(dir.path()), ["a.txt"]);
    for name in ["../../etc/passwd", "/etc/passwd", "..", ""] {
        assert!(matches!(refusal(name, to()).await, LocalError::Name(_)), "{name}");
    }
    let bad = refusal("a\0b", to()).await;
    assert!(matches!(bad, LocalError::Name(FileNameError::BadCharacter(_))), "{bad}");
}
