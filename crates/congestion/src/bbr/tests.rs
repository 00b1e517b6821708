//! BBR over a model of a path: one bottleneck, true delivery-rate samples, no sockets.

mod links;
mod path;
mod startup;

use super::state::State;
use crate::Time;
use path::{Link, Path};
