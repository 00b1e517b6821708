//! The tokio driver around the engine: sockets, the clock, tasks and streams.
//!
//! Whoever is polled drives the engine: a call on a stream is one input, and everything that follows from it,
//! segments to send and tasks to wake, is done before the call returns. Who waits looks after the socket meanwhile.
//! One task per endpoint does what nobody polls for: it keeps the timers, receives what nobody waits for, and waits
//! for the socket when that was full.

mod batch;
mod buffers;
mod builder;
mod busy_poll;
mod calls;
mod clock;
mod core;
mod endpoint;
mod error;
mod faults;
mod inbox;
mod listener;
mod readiness;
mod recording;
mod scattered;
mod shared;
mod slot;
mod socket;
mod split;
mod stream;
mod survey;
mod task;

pub use builder::Builder;
pub use endpoint::Endpoint;
pub use faults::Impair;
pub use listener::Listener;
pub use split::{OwnedReadHalf, OwnedWriteHalf, ReuniteError};
pub use stream::Stream;
pub use survey::Seen;
