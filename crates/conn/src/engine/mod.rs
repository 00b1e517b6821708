//! The engine: RFC 9293 without I/O.

mod ack_policy;
mod allowance;
mod cause;
mod chunks;
mod config;
mod connection;
mod cork;
mod ecn;
mod endpoint;
mod error;
mod event;
mod in_flight;
mod info;
mod isn;
mod keep_alive;
mod loss;
mod message;
mod negotiated;
mod numbered;
mod options;
mod output;
mod path_mtu;
mod path_probes;
mod position;
mod rack;
mod reassembler;
mod receiver;
mod recording;
mod recovery;
mod reopening;
mod replay;
mod rest;
mod sack_report;
mod segment_arrives;
mod send_buffer;
mod sender;
#[cfg(feature = "settings")]
mod settings;
mod state;
mod time_wait;
mod timeouts;
mod timers;
mod timestamps;
mod tuning;
mod undo;
mod user_calls;
mod user_timeout;

pub use cause::Cause;
pub use config::{Config, KeepAlive, PathMtu, Profile, UnknownProfile};
pub use ecn::Codepoint;
pub use endpoint::{Endpoint, MakeController, Setup};
pub use error::{CallError, CloseReason};
pub use event::{Arrival, Change, EVENT_VERSION, Event, Fault, Late, Limit, SegmentSummary, What};
pub use info::{Counts, Info, RecoveryState, SocketInfo};
pub use lucid_congestion::Time;
pub use lucid_wire::OptionLayout;
pub use message::{Call, ConnId, Input, Notice, Output, Reply};
pub use negotiated::{Agreed, Scale};
#[cfg(feature = "tokio")]
pub(crate) use numbered::Numbered;
pub use recording::{Record, Recorded, Recorder, RecordingError, RecordingReader, SentSegment};
pub use replay::{ReplayError, Replayed, replay, replay_with};
#[cfg(feature = "settings")]
pub use settings::SettingError;
pub use state::State;
