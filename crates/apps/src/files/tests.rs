use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use tokio::io::AsyncReadExt;

use crate::testing::World;
use crate::{ErrorCode, FileInfo, FileName};

async fn refusal(world: &World, name: &str) -> ErrorCode {
    let name = FileName::parse(name).unwrap();
    world.services.files.open_file(&name).await.err().expect("a refusal").code
}

#[tokio::test]
async fn the_list_holds_regular_files_by_name() {
    let world = World::with(&[("b.txt", b"22"), ("a.txt", b"1"), (".lucid-part-7", b"unfinished")]);
    let root = world.served.path();
    fs::create_dir(root.join("folder")).unwrap();
    fs::write(root.join("new\nline"), "").unwrap();
    symlink("a.txt", root.join("link-inside")).unwrap();
    symlink("/etc/passwd", root.join("link-outside")).unwrap();
    symlink("nowhere", root.join("link-dangling")).unwrap();
    let info = |name: &str, size| FileInfo { name: name.to_owned(), size };
    let expected = [info("a.txt", 1), info("b.txt", 2), info("link-inside", 1)];
    assert_eq!(world.services.files.list().await.unwrap(), expected);
}

#[tokio::test]
async fn links_are_followed_inside_and_refused_outside() {
    let world = World::with(&[("a.txt", b"content")]);
    let root = world.served.path();
    fs::write(world.local_path("secret"), "secret").unwrap();
    fs::create_dir(root.join("folder")).unwrap();
    symlink("../a.txt", root.join("folder/inside")).unwrap();
    symlink("/etc/passwd", root.join("absolute")).unwrap();
    symlink("../../../../etc/passwd", root.join("relative")).unwrap();
    symlink(world.local.path(), root.join("directory")).unwrap();

    let inside = FileName::parse("folder/inside").unwrap();
    let mut content = String::new();
    let mut open = world.services.files.open_file(&inside).await.unwrap();
    open.file.read_to_string(&mut content).await.unwrap();
    assert_eq!((content.as_str(), open.size), ("content", 7));
    for name in ["absolute", "relative", "directory/secret"] {
        assert_eq!(refusal(&world, name).await, ErrorCode::OutsideRoot, "{name}");
    }
}

#[tokio::test]
async fn only_regular_files_are_opened() {
    let world = World::with(&[("a.txt", b"")]);
    fs::create_dir(world.served.path().join("folder")).unwrap();
    let made = Command::new("mkfifo").arg(world.served.path().join("pipe")).status().unwrap();
    assert!(made.success());
    assert_eq!(refusal(&world, "folder").await, ErrorCode::NotAFile);
    assert_eq!(refusal(&world, "pipe").await, ErrorCode::NotAFile);
    assert_eq!(refusal(&world, "missing").await, ErrorCode::NotFound);
    assert_eq!(refusal(&world, "a.txt/b").await, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_passed_off_as_whole() {
    let world = World::with(&[("a.txt", b"12345")]);
    let name = FileName::parse("a.txt").unwrap();
    let open = world.services.files.open_file(&name).await.unwrap();
    assert!(open.verdict("a.txt", None).await.is_ok());
    fs::OpenOptions::new().write(true).open(world.served.path().join("a.txt")).unwrap().set_len(9).unwrap();
    let error = open.verdict("a.txt", None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::FileChanged);
    assert!(error.message.contains("5 bytes announced, 9 now"), "{error}");
}

#[tokio::test]
async fn a_rewrite_of_the_same_size_shows_by_its_time() {
    let world = World::with(&[("a.txt", b"12345")]);
    let open = world.services.files.open_file(&FileName::parse("a.txt").unwrap()).await.unwrap();
    let file = fs::File::options().write(true).open(world.served.path().join("a.txt")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(open.verdict("a.txt", None).await.unwrap_err().code, ErrorCode::FileChanged);
}
