#![deny(missing_docs)]
//! The proving ground: congestion control on a dumbbell in virtual time.
//!
//! Any number of flows share one [`Path`]: a line of some rate, a queue before it, a delay behind it, and what goes
//! wrong there. Each flow is a whole connection of the engine at both ends; only the clock is ours, and it jumps. So
//! minutes take seconds, and the same seed gives the same figures.
//!
//! ```
//! use std::time::Duration;
//! use lucid_lab::{Contender, Group, Path, Scenario};
//!
//! let newreno = Contender::named("newreno").expect("it is one of ours");
//! let path = Path::of(10.0, 20); // 10 Mbit/s, 20 ms, a queue of one bandwidth-delay product
//! let two = Scenario::new(path, vec![Group::long(&newreno, 2)], Duration::from_secs(5));
//! let report = two.run();
//! assert!(report.utilisation() > 0.9);
//! assert!(report.jain() > 0.5);
//! ```
//!
//! The named tables of `cargo xtask cc` are in [`tables`]; its curves come from [`pictures`]. Who has written an
//! algorithm outside asks for a [`verdict`]: `examples/gentle.rs` shows how, in one file.

mod bottleneck;
mod contender;
mod parallel;
mod path;
mod plot;
mod report;
mod scenario;
mod statistics;
mod table;
pub mod tables;
mod verdict;
mod world;

pub use contender::Contender;
pub use parallel::parallel;
pub use path::{DATAGRAM_OVERHEAD, Path, Queue};
pub use plot::{Picture, pictures};
pub use report::{FlowReport, Point, Report};
pub use scenario::{Group, SEED, Scenario};
pub use statistics::{jain, percentile};
pub use table::Table;
pub use verdict::verdict;
