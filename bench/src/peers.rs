//! The transports, a file each.

mod fixed_window;
mod held;
pub(crate) mod kcp;
pub(crate) mod kernel;
pub(crate) mod lucid;
mod plain;
pub(crate) mod quic;
pub(crate) mod s2n;
pub(crate) mod udp;
pub(crate) mod utp;
