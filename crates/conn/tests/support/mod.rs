//! Two endpoints and a link between them, in virtual time.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

pub mod dice;
pub mod hostile;
pub mod ladder;
pub mod line;
pub mod pair;
pub mod scenario;
pub mod script;
pub mod states;
