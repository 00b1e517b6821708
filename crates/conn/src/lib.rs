//! TCP over UDP: a complete RFC 9293 connection as a pure state machine, and a tokio driver around it.
#![deny(missing_docs)]

pub mod engine;

pub use engine::{CloseReason, Config, Profile};
