//! Datagrams that leave from where their parts lie: the kernel gathers them, instead of us.

pub(super) use system::{is_refused, send};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::io::{self, IoSlice};
    use std::net::{IpAddr, SocketAddr, UdpSocket};
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;
    use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg};
    use quinn_udp::EcnCodepoint;

    /// Sends datagrams of `size` bytes each, of which the last may be shorter, as one.
    pub(in super::super) fn send(
        socket: &UdpSocket,
        to: SocketAddr,
        ecn: Option<EcnCodepoint>,
        parts: &[IoSlice<'_>],
        size: usize,
    ) -> io::Result<()> {
        let ecn = ecn.map_or(0, |ecn| ecn as u8);
        let wide = i32::from(ecn);
        let is_ipv4 = match to.ip() {
            IpAddr::V4(_) => true,
            IpAddr::V6(ip) => ip.to_ipv4_mapped().is_some(),
        };
        let codepoint =
            if is_ipv4 { ControlMessage::Ipv4Tos(&ecn) } else { ControlMessage::Ipv6TClass(&wide) };
        // No single datagram is as long as 65,536 bytes.
        let size = u16::try_from(size).unwrap_or(u16::MAX);
        let control = [codepoint, ControlMessage::UdpGsoSegments(&size)];
        let is_one = parts.iter().map(|part| part.len()).sum::<usize>() <= usize::from(size);
        let control = if is_one { &control[..1] } else { &control };
        let to = SockaddrStorage::from(to);
        while let Err(error) = sendmsg(socket.as_raw_fd(), parts, control, MsgFlags::empty(), Some(&to)) {
            if error != Errno::EINTR {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Whether the kernel, or a network card, doesn't know how to do this.
    pub(in super::super) fn is_refused(error: &io::Error) -> bool {
        matches!(error.raw_os_error().map(Errno::from_raw), Some(Errno::EINVAL | Errno::EIO))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use std::io::{self, ErrorKind, IoSlice};
    use std::net::SocketAddr;

    use quinn_udp::EcnCodepoint;

    /// Not here.
    pub(in super::super) fn send<S>(
        _: &S,
        _: SocketAddr,
        _: Option<EcnCodepoint>,
        _: &[IoSlice<'_>],
        _: usize,
    ) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    pub(in super::super) fn is_refused(error: &io::Error) -> bool {
        error.kind() == ErrorKind::Unsupported
    }
}
