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
//! | [`compare`] | runs beside each other, and transfers in virtual time to compare |
//! | [`words`] | any event as a sentence |
//! | [`mod@report`] | all of it as one HTML page |
//!
//! Nothing here does I/O: recordings come in as [`std::io::Read`], pages go out as text.
#![deny(missing_docs)]

mod collect;
pub mod compare;
pub mod explain;
pub mod follow;
pub mod limits;
pub mod meet;
pub mod report;
pub mod run;
pub mod series;
pub mod summary;
pub mod words;

pub use explain::{Explanation, explain};
pub use follow::{FollowError, follow};
pub use report::{Source, report};
pub use run::{Run, Story};
pub use summary::Summary;
