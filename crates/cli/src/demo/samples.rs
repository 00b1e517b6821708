//! The files that the demo's servers offer: the seed's two, and larger ones as steps need them.

use std::fs;
use std::path::Path;

use super::trouble::{Outcome, While};

/// The file that a step has made for itself, where the seed's are too small.
pub(crate) const LARGE: &str = "large.txt";

/// The seed's: they lie in the program, so that it needs nothing beside it.
const SEEDS: [(&str, &[u8]); 2] = [
    ("2048.txt", include_bytes!("../../../../files/2048.txt")),
    ("8192.txt", include_bytes!("../../../../files/8192.txt")),
];

/// Writes the sample files into a directory, [`LARGE`] with so many bytes if it has a size.
///
/// # Errors
/// One of them can't be written, or is there already.
pub(crate) fn write(into: &Path, large: Option<usize>) -> Outcome {
    let of_size = large.map(|size| (LARGE, lines().take(size).collect::<Vec<_>>()));
    let seeds = SEEDS.map(|(name, bytes)| (name, bytes.to_vec()));
    for (name, bytes) in seeds.into_iter().chain(of_size) {
        let path = into.join(name);
        fs::write(&path, bytes).while_doing(format_args!("write {}", path.display()))?;
    }
    Ok(())
}

/// How many bytes a sample file has.
pub(crate) fn size(name: &str, large: Option<usize>) -> Option<usize> {
    let seed = SEEDS.iter().find(|(seed, _)| *seed == name).map(|(_, bytes)| bytes.len());
    seed.or_else(|| large.filter(|_| name == LARGE))
}

/// Numbered lines of 64 bytes, without end.
fn lines() -> impl Iterator<Item = u8> {
    (1_u64..).flat_map(|number| format!("{number:>12} {:.<50}\n", "").into_bytes())
}

#[cfg(test)]
mod tests;
