//! The UDP socket, with the few answers that the driver distinguishes.

use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use quinn_udp::{EcnCodepoint, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::engine::Codepoint;

/// What we ask the kernel to buffer in each direction: 4 MiB, some 2800 datagrams of Ethernet's size. It may
/// give less (Linux: `net.core.rmem_max`); that costs speed, not data.
const KERNEL_BUFFER: usize = 4 << 20;

/// How much room one receive needs: the largest UDP datagram, or as many small ones as the kernel joins.
pub(super) const BUFFER: usize = 64 << 10;

/// Whether a connected socket may be given an address with each datagram, as we do. Where it may not, none is
/// connected, and a peer that nobody is at is found by its silence alone.
const CONNECTS: bool = cfg!(any(target_os = "linux", target_os = "android", target_os = "windows"));

/// The system's code for a datagram too large for the first link, which has no [`ErrorKind`].
const EMSGSIZE: i32 = if cfg!(windows) {
    10_040
} else if cfg!(any(target_os = "linux", target_os = "android")) {
    90
} else {
    40
};

/// A UDP socket that never waits, and whose datagrams the network must not fragment.
pub(super) struct Socket {
    udp: UdpSocket,
    /// What the system can do: segmentation offload, congestion marks, datagrams that stay whole.
    offload: UdpSocketState,
    /// The only peer, if the socket is connected: then the kernel tells us of an ICMP port unreachable.
    peer: Option<SocketAddr>,
    is_ipv6: bool,
}

/// What became of a datagram to be sent.
#[derive(Debug, PartialEq)]
pub(super) enum Sent {
    /// It left.
    Done,
    /// The network can't carry it: a loss like any other.
    Lost,
    /// The first link carries no packet as large as this.
    TooLarge,
    /// The socket takes nothing now.
    Full,
    /// An earlier datagram found nobody at the peer's UDP address; this one was not sent.
    Refused,
}

/// What the socket had for us.
pub(super) enum Received {
    /// At least one datagram.
    Datagrams,
    /// Nothing now.
    Nothing,
    /// An earlier datagram found nobody at the peer's UDP address.
    Refused,
    /// The network complains of something that retransmission deals with, or that ends in a timeout.
    Trouble,
}

impl Socket {
    pub(super) async fn bind(local: SocketAddr) -> io::Result<Self> {
        let udp = UdpSocket::bind(local).await?;
        let offload = UdpSocketState::new(UdpSockRef::from(&udp))?;
        let _less_will_do = offload.set_recv_buffer_size(UdpSockRef::from(&udp), KERNEL_BUFFER);
        let _less_will_do = offload.set_send_buffer_size(UdpSockRef::from(&udp), KERNEL_BUFFER);
        Ok(Self { udp, offload, peer: None, is_ipv6: local.is_ipv6() })
    }

    /// Binds, and talks to `peer` alone from then on.
    pub(super) async fn connect(local: SocketAddr, peer: SocketAddr) -> io::Result<Self> {
        let socket = Self::bind(local).await?;
        if CONNECTS {
            socket.udp.connect(socket.address_for_kernel(peer)).await?;
        }
        Ok(Self { peer: Some(peer), ..socket })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.udp.local_addr()
    }

    /// The only peer, if there is only one.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Waits for a datagram, or for an error that the kernel reports without one.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.udp.ready(Interest::READABLE | Interest::ERROR).await.map(|_| ())
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        self.udp.writable().await
    }

    /// How many datagrams one [`Socket::send`] may hold; it may become less.
    pub(super) fn datagrams_at_once(&self) -> usize {
        self.offload.max_gso_segments()
    }

    /// Sends datagrams of `size` bytes each, of which the last may be shorter, as one: the kernel, or the network
    /// card, takes them apart.
    pub(super) fn send(&self, to: SocketAddr, ecn: Codepoint, datagrams: &[u8], size: usize) -> Sent {
        let transmit = Transmit {
            destination: self.address_for_kernel(to),
            ecn: for_kernel(ecn),
            contents: datagrams,
            segment_size: Some(size),
            src_ip: None,
        };
        let send = || self.offload.try_send(UdpSockRef::from(&self.udp), &transmit);
        match self.udp.try_io(Interest::WRITABLE, send) {
            Ok(()) => Sent::Done,
            Err(error) if error.raw_os_error() == Some(EMSGSIZE) => Sent::TooLarge,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => Sent::Full,
                ErrorKind::ConnectionRefused => Sent::Refused,
                // RFC 9293 section 3.9.2.2 (MUST-56): such errors are soft, and must not end a connection.
                _ => Sent::Lost,
            },
        }
    }

    /// Hands each datagram that fits into `buffers` to `take`, with its sender and its codepoint.
    pub(super) fn receive<const N: usize>(
        &self,
        buffers: &mut [Box<[u8]>; N],
        mut take: impl FnMut(SocketAddr, Codepoint, &[u8]),
    ) -> Received {
        let mut meta = [RecvMeta::default(); N];
        let mut slices = buffers.each_mut().map(|buffer| IoSliceMut::new(buffer));
        let receive = || self.offload.recv(UdpSockRef::from(&self.udp), &mut slices, &mut meta);
        let filled = match self.udp.try_io(Interest::READABLE, receive) {
            Ok(filled) => filled,
            Err(error) => {
                return match error.kind() {
                    ErrorKind::WouldBlock => Received::Nothing,
                    ErrorKind::ConnectionRefused => Received::Refused,
                    _ => Received::Trouble,
                };
            }
        };
        for (buffer, meta) in buffers.iter().zip(&meta).take(filled) {
            // The kernel joins datagrams of one sender that are equally long, but for the last.
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                take(canonical(meta.addr), from_kernel(meta.ecn), datagram);
            }
        }
        Received::Datagrams
    }

    /// Whether the kernel reported that nobody is at the peer's UDP address, since this was last asked.
    pub(super) fn was_refused(&self) -> bool {
        let reported = || self.udp.take_error()?.ok_or_else(|| ErrorKind::WouldBlock.into());
        self.udp
            .try_io(Interest::ERROR, reported)
            .is_ok_and(|error: io::Error| error.kind() == ErrorKind::ConnectionRefused)
    }

    /// An IPv6 socket that also serves IPv4 knows those peers by mapped addresses (RFC 4291 section 2.5.5.2).
    fn address_for_kernel(&self, addr: SocketAddr) -> SocketAddr {
        match addr.ip() {
            IpAddr::V4(ip) if self.is_ipv6 => (ip.to_ipv6_mapped(), addr.port()).into(),
            _ => addr,
        }
    }
}

fn for_kernel(ecn: Codepoint) -> Option<EcnCodepoint> {
    match ecn {
        Codepoint::NotEct => None,
        Codepoint::Ect1 => Some(EcnCodepoint::Ect1),
        Codepoint::Ect0 => Some(EcnCodepoint::Ect0),
        Codepoint::Ce => Some(EcnCodepoint::Ce),
    }
}

fn from_kernel(ecn: Option<EcnCodepoint>) -> Codepoint {
    match ecn {
        None => Codepoint::NotEct,
        Some(EcnCodepoint::Ect1) => Codepoint::Ect1,
        Some(EcnCodepoint::Ect0) => Codepoint::Ect0,
        Some(EcnCodepoint::Ce) => Codepoint::Ce,
    }
}

/// A peer's one name: IPv4 as itself, also where an IPv6 socket met it, and IPv6 without what only its packets say.
pub(super) fn canonical(addr: SocketAddr) -> SocketAddr {
    match addr.ip().to_canonical() {
        IpAddr::V4(ip) => (ip, addr.port()).into(),
        IpAddr::V6(ip) => {
            let scope = if let SocketAddr::V6(v6) = addr { v6.scope_id() } else { 0 };
            SocketAddrV6::new(ip, addr.port(), 0, scope).into()
        }
    }
}
