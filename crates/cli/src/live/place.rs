//! Where the sockets lie: a directory of the user's, in which no one else can look, with a socket for each running lucid.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Only its owner may do anything in it.
const PRIVATE: u32 = 0o700;
/// And so with a socket.
const PRIVATE_SOCKET: u32 = 0o600;

/// The directories in question, the best one first: where the session keeps such things, or else among temporary files.
pub(super) fn candidates() -> Vec<PathBuf> {
    candidates_of(std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), &std::env::temp_dir())
}

/// A runtime directory that is no absolute path counts for nothing, as its specification has it.
fn candidates_of(runtime: Option<PathBuf>, temporary: &Path) -> Vec<PathBuf> {
    let runtime = runtime.filter(|path| path.is_absolute()).map(|path| path.join("lucid"));
    runtime.into_iter().chain([temporary.join(format!("lucid-{}", user()))]).collect()
}

/// The directory, made if it isn't there.
///
/// # Errors
/// It can't be made; or it is not the user's alone, and may be anyone's trap.
pub(super) fn make(directory: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(PRIVATE).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) | Ok(()) => {}
    }
    check(directory)
}

/// Whether a directory is the user's alone.
///
/// # Errors
/// It isn't, or can't be looked at.
pub(super) fn check(directory: &Path) -> io::Result<()> {
    // What a link leads to may change between two looks.
    let found = fs::symlink_metadata(directory)?;
    if is_private(&found) {
        return Ok(());
    }
    let whose = format!(
        "{} is not a directory of yours alone (owner {}, mode {:o})",
        directory.display(),
        found.uid(),
        found.mode() & 0o7777
    );
    Err(io::Error::new(io::ErrorKind::PermissionDenied, whose))
}

fn is_private(found: &Metadata) -> bool {
    found.is_dir() && found.uid() == user() && found.mode() & 0o077 == 0
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// What a process's socket is called.
pub(super) fn socket(directory: &Path, pid: u32) -> PathBuf {
    directory.join(format!("{pid}.sock"))
}

/// What it is called until it answers: no one takes it for one whose process is dead.
pub(super) fn unfinished(directory: &Path, pid: u32) -> PathBuf {
    directory.join(format!("{pid}.new"))
}

/// Lets nobody but its owner open a socket.
pub(super) fn make_private(socket: &Path) -> io::Result<()> {
    fs::set_permissions(socket, Permissions::from_mode(PRIVATE_SOCKET))
}

/// The sockets of a directory that is the user's alone, with their processes' numbers, in their order; none if there is no
/// such directory.
pub(super) fn sockets(directory: &Path) -> Vec<(u32, PathBuf)> {
    if check(directory).is_err() {
        return Vec::new();
    }
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut sockets: Vec<_> = entries.filter_map(|entry| Some((pid(&entry.path())?, entry.path()))).collect();
    sockets.sort();
    sockets
}

/// Whose socket it is, by its name.
fn pid(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_suffix(".sock")?.parse().ok()
}

/// Removes the sockets on which nobody answers: their processes had no time to.
pub(super) fn sweep(directory: &Path) {
    for (_, socket) in sockets(directory) {
        if is_stale(&socket) {
            let _another_was_faster = fs::remove_file(socket);
        }
    }
}

/// A socket without a process refuses; one that is busy doesn't.
pub(super) fn is_stale(socket: &Path) -> bool {
    UnixStream::connect(socket).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests;
