//! What tells connections apart.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

/// Who talks to whom, under one local UDP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The peer's UDP address.
    pub(super) peer: SocketAddr,
    pub(super) remote_port: u16,
    pub(super) local_port: u16,
}

impl Hash for Key {
    /// In one or two pieces, each of which costs the hasher as much as any: this happens with each datagram.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ports = [self.peer.port(), self.remote_port, self.local_port];
        let ports = ports.into_iter().fold(0, |all, port| all << 16 | u128::from(port));
        match self.peer.ip() {
            IpAddr::V4(ip) => state.write_u128(ports << 32 | u128::from(ip.to_bits())),
            IpAddr::V6(ip) => {
                state.write_u128(ip.to_bits());
                state.write_u128(ports);
            }
        }
    }
}
