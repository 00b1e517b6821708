//! The engine: RFC 9293 without I/O.

mod cause;
mod config;
mod endpoint;
mod error;
mod event;
mod info;
mod message;
mod recording;
mod replay;
mod state;

pub use cause::Cause;
pub use config::{Config, Profile, UnknownProfile};
pub use endpoint::{Endpoint, MakeController, Setup};
pub use error::{CallError, CloseReason};
pub use event::{Arrival, Change, EVENT_VERSION, Event, Fault, Late, Limit, SegmentSummary, What};
pub use info::{Counts, Info};
pub use lucid_congestion::Time;
pub use message::{Call, ConnId, Input, Notice, Output, Reply};
pub use recording::{Record, Recorded, Recorder, RecordingError, RecordingReader, SentSegment};
pub use replay::{ReplayError, Replayed, replay, replay_with};
pub use state::State;
