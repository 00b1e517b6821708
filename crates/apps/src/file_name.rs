//! The names files may go by between two machines that don't trust each other.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

use crate::message::Printable;
use crate::{ErrorCode, ServiceError};

/// Files being received carry this prefix until they are whole; no file is served or stored under it.
pub(crate) const PART_PREFIX: &str = ".lucid-part-";

const MAX_BYTES: usize = 1024;

/// A file's name below some directory: relative, made of plain parts only, and printable.
/// Joined to a directory it can't lead out of it, symbolic links aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(PathBuf);

/// Why a text is not a [`FileName`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileNameError {
    /// Nothing, or only dots and slashes that name a directory.
    #[error("`{}` names no file; give a file's name", Printable(.0))]
    Empty(String),
    /// More than 1024 bytes.
    #[error("the file name has {0} bytes and {MAX_BYTES} is the most; shorten it")]
    TooLong(usize),
    /// A control character (NUL and line ends among them) or a backslash.
    #[error("`{}` holds a character that file names can't have here; control characters and backslashes are refused", Printable(.0))]
    BadCharacter(String),
    /// An absolute path or one with `..`.
    #[error("`{}` leads out of the served directory; give a name below it, without a leading `/` and without `..`", Printable(.0))]
    Outside(String),
    /// A name kept for files that are still being received.
    #[error("`{}` is a name kept for unfinished files; choose another", Printable(.0))]
    Reserved(String),
}

impl FileName {
    /// Reads a name as a peer or a user gave it. `./a.txt` is `a.txt`.
    ///
    /// # Errors
    /// [`FileNameError`] says which of the promises the text breaks.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        if text.len() > MAX_BYTES {
            return Err(FileNameError::TooLong(text.len()));
        }
        if text.chars().any(|c| c.is_control() || c == '\\') {
            return Err(FileNameError::BadCharacter(text.to_owned()));
        }
        let mut path = PathBuf::new();
        for component in Path::new(text).components() {
            match component {
                Component::CurDir => {}
                Component::Normal(part) if is_part(part) => {
                    return Err(FileNameError::Reserved(text.to_owned()));
                }
                Component::Normal(part) => path.push(part),
                _ => return Err(FileNameError::Outside(text.to_owned())),
            }
        }
        if path.as_os_str().is_empty() || names_a_directory(text) {
            return Err(FileNameError::Empty(text.to_owned()));
        }
        Ok(Self(path))
    }

    /// The name as a relative path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The last part: what the file is called in its own directory.
    pub fn last(&self) -> &OsStr {
        self.0.file_name().unwrap_or(self.0.as_os_str())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

fn is_part(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PART_PREFIX))
}

/// `a/` and `a/.` can only be directories, though `Path` drops what says so.
fn names_a_directory(text: &str) -> bool {
    text.ends_with('/') || text.ends_with("/.")
}

impl From<FileNameError> for ServiceError {
    fn from(error: FileNameError) -> Self {
        let code = match error {
            FileNameError::Outside(_) => ErrorCode::OutsideRoot,
            _ => ErrorCode::BadFileName,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
