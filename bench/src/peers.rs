//! The transports, a file each.

mod held;
pub(crate) mod kcp;
pub(crate) mod kernel;
pub(crate) mod lucid;
pub(crate) mod quic;
pub(crate) mod s2n;
pub(crate) mod udp;
pub(crate) mod utp;
