//! TCP over UDP: a complete RFC 9293 connection as a pure state machine, and a tokio driver around it.
//!
//! [`Listener`] and [`Stream`] stand in for tokio's `TcpListener` and `TcpStream`; [`Endpoint`] is one UDP
//! socket that listens and connects. An echo server and its client:
//!
//! ```
//! use lucid_conn::{Listener, Stream};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> std::io::Result<()> {
//!     let listener = Listener::bind("127.0.0.1:0").await?;
//!     let server = listener.local_addr()?;
//!     tokio::spawn(async move {
//!         let (stream, _peer) = listener.accept().await?;
//!         let (mut reader, mut writer) = stream.into_split();
//!         copy(&mut reader, &mut writer).await
//!     });
//!
//!     let mut stream = Stream::connect(server).await?;
//!     stream.write_all(b"hello").await?;
//!     stream.shutdown().await?;
//!     let mut echo = String::new();
//!     stream.read_to_string(&mut echo).await?;
//!     assert_eq!(echo, "hello");
//!     Ok(())
//! }
//! ```
//!
//! Nothing is encrypted. Without the feature `tokio` (on by default) only the [`engine`] is built: it does no
//! I/O, and time, randomness and configuration are handed in.
#![deny(missing_docs)]

#[cfg(feature = "tokio")]
pub mod driver;
pub mod engine;

#[cfg(feature = "tokio")]
pub use driver::{
    Builder, Endpoint, Impair, Listener, OwnedReadHalf, OwnedWriteHalf, ReuniteError, Seen, Stream,
};
#[cfg(feature = "settings")]
pub use engine::SettingError;
pub use engine::{CloseReason, Config, KeepAlive, Profile};
#[cfg(feature = "tokio")]
#[doc(no_inline)]
pub use lucid_sim as sim;
#[doc(no_inline)]
pub use lucid_wire::Pieces;

/// The README's example is a test, too.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
