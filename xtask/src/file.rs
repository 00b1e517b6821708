//! Sample files of any size: numbered lines, the same bytes each time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::console::say;
use crate::error::{Failure, Outcome, While};

/// Each line of a sample file, with its end; the last is cut where the size asks for it.
const LINE: usize = 64;

/// `cargo xtask file SIZE PATH`
pub(crate) fn run(words: &[&str]) -> Outcome {
    let [size, path] = words else {
        return Err(Failure::usage("a file needs its size and its path, such as: file 64MiB /tmp/large.txt"));
    };
    let size = parse_size(size).ok_or_else(|| {
        Failure::usage(format_args!("{size:?} is not a size: write 8192, 64KiB, 64MiB or 1GiB"))
    })?;
    let path = Path::new(path);
    write(path, size)?;
    say(format_args!("{}: {size} bytes", path.display()));
    Ok(())
}

/// Writes a new sample file.
///
/// # Errors
/// It can't be written, or is there already.
pub(crate) fn write(path: &Path, size: u64) -> Outcome {
    let file = File::create_new(path).while_doing(format_args!("create {}", path.display()))?;
    fill(BufWriter::new(file), size).while_doing(format_args!("write {}", path.display()))
}

fn fill(mut to: impl Write, size: u64) -> io::Result<()> {
    let mut left = size;
    for number in 1_u64.. {
        if left == 0 {
            break;
        }
        let line = line(number);
        let len = left.min(line.len() as u64);
        to.write_all(&line.as_bytes()[..usize::try_from(len).unwrap_or(LINE)])?;
        left -= len;
    }
    to.flush()
}

fn line(number: u64) -> String {
    format!("{number:>12} {:.<50}\n", "")
}

fn parse_size(text: &str) -> Option<u64> {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)];
    let (number, unit) =
        units.into_iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)))?;
    number.trim().parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests;
