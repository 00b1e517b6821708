//! The file service: one directory, and nothing outside of it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};
use tokio::fs::File;
use tokio::task::spawn_blocking;

use crate::message::Printable;
use crate::transfer::SourceFault;
use crate::{ErrorCode, FileInfo, FileName, ServiceError};

/// The most files a listing holds; a larger directory is refused rather than cut.
pub(crate) const MAX_LISTED: usize = 65_536;

/// Serves the files below one directory, and takes files in if told to.
///
/// Names are resolved through `cap-std`, relative to a handle on the directory: `..`, absolute
/// names and symbolic links that lead out are refused by construction, also when links change
/// meanwhile. Only regular files are served. Blocking calls run on tokio's blocking threads.
#[derive(Debug, Clone)]
pub struct FileService {
    pub(crate) root: Arc<Dir>,
    pub(crate) uploads: bool,
}

/// A file opened for sending, and what it looked like then.
pub(crate) struct OpenFile {
    pub(crate) file: File,
    pub(crate) size: u64,
    modified: Option<SystemTime>,
}

impl FileService {
    /// Serves the directory `root`. Files are not accepted until [`Self::allow_put`] says so.
    ///
    /// # Errors
    /// When `root` can't be opened as a directory.
    pub fn open(root: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(root, ambient_authority())?;
        Ok(Self { root: Arc::new(root), uploads: false })
    }

    /// Whether clients may store files. Whoever may can fill the disk.
    pub fn allow_put(self, uploads: bool) -> Self {
        Self { uploads, ..self }
    }

    /// The regular files in the directory itself, sorted by name. Names that
    /// [`FileName::parse`] refuses are left out: nobody could ask for them.
    pub(crate) async fn list(&self) -> Result<Vec<FileInfo>, ServiceError> {
        let root = Arc::clone(&self.root);
        let listed = blocking(move || list_files(&root)).await?;
        let mut files = listed.map_err(|error| file_error("the served directory", &error))?;
        if files.len() > MAX_LISTED {
            let why = format!("the directory holds more than {MAX_LISTED} files; ask for one by its name");
            return Err(ServiceError::new(ErrorCode::Io, why));
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Opens a regular file for sending.
    pub(crate) async fn open_file(&self, name: &FileName) -> Result<OpenFile, ServiceError> {
        let (root, path, shown) = (Arc::clone(&self.root), name.clone(), name.to_string());
        blocking(move || {
            let failed = |error: io::Error| file_error(&shown, &error);
            // Looked at first: opening a named pipe would wait for its writer.
            require_file(&shown, &root.metadata(path.as_path()).map_err(failed)?)?;
            let file = root.open(path.as_path()).map_err(failed)?;
            let metadata = file.metadata().map_err(failed)?;
            require_file(&shown, &metadata)?;
            let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
            Ok(OpenFile { file: File::from_std(file.into_std()), size: metadata.len(), modified })
        })
        .await?
    }
}

impl OpenFile {
    /// After sending: whether what was sent is the file, as far as its size and its time tell.
    pub(crate) async fn verdict(&self, name: &str, fault: Option<SourceFault>) -> Result<(), ServiceError> {
        match fault {
            Some(SourceFault::Unreadable(error)) => return Err(file_error(name, &error)),
            Some(SourceFault::EndedAt(end)) => return Err(changed(name, self.size, end)),
            None => {}
        }
        let now = self.file.metadata().await.map_err(|error| file_error(name, &error))?;
        if now.len() != self.size || now.modified().ok() != self.modified {
            return Err(changed(name, self.size, now.len()));
        }
        Ok(())
    }
}

fn list_files(root: &Dir) -> io::Result<Vec<FileInfo>> {
    let mut files = Vec::new();
    for entry in root.entries()? {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        // Through the root, so that a link inside it counts as the file and one out of it doesn't.
        let Ok(metadata) = root.metadata(&name) else { continue };
        if metadata.is_file() && FileName::parse(&name).is_ok() {
            files.push(FileInfo { name, size: metadata.len() });
        }
        if files.len() > MAX_LISTED {
            break;
        }
    }
    Ok(files)
}

pub(crate) fn require_file(name: &str, metadata: &Metadata) -> Result<(), ServiceError> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = if metadata.is_dir() { "a directory" } else { "not a regular file" };
    let why = format!("`{}` is {kind}; only files are transferred, ask for one", Printable(name));
    Err(ServiceError::new(ErrorCode::NotAFile, why))
}

fn changed(name: &str, announced: u64, now: u64) -> ServiceError {
    let why = format!(
        "`{}` changed while it was being sent ({announced} bytes announced, {now} now); ask again when it is at rest",
        Printable(name)
    );
    ServiceError::new(ErrorCode::FileChanged, why)
}

/// The answer to a client for a failure of the file system.
pub(crate) fn file_error(name: &str, error: &io::Error) -> ServiceError {
    let (code, cause) = match error.kind() {
        io::ErrorKind::NotFound => {
            (ErrorCode::NotFound, "there is no such file; the list says what there is")
        }
        io::ErrorKind::NotADirectory => {
            (ErrorCode::NotFound, "a part of its path is not a directory; check the name")
        }
        // cap-std's own refusal has no number from the operating system.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
            (ErrorCode::OutsideRoot, "it leads out of the served directory; ask for a file below it")
        }
        io::ErrorKind::PermissionDenied => {
            (ErrorCode::Denied, "the server may not access it; ask whoever runs it for the permission")
        }
        io::ErrorKind::IsADirectory => (ErrorCode::NotAFile, "it is a directory; choose a file's name"),
        io::ErrorKind::AlreadyExists => {
            (ErrorCode::AlreadyExists, "a file of that name exists; choose another or ask to overwrite it")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (ErrorCode::DiskFull, "the server has no space left; free some and try again")
        }
        _ => (ErrorCode::Io, "the server's file system failed"),
    };
    ServiceError::new(code, format!("`{}`: {cause} ({error})", Printable(name)))
}

/// Runs what may block on a thread made for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    spawn_blocking(work).await.map_err(|_| {
        ServiceError::new(ErrorCode::Internal, "the server failed inside; this is a defect, please report it")
    })
}

#[cfg(test)]
mod tests;
