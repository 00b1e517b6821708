//! The UDP socket, with the few answers that the driver distinguishes.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::net::{IpAddr, SocketAddr, SocketAddrV6, UdpSocket};
use std::task::{Context, Poll};

use bytes::BytesMut;
use quinn_udp::{BATCH_SIZE, EcnCodepoint, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Type};

use super::readiness::Readiness;
use super::scattered;
use crate::engine::{Codepoint, SocketInfo};

/// What we ask the kernel to buffer in each direction: 4 MiB, some 2800 datagrams of Ethernet's size. It may
/// give less (Linux: `net.core.rmem_max`); that costs speed, not data.
const KERNEL_BUFFER: usize = 4 << 20;

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
    udp: Readiness,
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
#[derive(Debug, PartialEq)]
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
    pub(super) fn bind(local: SocketAddr) -> io::Result<Self> {
        Self::of(UdpSocket::bind(local)?)
    }

    /// Binds beside others that do the same: the kernel gives all datagrams of a peer to one of them.
    pub(super) fn bind_beside(local: SocketAddr) -> io::Result<Self> {
        let udp = socket2::Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))?;
        reuse_port(&udp)?;
        udp.bind(&local.into())?;
        Self::of(udp.into())
    }

    fn of(udp: UdpSocket) -> io::Result<Self> {
        udp.set_nonblocking(true)?;
        let is_ipv6 = udp.local_addr()?.is_ipv6();
        let offload = UdpSocketState::new(UdpSockRef::from(&udp))?;
        let _less_will_do = offload.set_recv_buffer_size(UdpSockRef::from(&udp), KERNEL_BUFFER);
        let _less_will_do = offload.set_send_buffer_size(UdpSockRef::from(&udp), KERNEL_BUFFER);
        Ok(Self { udp: Readiness::new(udp)?, offload, peer: None, is_ipv6 })
    }

    /// Binds, and talks to `peer` alone from then on.
    pub(super) fn connect(local: SocketAddr, peer: SocketAddr) -> io::Result<Self> {
        let socket = Self::bind(local)?;
        if CONNECTS {
            socket.udp.socket().connect(socket.address_for_kernel(peer))?;
        }
        Ok(Self { peer: Some(peer), ..socket })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.udp.socket().local_addr()
    }

    /// The only peer, if there is only one.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Waits for a datagram, or for an error that the kernel reports without one.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.udp.readable().await
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
    pub(super) fn send(
        &self,
        to: SocketAddr,
        ecn: Codepoint,
        datagrams: &[IoSlice<'_>],
        size: usize,
    ) -> Sent {
        let (to, ecn) = (self.address_for_kernel(to), for_kernel(ecn));
        let sent = self.udp.try_write(|| match datagrams {
            [datagrams] => self.send_joined(to, ecn, datagrams, size),
            parts => match scattered::send(self.udp.socket(), to, ecn, parts, size) {
                // Whoever sends it joined knows what a system refuses, and does without.
                Err(error) if scattered::is_refused(&error) => self.send_joined(to, ecn, &join(parts), size),
                sent => sent,
            },
        });
        match sent {
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

    fn send_joined(
        &self,
        to: SocketAddr,
        ecn: Option<EcnCodepoint>,
        datagrams: &[u8],
        size: usize,
    ) -> io::Result<()> {
        let transmit =
            Transmit { destination: to, ecn, contents: datagrams, segment_size: Some(size), src_ip: None };
        self.offload.try_send(UdpSockRef::from(self.udp.socket()), &transmit)
    }

    /// Looks for a datagram without waiting: if there is none, this task is woken by the next one.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.udp.poll_readable(cx)
    }

    /// Hands each buffer that the kernel filled to `take`, with the length of what is in it: datagrams of one sender, of
    /// one size but for the last, and with one codepoint.
    pub(super) fn receive<const N: usize>(
        &self,
        buffers: &mut [BytesMut; N],
        looks: bool,
        mut take: impl FnMut(&mut BytesMut, usize, (SocketAddr, usize, Codepoint)),
    ) -> Received {
        let mut meta = [RecvMeta::default(); N];
        let mut filled = 0;
        let mut receive = || {
            let mut slices = buffers.each_mut().map(|buffer| IoSliceMut::new(buffer));
            filled = self.offload.recv(UdpSockRef::from(self.udp.socket()), &mut slices, &mut meta)?;
            // Fewer than there was room for: the socket is empty, and needn't be asked again to know that. Some systems bring
            // no more than one at a time.
            if filled < N.min(BATCH_SIZE) { Err(ErrorKind::WouldBlock.into()) } else { Ok(()) }
        };
        let outcome = if looks { receive() } else { self.udp.try_read(receive) };
        match outcome {
            Err(error) if filled == 0 => {
                return match error.kind() {
                    ErrorKind::WouldBlock => Received::Nothing,
                    ErrorKind::ConnectionRefused => Received::Refused,
                    _ => Received::Trouble,
                };
            }
            Ok(()) | Err(_) => {}
        }
        for (buffer, meta) in buffers.iter_mut().zip(&meta).take(filled) {
            take(buffer, meta.len, (canonical(meta.addr), meta.stride, from_kernel(meta.ecn)));
        }
        Received::Datagrams
    }

    /// What it can do, and what it was granted.
    pub(super) fn info(&self) -> SocketInfo {
        let socket = || UdpSockRef::from(self.udp.socket());
        // Linux counts what it keeps for itself, too, and says twice what it was asked for.
        let counted_twice = if cfg!(any(target_os = "linux", target_os = "android")) { 2 } else { 1 };
        let granted = |bytes: io::Result<usize>| bytes.unwrap_or(0) / counted_twice;
        SocketInfo {
            sent_at_once: self.datagrams_at_once(),
            received_at_once: self.offload.gro_segments(),
            send_buffer: granted(self.offload.send_buffer_size(socket())),
            receive_buffer: granted(self.offload.recv_buffer_size(socket())),
            wanted_buffer: KERNEL_BUFFER,
        }
    }

    /// Whether the kernel reported that nobody is at the peer's UDP address, since this was last asked.
    pub(super) fn was_refused(&self) -> bool {
        self.udp.try_error().is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }

    /// An IPv6 socket that also serves IPv4 knows those peers by mapped addresses (RFC 4291 section 2.5.5.2).
    fn address_for_kernel(&self, addr: SocketAddr) -> SocketAddr {
        match addr.ip() {
            IpAddr::V4(ip) if self.is_ipv6 => (ip.to_ipv6_mapped(), addr.port()).into(),
            _ => addr,
        }
    }
}

fn join(parts: &[IoSlice<'_>]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.iter().copied()).collect()
}

#[cfg(all(unix, not(any(target_os = "solaris", target_os = "illumos", target_os = "cygwin"))))]
fn reuse_port(socket: &socket2::Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

#[cfg(not(all(unix, not(any(target_os = "solaris", target_os = "illumos", target_os = "cygwin")))))]
fn reuse_port(_: &socket2::Socket) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system shares no port among sockets"))
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
