//! Views of a run: what a recording shows when it is run again with someone watching.
//!
//! A recording decides its run bit for bit, so all that can be known of it is had by replaying it:
//!
//! ```text
//!  recording --> follow --> Run: a Story for each connection --> report     one HTML page
//!                           (events, segments, lines, spans)     summary    numbers, and plain sentences
//!                               \-- meet: two endpoints' runs, on one clock, each segment's fate known
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`mod@follow`] | the replay, with the endpoint at hand after every input |
//! | [`run`] | a [`Run`], and in it a [`Story`] for each connection |
//! | [`series`] | what stories are made of: segments, lines that hold their value, spans |
//! | [`limits`] | what a sender waits for |
//! | [`mod@meet`] | two recordings of one run: clocks brought together, segments found again |
//! | [`summary`] | what came of it, in numbers and in sentences |
//! | [`mod@explain`] | why it happened, in plain words |
//! | [`mod@whatif`] | what would have happened otherwise: a run that goes on with one thing changed |
//! | [`compare`] | runs beside each other, and transfers in virtual time to compare |
//! | [`rehearsal`] | clients that ask and a server that answers, in virtual time, both recorded |
//! | [`words`] | any event as a sentence |
//! | [`mod@report`] | all of it as one HTML page |
//! | [`segments`] | a recording run again, segment by segment with its bytes: what the two below are made of |
//! | [`pcapng`] | every segment as a packet, for Wireshark, with why it was sent and what it did |
//! | [`qlog`] | every event, in the framing of the IETF's logging format |
//!
//! Nothing here does I/O: recordings come in as [`std::io::Read`], pages go out as text, captures
//! and logs into a [`std::io::Write`].
#![deny(missing_docs)]

mod collect;
pub mod compare;
pub mod explain;
pub mod follow;
pub mod limits;
pub mod meet;
pub mod pcapng;
pub mod qlog;
pub mod rehearsal;
pub mod report;
pub mod run;
pub mod segments;
pub mod series;
pub mod summary;
mod virtual_time;
pub mod whatif;
pub mod words;

#[cfg(test)]
mod testing;

pub use explain::{Explanation, explain};
pub use follow::{FollowError, follow};
pub use report::{Source, report};
pub use run::{Run, Story};
pub use summary::Summary;
pub use whatif::WhatIf;
