use std::fs;
use std::os::unix::fs::symlink;

use tokio::io::AsyncWriteExt;

use super::Upload;
use crate::testing::{World, names_in};
use crate::{ErrorCode, FileName, ServiceError};

async fn create(world: &World, name: &str, overwrite: bool) -> Result<Upload, ServiceError> {
    world.services.files.create(&FileName::parse(name).unwrap(), overwrite).await
}

async fn refusal(world: &World, name: &str, overwrite: bool) -> ErrorCode {
    create(world, name, overwrite).await.err().expect("a refusal").code
}

#[tokio::test]
async fn uploads_are_off_unless_allowed() {
    let world = World::with(&[]);
    assert_eq!(refusal(&world, "a.txt", true).await, ErrorCode::UploadsOff);
}

#[tokio::test]
async fn nothing_is_under_the_name_until_it_is_finished() {
    let world = World::with(&[]).taking_files();
    let mut upload = create(&world, "a.txt", false).await.unwrap();
    upload.file.write_all(b"content").await.unwrap();
    upload.file.flush().await.unwrap();
    assert!(!world.served.path().join("a.txt").exists());
    assert!(world.services.files.list().await.unwrap().is_empty());
    upload.finish().await.unwrap();
    assert_eq!(fs::read(world.served.path().join("a.txt")).unwrap(), b"content");
    assert_eq!(names_in(world.served.path()), ["a.txt"]);
}

#[tokio::test]
async fn an_abandoned_upload_leaves_nothing() {
    let world = World::with(&[]).taking_files();
    drop(create(&world, "a.txt", false).await.unwrap());
    assert!(names_in(world.served.path()).is_empty());
}

#[tokio::test]
async fn a_name_taken_meanwhile_is_not_overwritten() {
    let world = World::with(&[]).taking_files();
    let upload = create(&world, "a.txt", false).await.unwrap();
    fs::write(world.served.path().join("a.txt"), "theirs").unwrap();
    assert_eq!(upload.finish().await.unwrap_err().code, ErrorCode::AlreadyExists);
    assert_eq!(fs::read(world.served.path().join("a.txt")).unwrap(), b"theirs");
    assert_eq!(names_in(world.served.path()), ["a.txt"]);
}

#[tokio::test]
async fn existing_names_are_replaced_only_on_demand_and_only_if_files() {
    let world = World::with(&[("a.txt", b"old")]).taking_files();
    fs::create_dir(world.served.path().join("folder")).unwrap();
    assert_eq!(refusal(&world, "a.txt", false).await, ErrorCode::AlreadyExists);
    assert_eq!(refusal(&world, "folder", true).await, ErrorCode::NotAFile);
    assert_eq!(refusal(&world, "missing/a.txt", true).await, ErrorCode::NotFound);
    create(&world, "a.txt", true).await.unwrap().finish().await.unwrap();
    create(&world, "folder/b.txt", false).await.unwrap().finish().await.unwrap();
    assert_eq!(fs::read(world.served.path().join("a.txt")).unwrap(), b"");
    assert_eq!(names_in(&world.served.path().join("folder")), ["b.txt"]);
}

#[tokio::test]
async fn links_never_lead_an_upload_outside() {
    let world = World::with(&[]).taking_files();
    fs::write(world.local_path("victim"), "untouched").unwrap();
    symlink(world.local.path(), world.served.path().join("out")).unwrap();
    symlink(world.local_path("victim"), world.served.path().join("link")).unwrap();
    assert_eq!(refusal(&world, "out/a.txt", true).await, ErrorCode::OutsideRoot);
    // The link itself is replaced, not what it points to.
    create(&world, "link", true).await.unwrap().finish().await.unwrap();
    assert_eq!(fs::read(world.local_path("victim")).unwrap(), b"untouched");
    assert_eq!(names_in(world.local.path()), ["victim"]);
}
