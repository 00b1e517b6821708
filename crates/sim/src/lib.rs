#![deny(missing_docs)]
//! Seeded emulation of one direction of a link: delay, rate, a bounded queue, loss, reordering,
//! duplication, corruption, blackouts. Two of them, with different seeds, make a path.
//!
//! The link has no clock and does no I/O: every call says what time it is, as a [`Duration`] since the
//! run began. So the same link serves a simulation in virtual time and a fault layer before a real socket.
//! It is generic over the [`Packet`] and looks at nothing but its length and whether it carries data.
//!
//! ```
//! use core::time::Duration;
//! use lucid_sim::{Faults, Link, Packet};
//!
//! #[derive(Clone)]
//! struct Datagram(Vec<u8>);
//!
//! impl Packet for Datagram {
//!     fn len(&self) -> usize {
//!         self.0.len()
//!     }
//!     fn is_data(&self) -> bool {
//!         !self.0.is_empty()
//!     }
//!     fn corrupt(&mut self, bit: usize) {
//!         self.0[bit / 8] ^= 1 << (bit % 8);
//!     }
//! }
//!
//! # fn main() -> Result<(), lucid_sim::ParseError> {
//! let faults = Faults { delay: lucid_sim::parse_duration("50ms")?, loss: "5%".parse()?, ..Faults::default() };
//! let mut link = Link::new(faults, 7);
//! let verdict = link.push(Duration::ZERO, Datagram(vec![1, 2, 3]));
//! assert_eq!(verdict.dropped, None);
//! assert_eq!(link.next_delivery(), Some(Duration::from_millis(50)));
//! assert!(link.pop(Duration::from_millis(49)).is_none());
//! assert!(link.pop(Duration::from_millis(50)).is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # Same seed, same run
//! Chance comes from [`rand_pcg::Pcg64`] (PCG XSL RR 128/64), whose output is fixed by its published
//! reference vectors; what is made of that output is fixed here, by integer arithmetic. So a seed means the
//! same run on every platform and in every version; golden tests hold us to it. Each fault rolls dice of its
//! own, the same number of times for each packet whatever becomes of it: switching one fault on, or raising
//! a probability, leaves the others' decisions as they were.
//!
//! [`Duration`]: core::time::Duration

mod dice;
mod faults;
mod link;
mod loss;
mod quantity;
mod queue;
mod script;
mod touch;
mod way;

pub use dice::split_seed;
pub use faults::{Blackout, Burst, Faults, RateChange, Reorder};
pub use link::{DropReason, Link, MAX_IN_TRANSIT, Packet, Verdict};
pub use quantity::{ParseError, Probability, Rate, parse_duration};
pub use script::{Drop, Positions};
