#![deny(missing_docs)]
//! Services over any byte stream: files, a calculator, DNS look-ups.
//!
//! Both ends take anything that is `AsyncRead + AsyncWrite + Unpin`: a connection of ours, a kernel
//! TCP stream, an in-memory pipe. The server's door is [`serve`], the client's is [`Client`].
//!
//! # Protocol
//!
//! A **message** is its length, four bytes big-endian and at most [`MAX_MESSAGE`], then that many
//! bytes of JSON: `{"v":1,"type":"get","name":"8192.txt"}`. The client sends a [`Request`], the
//! server answers it with a [`Reply`], and the next request follows on the same connection.
//! Closing between messages is the normal end; an end inside one is an error on either side.
//!
//! A **file** travels the same way in both directions, and a large one is never held in memory whole:
//!
//! 1. a message of its own that states the size (`Reply::File`, or `Request::Put` and then the
//!    server's `Reply::Proceed`), flushed, so that the bytes start in a segment of their own;
//! 2. exactly that many bytes, raw;
//! 3. a [`Trailer`] message: the blake3 hash of those bytes, or why they aren't to be trusted. The
//!    hash comes last so that the sender reads its file once, while sending it. A sender that can't
//!    read on fills up with zeros and says so here: the connection stays in step.
//!
//! A small file to be got needs no trailer: the server reads it whole first, and `Reply::SmallFile` states its
//! hash with its size. So what follows is the file's bytes and nothing else.
//!
//! A service that can't do what it was asked says so in a `Reply::Error`; the connection lives on.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() {
//! use lucid_apps::{Calc, Client, Dns, FileService, Services, serve};
//!
//! let services = Services {
//!     files: FileService::open(".".as_ref()).unwrap(),
//!     calc: Calc::default(),
//!     dns: Dns::system(),
//! };
//! let (ours, mut theirs) = tokio::io::duplex(4096);
//! let server = tokio::spawn(async move { serve(&mut theirs, &services, |_| ()).await });
//! let mut client = Client::new(ours);
//! assert_eq!(client.calc("1+1").await.unwrap(), "2");
//! drop(client); // closing is the normal end
//! assert_eq!(server.await.unwrap().unwrap().requests, 1);
//! # }
//! ```

mod calc;
mod client;
mod dns;
mod file_name;
mod files;
mod framing;
mod message;
mod output;
mod server;
#[cfg(test)]
mod testing;
mod transfer;
mod upload;

pub use blake3::Hash;
pub use calc::Calc;
pub use client::{Client, ClientError, Received, Stored};
pub use dns::Dns;
pub use file_name::{FileName, FileNameError};
pub use files::FileService;
pub use framing::{FrameError, MAX_MESSAGE};
pub use message::{ErrorCode, FileInfo, Reply, Request, ServiceError, Task, Trailer, VERSION};
pub use output::{Destination, LocalError};
pub use server::{ServeError, Services, Summary, serve};
