//! TCP segments as bytes: header, options, sequence numbers, checksum.
//!
//! This crate only translates. It knows what a segment looks like (RFC 9293 section 3.1) and nothing of
//! what a connection does with it; it reads no clock, draws no random number and logs nothing.
//!
//! ```text
//!   0                   1                   2                   3
//!   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//!  +-------------------------------+-------------------------------+
//!  |          source_port          |       destination_port        |
//!  +-------------------------------+-------------------------------+
//!  |                           sequence                            |
//!  +---------------------------------------------------------------+
//!  |                        acknowledgment                         |
//!  +-------+-------+---------------+-------------------------------+
//!  |header | zero, |C E U A P R S F|                               |
//!  |length | not   |W C R C S S Y I|            window             |
//!  |in 32b | read  |R E G K H T N N|                               |
//!  +-------+-------+---------------+-------------------------------+
//!  |           checksum            |        urgent_pointer         |
//!  +-------------------------------+-------------------------------+
//!  |        options, 0 to 40 bytes, in multiples of four           |
//!  +---------------------------------------------------------------+
//!  |                            payload                            |
//!  +---------------------------------------------------------------+
//! ```
//!
//! # The contract
//! - [`Segment::decode`] accepts any bytes: it answers with a segment or a [`DecodeError`] and never panics.
//!   The payload is a slice of the datagram, not a copy.
//! - [`Segment::encode`] cannot fail. What it writes decodes to the same segment again; only SACK blocks for
//!   which the header has no room are left out (see [`Options`]).
//! - A [`Train`] is segments in a row that differ in their place alone: encoded and decoded at once, each of them as it
//!   would be by itself.
//! - What carries the segment is an argument, the [`PseudoHeader`]: it decides what the checksum covers.
//!
//! ```
//! use lucid_wire::{Flags, Header, Options, PseudoHeader, Segment, SeqNum};
//!
//! let syn = Segment {
//!     header: Header {
//!         source_port: 49152,
//!         destination_port: 12345,
//!         sequence: SeqNum::new(5896),
//!         acknowledgment: SeqNum::new(0),
//!         flags: Flags::SYN,
//!         window: 65535,
//!         urgent_pointer: 0,
//!         options: Options { mss: Some(1024), ..Options::default() },
//!     },
//!     payload: bytes::Bytes::new(),
//! };
//! let mut datagram = Vec::new();
//! syn.encode(&PseudoHeader::None, &mut datagram);
//!
//! assert_eq!(datagram.len(), 24);
//! assert_eq!(Segment::decode(datagram.into(), &PseudoHeader::None), Ok(syn));
//! ```
//!
//! # Features
//! `serde` makes every value here serialisable, for recordings; [`SeqNum`] and [`Flags`] as bare numbers.
#![no_std]
#![deny(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod checksum;
mod error;
mod flags;
mod header;
mod options;
mod pieces;
mod segment;
mod seq;
mod train;

pub use checksum::{PseudoHeader, checksum};
pub use error::DecodeError;
pub use flags::Flags;
pub use header::Header;
pub use options::{OptionLayout, Options, SackBlocks, Timestamps, UserTimeout};
pub use pieces::{Pieces, Walk};
pub use segment::Segment;
pub use seq::{SeqNum, SeqRange};
pub use train::Train;
