//! BBR over a model of a path: one bottleneck, true delivery-rate samples, no sockets.

mod links;
mod losses;
mod path;
mod probe_bw;
mod probe_rtt;
mod startup;
mod steps;

use super::BbrParameters;
use super::state::State;
use crate::{Controller, Phase, Time};
use path::{Link, Path, SMSS};
