//! Where scripts are.

use std::io;
use std::path::{Path, PathBuf};

/// Adds the script at `path`, or all `*.pkt` below it, in the order of their names.
///
/// # Errors
/// There is nothing at `path`, or it can't be read.
pub fn find(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()));
    if !std::fs::metadata(path).map_err(named)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(named)?;
    let mut inside = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    inside.sort();
    let is_script =
        |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "pkt");
    inside.iter().filter(|path| is_script(path)).try_for_each(|path| find(path, found))
}
