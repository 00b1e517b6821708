use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use tempfile::TempDir;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it is there").mode() & 0o7777
}

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn the_session_s_directory_comes_first_and_must_be_absolute() {
    let temporary = Path::new("/tmp");
    let ours = temporary.join(format!("lucid-{}", user()));
    let found = candidates_of(Some("/run/user/7".into()), temporary);
    assert_eq!(found, [PathBuf::from("/run/user/7/lucid"), ours.clone()]);
    let only = [ours];
    assert_eq!(candidates_of(Some("run".into()), temporary), only);
    assert_eq!(candidates_of(None, temporary), only);
}

#[test]
fn a_directory_is_made_for_its_owner_alone_and_found_again() {
    let temporary = temporary();
    let directory = temporary.path().join("lucid");
    for _ in 0..2 {
        make(&directory).expect("it can be made");
        assert_eq!(mode(&directory), PRIVATE);
    }
}

/// Someone else may have been there before, with a trap.
#[test]
fn what_others_could_look_into_is_refused() {
    let temporary = temporary();
    let [open, file, link] = ["open", "file", "link"].map(|name| temporary.path().join(name));
    fs::create_dir(&open).expect("a directory");
    fs::set_permissions(&open, Permissions::from_mode(0o750)).expect("ours");
    fs::write(&file, "").expect("a file");
    let private = temporary.path().join("private");
    make(&private).expect("it can be made");
    symlink(&private, &link).expect("a link");
    for refused in [&open, &file, &link] {
        let error = make(refused).expect_err("it is no place for a socket");
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
        assert!(sockets(refused).is_empty());
    }
    assert_eq!(mode(&open), 0o750);
}

#[test]
fn sockets_are_found_by_their_processes_and_swept_when_those_are_dead() {
    let temporary = temporary();
    fs::set_permissions(temporary.path(), Permissions::from_mode(PRIVATE)).expect("ours");
    let _alive = UnixListener::bind(socket(temporary.path(), 20)).expect("a socket");
    drop(UnixListener::bind(socket(temporary.path(), 3)).expect("a socket"));
    let unfinished = unfinished(temporary.path(), 4);
    drop(UnixListener::bind(&unfinished).expect("a socket"));
    fs::write(temporary.path().join("notes.sock"), "").expect("a file");
    let pids = || sockets(temporary.path()).into_iter().map(|(pid, _)| pid).collect::<Vec<_>>();
    assert_eq!(pids(), [3, 20]);
    sweep(temporary.path());
    assert_eq!(pids(), [20]);
    assert!(unfinished.exists(), "one that doesn't answer yet is no one's business");
}
