//! Taking a file in: nothing under its name until it is whole.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cap_std::fs::{Dir, OpenOptions};
use tokio::fs::File;
use tokio::io::BufWriter;

use crate::file_name::PART_PREFIX;
use crate::files::{blocking, file_error, require_file};
use crate::transfer::CHUNK;
use crate::{ErrorCode, FileName, FileService, ServiceError};

/// A file being received, in a temporary file beside its final name.
/// Dropped before [`Upload::finish`], it leaves nothing behind.
pub(crate) struct Upload {
    /// Buffered, since each write to a file is a hop to another thread.
    pub(crate) file: BufWriter<File>,
    part: Part,
    name: FileName,
    overwrite: bool,
}

/// The temporary file's entry in its directory; removed on drop.
struct Part {
    dir: Dir,
    name: String,
}

impl FileService {
    /// Opens a temporary file for what will be `name`, if uploads are on and the name is free.
    pub(crate) async fn create(&self, name: &FileName, overwrite: bool) -> Result<Upload, ServiceError> {
        if !self.uploads {
            let why = "this server does not accept files; whoever runs it can allow that";
            return Err(ServiceError::new(ErrorCode::UploadsOff, why));
        }
        let (root, name) = (Arc::clone(&self.root), name.clone());
        blocking(move || {
            check_target(&root, &name, overwrite)?;
            let (part, file) =
                Part::create(&root, &name).map_err(|error| file_error(&name.to_string(), &error))?;
            let file = BufWriter::with_capacity(CHUNK, file);
            Ok(Upload { file, part, name, overwrite })
        })
        .await?
    }
}

impl Upload {
    /// Makes the file, flushed before, durable and gives it its name, in one step.
    /// Without leave to overwrite, a file that appeared under the name meanwhile stays as it is.
    pub(crate) async fn finish(self) -> Result<(), ServiceError> {
        let Self { file, part, name, overwrite } = self;
        let failed = |error: io::Error| file_error(&name.to_string(), &error);
        file.get_ref().sync_all().await.map_err(failed)?;
        let target = name.last().to_owned();
        let placed = blocking(move || part.place(target.as_ref(), overwrite)).await?;
        placed.map_err(failed)
    }
}

impl Part {
    fn create(root: &Dir, name: &FileName) -> io::Result<(Self, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let dir = match name.as_path().parent() {
            Some(parent) if !parent.as_os_str().is_empty() => root.open_dir(parent)?,
            _ => root.try_clone()?,
        };
        loop {
            // Names left by an earlier process are skipped: counting up ends at a free one.
            let part = format!("{PART_PREFIX}{}", NEXT.fetch_add(1, Ordering::Relaxed));
            match dir.open_with(&part, OpenOptions::new().write(true).create_new(true)) {
                Ok(file) => return Ok((Self { dir, name: part }, File::from_std(file.into_std()))),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn place(self, target: &Path, overwrite: bool) -> io::Result<()> {
        if overwrite {
            self.dir.rename(&self.name, &self.dir, target)
        } else {
            // A link is refused if the name is taken; a rename would replace what is there.
            self.dir.hard_link(&self.name, &self.dir, target)
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename it is gone already; a failure here leaves a file that is never served.
        let _ = self.dir.remove_file(&self.name);
    }
}

/// Refuses early what could not be placed in the end, before any byte travels.
fn check_target(root: &Dir, name: &FileName, overwrite: bool) -> Result<(), ServiceError> {
    let shown = name.to_string();
    match root.symlink_metadata(name.as_path()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(file_error(&shown, &error)),
        Ok(_) if !overwrite => Err(file_error(&shown, &io::ErrorKind::AlreadyExists.into())),
        Ok(metadata) if metadata.is_symlink() => Ok(()),
        Ok(metadata) => require_file(&shown, &metadata),
    }
}

#[cfg(test)]
mod tests;
