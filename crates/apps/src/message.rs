//! What the two sides say to each other.

use std::fmt;
use std::net::IpAddr;

use blake3::Hash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The version each message carries as `v`. A message of another version is refused by name.
pub const VERSION: u32 = 1;

/// What a client may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// The files there are. Answered by one or more [`Reply::Files`].
    List,
    /// A file's bytes. Answered by [`Reply::SmallFile`] and the bytes, or by [`Reply::File`], the bytes, and a
    /// [`Trailer`].
    Get {
        /// The file's name below the server's root.
        name: String,
    },
    /// Store a file. Answered by [`Reply::Proceed`]; then the client sends the bytes and a
    /// [`Trailer`], and the server answers with [`Reply::Stored`].
    Put {
        /// The file's name below the server's root.
        name: String,
        /// How many bytes will follow.
        size: u64,
        /// Whether an existing file of that name may be replaced.
        overwrite: bool,
    },
    /// The value of an arithmetic expression. Answered by [`Reply::Value`].
    Calc {
        /// The expression, such as `1+1`.
        expression: String,
    },
    /// The addresses of a host. Answered by [`Reply::Addresses`].
    Dns {
        /// The host's name.
        name: String,
    },
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// Some of the files there are, sorted by name over all parts.
    Files {
        /// This part's files.
        files: Vec<FileInfo>,
        /// Whether another `Files` follows.
        more: bool,
    },
    /// That many raw bytes follow, and nothing else: the file was read whole before.
    SmallFile {
        /// The file's size in bytes.
        size: u64,
        /// The blake3 hash of the bytes that follow.
        #[serde(with = "hex")]
        hash: Hash,
    },
    /// That many raw bytes follow, then a [`Trailer`].
    File {
        /// The file's size in bytes.
        size: u64,
    },
    /// Send the file.
    Proceed,
    /// The file is stored under its name, whole and verified.
    Stored {
        /// The hash of what was stored.
        #[serde(with = "hex")]
        hash: Hash,
    },
    /// An expression's value, as text.
    Value {
        /// Integers without a point, floats with as many digits as they need.
        value: String,
    },
    /// A host's addresses: every one there is, IPv4 first.
    Addresses {
        /// Never empty.
        addresses: Vec<IpAddr>,
    },
    /// The service could not do it.
    Error(ServiceError),
}

/// What follows a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Trailer {
    /// The bytes are the file.
    Complete {
        /// The blake3 hash of the bytes sent.
        #[serde(with = "hex")]
        hash: Hash,
    },
    /// The bytes are not the file: it changed or could not be read to its end.
    Failed(ServiceError),
}

/// One file a server offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Its name, to be used in `get`.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A refusal: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{}", Printable(.message))]
pub struct ServiceError {
    /// What kind of failure it is.
    pub code: ErrorCode,
    /// What failed, the likely cause, and what to do next.
    pub message: String,
}

impl ServiceError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// Not a request this server knows.
    BadRequest,
    /// A message of another protocol version.
    UnsupportedVersion,
    /// A message over [`crate::MAX_MESSAGE`]; the server closes after saying so.
    TooLong,
    /// Not a name a file can have.
    BadFileName,
    /// The name leads out of the served directory.
    OutsideRoot,
    /// No such file.
    NotFound,
    /// A directory, a device or the like.
    NotAFile,
    /// The operating system denies access to the file.
    Denied,
    /// The file to store exists already.
    AlreadyExists,
    /// This server does not accept files.
    UploadsOff,
    /// The file changed while it was being sent.
    FileChanged,
    /// The stored bytes do not have the hash the sender stated.
    HashMismatch,
    /// No space left on the server.
    DiskFull,
    /// Any other failure to read or write a file.
    Io,
    /// Not an arithmetic expression.
    BadExpression,
    /// Division by zero, or a result that no number holds.
    NoValue,
    /// The expression is longer or deeper than the server accepts.
    ExpressionTooComplex,
    /// The evaluation took too long.
    CalcTimeout,
    /// Not a name a host can have.
    BadHostName,
    /// NXDOMAIN: there is no such name.
    NameNotFound,
    /// The name exists and has no address.
    NoAddresses,
    /// No name server answered.
    DnsNoAnswer,
    /// A name server answered that it can't answer.
    DnsFailed,
    /// A defect in the server.
    Internal,
    /// A code from a newer server.
    #[serde(other)]
    Unknown,
}

/// A request as a transcript names it: "File Transfer for 8192.txt".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// The files there are.
    List,
    /// A file to the client.
    Get(String),
    /// A file from the client.
    Put(String),
    /// An expression.
    Calc(String),
    /// A host name.
    Dns(String),
}

impl From<&Request> for Task {
    fn from(request: &Request) -> Self {
        match request {
            Request::List => Self::List,
            Request::Get { name } => Self::Get(name.clone()),
            Request::Put { name, .. } => Self::Put(name.clone()),
            Request::Calc { expression } => Self::Calc(expression.clone()),
            Request::Dns { name } => Self::Dns(name.clone()),
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => f.write_str("File List"),
            Self::Get(name) => write!(f, "File Transfer for {}", Printable(name)),
            Self::Put(name) => write!(f, "File Upload of {}", Printable(name)),
            Self::Calc(expression) => write!(f, "Calculation of {}", Printable(expression)),
            Self::Dns(name) => write!(f, "DNS Query for {}", Printable(name)),
        }
    }
}

/// A peer's text, made safe for a terminal or a log: control characters escaped, and cut.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

/// How many characters of a peer's text are shown.
const SHOWN: usize = 512;

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(SHOWN) {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        if chars.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    v: u32,
    #[serde(flatten)]
    body: &'a T,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: u32,
}

/// A message's JSON. It fails only for values JSON can't hold, which none of ours are.
pub(crate) fn encode<T: Serialize>(body: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Envelope { v: VERSION, body })
}

/// Reads a message's JSON; the error is the answer to a client that sent it.
pub(crate) fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, ServiceError> {
    let bad = |error: serde_json::Error| {
        let why = format!("the message can't be understood ({error}); does the peer speak this protocol?");
        ServiceError::new(ErrorCode::BadRequest, why)
    };
    let VersionOnly { v } = serde_json::from_slice(json).map_err(bad)?;
    if v != VERSION {
        let why =
            format!("the message is of version {v} and only {VERSION} is spoken here; update the older side");
        return Err(ServiceError::new(ErrorCode::UnsupportedVersion, why));
    }
    serde_json::from_slice(json).map_err(bad)
}

/// A hash as 64 hexadecimal digits.
mod hex {
    use blake3::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(hash)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        Hash::from_hex(text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
