//! Views of a run, made from its recording: for the tools of others.
//!
//! * [`pcapng`]: every segment as a packet, for Wireshark, each with why it was sent and what it did.
//! * [`qlog`]: every event, in the framing of the IETF's logging format.
//!
//! Both come of [`segments`]: a recording run again, segment by segment. Nothing here reads a clock or opens a file.
#![deny(missing_docs)]

pub mod pcapng;
pub mod qlog;
pub mod segments;

#[cfg(test)]
mod testing;
