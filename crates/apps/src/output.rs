//! Where a received file goes on this machine.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use thiserror::Error;
use tokio::fs::File;
use tokio::io::{AsyncWrite, BufWriter};
use tokio::task::spawn_blocking;

use crate::file_name::PART_PREFIX;
use crate::transfer::CHUNK;
use crate::{FileName, FileNameError};

/// Where to put a file that is received.
pub enum Destination<'a> {
    /// Under this very path.
    File {
        /// The file's path; its directory must exist.
        path: &'a Path,
        /// Whether an existing file may be replaced.
        overwrite: bool,
    },
    /// In this directory, under the last part of the name asked for. What the server says has no
    /// part in choosing the path.
    Directory {
        /// The directory; it must exist.
        path: &'a Path,
        /// Whether an existing file may be replaced.
        overwrite: bool,
    },
    /// To a writer, such as standard output, as the bytes come. It has taken part of a file, or
    /// one with a wrong hash, when an error is returned.
    Writer(&'a mut (dyn AsyncWrite + Send + Unpin)),
}

/// Why a file could not be read or kept on this machine.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The output exists and was not to be replaced. It is untouched.
    #[error("{} exists already and was left as it is; choose another name or ask to overwrite it", .0.display())]
    Exists(PathBuf),
    /// The output is a directory or a device.
    #[error("{} is not a regular file; name a file", .0.display())]
    NotAFile(PathBuf),
    /// No space left.
    #[error("no space left for {output}; free some or choose another place ({source})")]
    DiskFull {
        /// The path, or "the output" for a writer.
        output: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Any other failure of the local file system or the writer.
    #[error("{output}: {source}; check the path and its permissions")]
    Io {
        /// The path, or "the output" for a writer.
        output: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file to send changed while it was being sent.
    #[error("{} changed while it was being sent; send it again when it is at rest", .0.display())]
    Changed(PathBuf),
    /// The name asked for gives no name for the output.
    #[error(transparent)]
    Name(#[from] FileNameError),
}

impl LocalError {
    /// A failure of `output`, sorted by what it was.
    pub(crate) fn new(output: impl Into<String>, source: io::Error) -> Self {
        let output = output.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { output, source },
            _ => Self::Io { output, source },
        }
    }

    pub(crate) fn at(path: &Path, source: io::Error) -> Self {
        Self::new(path.display().to_string(), source)
    }
}

/// A destination that is ready to take bytes.
pub(crate) enum Output<'a> {
    File(PartialFile),
    Writer(&'a mut (dyn AsyncWrite + Send + Unpin)),
}

/// A file in the target's directory that has not got its name yet; removed when dropped.
pub(crate) struct PartialFile {
    /// Buffered, since each write to a file is a hop to another thread.
    file: BufWriter<File>,
    part: TempPath,
    target: PathBuf,
    overwrite: bool,
}

impl<'a> Output<'a> {
    /// Checks the destination and opens it, before anything is asked of the server.
    pub(crate) async fn open(name: &str, to: Destination<'a>) -> Result<Self, LocalError> {
        let (target, overwrite) = match to {
            Destination::Writer(writer) => return Ok(Self::Writer(writer)),
            Destination::File { path, overwrite } => (path.to_owned(), overwrite),
            Destination::Directory { path, overwrite } => {
                (path.join(FileName::parse(name)?.last()), overwrite)
            }
        };
        spawned(move || PartialFile::create(target, overwrite)).await.map(Self::File)
    }

    /// What to write to.
    pub(crate) fn writer(&mut self) -> &mut (dyn AsyncWrite + Send + Unpin) {
        match self {
            Self::File(partial) => &mut partial.file,
            Self::Writer(writer) => *writer,
        }
    }

    /// How an error names it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(partial) => partial.target.display().to_string(),
            Self::Writer(_) => "the output".to_owned(),
        }
    }

    /// The bytes are whole and verified: make them durable and give them their name.
    pub(crate) async fn keep(self) -> Result<Option<PathBuf>, LocalError> {
        match self {
            Self::File(partial) => partial.keep().await.map(Some),
            Self::Writer(_) => Ok(None),
        }
    }
}

impl PartialFile {
    fn create(target: PathBuf, overwrite: bool) -> Result<Self, LocalError> {
        match target.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(LocalError::at(&target, error)),
            // Renaming over a device would replace it: no flag allows that.
            Ok(metadata) if !metadata.is_file() && !metadata.is_symlink() => {
                return Err(LocalError::NotAFile(target));
            }
            Ok(_) if !overwrite => return Err(LocalError::Exists(target)),
            Ok(_) => {}
        }
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let created = temporary(directory).map_err(|error| LocalError::at(&target, error))?;
        let (file, part) = created.into_parts();
        let file = BufWriter::with_capacity(CHUNK, File::from_std(file));
        Ok(Self { file, part, target, overwrite })
    }

    /// The bytes must have been flushed.
    async fn keep(self) -> Result<PathBuf, LocalError> {
        let Self { file, part, target, overwrite } = self;
        file.get_ref().sync_all().await.map_err(|error| LocalError::at(&target, error))?;
        spawned(move || {
            let placed = if overwrite { part.persist(&target) } else { part.persist_noclobber(&target) };
            match placed.map_err(|error| error.error) {
                Ok(()) => Ok(target),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LocalError::Exists(target)),
                Err(error) => Err(LocalError::at(&target, error)),
            }
        })
        .await
    }
}

/// A new file with the permissions any new file gets, not the private ones of a temporary one.
fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART_PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

async fn spawned<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LocalError> + Send + 'static,
) -> Result<T, LocalError> {
    let failed = |error| LocalError::new("the local file system", io::Error::other(error));
    spawn_blocking(work).await.map_err(failed)?
}

#[cfg(test)]
mod tests;
