//! What a task has brought, for people and for programs.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use lucid_apps::{FileInfo, Received, Stored};
use serde::Serialize;

/// What a task has brought. Displayed as standard output shows it: whole lines, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Received { size: u64, blake3: String, path: Option<PathBuf> },
    Stored { size: u64, blake3: String },
    Files { files: Vec<FileInfo> },
    Value { value: String },
    Addresses { addresses: Vec<IpAddr> },
}

impl Answer {
    /// What people may want to know besides.
    pub(crate) fn note(&self) -> Option<String> {
        match self {
            Self::Received { size, blake3, path: Some(path) } => {
                Some(format!("Received file: {}: size {size} bytes, blake3 {blake3}", path.display()))
            }
            Self::Received { size, blake3, path: None } => {
                Some(format!("Received: size {size} bytes, blake3 {blake3}"))
            }
            Self::Stored { size, blake3 } => Some(format!("Stored: size {size} bytes, blake3 {blake3}")),
            Self::Files { .. } | Self::Value { .. } | Self::Addresses { .. } => None,
        }
    }

    /// As the transcript shows it: the seed's tasks have numbers, and a file's was said when it was asked for.
    pub(crate) fn in_transcript(&self) -> Option<String> {
        match self {
            Self::Addresses { addresses } => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                Some(format!("(task1: {})", addresses.join(", ")))
            }
            Self::Value { value } => Some(format!("(task2: {})", Shown(value))),
            Self::Received { .. } | Self::Stored { .. } | Self::Files { .. } => None,
        }
    }
}

impl From<Received> for Answer {
    fn from(Received { name: _, size, hash, path }: Received) -> Self {
        Self::Received { size, blake3: hash.to_string(), path }
    }
}

impl From<Stored> for Answer {
    fn from(Stored { name: _, size, hash }: Stored) -> Self {
        Self::Stored { size, blake3: hash.to_string() }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received { .. } | Self::Stored { .. } => Ok(()),
            Self::Files { files } => files
                .iter()
                .try_for_each(|FileInfo { name, size }| writeln!(f, "{size:>12}  {}", Shown(name))),
            Self::Value { value } => writeln!(f, "{}", Shown(value)),
            Self::Addresses { addresses } => {
                addresses.iter().try_for_each(|address| writeln!(f, "{address}"))
            }
        }
    }
}

/// A server's text, with control characters escaped: it can't play tricks on a terminal.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c.is_control() {
            true => write!(f, "{}", c.escape_default()),
            false => write!(f, "{c}"),
        })
    }
}

#[cfg(test)]
mod tests;
